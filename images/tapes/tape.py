"""A magnetic tape as a drive sees it: blocks of 1 to 65,535 bytes and tape marks, from the load point on.

    load point | block | block | mark | block | mark | mark | (nothing was ever written from here on)

The position is a number of items (blocks and marks) from the load point.  Reading moves over one item.  Writing puts
an item at the position and ends the recorded part of the tape behind it, as a real tape drive does.

Who uses it: the tape drives of CP, `vm370 tape`, ddr.py, tapedump.py, vmfplc2.py, labels.py.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from vm370.images.errors import ImageError

LONGEST_BLOCK = 65_535
"""A CCW cannot move more bytes."""


class TapeError(ImageError):
    """A tape cannot serve a request."""


class EndOfTape(TapeError):
    """Reading where nothing was ever written."""


class AtLoadPoint(TapeError):
    """Reading backward at the load point."""


class Tape(ABC):
    """A tape on a drive."""

    name: str  # for messages: the file's path
    read_only: bool

    @property
    @abstractmethod
    def position(self) -> int:
        """Items between the load point and here."""

    @property
    @abstractmethod
    def offset(self) -> int:
        """Bytes of the file before the position: how much of a reel is used."""

    @abstractmethod
    def read(self) -> bytes | None:
        """The next block, or None for a tape mark; EndOfTape, or BadImage where the file is damaged."""

    @abstractmethod
    def read_backward(self) -> bytes | None:
        """The item before the position, not reversed, and move before it; AtLoadPoint."""

    def skip(self) -> bool:
        """Move over the next item: False for a tape mark."""
        return self.read() is not None

    def skip_backward(self) -> bool:
        """Move back over an item: False for a tape mark."""
        return self.read_backward() is not None

    @abstractmethod
    def write(self, block: bytes) -> None:
        """Write a block; what was behind it is gone."""

    @abstractmethod
    def write_mark(self) -> None:
        """Write a tape mark; what was behind it is gone."""

    @abstractmethod
    def erase(self) -> None:
        """Nothing is recorded from here on."""

    @abstractmethod
    def rewind(self) -> None:
        """Go to the load point."""

    @abstractmethod
    def flush(self) -> None:
        """Force to the host's disk."""

    @abstractmethod
    def close(self) -> None:
        """Release the host file."""

    # --- what tools need ---

    def items(self) -> Iterator[bytes | None]:
        """Every block and mark from here on."""
        while True:
            try:
                item = self.read()
            except EndOfTape:
                return
            yield item

    def files(self) -> Iterator[Iterator[bytes]]:
        """The tape files from here on, each as its blocks; a file that was not read to its end is skipped over.

        Two tape marks in a row, or the end of what was recorded, end the tape.
        """
        while True:
            blocks = self._blocks()
            first = next(blocks, None)
            if first is None:
                return
            yield _chained(first, blocks)
            for _ in blocks:
                pass

    def _blocks(self) -> Iterator[bytes]:
        for item in self.items():
            if item is None:
                return
            yield item

    def to_end(self) -> None:
        """Go behind what is recorded, before the last of two tape marks in a row: where a file is appended."""
        marks = 0
        for item in self.items():
            marks = marks + 1 if item is None else 0
        if marks > 1:
            self.skip_backward()

    def writable(self) -> None:
        """TapeError when the tape cannot be written (no ring)."""
        if self.read_only:
            raise TapeError(f"{self.name}: the tape is open read-only, it cannot be written")


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def check_block(name: str, block: bytes) -> None:
    """TapeError for a block that no tape can have."""
    if not 1 <= len(block) <= LONGEST_BLOCK:
        raise TapeError(f"{name}: a block of {len(block)} bytes: expected 1 to {LONGEST_BLOCK}")
