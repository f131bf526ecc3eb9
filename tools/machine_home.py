"""A throw-away home for ``vm370 run --machine FILE``: one user, whom the file's USER entry describes.

Paths in the entry are relative to the folder of the file.  What the guest writes to disks R/W, tapes and printouts is
in those host files; overlays (FILE ... COW), spool files and T-disks are gone with the home when the run ends.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vm370.cp.directory.entries import UserEntry
from vm370.cp.directory.source import parse_source, read

HEADER = "DIRECTORY 6A1 3350 VMHOME"


@dataclass(frozen=True, slots=True)
class MachineHome:
    """The home, and what is relative to the machine's file."""

    home: Path
    files: Path
    entry: UserEntry


@contextlib.contextmanager
def machine_home(path: Path) -> Iterator[MachineHome]:
    """Make the home; DirectoryError when the file is no machine."""
    text = read(path)
    users = parse_source(text, path, machine=True).users
    with tempfile.TemporaryDirectory(prefix="vm370-") as folder:
        home = Path(folder)
        (home / "disks").mkdir()
        (home / "directory").write_text(f"{HEADER}\n{text}", encoding="utf-8")
        yield MachineHome(home, path.absolute().parent, next(iter(users.values())))
