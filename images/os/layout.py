"""Data set control blocks, and directory entries of partitioned data sets; numbers are big endian.

A DSCB is a record of the VTOC: key of 44 bytes and data of 96, offsets below are of both together.

    format 1    0 44  data set name             format 4    0 44  X'04' ...
    a data     44  1  X'F1'                     the VTOC   44  1  X'F4'
    set        53  3  created, year day         itself     50  2  DSCBs that are free
               59  1  extents                              62  4  cylinders, tracks a cylinder
               82  2  organization                        105 10  where the VTOC is
               84  1  record format             format 3    0  4  X'03', 4 extents; 44 X'F3', 45 9 extents, 135 next
               86  2  block length              format 5    0  4  X'05', 8 free extents (first track 2, cylinders 2,
               88  2  record length                               tracks 1); 44 X'F5', 45 18 more, 135 next
               90  1  key length                extent      0  1  type (00: none, 81 whole cylinders, 01 tracks)
               98  3  last block, TTR                       1  1  sequence number
              105 30  3 extents                             2  4  first track CCHH
              135  5  format 3 DSCB, CCHHR                  6  4  last track CCHH
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import construct

from vm370.images.ebcdic import from_ebcdic

KEY, DATA = 44, 96
FORMAT_1, FORMAT_3, FORMAT_4, FORMAT_5 = 0xF1, 0xF3, 0xF4, 0xF5
SEQUENTIAL, DIRECT, PARTITIONED, INDEXED, UNMOVABLE, VSAM = 0x4000, 0x2000, 0x0200, 0x8000, 0x0100, 0x0008

Address = construct.Struct("cylinder" / construct.Int16ub, "head" / construct.Int16ub, "record" / construct.Int8ub)
ExtentFormat = construct.Struct(
    "type" / construct.Int8ub,
    "sequence" / construct.Int8ub,
    "first" / construct.Array(2, construct.Int16ub),
    "last" / construct.Array(2, construct.Int16ub),
)
Format1 = construct.Struct(
    "name" / construct.Bytes(44),
    "format" / construct.Int8ub,
    "serial" / construct.Bytes(6),
    "sequence" / construct.Int16ub,
    "created" / construct.Bytes(3),
    "expires" / construct.Bytes(3),
    "extent_count" / construct.Int8ub,
    "last_directory" / construct.Int8ub,
    "reserved" / construct.Int8ub,
    "system" / construct.Bytes(13),
    "referred" / construct.Bytes(3),
    "reserved2" / construct.Bytes(4),
    "organization" / construct.Int16ub,
    "recfm" / construct.Int8ub,
    "options" / construct.Int8ub,
    "block_length" / construct.Int16ub,
    "lrecl" / construct.Int16ub,
    "key_length" / construct.Int8ub,
    "key_position" / construct.Int16ub,
    "indicators" / construct.Int8ub,
    "secondary" / construct.Bytes(4),
    "last_track" / construct.Int16ub,
    "last_record" / construct.Int8ub,
    "track_balance" / construct.Int16ub,
    "reserved3" / construct.Bytes(2),
    "extents" / construct.Array(3, ExtentFormat),
    "next" / Address,
)
Format3 = construct.Struct(
    "key" / construct.Bytes(4),
    "extents" / construct.Array(4, ExtentFormat),
    "format" / construct.Int8ub,
    "more" / construct.Array(9, ExtentFormat),
    "next" / Address,
)
Format4 = construct.Struct(
    "key" / construct.Bytes(44),
    "format" / construct.Int8ub,
    "highest" / Address,
    "free_dscbs" / construct.Int16ub,
    "alternate" / construct.Bytes(4),
    "alternates" / construct.Int16ub,
    "indicators" / construct.Int8ub,
    "extent_count" / construct.Int8ub,
    "reserved" / construct.Bytes(2),
    "cylinders" / construct.Int16ub,
    "heads" / construct.Int16ub,
    "device" / construct.Bytes(39),
    "extent" / ExtentFormat,
    "rest" / construct.Bytes(25),
)
FreeExtent = construct.Struct("track" / construct.Int16ub, "cylinders" / construct.Int16ub, "tracks" / construct.Int8ub)
Format5 = construct.Struct(
    "key" / construct.Bytes(4),
    "extents" / construct.Array(8, FreeExtent),
    "format" / construct.Int8ub,
    "more" / construct.Array(18, FreeExtent),
    "next" / Address,
)
for _format in (Format1, Format3, Format4, Format5):
    assert _format.sizeof() == KEY + DATA


@dataclass(frozen=True, slots=True)
class Extent:
    """Tracks of a data set: numbers counted from the volume's first."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Member:
    """An entry of the directory of a partitioned data set."""

    name: str
    track: int
    record: int
    alias: bool
    user_data: bytes


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set, from its format 1 DSCB."""

    name: str
    organization: int
    recfm_byte: int
    block_length: int
    lrecl: int
    key_length: int
    created: date | None
    last_track: int
    """Relative to the data set: where its last block is."""
    last_record: int
    extents: tuple[Extent, ...]

    @property
    def tracks(self) -> int:
        """Tracks of all extents."""
        return sum(extent.last - extent.first + 1 for extent in self.extents)

    @property
    def partitioned(self) -> bool:
        """It has members."""
        return bool(self.organization & PARTITIONED)

    @property
    def dsorg(self) -> str:
        """`PS`, `PO` ..., with `U` for unmovable."""
        names = {PARTITIONED: "PO", SEQUENTIAL: "PS", DIRECT: "DA", INDEXED: "IS", VSAM: "VS"}
        found = next((name for bit, name in names.items() if self.organization & bit), "?")
        return found + ("U" if self.organization & UNMOVABLE else "")

    @property
    def recfm(self) -> str:
        """`FB`, `VBA`, `U` ..."""
        first = {0xC0: "U", 0x80: "F", 0x40: "V", 0: "?"}[self.recfm_byte & 0xC0]
        bits = ((0x20, "T"), (0x10, "B"), (0x08, "S"), (0x04, "A"), (0x02, "M"))
        return first + "".join(letter for bit, letter in bits if self.recfm_byte & bit)


def day(field: bytes) -> date | None:
    """Years since 1900 and day of the year; None for none."""
    number = int.from_bytes(field[1:])
    if not 1 <= number <= 366:
        return None
    return date(1900 + field[0], 1, 1) + timedelta(days=number - 1)


def members(block: bytes) -> tuple[list[Member], bool]:
    """The entries of a directory block of 256 bytes, and whether the directory ends there."""
    found: list[Member] = []
    end = min(int.from_bytes(block[:2]), len(block))
    at = 2
    while at + 12 <= end:
        name = block[at : at + 8]
        if name == b"\xff" * 8:
            return found, True
        flags = block[at + 11]
        length = 2 * (flags & 0x1F)
        found.append(
            Member(
                from_ebcdic(name).rstrip(),
                int.from_bytes(block[at + 8 : at + 10]),
                block[at + 10],
                bool(flags & 0x80),
                bytes(block[at + 12 : at + 12 + length]),
            )
        )
        at += 12 + length
    return found, False
