"""Damaged disks: findings and errors that say where, never anything else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.images.storekit import Sectors, bare, blocks_of, clock, formatted, opened
from vm370.images.blocks import find_block_size
from vm370.images.edf import EdfDisk, check
from vm370.images.errors import BadImage, ImageError

DISKS = [("2314", 2, 1024), ("3350", 1, 4096), ("3310", 600, 512)]


def filled(device_type: str, size: int, block_size: int) -> bytes:
    store = formatted(device_type, size, block_size)
    disk = opened(store, block_size)
    for number in range(12):
        disk.write(f"F{number}", "DATA", [bytes([number]) * 300] * (3 + number))
        disk.write(f"G{number}", "DATA", [bytes([number]) * 80] * (20 + number), recfm="F", sparse=number % 2 == 0)
    return bytes(store.storage.data)


FILLED = {disk: filled(*disk) for disk in DISKS}
LAST_USED = {disk: max(i for i, byte in enumerate(data) if byte not in (0, 0xFF)) for disk, data in FILLED.items()}


@given(st.sampled_from(DISKS), st.floats(0, 1, exclude_max=True), st.integers(0, 255), st.booleans())
@settings(max_examples=120, deadline=None)
def test_one_wrong_byte(disk: tuple[str, int, int], place: float, value: int, near_the_start: bool) -> None:
    device_type, size, block_size = disk
    data = bytearray(FILLED[disk])
    # half of the damage goes to label, directory and map
    reach = min(LAST_USED[disk], 9 * block_size) if near_the_start else LAST_USED[disk]
    data[int(place * reach)] = value
    store = bare(device_type, size, bytes(data))
    for finding in check(blocks_of(store, block_size)):
        assert str(finding)
    try:
        found = EdfDisk.open(blocks_of(store, find_block_size(store)), clock)
    except ImageError:
        return
    for fst in found.files():
        try:
            assert all(isinstance(record, bytes) for record in found.records(fst))
        except ImageError:
            continue
    try:
        found.write("NEW", "FILE", [b"new"] * 50)
        for fst in found.files():
            found.erase(fst.filename, fst.filetype)
    except ImageError:
        pass


@given(st.binary(min_size=1, max_size=80), st.integers(0, 79))
@settings(max_examples=80, deadline=None)
def test_any_label(label: bytes, offset: int) -> None:
    store = bare("3310", 600, FILLED["3310", 600, 512])
    blocks = blocks_of(store, 512)
    whole = bytearray(blocks.read_label())
    whole[offset : offset + len(label)] = label
    blocks.write_label(bytes(whole[:80]))
    check(blocks)


def damaged() -> tuple[Sectors, EdfDisk]:
    store = formatted("3310", 600, 512)
    assert isinstance(store, Sectors)
    disk = opened(store, 512)
    disk.write("ONE", "FILE", [b"1" * 300] * 5)
    disk.write("TWO", "FILE", [b"2" * 80] * 30, recfm="F")
    return store, opened(store, 512)


def entry_offset(disk: EdfDisk, name: str) -> int:
    """Where a file's FST stands in the sectors."""
    index = [fst.filename for fst in disk.files()].index(name) + 2
    return (disk.label.directory - 1) * 512 + index * 64


def change(store: Sectors, offset: int, data: bytes) -> None:
    store.storage.data[offset : offset + len(data)] = data


def lost(store: Sectors, disk: EdfDisk) -> None:
    change(store, (disk.own_blocks()["the allocation map"][0] - 1) * 512 + 60, b"\x18")


def freed(store: Sectors, disk: EdfDisk) -> None:
    place = (disk.own_blocks()["the allocation map"][0] - 1) * 512
    number = disk.find("TWO", "FILE").origin - 1
    change(store, place + number // 8, bytes([store.storage.data[place + number // 8] & ~(0x80 >> number % 8)]))


def double(store: Sectors, disk: EdfDisk) -> None:
    origin = disk.find("ONE", "FILE").origin
    change(store, (disk.find("TWO", "FILE").origin - 1) * 512, store.read(origin - 1, 1)[:4])


def beyond(store: Sectors, disk: EdfDisk) -> None:
    change(store, entry_offset(disk, "ONE") + 40, (601).to_bytes(4))


def too_many_blocks(store: Sectors, disk: EdfDisk) -> None:
    change(store, entry_offset(disk, "TWO") + 44, (99).to_bytes(4))


def record_of_no_length(store: Sectors, disk: EdfDisk) -> None:
    block = next(place.pointer.number for place in disk.places(disk.find("ONE", "FILE")) if not place.level)
    change(store, (block - 1) * 512, b"\0\0")


def wrong_high_record(store: Sectors, disk: EdfDisk) -> None:
    change(store, (disk.find("ONE", "FILE").origin - 1) * 512 + 7, b"\x63")


def same_name(store: Sectors, disk: EdfDisk) -> None:
    change(store, entry_offset(disk, "TWO"), disk.find("ONE", "FILE").key)


def wrong_count(store: Sectors, disk: EdfDisk) -> None:
    change(store, 512 + 32, (7).to_bytes(4))


def no_levels(store: Sectors, disk: EdfDisk) -> None:
    change(store, entry_offset(disk, "TWO") + 52, b"\0")


@pytest.mark.parametrize(
    ("damage", "kinds", "message"),
    [
        (lost, {"lost", "count"}, "blocks 484 to 485 are taken"),
        (freed, {"free", "count"}, "TWO FILE: block .* is free in the allocation map"),
        (double, {"double", "lost"}, "TWO FILE: block .* is also used by ONE FILE"),
        (beyond, {"pointer", "lost"}, "found pointer to block 601, expected a block from 4 to 600"),
        (too_many_blocks, {"count"}, "TWO FILE: FST says 99 data blocks, counted 5"),
        (record_of_no_length, {"record"}, "found record length 0, expected record 1 of 5"),
        (wrong_high_record, {"pointer"}, r"pointer to data block 1 says record and displacement \(99, 0\)"),
        (same_name, {"name"}, "another file has the same name"),
        (wrong_count, {"count"}, "label says 7 blocks in use"),
        (no_levels, {"pointer", "lost"}, "found 0 levels of pointer blocks, expected 1 for 5 blocks"),
    ],
)
def test_findings(damage: Callable[[Sectors, EdfDisk], None], kinds: set[str], message: str) -> None:
    store, disk = damaged()
    assert check(disk.blocks) == []
    damage(store, disk)
    findings = check(blocks_of(store, 512))
    assert {finding.kind for finding in findings} == kinds
    assert any(re.search(message, str(finding)) for finding in findings), [str(finding) for finding in findings]


def test_a_disk_that_cannot_be_opened_is_one_finding() -> None:
    store, disk = damaged()
    change(store, (disk.label.directory - 1) * 512, b"\xff")
    findings = check(blocks_of(store, 512))
    assert [finding.kind for finding in findings] == ["structure"]
    with pytest.raises(BadImage, match=r"offset 0 .*found X'FF000001"):
        opened(store, 512)


def test_a_size_beyond_belief_is_refused_at_once() -> None:
    store, disk = damaged()
    # 2**31 - 1 records of 2**31 - 1 bytes, all null blocks
    place = entry_offset(disk, "TWO")
    change(store, place + 32, b"\x7f\xff\xff\xff")
    change(store, place + 40, bytes(8) + b"\x7f\xff\xff\xff\x05")
    disk = opened(store, 512)
    with pytest.raises(BadImage, match="bytes of data, expected at most 1228800 on this disk"):
        list(disk.records(disk.find("TWO", "FILE")))
