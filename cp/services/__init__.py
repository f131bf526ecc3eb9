"""What CP keeps for one virtual machine because its guest asked for it by DIAGNOSE.

spoolreading.py   X'14', X'34': files that are read a page at a time        spoolpages.py  their pages and blocks
watchdog.py       X'288'         timing.py  X'70'         screen.py  X'54', X'58'
reporting.py      X'04', X'204', X'2FC': CP about itself and the machines
library.py        X'74': pages kept under a name

The Protocols are in diag/services.py.  System reset forgets everything but what the user may still want: spool files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.accounting import NoSuchUser
from vm370.cp.services.library import Library
from vm370.cp.services.reporting import Reporting
from vm370.cp.services.screen import FullScreen
from vm370.cp.services.spoolreading import SpoolReading
from vm370.cp.services.timing import TimingArea
from vm370.cp.services.watchdog import Watchdog

if TYPE_CHECKING:
    from vm370.cp.errorrecording import ErrorRecording
    from vm370.cp.machine import VirtualMachine


class Services:
    """The services of one machine."""

    def __init__(self, vm: VirtualMachine) -> None:
        self._vm = vm
        self.spool = SpoolReading(vm)
        self.watchdog = Watchdog(vm)
        self.timing = TimingArea(vm)
        self.screen = FullScreen(vm)
        self.reporting = Reporting(vm)
        self.library = Library(vm)
        self.page_faults_enabled = False
        """DIAGNOSE X'258'."""

    @property
    def errors(self) -> ErrorRecording:
        """The error recording area, which is the system's."""
        return self._vm.system.errors

    def reset(self) -> None:
        """System reset."""
        self.watchdog.cancel()
        self.timing.reset()
        self.screen.reset()
        self.page_faults_enabled = False

    def reflect_supervisor_call(self, number: int) -> None:
        """The guest gets an SVC interruption."""
        from vm370.cp import traps

        traps.reflect_supervisor_call(self._vm, number)

    # --- accounting: X'4C' ---

    @property
    def may_account(self) -> bool:
        """OPTION ACCT."""
        return self._vm.entry.options.acct

    def charge(self, userid: str, account: str | None, distribution: str | None) -> bool:
        """Charge what was used so far; from now on ``userid`` is charged.  False: he is not in the directory."""
        try:
            self._vm.system.accounting.charge_to(self._vm, userid, account, distribution)
        except NoSuchUser:
            return False
        return True

    def account_data(self, data: bytes) -> None:
        """A record with the guest's own data."""
        self._vm.system.accounting.user_data(self._vm, data)
