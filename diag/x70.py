"""DIAGNOSE X'70': time-of-day clock accounting interface.

    Rx      address of 16 bytes on a doubleword

    offset  length
       0       8    virtual CPU time that the machine has used, in units of the TOD clock
       8       8    the TOD clock when the machine was dispatched

CP brings the area up to date whenever it lets the machine go on, so that a program has its CPU time at any moment
without a trap: the first doubleword, plus STORE CLOCK minus the second.  It lasts until a system reset or DEFINE
STORAGE; another call takes another area in place of it.  CP does not look at the storage key then.  An area off a
doubleword is a specification exception; it must be storable when the instruction is executed.  The condition code is
unchanged.  Source: VM/SP System Programmer's Guide (SC19-6203), DIAGNOSE.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, aligned

LENGTH = 16


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Activate the time-of-day clock accounting interface."""
    where = aligned(guest.gr[rx] & 0xFFFFFF, DOUBLEWORD)
    guest.store(where, guest.fetch(where, LENGTH))
    guest.services.timing.start(where)
