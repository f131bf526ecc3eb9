"""Disks of throw-away guests: in storage only, made in no time.

A formatted disk of a size is made once; each guest has it with his own changes on top (images/scratch.py).  Images of
the host can be used in the same way: what the guest writes is forgotten.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from vm370.cp.minidisks import FBA_TYPE
from vm370.images.ckd import empty_track
from vm370.images.errors import ImageError
from vm370.images.filesystem import format_file_system
from vm370.images.geometry import ckd_device
from vm370.images.opening import open_image
from vm370.images.scratch import ScratchBlocks, ScratchTracks
from vm370.images.stores import BlockStore, StoreError, TrackStore
from vm370.tools.api.errors import FileError

DISK_TYPE = "3350"
BLOCK_SIZE = 4096
LABEL = "VM370"
MOST_CYLINDERS = 555


class EmptyTracks(TrackStore):
    """A disk with nothing but home addresses; it is read-only, as a base of others."""

    def __init__(self, device_type: str, cylinders: int) -> None:
        self.device = ckd_device(device_type)
        self.name, self.device_type, self.cylinders = f"empty {device_type}", device_type, cylinders
        self.heads, self.track_length, self.read_only = self.device.heads, self.device.track_length, True

    def read_track(self, cylinder: int, head: int) -> bytes:
        self.check_track(cylinder, head)
        return empty_track(cylinder, head).ljust(self.track_length, b"\0")

    def write_track(self, cylinder: int, head: int, offset: int, data: bytes) -> None:
        raise StoreError(f"{self.name}: read-only")


class LentTracks(ScratchTracks):
    """A disk over another one; closing it leaves the other one open."""

    def close(self) -> None:
        self._changed.clear()


class LentBlocks(ScratchBlocks):
    """The same of fixed blocks."""

    def close(self) -> None:
        self._changed.clear()


@lru_cache(16)
def formatted(cylinders: int) -> TrackStore:
    """A disk with an empty CMS file system, to be lent."""
    if not 1 <= cylinders <= MOST_CYLINDERS:
        raise FileError(f"a disk of {cylinders} cylinders: expected 1 to {MOST_CYLINDERS}")
    store = LentTracks(EmptyTracks(DISK_TYPE, cylinders))
    format_file_system(store, LABEL, "edf", BLOCK_SIZE)
    return store


def lent(base: TrackStore | BlockStore) -> LentTracks | LentBlocks:
    """A disk that begins as ``base`` is; ``base`` must not change."""
    return LentTracks(base) if isinstance(base, TrackStore) else LentBlocks(base)


def opened(path: str | Path) -> TrackStore | BlockStore:
    """An image of the host, read-only; FileError."""
    try:
        return open_image(path, read_only=True)
    except ImageError as error:
        raise FileError(str(error)) from error


def type_and_size(store: TrackStore | BlockStore) -> tuple[str, int]:
    """As an MDISK statement has them."""
    return (store.device_type, store.cylinders) if isinstance(store, TrackStore) else (FBA_TYPE, store.sectors)
