"""DIAGNOSE X'2C': where the error recording area is.  Privilege class C, E or F.

    Rx      bits 24-31: X'01' where the area begins, and its size
                        X'02' where the first error record is   X'04' are there frame records?   X'06' both

    X'01'   Rx  stored: first page of the area (CCPD)           Ry bits 16-31  stored: number of cylinders
    X'02'   Rx  stored: page with the first record (CCPD)
    X'04'   Ry  stored: 0, there are no frame records

CCPD is two bytes cylinder, one byte page, one byte device code, as DIAGNOSE X'30' wants it.  Another function is a
specification exception.  The condition code is unchanged.  The pages are described in cp/errorrecording.py.
Source: VM/370 System Programmer's Guide, DIAGNOSE.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import require

START, FIRST_RECORD, FRAMES = 0x01, 0x02, 0x04
NO_FRAMES = 0x00


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Start of the error recording area."""
    function = guest.gr[rx] & 0xFF
    require(function in (START, FIRST_RECORD, FRAMES, FIRST_RECORD | FRAMES))
    errors = guest.services.errors
    if function == START:
        guest.gr[rx] = errors.start
        guest.gr[ry] = guest.gr[ry] & 0xFFFF0000 | errors.cylinders
    if function & FIRST_RECORD:
        guest.gr[rx] = errors.first_record
    if function & FRAMES:
        guest.gr[ry] = guest.gr[ry] & 0xFFFFFF00 | NO_FRAMES
