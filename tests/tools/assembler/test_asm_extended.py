"""External dummy sections, attributes S' and I', ICTL and ISEQ, SYM cards, symbols of further on, alignment bytes."""

from __future__ import annotations

import random

import pytest

from tests.tools.assembler.asmkit import code, errors, run
from vm370.images.objdeck import Card, EsdItem, esd_items, parse_deck, rld_items
from vm370.tools.assembler import Options, assemble


def items(lines: str) -> list[EsdItem]:
    deck = parse_deck(run(lines).deck)
    return [item for card in deck.cards if isinstance(card, Card) and card.type == "ESD" for item in esd_items(card)]


def test_external_dummy_sections() -> None:
    lines = "TEST CSECT\n DC Q(A,B)\nA DXD 2D\nB DSECT\n DS CL5\nTEST CSECT\nN CXD\n"
    # the flag of a PR item is its boundary less one
    assert items(lines) == [
        EsdItem("TEST", 0, 0, 12),
        EsdItem("A", 6, 0, 16, 7),
        EsdItem("B", 6, 0, 5, 7),
    ]
    deck = parse_deck(run(lines).deck)
    found = [item for card in deck.cards if isinstance(card, Card) and card.type == "RLD" for item in rld_items(card)]
    # CXD first (R 0), then Q-type constants: flag 20 and the length less one
    assert [(item.r, item.p, item.flag & 0xFE, item.address) for item in found] == [
        (0, 1, 0x3C, 8),
        (2, 1, 0x2C, 0),
        (3, 1, 0x2C, 4),
    ]


def test_entries_declared_first_and_private_code() -> None:
    """As Assembler XF: EQU begins an unnamed section, ENTRY does not."""
    entry_first = assemble(" ENTRY HERE\nHERE DS 0H\n BR 14\n END\n").deck
    equate_first = assemble("R1 EQU 1\n ENTRY HERE\nHERE DS 0H\n BR 14\n END\n").deck
    orders = []
    for deck in (entry_first, equate_first):
        card = parse_deck(deck).cards[0]
        assert isinstance(card, Card)
        orders.append([(item.name, item.type) for item in esd_items(card)])
    assert orders == [[("HERE", 1), ("", 4)], [("", 4), ("HERE", 1)]]


@pytest.mark.parametrize(
    ("constant", "scale", "integer"),
    [
        # fixed point: I' = 8L - S - 1
        ("F'1'", 0, 31), ("HS3'1.5'", 3, 12), ("FL3S-2'8'", -2, 25),
        # floating point: I' = 2(L - 1) - S, less 2 for L
        ("E'1'", 0, 6), ("DS2'1'", 2, 12), ("L'1'", 0, 28),
        # decimal: digits before the point
        ("P'12.345'", 3, 2), ("Z'-12.3'", 1, 2), ("PL5'1.1'", 1, 8),
        ("C'ABC'", 0, 0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("ahead", [False, True])
def test_scale_and_integer_attributes(constant: str, scale: int, integer: int, ahead: bool) -> None:
    ask = "&S SETA S'X\n&I SETA I'X\n DC Y(X'8000'+&S,&I)\n"
    made = run(f"{ask}X DC {constant}\n" if ahead else f"X DC {constant}\n{ask}")
    sizes = next(record.object for record in made.records if record.operands.startswith("Y("))
    assert [str(message) for message in made.messages] == []
    # SETA values lose their sign in a statement
    assert sizes.hex() == f"{0x8000 + abs(scale):04x}{integer:04x}"


def test_attributes_in_a_macro() -> None:
    lines = " MACRO\n M &P\n DC AL1(S'&P,I'&P)\n MEND\n".replace("S'&P,I'&P", "&S,&I").replace(
        " DC", "&S SETA S'&P\n&I SETA I'&P\n DC"
    )
    assert code(lines + "V DS PL3'1.25'\n M V\n")[-4:] == "0203"


def test_ictl() -> None:
    source = "         ICTL  10,60,20\n" + " " * 9 + "A        CSECT\n"
    source += (" " * 9 + "         LA    1,").ljust(60) + "-\n" + " " * 19 + "7\n"
    source += "IGNORED! " + "         BR    14\n" + " " * 9 + "         END\n"
    result = assemble(source)
    assert [str(message) for message in result.messages] == []
    assert result.text.hex() == "4110000707fe"


@pytest.mark.parametrize("operands", ["41,71,16", "1,40,16", "1,71,1", "1,71,41", "X", "1,71,16,3"])
def test_bad_ictl(operands: str) -> None:
    result = assemble(f" ICTL {operands}\nA CSECT\n END\n")
    assert [message.identifier for message in result.messages] == ["ASM056E"]


def test_sequence_check() -> None:
    lines = ["         ISEQ  73,80", "         BR    14", "* COMMENT", "         BR    15", "         ISEQ", " BR 1"]
    text = [f"{line:<72}{number:08d}" for line, number in zip(lines, (9, 10, 20, 15, 30, 1), strict=True)]
    assert errors("\n".join(text)) == ["5:73 ASM062W"], "line 5 with the CSECT before it has 15 behind 20"


def test_sizes_and_places_by_symbols_of_further_on() -> None:
    assert code("A DS (N)F\nB DC AL1(B-A)\nN EQU 3\n")[-2:] == "0C"
    assert code("A DC (LAST-FIRST)X'01'\nFIRST DC CL3' '\nLAST DC AL1(*-A)\n")[-2:] == "06"
    assert code(" DC CL(L'X)'AB'\nX DS CL4\n").startswith("C1C24040")
    assert code(" ORG TEST+N\n DC X'FF'\nN EQU 2\n") == "0000FF"


def test_alignment_bytes_of_instructions_and_constants() -> None:
    deck = parse_deck(run(" DC X'01'\n BR 14\n DC X'02'\n DC F'3'\n DS 0D\n DC X'04'\n").deck)
    texts = [(card.address, card.data[: card.count or 0].hex()) for card in deck.cards
             if isinstance(card, Card) and card.type == "TXT"]  # fmt: skip
    # zero bytes before BR and F, but none for DS: the text goes on at X'10'
    assert texts == [(0, "010007fe02000000" + "00000003"), (0x10, "04")]


def test_opsyn_of_macros() -> None:
    lines = " MACRO\n LEAVE\n BR 14\n MEND\nQUIT OPSYN LEAVE\nLA OPSYN LEAVE\n QUIT\n LA\n"
    assert code(lines) == "07FE07FE"
    assert code(" MACRO\n LR &A\n BR &A\n MEND\nLR OPSYN SR\n LR 1,2\n") == "1B12"


def test_severity_sixteen() -> None:
    assert run(" MNOTE 16,'TOO BAD'").severity == 16
    assert run(" MNOTE 13,'BAD'").severity == 12


def test_sym_cards() -> None:
    lines = "TEST CSECT\nGO LR 1,2\nF DC 2F'1'\n DC X'FF'\nP DS PL3'1.5'\nD DSECT\nONE DS C\n"
    deck = parse_deck(run(lines, options=Options(test=True)).deck)
    first = deck.cards[0]
    assert isinstance(first, Card)
    assert first.type == "SYM"
    data = b"".join(card.data[: card.count] for card in deck.cards if isinstance(card, Card) and card.type == "SYM")
    expected = (
        "13000000" + "e3c5e2e3",                     # CSECT, name of 4
        "41000000" + "c7d6",                         # instruction
        "c0000004" + "c6" + "10" + "03" + "000002",  # data, two of them: type F, length 4
        "8800000c" + "04" + "0000",                  # data without a name: X, two bytes of length
        "a000000d" + "d7" + "30" + "02",             # decimal: P
        "20000000" + "c4",                           # DSECT
        "80000000" + "d6d5c5".replace("d6d5c5", "d6d5c5"),
    )  # fmt: skip
    assert data.hex().startswith("".join(expected[:-1]))
    assert data.hex().endswith("82000000" + "d6d5c5" + "00" + "0000")


def test_date_of_the_assembly_on_the_end_card() -> None:
    card = parse_deck(run(" BR 14").deck).cards[-1]
    assert isinstance(card, Card)
    # column 33: 1, translator 10, version and release 4, day 5 (31 March is day 90)
    assert card.data[16:36].decode("cp037") == "1VM370ASM  010079090"


SAMPLE = """         MACRO
&L       LOOP  &N,&TEXT='A',&LIST=(1,2,3)
         GBLA  &COUNT
         LCLC  &S(3)
&COUNT   SETA  &COUNT+1
&S(1)    SETC  '&TEXT'(2,1).'X&SYSNDX'
         AIF   (N'&LIST LT 2 OR T'&N EQ 'O').END
&L       DC    &N.C&TEXT,AL1(&LIST(2)),C'&S(1)'
.END     MEND
SAMPLE   CSECT
         USING *,12
A        LOOP  3
         LOOP  2,TEXT='B',LIST=(4,5)
         L     1,=A(A)
         MVC   A(3),=C'ABC'
         LTORG
         DC    PL3'-12.5',E'1.5',AL.4(1),AL.12(2),S(A),V(X),Q(Y)
Y        DXD   F
         END   A
"""
WORDS = ("(", ")", "'", "&", "&A", "L'", ",", "*", "=", "-1", "MEND", "MACRO", "DC", "99999999999", ".END", "ORG")


@pytest.mark.parametrize("seed", range(60))
def test_damaged_sources_end_in_messages(seed: int) -> None:
    """Whatever is in a source, the result is an assembly with messages, and a listing of it."""
    numbers = random.Random(seed)
    lines = SAMPLE.splitlines()
    for _ in range(numbers.choice((1, 2, 8))):
        at = numbers.randrange(len(lines))
        place = numbers.randrange(len(lines[at]) + 1)
        kind = numbers.randrange(4)
        if kind == 0:
            lines[at] = lines[at][:place] + numbers.choice(WORDS) + lines[at][place:]
        elif kind == 1:
            lines[at] = lines[at][:place] + chr(numbers.randrange(32, 127)) + lines[at][place + 1 :]
        elif kind == 2:
            other = numbers.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        else:
            lines[at] = lines[at].ljust(71)[:71] + "X"
    result = assemble("\n".join(lines), options=Options(True, "full"))
    assert result.listing.endswith("CARDS PUNCHED\n")
    assert len(result.deck) % 80 == 0


def test_recursion_without_end_is_left_at_once() -> None:
    lines = " MACRO\n TWICE\n TWICE\n TWICE\n DC X'01'\n MEND\n TWICE\n BR 14\n"
    result = run(lines)
    assert [message.identifier for message in result.messages] == ["ASM083S"]
    assert result.text.hex() == "07fe"
    assert len(result.records) < 200
