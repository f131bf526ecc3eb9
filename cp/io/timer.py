"""The pseudo timer: date, time of day and CPU time by reading a device (by convention at 0FF).

======= ====================================================================================
command what happens
======= ====================================================================================
02      read: 32 bytes, as DIAGNOSE X'0C' gives them: mm/dd/yy, hh:mm:ss, virtual and total
        CPU time in microseconds (8 bytes each)
03 04   no operation, sense (one byte)
======= ====================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vm370.cp.io.device import NORMAL_END, Device, DeviceType, Outcome, Sense0, Supply, UnitStatus
from vm370.cp.io.devicetypes import DEVICE_TYPES

READ, NO_OPERATION, SENSE = 0x02, 0x03, 0x04


class PseudoTimer(Device):
    """``read`` gives the 32 bytes."""

    def __init__(self, read: Callable[[], bytes], device_type: DeviceType = DEVICE_TYPES["TIMER"]) -> None:
        super().__init__()
        self.type = device_type
        self._read = read

    def execute(self, command: int, supply: Supply, count: int) -> Outcome:
        if command == SENSE:
            return Outcome(NORMAL_END, self.sense[:1])
        self.sense = bytes(2)
        if command == READ:
            return Outcome(NORMAL_END, self._read())
        if command == NO_OPERATION:
            return Outcome()
        self.sense = bytes((Sense0.COMMAND_REJECT, 0))
        return Outcome(UnitStatus.UNIT_CHECK)

    def save(self) -> Any:
        return {"sense": self.sense.hex()}

    def restore(self, state: Any) -> None:
        self.sense = bytes.fromhex(state["sense"])
