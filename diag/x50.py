"""DIAGNOSE X'50': save the image of a 370X control program.  Privilege class A, B or C.

    Rx      address of CCPARM, whose first 8 bytes are the name, EBCDIC
    Ry      stored: 44, the name is not in the table of names

VM/370 has a table of the control programs of its 3704 and 3705 (NAMENCP), each with room on a volume.  There are no
such controllers here and there is no such table, so no name is found.  Ry is the only answer, the condition code is
unchanged; CCPARM off a doubleword is a specification exception.
Source: VM/370 System Programmer's Guide, DIAGNOSE.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, aligned

NOT_FOUND = 44
NAME_LENGTH = 8


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Save a 370X control program image."""
    guest.fetch(aligned(guest.gr[rx] & 0xFFFFFF, DOUBLEWORD), NAME_LENGTH)
    guest.gr[ry] = NOT_FOUND
