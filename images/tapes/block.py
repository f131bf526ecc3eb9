"""Blocks of a tape file with their places, for readers of what stands in them.

Who uses it: ddr.py, tapedump.py, vmfplc2.py, labels.py, contents.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vm370.images.errors import BadImage
from vm370.images.tapes.tape import EndOfTape, Tape


@dataclass(frozen=True, slots=True)
class Block:
    """A block as it was read; ``number`` counts blocks and tape marks from 0."""

    tape: str
    number: int
    data: bytes

    @property
    def where(self) -> str:
        """For messages; offsets are in bytes of the block."""
        return f"{self.tape}: block {self.number}"

    def bad(self, offset: int, found: object, expected: object) -> BadImage:
        """The error of a block that is not what it should be."""
        return BadImage(self.where, offset, found, expected)


def file_blocks(tape: Tape) -> Iterator[Block]:
    """The blocks from the position to the next tape mark, which is read, or to the end of what is recorded."""
    while True:
        number = tape.position
        try:
            data = tape.read()
        except EndOfTape:
            return
        if data is None:
            return
        yield Block(tape.name, number, data)
