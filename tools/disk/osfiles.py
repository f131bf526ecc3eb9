"""Data sets of OS volumes for `vm370 disk ls`, `get` and `info`.

    on the volume              in the host folder
    SYS1.PARMLIB(IEASYS00)     sys1.parmlib/ieasys00
    SYS1.SEQ                   sys1.seq

Text is translated, with trailing blanks dropped; records of format U (load modules) are always binary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from vm370.images.cmsnames import FIXED
from vm370.images.errors import FileNotOnDisk, ImageError
from vm370.images.os import OsVolume
from vm370.images.os.layout import DataSet
from vm370.images.stores import BlockStore, TrackStore
from vm370.tools.disk import transfer
from vm370.tools.disk.progress import Progress

_WORD = re.compile(r"([^()*/]+)(?:\(([^()/]+)\))?\Z")
_PROPER = re.compile(r"(?!\.)[^/\0]+\Z")


def volume_of(store: TrackStore | BlockStore, name: str) -> OsVolume | None:
    """The OS volume on a disk, None when it is something else."""
    if not isinstance(store, TrackStore):
        return None
    try:
        return OsVolume(store, name)
    except ImageError:
        return None


def listed(volume: OsVolume) -> list[dict[str, Any]]:
    """What `disk ls` shows of a volume."""
    return [
        {
            "name": item.name,
            "dsorg": item.dsorg,
            "recfm": item.recfm,
            "lrecl": item.lrecl,
            "block_length": item.block_length,
            "extents": len(item.extents),
            "tracks": item.tracks,
            "created": item.created.isoformat() if item.created else None,
            "members": [member.name for member in volume.members(item)] if item.partitioned else None,
        }
        for item in volume.data_sets()
    ]


def _wanted(volume: OsVolume, words: Sequence[str] | None) -> Iterator[tuple[DataSet, str | None]]:
    """Data sets and members that words mean; default all that can be read."""
    if words is None:
        for item in volume.data_sets():
            if item.partitioned:
                yield from ((item, member.name) for member in volume.members(item))
            elif item.dsorg.startswith("PS"):
                yield item, None
        return
    for word in words:
        match = _WORD.match(word)
        if match is None:
            raise ImageError(f"{word}: expected DSN, DSN(MEMBER) or DSN(*)")
        item, member = volume.find(match[1]), match[2]
        if member is None and not item.partitioned:
            yield item, None
            continue
        pattern = (member or "*").upper()
        names = [entry.name for entry in volume.members(item)]
        found = [name for name in names if re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), name)]
        if not found:
            raise FileNotOnDisk(f"{volume.name}: {item.name} has no member {pattern}")
        yield from ((item, name) for name in found)


def get(
    volume: OsVolume, folder: Path, words: Sequence[str] | None, binary: bool, progress: Progress | None, dry_run: bool
) -> list[Path]:
    """Write data sets and members into a host folder."""
    chosen = list(_wanted(volume, words))
    written = []
    for number, (item, member) in enumerate(chosen, 1):
        parts = [item.name.lower()] + ([member.lower()] if member else [])
        if not all(_PROPER.match(part) for part in parts):
            raise ImageError(f"{volume.name}: {'/'.join(parts)!r} is no name for a host file")
        place = folder.joinpath(*parts)
        where = f"{volume.name}: {'/'.join(parts)}"
        records = volume.records(item, member)
        data = transfer.unload(records, FIXED, binary or item.recfm.startswith("U"), where)
        if not dry_run:
            transfer.make_folder(place.parent)
            transfer.save(place, data)
        written.append(place)
        if progress:
            progress(number, len(chosen))
    return written
