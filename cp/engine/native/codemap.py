"""Which bytes of storage are translated code: one bit for each, so that variables beside code are none.

Bit ``address & 7`` of byte ``address >> 3`` belongs to the absolute address.  Native code looks at the bits before it
stores (maps.py); every store of the Python side calls ``stored`` (``Storage.code`` is then such an object).
"""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Callable

from vm370.cp.s370.storage import MAXIMUM

PAD = 4096
MANY = 4096
"""More bytes than this are only given up all together, in whole pages."""


class CodeBitmap:
    """The bits of one storage; ``dropped(address, length)`` is told of stores into marked bytes, before they happen."""

    def __init__(self, dropped: Callable[[int, int], None]) -> None:
        self._dropped = dropped
        self.bits = mmap.mmap(-1, (MAXIMUM >> 3) + PAD, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.used = False
        """Something was marked since there was nothing."""
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self.bits))

    def _span(self, address: int, length: int) -> tuple[int, int, int]:
        """(first byte of the bitmap, last byte and one, the bits as a number of that many bytes, little-endian)."""
        first, end = address >> 3, (address + length + 7) >> 3
        return first, end, ((1 << length) - 1) << (address & 7)

    def marked(self, address: int, length: int) -> bool:
        """Is any of the bytes translated code?"""
        if length > MANY:  # so many bytes begin and end with a block
            first, end = address >> 3, address + length >> 3
            return self.used and self.bits[first:end].count(0) != end - first
        first, end, mask = self._span(address, length)
        return int.from_bytes(self.bits[first:end], "little") & mask != 0

    def mark(self, address: int, length: int) -> None:
        """These bytes are translated code."""
        self.used = True
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
