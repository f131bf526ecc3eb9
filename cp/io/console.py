"""The virtual console: a 3210 or 3215 printer-keyboard.

=========== ================================================================================================
command     what happens
=========== ================================================================================================
01          write, the carriage stays where it is
09          write, then carrier return
0A          read inquiry: waits until a line was entered; ends with unit exception if it was cancelled
03          no operation
04          sense, one byte
0B          alarm
=========== ================================================================================================

``enter`` is what the terminal calls when a person typed a line.  Lines form a queue; a line that no read waits for
raises attention, and so does each further line when the one before it was read.  All bytes are EBCDIC.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any

from vm370.cp.io.device import NORMAL_END, WAIT, Device, DeviceType, Outcome, Sense0, Supply, UnitStatus
from vm370.cp.io.devicetypes import DEVICE_TYPES

WRITE = 0x01
NO_OPERATION = 0x03
SENSE = 0x04
WRITE_CARRIER_RETURN = 0x09
READ_INQUIRY = 0x0A
ALARM = 0x0B

_READS = count(1)

MOST_LINES = 1000
"""Lines typed ahead."""
LONGEST_WRITE = 4096
"""Bytes of one write; what is beyond makes an incorrect length."""


class Console(Device):
    """A 3215.  ``write(text, newline)`` shows what the guest prints; ``alarm()`` sounds."""

    immediate = frozenset({NO_OPERATION, ALARM})

    def __init__(
        self,
        write: Callable[[bytes, bool], None],
        alarm: Callable[[], None] | None = None,
        *,
        device_type: DeviceType = DEVICE_TYPES["3215"],
    ) -> None:
        super().__init__()
        self.type = device_type
        self._write = write
        self._alarm = alarm
        self._lines: deque[bytes | None] = deque()
        """Lines entered and not read yet; None is a cancelled line."""
        self._read_outstanding = False
        self.asked = 0
        """Number of the read that waits, counted over all consoles: the lowest one has waited longest."""

    @property
    def reading(self) -> bool:
        """A read waits for a line that nobody has entered yet."""
        return self._read_outstanding and not self._lines

    @property
    def unread(self) -> bool:
        """A line was entered that the guest has not read yet."""
        return bool(self._lines)

    @property
    def full(self) -> bool:
        """So many lines were entered and not read that no more are taken."""
        return len(self._lines) >= MOST_LINES

    def enter(self, line: bytes) -> None:
        """A line was typed."""
        self._entered(line)

    def prepare(self, line: bytes) -> None:
        """A line for the next read, without attention (AUTOLOG)."""
        self._lines.append(line)

    def cancel(self) -> None:
        """The cancel key: the read ends with unit exception."""
        self._entered(None)

    def attention(self) -> None:
        """The request key without a line; it does nothing while a read is outstanding."""
        if not self._read_outstanding:
            self.present(UnitStatus.ATTENTION)

    def _entered(self, line: bytes | None) -> None:
        first = not self._lines
        self._lines.append(line)
        if self._read_outstanding:
            self.changed()
        elif first:
            self.present(UnitStatus.ATTENTION)

    def execute(self, command: int, supply: Supply, count: int) -> Outcome:
        if command == SENSE:
            return Outcome(NORMAL_END, self.sense[:1])
        self.sense = bytes(2)
        if command in (WRITE, WRITE_CARRIER_RETURN):
            self._write(supply.take_rest(LONGEST_WRITE), command == WRITE_CARRIER_RETURN)
            return Outcome()
        if command == READ_INQUIRY:
            return self._read()
        if command == ALARM:
            if self._alarm is not None:
                self._alarm()
            return Outcome()
        if command == NO_OPERATION:
            return Outcome()
        self.sense = bytes((Sense0.COMMAND_REJECT, 0))
        return Outcome(UnitStatus.UNIT_CHECK)

    def _read(self) -> Outcome:
        if not self._lines:
            if not self._read_outstanding:
                self._read_outstanding, self.asked = True, next(_READS)
            return WAIT
        self._read_outstanding = False
        line = self._lines.popleft()
        if self._lines:
            self.present(UnitStatus.ATTENTION)
        if line is None:
            return Outcome(NORMAL_END | UnitStatus.UNIT_EXCEPTION)
        return Outcome(NORMAL_END, line)

    def halt(self) -> None:
        self._read_outstanding = False

    def reset(self) -> None:
        super().reset()
        self._read_outstanding = False
        self._lines.clear()

    def save(self) -> Any:
        return {
            "sense": self.sense.hex(),
            "lines": [None if line is None else line.hex() for line in self._lines],
            "read_outstanding": self._read_outstanding,
        }

    def restore(self, state: Any) -> None:
        self.sense = bytes.fromhex(state["sense"])
        self._lines = deque(None if line is None else bytes.fromhex(line) for line in state["lines"])
        self._read_outstanding = state["read_outstanding"]
