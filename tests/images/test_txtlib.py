"""TXTLIB files and what goes into libraries: layout by hand, genuine libraries byte by byte, round trip, damage."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm370.images.ebcdic import to_ebcdic
from vm370.images.errors import ImageError
from vm370.images.filesystem import open_file_system
from vm370.images.maclib import Maclib, build_maclib, copies_of, macros_of, parse_maclib
from vm370.images.objdeck import LD, SD, Deck, EsdItem, build_deck, end_card, esd_cards, txt_cards
from vm370.images.opening import open_image
from vm370.images.txtlib import LDT, Txtlib, TxtlibMember, build_txtlib, is_txtlib, members_of, parse_txtlib

GENUINE = Path(os.environ.get("VM370_GENUINE", "/nonexistent"))


def deck(name: str, *entries: str) -> bytes:
    items = [EsdItem(name, SD, 0, 2), *(EsdItem(entry, LD, 0, 1) for entry in entries)]
    return build_deck(Deck(name, [*esd_cards(items), *txt_cards(1, 0, b"\x07\xfe"), end_card()]))


def card(text: str) -> bytes:
    return to_ebcdic(text.ljust(80))


def test_a_library_of_two_decks_byte_by_byte() -> None:
    members = members_of(deck("ONE", "ENTRYA") + deck("TWO"), "x")
    assert [member.names for member in members] == [("ONE", "ENTRYA"), ("TWO",)]
    assert all(member.cards[-1] == LDT and len(member.cards) == 4 for member in members)
    data = build_txtlib(Txtlib(tuple(members)))
    assert len(data) == 80 * (1 + 5 + 5 + 1)
    # directory record 12, three items of 12 bytes, on one record
    assert data[:20] == to_ebcdic("DMSLIB") + bytes.fromhex("000c 00000024 00000001 0000000c".replace(" ", ""))
    assert data[400:410].hex() == "61ffff61" + "02d3c4e34040"
    assert data[880:892] == to_ebcdic("ONE     ") + bytes.fromhex("00020080")
    assert data[892:904] == to_ebcdic("ENTRYA  ") + bytes.fromhex("00020080")
    assert data[904:916] == to_ebcdic("TWO     ") + bytes.fromhex("00070080")
    assert parse_txtlib(data) == Txtlib(tuple(members))
    assert is_txtlib(data)


def test_a_name_statement_names_the_member() -> None:
    members = members_of(deck("ONE") + card("NAME OTHER(R)") + deck("TWO"), "x")
    assert [member.names for member in members] == [("OTHER", "ONE"), ("TWO",)]


def test_decks_that_do_not_go_into_a_library() -> None:
    with pytest.raises(ImageError, match="found the end of the file, expected an END card"):
        members_of(deck("ONE")[:-80], "x")
    with pytest.raises(ImageError, match="card 1: found the END of a deck without a name"):
        members_of(build_deck(Deck("", [end_card()])), "x")
    with pytest.raises(ImageError, match="found no object deck"):
        members_of(card("JUST A CARD"), "x")


@given(
    st.lists(st.tuples(st.lists(st.text("ABC@", min_size=1, max_size=8), min_size=1, max_size=9), st.integers(1, 4)))
)
def test_round_trip(members: list[tuple[list[str], int]]) -> None:
    library = Txtlib(tuple(TxtlibMember(tuple(names), (LDT,) * count) for names, count in members))
    data = build_txtlib(library)
    assert parse_txtlib(data) == library
    assert is_txtlib(data)


def test_an_empty_library_tells_its_kind() -> None:
    assert is_txtlib(build_txtlib(Txtlib(())))
    assert not is_txtlib(build_maclib(Maclib(())))


@given(st.binary(min_size=1, max_size=4), st.integers(0, 959), st.integers(0, 960))
def test_damage_is_refused_or_harmless(change: bytes, at: int, length: int) -> None:
    data = bytearray(build_txtlib(Txtlib(tuple(members_of(deck("ONE", "ENTRYA") + deck("TWO"), "x")))))
    data[at : at + len(change)] = change
    for damaged in (bytes(data), bytes(data[:length])):
        with suppress(ImageError):
            assert len(parse_txtlib(damaged).members) <= 6


def test_macros_and_copies() -> None:
    macro = [card("         MACRO"), card(".* COMMENT"), card("&L       SAVEALL &A"), card("         MEND")]
    other = [card("* BETWEEN"), card("         MACRO"), card("         LOADALL"), card("         MEND")]
    members = macros_of([*macro, *other], "x")
    assert [(member.name, member.cards) for member in members] == [
        ("SAVEALL", tuple(macro)),
        ("LOADALL", tuple(other)),
    ]
    nested = [macro[0], macro[2], *other[1:], macro[3]]
    assert [member.name for member in macros_of(nested, "x")] == ["SAVEALL"]
    with pytest.raises(ImageError, match="x:3: the end of the file in a macro definition, expected MACRO"):
        macros_of(macro[:3], "x")
    lines = [card("ONE      DSECT"), card("*COPY SECOND"), card("TWO      DSECT")]
    assert [(member.name, len(member.cards)) for member in copies_of(lines, "FIRST")] == [("FIRST", 1), ("SECOND", 1)]
    with pytest.raises(ImageError, match=r"FIRST:1: found .*, expected .COPY and a member name"):
        copies_of([card("*COPY")], "FIRST")


#   image                file name   file type   members
LIBRARIES = [
    ("cmsuser_193.ckdc", "NICOFLIB", "TXTLIB", 7),
    ("gcccms_201.ckdc", "PDPCLIB", "MACLIB", 3),
    ("gcccms_202.ckdc", "GCCLIB", "MACLIB", 6),
]


@pytest.mark.parametrize(("image", "name", "kind", "count"), LIBRARIES)
def test_genuine_libraries(image: str, name: str, kind: str, count: int) -> None:
    if not (GENUINE / image).is_file():
        pytest.skip(f"VM370_GENUINE names no folder with {image}")
    data = b"".join(open_file_system(open_image(GENUINE / image, read_only=True)).read(name, kind))
    assert is_txtlib(data) == (kind == "TXTLIB")
    if kind == "MACLIB":
        members = parse_maclib(data).members
        for member in members:
            if member.name != "PDPTOP":  # a COPY member
                assert macros_of(member.cards, name) == [member]
        made = build_maclib(parse_maclib(data))
        # the bytes of the last record behind the directory are not of the library
        end = len(data) - 80 + (count % 6 or 6) * 12
        assert len(members) == count
        assert made[:end] == data[:end]
    else:
        library = parse_txtlib(data)
        assert len(library.members) == count
        assert build_txtlib(library) == data
        decks = b"".join(b"".join(member.cards) for member in library.members)
        assert tuple(members_of(decks, name)) == library.members
