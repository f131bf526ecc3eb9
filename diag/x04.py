"""DIAGNOSE X'04': examine real storage (class C or E).

    Rx      address of a list of real addresses, one fullword each
    Ry      number of entries
    Ry+1    address of the answer: one fullword for each entry

List and answer must each lie within one page.  CP is not in System/370 storage here: its real storage is 16 MiB of
zeros, in which a program finds no control blocks, as on a machine that was just cleared; an address above is an
addressing exception.  The condition code is unchanged.  Source: VM/370 System Programmer's Guide, DIAGNOSE.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import FULLWORD, PAGE, aligned, require


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Examine real storage."""
    count = guest.gr[ry]
    require(ry != 15 and 0 < count <= PAGE // FULLWORD)
    addresses = aligned(guest.gr[rx] & 0xFFFFFF, FULLWORD)
    answer = aligned(guest.gr[ry + 1] & 0xFFFFFF, FULLWORD)
    for area in (addresses, answer):
        require(area // PAGE == (area + FULLWORD * count - 1) // PAGE)
    wanted = guest.fetch(addresses, FULLWORD * count)
    words = [int.from_bytes(wanted[i : i + FULLWORD], "big") for i in range(0, len(wanted), FULLWORD)]
    guest.store(answer, b"".join(guest.examine_real_storage(word & 0xFFFFFF, FULLWORD) for word in words))
