"""vm370 dis on storage images, object decks and MODULEs; source that assembles to the same deck."""

from __future__ import annotations

from pathlib import Path

import pytest

from vm370.images.module import Module, TableEntry, build_module
from vm370.images.objdeck import SD, Card, Deck, EsdItem, build_deck, esd_cards, txt_cards
from vm370.tools.assembler import Options, assemble
from vm370.tools.cli import main

PROGRAM = """
ONE      CSECT
         ENTRY DOOR
         EXTRN OTHER
         WXTRN WEAK
         STM   14,12,12(13)
         LR    12,15
         B     DOOR-ONE(,12)
         DC    C'IT''S A TEXT && MORE'
TABLE    DC    A(TABLE,OTHER+4,ONE-4),V(THERE)
         DC    AL3(WEAK),Y(DOOR-ONE),XL1'FF'
         DC    Q(PSEUDO),A(DOOR-TWO)
SIZE     CXD
PSEUDO   DXD   D
DOOR     MVC   0(256,1),X'10'(2)
         DS    10F
         DC    100X'00'
TWO      CSECT
         BR    14
AREA     COM
         DS    CL40
         END   DOOR
"""


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
    assert lines[:2] == ["000000              MAIN     CSECT", "000000 05C0                  BALR  12,0"]
    assert lines[-3:] == [
        "000038 5810C000              L     1,0(0,12)",
        "00003C 07FE                  BR    14",
        "                             END",
    ]


def test_source_assembles_to_the_same_deck(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = assemble(PROGRAM)
    assert [str(message) for message in first.messages] == []
    path = tmp_path / "program.text"
    path.write_bytes(first.deck)
    assert main(["dis", str(path), "--source"]) == 0
    source = capsys.readouterr().out
    again = assemble(source)
    assert [str(message) for message in again.messages] == []
    assert again.deck == first.deck
    lines = [line.rstrip() for line in source.splitlines()]
    assert "         DC    C'IT''S A TEXT && MORE'" in lines
    assert "         DC    V(THERE)" in lines
    assert "         DC    A(OTHER+4)" in lines
    assert "         DC    AL3(WEAK)" in lines
    assert "DOOR     MVC   0(256,1),16(2)" in lines


def test_names_of_sym_cards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "program.text"
    path.write_bytes(assemble(PROGRAM, options=Options(test=True)).deck)
    assert main(["dis", str(path)]) == 0
    assert "TABLE    DC    A(ONE+28)" in capsys.readouterr().out


def test_a_module(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "program.module"
    image = bytes.fromhex("05C007FE") + bytes(8) + b"\xc1" * 10
    table = (TableEntry("MAIN", 0x20000, 0), TableEntry("TEXT", 0x2000C, 1))
    path.write_bytes(build_module(Module(0x20000, 0x20000, image, table)))
    assert main(["dis", str(path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "* MODULE X'20000' to X'20016', entry point X'20000'",
        "020000 05C0         MAIN     BALR  12,0",
        "020002 07FE                  BR    14",
        "020004 000000000000          DC    8X'00'",
        "02000C C1C1C1C1C1C1 TEXT     DC    C'AAAAAAAAAA'",
    ]
    assert main(["dis", str(path), "--as", "image"]) == 0
    assert capsys.readouterr().out.startswith("000000 0050")


def test_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dis", str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err == f"vm370 dis: {tmp_path / 'none'}: found no such file or directory\n"
    path = tmp_path / "deck"
    path.write_bytes(b"\x02" + bytes(79))
    assert main(["dis", str(path)]) == 1
    assert "found" in capsys.readouterr().err
