"""VM/370 systems from Python (docs/api.md).

    from vm370.tools.api import System

    with System.temporary() as system:
        guest = system.make_guest()
        assert guest.cmd("STATE PROFILE EXEC A").rc == 28

What is where:

    system.py        System: a control program with its home
    guest.py         Guest: a user's machine with a terminal; guestbase.py: what it can do, as operations
    asynchronous.py  AsyncSystem, AsyncGuest: the same with await
    state.py         storage, registers, what CMS knows
    files.py         files on a guest's disks
    disks.py         disks of throw-away guests      template.py  the home that throw-away homes are made of
    programs.py      build: assemble and link
    results.py, report.py, errors.py                 what comes back
"""

from vm370.tools.api.asynchronous import AsyncGuest, AsyncSystem
from vm370.tools.api.errors import (
    ApiError,
    BuildError,
    CommandFailed,
    FileError,
    GuestBusy,
    GuestError,
    GuestStopped,
    LimitExceeded,
    LoggedOff,
    LogonError,
    NotAvailable,
    StartError,
)
from vm370.tools.api.files import GuestFile
from vm370.tools.api.guest import Guest, ScreenView
from vm370.tools.api.programs import CMS_MACROS, Program, build
from vm370.tools.api.report import Report
from vm370.tools.api.results import CommandResult
from vm370.tools.api.state import Registers, StorageView
from vm370.tools.api.system import System

__all__ = [
    "CMS_MACROS",
    "ApiError",
    "AsyncGuest",
    "AsyncSystem",
    "BuildError",
    "CommandFailed",
    "CommandResult",
    "FileError",
    "Guest",
    "GuestBusy",
    "GuestError",
    "GuestFile",
    "GuestStopped",
    "LimitExceeded",
    "LoggedOff",
    "LogonError",
    "NotAvailable",
    "Program",
    "Registers",
    "Report",
    "ScreenView",
    "StartError",
    "StorageView",
    "System",
    "build",
]
