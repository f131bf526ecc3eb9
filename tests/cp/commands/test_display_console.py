"""CONSOLE 009 3270: lines as on a 3215, and whole screens by START I/O."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import User
from vm370.cp.console.display3270 import Display3270
from vm370.cp.console.screen3270 import ENTER
from vm370.cp.displayconsole import DisplayConsole
from vm370.cp.io.device import NORMAL_END, Outcome, Supply, UnitStatus
from vm370.images.ebcdic import to_ebcdic

SCREEN = bytes.fromhex("C3 11 4040 1DF0") + to_ebcdic("READY") + bytes.fromhex("11 C150 1D40 13")
WRITE, READ_MODIFIED, ERASE_WRITE, WRITE_LINE, ERASE_ALL_UNPROTECTED = 0x01, 0x06, 0x05, 0x09, 0x0F


@pytest.fixture
def user(home: Path, logged_on: Callable[[str], User]) -> User:
    with (home / "directory").open("a") as file:
        file.write("USER SCREENS SCREENS 256K 256K G\n CONSOLE 009 3270\n")
    user = logged_on("SCREENS")
    user.read()
    user.terminal.full_screen = Display3270()
    return user


@pytest.fixture
def presented(user: User, monkeypatch: pytest.MonkeyPatch) -> list[UnitStatus]:
    """What the console presents of its own accord."""
    statuses: list[UnitStatus] = []
    monkeypatch.setattr(user.vm.devices[0x009], "present", statuses.append)
    return statuses


def execute(user: User, command: int, data: bytes = b"") -> Outcome:
    """A channel program of one command."""
    console = user.vm.devices[0x009]
    console.start_chain()
    pieces = [data]
    return console.execute(command, Supply(lambda length: pieces.pop() if pieces else b""), 256)


def test_a_screen_and_what_is_read_of_it(user: User, presented: list[UnitStatus]) -> None:
    display = user.terminal.full_screen
    assert display is not None
    assert execute(user, WRITE_LINE, to_ebcdic("a line")).status == NORMAL_END
    assert user.read() == ["a line"]
    assert execute(user, ERASE_WRITE, SCREEN).status == NORMAL_END
    assert user.terminal.shown_screen is display
    display.type("Hello")
    display.press(ENTER)
    assert presented == [UnitStatus.ATTENTION]
    assert execute(user, READ_MODIFIED).data == bytes.fromhex("7D C1D6 11 C1D1") + to_ebcdic("Hello")
    execute(user, WRITE, bytes.fromhex("C2 11 40C1") + to_ebcdic("AGAIN"))
    assert display.screen.text(0).rstrip(b"\x40") == to_ebcdic(" AGAIN")
    execute(user, ERASE_ALL_UNPROTECTED)
    assert display.screen.cursor == 81
    assert user.read() == []


def test_a_line_ends_full_screen_mode(user: User, presented: list[UnitStatus]) -> None:
    execute(user, ERASE_WRITE, SCREEN)
    execute(user, WRITE_LINE, to_ebcdic("a line"))
    assert user.terminal.shown_screen is None
    execute(user, WRITE, to_ebcdic("no data stream"))
    assert user.terminal.open_line == "no data stream"
    user.terminal.uncover()
    assert presented == [UnitStatus.ATTENTION], "the program may write its screen again"


def test_reset_and_logoff_end_it(user: User) -> None:
    for command in ("SYSTEM RESET", "LOGOFF"):
        execute(user, ERASE_WRITE, SCREEN)
        assert user.terminal.in_full_screen
        user.type(command)
        assert not user.terminal.in_full_screen


def test_a_terminal_of_lines(user: User) -> None:
    user.terminal.full_screen = None
    assert execute(user, ERASE_WRITE, SCREEN).status == UnitStatus.UNIT_CHECK
    assert user.vm.devices[0x009].sense[0] == 0x40
    execute(user, WRITE_LINE, to_ebcdic("a line"))
    assert user.read() == ["a line"]


def test_it_can_be_saved(user: User) -> None:
    console = user.vm.devices[0x009]
    assert isinstance(console, DisplayConsole)
    state = console.save()
    console.restore(state)
    assert console.save() == state
