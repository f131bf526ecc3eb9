"""CMS blocks on a disk: where block n of 512, 1024, 2048 or 4096 bytes stands, and where label and boot text stand.

    CKD   every track holds records 1 to B without keys, B = what the device's capacity formula gives (3350: 4 of 4096)
          block n = record (n-1) % B + 1 of track (n-1) // B; track t = cylinder t // heads, head t % heads
          boot text: blocks 1 and 2; label: block 3 (where B is 1 or 2 that is not on track 0)
    FBA   block n = sectors (n-1) * size / 512 ...
          boot text: sector 0, and from sector 2 to the end of block 3; label: sector 1, whatever the block size is

Both: blocks 1 to 3 belong to no file.  Who uses it: the edf package and `vm370 disk`.  This module knows where things
stand and nothing of what files are.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from vm370.images.ckd import FIRST_RECORD, Count, counts, format_track
from vm370.images.errors import BadImage, GeometryError
from vm370.images.geometry import COUNT_LENGTH, SECTOR, ckd_device
from vm370.images.stores import BlockStore, StoreError, TrackStore

BLOCK_SIZES = (512, 1024, 2048, 4096)
LABEL_LENGTH = 80
LABEL_BLOCK = 3
FIRST_FILE_BLOCK = 4

_FIRST_DATA = FIRST_RECORD + COUNT_LENGTH  # offset of the data of R1

Progress = Callable[[int, int], None]


class Blocks(ABC):
    """A disk as CMS blocks, numbered from 1."""

    name: str  # for messages
    size: int  # bytes of a block
    total: int  # blocks of the disk
    extent: int  # cylinders, or sectors for FBA: what the label tells as its size
    read_only: bool

    @abstractmethod
    def read(self, number: int) -> bytes:
        """Block ``number``."""

    @abstractmethod
    def write(self, number: int, data: bytes) -> None:
        """Replace block ``number``; ``data`` has the block's size."""

    @abstractmethod
    def read_label(self) -> bytes:
        """80 bytes."""

    @abstractmethod
    def write_label(self, label: bytes) -> None:
        """Replace the label in one write."""

    @property
    @abstractmethod
    def boot_room(self) -> int:
        """Bytes of boot text the disk has room for."""

    @abstractmethod
    def write_boot(self, text: bytes) -> None:
        """Replace the boot text; what is left of its room becomes zeros."""

    @abstractmethod
    def read_boot(self) -> bytes:
        """The boot text's room."""

    @abstractmethod
    def flush(self) -> None:
        """Force to the host's disk."""

    def _check(self, number: int) -> None:
        if not 1 <= number <= self.total:
            raise StoreError(f"{self.name}: block {number} is outside a disk of {self.total} blocks")


class CkdBlocks(Blocks):
    """Blocks on count-key-data tracks."""

    def __init__(self, store: TrackStore, size: int, name: str = "disk") -> None:
        self.store = store
        self.name = name
        self.size = _block_size(size)
        self.per_track = ckd_device(store.device_type).records_per_track(size)
        if not self.per_track:
            raise GeometryError(f"{name}: a block of {size} bytes does not fit a track of a {store.device_type}")
        self.total = self.per_track * store.heads * store.cylinders
        self.extent = store.cylinders
        self.read_only = store.read_only
        self._offsets: dict[int, int] = {}

    def format(self, progress: Progress | None = None) -> None:
        """Write all tracks anew: home address, R0, records of zeros."""
        blank = [(record, b"", bytes(self.size)) for record in range(1, self.per_track + 1)]
        for cylinder in range(self.store.cylinders):
            for head in range(self.store.heads):
                track = format_track(cylinder, head, blank, self.store.track_length)
                self.store.write_track(cylinder, head, 0, track)
            if progress:
                progress(cylinder + 1, self.store.cylinders)

    def read(self, number: int) -> bytes:
        self._check(number)
        cylinder, head, record = self.address(number)
        track = self.store.read_track(cylinder, head)
        offset = self._data_offset(number, track, cylinder, head, record)
        return track[offset : offset + self.size]

    def write(self, number: int, data: bytes) -> None:
        self._write_part(number, data, self.size)

    def _write_part(self, number: int, data: bytes, length: int) -> None:
        self._check(number)
        if len(data) != length:
            raise StoreError(f"{self.name}: block {number}: {len(data)} bytes to write, expected {length}")
        cylinder, head, record = self.address(number)
        offset = self._offsets.get(number)
        if offset is None:
            offset = self._data_offset(number, self.store.read_track(cylinder, head), cylinder, head, record)
        self.store.write_track(cylinder, head, offset, data)

    def address(self, number: int) -> tuple[int, int, int]:
        """Cylinder, head and record of a block."""
        track, index = divmod(number - 1, self.per_track)
        return track // self.store.heads, track % self.store.heads, index + 1

    def _data_offset(self, number: int, track: bytes, cylinder: int, head: int, record: int) -> int:
        """Where the block's data stand in its track; the count field is checked."""
        usual = _FIRST_DATA + (record - 1) * (8 + self.size)
        if int.from_bytes(track[usual - 4 : usual]) == record << 24 | self.size:
            self._offsets[number] = usual
            return usual
        where = f"{self.name}, cylinder {cylinder} head {head}"
        for count in counts(track, where):
            if count.record == record:
                self._fits(count, where)
                self._offsets[number] = count.data_offset
                return count.data_offset
        raise BadImage(where, 0, "a track without it", f"record {record} of {self.size} bytes (block {number})")

    def _fits(self, count: Count, where: str) -> None:
        if (count.key_length, count.data_length) != (0, self.size):
            found = f"record {count.record} with key length {count.key_length}, data length {count.data_length}"
            raise BadImage(where, count.offset, found, f"data length {self.size} without key")

    def read_label(self) -> bytes:
        return self.read(LABEL_BLOCK)[:LABEL_LENGTH]

    def write_label(self, label: bytes) -> None:
        self._write_part(LABEL_BLOCK, label, LABEL_LENGTH)

    @property
    def boot_room(self) -> int:
        return 2 * self.size

    def write_boot(self, text: bytes) -> None:
        text = _boot_text(self, text)
        self.write(2, text[self.size :])
        self.write(1, text[: self.size])

    def read_boot(self) -> bytes:
        return self.read(1) + self.read(2)

    def flush(self) -> None:
        self.store.flush()


class FbaBlocks(Blocks):
    """Blocks made of 512-byte sectors."""

    def __init__(self, store: BlockStore, size: int, name: str = "disk") -> None:
        self.store = store
        self.name = name
        self.size = _block_size(size)
        self.sectors = size // SECTOR
        self.total = store.sectors // self.sectors
        self.extent = store.sectors
        self.read_only = store.read_only

    def read(self, number: int) -> bytes:
        self._check(number)
        return self.store.read((number - 1) * self.sectors, self.sectors)

    def write(self, number: int, data: bytes) -> None:
        self._check(number)
        if len(data) != self.size:
            raise StoreError(f"{self.name}: block {number}: {len(data)} bytes to write, expected {self.size}")
        self.store.write((number - 1) * self.sectors, data)

    def read_label(self) -> bytes:
        return self.store.read(1, 1)[:LABEL_LENGTH]

    def write_label(self, label: bytes) -> None:
        self.store.write(1, label + self.store.read(1, 1)[len(label) :])

    @property
    def boot_room(self) -> int:
        return 3 * self.size - SECTOR

    def write_boot(self, text: bytes) -> None:
        text = _boot_text(self, text)
        if text[SECTOR:]:
            self.store.write(2, text[SECTOR:])
        self.store.write(0, text[:SECTOR])

    def read_boot(self) -> bytes:
        return self.store.read(0, 1) + self.store.read(2, 3 * self.sectors - 2)

    def flush(self) -> None:
        self.store.flush()


def find_block_size(store: TrackStore | BlockStore, name: str = "disk") -> int:
    """The block size a disk was formatted with: from the length of R1 of track 0, or from the label of an FBA disk."""
    if isinstance(store, TrackStore):
        where = f"{name}, cylinder 0 head 0"
        first = next((count for count in counts(store.read_track(0, 0), where) if count.record == 1), None)
        if first is None or first.key_length or first.data_length not in BLOCK_SIZES:
            found = "a track without R1" if first is None else f"R1 of {first.key_length}+{first.data_length} bytes"
            raise BadImage(where, 0, found, "a CMS disk, whose R1 has 512, 1024, 2048 or 4096 bytes and no key")
        return first.data_length
    if store.sectors < 2:
        raise BadImage(name, store.sectors * SECTOR, "the end of the disk", "a label in sector 1")
    size = int.from_bytes(store.read(1, 1)[12:16])
    if size not in BLOCK_SIZES:
        raise BadImage(name, SECTOR + 12, f"block size {size} in sector 1", "a CMS label with 512, 1024, 2048 or 4096")
    return size


def cms_blocks(store: TrackStore | BlockStore, size: int, name: str = "disk") -> CkdBlocks | FbaBlocks:
    """The blocks of either kind of disk."""
    return CkdBlocks(store, size, name) if isinstance(store, TrackStore) else FbaBlocks(store, size, name)


def _block_size(size: int) -> int:
    if size not in BLOCK_SIZES:
        raise GeometryError(f"block size {size}: expected one of {', '.join(map(str, BLOCK_SIZES))}")
    return size


def _boot_text(blocks: Blocks, text: bytes) -> bytes:
    if len(text) > blocks.boot_room:
        raise GeometryError(f"{blocks.name}: boot text of {len(text)} bytes, the disk has room for {blocks.boot_room}")
    return text.ljust(blocks.boot_room, b"\0")
