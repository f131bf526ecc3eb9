"""The error recording area (VM/370's LOGREC cylinders): ``errors`` in the home, read by DIAGNOSE X'30'.

An area of CYLINDERS cylinders with PAGES pages of 4096 bytes each.  A place in it is a word CCPD: 2 bytes cylinder, 1
byte page from 1, 1 byte device code.  Page 1 of the first cylinder says whose area it is; records begin in page 2::

    page 1    0  8  'VM370ERR'    8  2  version 1
    others    0  2  displacement of the first free byte    2  2  number of records    4  the records
              record: 2 bytes length (itself included), then the record as a program gave it

CP adds two kinds of its own, with the 24 bytes that all records begin with::

     0  1  type: X'30' unit check (from SVC 76), X'40' a fault in CP      8  4  date 00yydddF
     1  1  X'60': VM/370                                                  C  4  time hhmmssth
     2  6  X'08000000', number 0                                         10  8  processor identification
    18  8  user ID whose machine was being served, then text in EBCDIC (type X'40')

When the area is full nothing more is recorded until somebody clears it; the operator is told at nine tenths and at the
end.  Pages are written in place, one write for each record; a page that was half written when the host stopped is cut
off where its records are whole.
"""

from __future__ import annotations

import logging
import os
import struct
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from vm370.diag.services import Denied, NoMore
from vm370.images.ebcdic import to_ebcdic

log = logging.getLogger("vm370")
FILE_NAME = "errors"
CYLINDERS, PAGES, PAGE = 2, 57, 4096
"""Two cylinders of a 3330."""
FIRST_CYLINDER, DEVICE_CODE = 1, 1
MAGIC = b"VM370ERR\0\1"
PAGE_HEADER, RECORD_HEADER = struct.Struct(">HH"), struct.Struct(">H")
SHORTEST, LONGEST = 24, PAGE - PAGE_HEADER.size - RECORD_HEADER.size
TYPES = frozenset(bytes.fromhex("101113 202123 3034363A 4042 50 60 80 9091"))
"""Machine check, channel check, unit check, software, system start, recovery, end of day, counters."""
SOFTWARE, OPERATING_SYSTEM = 0x40, 0x60
NEARLY_FULL = 0.9
INVALID = 3


class Clock(Protocol):
    """Where the time of a record comes from."""

    def now(self) -> datetime:
        """Local time with its zone."""


def stamp(kind: int, now: datetime, cpu_id: int = 0) -> bytes:
    """The 24 bytes that CP's own records begin with."""
    date = bytes.fromhex(f"00{now:%y%j}F")
    time = bytes.fromhex(f"{now:%H%M%S}{now.microsecond // 10_000:02}")
    return bytes((kind, OPERATING_SYSTEM, 0x08)) + bytes(5) + date + time + cpu_id.to_bytes(8, "big")


class ErrorRecording:
    """The area of a running system."""

    def __init__(self, home: Path, clock: Clock, tell: Callable[[str], None]) -> None:
        self.path = home / FILE_NAME
        self._clock = clock
        self._tell = tell
        self._told = 0
        """1: that it is nearly full, 2: that it is full, 3: that it cannot be written."""

    # --- places ---

    @property
    def start(self) -> int:
        """Where it begins."""
        return _place(0)

    @property
    def cylinders(self) -> int:
        """Its size."""
        return CYLINDERS

    @property
    def first_record(self) -> int:
        """Where the first error record stands."""
        return _place(1)

    # --- reading ---

    def page(self, where: int) -> bytes:
        """A page; NoMore: the end of a cylinder, Denied: outside the area, OSError."""
        cylinder, page = (where >> 16) - FIRST_CYLINDER, (where >> 8 & 0xFF) - 1
        if where & 0xFF != DEVICE_CODE or not 0 <= cylinder < CYLINDERS or page < 0:
            raise Denied(INVALID)
        number = cylinder * PAGES + page
        if page >= PAGES or (number and number > self._last()):
            raise NoMore
        return self._read(number)

    def _last(self) -> int:
        """Number of the last page that has records; 0: there are none."""
        try:
            return max(self.path.stat().st_size // PAGE - 1, 0)
        except FileNotFoundError:
            return 0

    def _read(self, number: int) -> bytes:
        try:
            with self.path.open("rb") as file:
                file.seek(number * PAGE)
                page = file.read(PAGE)
        except FileNotFoundError:
            page = b""
        if number == 0:
            return MAGIC.ljust(PAGE, b"\0")
        return _checked(page.ljust(PAGE, b"\0"))

    # --- writing ---

    def clear(self) -> None:
        """Forget all records; OSError."""
        self._told = 0
        self.path.unlink(missing_ok=True)

    def record(self, userid: str, data: bytes) -> bool:
        """Add a record; False: it is none, or the area is full."""
        if not SHORTEST <= len(data) <= LONGEST or data[0] not in TYPES:
            return False
        try:
            return self._append(data)
        except OSError as error:
            if self._told < INVALID:
                self._told = INVALID
                log.error("%s: records of errors cannot be written: %s", self.path, error)
                self._tell(f"ERROR RECORDING AREA CANNOT BE WRITTEN: {error.strerror}")
            return False

    def fault(self, userid: str, text: str, cpu_id: int = 0) -> None:
        """CP failed while it served a user."""
        data = stamp(SOFTWARE, self._clock.now(), cpu_id) + to_ebcdic(f"{userid:8}{text}", errors="replace")
        self.record(userid, data[:LONGEST])

    def _append(self, data: bytes) -> bool:
        number = max(self._last(), 1)
        page = self._read(number)
        end, count = PAGE_HEADER.unpack_from(page)
        if end + RECORD_HEADER.size + len(data) > PAGE:
            number, end, count = number + 1, PAGE_HEADER.size, 0
            page = bytes(PAGE)
        if number >= CYLINDERS * PAGES:
            self._warn(2, "ERROR RECORDING AREA FULL")
            return False
        record = RECORD_HEADER.pack(RECORD_HEADER.size + len(data)) + data
        page = page[:end] + record + bytes(PAGE - end - len(record))
        page = PAGE_HEADER.pack(end + len(record), count + 1) + page[PAGE_HEADER.size :]
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if number == 1 and not count:
                os.pwrite(descriptor, MAGIC.ljust(PAGE, b"\0"), 0)
            os.pwrite(descriptor, page, number * PAGE)
        finally:
            os.close(descriptor)
        if number >= NEARLY_FULL * CYLINDERS * PAGES:
            self._warn(1, "ERROR RECORDING AREA 90% FULL")
        return True

    def _warn(self, level: int, text: str) -> None:
        if self._told < level:
            self._told = level
            self._tell(text)


def _place(number: int) -> int:
    cylinder, page = divmod(number, PAGES)
    return FIRST_CYLINDER + cylinder << 16 | page + 1 << 8 | DEVICE_CODE


def _checked(page: bytes) -> bytes:
    """The page, cut off where its records are not whole."""
    end, _ = PAGE_HEADER.unpack_from(page)
    at, count = PAGE_HEADER.size, 0
    while at + RECORD_HEADER.size <= min(end, PAGE):
        (length,) = RECORD_HEADER.unpack_from(page, at)
        if length < RECORD_HEADER.size + SHORTEST or at + length > end or end > PAGE:
            break
        at, count = at + length, count + 1
    return PAGE_HEADER.pack(at, count) + page[PAGE_HEADER.size : at] + bytes(PAGE - at)
