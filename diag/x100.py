"""DIAGNOSE X'100': what there is of the functions X'100' to X'1FC'.

    Rx      address of the answer, on a doubleword
    Ry      its length; stored: the length of the whole answer, 48

    offset  length  answer
       0       8    VM370, in EBCDIC, with blanks
       8       2    version of this answer, 1
      10       2    0
      12       8    bit n is one: function X'100' + 4 times n is there
      20       4    X'110': entries of one request
      24       4    X'110': blocks of one entry
      28       4    X'110': blocks of one asynchronous request
      32       4    X'114': bytes of one READ, WRITE or LIST
      36       4    X'114': files open at once
      40       4    X'80000000' there is a host folder, X'40000000' it is read-only
      44       4    address of the status page (X'10C'), 0 if there is none

As much of it is stored as the length lets; the condition code is 0.  A machine without these functions answers with a
specification exception, a pure one with an operation exception: a program that asks sets up for that.
"""

from __future__ import annotations

import struct

from vm370.cp.io.hostfolder import MOST_OPEN
from vm370.diag import x110, x114
from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, aligned
from vm370.images.ebcdic import to_ebcdic

VERSION = 1
FIRST = 0x100
OWN = range(FIRST, 0x200)
"""Codes of functions that only this CP has."""
PRESENT = (0x100, 0x104, 0x108, 0x10C, 0x110, 0x114)
_ANSWER = struct.Struct(">8sHHQIIIIIII")


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """What there is."""
    where, length = aligned(guest.gr[rx] & 0xFFFFFF, DOUBLEWORD), guest.gr[ry]
    bits = sum(1 << 63 - (code - FIRST) // 4 for code in PRESENT)
    folder = guest.host_folder
    state = 0 if folder is None else 0xC0000000 if folder.read_only else 0x80000000
    answer = _ANSWER.pack(
        to_ebcdic("VM370   "),
        VERSION,
        0,
        bits,
        x110.MOST_ENTRIES,
        x110.MOST_BLOCKS,
        x110.MOST_ASYNCHRONOUS,
        x114.LONGEST_TRANSFER,
        MOST_OPEN,
        state,
        guest.status_page() or 0,
    )
    guest.store(where, answer[:length])
    guest.gr[ry] = len(answer)
    guest.cc = 0
