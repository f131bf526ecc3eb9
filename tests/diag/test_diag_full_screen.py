"""DIAGNOSE X'58', commands 29 and 2A: a terminal that is a display."""

from __future__ import annotations

import pytest

from tests.diag.diagkit import PROTECTION, SPECIFICATION, Guest
from vm370.cp.console import screen3270
from vm370.cp.console.display3270 import Display3270
from vm370.cp.s370.psw import Psw
from vm370.images.ebcdic import to_ebcdic

PROGRAM, DATA, BUFFER = 0x3000, 0x4000, 0x5000
RESTORE = 0xC2
FIELD = bytes((0x11, 0x40, 0x40, 0x1D, 0x40))
"""Set buffer address 0, start an unprotected field."""


@pytest.fixture
def display(guest: Guest) -> Display3270:
    """The display of the guest's user."""
    display = Display3270()
    guest.user.terminal.full_screen = display
    return display


def screen(guest: Guest, command: int, control: int, address: int, count: int, *, flags: int = 0x20) -> int:
    """DIAGNOSE 1,2,X'58'; the condition code."""
    guest.put(
        PROGRAM, bytes((command,)) + address.to_bytes(3, "big") + bytes((flags, control)) + count.to_bytes(2, "big")
    )
    return guest.diagnose(0x58, 1, 2, {1: PROGRAM, 2: 0x009})


def write(guest: Guest, control: int, data: bytes) -> int:
    """Command 29."""
    guest.put(DATA, data)
    return screen(guest, 0x29, control, DATA, len(data))


def test_without_a_display(guest: Guest) -> None:
    assert write(guest, 0x80, bytes((RESTORE,)) + to_ebcdic("HELLO")) == 1
    assert screen(guest, 0x2A, 0x80, BUFFER, 100) == 1


def test_a_whole_screen_and_what_is_typed(guest: Guest, display: Display3270) -> None:
    text = to_ebcdic("NAME")
    assert write(guest, 0x80, bytes((RESTORE,)) + FIELD + text + b"\x13") == 0
    assert guest.user.terminal.shown_screen is display
    assert display.screen.text(0)[1:5] == text
    display.type("ALICE")
    display.press(screen3270.ENTER)
    assert guest.vm.channels.busy(0x009)  # the attention interruption is pending
    guest.put(BUFFER, b"\xee" * 64)
    assert guest.vm.channels.tio(0x009) == 1
    assert guest.get(0x44, 1) == b"\x80"
    assert screen(guest, 0x2A, 0x80, BUFFER, 64) == 0
    answer = guest.get(BUFFER, 64).rstrip(b"\xee")
    assert answer[0] == screen3270.ENTER
    assert answer.endswith(to_ebcdic("NAMEALICE"))


def test_read_buffer_gives_the_whole_screen(guest: Guest, display: Display3270) -> None:
    write(guest, 0x80, bytes((RESTORE,)) + to_ebcdic("AB"))
    assert screen(guest, 0x2A, 0x00, BUFFER, 4096) == 0
    assert guest.get(BUFFER, 5)[3:] == to_ebcdic("AB")


@pytest.mark.parametrize(("control", "kept"), [(0x80, False), (0xC0, False), (0x40, False), (0x00, True), (0x10, True)])
def test_commands(guest: Guest, display: Display3270, control: int, kept: bool) -> None:
    write(guest, 0x80, bytes((RESTORE,)) + to_ebcdic("OLD TEXT"))
    address = bytes((RESTORE, 0x11, 0xC1, 0x50))  # row 2
    assert write(guest, control, address + to_ebcdic("NEW")) == 0
    assert (to_ebcdic("OLD TEXT") in display.screen.characters) is kept
    assert to_ebcdic("NEW") in display.screen.characters
    assert guest.vm.services.screen.pa1_for_guest is bool(control & 0x10)


def test_a_line_takes_the_screen_away(guest: Guest, display: Display3270) -> None:
    write(guest, 0x80, bytes((RESTORE,)) + to_ebcdic("X"))
    guest.vm.say("A LINE")
    assert guest.user.terminal.shown_screen is None
    assert write(guest, 0x80, bytes((RESTORE,)) + to_ebcdic("X")) == 1
    assert guest.vm.channels.tio(0x009) == 1
    assert guest.get(0x44, 1) == b"\x8e"
    guest.user.terminal.uncover()
    assert write(guest, 0x80, bytes((RESTORE,)) + to_ebcdic("X")) == 0


def test_a_wrong_data_stream(guest: Guest, display: Display3270) -> None:
    assert write(guest, 0x80, bytes((RESTORE, 0x11, 0xFF, 0xFF))) == 1
    assert guest.vm.channels.tio(0x009) == 1
    assert guest.get(0x44, 1) == b"\x0e"


def test_the_end_of_full_screen_mode(guest: Guest, display: Display3270) -> None:
    write(guest, 0x80, bytes((RESTORE,)) + to_ebcdic("X"))
    assert screen(guest, 0x19, 0xFE, DATA, 1) == 0
    assert not guest.user.terminal.in_full_screen
    write(guest, 0x80, bytes((RESTORE,)) + to_ebcdic("X"))
    guest.vm.reset()
    assert not guest.user.terminal.in_full_screen


def test_bad_channel_programs(guest: Guest, display: Display3270) -> None:
    assert write(guest, 0x08, bytes((RESTORE,))) == 1
    assert screen(guest, 0x2A, 0x40, BUFFER, 4) == 1
    assert screen(guest, 0x29, 0x80, DATA, 4, flags=0xA0) == 1
    assert screen(guest, 0x29, 0x80, DATA, 0x8000) == 1
    assert guest.refused(0x58, 1, 2, {1: PROGRAM + 4, 2: 0x009}) == SPECIFICATION
    guest.put(PROGRAM, "2a00500020800010")
    assert guest.refused(0x58, 1, 2, {1: PROGRAM, 2: 9}, psw=Psw(key=3, address=0x1000)) == PROTECTION


def test_24_shows_the_display(guest: Guest, display: Display3270) -> None:
    assert guest.diagnose(0x24, 1, 2, {1: 0xFFFFFFFF}) == 0
    assert (guest.gr[2], guest.gr[3]) == (0x80000000, 0x40040250)
