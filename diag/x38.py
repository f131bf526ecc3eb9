"""DIAGNOSE X'38': read the system symbol table.  Privilege class C or E.

    Rx      address of a page
    Ry      address of a virtual reader

    cc 2    there is no symbol table

The table gives the addresses of CP's modules and entry points in real storage.  CP is not in System/370 storage here:
it has no such addresses, and no table.  Nothing is stored.  Rx off a page boundary is a specification exception.
Source: VM/370 System Programmer's Guide, DIAGNOSE; the condition codes are those of X'34'.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import PAGE, aligned

NO_TABLE = 2


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Read the system symbol table."""
    where = aligned(guest.gr[rx] & 0xFFFFFF, PAGE)
    guest.store(where, guest.fetch(where, PAGE))
    guest.cc = NO_TABLE
