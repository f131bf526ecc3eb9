"""DIAGNOSE X'00': store extended identification.

    Rx      address of the answer, on a doubleword
    Ry      its length in bytes, at least 1; at most 40 bytes are stored

    offset  length  answer
       0       8    system name, EBCDIC
       8       3    version, level, program level change
      11       1    version code of the processor CP runs on (X'FF': CP's own processor is virtual)
      12       2    machine-check extended logout length
      14       2    processor address
      16       8    user ID of the issuer, EBCDIC
      24       8    program products
      32       4    time zone: seconds east of Greenwich, signed
      36       4    release, modification, service level

A CP that runs in a virtual machine itself would give the records of the CPs below it behind its own; this one runs on
the host and has no CP below it, so its record is the only one; a CP that is its guest finds it with its own user ID.
On return Ry is smaller by the number of bytes stored.  The condition code is unchanged.
Source: VM/370 System Programmer's Guide (GC20-1807), DIAGNOSE; bytes 32-39 as in VM/SP.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, aligned, require, signed
from vm370.images.ebcdic import to_ebcdic

SYSTEM_NAME = "VM/370"
VERSION, LEVEL, PLC = 6, 0, 0
PROCESSOR_VERSION_CODE = 0x00


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Store extended identification."""
    address = aligned(guest.gr[rx] & 0xFFFFFF, DOUBLEWORD)
    length = signed(guest.gr[ry])
    require(length > 0)
    answer = identification(guest)[:length]
    guest.store(address, answer)
    guest.gr[ry] = length - len(answer)


def identification(guest: Guest) -> bytes:
    """The 40 bytes."""
    mcel_length = guest.cpu_id & 0xFFFF
    offset = guest.local_time().utcoffset()
    seconds = int(offset.total_seconds()) if offset else 0
    return (
        to_ebcdic(f"{SYSTEM_NAME:8}")
        + bytes([VERSION, LEVEL, PLC, PROCESSOR_VERSION_CODE])
        + mcel_length.to_bytes(2, "big")
        + bytes(2)
        + to_ebcdic(f"{guest.userid:8}")
        + bytes(8)
        + seconds.to_bytes(4, "big", signed=True)
        + bytes([VERSION, LEVEL, 0, PLC])
    )
