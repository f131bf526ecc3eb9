"""Sources whose decks IBM's assembler made: ours are the same, card by card.

Optional.  VM370_GENUINE names a folder with files of genuine CMS disks, in any subfolder: NAME.LISTING (121-byte
records, Assembler XF or F) and, for the first test, NAME.TEXT beside it.  The source is taken out of the listing, macro
instructions replaced by what the listing shows of their expansion, so that no macro library is needed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from vm370.images.ebcdic import from_ebcdic
from vm370.images.objdeck import Card, parse_deck
from vm370.tools.assembler import assemble
from vm370.tools.disassembly import lines, programs_of_deck

FOLDER = os.environ.get("VM370_GENUINE", "")
RECORD = 121
LISTINGS = sorted(path for path in Path(FOLDER).rglob("*.LISTING")) if FOLDER else []
PAIRS = [path for path in LISTINGS if path.with_suffix(".TEXT").exists()]
DECKS = [path for path in sorted(Path(FOLDER).rglob("*.TEXT")) if path.stat().st_size % 80 == 0][:120] if FOLDER else []

pytestmark = pytest.mark.skipif(not LISTINGS, reason="VM370_GENUINE does not name a folder with genuine listings")

_STATISTICS = re.compile(r"RELOCATION DICTIONARY|CROSS-REFERENCE|DIAGNOSTICS")
_HEADING = re.compile(r" PAGE +\d+\s*$")
_OBJECT = re.compile(r"([0-9A-F]{6}) ((?:[0-9A-F]{4} ){0,2}[0-9A-F]{2,16}) ")


def records(path: Path) -> list[str]:
    data = path.read_bytes()
    return [from_ebcdic(data[place + 1 : place + RECORD]) for place in range(0, len(data), RECORD)]


def source_of(listing: list[str]) -> tuple[str, dict[int, int]] | None:
    """The source without macros, and the object code by address; None where expansions are not shown."""
    statements: list[list[str]] = []
    code: dict[int, int] = {}
    column = 0
    for line in listing:
        if "OBJECT CODE" in line and "SOURCE STATEMENT" in line:
            column = line.index("STMT") + 4
            continue
        if _STATISTICS.search(line):
            column = 0
        if not column or _HEADING.search(line):
            continue
        if match := _OBJECT.match(line):
            for place, byte in enumerate(bytes.fromhex(match[2].replace(" ", ""))):
                code.setdefault(int(match[1], 16) + place, byte)
        number, mark, text = line[column - 5 : column], line[column : column + 1], line[column + 1 : column + 81]
        if number.strip().isdigit():
            statements.append([mark, text.ljust(80)[:72].rstrip()])
        elif not line[: column + 1].strip() and statements and len(statements[-1][1]) == 72:
            statements.append(["continued", text.ljust(80)[:72].rstrip()])
    result = []
    for place, (mark, text) in enumerate(statements):
        if text.startswith(" " * 15 + "="):
            continue  # a literal
        following = next((mark for mark, _ in statements[place + 1 :] if mark != "continued"), " ")
        expanded = mark != "+" and following == "+" and not text.startswith("*")
        result.append("*" + text[1:] if expanded else text)
    return "\n".join(result) + "\n", code


@pytest.mark.parametrize(
    "path", [path for path in LISTINGS if path.with_suffix(".TEXT").exists()], ids=lambda p: p.stem
)
def test_the_deck_is_ibms(path: Path) -> None:
    source = source_of(records(path))
    assert source is not None
    result = assemble(source[0], path.name)
    theirs = parse_deck(path.with_suffix(".TEXT").read_bytes(), path.name)
    ours = parse_deck(result.deck, "ours")
    assert [str(message) for message in result.messages if message.severity >= 8] == []
    images = [
        [(card.type, card.address, card.count, card.esdid, card.data) for card in deck.cards
         if isinstance(card, Card) and card.type != "END"]
        for deck in (theirs, ours)
    ]  # fmt: skip
    assert images[0] == images[1]


@pytest.mark.parametrize("path", LISTINGS, ids=lambda p: p.stem)
def test_the_object_code_is_that_of_the_listing(path: Path) -> None:
    source = source_of(records(path))
    assert source is not None
    result = assemble(source[0], path.name)
    if any(message.identifier.startswith("ASM010") for message in result.messages):
        pytest.skip("the listing does not show the expansion of its macros")
    assert [str(message) for message in result.messages if message.severity >= 8] == []
    start = min((section.origin for section in result.sections.values() if section.type == "CSECT"), default=0)
    text = result.text
    assert text
    wrong = {
        f"{address:06X}": (byte, text[address - start])
        for address, byte in source[1].items()
        if start <= address < start + len(text) and text[address - start] != byte
    }
    assert wrong == {}


@pytest.mark.parametrize("path", DECKS, ids=lambda p: p.stem)
def test_disassembled_text_assembles_to_the_same_text(path: Path) -> None:
    programs = programs_of_deck(parse_deck(path.read_bytes(), path.name))
    for program in programs:
        result = assemble("\n".join(line.source for line in lines(program)) + "\n", path.name)
        if any(message.severity >= 8 for message in result.messages):
            pytest.skip("names of this deck cannot stand in one source")
        again = programs_of_deck(parse_deck(result.deck, "again"))[0]
        assert [(part.name, part.length) for part in again.parts] == [
            (part.name, part.length) for part in program.parts
        ]
        for mine, other in zip(again.parts, program.parts, strict=True):
            if mine.address == other.address:
                assert bytes(mine.text) == bytes(other.text)
