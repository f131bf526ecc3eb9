"""Which bytes of storage are translated code: one bit for each, so that variables beside code are none.

Bit ``address & 7`` of byte ``address >> 3`` belongs to the absolute address.  Native code looks at the bits before it
stores (maps.py); every store of the Python side calls ``stored`` (``Storage.code`` is then such an object).
"""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Callable

from vm370.cp.s370.storage import BLOCK, BLOCK_SHIFT, MAXIMUM

PAD = 4096
MANY = 4096
"""More bytes than this are only given up all together, in whole pages."""


class CodeBitmap:
    """The bits of one storage; ``dropped(address, length)`` is told of stores into marked bytes, before they happen."""

    def __init__(self, dropped: Callable[[int, int], None]) -> None:
        self._dropped = dropped
        self.bits = mmap.mmap(-1, (MAXIMUM >> 3) + PAD, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._blocks: set[int] = set()
        """Blocks of 2 KiB in which something may be marked."""
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self.bits))

    def _span(self, address: int, length: int) -> tuple[int, int, int]:
        """(first byte of the bitmap, last byte and one, the bits as a number of that many bytes, little-endian)."""
        first, end = address >> 3, (address + length + 7) >> 3
        return first, end, ((1 << length) - 1) << (address & 7)

    def marked(self, address: int, length: int) -> bool:
        """Is any of the bytes translated code?"""
        if length > MANY:  # so many bytes begin and end with a block
            blocks = range(address >> BLOCK_SHIFT, address + length >> BLOCK_SHIFT)
            return any(self._in_block(block) for block in list(self._blocks) if block in blocks)
        low, high = address >> BLOCK_SHIFT, address + length - 1 >> BLOCK_SHIFT
        if low not in self._blocks and high not in self._blocks and high - low < 2:
            return False
        first, end, mask = self._span(address, length)
        return int.from_bytes(self.bits[first:end], "little") & mask != 0

    def _in_block(self, block: int) -> bool:
        """Is any byte of a block translated code?"""
        size = BLOCK >> 3
        found = self.bits[block * size : (block + 1) * size].count(0) != size
        if not found:
            self._blocks.discard(block)
        return found

    def mark(self, address: int, length: int) -> None:
        """These bytes are translated code."""
        self._blocks.update(range(address >> BLOCK_SHIFT, (address + length - 1 >> BLOCK_SHIFT) + 1))
        first, end, mask = self._span(address, length)
        bits = int.from_bytes(self.bits[first:end], "little") | mask
        self.bits[first:end] = bits.to_bytes(end - first, "little")

    def unmark(self, address: int, length: int) -> None:
        """These bytes are not."""
        first, end, mask = self._span(address, length)
        bits = int.from_bytes(self.bits[first:end], "little") & ~mask
        self.bits[first:end] = bits.to_bytes(end - first, "little")

    def stored(self, address: int, length: int) -> None:
        """Bytes are about to be changed: whoever translated them is told."""
        if self.marked(address, length):
            self._dropped(address, length)
