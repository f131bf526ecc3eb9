"""The interactive console with typed keys and a screen that nobody sees: no terminal, no waiting by time."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from tests.cp.commands.cpkit import StoppedClock
from vm370.cp.console.app import Console
from vm370.cp.system import System

F1, F2, F3, F4, F5, F6 = "\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[15~", "\x1b[17~"
PAGE_UP, PAGE_DOWN, END, UP, ENTER, TAB = "\x1b[5~", "\x1b[6~", "\x1b[F", "\x1b[A", "\r", "\t"
CONTROL_C, CONTROL_D = "\x03", "\x04"
TURNS = 20_000
"""Turns of the event loop after which something that should happen has not happened."""


class Glass(DummyOutput):
    """An output of a size that the test sets; it counts alarms."""

    def __init__(self) -> None:
        self.size = Size(rows=12, columns=80)
        self.bells = 0

    def get_size(self) -> Size:
        return self.size

    def bell(self) -> None:
        self.bells += 1


class Person:
    """Somebody in front of the console."""

    def __init__(self, cp: System, pipe: PipeInput) -> None:
        self.cp = cp
        self.glass = Glass()
        self.pipe = pipe
        self.console = Console(cp, ["warning: default passwords"], input=pipe, output=self.glass)
        self.taken = 0
        self.console.application.key_processor.after_key_press += self._count

    @property
    def rows(self) -> list[str]:
        """What stands above the status line."""
        return "".join(text for _, text, *_ in self.console._output()).split("\n")

    @property
    def status(self) -> str:
        """The status line."""
        return "".join(text for _, text, *_ in self.console._status())

    @property
    def input(self) -> str:
        """The input line."""
        return self.console.buffer.text

    async def until(self, happened: Callable[[], bool]) -> None:
        """Turn the event loop until something has happened."""
        for _ in range(TURNS):
            if happened():
                return
            await asyncio.sleep(0)
        raise AssertionError("\n".join([*self.rows, self.status, f"input: {self.input!r}"]))

    async def press(self, *keys: str) -> None:
        """Press keys, each when the one before was taken."""
        for key in keys:
            expected = self.taken + (1 if key.startswith("\x1b") else len(key))
            self.pipe.send_text(key)
            await self.until(functools.partial(self._has_taken, expected))

    async def recall(self) -> str:
        """Press the up key, when the history is there; what is in the input line then."""
        await self.until(lambda: len(self.console.buffer._working_lines) > 1)
        await self.press(UP)
        return self.input

    def _has_taken(self, keys: int) -> bool:
        return self.taken >= keys

    def _count(self, _: object) -> None:
        self.taken += 1

    async def type(self, *lines: str) -> None:
        """Enter lines."""
        for line in lines:
            await self.press(line + ENTER)


Story = Callable[[Person], Coroutine[Any, Any, None]]


@pytest.fixture
def play(cp: System) -> Iterator[Callable[[Story], Person]]:
    """Run a story at the console."""
    with create_pipe_input() as pipe:

        async def run(story: Story) -> Person:
            person = Person(cp, pipe)
            console = asyncio.ensure_future(person.console.run())
            await person.until(lambda: person.console.application.is_running)
            await story(person)
            if not console.done() and person.console.application.is_running:
                person.console.application.exit()
            await console
            return person

        yield lambda story: asyncio.run(run(story))


Play = Callable[[Story], Person]


def test_logon_shows_no_password(play: Play, home: Path) -> None:
    async def story(person: Person) -> None:
        assert person.rows == ["VM/370 ONLINE", "warning: default passwords"]
        assert person.status.startswith(" VM/370   CP READ ")
        await person.type("logon alpha")
        assert person.console.desk.selected.masked
        await person.type("alpha", "query alpha", "CP LINK MAINT 191 291 RR PW")
        assert person.rows[2:6] == [
            "logon alpha",
            "ENTER PASSWORD:",
            "LOGON AT 09:30:15 UTC WEDNESDAY 04/01/81",
            "query alpha",
        ]
        assert person.rows[7] == "CP LINK MAINT 191 291 RR ****"
        assert person.status.startswith(" ALPHA    CP READ ")
        assert await person.recall() == "query alpha"

    play(story)
    remembered = (home / "history" / "ALPHA").read_text()
    assert re.findall(r"^\+(.*)$", remembered, re.MULTILINE) == ["query alpha"]
    assert (home / "history").stat().st_mode & 0o777 == 0o700


def test_each_user_has_his_history(play: Play) -> None:
    async def story(person: Person) -> None:
        await person.type("l alpha alpha", "q alpha")
        await person.press(F3)
        await person.type("l maint secret", "q maint")
        assert await person.recall() == "q maint"
        await person.press(F2)
        assert (person.input, person.console.desk.selected.userid) == ("", "ALPHA")
        assert await person.recall() == "q alpha"
        await person.press(F2)
        assert person.input == "q maint"  # the line that was being typed there

    play(story)


def test_switching_by_command_and_number(play: Play) -> None:
    async def story(person: Person) -> None:
        await person.type("l alpha alpha", "%new", "l maint secret", "msg alpha hello")
        assert "1 ALPHA CP READ +1" in person.status
        await person.type("%switch alpha")
        assert person.rows[-1] == "09:30:15 MSG FROM MAINT   : hello"
        assert "2 MAINT CP READ" in person.status
        await person.press("\x1b2")
        assert person.status.startswith(" MAINT ")
        await person.type("%close")
        assert person.status.startswith(" ALPHA ")
        assert len(person.console.screens) == 1

    play(story)


def test_more_and_holding(play: Play, clock: StoppedClock) -> None:
    async def story(person: Person) -> None:
        await person.type("l alpha alpha", "d g", "q pf")
        assert person.status.startswith(" ALPHA    MORE... ")
        assert person.rows[0] == "q pf"
        assert person.rows[-1] == "PF09 UNDEFINED"
        clock.advance(50)
        await person.until(lambda: person.glass.bells == 1)
        await person.press(ENTER)
        assert person.status.startswith(" ALPHA    HOLDING ")
        clock.advance(1000)
        await person.press(ENTER)
        assert person.rows[-1] == "PF19 UNDEFINED"
        clock.advance(60)
        await person.until(lambda: person.rows[-1] == "PF24 UNDEFINED")
        assert person.status.startswith(" ALPHA    CP READ ")
        await person.type("q pf")
        await person.press(F4, F4)
        assert person.rows[-1] == "PF24 UNDEFINED"
        await person.press(PAGE_UP)
        assert person.rows[-1] == "PF15 UNDEFINED"
        assert "-9 rows" in person.status
        await person.press(PAGE_DOWN)
        assert person.rows[-1] == "PF24 UNDEFINED"
        await person.press(PAGE_UP, PAGE_UP, END)
        assert person.rows[-1] == "PF24 UNDEFINED"

    play(story)


def test_a_command_in_more_shows_its_answer(play: Play) -> None:
    async def story(person: Person) -> None:
        await person.type("l alpha alpha", "q pf", "q alpha")
        assert person.rows[-2:] == ["q alpha", "ALPHA    - 0C0"]

    play(story)


def test_another_size_of_the_window(play: Play) -> None:
    async def story(person: Person) -> None:
        await person.type("l alpha alpha", "* " + "0123456789" * 9)
        assert person.rows[-2:] == ["* " + "0123456789" * 7 + "01234567", "890123456789"]
        person.glass.size = Size(rows=6, columns=40)
        assert person.rows[-1] == "89" + "0123456789"
        assert len(person.rows) == 4
        assert max(map(len, person.rows)) == 40
        assert len(person.status) == 40
        person.glass.size = Size(rows=20, columns=200)
        assert person.rows[-1] == "* " + "0123456789" * 9

    play(story)


def test_a_machine_that_writes_for_ever_is_held_and_can_be_stopped(play: Play) -> None:
    async def story(person: Person) -> None:
        """LA 2,8; DIAGNOSE 1,2,8 with MSG * HI; B X'800'."""
        await person.type("l alpha alpha", "st g1 900 s900 d4e2c7405c40c8c9")
        await person.type("st s800 4120000883120008 s808 47f00800 psw 0 800", "begin")
        alpha = person.cp.user("ALPHA")
        assert alpha is not None
        await person.until(lambda: alpha.session is not None and alpha.session.terminal.held)
        written = alpha.cpu.instructions
        await person.until(lambda: not person.cp.step())
        assert alpha.cpu.instructions == written
        assert person.status.startswith(" ALPHA    MORE... ")
        await person.press(F4)
        await person.until(lambda: person.status.startswith(" ALPHA    MORE... "))
        await person.press(F1)
        assert person.status.startswith(" ALPHA    CP READ ")
        assert person.rows[-1] == "CP"
        await person.type("d g1")
        assert person.rows[-1] == "GPR  1 = 00000900"

    play(story)


def test_an_open_line_is_shown(play: Play) -> None:
    async def story(person: Person) -> None:
        await person.type("l alpha alpha")
        alpha = person.cp.user("ALPHA")
        assert alpha is not None
        alpha.session.terminal.write_partial("NAME? ")  # type: ignore[union-attr]
        assert person.rows[-1] == "NAME? "
        await person.type("q alpha")
        assert person.rows[-2:] == ["NAME? q alpha", "ALPHA    - 0C0"]

    play(story)


def test_program_function_keys(play: Play) -> None:
    async def story(person: Person) -> None:
        await person.type("l alpha alpha", "set pf5 immed q alpha", "set pf6 delay msg maint", "set pf7 retrieve")
        await person.press(F5)
        assert person.rows[-1] == "ALPHA    - 0C0"
        await person.press(F6)
        assert person.input == "msg maint"
        await person.press(CONTROL_C)
        await person.until(lambda: len(person.console.buffer._working_lines) > 1)
        await person.press("\x1b[18~")
        assert person.input == "q alpha"

    play(story)


def test_completion(play: Play) -> None:
    async def story(person: Person) -> None:
        await person.type("l alpha alpha")
        await person.press("disp", TAB)
        assert person.input == "DISPLAY "
        await person.press(CONTROL_C, "term line", TAB)
        await person.until(lambda: person.console.buffer.complete_state is not None)
        await person.press(TAB)
        assert person.input == "term LINEDEL"

    play(story)


def test_control_d_asks_when_somebody_is_logged_on(play: Play) -> None:
    async def story(person: Person) -> None:
        await person.type("l alpha alpha")
        await person.press(CONTROL_D)
        assert person.rows[-1].startswith("%END: 1 users are logged on")
        await person.type("q alpha")
        await person.press(CONTROL_D)
        assert person.console.application.is_running
        await person.press(CONTROL_D)
        await person.until(lambda: not person.console.application.is_running)

    play(story)


def test_control_d_ends_an_empty_system(play: Play) -> None:
    async def story(person: Person) -> None:
        await person.press(CONTROL_D)
        await person.until(lambda: not person.console.application.is_running)

    play(story)


def test_shutdown_ends_the_console(play: Play) -> None:
    async def story(person: Person) -> None:
        await person.type("l operator operator", "shutdown")
        await person.until(lambda: not person.console.application.is_running)

    play(story)


def test_help_tells_the_keys(play: Play) -> None:
    async def story(person: Person) -> None:
        await person.type("%help")
        person.glass.size = Size(rows=40, columns=100)
        assert any(row.startswith("F1 ") for row in person.rows)
        assert any(row.startswith("%SWITCH") for row in person.rows)

    play(story)


def test_the_impurity_meter(play: Play) -> None:
    """Ctrl-T opens it, with a row for each user; again, and the terminal is back."""

    async def story(person: Person) -> None:
        await person.type("l alpha alpha")
        terminal = person.rows
        await person.press("\x14")
        assert person.rows[0].startswith(" IMPURITY  1 users  CPU ")
        assert person.rows[2].split()[:2] == ["ALPHA", "--"]
        await person.press("\x14")
        assert person.rows == terminal

    play(story)
