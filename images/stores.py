"""What stands between image formats and disk devices: tracks (CKD) or blocks (FBA).

A *track* is the byte string of the CKD_P370 format: home address, count-key-data records, end mark
(images/ckd.py tells the layout).  A store gives whole tracks and takes changed byte ranges, so that a write is
never larger than the record it changes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from vm370.images.errors import ImageError


class StoreError(ImageError):
    """A store cannot serve a request (outside the disk, read-only, host I/O error)."""


class TrackStore(ABC):
    """A CKD disk or an extent of one.  Cylinder and head numbers are relative to the extent."""

    device_type: str  # "3350"
    cylinders: int
    heads: int
    track_length: int  # bytes of a stored track, home address and end mark included
    read_only: bool

    @abstractmethod
    def read_track(self, cylinder: int, head: int) -> bytes:
        """``track_length`` bytes."""

    @abstractmethod
    def write_track(self, cylinder: int, head: int, offset: int, data: bytes) -> None:
        """Replace bytes of a track; durable against the end of this process when it returns."""

    def flush(self) -> None:  # noqa: B027
        """Force to the host's disk."""

    def close(self) -> None:  # noqa: B027
        """Release the host file."""


class BlockStore(ABC):
    """An FBA disk or an extent of one: 512-byte sectors numbered from 0."""

    device_type: str  # "3370"
    sectors: int
    read_only: bool

    @abstractmethod
    def read(self, sector: int, count: int) -> bytes:
        """``count`` * 512 bytes."""

    @abstractmethod
    def write(self, sector: int, data: bytes) -> None:
        """Replace whole sectors; durable against the end of this process when it returns."""

    def flush(self) -> None:  # noqa: B027
        """Force to the host's disk."""

    def close(self) -> None:  # noqa: B027
        """Release the host file."""
