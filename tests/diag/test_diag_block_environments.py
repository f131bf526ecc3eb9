"""DIAGNOSE 250: block I/O that ends with the instruction."""

from __future__ import annotations

import struct

import pytest

from tests.diag.blockkit import (
    CKD,
    DATA,
    KEY_3,
    LIST,
    PLIST,
    READ,
    SIZE,
    WRITE,
    block_io,
    entries,
    init,
    make,
    remove,
    request,
    statuses,
)
from tests.diag.diagkit import (
    ADDRESSING,
    PROTECTION,
    SPECIFICATION,
    Guest,
)
from vm370.cp.io.blockaccess import BLOCK_SIZES, BlockIOError
from vm370.cp.io.ckd import CkdDisk


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
