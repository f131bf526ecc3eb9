"""The carriage of a line printer with a forms control buffer: which line the paper stands at, which channels it passes.

The buffer has one byte per line of the form::

    bits 0-2  zero
    bit  3    last line of the form (in the first byte: print position index, ignored here)
    bits 4-7  channel 1-12 at this line, 0 none

Line 1 is where the paper stands when the buffer is loaded.
"""

from __future__ import annotations

from typing import Any, ClassVar

LAST_LINE = 0x10
CHANNEL = 0x0F


class CarriageError(Exception):
    """A forms control buffer is no good."""


class Carriage:
    """Channels by line, and the current line."""

    LONGEST: ClassVar[int] = 180
    """Bytes of the buffer of a 3211."""

    def __init__(self, channels: tuple[int, ...], line: int = 0) -> None:
        self.channels = channels
        self.line = line
        """Counted from 0."""

    @classmethod
    def from_buffer(cls, buffer: bytes) -> Carriage:
        """
        >>> Carriage.from_buffer(bytes.fromhex("010000 19")).channels
        (1, 0, 0, 9)
        """
        channels = []
        for number, byte in enumerate(buffer):
            if byte & ~(LAST_LINE | CHANNEL) or byte & CHANNEL > 12:
                raise CarriageError(f"forms control buffer, byte {number}: found {byte:02X}, expected channel 00 to 0C")
            channels.append(byte & CHANNEL)
            if byte & LAST_LINE and number > 0:
                return cls(tuple(channels))
        raise CarriageError(f"forms control buffer of {len(buffer)} bytes: no last line (bit X'10')")

    def space(self, lines: int) -> set[int]:
        """Go on by some lines; the channels at the lines arrived at or passed."""
        passed = set()
        for _ in range(lines):
            self.line = (self.line + 1) % len(self.channels)
            passed.add(self.channels[self.line])
        return passed - {0}

    def skip(self, channel: int) -> bool:
        """Go on to the next line with this channel; False if the form has none."""
        if channel not in self.channels:
            return False
        self.space(1)
        while self.channels[self.line] != channel:
            self.space(1)
        return True

    def save(self) -> Any:
        """JSON-able state."""
        return {"channels": list(self.channels), "line": self.line}

    @classmethod
    def restored(cls, state: Any) -> Carriage:
        """The inverse of ``save``."""
        return cls(tuple(state["channels"]), state["line"])
