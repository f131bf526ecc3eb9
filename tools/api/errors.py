"""What goes wrong between a Python program and its guests.

ApiError
├── StartError           the system cannot start: no home, a bad directory, a file that is missing
├── LogonError           CP refused the logon; the text is CP's message
├── NotAvailable         this guest, or this system, does not have what was asked for
    ├── BuildError           a program cannot be assembled or linked
├── FileError            a file cannot be put, got, or does not exist
├── CommandFailed        ``result.check()``: the return code is not 0
└── GuestError           a guest did not come to where it was waited for; ``report`` tells all about it
    ├── GuestBusy        it is not at the command level: it runs, or a program reads from the console
    ├── GuestStopped     CP stopped it: a disabled wait, a program interruption loop, a fault
    ├── LimitExceeded    it executed as many instructions as it may, and did not come to an end
    └── LoggedOff        it has no virtual machine any more
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vm370.tools.api.report import Report
    from vm370.tools.api.results import CommandResult


class ApiError(Exception):
    """Every error of this package."""


class StartError(ApiError):
    """The system cannot start."""


class LogonError(ApiError):
    """CP refused the logon."""


class NotAvailable(ApiError):
    """What was asked for is not there."""


class BuildError(ApiError):
    """A program cannot be assembled or linked; the text has the messages."""


class FileError(ApiError):
    """A file of a guest's disk."""


class CommandFailed(ApiError):
    """A command did not end with return code 0."""

    def __init__(self, result: CommandResult) -> None:
        self.result = result
        shown = "".join(f"\n  {line}" for line in result.lines)
        super().__init__(f"{result.command}: return code {result.rc}{shown}")


class GuestError(ApiError):
    """A guest did not come to where it was waited for."""

    def __init__(self, text: str, report: Report) -> None:
        self.report = report
        super().__init__(f"{text}\n{report}")


class GuestBusy(GuestError):
    """The guest is not at the command level."""


class GuestStopped(GuestError):
    """CP stopped the guest."""


class LimitExceeded(GuestError):
    """The guest used up the instructions that it may execute."""


class LoggedOff(GuestError):
    """The guest is not logged on any more."""
