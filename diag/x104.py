"""DIAGNOSE X'104': wait for an interruption, or for some time.

    Rx      microseconds; X'FFFFFFFF' is for ever.  Stored: what is left of them (X'FFFFFFFF' stays)
    Ry      what ends the wait: X'80000000' external, X'40000000' I/O interruptions.  Stored: which of them are pending

    cc  meaning
    0   something is pending
    1   the time is over

Subclasses count as they are enabled in control registers 0 and 2 (in BC mode channels 0 to 5 always); the masks of the
PSW do not count.  With them off, the guest finds the interruptions still pending and takes them by X'108', or by
enabling them: one trap in all, where a wait PSW costs LPSW, the wait and an interruption with two PSWs.  With them on,
the interruption is presented after this instruction.  With SET TIMER VIRTUAL the time is virtual time.

The same register twice, and other bits in Ry, are specification exceptions.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import require

EVER = 0xFFFFFFFF
CLASSES = 0xC0000000


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Wait with a time limit."""
    limit, mask = guest.gr[rx], guest.gr[ry]
    require(rx != ry and not mask & ~CLASSES)
    pending, left = guest.wait(mask, None if limit == EVER else limit)
    guest.gr[rx] = EVER if left is None else left
    guest.gr[ry] = pending
    guest.cc = 0 if pending else 1
