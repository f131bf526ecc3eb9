"""A program's screen in the terminal: what is drawn and what the keys do, without a terminal."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from vm370.cp.console.app import Console
from vm370.cp.console.display3270 import Display3270
from vm370.cp.console.drawing3270 import drawn, indicators
from vm370.cp.console.inbound3270 import read_modified
from vm370.cp.console.orders3270 import write
from vm370.cp.console.panel import model_for
from vm370.cp.console.screen3270 import CLEAR, ENTER, ERASE_WRITE, PA2, PF_KEYS, Screen, blank
from vm370.cp.system import System
from vm370.images.ebcdic import to_ebcdic

TURNS = 20_000
FORM = (
    bytes.fromhex("C3 11 4040 1DF8")
    + to_ebcdic("NAME")
    + bytes.fromhex("11 C150 1D40 13 114160 1DF0 11 C260 1D50 114264 1DF0")
)
"""Row 1: a text; row 2: an input field of 15 positions; row 3: a numeric one."""


class Glass(DummyOutput):
    """An output of a size that the test sets; it counts alarms."""

    def __init__(self) -> None:
        self.size = Size(rows=25, columns=80)
        self.bells = 0

    def get_size(self) -> Size:
        return self.size

    def bell(self) -> None:
        self.bells += 1


class Program:
    """Whose screen it is: it remembers the keys."""

    def __init__(self, display: Display3270) -> None:
        self.display = display
        self.aids: list[int] = []

    def attention(self) -> None:
        self.aids.append(self.display.screen.aid)


class Person:
    """Somebody in front of the console, whose terminal a program has taken."""

    def __init__(self, cp: System, pipe: PipeInput) -> None:
        self.glass = Glass()
        self.pipe = pipe
        self.console = Console(cp, input=pipe, output=self.glass)
        self.terminal = self.console.desk.selected.terminal
        assert self.terminal.full_screen is not None
        self.display = self.terminal.full_screen
        self.program = Program(self.display)
        self.taken = 0
        self.console.application.key_processor.after_key_press += self._count

    def send(self, data: bytes = FORM, command: int = ERASE_WRITE) -> None:
        """The program writes."""
        self.display.user = self.program
        self.display.write(command, data)
        self.terminal.enter_full_screen()

    @property
    def rows(self) -> list[str]:
        """What the panel shows."""
        return "".join(text for _, text, *_ in self.console.panel._text()).split("\n")

    async def press(self, *keys: str) -> None:
        """Press keys, each when the one before was taken."""
        for key in keys:
            expected = self.taken + (1 if key.startswith("\x1b") else len(key))
            self.pipe.send_text(key)
            await self.until(functools.partial(self._has_taken, expected))

    async def until(self, happened: Callable[[], bool]) -> None:
        """Turn the event loop until something has happened."""
        for _ in range(TURNS):
            if happened():
                return
            await asyncio.sleep(0)
        raise AssertionError("\n".join(self.rows))

    def _has_taken(self, keys: int) -> bool:
        return self.taken >= keys

    def _count(self, _: object) -> None:
        self.taken += 1


Story = Callable[[Person], Coroutine[Any, Any, None]]


@pytest.fixture
def play(cp: System) -> Iterator[Callable[[Story], Person]]:
    """Run a story at the console."""
    with create_pipe_input() as pipe:

        async def run(story: Story) -> Person:
            person = Person(cp, pipe)
            running = asyncio.ensure_future(person.console.run())
            await person.until(lambda: person.console.application.is_running)
            await story(person)
            if person.console.application.is_running:
                person.console.application.exit()
            await running
            return person

        yield lambda story: asyncio.run(run(story))


Play = Callable[[Story], Person]
F3, SHIFT_F2, ALT_1, ALT_2, TAB, SHIFT_TAB, LEFT, DELETE = (
    *("\x1bOR", "\x1b[1;2Q", "\x1b1", "\x1b2"),
    *("\t", "\x1b[Z", "\x1b[D", "\x1b[3~"),
)


def test_a_form_is_drawn_and_filled_in(play: Play) -> None:
    async def story(person: Person) -> None:
        person.send()
        assert person.rows[0].rstrip() == " NAME"
        await person.press("Smith", TAB, "12", LEFT, DELETE, TAB)
        assert person.rows[1].rstrip() == " Smith"
        assert person.rows[2].rstrip() == " 1"
        await person.press("y", "\r")
        assert person.rows[1].rstrip() == " ymith"
        assert person.rows[24].startswith(" X SYSTEM")
        expected = bytes.fromhex("7D C1D2 11 C1D1") + to_ebcdic("ymith") + bytes.fromhex("11 C261") + to_ebcdic("1")
        assert read_modified(person.display.screen) == expected
        assert person.program.aids == [ENTER]

    play(story)


def test_keys_with_an_attention_identifier(play: Play) -> None:
    async def story(person: Person) -> None:
        for key in (F3, "\x1b[1;2Q", ALT_2, "\x03"):
            person.send()
            await person.press(key)
        assert person.program.aids == [PF_KEYS[2], PF_KEYS[13], PA2, CLEAR]
        await person.press(ALT_1)
        assert person.program.aids[-1] == CLEAR, "CP has PA1"
        assert not person.console.panel.shown() or person.console.desk.selected.vm is None

    play(story)


def test_keys_typed_ahead_wait_for_the_program(play: Play) -> None:
    async def story(person: Person) -> None:
        person.send()
        await person.press("\r", "abc", F3)
        assert person.program.aids == [ENTER]
        person.send()
        assert person.rows[1].rstrip() == " abc"
        assert person.program.aids == [ENTER, PF_KEYS[2]]
        await person.press("gone", "\x12")
        person.send()
        assert person.rows[1].rstrip() == "", "RESET forgets"

    play(story)


def test_a_key_that_is_refused_sounds_and_locks(play: Play) -> None:
    async def story(person: Person) -> None:
        person.send()
        await person.press(TAB, "x")
        assert person.glass.bells == 1
        assert person.rows[24].startswith(" X RESET")
        await person.press("\x12", "7")
        assert person.rows[2].rstrip() == " 7"
        person.send(bytes.fromhex("C7"))
        assert person.glass.bells == 2, "the alarm of the write control character"

    play(story)


def test_a_line_covers_the_screen_until_the_person_goes_on(play: Play) -> None:
    async def story(person: Person) -> None:
        person.send()
        console = person.console
        assert console.panel.shown()
        console.desk.selected.say("A MESSAGE")
        assert not console.panel.shown()
        person.send()
        assert not console.panel.shown()
        assert "HOLDING" in "".join(text for _, text, *_ in console._status())
        await person.press("\r")
        assert console.panel.shown()
        await person.press("\x0f")
        assert not console.panel.shown(), "Ctrl-O: the lines"
        await person.press("x")
        assert console.buffer.text == "x"
        await person.press("\x03", "\x1bOS")
        assert console.panel.shown()
        await person.press("z")
        assert person.rows[1].rstrip() == " z"
        person.terminal.leave_full_screen()
        assert not console.panel.shown()

    play(story)


def test_a_terminal_that_is_too_small(play: Play) -> None:
    async def story(person: Person) -> None:
        person.glass.size = Size(rows=20, columns=70)
        person.send()
        assert "24 rows of 80" in person.rows[0]
        assert "20 rows of 70" in person.rows[1]
        await person.press(F3)
        assert person.program.aids == [PF_KEYS[2]]
        person.glass.size = Size(rows=24, columns=80)
        assert len(person.rows) == 24

    play(story)


@pytest.mark.parametrize(
    ("rows", "columns", "model"), [(24, 80, 2), (10, 10, 2), (35, 100, 3), (60, 100, 4), (30, 140, 5), (60, 140, 5)]
)
def test_models(rows: int, columns: int, model: int) -> None:
    assert model_for(rows, columns) == model


def styled(screen: Screen) -> list[tuple[str, str]]:
    return [(str(style), text) for style, text, *_ in drawn(screen) if text.strip()]


def test_colors_and_highlighting() -> None:
    screen = write(blank(), ERASE_WRITE, bytes.fromhex("C3 1DF0C1 1DF8C2 1D40C3 1DC8C4 1D4CC5"))
    assert styled(screen) == [
        ("class:blue", "A"),
        ("class:white bold", "B"),
        ("class:green", "C"),
        ("class:red bold", "D"),
    ]
    screen = write(blank(), ERASE_WRITE, bytes.fromhex("C3 2903C0E042F641F4 C1 2842F2 C2 2841F2 C3 08C5"))
    assert styled(screen) == [
        ("class:yellow underline", "A"),
        ("class:red underline", "B"),
        ("class:red reverse", "C┌"),
    ]


def test_indicators() -> None:
    screen = write(blank(), ERASE_WRITE, FORM)
    assert indicators(screen).split() == ["002/002"]
