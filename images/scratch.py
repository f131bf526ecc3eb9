"""A disk whose changes are kept in storage and forgotten: what a dry run writes to.

Who uses it: `vm370 disk ... --dry-run`, which does everything that the real run does and finds what it would find.
"""

from __future__ import annotations

from vm370.images.geometry import SECTOR
from vm370.images.stores import BlockStore, TrackStore


class ScratchTracks(TrackStore):
    """A count-key-data disk that is not changed by writing."""

    def __init__(self, base: TrackStore) -> None:
        self.base = base
        self.name, self.what = base.name, base.what
        self.device, self.device_type = base.device, base.device_type
        self.cylinders, self.heads, self.track_length = base.cylinders, base.heads, base.track_length
        self.read_only = False
        self._changed: dict[tuple[int, int], bytes] = {}

    def read_track(self, cylinder: int, head: int) -> bytes:
        changed = self._changed.get((cylinder, head))
        return self.base.read_track(cylinder, head) if changed is None else changed

    def write_track(self, cylinder: int, head: int, offset: int, data: bytes) -> None:
        self.check_range(offset, len(data))
        track = self.read_track(cylinder, head)
        self._changed[cylinder, head] = track[:offset] + data + track[offset + len(data) :]

    def close(self) -> None:
        self.base.close()


class ScratchBlocks(BlockStore):
    """A fixed-block disk that is not changed by writing."""

    def __init__(self, base: BlockStore) -> None:
        self.base = base
        self.name, self.what = base.name, base.what
        self.device, self.device_type = base.device, base.device_type
        self.sectors = base.sectors
        self.read_only = False
        self._changed: dict[int, bytes] = {}

    def read(self, sector: int, count: int) -> bytes:
        data = self.base.read(sector, count)
        if self._changed.keys().isdisjoint(range(sector, sector + count)):
            return data
        pieces = (data[i * SECTOR : (i + 1) * SECTOR] for i in range(count))
        return b"".join(self._changed.get(sector + i, piece) for i, piece in enumerate(pieces))

    def write(self, sector: int, data: bytes) -> None:
        count = self.sectors_of(data)
        self.check_sectors(sector, count)
        for index in range(count):
            self._changed[sector + index] = data[index * SECTOR : (index + 1) * SECTOR]

    def close(self) -> None:
        self.base.close()


def scratch(store: TrackStore | BlockStore) -> ScratchTracks | ScratchBlocks:
    """``store``, which stays as it is whatever is written."""
    return ScratchTracks(store) if isinstance(store, TrackStore) else ScratchBlocks(store)
