"""Tapes by their files: the format of one that exists shows in its first bytes, that of a new one in its name.

    .tap              SIMH                    .het    HET: blocks compressed with zlib
    .aws and others   AWSTAPE

An AWSTAPE or HET file tells of each block whether it is compressed.  A flat file (flat.py) tells nothing; who means one
says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from vm370.images.hostfile import HostFile
from vm370.images.tapes.aws import AwsTape, Compression
from vm370.images.tapes.simh import SimhTape, is_simh

TapeFormat = Literal["aws", "het", "simh"]
SUFFIXES: dict[str, TapeFormat] = {".het": "het", ".tap": "simh"}


def format_of_name(path: Path) -> TapeFormat:
    """The format that a file's name stands for."""
    return SUFFIXES.get(path.suffix.lower(), "aws")


FileTape = AwsTape | SimhTape


def open_tape(
    path: str | Path, *, read_only: bool = True, compression: Compression | None = None
) -> AwsTape | SimhTape:
    """An existing tape at its load point; ImageError when it is none or is in use.

    ``compression`` of what is written on AWSTAPE and HET; None: as the name says.
    """
    place = Path(path)
    file = HostFile.open(place, read_only)
    try:
        simh = is_simh(file) if file.length else format_of_name(place) == "simh"
    finally:
        file.close()
    if simh:
        return SimhTape.open(place, read_only)
    return AwsTape.open(place, read_only, compression or compression_of_name(place))


def create_tape(
    path: str | Path,
    format: TapeFormat | None = None,
    *,
    compression: Compression | None = None,
    overwrite: bool = False,
) -> FileTape:
    """A new tape with nothing on it, open read-write."""
    place = Path(path)
    if (format or format_of_name(place)) == "simh":
        return SimhTape.create(place, overwrite=overwrite)
    zlib = format == "het" or (format is None and format_of_name(place) == "het")
    return AwsTape.create(place, compression or ("zlib" if zlib else "none"), overwrite=overwrite)


def compression_of_name(path: Path) -> Compression:
    """How blocks written on a tape of this name are compressed."""
    return "zlib" if format_of_name(path) == "het" else "none"
