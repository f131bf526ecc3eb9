"""Which kind of terminal a client is, and what it sends: TN3270E, TN3270, or the lines of a network virtual terminal.

    start ---DO TN3270E--> WILL: DEVICE-TYPE, FUNCTIONS agreed ----------------------------------> TN3270E (RFC 2355)
                           WONT: DO TERMINAL-TYPE -> a 3270: BINARY and EOR both ways -----------> TN3270  (RFC 1576)
                                                     another type, or refused --------------\\
                           bytes that are no telnet command, or no answer (``no_answer``) ----+--> NVT     (RFC 854)

No sockets: ``receive`` gives events, ``output`` what has to be sent.  A client that was taken for an NVT because it
answered late becomes a 3270 when it has answered: ``Ready`` may come twice.

An NVT is a typewriter: lines end with CR LF, CR NUL, CR or LF; backspace, DEL and ^U edit; ^C, INTERRUPT PROCESS and
BREAK are the attention key.  The client echoes what is typed, except while ``mask`` is on; a client that has never sent
a telnet command (nc) is sent none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from vm370.cp.console.terminal import shown_text
from vm370.cp.console.tn3270 import records, telnet
from vm370.cp.console.tn3270.records import DataType, DisplayType, Function, Header, Reason
from vm370.cp.console.tn3270.telnet import Telnet, TelnetError, TelnetEvent
from vm370.images.ebcdic import from_ebcdic

LONGEST_RECORD = 65_536
LONGEST_LINE = 1024
LONGEST_NAME = 40
"""RFC 1091: a terminal type has at most so many characters."""
APPLICATION = "VM370"
"""The name in the BIND image."""
MOST_PROPOSALS = 8
"""Device types or lists of functions that a client may propose before it is sent away."""

_BOTH_WAYS = (telnet.END_OF_RECORD, telnet.BINARY)
_LOCAL = frozenset({telnet.BINARY, telnet.END_OF_RECORD, telnet.SUPPRESS_GO_AHEAD})
_REMOTE = frozenset(
    {telnet.BINARY, telnet.END_OF_RECORD, telnet.SUPPRESS_GO_AHEAD, telnet.TERMINAL_TYPE, telnet.TN3270E}
)
_SEND = b"\x01"
_BACKSPACES = (0x08, 0x7F)
_CONTROL_C, _CONTROL_U, _LF, _CR, _NUL = 0x03, 0x15, 0x0A, 0x0D, 0x00

ChooseName = Callable[[str], "str | Reason"]
"""The LU name for a client: the one that is asked for, any if none is; or why not."""


class Mode(Enum):
    """What the client is."""

    NEGOTIATING = "negotiating"
    NVT = "NVT"
    TN3270 = "TN3270"
    TN3270E = "TN3270E"


@dataclass(frozen=True, slots=True)
class Ready:
    """The kind of terminal is known; ``display`` unless it is an NVT."""

    mode: Mode
    display: DisplayType | None = None
    name: str = ""
    """The LU name (TN3270E)."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """The data stream of a key."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Entered:
    """A line: of an NVT, or typed to the SSCP after SYSREQ."""

    text: str


@dataclass(frozen=True, slots=True)
class LineTooLong:
    """More than LONGEST_LINE characters were typed and thrown away."""


@dataclass(frozen=True, slots=True)
class Attention:
    """The attention key."""


@dataclass(frozen=True, slots=True)
class SystemRequest:
    """The SYSREQ key."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The response to a record with this sequence number."""

    sequence: int
    positive: bool


Event = Ready | Inbound | Entered | LineTooLong | Attention | SystemRequest | Answered


def _any_name(name: str) -> str | Reason:
    return name or "LU000"


class Protocol:
    """The server's side of one connection."""

    def __init__(self, choose_name: ChooseName = _any_name) -> None:
        self.mode = Mode.NEGOTIATING
        self.display: DisplayType | None = None
        self.name = ""
        self.functions: frozenset[int] = frozenset()
        self._choose_name = choose_name
        self._telnet = Telnet(_LOCAL, _REMOTE)
        self._record = bytearray()
        self._line = bytearray()
        self._line_thrown_away = False
        self._after_return = False
        self._sequence = 0
        self._bound = False
        self._proposals = 0
        self._lines_entered = False

    # --- out ---

    def start(self) -> None:
        """The client has connected."""
        self._telnet.ask(telnet.TN3270E)

    def output(self) -> bytes:
        """What has to be sent."""
        return self._telnet.output()

    def write_3270(self, stream: bytes) -> None:
        """A command with its data stream, for a 3270.

        In TN3270E a record carries a sequence number; with RESPONSES a bad one is answered.
        """
        if self.mode is not Mode.TN3270E:
            self._telnet.send_record(stream)
            return
        if Function.BIND_IMAGE in self.functions and not self._bound and self.display is not None:
            self._bound = True
            image = records.bind_image(self.display.model, APPLICATION)
            self._telnet.send_record(Header(DataType.BIND_IMAGE).to_bytes() + image)
        response = records.ERROR_RESPONSE if Function.RESPONSES in self.functions else records.NO_RESPONSE
        header = Header(DataType.DATA_3270, 0, response, self._sequence)
        self._sequence = (self._sequence + 1) % 0x8000
        self._telnet.send_record(header.to_bytes() + stream)

    def write_text(self, text: str) -> None:
        """Text for an NVT; ``\\n`` is the end of a line."""
        shown = "\r\n".join(shown_text(line) for line in text.split("\n"))
        self._telnet.send(shown.encode("utf-8", "replace"))

    def alarm(self) -> None:
        """The bell of an NVT."""
        self._telnet.send(b"\a")

    def mask(self, on: bool) -> None:
        """Whether the client of an NVT shall not show what is typed."""
        if self._telnet.spoken:
            if on:
                self._telnet.offer(telnet.ECHO)
            else:
                self._telnet.withdraw(telnet.ECHO)

    def end(self) -> None:
        """The connection will be closed in order."""
        if self.mode is Mode.TN3270E and self._bound:
            self._bound = False
            self._telnet.send_record(Header(DataType.UNBIND).to_bytes() + bytes((records.NORMAL_END,)))

    # --- in ---

    def receive(self, data: bytes) -> list[Event]:
        """What came.  TelnetError: the connection has to end."""
        events: list[Event] = []
        for event in self._telnet.receive(data):
            self._one(event, events)
        return events

    def no_answer(self) -> list[Event]:
        """The client has not said what it is for a while: it is taken for an NVT."""
        return [self._become(Mode.NVT)] if self.mode is Mode.NEGOTIATING else []

    def _one(self, event: TelnetEvent, events: list[Event]) -> None:
        match event:
            case telnet.Data(data):
                self._data(data, events)
            case telnet.RecordEnd():
                record = bytes(self._record)
                self._record.clear()
                if self.mode is Mode.TN3270:
                    events.append(Inbound(record))
                elif self.mode is Mode.TN3270E:
                    self._record_3270e(record, events)
            case telnet.OptionChanged(option, remote, on):
                self._option(option, remote=remote, on=on, events=events)
            case telnet.Subnegotiation(telnet.TERMINAL_TYPE, data):
                self._terminal_type(data, events)
            case telnet.Subnegotiation(telnet.TN3270E, data):
                self._tn3270e(data, events)
            case telnet.Command(code):
                self._command(code, events)

    def _data(self, data: bytes, events: list[Event]) -> None:
        if self.mode in (Mode.TN3270, Mode.TN3270E):
            self._record += data
            if len(self._record) > LONGEST_RECORD:
                raise TelnetError(f"a record of more than {LONGEST_RECORD} bytes")
            return
        if self.mode is Mode.NEGOTIATING:
            events.append(self._become(Mode.NVT))
        for byte in data:
            self._typed(byte, events)

    def _command(self, code: int, events: list[Event]) -> None:
        match code:
            case telnet.INTERRUPT_PROCESS | telnet.BREAK:
                self._line.clear()
                events.append(Attention())
            case telnet.ABORT_OUTPUT:
                if self.mode is Mode.TN3270 or Function.SYSREQ in self.functions:
                    events.append(SystemRequest())
            case telnet.ARE_YOU_THERE if self.mode is Mode.NVT:
                self.write_text("VM/370\n")
            case telnet.ERASE_CHARACTER if self.mode is Mode.NVT:
                self._erase_character()
            case telnet.ERASE_LINE if self.mode is Mode.NVT:
                self._line.clear()

    def _become(self, mode: Mode) -> Ready:
        self.mode = mode
        self._record.clear()
        if mode is Mode.NVT:
            self.display = None
        return Ready(mode, self.display, self.name)

    # --- negotiation ---

    def _option(self, option: int, *, remote: bool, on: bool, events: list[Event]) -> None:
        if option == telnet.TN3270E and remote:
            if on:
                self._telnet.subnegotiate(telnet.TN3270E, bytes((records.SEND, records.DEVICE_TYPE)))
            else:
                self._leave_3270(events)
                self._telnet.ask(telnet.TERMINAL_TYPE)
        elif option == telnet.TERMINAL_TYPE and remote:
            if on:
                self._telnet.subnegotiate(telnet.TERMINAL_TYPE, _SEND)
            elif self.mode is Mode.NEGOTIATING:
                events.append(self._become(Mode.NVT))
        elif option in _BOTH_WAYS and not self._telnet.has(telnet.TN3270E, remote=True):
            if on:
                self._complete(events)
            else:
                self._leave_3270(events)
                if self.mode is Mode.NEGOTIATING and self.display is not None:
                    events.append(self._become(Mode.NVT))

    def _leave_3270(self, events: list[Event]) -> None:
        """The client takes back what made it a 3270."""
        if self.mode in (Mode.TN3270, Mode.TN3270E):
            self._bound = False
            events.append(self._become(Mode.NVT))

    def _terminal_type(self, data: bytes, events: list[Event]) -> None:
        if data[:1] != b"\0" or not self._telnet.has(telnet.TERMINAL_TYPE, remote=True):
            return
        if self.display is not None or self._telnet.has(telnet.TN3270E, remote=True):
            return
        name, _, wanted = _name(data[1:]).partition("@")
        self.display = records.display_type(name)
        if self.display is None:
            if self.mode is Mode.NEGOTIATING:
                events.append(self._become(Mode.NVT))
            return
        chosen = self._choose_name(wanted)
        self.name = chosen if isinstance(chosen, str) else ""
        for option in _BOTH_WAYS:
            self._telnet.ask(option)
            self._telnet.offer(option)
        self._complete(events)

    def _complete(self, events: list[Event]) -> None:
        """A TN3270 client is ready when both options are in force both ways."""
        if self.display is None or self.mode is Mode.TN3270:
            return
        if all(self._telnet.has(option, remote=remote) for option in _BOTH_WAYS for remote in (True, False)):
            events.append(self._become(Mode.TN3270))

    def _tn3270e(self, data: bytes, events: list[Event]) -> None:
        if not self._telnet.has(telnet.TN3270E, remote=True):
            return
        match data[0] if data else None, data[1] if len(data) > 1 else None:
            case records.DEVICE_TYPE, records.REQUEST:
                self._proposed()
                self._device_type(data[2:])
            case records.FUNCTIONS, records.REQUEST if self.display is not None:
                self._proposed()
                wanted = frozenset(data[2:])
                if wanted <= records.OFFERED:
                    self._subnegotiate_functions(records.IS, wanted)
                    events.append(self._agreed(wanted))
                else:
                    self._subnegotiate_functions(records.REQUEST, wanted & records.OFFERED)
            case records.FUNCTIONS, records.IS if self.display is not None:
                events.append(self._agreed(frozenset(data[2:]) & records.OFFERED))

    def _agreed(self, functions: frozenset[int]) -> Ready:
        self.functions = functions
        return self._become(Mode.TN3270E)

    def _proposed(self) -> None:
        self._proposals += 1
        if self._proposals > MOST_PROPOSALS:
            raise TelnetError(f"more than {MOST_PROPOSALS} proposals, and none that can be accepted")

    def _subnegotiate_functions(self, verb: int, functions: frozenset[int]) -> None:
        self._telnet.subnegotiate(telnet.TN3270E, bytes((records.FUNCTIONS, verb, *sorted(functions))))

    def _device_type(self, request: bytes) -> None:
        name, separator, wanted = request, None, b""
        for code in (records.CONNECT, records.ASSOCIATE):
            head, found, tail = request.partition(bytes((code,)))
            if found and len(head) < len(name):
                name, separator, wanted = head, code, tail
        display = records.display_type(_name(name))
        if separator == records.ASSOCIATE:
            self._reject(Reason.UNSUPPORTED_REQ)  # there are no printers to be associated with
        elif display is None:
            printer = _name(name).upper().startswith("IBM-3287")
            self._reject(Reason.UNSUPPORTED_REQ if printer else Reason.INV_DEVICE_TYPE)
        elif self.mode is Mode.TN3270E:
            self._reject(Reason.UNSUPPORTED_REQ)
        else:
            chosen = self._choose_name(_name(wanted))
            if isinstance(chosen, Reason):
                self._reject(chosen)
                return
            self.display, self.name = display, chosen
            answer = bytes((records.DEVICE_TYPE, records.IS)) + display.name.encode()
            self._telnet.subnegotiate(telnet.TN3270E, answer + bytes((records.CONNECT,)) + chosen.encode())

    def _reject(self, reason: Reason) -> None:
        codes = (records.DEVICE_TYPE, records.REJECT, records.REASON, reason)
        self._telnet.subnegotiate(telnet.TN3270E, bytes(codes))

    # --- records of TN3270E ---

    def _record_3270e(self, record: bytes, events: list[Event]) -> None:
        if len(record) < records.HEADER_LENGTH:
            raise TelnetError(f"a record of {len(record)} bytes, shorter than its header")
        header, data = Header.from_bytes(record), record[records.HEADER_LENGTH :]
        match header.data_type:
            case DataType.DATA_3270:
                events.append(Inbound(data))
            case DataType.SSCP_LU_DATA:
                events.append(Entered(shown_text(from_ebcdic(data[:LONGEST_LINE]).rstrip("\0 "))))
            case DataType.NVT_DATA:
                for byte in data:
                    self._typed(byte, events)
            case DataType.RESPONSE:
                events.append(Answered(header.sequence, header.response == records.POSITIVE))
            case _:
                pass  # what only a server sends

    # --- lines of an NVT ---

    def _typed(self, byte: int, events: list[Event]) -> None:
        after_return, self._after_return = self._after_return, byte == _CR
        if byte in (_LF, _NUL) and after_return:
            return
        if byte in (_CR, _LF):
            self._end_line(events)
        elif byte in _BACKSPACES:
            self._erase_character()
        elif byte == _CONTROL_U:
            self._line.clear()
        elif byte == _CONTROL_C:
            self._line.clear()
            events.append(Attention())
        elif byte >= 0x20 or byte == 0x09:
            if len(self._line) < LONGEST_LINE:
                self._line.append(byte)
            else:
                self._line_thrown_away = True

    def _erase_character(self) -> None:
        while self._line and self._line[-1] & 0xC0 == 0x80:
            self._line.pop()
        if self._line:
            self._line.pop()

    def _end_line(self, events: list[Event]) -> None:
        text = self._line.decode("utf-8", "replace").replace("\t", " ")
        self._line.clear()
        thrown_away, self._line_thrown_away = self._line_thrown_away, False
        events.append(LineTooLong() if thrown_away else Entered(shown_text(text)))


def _name(data: bytes) -> str:
    """A name as a client sends it; what is no name is empty."""
    text = data.decode("ascii", "replace")
    return text if len(text) <= LONGEST_NAME and text.isprintable() else "?"
