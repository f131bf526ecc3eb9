"""Libraries of the linkage editor: where a symbol that no deck defines is looked for.

folder     NAME.text .txt .obj, upper or lower case: one deck a file, called by the name of the file
TXTLIB     the members of a CMS text library (`vm370.images.txtlib`), called by the names in its directory
cards      decks one after the other, each up to its END card, called by any section or entry name of their ESD cards
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vm370.images.maclib import is_library
from vm370.images.objdeck import CARD_LENGTH, Card, Deck, ObjectDeckError, parse_deck
from vm370.images.txtlib import members_of, parse_txtlib

LIBRARY_TYPES = (".text", ".txt", ".obj")


class Libraries:
    """Folders, TXTLIB files and card images, searched in order."""

    def __init__(self, places: Sequence[Path | str]) -> None:
        self.places = [Path(place) for place in places]
        self._members: dict[Path, dict[str, Deck]] = {}
        for place in self.places:
            if not place.is_dir():
                self._members[place] = _members(place.read_bytes(), str(place))

    def find(self, name: str) -> Deck | None:
        """The deck that defines a symbol."""
        for place in self.places:
            if place in self._members:
                deck = self._members[place].get(name)
                if deck is not None:
                    return deck
                continue
            for suffix in LIBRARY_TYPES:
                for spelled in (name + suffix, name.lower() + suffix, name + suffix.upper()):
                    path = place / spelled
                    if path.is_file():
                        return parse_deck(path.read_bytes(), str(path))
        return None


def _members(data: bytes, name: str) -> dict[str, Deck]:
    """The decks of a TXTLIB or of card images by the names they define; of two with one name the first."""
    if not data or len(data) % CARD_LENGTH:
        raise ObjectDeckError(name, 1, 0, f"{len(data)} bytes", "a folder, or a TXTLIB of 80-byte cards")
    found: dict[str, Deck] = {}
    for member in parse_txtlib(data, name).members if is_library(data) else members_of(data, name):
        deck = parse_deck(b"".join(member.cards), f"{name}({member.name})")
        deck.cards = [card for card in deck.cards if isinstance(card, Card) and card.type != "LDT"]
        for defined in member.names:
            found.setdefault(defined, deck)
    return found
