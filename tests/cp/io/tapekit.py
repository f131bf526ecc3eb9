"""A tape in memory: a list of blocks and marks."""

from __future__ import annotations

from vm370.images.tapes.tape import AtLoadPoint, EndOfTape, Tape, check_block


class MemoryTape(Tape):
    """What every tape does, without a file."""

    def __init__(self, *items: bytes | None, read_only: bool = False) -> None:
        self.name = "memory"
        self.read_only = read_only
        self.recorded = list(items)
        self.at = 0
        self.flushed = 0

    @property
    def position(self) -> int:
        return self.at

    @property
    def offset(self) -> int:
        return sum(len(item or b"") for item in self.recorded[: self.at])

    def read(self) -> bytes | None:
        if self.at == len(self.recorded):
            raise EndOfTape("memory: end")
        self.at += 1
        return self.recorded[self.at - 1]

    def read_backward(self) -> bytes | None:
        if not self.at:
            raise AtLoadPoint("memory: load point")
        self.at -= 1
        return self.recorded[self.at]

    def write(self, block: bytes) -> None:
        check_block(self.name, block)
        self._put(block)

    def write_mark(self) -> None:
        self._put(None)

    def _put(self, item: bytes | None) -> None:
        self.erase()
        self.recorded.append(item)
        self.at += 1

    def erase(self) -> None:
        self.writable()
        del self.recorded[self.at :]

    def rewind(self) -> None:
        self.at = 0

    def flush(self) -> None:
        self.flushed += 1

    def close(self) -> None:
        self.name = "closed"
