"""Images against the tools of Hercules, where they are installed: each must accept what the other makes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from vm370.images.blocks import CkdBlocks
from vm370.images.ckd import CkdImage, format_track, parse_track
from vm370.images.edf import EdfDisk, check

pytestmark = pytest.mark.skipif(shutil.which("dasdinit") is None, reason="dasdinit (Hercules) is not installed")

# our device type, what dasdinit calls it
TYPES = [
    ("2305-1", "2305-1"),
    ("2311", "2311"),
    ("2314", "2314"),
    ("3330", "3330"),
    ("3340-35", "3340"),
    ("3350", "3350"),
    ("3375", "3375"),
    ("3380", "3380"),
    ("3390", "3390"),
]


def run(*words: str | Path) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize(("ours", "theirs"), TYPES)
def test_a_labelled_volume_is_the_same_byte_for_byte(tmp_path: Path, ours: str, theirs: str) -> None:
    CkdImage.create(tmp_path / "ours", ours, 2, volser="TST001").close()
    run("dasdinit", tmp_path / "theirs", theirs, "TST001", "2")
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()
    image = CkdImage.open(tmp_path / "theirs")
    assert (image.device_type, image.cylinders) == (ours, 2)


@pytest.mark.parametrize(("ours", "theirs"), [("2314", "2314"), ("3350", "3350"), ("3390", "3390")])
def test_dasdcopy_copies_every_record(tmp_path: Path, ours: str, theirs: str) -> None:
    image = CkdImage.create(tmp_path / "ours", ours, 2, volser="TST001")
    room = image.device.records_per_track(300, 7)
    made = {}
    for head in range(1, image.heads):
        written = [(n, b"%07d" % n, bytes([n, head]) * 150) for n in range(1, room + 1)]
        made[head] = format_track(1, head, written, image.track_length)
        image.write_track(1, head, 0, made[head])
    image.close()
    run("dasdcopy", "-q", tmp_path / "ours", tmp_path / "small.cckd")
    run("dasdcopy", "-q", tmp_path / "small.cckd", tmp_path / "back")
    back = CkdImage.open(tmp_path / "back")
    for head, track in made.items():
        assert parse_track(back.read_track(1, head)) == parse_track(track)


def test_dasdls_reads_our_volume_as_far_as_its_vtoc(tmp_path: Path) -> None:
    CkdImage.create(tmp_path / "v", "3350", 2, volser="ABC123").close()
    # it found the VOL1 label and the VTOC address in it; a volume without data sets has no format-4 label there
    assert "F4DSCB record not found" in run("dasdls", tmp_path / "v")


def test_a_cms_disk_survives_dasdcopy(tmp_path: Path) -> None:
    image = CkdImage.create(tmp_path / "cms", "3350", 2)
    blocks = CkdBlocks(image, 4096)
    blocks.format()
    disk = EdfDisk.format(blocks, "HERC")
    disk.write("SOME", "FILE", [b"record %d" % n for n in range(1, 2000)])
    records = disk.read("SOME", "FILE")
    image.close()
    run("dasdcopy", "-q", tmp_path / "cms", tmp_path / "small.cckd")
    run("dasdcopy", "-q", tmp_path / "small.cckd", tmp_path / "back")
    again = CkdBlocks(CkdImage.open(tmp_path / "back"), 4096)
    assert check(again) == []
    assert EdfDisk.open(again).read("SOME", "FILE") == records
