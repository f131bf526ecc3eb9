"""Areas of a volume that CP owns: the allocation map, page records, the object directory.

    cylinder 0 head 0   R1   24 bytes, no key: PSW and CCWs for IPL (a wait state where no CP is)
                        R2   4096 bytes, no key
                        R3   key VOL1, data 80: volume label; `CP370` in it
                        R4   1024 bytes, no key: allocation map, a byte for each cylinder, X'FF' behind the last
                        R5-  DSCBs that tell other systems that the volume is full
    other tracks        page records of 4096 bytes; the record number is that of the page in its cylinder, from 1

    byte of the map     00 TEMP (paging and spooling)  01 PERM  02 TDSK  04 DRCT (the directory)

Who uses it: `vm370 disk info`.  Source: a volume of VM/370 Release 6 (CP's format program, DMKFMT).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from vm370.images.ckd import parse_track
from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.images.errors import BadImage
from vm370.images.stores import TrackStore

MAP_RECORD, MAP_LENGTH = 4, 1024
LABEL_RECORD = 3
END = 0xFF
PAGE = 4096
KINDS = {0x00: "TEMP", 0x01: "PERM", 0x02: "TDSK", 0x04: "DRCT"}
VOL1 = to_ebcdic("VOL1")


@dataclass(frozen=True, slots=True)
class Area:
    """Cylinders of one kind."""

    kind: str
    """TEMP, PERM, TDSK, DRCT, or the map's byte as X'nn'."""
    first: int
    last: int

    @property
    def cylinders(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class CpVolume:
    """What cylinder 0 tells of a volume."""

    volser: str
    areas: tuple[Area, ...]

    @classmethod
    def open(cls, store: TrackStore, name: str = "volume") -> CpVolume:
        """BadImage when the volume was not formatted by CP."""
        where = f"{name}, cylinder 0 head 0"
        records = {record.number: record for record in parse_track(store.read_track(0, 0), where).records}
        label, table = records.get(LABEL_RECORD), records.get(MAP_RECORD)
        if label is None or label.data[:4] != VOL1:
            raise BadImage(where, 0, "a track without it", "R3 with a volume label, VOL1")
        if table is None or table.key or len(table.data) != MAP_LENGTH:
            found = "no R4" if table is None else f"R4 of {len(table.key)}+{len(table.data)} bytes"
            raise BadImage(where, 0, found, "R4 of 1024 bytes without a key, the allocation map")
        return cls(from_ebcdic(label.data[4:10]).rstrip(), areas(table.data))

    def pages(self, store: TrackStore, kind: str) -> int:
        """Page records on the cylinders of one kind; a track that cannot be read has none."""
        count = 0
        for area in self.areas:
            if area.kind != kind:
                continue
            for cylinder in range(area.first, min(area.last + 1, store.cylinders)):
                for head in range(store.heads):
                    try:
                        track = parse_track(store.read_track(cylinder, head))
                    except BadImage:
                        continue
                    count += sum(len(record.data) == PAGE and not record.key for record in track.records)
        return count


def areas(table: bytes) -> tuple[Area, ...]:
    """An allocation map in runs of cylinders of one kind."""
    end = table.find(END)
    used = table if end < 0 else table[:end]
    found = []
    for byte, run in groupby(enumerate(used), key=lambda item: item[1]):
        numbers = [number for number, _ in run]
        found.append(Area(KINDS.get(byte, f"X'{byte:02X}'"), numbers[0], numbers[-1]))
    return tuple(found)


def build_map(found: tuple[Area, ...]) -> bytes:
    """The inverse of ``areas``."""
    bytes_of = {name: byte for byte, name in KINDS.items()}
    table = bytearray()
    for area in found:
        byte = bytes_of[area.kind] if area.kind in bytes_of else int(area.kind[2:4], 16)
        table += bytes([byte]) * area.cylinders
    return bytes(table).ljust(MAP_LENGTH, bytes([END]))
