"""`vm370 vmarc`, `lib`, `deck` and `print` from end to end: files come back, dry runs, errors, exit codes."""

from __future__ import annotations

import json
import random
from datetime import datetime
from pathlib import Path

import pytest

from vm370.images.cards import text_to_cards
from vm370.images.ebcdic import to_ebcdic
from vm370.images.maclib import parse_maclib
from vm370.images.member import Member
from vm370.images.objdeck import LD, SD, Deck, EsdItem, build_deck, end_card, esd_cards, rld_cards, txt_cards
from vm370.images.objdeck import RldItem as Rld
from vm370.images.vmarc import pack
from vm370.tools import decks
from vm370.tools.cli import main

MACRO = "* COMMENT\n         MACRO\n&L       GREET &TO\n         WTO   'HELLO &TO'\n         MEND\n"


def vm370(*words: str | Path) -> int:
    try:
        return main([str(word) for word in words])
    except SystemExit as stop:
        return int(str(stop.code))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "greet.macro").write_text(MACRO)
    (folder / "area.copy").write_text("AREA     DSECT\n         DS    F\n")
    return folder


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def deck(name: str, *entries: str) -> bytes:
    items = [EsdItem(name, SD, 0, 4), *(EsdItem(entry, LD, 2, 1) for entry in entries)]
    relocations = rld_cards([Rld(1, 1, 0x0C, 0)])
    return build_deck(Deck(name, [*esd_cards(items), *txt_cards(1, 0, bytes(4)), *relocations, end_card(0, 1)]))


PAIRS = [
    (("vmarc", "pack"), ("vmarc", "unpack")),
    (("deck", "pack"), ("deck", "unpack")),
    (("deck", "punch"), ("deck", "read")),
    (("deck", "send"), ("deck", "receive")),
]


@pytest.mark.parametrize(("maker", "taker"), PAIRS)
def test_files_come_back(
    tmp_path: Path, files: Path, maker: tuple[str, str], taker: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    archive, out = tmp_path / "archive", tmp_path / "out"
    assert vm370(*maker, archive, files, "--dry-run") == 0
    assert not archive.exists()
    assert vm370(*maker, archive, files) == 0
    assert len(archive.read_bytes()) % 80 == 0
    assert vm370(*maker, archive, files) == 1
    assert "exists already (--force replaces it)" in capsys.readouterr().err
    assert vm370(*maker, archive, files, "--force") == 0
    assert vm370(*taker, archive, out, "--dry-run") == 0
    assert not out.exists()
    assert vm370(*taker, archive, out) == 0
    assert contents(out) == contents(files)
    assert vm370(*taker, archive, "AREA", "COPY", tmp_path / "one") == 0
    assert list(contents(tmp_path / "one")) == ["area.copy"]
    assert vm370(*taker, archive, "AREA", tmp_path / "one") == 2
    capsys.readouterr()
    assert vm370(*taker, archive, "NO", "SUCH", tmp_path / "one") == 1
    assert "file NO SUCH is not in it; there is AREA COPY, GREET MACRO" in capsys.readouterr().err
    assert vm370(maker[0], "ls", archive, "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    rows = shown["files"] if isinstance(shown, dict) else shown
    assert [(row["filename"], row["recfm"], row["lrecl"], row["records"]) for row in rows] == [
        ("AREA", "F", 80, 2),
        ("GREET", "F", 80, 5),
    ]


def test_records_that_are_no_text_and_names_that_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    when = datetime(1984, 1, 1)
    bad = Member("A", "TEXT", "A1", "V", 3, when, (b"\xc1\x25\xc2",))
    archive = tmp_path / "a.vmarc"
    archive.write_bytes(pack([bad, Member("B", "TEXT", "A1", "V", 1, when, (b"\xc1",))]))
    assert vm370("vmarc", "unpack", archive, tmp_path / "out") == 1
    assert "A TEXT:1:2: found X'25'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert vm370("vmarc", "unpack", archive, tmp_path / "out", "--lossy") == 0
    assert contents(tmp_path / "out") == {"a.text": "A B\n", "b.text": "A\n"}
    assert vm370("vmarc", "unpack", archive, tmp_path / "bin", "--binary") == 0
    assert (tmp_path / "bin" / "a.text").read_bytes() == b"\xc1\x25\xc2"
    header = bytearray(archive.read_bytes())
    header[10:14] = to_ebcdic("../X")
    archive.write_bytes(bytes(header))
    assert vm370("vmarc", "unpack", archive, tmp_path / "evil", "--lossy") == 1
    assert not (tmp_path / "evil").exists()


def test_code_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "price.txt").write_text("5 €\n")
    assert vm370("vmarc", "pack", tmp_path / "a", tmp_path / "price.txt") == 1
    assert "price.txt:1:3: found '€' (U+20AC)" in capsys.readouterr().err
    assert vm370("vmarc", "pack", tmp_path / "a", tmp_path / "price.txt", "--codepage", "1140") == 0
    assert vm370("vmarc", "unpack", tmp_path / "a", tmp_path / "out", "--codepage", "1140") == 0
    assert contents(tmp_path / "out") == {"price.txt": "5 €\n"}
    assert vm370("vmarc", "pack", tmp_path / "b", tmp_path / "price.txt", "--lossy") == 0
    assert vm370("deck", "codepage", "8") == 2
    assert vm370("deck", "codepage", "500") == 0
    assert "4-     .. â  ä  à  á  ã  å  ç  ñ  [  ." in capsys.readouterr().out


def test_a_macro_library(tmp_path: Path, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = tmp_path / "my.maclib"
    assert vm370("lib", "create", library, files) == 0
    assert [member.name for member in parse_maclib(library.read_bytes()).members] == ["AREA", "GREET"]
    assert vm370("lib", "get", library, tmp_path / "out") == 0
    assert contents(tmp_path / "out") == contents(files)
    (files / "area.copy").write_text("AREA     DSECT\n")
    (files / "new.copy").write_text("NEW      EQU   1\n")
    before = library.read_bytes()
    assert vm370("lib", "put", library, files / "area.copy", "--dry-run") == 0
    assert library.read_bytes() == before
    assert vm370("lib", "put", library, files / "area.copy", files / "new.copy") == 0
    assert vm370("lib", "rm", library, "greet") == 0
    capsys.readouterr()
    assert vm370("lib", "ls", library, "--json") == 0
    rows = [{"name": "AREA", "cards": 1}, {"name": "NEW", "cards": 1}]
    assert json.loads(capsys.readouterr().out) == {"type": "maclib", "members": rows}
    assert vm370("lib", "rm", library, "GREET") == 1
    assert "member GREET is not in it; there is AREA, NEW" in capsys.readouterr().err
    assert vm370("lib", "create", tmp_path / "nothing") == 2
    assert vm370("lib", "ls", files / "new.copy") == 1


def test_a_text_library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = tmp_path / "one.text"
    one.write_bytes(deck("ONE", "ALSO"))
    assert vm370("lib", "create", tmp_path / "l", one, "--type", "txtlib") == 0
    assert vm370("lib", "ls", tmp_path / "l") == 0
    assert capsys.readouterr().out.endswith("MEMBER    CARDS  ENTRIES\nONE           5  ALSO\n")
    assert vm370("lib", "get", tmp_path / "l", "ALSO", tmp_path / "out") == 0
    assert (tmp_path / "out" / "one.text").read_bytes() == one.read_bytes()


def test_an_object_deck(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "one.text"
    path.write_bytes(deck("ONE", "ALSO"))
    assert vm370("deck", "ls", path) == 0
    assert capsys.readouterr().out.splitlines() == [
        "  CARD  TYPE    SYMBOL       ID   ADDR    LENGTH",
        "     1  ESD     ONE      SD  0001 000000  000004",
        "     1  ESD     ALSO     LD       000002  000001",
        "     2  TXT                  0001 000000  000004  1 cards",
        "     3  RLD                       000000  000004  R 0001 P 0001 flag 0C",
        "     4  END                  0001 000000",
    ]
    assert vm370("deck", "check", path) == 0
    assert decks.check(deck("ONE")[:-80], "x") == ["x: found the end of the deck, expected an END card"]
    long = build_deck(Deck("", [*esd_cards([EsdItem("A", SD, 0, 2)]), *txt_cards(1, 0, bytes(4)), end_card()]))
    assert decks.check(long, "x") == ["x: card 2: found text up to 000004, expected up to 000002"]
    path.write_bytes(long)
    assert vm370("deck", "check", path) == 1


def test_a_message_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert vm370("deck", "send", tmp_path / "m", "--message", "HELLO", "--receiver", "THERE.OPS") == 0
    assert vm370("deck", "receive", tmp_path / "m", tmp_path / "out") == 0
    assert capsys.readouterr().out.endswith("HELLO\n")
    assert not (tmp_path / "out").exists()
    assert vm370("deck", "send", tmp_path / "n") == 2
    assert vm370("deck", "send", tmp_path / "n", "--sender", "NOWHERE") == 2


def test_conversion_of_cards(tmp_path: Path, files: Path) -> None:
    ebcdic, ascii_cards, text = (tmp_path / name for name in ("e", "a", "t"))
    assert vm370("deck", "convert", files / "greet.macro", ebcdic, "--to", "ebcdic", "--number", "GR") == 0
    assert ebcdic.read_bytes()[72:80] == to_ebcdic("GR000010")
    assert vm370("deck", "convert", ebcdic, ascii_cards, "--to", "ascii") == 0
    assert ascii_cards.read_bytes()[:80] == b"* COMMENT".ljust(72) + b"GR000010"
    assert vm370("deck", "convert", ascii_cards, text, "--to", "text", "--unnumber") == 0
    assert text.read_text() == MACRO


def test_print(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listing = tmp_path / "a.listing"
    listing.write_bytes(b"".join(to_ebcdic(line.ljust(121)) for line in ("1HEADING", "0LINE", "1NEXT")))
    assert vm370("print", listing) == 0
    assert capsys.readouterr().out == "HEADING\n\nLINE\n\fNEXT\n"
    assert vm370("print", listing, "-o", tmp_path / "a.txt", "--control", "none") == 0
    assert (tmp_path / "a.txt").read_text() == "1HEADING\n0LINE\n1NEXT\n"
    assert vm370("print", listing, "--lrecl", "100") == 1
    assert "expected records of 100" in capsys.readouterr().err
    assert vm370("print", listing, "--bars") == 2
    (tmp_path / "s").write_bytes(bytes.fromhex("0001 0000 09 c1 0002 0000 8b 4040 0001 0000 11 c2".replace(" ", "")))
    capsys.readouterr()
    assert vm370("print", tmp_path / "s", "--spool") == 0
    assert capsys.readouterr().out == "A\n\fB\n\n"
    pytest.importorskip("fpdf", reason="fpdf2 is not installed")
    assert vm370("print", listing, "-o", tmp_path / "a.pdf", "--bars") == 0
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")


def test_damage_never_ends_in_anything_but_an_error(tmp_path: Path, files: Path) -> None:
    noise = random.Random(5)
    made = {}
    for maker, taker in PAIRS:
        assert vm370(*maker, tmp_path / "x", files, "--force") == 0
        made[taker] = (tmp_path / "x").read_bytes()
    made["deck", "check"] = deck("ONE", "ALSO")
    damaged = tmp_path / "damaged"
    for taker, data in made.items():
        for _ in range(40):
            changed = bytearray(data)
            changed[noise.randrange(len(data))] = noise.randrange(256)
            damaged.write_bytes(changed[: noise.choice((len(data), noise.randrange(len(data))))])
            rest = () if taker == ("deck", "check") else (tmp_path / "out", "--dry-run")
            assert vm370(*taker, damaged, *rest) in (0, 1)
            assert vm370("deck", "ls", damaged) in (0, 1)


def test_cards_of_text_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cards"
    path.write_bytes(b"".join(text_to_cards(b"// JOB\n// END\n", "x")))
    assert vm370("deck", "ls", path) == 0
    assert capsys.readouterr().out == f"{path}: 2 cards, EBCDIC\n"
    path.write_bytes(b"")
    assert vm370("deck", "ls", path) == 1
