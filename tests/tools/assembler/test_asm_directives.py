"""Assembler instructions: sections, symbols, location counter, external symbols, the deck and the listing."""

from __future__ import annotations

import pytest

from tests.tools.assembler.asmkit import code, run
from vm370.images.ebcdic import from_ebcdic
from vm370.images.objdeck import Card, ControlCard, EsdItem, esd_items, parse_deck, rld_items
from vm370.tools.assembler import Options


def cards(lines: str, kind: str) -> list[Card]:
    deck = parse_deck(run(lines).deck)
    return [card for card in deck.cards if isinstance(card, Card) and card.type == kind]


def esd(lines: str) -> list[tuple[str, int, int | None, int | None]]:
    items = [item for card in cards(lines, "ESD") for item in esd_items(card)]
    return [(item.name, item.type, item.address, item.length) for item in items]


def test_external_symbol_dictionary() -> None:
    lines = "ONE CSECT\n DC A(EXT),V(VC)\n ENTRY IN\nIN DC F'0'\n EXTRN EXT\n WXTRN WEAK\nTWO CSECT\n DS CL3\n"
    lines += "C COM\n DS F\nD DSECT\n DS F"
    assert esd(lines) == [
        ("ONE", 0, 0, 12),
        ("VC", 2, 0, None),
        ("IN", 1, 8, 1),
        ("EXT", 2, 0, None),
        ("WEAK", 10, 0, None),
        ("TWO", 0, 16, 3),
        ("C", 5, 0, 4),
    ]


def test_weak_virtual_symbol() -> None:
    assert esd(" DC V(X)\n WXTRN X")[1] == ("X", 10, 0, None)


def test_unnamed_section() -> None:
    result = run(" BR 14\n END").deck
    items = [
        item
        for card in parse_deck(result).cards
        if isinstance(card, Card) and card.type == "ESD"
        for item in esd_items(card)
    ]
    assert items == [EsdItem("TEST", 0, 0, 2)]
    from vm370.tools.assembler import assemble

    deck = parse_deck(assemble(" BR 14\n END\n").deck)
    assert isinstance(deck.cards[0], Card)
    assert esd_items(deck.cards[0]) == [EsdItem("", 4, 0, 2)]


def test_text_is_cut_at_gaps_and_after_56_bytes() -> None:
    texts = cards(" DC 60X'01'\n DS CL10\n DC X'02'", "TXT")
    assert [(card.address, card.count) for card in texts] == [(0, 56), (56, 4), (70, 1)]


def test_relocation_dictionary() -> None:
    lines = " DC A(TEST),AL3(X-Y),V(V)\nX DC Y(5)\n EXTRN E\n DC A(E-TEST)\n LA 1,X(,2)\nY EQU TEST".replace(
        " LA 1,X(,2)\n", ""
    )
    items = [item for card in cards(lines, "RLD") for item in rld_items(card)]
    assert [(item.r, item.p, item.flag & 0xFE, item.address) for item in items] == [
        (1, 1, 0x0C, 0), (1, 1, 0x0E, 16), (2, 1, 0x1C, 8), (3, 1, 0x0C, 16),
    ]  # fmt: skip


def test_ccw_address_is_relocated() -> None:
    lines = " CCW 2,AREA,X'60',80\nAREA DS CL80"
    assert code(lines)[:16] == "0200000860000050"
    (item,) = rld_items(cards(lines, "RLD")[0])
    assert (item.address, item.length) == (1, 3)


def test_end_card() -> None:
    (end,) = cards("A CSECT\n DS F\nB CSECT\nGO BR 14\n END GO", "END")
    assert (end.address, end.esdid) == (8, 2)
    (end,) = cards(" BR 14", "END")
    assert (end.address, end.esdid) == (None, None)
    (end,) = cards(" EXTRN X\n BR 14\n END X", "END")
    assert from_ebcdic(end.data[:8]) == "X       "


def test_identification_and_sequence() -> None:
    deck = run("DMS TITLE 'X'\n BR 14").deck
    assert [from_ebcdic(deck[place + 72 : place + 80]) for place in range(0, len(deck), 80)] == [
        "DMS00001", "DMS00002", "DMS00003",
    ]  # fmt: skip


def test_the_same_source_gives_the_same_deck() -> None:
    lines = " DC A(TEST),C'X'"
    assert run(lines).deck == run(lines).deck


def test_start_and_several_sections() -> None:
    result = run("A START X'1000'\n DC X'01'\nB CSECT\n DC A(B)\nA CSECT\n DC X'02'")
    assert (result.sections["A"].origin, result.sections["B"].origin) == (0x1000, 0x1008)
    assert result.text.hex().upper() == "010200000000000000001008"


def test_org() -> None:
    assert code(" DC 4X'FF'\n ORG TEST+1\n DC X'01'\n ORG\n DC X'02'") == "FF01FFFF02"
    assert code(" DC 4X'FF'\n ORG *-2\n DC X'01'\n ORG ,\n DC X'02'") == "FFFF01FF02"


def test_equ() -> None:
    result = run("A EQU 5\nB EQU A+1,3,C'X'\nC EQU *\nD EQU E\nE EQU 7\nF DS CL9\nG EQU F+2")
    assert [result.symbols[name].value for name in "ABDE"] == [5, 6, 7, 7]
    assert (result.symbols["B"].length, result.symbols["B"].type) == (3, "X")
    assert result.symbols["G"].length == 9


@pytest.mark.parametrize(
    ("statement", "expected"),
    [(" CNOP 0,4", "07FE0700"), (" CNOP 2,4", "07FE"), (" CNOP 2,8", "07FE"), (" CNOP 6,8", "07FE07000700")],
)
def test_cnop(statement: str, expected: str) -> None:
    assert code(f" BR 14\n{statement}") == expected


def test_expressions() -> None:
    assert code(
        "A DS CL4\nB DS CL4\n DC AL1(B-A,2*(B-A)+1,7/2,-7/-2,X'FF'-C'A',L'A)"
    ) == "00" * 8 + "0409030 33E04".replace(" ", "")


def test_opsyn() -> None:
    assert code("LOAD OPSYN L\n LOAD 1,2(3)") == "58130002"


def test_punch_and_repro() -> None:
    lines = " PUNCH 'FIRST CARD'\n BR 14\n REPRO\n SECOND Card\n BR 15"
    deck = parse_deck(run(lines).deck)
    control = [(place, card.text) for place, card in enumerate(deck.cards) if isinstance(card, ControlCard)]
    assert control == [(0, "FIRST CARD"), (3, " SECOND Card")]


def test_listing() -> None:
    listing = run("HEAD TITLE 'A PROGRAM'\n USING TEST,12\nX L 1,=F'5'\n LTORG\n BAD 1\n").listing
    assert "000000 5810 C008            00008     4 X L 1,=F'5'" in listing
    assert "000008 00000005                       6" in listing
    assert "HEAD     A PROGRAM" in listing
    assert "*** ERROR ***" in listing
    assert "HIGHEST SEVERITY WAS    8" in listing
    assert "TEST     00001 00000000 00001  00003" in listing
    assert "\nX        " not in listing, "XREF SHORT leaves out what nobody refers to"
    assert "=F'5'    00004 00000008 00006  00004" in listing
    assert "1 STATEMENT FLAGGED IN THIS ASSEMBLY" in listing
    full = run("X LR 1,2", options=Options(xref="full")).listing
    assert "X        00002 00000000 00002" in full
    assert "CROSS-REFERENCE" not in run("X BR 14\n B X", options=Options(xref="none")).listing


def test_print_options() -> None:
    lines = " MACRO\n M\n BR 15\n MEND\n M\n PRINT NOGEN\n M\n PRINT OFF\n BR 14\n PRINT ON,DATA\n DC 12X'01'"
    listing = run(lines).listing
    assert listing.count("+") == 1
    assert "07FE" not in listing
    assert "00000E 01010101" in listing


def test_common_section_and_dummy_make_no_text() -> None:
    assert code(" BR 14\nC COM\n DC F'1'\nD DSECT\n DC F'1'\n BR 15") == "07FE"
