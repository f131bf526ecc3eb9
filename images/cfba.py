"""CFBA: compressed fixed-block images of Hercules (compressed.py tells the layout).

    FBA_C370   files up to 4 GiB; the rest of the device header is zeros
    unit       120 sectors, 61,440 bytes; the sectors behind the end of the disk are in the last one too
    prefix     compression byte, number of the group, 4 bytes big endian
    null       zeros, whatever the null format

Read in place; ``write_cfba`` makes an image of any BlockStore.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from vm370.images.compressed import LAYOUT32, PREFIX, Compression, Finding, Units, read_header, write_units
from vm370.images.errors import BadImage, GeometryError
from vm370.images.fba import device_of_size
from vm370.images.geometry import SECTOR
from vm370.images.hostfile import HostFile, create_file
from vm370.images.stores import BlockStore, StoreError

CFBA = b"FBA_C370"
GROUP = 120
GROUP_LENGTH = GROUP * SECTOR


class CfbaImage(BlockStore):
    """A compressed image, read-only."""

    def __init__(self, file: HostFile) -> None:
        """Check the headers; BadImage."""
        sectors = read_header(file, LAYOUT32).cylinders
        if file.read(0, 8) != CFBA:
            raise BadImage(file.path, 0, file.read(0, 8), "the device identifier FBA_C370 in ASCII")
        device = device_of_size(sectors) if sectors else None
        if device is None:
            raise BadImage(file.path, 552, f"{sectors} sectors", "as many as a fixed-block device has")
        self.device = device
        self.file = file
        self.name = str(file.path)
        self.device_type = device.name
        self.sectors = sectors
        self.read_only = True
        self.units = Units(file, LAYOUT32, -(-sectors // GROUP), PREFIX + GROUP_LENGTH)

    @classmethod
    def open(cls, path: str | Path, read_only: bool = True) -> CfbaImage:
        """Open an image; it is read-only whatever is asked for."""
        file = HostFile.open(path, read_only=True)
        try:
            return cls(file)
        except BaseException:
            file.close()
            raise

    def read(self, sector: int, count: int) -> bytes:
        self.check_sectors(sector, count)
        parts = []
        while count:
            group, first = divmod(sector, GROUP)
            some = min(count, GROUP - first)
            parts.append(self._group(group)[first * SECTOR : (first + some) * SECTOR])
            sector += some
            count -= some
        return b"".join(parts)

    def _group(self, number: int) -> bytes:
        unit = self.units.read(number)
        if isinstance(unit, int):
            return bytes(GROUP_LENGTH)
        wrong = self._wrong(number, unit)
        if wrong:
            raise BadImage(self.name, self.units.unit(number).offset, wrong, f"group {number} of 120 sectors")
        return unit[PREFIX:].ljust(GROUP_LENGTH, b"\0")

    def _wrong(self, number: int, unit: bytes) -> str | None:
        found = int.from_bytes(unit[1:PREFIX])
        return None if found == number else f"the number of group {found}"

    def write(self, sector: int, data: bytes) -> None:
        raise StoreError(f"{self.name}: a compressed image cannot be written in place; put an overlay on it")

    def check(self, progress: Callable[[int, int], None] | None = None) -> list[Finding]:
        """What is wrong with the image; an empty list when it is sound."""
        return self.units.check(self._wrong, progress)

    def close(self) -> None:
        self.file.close()


def write_cfba(
    path: str | Path,
    source: BlockStore,
    *,
    compression: Compression = "zlib",
    level: int = -1,
    overwrite: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Make a compressed image of all sectors of ``source``."""
    if source.sectors >= 1 << 32:
        raise GeometryError(f"{source.name}: {source.sectors} sectors are too many for CFBA")
    count = -(-source.sectors // GROUP)

    def units() -> Iterator[bytes | int]:
        for number in range(count):
            start = number * GROUP
            data = source.read(start, min(GROUP, source.sectors - start))
            yield bytes([0]) + number.to_bytes(4) + data.ljust(GROUP_LENGTH, b"\0") if any(data) else 0

    with create_file(path, overwrite) as file:
        write_units(
            file,
            LAYOUT32,
            CFBA.ljust(512, b"\0"),
            units(),
            count,
            source.sectors,
            compression=compression,
            level=level,
            null_format=0,
            progress=progress,
        )
    file.close()
