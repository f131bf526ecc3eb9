"""Tape drives: nobody puts reels on them, so the MOUNT command mounts host files.

    MOUNT 181 FILE          HOME/tapes/FILE, read-only without a write ring
    MOUNT 181 FILE RING     it can be written
    a user detaches it      rewound and unloaded: the drive is empty again

While a tape is mounted its file is open and locked (images/hostfile.py).
"""

from __future__ import annotations

from pathlib import Path

from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.real.device import RealDevice
from vm370.images.tapes.aws import AwsTape, Compression
from vm370.images.tapes.tape import Tape


class TapeDrive(RealDevice):
    """A 3420."""

    def __init__(self, raddr: int) -> None:
        super().__init__(raddr, DEVICE_TYPES["3420"])
        self.tape: Tape | None = None
        self.path: Path | None = None

    @property
    def ring(self) -> bool:
        """The tape can be written."""
        return self.tape is not None and not self.tape.read_only

    def mount(self, path: Path, *, ring: bool, new: bool = False) -> None:
        """Put a tape on the drive, at its load point; ImageError when the file is no tape or is in use."""
        compression: Compression = "zlib" if path.suffix.lower() == ".het" else "none"
        if new:
            AwsTape.create(path, compression).close()
        self.tape = AwsTape.open(path, read_only=not ring, compression=compression)
        self.path = path

    def unmount(self) -> None:
        """Take the tape off the drive."""
        tape, self.tape, self.path = self.tape, None, None
        if tape is not None:
            tape.close()

    def freed(self) -> None:
        """Rewound and unloaded."""
        super().freed()
        self.unmount()

    def end(self) -> None:
        """CP ends."""
        self.unmount()
