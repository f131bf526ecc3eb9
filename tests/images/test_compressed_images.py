"""CCKD, CCKD64 and CFBA: what is written is read, damage is told, Hercules' programs agree."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vm370.images.cckd import CckdImage, write_cckd
from vm370.images.cfba import CfbaImage, write_cfba
from vm370.images.ckd import CkdImage, format_track, parse_track
from vm370.images.compressed import Compression
from vm370.images.errors import BadImage, ImageError
from vm370.images.fba import FbaImage
from vm370.images.opening import open_image
from vm370.images.stores import StoreError

EACH: list[Compression] = ["none", "zlib", "bzip2"]
installed = pytest.mark.skipif(shutil.which("cckdcdsk") is None, reason="the utilities of Hercules are not installed")


def peer(command: list[object]) -> None:
    """Run a program of Hercules, which now and then crashes by itself; then once more."""
    for _ in range(3):
        result = subprocess.run([str(word) for word in command], capture_output=True)
        if result.returncode != -signal.SIGSEGV:
            assert result.returncode == 0, result.stderr
            return
        Path(str(command[-1])).unlink(missing_ok=True)
    pytest.skip(f"{command[0]} of Hercules crashed three times")


@pytest.fixture
def disk(tmp_path: Path) -> CkdImage:
    """A 3330 of 15 cylinders (two level 2 tables): labelled, some tracks with records, one with an end of file."""
    image = CkdImage.create(tmp_path / "plain.ckd", "3330", 15, volser="VOL001")
    noise = random.Random(7)
    for number in range(20, 285, 9):
        cylinder, head = divmod(number, 19)
        records = [(n, b"KEY1"[: n % 5], noise.randbytes(600) if n % 2 else bytes(700)) for n in range(1, 9)]
        image.write_track(cylinder, head, 0, format_track(cylinder, head, records, image.track_length))
    image.write_track(3, 1, 0, format_track(3, 1, [(1, b"", b"")], image.track_length))
    return image


def content(image: CkdImage | CckdImage) -> list[object]:
    return [parse_track(image.read_track(c, h)) for c in range(image.cylinders) for h in range(image.heads)]


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("compression", EACH)
def test_a_compressed_disk_is_the_same_disk(
    disk: CkdImage, tmp_path: Path, bits: int, compression: Compression
) -> None:
    path = tmp_path / "small.cckd"
    seen: list[tuple[int, int]] = []
    write_cckd(path, disk, bits=bits, compression=compression, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (285, 285)
    image = open_image(path)
    assert isinstance(image, CckdImage)
    assert (image.device_type, image.cylinders, image.read_only) == ("3330", 15, True)
    assert content(image) == content(disk)
    assert image.check() == []
    assert path.stat().st_size < (disk.file.length / 8 if compression == "none" else disk.file.length / 20)
    with pytest.raises(StoreError, match="overlay"):
        image.write_track(0, 0, 0, b"x")
    with pytest.raises(StoreError, match="outside"):
        image.read_track(15, 0)


@pytest.mark.parametrize("compression", EACH)
def test_compressed_sectors_are_the_same_sectors(tmp_path: Path, compression: Compression) -> None:
    plain = FbaImage.create(tmp_path / "plain.fba", "3370", 1000, volser="FBA001")
    plain.write(500, random.Random(3).randbytes(512 * 7))
    path = tmp_path / "small.cfba"
    write_cfba(path, plain, compression=compression)
    image = open_image(path)
    assert isinstance(image, CfbaImage)
    assert image.sectors == 1000
    assert image.read(0, 1000) == plain.read(0, 1000)
    assert image.read(119, 2) == plain.read(119, 2)
    assert image.check() == []
    with pytest.raises(StoreError, match="overlay"):
        image.write(0, bytes(512))


def test_a_shadow_file_is_refused(disk: CkdImage, tmp_path: Path) -> None:
    path = tmp_path / "shadow.cckd"
    write_cckd(path, disk)
    data = bytearray(path.read_bytes())
    data[4:8] = b"S370"
    path.write_bytes(data)
    with pytest.raises(BadImage, match="shadow"):
        open_image(path)
    data[4:8] = b"C370"
    data[1024:1028] = b"\xff" * 4
    path.write_bytes(data)
    with pytest.raises(BadImage, match="in another file"):
        CckdImage.open(path).read_track(0, 0)


def test_check_finds_shared_space_and_short_files(disk: CkdImage, tmp_path: Path) -> None:
    path = tmp_path / "bad.cckd"
    write_cckd(path, disk, compression="none")
    data = bytearray(path.read_bytes())
    first = int.from_bytes(data[1024:1028], "little")
    data[first + 8 * 29 : first + 8 * 29 + 4] = data[first + 8 * 20 : first + 8 * 20 + 4]
    path.write_bytes(data[:-10])
    texts = " / ".join(finding.text for finding in CckdImage.open(path).check())
    assert "unit 20 and unit 29 share" in texts
    assert "home address" in texts
    assert "10 bytes too early" in texts


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_random_damage_is_told(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "damaged.cckd"
    whole = tmp_path / "whole.cckd"
    if not whole.exists():
        plain = CkdImage.create(tmp_path / "p.ckd", "2311", 3, volser="VOL001")
        plain.write_track(1, 1, 0, format_track(1, 1, [(1, b"", b"abc" * 300)], plain.track_length))
        write_cckd(whole, plain)
    damaged = bytearray(whole.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del damaged[data.draw(st.integers(0, len(damaged))) :]
    path.write_bytes(damaged)
    try:
        image = open_image(path, read_only=True)
    except ImageError:
        return
    if isinstance(image, CckdImage):
        image.check()
        for cylinder in range(image.cylinders):
            for head in range(image.heads):
                try:
                    assert len(image.read_track(cylinder, head)) == image.track_length
                except ImageError:
                    continue
    image.close()


@installed
@pytest.mark.parametrize("compression", EACH)
def test_hercules_finds_no_fault_and_expands_ours(disk: CkdImage, tmp_path: Path, compression: Compression) -> None:
    path, back = tmp_path / "ours.cckd", tmp_path / "back.ckd"
    write_cckd(path, disk, compression=compression)
    result = subprocess.run(["cckdcdsk", "-3", path], capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (0, "")
    peer(["cckd2ckd", path, back])
    assert content(CkdImage.open(back, read_only=True)) == content(disk)


@installed
@pytest.mark.parametrize("option", ["-z", "-bz2", "-0"])
def test_we_read_what_hercules_compressed(disk: CkdImage, tmp_path: Path, option: str) -> None:
    path = tmp_path / "theirs.cckd"
    disk.flush()
    peer(["dasdcopy", option, "-o", "CCKD", disk.file.path, path])
    image = CckdImage.open(path)
    assert image.check() == []
    assert content(image) == content(disk)


@installed
def test_hercules_reads_our_cfba_and_we_its(tmp_path: Path) -> None:
    plain = FbaImage.create(tmp_path / "plain.fba", "3370", 1000, volser="FBA001")
    plain.write(300, random.Random(3).randbytes(512 * 7))
    plain.flush()
    write_cfba(tmp_path / "ours.cfba", plain)
    peer(["dasdcopy", "-o", "FBA", tmp_path / "ours.cfba", tmp_path / "back.fba"])
    assert (tmp_path / "back.fba").read_bytes()[: 512 * 1000] == plain.read(0, 1000)
    peer(["dasdcopy", "-z", "-o", "CFBA", plain.file.path, tmp_path / "theirs.cfba"])
    theirs = CfbaImage.open(tmp_path / "theirs.cfba")
    assert theirs.read(0, 1000) == plain.read(0, 1000)
