"""CKD disk images in the CKD_P370 format of Hercules and other emulators.

    file            0  device header (512 bytes), then track n = cylinder * heads + head at 512 + n * track length

    device header   0  8  `CKD_P370` in ASCII              track    0  home address   flag 1, cylinder 2, head 2
                    8  4  heads            little endian            5  R0             count 8, data 8
                   12  4  track length     little endian           21  R1 ...         count 8, key, data
                   16  1  type byte (X'50' for a 3350)                 end mark       8 times X'FF'
                   17  1  file sequence, 0: not split        count  0  2  cylinder (X'8000': overflow segment)
                   18  2  highest cylinder, 0: not split            2  2  head
                   20 12  serial number, ASCII                      4  1  record number
                   32     zeros                                     5  1  key length
                                                                    6  2  data length (0: end of file)

Numbers within a track are big endian.  Who uses it: the disk devices of CP through TrackStore, blocks.py, `vm370 disk`.

Invariants: a written byte range is in the host's file when ``write_track`` returns (it survives the end of this
process; ``flush`` makes it survive the end of the host); one process at a time has an image open read-write (flock on
the file), any number read it meanwhile.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import construct

from vm370.images.errors import BadImage, GeometryError
from vm370.images.geometry import (
    CKD_DEVICES,
    COUNT_LENGTH,
    END_MARK_LENGTH,
    HOME_ADDRESS_LENGTH,
    R0_LENGTH,
    CkdDevice,
    ckd_device,
)
from vm370.images.hostfile import HostFile, create_file
from vm370.images.stores import TrackStore

DEVICE_ID = b"CKD_P370"
HEADER_LENGTH = 512
END_MARK = b"\xff" * END_MARK_LENGTH
FIRST_RECORD = HOME_ADDRESS_LENGTH + R0_LENGTH  # offset of R1's count

_OTHER_IDS = {
    b"CKD_S370": "a compressed shadow file, which is nothing without its base",
    b"CKD_P064": "a 64-bit image",
    b"CKD_S064": "a 64-bit compressed shadow file, which is nothing without its base",
}

DeviceHeader = construct.Struct(
    "device_id" / construct.Bytes(8),
    "heads" / construct.Int32ul,
    "track_length" / construct.Int32ul,
    "type_byte" / construct.Int8ub,
    "file_sequence" / construct.Int8ub,
    "highest_cylinder" / construct.Int16ul,
    "serial" / construct.Bytes(12),
    "reserved" / construct.Bytes(480),
)

_HOME = struct.Struct(">BHH")
_COUNT = struct.Struct(">HHBBH")


@dataclass(frozen=True, slots=True)
class Count:
    """A count field, and where in the track it stands."""

    offset: int
    cylinder: int
    head: int
    record: int
    key_length: int
    data_length: int

    @property
    def key_offset(self) -> int:
        return self.offset + COUNT_LENGTH

    @property
    def data_offset(self) -> int:
        return self.offset + COUNT_LENGTH + self.key_length

    @property
    def end(self) -> int:
        return self.data_offset + self.data_length


@dataclass(frozen=True, slots=True)
class Record:
    """A record to be written, or read: count, key and data."""

    cylinder: int
    head: int
    number: int
    data: bytes
    key: bytes = b""


@dataclass(frozen=True, slots=True)
class Track:
    """A whole track in its parts; ``tail`` is what stands behind the end mark, without trailing zeros."""

    flag: int
    cylinder: int
    head: int
    records: tuple[Record, ...]  # R0 first
    tail: bytes = b""


def counts(track: bytes, where: str = "track", base: int = 0) -> Iterator[Count]:
    """The count fields of a track from R0 on, each checked to lie within the track; ends at the end mark.

    ``where`` and ``base`` (the track's offset there) are for the message of BadImage.
    """
    offset = HOME_ADDRESS_LENGTH
    limit = len(track)
    while True:
        if offset + COUNT_LENGTH > limit:
            raise BadImage(
                where, base + offset, f"the end of a track of {limit} bytes", "a count field or the end mark"
            )
        if track[offset : offset + COUNT_LENGTH] == END_MARK:
            return
        count = Count(offset, *_COUNT.unpack_from(track, offset))
        if count.end + END_MARK_LENGTH > limit:
            found = f"record {count.record} with key length {count.key_length}, data length {count.data_length}"
            raise BadImage(where, base + offset, found, f"a record that ends before byte {limit - END_MARK_LENGTH}")
        yield count
        offset = count.end


def parse_track(track: bytes, where: str = "track", base: int = 0) -> Track:
    """Take a track apart."""
    flag, cylinder, head = _HOME.unpack_from(track.ljust(HOME_ADDRESS_LENGTH, b"\0"))
    records = []
    end = HOME_ADDRESS_LENGTH
    for count in counts(track, where, base):
        key = track[count.key_offset : count.data_offset]
        records.append(Record(count.cylinder, count.head, count.record, track[count.data_offset : count.end], key))
        end = count.end
    return Track(flag, cylinder, head, tuple(records), track[end + END_MARK_LENGTH :].rstrip(b"\0"))


def build_track(track: Track, length: int) -> bytes:
    """Put a track together: the inverse of parse_track."""
    parts = [_HOME.pack(track.flag, track.cylinder, track.head)]
    for record in track.records:
        parts.append(
            _COUNT.pack(record.cylinder, record.head, record.number, len(record.key), len(record.data))
            + record.key
            + record.data
        )
    image = b"".join([*parts, END_MARK, track.tail])
    if len(image) > length:
        raise GeometryError(f"cylinder {track.cylinder} head {track.head}: {len(image)} bytes in a track of {length}")
    return image.ljust(length, b"\0")


def format_track(cylinder: int, head: int, records: Iterable[tuple[int, bytes, bytes]], length: int) -> bytes:
    """A track with a standard home address and R0, and ``records``: record number, key, data."""
    built = [Record(cylinder, head, 0, bytes(8))]
    built += [Record(cylinder, head, number, data, key) for number, key, data in records]
    return build_track(Track(0, cylinder, head, tuple(built)), length)


def empty_track(cylinder: int, head: int) -> bytes:
    """Home address, R0 and the end mark: a track without records (bytes behind the mark do not matter)."""
    return _HOME.pack(0, cylinder, head) + _COUNT.pack(cylinder, head, 0, 0, 8) + bytes(8) + END_MARK


def device_header(
    device: CkdDevice, device_id: bytes = DEVICE_ID, file_sequence: int = 0, highest_cylinder: int = 0
) -> bytes:
    """The 512 bytes that an image begins with."""
    header: bytes = DeviceHeader.build(
        {
            "device_id": device_id,
            "heads": device.heads,
            "track_length": device.track_length,
            "type_byte": device.type_byte,
            "file_sequence": file_sequence,
            "highest_cylinder": highest_cylinder,
            "serial": bytes(12),
            "reserved": bytes(480),
        }
    )
    return header


def device_rows(path: str | Path, header: construct.Container) -> list[CkdDevice]:
    """The device types that a parsed device header can mean, the smallest first; BadImage when there are none."""
    rows = [row for row in CKD_DEVICES.values() if row.type_byte == header.type_byte]
    if not rows:
        types = " ".join(sorted({f"{row.type_byte:02X}" for row in CKD_DEVICES.values()}))
        raise BadImage(path, 16, f"device type X'{header.type_byte:02X}'", f"one of {types}")
    lengths = {row.track_length for row in rows}
    if header.track_length not in lengths:
        raise BadImage(path, 12, f"track length {header.track_length}", " or ".join(map(str, sorted(lengths))))
    rows = [row for row in rows if row.track_length == header.track_length]
    if header.heads != rows[0].heads:
        raise BadImage(path, 8, f"{header.heads} heads", f"{rows[0].heads} heads for a {rows[0].name}")
    return rows


def image_device(path: str | Path, header: construct.Container, cylinders: int, offset: int) -> CkdDevice:
    """The device type of an image of so many cylinders; ``offset``: where the file tells that number."""
    rows = device_rows(path, header)
    for row in rows:
        if 1 <= cylinders <= row.cylinders + row.alternates:
            return row
    most = rows[-1].cylinders + rows[-1].alternates
    raise BadImage(path, offset, f"{cylinders} cylinders", f"1 to {most} on a {rows[-1].name}")


class CkdImage(TrackStore):
    """A whole CKD image in a host file."""

    def __init__(self, file: HostFile, device: CkdDevice, cylinders: int) -> None:
        self.file = file
        self.name = str(file.path)
        self.device = device
        self.device_type = device.name
        self.cylinders = cylinders
        self.heads = device.heads
        self.track_length = device.track_length
        self.read_only = file.read_only

    @classmethod
    def create(
        cls,
        path: str | Path,
        device_type: str,
        cylinders: int | None = None,
        *,
        volser: str = "",
        overwrite: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> CkdImage:
        """Make an image of empty tracks and open it read-write.

        ``cylinders``: default all primary ones.  With ``volser`` track 0 gets the standard IPL1, IPL2 and VOL1 records.
        """
        device = ckd_device(device_type)
        number = device.cylinders if cylinders is None else cylinders
        if not 1 <= number <= device.cylinders + device.alternates:
            raise GeometryError(
                f"{number} cylinders on a {device.name}: expected 1 to {device.cylinders + device.alternates}"
            )
        with create_file(path, overwrite) as file:
            file.write(0, device_header(device))
            file.set_length(HEADER_LENGTH + number * device.heads * device.track_length)
            image = cls(file, device, number)
            for cylinder in range(number):
                for head in range(device.heads):
                    image.write_track(cylinder, head, 0, empty_track(cylinder, head))
                if progress:
                    progress(cylinder + 1, number)
            if volser:
                image.write_track(0, 0, 0, volume_label_track(volser, device.track_length))
        return image

    @classmethod
    def open(cls, path: str | Path, read_only: bool = False) -> CkdImage:
        """Open an image and check its header and length."""
        file = HostFile.open(path, read_only)
        try:
            device, cylinders = cls._geometry(file)
        except BaseException:
            file.close()
            raise
        return cls(file, device, cylinders)

    @staticmethod
    def _geometry(file: HostFile) -> tuple[CkdDevice, int]:
        if file.length < HEADER_LENGTH:
            raise BadImage(file.path, file.length, "end of file", f"a device header of {HEADER_LENGTH} bytes")
        header = DeviceHeader.parse(file.read(0, HEADER_LENGTH))
        if header.device_id != DEVICE_ID:
            found = _OTHER_IDS.get(header.device_id, header.device_id)
            raise BadImage(file.path, 0, found, "the device identifier CKD_P370 in ASCII")
        if header.file_sequence:
            raise BadImage(
                file.path, 17, f"file {header.file_sequence} of a split image", "0, a whole image in one file"
            )
        rows = device_rows(file.path, header)
        cylinder_length = rows[0].heads * rows[0].track_length
        cylinders, rest = divmod(file.length - HEADER_LENGTH, cylinder_length)
        if rest or not cylinders:
            found = f"end of file after {cylinders} cylinders and {rest} bytes"
            raise BadImage(file.path, file.length, found, f"a multiple of {cylinder_length} bytes after the header")
        return image_device(file.path, header, cylinders, file.length), cylinders

    def read_track(self, cylinder: int, head: int) -> bytes:
        return self.file.read(self.track_offset(cylinder, head), self.track_length)

    def write_track(self, cylinder: int, head: int, offset: int, data: bytes) -> None:
        self.check_range(offset, len(data))
        self.file.write(self.track_offset(cylinder, head) + offset, data)

    def track_offset(self, cylinder: int, head: int) -> int:
        """Where a track begins in the file."""
        self.check_track(cylinder, head)
        return HEADER_LENGTH + (cylinder * self.heads + head) * self.track_length

    def flush(self) -> None:
        self.file.flush()

    def close(self) -> None:
        self.file.close()


def volume_label_track(volser: str, length: int) -> bytes:
    """Track 0 of a labelled volume: IPL1 (wait state), IPL2, VOL1, as `dasdinit` writes it."""
    name = volser.upper()
    if not (1 <= len(name) <= 6 and name.isascii() and name.isalnum()):
        raise GeometryError(f"volume serial number {volser!r}: expected 1 to 6 letters and digits")
    wait_psw = bytes.fromhex("000600000000000F")
    ipl1 = wait_psw + bytes.fromhex("0300000000000001 0000000000000000")
    vol1 = "VOL1" + name.ljust(6)
    label = vol1.encode("cp037") + b"\x40\0\0\0\x01\x01" + f"{'':25}{'HERCULES':14}{'':25}".encode("cp037")
    tag = [text.encode("cp037") for text in ("IPL1", "IPL2", "VOL1")]
    return format_track(0, 0, [(1, tag[0], ipl1), (2, tag[1], bytes(144)), (3, tag[2], label[:80])], length)


def volume_serial(store: TrackStore) -> str | None:
    """The volume serial number in the VOL1 record of track 0, if there is one."""
    track = store.read_track(0, 0)
    try:
        for count in counts(track):
            data = track[count.data_offset : count.end]
            if count.record == 3 and data[:4] == "VOL1".encode("cp037"):
                return data[4:10].decode("cp037").rstrip()
    except BadImage:
        return None
    return None
