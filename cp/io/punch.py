"""Virtual card punches: 2540P and 3525.

=============== ===================================================================
command         what happens
=============== ===================================================================
01 41 81        punch up to 80 columns, feed, select a stacker
03, 04          no operation, sense
+20             column binary: rejected, a spool file has no card codes
=============== ===================================================================
"""

from __future__ import annotations

from vm370.cp.io.device import DeviceType, Outcome, Sense0, Supply
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.unitrecord import CARD, Record, SpoolSink, UnitRecord

PUNCH = frozenset({0x01, 0x41, 0x81})


class Punch(UnitRecord):
    """A punch over a sink of spool records."""

    def __init__(self, sink: SpoolSink, *, device_type: DeviceType = DEVICE_TYPES["2540P"]) -> None:
        super().__init__(device_type)
        self.sink = sink

    def _transfer(self, command: int, supply: Supply, count: int) -> Outcome:
        if command not in PUNCH:
            return self._refuse(Sense0.COMMAND_REJECT)
        return self._put(self.sink, Record(command, supply.take_rest(CARD)))

    def close(self) -> None:
        self.sink.release()
