"""DIAGNOSE X'260': information about the virtual machine's storage.

    Ry      subcode     stored                                                          condition code
            X'00'       Rx = highest address of storage                                 unchanged
            X'0C'       Rx = highest address of storage below X'1000000', Ry = highest  unchanged
                        address at all, saved segments above the size included
            X'10'       Rx an even register, address of a buffer on 16 bytes; Rx+1 its  0 all, 3 some are missing
                        length, a multiple of 16: first and last address of each piece
                        of storage, 8 bytes each; Ry = number of pieces

What is not aligned, a buffer of another length and another subcode are specification exceptions.
Sources: z/VM CP Programming Services, DIAGNOSE Code X'260'; Hercules' vm.c.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import aligned, require

HIGHEST, HIGHEST_OF_ALL, EXTENTS = 0x00, 0x0C, 0x10
EXTENT = 16


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Virtual machine information."""
    subcode, extents = guest.gr[ry], guest.extents
    require(subcode in (HIGHEST, HIGHEST_OF_ALL, EXTENTS))
    if subcode != EXTENTS:
        guest.gr[rx] = guest.storage_size - 1
        if subcode == HIGHEST_OF_ALL:
            guest.gr[ry] = extents[-1][1]
        return
    require(rx % 2 == 0)
    where, length = aligned(guest.gr[rx] & 0xFFFFFF, EXTENT), aligned(guest.gr[rx + 1], EXTENT)
    require(length > 0)
    rows = [first.to_bytes(8, "big") + last.to_bytes(8, "big") for first, last in extents]
    guest.store(where, b"".join(rows[: length // EXTENT]))
    guest.gr[ry] = len(rows)
    guest.cc = 0 if len(rows) * EXTENT <= length else 3
