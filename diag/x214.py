"""DIAGNOSE X'214': pending page release.

    Rx      an even register: address of the first page (bits 0-19)
    Rx+1    bits 0-19: address of the last page; bits 24-31: function
    Ry      bits 24-28: storage key; register 0: the keys stay as they are (functions 1 and 3)

    function 0  the contents of the pages are not needed any more
             1  the pages are needed again: they have the storage key
             2  all pages are needed again; Rx and the addresses are not looked at
             3  as 1

CP takes the storage of the pages at once, so that they are zeros from function 0 on, and nothing is pending: what is
needed again is there, zeros or what was stored since.  An odd Rx, another function, and a last page before the first or
beyond storage are specification exceptions.  The condition code is 0.
Sources: Hercules' vm.c; z/VM CP Programming Services, DIAGNOSE Code X'214'.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import PAGE, require

ESTABLISH, CANCEL, CANCEL_ALL, CANCEL_AND_VALIDATE = 0, 1, 2, 3
KEY_BITS = 0xF8


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Pending page release."""
    require(rx % 2 == 0)
    function = guest.gr[rx + 1] & 0xFF
    require(function in (ESTABLISH, CANCEL, CANCEL_ALL, CANCEL_AND_VALIDATE))
    if function != CANCEL_ALL:
        first, last = guest.gr[rx] & 0xFFFFF000, guest.gr[rx + 1] & 0xFFFFF000
        require(first <= last and last + PAGE <= guest.storage_size)
        if function == ESTABLISH:
            guest.release_pages(first, last)
        elif ry:
            for page in range(first, last + 1, PAGE):
                guest.set_key(page, guest.gr[ry] & KEY_BITS)
    guest.cc = 0
