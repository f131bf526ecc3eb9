"""docs/examples/3270: a program with a screen, from its source to what a person sees, on the console and dialed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from vm370.cp.commands.logon import logon_without_password
from vm370.cp.console import keyboard3270
from vm370.cp.console.display3270 import Display3270
from vm370.cp.console.screen3270 import CLEAR, ENTER, PF_KEYS
from vm370.cp.console.terminal import Terminal
from vm370.cp.session import Session
from vm370.cp.system import System
from vm370.images.ebcdic import from_ebcdic
from vm370.tools import cli
from vm370.tools.machine_home import machine_home

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "3270"
ROUNDS = 1000


@pytest.fixture
def system() -> Iterator[System]:
    """The example's machine, not logged on."""
    with machine_home(EXAMPLE / "panel.machine") as made:
        system = System(made.home, workers=0)
        system.files = made.files
        yield system
        system.shutdown()


class Seat:
    """A terminal that is a display."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.display = Display3270()
        self.terminal = Terminal(self.display)
        self.session: Session = system.connect(self.terminal)

    def settle(self) -> None:
        """Run until nothing is to be done."""
        for _ in range(ROUNDS):
            if not self.system.step():
                return
        raise AssertionError("the machine does not come to rest")

    def row(self, number: int) -> str:
        """What a row of the screen shows, from 1."""
        return from_ebcdic(self.display.screen.text(number - 1)).strip()

    def press(self, aid: int) -> None:
        """A key, and what comes of it."""
        self.display.press(aid)
        self.settle()

    @property
    def lines(self) -> list[str]:
        """What stands there in line mode."""
        return [line.text for line in self.terminal.lines]


@pytest.fixture
def seat(system: System) -> Seat:
    """The console of the machine, with the program's screen."""
    seat = Seat(system)
    logon_without_password(system, seat.session, "PANEL")
    seat.settle()
    return seat


def fill_in(seat: Seat, name: str, amount: str) -> None:
    """Type into both fields."""
    seat.display.key(keyboard3270.home)
    seat.display.type(name)
    seat.display.key(keyboard3270.tab)
    seat.display.type(amount)


def test_the_console_is_a_display(seat: Seat) -> None:
    assert seat.terminal.shown_screen is seat.display
    assert seat.row(1) == "VM/370  PANEL"
    assert seat.display.screen.cursor == 2 * 80 + 17
    fill_in(seat, "Martha", "12.50")
    seat.press(ENTER)
    assert [seat.row(number)[1:60].split()[-1] for number in (7, 8, 9)] == ["7D", "Martha", "12.50"]
    assert not seat.display.screen.locked
    seat.press(CLEAR)
    assert seat.row(3).endswith("===>"), "the program wrote its screen again"
    fill_in(seat, "", "x")
    assert seat.display.screen.locked, "the field is numeric"
    seat.display.key(keyboard3270.reset)
    seat.press(PF_KEYS[2])
    assert seat.terminal.shown_screen is None
    assert "PANEL HAS ENDED" in seat.lines


def test_lines_of_cp_and_of_the_person(seat: Seat) -> None:
    seat.session.say("A MESSAGE")
    assert seat.terminal.shown_screen is None
    seat.settle()
    seat.terminal.uncover()
    assert seat.terminal.shown_screen is seat.display
    seat.session.attention()
    assert seat.lines[-1] == "CP"
    seat.session.enter("BEGIN")
    seat.terminal.uncover()
    seat.settle()
    seat.press(PF_KEYS[4])
    assert seat.row(7).split()[2] == "F5"


def test_a_terminal_that_has_dialed(seat: Seat, system: System) -> None:
    second = Seat(system)
    second.session.enter("DIAL PANEL")
    second.settle()
    assert second.row(1) == "VM/370  PANEL"
    fill_in(second, "Dialer", "7")
    second.press(PF_KEYS[11])
    assert second.row(7).split()[2] == "7C"
    assert second.row(8).split()[2] == "Dialer"
    assert "Dialer" not in seat.row(8), "the console has a screen of its own"
    seat.press(PF_KEYS[2])
    seat.session.enter("#CP LOGOFF")
    assert second.terminal.shown_screen is None
    assert second.lines[-2:] == ["DROP FROM PANEL 0C1", "VM/370 ONLINE"]


def test_a_console_without_a_screen(system: System) -> None:
    seat = Seat(system)
    seat.terminal.full_screen = None
    logon_without_password(system, seat.session, "PANEL")
    seat.settle()
    assert seat.lines[-1] == "PANEL: THE CONSOLE IS NO DISPLAY; DIAL PANEL"


def test_the_deck_is_the_source(tmp_path: Path) -> None:
    text, deck = tmp_path / "panel.text", tmp_path / "panel.deck"
    assert cli.main(["asm", str(EXAMPLE / "panel.asm"), "-o", str(text), "--date", "2026-01-31"]) == 0
    assert cli.main(["link", str(text), "--format", "ipl", "--origin", "1000", "-o", str(deck)]) == 0
    assert deck.read_bytes() == (EXAMPLE / "panel.deck").read_bytes()


@pytest.mark.parametrize("command", ["LOGOFF", "SYSTEM RESET", "IPL 00C"])
def test_full_screen_mode_ends_with_the_program(seat: Seat, command: str) -> None:
    seat.session.attention()
    seat.session.enter(command)
    assert not seat.terminal.in_full_screen
    assert not seat.terminal.covered
