"""Access maps: where the bytes of a logical address are in the host's memory, and whether this program may have them.

A map belongs to an address space and a PSW key.  It has four planes of one entry for each logical block of 2 KiB
(address >> 11); null stands for "leave it to the reference engine", and is what follows the last block::

    READ        + 0          host address of the block less its logical address (the *delta*)
    WRITE       + PLANE      the same for stores; null where there is translated code
    CODE_DATA   + 2 PLANE    the same for stores in blocks with translated code
    CODE_BITS   + 3 PLANE    for those: where the bitmap of translated code is, less (logical address >> 3)

An entry exists only where an access needs nothing more: the block exists, the key allows the access, reference (and
change) bit are on, and with translation the translation-lookaside buffer has the block.  WRITE or CODE_DATA is filled
only together with READ.  So one load and a test for null are all of storage keys, fetch protection, reference and
change recording, prefixing and translation; operands are contiguous where the entries are equal.

Whoever makes one of these conditions untrue makes the entries go first (context.py).  Maps are anonymous memory:
parts that were never used cost nothing.
"""

from __future__ import annotations

import ctypes
import mmap
import sys

BLOCKS = 8192
PLANE = 8 * BLOCKS + 256
"""Bytes of a plane; not a power of two, so that planes do not contend for the same cache lines."""
READ, WRITE, CODE_DATA, CODE_BITS = 0, PLANE, 2 * PLANE, 3 * PLANE
_ENTRIES = PLANE // 8
SPACES = 8
"""Address spaces with translation whose maps are kept."""
FEW = 128
"""So many blocks are cleared one by one."""


class AccessMap:
    """The map of one space and one key.  ``filled``: logical block -> absolute block of the entries there are."""

    __slots__ = ("_memory", "address", "entries", "filled")

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 4 * PLANE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.entries = (ctypes.c_uint64 * (4 * _ENTRIES)).from_buffer(self._memory)
        self.address = ctypes.addressof(self.entries)
        self.filled: dict[int, int] = {}

    def fetch(self, logical: int, absolute: int, delta: int) -> None:
        """Bytes of the block may be fetched."""
        self.entries[logical] = delta
        self.filled[logical] = absolute

    def store(self, logical: int, absolute: int, delta: int, code_bits: int) -> None:
        """Bytes of the block may be fetched and stored; ``code_bits``: entry of that plane, or 0 for no code."""
        entries = self.entries
        entries[logical] = delta
        if code_bits:
            entries[logical + WRITE // 8] = 0
            entries[logical + CODE_DATA // 8] = delta
            entries[logical + CODE_BITS // 8] = code_bits
        else:
            entries[logical + WRITE // 8] = delta
            entries[logical + CODE_DATA // 8] = entries[logical + CODE_BITS // 8] = 0
        self.filled[logical] = absolute

    def stores(self, logical: int) -> bool:
        """May the block be stored into?"""
        return bool(self.entries[logical + WRITE // 8] or self.entries[logical + CODE_DATA // 8])

    def forget(self, logical: int) -> None:
        """Neither."""
        entries = self.entries
        for plane in (READ, WRITE, CODE_DATA, CODE_BITS):
            entries[logical + plane // 8] = 0
        self.filled.pop(logical, None)

    def forget_absolute(self, block: int) -> None:
        """Neither, wherever the absolute block is in this space."""
        for logical in [logical for logical, absolute in self.filled.items() if absolute == block]:
            self.forget(logical)

    def clear(self) -> None:
        """All entries null, and the memory given back."""
        if not self.filled:
            return
        if len(self.filled) <= FEW:
            for logical in list(self.filled):
                self.forget(logical)
        elif sys.platform == "linux":  # elsewhere MADV_DONTNEED does not promise zeros
            self._memory.madvise(mmap.MADV_DONTNEED)
        else:
            ctypes.memset(self.address, 0, 4 * PLANE)
        self.filled.clear()


class Space:
    """The maps of one address space, by PSW key."""

    __slots__ = ("maps", "slot", "tag", "used")

    def __init__(self, slot: int) -> None:
        self.slot = slot
        self.maps: dict[int, AccessMap] = {}
        self.tag: int | None = None
        """Bits 8-12 of CR0 and CR1: which address space it is."""
        self.used = 0

    def clear(self) -> None:
        """No entries."""
        for access_map in self.maps.values():
            access_map.clear()
