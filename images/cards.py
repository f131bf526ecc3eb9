"""Card decks: 80 columns a card, EBCDIC, no ends between cards.

    deck    card n at byte 80 * (n - 1); a deck is a whole number of cards
    text    one line a card, at most 80 characters; trailing blanks are not kept

    >>> [card[:6].hex() for card in text_to_cards(b"A1\\nEND\\n", "demo")]
    ['c1f140404040', 'c5d5c4404040']
    >>> cards_to_text(text_to_cards(b"A1\\n\\nEND\\n", "demo"), "demo")
    b'A1\\n\\nEND\\n'

Who uses it: readers and punches, `vm370 spool`, the assembler's and the linkage editor's object decks.
"""

from __future__ import annotations

from collections.abc import Iterable

import construct

from vm370.images.ebcdic import DEFAULT_PAGE
from vm370.images.errors import ImageError
from vm370.images.text import fitted, host_lines, to_host, to_records

CARD_LENGTH = 80
BLANK_CARD = b"\x40" * CARD_LENGTH

Deck = construct.GreedyRange(construct.Bytes(CARD_LENGTH))


class CardError(ImageError):
    """Bytes that are no deck."""


def parse_deck(data: bytes, where: str = "deck") -> list[bytes]:
    """The cards of a deck."""
    if len(data) % CARD_LENGTH:
        whole = len(data) // CARD_LENGTH
        found = f"end of file after {whole} cards and {len(data) % CARD_LENGTH} bytes"
        raise CardError(f"{where}: offset {len(data)}: found {found}, expected whole cards of {CARD_LENGTH} bytes")
    return list(Deck.parse(data))


def build_deck(cards: Iterable[bytes]) -> bytes:
    """Cards to a deck; each must have 80 bytes."""
    built = list(cards)
    for number, card in enumerate(built, 1):
        if len(card) != CARD_LENGTH:
            raise CardError(f"card {number}: found {len(card)} bytes, expected {CARD_LENGTH}")
    return b"".join(built)


def text_to_cards(data: bytes, where: str, page: str = DEFAULT_PAGE) -> list[bytes]:
    """A host text file (UTF-8) to card images; TextError says line and column of what does not fit."""
    return fitted(to_records(host_lines(data, where), where, page), CARD_LENGTH, where)


def cards_to_text(cards: Iterable[bytes], where: str, page: str = DEFAULT_PAGE) -> bytes:
    """Card images to a host text file, without trailing blanks."""
    return to_host((card.rstrip(b"\x40") for card in cards), where, page)
