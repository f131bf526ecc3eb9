"""The impurity meter on the screen: a row with bars for each guest, which move while it is open.

     IMPURITY  5 users  CPU 097%  Q1 01 Q2 02                   per second, since the last look
     USERID    Q   guest and CP                    traps   hyper     SIO skipped
     CMSUSER   Q1  ########==                        120      80      12     340

``#`` is the part of the time that the guest's instructions took, ``=`` that of CP for it; a whole bar is one CPU.
It reads counters between two rounds: no guest is disturbed or waits for it.  No clock and no terminal in here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.impurity import Impurity, of_guest
from vm370.cp.scheduler import Queue

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.system import System

REFRESH_SECONDS = 0.25
COLUMNS = 34
"""Width of the columns of numbers."""


class MeterView:
    """What the meter shows, from one look to the next."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._seen: dict[VirtualMachine, tuple[float, Impurity]] = {}
        self._rows: dict[VirtualMachine, tuple[float, str]] = {}
        self._looked = -1.0

    def lines(self, now: float, width: int, height: int) -> list[str]:
        """The screen: the busiest guests first, as many as there is room for."""
        system = self._system
        machines = list(system.users.values())
        if now - self._looked >= REFRESH_SECONDS or len(self._rows) != len(machines):
            self._looked = now
            self._look(machines, now, max(width - COLUMNS - 16, 4))
        counts = system.scheduler.counts
        head = (
            f" IMPURITY  {len(machines)} users  CPU {system.load.cpu_percent():03}%  Q1 {counts[Queue.Q1]:02} "
            f"Q2 {counts[Queue.Q2]:02} E1 {counts[Queue.E1]:02} E2 {counts[Queue.E2]:02}   per second"
        )
        bar = max(width - COLUMNS - 16, 4)
        titles = f" USERID    Q   {'#guest =CP':{bar}} {'traps':>8}{'hyper':>8}{'SIO':>8}{'skipped':>9}"
        busiest = sorted(self._rows.values(), key=lambda row: -row[0])
        return [line[:width] for line in [head, titles, *(text for _, text in busiest)][:height]]

    def _look(self, machines: list[VirtualMachine], now: float, bar: int) -> None:
        self._rows = {}
        seen = {}
        for vm in machines:
            figures = of_guest(vm)
            seen[vm] = now, figures
            before_at, before = self._seen.get(vm, (now, figures))
            elapsed = now - before_at
            member = self._system.scheduler.members.get(vm)
            queue = member.queue.value if member is not None else "--"
            self._rows[vm] = _row(vm.userid, queue, before, figures, elapsed, bar)
        self._seen = seen


def _row(userid: str, queue: str, before: Impurity, now: Impurity, seconds: float, bar: int) -> tuple[float, str]:
    """How busy the guest is, and its row."""

    def rate(old: int, new: int) -> int:
        return round((new - old) / seconds) if seconds > 0 else 0

    guest = rate(before.guest_ns, now.guest_ns) / 1e9
    cp = rate(before.cp_ns, now.cp_ns) / 1e9
    filled = min(round(guest * bar), bar)
    both = min(round((guest + cp) * bar), bar)
    hypercalls = rate(sum(before.hypercalls.values()), sum(now.hypercalls.values()))
    text = (
        f" {userid:<8}  {queue}  {'#' * filled + '=' * (both - filled):{bar}} "
        f"{rate(before.trap_count, now.trap_count):8}{hypercalls:8}{rate(before.start_ios, now.start_ios):8}"
        f"{rate(before.traps_skipped, now.traps_skipped):9}"
    )
    return guest + cp, text
