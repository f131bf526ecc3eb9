"""DIAGNOSE X'10C': a page that CP keeps up to date, so that asking costs no trap.

    Rx      address of the page, on a page boundary; with Ry 1, stored: the address of the page there was, or 0
    Ry      0: keep this page up to date; 1: none any more

cp/paravirtual.py has the layout.  The page is the guest's own storage, and one page at most.  CP gives it the storage
key X'F0': programs with another key may fetch but not store.  CP never reads it back, so who stores there all the same
(with key 0) deceives himself only, until CP writes it again.  System reset and DEFINE STORAGE end it.

To read it: take the sequence number; if it is odd, again; take what you want; if the sequence number has another value
now, again from the beginning.  The clock is as old as the last trap, interruption or time slice, some milliseconds at
most.  The condition code is 0.  An address off a page boundary, page 0 and another function are specification
exceptions, a page outside storage is an addressing exception; it must be storable.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import PAGE, aligned, require

KEEP, END = 0, 1


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """The status page."""
    function = guest.gr[ry]
    require(function in (KEEP, END))
    if function == KEEP:
        where = aligned(guest.gr[rx], PAGE)
        require(where != 0)
        guest.store(where, guest.fetch(where, PAGE))
        guest.show_status_page(where)
    else:
        guest.gr[rx] = guest.status_page() or 0
        guest.show_status_page(None)
    guest.cc = 0
