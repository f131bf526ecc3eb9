"""VM/370's own screen in line mode on a 3270 display: what a door sends to a display, and what its keys mean.

    row 1            +----------------------------------------------------------+
      ...            | what the terminal wrote                                  |
    rows - 2         +----------------------------------------------------------+
    rows - 1, rows   | input area, from the first column ...                    |
                     |                                      status (20 columns) |
                     +----------------------------------------------------------+

    position (24 by 80)   1759   attribute of the input area (dark while a password is asked for)
                          1760   the input area, 139 positions
                          1899   attribute of the status; it holds for the output area too, as the screen is a ring

The last position of the last output row belongs to the input area's attribute.  A ``VmScreen`` does no input and
output: ``tick`` tells it the time, ``stream`` gives what a display has not been sent, ``aid`` takes what it sends.

    screen = VmScreen(model)
    terminal.listeners.append(lambda line: screen.write_line(line.text, line.origin))
    each turn       screen.tick(now); screen.set_status(session.status); terminal.held = screen.held
                    send(screen.stream())
    each record     for action in screen.aid(record[0], record[1:]): ...
    when a program's screen was on the display, or it is a new one:  screen.forget()
"""

from __future__ import annotations

from dataclasses import dataclass

from vm370.cp.console.inbound3270 import receive
from vm370.cp.console.screen import Screen as Rows
from vm370.cp.console.screen3270 import (
    CLEAR,
    CODES,
    COLOR,
    DARK,
    ENTER,
    ERASE_WRITE,
    ERASE_WRITE_ALTERNATE,
    GREEN,
    INSERT_CURSOR,
    INTENSIFIED,
    MODELS,
    MODIFIED,
    NUMERIC,
    PA1,
    PA2,
    PA3,
    PF_KEYS,
    PRESENT,
    PROTECTED,
    REPEAT_TO_ADDRESS,
    SET_ATTRIBUTE,
    SET_BUFFER_ADDRESS,
    START_FIELD,
    SYSTEM_REQUEST,
    TURQUOISE,
    WCC_ALARM,
    WCC_RESTORE,
    WRITE,
    YELLOW,
    DataStreamError,
    blank,
    encode_address,
)
from vm370.cp.console.screen3270 import Screen as Display
from vm370.cp.console.terminal import Line, Origin, Status
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

STATUS_COLUMNS = 20
MORE_SECONDS = (50.0, 10.0)
"""TERMINAL MORE before anybody is logged on: seconds until the alarm, and from there to the next screen."""
COLORS = {Origin.CP: GREEN, Origin.GUEST: 0, Origin.TYPED: TURQUOISE, Origin.ALERT: YELLOW}
CONTROL = 0xC0
"""Write control character without any function."""


@dataclass(frozen=True, slots=True)
class Typed:
    """ENTER with a line (or without one)."""

    line: str


@dataclass(frozen=True, slots=True)
class Attention:
    """PA1 or SYSTEM REQUEST: to CP."""


@dataclass(frozen=True, slots=True)
class ProgramFunction:
    """A PF key, with what stands in the input area; ``replace_input`` puts another line there."""

    number: int
    line: str


Action = Typed | Attention | ProgramFunction


class VmScreen:
    """The screen of one terminal.  ``colors``: the display knows extended attributes."""

    def __init__(self, model: int = 2, *, colors: bool = False, seconds: tuple[float, float] = MORE_SECONDS) -> None:
        self.rows, self.columns = MODELS[model]
        self.size = self.rows * self.columns
        self.model = model
        self.colors = colors
        self.more_seconds = seconds
        """TERMINAL MORE."""
        self.hold = False
        """TERMINAL HOLD ON: messages of other users are not rolled away by themselves."""
        self.masked = False
        """What is typed must not be seen."""
        self._input_at = (self.rows - 2) * self.columns
        self._status_at = self.size - STATUS_COLUMNS - 1
        self._text = Rows(self.columns, self.rows - 2)
        self._now = 0.0
        self._status = Status.RUNNING
        self._refused = False
        self._alarm = False
        self._input: bytes | None = None
        """What has to stand in the input area; None: what the person has typed."""
        self._sent: list[bytes] | None = None
        """The rows that the display has; None: nothing is known of it."""
        self._sent_status: tuple[str, bool] = ("", False)
        self._locked = True
        """The display waits for its keyboard to be opened."""

    # --- what the terminal does ---

    def write_line(self, text: str, origin: Origin) -> None:
        """The terminal has a line."""
        self._text.write(Line(text, origin), self._now, self._patience, hold=self.hold)

    def set_status(self, status: Status) -> None:
        """CP READ, VM READ or RUNNING (MORE... and HOLDING are the screen's own)."""
        self._status = status

    def refuse(self) -> None:
        """NOT ACCEPTED, until the next key."""
        self._refused = True

    def sound_alarm(self) -> None:
        """The alarm, with the next stream."""
        self._alarm = True

    def replace_input(self, line: str) -> None:
        """Another line in the input area (a PF key that was set DELAYED, RETRIEVE)."""
        self._input = to_ebcdic(line, errors="replace")[: self._status_at - self._input_at]

    def tick(self, now: float) -> None:
        """Time passes: MORE... sounds the alarm, then goes on."""
        self._now = now
        if not self._text.pager.tick(now, self._patience) and self._text.alarm(now, self.more_seconds[1]):
            self._alarm = True

    def forget(self) -> None:
        """Nothing is known of what the display shows: the next stream makes it anew."""
        self._sent = None

    @property
    def _patience(self) -> float:
        return sum(self.more_seconds)

    @property
    def held(self) -> bool:
        """The screen is full and waits for the person: ``Terminal.held``."""
        return self._text.full

    @property
    def status(self) -> Status:
        """What the status field shows."""
        if self._refused:
            return Status.NOT_ACCEPTED
        return self._text.pager.status or self._status

    @property
    def wake_up_at(self) -> float | None:
        """When ``tick`` has something to do."""
        pager = self._text.pager
        if pager.status is not Status.MORE:
            return None
        alarm = pager.deadline - self.more_seconds[1]
        return alarm if self._now < alarm else pager.deadline

    # --- what the display is sent ---

    def stream(self) -> bytes:
        """A write command with its data, or nothing when the display shows all that there is."""
        anew = self._sent is None
        rows = self._shown()
        before = self._sent if self._sent is not None else [b""] * len(rows)
        out = bytearray()
        for number, (row, old) in enumerate(zip(rows, before, strict=True)):
            if row != old:
                out += self._row(number, row)
        status = (self.status.value, self.masked)
        if anew or status != self._sent_status or self._input is not None:
            out += self._input_and_status(anew)
        if not out and not self._locked and not self._alarm:
            return b""
        command = WRITE
        if anew:
            command = ERASE_WRITE if self.model == 2 else ERASE_WRITE_ALTERNATE
        control = CONTROL | WCC_RESTORE | (WCC_ALARM if self._alarm else 0)
        self._sent, self._sent_status = rows, status
        self._locked, self._alarm, self._input = False, False, None
        return bytes((command, control)) + bytes(out)

    def _shown(self) -> list[bytes]:
        """The output rows as they are sent, without blanks at their ends."""
        shown = [self._encoded(origin, text) for origin, text in self._text.visible()]
        return shown + [b""] * (self.rows - 2 - len(shown))

    def _encoded(self, origin: Origin, text: str) -> bytes:
        row = to_ebcdic(text.rstrip(), errors="replace")
        if self.colors and row and (color := COLORS[origin]):
            return bytes((SET_ATTRIBUTE, COLOR, color)) + row + bytes((SET_ATTRIBUTE, COLOR, 0))
        return row

    def _row(self, number: int, row: bytes) -> bytes:
        """Orders for one output row; the attribute of the input area stays."""
        start, end = number * self.columns, (number + 1) * self.columns
        colored = row[:1] == bytes((SET_ATTRIBUTE,))
        length = len(row) - 6 if colored else len(row)
        if end == self._input_at:
            end -= 1
            if length > self.columns - 1:
                row = row[:-4] + row[-3:] if colored else row[:-1]
                length -= 1
        out = bytes((SET_BUFFER_ADDRESS,)) + self._address(start) + row
        if length < end - start:
            out += bytes((REPEAT_TO_ADDRESS,)) + self._address(end) + b"\0"
        return out

    def _input_and_status(self, anew: bool) -> bytes:
        """The two fields at the bottom; what was typed stays unless it was sent or replaced."""
        display = DARK if self.masked else INTENSIFIED
        out = bytearray((SET_BUFFER_ADDRESS,)) + self._address(self._input_at - 1)
        out += bytes((START_FIELD, CODES[display | MODIFIED]))
        if anew or self._input is not None:
            text = self._input or b""
            out += text
            at = self._input_at + len(text)
            if at < self._status_at:
                out += bytes((REPEAT_TO_ADDRESS,)) + self._address(self._status_at) + b"\0"
            out += bytes((SET_BUFFER_ADDRESS,)) + self._address(min(at, self._status_at - 1))
            out += bytes((INSERT_CURSOR,))
        out += bytes((SET_BUFFER_ADDRESS,)) + self._address(self._status_at)
        out += bytes((START_FIELD, CODES[PROTECTED | NUMERIC]))
        return bytes(out + to_ebcdic(f"{self.status.value:{STATUS_COLUMNS}}"))

    def _address(self, position: int) -> bytes:
        return encode_address(position, self.size)

    # --- what the display sends ---

    def aid(self, aid: int, data: bytes) -> list[Action]:
        """An attention identifier, and what came behind it (cursor address, modified fields)."""
        self._locked = True
        self._refused = False
        pager = self._text.pager
        match aid:
            case _ if aid == CLEAR:
                self.forget()
                pager.key(self._now, self._patience)
                return []
            case _ if aid == PA2:
                pager.key(self._now, self._patience)
                return []
            case _ if aid in (PA1, SYSTEM_REQUEST):
                pager.catch_up()
                return [Attention()]
            case _ if aid == ENTER:
                return self._enter(self._line(aid, data))
            case _ if aid in PF_KEYS:
                return [ProgramFunction(PF_KEYS.index(aid) + 1, self._line(aid, data))]
            case _ if aid == PA3:
                return []
        return []

    def _enter(self, line: str) -> list[Action]:
        pager = self._text.pager
        if not line and pager.enter(self._now, self._patience):
            return []
        if self._text.backlog:
            pager.catch_up()
        pager.key(self._now, self._patience)
        self._input = b""
        return [Typed(line)]

    def _line(self, aid: int, data: bytes) -> str:
        """What stands in the input area."""
        attributes = bytearray(self.size)
        attributes[self._input_at - 1] = PRESENT
        attributes[self._status_at] = PRESENT | PROTECTED
        empty = blank(self.model, alternate=True)
        screen = Display(
            **{name: getattr(empty, name) for name in ("model", "rows", "columns", "characters")},
            attributes=bytes(attributes),
        )
        try:
            screen = receive(screen, bytes((aid,)) + data)
        except DataStreamError:
            return ""
        return from_ebcdic(screen.characters[self._input_at : self._status_at].replace(b"\0", b"")).rstrip()
