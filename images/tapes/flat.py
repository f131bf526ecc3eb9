"""A flat file as a tape: blocks of one length (the last may be shorter) without headers, then a tape mark.

What raw copies of single tape files are, made by `dd` and the like.  The file does not tell the block length.
"""

from __future__ import annotations

from pathlib import Path

from vm370.images.hostfile import HostFile, create_file
from vm370.images.tapes.tape import LONGEST_BLOCK, AtLoadPoint, EndOfTape, Tape, TapeError, check_block


class FlatTape(Tape):
    """A host file of blocks of ``block_length`` bytes."""

    def __init__(self, file: HostFile, block_length: int) -> None:
        if not 1 <= block_length <= LONGEST_BLOCK:
            raise TapeError(f"{file.path}: block length {block_length}: expected 1 to {LONGEST_BLOCK}")
        self.file = file
        self.name = str(file.path)
        self.read_only = file.read_only
        self.block_length = block_length
        self._position = 0

    @classmethod
    def open(cls, path: str | Path, block_length: int, read_only: bool = False) -> FlatTape:
        """Open an existing file at its start."""
        file = HostFile.open(path, read_only)
        try:
            return cls(file, block_length)
        except BaseException:
            file.close()
            raise

    @classmethod
    def create(cls, path: str | Path, block_length: int, *, overwrite: bool = False) -> FlatTape:
        """A new empty file."""
        with create_file(path, overwrite) as file:
            pass
        return cls(file, block_length)

    @property
    def _count(self) -> int:
        return -(-self.file.length // self.block_length)

    @property
    def position(self) -> int:
        return self._position

    @property
    def offset(self) -> int:
        return min(self._position * self.block_length, self.file.length)

    def read(self) -> bytes | None:
        item = self._at(self._position)
        self._position += 1
        return item

    def read_backward(self) -> bytes | None:
        if not self._position:
            raise AtLoadPoint(f"{self.name}: at the load point")
        self._position -= 1
        return self._at(self._position)

    def _at(self, number: int) -> bytes | None:
        if number > self._count:
            raise EndOfTape(f"{self.name}: nothing is recorded behind {self._count} blocks and a tape mark")
        if number == self._count:
            return None
        start = number * self.block_length
        return self.file.read(start, min(self.block_length, self.file.length - start))

    def write(self, block: bytes) -> None:
        check_block(self.name, block)
        self.erase()
        if self.file.length % self.block_length or len(block) > self.block_length:
            found = f"a block of {len(block)} bytes behind others of {self.block_length}"
            raise TapeError(f"{self.name}: {found}: a flat file has blocks of one length, the last may be shorter")
        self.file.write(self._position * self.block_length, block)
        self._position += 1

    def write_mark(self) -> None:
        """The one tape mark that a flat file has at its end."""
        self.writable()
        if self._position > self._count:
            raise TapeError(f"{self.name}: a flat file is one tape file, it has no second tape mark")
        self.erase()
        self._position += 1

    def erase(self) -> None:
        self.writable()
        if self._position > self._count:
            raise TapeError(f"{self.name}: a flat file is one tape file, nothing can follow its tape mark")
        self.file.set_length(min(self.file.length, self._position * self.block_length))

    def rewind(self) -> None:
        self._position = 0

    def flush(self) -> None:
        if not self.read_only:
            self.file.flush()

    def close(self) -> None:
        self.file.close()
