"""DIAGNOSE X'258': page-reference services (the pseudo page faults of a guest with many tasks).

    Rx      address of the parameter list, on a doubleword
    Ry      stored: return code

    0   2   X'0258'                                            8   8  address of the token, on a doubleword
    2   2   function: 0 token, 1 cancel                       16   8  select mask
    4   2   length of the list in doublewords: 5              24   8  compare mask: bits of the select mask
    6   2   version: 2                                        32   8  X'8000000000000000'; function 1: the last
                                                                      four fields are zeros
    Ry  0   done           4   cancel: there was nothing to cancel           8   token: it is already so

After function 0 CP may tell a guest that a page is not in storage, by external interruption X'2603', instead of letting
the whole machine wait.  It never does: CP does no paging, and when the host fetches a page the machine waits for
microseconds in no way that a guest could use.  So the agreement is made, and no interruption ever comes of it.  It
ends with function 1 and with a system reset.

A list off a doubleword, other contents, and a token off a doubleword are specification exceptions, a token outside
storage is an addressing exception.  The condition code is unchanged.
Source: Linux arch/s390 (mm/pfault.c, and kvm/diag.c for the checks).
"""

from __future__ import annotations

import struct

from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, aligned, require

TOKEN, CANCEL = 0, 1
DONE, NOTHING_TO_CANCEL, ALREADY = 0, 4, 8
CODE, LENGTH, VERSION = 0x258, 5, 2
LAST_FIELD = 1 << 63
_LIST = struct.Struct(">HHHHQQQQ")


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Page-reference services."""
    where = aligned(guest.gr[rx] & 0xFFFFFF, DOUBLEWORD)
    code, function, length, version, token, select, compare, last = _LIST.unpack(guest.fetch(where, _LIST.size))
    require((code, length, version) == (CODE, LENGTH, VERSION) and function in (TOKEN, CANCEL))
    enabled = guest.services.page_faults_enabled
    if function == CANCEL:
        require(not (token or select or compare or last))
        guest.services.page_faults_enabled = False
        guest.gr[ry] = DONE if enabled else NOTHING_TO_CANCEL
        return
    require(last == LAST_FIELD and not compare & ~select)
    guest.fetch(aligned(min(token, 0xFFFFFF8), DOUBLEWORD), DOUBLEWORD)
    guest.services.page_faults_enabled = True
    guest.gr[ry] = ALREADY if enabled else DONE
