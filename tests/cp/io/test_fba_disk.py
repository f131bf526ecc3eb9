"""FBA disks: reading and writing by LOCATE, extents, masks, sense bytes, block access."""

from __future__ import annotations

import struct

import pytest

from tests.cp.io.dasdkit import CHECKED, NOP, NORMAL, REJECTED, RELEASE, RESERVE, SENSE_ID, Drive, MemoryBlocks
from vm370.cp.io.blockaccess import BlockIOError, BlockNumberError, BlockReadOnlyError, BlockSizeError
from vm370.cp.io.ccw import ChannelStatus
from vm370.cp.io.device import Supply
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.fba import FbaDisk

IL = ChannelStatus.INCORRECT_LENGTH
EXTENT, LOCATE, READ, WRITE, READ_IPL, CHARACTERISTICS = 0x63, 0x43, 0x42, 0x41, 0x02, 0x64
SECTORS = 100


def make(device_type: str = "3370") -> tuple[Drive, MemoryBlocks]:
    store = MemoryBlocks(device_type, SECTORS)
    for sector in range(SECTORS):
        store.image[sector * 512 : sector * 512 + 512] = bytes((sector,)) * 512
    return Drive(FbaDisk(store, DEVICE_TYPES[device_type])), store


def extent(start: int = 0, first: int = 0, last: int = SECTORS - 1, mask: int = 0xC0):
    return EXTENT, struct.pack(">B3xIII", mask, start, first, last)


def locate(operation: int, number: int, sectors: int, replication: int = 0):
    return LOCATE, struct.pack(">BBHI", operation, replication, sectors, number)


def test_read_sectors():
    drive, _ = make()
    result = drive.run(extent(), locate(6, 7, 2), (READ, 1024, 0))
    assert (result.unit, result.channel, result.residual) == (NORMAL, 0, 0)
    assert result.data == [b"\7" * 512 + b"\x08" * 512]


def test_extent_moves_numbers():
    """Sector 40 of the disk is number 1000 of the data set, so number 1003 is sector 43."""
    drive, _ = make()
    assert drive.run(extent(40, 1000, 1009), locate(6, 1003, 1), (READ, 512)).data == [bytes((43,)) * 512]


def test_write_sectors_is_one_change():
    drive, store = make()
    result = drive.run(extent(), locate(1, 10, 3), (WRITE, b"A" * 1536, 0))
    assert (result.unit, result.channel) == (NORMAL, 0)
    assert store.writes == [(10, 3)]
    assert store.read(9, 5) == b"\x09" * 512 + b"A" * 1536 + b"\x0d" * 512


@pytest.mark.parametrize("operation", [1, 5])
def test_short_write_is_padded_with_zeros(operation):
    drive, store = make()
    result = drive.run(extent(), locate(operation, 10, 2), (WRITE, b"A" * 600, 0))
    assert (result.unit, result.channel) == (NORMAL, IL)
    assert store.read(10, 2) == b"A" * 600 + bytes(424)


def test_read_and_write_follow_their_locate():
    drive, store = make()
    assert drive.run(extent(), locate(6, 1, 1), (WRITE, bytes(512))).unit == REJECTED
    assert drive.run(extent(), locate(1, 1, 1), (READ, 512)).unit == REJECTED
    assert drive.run(extent(), locate(6, 1, 1), (NOP, b"x"), (READ, 512)).unit == REJECTED
    assert drive.run(extent(), locate(6, 1, 1), (READ, 512), (READ, 512)).unit == REJECTED
    assert drive.run(locate(6, 1, 1)).unit == REJECTED
    assert drive.run(extent(), extent()).unit == REJECTED
    assert drive.sense()[:8] == bytes((0x80, 0, 0, 0, 0, 0, 0, 0x02))
    assert store.writes == []


def test_replicated_data():
    drive, _ = make()
    assert drive.run(extent(), locate(2, 5, 2, 6), (READ, 1024)).data == [b"\5" * 512 + b"\6" * 512]
    assert drive.run(extent(), locate(2, 5, 2, 5), (READ, 1024)).unit == CHECKED


def test_format_defective_block():
    drive, store = make()
    assert drive.run(extent(), locate(4, 5, 1)).unit == NORMAL
    assert drive.run(extent(mask=0x00), locate(4, 5, 1)).unit == CHECKED
    assert drive.run(extent(mask=0x00), locate(1, 5, 1), (WRITE, b"x" * 512)).unit == NORMAL
    assert store.writes == [(5, 1)]


@pytest.mark.parametrize(
    "rows",
    [
        [extent(), locate(6, SECTORS, 1)],
        [extent(), locate(6, SECTORS - 1, 2)],
        [extent(10, 0, 4), locate(6, 5, 1)],
        [extent(10, 100, 104), locate(6, 99, 1)],
        [extent(mask=0x40), locate(1, 5, 1)],
        [extent(mask=0x40), locate(5, 5, 1)],
    ],
)
def test_protection(rows):
    drive, _ = make()
    assert drive.run(*rows).unit == CHECKED
    assert drive.sense()[:2] == b"\x80\x04"


@pytest.mark.parametrize(
    "rows",
    [
        [extent(0, 0, SECTORS)],
        [extent(1, 0, SECTORS - 1)],
        [extent(0, 5, 4)],
        [extent(0xFFFFFFFF, 0, 0)],
        [extent(mask=0x80)],
        [extent(mask=0x10)],
        [extent(), locate(6, 0, 0)],
        [extent(), locate(3, 0, 1)],
        [extent(), locate(0x86, 0, 1)],
    ],
)
def test_invalid_arguments(rows):
    drive, _ = make()
    assert drive.run(*rows).unit == CHECKED
    assert drive.sense()[:8] == bytes((0x80, 0, 0, 0, 0, 0, 0, 0x04))


def test_short_arguments():
    drive, _ = make()
    assert drive.run((EXTENT, bytes(15))).unit == CHECKED
    assert drive.sense()[7] == 0x03
    assert drive.run(extent(), (LOCATE, bytes(7))).unit == CHECKED
    assert drive.sense()[7] == 0x03


def test_read_only():
    drive, store = make()
    drive.disk.read_only = True
    assert drive.run(extent(), locate(1, 5, 1), (WRITE, bytes(512))).unit == REJECTED
    assert drive.sense()[:2] == b"\x80\x02"
    assert store.writes == []
    assert drive.run(extent(), locate(6, 5, 1), (READ, 512)).unit == NORMAL


def test_ipl():
    drive, _ = make()
    result = drive.run((READ_IPL, 24), (READ, 512))
    assert result.data == [bytes(24), b"\1" * 512]
    assert drive.run((READ_IPL, 24), locate(6, 9, 1), (READ, 512)).data[1] == b"\x09" * 512


def test_characteristics_and_identification():
    drive, _ = make("3310")
    result = drive.run((CHARACTERISTICS, 32, 0), (SENSE_ID, 7, 0))
    assert result.unit == NORMAL
    assert result.data[0] == bytes.fromhex("3008 2101 0200 00000020 00000160 00000064 00000000 0000 0000 000000000000")
    assert result.data[1] == b"\xff\x43\x31\x01\x33\x10\x01"


def test_reserve_comes_before_the_extent():
    drive, _ = make()
    assert drive.run((RESERVE, 24)).unit == NORMAL
    assert drive.disk.reserved
    assert drive.run((RELEASE, 24)).unit == NORMAL
    assert not drive.disk.reserved
    assert drive.run(extent(), (RESERVE, 24)).unit == REJECTED


def test_store_that_fails():
    drive, store = make()
    store.broken = True
    for rows in (
        [(READ_IPL, 24)],
        [extent(), locate(6, 5, 1), (READ, 512)],
        [extent(), locate(1, 5, 1), (WRITE, b"x" * 512)],
    ):
        assert drive.run(*rows).unit == CHECKED
        assert drive.sense()[0] == 0x10


@pytest.mark.parametrize("command", [0x07, 0x31, 0x14, 0xFF])
def test_unknown_commands(command):
    drive, _ = make()
    assert drive.run((command, bytes(8))).unit == REJECTED
    assert drive.sense()[7] == 0x01


def test_block_access():
    drive, store = make()
    disk = drive.disk
    assert isinstance(disk, FbaDisk)
    assert disk.block_count(4096) == 12
    assert disk.block_read(2, 1024) == b"\2" * 512 + b"\3" * 512
    disk.block_write(12, 4096, b"Z" * 4096)
    assert store.writes == [(88, 8)]
    for number in (0, 13):
        with pytest.raises(BlockNumberError, match="12 blocks of 4096"):
            disk.block_read(number, 4096)
    with pytest.raises(BlockSizeError):
        disk.block_read(1, 800)
    with pytest.raises(BlockSizeError):
        disk.block_write(1, 512, b"short")
    disk.read_only = True
    with pytest.raises(BlockReadOnlyError):
        disk.block_write(1, 512, bytes(512))
    store.broken = True
    with pytest.raises(BlockIOError):
        disk.block_read(1, 512)


def test_save_and_restore_between_locate_and_read():
    drive, store = make()
    disk = drive.disk
    drive.run(extent(), locate(6, 7, 1))
    other = FbaDisk(store, DEVICE_TYPES["3370"])
    other.restore(disk.save())
    assert other.save() == disk.save()
    assert other.execute(READ, Supply(lambda length: b""), 512).data == b"\7" * 512
