"""A terminal as CP sees it: lines that were written, a status, and nothing of the host's screen.

The console (prompt_toolkit) and the script reader each show a ``Terminal`` and pass on what a person types to its
``Session``.  All output of CP and of guests goes through ``write``: there is one writer.
"""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

SCROLLBACK_LINES = 10_000
LONGEST_OPEN_LINE = 4096
"""Characters; a guest that never sends a carrier return gets one after so many."""


class Status(Enum):
    """The status field of VM/370's screen."""

    CP_READ = "CP READ"
    VM_READ = "VM READ"
    RUNNING = "RUNNING"
    MORE = "MORE..."
    HOLDING = "HOLDING"


class Origin(Enum):
    """Who wrote a line."""

    CP = "cp"
    GUEST = "guest"
    TYPED = "typed"
    ALERT = "alert"  # a message or warning from another user or the operator


def shown_text(text: str) -> str:
    """Text as the host may show it: what would control a terminal is a full stop."""
    if text.isprintable():
        return text
    return "".join("." if unicodedata.category(character).startswith("C") else character for character in text)


@dataclass(frozen=True, slots=True)
class Line:
    """One line on the terminal."""

    text: str
    origin: Origin


class Terminal:
    """Lines written so far (bounded), with a serial number so that a viewer can ask for what is new."""

    def __init__(self) -> None:
        self.lines: deque[Line] = deque(maxlen=SCROLLBACK_LINES)
        self.written = 0
        """How many lines were ever written."""
        self.open_line = ""
        """Text of a line that was written without a carrier return; the cursor stands behind it."""
        self.listeners: list[Callable[[Line], None]] = []
        """They get each line."""
        self.open_listeners: list[Callable[[], None]] = []
        """They are called when ``open_line`` has changed."""
        self._held = False
        self.released: Callable[[], None] | None = None
        """Called when the machine has room again."""

    @property
    def held(self) -> bool:
        """The screen is full and waits for the user; the machine does not run until there is room."""
        return self._held

    @held.setter
    def held(self, held: bool) -> None:
        changed, self._held = self._held and not held, held
        if changed and self.released is not None:
            self.released()

    def write(self, text: str, origin: Origin = Origin.CP) -> None:
        """One whole line."""
        line = Line(self.open_line + text, origin)
        self.open_line = ""
        self.lines.append(line)
        self.written += 1
        for listener in tuple(self.listeners):
            listener(line)

    def write_partial(self, text: str) -> None:
        """Text without a carrier return (console command 01)."""
        if len(self.open_line) + len(text) > LONGEST_OPEN_LINE:
            self.write("", Origin.GUEST)
        self.open_line += text
        for listener in tuple(self.open_listeners):
            listener()

    def since(self, serial: int) -> list[Line]:
        """Lines written after ``written`` had the value ``serial`` (those still kept)."""
        count = min(self.written - serial, len(self.lines))
        return list(self.lines)[len(self.lines) - count :] if count > 0 else []
