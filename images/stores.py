"""What stands between image formats and disk devices: tracks (CKD) or blocks (FBA), and extents (minidisks) of them.

A *track* is the byte string of the CKD_P370 format: home address, count-key-data records, end mark
(images/ckd.py tells the layout).  A store gives whole tracks and takes changed byte ranges, so that a write is
never larger than the record it changes.

Every image format is one of the two, whatever its file looks like; opening.py finds out which.  An extent shows its
cylinders as 0, 1, ...: home addresses, which hold real cylinder numbers, are translated both ways and a real number in
R0's count when it is read; R1 to Rn hold what the guest wrote, relative numbers, as minidisks of genuine volumes do.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from vm370.images.errors import ImageError
from vm370.images.geometry import SECTOR, CkdDevice, FbaDevice


class StoreError(ImageError):
    """A store cannot serve a request (outside the disk, read-only, host I/O error)."""


class TrackStore(ABC):
    """A CKD disk or an extent of one.  Cylinder and head numbers are relative to the extent."""

    name: str  # for messages: the file's path
    what = "an image"
    device: CkdDevice
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

    def extent(self, start: int, cylinders: int) -> TrackExtent:
        """A minidisk: ``cylinders`` cylinders from ``start``."""
        return TrackExtent(self, start, cylinders)

    def flush(self) -> None:  # noqa: B027
        """Force to the host's disk."""

    def close(self) -> None:  # noqa: B027
        """Release the host file."""

    def check_track(self, cylinder: int, head: int) -> None:
        """StoreError unless the track is on the disk."""
        if not (0 <= cylinder < self.cylinders and 0 <= head < self.heads):
            size = f"{self.cylinders} cylinders of {self.heads} heads"
            raise StoreError(f"{self.name}: cylinder {cylinder} head {head} is outside {self.what} of {size}")

    def check_range(self, offset: int, length: int) -> None:
        """StoreError unless the bytes lie in a track."""
        if offset < 0 or offset + length > self.track_length:
            raise StoreError(f"{self.name}: bytes {offset} to {offset + length} of a track of {self.track_length}")


class BlockStore(ABC):
    """An FBA disk or an extent of one: 512-byte sectors numbered from 0."""

    name: str  # for messages: the file's path
    what = "an image"
    device: FbaDevice
    device_type: str  # "3370"
    sectors: int
    read_only: bool

    @abstractmethod
    def read(self, sector: int, count: int) -> bytes:
        """``count`` * 512 bytes."""

    @abstractmethod
    def write(self, sector: int, data: bytes) -> None:
        """Replace whole sectors; durable against the end of this process when it returns."""

    def extent(self, start: int, sectors: int) -> BlockExtent:
        """A minidisk: ``sectors`` sectors from ``start``."""
        return BlockExtent(self, start, sectors)

    def flush(self) -> None:  # noqa: B027
        """Force to the host's disk."""

    def close(self) -> None:  # noqa: B027
        """Release the host file."""

    def check_sectors(self, sector: int, count: int) -> None:
        """StoreError unless the sectors are on the disk."""
        if sector < 0 or count < 0 or sector + count > self.sectors:
            raise StoreError(f"{self.name}: {count} sectors from {sector} are outside {self.what} of {self.sectors}")

    def sectors_of(self, data: bytes) -> int:
        """How many sectors ``data`` is; StoreError unless whole ones."""
        count, rest = divmod(len(data), SECTOR)
        if rest:
            raise StoreError(f"{self.name}: {len(data)} bytes to write, expected whole sectors")
        return count


class TrackExtent(TrackStore):
    """Some cylinders of an image as a disk of their own; closing it leaves the image open."""

    what = "an extent"

    def __init__(self, image: TrackStore, start: int, cylinders: int) -> None:
        if start < 0 or cylinders < 1 or start + cylinders > image.cylinders:
            wanted = f"cylinders {start} to {start + cylinders - 1}"
            raise StoreError(f"{image.name}: {wanted} are outside an image of {image.cylinders} cylinders")
        self.image = image
        self.name = image.name
        self.device = image.device
        self.device_type = image.device_type
        self.start = start
        self.cylinders = cylinders
        self.heads = image.heads
        self.track_length = image.track_length
        self.read_only = image.read_only

    def read_track(self, cylinder: int, head: int) -> bytes:
        self.check_track(cylinder, head)
        track = self.image.read_track(self.start + cylinder, head)
        if not self.start:
            return track
        track = self._moved(track, 1, -self.start)
        if int.from_bytes(track[5:7]) == self.start + cylinder:
            track = self._moved(track, 5, -self.start)
        return track

    def write_track(self, cylinder: int, head: int, offset: int, data: bytes) -> None:
        self.check_track(cylinder, head)
        if self.start and offset < 3:
            whole = self.read_track(cylinder, head)[:3]
            new = bytearray(whole)
            new[offset : offset + len(data)] = data[: 3 - offset]
            moved = self._moved(bytes(new), 1, self.start)
            data = moved[offset : offset + len(data)] + data[3 - offset :]
        self.image.write_track(self.start + cylinder, head, offset, data)

    @staticmethod
    def _moved(track: bytes, offset: int, by: int) -> bytes:
        number = (int.from_bytes(track[offset : offset + 2]) + by) & 0xFFFF
        return track[:offset] + number.to_bytes(2) + track[offset + 2 :]

    def flush(self) -> None:
        self.image.flush()


class BlockExtent(BlockStore):
    """Some sectors of an image as a disk of their own; closing it leaves the image open."""

    what = "an extent"

    def __init__(self, image: BlockStore, start: int, sectors: int) -> None:
        if start < 0 or sectors < 1 or start + sectors > image.sectors:
            wanted = f"sectors {start} to {start + sectors - 1}"
            raise StoreError(f"{image.name}: {wanted} are outside an image of {image.sectors}")
        self.image = image
        self.name = image.name
        self.device = image.device
        self.device_type = image.device_type
        self.start = start
        self.sectors = sectors
        self.read_only = image.read_only

    def read(self, sector: int, count: int) -> bytes:
        self.check_sectors(sector, count)
        return self.image.read(self.start + sector, count)

    def write(self, sector: int, data: bytes) -> None:
        self.check_sectors(sector, self.sectors_of(data))
        self.image.write(self.start + sector, data)

    def flush(self) -> None:
        self.image.flush()
