"""CMS disks with 800-byte blocks: files come back, changes are whole, damage is told, genuine disks are sound."""

from __future__ import annotations

import contextlib
import os
import random
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vm370.images.cdf.blocks800 import BLOCK, CP67_BLOCK, CdfBlocks
from vm370.images.cdf.check import check
from vm370.images.cdf.disk import CdfDisk
from vm370.images.cdf.layout import Fst, Mfd
from vm370.images.ckd import CkdImage, counts
from vm370.images.errors import (
    BadImage,
    DiskFull,
    FileExists,
    FileNotOnDisk,
    FileSystemError,
    GeometryError,
    ImageError,
)
from vm370.images.opening import open_image
from vm370.images.stores import TrackStore

GENUINE = Path(os.environ.get("VM370_GENUINE", "/nonexistent"))
NOW = datetime(1979, 7, 4, 13, 45)


def formatted(path: Path, device: str = "3350", cylinders: int = 1, length: int = BLOCK) -> CdfDisk:
    blocks = CdfBlocks(CkdImage.create(path, device, cylinders, overwrite=True), "disk", length)
    blocks.format()
    return CdfDisk.format(blocks, "TEST01", lambda: NOW)


def test_the_mfd_of_an_empty_disk_byte_by_byte(tmp_path: Path) -> None:
    disk = formatted(tmp_path / "d")
    mfd = disk.blocks.read(4)
    assert mfd[:4].hex() == "ffff0000"
    assert mfd[364:384].hex() == "0000023a" + "00000004" + "00000236" + "00000000" + "00000001"
    assert (mfd[384], mfd[599]) == (0xF0, 0x0B)
    assert disk.blocks.read(3)[:12] == "CMS=TEST01".encode("cp037") + bytes(2)


def test_a_directory_entry_byte_by_byte(tmp_path: Path) -> None:
    disk = formatted(tmp_path / "d")
    disk.write("NOTE", "TEXT", [b"\xc1" * 80] * 11, recfm="F", mode="A1")
    fst = disk.blocks.read(disk.mfd.directory[0])[:40]
    link = disk.find("note", "text").chain_link
    assert fst[:16] == b"NOTE    TEXT    ".decode().encode("cp037")
    assert fst[16:28].hex() == "07041345" + "000c" + "0001" + "c1f1" + "000b"
    assert fst[28:40].hex() == f"{link:04x}" + "c600" + "00000050" + "0002" + "f7f9"
    data = disk.blocks.read(link)
    first, second = int.from_bytes(data[80:82]), int.from_bytes(data[82:84])
    assert disk.blocks.read(first) == b"\xc1" * 800
    assert disk.blocks.read(second) == b"\xc1" * 80 + bytes(720)


def test_blocks_of_a_2314_lie_over_two_tracks(tmp_path: Path) -> None:
    disk = formatted(tmp_path / "d", "2314", 2, CP67_BLOCK)
    store = disk.blocks.store
    assert disk.blocks.total == 300
    even = [(c.record, c.cylinder, c.data_length) for c in counts(store.read_track(0, 0))]
    odd = [(c.record, c.cylinder, c.data_length) for c in counts(store.read_track(0, 1))]
    assert even[1:] == [(n, 0, 829) for n in range(1, 8)] + [(8, 0x8000, 414)]
    assert odd[1:] == [(8, 0, 415)] + [(n, 0, 829) for n in range(9, 16)]
    for number in (8, 9, 15, 16, 23):
        disk.blocks.write(number, bytes([number]) * 800)
    assert [disk.blocks.read(n) == bytes([n]) * 800 for n in (8, 9, 15, 16, 23)] == [True] * 5
    assert [(p.track, p.record, p.used) for p in disk.blocks.pieces(23)] == [(2, 8, 414), (3, 8, 386)]


FILES = st.dictionaries(
    st.tuples(st.sampled_from("ABCDEFG"), st.sampled_from(["TEXT", "DATA"])),
    st.one_of(
        st.tuples(st.just("V"), st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=20)),
        st.tuples(st.just("F"), st.lists(st.binary(min_size=7, max_size=7), min_size=1, max_size=500)),
    ),
    max_size=8,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(FILES, FILES, st.sampled_from([("3350", 1, 800), ("2314", 5, 829), ("2314", 5, 800), ("3340-35", 7, 800)]))
def test_random_files_come_back(
    tmp_path: Path,
    first: dict[tuple[str, str], tuple[str, list[bytes]]],
    second: dict[tuple[str, str], tuple[str, list[bytes]]],
    kind: tuple[str, int, int],
) -> None:
    disk = formatted(tmp_path / "d", *kind)
    for files in (first, second):
        with disk.transaction():
            for (name, type_), (recfm, records) in files.items():
                disk.write(name, type_, records, recfm=recfm)
    whole = first | second
    again = CdfDisk.open(CdfBlocks.find(disk.blocks.store))
    assert {(f.filename, f.filetype) for f in again.files()} == whole.keys()
    for key, (recfm, records) in whole.items():
        assert again.find(*key).format == recfm
        assert again.read(*key) == records
        assert again.find(*key).written_at == NOW
    assert check(again.blocks) == []
    for key in whole:
        again.erase(*key)
    assert (again.files(), again.map.used, again.mfd.used) == ([], 4, 4)
    disk.blocks.store.close()


def test_a_file_with_further_chain_links_and_null_blocks(tmp_path: Path) -> None:
    disk = formatted(tmp_path / "d", "3350", 3)
    noise = random.Random(5)
    records = [noise.randbytes(800) if n % 3 else bytes(800) for n in range(60 + 400 + 5)]
    disk.write("LONG", "FILE", records, recfm="F", sparse=True)
    fst = disk.find("LONG", "FILE")
    assert len(disk.place(fst).links) == 3
    assert fst.blocks == sum(map(any, records))
    assert disk.read("LONG", "FILE") == records
    assert check(disk.blocks) == []
    disk.rename(("LONG", "FILE"), ("OTHER", "NAME"), "A2")
    assert (str(disk.files()[0]), disk.files()[0].filemode) == ("OTHER NAME", "A2")


def test_many_files_and_a_map_that_outgrows_the_mfd(tmp_path: Path) -> None:
    disk = formatted(tmp_path / "d", "3350", 5)
    with disk.transaction():
        for number in range(200):
            disk.write(f"F{number}", "DATA", [bytes([number + 1]) * 800] * 8, recfm="F")
    assert disk.mfd.map_blocks
    again = CdfDisk.open(CdfBlocks.find(disk.blocks.store))
    assert again.read("F199", "DATA") == [bytes([200]) * 800] * 8
    assert check(again.blocks) == []
    for number in range(100, 200):
        again.erase(f"F{number}", "DATA")
    assert check(again.blocks) == []


def test_what_is_refused(tmp_path: Path) -> None:
    disk = formatted(tmp_path / "d")
    disk.write("A", "B", [b"x"])
    with pytest.raises(FileExists):
        disk.write("A", "B", [b"y"], replace_old=False)
    with pytest.raises(FileNotOnDisk):
        disk.read("C", "D")
    with pytest.raises(FileSystemError, match="no records"):
        disk.write("C", "D", [])
    with pytest.raises(FileSystemError, match=r"65536 records|too long"):
        disk.write("C", "D", [b"x"] * 65_536, recfm="F")
    with pytest.raises(DiskFull):
        disk.write("C", "D", [bytes([1]) * 800] * 600, recfm="F")
    assert ([str(f) for f in disk.files()], disk.read("A", "B"), check(disk.blocks)) == (["A B"], [b"x"], [])
    with pytest.raises(GeometryError, match="records of 829 bytes on a 3350"):
        CdfBlocks(disk.blocks.store, "d", 829)
    with pytest.raises(GeometryError, match="at most 65531"):
        formatted(tmp_path / "large", "3350", 130)


def test_an_interrupted_change_leaves_the_old_files(tmp_path: Path) -> None:
    writes = 0

    class Dead(Exception):
        pass

    for limit in range(60):
        fresh = formatted(tmp_path / "e")
        fresh.write("KEEP", "ME", [b"old"] * 300)
        writes = 0
        store = fresh.blocks.store
        real = store.write_track

        def counted(c: int, h: int, o: int, d: bytes, limit: int = limit, real: object = real) -> None:
            nonlocal writes
            writes += 1
            if writes > limit:
                raise Dead
            real(c, h, o, d)  # type: ignore[operator]

        store.write_track = counted  # type: ignore[method-assign]
        with contextlib.suppress(Dead):
            fresh.write("KEEP", "ME", [b"new!"] * 400)
        finished = writes <= limit
        store.write_track = real  # type: ignore[method-assign]
        again = CdfDisk.open(CdfBlocks.find(store))
        assert again.read("KEEP", "ME") == ([b"new!"] * 400 if finished else [b"old"] * 300)
        assert check(again.blocks) == []
        store.close()
        if finished:
            return
    raise AssertionError("never finished")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(3, 40), st.integers(0, 799), st.integers(0, 255)), min_size=1, max_size=4))
def test_random_damage_is_told_and_never_hangs(tmp_path: Path, damage: list[tuple[int, int, int]]) -> None:
    path = tmp_path / "d"
    if not path.exists():
        disk = formatted(path)
        disk.write("A", "V", [b"abc" * n for n in range(1, 80)])
        disk.write("B", "F", [b"12345678"] * 1000, recfm="F")
        (tmp_path / "whole").write_bytes(path.read_bytes())
        disk.blocks.store.close()
    path.write_bytes((tmp_path / "whole").read_bytes())
    image = CkdImage.open(path)
    blocks = CdfBlocks.find(image)
    for number, offset, byte in damage:
        data = bytearray(blocks.read(number))
        data[offset] = byte
        blocks.write(number, bytes(data))
    check(blocks)
    with contextlib.suppress(ImageError):
        disk = CdfDisk.open(blocks)
        for fst in disk.files():
            list(disk.records(fst))
        disk.write("NEW", "FILE", [b"x" * 100] * 50)
        for fst in disk.files():
            disk.erase(fst.filename, fst.filetype)
    image.close()


def test_layouts_come_back() -> None:
    mfd = Mfd((5, 6), (7,), 570, 20, 550, 1, bytes(range(215)), 11)
    assert Mfd.parse(mfd.build(), "x") == mfd
    fst = Fst(b"a" * 8, b"b" * 8, b"\xc6", 80, 10, 2, 77).dated(datetime(2001, 2, 3, 4, 5))
    assert Fst.parse(fst.build()) == fst
    with pytest.raises(BadImage, match="without its end"):
        Mfd.parse(bytes(800), "x")


GENUINE_DISKS = [
    ("vm14-0.cckd", 1, 50, "CMS67P", 4),
    ("vm14-0.cckd", 51, 50, "CMS67A", 3),
    ("vm14-1.cckd", 1, 202, "CMS193", 4),
    ("cmsuser_191.ckdc", 0, 0, "CMS191", 9),
    ("cmsuser_192.ckdc", 0, 0, "CMS192", 129),
    ("shared_19D.ckdc", 0, 0, "MNT19D", None),
]


@pytest.mark.parametrize(("name", "start", "size", "label", "files"), GENUINE_DISKS)
def test_genuine_disks_are_sound(name: str, start: int, size: int, label: str, files: int | None) -> None:
    if not (GENUINE / name).exists():
        pytest.skip(f"VM370_GENUINE names no folder with {name}")
    image = open_image(GENUINE / name, read_only=True)
    assert isinstance(image, TrackStore)
    blocks = CdfBlocks.find(image.extent(start, size) if size else image)
    disk = CdfDisk.open(blocks)
    assert disk.volume == label
    assert files is None or len(disk.files()) == files
    assert [finding for finding in check(blocks) if finding.kind not in ("name", "lost")] == []
