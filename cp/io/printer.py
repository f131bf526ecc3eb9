"""Virtual line printers: 1403, 1443, 3203, 3211 and 3800.

==================== ==================================================================================
command              what happens
==================== ==================================================================================
01 09 11 19          print, then space 0 1 2 3 lines
89 91 ... E1         print, then skip to channel 1 2 ... 12 of the carriage tape
0B 13 1B             space 1 2 3 lines at once
8B 93 ... E3         skip to channel 1 2 ... 12 at once
73 7B                block, allow data checks (accepted)
EB FB F3             1403: gate for, load of the character set buffer (up to 240 bytes)
FB                   3203, 3211: load of the character set buffer (240, 512 bytes)
63                   3203, 3211, 3800: load the forms control buffer (carriage.py)
43 23                3203, 3211: fold, unfold lower-case letters (kept for the spool)
23 25 35 43 53 83    3800: load copy number, graphic characters, copy modification, overlay sequence, writable
                     character generation, translate table (taken, without effect on a spool file)
07 17 37 47-77 87    3800: end of transmission, mark form, initialize, select a translate table, clear (no effect)
03, 04               no operation, sense
==================== ==================================================================================

Every print and carriage command becomes a record with its command code, whether it has data or not.  With a forms
control buffer (63, or CP's LOADVFCB through ``load_carriage``) the printer knows where the paper stands: spacing
over channel 12 ends with unit exception, over channel 9 with unit check and the channel 9 sense bit; skips report
neither.  Without one there is no carriage tape to sense.
"""

from __future__ import annotations

from typing import Any

from vm370.cp.io.carriage import Carriage, CarriageError
from vm370.cp.io.device import NORMAL_END, DeviceType, Outcome, Sense0, Supply, UnitStatus
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.unitrecord import NO_OPERATION, Record, SpoolSink, UnitRecord

BLOCK_DATA_CHECK = 0x73
ALLOW_DATA_CHECK = 0x7B
LOAD_FCB = 0x63
UCS_GATE = 0xEB
FOLD = 0x43
UNFOLD = 0x23

SENSE_LOAD_CHECK = 0x02
SENSE_CHANNEL_9 = 0x01

WIDTH = {"1403": 132, "1443": 144, "3203": 132, "3211": 150, "3800": 204}
CHARACTER_SET_BUFFER = {"1403": 240, "1443": 0, "3203": 240, "3211": 512, "3800": 0}
LOAD_CHARACTER_SET = {
    "1403": frozenset({0xF3, 0xFB}),
    "1443": frozenset[int](),
    "3203": frozenset({0xFB}),
    "3211": frozenset({0xFB}),
    "3800": frozenset[int](),
}
WITH_FCB = frozenset({"3203", "3211", "3800"})
LOADS_3800 = frozenset({0x23, 0x25, 0x35, 0x43, 0x53, 0x83})
LONGEST_LOAD = 32_768

SPACES = {0x01: 0, 0x09: 1, 0x11: 2, 0x19: 3}
"""Print commands that space, by number of lines; + 2 makes them immediate."""
SKIPS = {0x81 + 8 * channel: channel for channel in range(1, 13)}
"""Print commands that skip, by channel; + 2 makes them immediate."""
PRINT = frozenset(SPACES) | frozenset(SKIPS)
CARRIAGE = frozenset(command + 2 for command in PRINT if command != 0x01)

OTHER_CONTROLS = {
    "1403": frozenset({BLOCK_DATA_CHECK, ALLOW_DATA_CHECK, UCS_GATE}),
    "1443": frozenset[int](),
    "3203": frozenset({BLOCK_DATA_CHECK, ALLOW_DATA_CHECK, FOLD, UNFOLD}),
    "3211": frozenset({BLOCK_DATA_CHECK, ALLOW_DATA_CHECK, FOLD, UNFOLD}),
    "3800": frozenset({BLOCK_DATA_CHECK, ALLOW_DATA_CHECK, 0x07, 0x17, 0x37, 0x47, 0x57, 0x67, 0x77, 0x87}),
}


class Printer(UnitRecord):
    """A printer over a sink of spool records."""

    def __init__(self, sink: SpoolSink, *, device_type: DeviceType = DEVICE_TYPES["1403"]) -> None:
        super().__init__(device_type)
        name = device_type.name
        self.sink = sink
        self.width = WIDTH[name]
        self._load_character_set = LOAD_CHARACTER_SET[name]
        self._character_set_length = CHARACTER_SET_BUFFER[name]
        self._other_controls = OTHER_CONTROLS[name]
        self._has_fcb = name in WITH_FCB
        self._loads = LOADS_3800 if name == "3800" else frozenset[int]()
        self.immediate = frozenset({NO_OPERATION}) | CARRIAGE | self._other_controls
        self.carriage: Carriage | None = None
        self.character_set = b""
        self.fold = False

    @property
    def has_fcb(self) -> bool:
        """There is a forms control buffer to load (LOADVFCB)."""
        return self._has_fcb

    def load_carriage(self, buffer: bytes) -> None:
        """Load a forms control buffer; CarriageError if it is no good."""
        self.carriage = Carriage.from_buffer(buffer)

    def _transfer(self, command: int, supply: Supply, count: int) -> Outcome:
        if command in PRINT:
            outcome = self._put(self.sink, Record(command, supply.take_rest(self.width)))
            return self._move(command, outcome)
        if command in CARRIAGE:
            outcome = self._put(self.sink, Record(command, b""))
            return self._move(command - 2, outcome)
        if command == LOAD_FCB and self._has_fcb:
            return self._load_fcb(supply)
        if command in self._loads:
            supply.take_rest(LONGEST_LOAD)
            return Outcome()
        if command in self._load_character_set:
            self.character_set = supply.take_rest(self._character_set_length)
            self.fold = command == 0xF3
            return Outcome()
        if command in self._other_controls:
            self.fold = command == FOLD or (self.fold and command != UNFOLD)
            return Outcome()
        return self._refuse(Sense0.COMMAND_REJECT)

    def _load_fcb(self, supply: Supply) -> Outcome:
        try:
            self.load_carriage(supply.take_rest(Carriage.LONGEST))
        except CarriageError:
            self.sense = bytes((SENSE_LOAD_CHECK, 0))
            return Outcome(NORMAL_END | UnitStatus.UNIT_CHECK)
        return Outcome()

    def _move(self, command: int, outcome: Outcome) -> Outcome:
        """Let the paper go on; what the carriage senses is added to the status."""
        if self.carriage is None or outcome.status != NORMAL_END:
            return outcome
        if command in SKIPS:
            if not self.carriage.skip(SKIPS[command]):
                self.sense = bytes((Sense0.EQUIPMENT_CHECK, 0))
                return Outcome(NORMAL_END | UnitStatus.UNIT_CHECK)
            return outcome
        passed = self.carriage.space(SPACES[command])
        status = outcome.status
        if 12 in passed:
            status |= UnitStatus.UNIT_EXCEPTION
        if 9 in passed:
            status |= UnitStatus.UNIT_CHECK
            self.sense = bytes((SENSE_CHANNEL_9, 0))
        return Outcome(status)

    def close(self) -> None:
        self.sink.release()

    def save(self) -> Any:
        return super().save() | {
            "carriage": self.carriage.save() if self.carriage else None,
            "character_set": self.character_set.hex(),
            "fold": self.fold,
        }

    def restore(self, state: Any) -> None:
        super().restore(state)
        self.carriage = Carriage.restored(state["carriage"]) if state["carriage"] else None
        self.character_set = bytes.fromhex(state["character_set"])
        self.fold = state["fold"]
