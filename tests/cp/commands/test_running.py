"""IPL BEGIN SYSTEM EXTERNAL ATTN, and machines that cannot go on: what CP says, and what the user can do then.

Programs are stored by STORE and started by BEGIN, as a person at a terminal does it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cp.commands.cpkit import StoppedClock, User
from vm370.cp.console.terminal import Status
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.device import Supply
from vm370.cp.system import System

Logon = Callable[[str], User]


@pytest.fixture
def alpha(logged_on: Logon) -> User:
    user = logged_on("ALPHA")
    user.type("SET EMSG ON")
    user.read()
    return user


def run(cp: System, slices: int = 20) -> None:
    """Let the system run for some time slices."""
    for _ in range(slices):
        cp.step()


def loop(user: User) -> None:
    """A program that counts in register 2 for ever: A 2,X'C00'; B X'800'; the constant at C00 is 1."""
    user.type("ST S800 5A200C0047F00800 LC00 1 G2 0 PSW 0 800", "BEGIN")
    user.read()


# --- errors of the guest ---


def test_a_loop_disturbs_nobody_and_can_be_looked_at(alpha: User, logged_on: Logon, cp: System) -> None:
    other = logged_on("BETA")
    loop(alpha)
    loop(other)
    assert alpha.session.status is Status.RUNNING
    run(cp)
    before = other.vm.cpu.gr[2]
    assert before > 0
    alpha.session.attention()
    assert alpha.read() == ["CP"]
    assert alpha.session.status is Status.CP_READ
    count = alpha.vm.cpu.gr[2]
    run(cp)
    assert alpha.vm.cpu.gr[2] == count
    assert other.vm.cpu.gr[2] > before
    assert alpha.type("D G2") == [f"GPR  2 = {count:08X}"]
    alpha.type("BEGIN")
    run(cp)
    assert alpha.vm.cpu.gr[2] > count


def test_commands_while_the_machine_runs(alpha: User, cp: System) -> None:
    loop(alpha)
    run(cp, 2)
    (line,) = alpha.type("#CP DISPLAY G2")
    assert line.startswith("GPR  2 = ")
    assert alpha.session.status is Status.RUNNING
    assert alpha.type("#cp d g3#d g4") == ["GPR  3 = 00000000", "GPR  4 = 00000000"]
    assert alpha.type("#CP") == ["CP"]
    assert alpha.session.status is Status.CP_READ
    assert alpha.type("") == ["CP"]


def test_disabled_wait(alpha: User, cp: System) -> None:
    alpha.type("ST PSW 00020000 00000BAD", "BEGIN")
    run(cp, 2)
    assert alpha.read()[-1] == "DMKDSP450W CP ENTERED; DISABLED WAIT PSW '00020000 00000BAD'"
    assert alpha.session.status is Status.CP_READ
    assert alpha.type("D PSW") == ["PSW = 00020000 00000BAD"]
    assert alpha.type("SYSTEM RESET", "D PSW") == ["SYSTEM RESET", "PSW = 00020000 00000000"]


def test_program_interruption_loop(alpha: User, logged_on: Logon, cp: System) -> None:
    """The program new PSW at 68 is zero: location 0 is executed for ever, and holds no instruction."""
    other = logged_on("BETA")
    loop(other)
    before = other.vm.cpu.gr[2]
    alpha.type("ST PSW 0 1000", "BEGIN")
    run(cp, 4)
    assert alpha.read()[-1] == "DMKDSP453W CP ENTERED; PROGRAM INTERRUPT LOOP, PSW '00000000 00000000'"
    assert (alpha.session.status, alpha.vm.stopped) == (Status.CP_READ, True)
    assert other.vm.cpu.gr[2] > before
    loop(alpha)
    run(cp, 2)
    assert alpha.vm.cpu.gr[2] > 0


def test_external_interruption_loop(alpha: User, cp: System) -> None:
    """The external new PSW is enabled for external interruptions, and many of them are pending."""
    alpha.type("ST L58 01000000 800 L18 0", "ST S800 47F00800 PSW 01000000 800")
    for code in range(0x2000, 0x2028):
        alpha.vm.external_interruption(code)
    alpha.type("BEGIN")
    run(cp, 2)
    assert alpha.read()[-1] == "DMKDSP452W CP ENTERED; EXTERNAL INTERRUPT LOOP, PSW '01000000 00000800'"


def test_invalid_psw(logged_on: Logon, cp: System) -> None:
    beta = logged_on("BETA")
    beta.type("ST PSW 00080000 01001000", "BEGIN")  # EC mode, bits 32-39 not zero
    run(cp, 2)
    assert beta.read()[-1] == "DMKDSP454W CP ENTERED; INVALID PSW '00080000 01001000'"
    assert beta.type("SYSTEM CLEAR", "D PSW") == ["STORAGE CLEARED - SYSTEM RESET", "PSW = 00020000 00000000"]
    loop(beta)
    run(cp, 2)
    assert beta.vm.cpu.gr[2] > 0


def test_destroyed_low_storage(alpha: User, cp: System) -> None:
    """MVC over locations 0-FF, then SVC: the new PSW is what was moved there."""
    alpha.type("ST L1060 00020000 00DEAD00", "ST G1 1000 S800 D2FF00001000 S806 0A00", "BEGIN 800")
    run(cp, 2)
    assert alpha.read()[-1] == "DMKDSP450W CP ENTERED; DISABLED WAIT PSW '00020000 00DEAD00'"
    assert alpha.type("D 20.8") == ["000020  00000000 40000808"]  # ILC 1


def test_a_fault_of_cp_stops_one_machine(
    alpha: User, logged_on: Logon, cp: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = logged_on("BETA")
    loop(other)
    loop(alpha)

    def broken(address: int, fast: bool) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(alpha.vm.cpu.channels, "sio", broken)
    alpha.session.attention()
    alpha.type("ST S800 9C000009 PSW 0 800", "BEGIN")
    run(cp, 3)
    assert alpha.read()[-1] == "DMKDSP455W CP ENTERED; CP FAILED TO SERVE THE VIRTUAL MACHINE: ZeroDivisionError: "
    assert cp.failed
    before = other.vm.cpu.gr[2]
    run(cp, 3)
    assert other.vm.cpu.gr[2] > before


def test_a_fault_in_a_command_is_answered(alpha: User, cp: System, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(vm: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(type(alpha.vm), "psw_text", broken)
    assert alpha.type("D PSW") == ["DMKDSP455W CP ENTERED; CP FAILED TO SERVE THE VIRTUAL MACHINE: ZeroDivisionError: "]
    assert cp.failed
    assert alpha.type("D G0") == ["GPR  0 = 00000000"]


# --- SYSTEM ---


def test_system_reset_keeps_storage_and_clear_does_not(alpha: User) -> None:
    alpha.type("ST L1000 1 G1 5")
    alpha.vm.storage.set_key(0x1000, 0x30)
    alpha.type("SYSTEM RESET")
    assert alpha.type("D 1000 K1000") == ["001000  00000001                            30", "001000 TO 0017FF KEY = 30"]
    alpha.type("SYST CLEAR")
    assert alpha.type("D 1000 K1000") == ["001000  00000000                            00", "001000 TO 0017FF KEY = 00"]


def test_system_restart(alpha: User, cp: System) -> None:
    alpha.type("ST L0 00020000 00ABCDEF PSW FF000000 00001234")
    assert alpha.type("SYSTEM RESTART") == []
    run(cp, 2)
    assert alpha.type("D 8.8") == [
        "DMKDSP450W CP ENTERED; DISABLED WAIT PSW '00020000 00ABCDEF'",
        "000008  FF000000 00001234",
    ]


# --- BEGIN, EXTERNAL, ATTN ---


def test_begin_at_a_location(alpha: User, cp: System) -> None:
    loop(alpha)
    alpha.session.attention()
    alpha.type("BEGIN C00")  # X'00000001' is no instruction; the program new PSW is zero
    run(cp, 2)
    assert "PROGRAM INTERRUPT LOOP" in alpha.read()[-1]
    assert alpha.type("D 28.8") != ["000028  00000000 00000000"]


def test_external_interruption(alpha: User, cp: System) -> None:
    """The machine waits enabled; EXTERNAL takes it to the external new PSW, and out of CP mode."""
    alpha.type("ST L58 00020000 00000E11 PSW 01020000 0", "BEGIN")
    run(cp, 2)
    assert alpha.session.status is Status.RUNNING
    alpha.session.attention()
    assert alpha.type("EXTERNAL") == ["CP"]
    assert alpha.session.status is Status.RUNNING
    run(cp, 2)
    assert alpha.read() == ["DMKDSP450W CP ENTERED; DISABLED WAIT PSW '00020000 00000E11'"]
    assert alpha.type("D 18.4") == ["000018  01020040"]  # the interruption code in BC mode


def test_external_with_a_code(alpha: User, cp: System) -> None:
    alpha.type("ST L58 00020000 0 PSW 01020000 0", "BEGIN", "#CP EXT 2")
    run(cp, 2)
    alpha.read()
    assert alpha.type("D 18.4") == ["000018  01020002"]


def test_external_does_not_start_a_stopped_machine(alpha: User) -> None:
    assert alpha.type("EXT 80") == []
    assert alpha.vm.stopped


@pytest.mark.parametrize("command", ["ATTN", "REQUEST", "REQ"])
def test_attention_key_of_the_virtual_console(alpha: User, cp: System, command: str) -> None:
    """An enabled wait ends with an I/O interruption from 009: attention, X'80' in the unit status."""
    alpha.type("ST L78 00020000 00000009 PSW FE020000 0", "BEGIN")
    run(cp, 2)
    alpha.session.attention()
    alpha.type(command)
    assert not alpha.vm.in_cp
    run(cp, 2)
    assert alpha.read()[-1] == "DMKDSP450W CP ENTERED; DISABLED WAIT PSW '00020000 00000009'"
    assert alpha.type("D 38.4 CSW") == ["000038  FE020009", "CSW = 00000000 80000000"]


# --- IPL ---


IPL_CARD = bytes.fromhex(
    "00020000 00C0FFEE"  # the PSW that is loaded: a disabled wait
    "03000000 20000001"  # the CCW that the first one chains to: no operation
)


def deck(user: User, card: bytes) -> None:
    """A reader file of one card, punched by the user himself."""
    user.type("SPOOL PUN TO *")
    data = [card.ljust(80, b"\0")]
    user.vm.devices[0x00D].execute(0x01, Supply(lambda length: data.pop() if data else b""), 80)
    user.type("CLOSE PUN")
    user.cp.step()
    user.read()


def test_ipl_loads_a_psw_and_runs(alpha: User, cp: System) -> None:
    deck(alpha, IPL_CARD)
    alpha.type("ST L5000 1 G3 1")
    assert alpha.type("IPL 00C") == []
    run(cp, 2)
    assert alpha.read()[-1] == "DMKDSP450W CP ENTERED; DISABLED WAIT PSW '00020000 00C0FFEE'"
    assert alpha.type("D 0.4 5000 G3") == [
        "000000  0002000C                            06",  # the address of the device is in bytes 2 and 3
        "005000  00000001                            00",
        "GPR  3 = 00000001",
    ]


def test_ipl_options(alpha: User, cp: System) -> None:
    deck(alpha, IPL_CARD)
    alpha.type("ST L5000 1 G3 1")
    alpha.read()
    assert alpha.type("I C 000 CL STOP PARM auto cr") == ["CP"]
    assert (alpha.session.status, alpha.vm.stopped) == (Status.CP_READ, True)
    assert alpha.type("D PSW G L5000") == [
        "PSW = 00020000 00C0FFEE",
        "GPR  0 = C1E4E3D6 40C3D940 00000000 00000000",  # AUTO CR and a blank
        "GPR  4 = 00000000 00000000 00000000 00000000",
        "GPR  8 = 00000000 00000000 00000000 00000000",
        "GPR 12 = 00000000 00000000 00000000 00000000",
        "005000  00000000                            00",
    ]


def test_ipl_from_a_cylinder(logged_on: Logon) -> None:
    """Record 1 of cylinder 1 of 190 is what is loaded; what stands behind PARM keeps its blanks."""
    maint = logged_on("MAINT")
    disk = maint.vm.devices[0x190]
    assert isinstance(disk, CkdDisk)
    count = bytes.fromhex("0001000001000018")  # behind home address and record 0: 5 and 16 bytes
    disk.store.write_track(
        1, 0, 21, count + bytes.fromhex("0002000000000C0103000000200000010000000000000000") + b"\xff" * 8
    )
    assert maint.type("IPL 190 1 STOP PARM   X") == ["CP"]
    assert maint.type("D PSW G0") == ["PSW = 00020000 00000C01", "GPR  0 = 4040E740"]


def test_ipl_with_an_attention(alpha: User, cp: System) -> None:
    deck(alpha, bytes.fromhex("FE020000 00000000") + IPL_CARD[8:])
    alpha.type("IPL 00C ATTN STOP", "ST L78 00020000 00000009", "BEGIN")
    run(cp, 2)
    assert alpha.read()[-1] == "DMKDSP450W CP ENTERED; DISABLED WAIT PSW '00020000 00000009'"


def test_ipl_of_an_empty_reader(alpha: User) -> None:
    assert alpha.type("IPL 00C") == ["DMKCPI232E IPL UNIT ERROR; 00C"]


@pytest.mark.parametrize(
    ("operands", "message"),
    [
        ("", "DMKCFG017E SYSTEM NAME OR VADDR MISSING OR INVALID"),
        ("555", "DMKCFG040E DEV 555 DOES NOT EXIST"),
        ("NOSYS", "DMKCFG044E NOSYS DOES NOT EXIST"),
        ("00E", "DMKCPI232E IPL UNIT ERROR; 00E"),
        ("190 FOO", "DMKCFG003E INVALID OPTION - FOO"),
        ("190 7", "DMKCPI232E IPL UNIT ERROR; 190"),
        ("00C 7", "DMKCFG003E INVALID OPTION - 7"),
        ("CMS 7", "DMKCFG003E INVALID OPTION - 7"),
        ("190 PARM " + "X" * 65, "DMKCFG002E INVALID OPERAND - " + "X" * 65),
    ],
)
def test_ipl_that_cannot_be_done(alpha: User, operands: str, message: str) -> None:
    assert alpha.type(f"IPL {operands}") == [message]
    assert alpha.vm.stopped


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("BEGIN XYZ", "DMKCFG004E INVALID HEXLOC - XYZ"),
        ("BEGIN 1000000", "DMKCFG004E INVALID HEXLOC - 1000000"),
        ("BEGIN 0 1", "DMKCFG002E INVALID OPERAND - 1"),
        ("SYSTEM", "DMKCFG026E OPERAND MISSING OR INVALID"),
        ("SYSTEM HALT", "DMKCFG002E INVALID OPERAND - HALT"),
        ("SYSTEM RESET NOW", "DMKCFG002E INVALID OPERAND - NOW"),
        ("EXTERNAL 0", "DMKCFG002E INVALID OPERAND - 0"),
        ("EXTERNAL 100", "DMKCFG002E INVALID OPERAND - 100"),
        ("EXTERNAL 1004", "DMKCFG002E INVALID OPERAND - 1004"),
        ("EXTERNAL ZZ", "DMKCFG002E INVALID OPERAND - ZZ"),
        ("ATTN 444", "DMKCFG040E DEV 444 DOES NOT EXIST"),
        ("ATTN 9 9", "DMKCFG002E INVALID OPERAND - 9"),
    ],
)
def test_invalid_operands_of_control_commands(alpha: User, command: str, message: str) -> None:
    assert alpha.type(command) == [message]
    assert alpha.vm.stopped


# --- the attention key, TERMINAL MODE, SET RUN, SLEEP ---


def test_terminal_mode_cp(alpha: User, cp: System) -> None:
    """In MODE CP what is typed to a running machine goes to CP; in MODE VM to the virtual console."""
    loop(alpha)
    alpha.type("D G3")
    assert alpha.vm.console is not None
    assert alpha.session.status is Status.RUNNING
    alpha.type("#CP TERM MODE CP")
    assert alpha.type("D G3") == ["CP", "GPR  3 = 00000000"]
    assert alpha.session.status is Status.CP_READ
    alpha.type("BEGIN")
    assert alpha.type("") == ["CP"]


def test_run_on(alpha: User, cp: System) -> None:
    """The attention key reads a command while the machine runs; afterwards the machine has the terminal again."""
    loop(alpha)
    alpha.type("#CP SET RUN ON")
    alpha.session.attention()
    assert alpha.session.status is Status.CP_READ
    before = alpha.vm.cpu.gr[2]
    run(cp, 2)
    assert alpha.vm.cpu.gr[2] > before
    assert alpha.type("D G3") == ["CP", "GPR  3 = 00000000"]
    assert alpha.session.status is Status.RUNNING


def test_run_on_does_not_start_a_stopped_machine(alpha: User) -> None:
    alpha.type("SET RUN ON", "D G0")
    assert alpha.session.status is Status.CP_READ


@pytest.mark.parametrize("command", ["SLEEP 1 MIN", "SLEEP"])
def test_sleep_and_the_attention_key(alpha: User, cp: System, clock: StoppedClock, command: str) -> None:
    """SLEEP from the terminal ends in CP mode, after its time or by the attention key."""
    loop(alpha)
    assert alpha.type(f"#CP {command}") == []
    before = alpha.vm.cpu.gr[2]
    run(cp)
    assert (alpha.session.status, alpha.vm.cpu.gr[2]) == (Status.RUNNING, before)
    if command == "SLEEP":
        clock.advance(100_000)
        run(cp)
        assert alpha.vm.cpu.gr[2] == before
        alpha.session.attention()
    else:
        clock.advance(60)
        run(cp)
    assert alpha.session.status is Status.CP_READ
    assert alpha.vm.cpu.gr[2] == before


# --- HELP ---


def test_help(alpha: User, logged_on: Logon) -> None:
    names = [line.split()[0] for line in alpha.type("HELP")]
    assert names == sorted(names, key=str.upper)
    assert {"Begin", "Display", "Ipl", "STore"} < set(names)
    assert "SHUTDOWN" not in names
    assert alpha.type("HELP BEGIN")[0] == "BEGIN - let the virtual machine go on"
    assert alpha.type("HELP B") == alpha.type("HELP BEG")
    assert alpha.type("HELP SHUTDOWN") == ["DMKHLP002E INVALID OPERAND - SHUTDOWN"]
    assert alpha.type("HELP BEGIN NOW") == ["DMKHLP002E INVALID OPERAND - NOW"]
    operator = logged_on("OPERATOR")
    operator.read()
    assert operator.type("HELP SHUTDOWN")[0].startswith("SHUTDOWN - ")
