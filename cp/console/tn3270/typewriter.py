"""The front of a client that has lines only (NVT): a typewriter.

What CP and guests write goes out line by line, and text without a carrier return at once; what was typed the client has
shown itself.  When more than FULL characters wait, the machine waits too, as for a slow typewriter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.console.terminal import Line, Origin

if TYPE_CHECKING:
    from vm370.cp.console.tn3270.protocol import Event, Protocol
    from vm370.cp.console.tn3270.station import Station

FULL = 16_384


class Typewriter:
    """Lines out, lines in."""

    def __init__(self, station: Station, protocol: Protocol) -> None:
        self._station = station
        self._protocol = protocol
        self._text: list[str] = []
        self._waiting = 0
        self._open = ""
        """What was sent of the open line."""
        self._masked = False
        terminal = station.terminal
        for line in terminal.lines:
            self._line(line)
        terminal.listeners.append(self._line)
        terminal.open_listeners.append(self._open_line)

    def leave(self) -> None:
        """Another front takes over."""
        self._station.terminal.listeners.remove(self._line)
        self._station.terminal.open_listeners.remove(self._open_line)

    # --- out ---

    def _line(self, line: Line) -> None:
        text = line.text
        if line.origin is Origin.TYPED:
            self._open = ""
            return
        if self._open and text.startswith(self._open):
            text = text[len(self._open) :]
        self._open = ""
        self._say(text + "\n")

    def _open_line(self) -> None:
        text = self._station.terminal.open_line
        self._say(text[len(self._open) :])
        self._open = text

    def _say(self, text: str) -> None:
        self._text.append(text)
        self._waiting += len(text)
        if self._waiting > FULL:
            self._station.terminal.held = True
        self._station.touched()

    def waiting(self) -> int:
        """Characters that have to be sent."""
        return self._waiting

    def send(self) -> None:
        """Hand the protocol what there is."""
        text, self._text, self._waiting = "".join(self._text), [], 0
        if text:
            self._protocol.write_text(text)
        self._station.terminal.held = False

    def look(self, now: float) -> None:
        """Whether what is typed may be seen may have changed."""
        session = self._station.session
        masked = session is not None and session.masked
        if masked is not self._masked:
            self._masked = masked
            self._protocol.mask(masked)

    # --- in ---

    def receive(self, event: Event) -> None:
        """What the client sends beside lines and attentions: nothing."""

    def typed(self, text: str) -> None:
        """A line."""
        if self._masked:
            self._say("\n")
        session = self._station.connect()
        session.enter(text)

    def attention(self) -> None:
        """The attention key."""
        self._station.connect().attention()
