"""Copy a disk into an image of another format: whole tracks, or whole sectors.

    format    of            written by            an image may be copied to
    ckd       CKD_P370      CkdImage              the same kind of disk only: tracks to ckd, cckd, cckd64, split
    cckd      CCKD          cckd.write_cckd       sectors to fba, cfba
    cckd64    CCKD64        cckd.write_cckd
    split     CKD_P370 *n   ckdsplit.write_split
    fba       raw sectors   FbaImage
    cfba      CFBA          cfba.write_cfba

The target appears when it is complete.  Who uses it: `vm370 disk convert`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vm370.images.cckd import write_cckd
from vm370.images.cfba import write_cfba
from vm370.images.ckd import HEADER_LENGTH, device_header
from vm370.images.ckdsplit import write_split
from vm370.images.compressed import Compression
from vm370.images.errors import GeometryError
from vm370.images.geometry import SECTOR
from vm370.images.hostfile import create_file
from vm370.images.opening import Store
from vm370.images.stores import BlockStore, TrackStore

Progress = Callable[[int, int], None]
FORMATS = {
    "ckd": "CKD",
    "cckd": "CKD",
    "cckd64": "CKD",
    "split": "CKD",
    "fba": "FBA",
    "cfba": "FBA",
}
SPLIT_BYTES = 2_000_000_000
"""No file of a split image is longer, unless told otherwise."""
_SECTORS = 2048


def convert(
    source: Store,
    path: str | Path,
    form: str,
    *,
    compression: Compression = "zlib",
    level: int = -1,
    cylinders_per_file: int | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> list[Path]:
    """Write ``source`` to ``path`` in the format ``form``; gives the files that were made."""
    if form not in FORMATS:
        raise GeometryError(f"format {form}: expected one of {' '.join(FORMATS)}")
    kind = "CKD" if isinstance(source, TrackStore) else "FBA"
    if kind != FORMATS[form]:
        raise GeometryError(f"{source.name}: a {kind} disk cannot become an image of format {form}")
    if isinstance(source, BlockStore):
        if form == "cfba":
            write_cfba(path, source, compression=compression, level=level, overwrite=overwrite, progress=progress)
        else:
            _write_fba(path, source, overwrite, progress)
    elif form == "split":
        size = source.heads * source.track_length
        cylinders = cylinders_per_file or max(1, SPLIT_BYTES // size)
        return write_split(path, source, cylinders, overwrite=overwrite, progress=progress)
    elif form == "ckd":
        _write_ckd(path, source, overwrite, progress)
    else:
        bits = 64 if form == "cckd64" else 32
        write_cckd(
            path, source, bits=bits, compression=compression, level=level, overwrite=overwrite, progress=progress
        )
    return [Path(path)]


def _write_ckd(path: str | Path, source: TrackStore, overwrite: bool, progress: Progress | None) -> None:
    with create_file(path, overwrite) as file:
        file.write(0, device_header(source.device))
        for cylinder in range(source.cylinders):
            tracks = b"".join(source.read_track(cylinder, head) for head in range(source.heads))
            file.write(HEADER_LENGTH + cylinder * len(tracks), tracks)
            if progress:
                progress(cylinder + 1, source.cylinders)
    file.close()


def _write_fba(path: str | Path, source: BlockStore, overwrite: bool, progress: Progress | None) -> None:
    with create_file(path, overwrite) as file:
        for sector in range(0, source.sectors, _SECTORS):
            data = source.read(sector, min(_SECTORS, source.sectors - sector))
            file.write(sector * SECTOR, data)
            if progress:
                progress(min(sector + _SECTORS, source.sectors), source.sectors)
    file.close()
