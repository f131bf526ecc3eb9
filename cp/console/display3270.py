"""A display of a virtual machine: the screen behind a ``DisplayStation``, and the person's keys.

    program --- write, read ---> DisplayStation ---> Display3270.screen <--- key, type --- person

``changed`` is called after everything that the program made of the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from vm370.cp.console import keyboard3270, screen3270
from vm370.cp.console.screen3270 import DataStreamError, Screen
from vm370.cp.io.display import READ_BUFFER, DisplayError, DisplayStation
from vm370.images.ebcdic import to_ebcdic


class Display3270:
    """A display station's other side."""

    def __init__(self, model: int = 2, changed: Callable[[], None] | None = None) -> None:
        self.screen: Screen = screen3270.blank(model)
        self.station: DisplayStation | None = None
        self._changed = changed

    def dial(self, station: DisplayStation) -> None:
        """Be the display of a virtual machine's device."""
        self.station = station
        station.connect(self)

    def drop(self) -> None:
        """The person goes away."""
        station, self.station = self.station, None
        if station is not None:
            station.disconnect()

    # --- what the device does ---

    def write(self, command: int, data: bytes, *, chained: bool = False) -> None:
        """A write command of the program."""
        if not chained:
            self.screen = replace(self.screen, address=self.screen.cursor)
        try:
            self.screen = screen3270.write(self.screen, command, data)
        except DataStreamError as error:
            self.screen = error.screen
            raise DisplayError(str(error)) from error
        finally:
            if self._changed is not None:
                self._changed()

    def read(self, command: int, *, chained: bool = False) -> bytes:
        """A read command of the program."""
        read = screen3270.read_buffer if command == READ_BUFFER else screen3270.read_modified
        return read(self.screen, self.screen.address if chained else 0)

    def disconnected(self) -> None:
        """The virtual machine gave the display up."""
        self.station = None

    # --- what the person does ---

    def press(self, aid: int) -> None:
        """ENTER, CLEAR, a PA or PF key."""
        if not self.screen.locked:
            self.screen = keyboard3270.press(self.screen, aid)
            if self.station is not None:
                self.station.attention()

    def key(self, action: Callable[[Screen], Screen]) -> None:
        """A key that the display serves by itself (keyboard3270.py)."""
        self.screen = action(self.screen)

    def type(self, text: str) -> None:
        """Graphic keys."""
        for code in to_ebcdic(text, errors="replace"):
            self.screen = keyboard3270.type_character(self.screen, code)
