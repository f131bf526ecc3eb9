"""Volumes and links: the table of access modes, extents, missing and unfit volumes, temporary disks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from vm370.cp import minidisks
from vm370.cp.directory import MdiskStatement
from vm370.cp.messages import FilledMessage
from vm370.cp.minidisks import NotLinked, Volumes, volumes_needed
from vm370.images.cckd import write_cckd
from vm370.images.ckd import CkdImage, format_track
from vm370.images.fba import FbaImage
from vm370.images.opening import open_image
from vm370.images.overlay import create_overlay
from vm370.images.stores import StoreError, TrackStore

DISK = MdiskStatement(1, 0x191, "3350", 1, 1, "VOL001")
BLOCKS = MdiskStatement(1, 0x192, "FB-512", 20, 30, "FBAVOL")


@pytest.fixture
def volumes(tmp_path: Path) -> Iterator[Volumes]:
    CkdImage.create(tmp_path / "VOL001.ckd", "3350", 3, volser="VOL001").close()
    FbaImage.create(tmp_path / "fbavol.fba", "3310", 100, volser="FBAVOL").close()
    volumes = Volumes(tmp_path)
    yield volumes
    volumes.close()


def text(answer: str | FilledMessage) -> str:
    return answer if isinstance(answer, str) else f"{answer.code} {answer.text}"


# VM/370 CP command LINK, "Current existing links": none, R, W
@pytest.mark.parametrize(
    ("mode", "alone", "beside_reader", "beside_writer"),
    [
        ("R", "R", "R", "-"),
        ("RR", "R", "R", "R"),
        ("W", "W", "-", "-"),
        ("WR", "W", "R", "R"),
        ("M", "W", "W", "-"),
        ("MR", "W", "W", "R"),
        ("MW", "W", "W", "W"),
    ],
)
def test_access(volumes: Volumes, mode: str, alone: str, beside_reader: str, beside_writer: str) -> None:
    for other, expected in ((None, alone), ("RR", beside_reader), ("MW", beside_writer)):
        store = volumes.link("HANS", DISK, "OTTO", 0x291, other)[0] if other else None
        if expected == "-":
            with pytest.raises(NotLinked):
                volumes.link("HANS", DISK, "EMIL", 0x391, mode)
            assert volumes.find("EMIL", 0x391) is None
        else:
            mine, _ = volumes.link("HANS", DISK, "EMIL", 0x391, mode)
            link = volumes.find("EMIL", 0x391)
            assert link is not None
            assert (link.write, mine.read_only) == (expected == "W", expected == "R")
            mine.close()
        if store is not None:
            store.close()
        assert volumes.links(DISK) == []


@pytest.mark.parametrize(
    ("others", "mode", "response"),
    [
        ("", "RR", "DASD 391 LINKED R/O"),
        ("", "W", "DASD 391 LINKED R/W"),
        ("R", "R", "DASD 391 LINKED R/O"),
        ("R", "M", "DASD 391 LINKED R/W;R/O BY U0"),
        ("RR", "M", "DASD 391 LINKED R/W;R/O BY 002 USERS"),
        ("W", "RR", "DASD 391 LINKED R/O;R/W BY U0"),
        ("WRR", "RR", "DASD 391 LINKED R/O;R/W BY U0;R/O BY 002 USERS"),
        ("WR", "MW", "DASD 391 LINKED R/W;R/W BY U0;R/O BY U1"),
        ("R", "WR", "DMKLNK101W DEV 391 FORCED R/O;R/O BY U0"),
        ("WW", "MR", "DMKLNK102W DEV 391 FORCED R/O;R/W BY 002 USERS"),
        ("WR", "WR", "DMKLNK103W DEV 391 FORCED R/O;R/W BY U0;R/O BY U1"),
        ("W", "R", "DMKLNK105E HANS 191 NOT LINKED;R/W BY U0"),
        ("R", "W", "DMKLNK104E HANS 191 NOT LINKED;R/O BY U0"),
        ("WR", "M", "DMKLNK106E HANS 191 NOT LINKED;R/W BY U0;R/O BY U1"),
    ],
)
def test_what_cp_says(volumes: Volumes, others: str, mode: str, response: str) -> None:
    for number, other in enumerate(others):
        volumes.link("HANS", DISK, f"U{number}", 0x191, {"R": "RR", "W": "MW"}[other])
    try:
        answer = text(volumes.link("HANS", DISK, "EMIL", 0x391, mode)[1])
    except NotLinked as refused:
        answer = text(refused.message)
    assert answer == response


def test_same_extent_of_another_entry_is_the_same_disk(volumes: Volumes) -> None:
    volumes.link("HANS", DISK, "HANS", 0x191, "W")
    with pytest.raises(NotLinked, match="OTTO 555 NOT LINKED;R/W BY HANS"):
        volumes.link("OTTO", MdiskStatement(9, 0x555, "3350", 1, 1, "VOL001"), "OTTO", 0x555, "W")
    volumes.link("OTTO", MdiskStatement(9, 0x555, "3350", 2, 1, "VOL001"), "OTTO", 0x555, "W")


def test_writers_share_the_bytes_of_the_volume(volumes: Volumes, tmp_path: Path) -> None:
    one, _ = volumes.link("HANS", DISK, "HANS", 0x191, "MW")
    two, _ = volumes.link("HANS", DISK, "OTTO", 0x291, "RR")
    track = format_track(0, 3, [(1, b"", b"hello")], one.track_length)
    one.write_track(0, 3, 0, track)
    assert two.read_track(0, 3) == track
    with CkdImageReader(tmp_path / "VOL001.ckd") as image:
        assert b"hello" in image.read_track(1, 3)


class CkdImageReader:
    """Another look at the file."""

    def __init__(self, path: Path) -> None:
        self.image = CkdImage.open(path, read_only=True)

    def __enter__(self) -> CkdImage:
        return self.image

    def __exit__(self, *error: object) -> None:
        self.image.close()


def test_blocks_and_their_bounds(volumes: Volumes, tmp_path: Path) -> None:
    store, answer = volumes.link("HANS", BLOCKS, "HANS", 0x192, "W")
    assert answer == "DASD 192 LINKED R/W"
    store.write(0, b"\xab" * 512)
    assert (tmp_path / "fbavol.fba").read_bytes()[20 * 512 : 21 * 512] == b"\xab" * 512
    with pytest.raises(StoreError):
        store.read(30, 1)


@pytest.mark.parametrize(
    ("disk", "message"),
    [
        (MdiskStatement(1, 0x191, "3350", 1, 1, "GONE"), "HANS 191 NOT LINKED; VOLID GONE NOT MOUNTED"),
        (MdiskStatement(1, 0x191, "3330", 1, 1, "VOL001"), "HANS 191 NOT LINKED; VOLID VOL001 CONFLICT"),
        (MdiskStatement(1, 0x191, "FB-512", 1, 1, "VOL001"), "HANS 191 NOT LINKED; VOLID VOL001 CONFLICT"),
        (MdiskStatement(1, 0x191, "3350", 1, 1, "FBAVOL"), "HANS 191 NOT LINKED; VOLID FBAVOL CONFLICT"),
        (MdiskStatement(1, 0x191, "3350", 2, 2, "VOL001"), "HANS 191 NOT LINKED; VOLID VOL001 CONFLICT"),
        (MdiskStatement(1, 0x191, "3350", 1, 1, "BROKEN"), "HANS 191 NOT LINKED; VOLID BROKEN NOT MOUNTED"),
    ],
)
def test_volumes_that_do_not_fit(volumes: Volumes, tmp_path: Path, disk: MdiskStatement, message: str) -> None:
    (tmp_path / "BROKEN.ckd").write_bytes(b"nonsense")
    with pytest.raises(NotLinked) as refused:
        volumes.link("HANS", disk, "HANS", 0x191, "W")
    assert refused.value.message.text == message
    assert volumes.links(disk) == []


def test_a_volume_in_use_elsewhere_is_not_mounted_until_it_is_free(volumes: Volumes, tmp_path: Path) -> None:
    other = CkdImage.open(tmp_path / "VOL001.ckd")
    with pytest.raises(NotLinked, match="NOT MOUNTED"):
        volumes.link("HANS", DISK, "HANS", 0x191, "W")
    other.close()
    volumes.link("HANS", DISK, "HANS", 0x191, "W")
    assert volumes.mounted() == ["VOL001"]


def test_temporary_disk_leaves_nothing(volumes: Volumes, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    disk = MdiskStatement(0, 0x195, "3350", 0, 2, "")
    store = volumes.temporary(disk, "HANS", 0x195)
    assert sorted(tmp_path.iterdir()) == before
    assert (store.cylinders, store.heads, store.read_only) == (2, 30, False)
    track = format_track(1, 29, [(1, b"", b"data")], store.track_length)
    store.write_track(1, 29, 0, track)
    assert store.read_track(1, 29) == track
    other = volumes.temporary(disk, "OTTO", 0x195)
    assert b"data" not in other.read_track(1, 29)
    store.close()
    assert volumes.find("HANS", 0x195) is None
    assert volumes.find("OTTO", 0x195) is not None


def test_temporary_space_is_limited(volumes: Volumes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minidisks, "TEMPORARY_SPACE", 1000 * 512)
    first = volumes.temporary(MdiskStatement(0, 0x195, "FB-512", 0, 600, ""), "HANS", 0x195)
    second = MdiskStatement(0, 0x196, "FB-512", 0, 401, "")
    with pytest.raises(NotLinked, match="DASD 196 NOT DEFINED; TEMP SPACE NOT AVAILABLE"):
        volumes.temporary(second, "HANS", 0x196)
    first.close()
    volumes.temporary(second, "HANS", 0x196)


def test_temporary_blocks(volumes: Volumes) -> None:
    store = volumes.temporary(MdiskStatement(0, 0x195, "FB-512", 0, 300_000, ""), "HANS", 0x195)
    assert (store.sectors, store.read(299_999, 1)) == (300_000, bytes(512))


def test_volumes_needed() -> None:
    disks = [
        DISK,
        MdiskStatement(2, 0x192, "3350", 5, 10, "VOL001"),
        BLOCKS,
        MdiskStatement(0, 0x195, "3350", 0, 9, ""),
    ]
    assert volumes_needed(disks) == {"VOL001": ("3350", 15), "FBAVOL": ("FB-512", 50)}


def test_findings_tell_which_volumes_cannot_be_used(volumes: Volumes, tmp_path: Path) -> None:
    assert volumes.findings([DISK, BLOCKS]) == []
    missing = MdiskStatement(1, 0x193, "3350", 1, 1, "NOVOL")
    (tmp_path / "VOL001.ckd").write_bytes(b"nonsense" * 100)
    absent, broken = volumes.findings([missing, DISK, BLOCKS])
    assert absent == f"{tmp_path}: found no NOVOL.ckd or NOVOL.fba"
    assert broken.startswith(f"{tmp_path / 'VOL001.ckd'}: offset 0")
    assert volumes.mounted() == []


def test_an_overlay_stands_before_its_image_and_compressed_volumes_are_read_only(tmp_path: Path) -> None:
    image = CkdImage.create(tmp_path / "VOL001.ckd", "3350", 3, volser="VOL001")
    write_cckd(tmp_path / "VOL002.cckd", image)
    image.close()
    create_overlay(tmp_path / "VOL001.cow", tmp_path / "VOL001.ckd", open_image)
    before = (tmp_path / "VOL001.ckd").read_bytes()
    volumes = Volumes(tmp_path)
    assert volumes.findings([DISK]) == []
    store, answer = volumes.link("HANS", DISK, "OTTO", 0x191, "W")
    assert text(answer) == "DASD 191 LINKED R/W"
    assert isinstance(store, TrackStore)
    track = format_track(0, 0, [(1, b"", b"changed")], store.track_length)
    store.write_track(0, 0, 0, track)
    store.close()
    store, answer = volumes.link("HANS", replace(DISK, volser="VOL002"), "OTTO", 0x192, "W")
    assert "DEV 192 FORCED R/O; VOLID VOL002 IS MOUNTED R/O" in text(answer)
    assert store.read_only
    volumes.close()
    assert (tmp_path / "VOL001.ckd").read_bytes() == before
    again = Volumes(tmp_path)
    store, _ = again.link("HANS", DISK, "OTTO", 0x191, "R")
    assert isinstance(store, TrackStore)
    assert store.read_track(0, 0) == track
    again.close()
