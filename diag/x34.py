"""DIAGNOSE X'34': read a dump of CP.  Privilege class C or E.

    Rx      address of a page
    Ry      address of a virtual reader; not register 15
    Ry+1    stored with cc 3: the reason

    cc 0    the next page of the dump is there
    cc 1    end of the dump; the next call begins again, CLOSE READER ends it
    cc 2    there is no dump in the user's reader; files of VMDUMP are none, X'14' reads them
    cc 3    as X'14': Ry+1 = 4 no such device, 8 not a reader, 12 busy, or another file is being read, 16 spool error

When CP fails it takes a dump, a reader file of the operator: cp/systemdump.py has its pages.  Rx off a page boundary is
a specification exception.  Source: VM/370 System Programmer's Guide, DIAGNOSE.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import PAGE, aligned, require
from vm370.diag.services import Denied, NoFile, NoMore


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Read a system dump spool file."""
    require(ry != 15)
    where = aligned(guest.gr[rx] & 0xFFFFFF, PAGE)
    guest.store(where, guest.fetch(where, PAGE))
    try:
        guest.store(where, guest.services.spool.read(guest.gr[ry] & 0xFFFF, "dump"))
    except NoMore:
        guest.cc = 1
    except NoFile:
        guest.cc = 2
    except Denied as denied:
        guest.cc, guest.gr[ry + 1] = 3, denied.reason
    else:
        guest.cc = 0
