"""Spool files as DIAGNOSE X'14' shows them: VM/370's blocks (SFBLOK) and pages (SPLINK), made from what the spool has.

    SFBLOK, 104 bytes                                            SPLINK, 4096 bytes
    00   4  0                     34  12  file type               000    4  number of the next page; 0: none
    04   4  1: the first page     40   8  date mm/dd/yy           004    4  number of the page before; 0: none
    08   8  owner                 48   8  time hh:mm:ss           008    4  0
    10   8  origin                50   4  number of last page, 0  00C    4  number of records in the page
    18   4  records                       when it is not known    010       records, up to FCF in the first page
    1C   2  record length         54   2  copies                  FD0   40  first page: zeros (3800 data)
    1E   2  spool ID              56   1  class                   FF8    2  first page: spool ID
    20   1  flags: 80 in use,     57   1  80 kept in hold when    FFA    6  first page: time of its creation, hhmmss
              20 user hold,                 read, 01 monitor
              04 system hold,     58   8  distribution code
              10 CP dump          60   4  zeros
    21   1  type of device        64   4  zeros
    22   6  zeros
    28  12  file name

    record   CCW: command, 3 displacement of the data in the page, flags, 0, 2 length of the data
             TIC to the next record: X'08', 3 displacement, 4 zeros
             data, filled to a doubleword

The flags of a CCW are X'60' (command chaining, suppress length indication), X'20' for the last one of a page; a command
without data (carriage control) has X'10' too, length 1 and no data.  A record that is longer than LONGEST goes on in
the next one, with X'80' (data chaining) in the first.  The first record of a file that has a tag is a no-operation
(X'03', flags X'60') with the tag, 136 bytes.

Monitor files and CP dumps have records of whole pages, which are given as they are.  Page numbers count from 1: CP's
own addresses on its disks mean nothing here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from vm370.cp.io.unitrecord import Record
from vm370.cp.spool import CONSOLE, PRINTER, PUNCH, Spool, SpoolFile
from vm370.cp.spool.files import LONGEST_TAG
from vm370.cp.spool.records import parse_page, prints_nothing
from vm370.images.ebcdic import to_ebcdic

PAGE = 4096
MONITOR_KIND, DUMP_KIND = "MON", "DMP"
HEADER = struct.Struct(">IIII")
RECORD_HEADER = 16
FIRST_END, OTHER_END = 0xFD0, 0x1000
LONGEST = 3968
NO_OPERATION, TIC = 0x03, 0x08
CHAIN_DATA, CHAIN_COMMAND, SUPPRESS_LENGTH, SKIP = 0x80, 0x40, 0x20, 0x10
_BLOCK = struct.Struct(">II8s8sIHHBB6s12s12s8s8sIHcB8s8x")
BLOCK_SIZE = _BLOCK.size
DEVICE_CODES = {PRINTER: 0x41, CONSOLE: 0x41, PUNCH: 0x82}
"""SFBTYPE: the type of the device that wrote the file, as DIAGNOSE X'24' gives it; a real reader's files: X'82'."""
RECORD_LENGTHS = {PRINTER: 132, CONSOLE: 132}
IN_USE, USER_HOLD, CP_DUMP, SYSTEM_HOLD = 0x80, 0x20, 0x10, 0x04
KEPT, MONITOR_FILE = 0x80, 0x01


def whole_pages(file: SpoolFile) -> bool:
    """A monitor file or CP dump: each record is a page."""
    return file.kind in (MONITOR_KIND, DUMP_KIND)


def block(file: SpoolFile) -> bytes:
    """The SFBLOK of a file."""
    name, filetype = (file.name[:12], file.type) if file.type else (file.name[:12], file.name[12:24])
    flags = (IN_USE if file.in_use else 0) | (USER_HOLD if file.user_hold else 0)
    flags |= (SYSTEM_HOLD if file.system_hold else 0) | (CP_DUMP if file.kind == DUMP_KIND else 0)
    return _BLOCK.pack(
        *(0, 1, _text(file.owner, 8), _text(file.origin, 8), min(file.records, 0xFFFFFFFF)),
        *(PAGE if whole_pages(file) else RECORD_LENGTHS.get(file.kind, 80), file.spoolid, flags),
        *(DEVICE_CODES.get(file.kind, 0x82), bytes(6), _text(name, 12), _text(filetype, 12)),
        *(_text(f"{file.created:%m/%d/%y}", 8), _text(f"{file.created:%H:%M:%S}", 8), 0, min(file.copies, 255)),
        _text(file.spool_class, 1),
        (KEPT if file.keep else 0) | (MONITOR_FILE if file.kind == MONITOR_KIND else 0),
        _text(file.dist, 8),
    )


def tag_record(file: SpoolFile) -> bytes:
    """The CCW and the tag, as the first record has them, without the TIC."""
    flags = CHAIN_COMMAND | SUPPRESS_LENGTH
    return struct.pack(">B3xBxH", NO_OPERATION, flags, LONGEST_TAG) + _text(file.tag, LONGEST_TAG)


def _text(text: str, length: int) -> bytes:
    return to_ebcdic(text[:length].ljust(length), errors="replace")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: page of the database, record in it, bytes of that record that went before."""

    stored: int = 0
    record: int = 0
    offset: int = 0


class Pages:
    """The pages of one file, in any order that went forward once; nothing but places is kept of those before."""

    def __init__(self, spool: Spool, file: SpoolFile) -> None:
        self._spool = spool
        self.file = file
        self._places: list[Place] = [Place()]
        self._stored: tuple[int, list[Record]] = -1, []

    def page(self, number: int) -> bytes | None:
        """Page ``number``, from 0; None behind the end."""
        while (known := len(self._places)) <= number:
            self._build(known - 1)
            if len(self._places) == known:
                return None
        return self._build(number)

    def _records(self, at: Place) -> Iterator[tuple[Place, Record]]:
        """Records from a place on, each with its place."""
        stored, first = at.stored, at.record
        while (records := self._load(stored)) is not None:
            for number in range(first, len(records)):
                yield Place(stored, number), records[number]
            stored, first = stored + 1, 0

    def _load(self, number: int) -> list[Record] | None:
        if self._stored[0] != number:
            data = self._spool.page(self.file, number)
            if data is None:
                return None
            self._stored = number, list(parse_page(data))
        return self._stored[1]

    def _build(self, number: int) -> bytes | None:
        start = self._places[number]
        if whole_pages(self.file):
            return self._raw(number, start)
        page, end = bytearray(HEADER.size), FIRST_END if number == 0 else OTHER_END
        count, last, following = 0, 0, None
        offset = start.offset
        if number == 0 and self.file.tag:
            last, count = self._append(page, Record(NO_OPERATION, tag_record(self.file)[8:]), False, immediate=False), 1
        for place, record in self._records(start):
            data = record.data[offset:]
            room = end - len(page) - RECORD_HEADER
            fits = min(len(data), LONGEST)
            if room < 0 or (count and -(-fits // 8) * 8 > room):
                following = Place(place.stored, place.record, offset)
                break
            immediate = prints_nothing(record.command) and not record.data
            last = self._append(page, Record(record.command, data[:fits]), len(data) > fits, immediate=immediate)
            count += 1
            offset = 0
            if len(data) > fits:
                following = Place(place.stored, place.record, len(record.data) - len(data) + fits)
                break
        if not count:
            return None
        if not page[last + 4] & CHAIN_DATA:
            page[last + 4] &= ~CHAIN_COMMAND
        if following is not None and len(self._places) == number + 1:
            self._places.append(following)
        page[: HEADER.size] = HEADER.pack(number + 2 if following else 0, number, 0, count)
        page += bytes(PAGE - len(page))
        if number == 0:
            page[0xFF8:] = self.file.spoolid.to_bytes(2, "big") + _text(f"{self.file.created:%H%M%S}", 6)
        return bytes(page)

    @staticmethod
    def _append(page: bytearray, record: Record, goes_on: bool, *, immediate: bool) -> int:
        """Add a record; its displacement."""
        at = len(page)
        flags = (CHAIN_DATA if goes_on else CHAIN_COMMAND) | SUPPRESS_LENGTH | (SKIP if immediate else 0)
        data = b"" if immediate else record.data + bytes(-len(record.data) % 8)
        ccw = bytes((record.command,)) + (at + RECORD_HEADER).to_bytes(3, "big") + bytes((flags, 0))
        page += ccw + (1 if immediate else len(record.data)).to_bytes(2, "big")
        page += bytes((TIC,)) + (at + RECORD_HEADER + len(data)).to_bytes(3, "big") + bytes(4) + data
        return at

    def _raw(self, number: int, start: Place) -> bytes | None:
        found: bytes | None = None
        for place, record in self._records(start):
            if found is not None:
                if len(self._places) == number + 1:
                    self._places.append(place)
                break
            found = record.data
        return None if found is None else found[:PAGE].ljust(PAGE, b"\0")
