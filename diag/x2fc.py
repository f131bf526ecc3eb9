"""DIAGNOSE X'2FC': CPU and storage data of virtual machines.

    Rx      address of the parameter list, on a doubleword; stored: its buffer's length minus the length that is needed
    Ry      stored: return code

    list    0   8   user ID, EBCDIC; blanks: the issuer, *: all who are logged on (class B)
            8   8   group: *, or blanks          16  8  address of the buffer     24  4  its length     28  4  format: 2

    Ry      0   stored      -2  the buffer is too short, nothing was stored       -1  no such user, or not for this user

    an entry of 112 bytes for each machine; times in microseconds, storage in KiB
     0  4  version: 0                   32  8  storage                      64  4  virtual processors: 1
     4  4  flags: 0                     40  8  its share of real storage:   68  4  of them running
     8  8  CPU time                            as at 32                     72  4  highest share: 0, no limit
    16  8  time since LOGON             48  8  of it in real storage        76  4  share: 100
    24  8  smallest storage: as at 32   56  4  processors of the host       80 24  samples: zeros, none are taken
                                        60  4  processors for guests       104  8  user ID

A list off a doubleword and another format are specification exceptions.  The condition code is unchanged.
Source: Linux arch/s390 (hypfs/hypfs_vm.c).
"""

from __future__ import annotations

import struct

from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, aligned, require
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

FORMAT = 2
STORED, TOO_SHORT, NOT_FOUND = 0, -2, -1
SHARE = 100
_LIST = struct.Struct(">8s8sQII")
_ENTRY = struct.Struct(">IIQQQQQQIIIIII24x8s")


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """CPU and storage data of virtual machines."""
    where = aligned(guest.gr[rx] & 0xFFFFFF, DOUBLEWORD)
    name, _, buffer, length, form = _LIST.unpack(guest.fetch(where, _LIST.size))
    require(form == FORMAT)
    reporting = guest.services.reporting
    found = reporting.guests(from_ebcdic(name).strip() or guest.userid)
    if found is None:
        guest.gr[ry] = NOT_FOUND & 0xFFFFFFFF
        return
    entries = [
        _ENTRY.pack(
            *(0, 0, each.cpu_time, each.elapsed, each.storage, each.storage, each.storage, each.resident),
            *(reporting.real_processors, reporting.processors, 1, int(each.running), 0, SHARE),
            to_ebcdic(f"{each.userid:8}"),
        )
        for each in found
    ]
    answer = b"".join(entries)
    if len(answer) <= length:
        guest.store(buffer & 0xFFFFFF, answer)
    guest.gr[rx] = length - len(answer) & 0xFFFFFFFF
    guest.gr[ry] = (STORED if len(answer) <= length else TOO_SHORT) & 0xFFFFFFFF
