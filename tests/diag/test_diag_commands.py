"""DIAGNOSE 08: CP commands from a program, to the terminal or to a buffer, and those that do not come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cp.commands.cpkit import StoppedClock
from tests.diag.diagkit import (
    ADDRESSING,
    HANDLER,
    LOOP,
    PROGRAM,
    PROTECTION,
    SPECIFICATION,
    UNCHANGED,
    Guest,
    LogOn,
    ccw,
)
from vm370.cp.console.terminal import Status
from vm370.cp.s370.psw import Psw
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

COMMAND, BUFFER = 0x3000, 0x4000
TO_BUFFER, NO_PASSWORD_HERE = 0x40, 0x80
SIZE = 512 * 1024


def registers(guest: Guest, command: str, room: int | None = None, flags: int = 0) -> dict[int, int]:
    """Store the command: registers 2 and 6 (and 3 and 7, the buffer) for it."""
    text = b"\x15".join(to_ebcdic(part) for part in command.split("\n"))
    guest.put(COMMAND, text)
    if room is None:
        return {2: COMMAND, 6: flags << 24 | len(text)}
    return {2: COMMAND, 6: (flags | TO_BUFFER) << 24 | len(text), 3: BUFFER, 7: room}


def lines(guest: Guest, length: int) -> list[str]:
    """The response: every line ends with X'15'."""
    text = guest.get(BUFFER, length)
    assert not text or text[-1] == 0x15
    return [from_ebcdic(line) for line in text.split(b"\x15")[:-1]]


def test_response_on_the_terminal(guest: Guest) -> None:
    assert guest.diagnose(0x08, 2, 6, registers(guest, "QUERY VIRTUAL STORAGE")) == UNCHANGED
    assert guest.gr[6] == 0
    assert guest.user.read()[-1] == "STORAGE = 00512K"


def test_response_in_a_buffer(guest: Guest) -> None:
    guest.put(BUFFER, b"\xee" * 100)
    guest.user.read()
    assert guest.diagnose(0x08, 2, 6, registers(guest, "query virtual storage", 100)) == 0
    assert (guest.gr[2], guest.gr[3], guest.gr[6], guest.gr[7]) == (COMMAND, BUFFER, 0, 17)
    assert lines(guest, 17) == ["STORAGE = 00512K"]
    assert guest.get(BUFFER + 17, 83) == b"\xee" * 83
    assert guest.user.read() == []


@pytest.mark.parametrize(
    ("room", "cc", "left", "stored"), [(17, 0, 17, 17), (16, 1, 17, 0), (1, 1, 17, 0), (0, 1, 17, 0)]
)
def test_a_buffer_that_is_too_short(guest: Guest, room: int, cc: int, left: int, stored: int) -> None:
    guest.put(BUFFER, b"\xee" * 40)
    assert guest.diagnose(0x08, 2, 6, registers(guest, "QUERY VIRTUAL STORAGE", room)) == cc
    assert (guest.gr[6], guest.gr[7]) == (0, left)
    assert guest.get(BUFFER + stored, 40 - stored) == b"\xee" * (40 - stored)


def test_whole_lines_only(guest: Guest) -> None:
    """Four lines of 17 bytes; 50 bytes have room for two, and 34 do not fit."""
    command = "\n".join(["QUERY VIRTUAL STORAGE"] * 4)
    guest.put(BUFFER, b"\xee" * 100)
    assert guest.diagnose(0x08, 2, 6, registers(guest, command, 50)) == 1
    assert guest.gr[7] == 34
    assert lines(guest, 34) == ["STORAGE = 00512K"] * 2
    assert guest.get(BUFFER + 34, 66) == b"\xee" * 66


def test_no_response_at_all(guest: Guest) -> None:
    assert guest.diagnose(0x08, 2, 6, registers(guest, "* a comment", 100)) == 0
    assert (guest.gr[6], guest.gr[7]) == (0, 0)


def test_the_completion_code_is_the_message_number(guest: Guest) -> None:
    guest.type("SET EMSG ON")
    guest.diagnose(0x08, 2, 6, registers(guest, "DETACH 444"))
    assert guest.gr[6] == 40
    assert guest.user.read() == ["DMKVDB040E DEV 444 DOES NOT EXIST"]


@pytest.mark.parametrize("setting", ["ON", "CODE", "TEXT", "OFF"])
def test_errors_go_to_the_buffer_whatever_emsg_says(guest: Guest, setting: str) -> None:
    guest.type(f"SET EMSG {setting}")
    assert guest.diagnose(0x08, 2, 6, registers(guest, "DETACH 444", 100)) == 0
    assert guest.gr[6] == 40
    assert lines(guest, guest.gr[7]) == ["DMKVDB040E DEV 444 DOES NOT EXIST"]
    assert guest.user.read() == []


def test_an_unknown_command(guest: Guest) -> None:
    guest.user.read()
    guest.diagnose(0x08, 2, 6, registers(guest, "FOO BAR"))
    assert (guest.gr[6], guest.user.read()) == (1, [])  # the program says what it thinks of it
    assert guest.diagnose(0x08, 2, 6, registers(guest, "FOO BAR", 100)) == 0
    assert guest.gr[6] == 1
    assert lines(guest, guest.gr[7]) == ["DMKCFC001E ?CP: FOO BAR"]


def test_a_command_of_another_class_is_unknown(guest: Guest) -> None:
    guest.diagnose(0x08, 2, 6, registers(guest, "SHUTDOWN"))
    assert (guest.gr[6], guest.cp.shutting_down) == (1, False)


def test_several_commands(guest: Guest) -> None:
    """All are done; the code is the last one's."""
    guest.diagnose(0x08, 2, 6, registers(guest, "DETACH 444\nSET MSG OFF\nQUERY VIRTUAL STORAGE", 200))
    assert guest.gr[6] == 0
    assert lines(guest, guest.gr[7]) == ["DMKVDB040E DEV 444 DOES NOT EXIST", "STORAGE = 00512K"]
    assert not guest.vm.settings.msg
    guest.diagnose(0x08, 2, 6, registers(guest, "SET MSG ON\nFOO"))
    assert (guest.gr[6], guest.vm.settings.msg) == (1, True)


def test_empty_commands_between_separators(guest: Guest) -> None:
    guest.diagnose(0x08, 2, 6, registers(guest, "\n\nQUERY VIRTUAL STORAGE\n\n", 100))
    assert (guest.gr[6], lines(guest, guest.gr[7])) == (0, ["STORAGE = 00512K"])


def test_the_longest_command(guest: Guest) -> None:
    guest.diagnose(0x08, 2, 6, registers(guest, "* " + "x" * 238))
    assert (guest.interruption, guest.gr[6]) == (None, 0)
    assert guest.refused(0x08, 2, 6, registers(guest, "* " + "x" * 239)) == SPECIFICATION
    assert guest.refused(0x08, 2, 6, {2: COMMAND, 6: 0xFFFFFF}) == SPECIFICATION


@pytest.mark.parametrize(
    ("rx", "ry", "code"),
    [
        (2, 3, SPECIFICATION),
        (3, 2, SPECIFICATION),
        (15, 2, SPECIFICATION),
        (2, 15, SPECIFICATION),
        (0, 15, SPECIFICATION),
    ],
)
def test_registers_of_a_buffer(guest: Guest, rx: int, ry: int, code: int) -> None:
    values = {rx: COMMAND, ry: TO_BUFFER << 24 | 5}
    assert guest.refused(0x08, rx, ry, values) == code


@pytest.mark.parametrize(("rx", "ry"), [(2, 3), (3, 2), (15, 2), (2, 15)])
def test_any_registers_without_a_buffer(guest: Guest, rx: int, ry: int) -> None:
    guest.put(COMMAND, to_ebcdic("SET MSG OFF"))
    guest.diagnose(0x08, rx, ry, {rx: COMMAND, ry: 11})
    assert (guest.interruption, guest.gr[ry], guest.vm.settings.msg) == (None, 0, False)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({7: 8193}, SPECIFICATION),
        ({7: 0xFFFFFFFF}, SPECIFICATION),
        ({2: SIZE - 4}, ADDRESSING),
        ({2: SIZE}, ADDRESSING),
        ({3: SIZE - 99}, ADDRESSING),
        ({3: 0xFFFFFF}, ADDRESSING),
    ],
)
def test_exceptions(guest: Guest, change: dict[int, int], code: int) -> None:
    """The command is not done."""
    assert guest.refused(0x08, 2, 6, registers(guest, "SET MSG OFF", 100) | change) == code
    assert guest.vm.settings.msg


def test_the_longest_buffer(guest: Guest) -> None:
    assert guest.diagnose(0x08, 2, 6, registers(guest, "QUERY VIRTUAL STORAGE", 8192)) == 0


def test_protection(guest: Guest) -> None:
    key_3 = Psw(cc=UNCHANGED, key=3, address=PROGRAM)
    values = registers(guest, "SET MSG OFF", 100)
    assert guest.refused(0x08, 2, 6, values, psw=key_3) == PROTECTION  # the buffer
    guest.vm.storage.set_key(BUFFER, 0x30)
    guest.vm.storage.set_key(COMMAND, 0x18)
    assert guest.refused(0x08, 2, 6, values, psw=key_3) == PROTECTION  # the command is fetch-protected
    assert guest.vm.settings.msg
    guest.vm.storage.set_key(COMMAND, 0x10)
    assert guest.diagnose(0x08, 2, 6, values, psw=key_3) == 0
    assert not guest.vm.settings.msg


def test_every_byte_is_a_character(guest: Guest) -> None:
    guest.put(COMMAND, bytes(range(0x40, 0x100)))
    guest.diagnose(0x08, 2, 6, {2: COMMAND, 6: 0xC0})
    assert guest.gr[6] == 1
    guest.put(COMMAND, bytes(range(0x40)))
    guest.diagnose(0x08, 2, 6, {2: COMMAND, 6: 0x40})
    assert guest.gr[6] == 1
    assert not guest.cp.failed


# --- commands and the machine ---


def test_length_zero_is_cp_mode(guest: Guest) -> None:
    guest.load(0x08, 2, 6, {2: 0xFFFFFFFF, 6: 0})
    guest.user.read()
    guest.run()
    assert guest.user.read() == ["CP"]
    assert (guest.user.session.status, guest.vm.cpu.ia) == (Status.CP_READ, PROGRAM + 4)
    assert not guest.cp.step()
    assert guest.user.type("QUERY VIRTUAL STORAGE") == ["STORAGE = 00512K"]
    guest.user.type("BEGIN")
    guest.run()
    assert (guest.vm.cpu.ia, guest.outcome(), guest.gr[6]) == (PROGRAM + 6, UNCHANGED, 0)
    assert guest.user.session.status is Status.RUNNING


def test_begin_at_another_place_after_cp_mode(guest: Guest) -> None:
    guest.load(0x08, 2, 6, {6: 0})
    guest.run()
    guest.user.type(f"BEGIN {HANDLER:X}")
    guest.run()
    assert guest.vm.cpu.ia == HANDLER + 2


def test_length_zero_with_set_run_on_does_not_stop(guest: Guest) -> None:
    guest.type("SET RUN ON")
    guest.load(0x08, 2, 6, {6: 0})
    guest.run(2)
    assert (guest.vm.in_cp, guest.vm.cpu.ia) == (True, PROGRAM + 6)


def test_logoff(guest: Guest) -> None:
    """What follows the LOGOFF is not done, and nothing comes back."""
    guest.load(0x08, 2, 6, registers(guest, "LOGOFF\nMSG OPERATOR still here", 100))
    guest.run()
    assert guest.cp.users == {}
    assert guest.user.session.vm is None
    assert (guest.gr[6] & 0xFFFFFF, guest.gr[7]) == (len("LOGOFF\nMSG OPERATOR still here"), 100)
    assert not guest.cp.failed
    assert not guest.cp.step()


@pytest.mark.parametrize("command", ["SYSTEM RESET", "SYSTEM CLEAR"])
def test_system_reset(guest: Guest, command: str) -> None:
    values = registers(guest, f"{command}\nQUERY VIRTUAL STORAGE", 100)
    guest.load(0x08, 2, 6, values)
    guest.user.read()
    guest.run()
    assert (guest.vm.stopped, guest.user.session.status) == (True, Status.CP_READ)
    assert guest.vm.cpu.psw == Psw(wait=True)
    expected = [0] * 16 if command == "SYSTEM CLEAR" else [values.get(number, 0) for number in range(16)]
    assert guest.gr == expected
    assert guest.user.read()[-1].endswith("SYSTEM RESET")
    assert guest.get(BUFFER, 4) == bytes(4)
    assert not guest.cp.failed


def test_define_storage(guest: Guest) -> None:
    guest.load(0x08, 2, 6, registers(guest, "DEFINE STORAGE 256K", 100))
    guest.run()
    assert (guest.vm.stopped, guest.vm.storage_size, guest.gr) == (True, 0x40000, [0] * 16)
    assert not guest.cp.failed


def test_ipl(guest: Guest) -> None:
    """A card that loads a PSW and a program; the registers keep what IPL PARM put there."""
    guest.user.type("SPOOL PUNCH TO *")
    card = Psw(address=0x10).to_bytes() + ccw(0x03, 0x0, 0x20, 1) + LOOP
    guest.put(0x3800, card.ljust(80, b"\0"))
    guest.put(0x3900, ccw(0x01, 0x3800, 0x20, 80))
    guest.diagnose(0x20, 1, 2, {1: 0x00D, 2: 0x3900})
    guest.type("CLOSE PUNCH")
    guest.load(0x08, 2, 6, registers(guest, "IPL 00C PARM ABCDEFGHIJKLMNOPQRSTUVWXYZ12\nSET MSG OFF", 100))
    guest.run()
    assert (guest.vm.in_cp, guest.vm.cpu.ia) == (False, 0x12)
    assert guest.gr[6] == int.from_bytes(to_ebcdic("YZ12"), "big")
    assert guest.gr[7] == 100
    assert guest.vm.settings.msg


def test_ipl_of_a_device_that_cannot(guest: Guest) -> None:
    guest.load(0x08, 2, 6, registers(guest, "IPL 00C", 100))
    guest.user.read()
    guest.run()
    assert guest.vm.stopped
    assert guest.user.read() == ["DMKCPI232E IPL UNIT ERROR; 00C"]


def test_ipl_of_a_device_that_is_not_there_comes_back(guest: Guest) -> None:
    assert guest.diagnose(0x08, 2, 6, registers(guest, "IPL 444", 100)) == 0
    assert (guest.gr[6], guest.vm.stopped) == (40, False)


def test_system_restart(guest: Guest) -> None:
    """The restart old PSW is that of the instruction behind the DIAGNOSE."""
    guest.put(0, Psw(address=HANDLER, cc=2).to_bytes())
    guest.load(0x08, 2, 6, registers(guest, "SYSTEM RESTART"))
    guest.vm.run_slice(1)
    assert guest.vm.cpu.ia == HANDLER
    assert Psw.from_bytes(guest.get(8, 8)).address == PROGRAM + 4


def test_sleep(guest: Guest, clock: StoppedClock) -> None:
    guest.load(0x08, 2, 6, registers(guest, "SLEEP 5 SEC"))
    guest.run()
    assert (guest.vm.sleeping, guest.vm.cpu.ia) == (True, PROGRAM + 4)
    assert not guest.cp.step()
    clock.advance(5)
    guest.run()
    assert (guest.vm.sleeping, guest.vm.cpu.ia, guest.gr[6]) == (False, PROGRAM + 6, 0)


def test_sleep_ends_with_the_attention_key(guest: Guest) -> None:
    guest.load(0x08, 2, 6, registers(guest, "SLEEP"))
    guest.run()
    assert guest.vm.sleeping
    guest.user.session.attention()
    guest.run()
    assert guest.vm.cpu.ia == PROGRAM + 6


def test_disconn(guest: Guest) -> None:
    guest.load(0x08, 2, 6, registers(guest, "DISCONN\nQUERY VIRTUAL STORAGE", 100))
    guest.run()
    assert (guest.vm.session, guest.gr[6], guest.vm.cpu.ia) == (None, 0, PROGRAM + 6)
    assert lines(guest, guest.gr[7])[-1] == "STORAGE = 00512K"


def test_begin_and_cp_do_nothing_harmful(guest: Guest) -> None:
    guest.diagnose(0x08, 2, 6, registers(guest, "BEGIN"))
    assert (guest.gr[6], guest.vm.stopped) == (0, False)
    guest.load(0x08, 2, 6, registers(guest, "CP"))
    guest.run()
    assert (guest.vm.in_cp, guest.gr[6], guest.vm.cpu.ia) == (True, 0, PROGRAM + 4)


def test_a_program_may_detach_and_link_its_disks(guest: Guest) -> None:
    guest.diagnose(0x08, 2, 6, registers(guest, "DETACH 190\nLINK MAINT 190 390 RR", 200))
    assert (guest.gr[6], 0x190 in guest.vm.devices, 0x390 in guest.vm.devices) == (0, False, True)


def test_nobody_is_asked_for_a_password(guest: Guest) -> None:
    guest.diagnose(0x08, 2, 6, registers(guest, "LINK MAINT 191 391 R", 200))
    assert guest.gr[6] == 114
    assert guest.user.session.prompt is None
    guest.diagnose(0x08, 2, 6, registers(guest, "LINK MAINT 191 391 R READ", flags=NO_PASSWORD_HERE))
    assert guest.gr[6] == 0  # passwords on the line are not suppressed in this system


def test_a_disconnected_user_may_issue_commands(guest: Guest) -> None:
    guest.type("DISCONN")
    guest.diagnose(0x08, 2, 6, registers(guest, "QUERY VIRTUAL STORAGE"))
    assert guest.gr[6] == 0


def test_shutdown_by_the_operator(logged_on: LogOn, home: Path) -> None:
    operator, other = Guest(logged_on("OPERATOR")), logged_on("BETA")
    operator.load(0x08, 2, 6, registers(operator, "SHUTDOWN\nMSG BETA hello"))
    operator.run()
    assert (operator.cp.shutting_down, operator.cp.users, operator.cp.failed) == (True, {}, False)
    assert not any("hello" in line for line in other.read())
