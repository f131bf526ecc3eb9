"""DIAGNOSE X'210': device characteristics.

    Rx      address of VRDCBLOK, on a fullword

    offset  length  contents                            offset  length  contents
      0       2     device number                         12       1    0
      2       2     length of the list, 12 or more        13       1    X'02' there is no real device
      4       4     stored: virtual device, as in Ry      14       2    0
                    of DIAGNOSE X'24'                     16     240    read device characteristics and path
      8       4     stored: real device, as in Ry+1                     group: zeros, no device has them here

    cc 0    all there is was stored
    cc 2    there is no real device: offsets 8 to 11 are zeros
    cc 3    no such device: nothing was stored

Stored is as much as the length says, 256 bytes at most.  A list off a fullword or shorter than 12 bytes is a
specification exception.  Sources: z/VM CP Programming Services, DIAGNOSE Code X'210'; Linux arch/s390 (asm/diag.h).
"""

from __future__ import annotations

from vm370.diag.deviceinformation import real_device, virtual_device
from vm370.diag.guest import Guest
from vm370.diag.operands import FULLWORD, aligned, require

SHORTEST, LONGEST = 12, 256
NO_REAL_DEVICE = 0x02


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Device characteristics."""
    where = aligned(guest.gr[rx] & 0xFFFFFF, FULLWORD)
    head = guest.fetch(where, FULLWORD)
    address, length = int.from_bytes(head[:2], "big"), min(int.from_bytes(head[2:], "big"), LONGEST)
    require(length >= SHORTEST)
    device = guest.devices.get(address)
    if device is None:
        guest.cc = 3
        return
    real = real_device(guest, device)
    answer = head + virtual_device(guest, address, device).to_bytes(4, "big") + (real or 0).to_bytes(4, "big")
    answer += bytes((0, NO_REAL_DEVICE if real is None else 0))
    guest.store(where, answer.ljust(LONGEST, b"\0")[:length])
    guest.cc = 2 if real is None else 0
