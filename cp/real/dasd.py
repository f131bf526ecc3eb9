"""Disk drives and the volumes on them.

At the start every volume in HOME/disks is on a drive and attached to the system, as if the operator had done it: its
minidisks can be linked.  Further drives are empty; MOUNT puts an image on one, and ATTACH gives it to the system or,
as a whole, to a user.  A volume that is detached from the system cannot be linked any more.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.device import Device
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.fba import FbaDisk
from vm370.cp.real.device import RealDevice
from vm370.images.ckd import volume_serial
from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.images.opening import open_image
from vm370.images.stores import BlockStore, TrackStore

if TYPE_CHECKING:
    from vm370.cp.minidisks import Volumes

EMPTY_TYPE = DEVICE_TYPES["3350"]
LABEL_SECTOR = 1


class DiskDrive(RealDevice):
    """A drive, with a volume or without."""

    def __init__(self, raddr: int, volumes: Volumes) -> None:
        super().__init__(raddr, EMPTY_TYPE)
        self._volumes = volumes
        self.path: Path | None = None
        self.volser = ""
        self.owned = False
        """CP's own volume: with the directory."""
        self.size = 0
        """Cylinders or blocks, once ``identify`` was called."""
        self._system = False

    # --- volumes ---

    def mount(self, path: Path, volser: str) -> None:
        """Put a volume on the drive."""
        self.path, self.volser = path, volser

    def unmount(self) -> None:
        """The drive is empty."""
        self.path, self.volser, self.owned = None, "", False
        self.type = EMPTY_TYPE

    def identify(self) -> str:
        """Read type, size and label off the image: the label's volume serial; ImageError when it cannot be read."""
        assert self.path is not None
        in_use = self._volumes.opened(self.volser)
        image = in_use or open_image(self.path, read_only=True)
        try:
            self.type = DEVICE_TYPES.get(image.device_type[:4], EMPTY_TYPE)
            self.size = image.cylinders if isinstance(image, TrackStore) else image.sectors
            return label_of(image)
        finally:
            if in_use is None:
                image.close()

    # --- the system ---

    @property
    def of_system(self) -> bool:
        """CP has the volume."""
        return self._system

    @property
    def users(self) -> int:
        """Links to minidisks of the volume."""
        return self._volumes.links_to(self.volser) if self.volser else 0

    @property
    def system_status(self) -> str:
        """Serial number, and how many links there are."""
        return f"CP {'OWNED ' if self.owned else 'SYSTEM'} {self.volser:<6} {self.users:03}"

    def found(self, *, owned: bool) -> None:
        """The volume was there when CP started."""
        self._system, self.owned = True, owned

    def attach_system(self) -> None:
        """The volume's minidisks can be linked."""
        assert self.path is not None
        self._volumes.mount(self.volser, self.path)
        self._system = True

    def detach_system(self) -> None:
        """They cannot be linked any more."""
        self._volumes.dismount(self.volser)
        self._system = False

    def virtual_disk(self, read_only: bool) -> Device:
        """The whole volume for a user; ImageError when it cannot be opened."""
        assert self.path is not None
        image = open_image(self.path, read_only=read_only or not os.access(self.path, os.W_OK))
        row = DEVICE_TYPES[image.device_type[:4]]
        return CkdDisk(image, row) if isinstance(image, TrackStore) else FbaDisk(image, row)


def label_of(image: TrackStore | BlockStore) -> str:
    """The volume serial in the label; empty when there is none."""
    if isinstance(image, TrackStore):
        return volume_serial(image) or ""
    if image.sectors <= LABEL_SECTOR:
        return ""
    label = image.read(LABEL_SECTOR, 1)
    return from_ebcdic(label[4:10]).rstrip() if label[:4] == to_ebcdic("VOL1") else ""
