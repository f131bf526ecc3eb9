"""DIAGNOSE X'1C': clear the error recording area.  Privilege class F.

    Rx      bits 24-31: X'01' all but the frame records, X'02' everything

The records are forgotten.  There are no frame records here (a processor gives them, and CP's has none), so both
functions do the same.  Another function is a specification exception.  The condition code is 0, or 2 when the host
cannot do it.  Source: VM/370 System Programmer's Guide, DIAGNOSE; condition code 2 is vm370's own.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import require

BUT_FRAMES, EVERYTHING = 0x01, 0x02


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Clear the error recording area."""
    require(guest.gr[rx] & 0xFF in (BUT_FRAMES, EVERYTHING))
    try:
        guest.services.errors.clear()
    except OSError:
        guest.cc = 2
    else:
        guest.cc = 0
