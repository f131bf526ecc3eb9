"""What can go wrong with the spool; one tree for the package.

    SpoolError                 fit to be shown to a user; a SpoolFault to the device that it happens to
    ├── DamagedSpool           the database is not ours, is damaged, or was written by a newer program
    ├── SpoolInUse             another system runs with this database
    ├── SpoolBusy              another process holds the database longer than the busy time; try again
    ├── SpoolFull              no room on the host's disk, or no spool ID is free
    ├── LimitReached           the user's directory entry does not allow more
    └── RecordError            a record that no device can have written

After SpoolBusy, SpoolFull and LimitReached nothing is half written: the same call may be made again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vm370.cp.io.unitrecord import SpoolFault


class SpoolError(SpoolFault):
    """Root of the package's exceptions."""


class DamagedSpool(SpoolError):
    """The database file is not a spool database of this program, or is damaged."""


class SpoolInUse(SpoolError):
    """Another system has the database."""


class SpoolBusy(SpoolError):
    """Another process has locked the database."""


class SpoolFull(SpoolError):
    """No room for more spool data, or no spool ID is free."""


class LimitReached(SpoolError):
    """The user's directory entry does not allow more."""


class RecordError(SpoolError):
    """A record's command or length is outside what a spool file can hold."""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's errors as the package's, naming the database file."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise SpoolBusy(f"{path}: spool database locked by another process; try again") from error
        if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise SpoolFull(f"{path}: spool database cannot be written ({error}); make room on its disk") from error
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise DamagedSpool(
                f"{path}: found a damaged spool database ({error}), expected an intact one;"
                " move it away and an empty one is made"
            ) from error
        raise SpoolError(f"{path}: spool database: {error}") from error
