"""Libraries of the linkage editor: where a symbol that no deck defines is looked for.

folder     NAME.text .txt .obj, upper or lower case: one deck a file, called by the name of the file
TXTLIB     card images: decks one after the other, each up to its END (or LDT) card, called by any section or entry
           name of their ESD cards; what is no object card (header and directory) is passed over
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vm370.images.objdeck import CARD_LENGTH, LD, SD, Card, Deck, ObjectDeckError, esd_items, parse_card, parse_deck

LIBRARY_TYPES = (".text", ".txt", ".obj")


class Libraries:
    """Folders and TXTLIB files, searched in order."""

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
    """The decks of a TXTLIB by the names they define; of two with one name the first."""
    if not data or len(data) % CARD_LENGTH:
        raise ObjectDeckError(name, 1, 0, f"{len(data)} bytes", "a folder, or a TXTLIB of 80-byte cards")
    found: dict[str, Deck] = {}
    deck = Deck(name)
    names: list[str] = []
    for number in range(len(data) // CARD_LENGTH):
        image = data[number * CARD_LENGTH : (number + 1) * CARD_LENGTH]
        if image[0] != 2:
            continue
        card = parse_card(image, name, number + 1)
        assert isinstance(card, Card)
        if card.type == "LDT":
            continue
        deck.cards.append(card)
        if card.type == "ESD":
            names += [item.name for item in esd_items(card) if item.type in (SD, LD)]
        elif card.type == "END":
            deck.name = f"{name}({names[0] if names else number + 1})"
            for defined in names:
                found.setdefault(defined, deck)
            deck, names = Deck(name), []
    if not found:
        raise ObjectDeckError(name, 1, 0, "no deck with a name", "a TXTLIB")
    return found
