"""Virtual card readers: 2540R, 2501, 3505, 1442R.

========================= ================================================================================
command                   what happens
========================= ================================================================================
02 42 82 (02 only: 2501)  read, feed and select a stacker
C2                        read without feeding: the same card comes again with the next read
23 63 A3                  feed and select a stacker: the card is passed over
03, 04                    no operation, sense
+20                       column binary: rejected, a spool file has no card codes
========================= ================================================================================

The read after the last card ends with unit exception; with no file in the reader it is intervention required.
Cards are filled with blanks to 80 columns; a longer record (a print line) comes as long as it is.
"""

from __future__ import annotations

from typing import Any

from vm370.cp.io.device import NORMAL_END, DeviceType, Outcome, Sense0, Supply, UnitStatus
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.unitrecord import BLANK, CARD, NO_OPERATION, Feed, Record, SpoolFault, SpoolSource, UnitRecord

READ_WITHOUT_FEED = frozenset({0xC2})

READ_AND_FEED = {
    "2540R": frozenset({0x02, 0x42, 0x82}),
    "3505": frozenset({0x02, 0x42, 0x82}),
    "2501": frozenset({0x02}),
    "1442R": frozenset({0x02, 0x42}),
}
FEED = {
    "2540R": frozenset({0x23, 0x63, 0xA3}),
    "3505": frozenset({0x23, 0x63, 0xA3}),
    "2501": frozenset[int](),
    "1442R": frozenset({0x23, 0x63}),
}


class Reader(UnitRecord):
    """A reader over a source of spool records."""

    def __init__(self, source: SpoolSource, *, device_type: DeviceType = DEVICE_TYPES["2540R"]) -> None:
        super().__init__(device_type)
        self.source = source
        self._read_and_feed = READ_AND_FEED[device_type.name]
        self._feed = FEED[device_type.name]
        self.immediate = frozenset({NO_OPERATION}) | self._feed
        self._card: Record | None = None
        """Read without feeding: still at the read station."""

    def arrived(self) -> None:
        """A file came into an empty reader: not ready becomes ready."""
        self.present(UnitStatus.DEVICE_END)

    def _transfer(self, command: int, supply: Supply, count: int) -> Outcome:
        keep = command in READ_WITHOUT_FEED and bool(self._feed)
        if not (keep or command in self._read_and_feed or command in self._feed):
            return self._refuse(Sense0.COMMAND_REJECT)
        card = self._card if self._card is not None else self._next()
        if card is Feed.EMPTY:
            return self._refuse(Sense0.INTERVENTION_REQUIRED)
        if card is Feed.END_OF_FILE:
            return Outcome(NORMAL_END | UnitStatus.UNIT_EXCEPTION)
        assert isinstance(card, Record)
        self._card = card if keep else None
        if command in self._feed:
            return Outcome()
        return Outcome(NORMAL_END, card.data.ljust(CARD, BLANK))

    def _next(self) -> Record | Feed:
        try:
            return self.source.read()
        except SpoolFault:
            return Feed.EMPTY

    def reset(self) -> None:
        super().reset()
        self._card = None

    def close(self) -> None:
        self.source.release()

    def save(self) -> Any:
        card = self._card
        return super().save() | {"card": [card.command, card.data.hex()] if card else None}

    def restore(self, state: Any) -> None:
        super().restore(state)
        card = state["card"]
        self._card = Record(card[0], bytes.fromhex(card[1])) if card else None
