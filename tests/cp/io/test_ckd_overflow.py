"""Record overflow: a record whose segments are on successive tracks (2314 with CP-67's 4096-byte pages and others)."""

from __future__ import annotations

import pytest

from tests.cp.io.dasdkit import (
    CHECKED,
    FILE_MASK,
    NORMAL,
    READ_CKD,
    READ_COUNT,
    READ_DATA,
    REJECTED,
    WRITE_CKD,
    WRITE_DATA,
    WRITE_SPECIAL,
    Drive,
    MemoryTracks,
    count,
    search_id,
    seek,
    tic,
)
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.devicetypes import DEVICE_TYPES

PAGE = bytes(range(256)) * 16


def make(device_type: str = "2314") -> tuple[Drive, MemoryTracks]:
    store = MemoryTracks(device_type, 2)
    return Drive(CkdDisk(store, DEVICE_TYPES[device_type])), store


@pytest.fixture
def pages() -> tuple[Drive, MemoryTracks]:
    """Page 1 whole on head 0; page 2 begins there with 2500 bytes and ends on head 1 with 1596, before page 3."""
    drive, store = make()
    first = drive.run(
        seek(0, 0), search_id(0, 0, 0), tic(1), (WRITE_CKD, count(0, 0, 1, 0, 4096) + PAGE),
        (WRITE_SPECIAL, count(0, 0, 2, 0, 2500) + PAGE[:2500]),
    )  # fmt: skip
    second = drive.run(
        seek(0, 1), search_id(0, 1, 0), tic(1), (WRITE_CKD, count(0, 1, 2, 0, 1596) + PAGE[2500:]),
        (WRITE_CKD, count(0, 1, 3, 0, 4096) + PAGE),
    )  # fmt: skip
    assert (first.unit, second.unit) == (NORMAL, NORMAL)
    return drive, store


def test_flag_is_in_the_count_field_of_the_image_only(pages):
    drive, store = pages
    # HA 5, R0 16, R1 8 + 4096
    assert store.read_track(0, 0)[4125:4133] == bytes.fromhex("8000 0000 02 00 09C4")
    result = drive.run(seek(0, 0), (READ_COUNT, 8), (READ_COUNT, 8))
    assert result.data[1] == count(0, 0, 2, 0, 2500)


def test_read_goes_on_with_the_next_track(pages):
    drive, _ = pages
    result = drive.run(seek(0, 0), search_id(0, 0, 2), tic(1), (READ_DATA, 4096, 0))
    assert (result.unit, result.channel, result.residual) == (NORMAL, 0, 0)
    assert result.data == [PAGE]
    result = drive.run(seek(0, 0), (READ_CKD, 4104), (READ_CKD, 4104, 0))
    assert result.data[1] == count(0, 0, 2, 0, 2500) + PAGE


def test_after_an_overflow_record_the_head_is_on_the_last_track(pages):
    drive, _ = pages
    result = drive.run(seek(0, 0), search_id(0, 0, 2), tic(1), (READ_DATA, 4096), (READ_COUNT, 8))
    assert result.data[1] == count(0, 1, 3, 0, 4096)


def test_write_goes_on_with_the_next_track(pages):
    drive, store = pages
    store.writes.clear()
    new = bytes(reversed(PAGE))
    assert drive.run(seek(0, 0), search_id(0, 0, 2), tic(1), (WRITE_DATA, new)).unit == NORMAL
    assert [(write[:2], len(write[3])) for write in store.writes] == [((0, 0), 2500), ((0, 1), 1596)]
    assert drive.run(seek(0, 0), search_id(0, 0, 2), tic(1), (READ_DATA, 4096)).data == [new]
    assert drive.run(seek(0, 1), search_id(0, 1, 3), tic(1), (READ_DATA, 4096)).data == [PAGE]


@pytest.mark.parametrize(
    ("command", "operation", "device_type"),
    [(READ_DATA, 0x06, "2314"), (WRITE_DATA, 0x05, "2314"), (READ_DATA, 0x06, "3330"), (WRITE_DATA, 0x05, "3330")],
)
def test_end_of_cylinder_in_an_overflow_record(command, operation, device_type):
    drive, store = make(device_type)
    last = store.heads - 1
    segment = (WRITE_SPECIAL, count(0, last, 1, 0, 100) + PAGE[:100])
    assert drive.run(seek(0, last), search_id(0, last, 0), tic(1), segment).unit == NORMAL
    argument = PAGE if command == WRITE_DATA else 4096
    result = drive.run(seek(0, last), search_id(0, last, 1), tic(1), (command, argument))
    assert result.unit == CHECKED
    assert result.residual == 3996
    sense = drive.sense()
    assert sense[:2] == b"\x00\x21"  # end of cylinder, operation incomplete
    assert sense[5 if device_type == "2314" else 3] == operation


def test_file_mask_that_inhibits_the_next_head(pages):
    drive, _ = pages
    result = drive.run(seek(0, 0), (FILE_MASK, b"\x18"), search_id(0, 0, 2), tic(1), (READ_DATA, 4096))
    assert result.unit == CHECKED
    assert drive.sense()[:2] == b"\x00\x05"


def test_types_without_record_overflow():
    drive, _ = make("3380")
    segment = (WRITE_SPECIAL, count(0, 0, 1, 0, 100) + PAGE[:100])
    assert drive.run(seek(0, 0), search_id(0, 0, 0), tic(1), segment).unit == REJECTED


def test_the_overflow_bit_of_a_count_field_is_not_part_of_the_address():
    """The bit says on the track that a segment follows; what a program has there is not kept."""
    drive, _ = make("2314")
    field = bytes((0x80,)) + count(0, 0, 1, 0, 4)[1:]
    assert drive.run(seek(0, 0), search_id(0, 0, 0), tic(1), (WRITE_SPECIAL, field + b"DATA")).unit == NORMAL
    assert drive.run(seek(0, 0), search_id(0, 0, 0), tic(1), (READ_COUNT, 8)).data == [count(0, 0, 1, 0, 4)]
    assert drive.run(seek(0, 0), search_id(0, 0, 1), tic(1), (READ_COUNT, 8)).unit == NORMAL
