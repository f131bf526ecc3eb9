"""Copying a disk into every other format and back gives the same disk."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from vm370.images.ckd import CkdImage, format_track
from vm370.images.converting import convert
from vm370.images.errors import GeometryError, ImageError
from vm370.images.fba import FbaImage
from vm370.images.opening import open_image
from vm370.images.stores import BlockStore, TrackStore


@pytest.mark.parametrize("form", ["cckd", "cckd64", "split", "ckd"])
def test_tracks(tmp_path: Path, form: str) -> None:
    plain = CkdImage.create(tmp_path / "p.ckd", "3340-35", 4, volser="ABC123")
    track = format_track(2, 5, [(1, b"K", random.Random(1).randbytes(4000))], plain.track_length)
    plain.write_track(2, 5, 0, track)
    other, back = tmp_path / "other_1.ckd", tmp_path / "back.ckd"
    seen: list[int] = []
    made = convert(plain, other, form, cylinders_per_file=3, progress=lambda done, total: seen.append(total - done))
    assert len(made) == (2 if form == "split" else 1)
    assert seen[-1] == 0
    image = open_image(other, read_only=True)
    assert isinstance(image, TrackStore)
    convert(image, back, "ckd")
    assert back.read_bytes() == (tmp_path / "p.ckd").read_bytes()
    with pytest.raises(ImageError, match="exists already"):
        convert(plain, other, form)
    with pytest.raises(GeometryError, match="a CKD disk cannot become an image of format cfba"):
        convert(plain, tmp_path / "x", "cfba")
    with pytest.raises(GeometryError, match="expected one of ckd"):
        convert(plain, tmp_path / "x", "zip")


@pytest.mark.parametrize("form", ["cfba", "fba"])
def test_sectors(tmp_path: Path, form: str) -> None:
    plain = FbaImage.create(tmp_path / "p.fba", "3310", 5000, volser="ABC123")
    plain.write(4999, b"\xff" * 512)
    convert(plain, tmp_path / "other", form)
    image = open_image(tmp_path / "other", read_only=True)
    assert isinstance(image, BlockStore)
    convert(image, tmp_path / "back.fba", "fba")
    assert (tmp_path / "back.fba").read_bytes() == (tmp_path / "p.fba").read_bytes()
    with pytest.raises(GeometryError, match="a FBA disk cannot become"):
        convert(plain, tmp_path / "x", "cckd")
