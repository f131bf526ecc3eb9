"""``vm370 asm`` and ``vm370 link``: files, exit codes, messages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vm370.images.module import parse_module
from vm370.images.objdeck import parse_deck
from vm370.tools.cli import main

GOOD = "MAIN     CSECT\n         DC    V(SUB)\n         END   MAIN\n"
SUB = "SUB      CSECT\n         SAVER\n         END\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.asm").write_text(GOOD)
    (tmp_path / "sub.asm").write_text(SUB)
    (tmp_path / "bad.asm").write_text("BAD      CSECT\n         LR    1\n         END\n")
    (tmp_path / "mac").mkdir()
    (tmp_path / "mac" / "saver.mac").write_text(" MACRO\n SAVER\n STM 14,12,12(13)\n MEND\n")
    return tmp_path


def test_assemble_and_link(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["asm", "main.asm", "sub.asm", "--maclib", "mac", "--listing", "both.listing"]) == 0
    assert sorted(path.name for path in here.glob("*.text")) == ["main.text", "sub.text"]
    assert (here / "both.listing").read_text().count("DIAGNOSTICS AND STATISTICS") == 2
    assert main(["link", "main.text", "--library", ".", "-o", "main.module", "--map", "-", "--system"]) == 0
    assert "SUB       020008" in capsys.readouterr().out
    module = parse_module((here / "main.module").read_bytes())
    assert module.image.hex().upper() == "000200080000000090ECD00C"


@pytest.mark.parametrize("form", ["module", "ipl", "image", "deck"])
def test_forms(here: Path, form: str) -> None:
    assert main(["asm", "sub.asm", "--maclib", "mac", "-o", "sub.text"]) == 0
    assert main(["link", "sub.text", "-o", "out", "--format", form, "--origin", "X'3000'"]) == 0
    data = (here / "out").read_bytes()
    if form == "image":
        assert data.hex().upper() == "90ECD00C"
    elif form == "module":
        assert parse_module(data).first == 0x3000
    else:
        assert len(data) % 80 == 0
        assert parse_deck(data[-240:]).cards


def test_errors_write_no_deck(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["asm", "bad.asm"]) == 8
    shown = capsys.readouterr().err.splitlines()
    assert shown[0] == "bad.asm:2:16: ASM030E LR: found 1 operands, expected 2"
    assert not (here / "bad.text").exists()
    assert main(["asm", "bad.asm", "--keep"]) == 8
    assert (here / "bad.text").exists()


def test_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["asm", "bad.asm", "--json"]) == 8
    (report,) = json.loads(capsys.readouterr().out)
    assert report["severity"] == 8
    assert report["sections"] == [{"name": "BAD", "type": "CSECT", "origin": 0, "length": 2}]
    assert (report["messages"][0]["line"], report["messages"][0]["id"]) == (2, "ASM030E")


def test_files_that_are_not_there(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["asm", "none.asm"]) == 16
    assert main(["asm", "main.asm", "--maclib", "nowhere"]) == 16
    assert main(["link", "none.text", "-o", "x"]) == 16
    assert "none.text" in capsys.readouterr().err


def test_link_errors_write_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["asm", "main.asm"]) == 0
    assert main(["link", "main.text", "-o", "x"]) == 8
    assert capsys.readouterr().err == "vm370 link: symbol SUB is not defined (referred to by main.text)\n"
    assert not (here / "x").exists()


def test_dates_make_builds_repeatable(here: Path) -> None:
    (here / "dated.asm").write_text("D CSECT\n MACRO\n DATED\n DC C'&SYSDATE &SYSTIME'\n MEND\n DATED\n END\n")
    assert main(["asm", "dated.asm", "--date", "2026-01-31T12:34", "-o", "dated.text"]) == 0
    assert "01/31/26 12.34".encode("cp037") in (here / "dated.text").read_bytes()
    assert main(["asm", "dated.asm", "--date", "yesterday"]) == 16


def test_missing_files_are_told_without_error_numbers(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["asm", "none.asm"]) == 16
    assert capsys.readouterr().err == "vm370 asm: none.asm: found no such file or directory\n"
    assert main(["asm", "main.asm", "--maclib", "nowhere"]) == 16
    assert capsys.readouterr().err == (
        "vm370 asm: nowhere: found no such file or folder, expected a folder of members or a MACLIB\n"
    )
    assert main(["link", "none.text", "-o", "x"]) == 16
    assert capsys.readouterr().err == "vm370 link: none.text: found no such file or directory\n"


def test_unresolved_symbols_and_members(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("open.asm").write_text("OPEN CSECT\n DC V(ELSE)\n END\n")
    assert main(["asm", "open.asm"]) == 0
    assert main(["link", "open.text", "-o", "x"]) == 8
    assert "symbol ELSE is not defined" in capsys.readouterr().err
    assert main(["link", "open.text", "-o", "x", "--unresolved"]) == 4
    assert "warning: symbol ELSE is not defined, 0 is taken" in capsys.readouterr().err
    assert main(["link", "open.text", "-o", "again.text", "--format", "member"]) == 0
    assert main(["link", "again.text", "-o", "x"]) == 8
    assert "symbol ELSE is not defined" in capsys.readouterr().err
