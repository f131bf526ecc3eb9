"""Disks in blocks, and the lists of DIAGNOSE X'250'.  The fixtures are in conftest.py."""

from __future__ import annotations

import struct

import pytest

from tests.diag.diagkit import PROGRAM, UNCHANGED, Guest, formatted
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.fba import FbaDisk
from vm370.cp.s370.psw import Psw

CKD, FBA = 0x300, 0x310
PLIST, LIST, DATA = 0x3000, 0x3100, 0x8000
WRITE, READ = 1, 2
SIZE = 512 * 1024
KEY_3 = Psw(cc=UNCHANGED, key=3, address=PROGRAM)


@pytest.fixture
def disk(guest: Guest) -> CkdDisk:
    """Two cylinders of a 2314 in blocks of 1024: 6 on a track, 120 in a cylinder."""
    return formatted(guest.add_ckd(CKD, "2314"), 1024)


@pytest.fixture
def fixed(guest: Guest) -> FbaDisk:
    """64 sectors of a 3370."""
    return guest.add_fba(FBA, "3370")


def make(guest: Guest, kind: str, size: int) -> CkdDisk | FbaDisk:
    """A disk at 300 with blocks of ``size``: 80 of them or more."""
    if kind in ("3310", "3370", "9336"):
        return guest.add_fba(CKD, kind, sectors=80 * 8)
    return formatted(guest.add_ckd(CKD, kind), size)


def block_io(guest: Guest, function: int, plist: bytes, *, where: int = PLIST) -> tuple[int, int]:
    """DIAGNOSE 250 with the list in register 4 and the function in 7: condition code and return code."""
    guest.put(where, plist)
    cc = guest.diagnose(0x250, 4, 7, {4: where, 5: 99, 7: function})
    return cc, guest.gr[5]


def init(device: int, size: int = 1024, offset: int = 0, *, wide: bool = False) -> bytes:
    """BIOPL of INIT."""
    if wide:
        return struct.pack(">HB21xI4xqQQ8x", device, 0x80, size, offset, 0, 0)
    return struct.pack(">HB21xIiII24x", device, 0, size, offset, 0, 0)


def request(count: int, *, device: int = CKD, key: int = 0, flags: int = 0, wide: bool = False, parm: int = 0) -> bytes:
    """BIOPL of IOREQ."""
    if wide:
        return struct.pack(">HB21xBB2xIIIQQ8x", device, 0x80, key << 4, flags, count, 0, 0, parm, LIST)
    return struct.pack(">HB21xBB2xIIII20x", device, 0, key << 4, flags, count, 0, LIST, parm)


def remove(device: int = CKD) -> bytes:
    """BIOPL of REMOVE."""
    return device.to_bytes(2, "big") + bytes(62)


def entries(guest: Guest, *rows: tuple[int, int, int], wide: bool = False) -> int:
    """Store BIOEs of (type, block, address); their number."""
    form = ">BBxxIqQ" if wide else ">BBxxiII"
    packed = [
        struct.pack(form, row[0], 0xFF, 0, row[1], row[2])
        if wide
        else struct.pack(form, row[0], 0xFF, row[1], 0, row[2])
        for row in rows
    ]
    guest.put(LIST, b"".join(packed))
    return len(rows)


def statuses(guest: Guest, count: int, *, wide: bool = False) -> list[int]:
    """Status bytes of the BIOEs; FF where none was stored."""
    step = 24 if wide else 16
    return [guest.get(LIST + step * number + 1, 1)[0] for number in range(count)]
