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

from vm370.images.ebcdic import DEFAULT_PAGE, from_ebcdic, to_ebcdic
from vm370.images.errors import ImageError
from vm370.images.text import fitted, host_lines, to_host, to_records

CARD_LENGTH = 80
STATEMENT = 72
"""Columns before the sequence number."""
ASCII = 0x80
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


def text_to_cards(data: bytes, where: str, page: str = DEFAULT_PAGE, lossy: bool = False) -> list[bytes]:
    """A host text file (UTF-8) to card images; TextError says line and column of what does not fit."""
    return fitted(to_records(host_lines(data, where), where, page, lossy), CARD_LENGTH, where)


def cards_to_text(cards: Iterable[bytes], where: str, page: str = DEFAULT_PAGE, lossy: bool = False) -> bytes:
    """Card images to a host text file, without trailing blanks."""
    return to_host((card.rstrip(b"\x40") for card in cards), where, page, lossy)


def numbered(cards: Iterable[bytes], prefix: str = "", step: int = 10, page: str = DEFAULT_PAGE) -> list[bytes]:
    """Cards with sequence numbers in columns 73 to 80: ``prefix``, and as many digits as there is room for."""
    label = to_ebcdic(prefix, page)
    digits = CARD_LENGTH - STATEMENT - len(label)
    if digits < 1 or step < 1:
        raise CardError(f"sequence numbers: found prefix {prefix!r} and step {step}, expected up to 7 characters and 1")
    made = []
    for number, card in enumerate(cards, 1):
        if card[STATEMENT:].strip(b"\x40"):
            raise CardError(f"card {number}: found {card[STATEMENT:].hex().upper()} in columns 73-80, expected blanks")
        sequence = number * step
        if sequence >= 10**digits:
            raise CardError(f"card {number}: found sequence number {sequence}, expected at most {digits} digits")
        made.append(card[:STATEMENT] + label + to_ebcdic(f"{sequence:0{digits}}", page))
    return made


def unnumbered(cards: Iterable[bytes]) -> list[bytes]:
    """Cards with columns 73 to 80 blank."""
    return [card[:STATEMENT].ljust(CARD_LENGTH, b"\x40") for card in cards]


def ascii_to_cards(data: bytes, where: str, page: str = DEFAULT_PAGE) -> list[bytes]:
    """Card images of 80 ASCII bytes, without line ends, to EBCDIC ones."""
    cards = []
    for number, card in enumerate(parse_deck(data, where), 1):
        strange = next((at for at, byte in enumerate(card) if byte >= ASCII), None)
        if strange is not None:
            found = f"X'{card[strange]:02X}'"
            raise CardError(f"{where}: card {number}, column {strange + 1}: found {found}, expected an ASCII character")
        cards.append(to_ebcdic(card.decode("ascii"), page))
    return cards


def cards_to_ascii(cards: Iterable[bytes], where: str, page: str = DEFAULT_PAGE, lossy: bool = False) -> bytes:
    """EBCDIC card images to 80 ASCII bytes each; ``lossy``: `?` for a character that ASCII does not have."""
    made = []
    for number, card in enumerate(cards, 1):
        text = from_ebcdic(card, page)
        strange = next((at for at, character in enumerate(text) if ord(character) >= ASCII), None)
        if strange is not None and not lossy:
            found = f"{text[strange]!r} (X'{card[strange]:02X}')"
            raise CardError(f"{where}: card {number}, column {strange + 1}: found {found}, expected an ASCII character")
        made.append(text.encode("ascii", "replace"))
    return b"".join(made)


def is_ebcdic(data: bytes) -> bool:
    """A deck of EBCDIC cards: whole cards with more EBCDIC blanks than ASCII ones."""
    return bool(data) and len(data) % CARD_LENGTH == 0 and data.count(0x40) > data.count(0x20) + data.count(0x0A)


def is_ascii(data: bytes) -> bool:
    """A deck of ASCII cards: whole cards with more ASCII blanks than EBCDIC ones, and no line ends."""
    return len(data) % CARD_LENGTH == 0 and data.count(0x20) > data.count(0x40) and not data.count(0x0A)
