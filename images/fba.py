"""Fixed-block disk images: no header, sector n of 512 bytes at byte 512 * n.

Who uses it: the disk devices of CP through BlockStore, blocks.py, `vm370 disk`.  The same invariants as in ckd.py:
a written sector is in the host's file when ``write`` returns, one process at a time writes.  The file does not say
what device it is; without being told, the type is the first one of FBA_DEVICES of exactly that size, or else the
smallest one that is large enough.
"""

from __future__ import annotations

from pathlib import Path

from vm370.images.errors import BadImage, GeometryError
from vm370.images.geometry import FBA_DEVICES, SECTOR, FbaDevice, fba_device
from vm370.images.hostfile import HostFile, create_file
from vm370.images.stores import BlockStore


class FbaImage(BlockStore):
    """A whole FBA image in a host file."""

    def __init__(self, file: HostFile, device: FbaDevice, sectors: int) -> None:
        self.file = file
        self.name = str(file.path)
        self.device = device
        self.device_type = device.name
        self.sectors = sectors
        self.read_only = file.read_only

    @classmethod
    def create(
        cls,
        path: str | Path,
        device_type: str,
        sectors: int | None = None,
        *,
        volser: str = "",
        overwrite: bool = False,
    ) -> FbaImage:
        """Make an image of zeros and open it read-write.

        ``sectors``: default all of the device.  With ``volser`` sector 1 gets a VOL1 label.
        """
        device = fba_device(device_type)
        number = device.sectors if sectors is None else sectors
        if not 1 <= number <= device.sectors:
            raise GeometryError(f"{number} sectors on a {device.name}: expected 1 to {device.sectors}")
        with create_file(path, overwrite) as file:
            file.set_length(number * SECTOR)
            image = cls(file, device, number)
            if volser:
                image.write(1, volume_label_sector(volser))
        return image

    @classmethod
    def open(cls, path: str | Path, read_only: bool = False, device_type: str = "") -> FbaImage:
        """Open an image and check its length."""
        file = HostFile.open(path, read_only)
        try:
            sectors, rest = divmod(file.length, SECTOR)
            if rest or not sectors:
                raise BadImage(
                    path, file.length, f"end of file after {sectors} sectors and {rest} bytes", "whole sectors"
                )
            device = fba_device(device_type) if device_type else device_of_size(sectors)
            if device is None or sectors > device.sectors:
                most = max(row.sectors for row in FBA_DEVICES.values()) if device is None else device.sectors
                raise BadImage(path, file.length, f"{sectors} sectors", f"at most {most}")
        except BaseException:
            file.close()
            raise
        return cls(file, device, sectors)

    def read(self, sector: int, count: int) -> bytes:
        self.check_sectors(sector, count)
        return self.file.read(sector * SECTOR, count * SECTOR)

    def write(self, sector: int, data: bytes) -> None:
        self.check_sectors(sector, self.sectors_of(data))
        self.file.write(sector * SECTOR, data)

    def flush(self) -> None:
        self.file.flush()

    def close(self) -> None:
        self.file.close()


def device_of_size(sectors: int) -> FbaDevice | None:
    """The device type that an image of so many sectors is taken for; None when it is larger than all of them."""
    exact = [row for row in FBA_DEVICES.values() if row.sectors == sectors]
    if exact:
        return exact[0]
    larger = sorted((row for row in FBA_DEVICES.values() if row.sectors > sectors), key=lambda row: row.sectors)
    return larger[0] if larger else None


def volume_label_sector(volser: str) -> bytes:
    """Sector 1 of a labelled volume."""
    name = volser.upper()
    if not (1 <= len(name) <= 6 and name.isascii() and name.isalnum()):
        raise GeometryError(f"volume serial number {volser!r}: expected 1 to 6 letters and digits")
    return f"VOL1{name:6}".encode("cp037").ljust(SECTOR, b"\0")
