"""A whole CP in a temporary home, without a terminal: users type lines and read what was written.

cp: System             the fixtures are in conftest.py
clock.advance(seconds)
user = logged_on("ALPHA")
user.type("SLEEP 1 SEC")          the lines that came, the echo left out
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from vm370.cp.console.terminal import Origin, Terminal
from vm370.cp.machine import VirtualMachine
from vm370.cp.system import System

DIRECTORY = """\
DIRECTORY 123 3350 SYSVOL
USER OPERATOR OPERATOR 512K 1M ABCDEFG
 CONSOLE 01F 3215
USER MAINT SECRET 512K 1M BG
 ACCOUNT 1 SYSPROG
 CONSOLE 009 3215
 MDISK 190 3350 1 2 SYSVOL MW ALL WRITE MULT
 MDISK 191 3350 3 1 SYSVOL MR READ WRITE
 MDISK 192 3350 4 1 SYSVOL W READ
 MDISK 193 3350 5 1 NOVOL W ALL
 MDISK 194 3330 1 1 SYSVOL W ALL
 MDISK 195 3350 90 1 SYSVOL W ALL
USER ALPHA ALPHA 512K 1M G
 CONSOLE 009 3215
 SPOOL 00C 2540 READER *
 SPOOL 00D 2540 PUNCH A
 SPOOL 00E 1403 A
 LINK MAINT 190 190 RR
 MDISK 191 3350 6 1 SYSVOL MR ALPHAR ALPHAW ALPHAM
 MDISK 292 FB-512 16 100 FBAVOL W
USER BETA BETA 256K 256K G 50 OFF
 OPTION ECMODE BMX
 CONSOLE 009 3215
 LINK MAINT 190 190 RR
 MDISK 191 3350 7 1 SYSVOL W
USER GAMMA NOLOG
USER DELTA DELTA 512K
 LINK MAINT 193 193 RR
 LINK NOBODY 191 192 RR
 LINK MAINT 999 194 RR
 MDISK 195 3350 T-DISK 2
 DEDICATE 181 VOLID TAPE01
 SPECIAL 0F0 CTCA
 SPOOL 00E 3800 A
"""


class StoppedClock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self._now = datetime(1981, 4, 1, 9, 30, 15, tzinfo=UTC)  # a Wednesday
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds


class User:
    """Somebody at a terminal."""

    def __init__(self, cp: System) -> None:
        self.cp = cp
        self.terminal = Terminal()
        self.session = cp.connect(self.terminal)
        self._seen = 0

    @property
    def vm(self) -> VirtualMachine:
        """His machine."""
        assert self.session.vm is not None
        return self.session.vm

    def type(self, *lines: str) -> list[str]:
        """Type lines; what was written since the last look, without the echo."""
        for line in lines:
            self.session.enter(line)
        return self.read()

    def read(self) -> list[str]:
        """What was written since the last look, without the echo."""
        lines = self.terminal.since(self._seen)
        self._seen = self.terminal.written
        return [line.text for line in lines if line.origin is not Origin.TYPED]
