"""OS volumes: VTOC, sequential and partitioned data sets; the same as Hercules' utilities see."""

from __future__ import annotations

import random
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from tests.images.os import oskit
from vm370.images.ckd import CkdImage, format_track
from vm370.images.cpvolume import Area, CpVolume, areas, build_map
from vm370.images.errors import BadImage, FileNotOnDisk, ImageError
from vm370.images.os import OsVolume
from vm370.images.os.layout import Format1, Format4, members
from vm370.tools.cli import main


@pytest.fixture
def path(tmp_path: Path) -> Path:
    oskit.volume(tmp_path / "os.ckd").close()
    return tmp_path / "os.ckd"


def test_the_vtoc(path: Path) -> None:
    volume = OsVolume(CkdImage.open(path, read_only=True), "os")
    assert (volume.volser, volume.format4.free_dscbs, volume.free_tracks()) == ("OSVOL1", 7, 16)
    shown = [(d.name, d.dsorg, d.recfm, d.lrecl, d.block_length, d.tracks) for d in volume.data_sets()]
    assert shown == [
        ("TEST.NONE", "PS", "FB", 80, 800, 1),
        ("TEST.PDS", "PO", "FB", 80, 800, 21),
        ("TEST.SEQ", "PS", "FB", 80, 800, 1),
        ("TEST.SPAN", "PS", "VBS", 200, 40, 1),
        ("TEST.VAR", "PS", "VB", 200, 400, 1),
    ]
    assert volume.find("test.seq").created == date(1974, 9, 14)
    with pytest.raises(FileNotOnDisk, match=r"data set TEST\.X is not on volume OSVOL1"):
        volume.find("TEST.X")


def test_records(path: Path) -> None:
    volume = OsVolume(CkdImage.open(path, read_only=True), "os")
    assert list(volume.records(volume.find("TEST.SEQ"))) == oskit.cards("SEQ", 10) + oskit.cards("SEQ", 3)
    assert list(volume.records(volume.find("TEST.VAR"))) == oskit.VARIABLE
    assert list(volume.records(volume.find("TEST.SPAN"))) == oskit.SPANNED
    assert list(volume.records(volume.find("TEST.NONE"))) == []
    pds = volume.find("TEST.PDS")
    found = volume.members(pds)
    assert [(m.name, m.alias, m.user_data) for m in found] == [
        ("ALPHA", False, b""),
        ("BETA", False, b"\1\2"),
        ("GAMMA", False, b""),
    ]
    assert {m.name: list(volume.records(pds, m.name)) for m in found} == oskit.MEMBERS
    with pytest.raises(ImageError, match="is partitioned; name a member"):
        volume.records(pds)
    with pytest.raises(FileNotOnDisk, match="no member DELTA"):
        volume.records(pds, "DELTA")
    with pytest.raises(ImageError, match=r"TEST\.SEQ is PS, it has no members"):
        volume.members(volume.find("TEST.SEQ"))


def test_dscbs_come_back() -> None:
    extents = [oskit.extent((1, 2), (3, 4))]
    for form, data in (
        (Format1, oskit.format1("A.B", 0x200, 0x90, 800, 80, extents, (1, 2))),
        (Format4, oskit.format4(extents[0])),
    ):
        assert form.build(form.parse(data)) == data


def test_the_tool(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["disk", "ls", str(path)]) == 0
    assert "PO    FB       80     800       2     21 1974-09-14 TEST.PDS\n" in capsys.readouterr().out
    out = tmp_path / "out"
    assert main(["disk", "get", str(path), "TEST.SEQ", "TEST.PDS(A*)", str(out)]) == 0
    assert (out / "test.seq").read_text().splitlines()[-1] == "SEQ 2"
    assert [p.name for p in (out / "test.pds").iterdir()] == ["alpha"]
    assert main(["disk", "get", str(path), "--all", "--binary", str(out)]) == 0
    assert (out / "test.pds/beta").read_bytes() == b"".join(oskit.MEMBERS["BETA"])
    assert main(["disk", "get", str(path), "TEST.PDS(X)", str(out)]) == 1
    assert main(["disk", "info", str(path)]) == 0
    assert "data sets   5" in capsys.readouterr().out


def test_damage_ends_in_errors_only(path: Path, tmp_path: Path) -> None:
    sound = path.read_bytes()
    rng = random.Random(11)
    tracks = [512 + n * 13312 for n in (0, 1, 19, 20, 21, 22, 23)]
    damaged = tmp_path / "x.ckd"
    for _ in range(40):
        data = bytearray(sound)
        for _ in range(rng.choice((1, 3, 20))):
            data[rng.choice(tracks) + rng.randrange(rng.choice((100, 1200)))] = rng.randrange(256)
        damaged.write_bytes(data)
        for words in (["ls"], ["info"], ["get", "--all", "--binary"]):
            target = [str(tmp_path / "o")] if words[0] == "get" else []
            assert main(["disk", words[0], str(damaged), *words[1:], *target]) in (0, 1)


def test_a_directory_block_that_is_cut() -> None:
    assert members(bytes(256)) == ([], False)
    assert members((300).to_bytes(2) + b"\xc1" * 254)[1] is False


def test_allocation_maps_of_cp(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = (Area("PERM", 0, 1), Area("DRCT", 2, 2), Area("TEMP", 3, 4), Area("X'09'", 5, 5))
    table = build_map(found)
    assert table[:7].hex() == "010104000009ff"
    assert areas(table) == found
    image = CkdImage.create(tmp_path / "cp.ckd", "3350", 6)
    label = oskit.ebcdic("VOL1CPVOL1", 80)
    records = [(1, b"", bytes(24)), (2, b"", bytes(4096)), (3, oskit.ebcdic("VOL1", 4), label), (4, b"", table)]
    image.write_track(0, 0, 0, format_track(0, 0, records, image.track_length))
    pages = [(number, b"", bytes(4096)) for number in range(1, 5)]
    image.write_track(2, 0, 0, format_track(2, 0, pages, image.track_length))
    volume = CpVolume.open(image)
    assert (volume.volser, volume.areas, volume.pages(image, "DRCT")) == ("CPVOL1", found, 4)
    image.write_track(0, 0, 0, format_track(0, 0, records[:3], image.track_length))
    with pytest.raises(BadImage, match="found no R4, expected R4 of 1024 bytes"):
        CpVolume.open(image)
    image.write_track(0, 0, 0, format_track(0, 0, records, image.track_length))
    image.close()
    assert main(["disk", "info", str(tmp_path / "cp.ckd")]) == 0
    assert "kind DRCT  first 2  last 2  cylinders 1" in capsys.readouterr().out


# Hercules


def hercules(name: str) -> str:
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} of Hercules is not installed")
    return program


def test_dasdls_and_dasdcat_see_the_same(path: Path) -> None:
    listing = subprocess.run([hercules("dasdls"), str(path)], capture_output=True, text=True, check=True).stdout
    names = [line.strip() for line in listing.splitlines() if line.startswith("TEST.")]
    volume = OsVolume(CkdImage.open(path, read_only=True), "os")
    assert sorted(names) == [item.name for item in volume.data_sets()]
    for name, records in oskit.MEMBERS.items():
        words = [hercules("dasdcat"), "-i", str(path), f"TEST.PDS/{name}"]
        shown = subprocess.run(words, capture_output=True, check=False).stdout  # its exit code is 1 in any case
        assert shown == b"".join(records)


def test_dasdpdsu_unloads_the_same(path: Path, tmp_path: Path) -> None:
    words = [hercules("dasdpdsu"), str(path), "TEST.PDS"]
    subprocess.run(words, cwd=tmp_path, capture_output=True, check=True)
    for name, records in oskit.MEMBERS.items():
        assert (tmp_path / f"{name.lower()}.mac").read_bytes() == b"".join(records)


def test_a_volume_that_dasdload_made(tmp_path: Path) -> None:
    cards = oskit.cards("LINE", 25)
    (tmp_path / "t.bin").write_bytes(b"".join(cards))
    control = "OSVOL1 3350 4\nTEST.SEQ SEQ t.bin CYL 1 0 0 PS FB 80 800 0\nTEST.PDS EMPTY CYL 1 0 5 PO FB 80 3120 0\n"
    (tmp_path / "ctl").write_text(control + "SYS1.VTOC VTOC CYL 1\n")
    subprocess.run([hercules("dasdload"), "ctl", "v.ckd"], cwd=tmp_path, capture_output=True, check=True)
    volume = OsVolume(CkdImage.open(tmp_path / "v.ckd", read_only=True), "v")
    assert [(d.name, d.recfm, d.tracks) for d in volume.data_sets()] == [("TEST.PDS", "FB", 30), ("TEST.SEQ", "FB", 30)]
    assert list(volume.records(volume.find("TEST.SEQ"))) == cards
    assert volume.members(volume.find("TEST.PDS")) == []
