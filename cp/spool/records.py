"""Records of a spool file, and the pages they are kept in.

A record is what one CCW moved: the command code and the data (cp/io/unitrecord.py).  Pages hold whole records; a page
is full as soon as it has ``PAGE_SIZE`` bytes or more.  Trailing blanks are not kept but counted, so a record comes back
as it was written.

    page     record record ...
    record   command code 1 | length 2 | bytes kept 2 | bytes      (big endian; length - kept = blanks at the end)

    >>> page = bytearray()
    >>> append_record(page, Record(0x09, bytes.fromhex("c1c24040")))
    >>> page.hex()
    '0900040002c1c2'
    >>> next(iter(parse_page(page))).data.hex()
    'c1c24040'
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from vm370.cp.io.unitrecord import BLANK, Record
from vm370.cp.spool.errors import DamagedSpool, RecordError

PAGE_SIZE = 32 * 1024
LONGEST_RECORD = 32_767
_HEADER = struct.Struct(">BHH")


def prints_nothing(command: int) -> bool:
    """Carriage control only: space or skip at once."""
    return command & 0x07 == 0x03


def append_record(page: bytearray, record: Record) -> None:
    """Put a record at the end of a page."""
    if not 0 <= record.command <= 0xFF or len(record.data) > LONGEST_RECORD:
        raise RecordError(
            f"spool record: found command {record.command} with {len(record.data)} bytes,"
            f" expected a command of one byte and at most {LONGEST_RECORD} bytes"
        )
    kept = record.data.rstrip(BLANK)
    page += _HEADER.pack(record.command, len(record.data), len(kept))
    page += kept


def parse_page(page: bytes | bytearray) -> Iterator[Record]:
    """The records of a page."""
    offset, end = 0, len(page)
    while offset < end:
        start = offset + _HEADER.size
        if start > end:
            raise DamagedSpool(f"spool page: offset {offset}: found {end - offset} bytes, expected a record header")
        command, length, kept = _HEADER.unpack_from(page, offset)
        if kept > length or start + kept > end:
            raise DamagedSpool(
                f"spool page: offset {offset}: found a record of {length} bytes with {kept} kept,"
                f" expected at most {end - start}"
            )
        yield Record(command, bytes(page[start : start + kept]) + BLANK * (length - kept))
        offset = start + kept
