"""A virtual display station of the 3270 family, attached by a local control unit (GA27-2749, Local Operations).

=========== =====================================================================================
command     what happens
=========== =====================================================================================
01          write: a write control character, then orders and data
05 0D       erase/write, with the default and with the alternate size of the screen
0F          erase all unprotected (no data)
11          write structured field
02 06       read buffer, read modified
0B          select (no data; without effect on a device of its own)
03 04       no operation, sense (one byte)
=========== =====================================================================================

A command that is chained to another one goes on at the buffer address where that one ended; the first one of a channel
program writes from the cursor and reads from the beginning.

What is behind the device is a ``Display``: a screen and a person.  Without one the device is not ready (intervention
required); when one is connected it becomes ready, with device end.  A key that has an attention identifier raises
attention; the program then reads the screen.
"""

from __future__ import annotations

from typing import Any, Protocol

from vm370.cp.io.device import NORMAL_END, Device, DeviceType, Outcome, Sense0, Supply, UnitStatus
from vm370.cp.io.devicetypes import DEVICE_TYPES

WRITE, READ_BUFFER, NO_OPERATION, SENSE = 0x01, 0x02, 0x03, 0x04
ERASE_WRITE, READ_MODIFIED, SELECT = 0x05, 0x06, 0x0B
ERASE_WRITE_ALTERNATE, ERASE_ALL_UNPROTECTED, WRITE_STRUCTURED_FIELD = 0x0D, 0x0F, 0x11
WRITES = frozenset({WRITE, ERASE_WRITE, ERASE_WRITE_ALTERNATE, WRITE_STRUCTURED_FIELD})
READS = frozenset({READ_BUFFER, READ_MODIFIED})

LONGEST_WRITE = 65_535
OPERATION_CHECK = 0x01
"""Sense: an order or a buffer address that the display does not have."""


class DisplayError(Exception):
    """A data stream that the display cannot carry out (operation check)."""


class Display(Protocol):
    """A screen with somebody in front of it."""

    def write(self, command: int, data: bytes, *, chained: bool = False) -> None:
        """A write command (WRITES, or ERASE_ALL_UNPROTECTED); DisplayError: what came before the fault is done."""

    def read(self, command: int, *, chained: bool = False) -> bytes:
        """READ_BUFFER or READ_MODIFIED: the inbound data stream."""

    def disconnected(self) -> None:
        """The virtual machine gave the display up."""


class DisplayStation(Device):
    """A 3277 or 3278 of a virtual machine; ``connect`` puts a display behind it (DIAL)."""

    immediate = frozenset({NO_OPERATION, SELECT, ERASE_ALL_UNPROTECTED})

    def __init__(self, device_type: DeviceType = DEVICE_TYPES["3270"], display: Display | None = None) -> None:
        super().__init__()
        self.type = device_type
        self.display = display
        self._chained = False
        """A command of this channel program has set the buffer address."""

    # --- the display ---

    @property
    def connected(self) -> bool:
        """Somebody is there."""
        return self.display is not None

    def connect(self, display: Display) -> None:
        """A terminal is dialed to the device: not ready becomes ready."""
        self.display = display
        self.present(UnitStatus.DEVICE_END)

    def disconnect(self) -> None:
        """The terminal is gone."""
        self.display = None

    def attention(self) -> None:
        """A key with an attention identifier was pressed."""
        self.present(UnitStatus.ATTENTION)

    def close(self) -> None:
        display, self.display = self.display, None
        if display is not None:
            display.disconnected()

    # --- commands ---

    def start_chain(self) -> None:
        self._chained = False

    def execute(self, command: int, supply: Supply, count: int) -> Outcome:
        if command == SENSE:
            return Outcome(NORMAL_END, self.sense[:1])
        self.sense = bytes(2)
        if command == NO_OPERATION:
            return Outcome()
        if command not in WRITES | READS | {SELECT, ERASE_ALL_UNPROTECTED}:
            return self._check(Sense0.COMMAND_REJECT)
        display = self.display
        if display is None:
            return self._check(Sense0.INTERVENTION_REQUIRED)
        if command == SELECT:
            return Outcome()
        chained, self._chained = self._chained, True
        if command in READS:
            return Outcome(NORMAL_END, display.read(command, chained=chained))
        data = supply.take_rest(LONGEST_WRITE) if command in WRITES else b""
        try:
            display.write(command, data, chained=chained)
        except DisplayError:
            return self._check(OPERATION_CHECK, NORMAL_END)
        return Outcome()

    def _check(self, sense: int, status: UnitStatus = UnitStatus(0)) -> Outcome:  # noqa: B008
        self.sense = bytes((sense, 0))
        return Outcome(status | UnitStatus.UNIT_CHECK)

    # --- saving ---

    def save(self) -> Any:
        return {"sense": self.sense.hex(), "chained": self._chained}

    def restore(self, state: Any) -> None:
        self.sense = bytes.fromhex(state["sense"])
        self._chained = state["chained"]
