"""OPTION YEARS: what a guest's clocks show."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import StoppedClock
from vm370.cp.directory import DirectoryError
from vm370.cp.directory.source import parse
from vm370.cp.guest_date import years_away
from vm370.cp.s370.clocks import MICROSECOND, UNIX_EPOCH
from vm370.cp.system import System

HEADER = "DIRECTORY 123 3350 VMSRES\n"


@pytest.mark.parametrize(
    ("now", "years", "days"),
    [
        ("2026-11-22", -28, -10_227),  # 28 years with seven leap days
        ("2026-11-22", 0, 0),
        ("2024-02-29", 1, 366),  # 1 March 2025
        ("2026-01-01", 2, 730),
    ],
)
def test_days_to_another_year(now: str, years: int, days: int) -> None:
    assert years_away(datetime.fromisoformat(now), years) == timedelta(days=days)


@pytest.mark.parametrize("timer", ["ON", "REAL", "VIRTUAL"])
def test_the_clocks_of_a_guest(tmp_path: Path, timer: str) -> None:
    (tmp_path / "disks").mkdir()
    (tmp_path / "directory").write_text(f"{HEADER}USER OLD NOLOG 512K 1M G\n OPTION YEARS -28\n CONSOLE 009 3215\n")
    system = System(tmp_path, StoppedClock())
    entry = system.directory.find("OLD")
    assert entry is not None
    vm = system.logon(entry, None)
    vm.set_timer(timer)
    then = system.clock.now() + timedelta(days=-10_227)
    assert vm.local_time() == then
    if timer == "VIRTUAL":
        assert vm.cpu.clocks.tod() == UNIX_EPOCH + int(then.timestamp() * 1_000_000) * MICROSECOND
    before = vm.cpu.tod_offset
    vm.define_storage(256 << 10)
    assert vm.cpu.tod_offset == before == -10_227 * 86_400 * 1_000_000 * MICROSECOND
    system.shutdown()


@pytest.mark.parametrize("word", ["", "71", "-71", "X", "1.5"])
def test_years_that_are_none(word: str) -> None:
    with pytest.raises(DirectoryError, match=r"-70 to 70"):
        parse(f"{HEADER}USER OLD OLD 512K 1M G\n OPTION YEARS {word}\n", Path("d"))
