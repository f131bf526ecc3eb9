"""Scripts: lines are typed when the system waits for them."""

from __future__ import annotations

import pytest

from tests.cp.commands.cpkit import StoppedClock
from vm370.cp.console.desk import Desk
from vm370.cp.console.driver import ScriptDriver
from vm370.cp.system import System

LOOP = ["ST S800 5A200C0047F00800 LC00 1 PSW 0 800", "BEGIN"]
"""A 2,X'C00'; B X'800'."""
TALK = ["ST G1 900 G2 8 S900 D4E2C7405C40C8C9", "ST S800 8312000841200008 S808 47F00800 PSW 0 800", "BEGIN"]
"""DIAGNOSE 1,2,8 with MSG * HI; LA 2,8; B X'800'."""


class Script:
    """A desk with its driver; what the script shows is in ``lines``."""

    def __init__(self, cp: System, clock: StoppedClock) -> None:
        self.lines: list[str] = []
        self.waits: list[float] = []
        self.clock = clock
        self.desk = Desk(cp)
        self.desk.watch(lambda line: self.lines.append(line.text))
        self.driver = ScriptDriver(cp, self.desk, self._wait)
        self.driver.patience, self.driver.limit = 20_000, 60_000

    def _wait(self, at: float) -> None:
        self.waits.append(at)
        self.clock.advance(at - self.clock.monotonic())

    def run(self, *lines: str) -> list[str]:
        self.driver.type(lines)
        return self.lines


@pytest.fixture
def script(cp: System, clock: StoppedClock) -> Script:
    return Script(cp, clock)


def test_a_script_with_nothing(script: Script) -> None:
    assert script.run() == ["VM/370 ONLINE"]


def test_a_wrong_password_delays_the_next_line(script: Script, cp: System) -> None:
    lines = script.run("LOGON ALPHA WRONG", "LOGON ALPHA ALPHA", "Q ALPHA")
    assert "NOT ACCEPTED" not in lines
    assert len(script.waits) == 1
    assert lines[-1] == "ALPHA    - 0C0"


def test_a_looping_machine_gets_cp_commands(script: Script, cp: System) -> None:
    lines = script.run("L ALPHA ALPHA", *LOOP, "#CP D G3", "#CP", "D PSW", "BEGIN")
    assert lines[-7:-3] == ["#CP D G3", "GPR  3 = 00000000", "#CP", "CP"]
    alpha = cp.user("ALPHA")
    assert alpha is not None
    assert alpha.cpu.gr[2] > 60_000 // 2  # the loop has two instructions, and got the limit at the end


def test_a_machine_that_writes_for_ever_is_interrupted_too(script: Script, cp: System) -> None:
    script.driver.limit = 3_000
    lines = script.run("L ALPHA ALPHA", *TALK, "%ATTN", "D G1")
    assert lines[-4:] == ["%ATTN", "CP", "D G1", "GPR  1 = 00000900"]
    assert any("MSG FROM ALPHA" in line for line in lines)


def test_two_users_in_one_script(script: Script, cp: System) -> None:
    first, second = ["L ALPHA ALPHA", *LOOP], ["L MAINT SECRET", *LOOP]
    script.run(*first, "%NEW", *second, "%SWITCH ALPHA", "#CP", "%SWITCH MAINT", "#CP D G3")
    assert script.lines[-1] == "GPR  3 = 00000000"
    alpha, maint = cp.user("ALPHA"), cp.user("MAINT")
    assert alpha is not None
    assert maint is not None
    assert alpha.in_cp
    assert maint.cpu.gr[2] > alpha.cpu.gr[2] > 0


def test_terminals_that_are_not_looked_at_finish_their_work(script: Script, cp: System) -> None:
    """ALPHA counts register 2 down from 9,000 and waits disabled; nobody looks at it when the script ends."""
    count_down = ["ST G2 2328 S800 46200800 S804 8200 0810 L810 00020000 00000BAD PSW 0 800", "BEGIN"]
    script.run("L ALPHA ALPHA", *count_down, "%NEW")
    alpha = cp.user("ALPHA")
    assert alpha is not None
    assert alpha.cpu.gr[2] == 0
    assert alpha.stopped


def test_sleep_is_waited_for(script: Script, clock: StoppedClock) -> None:
    before = clock.monotonic()
    script.run("L ALPHA ALPHA", "SLEEP 2 MIN", "Q ALPHA")
    assert clock.monotonic() - before == 120
    assert script.lines[-1] == "ALPHA    - 0C0"


def test_shutdown_ends_the_script(script: Script, cp: System) -> None:
    lines = script.run("L OPERATOR OPERATOR", "SHUTDOWN", "Q TIME")
    assert cp.shutting_down
    assert lines[-2:] == ["DMKCKP960I SYSTEM WARM START DATA SAVED", "DMKCKP961W SYSTEM SHUTDOWN COMPLETE"]
