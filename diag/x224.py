"""DIAGNOSE X'224': names of the types of processors.

    Rx      address of a page, on a page boundary

    0   1   number of names: 1                 16  16  name of type 0: CP, EBCDIC padded with blanks

These are the types that DIAGNOSE X'204' uses.  A page off a page boundary is a specification exception.  The
condition code is 0.  Sources: Linux arch/s390 (hypfs); Hercules' diagmssf.c.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import PAGE, aligned
from vm370.images.ebcdic import to_ebcdic

NAMES = ("CP",)


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Processor type names."""
    where = aligned(guest.gr[rx] & 0xFFFFFF, PAGE)
    table = bytes((len(NAMES),)) + bytes(15) + b"".join(to_ebcdic(f"{name:16}") for name in NAMES)
    guest.store(where, table.ljust(PAGE, b"\0"))
    guest.cc = 0
