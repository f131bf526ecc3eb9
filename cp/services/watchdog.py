"""DIAGNOSE X'288': a CP command that is done when the guest has not asked for more time before.

CP looks between time slices: the command comes some milliseconds late at most.  With SET TIMER VIRTUAL the time is
virtual time, which passes while the machine runs or waits for something; else it is the host's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp import traps
from vm370.cp.s370.clocks import MICROSECOND, VirtualTime

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

SECOND = 1_000_000 * MICROSECOND


class Watchdog:
    """The one watchdog of a machine."""

    def __init__(self, vm: VirtualMachine) -> None:
        self._vm = vm
        self._command = ""
        self._concealed = False
        self._virtual_end: int | None = None
        self._real_end: float | None = None

    @property
    def armed(self) -> bool:
        """It is running."""
        return self._real_end is not None or self._virtual_end is not None

    def arm(self, seconds: int, command: str, *, concealed: bool) -> None:
        """Execute the CP command after so many seconds, unless it is called again before."""
        self._command, self._concealed = command, concealed
        self.change(seconds)

    def change(self, seconds: int) -> None:
        """The same command, so many seconds from now on."""
        vm = self._vm
        self._virtual_end = self._real_end = None
        if isinstance(vm.cpu.clocks.source, VirtualTime):
            self._virtual_end = vm.cpu.clocks.source.wall(vm.cpu) + seconds * SECOND
        else:
            self._real_end = vm.system.clock.monotonic() + seconds
        vm.system.watchdogs[vm] = self

    def cancel(self) -> None:
        """Nothing will happen."""
        self._virtual_end = self._real_end = None
        self._vm.system.watchdogs.pop(self._vm, None)

    @property
    def wake_up_at(self) -> float | None:
        """Monotonic time at which an idle system has to look."""
        return self._real_end

    def look(self) -> None:
        """Between time slices: execute the command when the time is over."""
        vm = self._vm
        source = vm.cpu.clocks.source
        over = self._real_end is not None and vm.system.clock.monotonic() >= self._real_end
        if self._virtual_end is not None:
            over = not isinstance(source, VirtualTime) or source.wall(vm.cpu) >= self._virtual_end
        if not over:
            return
        self.cancel()
        try:
            vm.command(self._command, to_buffer=self._concealed)
        except traps.Discontinued:
            return
