"""One track of a count-key-data disk, taken apart for speed.

The layout is the one that images/ckd.py describes: home address, records from R0 on, end mark.  A ``Track`` is an
immutable value: its image and where each record stands.  The changes that write commands make give a new ``Track``.

    Record   offset         id        key length   data length   overflow   data offset            end
             of its count   CCHHR     KL           DL            X'80'      offset + 8 + KL        data offset + DL

``id`` is without the overflow bit, which is not part of the address but says that the record goes on as the first
record (after R0) of the next track.
"""

from __future__ import annotations

from typing import NamedTuple

from vm370.images.ckd import END_MARK
from vm370.images.geometry import COUNT_LENGTH, HOME_ADDRESS_LENGTH

OVERFLOW = 0x80
"""Bit of byte 0 of a count field on the track: a segment of an overflow record, not the last one."""


class BadTrack(Exception):
    """The bytes of a track are not a home address, records and an end mark."""


class Record(NamedTuple):
    """Where a record stands on its track."""

    offset: int
    id: bytes
    key_length: int
    data_length: int
    overflow: bool
    data_offset: int
    end: int

    @property
    def key_offset(self) -> int:
        return self.offset + COUNT_LENGTH

    @classmethod
    def at(cls, offset: int, count: bytes, overflow: bool) -> Record:
        """The record whose count field (as a guest sees it) is ``count``."""
        key_length = count[5]
        data_length = count[6] << 8 | count[7]
        data_offset = offset + COUNT_LENGTH + key_length
        return cls(offset, count[:5], key_length, data_length, overflow, data_offset, data_offset + data_length)


class Track:
    """A track as read from a store.  Two tracks are compared by their ``image``."""

    __slots__ = ("_positions", "cylinder", "end", "head", "image", "records")

    def __init__(self, cylinder: int, head: int, image: bytes, records: tuple[Record, ...], end: int) -> None:
        self.cylinder = cylinder
        self.head = head
        self.image = image
        self.records = records
        """R0 first."""
        self.end = end
        """Offset of the end mark."""
        self._positions: dict[bytes, int] | None = None

    @classmethod
    def parsed(cls, cylinder: int, head: int, image: bytes) -> Track:
        """Take the bytes of a track apart."""
        records: list[Record] = []
        offset = HOME_ADDRESS_LENGTH
        limit = len(image) - COUNT_LENGTH
        while offset <= limit:
            count = image[offset : offset + COUNT_LENGTH]
            if count == END_MARK:
                return cls(cylinder, head, image, tuple(records), offset)
            overflow = count[0] >= OVERFLOW
            if overflow:
                count = bytes((count[0] & ~OVERFLOW,)) + count[1:]
            record = Record.at(offset, count, overflow)
            records.append(record)
            offset = record.end
        raise BadTrack(f"cylinder {cylinder} head {head}: no end mark in a track of {len(image)} bytes")

    @property
    def home_address(self) -> bytes:
        """Flag, cylinder, head: 5 bytes."""
        return self.image[:HOME_ADDRESS_LENGTH]

    def position_of(self, record_id: bytes) -> int | None:
        """Which record has this CCHHR; the first one, if several."""
        positions = self._positions
        if positions is None:
            positions = self._positions = {}
            for position, record in enumerate(self.records):
                positions.setdefault(record.id, position)
        return positions.get(record_id)

    def count_field(self, record: Record) -> bytes:
        """The 8 bytes CCHHR, KL, DL, as a guest sees them."""
        return record.id + self.image[record.offset + 5 : record.offset + COUNT_LENGTH]

    def key(self, record: Record) -> bytes:
        return self.image[record.offset + COUNT_LENGTH : record.data_offset]

    def data(self, record: Record) -> bytes:
        return self.image[record.data_offset : record.end]

    def changed(self, offset: int, data: bytes) -> Track:
        """The track after bytes of key or data areas were replaced."""
        image = self._spliced(offset, data)
        return Track(self.cylinder, self.head, image, self.records, self.end)

    def truncated(self, position: int) -> tuple[int, bytes, Track]:
        """The track without the records after ``position``; with the change of the image: offset and bytes."""
        offset = self.records[position].end if position >= 0 else HOME_ADDRESS_LENGTH
        track = Track(self.cylinder, self.head, self._spliced(offset, END_MARK), self.records[: position + 1], offset)
        return offset, END_MARK, track

    def formatted(self, position: int, count: bytes, area: bytes, overflow: bool) -> tuple[int, bytes, Track]:
        """The track with a new record after ``position`` and none behind it; with the change of the image.

        ``area`` is key and data; the caller has seen to it that the record and an end mark fit the image.  The first
        bit of ``count`` is not written: on the track it says ``overflow``.
        """
        offset = self.records[position].end if position >= 0 else HOME_ADDRESS_LENGTH
        count = bytes((count[0] & ~OVERFLOW,)) + count[1:]
        record = Record.at(offset, count, overflow)
        stored = bytes((count[0] | OVERFLOW,)) + count[1:] if overflow else count
        data = stored + area + END_MARK
        records = (*self.records[: position + 1], record)
        return offset, data, Track(self.cylinder, self.head, self._spliced(offset, data), records, record.end)

    def _spliced(self, offset: int, data: bytes) -> bytes:
        return self.image[:offset] + data + self.image[offset + len(data) :]
