"""Guest code as translation sees it: a snapshot of the blocks round a place, and decoded instructions.

A region is translated while its guest runs on, so everything it is made from is taken at once, on the guest's side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from vm370.cp.s370.decoder import find
from vm370.cp.s370.opcodes import Opcode

BLOCK = 2048
AROUND = 8
"""So many blocks before and after the place are taken."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: ``word`` has its bytes, left-aligned in 48 bits."""

    address: int
    word: int
    op: Opcode | None
    length: int

    @property
    def following(self) -> int:
        """Address of the next one."""
        return self.address + self.length & 0xFFFFFF


class Code:
    """Logical block number -> its 2048 bytes, of what may be fetched."""

    def __init__(self, blocks: dict[int, bytes]) -> None:
        self.blocks = blocks
        self._decoded: dict[int, Instruction | None] = {}

    @classmethod
    def around(
        cls, address: int, others: Iterable[int], block: Callable[[int], bytes | None], blocks: int = AROUND
    ) -> Code:
        """The blocks near an address, and those of other addresses; ``block(number)`` gives one, or None."""
        here = address >> 11
        numbers = set(range(here - blocks, here + blocks + 1)) | {0}
        numbers |= {n for other in others for n in (other >> 11, (other >> 11) + 1)}
        found = {number & 8191: block(number & 8191) for number in numbers}
        return cls({number: data for number, data in found.items() if data is not None})

    def read(self, address: int, length: int) -> bytes | None:
        """Bytes, or None if they are not in the snapshot."""
        data = self.blocks.get(address >> 11)
        offset = address & 2047
        if data is None:
            return None
        if offset + length <= BLOCK:
            return data[offset : offset + length]
        more = self.blocks.get((address >> 11) + 1)
        return None if more is None else data[offset:] + more[: offset + length - BLOCK]

    def instruction(self, address: int) -> Instruction | None:
        """The instruction at an even address, or None if it is not in the snapshot."""
        if address not in self._decoded:
            self._decoded[address] = self._decode(address)
        return self._decoded[address]

    def _decode(self, address: int) -> Instruction | None:
        first = None if address & 1 else self.read(address, 2)
        if first is None:
            return None
        length = 2 if first[0] < 0x40 else 4 if first[0] < 0xC0 else 6
        data = self.read(address, length)
        if data is None:
            return None
        return Instruction(address, int.from_bytes(data.ljust(6, b"\0"), "big"), find(data), length)
