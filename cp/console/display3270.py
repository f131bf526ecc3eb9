"""A 3270 display: the screen that a program writes to, and the person's keys.

    program --- write, read ---> (DisplayStation) ---> Display3270.screen <--- key, type, press --- person
        ^                                                   |
        '------------ user.attention() ---------------------+--- changed(), sent(command, data) ---> what shows it

``user`` is whose screen it is: the display station of a virtual machine (SIO, DIAL), or what serves DIAGNOSE X'58'.
The local console draws ``screen`` when ``changed`` is called.  A door with a real 3270 behind it passes on what
``sent`` gets, and hands over what the client answers with ``receive``; ``repaint`` makes a screen anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from vm370.cp.console import inbound3270, keyboard3270, orders3270, screen3270
from vm370.cp.console.screen3270 import DataStreamError, Screen
from vm370.cp.io.display import READ_BUFFER, WRITE_STRUCTURED_FIELD, DisplayError, DisplayStation
from vm370.images.ebcdic import to_ebcdic


class ScreenUser(Protocol):
    """Whose screen it is; a ``DisplayStation`` is one."""

    def attention(self) -> None:
        """A key with an attention identifier was pressed; it is in ``screen.aid``."""


class Display3270:
    """A display station's other side."""

    def __init__(
        self,
        model: int = 2,
        changed: Callable[[], None] | None = None,
        *,
        sent: Callable[[int, bytes], None] | None = None,
    ) -> None:
        self.screen: Screen = screen3270.blank(model)
        self.user: ScreenUser | None = None
        self.on_interrupted: Callable[[], None] | None = None
        """Called when the person has seen the lines that ended full-screen mode: the user may write his screen."""
        self.changed = changed
        self.sent = sent
        self._station: DisplayStation | None = None

    # --- whose it is ---

    def begin(self, user: ScreenUser, on_interrupted: Callable[[], None] | None = None) -> None:
        """An empty screen, with the keyboard open, for another user."""
        self.screen = replace(screen3270.blank(self.screen.model), locked=False)
        self.user, self.on_interrupted = user, on_interrupted

    def end(self) -> None:
        """Nobody uses the screen any more."""
        self.user = self.on_interrupted = None

    def dial(self, station: DisplayStation) -> None:
        """Be the display of a virtual machine's device."""
        self.user = self._station = station
        station.connect(self)

    def drop(self) -> None:
        """The person goes away."""
        station, self._station, self.user = self._station, None, None
        if station is not None:
            station.disconnect()

    # --- what the program does ---

    def write(self, command: int, data: bytes, *, chained: bool = False) -> None:
        """A write command of the program."""
        if not chained:
            self.screen = replace(self.screen, address=self.screen.cursor)
        start = self.screen.address
        try:
            self.screen = orders3270.write(self.screen, command, data)
        except DataStreamError as error:
            self.screen = error.screen
            raise DisplayError(str(error)) from error
        else:
            if self.sent is not None:
                self.sent(command, orders3270.starting_at(data, start, self.screen, command))
        finally:
            if self.changed is not None:
                self.changed()
        if command == WRITE_STRUCTURED_FIELD and self.screen.reply and self.user is not None:
            self.user.attention()

    def read(self, command: int, *, chained: bool = False) -> bytes:
        """A read command of the program."""
        start = self.screen.address if chained else 0
        if command == READ_BUFFER:
            return inbound3270.read_buffer(self.screen, start)
        answer = inbound3270.read_modified(self.screen, start)
        if self.screen.reply:
            self.screen = inbound3270.taken(self.screen)
        return answer

    def disconnected(self) -> None:
        """The virtual machine gave the display up."""
        self._station = self.user = None

    def interrupted(self) -> None:
        """The person has seen the lines that ended full-screen mode."""
        if self.on_interrupted is not None:
            self.on_interrupted()

    def repaint(self) -> tuple[int, bytes]:
        """Command and data that make the whole screen on a display of the same model, whatever it shows now."""
        return orders3270.repaint(self.screen)

    # --- what the person does ---

    def press(self, aid: int) -> None:
        """ENTER, CLEAR, a PA or PF key, SYSTEM REQUEST."""
        if not self.screen.locked:
            self.screen = keyboard3270.press(self.screen, aid)
            self._attention()

    def receive(self, record: bytes) -> None:
        """What a real display sent: attention identifier, cursor address, fields.  DataStreamError."""
        self.screen = inbound3270.receive(self.screen, record)
        self._attention()

    def _attention(self) -> None:
        if self.changed is not None:
            self.changed()
        if self.user is not None:
            self.user.attention()

    def key(self, action: Callable[[Screen], Screen]) -> None:
        """A key that the display serves by itself (keyboard3270.py)."""
        self.screen = action(self.screen)

    def type(self, text: str) -> None:
        """Graphic keys."""
        for code in to_ebcdic(text, errors="replace"):
            self.screen = keyboard3270.type_character(self.screen, code)
