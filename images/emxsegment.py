"""Segment files of the emulator emx370: what VM/370's SAVESYS wrote, as DDR got it from the volume.

A file is pages of 4 KiB.  The first is VM/370's information page, then follow the saved pages in ascending order::

    000  8   PSW                     048  32  floating-point registers
    008  64  general registers       068  64  control registers
    0A8      one byte for each page: bits 0-3 key of its first block of 2 KiB, bits 4-7 key of the second

Which pages these are the file does not tell; there it is the emulator's script (``:segment name [IPL] pages first``).
Reference, change and fetch-protection bits of the keys are not in the file.
"""

from __future__ import annotations

from pathlib import Path

from construct import Array, Bytes, Int32ub, Int64ub, Struct

from vm370.images.errors import BadImage
from vm370.images.savedsystem import LAST_PAGE, PAGE, CpuState, PageRange, SavedSystem

INFORMATION = Struct(
    "psw" / Bytes(8),
    "gr" / Array(16, Int32ub),
    "fpr" / Array(4, Int64ub),
    "cr" / Array(16, Int32ub),
)
KEYS = INFORMATION.sizeof()
MOST_PAGES = PAGE - KEYS


def parse(data: bytes, file: str | Path, name: str, first: int, count: int | None = None, *, ipl: bool) -> SavedSystem:
    """The saved system: ``count`` pages from page ``first`` on (None: all that the file has)."""
    if len(data) % PAGE or len(data) < 2 * PAGE:
        raise BadImage(file, 0, f"{len(data)} bytes", "an information page and pages of 4096 bytes")
    there = len(data) // PAGE - 1
    count = there if count is None else count
    if not 0 < count <= min(there, MOST_PAGES) or not 0 <= first <= LAST_PAGE + 1 - count:
        raise BadImage(file, PAGE, f"{there} pages", f"{count} pages from {first} on, within 16 MiB")
    keys = b"".join(bytes([both & 0xF0, both << 4 & 0xF0]) for both in data[KEYS : KEYS + count])
    head = INFORMATION.parse(data[:KEYS])
    state = CpuState(head.psw, tuple(head.gr), tuple(head.fpr), tuple(head.cr)) if ipl else None
    pages = data[PAGE : PAGE + count * PAGE]
    return SavedSystem(name, (PageRange(first, first + count - 1),), pages, keys, state)
