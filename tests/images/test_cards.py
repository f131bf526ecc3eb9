"""Card decks and host text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm370.images.cards import (
    BLANK_CARD,
    CardError,
    ascii_to_cards,
    build_deck,
    cards_to_ascii,
    cards_to_text,
    is_ascii,
    numbered,
    parse_deck,
    text_to_cards,
    unnumbered,
)
from vm370.images.ebcdic import CODE_PAGES
from vm370.images.text import TextError, fitted, host_lines, to_host, to_records


def test_text_to_cards() -> None:
    cards = text_to_cards(b"// JOB\r\n\nEND", "job")
    assert cards == ["// JOB".ljust(80).encode("cp037"), BLANK_CARD, "END".ljust(80).encode("cp037")]
    assert cards_to_text(cards, "job") == b"// JOB\n\nEND\n"
    assert text_to_cards(b"", "empty") == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"ok\n" + b"x" * 81, "deck:2:81: found a line of 81 characters, expected at most 80"),
        ("ok\nab€".encode(), "deck:2:3: found '€' .U.20AC., expected a character of EBCDIC code page 037"),
        (b"one\ntw\xff", "deck:2:3: found byte X'FF', expected UTF-8 text"),
        ("é\xff".encode("latin-1"), "deck:1:1: found byte X'E9'"),
    ],
)
def test_text_that_does_not_fit(data: bytes, message: str) -> None:
    with pytest.raises(TextError, match=message):
        text_to_cards(data, "deck")


def test_broken_decks() -> None:
    with pytest.raises(CardError, match="offset 81: found end of file after 1 cards and 1 bytes, expected whole cards"):
        parse_deck(bytes(81))
    with pytest.raises(CardError, match="card 2: found 3 bytes, expected 80"):
        build_deck([BLANK_CARD, b"abc"])


@given(st.lists(st.binary(min_size=80, max_size=80)))
def test_deck_round_trip(cards: list[bytes]) -> None:
    assert parse_deck(build_deck(cards)) == cards


characters = st.sampled_from([c for c in CODE_PAGES["037"].characters if c not in "\n\r"])


@given(st.lists(st.text(characters, max_size=80).map(lambda line: line.rstrip(" "))))
def test_text_round_trip(lines: list[str]) -> None:
    data = "".join(line + "\n" for line in lines).encode()
    if data.startswith("\ufeff".encode()):
        return
    assert cards_to_text(text_to_cards(data, "x"), "x") == data
    assert to_host(to_records(host_lines(data, "x"), "x"), "x") == data


def test_line_feed_in_a_record_is_no_text() -> None:
    with pytest.raises(TextError, match=r"A B:2:2: found X'25' \(line feed\), expected text"):
        to_host([b"\xc1", b"\xc1\x25"], "A B")


def test_fitted() -> None:
    assert fitted([b"\xc1", b""], 3, "x") == [b"\xc1\x40\x40", b"\x40\x40\x40"]


def test_lossy_on_request() -> None:
    assert text_to_cards("5 €".encode(), "x", lossy=True)[0][:4].hex() == "f5403f40"
    assert to_host([b"\xc1\x25\xc2"], "A B", lossy=True) == b"A B\n"


def test_sequence_numbers() -> None:
    cards = text_to_cards(b"ONE\nTWO\n", "x")
    assert cards_to_text(numbered(cards), "x").splitlines() == [
        f"{'ONE':72}00000010".encode(),
        b"TWO".ljust(72) + b"00000020",
    ]
    assert cards_to_text(numbered(cards, "ABC", 1000), "x").endswith(b"ABC02000\n")
    assert unnumbered(numbered(cards)) == cards
    with pytest.raises(CardError, match="card 1: found F0F0F0F0F0F0F1F0 in columns 73-80, expected blanks"):
        numbered(numbered(cards))
    with pytest.raises(CardError, match="card 2: found sequence number 10, expected at most 1 digits"):
        numbered(cards, "ABCDEFG", 5)
    with pytest.raises(CardError, match="found prefix 'ABCDEFGH' and step 1"):
        numbered(cards, "ABCDEFGH", 1)


def test_ascii_cards() -> None:
    data = b"// JOB".ljust(80) + b"END".ljust(80)
    cards = ascii_to_cards(data, "x")
    assert cards == text_to_cards(b"// JOB\nEND\n", "x")
    assert cards_to_ascii(cards, "x") == data
    assert is_ascii(data)
    assert not is_ascii(b"".join(cards))
    with pytest.raises(CardError, match="x: card 1, column 2: found X'C4', expected an ASCII character"):
        ascii_to_cards(b"A\xc4".ljust(80), "x")
    cards = text_to_cards("pri¢e".encode(), "x")
    with pytest.raises(CardError, match=r"x: card 1, column 4: found '¢' .X'4A'., expected an ASCII character"):
        cards_to_ascii(cards, "x")
    assert cards_to_ascii(cards, "x", lossy=True)[:5] == b"pri?e"
