"""`vm370 tape`: what goes on a tape comes back; labels, volumes, errors and exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from vm370.images.ckd import CkdImage, format_track
from vm370.images.tapes.aws import AwsTape
from vm370.images.tapes.tape import Tape
from vm370.tools.cli import main
from vm370.tools.disk import api

TEXT = "a line\n\nlast: [äöü]\n"


def tape(*words: str | Path) -> int:
    return main(["tape", *map(str, words)])


def listed(capsys: pytest.CaptureFixture[str], path: Path) -> list[dict[str, object]]:
    capsys.readouterr()
    assert tape("ls", path, "--json") in (0, 1)
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of host files."""
    made = tmp_path / "in"
    made.mkdir()
    (made / "note.txt").write_text(TEXT)
    (made / "go.exec").write_text("&TYPE HELLO\n" * 50)
    return made


def content(path: Path) -> list[bytes | None]:
    opened: Tape = AwsTape.open(path, read_only=True)
    items = list(opened.items())
    opened.close()
    return items


@pytest.mark.parametrize("kind", ["dump", "dump4k", "vmfplc2"])
@pytest.mark.parametrize("name", ["t.aws", "t.het"])
def test_host_files_come_back(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str], kind: str, name: str
) -> None:
    assert tape("create", tmp_path / name, "--kind", kind, folder) == 0
    (file,) = listed(capsys, tmp_path / name)
    assert file["kind"] == ("vmfplc2" if kind == "vmfplc2" else "dump")
    files = file["files"]
    assert isinstance(files, list)
    assert [(f["filename"], f["filetype"], f["recfm"], f["lrecl"], f["records"]) for f in files] == [
        ("GO", "EXEC", "F", 80, 50),
        ("NOTE", "TXT", "V", 11, 3),
    ]
    assert tape("extract", tmp_path / name, tmp_path / "out") == 0
    assert {p.name: p.read_text() for p in (tmp_path / "out").iterdir()} == {
        "note.txt": TEXT,
        "go.exec": "&TYPE HELLO\n" * 50,
    }
    assert tape("extract", tmp_path / name, tmp_path / "out") == 1
    assert "exists already" in capsys.readouterr().err
    assert tape("extract", tmp_path / name, "N*", "*", tmp_path / "some") == 0
    assert [p.name for p in (tmp_path / "some").iterdir()] == ["note.txt"]
    assert tape("extract", tmp_path / name, "NO", "FILE", tmp_path / "some") == 1
    assert "NO FILE is not on the tape" in capsys.readouterr().err
    assert tape("scan", tmp_path / name) == 0


def test_the_files_of_a_cms_disk_come_back(tmp_path: Path, folder: Path) -> None:
    api.create_disk(tmp_path / "d.ckd", "3350", 2)
    api.format_disk(tmp_path / "d.ckd", "DISK", 1024)
    api.put_files(tmp_path / "d.ckd", [folder])
    assert tape("create", tmp_path / "t.aws", tmp_path / "d.ckd") == 0
    assert tape("extract", tmp_path / "t.aws", tmp_path / "out") == 0
    assert (tmp_path / "out" / "note.txt").read_text() == TEXT
    assert tape("create", tmp_path / "u.aws", tmp_path / "d.ckd", "--as", "A B") == 2


def test_volumes_come_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = CkdImage.create(tmp_path / "d.ckd", "3350", 3, volser="VOL123")
    image.write_track(2, 29, 0, format_track(2, 29, [(1, b"KEY", b"x" * 9000)], image.track_length))
    image.close()
    assert tape("create", tmp_path / "t.het", "--kind", "ddr", tmp_path / "d.ckd") == 0
    (file,) = listed(capsys, tmp_path / "t.het")
    volume = file["volume"]
    assert isinstance(volume, dict)
    assert (volume["serial"], volume["device"], volume["tracks"]) == ("VOL123", ["3350"], 90)
    assert tape("extract", tmp_path / "t.het", tmp_path / "out", "--dry-run") == 0
    assert not (tmp_path / "out").exists()
    assert tape("extract", tmp_path / "t.het", tmp_path / "out") == 0
    assert (tmp_path / "out" / "vol123.ckd").read_bytes() == (tmp_path / "d.ckd").read_bytes()
    CkdImage.create(tmp_path / "e.ckd", "3350", 3).close()
    assert tape("extract", tmp_path / "t.het", tmp_path / "out", "--into", tmp_path / "e.ckd") == 0
    assert (tmp_path / "e.ckd").read_bytes() == (tmp_path / "d.ckd").read_bytes()
    CkdImage.create(tmp_path / "small.ckd", "3350", 1).close()
    assert tape("extract", tmp_path / "t.het", tmp_path / "out", "--into", tmp_path / "small.ckd") == 1
    assert "cylinder 1 head 0 is outside" in capsys.readouterr().err
    assert tape("create", tmp_path / "p.aws", "--kind", "ddr", "--cylinders", "1-2", tmp_path / "d.ckd") == 0
    (file,) = listed(capsys, tmp_path / "p.aws")
    assert isinstance(file["volume"], dict)
    assert file["volume"]["tracks"] == 60
    assert tape("create", tmp_path / "q.aws", "--kind", "ddr", "--cylinders", "1-3", tmp_path / "d.ckd") == 1
    assert not (tmp_path / "q.aws").exists()


def test_appended_files_and_what_they_are(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.aws"
    (tmp_path / "deck").write_bytes(b"\x02" + "TXT".encode("cp037") + bytes(76))
    (tmp_path / "blob").write_bytes(bytes(range(256)) * 20)
    assert tape("create", path, folder / "note.txt") == 0
    before = content(path)
    assert tape("append", path, folder / "go.exec", "--as", "GONE EXEC B1", "--dry-run") == 0
    assert content(path) == before
    assert tape("append", path, folder / "go.exec", "--as", "GONE EXEC B1") == 0
    assert tape("append", path, "--kind", "cards", folder / "note.txt") == 0
    assert tape("append", path, "--kind", "cards", "--binary", tmp_path / "deck") == 0
    assert tape("append", path, "--kind", "raw", "--block-length", "1000", tmp_path / "blob") == 0
    files = listed(capsys, path)
    assert [file["kind"] for file in files] == ["dump", "dump", "cards", "deck", "unknown"]
    assert files[4]["block_lengths"] == [[1000, 5], [120, 1]]
    assert content(path)[-2:] == [None, None]
    assert tape("ls", path) == 0
    shown = capsys.readouterr().out
    assert "file 5: unknown, 6 blocks, 5120 bytes (block length 120 to 1000)" in shown
    assert tape("extract", path, tmp_path / "out") == 0
    assert (tmp_path / "out" / "file5.bin").read_bytes() == (tmp_path / "blob").read_bytes()
    assert (tmp_path / "out" / "file3.txt").read_text() == TEXT
    assert (tmp_path / "out" / "gone.exec").exists()
    assert tape("append", path, tmp_path / "missing.txt") == 1
    assert [file["kind"] for file in listed(capsys, path)] == ["dump", "dump", "cards", "deck", "unknown"]


def test_two_files_of_one_name_are_not_mixed_up(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.aws"
    assert tape("create", path, folder / "note.txt") == 0
    assert tape("append", path, folder / "note.txt") == 0
    assert tape("extract", path, tmp_path / "out") == 1
    assert "NOTE TXT is in tape file 1 and again in 2" in capsys.readouterr().err
    assert tape("extract", path, tmp_path / "out", "--folders") == 0
    assert sorted(str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").glob("*/*")) == [
        "file1/note.txt",
        "file2/note.txt",
    ]
    assert tape("extract", path, tmp_path / "two", "--file", "2") == 0
    assert tape("extract", path, tmp_path / "two", "--file", "3") == 1


@pytest.mark.parametrize("code", [[], ["--ascii"]])
def test_labelled_tapes(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str], code: list[str]) -> None:
    path = tmp_path / "t.aws"
    assert tape("label", path, "--volser", "tap001", "--owner", "me", *code) == 0
    assert tape("append", path, "--dataset", "my.files", folder) == 0
    assert tape("append", path, "--dataset", "other", "--kind", "raw", folder / "note.txt") == 0
    files = listed(capsys, path)
    assert [file["kind"] for file in files] == ["labels", "dump", "labels", "labels", "unknown", "labels"]
    found = [label for file in files for label in file.get("labels", [])]  # type: ignore[attr-defined]
    assert [label["identifier"] for label in found] == [
        "VOL1",
        "HDR1",
        "HDR2",
        "EOF1",
        "EOF2",
        "HDR1",
        "HDR2",
        "EOF1",
        "EOF2",
    ]
    assert [label["data_set_number"] for label in found if label["identifier"] == "HDR1"] == ["0001", "0002"]
    assert {label["code"] for label in found} == {"ASCII" if code else "EBCDIC"}
    assert tape("extract", path, tmp_path / "out") == 0
    assert (tmp_path / "out" / "note.txt").read_text() == TEXT
    assert tape("label", path, "--volser", "tap002") == 1
    assert "something is on the tape" in capsys.readouterr().err
    assert tape("label", path, "--volser", "tap002", "--force", "--dry-run") == 0
    assert len(content(path)) > 5
    assert tape("create", tmp_path / "u.aws", folder, "--dataset", "X") == 2
    assert tape("create", tmp_path / "u.aws", folder / "note.txt") == 0
    assert tape("append", tmp_path / "u.aws", folder / "note.txt", "--dataset", "X") == 1
    assert "needs a tape with a volume label" in capsys.readouterr().err


def test_convert_keeps_every_block(tmp_path: Path, folder: Path) -> None:
    assert tape("create", tmp_path / "t.aws", folder) == 0
    assert tape("convert", tmp_path / "t.aws", tmp_path / "t.het") == 0
    assert content(tmp_path / "t.het") == content(tmp_path / "t.aws")
    assert (tmp_path / "t.het").stat().st_size < (tmp_path / "t.aws").stat().st_size
    assert tape("convert", tmp_path / "t.het", tmp_path / "b.het", "--compress", "bzip2") == 0
    assert tape("convert", tmp_path / "b.het", tmp_path / "back.aws") == 0
    assert (tmp_path / "back.aws").read_bytes() == (tmp_path / "t.aws").read_bytes()
    assert tape("convert", tmp_path / "b.het", tmp_path / "back.aws") == 1
    assert tape("convert", tmp_path / "b.het", tmp_path / "no.aws", "--dry-run") == 0
    assert not (tmp_path / "no.aws").exists()


def test_damage_is_told_with_exit_code_1(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.aws"
    assert tape("create", path, folder) == 0
    whole = path.read_bytes()
    path.write_bytes(whole[:2000])
    assert tape("scan", path) == 1
    assert "offset 2000" in capsys.readouterr().out
    assert tape("ls", path) == 1
    assert "end of file" in capsys.readouterr().err
    damaged = bytearray(whole)
    damaged[6:11] = b"\x02" + "CMSQ".encode("cp037")
    path.write_bytes(damaged)
    assert tape("ls", path) == 0  # begins like nothing that is known
    damaged[6:11] = whole[6:11]
    damaged[811 + 6 : 811 + 11] = b"\x02" + "CMSQ".encode("cp037")
    path.write_bytes(damaged)
    assert tape("ls", path) == 1
    assert "damaged: " in capsys.readouterr().out
    assert tape("extract", path, tmp_path / "out") == 1
    assert tape("extract", path, tmp_path / "out", "--raw") == 0
    assert tape("scan", path, "--json") == 0
    assert tape("ls", tmp_path / "missing.aws") == 1


def test_blocks_in_hexadecimal(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.aws"
    assert tape("create", path, "--kind", "cards", folder / "note.txt") == 0
    capsys.readouterr()
    assert tape("dump", path, "--file", "1", "--block", "1") == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "file 1 block 1: 80 bytes",
        "00000  81409389 95854040 40404040 40404040  a line          ",
    ]
    assert tape("dump", path, "--file", "9") == 1


def test_flat_tapes(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "t.bin"
    words = ["--format", "flat", "--block-length", "80"]
    assert tape("convert", path, tmp_path / "x.aws", *words) == 1  # not there
    path.write_bytes(bytes(200))
    assert tape("convert", path, tmp_path / "x.aws", *words) == 0
    assert [None if item is None else len(item) for item in content(tmp_path / "x.aws")] == [80, 80, 40, None]
    assert tape("append", path, folder, *words) == 1
    assert tape("ls", path, "--format", "flat", "--block-length", "0") == 2


def test_words_that_make_no_sense(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "t.aws"
    assert tape("create", path, folder, "--cylinders", "1-2") == 2
    assert tape("create", path, folder, "--lrecl", "0") == 2
    assert tape("create", path, folder, "--as", "A B") == 2
    assert tape("create", path, folder / "note.txt", folder / "go.exec", "--kind", "raw", "--dataset", "A") == 2
    assert tape("create", path, folder / "note.txt", "--dry-run") == 0
    assert not path.exists()
    assert tape("create", path, folder / "note.txt") == 0
    assert tape("create", path, folder / "note.txt") == 1
    assert tape("extract", path, "A", "B", "C", tmp_path / "out") == 2
    assert tape("extract", path, "A", "B", tmp_path / "out", "--raw") == 2


@pytest.mark.skipif(shutil.which("hetget") is None, reason="hetget (Hercules) is not installed")
def test_hercules_reads_what_we_write(tmp_path: Path, folder: Path) -> None:
    source = tmp_path / "data"
    source.write_bytes(bytes(range(250)) * 40)
    assert tape("create", tmp_path / "t.het", "--kind", "raw", "--block-length", "800", source) == 0
    words = ["-n", str(tmp_path / "t.het"), str(tmp_path / "got"), "1", "FB", "80", "800"]
    subprocess.run(["hetget", *words], check=True, capture_output=True)
    assert (tmp_path / "got").read_bytes() == source.read_bytes()
    done = subprocess.run(["hetmap", tmp_path / "t.het"], capture_output=True, text=True, check=True)
    assert "Blocks              : 13" in done.stdout
    assert tape("create", tmp_path / "l.aws", "--volser", "VOL123", "--dataset", "A.B", folder) == 0
    done = subprocess.run(["tapemap", tmp_path / "l.aws"], capture_output=True, text=True, check=True)
    assert "VOL1VOL1230" in done.stdout
    assert "HDR1A.B" in done.stdout
    if shutil.which("tapesplt"):
        parts = [str(tmp_path / "one.aws"), "1", str(tmp_path / "rest.aws"), "9"]
        subprocess.run(["tapesplt", str(tmp_path / "l.aws"), *parts], capture_output=True, check=True)
        assert content(tmp_path / "one.aws")[:4] == content(tmp_path / "l.aws")[:4]
