"""A CMS file as it stands in an archive, a card deck or a transmission: its name, its form and its records.

Who uses it: vmarc.py, diskdump.py, netdata.py, and the tools that unpack and pack them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A file; ``lrecl`` of a V file is the length of its longest record."""

    filename: str
    filetype: str
    filemode: str
    recfm: str
    lrecl: int
    written: datetime | None
    records: tuple[bytes, ...]

    def __str__(self) -> str:
        return f"{self.filename} {self.filetype}"
