"""What DIAGNOSE functions that keep something ask of CP, besides diag/guest.py: ``guest.services``.

``cp/services/`` has the implementation.

    ServiceError
    ├── NoMore     condition code 1: the end of a file, of a queue
    ├── NoFile     condition code 2
    └── Denied     condition code 3, and why
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class ServiceError(Exception):
    """CP cannot do it."""


class NoMore(ServiceError):
    """The end was reached."""


class NoFile(ServiceError):
    """There is none."""


class Denied(ServiceError):
    """Not now, or not with this device."""

    def __init__(self, reason: int) -> None:
        super().__init__(f"reason {reason}")
        self.reason = reason


class SpoolReading(Protocol):
    """Reader files, page by page: X'14', X'34'.  Each may raise NoMore, NoFile and Denied."""

    def read(self, device: int, kind: str) -> bytes:
        """The next page of the file being read, or of the next file of ``kind``: data, monitor, dump."""

    def back(self, device: int) -> bytes:
        """The page before the one given last; the first one again at the beginning of the file."""

    def again(self, device: int) -> bytes:
        """The page given last."""

    def restart(self, device: int) -> bytes:
        """The first page."""

    def next_block(self, device: int, kind: str) -> bytes:
        """The block of the next file of ``kind``: printer, punch, monitor."""

    def select(self, device: int, spoolid: int) -> None:
        """The file is the first of the queue."""

    def set_copies(self, device: int, copies: int) -> None:
        """How often the file being read is given, with SPOOL CONT."""

    def describe_after(self, spoolid: int) -> bytes:
        """Block and tag of the file behind the one with that spool ID; 0: of the first."""

    def describe_unseen(self, *, anew: bool) -> bytes:
        """Block and tag of the first file that was not yet given; ``anew``: all of them count as not given."""


class ErrorRecording(Protocol):
    """The error recording area: X'1C', X'2C', X'30', X'48'."""

    @property
    def start(self) -> int:
        """Where it begins: cylinder, page, device code (CCPD)."""

    @property
    def cylinders(self) -> int:
        """Its size."""

    @property
    def first_record(self) -> int:
        """Where the first error record stands."""

    def page(self, where: int) -> bytes:
        """A page; NoMore: the end of a cylinder, Denied: outside the area, OSError."""

    def clear(self) -> None:
        """Forget all records; OSError."""

    def record(self, userid: str, data: bytes) -> bool:
        """Add a record; False: it is none, or the area is full."""


class Watchdog(Protocol):
    """X'288'."""

    @property
    def armed(self) -> bool:
        """It is running."""

    def arm(self, seconds: int, command: str, *, concealed: bool) -> None:
        """Execute the CP command after so many seconds, unless it is called again before."""

    def change(self, seconds: int) -> None:
        """The same command, so many seconds from now on."""

    def cancel(self) -> None:
        """Nothing will happen."""


class TimingArea(Protocol):
    """X'70'."""

    def start(self, address: int) -> None:
        """Keep CPU time and time of day at ``address`` up to date."""


class FullScreen(Protocol):
    """A terminal that is a display: X'54', X'58'."""

    @property
    def present(self) -> bool:
        """There is a display behind the virtual console."""

    @property
    def model(self) -> int | None:
        """2 to 5; None: it is no display."""

    @property
    def lines_waiting(self) -> bool:
        """Lines of CP stand on the screen that the person has not yet seen."""

    def write(self, command: int, data: bytes, *, pa1_for_guest: bool) -> bool:
        """A 3270 write command; False: the data stream is wrong."""

    def read(self, command: int) -> bytes:
        """A 3270 read command."""

    def line_mode(self) -> None:
        """The screen shows CP's lines again."""

    def set_pa2(self, *, interrupts: bool) -> None:
        """What the PA2 key does with TERMINAL APL ON: an external interruption, or nothing for the guest."""


@dataclass(frozen=True, slots=True)
class GuestReport:
    """What X'2FC' tells of a machine; times in microseconds, storage in KiB."""

    userid: str
    cpu_time: int
    elapsed: int
    storage: int
    resident: int
    running: bool


class Reporting(Protocol):
    """CP about itself and the machines: X'204', X'2FC'."""

    @property
    def processors(self) -> int:
        """How many guests run at once."""

    @property
    def real_processors(self) -> int:
        """CPUs of the host."""

    def system_times(self) -> tuple[int, int]:
        """CPU time of all machines, microseconds: total, and guests' own."""

    def tod(self) -> int:
        """Time of day, as STCK shows it."""

    def guests(self, userid: str) -> list[GuestReport] | None:
        """A machine, or all (``*``); None: not logged on, or not for this user."""


class Library(Protocol):
    """Pages kept under a name: X'74'."""

    def room(self, name: str) -> int | None:
        """Bytes that may be saved under a name; None: no such name in the system name table."""

    def active(self, name: str) -> bool:
        """A machine has loaded it."""

    def save(self, name: str, data: bytes) -> None:
        """Keep the pages; OSError."""

    def load(self, name: str) -> bytes | None:
        """What was saved; None: nothing.  BadImage when it is damaged."""


class Services(Protocol):
    """All of them."""

    @property
    def spool(self) -> SpoolReading:
        """Reader files."""

    @property
    def errors(self) -> ErrorRecording:
        """The error recording area."""

    @property
    def watchdog(self) -> Watchdog:
        """The time bomb."""

    @property
    def timing(self) -> TimingArea:
        """The timing area."""

    @property
    def screen(self) -> FullScreen:
        """The display."""

    @property
    def reporting(self) -> Reporting:
        """CP about itself."""

    @property
    def library(self) -> Library:
        """Pages under a name."""

    page_faults_enabled: bool

    def reflect_supervisor_call(self, number: int) -> None:
        """The guest gets an SVC interruption."""

    @property
    def may_account(self) -> bool:
        """OPTION ACCT."""

    def charge(self, userid: str, account: str | None, distribution: str | None) -> bool:
        """Charge what was used so far; from now on ``userid`` is charged.  False: he is not in the directory."""

    def account_data(self, data: bytes) -> None:
        """A record with the guest's own data."""
