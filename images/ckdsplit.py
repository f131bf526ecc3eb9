"""CKD images in several files, each of which holds some cylinders of the volume (an old limit of 2 GiB a file).

    VOL_1.ckd  sequence 1, highest cylinder 9      the number before the dot of the name counts the files
    VOL_2.ckd  sequence 2, highest cylinder 19
    VOL_3.ckd  sequence 3, highest cylinder 0      the last one

Each file is laid out as ckd.py tells, from its own first cylinder on.  ``open_ckd`` opens whole and split images.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path

import construct

from vm370.images.ckd import DEVICE_ID, HEADER_LENGTH, CkdImage, DeviceHeader, device_header, device_rows, image_device
from vm370.images.errors import BadImage, GeometryError, ImageError
from vm370.images.geometry import CkdDevice
from vm370.images.hostfile import HostFile, create_file
from vm370.images.stores import TrackStore

MOST_FILES = 255


class SplitCkdImage(TrackStore):
    """The files of a split image, in order."""

    def __init__(self, files: list[HostFile], device: CkdDevice, starts: list[int], cylinders: int) -> None:
        self.files = files
        self.name = str(files[0].path)
        self.device = device
        self.device_type = device.name
        self.cylinders = cylinders
        self.heads = device.heads
        self.track_length = device.track_length
        self.read_only = files[0].read_only
        self._starts = starts
        """First cylinder of each file."""

    @classmethod
    def open(cls, path: str | Path, read_only: bool = False) -> SplitCkdImage:
        """Open all files, given the first one; BadImage when they do not fit together."""
        files: list[HostFile] = []
        starts: list[int] = []
        next_cylinder = 0
        try:
            while True:
                number = len(files) + 1
                place = file_name(Path(path), number)
                if number > 1 and not place.exists():
                    raise ImageError(f"{place}: does not exist; it is file {number} of the split image {path}")
                file = HostFile.open(place, read_only)
                files.append(file)
                header, cylinders = _part(file, number, next_cylinder)
                if number == 1:
                    first = header
                elif (header.heads, header.track_length, header.type_byte) != (
                    first.heads,
                    first.track_length,
                    first.type_byte,
                ):
                    raise BadImage(place, 8, "another geometry", f"that of {files[0].path}")
                starts.append(next_cylinder)
                next_cylinder += cylinders
                if not header.highest_cylinder:
                    return cls(files, image_device(place, first, next_cylinder, file.length), starts, next_cylinder)
        except BaseException:
            for file in files:
                file.close()
            raise

    def read_track(self, cylinder: int, head: int) -> bytes:
        file, offset = self._place(cylinder, head)
        return file.read(offset, self.track_length)

    def write_track(self, cylinder: int, head: int, offset: int, data: bytes) -> None:
        self.check_range(offset, len(data))
        file, start = self._place(cylinder, head)
        file.write(start + offset, data)

    def _place(self, cylinder: int, head: int) -> tuple[HostFile, int]:
        self.check_track(cylinder, head)
        index = bisect_right(self._starts, cylinder) - 1
        track = (cylinder - self._starts[index]) * self.heads + head
        return self.files[index], HEADER_LENGTH + track * self.track_length

    def flush(self) -> None:
        for file in self.files:
            file.flush()

    def close(self) -> None:
        for file in self.files:
            file.close()


def open_ckd(path: Path, read_only: bool = False) -> TrackStore:
    """A plain CKD image in one file or in several."""
    with path.open("rb") as file:
        head = file.read(18)
    return SplitCkdImage.open(path, read_only) if head[17:18] == b"\1" else CkdImage.open(path, read_only)


def file_name(path: Path, number: int) -> Path:
    """Name of file ``number`` of a split image whose first file is ``path``: VOL_1.ckd, VOL_2.ckd, ..."""
    if not 1 <= number <= MOST_FILES:
        raise ImageError(f"{path}: file {number} of a split image: at most {MOST_FILES} files")
    if not re.search(r"1$", path.stem):
        raise ImageError(f"{path}: the first file of a split image; its name should end in 1, as in VOL_1.ckd")
    return path.with_name(f"{path.stem[:-1]}{number}{path.suffix}")


def _part(file: HostFile, number: int, first: int) -> tuple[construct.Container, int]:
    """Header and number of cylinders of one file."""
    if file.length < HEADER_LENGTH:
        raise BadImage(file.path, file.length, "end of file", f"a device header of {HEADER_LENGTH} bytes")
    header = DeviceHeader.parse(file.read(0, HEADER_LENGTH))
    if header.device_id != DEVICE_ID:
        raise BadImage(file.path, 0, header.device_id, "the device identifier CKD_P370 in ASCII")
    if header.file_sequence != number:
        raise BadImage(file.path, 17, f"file {header.file_sequence} of a split image", f"file {number}")
    row = device_rows(file.path, header)[0]
    cylinders, rest = divmod(file.length - HEADER_LENGTH, row.heads * row.track_length)
    if rest or not cylinders:
        found = f"end of file after {cylinders} cylinders and {rest} bytes"
        raise BadImage(file.path, file.length, found, f"a multiple of {row.heads * row.track_length} bytes")
    if header.highest_cylinder and header.highest_cylinder != first + cylinders - 1:
        found = f"highest cylinder {header.highest_cylinder}"
        raise BadImage(file.path, 18, found, f"{first + cylinders - 1}, as the length of the file tells")
    return header, cylinders


def write_split(
    path: str | Path,
    source: TrackStore,
    cylinders_per_file: int,
    *,
    overwrite: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Copy ``source`` into files of so many cylinders; gives their names, the first of which is ``path``."""
    if cylinders_per_file < 1:
        raise GeometryError(f"{cylinders_per_file} cylinders a file: expected at least 1")
    names = []
    for number, start in enumerate(range(0, source.cylinders, cylinders_per_file), 1):
        end = min(start + cylinders_per_file, source.cylinders)
        names.append(file_name(Path(path), number))
        with create_file(names[-1], overwrite) as file:
            highest = 0 if end == source.cylinders else end - 1
            file.write(0, device_header(source.device, DEVICE_ID, number, highest))
            for cylinder in range(start, end):
                tracks = b"".join(source.read_track(cylinder, head) for head in range(source.heads))
                file.write(HEADER_LENGTH + (cylinder - start) * len(tracks), tracks)
                if progress:
                    progress(cylinder + 1, source.cylinders)
        file.close()
    return names
