"""vm370 dis on storage images and object decks."""

from __future__ import annotations

from pathlib import Path

import pytest

from vm370.images.objdeck import SD, Card, Deck, EsdItem, build_deck, esd_cards, txt_cards
from vm370.tools.cli import main


def test_a_storage_image(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "image"
    path.write_bytes(bytes.fromhex("5810C1001A2100000000000007FED2"))
    assert main(["dis", str(path), "--base", "20000"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "020000 5810C100     L     1,256(0,12)",
        "020004 1A21         AR    2,1",
        "020006 0000         DC    X'0000'",
        "020008 ...",
        "02000C 07FE         BR    14",
        "02000E D2           DC    X'D2'",
    ]


def test_an_object_deck(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = bytes.fromhex("05C05810C000") * 10 + bytes.fromhex("07FE")  # the tenth L straddles two cards
    deck = Deck("main", [*esd_cards([EsdItem("MAIN", SD, 0, 62)]), *txt_cards(1, 0, text), Card("END")])
    path = tmp_path / "main.text"
    path.write_bytes(build_deck(deck))
    assert main(["dis", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["000000 MAIN", "* section 1, 62 bytes", "000000 05C0         BALR  12,0"]
    assert lines[-2:] == ["000038 5810C000     L     1,0(0,12)", "00003C 07FE         BR    14"]


def test_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dis", str(tmp_path / "none")]) == 1
    assert "No such file" in capsys.readouterr().err
    path = tmp_path / "deck"
    path.write_bytes(b"\x02" + bytes(79))
    assert main(["dis", str(path)]) == 1
    assert "found" in capsys.readouterr().err
