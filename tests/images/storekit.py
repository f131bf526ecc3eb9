"""Disks in storage for tests: tracks and sectors, with a power switch that goes off after a number of writes."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from vm370.images.blocks import CkdBlocks, FbaBlocks, cms_blocks
from vm370.images.ckd import empty_track
from vm370.images.edf import EdfDisk
from vm370.images.geometry import SECTOR, ckd_device
from vm370.images.stores import BlockStore, TrackStore

NOON = datetime(2026, 3, 4, 12, 0, 0)


def clock() -> datetime:
    return NOON


class PowerOff(Exception):
    """The host is gone."""


class Storage:
    """Bytes, and how many writes they still take; the last one may be torn after ``torn`` bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)
        self.writes = 0
        self.limit: int | None = None
        self.torn = 0

    def write(self, offset: int, data: bytes) -> None:
        if self.limit is not None and self.writes >= self.limit:
            if self.writes == self.limit:
                self.data[offset : offset + self.torn] = data[: self.torn]
                self.writes += 1
            raise PowerOff
        self.writes += 1
        self.data[offset : offset + len(data)] = data


class Tracks(TrackStore):
    """CKD tracks in storage."""

    def __init__(self, device_type: str, cylinders: int, data: bytes | None = None) -> None:
        device = ckd_device(device_type)
        self.device_type = device_type
        self.cylinders = cylinders
        self.heads = device.heads
        self.track_length = device.track_length
        self.read_only = False
        if data is None:
            tracks = [empty_track(n // self.heads, n % self.heads) for n in range(cylinders * self.heads)]
            data = b"".join(track.ljust(self.track_length, b"\0") for track in tracks)
        self.storage = Storage(data)

    def read_track(self, cylinder: int, head: int) -> bytes:
        start = (cylinder * self.heads + head) * self.track_length
        return bytes(self.storage.data[start : start + self.track_length])

    def write_track(self, cylinder: int, head: int, offset: int, data: bytes) -> None:
        self.storage.write((cylinder * self.heads + head) * self.track_length + offset, data)


class Sectors(BlockStore):
    """FBA sectors in storage."""

    def __init__(self, device_type: str, sectors: int, data: bytes | None = None) -> None:
        self.device_type = device_type
        self.sectors = sectors
        self.read_only = False
        self.storage = Storage(bytes(sectors * SECTOR) if data is None else data)

    def read(self, sector: int, count: int) -> bytes:
        return bytes(self.storage.data[sector * SECTOR : (sector + count) * SECTOR])

    def write(self, sector: int, data: bytes) -> None:
        self.storage.write(sector * SECTOR, data)


# device type and size: a few hundred blocks each
KINDS = [("2314", 3), ("3330", 1), ("3340-35", 2), ("3350", 1), ("3310", 900), ("3370", 1200)]


def bare(device_type: str, size: int, data: bytes | None = None) -> Tracks | Sectors:
    if device_type in ("3310", "3370"):
        return Sectors(device_type, size, data)
    return Tracks(device_type, size, data)


@cache
def _formatted(device_type: str, size: int, block_size: int) -> bytes:
    store = bare(device_type, size)
    blocks = cms_blocks(store, block_size)
    if isinstance(blocks, CkdBlocks):
        blocks.format()
    EdfDisk.format(blocks, "TEST", clock)
    return bytes(store.storage.data)


def formatted(device_type: str, size: int, block_size: int) -> Tracks | Sectors:
    """An empty CMS disk."""
    return bare(device_type, size, _formatted(device_type, size, block_size))


def blocks_of(store: Tracks | Sectors, block_size: int) -> CkdBlocks | FbaBlocks:
    return cms_blocks(store, block_size, "test")


def opened(store: Tracks | Sectors, block_size: int) -> EdfDisk:
    return EdfDisk.open(blocks_of(store, block_size), clock)


Contents = dict[tuple[str, str], tuple[str, list[bytes]]]


def contents(disk: EdfDisk) -> Contents:
    """Everything on a disk: name, record format, records."""
    return {(fst.filename, fst.filetype): (fst.format, list(disk.records(fst))) for fst in disk.files()}
