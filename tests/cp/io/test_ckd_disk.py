"""CKD disks: CMS-like programs, formatting, multitrack searches, masks, extents, sense bytes."""

from __future__ import annotations

import pytest

from tests.cp.io.channelkit import SLI
from tests.cp.io.dasdkit import (
    CHECKED,
    END_OF_FILE,
    ERASE,
    FILE_MASK,
    MT,
    NOP,
    NORMAL,
    READ_CKD,
    READ_COUNT,
    READ_DATA,
    READ_HA,
    READ_IPL,
    READ_KD,
    READ_R0,
    READ_SECTOR,
    RECALIBRATE,
    REJECTED,
    RELEASE,
    RESERVE,
    SEARCH_HA,
    SEARCH_ID,
    SEARCH_KEY,
    SEEK,
    SEEK_CYLINDER,
    SEEK_HEAD,
    SENSE_ID,
    SET_SECTOR,
    SPACE_COUNT,
    WRITE_CKD,
    WRITE_DATA,
    WRITE_HA,
    WRITE_KD,
    WRITE_R0,
    Drive,
    MemoryTracks,
    cchh,
    count,
    search_id,
    seek,
    tic,
)
from vm370.cp.io.ccw import ChannelStatus
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.images.ckd import counts, parse_track

IL = ChannelStatus.INCORRECT_LENGTH
BLOCK = bytes(range(256)) * 4


def make(device_type: str = "3350", cylinders: int = 3, heads: int | None = None) -> tuple[Drive, MemoryTracks]:
    store = MemoryTracks(device_type, cylinders, heads)
    return Drive(CkdDisk(store, DEVICE_TYPES[device_type])), store


@pytest.fixture
def cms() -> tuple[Drive, MemoryTracks]:
    """A 3350 with a track of 15 blocks of 1024 bytes, as CMS formats it."""
    drive, store = make()
    store.fill(1, 2, [(number, b"", bytes((number,)) * 1024) for number in range(1, 16)])
    return drive, store


def read_block(cylinder: int, head: int, record: int, length: int = 1024):
    return seek(cylinder, head), search_id(cylinder, head, record), tic(1), (READ_DATA, length)


# --- reading and writing as CMS does ---


@pytest.mark.parametrize("record", [1, 8, 15])
def test_read_block(cms, record):
    drive, _ = cms
    result = drive.run(*read_block(1, 2, record))
    assert (result.unit, result.channel, result.residual) == (NORMAL, 0, 0)
    assert result.data == [bytes((record,)) * 1024]


def test_search_after_seek_finds_its_record_in_one_revolution_of_no_ccws(cms):
    """SEEK, SEARCH, READ: after a seek the rotation is unknown, so no record before the wanted one is seen."""
    drive, _ = cms
    assert drive.run(*read_block(1, 2, 15)).ccws == 3


def test_records_pass_in_order_once_oriented(cms):
    drive, _ = cms
    result = drive.run(
        *read_block(1, 2, 3),
        search_id(1, 2, 4),
        tic(1),
        (READ_DATA, 1024),
        search_id(1, 2, 2),
        tic(1),
        (READ_DATA, 1024),
    )
    assert [block[0] for block in result.data] == [3, 4, 2]
    # 3 + 2, then R5 ... R15, R0, R1 pass: 13 searches without success, one with (TICs are not counted), a read
    assert result.ccws == 3 + 2 + 13 + 1 + 1


def test_write_block_changes_only_the_data(cms):
    drive, store = cms
    result = drive.run(seek(1, 2), search_id(1, 2, 7), tic(1), (WRITE_DATA, BLOCK))
    assert (result.unit, result.channel) == (NORMAL, 0)
    # R1 is at 21; each of the six records before R7 takes 8 + 1024 bytes, and R7's count 8
    assert store.writes == [(1, 2, 21 + 6 * 1032 + 8, BLOCK)]
    assert drive.run(*read_block(1, 2, 7)).data == [BLOCK]


def test_short_write_is_padded_with_zeros(cms):
    drive, store = cms
    result = drive.run(seek(1, 2), search_id(1, 2, 7), tic(1), (WRITE_DATA, b"ABC", 0))
    assert (result.unit, result.channel) == (NORMAL, IL)
    assert store.writes[0][3] == b"ABC" + bytes(1021)


def test_long_write_leaves_a_residual_count(cms):
    drive, _ = cms
    result = drive.run(seek(1, 2), search_id(1, 2, 7), tic(1), (WRITE_DATA, BLOCK + b"more", 0))
    assert (result.unit, result.channel, result.residual) == (NORMAL, IL, 4)


def test_another_machine_s_writing_is_seen_in_the_next_program(cms):
    drive, store = cms
    drive.run(*read_block(1, 2, 1))
    store.fill(1, 2, [(1, b"", b"new")])
    assert drive.run(*read_block(1, 2, 1, 3)).data == [b"new"]


def test_ipl_reads_record_1_of_track_0():
    drive, store = make()
    store.fill(0, 0, [(1, b"IPL1", b"PSWCCW12PSWCCW12PSWCCW12"), (2, b"", b"BOOT")])
    result = drive.run((READ_IPL, 24), (READ_DATA, 4))
    assert result.data == [b"PSWCCW12PSWCCW12PSWCCW12", b"BOOT"]


# --- formatting ---


def test_format_a_track_and_read_it_back():
    drive, store = make()
    written = [(WRITE_CKD, count(2, 5, number, 0, 4096) + bytes((number,)) * 4096) for number in range(1, 5)]
    result = drive.run(
        seek(2, 5), (FILE_MASK, b"\xc0"), (SEARCH_HA, cchh(2, 5)), tic(1), (WRITE_R0, count(2, 5, 0, 0, 8) + bytes(8)),
        *written,
    )  # fmt: skip
    assert (result.unit, result.channel) == (NORMAL, 0)
    assert len(store.writes) == 5  # one change for each record
    counted = drive.run(seek(2, 5), *[(READ_COUNT, 8)] * 4)
    assert counted.data == [count(2, 5, number, 0, 4096) for number in range(1, 5)]
    track = parse_track(store.read_track(2, 5))
    assert [record.number for record in track.records] == [0, 1, 2, 3, 4]
    assert track.records[4].data == b"\4" * 4096


@pytest.mark.parametrize(
    ("device_type", "length", "fit"),
    # records per track of the device manuals' capacity tables
    [
        ("2311", 512, 6), ("2314", 800, 7), ("2314", 1024, 6), ("2314", 4096, 1), ("3330", 512, 20), ("3330", 1024, 11),
        ("3340", 2048, 3), ("3350", 512, 27), ("3350", 1024, 15), ("3350", 4096, 4), ("3375", 2048, 14),
        ("3380", 512, 46), ("3390", 4096, 12),
    ],
)  # fmt: skip
def test_record_that_does_not_fit_is_invalid_track_format(device_type, length, fit):
    store = MemoryTracks(device_type, 1, heads=1)
    drive = Drive(CkdDisk(store, DEVICE_TYPES[device_type]), size=0x80000)
    written = [(WRITE_CKD, count(0, 0, number, 0, length) + bytes(length)) for number in range(1, fit + 2)]
    result = drive.run(seek(0, 0), search_id(0, 0, 0), tic(1), *written)
    assert result.unit == CHECKED
    assert result.row == 3 + fit
    assert drive.sense()[:2] == b"\x00\x40"
    assert [found.record for found in counts(store.read_track(0, 0))] == list(range(fit + 1))


def test_formatting_write_erases_the_rest_of_the_track(cms):
    drive, store = cms
    result = drive.run(seek(1, 2), search_id(1, 2, 3), tic(1), (WRITE_CKD, count(1, 2, 99, 3, 5) + b"KEYDATA!!"))
    assert result.unit == NORMAL
    assert [found.record for found in counts(store.read_track(1, 2))] == [0, 1, 2, 3, 99]
    result = drive.run(seek(1, 2), (SEARCH_KEY, b"KEY"), tic(1), (READ_DATA, 5))
    assert result.data == [b"DATA!"]


def test_erase_leaves_nothing_behind_the_record(cms):
    drive, store = cms
    assert drive.run(seek(1, 2), search_id(1, 2, 3), tic(1), (ERASE, count(1, 2, 4, 0, 8) + bytes(8))).unit == NORMAL
    assert [found.record for found in counts(store.read_track(1, 2))] == [0, 1, 2, 3]


def test_write_home_address_and_r0():
    drive, store = make()
    store.fill(0, 1, [(1, b"", b"gone")])
    result = drive.run(
        seek(0, 1), (FILE_MASK, b"\xc0"), (WRITE_HA, b"\0" + cchh(0, 1)),
        (WRITE_R0, count(0, 1, 0, 0, 8) + b"R0 DATA."), (WRITE_CKD, count(0, 1, 1, 0, 4) + b"here"),
    )  # fmt: skip
    assert result.unit == NORMAL
    result = drive.run(seek(0, 1), (READ_HA, 5), (READ_R0, 16), (READ_CKD, 12))
    assert result.data == [b"\0" + cchh(0, 1), count(0, 1, 0, 0, 8) + b"R0 DATA.", count(0, 1, 1, 0, 4) + b"here"]


def test_end_of_file_record():
    drive, _ = make()
    assert drive.run(seek(0, 0), search_id(0, 0, 0), tic(1), (WRITE_CKD, count(0, 0, 1, 0, 0))).unit == NORMAL
    result = drive.run(seek(0, 0), search_id(0, 0, 1), tic(1), (READ_DATA, 80))
    assert (result.unit, result.residual) == (END_OF_FILE, 80)
    result = drive.run(seek(0, 0), (READ_CKD, 80))
    assert (result.unit, result.residual, result.data[0][:8]) == (END_OF_FILE, 72, count(0, 0, 1, 0, 0))
    assert drive.run(seek(0, 0), search_id(0, 0, 1), tic(1), (WRITE_DATA, b"X")).unit == END_OF_FILE


def test_keys():
    drive, store = make("3330")
    store.fill(0, 3, [(number, b"KEY%d" % number, b"DATA%d" % number) for number in range(1, 6)])
    result = drive.run(seek(0, 3), search_id(0, 3, 2), tic(1), (WRITE_KD, b"KEY0OTHER"))
    assert result.unit == NORMAL
    result = drive.run(seek(0, 3), search_id(0, 3, 2), tic(1), (READ_KD, 20))
    assert result.data[0][:9] == b"KEY0OTHER"
    # the key of the record whose count was read
    result = drive.run(seek(0, 3), search_id(0, 3, 4), tic(1), (SEARCH_KEY, b"KEY4"), (NOP, b"x"), (READ_DATA, 5))
    assert result.data == [b"DATA4"]
    # high: the first key above the argument; equal or high: the same one or above
    assert drive.run(seek(0, 3), (0x49, b"KEY3"), tic(1), (READ_DATA, 5)).data == [b"DATA4"]
    assert drive.run(seek(0, 3), (0x69, b"KEY3"), tic(1), (READ_DATA, 5)).data == [b"DATA3"]


# --- searches that find nothing ---


def test_no_record_found(cms):
    drive, _ = cms
    result = drive.run(*read_block(1, 2, 16))
    assert result.unit == CHECKED
    assert result.row == 1
    sense = drive.sense()
    assert sense[:2] == b"\x00\x08"
    # 3350: byte 5 the cylinder, byte 6 the head
    assert sense[4:8] == bytes((0x80, 1, 2, 0))


def test_read_count_ends_when_the_index_passed_twice(cms):
    drive, _ = cms
    result = drive.run(seek(1, 2), *[(READ_COUNT, 8)] * 31)
    assert result.unit == CHECKED
    assert result.row == 31  # 15 counts in each of two revolutions
    assert drive.sense()[:2] == b"\x00\x08"


def test_multitrack_search_goes_through_the_cylinder():
    drive, store = make("3330")
    for head in range(19):
        store.fill(1, head, [(number, b"", bytes((head, number))) for number in range(1, 4)])
    result = drive.run(seek(1, 0), search_id(1, 18, 3, SEARCH_ID | MT), tic(1), (READ_DATA, 2))
    assert (result.unit, result.data) == (NORMAL, [bytes((18, 3))])


def test_multitrack_search_ends_at_the_end_of_the_cylinder():
    drive, store = make("3330")
    store.fill(1, 18, [(1, b"", b"x")])
    result = drive.run(seek(1, 0), search_id(2, 0, 1, SEARCH_ID | MT), tic(1), (READ_DATA, 2))
    assert result.unit == CHECKED
    sense = drive.sense()
    assert sense[:2] == b"\x00\x20"
    # 3330-1, byte 6: -c-hhhhh
    assert sense[5:7] == bytes((1, 18))


def test_multitrack_key_search_skips_r0():
    drive, store = make("3340", heads=3)
    for head in range(3):
        store.fill(0, head, [(1, b"AAAA", b"1"), (2, b"KEY%d" % head, b"%d" % head)])
    result = drive.run(seek(0, 0), (SEARCH_KEY | MT, b"KEY2"), tic(1), (READ_DATA, 1))
    assert result.data == [b"2"]


def test_search_high():
    drive, store = make()
    store.fill(0, 0, [(10, b"", b"a"), (20, b"", b"b"), (30, b"", b"c")])
    assert drive.run(seek(0, 0), search_id(0, 0, 20, 0x51), tic(1), (READ_DATA, 1)).data == [b"c"]
    assert drive.run(seek(0, 0), search_id(0, 0, 15, 0x71), tic(1), (READ_DATA, 1)).data == [b"b"]


def test_search_home_address_compares_cylinder_and_head():
    drive, _ = make()
    assert drive.run(seek(1, 4), (SEARCH_HA, cchh(1, 4)), (NOP, b"x"), (READ_HA, 5)).data == [b"\0" + cchh(1, 4)]
    # not satisfied: the NOP is not skipped, so the program ends with it
    assert drive.run(seek(1, 4), (SEARCH_HA, cchh(1, 5)), (READ_HA, 5), (NOP, b"x")).row == 3


# --- what must come before a write ---


@pytest.mark.parametrize(
    ("write", "prerequisite", "allowed"),
    [
        (WRITE_DATA, [], False),
        (WRITE_DATA, [(READ_COUNT, 8)], False),
        (WRITE_DATA, [search_id(1, 2, 1, 0x71), (NOP, b"x")], False),
        (WRITE_DATA, [search_id(1, 2, 2), tic(1)], True),
        (WRITE_DATA, [search_id(1, 2, 2), tic(1), (NOP, b"x")], False),
        (WRITE_KD, [search_id(1, 2, 2), tic(1)], True),
        (WRITE_CKD, [(READ_COUNT, 8)], False),
        (WRITE_CKD, [search_id(1, 2, 2), tic(1)], True),
        (WRITE_CKD, [search_id(1, 2, 2), tic(1), (READ_DATA, 1024)], True),
        (WRITE_CKD, [search_id(1, 2, 2), tic(1), (WRITE_DATA, BLOCK)], True),
        (WRITE_CKD, [search_id(1, 2, 2), tic(1), (WRITE_CKD, count(1, 2, 3, 0, 1) + b"x")], True),
        (ERASE, [], False),
    ],
)
def test_prerequisites(cms, write, prerequisite, allowed):
    drive, store = cms
    before = len(store.writes)
    result = drive.run(seek(1, 2), *prerequisite, (write, count(1, 2, 77, 0, 1) + b"x"))
    if allowed:
        assert result.unit == NORMAL
    else:
        assert result.unit == REJECTED
        assert drive.sense()[:2] == b"\x80\x00"
        assert drive.disk.sense[7] == 0x02  # format 0, message 2: invalid command sequence
        assert len(store.writes) == before


def test_write_r0_needs_the_home_address():
    drive, _ = make()
    r0 = (WRITE_R0, count(0, 0, 0, 0, 8) + bytes(8))
    assert drive.run(seek(0, 0), (FILE_MASK, b"\xc0"), r0).unit == REJECTED
    assert drive.run(seek(0, 0), (FILE_MASK, b"\xc0"), (SEARCH_HA, cchh(0, 0)), tic(1), r0).unit == NORMAL


# --- the file mask ---


@pytest.mark.parametrize(
    ("mask", "command", "sense"),
    [
        (0x00, WRITE_R0, b"\x80\x00"),
        (0x40, WRITE_DATA, b"\x80\x00"),
        (0x40, WRITE_CKD, b"\x80\x00"),
        (0x80, WRITE_DATA, None),
        (0x80, WRITE_CKD, b"\x80\x00"),
        (0xC0, WRITE_CKD, None),
        (0x00, SEEK, None),
        (0x08, SEEK, b"\x00\x04"),
        (0x08, SEEK_CYLINDER, None),
        (0x08, SEEK_HEAD, None),
        (0x08, RECALIBRATE, b"\x00\x04"),
        (0x10, SEEK_CYLINDER, b"\x00\x04"),
        (0x10, SEEK_HEAD, None),
        (0x18, SEEK_HEAD, b"\x00\x04"),
        (0x18, READ_COUNT | MT, b"\x00\x04"),
        (0x10, READ_COUNT | MT, None),
    ],
)
def test_file_mask(mask, command, sense):
    drive, store = make()
    store.fill(0, 1, [(1, b"", b"data")])
    argument: bytes | int = bytes(2) + cchh(0, 1)
    before = []
    if command in (WRITE_DATA, WRITE_CKD):
        before = [search_id(0, 1, 1), tic(1)]
        argument = count(0, 1, 2, 0, 0)
    elif command == WRITE_R0:
        before = [(SEARCH_HA, cchh(0, 1)), tic(1)]
        argument = count(0, 1, 0, 0, 8) + bytes(8)
    elif command == READ_COUNT | MT:
        before = [(READ_COUNT, 8)]
        store.fill(0, 2, [(1, b"", b"next")])
        argument = 8
    result = drive.run(seek(0, 1), (FILE_MASK, bytes((mask,))), *before, (command, argument))
    if sense is None:
        assert result.unit == NORMAL
    else:
        assert result.unit & REJECTED
        assert drive.sense()[:2] == sense


def test_second_file_mask_and_bad_file_mask():
    drive, _ = make()
    assert drive.run((FILE_MASK, b"\0"), (FILE_MASK, b"\0")).unit == REJECTED
    assert drive.sense()[7] == 0x02
    assert drive.run((FILE_MASK, b"\x20")).unit == CHECKED
    assert drive.sense()[7] == 0x04
    # the mask ends with the channel program
    assert drive.run((FILE_MASK, b"\x18"), (NOP, b"x")).unit == NORMAL
    assert drive.run(seek(1, 1)).unit == NORMAL


# --- extents and read-only disks ---


@pytest.mark.parametrize(
    ("device_type", "argument", "sense"),
    [
        ("3350", bytes(2) + cchh(3, 0), b"\x80\x00"),
        ("3350", bytes(2) + cchh(2, 30), b"\x80\x00"),
        ("3350", b"\0\1" + cchh(0, 0), b"\x80\x00"),
        ("2314", bytes(2) + cchh(3, 0), b"\x81\x00"),
    ],
)
def test_seek_outside_the_extent(device_type, argument, sense):
    drive, _ = make(device_type)
    assert drive.run((SEEK, argument), (READ_COUNT, 8)).unit == CHECKED
    found = drive.sense()
    assert found[:2] == sense
    if device_type == "3350":
        assert found[7] == 0x04  # format 0, message 4: invalid argument


def test_short_seek_argument():
    drive, _ = make()
    assert drive.run((SEEK, bytes(5))).unit == CHECKED
    assert drive.sense()[:8] == bytes((0x80, 0, 0, 0, 0x80, 0, 0, 0x03))


@pytest.mark.parametrize("command", [WRITE_DATA, WRITE_KD, WRITE_CKD, ERASE, WRITE_R0, WRITE_HA])
def test_read_only_disk(cms, command):
    drive, store = cms
    drive.disk.read_only = True
    result = drive.run(seek(1, 2), (FILE_MASK, b"\xc0"), search_id(1, 2, 1), tic(1), (command, bytes(20)))
    assert result.unit == REJECTED
    assert drive.sense()[:2] == b"\x80\x02"
    assert store.writes == []


def test_store_that_fails(cms):
    drive, store = cms
    store.broken = True
    assert drive.run(*read_block(1, 2, 1)).unit == CHECKED
    assert drive.sense()[:2] == b"\x10\x80"
    store.broken = False
    assert drive.run(*read_block(1, 2, 1)).unit == NORMAL


def test_damaged_track(cms):
    drive, store = cms
    store.tracks[30 + 2] = b"\x01" * store.track_length
    assert drive.run(*read_block(1, 2, 1)).unit == CHECKED
    assert drive.sense()[0] == 0x10


# --- the other commands ---


def test_seek_head_and_cylinder():
    drive, _ = make()
    result = drive.run(
        (SEEK_CYLINDER, bytes(2) + cchh(2, 7)), (SEEK_HEAD, bytes(2) + cchh(0xFFFF, 9)), (READ_HA, 5),
        (RECALIBRATE, b"x"), (READ_HA, 5), (READ_HA | MT, 5),
    )  # fmt: skip
    assert result.data == [b"\0" + cchh(2, 9), b"\0" + cchh(0, 0), b"\0" + cchh(0, 1)]


def test_sectors():
    drive, store = make()
    store.fill(0, 0, [(1, b"", bytes(4096)), (2, b"", bytes(4096))])
    result = drive.run(seek(0, 0), (SET_SECTOR, b"\x00"), search_id(0, 0, 2), tic(1), (READ_SECTOR, 1))
    # R2 begins behind R0 and R1 of 4096 + 185 bytes: 4281 * 128 // 19254
    assert result.data == [bytes((28,))]
    assert drive.run((SET_SECTOR, b"\x80")).unit == CHECKED
    assert drive.run((SET_SECTOR, b"\xff")).unit == NORMAL
    drive, _ = make("2314")
    assert drive.run((SET_SECTOR, b"\x00")).unit == REJECTED
    assert len(drive.disk.sense) == 6
    assert drive.sense()[0] == 0x80


def test_sense_id_where_the_type_has_it():
    drive, _ = make("3380")
    result = drive.run((SENSE_ID, 7))
    assert result.data == [b"\xff\x38\x80\x05\x33\x80\x02"]
    drive, _ = make("3350")
    assert drive.run((SENSE_ID, 7)).unit == REJECTED
    assert drive.sense()[7] == 0x01  # format 0, message 1: invalid command


def test_reserve_and_release_give_sense_bytes():
    drive, _ = make()
    assert drive.run((RESERVE, 24, 0)).residual == 0
    assert drive.disk.reserved
    assert drive.run((RELEASE, 24, 0)).unit == NORMAL
    assert not drive.disk.reserved


def test_space_count_reads_a_record_with_a_bad_count():
    drive, store = make()
    store.fill(0, 0, [(1, b"", b"0123456789")])
    result = drive.run(seek(0, 0), (SPACE_COUNT, b"\x02\x00\x04"), (READ_KD, 6))
    assert result.data == [b"012345"]


@pytest.mark.parametrize("command", [0x44, 0x73, 0xC4, 0x53, 0x8B, 0xFF])
def test_unknown_and_diagnostic_commands(command):
    drive, _ = make()
    assert drive.run((command, bytes(8))).unit == REJECTED
    assert drive.sense()[0] == 0x80


def test_sense_stays_until_the_next_command():
    drive, _ = make()
    drive.run((SEEK, bytes(2) + cchh(9, 9)))
    assert drive.sense()[0] == 0x80
    assert drive.sense()[0] == 0x80
    drive.run((NOP, b"x"))
    assert drive.sense()[0] == 0


def test_incorrect_length_of_a_read_that_has_more(cms):
    drive, _ = cms
    result = drive.run(*read_block(1, 2, 1)[:3], (READ_DATA, 100, 0))
    assert (result.unit, result.channel, result.residual) == (NORMAL, IL, 0)
    result = drive.run(*read_block(1, 2, 1)[:3], (READ_DATA, 2000, SLI))
    assert (result.unit, result.channel, result.residual) == (NORMAL, 0, 976)
