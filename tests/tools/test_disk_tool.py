"""`vm370 disk` beyond a single EDF image: other file systems, minidisks of the directory, states, repair, dumps."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vm370.tools.cli import main
from vm370.tools.disk import api
from vm370.tools.disk.transfer import Form

GENUINE = Path(os.environ.get("VM370_GENUINE", "/nonexistent"))
DIRECTORY = """\
DIRECTORY 123 3330 VOL001
USER MAINT CPCMS
MDISK 191 3330 1 2 VOL001 MR
MDISK 19E 3330 3 2 VOL001 MR
MDISK 195 3330 1 2 VOL009 MR
MDISK 192 3330 T-DISK 1
"""


def disk(*words: object) -> int:
    return main(["disk", *map(str, words)])


def answer(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> Any:
    capsys.readouterr()
    assert disk(*words, "--json") == code
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "in"
    place.mkdir()
    (place / "note.txt").write_text("one\n\n  three\n")
    (place / "profile.exec").write_text("&CONTROL OFF\n")
    return place


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "d.ckd"
    assert disk("create", path, "--type", "2314", "--cylinders", 2) == 0
    assert disk("format", path, "--label", "demo", "--kind", "cp67") == 0
    return path


def test_all_files_come_out_also_those_that_are_no_text(
    image: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deck = bytes.fromhex("02C5E2C4") + bytes(range(76))
    (tmp_path / "prog.text").write_bytes(deck)
    assert disk("put", image, folder) == 0
    assert disk("put", image, tmp_path / "prog.text", "--binary") == 0
    capsys.readouterr()
    assert disk("get", image, "--all", tmp_path / "out") == 0
    assert capsys.readouterr().err == "vm370 disk: no text, written as they are: prog.text\n"
    assert (tmp_path / "out/prog.text").read_bytes() == deck
    assert (tmp_path / "out/note.txt").read_text() == "one\n\n  three\n"
    assert disk("get", image, "PROG", "TEXT", tmp_path / "out") == 1
    assert "get the file as binary" in capsys.readouterr().err


def test_code_pages_and_characters_that_do_not_fit(
    image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "preis.txt").write_text("5 € für [x]\n")
    assert disk("put", image, tmp_path / "preis.txt") == 1
    assert "preis.txt:1:3: found" in capsys.readouterr().err
    assert disk("put", image, tmp_path / "preis.txt", "--codepage", "1141") == 0
    with api.open_disk(image) as opened:
        assert opened.read("PREIS", "TXT") == [bytes.fromhex("f5409f4086d0994063a7fc")]  # 1141: Euro 9F, u umlaut D0
    assert disk("get", image, "PREIS", "TXT", tmp_path / "out", "--codepage", "1141") == 0
    assert (tmp_path / "out/preis.txt").read_text() == "5 € für [x]\n"
    assert disk("put", image, tmp_path / "preis.txt", "--lossy") == 0
    assert disk("get", image, "PREIS", "TXT", tmp_path / "out") == 0
    assert "für [x]" in (tmp_path / "out/preis.txt").read_text()


def test_old_file_systems_are_made_filled_and_read(
    image: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert disk("put", image, folder, "--dry-run") == 0
    assert "note.txt would be NOTE TXT, 3 records" in capsys.readouterr().err
    assert answer(capsys, "ls", image) == []
    assert disk("put", image, folder) == 0
    assert answer(capsys, "info", image)["file_system"]["kind"] == "cp67"
    assert disk("get", image, "--all", tmp_path / "none", "--dry-run") == 0
    assert not (tmp_path / "none").exists()
    assert disk("rename", image, "NOTE", "TXT", "MEMO", "TEXT") == 0
    assert disk("get", image, "--all", tmp_path / "out") == 0
    assert (tmp_path / "out/memo.text").read_text() == "one\n\n  three\n"
    assert answer(capsys, "rm", image, "*", "TEXT", "--dry-run") == ["MEMO TEXT"]
    assert answer(capsys, "rm", image, "*", "TEXT") == ["MEMO TEXT"]
    assert [file["filename"] for file in answer(capsys, "ls", image)] == ["PROFILE"]
    assert disk("check", image) == 0
    assert disk("format", image, "--label", "x", "--kind", "cdf", "--blocksize", 1024) == 2


def test_files_go_from_disk_to_disk(
    image: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "t.ckd"
    assert disk("put", image, folder) == 0
    assert disk("create", target, "--type", "3350", "--cylinders", 3) == 0
    assert disk("format", target, "--label", "edf", "--extent", "1,2") == 0
    words = ("cp", image, target, "--all", "--to-extent", "1,2")
    assert answer(capsys, *words, "--dry-run") == ["NOTE TXT", "PROFILE EXEC"]
    assert api.list_files(target, (1, 2)) == []
    assert answer(capsys, *words) == ["NOTE TXT", "PROFILE EXEC"]
    keys = ("filename", "filetype", "filemode", "recfm", "lrecl", "records")
    there, here = api.list_files(target, (1, 2)), api.list_files(image)
    assert [[file[key] for key in keys] for file in there] == [[file[key] for key in keys] for file in here]
    # a CDF disk has no seconds
    assert [file["written"][:16] for file in there] == [file["written"][:16] for file in here]
    assert disk(*words, "--no-replace") == 1
    assert disk("cp", image, target, "--to-extent", "1,2") == 2


def test_minidisks_of_the_directory(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    (home / "disks").mkdir(parents=True)
    (home / "directory").write_text(DIRECTORY)
    volume = home / "disks/VOL001.ckd"
    assert disk("create", volume, "--type", "3330", "--cylinders", 6, "--volser", "VOL001") == 0
    mdisk = ("--mdisk", "maint", "19e")
    assert disk("format", home, *mdisk, "--label", "MNT19E") == 0
    assert disk("put", "-", "--home", home, *mdisk, folder) == 0
    source = ("--directory", home / "directory")
    assert len(answer(capsys, "ls", volume, *mdisk, *source)) == 2
    assert len(answer(capsys, "ls", home / "disks", *mdisk, *source)) == 2
    assert api.list_files(volume, (3, 2)) == answer(capsys, "ls", home, *mdisk)
    for words, message in [
        (("--mdisk", "MAINT", "192"), "MAINT has no minidisk 192; those with a place on a volume: 191 19E 195"),
        (("--mdisk", "MAINT", "195"), "found no image of volume VOL009"),
        (("--mdisk", "NOBODY", "191"), "user NOBODY is not in the directory"),
    ]:
        assert disk("ls", home, *words) == 1
        assert message in capsys.readouterr().err
    assert disk("ls", home, "--mdisk", "MAINT", "1G1") == 2
    assert disk("ls", volume, *mdisk) == 2


def test_states(image: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = image.read_bytes()
    assert disk("diff", image) == 1
    assert "has no overlay" in capsys.readouterr().err
    assert disk("snapshot", image, "empty") == 0
    assert disk("put", image, folder / "note.txt") == 0
    assert disk("snapshot", image, "monday") == 0
    assert disk("put", image, folder) == 0
    assert disk("rm", image, "NOTE", "TXT") == 0
    assert image.read_bytes() == base
    assert answer(capsys, "info", image)["format"] == "overlay"
    assert [state["name"] for state in answer(capsys, "snapshot", image)] == ["empty", "monday"]
    found = answer(capsys, "diff", image, "monday", code=1)
    assert (found["added"], found["changed"], found["removed"]) == (["PROFILE EXEC"], [], ["NOTE TXT"])
    assert answer(capsys, "diff", image, code=1)["added"] == ["PROFILE EXEC"]
    assert disk("revert", image, "monday", "--dry-run") == 0
    assert disk("diff", image, "monday") == 1
    assert disk("revert", image, "monday") == 0
    assert answer(capsys, "diff", image, "monday")["units"] == []
    assert [file["filename"] for file in answer(capsys, "ls", image)] == ["NOTE"]
    other = tmp_path / "other.ckd"
    other.write_bytes(base)
    assert answer(capsys, "diff", image, other, code=1)["added"] == ["NOTE TXT"]
    assert disk("commit", image) == 0
    assert answer(capsys, "diff", image)["units"] == []
    image.with_suffix(".cow").unlink()
    assert [file["filename"] for file in answer(capsys, "ls", image)] == ["NOTE"]
    assert disk("check", image) == 0


def test_repair(image: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert disk("put", image, folder) == 0
    with api.open_disk(image) as opened:
        mfd = opened.blocks.read(4)
        opened.blocks.write(4, mfd[:384] + bytes(8) + mfd[392:])
    before = image.read_bytes()
    assert disk("check", image) == 1
    assert disk("check", image, "--dry-run") == 2
    assert disk("check", image, "--repair", "--dry-run") == 0
    assert "would be rebuilt: allocation map" in capsys.readouterr().out
    assert image.read_bytes() == before
    found = answer(capsys, "check", image, "--repair")
    assert (bool(found["findings"]), found["left"]) == (True, [])
    assert disk("check", image) == 0
    assert len(answer(capsys, "ls", image)) == 2


def test_dumps(image: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert disk("put", image, folder) == 0
    assert answer(capsys, "dump", image, "--label")[0]["volume"] == "DEMO"
    assert answer(capsys, "dump", image, "--block", 3)[0]["hex"].startswith("C3D4E27EC4C5D4D6")
    fst, blocks = answer(capsys, "dump", image, "--file", "note", "txt")
    assert (fst["file"], fst["records"], len(fst["hex"])) == ("NOTE TXT A1", 3, 80)
    assert len(blocks["data_blocks"]) == fst["blocks"] == 1
    mfd = answer(capsys, "dump", image, "--mfd")[0]
    assert (mfd["total"], mfd["cylinders"], len(mfd["directory"])) == (300, 2, 1)
    track = answer(capsys, "dump", image, "--track", "0,0")
    assert [part["what"] for part in track[:4]] == ["home address", "R0 count", "R0 data", "R1 count"]
    assert (track[3]["data_length"], track[-1]["what"]) == (829, "end mark")
    assert disk("dump", image, "--track", "0,0") == 0
    out = capsys.readouterr().out
    assert "R3 data\n000000  C3D4E27E C4C5D4D6 40400000 00000000  *CMS=DEMO  ......*\n" in out
    assert disk("dump", image, "--sector", 1) == 1
    assert disk("dump", image, "--block", 301) == 1
    assert "block 301 is outside a disk of 300 blocks" in capsys.readouterr().err
    assert disk("dump", image, "--track", "2,0") == 1
    blocks_image = tmp_path / "f.fba"
    assert disk("create", blocks_image, "--type", "3370", "--sectors", 100) == 0
    assert disk("format", blocks_image, "--label", "fb", "--blocksize", 512) == 0
    assert answer(capsys, "dump", blocks_image, "--sector", 1)[0]["hex"].startswith("C3D4E2F1C6C2")
    assert answer(capsys, "dump", blocks_image, "--mfd")[0]["entries"] == 2


def test_convert(image: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert disk("put", image, folder) == 0
    target = tmp_path / "d.cckd"
    assert disk("convert", image, target, "--dry-run") == 0
    assert not target.exists()
    assert answer(capsys, "convert", image, target) == [str(target)]
    assert target.read_bytes()[:8] == b"CKD_C370"
    assert answer(capsys, "info", target)["format"] == "cckd"
    assert len(answer(capsys, "ls", target)) == 2
    assert disk("put", target, folder) == 1
    assert "read-only" in capsys.readouterr().err
    assert disk("convert", target, image) == 1
    assert disk("convert", target, tmp_path / "b.ckd") == 0
    assert (tmp_path / "b.ckd").read_bytes() == image.read_bytes()
    assert disk("convert", image, tmp_path / "x", "--to", "cfba") == 1


def test_damage_never_crashes_a_tool(image: Path, folder: Path, tmp_path: Path) -> None:
    assert disk("put", image, folder) == 0
    sound = image.read_bytes()
    rng = random.Random(3)
    damaged = tmp_path / "x.ckd"
    for round_number in range(24):
        data = bytearray(sound)
        if round_number % 3 == 0:
            data = data[: rng.randrange(len(data))]
        elif round_number % 3 == 1:
            for _ in range(rng.choice((1, 5, 50))):
                data[rng.randrange(rng.choice((64, 16_000, len(data))))] = rng.randrange(256)
        else:
            first, second = rng.randrange(0, 16_000, 800), rng.randrange(0, 16_000, 800)
            data[first : first + 800], data[second : second + 800] = sound[second:][:800], sound[first:][:800]
        damaged.write_bytes(data)
        for words in (
            ("info", damaged),
            ("ls", damaged),
            ("check", damaged),
            ("get", damaged, "--all", tmp_path / "out"),
            ("dump", damaged, "--mfd"),
            ("dump", damaged, "--track", "0,0"),
            ("dump", damaged, "--file", "NOTE", "TXT"),
            ("diff", damaged, image),
            ("cp", damaged, image, "--all", "--dry-run"),
            ("check", damaged, "--repair"),
        ):
            assert disk(*words) in (0, 1)


def test_damaged_compressed_images_and_overlays(image: Path, folder: Path, tmp_path: Path) -> None:
    assert disk("convert", image, tmp_path / "d.cckd") == 0
    assert disk("snapshot", image, "one") == 0
    assert disk("put", image, folder) == 0
    overlay = image.with_suffix(".cow")
    with sqlite3.connect(overlay) as database:
        database.execute("PRAGMA journal_mode = DELETE")
    database.close()
    rng = random.Random(4)
    for name, sound in (("d.cckd", (tmp_path / "d.cckd").read_bytes()), ("d.cow", overlay.read_bytes())):
        damaged = tmp_path / name
        for round_number in range(16):
            data = bytearray(sound)
            if round_number % 4 == 0:
                data = data[: rng.randrange(len(data))]
            for _ in range(rng.choice((1, 3, 30))):
                data[rng.randrange(rng.choice((len(data), min(len(data), 4000))))] = rng.randrange(256)
            damaged.write_bytes(data)
            for words in (("ls", damaged), ("check", damaged), ("info", damaged), ("dump", damaged, "--track", "0,0")):
                assert disk(*words) in (0, 1)
            if name == "d.cow":
                for words in (("snapshot", image), ("diff", image), ("ls", image), ("revert", image, "--dry-run")):
                    assert disk(*words) in (0, 1)


def test_the_image_itself_is_checked(image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "d.cckd"
    assert disk("convert", image, target) == 0
    assert disk("check", target) == 0
    data = bytearray(target.read_bytes())
    data[-40] ^= 0xFF
    target.write_bytes(data)
    capsys.readouterr()
    assert disk("check", target) == 1
    assert capsys.readouterr().out.startswith("image: offset ")
    volume = tmp_path / "v.ckd"
    assert disk("create", volume, "--type", "2314", "--cylinders", 2, "--volser", "NOCMS") == 0
    assert disk("convert", volume, tmp_path / "v.cckd64") == 0
    assert disk("check", tmp_path / "v.cckd64") == 0
    assert disk("check", volume) == 1


names = st.tuples(st.text("abcxyz09$#", min_size=1, max_size=8), st.text("abcxyz09$#", min_size=1, max_size=8))
trees = st.dictionaries(names, st.binary(min_size=1, max_size=3000), min_size=1, max_size=8)


@pytest.mark.parametrize("kind", ["edf", "cdf", "cp67"])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees, text=st.text("abc äöü{}[]~^\\ ", max_size=200).map(lambda text: text.rstrip() + "x\n"))
def test_any_folder_goes_there_and_back(
    tmp_path: Path, kind: str, tree: dict[tuple[str, str], bytes], text: str
) -> None:
    image = tmp_path / "any.ckd"
    api.create_disk(image, "2314", 2, overwrite=True)
    api.format_disk(image, "ANY", 1024, kind=kind)
    with tempfile.TemporaryDirectory(dir=tmp_path) as work:
        there, back = Path(work) / "there", Path(work) / "back"
        there.mkdir()
        for (name, filetype), data in tree.items():
            (there / f"{name}.{filetype}").write_bytes(data)
        api.put_files(image, [there], Form(binary=True, recfm="V"))
        api.get_files(image, back, binary=True)
        assert {p.name: p.read_bytes() for p in back.iterdir()} == {p.name: p.read_bytes() for p in there.iterdir()}
        (Path(work) / "q.text").write_text(text)
        api.put_files(image, [Path(work) / "q.text"])
        api.get_files(image, back, [("Q", "TEXT")])
        assert (back / "q.text").read_text() == text
    assert api.check_disk(image) == []


@pytest.mark.parametrize(
    ("name", "extent"),
    [("vm14-0.cckd", "1,50"), ("vm14-0.cckd", "51,50"), ("vm14-1.cckd", "1,202"), ("cmsuser_191.ckdc", "")],
)
def test_genuine_disks_go_into_fresh_ones_and_back(
    name: str, extent: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not (GENUINE / name).exists():
        pytest.skip(f"VM370_GENUINE names no folder with {name}")
    source = (GENUINE / name, *(("--extent", extent) if extent else ()))
    target = tmp_path / "fresh.ckd"
    assert disk("create", target, "--type", "3350", "--cylinders", 30) == 0
    for kind in ("cdf", "edf"):
        assert disk("format", target, "--label", "FRESH", "--kind", kind) == 0
        assert disk("cp", source[0], target, "--all", *source[1:]) == 0
        assert disk("check", target) == 0
        assert disk("get", target, "--all", "--binary", tmp_path / kind) == 0
    assert disk("get", *source, "--all", "--binary", tmp_path / "genuine") == 0
    genuine = {path.name: path.read_bytes() for path in (tmp_path / "genuine").iterdir()}
    assert genuine
    for kind in ("cdf", "edf"):
        assert {path.name: path.read_bytes() for path in (tmp_path / kind).iterdir()} == genuine
