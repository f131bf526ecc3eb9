"""Object decks: cards by hand, round trips, refusals with card and offset."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm370.images import objdeck
from vm370.images.ebcdic import to_ebcdic
from vm370.images.objdeck import (
    Card,
    ControlCard,
    Deck,
    EsdItem,
    ObjectDeckError,
    RldItem,
    build_card,
    build_deck,
    end_card,
    end_symbol,
    esd_cards,
    esd_items,
    numbered,
    parse_card,
    parse_deck,
    rld_cards,
    rld_items,
    txt_cards,
)

BLANK = "40"


def test_doctest() -> None:
    assert doctest.testmod(objdeck).failed == 0


def test_esd_card_by_hand() -> None:
    (card,) = esd_cards([EsdItem("TEST", 0, 0, 0x123), EsdItem("IN", 1, 8, 1), EsdItem("OUT", 2)])
    assert build_card(card)[:64].hex() == (
        "02c5e2c4" + BLANK * 6 + "0030" + BLANK * 2 + "0001"
        "e3c5e2e340404040" "00" "000000" "40" "000123"
        "c9d5404040404040" "01" "000008" "40" "000001"
        "d6e4e34040404040" "02" "404040" "40" "404040"
    )  # fmt: skip


def test_esdids_count_items_but_not_labels() -> None:
    items = [
        EsdItem("A", 0, 0, 8),
        EsdItem("L1", 1, 0, 1),
        EsdItem("L2", 1, 4, 1),
        EsdItem("L3", 1, 4, 1),
        EsdItem("B", 2),
    ]
    assert [card.esdid for card in esd_cards(items)] == [1, 2]
    labels = [EsdItem(f"L{n}", 1, 0, 1) for n in range(3)]
    assert [card.esdid for card in esd_cards(labels)] == [None]


def test_txt_cards() -> None:
    cards = txt_cards(3, 0x1000, bytes(range(60)))
    assert [(card.address, card.count, card.esdid) for card in cards] == [(0x1000, 56, 3), (0x1038, 4, 3)]
    assert build_card(cards[1])[:20].hex() == "02e3e7e340001038404000044040000338393a3b"


def test_rld_card_by_hand() -> None:
    (card,) = rld_cards([RldItem(1, 1, 0x0C, 0x24), RldItem(1, 1, 0x1C, 0x28), RldItem(2, 1, 0x08, 0x31)])
    # the first item says that the second one has the same R and P
    assert card.data.hex() == "000100010d0000241c0000280002000108000031"
    assert [(item.length, item.virtual) for item in rld_items(card)] == [(4, False), (4, True), (3, False)]


def test_end_card_by_hand() -> None:
    assert build_card(end_card(0x20, 1))[:16].hex() == "02c5d5c440000020" + BLANK * 6 + "0001"
    assert end_symbol(end_card(symbol="START")) == "START"


def test_identification() -> None:
    cards = numbered([end_card(), end_card()], "PROGRAM")
    assert [card.identification for card in cards if isinstance(card, Card)] == [
        to_ebcdic("PROGRAM1"), to_ebcdic("PROGRAM2"),
    ]  # fmt: skip


def test_control_cards_stay() -> None:
    image = to_ebcdic(" INCLUDE LIB(MEMBER)".ljust(80))
    card = parse_card(image)
    assert isinstance(card, ControlCard)
    assert card.text == " INCLUDE LIB(MEMBER)"
    assert build_card(card) == image


names = st.text("ABCXYZ019$#@", min_size=1, max_size=8)
addresses = st.integers(0, 0xFFFFFF)
esd = st.one_of(
    st.builds(EsdItem, names, st.sampled_from([0, 4, 5]), addresses.filter(lambda a: a != 0x404040),
              addresses.filter(lambda a: a != 0x404040), st.integers(0, 255)),
    st.builds(EsdItem, names, st.sampled_from([2, 10])),
)  # fmt: skip
rld = st.builds(
    RldItem, st.integers(1, 9), st.integers(1, 3), st.sampled_from([0x0C, 0x1C, 0x08, 0x0E, 0x04]), addresses
)


@given(st.lists(esd, max_size=10))
def test_external_symbols_round_trip(items: list[EsdItem]) -> None:
    cards = esd_cards(items)
    deck = parse_deck(build_deck(Deck("x", [*cards, end_card()])))
    assert [
        item for card in deck.cards if isinstance(card, Card) for item in esd_items(card) if card.type == "ESD"
    ] == items


@given(st.lists(rld, max_size=40))
def test_relocations_round_trip(items: list[RldItem]) -> None:
    again = [item for card in rld_cards(items) for item in rld_items(card)]
    assert [RldItem(item.r, item.p, item.flag & 0xFE, item.address) for item in again] == items


@given(
    st.lists(st.binary(min_size=80, max_size=80), min_size=1, max_size=4),
    st.sampled_from([None, "ESD", "TXT", "RLD", "END"]),
)
def test_what_parses_builds_the_same(images: list[bytes], kind: str | None) -> None:
    data = b"".join(
        b"\x02" + to_ebcdic(kind) + image[4:10] + bytes([0, image[11] % 57]) + image[12:] if kind else image
        for image in images
    )
    try:
        deck = parse_deck(data)
    except ObjectDeckError:
        return
    assert build_deck(deck) == data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "card 1, offset 0: found an empty file, expected cards of 80 bytes"),
        (bytes(81), "card 2, offset 80: found 81 bytes, expected a multiple of 80"),
        ("02e7e7e7", "card 1, offset 1: found card type 'XXX', expected one of ESD TXT RLD END"),
        ("02e3e7e3" + "40" * 6 + "0039", "card 1, offset 10: found count 57, expected a count of 0 to 56"),
        ("02e3e7e3" + "40" * 6 + "4040", "card 1, offset 10: found blanks, expected a count of 0 to 56"),
        ("02e3e7e3" + "40" * 6 + "0001", "card 1, offset 5: found blanks, expected an address"),
        ("02e3e7e340000000" + "4040" + "0001", "card 1, offset 14: found blanks, expected an ESDID"),
        ("02c5e2c4" + "40" * 6 + "001140400001", "card 1, offset 10: found count 17, expected a multiple of 16"),
        ("02c5e2c4" + "40" * 6 + "0010" + "4040" + "0001" + "c1" * 8 + "07", "card 1, offset 24: found ESD type 07"),
        ("02c5e2c4" + "40" * 6 + "001040400001" + "c1" * 8 + "00", "offset 25: found blanks, expected an address"),
        ("02d9d3c4" + "40" * 6 + "0006", "card 1, offset 16: found 6 bytes left, expected an RLD item of 8 bytes"),
    ],
)  # fmt: skip
def test_refusals(data: bytes | str, message: str) -> None:
    image = bytes.fromhex(data).ljust(80, b"\x40") if isinstance(data, str) else data
    with pytest.raises(ObjectDeckError) as caught:
        parse_deck(image, "x.text")
    assert message in str(caught.value)
    assert str(caught.value).startswith("x.text: ")
