"""DIAGNOSE A4: blocks of CMS disks, count-key-data and fixed-block, with every block size."""

from __future__ import annotations

import struct

import pytest

from tests.diag.blockkit import (
    CKD,
    DATA,
    FBA,
    KEY_3,
    LIST,
    PLIST,
    READ,
    SIZE,
    WRITE,
    make,
)
from tests.diag.diagkit import (
    ADDRESSING,
    OPERAND,
    PROTECTION,
    SPECIFICATION,
    Guest,
    ccw,
)
from vm370.cp.io.blockaccess import BLOCK_SIZES, BlockIOError
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.fba import FbaDisk


def parameters(device: int, operation: int, size: int, entries: int, key: int = 0, where: int = LIST) -> bytes:
    """HCPSBIOP."""
    return struct.pack(">HBBIII", device, key << 4, operation, size, where, entries) + bytes(72)


def synchronous(
    guest: Guest, device: int, operation: int, size: int, entries: list[tuple[int, int]], key: int = 0
) -> tuple[int, int]:
    """DIAGNOSE A4 with a list of (block, address): condition code and R15."""
    guest.put(LIST, b"".join(struct.pack(">II", *entry) for entry in entries))
    guest.put(PLIST, parameters(device, operation, size, len(entries), key))
    cc = guest.diagnose(0xA4, 3, 0, {3: PLIST, 15: 99})
    assert guest.interruption is None
    return cc, guest.gr[15]


def result(guest: Guest) -> tuple[int, int, int, bytes]:
    """Blocks done, unit status, channel status, sense bytes."""
    data = guest.get(PLIST, 88)
    return int.from_bytes(data[16:20], "big"), data[20], data[21], data[56 : 56 + int.from_bytes(data[30:32], "big")]


@pytest.mark.parametrize("size", BLOCK_SIZES)
@pytest.mark.parametrize("kind", ["2314", "3330", "3340", "3350", "3380", "3310", "3370", "9336"])
def test_a4_write_and_read_back(guest: Guest, kind: str, size: int) -> None:
    """Three blocks that are not neighbours, in any order."""
    disk = make(guest, kind, size)
    last = disk.block_count(size)
    numbers = [last, 1, 17]
    data = b"".join(bytes((number & 0xFF,)) * size for number in numbers)
    guest.put(DATA, data)
    entries = [(number, DATA + size * index) for index, number in enumerate(numbers)]
    assert synchronous(guest, CKD, WRITE, size, entries) == (0, 0)
    assert result(guest) == (3, 0x0C, 0, b"")
    guest.put(DATA, bytes(len(data)))
    assert synchronous(guest, CKD, READ, size, entries) == (0, 0)
    assert guest.get(DATA, len(data)) == data
    assert disk.block_read(2, size) == bytes(size)
    assert guest.vm.bytes_moved == 6 * size
    assert guest.vm.channels.pending_mask == 0


def test_a4_five_hundred_blocks(guest: Guest) -> None:
    guest.add_fba(FBA, "3370", sectors=500)
    entries = [(number, DATA + 512 * (number % 4)) for number in range(1, 501)]
    assert synchronous(guest, FBA, READ, 512, entries) == (0, 0)
    assert result(guest)[0] == 500
    assert synchronous(guest, FBA, READ, 512, [*entries, (1, DATA)]) == (2, 11)


def test_a4_no_entries(guest: Guest, disk: CkdDisk) -> None:
    assert synchronous(guest, CKD, READ, 1024, []) == (2, 11)


@pytest.mark.parametrize(("device", "outcome"), [(0x444, (1, 1)), (0x009, (1, 2)), (0x00E, (1, 2)), (0x00C, (1, 2))])
def test_a4_devices_that_will_not_do(guest: Guest, device: int, outcome: tuple[int, int]) -> None:
    assert synchronous(guest, device, READ, 1024, [(1, DATA)]) == outcome


def test_a4_busy(guest: Guest, disk: CkdDisk) -> None:
    guest.put(0x48, "00003600")
    guest.put(0x3600, ccw(0x04, 0x3700, 0x20, 6))
    assert guest.vm.channels.sio(CKD, guest.vm.now) == 0
    assert synchronous(guest, CKD, READ, 1024, [(1, DATA)]) == (1, 5)


@pytest.mark.parametrize("size", [0, 1, 511, 513, 800, 1536, 8192, 0xFFFFFFFF])
def test_a4_block_sizes(guest: Guest, disk: CkdDisk, size: int) -> None:
    guest.put(PLIST, parameters(CKD, READ, size, 1))
    assert guest.diagnose(0xA4, 3, 0, {3: PLIST}) == 2
    assert guest.gr[15] == 8


@pytest.mark.parametrize("where", [SIZE, SIZE - 8, 0xFFFFF8, 0xFFFFFFF8])
def test_a4_list_outside_storage(guest: Guest, disk: CkdDisk, where: int) -> None:
    guest.put(PLIST, parameters(CKD, READ, 1024, 2, where=where))
    assert guest.diagnose(0xA4, 3, 0, {3: PLIST}) == 2
    assert guest.gr[15] == 10


def test_a4_list_fetch_protected(guest: Guest, disk: CkdDisk) -> None:
    guest.vm.storage.set_key(LIST, 0x18)
    assert synchronous(guest, CKD, READ, 1024, [(1, DATA)], key=2) == (2, 10)


@pytest.mark.parametrize("address", [SIZE, SIZE - 1023, 0xFFFFFF, 0xFFFFFFFF])
def test_a4_data_outside_storage(guest: Guest, disk: CkdDisk, address: int) -> None:
    """What was done before counts."""
    assert synchronous(guest, CKD, READ, 1024, [(1, DATA), (2, address), (3, DATA)]) == (2, 12)
    assert result(guest) == (1, 0, 0, b"")


def test_a4_data_protected(guest: Guest, disk: CkdDisk) -> None:
    """As a channel would tell it."""
    assert synchronous(guest, CKD, READ, 1024, [(1, DATA)], key=2) == (3, 13)
    assert result(guest) == (0, 0x0C, 0x10, b"")
    assert synchronous(guest, CKD, WRITE, 1024, [(1, DATA)], key=2) == (0, 0)  # not fetch-protected
    guest.vm.storage.set_key(DATA, 0x28)
    assert synchronous(guest, CKD, READ, 1024, [(1, DATA)], key=2) == (0, 0)
    assert synchronous(guest, CKD, WRITE, 1024, [(1, DATA)], key=3) == (3, 13)


@pytest.mark.parametrize("number", [0, 241, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a4_block_numbers(guest: Guest, disk: CkdDisk, number: int) -> None:
    assert synchronous(guest, CKD, READ, 1024, [(240, DATA), (number, DATA)]) == (3, 13)
    assert result(guest) == (1, 0x0E, 0, bytes((0x00, 0x08)))  # no record found


def test_a4_fixed_block_numbers(guest: Guest, fixed: FbaDisk) -> None:
    assert synchronous(guest, FBA, READ, 2048, [(16, DATA)]) == (0, 0)
    assert synchronous(guest, FBA, READ, 2048, [(17, DATA)]) == (3, 13)
    assert synchronous(guest, FBA, READ, 2048, [(0, DATA)]) == (3, 13)


def test_a4_read_only(guest: Guest, disk: CkdDisk) -> None:
    disk.read_only = True
    assert synchronous(guest, CKD, WRITE, 1024, [(1, DATA)]) == (3, 13)
    assert result(guest) == (0, 0x0E, 0, bytes((0x80, 0x00)))  # command reject
    assert synchronous(guest, CKD, READ, 1024, [(1, DATA)]) == (0, 0)


def test_a4_not_formatted(guest: Guest) -> None:
    guest.add_ckd(CKD, "3350")
    assert synchronous(guest, CKD, READ, 1024, [(1, DATA)]) == (3, 13)
    assert result(guest)[3] == bytes((0x00, 0x08))


@pytest.mark.parametrize("size", [512, 2048, 4096])
def test_a4_formatted_with_another_size(guest: Guest, disk: CkdDisk, size: int) -> None:
    assert synchronous(guest, CKD, READ, size, [(1, DATA)]) == (3, 13)


def test_a4_a_block_that_no_track_has_room_for(guest: Guest) -> None:
    guest.add_ckd(CKD, "2311")
    assert synchronous(guest, CKD, READ, 4096, [(1, DATA)]) == (3, 13)


def test_a4_not_ready(guest: Guest, disk: CkdDisk) -> None:
    disk.ready = False
    assert synchronous(guest, CKD, READ, 1024, [(1, DATA)]) == (3, 13)
    assert result(guest) == (0, 0x0E, 0, bytes((0x40, 0x00)))


def test_a4_a_store_that_fails(guest: Guest, disk: CkdDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(number: int, size: int) -> bytes:
        raise BlockIOError("the host's disk is gone")

    monkeypatch.setattr(disk, "block_read", broken)
    assert synchronous(guest, CKD, READ, 1024, [(1, DATA)]) == (3, 13)
    assert result(guest)[3] == bytes((0x10, 0x00))  # equipment check


# fmt: off
BAD_PARAMETERS = [
    (2,  "01",       OPERAND),  # key in the right half
    (3,  "00",       OPERAND),
    (3,  "03",       OPERAND),
    (3,  "04",       OPERAND),
    (8,  "00003104", OPERAND),  # list off a doubleword
    (25, "01",       OPERAND),
    (29, "01",       OPERAND),
    (32, "01",       OPERAND),
    (55, "01",       OPERAND),
]
# fmt: on


@pytest.mark.parametrize(("offset", "data", "code"), BAD_PARAMETERS)
def test_a4_bad_parameters(guest: Guest, disk: CkdDisk, offset: int, data: str, code: int) -> None:
    guest.put(LIST, struct.pack(">II", 1, DATA))
    guest.put(DATA, b"\x99" * 1024)
    guest.put(PLIST, parameters(CKD, WRITE, 1024, 1))
    guest.put(PLIST + offset, data)
    assert guest.refused(0xA4, 3, 0, {3: PLIST, 15: 99}) == code
    assert disk.block_read(1, 1024) == bytes(1024)


@pytest.mark.parametrize(
    ("where", "code"), [(PLIST + 2, SPECIFICATION), (SIZE, ADDRESSING), (SIZE - 84, ADDRESSING), (0xFFFFFC, ADDRESSING)]
)
def test_a4_place_of_the_parameters(guest: Guest, where: int, code: int) -> None:
    assert guest.refused(0xA4, 3, 0, {3: where}) == code


def test_a4_parameters_that_cannot_be_stored(guest: Guest, disk: CkdDisk) -> None:
    guest.put(LIST, struct.pack(">II", 1, DATA))
    guest.put(DATA, b"\x99" * 1024)
    guest.put(PLIST, parameters(CKD, WRITE, 1024, 1))
    assert guest.refused(0xA4, 3, 0, {3: PLIST}, psw=KEY_3) == PROTECTION
    assert disk.block_read(1, 1024) == bytes(1024)


def test_a4_and_channel_programs_see_the_same_disk(guest: Guest, disk: CkdDisk) -> None:
    """A write by A4, then a read of the same record by a channel program, and the other way round."""
    guest.put(DATA, b"\x31" * 1024)
    assert synchronous(guest, CKD, WRITE, 1024, [(121, DATA)]) == (0, 0)  # cylinder 1 head 0 record 1
    guest.put(0x3600, bytes.fromhex("0000 0001 0000 01"))
    program = [ccw(0x07, 0x3600, 0x40, 6), ccw(0x31, 0x3602, 0x40, 5), ccw(0x08, 0x3708, 0, 0)]
    guest.put(0x3700, b"".join(program) + ccw(0x06, DATA + 1024, 0, 1024))
    assert guest.diagnose(0x20, 3, 4, {3: CKD, 4: 0x3700}) == 0
    assert guest.get(DATA + 1024, 1024) == b"\x31" * 1024
    guest.put(DATA + 1024, b"\x32" * 1024)
    guest.put(0x3718, "05")
    assert guest.diagnose(0x20, 3, 4, {3: CKD, 4: 0x3700}) == 0
    assert synchronous(guest, CKD, READ, 1024, [(121, DATA)]) == (0, 0)
    assert guest.get(DATA, 1024) == b"\x32" * 1024
