"""The interactive console: the desk's selected terminal on the screen, a status line, and an input line with history.

    +--------------------------------------------------+
    | what the terminal wrote (scrolls back)           |
    +--------------------------------------------------+
    | CMSUSER  VM READ   2 CMSUSER2 +14   keys         |   status line
    | input                                            |
    +--------------------------------------------------+

While a program has the screen (full-screen mode), its display is drawn instead (panel.py).  The keys are in
line_keys.py and panel.py.  One asyncio loop runs it all: prompt_toolkit, and CP between two key presses, a few rounds
of time slices at a time.  Importing this module costs 150 ms; scripts never do.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import select
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import ConditionalKeyBindings, KeyBindingsBase, merge_key_bindings
from prompt_toolkit.layout import (
    BufferControl,
    ConditionalContainer,
    Float,
    FloatContainer,
    FormattedTextControl,
    HSplit,
    Layout,
    Window,
)
from prompt_toolkit.layout.menus import CompletionsMenu
from prompt_toolkit.layout.processors import ConditionalProcessor, PasswordProcessor
from prompt_toolkit.output import Output
from prompt_toolkit.output.defaults import create_output
from prompt_toolkit.styles import Style

from vm370.cp.commands.context import CommandError
from vm370.cp.commands.logon import logon_without_password
from vm370.cp.console import drawing3270
from vm370.cp.console.desk import Desk
from vm370.cp.console.display3270 import Display3270
from vm370.cp.console.line_keys import KEYS, CommandCompleter, line_keys, screen_keys
from vm370.cp.console.meter import REFRESH_SECONDS, MeterView
from vm370.cp.console.panel import SCREEN_KEYS, Panel, model_for
from vm370.cp.console.screen import Screen
from vm370.cp.console.screen3270 import PA1
from vm370.cp.console.status import status_line
from vm370.cp.console.terminal import Line, Origin, Status, Terminal, shown_text
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
        **drawing3270.STYLES,
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
        self._output_of_host = output or create_output()
        self.screens: dict[Session, Screen] = {}
        self.histories: dict[str, History] = {}
        self.desk = Desk(system, self._new_terminal)
        self.desk.keys = [*KEYS, *SCREEN_KEYS]
        self._ending = False
        self.meter: MeterView | None = None
        """The impurity meter, when it is open."""
        self._meter_drawn = 0.0
        self._written_at = 0.0
        """When the selected terminal had its last line."""
        self._keyboard = select.poll()
        self.changed = asyncio.Event()
        self.panel = Panel(self._shown_display, self._whole_size, self.touched, self._bell, self._to_cp)
        self._alarms = 0
        """Alarms of the display that is shown, as far as they have sounded."""
        self.buffer = Buffer(
            completer=CommandCompleter(self),
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
            output=self._output_of_host,
            min_redraw_interval=REDRAW_INTERVAL,
            max_render_postpone_time=None,
        )
        self.application.before_render += self._focus
        self.application.key_processor.before_key_press += self._focus
        self._use_history()
        for notice in notices:
            self.desk.selected.terminal.write(notice, Origin.ALERT)
        self.desk.watch(self.show)

    # --- screen ---

    def _layout(self) -> Layout:
        self.output_window = Window(FormattedTextControl(self._output), always_hide_cursor=True)
        status = Window(FormattedTextControl(self._status), height=1, style="class:status")
        masked = ConditionalProcessor(PasswordProcessor(), Condition(lambda: self.desk.selected.masked))
        line = Window(BufferControl(self.buffer, input_processors=[masked]), height=1)
        self.line_window = line
        lines = FloatContainer(
            HSplit([self.output_window, status, line]),
            floats=[Float(CompletionsMenu(max_height=8), xcursor=True, ycursor=True)],
        )
        body = HSplit(
            [
                ConditionalContainer(self.panel.window, self.panel.shown),
                ConditionalContainer(lines, ~self.panel.shown),
            ]
        )
        return Layout(body, focused_element=line)

    def _focus(self, _: object) -> None:
        """The keys belong to what is shown."""
        layout = self.application.layout
        wanted = self.panel.window if self.panel.shown() else self.line_window
        if layout.current_window is not wanted:
            layout.focus(wanted)

    def _new_terminal(self) -> Terminal:
        """A terminal that is a display."""
        display = Display3270(model_for(*self._whole_size()), changed=self._display_changed)
        terminal = Terminal(display)
        terminal.screen_listeners.append(self.redraw)
        return terminal

    def _shown_display(self) -> Display3270 | None:
        """The display that has to be seen: the selected terminal's, while a program has its screen."""
        return None if self.meter is not None else self.desk.selected.terminal.shown_screen

    def _display_changed(self) -> None:
        """A program has written to a display."""
        self.panel.changed()
        display = self._shown_display()
        if display is not None and display.screen.alarms != self._alarms:
            if display.screen.alarms > self._alarms:
                self._bell()
            self._alarms = display.screen.alarms
        self.redraw()

    def _bell(self) -> None:
        self.application.output.bell()
        self.application.output.flush()

    def look_at_lines(self) -> None:
        """Line mode, until the person goes back to the program's screen."""
        self.desk.selected.terminal.cover()
        self.touched()

    @property
    def screen(self) -> Screen:
        """The selected terminal's screen."""
        session = self.desk.selected
        if session not in self.screens:
            self.screens[session] = Screen(*self.size())
            session.terminal.open_listeners.append(self.redraw)
        return self.screens[session]

    def show(self, line: Line) -> None:
        """The desk has a line for the selected terminal."""
        vm = self.desk.selected.vm
        hold = vm is not None and vm.terminal_options.hold
        self._written_at = self._now()
        self.screen.write(line, self._now(), self._patience(), hold=hold)
        self._hold()
        self.redraw()

    def _hold(self) -> None:
        """The machine of a terminal whose screen is full waits for the user."""
        self.desk.selected.terminal.held = self.screen.full

    def size(self) -> tuple[int, int]:
        """Columns, and rows of output."""
        rows, columns = self._whole_size()
        return columns, max(rows - 2, 1)

    def _whole_size(self) -> tuple[int, int]:
        size = self._output_of_host.get_size()
        return size.rows, size.columns

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
            return [("class:meter", "\n".join(self.meter.lines(self._now(), *self.size())))]
        screen = self.screen
        screen.resize(*self.size(), self._now(), self._patience())
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
        status = Status.HOLDING if self._screen_waits else pager.status
        return [("class:status", status_line(self.desk, status, pager.back, self.size()[0]))]

    @property
    def _screen_waits(self) -> bool:
        """Behind the lines that are shown, a program has a screen."""
        session = self.desk.selected
        in_cp = session.vm is not None and session.vm.in_cp
        return session.terminal.covered and not in_cp and session.prompt is None

    def _back_to_screen(self) -> bool:
        """The person goes on: back to the program's screen, if there is one."""
        waits = self._screen_waits and self.screen.pager.status is None
        if waits:
            self.desk.selected.terminal.uncover()
            self.touched()
        return waits

    def redraw(self) -> None:
        self.application.invalidate()

    def _to_cp(self, aid: int) -> bool:
        """PA1 and SYSTEM REQUEST on a program's screen: to CP, unless the program has asked for PA1 or was dialed."""
        session = self.desk.selected
        if session.dialed is not None or (aid == PA1 and session.vm and session.vm.services.screen.pa1_for_guest):
            return False
        session.attention()
        self.touched()
        return True

    # --- keys ---

    def _keys(self) -> KeyBindingsBase:
        keys = ConditionalKeyBindings(line_keys(self), ~self.panel.shown)
        return merge_key_bindings([keys, screen_keys(self)])

    def end(self) -> None:
        """Ctrl-D: end the system; the first time only a warning when somebody is logged on."""
        users = len(self.system.users)
        if users and not self._ending:
            self._ending = True
            self.show(Line(f"%END: {users} users are logged on; Ctrl-D again shuts the system down", Origin.ALERT))
            return
        self.application.exit()

    def next_screen(self) -> None:
        """PA2."""
        vm = self.desk.selected.vm
        if self._back_to_screen() or (vm is not None and vm.services.screen.pa2()):
            return
        self.screen.pager.key(self._now(), self._patience())
        self.touched()

    def _accept(self, buffer: Buffer) -> bool:
        """ENTER."""
        text = buffer.text
        self._ending = False
        if not text and self._back_to_screen():
            return False
        if not text and self.screen.pager.enter(self._now(), self._patience()):
            self.touched()
            return False
        selected = self.desk.selected
        if selected.concealed(text) != text:
            buffer.reset()  # before the buffer appends a password to the history
        if self.screen.backlog:
            self.screen.pager.catch_up()
        self.screen.pager.key(self._now(), self._patience())
        was_in_cp = selected.vm is not None and selected.vm.in_cp
        with self.leaving(draft=""):
            self.desk.enter(text)
        if was_in_cp and self.desk.selected is selected:
            self._back_to_screen()  # BEGIN
        if self.desk.selected is not selected:
            asyncio.get_running_loop().call_soon(self._restore_draft)  # the buffer is emptied when this returns
            buffer.reset()
        return False

    # --- terminals ---

    def select(self, session: Session | None) -> None:
        """Look at another terminal (None: the next one)."""
        with self.leaving():
            if session is None:
                self.desk.next()
            else:
                self.desk.select(session)

    @contextlib.contextmanager
    def leaving(self, draft: str | None = None) -> Iterator[None]:
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
        self.touched()

    def _restore_draft(self) -> None:
        self.buffer.reset(Document(self.screen.draft))
        self.redraw()

    def touched(self) -> None:
        self._hold()
        self.changed.set()
        self.redraw()

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
        keyboard = self.application.input.fileno()
        self._keyboard.register(keyboard, select.POLLIN)
        self.system.dispatcher.inputs.watch(keyboard)
        doors = None if self.system.doors is None else self.system.doors.fileno()
        if doors is not None:
            asyncio.get_running_loop().add_reader(doors, self.changed.set)
        driver = asyncio.ensure_future(self._drive())
        driver.add_done_callback(self._driver_ended)
        try:
            await self.application.run_async()
        finally:
            self.system.dispatcher.inputs.forget(keyboard)
            self._keyboard.unregister(keyboard)
            if doors is not None:
                asyncio.get_running_loop().remove_reader(doors)
            driver.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await driver

    def _driver_ended(self, driver: asyncio.Future[None]) -> None:
        """CP stopped: in order, or by a fault that ends the program."""
        if not driver.cancelled() and self.application.is_running:
            self.application.exit()

    async def _drive(self) -> None:
        """CP, some rounds of time slices at a time; prompt_toolkit gets its turn between them."""
        keyboard, inputs = self.application.input.fileno(), self.system.dispatcher.inputs
        while not self.system.shutting_down:
            inputs.heard(keyboard)
            self._tick()
            until = time.perf_counter() + CP_TURN
            busy = self.system.step()
            while busy and time.perf_counter() < until and not self._turn_wanted():
                busy = self.system.step()
            if busy:
                for _ in range(TURNS):
                    await asyncio.sleep(0)
                continue
            self.redraw()
            self.changed.clear()
            at = self.system.next_wake_up()
            timeout = IDLE_POLL if at is None else max(0.0, min(IDLE_POLL, at - self._now()))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), timeout)

    def _turn_wanted(self) -> bool:
        """There is a key, or a redraw that a key or its answer has asked for may be due."""
        return self.system.shutting_down or self.system.dispatcher.attentive or bool(self._keyboard.poll(0))

    def _tick(self) -> None:
        """Time passes for MORE...: first the alarm, then the next screen."""
        screen, now = self.screen, self._now()
        if self.meter is not None and now - self._meter_drawn >= REFRESH_SECONDS:
            self._meter_drawn = now
            self.redraw()
        if screen.pager.tick(now, self._patience()):
            self.touched()
        elif screen.alarm(now, self._more()[1]):
            self._bell()
        if self._screen_waits and not self.buffer.text and now >= self._written_at + self._patience():
            self._back_to_screen()


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
