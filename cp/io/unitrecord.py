"""What readers, punches and printers share: records, and what they need of the spool.

A record keeps the command code of the CCW that made it: carriage control of a printer line, stacker of a card.
The spool implements ``SpoolSource`` and ``SpoolSink`` (cp/spool/virtual.py); opening, closing, holding and purging
files is its business and that of the CP commands, a device only moves records.  What the spool cannot do now it says
with ``SpoolFault``, and the guest sees intervention required.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from vm370.cp.io.device import NORMAL_END, Device, DeviceType, Outcome, Sense0, Supply, UnitStatus

NO_OPERATION = 0x03
SENSE = 0x04

BLANK = b"\x40"
CARD = 80


@dataclass(frozen=True, slots=True)
class Record:
    """One card or line: the command code that wrote it, and its bytes (trailing blanks may be missing)."""

    command: int
    data: bytes


class Feed(Enum):
    """Why a source has no record."""

    END_OF_FILE = "unit exception"
    """The next read goes on with the next file."""
    EMPTY = "intervention required"
    """No file, or the end of a file in a reader that was spooled NOEOF."""


class SpoolFault(Exception):
    """The spool cannot take or give a record now (full, locked, damaged)."""


class SpoolSource(Protocol):
    """Where a virtual reader gets its cards."""

    def read(self) -> Record | Feed:
        """The next record, of the file being read or of the next eligible one."""

    def release(self) -> None:
        """The device is detached."""


class SpoolSink(Protocol):
    """Where a virtual punch or printer puts its records."""

    def write(self, record: Record) -> None:
        """Take a record; opens a file if none is open.  SpoolFault: the record was not taken."""

    def release(self) -> None:
        """The device is detached: an open file is closed."""


class UnitRecord(Device):
    """Sense, no operation, rejection: the same for all of them.  Sense data is one byte."""

    def __init__(self, device_type: DeviceType) -> None:
        super().__init__()
        self.type = device_type

    def execute(self, command: int, supply: Supply, count: int) -> Outcome:
        if command == SENSE:
            return Outcome(NORMAL_END, self.sense[:1])
        self.sense = bytes(2)
        if command == NO_OPERATION:
            return Outcome()
        return self._transfer(command, supply, count)

    def _transfer(self, command: int, supply: Supply, count: int) -> Outcome:
        """The commands of the device itself."""
        return self._refuse(Sense0.COMMAND_REJECT)

    def _refuse(self, sense: int) -> Outcome:
        """The command was not carried out."""
        self.sense = bytes((sense, 0))
        return Outcome(UnitStatus.UNIT_CHECK)

    def _put(self, sink: SpoolSink, record: Record) -> Outcome:
        try:
            sink.write(record)
        except SpoolFault:
            self.sense = bytes((Sense0.INTERVENTION_REQUIRED, 0))
            return Outcome(NORMAL_END | UnitStatus.UNIT_CHECK)
        return Outcome()

    def save(self) -> Any:
        return {"sense": self.sense.hex()}

    def restore(self, state: Any) -> None:
        self.sense = bytes.fromhex(state["sense"])
