"""CKDC: the disks of the emx370 emulator, a base file and a delta file with the tracks that were changed; read-only.

    header   0  2  version 1, with X'8000' on in a delta file      track    0  2  cylinder, X'FFFF' ends the file
             2  6  volume serial, EBCDIC                                    2  1  head
             8  2  cylinders                                                3  3  length of what follows
            10  2  heads                                                    6  5  home address
            12  3  longest track, key and data bytes                       11 16  R0
            15  1  most records of a track                                 27  3  bytes of keys and data
            16  4  device type: 00 33 30 01 is a 3330-1                    30  2  number of records, then for each
            20 12  zeros                                                         2  record number, 1 key length, 2 data
                                                                                 length, 3 offset of its key and data
    All numbers are big endian.                                               then keys and data, zlib

`0001 E5D4E4E2C5D9 0001 0013 00336D 64 00333001 ...` is the header of a 3330 of one cylinder.  The base has all tracks
in order, the delta (the same name with `.delta` behind it) some of them in order.  The file has no mark by which it
could be known, so its name has to end in `.ckdc`.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import construct

from vm370.images.ckd import Record, Track, build_track
from vm370.images.errors import BadImage, GeometryError
from vm370.images.geometry import CkdDevice, ckd_device
from vm370.images.hostfile import HostFile
from vm370.images.stores import StoreError, TrackStore

VERSION, DELTA = 1, 0x8000
SUFFIX = ".ckdc"
END = 0xFFFF
DEVICES = {
    0x231100: "2311",
    0x231400: "2314",
    0x333001: "3330",
    0x333011: "3330-11",
    0x334001: "3340-35",
    0x334002: "3340-70",
    0x335000: "3350",
    0x337502: "3375",
    0x338002: "3380",
}
DriveHeader = construct.Struct(
    "version" / construct.Int16ub,
    "serial" / construct.Bytes(6),
    "cylinders" / construct.Int16ub,
    "heads" / construct.Int16ub,
    "longest_track" / construct.Int24ub,
    "most_records" / construct.Int8ub,
    "device" / construct.Int32ub,
    "unused" / construct.Bytes(12),
)
TrackPrefix = construct.Struct(
    "cylinder" / construct.Int16ub,
    "head" / construct.Int8ub,
    "length" / construct.Int24ub,
)
TrackHeader = construct.Struct(
    "home_address" / construct.Bytes(5),
    "r0" / construct.Bytes(16),
    "size" / construct.Int24ub,
    "records" / construct.Int16ub,
)
RecordArea = construct.Struct(
    "number" / construct.Int16ub,
    "key_length" / construct.Int8ub,
    "data_length" / construct.Int16ub,
    "offset" / construct.Int24ub,
)


class CkdcImage(TrackStore):
    """A base file and its delta file."""

    def __init__(self, file: HostFile, delta: HostFile | None) -> None:
        """Read the headers and find the tracks; BadImage."""
        header = _drive_header(file)
        if header.version != VERSION:
            raise BadImage(file.path, 0, f"version {header.version:04X}", "a CKDC base file, version 0001")
        self.file, self.delta = file, delta
        self.name = str(file.path)
        self.device = _device(file.path, header)
        self.device_type = self.device.name
        self.cylinders, self.heads = header.cylinders, self.device.heads
        self.track_length = self.device.track_length
        self.read_only = True
        self._tracks = _find(file, self.heads)
        missing = next((n for n in range(self.cylinders * self.heads) if n not in self._tracks), None)
        if missing is not None or len(self._tracks) > self.cylinders * self.heads:
            found = f"{len(self._tracks)} tracks"
            raise BadImage(
                file.path, file.length, found, f"the {self.cylinders * self.heads} of {self.cylinders} cylinders"
            )
        if delta is not None:
            other = _drive_header(delta)
            if other.version != VERSION | DELTA:
                raise BadImage(delta.path, 0, f"version {other.version:04X}", "a CKDC delta file, version 8001")
            if {**other, "version": 0, "_io": 0} != {**header, "version": 0, "_io": 0}:
                raise BadImage(delta.path, 2, "another drive", f"the drive of {file.path}")
            changed = _find(delta, self.heads)
            if not changed.keys() <= self._tracks.keys():
                raise BadImage(delta.path, delta.length, "tracks that the base does not have", "tracks of the base")
            self._tracks |= changed

    @classmethod
    def open(cls, path: str | Path, read_only: bool = True) -> CkdcImage:
        """Open a base file, and its delta if there is one; read-only whatever is asked for."""
        place = Path(path)
        beside = place.with_name(place.name + ".delta")
        file = HostFile.open(place, read_only=True)
        delta = None
        try:
            delta = HostFile.open(beside, read_only=True) if beside.exists() else None
            return cls(file, delta)
        except BaseException:
            file.close()
            if delta is not None:
                delta.close()
            raise

    def read_track(self, cylinder: int, head: int) -> bytes:
        self.check_track(cylinder, head)
        file, offset, length = self._tracks[cylinder * self.heads + head]
        data = file.read(offset, length)
        header = TrackHeader.parse(data)
        place = int.from_bytes(header.home_address[1:3]), int.from_bytes(header.home_address[3:5])
        if place != (cylinder, head):
            raise BadImage(file.path, offset, f"the home address of {place}", f"of {(cylinder, head)}")
        start = TrackHeader.sizeof()
        end = start + header.records * RecordArea.sizeof()
        if end > length:
            raise BadImage(file.path, offset + 24, f"{header.records} records", f"as many as {length} bytes hold")
        areas = construct.Array(header.records, RecordArea).parse(data[start:end])
        content = _expanded(file, offset + end, data[end:], self.track_length)
        records = [Record(*_place(header.r0), header.r0[8:])]
        for area in areas:
            key = content[area.offset : area.offset + area.key_length]
            at = area.offset + area.key_length
            value = content[at : at + area.data_length]
            if len(key) + len(value) != area.key_length + area.data_length:
                found = f"record {area.number} at {area.offset} of {len(content)} bytes"
                raise BadImage(file.path, offset, found, "a record within its track")
            records.append(Record(cylinder, head, area.number & 0xFF, value, key))
        try:
            return build_track(Track(header.home_address[0], cylinder, head, tuple(records)), self.track_length)
        except GeometryError as error:
            raise BadImage(file.path, offset, "a track that is too full", str(error)) from error

    def write_track(self, cylinder: int, head: int, offset: int, data: bytes) -> None:
        raise StoreError(f"{self.name}: a CKDC image cannot be written; convert it, or put an overlay on it")

    def close(self) -> None:
        self.file.close()
        if self.delta is not None:
            self.delta.close()


def _drive_header(file: HostFile) -> construct.Container:
    if file.length < DriveHeader.sizeof():
        raise BadImage(file.path, file.length, "end of file", f"a header of {DriveHeader.sizeof()} bytes")
    return DriveHeader.parse(file.read(0, DriveHeader.sizeof()))


def _device(path: Path, header: construct.Container) -> CkdDevice:
    if header.device not in DEVICES:
        known = " ".join(f"{code:06X}" for code in DEVICES)
        raise BadImage(path, 16, f"device type {header.device:08X}", f"one of {known}")
    device = ckd_device(DEVICES[header.device])
    if header.heads != device.heads:
        raise BadImage(path, 10, f"{header.heads} heads", f"{device.heads} heads for a {device.name}")
    if not 1 <= header.cylinders <= device.cylinders + device.alternates:
        raise BadImage(path, 8, f"{header.cylinders} cylinders", f"1 to {device.cylinders + device.alternates}")
    return device


def _find(file: HostFile, heads: int) -> dict[int, tuple[HostFile, int, int]]:
    """Track number -> file, offset and length of the track, from its home address on."""
    found: dict[int, tuple[HostFile, int, int]] = {}
    offset, size, width = DriveHeader.sizeof(), file.length, TrackPrefix.sizeof()
    while offset + width <= size:
        prefix = TrackPrefix.parse(file.read(offset, width))
        if prefix.cylinder == END:
            return found
        offset += width
        if prefix.head >= heads or prefix.length <= TrackHeader.sizeof() or offset + prefix.length > size:
            text = f"cylinder {prefix.cylinder} head {prefix.head}, {prefix.length} bytes"
            raise BadImage(file.path, offset - width, text, f"a track within {size} bytes and {heads} heads")
        found[prefix.cylinder * heads + prefix.head] = (file, offset, prefix.length)
        offset += prefix.length
    raise BadImage(file.path, size, "end of file", "a track, or cylinder FFFF that ends the file")


def _expanded(file: HostFile, offset: int, data: bytes, longest: int) -> bytes:
    expander = zlib.decompressobj()
    try:
        content = expander.decompress(data, 2 * longest)
    except zlib.error as error:
        raise BadImage(file.path, offset, f"data that cannot be expanded ({error})", "zlib data") from error
    return content


def _place(r0: bytes) -> tuple[int, int, int]:
    return int.from_bytes(r0[0:2]), int.from_bytes(r0[2:4]), r0[4]
