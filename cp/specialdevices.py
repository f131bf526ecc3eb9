"""Virtual devices without a real one: SPECIAL statements of the directory, DEFINE CTCA, GRAF, LINE and TIMER.

type                          device               what is behind it
CTCA                          VirtualCtca          the other side (COUPLE)
3270 3138 3148 3158           DisplayStation       a display that somebody dials in with (DIAL)
2701 2702 2703 3704 3705      CommunicationLine    a line terminal that somebody dials in with
TIMER                         PseudoTimer          the machine's clocks
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError
from vm370.cp.io.ctca import Ctca
from vm370.cp.io.device import Device
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.display import DisplayStation
from vm370.cp.io.line import CommunicationLine
from vm370.cp.io.timer import PseudoTimer
from vm370.images.ebcdic import to_ebcdic

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

SPECIAL_KINDS = {"CTCA": "CTCA", "TIMER": "TIMR", "3270": "GRAF", "3138": "GRAF", "3148": "GRAF", "3158": "GRAF"}


class VirtualCtca(Ctca):
    """An adapter's side that knows whose it is, to tell the other side's user when it goes."""

    def __init__(self, vm: VirtualMachine, vaddr: int) -> None:
        super().__init__()
        self.vm = vm
        self.vaddr = vaddr

    def uncouple(self) -> Ctca | None:
        peer = super().uncouple()
        if isinstance(peer, VirtualCtca):
            peer.vm.say(f"CTCA {peer.vaddr:03X} DROP BY {self.vm.userid} {self.vaddr:03X}")
        return peer


def attach_special(vm: VirtualMachine, vaddr: int, device_type: str, feature: str = "") -> None:
    """Make the device and attach it; CommandError if there is none of that type."""
    device: Device
    match SPECIAL_KINDS.get(device_type, "LINE"):
        case "CTCA":
            device = VirtualCtca(vm, vaddr)
        case "TIMR":
            device = PseudoTimer(lambda: _time_of_day(vm))
        case "GRAF":
            device = DisplayStation(DEVICE_TYPES["3270" if device_type == "3270" else "3158"])
        case _:
            row = DEVICE_TYPES.get(device_type)
            if row is None or row.kind != "LINE":
                fields = {"kind": "LINE", "vaddr": f"{vaddr:03X}", "device_type": device_type}
                raise CommandError(messages.NOT_SUPPORTED.fill(**fields))
            device = CommunicationLine(feature, row)
    vm.attach(vaddr, device)


def _time_of_day(vm: VirtualMachine) -> bytes:
    virtual, total = vm.times()
    text = to_ebcdic(vm.local_time().strftime("%m/%d/%y%H:%M:%S"))
    return text + virtual.to_bytes(8, "big") + total.to_bytes(8, "big")
