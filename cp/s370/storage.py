"""Main storage and storage keys.

Storage is one anonymous ``mmap`` of 16 MiB: what was never touched costs nothing on the host.  The keys are one byte
per block of 2 KiB, always for 16 MiB, so that an address is tested for existence and protection by one look-up::

    bits 0-3   access-control bits (the key)        KEY       F0
    bit  4     fetch protection                     FETCH     08
    bit  5     reference                            REFERENCE 04
    bit  6     change                               CHANGE    02
    bit  7     the block does not exist             ABSENT    01

One more byte, ABSENT, stands for what comes after the last address; and behind the last block the host has a page of
zeros that no address reaches, so that a few bytes more than an operand may be loaded.

Blocks from 0 to ``size`` exist, and those of *segments* above: ``place`` maps pages that others have too (pages.py),
with their keys, below ``size`` or above; ``remove`` takes them away.  ``release`` and ``clear`` make zeros of them.

Bits 0-6 are as SET STORAGE KEY and INSERT STORAGE KEY use them.  Addresses here are absolute.

=============================== ========== =============== =====================================
method                          keys       R and C bits    for
=============================== ========== =============== =====================================
read, write                     ignored    not set         the host: loading, displaying
fetch, store (with a key)       checked    set             channels, DIAGNOSE
=============================== ========== =============== =====================================

``code`` is told of every store before it happens, where a native engine has translated instructions of this storage;
``maps`` of every change of a key that takes something away (bits that are switched on do not).  Both are None without a
native engine.

All of them raise AddressingError outside storage; ``fetch`` and ``store`` raise ProtectionError; both are
:class:`~vm370.cp.s370.interruptions.ProgramCheck`.  Nothing is changed when an error is raised.
"""

from __future__ import annotations

import contextlib
import mmap
import sys
from typing import Protocol

from vm370.cp.s370.interruptions import AddressingError, ProtectionError
from vm370.cp.s370.pages import PAGE, PageSource, place_zeros

BLOCK = 2048
"""Bytes that share a storage key."""
BLOCK_SHIFT = 11
MAXIMUM = 1 << 24
"""24-bit addresses."""
KEY, FETCH, REFERENCE, CHANGE, ABSENT = 0xF0, 0x08, 0x04, 0x02, 0x01
_SEVEN_BITS = bytes(key & 0xFE for key in range(256))
LOW_ADDRESSES = 512
"""Low-address protection: no instruction stores at logical addresses below, while control register 0 has the bit."""
LOW_ADDRESS_PROTECTION = 0x10000000
_HUGE_PAGE = 2 << 20
_NO_RESERVE = 0x4000 if sys.platform == "linux" else 0
"""MAP_NORESERVE: what is not touched is not counted by the host."""


class TranslatedCode(Protocol):
    """Who has translated instructions of the storage."""

    def stored(self, address: int, length: int) -> None:
        """These bytes are about to be changed."""


class KeyCache(Protocol):
    """Who remembers what the keys allow."""

    def key_changed(self, block: int) -> None:
        """The key of this block of 2 KiB has another value."""

    def keys_changed(self) -> None:
        """Any keys may have other values."""


class Storage:
    """``size`` bytes of zeros with keys of zero; a multiple of 4 KiB, up to 16 MiB."""

    __slots__ = ("_placed", "code", "keys", "maps", "memory", "size")

    def __init__(self, size: int) -> None:
        if size <= 0 or size > MAXIMUM or size & 4095:
            raise ValueError(f"storage size {size}: expected a multiple of 4096 up to {MAXIMUM}")
        self.size = size
        self.memory = mmap.mmap(-1, MAXIMUM + PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE)
        if size < _HUGE_PAGE:
            self._small_pages()
        self.keys = bytearray(size >> BLOCK_SHIFT) + bytes([ABSENT]) * ((MAXIMUM - size >> BLOCK_SHIFT) + 1)
        self.code: TranslatedCode | None = None
        self.maps: KeyCache | None = None
        self._placed: list[tuple[int, int]] = []
        """Where pages of a source are mapped, from and to."""

    def _check(self, address: int, length: int) -> None:
        if (address < 0 or length < 0 or address + length > self.size) and not self.exists(address, length):
            raise AddressingError

    def exists(self, address: int, length: int = 1) -> bool:
        """Whether there is storage at all of these addresses."""
        if address < 0 or length < 0 or address + length > MAXIMUM:
            return False
        if address + length <= self.size:
            return True
        first, end = address >> BLOCK_SHIFT, (address + length + BLOCK - 1) >> BLOCK_SHIFT
        return length > 0 and not any(key & ABSENT for key in self.keys[first:end])

    def read(self, address: int, length: int) -> bytes:
        """Bytes, whatever their key."""
        self._check(address, length)
        return self.memory[address : address + length]

    def write(self, address: int, data: bytes | bytearray | memoryview) -> None:
        """Store bytes, whatever their key."""
        self._check(address, len(data))
        if self.code is not None:
            self.code.stored(address, len(data))
        self.memory[address : address + len(data)] = bytes(data)

    def fetch(self, address: int, length: int, key: int) -> bytes:
        """Bytes as the access key ``key`` (0-15) may see them; sets reference bits."""
        blocks = self._blocks(address, length)
        if key:
            for block in blocks:
                if self.keys[block] & FETCH and self.keys[block] >> 4 != key:
                    raise ProtectionError
        for block in blocks:
            self.keys[block] |= REFERENCE
        return self.memory[address : address + length]

    def store(self, address: int, data: bytes | bytearray | memoryview, key: int) -> None:
        """Store as the access key ``key`` (0-15) may; sets reference and change bits."""
        blocks = self._blocks(address, len(data))
        if key:
            for block in blocks:
                if self.keys[block] >> 4 != key:
                    raise ProtectionError
        for block in blocks:
            self.keys[block] |= REFERENCE | CHANGE
        if self.code is not None:
            self.code.stored(address, len(data))
        self.memory[address : address + len(data)] = bytes(data)

    def _blocks(self, address: int, length: int) -> range:
        self._check(address, length)
        return range(address >> BLOCK_SHIFT, (address + length + BLOCK - 1) >> BLOCK_SHIFT if length else 0)

    def key(self, address: int) -> int:
        """Storage key of the block at ``address``, bits 0-6."""
        self._check(address, 1)
        return self.keys[address >> BLOCK_SHIFT]

    def set_key(self, address: int, key: int) -> None:
        """Set the storage key of the block at ``address``, bits 0-6."""
        self._check(address, 1)
        self.keys[address >> BLOCK_SHIFT] = key & 0xFE
        if self.maps is not None:
            self.maps.key_changed(address >> BLOCK_SHIFT)

    def load_keys(self, keys: bytes) -> None:
        """Set the keys of all blocks from the first on, bits 0-6 each."""
        if len(keys) > self.size >> BLOCK_SHIFT:
            raise AddressingError
        self.keys[: len(keys)] = keys.translate(_SEVEN_BITS)
        if self.maps is not None:
            self.maps.keys_changed()

    def release(self, first: int, last: int) -> None:
        """Zero the 4 KiB pages that lie wholly within first..last and give their memory back to the host."""
        start, end = (first + PAGE - 1) & -PAGE, (last + 1) & -PAGE
        self._check(first, max(0, last + 1 - first))
        if start < end:
            self._zero(start, end)

    def _zero(self, start: int, end: int) -> None:
        if self.code is not None:
            self.code.stored(start, end - start)
        if any(first < end and start < last for first, last in self._placed):
            place_zeros(self.memory, start, end - start)
            self._forget_placed(start, end)
        elif sys.platform == "linux":  # elsewhere MADV_DONTNEED does not promise zeros
            self.memory.madvise(mmap.MADV_DONTNEED, start, end - start)
        else:
            self.memory[start:end] = bytes(end - start)

    def _forget_placed(self, start: int, end: int) -> None:
        parts = [part for first, last in self._placed for part in ((first, min(last, start)), (max(first, end), last))]
        self._placed = [(first, last) for first, last in parts if first < last]

    def _small_pages(self) -> None:
        """Ask the host not to give 2 MiB for the first byte that is stored."""
        if hasattr(mmap, "MADV_NOHUGEPAGE"):
            with contextlib.suppress(OSError):  # a host without huge pages does not know the advice
                self.memory.madvise(mmap.MADV_NOHUGEPAGE)

    # --- pages that others have too ---

    def place(self, address: int, source: PageSource, offset: int, length: int, keys: bytes) -> None:
        """Map pages of ``source`` at ``address``, copy-on-write, with their storage keys (bits 0-6, one per block).

        Above ``size`` the storage appears.  ValueError for what are no pages, or lies beyond 16 MiB.
        """
        if address + length > MAXIMUM or length % PAGE or len(keys) != length >> BLOCK_SHIFT:
            raise ValueError(f"{length} bytes at {address:X} with {len(keys)} keys: expected pages within {MAXIMUM}")
        if self.code is not None:
            self.code.stored(address, length)
        if not self._placed:
            self._small_pages()
        source.place(self.memory, address, offset, length)
        self._forget_placed(address, address + length)
        self._placed.append((address, address + length))
        self.keys[address >> BLOCK_SHIFT : address + length >> BLOCK_SHIFT] = keys.translate(_SEVEN_BITS)
        if self.maps is not None:
            self.maps.keys_changed()

    def remove(self, address: int, length: int) -> None:
        """Take pages away: zeros with keys of zero below ``size``, above no storage at all any more."""
        self._zero(address, address + length)
        inside = max(0, min(length, self.size - address)) >> BLOCK_SHIFT
        keys = bytes(inside) + bytes([ABSENT]) * ((length >> BLOCK_SHIFT) - inside)
        self.keys[address >> BLOCK_SHIFT : address + length >> BLOCK_SHIFT] = keys
        if self.maps is not None:
            self.maps.keys_changed()

    @property
    def placed(self) -> tuple[tuple[int, int], ...]:
        """Where pages of sources are mapped: first address and the one behind the last."""
        return tuple(sorted(self._placed))

    def close(self) -> None:
        """Give all memory back; the storage cannot be used any more."""
        self.memory.close()

    def clear(self) -> None:
        """All storage and all keys zero."""
        self.release(0, self.size - 1)
        self.load_keys(bytes(self.size >> BLOCK_SHIFT))
