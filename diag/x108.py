"""DIAGNOSE X'108': take pending interruptions in a list, without a PSW being swapped.

    Rx      address of the list, on a doubleword
    Ry      X'80000000' external, X'40000000' I/O interruptions; low halfword: room in the list, 1 to 256 entries.
            Stored: the number of entries

    entry   external interruption                   I/O interruption
      0     1  X'01'                                1  X'02'
      1     1  X'80': there is a parameter          1  0
      2     2  interruption code                    2  device address
      4     4  parameter                            4  0
      8     2  CPU address (subcode), 6 zero        8  CSW

    cc  meaning
    0   these were all
    1   there are more, which did not fit
    2   none is pending; Ry is 0

Subclasses count as they are enabled in control registers 0 and 2 (in BC mode channels 0 to 5 always); the masks of the
PSW do not count.  The interruptions are taken as if they were presented: a CSW is also stored at X'40' (the last one
stays), a parameter is not stored at X'80'; of VMCF and IUCV, whose data come in a buffer, one each is taken at a time.
The list must be storable in full room: an access exception comes before anything is taken.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, aligned, require

CLASSES, ROOM = 0xC0000000, 0xFFFF
MOST_ENTRIES = 256
ENTRY_LENGTH = 16


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Interruptions in a list."""
    where, request = aligned(guest.gr[rx] & 0xFFFFFF, DOUBLEWORD), guest.gr[ry]
    mask, room = request & CLASSES, request & ROOM
    require(request == mask | room and 1 <= room <= MOST_ENTRIES)
    guest.store(where, guest.fetch(where, room * ENTRY_LENGTH))
    entries = guest.collect(mask, room)
    if entries:
        guest.store(where, b"".join(entries))
    guest.gr[ry] = len(entries)
    guest.cc = 2 if not entries else 1 if guest.collectable(mask) else 0
