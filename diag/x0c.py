"""DIAGNOSE X'0C': pseudo timer.

    Rx      address of the answer, 32 bytes on a doubleword

    offset  length  answer
       0       8    date, mm/dd/yy
       8       8    time, hh:mm:ss
      16       8    virtual CPU time used, microseconds
      24       8    total CPU time used (virtual, and CP's for this machine), microseconds

The condition code is unchanged.  Source: VM/370 System Programmer's Guide, DIAGNOSE.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, aligned
from vm370.images.ebcdic import to_ebcdic


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Pseudo timer."""
    guest.store(aligned(guest.gr[rx] & 0xFFFFFF, DOUBLEWORD), pseudo_timer(guest))


def pseudo_timer(guest: Guest) -> bytes:
    """The 32 bytes."""
    virtual, total = guest.times()
    text = to_ebcdic(guest.local_time().strftime("%m/%d/%y%H:%M:%S"))
    return text + virtual.to_bytes(8, "big") + total.to_bytes(8, "big")
