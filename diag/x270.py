"""DIAGNOSE X'270': pseudo timer, extended.

    Rx      address of the answer, on a doubleword
    Ry      its length, 1 or more; at most 64 bytes are stored.  Register 0: 32 bytes

    offset  length  answer                               offset  length  answer
       0      32    as DIAGNOSE X'0C'                      58       1    version: 1
      32      10    date, mm/dd/yyyy                       59       1    the user's date format: X'80', mm/dd/yy
      42       6    zeros                                  60       1    the system's date format: X'80'
      48      10    date, yyyy-mm-dd                       61       3    zeros

An answer off a doubleword, a length that is not positive, and the same register twice (but 0) are specification
exceptions.  The condition code is unchanged.
Sources: z/VM CP Programming Services, DIAGNOSE Code X'270'; Hercules' vm.c.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, aligned, require, signed
from vm370.diag.x0c import pseudo_timer
from vm370.images.ebcdic import to_ebcdic

SHORT_DATES = 0x80
VERSION = 1
WITHOUT_LENGTH = 32


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Pseudo timer, extended."""
    where = aligned(guest.gr[rx] & 0xFFFFFF, DOUBLEWORD)
    require(ry == 0 or rx != ry)
    length = WITHOUT_LENGTH if ry == 0 else signed(guest.gr[ry])
    require(length > 0)
    now = guest.local_time()
    answer = pseudo_timer(guest) + to_ebcdic(now.strftime("%m/%d/%Y")) + bytes(6)
    answer += to_ebcdic(now.strftime("%Y-%m-%d")) + bytes((VERSION, SHORT_DATES, SHORT_DATES)) + bytes(3)
    guest.store(where, answer[:length])
