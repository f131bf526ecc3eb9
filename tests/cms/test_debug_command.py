"""DEBUG: entered by command, after a program check, by the interruption key, at a breakpoint."""

from __future__ import annotations

import pytest

from tests.cms.programkit import Cms, deck, program
from vm370.images.module import module_records

SOURCE = """
WORK     CSECT
         USING WORK,12
         LA    3,1
         LA    4,2
         AR    3,4
         LR    15,3
         BR    14
         END
"""
FAILS = "BAD CSECT\n LA 5,X'123'\n DC H'0'\n END"


@pytest.fixture
def cms() -> Cms:
    made = Cms()
    made.ipl()
    made.put("WORK", "TEXT", [deck(SOURCE)[place : place + 80] for place in range(0, 240, 80)], recfm="F")
    made.put("BAD", "MODULE", module_records(program(FAILS, 0x20000)))
    return made


def entered(how: str = "") -> str:
    return f"DMSDBG728I DEBUG ENTERED{how}"


def test_command_and_return(cms: Cms) -> None:
    assert cms.type("DEBUG", "RETURN") == [entered()]
    assert cms.rc == 0
    assert cms.type("DEBUG", "GO", "RET") == [entered(), "INCORRECT DEBUG EXIT"]


def test_storage_is_shown_and_changed(cms: Cms) -> None:
    assert cms.type("DEBUG", "STORE 20000 C1C2C3C4 05", "X 20000 5", "ORIGIN 20000", "X 1", "ST 3 FF", "X 0 4") == [
        entered(),
        "C1C2C3C405",
        "C2C3C405",
        "C1C2C3FF",
    ]
    assert cms.type("DEFINE HERE 2 3", "X HERE", "X HERE 1", "OR 0", "X HERE", "RETURN") == [
        "C3FF05",
        "C3",
        "C3FF05",
    ]


def test_registers_and_psw_of_a_program_check(cms: Cms) -> None:
    (message,) = cms.type("BAD")
    assert message.startswith("DMSITP141T OPERATION EXCEPTION OCCURRED AT 020006 IN ROUTINE BAD")
    assert cms.type("DEBUG", "GPR 5", "PSW") == [entered(), "GPR 05 00000123", "FFE40001 40020006"]
    assert cms.type("GPR 11 12", "RETURN")[1] == "GPR 12 00020000"


def test_words_that_are_set(cms: Cms) -> None:
    cms.type("DEBUG")
    assert cms.type("SET GPR 3 ABC DEF", "GPR 3 4") == ["GPR 03 00000ABC", "GPR 04 00000DEF"]
    assert cms.type("SET PSW FF040000 123456", "PSW") == ["FF040000 00123456"]
    assert cms.type("SET CSW 1 2", "CSW", "SET CAW 7000", "CAW") == ["00000001 00000002", "00007000"]
    assert cms.type("RETURN") == []


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("NONSENSE", "INVALID DEBUG REQUEST"),
        ("X", "MISSING OPERAND"),
        ("X FFFFFF", "INVALID OPERAND"),
        ("X 7FFFF 2", "INVALID OPERAND"),
        ("X 0 57", "INVALID OPERAND"),
        ("X 12G", "INVALID OPERAND"),
        ("GPR 16", "INVALID OPERAND"),
        ("GPR 5 4", "INVALID OPERAND"),
        ("SET XYZ 1", "INVALID OPERAND"),
        ("SET CAW 1 2", "TOO MANY OPERANDS"),
        ("STORE 20000", "MISSING OPERAND"),
        ("STORE 20000 123", "INVALID OPERAND"),
        ("BREAK 1 20001", "INVALID OPERAND"),
        ("BREAK 16 20000", "INVALID OPERAND"),
        ("DUMP 100 50", "INVALID OPERAND"),
    ],
)
def test_errors(cms: Cms, line: str, answer: str) -> None:
    assert cms.type("DEBUG", line, "RETURN") == [entered(), answer]


def test_there_is_room_for_sixteen_symbols(cms: Cms) -> None:
    lines = [f"DEFINE S{n} 20000" for n in range(17)]
    assert cms.type("DEBUG", *lines, "RETURN") == [entered(), "16 SYMBOLS ALREADY DEFINED"]


def test_breakpoints(cms: Cms) -> None:
    assert cms.type("LOAD WORK", "DEBUG", "BREAK 2 20008", "BR 3 2000C", "X 20008 2", "RETURN") == [entered(), "E002"]
    shown = cms.type("START", "GPR 3 4", "X 20008 2", "SET GPR 4 40", "GO")
    assert shown == [
        "DMSLIO740I EXECUTION BEGINS...",
        entered(" BREAKPOINT 02 AT 020008"),
        "GPR 03 00000001",
        "GPR 04 00000002",
        "1A34",
        entered(" BREAKPOINT 03 AT 02000C"),
    ]
    assert cms.type("GO") == []
    assert cms.rc == 0x41
    assert cms.type("LOAD WORK", "DEBUG", "BREAK 0 20000", "RETURN", "BAD")[-1].startswith("DMSITP141T OPERATION")
    assert cms.rc == 256


def test_a_breakpoint_can_be_left_by_hx(cms: Cms) -> None:
    cms.type("LOAD WORK", "DEBUG", "BREAK 0 20008", "RETURN")
    assert cms.type("START", "HX")[1:] == [entered(" BREAKPOINT 00 AT 020008")]
    assert cms.rc == 0
    assert cms.type("LOAD WORK (START") == ["DMSLIO740I EXECUTION BEGINS..."]
    assert cms.rc == 3


def test_the_interruption_key_enters_debug(cms: Cms) -> None:
    loop = "LOOP CSECT\n LA 7,7\n B 4(12)\n END"
    cms.put("LOOP", "MODULE", module_records(program(loop, 0x20000)))
    cms.lines = ["LOOP"]
    with pytest.raises(AssertionError, match="BudgetEnd"):
        cms.run(20_000)
    cms.external()
    assert cms.type("GPR 7", "PSW", "RETURN", "HX") == [
        entered(" EXTERNAL INTERRUPT"),
        "GPR 07 00000007",
        "FFE40040 00020004",
        "INCORRECT DEBUG EXIT",
    ]
    assert cms.type("DESBUF") == []


def test_dump_goes_to_the_printer(cms: Cms) -> None:
    cms.storage.write(0x20020, bytes.fromhex("C8C5D3D3D6") + bytes(27))
    assert cms.type("DEBUG", "DUMP 20020 20040 TITLE", "RETURN") == [entered()]
    assert cms.printed[0].strip() == "TITLE"
    assert cms.printed[1].split()[:4] == ["020020", "C8C5D3D3", "D6000000", "00000000"]
    assert cms.printed[1].endswith("HELLO" + "." * 27)
