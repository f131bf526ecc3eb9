"""DIAGNOSE X'64': discontiguous saved segments (and saved systems, as storage without their registers).

    Rx      address of the name: 8 bytes EBCDIC, padded with blanks, on a doubleword boundary
    Ry      subcode

=== ========= ================================= ================================ =======================
Ry  function  condition code 0                  1                                2
=== ========= ================================= ================================ =======================
00  LOADSYS   loaded: Rx = first address        the same, but within the virtual Ry = 44 no such segment
              (pages are shared)                machine's size: Ry = last        177 it cannot be read
                                                address of what was replaced
04  LOADSYS   the same; the pages are the       the same                         the same
              guest's own
08  PURGESYS  the segment is gone, what was     this machine has not loaded it   Ry = 44 no such segment
              within the size is zeros
0C  FINDSYS   loaded: Rx = first address,       not loaded: the same             the same
              Ry = last address
=== ========= ================================= ================================ =======================

Shared pages are mapped copy-on-write: a guest that stores into one gets its own copy and stays alone with it.  After
LOADSYS 00 it is stopped and told (DMKVMA456W), and instructions and branches are not traced any more (TRACE); after 04
neither happens.  What a loaded segment overlaps is purged first.  Another subcode and an address off its
boundary are specification exceptions; the name is fetched under the PSW's key.
Source: VM/370 System Programmer's Guide, DIAGNOSE.
"""

from __future__ import annotations

from vm370.cp.s370.interruptions import SPECIFICATION, ProgramCheck
from vm370.diag.guest import Guest
from vm370.diag.operands import aligned
from vm370.images.ebcdic import from_ebcdic
from vm370.images.errors import BadImage

LOAD_SHARED, LOAD_NONSHARED, PURGE, FIND = 0x00, 0x04, 0x08, 0x0C
NOT_FOUND, PAGING_ERROR = 44, 177
NAME_LENGTH = 8


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Saved segments."""
    address, subcode = aligned(guest.gr[rx] & 0xFFFFFF, 8), guest.gr[ry]
    if subcode not in (LOAD_SHARED, LOAD_NONSHARED, PURGE, FIND):
        raise ProgramCheck(SPECIFICATION)
    name = from_ebcdic(guest.fetch(address, NAME_LENGTH)).rstrip(" ")
    try:
        _serve(guest, rx, ry, name)
    except BadImage:
        guest.gr[ry], guest.cc = PAGING_ERROR, 2


def _serve(guest: Guest, rx: int, ry: int, name: str) -> None:
    subcode, found = guest.gr[ry], guest.find_segment(name)
    if found is None:
        guest.gr[ry], guest.cc = NOT_FOUND, 2
        return
    first, last, loaded = found
    if subcode == FIND:
        guest.gr[rx], guest.gr[ry], guest.cc = first, last, 0 if loaded else 1
    elif subcode == PURGE:
        guest.cc = 0 if guest.purge_segment(name) else 1
    else:
        guest.load_segment(name, shared=subcode == LOAD_SHARED)
        guest.gr[rx], guest.cc = first, 0
        if first < guest.storage_size:
            guest.gr[ry], guest.cc = min(last, guest.storage_size - 1), 1
