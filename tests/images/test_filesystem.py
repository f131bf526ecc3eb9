"""Every kind of CMS file system through the one interface: files come back, damage is repaired and told."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vm370.images.ckd import CkdImage
from vm370.images.errors import BadImage, GeometryError, ImageError
from vm370.images.fba import FbaImage
from vm370.images.filesystem import FileSystem, check_file_system, format_file_system, open_file_system
from vm370.images.repair import repair_file_system
from vm370.images.scratch import scratch
from vm370.images.stores import BlockStore, TrackStore

NOW = datetime(1984, 5, 6, 7, 8)
Store = TrackStore | BlockStore
#         kind, block size, device, size
DISKS = [
    ("edf", 512, "3350", 1),
    ("edf", 1024, "3370", 900),
    ("edf", 4096, "2314", 3),
    ("cdf", 800, "3350", 1),
    ("cdf", 800, "2314", 2),
    ("cp67", 800, "2314", 2),
]
Files = dict[tuple[str, str], tuple[str, list[bytes]]]


def clock() -> datetime:
    return NOW


def made(path: Path, kind: str, block_size: int, device: str, size: int) -> Store:
    image: Store
    if device == "3370":
        image = FbaImage.create(path, device, size, overwrite=True)
    else:
        image = CkdImage.create(path, device, size, overwrite=True)
    disk = format_file_system(image, "TEST", kind, block_size, clock=clock)
    assert (disk.kind, disk.volume, disk.blocks.size) == (kind, "TEST", block_size)
    return image


def contents(disk: FileSystem) -> Files:
    return {(f.filename, f.filetype): (f.format, list(disk.records(f))) for f in disk.files()}


names = st.text("ABCXYZ019$#@", min_size=1, max_size=8)
record = st.binary(min_size=1, max_size=300)
fixed = st.integers(1, 200).flatmap(
    lambda n: st.tuples(st.just("F"), st.lists(st.binary(min_size=n, max_size=n), min_size=1, max_size=30))
)
variable = st.tuples(st.just("V"), st.lists(record, min_size=1, max_size=30))
trees = st.dictionaries(st.tuples(names, names), st.one_of(fixed, variable), max_size=12)


@pytest.mark.parametrize("made_as", DISKS, ids=lambda row: f"{row[0]}{row[1]}-{row[2]}")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees)
def test_any_tree_comes_back(tmp_path: Path, made_as: tuple[str, int, str, int], tree: Files) -> None:
    store = made(tmp_path / "d", *made_as)
    disk = open_file_system(store, clock=clock)
    with disk.transaction():
        for (name, kind), (recfm, records) in tree.items():
            disk.write(name, kind, records, recfm=recfm)
    again = open_file_system(store)
    assert contents(again) == tree
    assert {f.written_at for f in again.files()} <= {NOW}
    assert check_file_system(store) == []
    for name, kind in list(tree)[::2]:
        again.erase(name, kind)
    assert contents(open_file_system(store)) == dict(list(tree.items())[1::2])
    store.close()


def test_what_is_no_cms_disk(tmp_path: Path) -> None:
    image = CkdImage.create(tmp_path / "d", "3350", 1)
    with pytest.raises(BadImage, match="a track without R1, expected a CMS disk, whose R1 has 512, 800, 829, 1024"):
        open_file_system(image)
    assert [f.kind for f in check_file_system(image)] == ["structure"]
    with pytest.raises(GeometryError, match="expected one of edf cdf cp67"):
        format_file_system(image, "X", "fat")
    image.close()
    blocks = FbaImage.create(tmp_path / "f", "3370", 100)
    with pytest.raises(GeometryError, match="FBA disks have edf"):
        format_file_system(blocks, "X", "cdf")


def test_more_blocks_than_a_cdf_disk_can_have(tmp_path: Path) -> None:
    image = CkdImage.create(tmp_path / "d", "3350", 116)
    before = image.read_track(0, 0)
    with pytest.raises(GeometryError, match="66120 blocks, a disk of this kind has at most 65531"):
        format_file_system(image, "X", "cdf")
    assert image.read_track(0, 0) == before


# repair


def filled(store: Store) -> Files:
    disk = open_file_system(store, clock=clock)
    rng = random.Random(5)
    with disk.transaction():
        for number in range(8):
            records = [rng.randbytes(rng.randrange(1, 120)) for _ in range(30)]
            disk.write(f"VAR{number}", "DATA", records)
            disk.write(f"FIX{number}", "DATA", [rng.randbytes(100) for _ in range(40)], recfm="F")
    return contents(disk)


Damage = Callable[[FileSystem], None]


def clear_map(disk: FileSystem) -> None:
    if disk.kind == "edf":
        number = disk._map_data[0]  # type: ignore[attr-defined]
        disk.blocks.write(number, bytes(disk.blocks.size))
    else:
        block = bytearray(disk.blocks.read(4))
        block[384:400] = bytes(16)
        disk.blocks.write(4, bytes(block))


def wrong_counts(disk: FileSystem) -> None:
    if disk.kind == "edf":
        label = bytearray(disk.blocks.read_label())
        label[32:36] = (3).to_bytes(4)
        disk.blocks.write_label(bytes(label))
    else:
        block = bytearray(disk.blocks.read(4))
        block[368:376] = bytes(8)
        disk.blocks.write(4, bytes(block))


@pytest.mark.parametrize("made_as", DISKS, ids=lambda row: f"{row[0]}{row[1]}-{row[2]}")
@pytest.mark.parametrize("damage", [clear_map, wrong_counts])
def test_map_and_counts_are_rebuilt_and_no_file_is_lost(
    tmp_path: Path, made_as: tuple[str, int, str, int], damage: Damage
) -> None:
    store = made(tmp_path / "d", *made_as)
    files = filled(store)
    damage(open_file_system(store))
    trial = repair_file_system(scratch(store), clock=clock)
    assert trial.findings
    assert trial.left == []
    assert check_file_system(store) == trial.findings
    report = repair_file_system(store, clock=clock)
    assert report == trial
    assert {action.kind for action in report.actions} == {"rebuilt"}
    assert contents(open_file_system(store)) == files
    disk = open_file_system(store, clock=clock)
    disk.write("ONE", "MORE", [b"x" * 800] * 5)
    assert check_file_system(store) == []
    assert repair_file_system(store).actions == []


@pytest.mark.parametrize("made_as", DISKS, ids=lambda row: f"{row[0]}{row[1]}-{row[2]}")
def test_a_file_that_cannot_be_read_is_dropped_and_one_that_shares_blocks_is_copied(
    tmp_path: Path, made_as: tuple[str, int, str, int]
) -> None:
    store = made(tmp_path / "d", *made_as)
    files = filled(store)
    disk = open_file_system(store, clock=clock)
    entries = {(f.filename, f.filetype): f.build() for f in disk.files()}
    twin, other, lost = entries["FIX0", "DATA"], entries["FIX1", "DATA"], entries["VAR2", "DATA"]
    pointers = slice(28, 30) if disk.kind != "edf" else slice(40, 44)
    replaced = {
        other: other[: pointers.start] + twin[pointers] + other[pointers.stop :],
        lost: lost[: pointers.start] + b"\x3f" * (pointers.stop - pointers.start) + lost[pointers.stop :],
    }
    for number in range(1, disk.total + 1):
        block = disk.blocks.read(number)
        for old, new in replaced.items():
            block = block.replace(old, new)
        disk.blocks.write(number, block)
    report = repair_file_system(store, clock=clock)
    assert {(a.kind, a.file) for a in report.actions if a.file} == {("copied", "FIX1 DATA"), ("dropped", "VAR2 DATA")}
    assert report.left == []
    files["FIX1", "DATA"] = files["FIX0", "DATA"]
    del files["VAR2", "DATA"]
    assert contents(open_file_system(store)) == files


@pytest.mark.parametrize("made_as", DISKS, ids=lambda row: f"{row[0]}{row[1]}-{row[2]}")
def test_random_damage_ends_in_findings_and_repair_in_a_sound_disk(
    tmp_path: Path, made_as: tuple[str, int, str, int]
) -> None:
    store = made(tmp_path / "d", *made_as)
    filled(store)
    disk = open_file_system(store)
    sound = {number: disk.blocks.read(number) for number in range(1, disk.total + 1)}
    used = [number for number, data in sound.items() if any(data)]
    rng = random.Random(9)
    repaired = 0
    for _ in range(16):
        first, second = rng.choice(used[: rng.choice((12, 800))]), rng.choice(used)
        if rng.random() < 0.3:
            damaged = {first: sound[second], second: sound[first]}
        else:
            block = bytearray(sound[first])
            for _ in range(rng.choice((1, 1, 4))):
                block[rng.randrange(rng.choice((200, len(block))))] = rng.randrange(256)
            damaged = {first: bytes(block)}
        for number, data in damaged.items():
            disk.blocks.write(number, data)
        trial = scratch(store)
        check_file_system(trial)
        with contextlib.suppress(ImageError):
            contents(open_file_system(trial))
        try:
            report = repair_file_system(trial, clock=clock)
        except ImageError:
            pass
        else:
            assert report.left == []
            contents(open_file_system(trial))
            repaired += bool(report.findings)
        for number in damaged:
            disk.blocks.write(number, sound[number])
    assert repaired
