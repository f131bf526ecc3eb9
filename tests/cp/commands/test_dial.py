"""DIAL: terminals as displays and lines of a virtual machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import StoppedClock, User
from vm370.cp.console.display3270 import Display3270
from vm370.cp.console.terminal import Status
from vm370.cp.io.device import Device, Supply
from vm370.cp.system import System
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

Logon = Callable[[str], User]
New = Callable[[], User]

MULTI = """\
USER MULTI MULTI 256K 256K G
 CONSOLE 009 3215
 SPECIAL 0C1 3270
 SPECIAL 0C2 3270
 SPECIAL 0D0 2702 IBM
"""
ERASE_WRITE, READ_MODIFIED, LINE_ENABLE, LINE_WRITE = 0x05, 0x06, 0x27, 0x01
SCREEN = bytes.fromhex("C3 11 4040 1DF0") + to_ebcdic("READY") + bytes.fromhex("11 C150 1D40 13")  # input in row 2


@pytest.fixture
def multi(home: Path, logged_on: Logon) -> User:
    with (home / "directory").open("a") as file:
        file.write(MULTI)
    user = logged_on("MULTI")
    user.read()
    return user


@pytest.fixture
def terminal(new_user: New) -> User:
    user = new_user()
    user.read()
    return user


def execute(device: Device, command: int, data: bytes = b"") -> bytes:
    """A channel program of one command: what it reads."""
    device.start_chain()
    pieces = [data]
    return device.execute(command, Supply(lambda length: pieces.pop() if pieces else b""), 256).data


def test_a_display(multi: User, terminal: User) -> None:
    station = multi.vm.devices[0x0C1]
    assert terminal.type("DIAL MULTI") == ["DIALED TO MULTI 0C1"]
    execute(station, ERASE_WRITE, SCREEN)
    assert terminal.read() == [" READY"]
    assert terminal.session.status is Status.VM_READ
    assert multi.type("QUERY VIRTUAL GRAF") == ["GRAF 0C1 ON DEV 0C1", "GRAF 0C2 NOT READY"]
    terminal.type("Hello")
    assert execute(station, READ_MODIFIED)[0] == 0x7D  # ENTER
    assert from_ebcdic(execute(station, READ_MODIFIED)[6:]) == "Hello"
    assert terminal.session.status is Status.RUNNING  # the keyboard is locked until the program unlocks it
    execute(station, ERASE_WRITE, bytes.fromhex("C3 11 4040 1DF0") + to_ebcdic("READY") + bytes.fromhex("11 C150 5C"))
    assert terminal.read() == ["*"]  # the first row is as it was


def test_a_terminal_that_is_a_display(multi: User, terminal: User) -> None:
    display = terminal.terminal.full_screen = Display3270()
    station = multi.vm.devices[0x0C1]
    assert terminal.type("DIAL MULTI") == ["DIALED TO MULTI 0C1"]
    assert terminal.terminal.shown_screen is None, "lines until the program writes"
    assert terminal.session.status is Status.VM_READ, "the keyboard is open"
    execute(station, ERASE_WRITE, SCREEN)
    assert terminal.terminal.shown_screen is display
    assert terminal.read() == [], "no lines"
    display.type("Hello")
    display.press(0xF3)
    assert execute(station, READ_MODIFIED) == bytes.fromhex("F3 C1D6 11 C1D1") + to_ebcdic("Hello")
    terminal.session.say("a message")
    assert terminal.terminal.shown_screen is None, "a line takes the screen away"
    execute(station, ERASE_WRITE, SCREEN)
    assert terminal.terminal.shown_screen is None, "until the person has seen it"
    terminal.terminal.uncover()
    assert terminal.terminal.shown_screen is display
    multi.type("RESET 0C1")
    assert terminal.read() == ["a message", "DROP FROM MULTI 0C1", "VM/370 ONLINE"]
    assert (terminal.terminal.in_full_screen, terminal.terminal.covered, display.user) == (False, False, None)


def test_a_line(multi: User, terminal: User) -> None:
    line = multi.vm.devices[0x0D0]
    assert terminal.type("DIAL MULTI 0D0") == ["DMKDIA055E LINE(S) NOT AVAILABLE ON MULTI"]  # not enabled yet
    execute(line, LINE_ENABLE)
    assert terminal.type("DIAL MULTI D0") == ["DIALED TO MULTI 0D0"]


@pytest.mark.usefixtures("multi")
@pytest.mark.parametrize(
    ("operands", "message"),
    [
        ("", "DMKDIA020E USERID MISSING OR INVALID"),
        ("NOBODY", "DMKDIA045E NOBODY NOT LOGGED ON"),
        ("MULTI XYZ", "DMKDIA022E VADDR MISSING OR INVALID"),
        ("MULTI 0C1 X", "DMKDIA002E INVALID OPERAND - X"),
        ("MULTI 009", "DMKDIA055E LINE(S) NOT AVAILABLE ON MULTI"),
        ("MULTI 333", "DMKDIA055E LINE(S) NOT AVAILABLE ON MULTI"),
    ],
)
def test_dial_that_cannot_be_done(terminal: User, operands: str, message: str) -> None:
    assert terminal.type(f"DIAL {operands}") == [message]
    assert terminal.session.dialed is None


def test_every_terminal_has_a_device_of_its_own(multi: User, terminal: User, new_user: New, logged_on: Logon) -> None:
    operator = logged_on("OPERATOR")
    operator.read()
    terminal.type("DIAL MULTI")
    second, third = new_user(), new_user()
    assert second.type("DIAL MULTI 0C1")[-1] == "DMKDIA056E GRAF 0C1 BUSY ON MULTI"
    assert second.type("DIAL MULTI") == ["DIALED TO MULTI 0C2"]
    assert third.type("DIAL MULTI")[-1] == "DMKDIA055E LINE(S) NOT AVAILABLE ON MULTI"
    assert operator.read() == [
        "09:30:15 GRAF 0C1 DIALED TO MULTI     DIALED = 001",
        "09:30:15 GRAF 0C3 DIALED TO MULTI     DIALED = 002",
    ]
    assert operator.type("QUERY USERS") == ["002 USERS, 002 DIALED"]
    assert "GRAF 0C3 DIALED TO MULTI 0C2" in operator.type("QUERY GRAF ALL")
    assert operator.type("DIAL MULTI") == ["?CP: DIAL MULTI"]


@pytest.mark.parametrize("command", ["RESET 0C1", "DETACH 0C1", "LOGOFF"])
def test_the_machine_ends_the_connection(multi: User, terminal: User, logged_on: Logon, command: str) -> None:
    operator = logged_on("OPERATOR")
    terminal.type("DIAL MULTI")
    operator.read()
    multi.type(command)
    assert terminal.read() == ["DROP FROM MULTI 0C1", "VM/370 ONLINE"]
    assert operator.read()[0] == "09:30:15 GRAF 0C1 DROP FROM MULTI     DIALED = 000"
    assert terminal.type("LOGON ALPHA ALPHA")[-1].startswith("LOGON AT")


def test_the_terminal_goes_away(multi: User, terminal: User, cp: System, clock: StoppedClock) -> None:
    terminal.type("DIAL MULTI")
    clock.advance(90)
    terminal.session.disconnected()
    assert not multi.vm.devices[0x0C1].connected  # type: ignore[attr-defined]
    assert cp.dialed_count() == 0


def test_attention_goes_to_the_program(multi: User, terminal: User) -> None:
    station = multi.vm.devices[0x0C1]
    terminal.type("DIAL MULTI")
    execute(station, ERASE_WRITE, SCREEN)
    terminal.session.attention()
    assert execute(station, READ_MODIFIED)[0] == 0x6C  # PA1
