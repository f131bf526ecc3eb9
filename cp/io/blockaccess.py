"""Blocks of CMS-formatted disks without a channel program: what DIAGNOSE X'A4' and X'250' need of a disk.

A CMS disk is a row of blocks of 512, 1024, 2048 or 4096 bytes, numbered from 1.  ``CkdDisk`` finds block n as a
record of fixed length (as many per track as the geometry allows), ``FbaDisk`` as a group of sectors.

    BlockError
    ├── BlockNumberError       the disk has no block of that number
    ├── BlockSizeError         not 512, 1024, 2048 or 4096 bytes; or the record there has another length
    ├── BlockReadOnlyError     a write to a read-only disk
    └── BlockIOError           the store cannot read or write, or the track is damaged
"""

from __future__ import annotations

from abc import ABC, abstractmethod

BLOCK_SIZES = (512, 1024, 2048, 4096)


class BlockError(Exception):
    """A block cannot be read or written."""


class BlockNumberError(BlockError):
    """The disk has no block of that number."""


class BlockSizeError(BlockError):
    """The block size is not one of CMS, or the disk is not formatted with it."""


class BlockReadOnlyError(BlockError):
    """The disk may not be written."""


class BlockIOError(BlockError):
    """The store failed, or what it gave is not a track."""


class BlockAccess(ABC):
    """A disk that gives and takes CMS blocks."""

    @abstractmethod
    def block_count(self, size: int) -> int:
        """How many blocks of ``size`` bytes the disk has room for."""

    @abstractmethod
    def block_read(self, number: int, size: int) -> bytes:
        """Block ``number`` (from 1): ``size`` bytes.  Raises BlockError."""

    @abstractmethod
    def block_write(self, number: int, size: int, data: bytes) -> None:
        """Replace block ``number`` by ``data``, which has ``size`` bytes.  Raises BlockError."""


def checked_size(size: int) -> int:
    """``size``, or BlockSizeError."""
    if size not in BLOCK_SIZES:
        raise BlockSizeError(f"block size {size}, expected one of 512, 1024, 2048, 4096")
    return size
