"""CCKD and CCKD64: compressed count-key-data images of Hercules (compressed.py tells the layout).

    CKD_C370   CCKD, files up to 4 GiB        CKD_S370, CKD_S064   shadow files: only what differs from a base; refused
    CKD_C064   CCKD64

The device header is that of ckd.py.  Tracks are read in place; ``write_cckd`` makes an image of any TrackStore.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from vm370.images.ckd import (
    END_MARK,
    FIRST_RECORD,
    HEADER_LENGTH,
    DeviceHeader,
    Record,
    Track,
    build_track,
    counts,
    device_header,
    empty_track,
    image_device,
)
from vm370.images.compressed import (
    LAYOUT32,
    LAYOUT64,
    NULL_FORMATS,
    Compression,
    Finding,
    Layout,
    Units,
    read_header,
    write_units,
)
from vm370.images.errors import BadImage
from vm370.images.geometry import R0_LENGTH
from vm370.images.hostfile import HostFile, create_file
from vm370.images.stores import StoreError, TrackStore

CCKD, CCKD64 = b"CKD_C370", b"CKD_C064"
LAYOUTS: dict[bytes, Layout] = {CCKD: LAYOUT32, CCKD64: LAYOUT64}
LINUX_BLOCKS = 12
SHORT_NULLS = (1, 0)
"""Null formats that are written, and read as such."""


class CckdImage(TrackStore):
    """A compressed image, read-only."""

    def __init__(self, file: HostFile) -> None:
        """Check the headers; BadImage."""
        if file.length < HEADER_LENGTH:
            raise BadImage(file.path, file.length, "end of file", f"a device header of {HEADER_LENGTH} bytes")
        head = DeviceHeader.parse(file.read(0, HEADER_LENGTH))
        if head.device_id not in LAYOUTS:
            raise BadImage(file.path, 0, head.device_id, "the device identifier CKD_C370 or CKD_C064 in ASCII")
        layout = LAYOUTS[head.device_id]
        cylinders = read_header(file, layout).cylinders
        self.device = image_device(file.path, head, cylinders, 512 + (40 if layout is LAYOUT32 else 12))
        self.file = file
        self.name = str(file.path)
        self.device_type = self.device.name
        self.cylinders = cylinders
        self.heads = self.device.heads
        self.track_length = self.device.track_length
        self.read_only = True
        self.units = Units(file, layout, cylinders * self.heads, self.track_length)

    @classmethod
    def open(cls, path: str | Path, read_only: bool = True) -> CckdImage:
        """Open an image; it is read-only whatever is asked for."""
        file = HostFile.open(path, read_only=True)
        try:
            return cls(file)
        except BaseException:
            file.close()
            raise

    def read_track(self, cylinder: int, head: int) -> bytes:
        self.check_track(cylinder, head)
        unit = self.units.read(cylinder * self.heads + head)
        if isinstance(unit, int):
            return null_track(self.name, unit, cylinder, head, self.track_length)
        found = int.from_bytes(unit[1:3]), int.from_bytes(unit[3:5])
        if found != (cylinder, head):
            where = self.units.unit(cylinder * self.heads + head).offset
            raise BadImage(self.name, where, f"the track of cylinder, head {found}", f"{(cylinder, head)}")
        return unit.ljust(self.track_length, b"\0")

    def write_track(self, cylinder: int, head: int, offset: int, data: bytes) -> None:
        raise StoreError(f"{self.name}: a compressed image cannot be written in place; put an overlay on it")

    def check(self, progress: Callable[[int, int], None] | None = None) -> list[Finding]:
        """What is wrong with the image; an empty list when it is sound."""
        return self.units.check(self._wrong, progress)

    def _wrong(self, number: int, unit: bytes) -> str | None:
        place = divmod(number, self.heads)
        if (int.from_bytes(unit[1:3]), int.from_bytes(unit[3:5])) != place:
            return f"home address {unit[:5].hex().upper()}, expected cylinder {place[0]} head {place[1]}"
        try:
            for _ in counts(unit, f"track {number}"):
                pass
        except BadImage as error:
            return str(error)
        return None

    def close(self) -> None:
        self.file.close()


def null_track(name: str, null_format: int, cylinder: int, head: int, length: int) -> bytes:
    """A track that the file does not hold."""
    if null_format == 1:
        return empty_track(cylinder, head).ljust(length, b"\0")
    records = [Record(cylinder, head, 0, bytes(8))]
    if null_format == 0:
        records.append(Record(cylinder, head, 1, b""))
    elif null_format == 2:
        records += [Record(cylinder, head, n, bytes(4096)) for n in range(1, LINUX_BLOCKS + 1)]
    else:
        raise BadImage(name, 0, f"null format {null_format}", f"0 to {NULL_FORMATS - 1}")
    return build_track(Track(0, cylinder, head, tuple(records)), length)


def used_part(track: bytes, where: str) -> bytes:
    """A track up to its end mark."""
    end = FIRST_RECORD - R0_LENGTH
    for count in counts(track, where):
        end = count.end
    return track[:end] + END_MARK


def write_cckd(
    path: str | Path,
    source: TrackStore,
    *,
    bits: int = 32,
    compression: Compression = "zlib",
    level: int = -1,
    overwrite: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Make a compressed image of all tracks of ``source``; ``bits`` 64 for CCKD64."""
    identity, layout = (CCKD, LAYOUT32) if bits == 32 else (CCKD64, LAYOUT64)
    count = source.cylinders * source.heads

    def units() -> Iterator[bytes | int]:
        for cylinder in range(source.cylinders):
            for head in range(source.heads):
                content = used_part(
                    source.read_track(cylinder, head), f"{source.name}: cylinder {cylinder} head {head}"
                )
                nulls = (null_track(source.name, n, cylinder, head, len(content)) for n in SHORT_NULLS)
                yield next((n for n, null in zip(SHORT_NULLS, nulls, strict=True) if null == content), content)

    with create_file(path, overwrite) as file:
        write_units(
            file,
            layout,
            device_header(source.device, identity),
            units(),
            count,
            source.cylinders,
            compression=compression,
            level=level,
            progress=progress,
        )
    file.close()
