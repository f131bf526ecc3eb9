"""Driving the system without a terminal: a script's lines are typed one by one.

Waiting is by state, never by time: a line is typed when the selected terminal is in CP READ or VM READ, or its machine
is idle.  A machine that computes for ever never waits.  To it, a ``#CP ...`` line or a ``%`` command of the console is
typed after it has run QUIET instructions without writing anything, or PATIENCE in all; any other line, and the end of
the input, after LAST_PATIENCE: patience, too, is counted in the guest's instructions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from vm370.cp.console.desk import Desk
from vm370.cp.system import System

QUIET = 2_000_000
PATIENCE = 20_000_000
LAST_PATIENCE = 40_000_000


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
            self.settle(urgent=line.lstrip().upper().startswith("#CP") or line.startswith("%"))
            if self.system.shutting_down:
                return
            self.desk.enter(line)
        self.settle()

    def settle(self, *, urgent: bool = False) -> None:
        """Run the system until the selected terminal waits for input, or patience is at its end."""
        written = self._written()
        began = quiet_since = self._instructions()
        while not self.system.shutting_down and not self.desk.selected.waits_for_input:
            if not self.system.step():
                at = self.system.next_wake_up()
                if at is None:
                    return
                self._wait_until(at)
            now = self._instructions()
            if now < began:  # another machine: an IPL, or another user logged on
                began = quiet_since = now
            if self._written() != written:
                written, quiet_since = self._written(), now
            if now - began > (PATIENCE if urgent else LAST_PATIENCE) or (urgent and now - quiet_since > QUIET):
                return

    def _written(self) -> int:
        return self.desk.selected.terminal.written

    def _instructions(self) -> int:
        vm = self.desk.selected.vm
        return vm.now if vm else 0
