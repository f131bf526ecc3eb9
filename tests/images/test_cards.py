"""Card decks and host text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm370.images.cards import (
    BLANK_CARD,
    CardError,
    build_deck,
    cards_to_text,
    parse_deck,
    text_to_cards,
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
