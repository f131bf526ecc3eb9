"""SIMH tapes (.tap): each block between two copies of its length, 32 bits, little endian.

    00000000                       tape mark
    length, bytes, [pad], length   a block; one byte of padding behind an odd length; bit 31 of the length: it was read
                                   with an error when the tape was copied
    FFFFFFFE                       erase gap: nothing                      FFFFFFFF    end of the medium

`0500 0000 E5D4 F3F7 F000 0500 0000` is the block VM370, with its padding.  Some writers leave the padding out; whether
a file has it shows at its first block of odd length, and everywhere else the same is expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import construct

from vm370.images.errors import BadImage, ImageError
from vm370.images.hostfile import HostFile, create_file
from vm370.images.tapes.items import ItemTape
from vm370.images.tapes.tape import LONGEST_BLOCK, EndOfTape, check_block

Length = construct.Int32ul
WIDTH = Length.sizeof()
MARK, GAP, END = 0, 0xFFFFFFFE, 0xFFFFFFFF
ERROR = 0x80000000


@dataclass(frozen=True, slots=True)
class Item:
    """A block (``length`` bytes at ``start``) or a tape mark in the file."""

    start: int
    length: int
    end: int
    mark: bool
    bad: bool = False


class SimhTape(ItemTape[Item]):
    """A tape in a host file."""

    def __init__(self, file: HostFile) -> None:
        super().__init__(file)
        self._padded: bool | None = None
        """None: no block of odd length was seen yet."""

    @classmethod
    def create(cls, path: str | Path, *, overwrite: bool = False) -> SimhTape:
        """A new tape with nothing on it, open read-write."""
        with create_file(path, overwrite) as file:
            pass
        return cls(file)

    @classmethod
    def open(cls, path: str | Path, read_only: bool = False) -> SimhTape:
        """Open a tape at its load point; BadImage when the file does not begin like one."""
        file = HostFile.open(path, read_only)
        try:
            tape = cls(file)
            if file.length:
                tape._item(0, 0)
        except EndOfTape:
            pass
        except BaseException:
            file.close()
            raise
        return tape

    def _length(self, offset: int, number: int) -> int:
        if offset + WIDTH > self.file.length:
            found = f"end of file after {max(0, self.file.length - offset)} bytes"
            raise BadImage(self.name, offset, found, f"the length of a block (item {number})")
        return int(Length.parse(self.file.read(offset, WIDTH)))

    def _item(self, offset: int, number: int) -> Item:
        start = offset
        while (word := self._length(offset, number)) == GAP:
            offset += WIDTH
            if offset == self.file.length:
                raise EndOfTape(f"{self.name}: nothing is recorded behind offset {start}")
        if word == END:
            raise EndOfTape(f"{self.name}: the end of the medium is at offset {offset}")
        offset += WIDTH
        if word == MARK:
            return Item(offset, 0, offset, True)
        length = word & ~ERROR
        if not 1 <= length <= LONGEST_BLOCK:
            raise BadImage(self.name, offset - WIDTH, f"length {length}", f"1 to {LONGEST_BLOCK} (item {number})")
        for padded in (True, False) if self._padded is None else (self._padded,):
            behind = offset + length + (padded and length & 1)
            if behind + WIDTH <= self.file.length and self._length(behind, number) == word:
                if length & 1:
                    self._padded = padded
                return Item(offset, length, behind + WIDTH, False, bool(word & ERROR))
        raise BadImage(self.name, offset + length, "another value", f"the length {length} again (item {number})")

    def _data(self, item: Item) -> bytes | None:
        if item.mark:
            return None
        if item.bad:
            raise BadImage(self.name, item.start, "a block that was read with an error", "a good one")
        return self.file.read(item.start, item.length)

    def write(self, block: bytes) -> None:
        check_block(self.name, block)
        self.writable()
        if self._padded is None and len(block) & 1:
            self._padded = True
        padding = bytes(len(block) & 1) if self._padded else b""
        length = Length.build(len(block))
        start = self._cut() + WIDTH
        self.file.write(start - WIDTH, length + block + padding + length)
        self._written(Item(start, len(block), start + len(block) + len(padding) + WIDTH, False))

    def write_mark(self) -> None:
        self.writable()
        start = self._cut()
        self.file.write(start, Length.build(MARK))
        self._written(Item(start + WIDTH, 0, start + WIDTH, True))


def is_simh(file: HostFile) -> bool:
    """Whether the file begins with a SIMH block; two tape marks or an erase gap look like nothing else, too."""
    head = file.read(0, min(2 * WIDTH, file.length))
    if head[:WIDTH] == Length.build(GAP) or head == bytes(2 * WIDTH):
        return True
    try:
        return SimhTape(file)._item(0, 0).length > 0
    except ImageError:
        return False
