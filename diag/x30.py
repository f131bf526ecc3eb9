"""DIAGNOSE X'30': read a page of the error recording area.  Privilege class C, E or F.

    Rx      the page (CCPD), counted from what DIAGNOSE X'2C' gave: the page number, bits 16-23, goes up by one
    Ry      address of a page to read it into

    cc 0    done
    cc 1    the end of the cylinder, or of what was recorded: go on with page 1 of the next cylinder
    cc 2    the host cannot read it
    cc 3    not in the area

The pages are described in cp/errorrecording.py.  Ry off a page boundary is a specification exception.
Source: VM/370 System Programmer's Guide, DIAGNOSE.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import PAGE, aligned
from vm370.diag.services import Denied, NoMore


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Read one page of the error recording area."""
    where = aligned(guest.gr[ry] & 0xFFFFFF, PAGE)
    try:
        page = guest.services.errors.page(guest.gr[rx])
    except NoMore:
        guest.cc = 1
    except OSError:
        guest.cc = 2
    except Denied:
        guest.cc = 3
    else:
        guest.store(where, page)
        guest.cc = 0
