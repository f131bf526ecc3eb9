"""CP about itself and the machines, for DIAGNOSE X'204' and X'2FC'."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vm370.cp.residency import PAGE, resident_pages
from vm370.diag.services import GuestReport

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

PRIVILEGED = "B"
"""Who may ask for the machines of others."""
EVERYBODY = "*"


class Reporting:
    """What one machine may know."""

    def __init__(self, vm: VirtualMachine) -> None:
        self._vm = vm

    @property
    def processors(self) -> int:
        """How many guests run at once."""
        return max(self._vm.system.dispatcher.workers, 1)

    @property
    def real_processors(self) -> int:
        """CPUs of the host."""
        return os.cpu_count() or 1

    def system_times(self) -> tuple[int, int]:
        """CPU time of all machines that are logged on, microseconds: total, and guests' own."""
        times = [vm.times() for vm in self._vm.system.users.values()]
        return sum(total for _, total in times), sum(virtual for virtual, _ in times)

    def tod(self) -> int:
        """Time of day, as STCK shows it."""
        return self._vm.cpu.clocks.tod() & (1 << 64) - 1

    def guests(self, userid: str) -> list[GuestReport] | None:
        """A machine, or all (``*``); None: not logged on, or not for this user."""
        vm = self._vm
        if userid != vm.userid and PRIVILEGED not in vm.classes:
            return None
        if userid == EVERYBODY:
            return [_report(each) for each in vm.system.users.values()]
        found = vm.system.user(userid)
        return None if found is None else [_report(found)]


def _report(vm: VirtualMachine) -> GuestReport:
    elapsed = int((vm.system.clock.monotonic() - vm.logon_at) * 1_000_000)
    resident = resident_pages(vm) * PAGE >> 10
    return GuestReport(vm.userid, vm.times()[1], elapsed, vm.storage_size >> 10, resident, vm.may_run)
