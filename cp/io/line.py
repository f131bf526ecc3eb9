"""A virtual communication line of a 2701, 2702 or 2703: a start-stop terminal that dials in.

=========== =============================================================================================
command     what happens
=========== =============================================================================================
27          enable: waits until a terminal has dialed the line
2F          disable: the terminal is disconnected
01          write, in the line code (linecodes.py)
02 0A       read, inhibit: waits until a line was typed
06          prepare: waits until a line begins to come in
0D          break: the line that comes in is thrown away
09 1E       poll, search; 29 dial: rejected, there is no multipoint line and no automatic call
13 17 1B 1F set address: accepted                      23 set mode: one byte, accepted
03 04       no operation, sense (one byte)
=========== =============================================================================================

A terminal is a ``Typewriter``.  The attention key during a read or a write makes it end with unit exception, and stands
until then.  When the terminal hangs up, what waits ends with intervention required.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Protocol

from vm370.cp.io.device import NORMAL_END, WAIT, Device, DeviceType, Outcome, Sense0, Supply, UnitStatus
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.linecodes import printed, typed_line

WRITE, READ, NO_OPERATION, SENSE, PREPARE = 0x01, 0x02, 0x03, 0x04, 0x06
INHIBIT, BREAK, SET_MODE, ENABLE, DISABLE = 0x0A, 0x0D, 0x23, 0x27, 0x2F
SET_ADDRESS = frozenset({0x13, 0x17, 0x1B, 0x1F})
LONGEST = 4096
MOST_LINES = 100
"""Lines typed ahead; further ones are lost, as on the real line all of them are."""
CODES = {"IBM1": "IBM1", "IBM": "IBM1", "TELE2": "TELE2", "TELE": "TELE2", "": "IBM1"}
"""Line code by the operand of SPECIAL and DEFINE LINE."""


class Typewriter(Protocol):
    """A terminal on a line."""

    def print(self, text: str) -> None:
        """What the program sent; line ends are "\\n"."""

    def disconnected(self) -> None:
        """The program hung up, or the line is gone."""


class CommunicationLine(Device):
    """A line; ``connect`` is DIAL, ``enter`` a typed line, ``attention`` the attention or break key."""

    immediate = frozenset({NO_OPERATION}) | SET_ADDRESS

    def __init__(self, code: str = "IBM1", device_type: DeviceType = DEVICE_TYPES["2703"]) -> None:
        super().__init__()
        self.type = device_type
        self.code = CODES[code]
        self.terminal: Typewriter | None = None
        self.enabled = False
        self._lines: deque[bytes] = deque()
        self._attention = False

    # --- the terminal ---

    @property
    def connected(self) -> bool:
        """A terminal has dialed the line."""
        return self.terminal is not None

    def connect(self, terminal: Typewriter) -> None:
        """A terminal dials the line."""
        self.terminal = terminal
        self._lines.clear()
        self._attention = False
        self.changed()

    def disconnect(self) -> None:
        """The terminal hangs up."""
        self.terminal = None
        self._lines.clear()
        self.changed()

    def enter(self, text: str) -> None:
        """A line was typed."""
        if len(self._lines) < MOST_LINES:
            self._lines.append(typed_line(text, self.code))
            self.changed()

    def attention(self) -> None:
        """The attention key (2741) or the break key."""
        self._attention = True
        self.changed()

    def _hang_up(self) -> None:
        terminal, self.terminal = self.terminal, None
        self._lines.clear()
        if terminal is not None:
            terminal.disconnected()

    def close(self) -> None:
        self._hang_up()

    # --- commands ---

    def execute(self, command: int, supply: Supply, count: int) -> Outcome:
        if command == SENSE:
            return Outcome(NORMAL_END, self.sense[:1])
        self.sense = bytes(2)
        match command:
            case 0x03:
                return Outcome()
            case 0x27:
                return self._enable()
            case 0x2F:
                self.enabled = False
                self._hang_up()
                return Outcome()
            case 0x23:
                supply.take_rest(1)
                return Outcome()
            case 0x01 | 0x02 | 0x0A | 0x06 | 0x0D:
                return self._converse(command, supply)
            case _ if command in SET_ADDRESS:
                return Outcome()
        return self._check(Sense0.COMMAND_REJECT)

    def _enable(self) -> Outcome:
        self.enabled = True
        return Outcome() if self.connected else WAIT

    def _converse(self, command: int, supply: Supply) -> Outcome:
        terminal = self.terminal
        if terminal is None or not self.enabled:
            return self._check(Sense0.INTERVENTION_REQUIRED, NORMAL_END)
        if self._attention:
            self._attention = False
            return Outcome(NORMAL_END | UnitStatus.UNIT_EXCEPTION)
        if command == WRITE:
            terminal.print(printed(supply.take_rest(LONGEST), self.code))
        elif command == BREAK:
            supply.take_rest(LONGEST)
            self._lines.clear()
        elif not self._lines:
            return WAIT
        elif command != PREPARE:
            return Outcome(NORMAL_END, self._lines.popleft())
        return Outcome()

    def _check(self, sense: int, status: UnitStatus = UnitStatus(0)) -> Outcome:  # noqa: B008
        self.sense = bytes((sense, 0))
        return Outcome(status | UnitStatus.UNIT_CHECK)

    def reset(self) -> None:
        super().reset()
        self.enabled = False
        self._attention = False
        self._lines.clear()

    # --- saving ---

    def save(self) -> Any:
        return {
            "sense": self.sense.hex(),
            "enabled": self.enabled,
            "lines": [line.hex() for line in self._lines],
            "attention": self._attention,
        }

    def restore(self, state: Any) -> None:
        self.sense = bytes.fromhex(state["sense"])
        self.enabled = state["enabled"]
        self._lines = deque(bytes.fromhex(line) for line in state["lines"])
        self._attention = state["attention"]
