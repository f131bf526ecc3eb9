"""The linkage editor: addresses and relocated fields by hand, library calls, refusals, the written forms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vm370.images.ebcdic import to_ebcdic
from vm370.images.module import NO_MAP, SYSTEM, parse_module
from vm370.images.objdeck import Card, Deck, EsdItem, build_deck, end_card, esd_cards, esd_items, parse_deck, txt_cards
from vm370.images.txtlib import Txtlib, build_txtlib, members_of
from vm370.tools.assembler import assemble
from vm370.tools.linker import (
    LinkError,
    LoadModule,
    absolute_deck,
    ipl_deck,
    link,
    load_map,
    module_file,
    relocatable_deck,
)

MAIN = """
MAIN     CSECT
         USING *,15
         L     15,=V(SUB)
         BALR  14,15
         DC    A(MAIN+4),AL3(HERE),Y(5)
HERE     DC    A(HERE-MAIN)
         END   MAIN
"""
SUB = """
OTHER    CSECT
         DC    F'0'
SUB      DS    0F
         ENTRY SUB
         DC    A(OTHER),A(MAIN)
         EXTRN MAIN
         END
"""


def deck(source: str) -> bytes:
    result = assemble(source if " END" in source else f"{source}\n END\n")
    assert [str(message) for message in result.messages] == []
    return result.deck


def linked(*sources: str, origin: int = 0x1000, **options: object) -> LoadModule:
    return link([deck(source) for source in sources], origin, **options)  # type: ignore[arg-type]


def test_two_decks() -> None:
    module = linked(MAIN, SUB)
    # MAIN is X'18' + the literal = X'1C' long, OTHER follows on the doubleword X'1020', SUB is X'1024'
    assert {name: symbol.address for name, symbol in module.symbols.items()} == {
        "MAIN": 0x1000,
        "OTHER": 0x1020,
        "SUB": 0x1024,
    }
    assert module.image[:8].hex().upper() == "58F0F01805EF0000"
    assert module.image[8:12].hex() == "00001004"
    assert module.image[12:15].hex() == "001014"
    assert module.image[20:24].hex() == "00000014"
    assert module.image[24:28].hex() == "00001024"
    assert module.image[0x24:0x2C].hex() == "0000102000001000"
    assert (module.entry, module.origin, module.end) == (0x1000, 0x1000, 0x102C)


def test_any_origin_moves_all_addresses() -> None:
    for origin in (0, 0x20000, 0xFF0000):
        module = linked(MAIN, SUB, origin=origin)
        assert int.from_bytes(module.image[8:12], "big") == origin + 4
        assert int.from_bytes(module.image[24:28], "big") == origin + 0x24


def test_negative_and_complex_relocation() -> None:
    # B - A over two sections and an external symbol minus a section
    module = linked("A CSECT\n DC A(B-A),A(X-A)\n EXTRN X\nB CSECT\n DC F'1'", "X CSECT\n DC F'2'")
    assert module.image[:8].hex() == "0000000800000010"


def test_entry_point() -> None:
    assert linked("A CSECT\n DC F'0'\nGO BR 14\n END GO").entry == 0x1004
    assert linked(MAIN, SUB, entry="SUB").entry == 0x1024
    assert linked(MAIN, SUB, entry=0x1002).entry == 0x1002
    assert linked("A CSECT\n BR 14").entry == 0x1000
    with pytest.raises(LinkError, match="entry point NONE: expected a section or entry of the decks"):
        linked(MAIN, SUB, entry="NONE")


def test_common_sections_come_last_with_the_largest_length() -> None:
    module = linked("A CSECT\n DC A(C)\nC COM\n DS F", "B CSECT\n DC A(C)\nC COM\n DS 3F")
    assert [(section.name, section.address, section.length) for section in module.sections] == [
        ("A", 0x1000, 4), ("B", 0x1008, 4), ("C", 0x1010, 12),
    ]  # fmt: skip
    assert module.image[:4] == module.image[8:12] == bytes.fromhex("00001010")


def test_the_first_section_of_a_name_is_kept() -> None:
    module = linked("A CSECT\n DC F'1'", "A CSECT\n DC F'2'\nB CSECT\n DC A(A)")
    assert module.image.hex() == "000000010000000000001000"
    assert module.warnings == ["deck 2: section A is there already, from deck 1; this one is left out"]


def test_weak_references() -> None:
    source = "A CSECT\n DC A(W),V(W)\n WXTRN W"
    module = linked(source)
    assert module.image.hex() == "00" * 8
    assert module.weak == ["W"]
    assert linked(source, "W CSECT\n DC F'0'").image[:8].hex() == "00001008" * 2


def test_automatic_call(tmp_path: Path) -> None:
    (tmp_path / "SUB.TEXT").write_bytes(deck("SUB CSECT\n DC V(DEEP)"))
    (tmp_path / "deep.obj").write_bytes(deck("DEEP CSECT\n DC F'7'\n END DEEP"))
    (tmp_path / "w.text").write_bytes(deck("W CSECT\n DC F'7'"))
    module = linked("A CSECT\n DC V(SUB),A(W)\n WXTRN W", library=[tmp_path])
    assert [section.name for section in module.sections] == ["A", "SUB", "DEEP"]
    assert module.image.hex() == "0000100800000000000010100000000000000007"
    assert module.entry == 0x1000


def test_missing_symbols_are_all_told() -> None:
    with pytest.raises(LinkError) as caught:
        linked("A CSECT\n DC V(ONE),V(TWO)", "B CSECT\n DC V(ONE)")
    assert str(caught.value).splitlines() == [
        "symbol ONE is not defined (referred to by deck 1, deck 2)",
        "symbol TWO is not defined (referred to by deck 1)",
    ]
    module = linked("A CSECT\n DC V(ONE)", allow_unresolved=True)
    assert module.unresolved == {"ONE": ["deck 1"]}


def test_replace_cards() -> None:
    cards = parse_deck(deck("A CSECT\n DC 2F'0'")).cards
    replace = b"\x02" + to_ebcdic("REP  000002 001CAFE,BABE".ljust(79))
    cards.insert(2, parse_deck(replace).cards[0])
    assert link([Deck("x", cards)], 0x1000).image.hex() == "0000cafebabe0000"


@pytest.mark.parametrize(
    ("cards", "message"),
    [
        ([*txt_cards(1, 0, b"abc"), end_card()], "x: card 1: found TXT for ESDID 1, expected one of a section"),
        (
            [*esd_cards([EsdItem("A", 0, 0, 2)]), *txt_cards(1, 0, b"abc"), end_card()],
            "x: card 2: found 3 bytes of text",
        ),
        ([*esd_cards([EsdItem("A", 0, 0, 2)])], "x: found the end of the deck, expected an END card"),
        ([*esd_cards([EsdItem("A", 0, 0, 2), EsdItem("L", 1, 0, 9)]), end_card()], "entry L: found ESDID 9"),
        ([*esd_cards([EsdItem("A", 0, 0, 2)]), end_card(0, 5)], "x: card 2: END: found ESDID 5"),
        ([*esd_cards([EsdItem("A", 6, 0, 2)]), end_card()], "decks: found no control section"),
        (
            [
                *esd_cards([EsdItem("A", 0, 0, 4)]),
                Card("RLD", None, 8, None, bytes.fromhex("000300010c000000")),
                end_card(),
            ],
            "x: card 2: relocation of X'000000': found ESDID 3",
        ),
        (
            [
                *esd_cards([EsdItem("A", 0, 0, 4)]),
                Card("RLD", None, 8, None, bytes.fromhex("000100010c000001")),
                end_card(),
            ],
            "x: card 2: relocation of X'000001': expected an address inside section A",
        ),
        ([end_card()], "decks: found no control section, expected at least one"),
    ],
)
def test_refusals(cards: list[Card], message: str) -> None:
    with pytest.raises(LinkError) as caught:
        link([Deck("x", list(cards))], 0x1000)
    assert message in str(caught.value)


def test_bad_origin_and_bad_deck() -> None:
    with pytest.raises(LinkError, match="origin: found X'1001', expected a multiple of 8"):
        linked(MAIN, SUB, origin=0x1001)
    with pytest.raises(LinkError, match="program: found an end at X'100000C', expected at most X'1000000'"):
        linked("A CSECT\n DC 7F'0'", origin=0xFFFFF0)
    with pytest.raises(LinkError, match="deck 1: card 1, offset 0: found 3 bytes, expected a multiple of 80"):
        link([b"abc"])


def test_module_form() -> None:
    module = parse_module(module_file(linked(MAIN, SUB), system=True))
    assert (module.entry, module.first, module.end, module.flags) == (0x1000, 0x1000, 0x102C, SYSTEM)
    assert [(entry.name, entry.value, entry.type) for entry in module.table] == [
        ("MAIN", 0x1000, 0), ("OTHER", 0x1020, 0), ("SUB", 0x1024, 1),
    ]  # fmt: skip
    assert parse_module(module_file(linked(MAIN, SUB), map=False)).flags == NO_MAP


def test_deck_form_links_to_the_same() -> None:
    module = linked(MAIN, SUB, entry="SUB")
    again = link([absolute_deck(module)], 0x1000)
    assert (again.image, again.entry) == (module.image, module.entry)


def test_map() -> None:
    lines = load_map(linked(MAIN, SUB)).splitlines()
    assert lines[0] == "ENTRY POINT 001000   FROM 001000 TO 00102C"
    assert "MAIN      001000  00001C      deck 1" in lines
    assert "  SUB       001024" in lines


def test_ipl_deck_by_hand() -> None:
    module = linked("A CSECT\n DC F'1'", origin=0x2000)
    cards = ipl_deck(module)
    # the loader's cards go behind the program, to the doubleword X'2008'; it starts on the card after that one
    assert cards[:24].hex() == "000000000000205802002008600000500800200800000050"
    assert cards[80:88].hex() == "0200205860000050"
    loader = next(n for n in range(2, 9) if cards[80 * n : 80 * n + 4] == bytes.fromhex("02c5e2c4")) - 2
    assert cards[80 + 8 * loader - 8 : 80 + 8 * loader + 8].hex() == f"02{0x2008 + 80 * loader:06x}20000050" + "00" * 8
    deck = parse_deck(cards[80 * (2 + loader) :])
    assert [card.type for card in deck.cards if isinstance(card, Card)] == ["ESD", "TXT", "END"]
    assert isinstance(deck.cards[0], Card)
    assert esd_items(deck.cards[0]) == [EsdItem("A", 0, 0x2000, 4)]


def test_ipl_deck_refuses_low_storage() -> None:
    with pytest.raises(LinkError, match="origin: found X'0', expected X'18' or more"):
        ipl_deck(linked("A CSECT\n DC F'1'", origin=0))


def test_several_object_modules_in_one_deck() -> None:
    data = deck("A CSECT\n DC V(B)") + deck("B CSECT\n DC A(B)")
    assert link([data], 0x1000).image.hex() == "000010080000000000001008"
    assert build_deck(parse_deck(data)) == data


def test_pseudo_registers() -> None:
    one = "ONE CSECT\nA DXD F\nB DXD CL3\n DC Q(A),Q(B),QL2(C)\nC DXD D\nLEN CXD\n"
    two = "TWO CSECT\n DC Q(C),Q(B)\nB DXD 2F\nC DSECT\n DS XL20\n"
    module = linked(one, two)
    # A 4 at 0; B 8 (the longer one) at 4; C 20 at 16 (doubleword): 36 in all
    assert {name: (one.offset, one.length) for name, one in module.registers.items()} == {
        "A": (0, 4), "B": (4, 8), "C": (16, 20),
    }  # fmt: skip
    assert module.image.hex() == "00000000" + "00000004" + "0010" + "0000" + "00000024" + "00000010" + "00000004"
    assert "B                000004  000008" in load_map(module)


def txtlib(*decks: bytes) -> bytes:
    return build_txtlib(Txtlib(tuple(members_of(b"".join(decks), "decks"))))


@pytest.mark.parametrize("library_of", [txtlib, lambda *decks: b"".join(decks)])
def test_call_from_a_txtlib(tmp_path: Path, library_of: Callable[..., bytes]) -> None:
    library = tmp_path / "own.txtlib"
    library.write_bytes(library_of(deck("UNUSED CSECT\n DC F'1'\n"), deck(SUB)))
    module = link([deck(MAIN)], 0x1000, None, [library])
    assert module.symbols["SUB"].address == 0x1024
    assert "UNUSED" not in module.symbols
    assert module.sections[1].deck == f"{library}(OTHER)"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "found 0 bytes, expected a folder, or a TXTLIB of 80-byte cards"),
        (b"\x40" * 160, "found no object deck, expected ESD ... END cards"),
        (b"\x02\x40\x40\x40" + b"\x40" * 76, "card type '   '"),
    ],
)
def test_a_bad_txtlib(data: bytes, message: str, tmp_path: Path) -> None:
    library = tmp_path / "bad.txtlib"
    library.write_bytes(data)
    with pytest.raises(LinkError) as caught:
        link([deck(MAIN)], 0x1000, None, [library])
    assert message in str(caught.value)


def test_a_deck_that_is_linked_again() -> None:
    """Linking in two steps gives what linking in one gives."""
    other = "THIRD CSECT\n ENTRY DOOR\n DC A(OTHER)\nDOOR DC V(MAIN)\n EXTRN OTHER\n"
    middle = SUB.replace("EXTRN MAIN", "EXTRN MAIN,DOOR\n WXTRN GONE").replace("A(MAIN)", "A(MAIN,DOOR-4,GONE)")
    whole = linked(MAIN, middle, other, origin=0x3000)
    part = link([deck(middle), deck(other)], 0, allow_unresolved=True)
    again = link([deck(MAIN), relocatable_deck(part, "PART")], 0x3000)
    assert again.image == whole.image
    assert {name: symbol.address for name, symbol in again.symbols.items()} == {
        name: symbol.address for name, symbol in whole.symbols.items()
    }
    with pytest.raises(LinkError, match="expected 0"):
        relocatable_deck(whole)
