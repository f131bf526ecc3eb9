"""DIAGNOSE 28, 40, 4C, 50, 54, 6C, 70, 74, 78, 9C, 214, 258, 260, 264, 270, 288."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from tests.cp.commands.cpkit import StoppedClock
from tests.diag.diagkit import ADDRESSING, PROTECTION, SPECIFICATION, UNCHANGED, Guest, LogOn, ccw
from vm370.cp import accounting, recording
from vm370.cp.s370.psw import Psw
from vm370.cp.system import System
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

WHERE = 0x4000


def name(text: str, length: int = 8) -> bytes:
    """EBCDIC, padded."""
    return to_ebcdic(text.ljust(length))


# --- 28 ---


def changed(guest: Guest, command: bytes, *, where: int = WHERE, device: int = 0x009) -> tuple[int, int]:
    """DIAGNOSE 2,3,X'28': cc and register 15."""
    if where + 8 <= 0x80000:
        guest.put(where, command)
    cc = guest.diagnose(0x28, 2, 3, {2: where, 3: device, 15: 99})
    return cc, guest.gr[15]


def test_28_errors(guest: Guest) -> None:
    nop = ccw(0x03, 0, 0x20, 1)
    assert guest.diagnose(0x28, 2, 2, {2: WHERE}) == 1
    assert guest.gr[15] == 1
    assert changed(guest, nop, device=0x444) == (1, 2)
    assert changed(guest, nop, where=0x80000) == (1, 3)
    assert changed(guest, nop, where=WHERE + 4) == (1, 4)
    assert changed(guest, nop) == (1, 5)


def test_28_while_the_console_is_read(guest: Guest) -> None:
    guest.put(0x5000, ccw(0x0A, 0x6000, 0x20, 80))
    guest.put(0x48, (0x5000).to_bytes(4, "big"))
    assert guest.vm.channels.sio(0x009, guest.vm.now) == 0
    guest.vm.channels.run(guest.vm.now + 10**9)
    assert changed(guest, ccw(0x03, 0, 0x20, 1)) == (0, 0)
    assert changed(guest, ccw(0x08, 0x5000, 0, 0)) == (0, 0)
    assert changed(guest, ccw(0x0A, 0x6000, 0x20, 1)) == (1, 6)
    assert changed(guest, ccw(0x08, 0x80000, 0, 0)) == (1, 7)
    assert changed(guest, ccw(0x08, 0x5004, 0, 0)) == (1, 8)


# --- 40, 50, 54, 6C, 78, 9C, 264 ---


def test_functions_with_one_answer(guest: Guest, logged_on: LogOn) -> None:
    assert guest.refused(0x40, 1, 2, {1: 0, 2: WHERE}) == SPECIFICATION
    assert guest.refused(0x78, 1, 2, {1: WHERE, 2: 0}) == PROTECTION
    assert guest.diagnose(0x264, 1, 2, {1: WHERE, 2: 4}) == 3
    assert guest.diagnose(0x9C, 1, 2, {1: 0}) == UNCHANGED
    assert guest.diagnose(0x6C, 1, 2, {1: WHERE}, psw=Psw(cc=1, address=0x1000)) == 3
    operator = Guest(logged_on("OPERATOR"))
    assert operator.diagnose(0x50, 1, 2, {1: WHERE}) == UNCHANGED
    assert operator.gr[2] == 44
    assert operator.refused(0x50, 1, 2, {1: WHERE + 4}) == SPECIFICATION


def test_6c_in_ec_mode(guest: Guest) -> None:
    guest.diagnose(0x6C, 1, 2, {1: WHERE}, psw=Psw(ec=True, cc=1, address=0x1000))
    assert (guest.interruption, int(guest.vm.cpu.cc)) == (None, 1)


def test_54_the_pa2_key(guest: Guest) -> None:
    screen = guest.vm.services.screen
    guest.vm.resume()
    assert not screen.pa2()
    guest.diagnose(0x54, 1, 2, {1: 1})
    assert not screen.pa2()
    guest.vm.terminal_options.apl = True
    assert screen.pa2()
    assert guest.vm.execution.external_pending() or guest.vm.execution._external
    guest.diagnose(0x54, 1, 2, {1: 0})
    assert not screen.pa2()


# --- 4C ---


def records(cp: System) -> list[tuple[str, str, str]]:
    """Type, user ID and account of the accounting records."""
    with recording.opened(cp.home / accounting.FILE_NAME, accounting.APPLICATION_ID) as connection:
        return [(row.kind, row.userid, str(row.fields["account"])) for row in recording.read(connection)]


def accountable(guest: Guest) -> Guest:
    """With OPTION ACCT."""
    guest.vm.entry = replace(guest.vm.entry, options=replace(guest.vm.entry.options, acct=True))
    return guest


def test_4c_charges_others(guest: Guest) -> None:
    assert guest.diagnose(0x4C, 1, 2, {1: 0, 2: 0}) == 1
    accountable(guest)
    guest.put(WHERE, name("MAINT") + name("PROJECT7") + name("BIN 5"))
    assert guest.diagnose(0x4C, 1, 2, {1: WHERE, 2: 0x0C}) == 0
    assert guest.diagnose(0x4C, 1, 2, {1: WHERE, 2: 0x00}) == 0
    assert guest.diagnose(0x4C, 1, 2, {1: 0, 2: 0x00}) == 0
    guest.type("LOGOFF")
    assert records(guest.cp) == [
        ("01", "ALPHA", "ALPHA"),
        ("01", "MAINT", "PROJECT7"),
        ("01", "MAINT", "1"),
        ("01", "ALPHA", "ALPHA"),
    ]


def test_4c_errors(guest: Guest) -> None:
    accountable(guest)
    guest.put(WHERE, name("NOBODY"))
    assert guest.diagnose(0x4C, 1, 2, {1: WHERE, 2: 0}) == 2
    assert guest.diagnose(0x4C, 1, 2, {1: WHERE, 2: 0x14}) == 3
    assert guest.refused(0x4C, 1, 2, {1: WHERE + 4, 2: 0}) == SPECIFICATION
    assert guest.refused(0x4C, 1, 2, {1: WHERE, 2: 0x10, 3: 71}) == SPECIFICATION
    assert guest.refused(0x4C, 1, 2, {1: WHERE, 2: 0x10, 3: 0}) == SPECIFICATION
    assert guest.refused(0x4C, 1, 2, {1: WHERE + 0xFFF, 2: 0x10, 3: 2}) == SPECIFICATION
    assert guest.refused(0x4C, 1, 2, {1: 0x80000, 2: 0}) == ADDRESSING
    guest.put(WHERE, "c1c2")
    assert guest.diagnose(0x4C, 1, 2, {1: WHERE, 2: 0x10, 3: 2}) == 0
    assert records(guest.cp) == [("C0", "ALPHA", "ALPHA")]


# --- 70 ---


def test_70_time_accounting(guest: Guest) -> None:
    guest.type("SET TIMER VIRTUAL")
    assert guest.diagnose(0x70, 1, 2, {1: WHERE}) == UNCHANGED
    before = struct.unpack(">QQ", guest.get(WHERE, 16))
    guest.vm.run_slice(5000)
    guest.diagnose(0x60, 1, 2, {})
    guest.vm.run_slice(10)
    after = struct.unpack(">QQ", guest.get(WHERE, 16))
    assert after[0] - before[0] == after[1] - before[1] > 0
    guest.vm.reset()
    guest.put(WHERE, bytes(16))
    guest.diagnose(0x60, 1, 2, {})
    assert guest.get(WHERE, 16) == bytes(16)
    assert guest.refused(0x70, 1, 2, {1: WHERE + 4}) == SPECIFICATION
    assert guest.refused(0x70, 1, 2, {1: 0x80000}) == ADDRESSING


# --- 74 ---


def test_74_saves_and_loads(logged_on: LogOn) -> None:
    operator = Guest(logged_on("OPERATOR"))
    (operator.cp.home / "systems").write_text("IMAGES NAMESYS SYSNAME=IMAGES,SYSPGNM=(3000-3001),VSYSADR=IGNORE\n")
    high, low = (int.from_bytes(name("IMAGES")[at : at + 4], "big") for at in (0, 4))

    def serve(function: int, length: int = 8192, where: int = 0x6000) -> int:
        operator.diagnose(0x74, 2, 4, {2: high, 3: low, 4: where, 5: function << 24 | length})
        assert operator.interruption is None
        return operator.gr[4]

    assert serve(0x00) == 0x04
    operator.put(0x6000, bytes(range(256)) * 32)
    assert serve(0x04) == 0
    assert serve(0x00, where=0x9000) == 0
    assert operator.get(0x9000, 8192) == bytes(range(256)) * 32
    assert (serve(0x04, 8192 + 24), operator.gr[5]) == (0x14, 24)
    assert (serve(0x00, 4096), operator.gr[5]) == (0x1C, 8192)
    operator.vm.load_segment("IMAGES")
    assert serve(0x04) == 0x08
    operator.cp.saved.path("IMAGES").write_bytes(b"noise")
    assert serve(0x00) == 0x18
    assert operator.refused(0x74, 2, 4, {4: 0x6004, 5: 0}) == SPECIFICATION
    assert operator.refused(0x74, 2, 4, {4: 0x6000, 5: 0x08000000}) == SPECIFICATION
    assert operator.refused(0x74, 15, 4, {4: 0x6000, 5: 0}) == SPECIFICATION
    assert operator.refused(0x74, 2, 4, {4: 0x7F000, 5: 0x1001}) == ADDRESSING


# --- 214, 258, 260, 270 ---


def test_214_pages(guest: Guest) -> None:
    guest.put(0x6000, b"\xaa" * 8192)
    assert guest.diagnose(0x214, 2, 4, {2: 0x6000, 3: 0x7000, 4: 0}) == 0
    assert guest.get(0x6000, 8192) == bytes(8192)
    guest.diagnose(0x214, 2, 4, {2: 0x6000, 3: 0x7001, 4: 0x58})
    assert [guest.vm.storage.key(at) & 0xF8 for at in (0x6000, 0x6800, 0x7000, 0x8000)] == [0x58, 0x58, 0x58, 0]
    guest.diagnose(0x214, 2, 0, {0: 0xF0, 2: 0x6000, 3: 0x6003})
    assert guest.vm.storage.key(0x6000) & 0xF8 == 0x58
    assert guest.diagnose(0x214, 2, 4, {2: 0xFFFFF000, 3: 0x2}) == 0
    for registers in ({2: 0x7000, 3: 0x6000}, {2: 0, 3: 0x80000}, {2: 0, 3: 4}):
        assert guest.refused(0x214, 2, 4, registers) == SPECIFICATION
    assert guest.refused(0x214, 3, 4, {3: 0, 4: 0}) == SPECIFICATION


def refbk(function: int, token: int, select: int, compare: int, last: int) -> bytes:
    """The list of X'258'."""
    return struct.pack(">HHHHQQQQ", 0x258, function, 5, 2, token, select, compare, last)


def test_258_page_faults(guest: Guest) -> None:
    start, end = refbk(0, 0x5000, 1 << 48, 1 << 48, 1 << 63), refbk(1, 0, 0, 0, 0)
    answers = []
    for block in (end, start, start, end):
        guest.put(WHERE, block)
        assert guest.diagnose(0x258, 1, 2, {1: WHERE}) == UNCHANGED
        answers.append(guest.gr[2])
    assert answers == [4, 0, 8, 0]
    wrong = [
        (refbk(2, 0, 0, 0, 0), SPECIFICATION),
        (refbk(1, 8, 0, 0, 0), SPECIFICATION),
        (refbk(0, 0x5000, 0, 1, 1 << 63), SPECIFICATION),
        (refbk(0, 0x5000, 0, 0, 0), SPECIFICATION),
        (refbk(0, 0x5004, 0, 0, 1 << 63), SPECIFICATION),
        (refbk(0, 0x80000, 0, 0, 1 << 63), ADDRESSING),
        (refbk(0, 1 << 40, 0, 0, 1 << 63), ADDRESSING),
    ]
    for block, code in wrong:
        guest.put(WHERE, block)
        assert guest.refused(0x258, 1, 2, {1: WHERE}) == code


def test_260_storage(guest: Guest) -> None:
    assert guest.diagnose(0x260, 1, 2, {2: 0}) == UNCHANGED
    assert guest.gr[1] == 0x7FFFF
    guest.diagnose(0x260, 1, 2, {2: 0x0C})
    assert (guest.gr[1], guest.gr[2]) == (0x7FFFF, 0x7FFFF)
    assert guest.diagnose(0x260, 4, 2, {2: 0x10, 4: WHERE, 5: 32}) == 0
    assert guest.gr[2] == 1
    assert struct.unpack(">QQ", guest.get(WHERE, 16)) == (0, 0x7FFFF)
    for registers in ({2: 0x04}, {2: 0x10, 4: WHERE + 8, 5: 16}, {2: 0x10, 4: WHERE, 5: 0}, {2: 0x10, 4: WHERE, 5: 8}):
        assert guest.refused(0x260, 4, 2, registers) == SPECIFICATION


def test_270_extended_timer(guest: Guest) -> None:
    guest.diagnose(0x0C, 1, 2, {1: 0x5000})
    guest.put(WHERE, b"\xee" * 72)
    assert guest.diagnose(0x270, 1, 2, {1: WHERE, 2: 64}) == UNCHANGED
    answer = guest.get(WHERE, 72)
    assert answer[:16] == guest.get(0x5000, 16)
    assert from_ebcdic(answer[32:42]) == "04/01/1981"
    assert from_ebcdic(answer[48:58]) == "1981-04-01"
    assert answer[42:48] + answer[58:] == bytes(6) + b"\x01\x80\x80\0\0\0" + b"\xee" * 8
    guest.put(WHERE, b"\xee" * 72)
    guest.diagnose(0x270, 1, 0, {0: 0, 1: WHERE})
    assert guest.get(WHERE + 32, 40) == b"\xee" * 40
    for registers in ({1: WHERE, 2: 0}, {1: WHERE, 2: 0xFFFFFFFF}, {1: WHERE + 4, 2: 64}):
        assert guest.refused(0x270, 1, 2, registers) == SPECIFICATION
    assert guest.refused(0x270, 1, 1, {1: WHERE}) == SPECIFICATION


# --- 288 ---


def watchdog(guest: Guest, function: int, seconds: int, command: str = "") -> int:
    """DIAGNOSE 2,4,X'288'."""
    guest.put(WHERE, to_ebcdic(command))
    return guest.diagnose(0x288, 2, 4, {2: function, 3: seconds, 4: WHERE, 5: len(command)})


def test_288_the_command_comes_when_the_time_is_over(guest: Guest, clock: StoppedClock) -> None:
    guest.user.read()
    assert watchdog(guest, 0, 15, "QUERY USERS") == 0
    assert guest.cp.next_wake_up() == 1015.0
    clock.advance(14)
    guest.run()
    assert watchdog(guest, 1, 20) == 0
    clock.advance(19)
    guest.run()
    assert guest.user.read() == []
    clock.advance(1)
    guest.run()
    (line,) = guest.user.read()
    assert "1 USERS" in line
    assert not guest.vm.services.watchdog.armed
    assert guest.refused(0x288, 2, 4, {2: 1, 3: 20}) == SPECIFICATION


def test_288_concealed_cancelled_and_reset(guest: Guest, clock: StoppedClock) -> None:
    guest.user.read()
    watchdog(guest, 0x80000000, 15, "QUERY USERS")
    clock.advance(15)
    guest.run()
    watchdog(guest, 0, 15, "QUERY USERS")
    assert watchdog(guest, 2, 0) == 0
    clock.advance(15)
    guest.run()
    watchdog(guest, 0, 15, "QUERY USERS")
    guest.vm.reset()
    clock.advance(15)
    guest.run()
    assert guest.user.read() == []


def test_288_a_command_that_takes_the_machine_away(guest: Guest, clock: StoppedClock) -> None:
    watchdog(guest, 0, 15, "LOGOFF")
    clock.advance(15)
    guest.run()
    assert guest.cp.user("ALPHA") is None
    assert not guest.cp.watchdogs


def test_288_virtual_time(guest: Guest) -> None:
    guest.type("SET TIMER VIRTUAL")
    watchdog(guest, 0, 15, "SYSTEM RESET")
    assert guest.cp.next_wake_up() is None
    guest.vm.cpu.idle += 10**12
    guest.run(2)
    assert guest.vm.stopped


@pytest.mark.parametrize(
    "registers",
    [
        {2: 0, 3: 14, 4: WHERE, 5: 5},
        {2: 0, 3: 15, 4: WHERE, 5: 0},
        {2: 0, 3: 15, 4: WHERE, 5: 241},
        {2: 3, 3: 15, 4: WHERE, 5: 5},
    ],
)
def test_288_errors(guest: Guest, registers: dict[int, int]) -> None:
    assert guest.refused(0x288, 2, 4, registers) == SPECIFICATION
