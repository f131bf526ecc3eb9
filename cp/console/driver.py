"""Driving the system without a terminal: a script's lines are typed one by one.

Waiting is by state, never by time: a line is typed when the selected terminal is in CP READ or VM READ, or its machine
is idle.  A machine that computes for ever never waits; ``#CP ...`` lines and the console's own ``%`` commands are typed
to it after it has run PATIENCE_INSTRUCTIONS without reading or writing anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from vm370.cp.console.desk import Desk
from vm370.cp.system import System

PATIENCE_INSTRUCTIONS = 2_000_000


class ScriptDriver:
    """Types lines at a ``Desk`` and runs the system between them.

    ``wait_until(seconds)`` is called when every guest is idle and only the host's clock can go on (CP SLEEP).
    """

    def __init__(self, system: System, desk: Desk, wait_until: Callable[[float], None]) -> None:
        self.system = system
        self.desk = desk
        self._wait_until = wait_until

    def type(self, lines: Iterable[str]) -> None:
        """Type every line in its turn; returns when the input is used up or the system shut down."""
        for line in lines:
            urgent = line.lstrip().upper().startswith("#CP") or line.startswith("%")
            self.settle(urgent=urgent)
            if self.system.shutting_down:
                return
            self.desk.enter(line)
        self.settle(urgent=True)

    def settle(self, *, urgent: bool = False) -> None:
        """Run the system until the selected terminal waits for input."""
        marker, started = self._activity(), self._instructions()
        while not self.system.shutting_down and not self.desk.selected.waits_for_input:
            if not self.system.step():
                at = self.system.next_wake_up()
                if at is None:
                    return
                self._wait_until(at)
            if urgent:
                if self._activity() != marker:
                    marker, started = self._activity(), self._instructions()
                elif self._instructions() - started > PATIENCE_INSTRUCTIONS:
                    return

    def _activity(self) -> int:
        return self.desk.selected.terminal.written

    def _instructions(self) -> int:
        vm = self.desk.selected.vm
        return vm.now if vm else 0
