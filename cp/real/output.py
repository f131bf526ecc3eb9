"""Host files that appear when they are complete.

While a device works the file is hidden, ``.NAME.part`` in the same folder; ``finish`` forces it to the host's disk and
gives it its name in one step.  What a killed process left of such a file is removed by the next start.
"""

from __future__ import annotations

import os
from pathlib import Path

PART = ".part"


class HostOutput:
    """One file."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / name
        self._work = folder / f".{name}{PART}"
        self._file = self._work.open("wb")

    @property
    def position(self) -> int:
        """Bytes written."""
        return self._file.tell()

    def write(self, data: bytes) -> None:
        """Add something."""
        self._file.write(data)

    def cut(self, position: int) -> None:
        """Forget what was written behind a position."""
        self._file.seek(position)
        self._file.truncate()

    def finish(self) -> Path:
        """The file is complete."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._work.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return self.path

    def discard(self) -> None:
        """Nothing is left of it."""
        self._file.close()
        self._work.unlink(missing_ok=True)


def remove_parts(folder: Path) -> None:
    """Remove what a killed process left."""
    for path in folder.glob(f".*{PART}"):
        path.unlink(missing_ok=True)
