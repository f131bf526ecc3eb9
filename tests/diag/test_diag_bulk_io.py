"""DIAGNOSE X'110': many blocks in one trap, on count-key-data and fixed-block disks."""

from __future__ import annotations

import struct

import pytest

from tests.diag.diagkit import ADDRESSING, PROGRAM, PROTECTION, SPECIFICATION, UNCHANGED, Guest, formatted
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.fba import FbaDisk
from vm370.cp.s370.psw import Psw
from vm370.diag.x110 import PORTION

CKD, FBA = 0x300, 0x310
REQUEST, LIST, DATA = 0x3000, 0x3100, 0x10000
WRITE, READ = 1, 2


@pytest.fixture
def disk(guest: Guest) -> CkdDisk:
    """Two cylinders of a 2314 in blocks of 1024: 120 in a cylinder."""
    return formatted(guest.add_ckd(CKD, "2314"), 1024)


@pytest.fixture
def fixed(guest: Guest) -> FbaDisk:
    return guest.add_fba(FBA, "3310", sectors=640)


def entry(operation: int, block: int, address: int, *, size: int = 1024, count: int = 1, reserved: int = 0) -> bytes:
    return struct.pack(">BBHIIIII", operation, 0xEE, size, block, address, count, 0xEEEEEEEE, reserved)


def ask(guest: Guest, device: int, entries: list[bytes], *, flags: int = 0, key: int = 0, begin: int = 0) -> int:
    """The condition code; register 2 has the return code."""
    guest.put(LIST, b"".join(entries))
    plist = struct.pack(">HBBIIIII8x", device, key << 4, flags, len(entries), LIST, 0x12345678, begin, 0xEE)
    guest.put(REQUEST, plist if begin else plist[:20] + bytes(12))
    cc = guest.diagnose(0x110, 1, 2, {1: REQUEST, 2: 0xEE})
    for _ in range(100):
        if not guest.vm.suspended:
            break
        guest.vm.run_slice(1)
        cc = guest.outcome()
    return cc


def answers(guest: Guest, count: int) -> list[tuple[int, int]]:
    """Status and blocks done of each entry."""
    rows = struct.iter_unpack(">xB14xI4x", guest.get(LIST, 24 * count))
    return [(status, done) for status, done in rows]


def test_scattered_reads_and_writes(guest: Guest, disk: CkdDisk) -> None:
    for number in range(1, 6):
        disk.block_write(number, 1024, bytes([number]) * 1024)
    guest.put(DATA, b"\xaa" * 1024 + b"\xbb" * 1024)
    entries = [entry(READ, 4, DATA + 0x2000), entry(WRITE, 7, DATA, count=2), entry(READ, 1, DATA + 0x4000, count=3)]
    assert ask(guest, CKD, entries) == 0
    assert guest.gr[2] == 0
    assert answers(guest, 3) == [(0, 1), (0, 2), (0, 3)]
    assert struct.unpack(">II", guest.get(REQUEST + 16, 8)) == (3, 0)
    assert guest.get(DATA + 0x2000, 1025) == bytes([4]) * 1024 + b"\0"
    assert guest.get(DATA + 0x4000, 3073) == bytes([1]) * 1024 + bytes([2]) * 1024 + bytes([3]) * 1024 + b"\0"
    assert disk.block_read(7, 1024) == b"\xaa" * 1024
    assert disk.block_read(8, 1024) == b"\xbb" * 1024
    assert guest.vm.bytes_moved == 6 * 1024
    assert guest.vm.counters.hypercalls == {0x110: 1}


@pytest.mark.parametrize("size", [512, 1024, 2048, 4096])
def test_fixed_blocks_of_any_size(guest: Guest, fixed: FbaDisk, size: int) -> None:
    guest.put(DATA, bytes(range(256)) * (size // 256) * 2)
    assert ask(guest, FBA, [entry(WRITE, 3, DATA, size=size, count=2), entry(READ, 3, DATA + 0x8000, size=size)]) == 0
    assert guest.get(DATA + 0x8000, size) == bytes(range(256)) * (size // 256)
    assert fixed.block_read(4, size) == bytes(range(256)) * (size // 256)


def test_each_entry_has_its_status(guest: Guest, disk: CkdDisk) -> None:
    last = disk.block_count(1024)
    entries = [
        entry(READ, 1, DATA),
        entry(READ, 0, DATA),
        entry(READ, last, DATA, count=2),
        entry(READ, 1, guest.vm.storage_size - 1023),
        entry(3, 1, DATA),
        entry(READ, 1, DATA, count=0),
        entry(READ, 1, DATA, count=257),
        entry(READ, 1, DATA, size=800),
        entry(READ, 1, DATA, reserved=1),
        entry(READ, 1, DATA, size=2048),
        entry(WRITE, last, DATA, count=2),
    ]
    assert ask(guest, CKD, entries) == 1
    assert guest.gr[2] == 12
    assert [status for status, _ in answers(guest, 11)] == [0, 1, 1, 2, 6, 0xB, 0xB, 0xB, 0xB, 4, 1]
    assert [done for _, done in answers(guest, 11)] == [1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]
    assert struct.unpack(">II", guest.get(REQUEST + 16, 8)) == (11, 10)
    assert ask(guest, CKD, entries[1:2]) == 2
    assert guest.gr[2] == 40


def test_a_read_only_disk_and_keys(guest: Guest) -> None:
    formatted(guest.add_ckd(CKD, "2314"), 1024)
    disk = guest.vm.devices[CKD]
    disk.read_only = True
    guest.vm.storage.set_key(DATA, 0x20)
    guest.vm.storage.set_key(LIST, 0x30)
    assert ask(guest, CKD, [entry(WRITE, 1, DATA), entry(READ, 1, DATA), entry(READ, 1, LIST + 0x200)], key=3) == 1
    assert answers(guest, 3) == [(3, 0), (7, 0), (0, 1)]


def test_a_large_request_is_done_in_portions(guest: Guest, disk: CkdDisk) -> None:
    entries = [entry(READ, 1 + number, DATA, count=16) for number in range(8)]
    guest.put(LIST, b"".join(entries))
    guest.put(REQUEST, struct.pack(">HBBII4x12x", CKD, 0, 0, 8, LIST))
    assert guest.diagnose(0x110, 1, 2, {1: REQUEST, 2: 0}) == 3
    assert guest.vm.suspended
    assert struct.unpack(">II", guest.get(REQUEST + 16, 8)) == (PORTION // 16, 0)
    guest.vm.run_slice(1)
    assert guest.outcome() == 0
    assert struct.unpack(">II", guest.get(REQUEST + 16, 8)) == (8, 0)
    assert guest.vm.bytes_moved == 8 * 16 * 1024
    assert guest.vm.counters.hypercalls[0x110] == 1


def test_what_is_not_done(guest: Guest, disk: CkdDisk) -> None:
    assert (ask(guest, 0x999, [entry(READ, 1, DATA)]), guest.gr[2]) == (2, 16)
    assert (ask(guest, 0x009, [entry(READ, 1, DATA)]), guest.gr[2]) == (2, 20)
    assert (ask(guest, CKD, []), guest.gr[2]) == (2, 36)
    assert (ask(guest, CKD, [entry(READ, 1, DATA)] * 1025), guest.gr[2]) == (2, 36)
    assert (ask(guest, CKD, [entry(READ, 1, DATA)], begin=2), guest.gr[2]) == (2, 36)
    assert (ask(guest, CKD, [entry(READ, 1, DATA, count=200)] * 2, flags=0x80), guest.gr[2]) == (2, 36)


@pytest.mark.parametrize(
    "plist",
    [
        struct.pack(">HBBIIIII8x", CKD, 1, 0, 1, LIST, 0, 0, 0),
        struct.pack(">HBBIIIII8x", CKD, 0, 1, 1, LIST, 0, 0, 0),
        struct.pack(">HBBIIIII8x", CKD, 0, 0, 1, LIST + 4, 0, 0, 0),
        struct.pack(">HBBIIIII8s", CKD, 0, 0, 1, LIST, 0, 0, 0, b"\0\0\0\1"),
        struct.pack(">HBBIIIII8x", CKD, 0, 0, 3, LIST, 0, 1, 0xFFFFFFFF),
    ],
)
def test_requests_that_are_refused(guest: Guest, disk: CkdDisk, plist: bytes) -> None:
    guest.put(REQUEST, plist)
    assert guest.refused(0x110, 1, 2, {1: REQUEST}) == SPECIFICATION


def test_requests_in_bad_storage(guest: Guest, disk: CkdDisk) -> None:
    assert guest.refused(0x110, 1, 2, {1: REQUEST + 4}) == SPECIFICATION
    assert guest.refused(0x110, 1, 2, {1: guest.vm.storage_size - 24}) == ADDRESSING
    assert guest.refused(0x110, 1, 2, {1: REQUEST}, psw=Psw(cc=UNCHANGED, key=3, address=PROGRAM)) == PROTECTION
    guest.put(REQUEST, struct.pack(">HBBIIIII8x", CKD, 0, 0, 1, guest.vm.storage_size - 8, 0, 0, 0))
    assert guest.refused(0x110, 1, 2, {1: REQUEST}) == ADDRESSING


def test_an_asynchronous_request(guest: Guest, disk: CkdDisk) -> None:
    guest.vm.cpu.cr[0] = 4
    assert ask(guest, CKD, [entry(READ, 1, DATA, count=256), entry(READ, 0, DATA)], flags=0x80) == 2
    assert ask(guest, CKD, [entry(READ, 1, DATA, count=200), entry(READ, 0, DATA)], flags=0x80) == 0
    assert guest.gr[2] == 8
    assert ask(guest, CKD, [entry(READ, 1, DATA)], flags=0x80) == 0
    assert guest.diagnose(0x108, 1, 2, {1: REQUEST, 2: 0x80000008}) == 0
    assert guest.get(REQUEST, 32).hex() == "01804110123456780001000000000000" + "01804110123456780000000000000000"
