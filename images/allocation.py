"""The allocation map: one bit for each block, block 1 first, the most significant bit of a byte first, 1 = taken.

Two maps are kept: ``committed``, what the disk says now, and ``current``, what it will say after the change in
progress.  Only a block that is free in both is given out, so that nothing the disk still needs is overwritten before
the change is committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vm370.images.errors import DiskFull


class AllocationMap:
    """The map of a disk of ``total`` blocks; ``bits`` may be longer than needed."""

    def __init__(self, total: int, bits: bytes) -> None:
        self.total = total
        self.committed = bytes(bits)
        self.current = bytearray(bits)
        self.reserve = 0  # blocks that ordinary allocations leave, for the commit itself
        self._hint = 0
        self._count()

    def _count(self) -> None:
        both = int.from_bytes(self.committed) | int.from_bytes(self.current)
        self.available = self.total - (both >> (8 * len(self.current) - self.total)).bit_count()

    @property
    def used(self) -> int:
        """Blocks taken after the change in progress."""
        return (int.from_bytes(self.current) >> (8 * len(self.current) - self.total)).bit_count()

    def taken(self) -> Iterator[int]:
        """The blocks taken after the change in progress, in rising order."""
        for index, byte in enumerate(self.current):
            for bit in range(8) if byte else ():
                if byte & 0x80 >> bit and index * 8 + bit < self.total:
                    yield index * 8 + bit + 1

    def beyond(self) -> int:
        """Bits set behind the last block's."""
        return int.from_bytes(self.current).bit_count() - self.used

    def is_used(self, number: int) -> bool:
        """Whether a block is taken after the change in progress."""
        byte, bit = divmod(number - 1, 8)
        return bool(self.current[byte] & 0x80 >> bit)

    def allocate(self, from_reserve: bool = False) -> int:
        """Take a block that is free before and after the change."""
        if self.available - (0 if from_reserve else self.reserve) < 1:
            raise DiskFull(f"the disk is full: {self.available} of {self.total} blocks left for this change")
        length = len(self.current)
        for step in range(length + 1):
            index = (self._hint + step) % length
            free = ~(self.committed[index] | self.current[index]) & 0xFF
            if not free:
                continue
            bit = 8 - free.bit_length()
            number = index * 8 + bit + 1
            if number > self.total:
                continue
            self.current[index] |= 0x80 >> bit
            self._hint = index
            self.available -= 1
            return number
        raise DiskFull(f"the disk is full: none of {self.total} blocks is free")

    def take(self, number: int) -> None:
        """Mark a block taken."""
        if not self.is_used(number):
            byte, bit = divmod(number - 1, 8)
            self.current[byte] |= 0x80 >> bit
            self._count()

    def free(self, number: int) -> None:
        """Mark a block free after the change."""
        byte, bit = divmod(number - 1, 8)
        mask = 0x80 >> bit
        if self.current[byte] & mask:
            self.current[byte] &= ~mask
            if not self.committed[byte] & mask:
                self.available += 1

    def set(self, committed: Iterable[int], current: Iterable[int]) -> None:
        """Say anew which blocks are taken before the change in progress, and which after it."""
        for blocks in (committed, current):
            self.committed = bytes(self.current)
            self.current = bytearray(len(self.committed))
            for number in blocks:
                byte, bit = divmod(number - 1, 8)
                self.current[byte] |= 0x80 >> bit
        self._hint = 0
        self._count()

    def commit(self) -> None:
        """The change is on the disk."""
        self.committed = bytes(self.current)
        self._hint = 0
        self._count()

    def roll_back(self) -> None:
        """The change is given up."""
        self.current = bytearray(self.committed)
        self._hint = 0
        self._count()
