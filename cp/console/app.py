"""The interactive console: the desk's selected terminal on the screen, a status line, and an input line with history.

    +--------------------------------------------------+
    | what the terminal wrote (scrolls back)           |
    +--------------------------------------------------+
    | CMSUSER  VM READ   2 CMSUSER2 +14   keys         |   status line
    | input                                            |
    +--------------------------------------------------+

The keys are in KEYS below.  One asyncio loop runs it all: prompt_toolkit, and CP between two key presses, a few rounds
of time slices at a time.  Importing this module costs 150 ms; scripts never do.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import select
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
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

from vm370.cp.commands.context import CommandError
from vm370.cp.commands.logon import logon_without_password
from vm370.cp.commands.set_values import HIGHEST_KEY
from vm370.cp.console.completion import candidates
from vm370.cp.console.desk import Desk
from vm370.cp.console.meter import REFRESH_SECONDS, MeterView
from vm370.cp.console.program_keys import copied, tabbed
from vm370.cp.console.screen import Screen
from vm370.cp.console.status import status_line
from vm370.cp.console.terminal import Line, Origin, shown_text
from vm370.cp.session import Session
from vm370.cp.system import System

STYLE = Style.from_dict(
    {
        "status": "reverse",
        "cp": "ansigreen",
        "guest": "",
        "typed": "ansicyan",
        "bright": "bold ansibrightcyan",
        "alert": "bold ansiyellow",
        "meter": "ansibrightcyan",
    }
)
IDLE_POLL = 0.25
"""Seconds after which an idle system is asked again (spool files that another process hands to a reader)."""
CP_TURN = 0.004
"""Seconds after which no further round begins before the keys have had their turn."""
SWITCH_INTERVAL = 0.0005
"""Seconds after which a thread that serves a guest in Python gives way to the one that reads keys."""
REDRAW_INTERVAL = 0.004
"""Seconds between two redraws: an answer that comes just after the echo of the line waits for so long."""
TURNS = 4
"""Turns of the event loop between two turns of CP: a key is read, handled and shown in one gap."""
MORE_BEFORE_LOGON = (50, 10)
FIRST_FREE_KEY = 5

KEYS = [
    "F1          attention key (PA1): to CP",
    "F2, Alt-n   the next terminal, the n-th terminal",
    "F3          a new terminal",
    "F4, Ctrl-L  PA2: the next screen, when the status is MORE... or HOLDING",
    "ENTER       without a line, in MORE...: HOLDING; in HOLDING: the next screen",
    "PgUp PgDn   scroll back and forward; End on an empty line: to the newest output",
    "Ctrl-T      the impurity meter: what guests cost, and what they skip; again: back",
    "F5 to F24   what SET PFnn gave them",
    "Up Down     lines typed before; Tab completes CP commands and operands; Ctrl-C clears the line",
    "Ctrl-D      on an empty line, twice when users are logged on: shut the system down",
]


class Console:
    """The prompt_toolkit application around a desk."""

    def __init__(
        self,
        system: System,
        notices: Sequence[str] = (),
        *,
        input: Input | None = None,
        output: Output | None = None,
    ) -> None:
        self.system = system
        self.screens: dict[Session, Screen] = {}
        self.histories: dict[str, History] = {}
        self.desk = Desk(system)
        self.desk.keys = KEYS
        self._ending = False
        self.meter: MeterView | None = None
        """The impurity meter, when it is open."""
        self._meter_drawn = 0.0
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
            min_redraw_interval=REDRAW_INTERVAL,
            max_render_postpone_time=None,
        )
        self._use_history()
        for notice in notices:
            self.desk.selected.terminal.write(notice, Origin.ALERT)
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
        if session not in self.screens:
            self.screens[session] = Screen(*self._size())
            session.terminal.open_listeners.append(self._redraw)
        return self.screens[session]

    def _show(self, line: Line) -> None:
        """The desk has a line for the selected terminal."""
        vm = self.desk.selected.vm
        hold = vm is not None and vm.terminal_options.hold
        self.screen.write(line, self._now(), self._patience(), hold=hold)
        self._hold()
        self._redraw()

    def _hold(self) -> None:
        """The machine of a terminal whose screen is full waits for the user."""
        self.desk.selected.terminal.held = self.screen.full

    def _size(self) -> tuple[int, int]:
        size = self.application.output.get_size()
        return size.columns, max(size.rows - 2, 1)

    def _more(self) -> tuple[int, int]:
        """TERMINAL MORE: seconds until the alarm, and from there until the screen goes on."""
        vm = self.desk.selected.vm
        return vm.terminal_options.more if vm is not None else MORE_BEFORE_LOGON

    def _patience(self) -> float:
        return float(sum(self._more()))

    def _now(self) -> float:
        return self.system.clock.monotonic()

    def _output(self) -> StyleAndTextTuples:
        if self.meter is not None:
            return [("class:meter", "\n".join(self.meter.lines(self._now(), *self._size())))]
        screen = self.screen
        screen.resize(*self._size(), self._now(), self._patience())
        self._hold()
        fragments: StyleAndTextTuples = []
        vm = self.desk.selected.vm
        bright = vm is not None and vm.terminal_options.highlight
        for origin, row in screen.visible():
            style = "class:bright" if bright and origin is Origin.TYPED else f"class:{origin.value}"
            fragments += [(style, row), ("", "\n")]
        open_line = self.desk.selected.terminal.open_line
        if open_line and not screen.pager.back and not screen.backlog:
            if len(fragments) >= 2 * screen.height:
                del fragments[:2]
            fragments.append(("class:guest", shown_text(open_line[-screen.width :])))
        elif fragments:
            fragments.pop()
        return fragments

    def _status(self) -> StyleAndTextTuples:
        pager = self.screen.pager
        return [("class:status", status_line(self.desk, pager.status, pager.back, self._size()[0]))]

    def _redraw(self) -> None:
        self.application.invalidate()

    # --- keys ---

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("f1")
        def attention(event: KeyPressEvent) -> None:
            self.screen.pager.catch_up()
            self.desk.selected.attention()
            self._touched()

        @keys.add("f2")
        def following(event: KeyPressEvent) -> None:
            self.select(None)

        @keys.add("f3")
        def new(event: KeyPressEvent) -> None:
            with self._leaving():
                self.desk.new()

        @keys.add("f4")
        @keys.add("c-l")
        def more(event: KeyPressEvent) -> None:
            self._next_screen()

        @keys.add("c-t")
        def meter(event: KeyPressEvent) -> None:
            self.meter = MeterView(self.system) if self.meter is None else None
            self._redraw()

        @keys.add("pageup")
        def back(event: KeyPressEvent) -> None:
            self.screen.pager.scroll(self._size()[1] - 1)

        @keys.add("pagedown")
        def forward(event: KeyPressEvent) -> None:
            if self.screen.pager.back:
                self.screen.pager.scroll(1 - self._size()[1])
            else:
                self._next_screen()

        @keys.add("end", filter=Condition(lambda: not self.buffer.text))
        def newest(event: KeyPressEvent) -> None:
            self.screen.pager.catch_up()
            self._touched()

        @keys.add("tab")
        def complete(event: KeyPressEvent) -> None:
            self._complete()

        @keys.add("c-d", filter=Condition(lambda: not self.buffer.text))
        def end(event: KeyPressEvent) -> None:
            self._end()

        @keys.add("c-c")
        def clear(event: KeyPressEvent) -> None:
            self.buffer.reset()

        for number in range(1, 10):

            @keys.add("escape", str(number))
            def nth(event: KeyPressEvent, number: int = number) -> None:
                if number <= len(self.desk.sessions):
                    self.select(self.desk.sessions[number - 1])

        for number in range(FIRST_FREE_KEY, HIGHEST_KEY + 1):

            @keys.add(f"f{number}")
            def program_function(event: KeyPressEvent, number: int = number) -> None:
                self._program_function(number)

        return keys

    def _complete(self) -> None:
        """Tab: the only candidate, or a menu of them."""
        if self.buffer.complete_state:
            self.buffer.complete_next()
            return
        text = self.buffer.document.text_before_cursor
        found = list(candidates(self.desk.selected, text))
        if len(found) == 1:
            self.buffer.delete_before_cursor(_typed(text))
            self.buffer.insert_text(found[0][0] + " ")
        elif found:
            self.buffer.start_completion(select_first=False)

    def _program_function(self, number: int) -> None:
        """A key that SET PFnn may have defined (program_keys.py)."""
        vm, buffer = self.desk.selected.vm, self.buffer
        kind, _, text = (vm.settings.pf_keys.get(number, "") if vm is not None else "").partition(" ")
        match kind:
            case "RETRIEVE":
                buffer.history_backward()
            case "TAB":
                buffer.text, position = tabbed(
                    buffer.text, buffer.cursor_position, [int(word) for word in text.split()]
                )
                buffer.cursor_position = position
            case "COPY" if vm is not None:
                said = copied(vm, [row for _, row in self.screen.visible()])
                self._show(Line(said, Origin.CP))
            case "IMMED" | "DELAY":
                buffer.text = text
                buffer.cursor_position = len(text)
                if kind == "IMMED":
                    buffer.validate_and_handle()

    def _end(self) -> None:
        """Ctrl-D: end the system; the first time only a warning when somebody is logged on."""
        users = len(self.system.users)
        if users and not self._ending:
            self._ending = True
            self._show(Line(f"%END: {users} users are logged on; Ctrl-D again shuts the system down", Origin.ALERT))
            return
        self.application.exit()

    def _next_screen(self) -> None:
        self.screen.pager.key(self._now(), self._patience())
        self._touched()

    def _accept(self, buffer: Buffer) -> bool:
        """ENTER."""
        text = buffer.text
        self._ending = False
        if not text and self.screen.pager.enter(self._now(), self._patience()):
            self._touched()
            return False
        selected = self.desk.selected
        if selected.concealed(text) != text:
            buffer.reset()  # before the buffer appends a password to the history
        if self.screen.backlog:
            self.screen.pager.catch_up()
        self.screen.pager.key(self._now(), self._patience())
        with self._leaving(draft=""):
            self.desk.enter(text)
        if self.desk.selected is not selected:
            asyncio.get_running_loop().call_soon(self._restore_draft)  # the buffer is emptied when this returns
            buffer.reset()
        return False

    # --- terminals ---

    def select(self, session: Session | None) -> None:
        """Look at another terminal (None: the next one)."""
        with self._leaving():
            if session is None:
                self.desk.next()
            else:
                self.desk.select(session)

    @contextlib.contextmanager
    def _leaving(self, draft: str | None = None) -> Iterator[None]:
        """What is done here may select another terminal: the line that is being typed stays with the old one."""
        before, screen = self.desk.selected, self.screen
        screen.draft = self.buffer.text if draft is None and not before.masked else ""
        yield
        if self.desk.selected is not before:
            before.terminal.held = False
            self.screen.pager.catch_up()
            self.screens = {session: screen for session, screen in self.screens.items() if not session.closed}
        self._use_history()
        if self.desk.selected is not before:
            self._restore_draft()
        self._touched()

    def _restore_draft(self) -> None:
        self.buffer.reset(Document(self.screen.draft))
        self._redraw()

    def _touched(self) -> None:
        self._hold()
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
        keyboard = select.poll()
        keyboard.register(self.application.input.fileno(), select.POLLIN)
        self.system.dispatcher.key_pressed = lambda: bool(keyboard.poll(0))
        driver = asyncio.ensure_future(self._drive())
        driver.add_done_callback(self._driver_ended)
        try:
            await self.application.run_async()
        finally:
            self.system.dispatcher.key_pressed = None
            driver.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await driver

    def _driver_ended(self, driver: asyncio.Future[None]) -> None:
        """CP stopped: in order, or by a fault that ends the program."""
        if not driver.cancelled() and self.application.is_running:
            self.application.exit()

    async def _drive(self) -> None:
        """CP, some rounds of time slices at a time; prompt_toolkit gets its turn between them."""
        while not self.system.shutting_down:
            self._tick()
            until = time.perf_counter() + CP_TURN
            busy = self.system.step()
            while busy and time.perf_counter() < until and not self.system.shutting_down and not self._key_waits():
                busy = self.system.step()
            if busy:
                for _ in range(TURNS):
                    await asyncio.sleep(0)
                continue
            self._redraw()
            self.changed.clear()
            at = self.system.next_wake_up()
            timeout = IDLE_POLL if at is None else max(0.0, min(IDLE_POLL, at - self._now()))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), timeout)

    def _key_waits(self) -> bool:
        key_pressed = self.system.dispatcher.key_pressed
        return key_pressed is not None and key_pressed()

    def _tick(self) -> None:
        """Time passes for MORE...: first the alarm, then the next screen."""
        screen, now = self.screen, self._now()
        if self.meter is not None and now - self._meter_drawn >= REFRESH_SECONDS:
            self._meter_drawn = now
            self._redraw()
        if screen.pager.tick(now, self._patience()):
            self._touched()
        elif screen.alarm(now, self._more()[1]):
            self.application.output.bell()
            self.application.output.flush()


class _CommandCompleter(Completer):
    """CP commands and operands."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """What may stand where the cursor is."""
        text = document.text_before_cursor
        for word, meaning in candidates(self._console.desk.selected, text):
            yield Completion(word, start_position=-_typed(text), display_meta=meaning)


def _typed(text: str) -> int:
    """Characters of the word that is being completed."""
    return len(text.rpartition(" ")[2])


def _history(home: Path, userid: str) -> History:
    if not userid:
        return InMemoryHistory()
    folder = home / "history"
    folder.mkdir(mode=0o700, exist_ok=True)
    return FileHistory(str(folder / userid))


def run_console(system: System, userid: str | None, notices: Sequence[str] = ()) -> None:
    """``vm370 run`` at a terminal; the system is shut down in order at the end."""

    gc.freeze()  # what is there now stays: collections need not look at it while somebody types
    sys.setswitchinterval(SWITCH_INTERVAL)

    async def main() -> None:
        console = Console(system, notices)
        if userid:
            try:
                logon_without_password(system, console.desk.selected, userid)
            except CommandError as error:
                console.desk.selected.say(error.message.text)
        with contextlib.suppress(EOFError):  # the terminal was closed
            await console.run()

    try:
        asyncio.run(main())
    finally:
        if not system.shutting_down:
            system.shutdown()


__all__ = ["Console", "run_console"]
