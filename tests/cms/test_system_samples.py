"""The system disk as a user has it: HELP, sample programs and EXECs, programs made on his own disk."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.cms.bootkit import Guest
from tests.cms.programkit import deck
from vm370.cms.build import SOURCES
from vm370.images.ebcdic import to_ebcdic

NewGuest = Callable[..., Guest]


def told(lines: list[str]) -> list[str]:
    """Lines without the Ready line."""
    return [line for line in lines if not line.startswith("Ready")]


def cards(source: str) -> list[bytes]:
    made = deck(source)
    return [made[place : place + 80] for place in range(0, len(made), 80)]


@pytest.fixture
def guest(new_guest: NewGuest) -> Guest:
    made = new_guest()
    made.ipl()
    return made


def page(name: str) -> list[str]:
    return [line.rstrip() for line in (SOURCES / "help" / name).read_text().splitlines()]


def typed(lines: list[str]) -> list[str]:
    return [line.rstrip() for line in told(lines)]


def test_help(guest: Guest) -> None:
    assert typed(guest.type("HELP")) == page("help.helpmenu")
    assert typed(guest.type("help listfile")) == page("listfile.helpcms")
    assert typed(guest.type("HELP L")) == page("listfile.helpcms")
    assert typed(guest.type("HELP CP")) == page("cp.helpmenu")
    assert typed(guest.type("HELP CP QUERY")) == page("query.helpcp")
    assert typed(guest.type("HELP QUERY")) == page("query.helpcms")
    assert typed(guest.type("HELP SPO")) == page("spool.helpcp")
    assert typed(guest.type("HELP LO")) == ["HELP LO: WHICH OF THESE?", "LOAD     LOADMOD  LOGOFF   LOGON"]
    assert guest.rc == 28
    assert told(guest.type("HELP NONSENSE")) == ["HELP CANNOT FIND INFORMATION ON 'NONSENSE'"]
    assert guest.rc == 28
    assert told(guest.type("HELP CMS SPOOL")) == ["HELP CANNOT FIND INFORMATION ON 'SPOOL'"]
    assert told(guest.type("HELP A (FAST")) == ["INVALID OPTION 'FAST'"]
    assert guest.rc == 24


def test_every_help_page_fits_a_screen() -> None:
    for path in (SOURCES / "help").iterdir():
        lines = path.read_text().splitlines()
        assert len(lines) <= 20, path.name
        assert max(map(len, lines)) <= 79, path.name


def test_long_pages_stop(new_guest: NewGuest) -> None:
    guest = new_guest(files=[("LONG", "HELPCMS", [to_ebcdic(f"LINE {n} " + "X" * (n % 3)) for n in range(50)])])
    guest.ipl()
    lines = guest.type("HELP LONG")
    assert len(lines) == 21
    assert lines[-1] == "MORE: NULL LINE TO GO ON, Q TO END"
    assert guest.type(" ")[0].startswith("LINE 20")
    assert told(guest.type("q")) == []
    assert guest.rc == 0
    assert len(told(guest.type("HELP LONG (ALL"))) == 50


def test_every_command_has_a_page() -> None:
    pages = {path.stem for path in (SOURCES / "help").glob("*.helpcms")}
    commands = {path.stem for path in (SOURCES / "commands").glob("*.asm")}
    table = (SOURCES / "nucleus" / "dmsfnt.asm").read_text()
    functions = {name.lower() for name in re.findall(r" FUNC  (\w+)(?:,FLAGS=40)?\n", table)} - {"finis"}
    assert commands - pages == set()
    assert functions - pages == set()


def test_samples(guest: Guest) -> None:
    assert told(guest.type("TRYALL")) == [
        "PROGRAM HELLO",
        "EXECUTION BEGINS...",
        "HELLO, WORLD",
        "ARGUMENT 1: ONE",
        "ARGUMENT 2: TWO",
    ]
    assert guest.rc == 2
    lines = told(guest.type("TRYALL 2"))
    assert len(lines) == 3
    assert lines[2].startswith("CAUGHT: CODE 9, NEXT INSTRUCTION 020")
    lines = told(guest.type("TRYALL 3"))
    assert lines[2] == "DIVIDING BY ZERO NOW"
    assert lines[3].startswith("FIXED-POINT DIVIDE EXCEPTION OCCURRED AT 020")
    assert guest.rc == 256
    lines = told(guest.type("TRYALL 4"))
    assert lines[2].startswith("SUPERVISOR STATE: CPU ID FF")
    assert lines[3] == "PROBLEM STATE: THE SAME AGAIN"
    assert lines[4].startswith("PRIVILEGED OPERATION EXCEPTION")
    assert told(guest.type("TRYALL 5")) == ["TRYALL n   1 HELLO, 2 DIVCATCH, 3 DIVZERO, 4 PRIVOP"]
    assert guest.rc == 24
    assert told(guest.type("COUNTTO 3")) == ["1", "2", "3", "SUM 6"]
    assert told(guest.type("DISKLIST")) == ["DISK A IS RW", "DISK S IS RW", "MOST SPACE ON DISK S"]
    assert told(guest.type("ASKNAME")) == ["WHAT IS YOUR NAME?"]
    assert told(guest.type("ada")) == ["HELLO ADA , THAT HAS 3 LETTERS."]


def test_a_loop_is_looked_at_and_ended(guest: Guest) -> None:
    guest.type("LOAD LOOP")
    guest.type("START", limit=50_000)
    assert guest.type("#CP EXTERNAL") == ["DEBUG ENTERED EXTERNAL INTERRUPT"]
    (line,) = guest.type("GPR 5")
    assert int(line.removeprefix("GPR 05 "), 16) > 1000
    guest.type("HX")
    assert guest.rc == 0
    assert told(guest.type("DESBUF")) == []


MAIN = "MAIN CSECT\n USING MAIN,12\n LR 10,14\n L 15,=V(SUB)\n BALR 14,15\n BR 10\n END"
SUB = "SUB CSECT\n LA 15,42\n BR 14\n END"


@pytest.mark.parametrize("pure", [False, True])
def test_load_genmod_and_run_on_a_real_disk(new_guest: NewGuest, pure: bool) -> None:
    guest = new_guest(pure=pure, files=[("MAIN", "TEXT", cards(MAIN)), ("SUB", "TEXT", cards(SUB))])
    guest.ipl()
    assert told(guest.type("LOAD MAIN (START")) == ["EXECUTION BEGINS..."]
    assert guest.rc == 42
    shown = [line.strip() for line in told(guest.type("TYPE LOAD MAP"))]
    assert [line for line in shown if line] == ["MAIN     SD 020000", "SUB      SD 020018"]
    assert told(guest.type("GENMOD ANSWER")) == []
    guest.type("ANSWER")
    assert guest.rc == 42
    assert told(guest.type("GENMOD ANSWER (NOMAP")) == []
    guest.type("ANSWER")
    assert guest.rc == 42


def test_an_exec_uses_files_and_the_stack(new_guest: NewGuest) -> None:
    lines = [
        "&CONTROL OFF",
        "LISTFILE T * A (STACK",
        "&READ VARS &FN &FT &FM",
        "&TYPE FOUND &FN &FT &FM",
        "LISTFILE * EXEC A (EXEC",
        "EXEC CMS &LITERAL &TYPE",
        "ERASE CMS EXEC A",
        "STATE CMS EXEC A",
        "&EXIT &RETCODE",
    ]
    guest = new_guest(files=[("T", "EXEC", [to_ebcdic(line) for line in lines])])
    guest.ipl()
    shown = told(guest.type("T"))
    assert shown[0] == "FOUND T EXEC A1"
    assert guest.rc == 28
