"""The interactive console: the desk's selected terminal on the screen, a status line, and an input line with history.

    +--------------------------------------------------+
    | what the terminal wrote (scrolls back)           |
    +--------------------------------------------------+
    | CMSUSER  VM READ   2 CMSUSER2 +14   keys         |   status line
    | input                                            |
    +--------------------------------------------------+

    F1  PA1: attention, to CP          F2  next terminal           F3  new terminal
    F4  PA2: next screen               PgUp PgDn  scroll           Ctrl-D (empty line)  shut down

One asyncio loop runs it all: prompt_toolkit, and CP between two key presses, a time slice at a time.  Importing this
module costs 150 ms; scripts never do.
"""

from __future__ import annotations

import asyncio
import contextlib
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import BufferControl, Float, FloatContainer, FormattedTextControl, HSplit, Layout, Window
from prompt_toolkit.layout.menus import CompletionsMenu
from prompt_toolkit.layout.processors import ConditionalProcessor, PasswordProcessor
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style

from vm370.cp.console.completion import candidates
from vm370.cp.console.desk import Desk
from vm370.cp.console.pager import Pager
from vm370.cp.console.terminal import Line, Origin, Status
from vm370.cp.session import Session
from vm370.cp.system import System

STYLE = Style.from_dict(
    {
        "status": "reverse",
        "status.alert": "reverse bold",
        "cp": "ansigreen",
        "guest": "",
        "typed": "ansicyan",
        "alert": "bold ansiyellow",
    }
)
IDLE_POLL = 0.25
"""Seconds after which an idle system is asked again (spool files that another process hands to a reader)."""
KEYS = "F1 attention  F2 next  F3 new  F4 more  ^D end"


class Screen:
    """What the console remembers of one session: its pager, its rows and its history."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.pager = Pager(1)
        self.rows: list[tuple[str, str]] = []
        self.taken = 0


class Console:
    """The prompt_toolkit application around a desk."""

    def __init__(self, system: System, *, input: Input | None = None, output: Output | None = None) -> None:
        self.system = system
        self.screens: dict[int, Screen] = {}
        self.histories: dict[str, History] = {}
        self.desk = Desk(system)
        self.changed = asyncio.Event()
        self.buffer = Buffer(
            completer=_CommandCompleter(self),
            complete_while_typing=False,
            multiline=False,
            history=InMemoryHistory(),
            accept_handler=self._accept,
        )
        self.application: Application[None] = Application(
            layout=self._layout(),
            key_bindings=self._keys(),
            style=STYLE,
            full_screen=True,
            input=input,
            output=output,
            min_redraw_interval=0.01,
        )
        self._use_history()
        self.desk.watch(self._show)

    # --- screen ---

    def _layout(self) -> Layout:
        self.output_window = Window(FormattedTextControl(self._output), always_hide_cursor=True)
        status = Window(FormattedTextControl(self._status), height=1, style="class:status")
        masked = ConditionalProcessor(PasswordProcessor(), Condition(lambda: self.desk.selected.masked))
        line = Window(BufferControl(self.buffer, input_processors=[masked]), height=1)
        body = FloatContainer(
            HSplit([self.output_window, status, line]),
            floats=[Float(CompletionsMenu(max_height=8), xcursor=True, ycursor=True)],
        )
        return Layout(body, focused_element=line)

    @property
    def screen(self) -> Screen:
        """The selected terminal's screen."""
        session = self.desk.selected
        return self.screens.setdefault(id(session), Screen(session))

    def _show(self, line: Line) -> None:
        """The desk has a line for the selected terminal."""
        width, height = self._size()
        screen = self.screen
        style = f"class:{line.origin.value}"
        before = len(screen.rows)
        screen.rows += [(style, row) for row in wrapped(line.text, width)]
        screen.pager.height = max(height, 1)
        screen.pager.write(len(screen.rows) - before, self._now(), self._patience())
        self._redraw()

    def _size(self) -> tuple[int, int]:
        size = self.application.output.get_size()
        return size.columns, max(size.rows - 2, 1)

    def _patience(self) -> float:
        """Seconds of MORE...; 0 when the user does not want it."""
        vm = self.desk.selected.vm
        return float(sum(vm.terminal_options.more)) if vm is not None else 60.0

    def _now(self) -> float:
        return self.system.clock.monotonic()

    def _output(self) -> StyleAndTextTuples:
        screen = self.screen
        _, height = self._size()
        screen.pager.resize(height, self._now(), self._patience())
        end = screen.pager.end - screen.pager.back
        shown = screen.rows[max(0, end - height) : end]
        fragments: StyleAndTextTuples = []
        for style, row in shown:
            fragments += [(style, row), ("", "\n")]
        open_line = screen.session.terminal.open_line
        if open_line and not screen.pager.back:
            fragments.append(("class:guest", open_line))
        elif fragments:
            fragments.pop()
        return fragments

    def _status(self) -> StyleAndTextTuples:
        session = self.desk.selected
        status = self.screen.pager.status or session.status
        others = []
        for number, other in enumerate(self.desk.sessions, 1):
            if other is not session:
                news = self.desk.unseen(other)
                text = f"{number} {other.userid or 'LOGON'} {other.status.value}"
                others.append(f"{text} +{news}" if news else text)
        back = f"  -{self.screen.pager.back} rows" if self.screen.pager.back else ""
        left = f" {session.userid or 'VM/370':8}  {status.value:10}{back}  {'   '.join(others)}"
        width, _ = self._size()
        return [("class:status", f"{left:{max(width - len(KEYS) - 1, 0)}} {KEYS}"[:width])]

    def _redraw(self) -> None:
        self.application.invalidate()

    # --- keys ---

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("f1")
        def attention(event: KeyPressEvent) -> None:
            self.desk.selected.attention()
            self._touched()

        @keys.add("f2")
        def following(event: KeyPressEvent) -> None:
            self.select(None)

        @keys.add("f3")
        def new(event: KeyPressEvent) -> None:
            self.desk.new()
            self._selected()

        @keys.add("f4")
        @keys.add("c-l")
        def more(event: KeyPressEvent) -> None:
            self.screen.pager.key(self._now(), self._patience())

        @keys.add("pageup")
        def back(event: KeyPressEvent) -> None:
            self.screen.pager.scroll(self._size()[1] - 1)

        @keys.add("pagedown")
        def forward(event: KeyPressEvent) -> None:
            if self.screen.pager.back:
                self.screen.pager.scroll(1 - self._size()[1])
            else:
                self.screen.pager.key(self._now(), self._patience())

        @keys.add("tab")
        def complete(event: KeyPressEvent) -> None:
            if self.buffer.complete_state:
                self.buffer.complete_next()
            else:
                self.buffer.start_completion(select_first=False)

        @keys.add("c-d", filter=Condition(lambda: not self.buffer.text))
        def end(event: KeyPressEvent) -> None:
            event.app.exit()

        @keys.add("c-c")
        def clear(event: KeyPressEvent) -> None:
            self.buffer.reset()

        return keys

    def _accept(self, buffer: Buffer) -> bool:
        """ENTER."""
        text = buffer.text
        screen = self.screen
        if not text and screen.pager.hold():
            return False
        screen.pager.key(self._now(), self._patience())
        before = self.desk.selected
        if before.masked:
            buffer.reset()  # before the buffer appends it to the history
        self.desk.enter(text)
        self._touched()
        if self.desk.selected is not before:
            self._selected()
        self._use_history()
        return False

    def select(self, session: Session | None) -> None:
        """Look at another terminal (None: the next one)."""
        if session is None:
            self.desk.next()
        else:
            self.desk.select(session)
        self._selected()

    def _selected(self) -> None:
        self._use_history()
        self._touched()

    def _touched(self) -> None:
        self.changed.set()
        self._redraw()

    def _use_history(self) -> None:
        """Each user has a history of his own, kept in the home."""
        userid = self.desk.selected.userid
        if userid not in self.histories:
            self.histories[userid] = _history(self.system.home, userid)
        if self.buffer.history is not self.histories[userid]:
            self.buffer.history = self.histories[userid]
            self.buffer.reset()

    # --- running ---

    async def run(self) -> None:
        """Until the user ends the console or CP shuts down."""
        driver = asyncio.ensure_future(self._drive())
        try:
            await self.application.run_async()
        finally:
            driver.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await driver

    async def _drive(self) -> None:
        """CP, a time slice at a time; prompt_toolkit gets its turn between two slices."""
        while not self.system.shutting_down:
            if self.screen.pager.tick(self._now(), self._patience()):
                self._redraw()
            if self.system.step():
                await asyncio.sleep(0)
                continue
            self._redraw()
            self.changed.clear()
            at = self.system.next_wake_up()
            timeout = IDLE_POLL if at is None else max(0.0, min(IDLE_POLL, at - self._now()))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), timeout)
        self.application.exit()


class _CommandCompleter(Completer):
    """CP commands and operands."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """What may stand where the cursor is."""
        text = document.text_before_cursor
        typed = text if text.startswith("%") else text.split(" ")[-1]
        for word, meaning in candidates(self._console.desk.selected, text):
            yield Completion(word, start_position=-len(typed), display_meta=meaning)


def wrapped(text: str, width: int) -> list[str]:
    """The rows that a line takes on a screen; what does not print is shown as a full stop."""
    safe = "".join("." if unicodedata.category(character) == "Cc" else character for character in text)
    return [safe[at : at + width] for at in range(0, len(safe), width)] or [""]


def _history(home: Path, userid: str) -> History:
    if not userid:
        return InMemoryHistory()  # nobody is logged on: what is typed may be a password
    folder = home / "history"
    folder.mkdir(mode=0o700, exist_ok=True)
    return FileHistory(str(folder / userid))


def run_console(system: System, userid: str | None) -> None:
    """``vm370 run`` at a terminal; the system is shut down in order at the end."""
    from vm370.cp.commands.context import CommandError
    from vm370.cp.commands.session_commands import logon_without_password

    async def main() -> None:
        console = Console(system)
        if userid:
            try:
                logon_without_password(system, console.desk.selected, userid)
            except CommandError as error:
                console.desk.selected.say(error.message.text)
        await console.run()

    try:
        asyncio.run(main())
    finally:
        if not system.shutting_down:
            system.shutdown()


__all__ = ["Console", "Origin", "Status", "run_console"]
