"""What ADDUP promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from vm370.tools.api import Guest, LimitExceeded, Program, build

SOURCES = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("numbers", "total"), [("1", 1), ("1 2 3", 6), ("99999999 1", 100_000_000), ("0 0", 0), ("007 8", 15)]
)
def test_the_sum_of_the_arguments(user: Guest, program: Program, numbers: str, total: int) -> None:
    result = user.cmd(f"ADDUP {numbers}")
    assert result.rc == 0
    assert result.lines == (f"THE SUM IS {total}",)
    assert user.storage.word(program.address("TOTAL")) == total


def test_no_arguments(user: Guest) -> None:
    result = user.cmd("ADDUP")
    assert (result.rc, result.lines) == (4, ())


@pytest.mark.parametrize("word", ["X", "1X", "-1", "1.5"])
def test_what_is_not_a_number(user: Guest, word: str) -> None:
    result = user.cmd(f"ADDUP 1 {word}")
    assert (result.rc, result.lines) == (8, (f"NOT A NUMBER: {word}",))


@pytest.mark.vm370(files={"TWICE EXEC A": "../twice.exec"})
def test_an_exec_that_uses_it(guest: Guest, program: Program) -> None:
    guest.put(program.records, "ADDUP MODULE A")
    result = guest.cmd("TWICE 21", check=True)
    assert "THE SUM IS 42" in result.lines


def test_the_deck_can_be_loaded(guest: Guest, program: Program) -> None:
    guest.put(program.decks[0], "ADDUP TEXT A", binary=True)
    guest.cmd("LOAD ADDUP", check=True)
    result = guest.cmd("START * 4 5")
    assert (result.rc, result.lines[-1]) == (0, "THE SUM IS 9")


def test_a_program_that_never_ends_is_stopped(guest: Guest) -> None:
    guest.put(build(SOURCES / "spin.asm").records, "SPIN MODULE A")
    with pytest.raises(LimitExceeded) as caught:
        guest.cmd("SPIN", limit=1_000_000)
    assert "LA    5,1(0,5)" in str(caught.value)
    assert guest.registers[5] > 100_000
