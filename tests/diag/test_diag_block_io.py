"""DIAGNOSE A4 and 250: blocks of CMS disks, count-key-data and fixed-block, with every block size."""

from __future__ import annotations

import struct

import pytest

from tests.diag.diagkit import (
    ADDRESSING,
    HANDLER,
    OPERAND,
    PROGRAM,
    PROTECTION,
    SPECIFICATION,
    UNCHANGED,
    Guest,
    ccw,
    formatted,
)
from vm370.cp.io.blockaccess import BLOCK_SIZES, BlockIOError
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


# --- A4 ---


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


# --- 250 ---


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


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("size", BLOCK_SIZES)
@pytest.mark.parametrize("kind", ["2314", "3350", "3380", "3310", "9336"])
def test_250_write_and_read_back(guest: Guest, kind: str, size: int, wide: bool) -> None:
    disk = make(guest, kind, size)
    last = disk.block_count(size)
    assert block_io(guest, 0, init(CKD, size, wide=wide)) == (0, 0)
    place = (PLIST + 40, 8) if wide else (PLIST + 32, 4)
    assert guest.get(*place) == (1).to_bytes(place[1], "big")
    assert guest.get(place[0] + place[1], place[1]) == last.to_bytes(place[1], "big")
    data = b"\x11" * size + b"\x22" * size
    guest.put(DATA, data)
    rows = [(WRITE, last, DATA), (WRITE, 1, DATA + size), (READ, last, DATA + 2 * size), (READ, 1, DATA + 3 * size)]
    count = entries(guest, *rows, wide=wide)
    assert block_io(guest, 1, request(count, wide=wide)) == (0, 0)
    assert statuses(guest, 4, wide=wide) == [0, 0, 0, 0]
    assert guest.get(DATA + 2 * size, 2 * size) == data
    assert block_io(guest, 2, remove()) == (0, 0)
    assert guest.vm.bytes_moved == 4 * size


@pytest.mark.parametrize(("offset", "first", "last"), [(10, -9, 230), (-5, 6, 245), (240, -239, 0), (0, 1, 240)])
@pytest.mark.parametrize("wide", [False, True])
def test_250_offset(guest: Guest, disk: CkdDisk, offset: int, first: int, last: int, wide: bool) -> None:
    """Blocks are numbered from 1 minus the offset."""
    disk.block_write(1, 1024, b"\x01" * 1024)
    disk.block_write(240, 1024, b"\xf0" * 1024)
    assert block_io(guest, 0, init(CKD, offset=offset, wide=wide)) == (0, 0)
    found = struct.unpack(">qq" if wide else ">ii", guest.get(PLIST + (40 if wide else 32), 16 if wide else 8))
    assert found == (first, last)
    rows = [(READ, first, DATA), (READ, last, DATA + 1024), (READ, first - 1, DATA), (READ, last + 1, DATA)]
    count = entries(guest, *rows, wide=wide)
    assert block_io(guest, 1, request(count, wide=wide)) == (1, 12)
    assert statuses(guest, 4, wide=wide) == [0, 0, 1, 1]
    assert guest.get(DATA, 2048) == b"\x01" * 1024 + b"\xf0" * 1024


def test_250_read_only(guest: Guest, disk: CkdDisk) -> None:
    disk.read_only = True
    assert block_io(guest, 0, init(CKD)) == (0, 4)
    count = entries(guest, (WRITE, 1, DATA), (READ, 1, DATA))
    assert block_io(guest, 1, request(count)) == (1, 12)
    assert statuses(guest, 2) == [3, 0]


def test_250_a_mixed_list(guest: Guest, disk: CkdDisk) -> None:
    """Every status that an entry can have; each is tried whatever came before."""
    block_io(guest, 0, init(CKD))
    guest.vm.storage.set_key(DATA, 0x20)
    guest.vm.storage.set_key(LIST, 0x20)
    rows = [
        (READ, 1, DATA),
        (READ, 999, DATA),
        (READ, 1, SIZE - 1),
        (READ, 1, 0x20000),  # key 0
        (0, 1, DATA),
        (3, 1, DATA),
        (READ, 0, DATA),
        (WRITE, 2, DATA),
    ]
    count = entries(guest, *rows)
    assert block_io(guest, 1, request(count, key=2)) == (1, 12)
    assert statuses(guest, count) == [0, 1, 2, 7, 6, 6, 1, 0]


def test_250_alet_and_reserved_bytes(guest: Guest, disk: CkdDisk) -> None:
    block_io(guest, 0, init(CKD))
    count = entries(guest, (READ, 1, DATA), (READ, 1, DATA), (READ, 1, DATA))
    guest.put(LIST + 8, "00000001")
    guest.put(LIST + 16 + 3, "01")
    assert block_io(guest, 1, request(count)) == (1, 12)
    assert statuses(guest, 3) == [9, 0x0B, 0]


def test_250_all_fail(guest: Guest, disk: CkdDisk) -> None:
    block_io(guest, 0, init(CKD))
    count = entries(guest, (READ, 0, DATA), (READ, 0, DATA))
    assert block_io(guest, 1, request(count)) == (2, 40)


def test_250_formatted_with_another_size(guest: Guest, disk: CkdDisk) -> None:
    assert block_io(guest, 0, init(CKD, 4096)) == (0, 0)
    assert block_io(guest, 1, request(entries(guest, (READ, 1, DATA)))) == (2, 40)
    assert statuses(guest, 1) == [4]


def test_250_io_error_and_not_ready(guest: Guest, disk: CkdDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(number: int, size: int) -> bytes:
        raise BlockIOError("the host's disk is gone")

    block_io(guest, 0, init(CKD))
    disk.ready = False
    assert block_io(guest, 1, request(entries(guest, (READ, 1, DATA)))) == (2, 40)
    assert statuses(guest, 1) == [5]
    disk.ready = True
    monkeypatch.setattr(disk, "block_read", broken)
    assert block_io(guest, 1, request(entries(guest, (READ, 1, DATA)))) == (2, 40)
    assert statuses(guest, 1) == [5]


@pytest.mark.parametrize(("count", "outcome"), [(0, (2, 36)), (257, (2, 36)), (0xFFFFFFFF, (2, 36)), (256, (0, 0))])
def test_250_counts(guest: Guest, disk: CkdDisk, count: int, outcome: tuple[int, int]) -> None:
    block_io(guest, 0, init(CKD))
    entries(guest, *[(READ, 1, DATA)] * 256)
    assert block_io(guest, 1, request(count)) == outcome


@pytest.mark.parametrize(("device", "outcome"), [(0x444, (2, 16)), (0x009, (2, 20)), (0x00E, (2, 20))])
@pytest.mark.parametrize("function", [0, 1, 2])
def test_250_devices_that_will_not_do(guest: Guest, device: int, outcome: tuple[int, int], function: int) -> None:
    plist = [init(device), request(1, device=device), remove(device)][function]
    assert block_io(guest, function, plist) == outcome


@pytest.mark.parametrize("size", [0, 800, 8192, 0xFFFFFFFF])
def test_250_block_sizes(guest: Guest, disk: CkdDisk, size: int) -> None:
    assert block_io(guest, 0, init(CKD, size)) == (2, 24)
    assert block_io(guest, 2, remove()) == (2, 28)


def test_250_states(guest: Guest, disk: CkdDisk) -> None:
    assert block_io(guest, 1, request(1)) == (2, 28)
    assert block_io(guest, 2, remove()) == (2, 28)
    assert block_io(guest, 0, init(CKD)) == (0, 0)
    assert block_io(guest, 0, init(CKD)) == (2, 28)
    assert block_io(guest, 2, remove()) == (0, 0)
    assert block_io(guest, 2, remove()) == (2, 28)
    assert block_io(guest, 0, init(CKD, 2048)) == (0, 0)


def test_250_the_form_may_differ_from_call_to_call(guest: Guest, disk: CkdDisk) -> None:
    assert block_io(guest, 0, init(CKD)) == (0, 0)
    assert block_io(guest, 1, request(entries(guest, (READ, 1, DATA), wide=True), wide=True)) == (0, 0)


@pytest.mark.parametrize("command", ["DETACH 300", "SYSTEM RESET"])
def test_250_what_ends_an_environment(guest: Guest, disk: CkdDisk, command: str) -> None:
    block_io(guest, 0, init(CKD))
    guest.type(command)
    if command.startswith("DETACH"):
        guest.type("DEFINE T3350 AS 300 CYL 1")
    assert block_io(guest, 1, request(1)) == (2, 28)
    assert block_io(guest, 0, init(CKD)) == (0, 0)


# fmt: off
BAD_BIOPL = [
    (0, 2,  "01"), (0, 2, "81"), (0, 3, "01"), (0, 23, "01"), (0, 40, "01"), (0, 63, "01"),
    (1, 2,  "40"), (1, 3, "01"), (1, 24, "01"), (1, 25, "04"), (1, 25, "80"), (1, 26, "01"), (1, 27, "01"),
    (1, 44, "01"), (1, 63, "01"),
    (2, 2,  "80"), (2, 3, "01"), (2, 63, "01"),
]
BAD_WIDE_BIOPL = [
    (0, 3, "01"), (0, 28, "01"), (0, 31, "01"), (0, 56, "01"), (0, 63, "01"),
    (1, 3, "01"), (1, 26, "01"), (1, 36, "01"), (1, 39, "01"), (1, 56, "01"), (1, 63, "01"),
]
# fmt: on


@pytest.mark.parametrize(("function", "offset", "data"), BAD_BIOPL)
@pytest.mark.parametrize("device", [CKD, 0x444])
def test_250_bad_parameters(guest: Guest, disk: CkdDisk, function: int, offset: int, data: str, device: int) -> None:
    """The list is looked at before the device."""
    guest.put(PLIST, [init(device), request(1, device=device), remove(device)][function])
    guest.put(PLIST + offset, data)
    assert guest.refused(0x250, 4, 7, {4: PLIST, 5: 99, 7: function}) == SPECIFICATION


@pytest.mark.parametrize(("function", "offset", "data"), BAD_WIDE_BIOPL)
def test_250_bad_parameters_of_the_64_bit_form(guest: Guest, function: int, offset: int, data: str) -> None:
    guest.put(PLIST, [init(CKD, wide=True), request(1, wide=True)][function])
    guest.put(PLIST + offset, data)
    assert guest.refused(0x250, 4, 7, {4: PLIST, 5: 99, 7: function}) == SPECIFICATION


@pytest.mark.parametrize(
    ("rx", "values", "code"),
    [
        (4, {4: PLIST + 4, 7: 0}, SPECIFICATION),
        (4, {4: PLIST, 7: 3}, SPECIFICATION),
        (4, {4: PLIST, 7: 0xFFFFFFFF}, SPECIFICATION),
        (15, {15: PLIST, 7: 0}, SPECIFICATION),
        (4, {4: SIZE, 7: 0}, ADDRESSING),
        (4, {4: SIZE - 56, 7: 0}, ADDRESSING),
    ],
)
def test_250_exceptions(guest: Guest, rx: int, values: dict[int, int], code: int) -> None:
    guest.put(PLIST, init(CKD))
    assert guest.refused(0x250, rx, 7, values) == code


def test_250_init_that_cannot_store_leaves_nothing(guest: Guest, disk: CkdDisk) -> None:
    guest.put(PLIST, init(CKD))
    assert guest.refused(0x250, 4, 7, {4: PLIST, 7: 0}, psw=KEY_3) == PROTECTION
    assert block_io(guest, 2, remove()) == (2, 28)


def test_250_a_list_that_cannot_be_accessed(guest: Guest, disk: CkdDisk) -> None:
    """Synchronous: a program exception, at the entry concerned."""
    block_io(guest, 0, init(CKD))
    guest.put(PLIST, request(2))
    guest.put(PLIST + 36, (SIZE - 16).to_bytes(4, "big"))
    guest.put(SIZE - 16, struct.pack(">BBxxiII", READ, 0xFF, 1, 0, DATA))
    assert guest.refused(0x250, 4, 7, {4: PLIST, 5: 99, 7: 1}) == ADDRESSING
    assert guest.get(SIZE - 15, 1) == b"\0"
    entries(guest, (READ, 1, DATA))
    guest.put(PLIST, request(1, key=3))
    assert guest.refused(0x250, 4, 7, {4: PLIST, 5: 99, 7: 1}) == PROTECTION


# --- 250, asynchronous ---

ASYNCHRONOUS = 0x02


def enable(guest: Guest, psw: Psw) -> None:
    """Let the guest run on with this PSW; the external new PSW leads to HANDLER, disabled."""
    guest.put(0x58, Psw(ec=psw.ec, address=HANDLER).to_bytes())
    guest.vm.cpu.psw = psw
    guest.vm.run_slice(1)


@pytest.mark.parametrize("ec", [False, True])
@pytest.mark.parametrize("wide", [False, True])
def test_250_external_interruption(guest: Guest, disk: CkdDisk, ec: bool, wide: bool) -> None:
    block_io(guest, 0, init(CKD))
    guest.vm.cpu.cr[0] = 0x0200
    guest.put(0x80, "EEEEEEEEEEEE")
    count = entries(guest, (READ, 1, DATA), wide=wide)
    assert block_io(guest, 1, request(count, flags=ASYNCHRONOUS, wide=wide, parm=0xCAFEF00D)) == (0, 8)
    assert guest.get(0x80, 4) == b"\xee" * 4  # not yet
    enable(guest, Psw(ec=ec, system_mask=0x01, address=PROGRAM + 4))
    old = Psw.from_bytes(guest.get(0x18, 8))
    assert old.address == PROGRAM + 4
    assert (guest.get(0x86, 2) if ec else guest.get(0x1A, 2)) == bytes.fromhex("2603")
    assert guest.get(0x84, 2) == bytes((0x07 if wide else 0x03, 0))
    assert guest.get(0x80, 4) == bytes.fromhex("CAFEF00D")
    assert guest.vm.counters.reflected["external"] == 1
    enable(guest, Psw(ec=ec, system_mask=0x01, address=PROGRAM + 4))
    assert guest.vm.counters.reflected["external"] == 1  # once


def test_250_a_parameter_of_zero_is_stored(guest: Guest, disk: CkdDisk) -> None:
    block_io(guest, 0, init(CKD))
    guest.vm.cpu.cr[0] = 0x0200
    guest.put(0x80, "EEEEEEEE")
    block_io(guest, 1, request(entries(guest, (READ, 1, DATA)), flags=ASYNCHRONOUS))
    enable(guest, Psw(system_mask=0x01, address=PROGRAM + 4))
    assert guest.get(0x80, 4) == bytes(4)


@pytest.mark.parametrize("mask", [0x00, 0xFE])
def test_250_disabled_by_the_psw(guest: Guest, disk: CkdDisk, mask: int) -> None:
    block_io(guest, 0, init(CKD))
    guest.vm.cpu.cr[0] = 0x0200
    block_io(guest, 1, request(entries(guest, (READ, 1, DATA)), flags=ASYNCHRONOUS))
    enable(guest, Psw(system_mask=mask, address=PROGRAM + 4))
    assert guest.vm.counters.reflected["external"] == 0


def test_250_disabled_by_control_register_0(guest: Guest, disk: CkdDisk) -> None:
    block_io(guest, 0, init(CKD))
    guest.vm.cpu.cr[0] = 0
    block_io(guest, 1, request(entries(guest, (READ, 1, DATA)), flags=ASYNCHRONOUS))
    enable(guest, Psw(system_mask=0x01, address=PROGRAM + 4))
    assert guest.vm.counters.reflected["external"] == 0
    guest.vm.cpu.cr[0] = 0x0200
    enable(guest, Psw(system_mask=0x01, address=PROGRAM + 4))
    assert guest.vm.counters.reflected["external"] == 1


@pytest.mark.parametrize(
    ("rows", "status"), [([(READ, 1, DATA), (READ, 0, DATA)], 1), ([(READ, 0, DATA)], 1), ([(READ, 1, DATA)], 0)]
)
def test_250_status_of_an_asynchronous_request(
    guest: Guest, disk: CkdDisk, rows: list[tuple[int, int, int]], status: int
) -> None:
    block_io(guest, 0, init(CKD))
    guest.vm.cpu.cr[0] = 0x0200
    assert block_io(guest, 1, request(entries(guest, *rows), flags=ASYNCHRONOUS)) == (0, 8)
    enable(guest, Psw(system_mask=0x01, address=PROGRAM + 4))
    assert guest.get(0x84, 2) == bytes((3, status))


def test_250_an_asynchronous_list_that_cannot_be_accessed(guest: Guest, disk: CkdDisk) -> None:
    """No program exception: status 2."""
    block_io(guest, 0, init(CKD))
    guest.vm.cpu.cr[0] = 0x0200
    plist = bytearray(request(1, flags=ASYNCHRONOUS))
    plist[36:40] = SIZE.to_bytes(4, "big")
    assert block_io(guest, 1, bytes(plist)) == (0, 8)
    enable(guest, Psw(system_mask=0x01, address=PROGRAM + 4))
    assert guest.get(0x84, 2) == bytes((3, 2))


def test_250_in_order_and_not_without_limit(guest: Guest, disk: CkdDisk) -> None:
    """256 interruptions wait; a further request is refused before anything is done."""
    block_io(guest, 0, init(CKD))
    entries(guest, (READ, 1, DATA))
    for number in range(256):
        assert block_io(guest, 1, request(1, flags=ASYNCHRONOUS, parm=number)) == (0, 8)
    assert block_io(guest, 1, request(1, flags=ASYNCHRONOUS)) == (2, 255)
    assert block_io(guest, 1, request(1)) == (0, 0)
    guest.vm.cpu.cr[0] = 0x0200
    for number in range(256):
        enable(guest, Psw(system_mask=0x01, address=PROGRAM + 4))
        assert guest.get(0x80, 4) == number.to_bytes(4, "big")
    assert block_io(guest, 1, request(1, flags=ASYNCHRONOUS)) == (0, 8)


def test_250_a_reset_forgets_interruptions(guest: Guest, disk: CkdDisk) -> None:
    block_io(guest, 0, init(CKD))
    block_io(guest, 1, request(entries(guest, (READ, 1, DATA)), flags=ASYNCHRONOUS))
    guest.type("SYSTEM RESET")
    guest.vm.cpu.cr[0] = 0x0200
    guest.vm.resume()
    enable(guest, Psw(system_mask=0x01, address=PROGRAM + 4))
    assert guest.vm.counters.reflected["external"] == 0


def test_250_a_wait_for_the_interruption(guest: Guest, disk: CkdDisk) -> None:
    """The usual program: request, then an enabled wait."""
    block_io(guest, 0, init(CKD))
    guest.vm.cpu.cr[0] = 0x0200
    block_io(guest, 1, request(entries(guest, (READ, 1, DATA)), flags=ASYNCHRONOUS))
    enable(guest, Psw(system_mask=0x01, wait=True, address=PROGRAM + 4))
    assert guest.vm.counters.reflected["external"] == 1
    assert Psw.from_bytes(guest.get(0x18, 8)).wait
