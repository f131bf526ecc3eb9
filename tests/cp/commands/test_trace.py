"""TRACE: lines in the shapes of the CP Command Reference, for programs traced by hand.

The program of most tests, at X'800' (BC mode, supervisor state)::

    000800 1B22      SR    2,2
    000802 4120 2001 LA    2,1(2)
    000806 5920 0C00 C     2,X'C00'       2
    00080A 4740 0802 BL    X'802'         once
    00080E 0A05      SVC   5              the new PSW at 60 leads to 900
    000900 8000 0C04 SSM   X'C04'         zeros
    000904 8200 0C08 LPSW  X'C08'         a disabled wait
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cp.commands.cpkit import User
from vm370.cp.console.terminal import Status
from vm370.cp.engine.engines import ENGINES
from vm370.cp.spool import PRINTER
from vm370.cp.system import System
from vm370.images.ebcdic import from_ebcdic

Logon = Callable[[str], User]
WAIT = "DMKDSP450W CP ENTERED; DISABLED WAIT PSW '00020000 00000E0D'"
SVC = "*** 00080E SVC   0005 ==> 000900"
SSM = "::: 000900 SSM   80000C04 00"
LPSW = "::: 000904 LPSW  82000C08     00020000 00000E0D"


@pytest.fixture
def alpha(logged_on: Logon) -> User:
    user = logged_on("ALPHA")
    user.type("SET EMSG ON")
    user.type("ST S800 1B224120200159200C00474008020A05", "ST S900 80000C0482000C08")
    user.type("ST LC00 2 0 20000 E0D", "ST L60 0 900", "ST PSW 0 800")
    user.read()
    return user


def run(cp: System, slices: int = 4) -> None:
    for _ in range(slices):
        cp.step()


def traced(cp: System, user: User, command: str) -> list[str]:
    """What the program shows with this TRACE command, to its end."""
    assert user.type(command) == ["TRACE STARTED"]
    user.type("BEGIN")
    run(cp)
    return user.read()


@pytest.mark.parametrize("engine", list(ENGINES))
def test_instructions_in_every_engine(alpha: User, cp: System, engine: str) -> None:
    cp.engines.wait()
    alpha.type(f"SET ENGINE {engine.upper()}")
    alpha.read()
    assert traced(cp, alpha, "TRACE INSTRUCT RUN") == [
        "000800 SR    1B22",
        "000802 LA    41202001",
        "000806 C     59200C00",
        "00080A BM    47400802 ==> 000802",
        "000802 LA    41202001",
        "000806 C     59200C00",
        "00080A BM    47400802",
        SVC,
        SSM,
        LPSW,
        WAIT,
    ]


def test_all_shows_before_it_happens(alpha: User, cp: System) -> None:
    """A branch with its target; what another than the next instruction led to, with an arrow."""
    assert traced(cp, alpha, "TRACE ALL RUN") == [
        "000800 SR    1B22",
        "000802 LA    41202001",
        "000806 C     59200C00",
        "00080A BM    47400802     000802",
        "==> 000802 LA    41202001",
        "000806 C     59200C00",
        "00080A BM    47400802     000802",
        SVC,
        SSM,
        LPSW,
        WAIT,
    ]


def test_branches(alpha: User, cp: System) -> None:
    """Interruptions and instructions that change the PSW belong to it."""
    assert traced(cp, alpha, "TRACE BRANCH RUN") == ["00080A BM    47400802 ==> 000802", SVC, SSM, LPSW, WAIT]


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        ("TRACE SVC RUN", [SVC]),
        ("TR PRIV RUN", [SSM, LPSW]),
        ("TRACE SVC PRIV RUN", [SVC, SSM, LPSW]),
        ("TRACE PROGRAM EXT I/O SIO CCW CSW RUN", []),
    ],
)
def test_single_events(alpha: User, cp: System, command: str, lines: list[str]) -> None:
    assert traced(cp, alpha, command) == [*lines, WAIT]


def test_the_machine_stops_behind_each_line(alpha: User, cp: System) -> None:
    """PRIV stops behind the instruction, ALL before it."""
    assert traced(cp, alpha, "TRACE PRIV") == [SSM, "CP"]
    assert alpha.session.status is Status.CP_READ
    assert alpha.type("D PSW") == ["PSW = 00000000 00000904"]
    assert alpha.type("TRACE PRIV OFF", "TRACE ALL") == ["TRACE ENDED", "TRACE STARTED"]
    alpha.type("BEGIN")
    run(cp)
    assert alpha.read() == [LPSW, "CP"]
    assert alpha.type("D PSW") == ["PSW = 00000000 00000904"]
    alpha.type("BEGIN")
    run(cp)
    assert alpha.read() == [WAIT]


def test_set_run_on_stops_too(alpha: User, cp: System) -> None:
    alpha.type("SET RUN ON")
    assert traced(cp, alpha, "TRACE SVC") == [SVC, "CP"]
    run(cp)
    assert alpha.session.status is Status.CP_READ
    assert alpha.type("D PSW") == ["PSW = 00000000 00000900"]


def test_program_interruption(alpha: User, cp: System) -> None:
    """X'00' at 802 is no operation code; the address is that of the instruction."""
    alpha.type("ST S802 0000", "ST L68 20000 E0D")
    assert traced(cp, alpha, "TRACE PROG RUN") == ["*** 000802 PROG  0001 ==> 000E0D", WAIT]
    alpha.type("ST PSW 0 800", "TRACE INST RUN", "TRACE PROG OFF", "BEGIN")
    alpha.read()
    run(cp)
    assert alpha.read() == ["000800 SR    1B22", "*** 000802 PROG  0001 ==> 000E0D", WAIT]


def test_a_privileged_instruction_in_problem_state_is_no_priv_event(alpha: User, cp: System) -> None:
    alpha.type("ST PSW 00010000 900", "ST L68 20000 E0D")
    assert traced(cp, alpha, "TRACE PRIV PROG RUN") == ["*** 000900 PROG  0002 ==> 000E0D", WAIT]


def test_external_interruption(alpha: User, cp: System) -> None:
    alpha.type("ST L58 20000 E0D", "ST S800 07000700 PSW 01000000 800")
    alpha.vm.external_interruption(0x40)
    assert traced(cp, alpha, "TRACE EXTERNAL RUN") == ["*** 000800 EXT   0040 ==> 000E0D", WAIT]


def test_execute(alpha: User, cp: System) -> None:
    """EX 3,X'C10' with 04 in register 3: MVC of five bytes; EX 0 shows no byte."""
    alpha.type("ST S800 44300C1044000C1882000C08", "ST SC10 D2000D000D10 SC18 07F0", "ST G3 4")
    assert traced(cp, alpha, "TRACE INST RUN") == [
        "000800 EX    44300C10 04 000C10 MVC   D204 0D000D10",
        "000804 EX    44000C18 000C18 BR    07F0",
        "::: 000808 LPSW  82000C08     00020000 00000E0D",
        WAIT,
    ]


def test_branches_to_the_next_instruction_and_to_itself(alpha: User, cp: System) -> None:
    """BALR 12,0; B to the next one: no branches.  BCT 3 to itself: one instruction, three times."""
    alpha.type("ST S800 05C047F00806463008060A05", "ST G3 3")
    assert traced(cp, alpha, "TRACE BRANCH RUN")[0] == "*** 00080A SVC   0005 ==> 000900"


def test_start_io_and_channel_program(alpha: User, cp: System) -> None:
    """A read of 8 bytes of record 1 of cylinder 0, head 0: SEEK, SEARCH ID EQUAL, TIC, READ DATA.

    The search compares until the record comes by; its CCW is shown once.  The minidisk begins at cylinder 6.
    """
    alpha.type("ST L48 A00", "ST LA00 07000B00 40000006 31000B02 40000005 08000A08 0 06000B10 20000008")
    alpha.type("ST LB00 0 0 01000000", "ST S800 9C00019182000C18", "ST LC18 FE020000 0", "ST L78 20000 E0D")
    shown = traced(cp, alpha, "TRACE SIO CCW I/O CSW RUN")
    drive = cp.real.volume("SYSVOL")
    assert drive is not None
    assert shown[0] == f"I/O 000800 SIO   9C000191 DASD 0191 CC 0 DASD {drive.raddr:04X} CAW 00000A00"
    assert shown[1:6] == [
        "CCW 000A00 07000B00 40000006",
        "CCW  SEEK  00000000 0000      SEEK  00000006 0000",
        "CCW 000A08 31000B02 40000005",
        "CCW 000A18 06000B10 20000008",
        "CSW V 0191 00000A20 0C000000",
    ]
    assert shown[6:] == ["*** 000000 I/O   0191 ==> 000E0D CSW 0C00", WAIT]


def test_start_io_to_the_console_is_no_sio_event(alpha: User, cp: System) -> None:
    """So says the manual; TIO to any device is one, and INSTRUCT and CCW show both."""
    alpha.type("ST L48 A00 LA00 09000B00 20000001", "ST S800 9C0000099D00000982000C08")
    sio = "I/O 000800 SIO   9C000009 CONS 0009 CC 0 CAW 00000A00"
    tio = "I/O 000804 TIO   9D000009 CONS 0009 CC 2"
    assert traced(cp, alpha, "TRACE SIO RUN") == [tio, "\0", WAIT]  # what was written, a byte of zeros
    for events in ("CCW", "INSTRUCT"):
        alpha.type("SYSTEM RESET", "ST PSW 0 800", "TRACE END")
        alpha.read()
        assert traced(cp, alpha, f"TRACE {events} RUN")[:2] == [sio, tio]


def test_diagnose_is_a_privileged_instruction(alpha: User, cp: System) -> None:
    """DIAGNOSE 8 does not stop the machine."""
    alpha.type("ST LD00 D4E2C740 5C40C8C9 G1 D00 G2 8", "ST S800 8312000883340024", "ST G3 9 G4 0")
    shown = traced(cp, alpha, "TRACE PRIV")
    assert shown[-3:] == ["::: 000800 DIAG  83120008", "::: 000804 DIAG  83340024", "CP"]


def test_printer(alpha: User, cp: System) -> None:
    """PRINTER means RUN; the file is the printer's, with what else is printed there."""
    assert traced(cp, alpha, "TRACE SVC PRINTER") == [WAIT]
    assert alpha.type("ST PSW 0 800", "TRACE PRIV BOTH")[-1] == "TRACE STARTED"
    alpha.type("BEGIN")
    run(cp)
    assert alpha.read() == [SSM, "CP"]
    alpha.type("CLOSE 00E")
    (file,) = cp.spool.files(PRINTER, "ALPHA")
    assert [from_ebcdic(record.data) for record in cp.spool.read(file)] == [SVC, SVC, SSM]


def test_no_printer(logged_on: Logon) -> None:
    beta = logged_on("BETA")
    beta.type("SET EMSG ON")
    assert beta.type("TRACE SVC PRINTER") == ["DMKTRA040E PRINTER DOES NOT EXIST"]


def test_options_of_an_event_are_replaced(alpha: User, cp: System) -> None:
    alpha.type("TRACE SVC PRINTER")
    assert alpha.type("TRACE SVC RUN") == ["TRACE STARTED"]
    alpha.type("BEGIN")
    run(cp)
    assert alpha.read() == [SVC, WAIT]
    assert alpha.type("TRACE END") == ["TRACE ENDED"]
    assert alpha.type("TRACE SVC RUN", "TRACE PRIV", "TRACE SVC PRIV OFF") == [
        "TRACE STARTED",
        "TRACE STARTED",
        "TRACE ENDED",
    ]


@pytest.mark.parametrize(
    ("operands", "answer"),
    [
        ("", "DMKTRA026E OPERAND MISSING OR INVALID"),
        ("RUN", "DMKTRA026E OPERAND MISSING OR INVALID"),
        ("NONSENSE", "DMKTRA002E INVALID OPERAND - NONSENSE"),
        ("SVC RUN QUICK", "DMKTRA003E INVALID OPTION - QUICK"),
        ("SVC RUN NORUN", "DMKTRA013E CONFLICTING OPTION - NORUN"),
        ("SVC PRINTER RUN", "DMKTRA013E CONFLICTING OPTION - RUN"),
        ("SVC PRINTER BOTH", "DMKTRA013E CONFLICTING OPTION - BOTH"),
        ("SVC OFF RUN", "DMKTRA013E CONFLICTING OPTION - RUN"),
        ("SVC I", "DMKTRA002E INVALID OPERAND - I"),
    ],
)
def test_invalid_operands(alpha: User, operands: str, answer: str) -> None:
    assert alpha.type(f"TRACE {operands}") == [answer]


def test_a_traced_loop_lets_others_run(alpha: User, logged_on: Logon, cp: System) -> None:
    """TRACE ALL RUN of an endless loop: not more than some lines in a slice, and none while the terminal is held."""
    other = logged_on("BETA")
    for user in (alpha, other):
        user.type("ST S800 5A200C0047F00800 LC00 1 G2 0 PSW 0 800")
    alpha.type("TRACE ALL RUN", "BEGIN")
    other.type("BEGIN")
    alpha.read()
    before = other.vm.cpu.gr[2]
    cp.step()
    cp.step()
    assert 0 < len(alpha.read()) <= 60
    assert other.vm.cpu.gr[2] > before
    alpha.terminal.held = True
    run(cp)
    assert alpha.read() == []


def test_reset_ends_nothing(alpha: User, cp: System) -> None:
    alpha.type("TRACE SVC RUN", "SYSTEM RESET", "ST PSW 0 800", "BEGIN")
    alpha.read()
    run(cp)
    assert alpha.read() == [SVC, WAIT]


def test_a_guest_in_ec_mode_with_translation(logged_on: Logon, cp: System) -> None:
    """Page 1 is mapped on real page 2; the lines show logical addresses, and the instruction that stands there.

    Segment table at 3000 (64 KiB segments), page table at 3040 (4 KiB pages): page 1 -> real 2000.
    """
    beta = logged_on("BETA")
    beta.type("SET ECMODE ON")
    beta.type("ST L3000 F0003040", "ST S3040 000000200008", "ST X0 00800000 X1 00003000")
    beta.type("ST S2000 1B2205C047F0C0FC S2100 82000C08", "ST LC08 000A0000 E0D", "ST PSW 040C0000 00001000")
    beta.read()
    beta.type("TRACE INST RUN", "BEGIN")
    run(cp)
    assert beta.read() == [
        "001000 SR    1B22",
        "001002 BALR  05C0",
        "001004 B     47F0C0FC ==> 001100",
        "::: 001100 LPSW  82000C08     000A0000 00000E0D",
        "DMKDSP450W CP ENTERED; DISABLED WAIT PSW '000A0000 00000E0D'",
    ]


def test_a_guest_that_uses_per_itself(logged_on: Logon, cp: System) -> None:
    """Its own event for SR at 800 (register 2 altered) comes behind the instruction, with the code 0080."""
    beta = logged_on("BETA")
    beta.type("SET ECMODE ON")
    beta.type("ST X9 10002000", "ST S800 1B2282000C08", "ST L68 00080000 900", "ST S900 82000C08")
    beta.type("ST LC08 000A0000 E0D", "ST PSW 40080000 00000800")
    beta.read()
    beta.type("TRACE INST RUN", "BEGIN")
    run(cp)
    assert beta.read()[:3] == [
        "000800 SR    1B22",
        "*** 000800 PROG  0080 ==> 000900",
        "::: 000900 LPSW  82000C08     000A0000 00000E0D",
    ]


def test_devices_stay_while_io_is_traced(alpha: User) -> None:
    alpha.type("TRACE SIO")
    assert alpha.type("DETACH 292") == ["DMKVDD273E DETACH REJECTED; VIRTUAL MACHINE TRACING I/O"]
    alpha.type("TRACE END", "DETACH 292")
    assert 0x292 not in alpha.vm.devices


def test_indirect_data_addresses(alpha: User, cp: System) -> None:
    """A read of 8 bytes by an IDAL of one word, on the FB-512 disk: the CCW is shown with its list."""
    alpha.type("ST L48 A00 LA00 E4000B00 24000007 LB00 C00", "ST S800 9C00029282000C18", "ST LC18 FE020000 0")
    alpha.type("ST L78 20000 E0D")
    shown = traced(cp, alpha, "TRACE CCW RUN")
    assert shown[1:3] == ["CCW 000A00 E4000B00 24000007", "CCW  IDAL  00000C00"]
