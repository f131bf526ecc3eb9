"""A card reader's hopper with decks of host files.

A deck is 80 EBCDIC columns a card without line ends, as many ASCII columns, or text lines; the bytes tell which.  The
decks lie one on the other: behind the last card of the last one comes end of file (unit exception), and then the hopper
is empty (intervention required).  When the machine is reset with all cards read, the operator puts the decks in again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vm370.cp.hostdevices.opening import HostFileError
from vm370.cp.io.reader import Reader
from vm370.cp.io.unitrecord import Feed, Record
from vm370.images import cards
from vm370.images.errors import ImageError

READ = 0x02
LONGEST_DECK = 64 << 20
"""Bytes."""


def read_deck(path: Path) -> list[bytes]:
    """The cards of a host file; HostFileError when it is none."""
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST_DECK + 1)
        if len(data) > LONGEST_DECK:
            raise HostFileError(f"{path}: found more than {LONGEST_DECK} bytes, expected a deck")
        if data and cards.is_ascii(data):
            return cards.ascii_to_cards(data, str(path))
        if _is_binary(data):
            return cards.parse_deck(data, str(path))
        return cards.text_to_cards(data, str(path))
    except (ImageError, OSError) as error:
        raise HostFileError.of(path, error) from error


def _is_binary(data: bytes) -> bool:
    """Cards in EBCDIC, object decks among them, which are no text."""
    if cards.is_ebcdic(data):
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return len(data) % cards.CARD_LENGTH == 0
    return b"\0" in data


class Hopper:
    """The source of cards of a reader."""

    def __init__(self, cards: list[bytes]) -> None:
        self.cards = cards
        self.next = 0
        """The card that comes next; one behind the last: end of file; beyond: the hopper is empty."""

    def read(self) -> Record | Feed:
        """The next card."""
        if self.next > len(self.cards):
            return Feed.EMPTY
        self.next += 1
        return Feed.END_OF_FILE if self.next > len(self.cards) else Record(READ, self.cards[self.next - 1])

    def refill(self) -> None:
        """Put the decks in again, if no card is left."""
        if self.next >= len(self.cards):
            self.next = 0

    def release(self) -> None:
        """The reader is detached."""


class HopperReader(Reader):
    """A reader over a hopper."""

    source: Hopper

    def reset(self) -> None:
        super().reset()
        self.source.refill()

    def save(self) -> Any:
        return super().save() | {"next": self.source.next}

    def restore(self, state: Any) -> None:
        super().restore(state)
        self.source.next = state["next"]
