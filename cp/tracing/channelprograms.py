"""The CCWs of channel programs, for TRACE CCW and ALL: of devices that are neither spooled nor consoles.

A CCW is shown when it becomes current, once in each channel program.  Programs of DIAGNOSE and IPL are not shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.io.ccw import Ccw, CcwFlag
from vm370.cp.io.device import Device
from vm370.cp.tracing import lines

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

SPOOLED = frozenset({"RDR", "PRT", "PUN", "CONS"})
SEEKS = {0x07: 6, 0x0B: 6, 0x1B: 6}
"""Seek commands, and the length of their operand."""
MOST_CCWS = 512
"""CCWs of one channel program that are shown."""


class ChannelPrograms:
    """Collects lines while channel programs are executed."""

    def __init__(self, vm: VirtualMachine) -> None:
        self._vm = vm
        self._lines: list[str] = []
        self._seen: dict[int, set[int]] = {}

    def begin(self, vaddr: int) -> None:
        """START I/O: a new channel program."""
        self._seen.pop(vaddr, None)

    def take(self) -> list[str]:
        """The lines since the last time."""
        taken, self._lines = self._lines, []
        return taken

    def fetched(self, vaddr: int, address: int, ccw: Ccw) -> None:
        """A CCW has become current."""
        vm = self._vm
        device = vm.devices.get(vaddr)
        if device is None or device.type.kind in SPOOLED or vm.channels.is_synchronous(vaddr):
            return
        seen = self._seen.setdefault(vaddr, set())
        if address in seen or len(seen) >= MOST_CCWS:
            return
        seen.add(address)
        self._lines.append(lines.ccw(address, ccw))
        if ccw.flags & CcwFlag.INDIRECT_DATA_ADDRESS:
            self._lines += lines.idal(self._idaws(ccw))
        elif ccw.command in SEEKS and vm.storage.exists(ccw.address, SEEKS[ccw.command]):
            link = vm.system.volumes.find(vm.userid, vaddr)
            start = link.mdisk.start if link is not None else None
            self._lines.append(lines.seek(vm.storage.read(ccw.address, SEEKS[ccw.command]), start))

    def _idaws(self, ccw: Ccw) -> list[int]:
        storage, words = self._vm.storage, list[int]()
        left = ccw.count
        for at in range(ccw.address, 1 << 24, 4):
            if left <= 0 or not storage.exists(at, 4):
                break
            word = int.from_bytes(storage.read(at, 4), "big")
            words.append(word)
            left -= 2048 - word % 2048
        return words


def real_address(vm: VirtualMachine, vaddr: int, device: Device) -> int | None:
    """Of the device that is attached, or of the drive with the minidisk's volume."""
    link = vm.system.volumes.find(vm.userid, vaddr)
    if link is not None and link.mdisk.volser:
        drive = vm.system.real.volume(link.mdisk.volser)
        return drive.raddr if drive is not None else None
    for real in vm.system.real.all():
        if real.attachment is not None and real.attachment.device is device:
            return real.raddr
    return None
