"""Telnet (RFC 854 and 855; options as in RFC 1143): the bytes of a connection to events, and the answers.

No sockets: ``receive`` takes what came, in any pieces, and gives events; ``output`` gives what has to be sent.

    IAC IAC                 a byte FF of data
    IAC EOR                 the end of a record (RFC 885)
    IAC DO/DONT n           the other side asks us to have option n, or not     answered WILL/WONT if that is new
    IAC WILL/WONT n         the other side offers option n, or gives it up      answered DO/DONT if that is new
    IAC SB n ... IAC SE     parameters of an option
    IAC x                   a command: interrupt process, abort output, are you there, break ...

An option that neither ``local`` nor ``remote`` names is refused.  A request for what is so already is not answered, so
two sides cannot go on for ever.  More than LONGEST_SUBNEGOTIATION bytes of parameters are a TelnetError.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

IAC, DONT, DO, WONT, WILL, SB = 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0xFA
GO_AHEAD, ERASE_LINE, ERASE_CHARACTER, ARE_YOU_THERE, ABORT_OUTPUT = 0xF9, 0xF8, 0xF7, 0xF6, 0xF5
INTERRUPT_PROCESS, BREAK, DATA_MARK, NO_OPERATION, SE, EOR = 0xF4, 0xF3, 0xF2, 0xF1, 0xF0, 0xEF

BINARY, ECHO, SUPPRESS_GO_AHEAD, TERMINAL_TYPE, END_OF_RECORD, NEW_ENVIRON, TN3270E = 0, 1, 3, 24, 25, 39, 40

LONGEST_SUBNEGOTIATION = 512


class TelnetError(Exception):
    """The other side does not keep to the protocol; the connection ends."""


@dataclass(frozen=True, slots=True)
class Data:
    """Bytes outside commands."""

    data: bytes


@dataclass(frozen=True, slots=True)
class RecordEnd:
    """IAC EOR."""


@dataclass(frozen=True, slots=True)
class Command:
    """Another command of one byte."""

    code: int


@dataclass(frozen=True, slots=True)
class OptionChanged:
    """The other side (``remote``) or ours has an option now, or has it no more; also: it will not have it."""

    option: int
    remote: bool
    on: bool


@dataclass(frozen=True, slots=True)
class Subnegotiation:
    """Parameters of an option."""

    option: int
    data: bytes


TelnetEvent = Data | RecordEnd | Command | OptionChanged | Subnegotiation


class _Option(Enum):
    """What is agreed about an option on one side."""

    NO = 0
    YES = 1
    WANTED = 2
    """We asked for it."""
    UNWANTED = 3
    """We asked to be rid of it."""


class _At(Enum):
    """Where in the input the next byte stands."""

    DATA = 0
    COMMAND = 1
    OPTION = 2
    PARAMETERS = 3
    PARAMETERS_COMMAND = 4


def escaped(data: bytes) -> bytes:
    """Data with each FF doubled."""
    return data.replace(b"\xff", b"\xff\xff")


class Telnet:
    """One side of a connection."""

    def __init__(self, local: frozenset[int], remote: frozenset[int]) -> None:
        """``local``: options that we have when asked to; ``remote``: options that we let the other side have."""
        self._may_local, self._may_remote = local, remote
        self._local: dict[int, _Option] = {}
        self._remote: dict[int, _Option] = {}
        self._at = _At.DATA
        self._verb = 0
        self._parameters = bytearray()
        self._out = bytearray()
        self.spoken = False
        """The other side has sent a telnet command: it is no plain TCP client."""

    # --- out ---

    def output(self) -> bytes:
        """What has to be sent."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def send(self, data: bytes) -> None:
        """Data."""
        self._out += escaped(data)

    def send_record(self, data: bytes) -> None:
        """Data that is a record."""
        self._out += escaped(data)
        self._out += bytes((IAC, EOR))

    def command(self, code: int) -> None:
        """A command of one byte."""
        self._out += bytes((IAC, code))

    def ask(self, option: int) -> None:
        """DO: the other side shall have the option."""
        if self._remote.get(option, _Option.NO) is _Option.NO:
            self._remote[option] = _Option.WANTED
            self._out += bytes((IAC, DO, option))

    def offer(self, option: int) -> None:
        """WILL: we should like to have the option."""
        if self._local.get(option, _Option.NO) is _Option.NO:
            self._local[option] = _Option.WANTED
            self._out += bytes((IAC, WILL, option))

    def withdraw(self, option: int) -> None:
        """WONT: we do not have the option any more."""
        if self._local.get(option, _Option.NO) in (_Option.YES, _Option.WANTED):
            self._local[option] = _Option.UNWANTED
            self._out += bytes((IAC, WONT, option))

    def forbid(self, option: int) -> None:
        """DONT: the other side shall not have the option any more."""
        if self._remote.get(option, _Option.NO) in (_Option.YES, _Option.WANTED):
            self._remote[option] = _Option.UNWANTED
            self._out += bytes((IAC, DONT, option))

    def subnegotiate(self, option: int, data: bytes) -> None:
        """Parameters of an option."""
        self._out += bytes((IAC, SB, option)) + escaped(data) + bytes((IAC, SE))

    def has(self, option: int, *, remote: bool) -> bool:
        """Whether one side has an option."""
        return (self._remote if remote else self._local).get(option) is _Option.YES

    # --- in ---

    def receive(self, data: bytes) -> list[TelnetEvent]:
        """What came: events, in order."""
        events: list[TelnetEvent] = []
        position, end = 0, len(data)
        while position < end:
            if self._at is _At.DATA:
                found = data.find(IAC, position)
                stop = end if found < 0 else found
                if stop > position:
                    events.append(Data(data[position:stop]))
                position = stop + 1
                if found >= 0:
                    self._at = _At.COMMAND
            elif self._at is _At.PARAMETERS:
                found = data.find(IAC, position)
                stop = end if found < 0 else found
                self._parameter(data[position:stop])
                position = stop + 1
                if found >= 0:
                    self._at = _At.PARAMETERS_COMMAND
            else:
                self._control(data[position], events)
                position += 1
        return events

    def _parameter(self, data: bytes) -> None:
        self._parameters += data
        if len(self._parameters) > LONGEST_SUBNEGOTIATION:
            raise TelnetError(f"a subnegotiation of more than {LONGEST_SUBNEGOTIATION} bytes")

    def _control(self, code: int, events: list[TelnetEvent]) -> None:
        at, self._at = self._at, _At.DATA
        if at is _At.OPTION:
            self._negotiate(self._verb, code, events)
        elif at is _At.PARAMETERS_COMMAND:
            if code == IAC:
                self._parameter(b"\xff")
                self._at = _At.PARAMETERS
            elif code != SE:
                raise TelnetError(f"{code:02X} behind IAC in a subnegotiation, not IAC or SE")
            elif self._parameters:
                events.append(Subnegotiation(self._parameters[0], bytes(self._parameters[1:])))
        elif code == IAC:
            events.append(Data(b"\xff"))
        elif code == EOR:
            events.append(RecordEnd())
        elif code in (DO, DONT, WILL, WONT):
            self.spoken = True
            self._verb, self._at = code, _At.OPTION
        elif code == SB:
            self._parameters.clear()
            self._at = _At.PARAMETERS
        elif code not in (NO_OPERATION, DATA_MARK, GO_AHEAD, SE):
            self.spoken = True
            events.append(Command(code))

    def _negotiate(self, verb: int, option: int, events: list[TelnetEvent]) -> None:
        remote, on = verb in (WILL, WONT), verb in (WILL, DO)
        states, allowed = (self._remote, self._may_remote) if remote else (self._local, self._may_local)
        yes, no = (DO, DONT) if remote else (WILL, WONT)
        before = states.get(option, _Option.NO)
        if before is _Option.UNWANTED:  # the answer to our refusal, or a request that crossed it
            states[option] = _Option.NO
            return
        if on:
            if before is _Option.YES:
                return
            if before is _Option.NO and option not in allowed:
                self._out += bytes((IAC, no, option))
                return
            if before is _Option.NO:
                self._out += bytes((IAC, yes, option))
            states[option] = _Option.YES
        else:
            if before is _Option.NO:
                return
            if before is _Option.YES:
                self._out += bytes((IAC, no, option))
            states[option] = _Option.NO
        events.append(OptionChanged(option, remote, on))
