"""The front of a 3270 client: VM/370's screen in line mode, and the screens of programs.

    line mode      vmscreen.VmScreen makes data streams of lines and status, and lines of the client's keys
    full screen    a program's data streams go to the client as they are, and to a model (display3270.Display3270), from
                   which the program's reads are answered at once; a client that is too slow gets the model's screen
                   instead of everything that was written

Only when all before has been sent the next stream is made, so a slow client costs no storage and sees the newest state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.console.display3270 import Display3270
from vm370.cp.console.program_keys import copied, tabbed
from vm370.cp.console.screen3270 import (
    CLEAR,
    ENTER,
    NO_AID,
    PA1,
    PA2,
    STRUCTURED_FIELD_AID,
    SYSTEM_REQUEST,
    WRITE_STRUCTURED_FIELD,
    DataStreamError,
)
from vm370.cp.console.terminal import Line, Origin, Status
from vm370.cp.console.tn3270.protocol import Event, Inbound
from vm370.cp.console.vmscreen import Attention, ProgramFunction, Typed, VmScreen

if TYPE_CHECKING:
    from vm370.cp.console.tn3270.protocol import Protocol
    from vm370.cp.console.tn3270.records import DisplayType
    from vm370.cp.console.tn3270.station import Station

MOST_STREAMS = 65_536
"""Bytes of a program's data streams that wait for a slow client."""
LINES_REMEMBERED = 50
"""Lines that RETRIEVE brings back."""


class Screens:
    """A 3270 terminal's two kinds of screen."""

    def __init__(self, station: Station, protocol: Protocol, display: DisplayType) -> None:
        self._station = station
        self._protocol = protocol
        self._screen = VmScreen(display.model, colors=display.extended)
        self._display = Display3270(display.model, sent=self._sent)
        self._streams: list[bytes] = []
        self._waiting = 0
        self._anew = False
        """The client has to get the whole screen of the program."""
        self._typed: list[str] = []
        self._retrieved = 0
        terminal = station.terminal
        for line in terminal.lines:
            self._line(line)
        terminal.full_screen = self._display
        terminal.listeners.append(self._line)
        terminal.screen_listeners.append(self._other_screen)

    def leave(self) -> None:
        """Another front takes over."""
        terminal = self._station.terminal
        terminal.listeners.remove(self._line)
        terminal.screen_listeners.remove(self._other_screen)
        terminal.leave_full_screen()
        terminal.full_screen = None

    # --- out ---

    @property
    def _full(self) -> bool:
        """A program's screen is shown."""
        return self._station.terminal.shown_screen is not None

    def _line(self, line: Line) -> None:
        self._screen.write_line(line.text, line.origin)
        self._station.terminal.held = self._screen.held
        self._station.touched()

    def _other_screen(self) -> None:
        self._forget_streams()
        if self._full:
            self._anew = True
            self._station.terminal.held = False
        else:
            self._screen.forget()
        self._station.touched()

    def _forget_streams(self) -> None:
        self._streams.clear()
        self._waiting = 0

    def _sent(self, command: int, data: bytes) -> None:
        """The program has written; the model has it already."""
        if command == WRITE_STRUCTURED_FIELD and self._display.screen.reply:
            return  # a question that the model has answered
        if not self._full or self._anew:
            return
        self._streams.append(bytes((command,)) + data)
        self._waiting += len(data) + 1
        if self._waiting > MOST_STREAMS:
            self._forget_streams()
            self._anew = True
        self._station.touched()

    def waiting(self) -> int:
        """Bytes that have to be sent."""
        return self._waiting

    def send(self) -> None:
        """Hand the protocol what there is."""
        if not self._full:
            stream = self._screen.stream()
            if stream:
                self._protocol.write_3270(stream)
            return
        if self._anew:
            self._anew = False
            command, data = self._display.repaint()
            self._protocol.write_3270(bytes((command,)) + data)
        for stream in self._streams:
            self._protocol.write_3270(stream)
        self._forget_streams()

    def look(self, now: float) -> None:
        """Time has passed, or the status is another."""
        session, screen, terminal = self._station.session, self._screen, self._station.terminal
        if session is None:
            return
        if session.vm is not None:
            options = session.vm.terminal_options
            screen.more_seconds = (float(options.more[0]), float(options.more[1]))
            screen.hold = options.hold
        if terminal.open_line and session.status is Status.VM_READ:
            terminal.write("", Origin.GUEST)  # a display has no carrier that could stand behind the text
        screen.tick(now)
        screen.set_status(session.status)
        screen.masked = session.masked
        if not self._full:
            terminal.held = screen.held

    # --- in ---

    def receive(self, event: Event) -> None:
        """A key's data stream."""
        if not isinstance(event, Inbound) or not event.data or event.data[0] == STRUCTURED_FIELD_AID:
            return
        aid = event.data[0]
        if self._full:
            self._program_key(aid, event.data)
        elif aid != NO_AID:
            self._line_key(aid, event.data[1:])
        self._station.touched()

    def _program_key(self, aid: int, record: bytes) -> None:
        """A key on a program's screen."""
        session = self._station.connect()
        if aid == SYSTEM_REQUEST:
            self.system_request()
        elif aid == PA1 and session.dialed is None and not self._pa1_for_guest():
            session.attention()
        else:
            try:
                self._display.receive(record)
            except DataStreamError:
                self._anew = True  # the client's screen is not what it should be

    def _pa1_for_guest(self) -> bool:
        vm = self._station.connect().vm
        return vm is not None and vm.services.screen.pa1_for_guest

    def _line_key(self, aid: int, data: bytes) -> None:
        """A key on VM/370's screen."""
        session, terminal = self._station.connect(), self._station.terminal
        if aid == PA2 and session.vm is not None and session.vm.services.screen.pa2():
            self._screen.forget()
            return
        covered = terminal.covered
        for action in self._screen.aid(aid, data):
            match action:
                case Typed(line):
                    covered = covered and not line
                    self.typed(line)
                case Attention():
                    session.attention()
                case ProgramFunction(number, line):
                    self._program_function(number, line)
        terminal.held = self._screen.held
        if covered and aid in (CLEAR, PA2, ENTER) and self._screen.status not in (Status.MORE, Status.HOLDING):
            terminal.uncover()

    def typed(self, text: str) -> None:
        """A line."""
        session = self._station.connect()
        if not session.masked and text:
            self._typed = [*self._typed[-LINES_REMEMBERED:], session.concealed(text)]
        self._retrieved = 0
        if session.locked:
            self._screen.refuse()
        else:
            session.enter(text)

    def attention(self) -> None:
        """The attention key."""
        self._station.connect().attention()

    def system_request(self) -> None:
        """SYSREQ: a dialed terminal comes back to CP, another one goes to CP.  The client's screen is empty now."""
        session = self._station.connect()
        dialed = session.dialed
        self._screen.forget()
        self._anew = self._full
        if dialed is not None:
            dialed.hang_up()
            session.dropped()
        else:
            session.attention()
        self._station.touched()

    def _program_function(self, number: int, line: str) -> None:
        """What SET PFnn gave the key."""
        vm, screen = self._station.connect().vm, self._screen
        kind, _, text = (vm.settings.pf_keys.get(number, "") if vm is not None else "").partition(" ")
        match kind:
            case "RETRIEVE" if self._typed:
                self._retrieved = self._retrieved % len(self._typed) + 1
                screen.replace_input(self._typed[-self._retrieved])
            case "TAB":
                screen.replace_input(tabbed(line, len(line), [int(word) for word in text.split()])[0])
            case "COPY" if vm is not None:
                rows = [each.text for each in list(self._station.terminal.lines)[-screen.rows + 2 :]]
                self._station.terminal.write(copied(vm, rows), Origin.CP)
            case "DELAY":
                screen.replace_input(text)
            case "IMMED":
                screen.replace_input("")
                self.typed(text)
