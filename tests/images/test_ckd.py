"""CKD images: sample bytes, round trips, extents, locking, damaged images."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm370.images.ckd import (
    CkdImage,
    Record,
    Track,
    build_track,
    counts,
    empty_track,
    format_track,
    parse_track,
    volume_label_track,
)
from vm370.images.errors import BadImage, GeometryError, ImageError, ImageInUse
from vm370.images.stores import StoreError


def test_sample_bytes_of_a_track() -> None:
    track = format_track(1, 2, [(1, b"KY", b"\xc1\xc2\xc3"), (2, b"", b"")], 80)
    assert track == bytes.fromhex(
        "00 0001 0002"  # home address
        "0001 0002 00 00 0008 0000000000000000"  # R0
        "0001 0002 01 02 0003 4B59 C1C2C3"  # R1 with key and data
        "0001 0002 02 00 0000"  # R2: end of file
        "FFFFFFFFFFFFFFFF"  # end mark
    ).ljust(80, b"\0")


def test_empty_track_is_home_address_r0_and_end_mark() -> None:
    assert empty_track(3, 4).hex().upper() == "0000030004" + "0003000400000008" + "00" * 8 + "FF" * 8


records = st.builds(
    Record,
    st.integers(0, 0x7FFF),
    st.integers(0, 29),
    st.integers(0, 254),
    st.binary(max_size=60),
    st.binary(max_size=20),
)


@given(st.builds(Track, st.integers(0, 255), st.integers(0, 0xFFFF), st.integers(0, 29), st.lists(records).map(tuple)))
@settings(max_examples=60)
def test_build_then_parse(track: Track) -> None:
    assert parse_track(build_track(track, 19456)) == track


@given(st.binary(max_size=200))
@settings(max_examples=100)
def test_any_bytes_parse_or_are_refused(data: bytes) -> None:
    try:
        track = parse_track(data)
    except BadImage:
        return
    assert parse_track(build_track(track, len(data))) == track


def test_counts_say_where_a_track_breaks() -> None:
    broken = bytearray(format_track(0, 0, [(1, b"", bytes(100))], 200))
    broken[27:29] = b"\xff\xff"  # data length of R1
    with pytest.raises(BadImage) as caught:
        list(counts(bytes(broken), "disk.ckd", 1000))
    assert caught.value.offset == 1021
    assert "data length 65535" in str(caught.value)


def test_too_full_a_track_is_not_built() -> None:
    with pytest.raises(GeometryError):
        format_track(0, 0, [(1, b"", bytes(200))], 200)


@pytest.mark.parametrize("device_type", ["2311", "2314", "2305-2", "3330", "3340-35", "3350", "3380", "3390"])
def test_create_open_read_write(tmp_path: Path, device_type: str) -> None:
    path = tmp_path / "d.ckd"
    with_label = CkdImage.create(path, device_type, 2, volser="ABC123")
    with_label.write_track(1, 3, 21, b"\x12" * 16)
    with_label.close()
    image = CkdImage.open(path, read_only=True)
    assert (image.device_type, image.cylinders, image.heads) == (device_type, 2, image.device.heads)
    assert image.read_track(0, 0) == volume_label_track("ABC123", image.track_length)
    assert image.read_track(1, 3)[:37] == empty_track(1, 3)[:21] + b"\x12" * 16
    assert image.read_track(1, 2).rstrip(b"\0") == empty_track(1, 2)
    with pytest.raises(StoreError, match="read-only"):
        image.write_track(0, 0, 0, b"x")
    for cylinder, head in [(2, 0), (0, image.heads), (-1, 0), (0, -1)]:
        with pytest.raises(StoreError, match="outside an image of 2 cylinders"):
            image.read_track(cylinder, head)


def test_volume_label(tmp_path: Path) -> None:
    track = parse_track(volume_label_track("vm50u1", 19456))
    assert [(r.number, r.key.decode("cp037"), len(r.data)) for r in track.records[1:]] == [
        (1, "IPL1", 24),
        (2, "IPL2", 144),
        (3, "VOL1", 80),
    ]
    assert track.records[3].data.decode("cp037").startswith("VOL1VM50U1")
    with pytest.raises(GeometryError, match="volume serial"):
        CkdImage.create(tmp_path / "x", "3350", 1, volser="TOOLONG")
    assert list(tmp_path.iterdir()) == []


def test_extent_is_relative_and_keeps_real_home_addresses(tmp_path: Path) -> None:
    with_image = CkdImage.create(tmp_path / "v.ckd", "3350", 10)
    extent = with_image.extent(4, 3)
    assert (extent.cylinders, extent.heads, extent.device_type) == (3, 30, "3350")
    assert extent.read_track(2, 7).rstrip(b"\0") == empty_track(2, 7)
    track = format_track(2, 7, [(1, b"", b"data")], extent.track_length)
    extent.write_track(2, 7, 0, track)
    assert extent.read_track(2, 7) == track
    real = parse_track(with_image.read_track(6, 7))
    assert (real.cylinder, real.records[1].cylinder) == (6, 2)
    extent.write_track(2, 7, 2, b"\x02\x00\x07")  # a write that begins inside the home address
    assert extent.read_track(2, 7) == track
    assert parse_track(with_image.read_track(6, 7)).cylinder == 6
    with pytest.raises(StoreError, match="outside an extent of 3"):
        extent.read_track(3, 0)
    with pytest.raises(StoreError, match="cylinders 8 to 10 are outside"):
        with_image.extent(8, 3)


def test_one_writer_many_readers(tmp_path: Path) -> None:
    path = tmp_path / "l.ckd"
    writer = CkdImage.create(path, "2311", 1)
    program = "import sys; from vm370.images.ckd import CkdImage; CkdImage.open(sys.argv[1], sys.argv[2] == 'ro')"
    other = [sys.executable, "-c", program, str(path)]
    assert subprocess.run([*other, "ro"], check=False).returncode == 0
    refused = subprocess.run([*other, "rw"], capture_output=True, text=True, check=False)
    assert "ImageInUse" in refused.stderr
    assert "in use: another process has it open read-write" in refused.stderr
    with pytest.raises(ImageInUse):
        CkdImage.create(path, "2311", 1, overwrite=True)
    writer.close()
    CkdImage.open(path).close()


def test_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "x.ckd"
    path.write_bytes(b"precious")
    with pytest.raises(ImageError, match="exists already"):
        CkdImage.create(path, "3350", 1)
    assert path.read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("offset", "value", "message"),
    [
        (0, b"CKD_S370", "offset 0 .*shadow file.*expected the device identifier"),
        (0, b"GARBAGE!", "found X'4741524241474521'"),
        (8, b"\x05", "found 5 heads, expected 10 heads for a 2311"),
        (12, b"\x01\x02", "offset 12 .*track length 513, expected 4096"),
        (16, b"\x99", "device type X'99', expected one of 05 11 14 30"),
        (17, b"\x01", "file 1 of a split image"),
    ],
)
def test_bad_header_is_refused(tmp_path: Path, offset: int, value: bytes, message: str) -> None:
    path = tmp_path / "bad.ckd"
    CkdImage.create(path, "2311", 1).close()
    data = bytearray(path.read_bytes())
    data[offset : offset + len(value)] = value
    path.write_bytes(data)
    with pytest.raises(BadImage, match=message):
        CkdImage.open(path)


def test_bad_lengths_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.ckd"
    CkdImage.create(path, "2311", 1).close()
    data = path.read_bytes()
    for length in (0, 511, 512, len(data) - 1, len(data) + 1):
        path.write_bytes(data.ljust(length, b"\0")[:length])
        with pytest.raises(BadImage, match="expected"):
            CkdImage.open(path)
    path.write_bytes(data[:512] + data[512:] * 204)
    with pytest.raises(BadImage, match="204 cylinders, expected 1 to 203"):
        CkdImage.open(path)
    with pytest.raises(ImageError, match="cannot be opened"):
        CkdImage.open(tmp_path / "none")
    with pytest.raises(ImageError, match="not a regular file"):
        CkdImage.open(tmp_path)


def test_cylinders_are_limited_by_the_device(tmp_path: Path) -> None:
    for number in (0, 561):
        with pytest.raises(GeometryError, match="expected 1 to 560"):
            CkdImage.create(tmp_path / "x", "3350", number)
