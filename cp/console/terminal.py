"""A terminal as CP sees it: lines that were written, a status, and nothing of the host's screen.

The console (prompt_toolkit) and the script reader each show a ``Terminal`` and pass on what a person types to its
``Session``.  All output of CP and of guests goes through ``write``: there is one writer.

A terminal that is a display (``full_screen``) has two modes.  In line mode it shows the lines.  A program that writes a
whole screen (DIAGNOSE X'58', START I/O to a display, DIAL) puts it into full-screen mode with ``enter_full_screen``;
``leave_full_screen`` ends it, and so does a line that the program writes.  Lines of CP do not end it, but they cover
the screen (``covered``) until the person goes on (``uncover``).  ``shown_screen`` is what the person has to see.
"""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vm370.cp.console.display3270 import Display3270

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
    NOT_ACCEPTED = "NOT ACCEPTED"


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

    def __init__(self, full_screen: Display3270 | None = None) -> None:
        self.full_screen = full_screen
        """The display that the terminal is, for programs that write whole screens; None: it has lines only."""
        self.in_full_screen = False
        """A program's screen is in force."""
        self.covered = False
        """Lines were written over a program's screen, and the person has not gone on."""
        self.screen_listeners: list[Callable[[], None]] = []
        """They are called when ``shown_screen`` has changed."""
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

    # --- full-screen mode ---

    @property
    def shown_screen(self) -> Display3270 | None:
        """The display that the person has to see instead of the lines."""
        return self.full_screen if self.in_full_screen and not self.covered else None

    def enter_full_screen(self) -> None:
        """A program has written to ``full_screen``."""
        self._show_screen(in_full_screen=True, covered=self.covered)

    def leave_full_screen(self) -> None:
        """The program has no use for the screen any more."""
        self._show_screen(in_full_screen=False, covered=False)

    def cover(self) -> None:
        """The person wants to see the lines."""
        self._show_screen(in_full_screen=self.in_full_screen, covered=self.in_full_screen)

    def uncover(self) -> None:
        """The person has seen the lines that were written over the screen."""
        covered = self.covered
        self._show_screen(in_full_screen=self.in_full_screen, covered=False)
        if covered and not self.in_full_screen and self.full_screen is not None:
            self.full_screen.interrupted()

    def _show_screen(self, *, in_full_screen: bool, covered: bool) -> None:
        before = self.shown_screen
        self.in_full_screen, self.covered = in_full_screen, covered
        if self.shown_screen is not before:
            for listener in tuple(self.screen_listeners):
                listener()

    # --- lines ---

    def write(self, text: str, origin: Origin = Origin.CP) -> None:
        """One whole line."""
        if self.in_full_screen and origin is not Origin.TYPED:
            self._show_screen(in_full_screen=origin is not Origin.GUEST, covered=True)
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
        new = list(islice(reversed(self.lines), max(0, self.written - serial)))
        new.reverse()
        return new
