"""`vm370 disk` as a user types it."""

from __future__ import annotations

import io
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from vm370.images.ckd import CkdImage
from vm370.tools.cli import main
from vm370.tools.disk import api
from vm370.tools.disk.progress import Bar


def disk(*words: object) -> int:
    return main(["disk", *map(str, words)])


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "d.ckd"
    assert disk("create", path, "--type", "3350", "--cylinders", 2) == 0
    assert disk("format", path, "--label", "demo", "--blocksize", 1024) == 0
    return path


def listed(image: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    capsys.readouterr()
    assert disk("ls", image, "--json") == 0
    return {f"{file['filename']} {file['filetype']}": file for file in json.loads(capsys.readouterr().out)}


def test_a_folder_goes_there_and_back(image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    texts = {
        "note.txt": "first line\n\n  wörld ¢ [x] ~ ^ \\ {}\nlast\n",
        "profile.exec": "/* */\nsay 'hi'\n",
        "long.exec": "x" * 100 + "\n",
        "readme": "no type\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    (folder / ".hidden").write_text("not a CMS file")
    assert disk("put", image, folder) == 0
    files = listed(image, capsys)
    assert {name: (file["recfm"], file["lrecl"], file["records"]) for name, file in files.items()} == {
        "NOTE TXT": ("V", 22, 4),
        "PROFILE EXEC": ("F", 80, 2),
        "LONG EXEC": ("V", 100, 1),
        "README FILE": ("V", 7, 1),
    }
    assert disk("get", image, "--all", tmp_path / "out") == 0
    for name, text in texts.items():
        assert (tmp_path / "out" / (name if "." in name else "readme.file")).read_text() == text
    assert disk("check", image) == 0
    assert capsys.readouterr().out == f"{image}: no findings\n"


def test_binary_files(image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = random.Random(1).randbytes(10_001)
    (tmp_path / "a.module").write_bytes(data)
    (tmp_path / "b.text").write_bytes(data[:800])
    assert disk("put", image, tmp_path / "a.module", tmp_path / "b.text", "--binary") == 0
    form = ["--binary", "--recfm", "F", "--lrecl", 4096]
    assert disk("put", image, tmp_path / "a.module", *form, "--as", "c bin b2") == 0
    files = listed(image, capsys)
    assert [(f["recfm"], f["lrecl"], f["records"], f["filemode"]) for f in files.values()] == [
        ("V", 4096, 3, "A1"),
        ("F", 80, 10, "A1"),
        ("F", 4096, 3, "B2"),
    ]
    assert disk("get", image, "a", "module", "C", "*", tmp_path / "out", "--binary") == 0
    assert (tmp_path / "out/a.module").read_bytes() == data
    assert (tmp_path / "out/c.bin").read_bytes() == data.ljust(3 * 4096, b"\0")


def test_text_errors_name_file_line_and_column(image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good.txt").write_text("fine\n")
    (tmp_path / "bad.txt").write_text("fine\nnot € fine\n")
    assert disk("put", image, tmp_path / "good.txt", tmp_path / "bad.txt") == 1
    assert "bad.txt:2:5: found '€' (U+20AC), expected a character of EBCDIC code page 037" in capsys.readouterr().err
    assert listed(image, capsys) == {}  # all or nothing
    (tmp_path / "wide.txt").write_text("x" * 81)
    assert disk("put", image, tmp_path / "wide.txt", "--recfm", "F", "--lrecl", 80) == 1
    assert "wide.txt:1:81: found a line of 81 characters, expected at most 80" in capsys.readouterr().err
    (tmp_path / "deck.text").write_bytes(b"\x02\xc5\xe2\xc4".ljust(80, b"\x40"))
    assert disk("put", image, tmp_path / "deck.text") == 1
    assert "UTF-8 text (is the file binary?)" in capsys.readouterr().err


def test_names(image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("ninechars9.txt", "a.b.c"):
        (tmp_path / name).write_text("x\n")
        assert disk("put", image, tmp_path / name) == 1
        assert "give the name with --as 'FN FT'" in capsys.readouterr().err
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.txt").write_text(folder)
    assert disk("put", image, tmp_path / "one", tmp_path / "two") == 1
    assert "two/same.txt: is SAME TXT on the disk, as is" in capsys.readouterr().err
    (tmp_path / "one/inner").mkdir()
    assert disk("put", image, tmp_path / "one") == 1
    assert "a CMS disk has no folders" in capsys.readouterr().err
    assert disk("put", image, tmp_path / "missing.txt") == 1
    assert "missing.txt: cannot be read: No such file" in capsys.readouterr().err
    assert disk("put", image, tmp_path / "two", "--as", "OTHER NAME A0") == 0
    assert listed(image, capsys)["OTHER NAME"]["filemode"] == "A0"


def test_empty_files(image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    assert disk("put", image, tmp_path / "empty.txt") == 0
    assert listed(image, capsys)["EMPTY TXT"]["records"] == 1
    assert disk("put", image, tmp_path / "empty.txt", "--binary") == 1
    assert "a CMS file has at least one record" in capsys.readouterr().err


def test_rm_and_rename(image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.one", "b.one", "c.two"):
        (tmp_path / name).write_text(name)
    assert disk("put", image, *(tmp_path / name for name in ("a.one", "b.one", "c.two"))) == 0
    assert disk("rename", image, "c", "two", "d", "three", "a5") == 0
    assert disk("rm", image, "*", "one") == 0
    assert {name: file["filemode"] for name, file in listed(image, capsys).items()} == {"D THREE": "A5"}
    assert disk("rm", image, "D", "THREE", "NO", "SUCH") == 1
    assert "file NO SUCH is not on the disk" in capsys.readouterr().err
    assert list(listed(image, capsys)) == ["D THREE"]
    assert disk("ls", image) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("FILENAME FILETYPE FM FORMAT")
    assert lines[1].startswith("D        THREE    A5 V")


def test_info_and_ipl(image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    boot = tmp_path / "boot"
    boot.write_bytes(bytes(range(256)) * 5)
    capsys.readouterr()
    assert disk("ipl", image, "--boot", boot) == 0
    assert disk("info", image, "--json") == 0
    info = json.loads(capsys.readouterr().out)
    system = info.pop("file_system")
    assert info == {
        "image": str(image),
        "device": "3350",
        "format": "ckd",
        "cylinders": 2,
        "heads": 30,
        "track_length": 19456,
        "volser": None,
    }
    # 15 blocks of 1024 on each of 60 tracks
    assert (system["label"], system["block_size"], system["blocks"], system["boot"]) == ("DEMO", 1024, 900, True)
    with api.open_disk(image, read_only=True) as opened:
        blocks = opened.blocks
        assert blocks.read_boot() == boot.read_bytes().ljust(2048, b"\0")
    boot.write_bytes(bytes(2049))
    assert disk("ipl", image, "--boot", boot) == 1
    assert "boot text of 2049 bytes, the disk has room for 2048" in capsys.readouterr().err
    boot.write_bytes(bytes(23))
    assert disk("ipl", image, "--boot", boot) == 1
    assert disk("info", image) == 0
    assert "label       DEMO" in capsys.readouterr().out


def test_minidisks_of_a_volume(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    volume = tmp_path / "vol.ckd"
    (tmp_path / "x.txt").write_text("on a minidisk\n")
    assert disk("create", volume, "--type", "3330", "--cylinders", 6, "--volser", "VOL001") == 0
    for number, extent in enumerate(("1,2", "3,3")):
        assert disk("format", volume, "--extent", extent, "--label", f"MINI{number}") == 0
    assert disk("put", volume, tmp_path / "x.txt", "--extent", "3,3") == 0
    assert disk("get", volume, "--all", tmp_path / "out", "--extent", "3,3") == 0
    assert (tmp_path / "out/x.txt").read_text() == "on a minidisk\n"
    assert api.list_files(volume, (1, 2)) == []
    assert api.check_disk(volume, extent=(3, 3)) == []
    capsys.readouterr()
    assert disk("info", volume, "--json") == 0
    info = json.loads(capsys.readouterr().out)
    assert (info["volser"], info["file_system"]) == ("VOL001", None)
    assert disk("ls", volume, "--extent", "5,2") == 1
    assert "cylinders 5 to 6 are outside an image of 6" in capsys.readouterr().err


def test_fba(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = tmp_path / "d.fba"
    (tmp_path / "x.txt").write_text("fixed blocks\n")
    assert disk("create", image, "--type", "3370", "--sectors", 2000, "--format", "fba") == 0
    assert disk("format", image, "--label", "FBA", "--blocksize", 2048) == 0
    assert disk("put", image, tmp_path / "x.txt") == 0
    assert disk("get", image, "X", "TXT", tmp_path / "out") == 0
    assert (tmp_path / "out/x.txt").read_text() == "fixed blocks\n"
    assert disk("check", image, "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_findings_give_exit_code_1(image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.txt").write_text("x\n")
    assert disk("put", image, tmp_path / "x.txt") == 0
    with api.open_disk(image) as opened:
        blocks = opened.blocks
        label = bytearray(blocks.read_label())
        label[32:36] = (77).to_bytes(4)
        blocks.write_label(bytes(label))
    capsys.readouterr()
    assert disk("check", image) == 1
    assert capsys.readouterr().out == (
        "count: label says 77 blocks in use, the allocation map has 7\n" + f"{image}: 1 findings\n"
    )
    assert disk("check", image, "--json") == 1
    assert json.loads(capsys.readouterr().out)[0]["kind"] == "count"


def test_images_that_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "junk"
    for data, message in [
        (b"CKD_P370" + bytes(600), "found device type X'00', expected one of 05 11 14"),
        (b"CKD_C370" + bytes(600), "found end of file, expected two headers of 1024 bytes"),
        (bytes(1024), "found block size 0 in sector 1, expected a CMS label"),
        (bytes(1000), "found end of file after 1 sectors and 488 bytes, expected whole sectors"),
    ]:
        path.write_bytes(data)
        for words in (["ls", path], ["check", path], ["get", path, "--all", tmp_path / "out"]):
            assert disk(*words) == 1
            output = capsys.readouterr()
            assert message in output.err + output.out
    assert disk("ls", tmp_path / "none") == 1
    assert "none: cannot be opened: No such file" in capsys.readouterr().err
    path.write_bytes(b"precious")
    assert disk("create", path, "--type", "3350") == 1
    assert path.read_bytes() == b"precious"


@pytest.mark.parametrize(
    "words",
    [
        ["create", "x", "--type", "3350", "--format", "fba"],
        ["create", "x", "--type", "3370", "--cylinders", "5"],
        ["get", "x", "FN", "DIR"],
        ["get", "x", "DIR"],
        ["get", "x", "--all", "FN", "FT", "DIR"],
        ["rm", "x", "FN"],
        ["rename", "x", "A", "B", "C"],
        ["put", "x", "f", "--lrecl", "0"],
    ],
)
def test_wrong_usage_is_2(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert disk(*words) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["nonsense", "x"], ["format", "x"], ["ls", "x", "--extent", "5"], []])
def test_wrong_words_are_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        disk(*words)
    assert ended.value.code == 2


def test_unknown_device_type(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert disk("create", tmp_path / "x", "--type", "9999") == 1
    assert "device type 9999 is not known; known are 2305-1" in capsys.readouterr().err


def test_an_image_in_use_is_refused(image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.txt").write_text("x\n")
    writer = CkdImage.open(image)
    assert disk("put", image, tmp_path / "x.txt") == 1
    assert "in use: another process has it open read-write" in capsys.readouterr().err
    assert disk("ls", image) == 0  # reading is allowed
    writer.close()
    assert disk("put", image, tmp_path / "x.txt") == 0


def test_a_damaged_name_stays_in_the_folder(image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.txt").write_text("x\n")
    assert disk("put", image, tmp_path / "x.txt") == 0
    with api.open_disk(image) as opened:
        opened.blocks.write(5, opened.blocks.read(5).replace("X       ".encode("cp037"), "../../y ".encode("cp037")))
    assert disk("get", image, "--all", tmp_path / "out") == 1
    assert "file name '../../y': expected 1 to 8 characters without blanks, * and /" in capsys.readouterr().err
    assert list((tmp_path / "out").iterdir()) == []


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_is_for_terminals() -> None:
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        bar = Bar("put x", stream)
        for done in (1, 2, 3, 4):
            bar(done, 4)
    assert pipe.getvalue() == ""
    frames = terminal.getvalue().split("\r")
    assert frames[1] == "put x [#######.......................]  25%"
    assert frames[-1] == "\x1b[K"


def test_killed_while_putting(image: Path, tmp_path: Path) -> None:
    """A real process is killed at many places; the disk has all of the old files or all of the new ones."""
    folder = tmp_path / "in"
    folder.mkdir()

    def fill(text: str) -> None:
        for number in range(12):
            (folder / f"f{number}.txt").write_text(f"{text} {number}\n" * 400)

    fill("old")
    assert disk("put", image, folder) == 0
    program = (
        "import os, sys\n"
        "from vm370.images.hostfile import HostFile\n"
        "from vm370.tools.cli import main\n"
        "left, write = int(sys.argv[1]), HostFile.write\n"
        "def counted(self, offset, data):\n"
        "    global left\n"
        "    write(self, offset, data)\n"
        "    left -= 1\n"
        "    if not left:\n"
        f"        os.kill(os.getpid(), {int(signal.SIGKILL)})\n"
        "HostFile.write = counted\n"
        "sys.exit(main(['disk', 'put', *sys.argv[2:]]))\n"
    )
    fill("new")
    states = []
    for writes in (1, 25, *range(47, 56), 1000):
        words = [sys.executable, "-c", program, str(writes), str(image), str(folder)]
        ended = subprocess.run(words, env=os.environ, check=False, capture_output=True).returncode
        assert ended in (0, -signal.SIGKILL)
        assert api.check_disk(image) == []
        api.get_files(image, tmp_path / "out")
        texts = {path.read_text().split()[0] for path in (tmp_path / "out").iterdir()}
        assert len(texts) == 1
        states.append((ended, texts.pop()))
    assert states[0] == (-signal.SIGKILL, "old")
    assert states[-1] == (0, "new")
    # no state but these two, and never back again
    assert [text for _, text in states] == sorted((text for _, text in states), reverse=True)
