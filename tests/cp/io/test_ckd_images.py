"""CKD disks on images in host files: minidisks, block access, tracks that another program made."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cp.io.dasdkit import (
    CHECKED,
    NORMAL,
    READ_CKD,
    READ_COUNT,
    READ_DATA,
    READ_HA,
    READ_IPL,
    READ_R0,
    SEARCH_HA,
    WRITE_CKD,
    Drive,
    MemoryTracks,
    cchh,
    count,
    search_id,
    seek,
    tic,
)
from vm370.cp.io.blockaccess import BlockIOError, BlockNumberError, BlockReadOnlyError, BlockSizeError
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.ckd.track import BadTrack, Track
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.images.ckd import CkdImage, counts, format_track

TYPE = DEVICE_TYPES["3350"]


@pytest.fixture
def volume(tmp_path: Path):
    image = CkdImage.create(tmp_path / "volume", "3350", 6)
    yield image
    image.close()


# --- tracks ---


def test_track_agrees_with_the_image_format():
    image = format_track(7, 3, [(1, b"KEY", b"data"), (2, b"", b""), (200, b"K", bytes(300))], 19456)
    track = Track.parsed(7, 3, image)
    found = list(counts(image))
    assert [(r.offset, r.key_length, r.data_length, r.data_offset, r.end) for r in track.records] == [
        (c.offset, c.key_length, c.data_length, c.data_offset, c.end) for c in found
    ]
    assert track.end == found[-1].end


@pytest.mark.parametrize("image", [b"", bytes(100), b"\xff" * 12])
def test_bad_tracks(image):
    with pytest.raises(BadTrack):
        Track.parsed(0, 0, image)


# --- minidisks ---


def test_minidisk_has_cylinders_from_0(volume):
    drive = Drive(CkdDisk(volume.extent(2, 3), TYPE))
    result = drive.run(seek(1, 4), (SEARCH_HA, cchh(1, 4)), tic(1), (READ_HA, 5), (READ_R0, 16))
    assert result.unit == NORMAL
    assert result.data == [b"\0" + cchh(1, 4), count(1, 4, 0, 0, 8) + bytes(8)]
    assert drive.run(seek(3, 0)).unit == CHECKED
    # R0 can be searched for by the minidisk's own number
    assert drive.run(seek(1, 4), search_id(1, 4, 0), tic(1), (READ_DATA, 8)).unit == NORMAL


def test_minidisk_keeps_the_count_fields_that_the_guest_wrote(volume):
    drive = Drive(CkdDisk(volume.extent(2, 3), TYPE))
    assert drive.run(seek(1, 4), search_id(1, 4, 0), tic(1), (WRITE_CKD, count(1, 4, 1, 0, 4) + b"mine")).unit == NORMAL
    track = volume.read_track(3, 4)
    assert track[:5] == b"\0" + cchh(3, 4)
    assert track[21:29] == count(1, 4, 1, 0, 4)
    # the same minidisk at another place would read the same: relative numbers
    assert drive.run(seek(1, 4), search_id(1, 4, 1), tic(1), (READ_DATA, 4)).data == [b"mine"]
    whole = Drive(CkdDisk(volume, TYPE))
    assert whole.run(seek(3, 4), (READ_COUNT, 8)).data == [count(1, 4, 1, 0, 4)]


def test_two_disks_on_one_image(volume):
    """A read-only link sees what the owner writes from its next channel program on."""
    owner = Drive(CkdDisk(volume, TYPE))
    reader = Drive(CkdDisk(volume, TYPE, read_only=True))
    program = (seek(0, 0), search_id(0, 0, 1), tic(1), (READ_DATA, 3))
    assert reader.run(*program).unit == CHECKED
    for text in (b"one", b"two"):
        owner.run(seek(0, 0), search_id(0, 0, 0), tic(1), (WRITE_CKD, count(0, 0, 1, 0, 3) + text))
        assert reader.run(*program).data == [text]


# --- block access ---


@pytest.fixture
def cms() -> tuple[CkdDisk, MemoryTracks]:
    """A 3330 formatted in blocks of 1024: 11 per track, 19 tracks."""
    store = MemoryTracks("3330", 2)
    for number in range(38):
        blocks = [(block, b"", bytes((number, block)) * 512) for block in range(1, 12)]
        store.fill(number // 19, number % 19, blocks)
    return CkdDisk(store, DEVICE_TYPES["3330"]), store


def test_block_read(cms):
    disk, _ = cms
    assert disk.block_count(1024) == 11 * 38
    assert disk.block_read(1, 1024) == bytes((0, 1)) * 512
    assert disk.block_read(11, 1024) == bytes((0, 11)) * 512
    assert disk.block_read(12, 1024) == bytes((1, 1)) * 512
    assert disk.block_read(418, 1024) == bytes((37, 11)) * 512


def test_block_write(cms):
    disk, store = cms
    drive = Drive(disk)
    before = drive.run(seek(1, 0), search_id(1, 0, 3), tic(1), (READ_DATA, 1024)).data[0]
    disk.block_write(19 * 11 + 3, 1024, b"!" * 1024)
    # HA 5, R0 16, two records of 8 + 1024, count 8
    assert store.writes == [(1, 0, 21 + 2 * 1032 + 8, b"!" * 1024)]
    assert disk.block_read(19 * 11 + 3, 1024) == b"!" * 1024
    after = drive.run(seek(1, 0), search_id(1, 0, 3), tic(1), (READ_DATA, 1024)).data[0]
    assert (before, after) == (bytes((19, 3)) * 512, b"!" * 1024)


def test_block_errors(cms):
    disk, store = cms
    for number in (0, -1, 419):
        with pytest.raises(BlockNumberError, match="418 blocks of 1024 bytes"):
            disk.block_read(number, 1024)
    with pytest.raises(BlockSizeError, match="512, 1024, 2048, 4096"):
        disk.block_read(1, 800)
    with pytest.raises(BlockSizeError, match="data length 1024, expected 512"):
        disk.block_read(1, 512)
    with pytest.raises(BlockSizeError, match="has no record 12"):
        disk.block_read(12, 512)
    with pytest.raises(BlockSizeError, match="5 bytes of data"):
        disk.block_write(1, 1024, b"short")
    disk.read_only = True
    with pytest.raises(BlockReadOnlyError):
        disk.block_write(1, 1024, bytes(1024))
    store.broken = True
    with pytest.raises(BlockIOError):
        disk.block_read(1, 1024)
    store.broken = False
    store.tracks[0] = bytes(store.track_length)
    with pytest.raises(BlockIOError, match="no end mark"):
        disk.block_read(1, 1024)


# --- images made by Hercules' programs ---


def hercules(*command: str, cwd: Path) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} (Hercules) is not installed")
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, timeout=60)


@pytest.mark.parametrize(("device_type", "name"), [("2314", "2314"), ("3330", "3330"), ("3350", "3350")])
def test_volume_that_dasdinit_made(tmp_path, device_type, name):
    hercules("dasdinit", "disk", device_type, "TEST01", "2", cwd=tmp_path)
    image = CkdImage.open(tmp_path / "disk")
    drive = Drive(CkdDisk(image, DEVICE_TYPES[name]))
    # R1 and R2 hold IPL text, R3 the label: count, key VOL1, data VOL1 and the volume serial number in EBCDIC
    result = drive.run(seek(0, 0), search_id(0, 0, 3), tic(1), (READ_CKD, 92), seek(0, 0), (READ_HA, 5), (READ_R0, 16))
    assert result.unit == NORMAL
    label = result.data[0]
    vol1 = "VOL1".encode("cp037")
    assert (drive.run((READ_IPL, 24)).unit, result.data[1]) == (NORMAL, b"\0" + cchh(0, 0))
    if label[:8] == count(0, 0, 3, 4, 80):
        assert label[8:22] == vol1 + vol1 + "TEST01".encode("cp037")
    else:
        read = drive.run(seek(0, 0), search_id(0, 0, 3), tic(1), (READ_DATA, 80)).data[0]
        assert read[:10] == vol1 + "TEST01".encode("cp037")
    for head in range(image.heads):
        ha = drive.run(seek(1, head), (READ_HA, 5), (READ_R0, 16))
        assert ha.unit == NORMAL
        assert ha.data == [b"\0" + cchh(1, head), count(1, head, 0, 0, 8) + bytes(8)]
    image.close()


def test_track_that_we_formatted_survives_dasdcopy(tmp_path):
    """A track formatted through the device is the one that Hercules' dasdcopy carries over unchanged."""
    if shutil.which("dasdcopy") is None:
        pytest.skip("dasdcopy (Hercules) is not installed")
    image = CkdImage.create(tmp_path / "ours", "3330", 1, volser="OURS01")
    drive = Drive(CkdDisk(image, DEVICE_TYPES["3330"]))
    rows = [(WRITE_CKD, count(0, 5, number, 0, 1024) + bytes((number,)) * 1024) for number in range(1, 12)]
    assert drive.run(seek(0, 5), search_id(0, 5, 0), tic(1), *rows).unit == NORMAL
    written = image.read_track(0, 5)
    image.close()
    hercules("dasdcopy", "-cyl", "1", "ours", "copy.cckd", cwd=tmp_path)
    hercules("dasdcopy", "copy.cckd", "back", cwd=tmp_path)
    copied = CkdImage.open(tmp_path / "back")
    end = list(counts(written))[-1].end + 8
    assert copied.read_track(0, 5)[:end] == written[:end]
    copied.close()
