"""DIAGNOSE X'70': CPU time and time of day in the guest's storage, brought up to date when the machine is dispatched.

    0   8   virtual CPU time that the machine has used, in units of the TOD clock
    8   8   the TOD clock when it was dispatched

With SET TIMER VIRTUAL it is repeatable like the clocks: what a slice's end alone would change is left alone.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from vm370.cp.s370.interruptions import ProgramCheck

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

AREA = struct.Struct(">QQ")


class TimingArea:
    """The area of one machine."""

    def __init__(self, vm: VirtualMachine) -> None:
        self._vm = vm
        self.address: int | None = None

    def start(self, address: int) -> None:
        """Keep CPU time and time of day at ``address`` up to date."""
        self.address = address
        self.update()

    def reset(self) -> None:
        """System reset."""
        self.address = None

    def update(self) -> None:
        """The guest is about to be entered."""
        vm = self._vm
        if self.address is None:
            return
        area = AREA.pack(vm.cpu.clocks.source.cpu(vm.cpu), vm.cpu.clocks.tod() & (1 << 64) - 1)
        try:
            vm.storage.store(self.address, area, 0)
        except ProgramCheck:  # a page that went away with its segment
            self.address = None
