"""Saved systems: the state of a virtual machine, or pages of one, under a name.

A file begins with a header of whole pages of 4 KiB, behind which stand the saved pages in the order of the ranges, so
that they can be mapped into storage as they are::

    00  8   magic 'VM370SAV'             18  4   storage a machine must have at least (bytes)
    08  2   version 1                    1C  2   device the system was loaded from; 0: any, or none
    0A  2   pages of the header          1E  2   number of ranges
    0C  4   saved pages                  20  8   name, ASCII, padded with blanks
    10  4   CRC-32 of the pages          28  8   when it was saved: seconds since 1970
    14  4   CRC-32 of the header,        30  8   flags; X'80' of the last byte: it can be loaded by IPL
            this field taken as zero

    38  8   PSW           40  64  general registers     80  32  floating-point registers     A0  64  control registers
    E0      ranges of 8 bytes: first page, last page, attributes (X'80' shared), 2 bytes of zeros
    then    storage keys, two for each saved page (bits 0-6 of each byte; one block of 2 KiB each)
    then    zeros up to the end of the header

Pages of 4 KiB are numbered from 0 to 4095; ranges ascend and do not touch one another unless their attributes differ.
A segment (not loadable by IPL) has a PSW and registers of zeros.

    ImageError (errors.py)
      BadImage        a file is not as above: offset, found, expected
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from pathlib import Path

from construct import Array, Bytes, Const, Int16ub, Int32ub, Int64ub, Struct

from vm370.images.errors import BadImage

PAGE = 4096
BLOCKS = 2
"""Blocks with a storage key in a page."""
LAST_PAGE = 4095
MAGIC, VERSION = b"VM370SAV", 1
IPL_ABLE, SHARED = 0x80, 0x80
FIXED = 0xE0
MOST_RANGES = 4096

HEADER = Struct(
    "magic" / Const(MAGIC),
    "version" / Int16ub,
    "header_pages" / Int16ub,
    "pages" / Int32ub,
    "pages_crc" / Int32ub,
    "header_crc" / Int32ub,
    "storage" / Int32ub,
    "device" / Int16ub,
    "range_count" / Int16ub,
    "name" / Bytes(8),
    "saved_at" / Int64ub,
    "flags" / Int64ub,
    "psw" / Bytes(8),
    "gr" / Array(16, Int32ub),
    "fpr" / Array(4, Int64ub),
    "cr" / Array(16, Int32ub),
)
RANGE = Struct("first" / Int16ub, "last" / Int16ub, "attributes" / Int16ub, "zeros" / Const(b"\0\0"))


@dataclass(frozen=True, slots=True)
class PageRange:
    """Pages of 4 KiB that follow one another."""

    first: int
    last: int
    shared: bool = False

    @property
    def count(self) -> int:
        """Number of pages."""
        return self.last - self.first + 1

    @property
    def address(self) -> int:
        """Address of the first byte."""
        return self.first * PAGE

    @property
    def end(self) -> int:
        """Address behind the last byte."""
        return (self.last + 1) * PAGE


@dataclass(frozen=True, slots=True)
class CpuState:
    """PSW and registers."""

    psw: bytes = bytes(8)
    gr: tuple[int, ...] = (0,) * 16
    fpr: tuple[int, ...] = (0,) * 4
    cr: tuple[int, ...] = (0,) * 16


@dataclass(frozen=True, slots=True)
class SavedSystem:
    """One saved system or segment; ``pages`` and ``keys`` are those of the ranges, one after the other."""

    name: str
    ranges: tuple[PageRange, ...]
    pages: bytes = field(repr=False)
    keys: bytes = field(repr=False)
    state: CpuState | None = None
    """What IPL loads; None: a segment."""
    storage: int = 0
    device: int = 0
    saved_at: int = 0

    @property
    def first(self) -> int:
        """Lowest address."""
        return self.ranges[0].address

    @property
    def end(self) -> int:
        """Address behind the highest."""
        return self.ranges[-1].end


def build(system: SavedSystem) -> bytes:
    """The file.

    >>> one = SavedSystem("ONE", (PageRange(2, 2),), bytes(4096), b"\\xf0\\xe0")
    >>> parse(build(one), "ONE.saved") == one
    True
    """
    count = sum(part.count for part in system.ranges)
    if len(system.pages) != count * PAGE or len(system.keys) != count * BLOCKS:
        raise ValueError(f"{system.name}: {len(system.pages)} bytes and {len(system.keys)} keys of {count} pages")
    ranges = b"".join(
        RANGE.build({"first": part.first, "last": part.last, "attributes": SHARED if part.shared else 0})
        for part in system.ranges
    )
    length = -(-(FIXED + len(ranges) + len(system.keys)) // PAGE) * PAGE
    state = system.state or CpuState()
    fields = {
        "version": VERSION,
        "header_pages": length // PAGE,
        "pages": count,
        "pages_crc": zlib.crc32(system.pages),
        "header_crc": 0,
        "storage": system.storage,
        "device": system.device,
        "range_count": len(system.ranges),
        "name": system.name.encode("ascii").ljust(8),
        "saved_at": system.saved_at,
        "flags": IPL_ABLE if system.state is not None else 0,
        "psw": state.psw,
        "gr": state.gr,
        "fpr": state.fpr,
        "cr": state.cr,
    }
    header: bytes = (HEADER.build(fields) + ranges + system.keys).ljust(length, b"\0")
    fields["header_crc"] = zlib.crc32(header)
    start: bytes = HEADER.build(fields)
    return start + header[FIXED:] + system.pages


def parse(data: bytes, name: str | Path) -> SavedSystem:
    """The saved system in a file; BadImage when anything is not as it must be."""

    def require(good: bool, offset: int, found: object, expected: object) -> None:
        if not good:
            raise BadImage(name, offset, found, expected)

    require(len(data) >= PAGE and not len(data) % PAGE, 0, f"{len(data)} bytes", "a header and pages of 4096 bytes")
    require(data[:8] == MAGIC, 0, data[:8], MAGIC)
    head = HEADER.parse(data[:FIXED])
    require(head.version == VERSION, 8, head.version, VERSION)
    length = head.header_pages * PAGE
    require(0 < length <= len(data), 0x0A, f"{head.header_pages} pages", f"1 to {len(data) // PAGE}")
    needed = FIXED + head.range_count * RANGE.sizeof() + head.pages * BLOCKS
    require(needed <= length < needed + PAGE, 0x0A, f"{head.header_pages} pages", f"room for {needed} bytes")
    require(len(data) == length + head.pages * PAGE, 0x0C, f"{head.pages} pages", f"{(len(data) - length) // PAGE}")
    header = data[:0x14] + bytes(4) + data[0x18:length]
    require(zlib.crc32(header) == head.header_crc, 0x14, f"{head.header_crc:08X}", f"{zlib.crc32(header):08X}")
    pages = data[length:]
    require(zlib.crc32(pages) == head.pages_crc, 0x10, f"{head.pages_crc:08X}", f"{zlib.crc32(pages):08X}")

    text = head.name.rstrip(b" ")
    require(is_name(text.decode("latin-1")), 0x20, head.name, "a name of 1 to 8 letters and digits")
    require(0 < head.range_count <= MOST_RANGES, 0x1E, head.range_count, f"1 to {MOST_RANGES} ranges")
    require(not head.flags & ~IPL_ABLE, 0x30, f"{head.flags:X}", "flags 0 or 80")
    require(head.device <= 0xFFF, 0x1C, f"{head.device:X}", "a device address")
    require(head.storage <= 1 << 24, 0x18, head.storage, "storage up to 16 MiB")
    ranges: list[PageRange] = []
    for number in range(head.range_count):
        at = FIXED + number * RANGE.sizeof()
        raw = data[at : at + RANGE.sizeof()]
        first, last, attributes = (int.from_bytes(raw[n : n + 2]) for n in (0, 2, 4))
        after = ranges[-1].last if ranges else -1
        require(after < first <= last <= LAST_PAGE, at, f"pages {first}-{last}", f"pages from {after + 1} on")
        require(attributes in (0, SHARED) and raw[6:] == b"\0\0", at + 4, raw[4:], "attributes 0000 or 0080 and zeros")
        ranges.append(PageRange(first, last, bool(attributes)))
    count = sum(part.count for part in ranges)
    require(count == head.pages, 0x0C, f"{head.pages} pages", f"{count}, as in the ranges")
    keys = data[needed - head.pages * BLOCKS : needed]
    require(not any(key & 1 for key in keys), needed - len(keys), "a key with bit 7", "bits 0-6")
    require(not any(data[needed:length]), needed, "something", "zeros up to the end of the header")
    state = CpuState(head.psw, tuple(head.gr), tuple(head.fpr), tuple(head.cr)) if head.flags else None
    return SavedSystem(text.decode(), tuple(ranges), pages, keys, state, head.storage, head.device, head.saved_at)


def is_name(name: str) -> bool:
    """Whether a saved system can have this name (upper case; nothing that is a path on a host)."""
    return (
        0 < len(name) <= 8 and all(c.isascii() and (c.isalnum() or c in "$#@") for c in name) and name == name.upper()
    )
