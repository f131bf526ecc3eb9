"""CKD images in several files, and the CKDC images of emx370."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vm370.images.ckd import CkdImage, format_track, parse_track
from vm370.images.ckdc import CkdcImage
from vm370.images.ckdsplit import SplitCkdImage, write_split
from vm370.images.errors import BadImage, ImageError
from vm370.images.opening import open_image
from vm370.images.stores import StoreError

GENUINE = Path(os.environ.get("VM370_GENUINE", "/nonexistent"))


def test_a_split_image_is_one_disk(tmp_path: Path) -> None:
    plain = CkdImage.create(tmp_path / "p.ckd", "2311", 7, volser="SPLIT1")
    for cylinder in range(7):
        track = format_track(cylinder, 3, [(1, b"", bytes([cylinder]) * 100)], plain.track_length)
        plain.write_track(cylinder, 3, 0, track)
    names = write_split(tmp_path / "V_1.ckd", plain, 3)
    assert [name.name for name in names] == ["V_1.ckd", "V_2.ckd", "V_3.ckd"]
    assert [name.read_bytes()[17:20].hex() for name in names] == ["010200", "020500", "030000"]
    image = open_image(tmp_path / "V_1.ckd")
    assert isinstance(image, SplitCkdImage)
    assert (image.cylinders, image.device_type) == (7, "2311")
    for cylinder in range(7):
        assert image.read_track(cylinder, 3) == plain.read_track(cylinder, 3)
    image.write_track(6, 9, 21, b"\1" * 20)
    image.close()
    again = SplitCkdImage.open(tmp_path / "V_1.ckd", read_only=True)
    assert again.read_track(6, 9)[21:41] == b"\1" * 20
    again.close()
    (tmp_path / "V_2.ckd").rename(tmp_path / "V_4.ckd")
    with pytest.raises(ImageError, match=r"V_2\.ckd: does not exist"):
        open_image(tmp_path / "V_1.ckd")
    (tmp_path / "V_3.ckd").rename(tmp_path / "V_2.ckd")
    with pytest.raises(BadImage, match="file 3 of a split image, expected file 2"):
        open_image(tmp_path / "V_1.ckd")
    with pytest.raises(BadImage, match="file 2 of a split image"):
        open_image(tmp_path / "V_4.ckd")


def header(version: int, cylinders: int = 1) -> bytes:
    text = f"{version:04X} E5D4E4E2C5D9 {cylinders:04X} 000A 000E29 3E 00231100"
    return bytes.fromhex(text) + bytes(12)


def track(cylinder: int, head: int, *records: tuple[bytes, bytes]) -> bytes:
    """One track as the emulator writes it."""
    areas, content = b"", b""
    for number, (key, data) in enumerate(records, 1):
        areas += number.to_bytes(2) + bytes([len(key)]) + len(data).to_bytes(2) + len(content).to_bytes(3)
        content += key + data
    home = bytes([0]) + cylinder.to_bytes(2) + head.to_bytes(2)
    r0 = home[1:] + bytes.fromhex("00000008") + bytes(8)
    body = home + r0 + len(content).to_bytes(3) + len(records).to_bytes(2) + areas + zlib.compress(content)
    return cylinder.to_bytes(2) + bytes([head]) + len(body).to_bytes(3) + body


def base(tmp_path: Path) -> Path:
    path = tmp_path / "user_191.ckdc"
    tracks = [track(0, head, (b"", b"R1 %d" % head), (b"KEY", b"R2")) for head in range(10)]
    path.write_bytes(header(1) + b"".join(tracks) + b"\xff" * 6)
    return path


def test_tracks_of_the_delta_replace_those_of_the_base(tmp_path: Path) -> None:
    path = base(tmp_path)
    image = open_image(path)
    assert isinstance(image, CkdcImage)
    assert (image.device_type, image.cylinders, image.heads) == ("2311", 1, 10)
    read = parse_track(image.read_track(0, 4))
    assert [(r.number, r.key, r.data) for r in read.records[1:]] == [(1, b"", b"R1 4"), (2, b"KEY", b"R2")]
    with pytest.raises(StoreError, match="cannot be written"):
        image.write_track(0, 0, 0, b"")
    image.close()
    delta = tmp_path / "user_191.ckdc.delta"
    delta.write_bytes(header(0x8001) + track(0, 4, (b"", b"changed")) + b"\xff" * 6)
    changed = CkdcImage.open(path)
    assert [r.data for r in parse_track(changed.read_track(0, 4)).records[1:]] == [b"changed"]
    assert [r.data for r in parse_track(changed.read_track(0, 5)).records[1:]] == [b"R1 5", b"R2"]
    changed.close()
    delta.write_bytes(header(0x8001, 2) + b"\xff" * 6)
    with pytest.raises(BadImage, match="another drive"):
        open_image(path)
    delta.write_bytes(header(1) + b"\xff" * 6)
    with pytest.raises(BadImage, match="version 0001, expected a CKDC delta file"):
        open_image(path)


def test_a_base_without_all_tracks_is_refused(tmp_path: Path) -> None:
    path = base(tmp_path)
    path.write_bytes(header(1) + track(0, 0, (b"", b"x")) + b"\xff" * 6)
    with pytest.raises(BadImage, match="1 tracks, expected the 10 of 1 cylinders"):
        open_image(path)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 900), st.integers(0, 255), st.booleans())
def test_random_damage_is_an_image_error(tmp_path: Path, at: int, byte: int, cut: bool) -> None:
    path = base(tmp_path)
    data = bytearray(path.read_bytes())
    at %= len(data)
    data[at] = byte
    path.write_bytes(data[:at] if cut else data)
    try:
        image = open_image(path)
        for head in range(10):
            assert len(image.read_track(0, head)) == image.track_length  # type: ignore[union-attr]
    except ImageError:
        return


@pytest.mark.skipif(
    not (GENUINE / "cmsuser_191.ckdc").exists(), reason="VM370_GENUINE names no folder with cmsuser_191.ckdc"
)
def test_the_genuine_user_disk() -> None:
    image = CkdcImage.open(GENUINE / "cmsuser_191.ckdc")
    first = parse_track(image.read_track(0, 0))
    assert first.records[3].data[:10].decode("cp037") == "CMS=CMS191"
    for cylinder in range(image.cylinders):
        for head in range(image.heads):
            assert parse_track(image.read_track(cylinder, head)).cylinder == cylinder
