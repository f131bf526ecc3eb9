"""Copy-on-write disks: snapshots, reverting, committing, crashes, bases that changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vm370.images.blocks import CkdBlocks, FbaBlocks
from vm370.images.cckd import write_cckd
from vm370.images.ckd import CkdImage, format_track
from vm370.images.edf import EdfDisk
from vm370.images.errors import BadImage, ImageError, ImageInUse
from vm370.images.fba import FbaImage
from vm370.images.opening import open_image
from vm370.images.overlay import OverlayBlocks, OverlayTracks, commit_overlay, create_overlay
from vm370.images.stores import StoreError

NOW = datetime(1980, 4, 1, 12, 0)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A 3350 of two cylinders with a CMS file system."""
    path = tmp_path / "base.ckd"
    image = CkdImage.create(path, "3350", 2)
    blocks = CkdBlocks(image, 4096)
    blocks.format()
    EdfDisk.format(blocks, "BASE", lambda: NOW)
    image.close()
    return path


def tracks(path: Path, read_only: bool = False) -> OverlayTracks:
    image = open_image(path, read_only)
    assert isinstance(image, OverlayTracks)
    return image


def overlaid(base: Path) -> Path:
    path = base.with_suffix(".cow")
    create_overlay(path, base, open_image, made=NOW)
    return path


def files(path: Path) -> list[str]:
    image = tracks(path, read_only=True)
    disk = EdfDisk.open(CkdBlocks(image, 4096))
    names = sorted(str(fst) for fst in disk.files())
    image.close()
    return names


def put(path: Path, name: str) -> None:
    image = tracks(path)
    EdfDisk.open(CkdBlocks(image, 4096), lambda: NOW).write(name, "DATA", [b"x" * 5000], recfm="F", lrecl=5000)
    image.close()


def test_the_base_is_never_written(base: Path) -> None:
    before = base.read_bytes()
    path = overlaid(base)
    put(path, "ONE")
    assert files(path) == ["ONE DATA"]
    assert base.read_bytes() == before


def test_snapshots_are_states_to_go_back_to(base: Path) -> None:
    path = overlaid(base)
    put(path, "ONE")
    image = tracks(path)
    image.layers.snapshot("first", NOW)
    image.close()
    put(path, "TWO")
    image = tracks(path)
    image.layers.snapshot("second", NOW)
    assert [(s.name, s.made) for s in image.layers.snapshots()] == [("first", str(NOW)), ("second", str(NOW))]
    with pytest.raises(StoreError, match="there is a snapshot first already"):
        image.layers.snapshot("first", NOW)
    with pytest.raises(StoreError, match="no snapshot third; there are: first, second"):
        image.layers.revert("third")
    image.close()
    put(path, "THREE")
    assert len(files(path)) == 3
    image = tracks(path)
    assert image.layers.changed("second")
    image.layers.revert("second")
    assert image.layers.changed("second") == []
    image.close()
    assert files(path) == ["ONE DATA", "TWO DATA"]
    image = tracks(path)
    image.layers.revert("first")
    image.close()
    assert files(path) == ["ONE DATA"]
    image = tracks(path)
    image.layers.revert()
    image.close()
    assert files(path) == []


def test_commit_writes_the_base_and_empties_the_overlay(base: Path) -> None:
    path = overlaid(base)
    put(path, "ONE")
    assert commit_overlay(path, open_image) > 0
    image = tracks(path)
    assert image.layers.changed() == []
    image.close()
    assert files(path) == ["ONE DATA"]
    plain = CkdImage.open(base, read_only=True)
    assert [str(f) for f in EdfDisk.open(CkdBlocks(plain, 4096)).files()] == ["ONE DATA"]


def test_an_interrupted_commit_shows_the_same_disk_and_is_done_again(base: Path) -> None:
    path = overlaid(base)
    put(path, "ONE")

    class Crash(Exception):
        pass

    def progress(done: int, total: int) -> None:
        if done == 1:
            raise Crash

    before = base.read_bytes()
    with pytest.raises(Crash):
        commit_overlay(path, open_image, progress)
    assert base.read_bytes() != before
    assert files(path) == ["ONE DATA"]
    commit_overlay(path, open_image)
    assert files(path) == ["ONE DATA"]


def test_a_base_that_changed_is_refused(base: Path) -> None:
    path = overlaid(base)
    image = CkdImage.open(base)
    image.write_track(0, 0, 0, format_track(0, 0, [(1, b"", b"other")], image.track_length))
    image.close()
    with pytest.raises(BadImage, match="changed since"):
        open_image(path)
    base.unlink()
    with pytest.raises(ImageError, match="cannot be opened"):
        open_image(path)


def test_one_writer_of_overlay_and_base(base: Path) -> None:
    path = overlaid(base)
    image = tracks(path)
    with pytest.raises(ImageInUse):
        open_image(path)
    with pytest.raises(ImageInUse):
        CkdImage.open(base)
    reader = tracks(path, read_only=True)
    with pytest.raises(StoreError, match="read-only"):
        reader.write_track(0, 0, 0, b"x")
    reader.close()
    image.close()
    CkdImage.open(base).close()


def test_overlays_over_compressed_images_and_over_overlays(base: Path, tmp_path: Path) -> None:
    plain = CkdImage.open(base, read_only=True)
    write_cckd(tmp_path / "small.cckd", plain)
    create_overlay(tmp_path / "one.cow", tmp_path / "small.cckd", open_image)
    put(tmp_path / "one.cow", "ONE")
    create_overlay(tmp_path / "two.cow", tmp_path / "one.cow", open_image)
    put(tmp_path / "two.cow", "TWO")
    assert files(tmp_path / "two.cow") == ["ONE DATA", "TWO DATA"]
    with pytest.raises(StoreError, match="nothing can be committed"):
        commit_overlay(tmp_path / "one.cow", open_image)


def test_sectors(tmp_path: Path) -> None:
    path = tmp_path / "base.fba"
    FbaImage.create(path, "3310", 1003).close()
    create_overlay(tmp_path / "o.cow", path, open_image)
    image = open_image(tmp_path / "o.cow")
    assert isinstance(image, OverlayBlocks)
    EdfDisk.format(FbaBlocks(image, 512), "FBA", lambda: NOW)
    image.write(1001, b"\xff" * 1024)
    assert image.read(1000, 3) == bytes(512) + b"\xff" * 1024
    image.close()
    commit_overlay(tmp_path / "o.cow", open_image)
    assert path.read_bytes()[-1024:] == b"\xff" * 1024


def test_nonsense_in_the_database_is_an_image_error(base: Path) -> None:
    path = overlaid(base)
    data = bytearray(path.read_bytes())
    data[68:72] = b"none"
    path.write_bytes(data)
    with pytest.raises(BadImage, match="application"):
        open_image(path)
    path.write_bytes(data[:20] + b"garbage" * 100)
    with pytest.raises(ImageError):
        open_image(path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(16, 24_000), st.integers(0, 255), st.booleans())
def test_random_damage_is_an_image_error_or_nothing(base: Path, at: int, byte: int, cut: bool) -> None:
    path = base.with_suffix(".cow")
    whole = base.with_suffix(".whole")
    if not whole.exists():
        put(overlaid(base), "ONE")
        whole.write_bytes(path.read_bytes())
    data = bytearray(whole.read_bytes())
    data[at % len(data)] = byte
    for extra in ("-wal", "-shm"):
        Path(f"{path}{extra}").unlink(missing_ok=True)
    path.write_bytes(data[: at % len(data)] if cut else data)
    try:
        image = open_image(path)
        for cylinder in range(2):
            for head in range(30):
                image.read_track(cylinder, head)  # type: ignore[union-attr]
        image.write_track(0, 0, 0, b"\0")  # type: ignore[union-attr]
        image.close()
    except ImageError:
        return


def test_what_was_written_survives_kill(base: Path) -> None:
    path = overlaid(base)
    program = f"""
import os, signal
from vm370.images.opening import open_image
image = open_image({str(path)!r})
for n in range(40):
    image.write_track(n // 30, n % 30, 100, bytes([n + 1]) * 50)
os.kill(os.getpid(), signal.SIGKILL)
"""
    result = subprocess.run([sys.executable, "-c", program], env=os.environ)
    assert result.returncode == -signal.SIGKILL
    image = tracks(path)
    assert [image.read_track(n // 30, n % 30)[100:150] for n in range(40)] == [bytes([n + 1]) * 50 for n in range(40)]
    image.close()
