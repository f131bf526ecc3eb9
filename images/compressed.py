"""Compressed disk images: what CCKD, CCKD64 and CFBA have in common.

A file is the device header (512 bytes), the compression header (512 bytes), the level 1 table, and then level 2 tables
and units in any order.  A *unit* is a track, or 120 sectors of a fixed-block disk; level 1 entry u // 256 leads to the
level 2 table whose entry u % 256 leads to unit u.  All numbers are little endian (32 bits, CCKD64: 64 for offsets)::

    compression header                      CCKD, CFBA   CCKD64        level 1 entry   offset of the level 2 table
      version, release, modification level   0  1+1+1     0  1+1+1                     0: 256 null units
      options                                3  1         3  1                         all ones: see the base image
      number of level 1 entries              4  4         4  4
      entries of a level 2 table (256)       8  4         8  4         level 2 entry   offset 4 (8), length 2, size 2,
      cylinders (CFBA: sectors)             40  4        12  4                         CCKD64 also 4 unused
      file size, used bytes                 12  4+4      16  8+8                       offset 0: a null unit, of the
      free space: first, total, largest,    20  4*5      32  8*5                       format that `length` tells
      number, imbedded
      null format                           44  1        72  1         null formats    0  R0, end of file   1  R0 only
      compression 0 none 1 zlib 2 bzip2     45  1        73  1                         2  twelve records of 4096 zeros
      compression parameter                 46  2        74  2

A unit begins with 5 bytes that are never compressed: for a track its home address, for sectors the number of the group
in the last four.  The low two bits of the first byte tell how the rest is compressed.  An expanded track ends with the
end mark.  ``0000000000 | 0000 0000 0000 0008 0000000000000000 FFFFFFFFFFFFFFFF`` is null format 1 of track 0, written
out.

These images are read in place and written as a whole (``write_units``): under copy-on-write (overlay.py) that is all a
disk needs, and a file that is only ever complete cannot be damaged by a crash.  A shadow file (CKD_S370) needs its base
and is refused.
"""

from __future__ import annotations

import bz2
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import construct

from vm370.images.errors import BadImage
from vm370.images.hostfile import HostFile

HEADERS = 1024
UNITS_PER_TABLE = 256
PREFIX = 5
NONE, ZLIB, BZIP2 = 0, 1, 2
Compression = Literal["none", "zlib", "bzip2"]
METHODS: dict[Compression, int] = {"none": NONE, "zlib": ZLIB, "bzip2": BZIP2}
BIG_ENDIAN, SPACE_ERRORS, OPENED = 0x02, 0x20, 0x80
NULL_FORMATS = 3
CACHED_UNITS = 64


def _header(offset: Any, order: tuple[str, ...]) -> construct.Struct:
    fields = {
        "cylinders": "cylinders" / construct.Int32ul,
        "space": "space" / construct.Struct("size" / offset, "used" / offset),
        "free": "free"
        / construct.Struct(
            "first" / offset, "total" / offset, "largest" / offset, "count" / offset, "imbedded" / offset
        ),
    }
    return construct.Struct(
        "version" / construct.Bytes(3),
        "options" / construct.Int8ul,
        "level1_entries" / construct.Int32ul,
        "level2_entries" / construct.Int32ul,
        *(fields[name] for name in order),
        "null_format" / construct.Int8ul,
        "compression" / construct.Int8ul,
        "parameter" / construct.Int16sl,
    )


@dataclass(frozen=True, slots=True)
class Layout:
    """The two widths of the format."""

    bits: int
    header: construct.Struct
    offset: Any
    entry: construct.Struct
    most: int
    """Largest file."""

    @property
    def absent(self) -> int:
        """The offset that stands for: in the base image."""
        return (1 << self.bits) - 1


_ENTRY = ("length" / construct.Int16ul, "size" / construct.Int16ul)
LAYOUT32 = Layout(
    32,
    _header(construct.Int32ul, ("space", "free", "cylinders")),
    construct.Int32ul,
    construct.Struct("offset" / construct.Int32ul, *_ENTRY),
    (1 << 32) - 1,
)
LAYOUT64 = Layout(
    64,
    _header(construct.Int64ul, ("cylinders", "space", "free")),
    construct.Int64ul,
    construct.Struct("offset" / construct.Int64ul, *_ENTRY, "unused" / construct.Int32ul),
    (1 << 63) - 1,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a compressed image."""

    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class Unit:
    """Where a unit is: ``offset`` 0 for a null unit of format ``length``."""

    offset: int
    length: int


class Units:
    """The units of an open file."""

    def __init__(self, file: HostFile, layout: Layout, count: int, longest: int) -> None:
        """``count`` units of at most ``longest`` bytes, prefix included; BadImage when the headers do not fit."""
        self.file = file
        self.layout = layout
        self.count = count
        self.longest = longest
        self.header = read_header(file, layout)
        tables = -(-count // UNITS_PER_TABLE)
        if self.header.level2_entries != UNITS_PER_TABLE:
            raise BadImage(file.path, 520, f"{self.header.level2_entries} entries", "level 2 tables of 256 entries")
        if self.header.level1_entries < tables:
            found = f"{self.header.level1_entries} level 1 entries"
            raise BadImage(file.path, 516, found, f"{tables} for {count} units")
        width = layout.bits // 8
        data = file.read(HEADERS, tables * width)
        self.level1 = [int.from_bytes(data[i : i + width], "little") for i in range(0, len(data), width)]
        self._tables: dict[int, list[Unit]] = {}
        self._cache: OrderedDict[int, bytes] = OrderedDict()

    def unit(self, number: int) -> Unit:
        """Where unit ``number`` is."""
        table, index = divmod(number, UNITS_PER_TABLE)
        if table not in self._tables:
            self._tables[table] = self._table(table)
        return self._tables[table][index]

    def _table(self, table: int) -> list[Unit]:
        at = self.level1[table]
        if at == 0:
            return [Unit(0, self.header.null_format)] * UNITS_PER_TABLE
        if at == self.layout.absent:
            raise BadImage(self.file.path, HEADERS, "a table that is in another file", "a whole image, not a shadow")
        entry = self.layout.entry
        data = self.file.read(at, UNITS_PER_TABLE * entry.sizeof())
        entries = construct.Array(UNITS_PER_TABLE, entry).parse(data)
        units = []
        for number, row in enumerate(entries):
            if row.offset == self.layout.absent:
                where = at + number * entry.sizeof()
                raise BadImage(self.file.path, where, "a unit that is in another file", "a whole image, not a shadow")
            units.append(Unit(row.offset, row.length))
        return units

    def read(self, number: int) -> bytes | int:
        """A unit, expanded, its prefix first without compression bits; or the format of a null unit."""
        unit = self.unit(number)
        if not unit.offset:
            return unit.length
        known = self._cache.get(number)
        if known is not None:
            self._cache.move_to_end(number)
            return known
        data = self.expanded(number, unit)
        self._cache[number] = data
        if len(self._cache) > CACHED_UNITS:
            self._cache.popitem(last=False)
        return data

    def expanded(self, number: int, unit: Unit) -> bytes:
        """The bytes of a unit that is not null."""
        if not PREFIX <= unit.length <= self.longest:
            raise BadImage(self.file.path, unit.offset, f"a unit of {unit.length} bytes", f"5 to {self.longest}")
        stored = self.file.read(unit.offset, unit.length)
        method = stored[0] & 3
        prefix = bytes([stored[0] & ~3]) + stored[1:PREFIX]
        return prefix + expand(stored[PREFIX:], method, self.longest - PREFIX, f"{self.file.path}", unit.offset)

    # --- checking ---

    def check(
        self, good: Callable[[int, bytes], str | None], progress: Callable[[int, int], None] | None = None
    ) -> list[Finding]:
        """Tables, overlapping space, every unit; ``good`` says what is wrong with a unit's bytes."""
        found: list[Finding] = []
        headers = HEADERS + self.header.level1_entries * self.layout.bits // 8
        taken: list[tuple[int, int, str]] = [(0, headers, "the headers")]
        size = self.file.length
        table_length = UNITS_PER_TABLE * self.layout.entry.sizeof()
        for table, at in enumerate(self.level1):
            if at in (0, self.layout.absent):
                continue
            taken.append((at, at + table_length, f"level 2 table {table}"))
        for number in range(self.count):
            try:
                unit = self.unit(number)
                if not unit.offset:
                    if unit.length >= NULL_FORMATS and unit.length != 0:
                        found.append(Finding(0, f"unit {number}: null format {unit.length} is not known"))
                    continue
                taken.append((unit.offset, unit.offset + unit.length, f"unit {number}"))
                wrong = good(number, self.expanded(number, unit))
                if wrong:
                    found.append(Finding(unit.offset, f"unit {number}: {wrong}"))
            except BadImage as error:
                found.append(Finding(error.offset, f"unit {number}: found {error.found}, expected {error.expected}"))
            if progress and (number % 64 == 0 or number + 1 == self.count):
                progress(number + 1, self.count)
        taken.sort()
        for (_, end, first), (start, _, second) in pairwise(taken):
            if start < end:
                found.append(Finding(start, f"{first} and {second} share {end - start} bytes"))
        last = max(end for _, end, _ in taken)
        if last > size:
            found.append(Finding(size, f"the file ends {last - size} bytes too early"))
        if self.header.space.size != size:
            found.append(Finding(512, f"the header tells {self.header.space.size} bytes, the file has {size}"))
        if self.header.options & OPENED:
            found.append(Finding(515, "was not closed by the program that wrote it last"))
        return found


def read_header(file: HostFile, layout: Layout) -> construct.Container:
    """The compression header."""
    if file.length < HEADERS:
        raise BadImage(file.path, file.length, "end of file", f"two headers of {HEADERS} bytes together")
    header = layout.header.parse(file.read(512, 512))
    if header.options & BIG_ENDIAN:
        raise BadImage(file.path, 515, "numbers in big endian", "little endian; cckdswap converts")
    return header


def expand(data: bytes, method: int, longest: int, where: str, offset: int) -> bytes:
    """Undo compression; BadImage when that gives nothing, or more than ``longest`` bytes."""
    if method == NONE:
        return data
    if method not in (ZLIB, BZIP2):
        raise BadImage(where, offset, "compression 3", "0 none, 1 zlib or 2 bzip2")
    expander: Any = zlib.decompressobj() if method == ZLIB else bz2.BZ2Decompressor()
    try:
        result: bytes = expander.decompress(data, longest + 1)
    except (zlib.error, OSError, EOFError, ValueError) as error:
        raise BadImage(where, offset, f"data that cannot be expanded ({error})", "a compressed unit") from error
    if len(result) > longest:
        raise BadImage(where, offset, f"more than {longest} bytes when expanded", "a unit that fits")
    if not expander.eof:
        raise BadImage(where, offset, "compressed data that end early", "a whole unit")
    return result


def compressed(data: bytes, method: int, level: int) -> bytes:
    """A unit as it is stored: compressed if that is shorter."""
    rest = data[PREFIX:]
    if method:
        short = zlib.compress(rest, level) if method == ZLIB else bz2.compress(rest, 9 if level < 0 else max(level, 1))
        if len(short) < len(rest):
            return bytes([data[0] & ~3 | method]) + data[1:PREFIX] + short
    return bytes([data[0] & ~3]) + data[1:]


def write_units(
    file: HostFile,
    layout: Layout,
    device_header: bytes,
    units: Iterable[bytes | int],
    count: int,
    cylinders: int,
    *,
    compression: Compression = "zlib",
    level: int = -1,
    null_format: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Fill a new file with ``count`` units: bytes, or the format of a null unit; ``cylinders`` or sectors."""
    method = METHODS[compression]
    tables = -(-count // UNITS_PER_TABLE)
    width = layout.bits // 8
    entry = layout.entry
    table_length = UNITS_PER_TABLE * entry.sizeof()
    level1: list[int] = []
    rows: list[bytes] = []
    stored: list[bytes] = []
    offset = HEADERS + tables * width
    null = entry.build({"offset": 0, "length": null_format, "size": null_format, "unused": 0})

    def end_table() -> None:
        nonlocal offset, rows, stored
        if any(row != null for row in rows):
            level1.append(offset)
            table = b"".join(rows).ljust(table_length, b"\0")
            file.write(offset, table + b"".join(stored))
            offset += table_length + sum(map(len, stored))
        else:
            level1.append(0)
        rows, stored = [], []

    at = 0
    for number, unit in enumerate(units):
        if not rows:
            at = offset + table_length
        if isinstance(unit, int):
            rows.append(entry.build({"offset": 0, "length": unit, "size": unit, "unused": 0}))
        else:
            data = compressed(unit, method, level)
            if at + len(data) > layout.most:
                raise BadImage(file.path, at, "an image of more than 4 GiB", "CCKD64 for so large an image")
            rows.append(entry.build({"offset": at, "length": len(data), "size": len(data), "unused": 0}))
            stored.append(data)
            at += len(data)
        if len(rows) == UNITS_PER_TABLE:
            end_table()
        if progress and (number % 64 == 0 or number + 1 == count):
            progress(number + 1, count)
    if rows:
        end_table()
    header = layout.header.build(
        {
            "version": bytes([0, 3, 1]),
            "options": 0,
            "level1_entries": tables,
            "level2_entries": UNITS_PER_TABLE,
            "cylinders": cylinders,
            "space": {"size": offset, "used": offset},
            "free": {"first": 0, "total": 0, "largest": 0, "count": 0, "imbedded": 0},
            "null_format": null_format,
            "compression": method,
            "parameter": level,
        }
    )
    head = device_header + header.ljust(512, b"\0")
    file.write(0, head + b"".join(at.to_bytes(width, "little") for at in level1))
