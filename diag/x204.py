"""DIAGNOSE X'204': logical partitions.

    Rx      address of a page, on a page boundary (subcodes 4, 6, 7)
    Ry      an even register: subcode.  Stored: 0, or -1 when the subcode's format is not here
    Ry+1    pages that there are; stored: pages that are needed, or were used

    subcode 4   store the information      5   how many pages that takes
            6   as 4                       7   as 4
            X'10000' added: the extended format, which is not here

    0   1   number of partitions: 1        16   1   number of the partition: 1     32  2  address of the processor
    1   1   flags: 0                       17   1   its processors                 34  2  0
    2   2   time slice: 0                  18   6   0                              36  1  type: 0 (X'224' has its name)
    4   2   processors of the host         24   8   its name, VM370                37  1  X'20' online
    6   2   16, where this partition is                                            38  2  weight: 100
    8   8   TOD clock                                                              40  8  CPU time, microseconds
                                                                                   48  8  of it, time of the guests
    32 to 55 are there for each processor

The partition is CP as a whole; its processors are as many as it lets machines run at once, and the times of all
machines that are logged on are divided among them.  A page off a page boundary, no page, an odd Ry, and an unknown
subcode are specification exceptions.  The condition code is 0.
Sources: Linux arch/s390 (asm/diag.h, hypfs); Hercules' diagmssf.c.
"""

from __future__ import annotations

import struct

from vm370.diag.guest import Guest
from vm370.diag.operands import PAGE, aligned, require
from vm370.images.ebcdic import to_ebcdic

STORE, SIZE, STORE_SECONDARY, STORE_ALL = 4, 5, 6, 7
EXTENDED = 0x00010000
NOT_HERE = 0xFFFFFFFF
PARTITION = 1
NAME = "VM370"
ONLINE, WEIGHT = 0x20, 100
_HEADER, _PARTITION, _PROCESSOR = struct.Struct(">BBHHHQ"), struct.Struct(">BB6x8s"), struct.Struct(">HHBBHQQ")
MOST_PROCESSORS = (PAGE - _HEADER.size - _PARTITION.size) // _PROCESSOR.size


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Logical partition information."""
    require(ry % 2 == 0)
    subcode = guest.gr[ry]
    require(subcode & ~EXTENDED in (STORE, SIZE, STORE_SECONDARY, STORE_ALL))
    if subcode & EXTENDED:
        guest.gr[ry], guest.cc = NOT_HERE, 0
        return
    if subcode != SIZE:
        where = aligned(guest.gr[rx] & 0xFFFFFF, PAGE)
        require(guest.gr[ry + 1] > 0 or subcode == STORE)
        guest.store(where, _information(guest))
    guest.gr[ry], guest.gr[ry + 1], guest.cc = 0, 1, 0


def _information(guest: Guest) -> bytes:
    reporting = guest.services.reporting
    processors = min(reporting.processors, MOST_PROCESSORS)
    total, virtual = (time // processors for time in reporting.system_times())
    head = _HEADER.pack(1, 0, 0, min(reporting.real_processors, 0xFFFF), _HEADER.size, reporting.tod())
    head += _PARTITION.pack(PARTITION, min(processors, 0xFF), to_ebcdic(f"{NAME:8}"))
    rows = [_PROCESSOR.pack(number, 0, 0, ONLINE, WEIGHT, total, virtual) for number in range(processors)]
    return (head + b"".join(rows)).ljust(PAGE, b"\0")
