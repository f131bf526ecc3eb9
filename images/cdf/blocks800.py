"""Blocks of 800 bytes on a count-key-data disk, numbered from 1.

    device       block n
    2314, 2319   15 blocks on two tracks: R1-R7 of the even one, R8 of both (half a block each, the first with the flag
                 for record overflow), R9-R15 of the odd one.  CP-67 writes records of 829 bytes of which 800 are used
                 (R8: 414 and 415), VM/370 records of 800 (R8: 400 and 400)
    others       record (n-1) % B + 1 of track (n-1) // B, B = what the capacity formula gives for 800 bytes (3350: 19)

Blocks 1 and 2 are for IPL, 3 is the label, 4 the master file directory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from vm370.images.blocks import Blocks
from vm370.images.ckd import FIRST_RECORD, Record, Track, build_track, counts, format_track
from vm370.images.errors import BadImage, GeometryError
from vm370.images.geometry import COUNT_LENGTH, ckd_device
from vm370.images.stores import StoreError, TrackStore

BLOCK = 800
CP67_BLOCK = 829
LABEL_BLOCK = 3
PAIR = 15
"""Blocks on two tracks of a 2314."""
SPLIT = 8
"""The record that is on both."""
OVERFLOW = 0x8000


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a block: a record of a track, of which ``used`` bytes count."""

    track: int
    record: int
    length: int
    used: int


class CdfBlocks(Blocks):
    """Blocks of 800 bytes; ``length`` is that of the records, 829 on CP-67's disks."""

    def __init__(self, store: TrackStore, name: str = "disk", length: int = BLOCK) -> None:
        self.store = store
        self.name = name
        self.size = BLOCK
        self.length = length
        self.paired = store.device_type.startswith("2314")
        if length != BLOCK and not (length == CP67_BLOCK and self.paired):
            raise GeometryError(f"{name}: records of {length} bytes on a {store.device_type}")
        self.per_track = ckd_device(store.device_type).records_per_track(BLOCK)
        tracks = store.heads * store.cylinders
        self.total = tracks // 2 * PAIR if self.paired else tracks * self.per_track
        self.extent = store.cylinders
        self.read_only = store.read_only

    @property
    def cp67(self) -> bool:
        """The disk is one of CP-67's CMS."""
        return self.length == CP67_BLOCK

    @classmethod
    def find(cls, store: TrackStore, name: str = "disk") -> CdfBlocks:
        """The blocks of a disk that was formatted for CMS; BadImage when R1 of track 0 has another length."""
        where = f"{name}, cylinder 0 head 0"
        first = next((count for count in counts(store.read_track(0, 0), where) if count.record == 1), None)
        if first is None or first.key_length or first.data_length not in (BLOCK, CP67_BLOCK):
            found = "a track without R1" if first is None else f"R1 of {first.key_length}+{first.data_length} bytes"
            raise BadImage(where, 0, found, "R1 of 800 or 829 bytes without a key")
        return cls(store, name, first.data_length)

    def pieces(self, number: int) -> list[Piece]:
        """Where block ``number`` is."""
        self._check(number)
        if not self.paired:
            track, index = divmod(number - 1, self.per_track)
            return [Piece(track, index + 1, self.length, BLOCK)]
        pair, index = divmod(number - 1, PAIR)
        if index + 1 == SPLIT:
            first = self.length // 2
            rest = self.length - first
            return [Piece(2 * pair, SPLIT, first, first), Piece(2 * pair + 1, SPLIT, rest, BLOCK - first)]
        return [Piece(2 * pair + (index + 1 > SPLIT), index + 1, self.length, BLOCK)]

    def format(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Write all tracks anew: records of zeros."""
        for cylinder in range(self.store.cylinders):
            for head in range(self.store.heads):
                self.store.write_track(cylinder, head, 0, self._blank(cylinder, head))
            if progress:
                progress(cylinder + 1, self.store.cylinders)

    def _blank(self, cylinder: int, head: int) -> bytes:
        number = cylinder * self.store.heads + head
        if not self.paired:
            blank = ((record, b"", bytes(BLOCK)) for record in range(1, self.per_track + 1))
            return format_track(cylinder, head, blank, self.store.track_length)
        half = self.length // 2
        records = [Record(cylinder, head, 0, bytes(8))]
        if number % 2 == 0:
            records += [Record(cylinder, head, n, bytes(self.length)) for n in range(1, SPLIT)]
            records.append(Record(cylinder | OVERFLOW, head, SPLIT, bytes(half)))
        else:
            records.append(Record(cylinder, head, SPLIT, bytes(self.length - half)))
            records += [Record(cylinder, head, n, bytes(self.length)) for n in range(SPLIT + 1, PAIR + 1)]
        return build_track(Track(0, cylinder, head, tuple(records)), self.store.track_length)

    def read(self, number: int) -> bytes:
        data = b""
        for piece in self.pieces(number):
            _, _, offset, track = self._place(number, piece)
            data += track[offset : offset + piece.used]
        return data

    def write(self, number: int, data: bytes) -> None:
        if len(data) != BLOCK:
            raise StoreError(f"{self.name}: block {number}: {len(data)} bytes to write, expected {BLOCK}")
        for piece in self.pieces(number):
            cylinder, head, offset, _ = self._place(number, piece)
            self.store.write_track(cylinder, head, offset, data[: piece.used])
            data = data[piece.used :]

    def _place(self, number: int, piece: Piece) -> tuple[int, int, int, bytes]:
        """Cylinder, head, offset of the data in the track, and the track; the count field is checked."""
        cylinder, head = divmod(piece.track, self.store.heads)
        track = self.store.read_track(cylinder, head)
        usual = FIRST_RECORD + COUNT_LENGTH + (piece.record - 1) * (COUNT_LENGTH + self.length)
        if self.paired and piece.track % 2:
            usual -= (SPLIT - 1) * (COUNT_LENGTH + self.length) + (self.length // 2 if piece.record > SPLIT else 0)
        if int.from_bytes(track[usual - 4 : usual]) == piece.record << 24 | piece.length:
            return cylinder, head, usual, track
        where = f"{self.name}, cylinder {cylinder} head {head}"
        for count in counts(track, where):
            if count.record == piece.record:
                if (count.key_length, count.data_length) != (0, piece.length):
                    found = f"record {count.record} with key length {count.key_length}, data length {count.data_length}"
                    raise BadImage(where, count.offset, found, f"data length {piece.length} without key")
                return cylinder, head, count.data_offset, track
        wanted = f"record {piece.record} of {piece.length} bytes (block {number})"
        raise BadImage(where, 0, "a track without it", wanted)

    def read_label(self) -> bytes:
        return self.read(LABEL_BLOCK)

    def write_label(self, label: bytes) -> None:
        self.write(LABEL_BLOCK, label.ljust(BLOCK, b"\0"))

    @property
    def boot_room(self) -> int:
        return 2 * BLOCK

    def write_boot(self, text: bytes) -> None:
        if len(text) > self.boot_room:
            raise GeometryError(f"{self.name}: boot text of {len(text)} bytes, there is room for {self.boot_room}")
        text = text.ljust(self.boot_room, b"\0")
        self.write(2, text[BLOCK:])
        self.write(1, text[:BLOCK])

    def read_boot(self) -> bytes:
        return self.read(1) + self.read(2)

    def flush(self) -> None:
        self.store.flush()


def join(blocks: CdfBlocks, numbers: Iterable[int]) -> bytes:
    """The contents of several blocks."""
    return b"".join(blocks.read(number) for number in numbers)
