"""PER: lines and controls in the shapes of its help text; programs traced by hand.

The program of most tests, at X'800' (BC mode, supervisor state)::

    000800 1B22      SR    2,2
    000802 4120 2001 LA    2,1(2)         again while register 2 is below 3
    000806 5020 0C00 ST    2,X'C00'
    00080A 5920 0C04 C     2,X'C04'       3
    00080E 4740 0802 BL    X'802'         twice
    000812 0700      NOPR  0
    000814 8200 0C08 LPSW  X'C08'         a disabled wait
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cp.commands.cpkit import User
from vm370.cp.engine.engines import ENGINES
from vm370.cp.spool import PRINTER
from vm370.cp.system import System
from vm370.images.ebcdic import from_ebcdic

Logon = Callable[[str], User]
WAIT = "DMKDSP450W CP ENTERED; DISABLED WAIT PSW '00020000 00000E0D'"


@pytest.fixture
def alpha(logged_on: Logon) -> User:
    user = logged_on("ALPHA")
    user.type("SET EMSG ON")
    user.type("ST S800 1B224120200150200C0059200C0447400802070082000C08")
    user.type("ST LC04 3 20000 E0D", "ST PSW 0 800 G2 7")
    user.read()
    return user


def traced(cp: System, user: User, *commands: str) -> list[str]:
    """What the program shows with these PER commands, to its end."""
    assert user.type(*commands) == []
    user.type("BEGIN")
    for _ in range(4):
        cp.step()
    return user.read()


@pytest.mark.parametrize("engine", list(ENGINES))
def test_instructions_in_every_engine(alpha: User, cp: System, engine: str) -> None:
    """The condition code is that behind the instruction; > stands where something was left out before."""
    cp.engines.wait()
    alpha.type(f"SET ENGINE {engine.upper()}")
    alpha.read()
    assert traced(cp, alpha, "PER IFETCH RANGE 800-807 RUN") == [
        ">000800 SR    1B22     CC=0",
        " 000802 LA    41202001 000001 CC=0",
        " 000806 ST    50200C00 000C00 CC=0",
        ">000802 LA    41202001 000002 CC=1",
        " 000806 ST    50200C00 000C00 CC=1",
        ">000802 LA    41202001 000003 CC=1",
        " 000806 ST    50200C00 000C00 CC=1",
        WAIT,
    ]


def test_an_instruction_by_its_code(alpha: User, cp: System) -> None:
    assert traced(cp, alpha, "PER I 07 RUN") == [">000812 NOPR  0700     CC=0", "DATA AT 000812=07", WAIT]


def test_registers_that_change(alpha: User, cp: System) -> None:
    """Register 2 is 7 before SR; LA changes it each time."""
    assert traced(cp, alpha, "PER G2 RUN") == [
        ">000800 SR    1B22     CC=0 G02=00000000",
        " 000802 LA    41202001 000001 CC=0 G02=00000001",
        ">000802 LA    41202001 000002 CC=1 G02=00000002",
        ">000802 LA    41202001 000003 CC=1 G02=00000003",
        WAIT,
    ]


def test_a_register_with_a_value(alpha: User, cp: System) -> None:
    assert traced(cp, alpha, "PER GREG2 3 RUN") == [">000802 LA    41202001 000003 CC=1 G02=00000003", WAIT]


@pytest.mark.parametrize("engine", list(ENGINES))
def test_stores_in_every_engine(alpha: User, cp: System, engine: str) -> None:
    cp.engines.wait()
    alpha.type(f"SET ENGINE {engine.upper()}")
    alpha.read()
    st = "000806 ST    50200C00 000C00 CC={} *STORE*"
    assert traced(cp, alpha, "PER STORE C03-C10 RUN") == [">" + st.format(c) for c in (0, 1, 1)] + [WAIT]


def test_a_store_of_a_value(alpha: User, cp: System) -> None:
    assert traced(cp, alpha, "PER ST C02 0002 RUN") == [
        ">000806 ST    50200C00 000C00 CC=1 *STORE*",
        "DATA AT 000C02=0002",
        WAIT,
    ]


def test_bits_of_a_byte(alpha: User, cp: System) -> None:
    """X'01' of the byte at C03: 0 -> 1 -> 2 -> 3 changes it three times; X'02' once."""
    shown = traced(cp, alpha, "PER MASK C03 02 RUN")
    assert shown == [">000806 ST    50200C00 000C00 CC=1 *STORE*", "DATA AT 000C03=02", WAIT]


def test_branches_and_their_table(alpha: User, cp: System) -> None:
    bm = ">00080E BM    47400802 000802 CC=1"
    assert traced(cp, alpha, "PER BRANCH RUN") == [bm, bm, WAIT]
    assert alpha.type("PER DUMP") == ["TRACEBACK TABLE:", ":00080E BM    47400802 000802     2 TIMES"]


def test_a_branch_into_a_range(alpha: User, cp: System) -> None:
    """BALR 1,0 branches nowhere; B X'900', B X'A00': the table has the branch before."""
    alpha.type("ST S800 051047F00900 S900 47F00A00 SA00 82000C08")
    assert traced(cp, alpha, "PER B A00-A0F RUN") == [
        ">000900 B     47F00A00 000A00 CC=0",
        "TRACEBACK TABLE:",
        ":000802 B     47F00900 000900",
        WAIT,
    ]


def test_pages(alpha: User, cp: System) -> None:
    """Of 8 bytes: 800-807, 808-80F, back, and so on."""
    shown = traced(cp, alpha, "PER PAGETRACE 8 RUN")
    assert [line[:12] for line in shown[:-1]] == [
        f"*PGT* {at:06X}" for at in (0x800, 0x80A, 0x802, 0x80A, 0x802, 0x80A, 0x812)
    ]
    assert all(len(line) == 29 for line in shown[:-1])


def test_execute(alpha: User, cp: System) -> None:
    """As in the help text: EX, the byte, then the instruction with the addresses of its operands."""
    alpha.type("ST S800 44300C1082000C08", "ST SC10 D2000D000D10", "ST G3 4")
    assert traced(cp, alpha, "PER STORE D00-D04 RUN") == [
        ">000800 EX    44300C10 04 000C10 MVC   D2040D000D10 000D00 000D10 CC=0 *STORE*",
        WAIT,
    ]


def test_step_skip_and_pass(alpha: User, cp: System) -> None:
    """STEP 2: CP mode behind every second line.  SKIP 4: every fourth instruction.  PASS 13: from the 14th on."""
    alpha.type("PER IFETCH STEP 2", "BEGIN")
    cp.step()
    assert alpha.read() == [">000800 SR    1B22     CC=0", " 000802 LA    41202001 000001 CC=0", "CP"]
    assert alpha.type("D PSW") == ["PSW = 00000000 00000806"]
    alpha.type("PER SKIP 4 RUN", "BEGIN")
    cp.step()
    assert [line[1:13] for line in alpha.read()[:-1]] == ["000802 LA   ", "000802 LA   ", "000812 NOPR "]
    alpha.type("PER CLEAR", "PER I PASS 13 RUN", "ST PSW 0 800")
    alpha.read()
    assert [line[1:13] for line in traced(cp, alpha)] == ["000812 NOPR ", "000814 LPSW ", WAIT[1:13]]
    assert alpha.type("PER COUNT") == ["        15 IFETCH PASS 13 RUN TERMINAL"]


def test_commands(alpha: User, cp: System) -> None:
    """CMD: each command when the event happens, until the events are cleared."""
    assert traced(cp, alpha, "PER ST C00.4 RUN CMD D G2;per clear") == [
        ">000806 ST    50200C00 000C00 CC=0 *STORE*",
        "GPR  2 = 00000001",
        "*PER TRAPS CLEARED*",
        WAIT,
    ]


def test_a_command_may_take_the_machine_away(alpha: User, cp: System) -> None:
    assert traced(cp, alpha, "PER ST C00.4 RUN CMD SYSTEM CLEAR;D PSW;D G2")[1:] == ["STORAGE CLEARED - SYSTEM RESET"]
    assert alpha.vm.stopped
    assert not alpha.vm.cpu.watch


def test_printer(alpha: User, cp: System) -> None:
    assert traced(cp, alpha, "PER G2 3 PRINT NOTERM") == [WAIT]
    alpha.type("CLOSE 00E")
    (file,) = cp.spool.files(PRINTER, "ALPHA")
    assert [from_ebcdic(record.data) for record in cp.spool.read(file)] == [
        ">000802 LA    41202001 000003 CC=1 G02=00000003"
    ]


def test_query_save_get_clear(alpha: User) -> None:
    """The session of the help text."""
    elements = [
        " IFETCH 83 RANGE 20000:FFFFFF PRINTER",
        " STORE 250:300 RANGE 70000:75000 TERMINAL",
        " BRANCH 1FFFC RANGE 20000:FFFFFF RUN TERMINAL",
    ]
    assert alpha.type("per i 83 print noterm 20000-", "per st 250-300 70000-75000", "per b 1fffc 20000- run") == []
    assert alpha.type("per q") == elements
    assert alpha.type("per save set1", "per c") == []
    assert alpha.type("per q") == ["DMKPER040E TRACE SET DOES NOT EXIST"]
    assert alpha.type("per i 60000-70000", "per q") == [" IFETCH RANGE 60000:70000 TERMINAL"]
    assert alpha.type("per q set1", "per q *") == [*elements, "SET1"]
    assert alpha.type("per get set1", "per q") == elements
    assert alpha.type("per cl set1", "per c") == ["*PER TRAPS CLEARED*"]


def test_kinds_are_switched_off_one_by_one(alpha: User) -> None:
    alpha.type("PER I", "PER G")
    assert alpha.type("PER I OFF", "PER Q") == [" GREG TERMINAL"]
    assert alpha.type("PER OFF") == ["*PER TRAPS CLEARED*"]


@pytest.mark.parametrize(
    ("operands", "answer"),
    [
        ("", "DMKPER026E OPERAND MISSING OR INVALID"),
        ("XYZ", "DMKPER002E INVALID OPERAND - XYZ"),
        ("I 123", "DMKPER005E INVALID HEXDATA - 123"),
        ("G16", "DMKPER010E INVALID REGISTER - 16"),
        ("I SKIP", "DMKPER002E INVALID OPERAND - NUMBER"),
        ("I RANGE", "DMKPER009E RANGE MISSING OR INVALID"),
        ("I -", "DMKPER009E INVALID RANGE - -"),
        ("MASK", "DMKPER033E HEXLOC MISSING OR INVALID"),
        ("MASK 800", "DMKPER033E HEXDATA MISSING OR INVALID"),
        ("GET NONE", "DMKPER040E TRACE SET DOES NOT EXIST"),
        ("RUN", "DMKPER040E TRACE SET DOES NOT EXIST"),
        ("SAVE TOOLONGANAME", "DMKPER026E OPERAND MISSING OR INVALID"),
        ("I CMD", "DMKPER026E OPERAND MISSING OR INVALID"),
    ],
)
def test_invalid_operands(alpha: User, operands: str, answer: str) -> None:
    assert alpha.type(f"PER {operands}") == [answer]


def test_a_guest_that_uses_per_itself(logged_on: Logon, cp: System) -> None:
    """Its own event for the store is not disturbed: PER code 2000 at 96, address 800 at 98."""
    beta = logged_on("BETA")
    beta.type("SET ECMODE ON")
    beta.type("ST X9 20000000 C00 C03", "ST S800 50200C0082000C10", "ST L68 00080000 900", "ST S900 82000C10")
    beta.type("ST LC10 000A0000 E0D", "ST PSW 40080000 00000800")
    beta.read()
    assert traced(cp, beta, "PER STORE C00.4 RUN")[0] == ">000800 ST    50200C00 000C00 CC=0 *STORE*"
    assert beta.type("D 94.8", "D 28.8") == ["000094  00002000 00000800", "000028  40080000 00000804"]


@pytest.mark.parametrize("engine", list(ENGINES))
def test_an_instruction_of_many_units(alpha: User, cp: System, engine: str) -> None:
    """MVCL of 8 KiB: one line, though the store into 4000 is in the first of its units, registers as at its end."""
    cp.engines.wait()
    alpha.type(f"SET ENGINE {engine.upper()}")
    alpha.type("ST S800 0E4682000C08 G4 4000 2000 8000 2000")
    alpha.read()
    assert traced(cp, alpha, "PER ST 4000 RUN", "PER G4 RUN") == [
        ">000800 MVCL  0E46     CC=0 G04=00006000 *STORE*",
        WAIT,
    ]
