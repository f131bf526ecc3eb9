"""Driving the system without a terminal: a script's lines are typed one by one.

Waiting is by state, never by time: a line is typed when the selected terminal is in CP READ or VM READ, or its machine
is idle.  A machine that computes for ever never waits; ``#CP ...`` lines and the console's own ``%`` commands are typed
to it after it has run PATIENCE_INSTRUCTIONS without reading or writing anything, or LIMIT_INSTRUCTIONS in all, where a
trap counts as TRAP_EFFORT.  The same holds for every terminal at the end of the script, with the limit only:
what computes longer is ended.  The machine stops at exactly that instruction, however long its time slices are.

Real printers, punches and the reader do one step of their work for each line typed, and all of it at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from vm370.cp.console.desk import Desk
from vm370.cp.session import Session
from vm370.cp.system import System

PATIENCE_INSTRUCTIONS = 2_000_000
LIMIT_INSTRUCTIONS = 5_000_000


class ScriptDriver:
    """Types lines at a ``Desk`` and runs the system between them.

    ``wait_until(seconds)`` is called when every guest is idle and only the host's clock can go on (CP SLEEP).
    """

    def __init__(self, system: System, desk: Desk, wait_until: Callable[[float], None]) -> None:
        self.system = system
        self.desk = desk
        self._wait_until = wait_until
        self.patience, self.limit = PATIENCE_INSTRUCTIONS, LIMIT_INSTRUCTIONS

    def type(self, lines: Iterable[str]) -> None:
        """Type every line in its turn; returns when the input is used up or the system shut down."""
        following = iter(lines)
        while True:
            if self.system.typists:
                self.settle(limit=self.limit)  # a console script goes on while nobody has typed a line yet
            line = next(following, None)
            if line is None:
                break
            urgent = line.lstrip().upper().startswith("#CP") or line.startswith("%")
            self.settle(patience=self.patience if urgent else None, limit=self.limit if urgent else None)
            if self.system.shutting_down:
                return
            self.system.real.step()
            self.desk.enter(line)
        for session in tuple(self.desk.sessions):
            self.settle(session, limit=self.limit)
        while not self.system.shutting_down and self.system.real.step():
            pass

    def settle(self, session: Session | None = None, *, patience: int | None = None, limit: int | None = None) -> None:
        """Run the system until a terminal (the selected one) waits for input, or its machine used up what it may."""
        session = session or self.desk.selected
        begin = session.vm.effort if session.vm is not None else 0
        while not self.system.shutting_down and (not session.waits_for_input or self._clock_goes_on(session)):
            vm = session.vm
            if vm is not None:
                if vm in self.system.typists:
                    begin = vm.effort  # its console script has bounds of its own
                ends = [begin + limit] if limit is not None else []
                if patience is not None:
                    ends.append(max(begin, vm.wrote_at) + patience)
                if ends and vm.effort >= min(ends):
                    return
                vm.execution.pause_at = min(ends, default=None)
            stepped = self.system.step()
            if vm is not None:
                vm.execution.pause_at = None
            if not stepped:
                at = self.system.next_wake_up()
                if at is None:
                    return
                before = self.system.clock.monotonic()
                self._wait_until(at)
                if vm in self.system.typists:
                    self.system.typists[vm].waited(at - before)

    def _clock_goes_on(self, session: Session) -> bool:
        """A console script waits, and so does its machine, but one of the machine's clocks will go on with it."""
        vm = session.vm
        if vm not in self.system.typists:
            return False
        return vm.execution.passes_time or vm.execution.wake_up_at() is not None
