"""Dumps of virtual machines: the reader file that VMDUMP makes, a deck of 80-byte cards read end to end.

All numbers are big-endian, text is EBCDIC with blanks behind::

    offset  length
    0       8       "VMDUMP01"
    8       8       user ID
    16      8       what ran in the machine (FORMAT)
    24      8       when, as the time-of-day clock counts
    32      100     description (*dumpid)
    132     4       size of the machine's storage
    136     8       PSW
    144     64      general registers 0-15
    208     32      floating-point registers 0 2 4 6
    240     64      control registers 0-15
    304     8       CPU timer
    312     8       clock comparator
    320     4       prefix
    324     4       interval timer (location X'50')
    328     4       number of pages
    332     8 each  pages, in ascending order: address 4 | key of its first 2 KiB 1 | key of the others 1 | 0 |
                    1 if its 4096 bytes follow, 0 if all of them are zero
    then    4096 each: the pages that follow; zeros up to a whole card

    >>> dump = VmDump(userid="ALPHA", psw=bytes(8), pages=(Page(0x1000, 0x10, 0x20, b"\\x01" * 4096),))
    >>> data = build(dump)
    >>> len(data) % 80, parse(data, "demo") == dump
    (0, True)
"""

from __future__ import annotations

from dataclasses import dataclass

import construct

from vm370.images.cards import CARD_LENGTH
from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.images.errors import BadImage

PAGE = 4096
IDENTIFICATION = "VMDUMP01"
LONGEST_DESCRIPTION = 100
MOST_PAGES = 4096

Header = construct.Struct(
    "identification" / construct.Bytes(8),
    "userid" / construct.Bytes(8),
    "format" / construct.Bytes(8),
    "tod" / construct.Int64ub,
    "description" / construct.Bytes(LONGEST_DESCRIPTION),
    "storage" / construct.Int32ub,
    "psw" / construct.Bytes(8),
    "general" / construct.Int32ub[16],
    "floating" / construct.Int64ub[4],
    "control" / construct.Int32ub[16],
    "cpu_timer" / construct.Int64ub,
    "clock_comparator" / construct.Int64ub,
    "prefix" / construct.Int32ub,
    "interval_timer" / construct.Int32ub,
    "pages" / construct.Int32ub,
)
Entry = construct.Struct(
    "address" / construct.Int32ub,
    "key1" / construct.Int8ub,
    "key2" / construct.Int8ub,
    construct.Padding(1),
    "stored" / construct.Int8ub,
)


@dataclass(frozen=True, slots=True)
class Page:
    """4 KiB of storage with the keys of its two halves."""

    address: int
    key1: int
    key2: int
    data: bytes


@dataclass(frozen=True, slots=True)
class VmDump:
    """A dump."""

    userid: str
    psw: bytes
    pages: tuple[Page, ...]
    format: str = "FILE"
    tod: int = 0
    description: str = ""
    storage: int = 0
    general: tuple[int, ...] = (0,) * 16
    floating: tuple[int, ...] = (0,) * 4
    control: tuple[int, ...] = (0,) * 16
    cpu_timer: int = 0
    clock_comparator: int = 0
    prefix: int = 0
    interval_timer: int = 0

    def page(self, address: int) -> Page | None:
        """The page that has this address."""
        return next((page for page in self.pages if page.address == address & -PAGE), None)

    def ranges(self) -> list[tuple[int, int]]:
        """First and last address of each stretch of storage."""
        found: list[tuple[int, int]] = []
        for page in self.pages:
            if found and found[-1][1] + 1 == page.address:
                found[-1] = found[-1][0], page.address + PAGE - 1
            else:
                found.append((page.address, page.address + PAGE - 1))
        return found


def build(dump: VmDump) -> bytes:
    """A dump to a deck."""
    header: bytes = Header.build(
        {
            "identification": to_ebcdic(IDENTIFICATION),
            "userid": _field(dump.userid, 8),
            "format": _field(dump.format, 8),
            "tod": dump.tod,
            "description": _field(dump.description, LONGEST_DESCRIPTION),
            "storage": dump.storage,
            "psw": dump.psw,
            "general": dump.general,
            "floating": dump.floating,
            "control": dump.control,
            "cpu_timer": dump.cpu_timer,
            "clock_comparator": dump.clock_comparator,
            "prefix": dump.prefix,
            "interval_timer": dump.interval_timer,
            "pages": len(dump.pages),
        }
    )
    stored = [any(page.data) for page in dump.pages]
    entries = b"".join(
        Entry.build({"address": page.address, "key1": page.key1, "key2": page.key2, "stored": int(kept)})
        for page, kept in zip(dump.pages, stored, strict=True)
    )
    data = header + entries + b"".join(page.data for page, kept in zip(dump.pages, stored, strict=True) if kept)
    return data + bytes(-len(data) % CARD_LENGTH)


def parse(data: bytes, where: str) -> VmDump:
    """A deck to a dump; BadImage says what is wrong."""
    size = Header.sizeof()
    if len(data) < size or data[:8] != to_ebcdic(IDENTIFICATION):
        raise BadImage(where, 0, data[:8], f"a dump of VMDUMP: {to_ebcdic(IDENTIFICATION).hex().upper()}")
    header = Header.parse(data)
    count = header.pages
    at = size + count * Entry.sizeof()
    if count > MOST_PAGES or at > len(data):
        raise BadImage(where, size - 4, f"{count} pages", f"at most {MOST_PAGES}, and their list in the file")
    pages, before = [], -PAGE
    for number in range(count):
        offset = size + number * Entry.sizeof()
        entry = Entry.parse(data[offset : offset + Entry.sizeof()])
        if entry.address % PAGE or entry.address <= before or entry.address >= 1 << 24:
            raise BadImage(where, offset, f"page {entry.address:08X}", "ascending multiples of 4096 below 16 MiB")
        if entry.stored > 1:
            raise BadImage(where, offset + 7, entry.stored, "0 or 1")
        before = entry.address
        content = bytes(PAGE)
        if entry.stored:
            content = data[at : at + PAGE]
            if len(content) < PAGE:
                raise BadImage(where, at, f"end of file after {len(content)} bytes", f"page {entry.address:06X}")
            at += PAGE
        pages.append(Page(entry.address, entry.key1, entry.key2, content))
    return VmDump(
        userid=_text(header.userid),
        psw=header.psw,
        pages=tuple(pages),
        format=_text(header.format),
        tod=header.tod,
        description=_text(header.description),
        storage=header.storage,
        general=tuple(header.general),
        floating=tuple(header.floating),
        control=tuple(header.control),
        cpu_timer=header.cpu_timer,
        clock_comparator=header.clock_comparator,
        prefix=header.prefix,
        interval_timer=header.interval_timer,
    )


def _field(text: str, length: int) -> bytes:
    return to_ebcdic(text, errors="replace")[:length].ljust(length, b"\x40")


def _text(field: bytes) -> str:
    return from_ebcdic(field).rstrip()
