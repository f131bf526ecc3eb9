"""DIAGNOSE X'48': SVC 76 of a machine that runs in a virtual machine: record an error.

    Rx      4: record it; 8: the issuer records it itself
    R0      bits 16-31: length of the record, 24 to 4090 (Rx = 4)
    R1      address of the record (Rx = 4); Rx is neither register 0 nor 1

The record is added to the error recording area (cp/errorrecording.py) as it is.  Its first byte is the type: X'10' to
X'13' machine check, X'20' to X'23' channel check, X'30' to X'3A' unit check, X'40', X'42' software, X'50' system start,
X'60' recovery, X'80' end of day, X'90', X'91' counters.  What is no such record, a length outside the limits and a
record outside storage, and everything when the area is full, is given back to the guest as an SVC interruption with
code 76, and so it is with Rx = 8: its own SVC handler records it.  Another number in Rx is a specification exception.
The condition code is unchanged.
Sources: VM/370 System Programmer's Guide, DIAGNOSE; VM/SP OLTSEP and Error Recording Guide (SC19-6205).
"""

from __future__ import annotations

from vm370.cp.s370.interruptions import ProgramCheck
from vm370.diag.guest import Guest
from vm370.diag.operands import require

RECORD, REFLECT = 4, 8
SVC = 76


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """SVC 76 from a second-level machine."""
    function = guest.gr[rx]
    require(rx > 1 and function in (RECORD, REFLECT))
    if function == REFLECT or not _recorded(guest):
        guest.services.reflect_supervisor_call(SVC)


def _recorded(guest: Guest) -> bool:
    length, where = guest.gr[0] & 0xFFFF, guest.gr[1] & 0xFFFFFF
    try:
        data = guest.fetch(where, length) if length else b""
    except ProgramCheck:
        return False
    return guest.services.errors.record(guest.userid, data)
