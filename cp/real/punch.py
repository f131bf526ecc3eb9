"""The real punch: spool files to decks of 80-byte cards in HOME/punch, four separator cards before each file."""

from __future__ import annotations

from vm370.cp.real.separator import CARDS, card
from vm370.cp.real.spooled import OutputDevice
from vm370.cp.spool import SpoolFile
from vm370.cp.spool.records import parse_page
from vm370.images.cards import CARD_LENGTH

BLANK = b"\x40"


class RealPunch(OutputDevice):
    """A 2540 punch."""

    _first_card = 0

    def suffix(self) -> str:
        """Decks."""
        return ".deck"

    def begin(self, file: SpoolFile, *, first: bool) -> None:
        """Separator cards."""
        if first and self.separator:
            self.output.write(card(file) * CARDS)
        self._first_card = self.output.position

    def page(self, data: bytes) -> None:
        """The cards of a page."""
        for record in parse_page(data):
            self.output.write(record.data[:CARD_LENGTH].ljust(CARD_LENGTH, BLANK))

    def restart(self) -> None:
        """All cards once more."""
        super().restart()
        self.output.cut(self._first_card)
