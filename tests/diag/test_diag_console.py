"""DIAGNOSE 58, and 20 and A8 on the console: lines written, and reads that wait for a person."""

from __future__ import annotations

import pytest

from tests.diag.diagkit import (
    ADDRESSING,
    HANDLER,
    LOOP,
    PROGRAM,
    PROTECTION,
    SPECIFICATION,
    UNCHANGED,
    Guest,
    ccw,
)
from vm370.cp.console.terminal import Status
from vm370.cp.s370.psw import Psw
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

CCWS, TEXT = 0x3000, 0x4000
CC, CD, SLI = 0x40, 0x80, 0x20
SIZE = 512 * 1024


def display(address: int, count: int, flags: int = SLI, control: int = 0x80) -> bytes:
    """A CCW of code 19 with its control byte."""
    return b"\x19" + address.to_bytes(3, "big") + bytes((flags, control)) + count.to_bytes(2, "big")


def written(guest: Guest, *ccws: bytes, console: int = 0x009) -> tuple[int, list[str]]:
    """Condition code and the lines that came."""
    guest.put(CCWS, b"".join(ccws))
    guest.user.read()
    return guest.diagnose(0x58, 4, 5, {4: CCWS, 5: console}), guest.user.read()


# --- 58 ---


def test_58_a_line(guest: Guest) -> None:
    guest.put(TEXT, to_ebcdic("HELLO, WORLD   "))
    assert written(guest, display(TEXT, 15)) == (0, ["HELLO, WORLD"])


def test_58_a_blank_line(guest: Guest) -> None:
    guest.put(TEXT, to_ebcdic(" "))
    assert written(guest, display(TEXT, 1)) == (0, [""])


def test_58_lines_of_a_buffer(guest: Guest) -> None:
    guest.put(TEXT, b"\x15".join(map(to_ebcdic, ["ONE", "", "THREE"])))
    assert written(guest, display(TEXT, 10)) == (0, ["ONE", "", "THREE"])


def test_58_the_rows_of_a_screen(guest: Guest) -> None:
    """More than a console line is an image of rows of 80 columns; empty ones at the end are left out."""
    guest.put(TEXT, to_ebcdic(f"{'TOP':80}{'':80}{'THIRD':80}{'':1520}"))
    assert written(guest, display(TEXT, 1760)) == (0, ["TOP", "", "THIRD"])


def test_58_a_line_as_wide_as_a_3215(guest: Guest) -> None:
    guest.put(TEXT, to_ebcdic("X" * 130))
    assert written(guest, display(TEXT, 130)) == (0, ["X" * 130])


def test_58_start_field_orders_are_left_out(guest: Guest) -> None:
    guest.put(TEXT, to_ebcdic("A") + b"\x1d\xf8" + to_ebcdic("B") + b"\x1d")
    assert written(guest, display(TEXT, 5)) == (0, ["AB"])


def test_58_data_chaining_makes_one_buffer(guest: Guest) -> None:
    guest.put(TEXT, to_ebcdic("ABCDEF"))
    program = display(TEXT, 2, CD), ccw(0x00, TEXT + 4, SLI, 2)
    assert written(guest, *program) == (0, ["ABEF"])


def test_58_command_chaining_makes_several(guest: Guest) -> None:
    guest.put(TEXT, to_ebcdic("ABCDEF"))
    assert written(guest, display(TEXT, 2, CC), display(TEXT + 4, 2)) == (0, ["AB", "EF"])


@pytest.mark.parametrize("control", [0xFF, 0xFE])
def test_58_clearing_the_screen_writes_nothing(guest: Guest, control: int) -> None:
    assert written(guest, display(0xFFFFFF, 100, control=control)) == (0, [])


def test_58_the_longest_buffer(guest: Guest) -> None:
    assert written(guest, display(TEXT, 2032))[0] == 0
    assert written(guest, display(TEXT, 2033)) == (1, [])


@pytest.mark.parametrize("command", [0x29, 0x2A, 0x09, 0x03, 0x00])
def test_58_other_commands(guest: Guest, command: int) -> None:
    assert written(guest, ccw(command, TEXT, SLI, 1)) == (1, [])


def test_58_another_command_behind_a_good_one(guest: Guest) -> None:
    """The whole program is looked at before anything is shown."""
    guest.put(TEXT, to_ebcdic("AB"))
    assert written(guest, display(TEXT, 2, CC), ccw(0x09, TEXT, SLI, 2)) == (1, [])


@pytest.mark.parametrize("console", [0x008, 0x00E, 0x444, 0xFFFF])
def test_58_another_device(guest: Guest, console: int) -> None:
    assert written(guest, display(TEXT, 2), console=console) == (1, [])


def test_58_the_high_half_of_ry_is_ignored(guest: Guest) -> None:
    guest.put(TEXT, to_ebcdic("AB"))
    assert written(guest, display(TEXT, 2), console=0x12340009) == (0, ["AB"])


def test_58_count_zero(guest: Guest) -> None:
    assert written(guest, display(TEXT, 0)) == (1, [])


def test_58_an_endless_program(guest: Guest) -> None:
    assert written(guest, *[display(TEXT, 1, CC) for _ in range(100)]) == (1, [])


@pytest.mark.parametrize(
    ("where", "program", "code"),
    [
        (CCWS + 4, b"", SPECIFICATION),
        (SIZE, b"", ADDRESSING),
        (SIZE - 8, display(TEXT, 1, CC), ADDRESSING),
        (CCWS, display(SIZE - 1, 2), ADDRESSING),
        (CCWS, display(0xFFFFFF, 1), ADDRESSING),
    ],
)
def test_58_exceptions(guest: Guest, where: int, program: bytes, code: int) -> None:
    guest.put(min(where, SIZE - 8), program.ljust(8, b"\0"))
    assert guest.refused(0x58, 4, 5, {4: where, 5: 0x009}) == code


def test_58_protection(guest: Guest) -> None:
    guest.put(CCWS, display(TEXT, 2))
    guest.vm.storage.set_key(TEXT, 0x18)
    key_3 = Psw(cc=UNCHANGED, key=3, address=PROGRAM)
    assert guest.refused(0x58, 4, 5, {4: CCWS, 5: 0x009}, psw=key_3) == PROTECTION


# --- reads that wait: 20 and A8 ---

PLIST = 0x3100


@pytest.fixture(params=[0x20, 0xA8])
def reading(guest: Guest, request: pytest.FixtureRequest) -> Guest:
    """A guest that waits in a console read: cc 3 before it, a loop behind it."""
    start_read(guest, request.param)
    return guest


def start_read(guest: Guest, code: int) -> None:
    guest.put(CCWS, ccw(0x0A, TEXT, SLI, 130))
    guest.put(PLIST, b"\x00\x09\x00\x00" + bytes(4) + CCWS.to_bytes(4, "big") + bytes(76))
    values = {1: 0x009, 2: CCWS} if code == 0x20 else {1: PLIST}
    guest.load(code, 1, 2, values)
    assert guest.cp.step()
    assert not guest.cp.step()  # nobody else has anything to do


def test_a_read_waits_for_a_line(reading: Guest) -> None:
    assert reading.user.session.status is Status.VM_READ
    assert reading.vm.cpu.ia == PROGRAM
    executed = reading.vm.cpu.instructions
    reading.user.type("a line")
    reading.run()
    assert from_ebcdic(reading.get(TEXT, 6)) == "a line"
    assert (reading.outcome(), reading.vm.cpu.ia) == (0, PROGRAM + 6)
    assert reading.user.session.status is Status.RUNNING
    assert reading.vm.cpu.instructions > executed
    assert sum(reading.vm.counters.hypercalls.values()) == 1  # one, however often it was taken up
    assert reading.vm.counters.traps["diagnose"] == 1
    assert reading.vm.channels.pending_mask == 0  # no interruption


def test_a_line_that_is_already_there(guest: Guest) -> None:
    guest.vm.resume()
    guest.user.type("typed ahead")
    assert guest.vm.channels.accept(0x009)  # the attention
    guest.put(CCWS, ccw(0x0A, TEXT, SLI, 130))
    assert guest.diagnose(0x20, 1, 2, {1: 0x009, 2: CCWS}) == 0
    assert from_ebcdic(guest.get(TEXT, 11)) == "typed ahead"


def test_an_attention_that_is_pending_makes_the_console_busy(guest: Guest) -> None:
    guest.vm.resume()
    guest.user.type("typed ahead")
    guest.put(CCWS, ccw(0x0A, TEXT, SLI, 130))
    assert guest.diagnose(0x20, 1, 2, {1: 0x009, 2: CCWS}) == 1
    assert guest.gr[15] == 5


def test_interruptions_wait_while_a_read_waits(reading: Guest) -> None:
    """The DIAGNOSE is one instruction: an external interruption comes after it."""
    reading.put(0x58, Psw(address=HANDLER).to_bytes())
    reading.vm.cpu.cr[0] = 0x40  # not the interval timer, whose time is the host's
    reading.vm.cpu.system_mask = 0x01
    reading.vm.cpu.mode_changed()
    reading.vm.external_interruption(0x40)
    assert not reading.cp.step()
    reading.user.type("x")
    reading.run()
    old = Psw.from_bytes(reading.get(0x18, 8))
    assert (old.address, old.interruption_code, old.cc) == (PROGRAM + 4, 0x40, 0)


def test_attention_to_cp_and_back(reading: Guest) -> None:
    reading.user.session.attention()
    assert reading.user.session.status is Status.CP_READ
    assert reading.user.type("QUERY VIRTUAL STORAGE") == ["CP", "STORAGE = 00512K"]
    reading.user.type("BEGIN")
    assert not reading.cp.step()
    assert reading.user.session.status is Status.VM_READ
    reading.user.type("x")
    reading.run()
    assert reading.outcome() == 0


def test_cp_commands_meanwhile(reading: Guest) -> None:
    assert reading.type("QUERY VIRTUAL STORAGE") == ["STORAGE = 00512K"]
    assert reading.user.session.status is Status.VM_READ
    reading.user.type("x")
    reading.run()
    assert from_ebcdic(reading.get(TEXT, 1)) == "x"


@pytest.mark.parametrize("command", ["SYSTEM RESET", "SYSTEM CLEAR"])
def test_system_reset_meanwhile(reading: Guest, command: str) -> None:
    reading.type(command)
    assert (reading.vm.suspended, reading.vm.console_reading, reading.vm.stopped) == (False, False, True)
    reading.put(HANDLER, LOOP)
    reading.user.type(f"STORE PSW 0 {HANDLER:X}", "BEGIN")
    reading.run()
    assert reading.vm.cpu.ia == HANDLER + 2
    assert reading.vm.cpu.instructions > 100


def test_logoff_meanwhile(reading: Guest) -> None:
    reading.type("LOGOFF")
    assert (reading.cp.users, reading.cp.failed) == ({}, False)
    assert not reading.cp.step()


def test_disconn_meanwhile_and_reconnect(reading: Guest) -> None:
    """The read waits on; who logs on again finds it."""
    reading.type("DISCONN")
    assert reading.vm.session is None
    assert not reading.cp.step()
    reading.user.type("LOGON ALPHA", "ALPHA")
    assert reading.user.session.vm is reading.vm
    reading.user.type("BEGIN")
    assert reading.user.session.status is Status.VM_READ
    reading.user.type("here again")
    reading.run()
    assert from_ebcdic(reading.get(TEXT, 10)) == "here again"
    assert reading.outcome() == 0


def test_detach_of_the_console_meanwhile(reading: Guest) -> None:
    """The device is gone: condition code 1, R15 1."""
    reading.type("DETACH 009")
    reading.run()
    assert (reading.outcome(), reading.gr[15]) == (1, 1)


def test_reset_of_the_console_meanwhile(reading: Guest) -> None:
    """The read begins anew."""
    reading.type("RESET 009")
    reading.run()
    assert (reading.vm.suspended, reading.user.session.status) == (True, Status.VM_READ)
    reading.user.type("x")
    reading.run()
    assert (reading.outcome(), from_ebcdic(reading.get(TEXT, 1))) == (0, "x")


@pytest.mark.parametrize("command", ["BEGIN 2000", "STORE PSW 00002000"])
def test_the_user_has_the_machine_go_on_somewhere_else(reading: Guest, command: str) -> None:
    reading.user.session.attention()
    reading.user.type(command, "BEGIN")
    reading.run()
    assert (reading.vm.suspended, reading.vm.cpu.ia) == (False, HANDLER + 2)
    # and the console is free for a DIAGNOSE with another channel program
    reading.put(0x3200, ccw(0x09, TEXT, SLI, 1))
    assert reading.diagnose(0x20, 1, 2, {1: 0x009, 2: 0x3200}) == 0


def test_another_device_that_changes_does_not_end_the_read(reading: Guest) -> None:
    reading.type("READY 00E")
    reading.run()
    assert (reading.vm.suspended, reading.user.session.status) == (True, Status.VM_READ)


def test_a_channel_program_on_another_device_goes_on_meanwhile(guest: Guest) -> None:
    """A print line that was started before the read ends while the read waits; its interruption comes after it."""
    guest.put(0x48, "00003200")
    guest.put(0x3200, ccw(0x09, TEXT, SLI, 1))
    assert guest.vm.channels.sio(0x00E, guest.vm.now) == 0
    guest.put(CCWS, ccw(0x0A, TEXT, SLI, 130))
    guest.load(0x20, 1, 2, {1: 0x009, 2: CCWS})
    guest.run(3)
    assert guest.vm.channels.pending_mask == 0x80000000
    assert not guest.cp.step()


def test_a_cancelled_read(guest: Guest) -> None:
    """The cancel key ends a read with unit exception."""
    start_read(guest, 0x20)
    assert guest.vm.console is not None
    guest.vm.console.cancel()
    guest.run()
    assert (guest.outcome(), guest.gr[15]) == (2, 2)


def test_write_then_read_in_one_program(guest: Guest) -> None:
    """The write is not done again when the read is taken up."""
    guest.put(TEXT, to_ebcdic("WHO?"))
    guest.put(CCWS, ccw(0x09, TEXT, SLI | CC, 4) + ccw(0x0A, TEXT, SLI, 130))
    guest.user.read()
    guest.load(0x20, 1, 2, {1: 0x009, 2: CCWS})
    guest.run()
    assert guest.user.read() == ["WHO?"]
    guest.user.type("me")
    guest.run()
    assert guest.user.read() == []
    assert (guest.outcome(), from_ebcdic(guest.get(TEXT, 2))) == (0, "me")


def test_per_does_not_disturb_a_read_that_waits(guest: Guest) -> None:
    """EC mode, PER for instruction fetching: one event, when the DIAGNOSE is complete."""
    guest.put(0x68, Psw(ec=True, address=HANDLER).to_bytes())
    guest.vm.cpu.cr[9], guest.vm.cpu.cr[10], guest.vm.cpu.cr[11] = 0x40000000, 0, 0xFFFFFF
    guest.put(CCWS, ccw(0x0A, TEXT, SLI, 130))
    guest.load(0x20, 1, 2, {1: 0x009, 2: CCWS}, psw=Psw(ec=True, system_mask=0x40, address=PROGRAM))
    guest.run()
    assert (guest.vm.suspended, guest.vm.cpu.ia) == (True, PROGRAM)
    guest.user.type("x")
    guest.vm.run_slice(2)
    assert guest.get(0x8E, 2) == bytes.fromhex("0080")
    assert guest.get(0x98, 4) == PROGRAM.to_bytes(4, "big")
    assert from_ebcdic(guest.get(TEXT, 1)) == "x"
