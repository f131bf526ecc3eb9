"""DIAGNOSE X'10': release pages.

    Rx      address of the first page
    Ry      address of the last page

The pages become zero, and CP takes back the storage behind them; storage keys stay and do not protect.  An address off
a page boundary, or the last before the first, is a specification exception; a page outside storage an addressing
exception.  The condition code is unchanged.
Source: VM/370 System Programmer's Guide, DIAGNOSE.
"""

from __future__ import annotations

from vm370.cp.s370.interruptions import ADDRESSING, ProgramCheck
from vm370.diag.guest import Guest
from vm370.diag.operands import PAGE, aligned, require


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Release pages."""
    first, last = aligned(guest.gr[rx] & 0xFFFFFF, PAGE), aligned(guest.gr[ry] & 0xFFFFFF, PAGE)
    require(first <= last)
    if last + PAGE > guest.storage_size:
        raise ProgramCheck(ADDRESSING)
    guest.release_pages(first, last)
