"""Disk images from Python: what each subcommand of `vm370 disk` does.

Every function that changes a disk changes it in one step: after an error, or the end of the process at any instant,
the disk is what it was.  ``extent`` is (start, length) in cylinders (FBA: sectors) of a minidisk inside a volume, None
for the whole image.  Errors are ImageError (vm370.images.errors) with a text for the user.

    >>> create_disk("demo.ckd", "3350", 5)                                       # doctest: +SKIP
    >>> format_disk("demo.ckd", "DEMO", 4096)                                    # doctest: +SKIP
    >>> put_files("demo.ckd", ["note.txt", "exec/"])                             # doctest: +SKIP
"""

from __future__ import annotations

import contextlib
import fnmatch
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from vm370.images.blocks import CkdBlocks, FbaBlocks, cms_blocks, find_block_size
from vm370.images.ckd import CkdImage, volume_serial
from vm370.images.edf import EdfDisk, Finding, Fst, check
from vm370.images.edf.layout import label_field
from vm370.images.errors import FileNotOnDisk, GeometryError, ImageError
from vm370.images.fba import FbaImage
from vm370.images.geometry import CkdDevice, device
from vm370.images.opening import Store, open_image
from vm370.images.stores import TrackStore
from vm370.tools.disk import transfer
from vm370.tools.disk.progress import Progress
from vm370.tools.disk.transfer import CmsFile, Form

Extent = tuple[int, int]
Clock = Callable[[], datetime]


def create_disk(
    path: str | Path,
    device_type: str,
    size: int | None = None,
    *,
    volser: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> None:
    """Make an image; ``size`` in cylinders (FBA: sectors), default the whole device."""
    if isinstance(device(device_type), CkdDevice):
        CkdImage.create(path, device_type, size, volser=volser, overwrite=overwrite, progress=progress).close()
    else:
        FbaImage.create(path, device_type, size, volser=volser, overwrite=overwrite).close()


@contextlib.contextmanager
def open_store(path: str | Path, extent: Extent | None = None, read_only: bool = False) -> Iterator[Store]:
    """The tracks or sectors of an image or of a minidisk in it."""
    image = open_image(path, read_only)
    try:
        yield image if extent is None else image.extent(*extent)
    finally:
        image.close()


@contextlib.contextmanager
def open_blocks(
    path: str | Path, extent: Extent | None = None, read_only: bool = False, size: int | None = None
) -> Iterator[CkdBlocks | FbaBlocks]:
    """The CMS blocks of an image; ``size`` only for a disk that is not formatted yet."""
    with open_store(path, extent, read_only) as store:
        yield cms_blocks(store, size or find_block_size(store, str(path)), str(path))


@contextlib.contextmanager
def open_disk(
    path: str | Path, extent: Extent | None = None, read_only: bool = False, clock: Clock = datetime.now
) -> Iterator[EdfDisk]:
    """The files of an image."""
    with open_blocks(path, extent, read_only) as blocks:
        yield EdfDisk.open(blocks, clock)


def format_disk(
    path: str | Path,
    label: str,
    block_size: int = 4096,
    *,
    extent: Extent | None = None,
    clock: Clock = datetime.now,
    progress: Progress | None = None,
) -> None:
    """Make an empty CMS disk; all that was in the image or extent is gone."""
    with open_blocks(path, extent, size=block_size) as blocks:
        label_field(label)  # before anything is lost
        if isinstance(blocks, CkdBlocks):
            blocks.format(progress)
        EdfDisk.format(blocks, label, clock)


def host_files(paths: Sequence[str | Path]) -> list[Path]:
    """The files of a command line: a folder stands for the files in it (not hidden ones, no folders in folders)."""
    found = []
    for path in map(Path, paths):
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(item for item in path.iterdir() if not item.name.startswith("."))
        for item in inside:
            if item.is_dir():
                raise ImageError(f"{item}: is a folder in a folder; a CMS disk has no folders")
        found += inside
    return found


def put_files(
    path: str | Path,
    files: Sequence[str | Path],
    form: Form | None = None,
    *,
    name: str = "",
    extent: Extent | None = None,
    clock: Clock = datetime.now,
    progress: Progress | None = None,
) -> list[CmsFile]:
    """Put host files and the files of host folders on a disk, replacing files of the same names; all of them or none.

    ``name``: `FN FT [FM]` for a single file.
    """
    sources = host_files(files)
    if name and len(sources) != 1:
        raise ImageError(f"--as names one file, found {len(sources)} files")
    wanted = transfer.parse_name(name) if name else None
    ready = [transfer.load(source, form or Form(), wanted) for source in sources]
    seen: dict[tuple[str, str], str] = {}
    for file in ready:
        other = seen.setdefault((file.filename, file.filetype), file.source)
        if other != file.source:
            raise ImageError(f"{file.source}: is {file.filename} {file.filetype} on the disk, as is {other}")
    with open_disk(path, extent, clock=clock) as disk:
        put_ready(disk, ready, bool(form and form.sparse), progress)
    return ready


def put_ready(disk: EdfDisk, files: Sequence[CmsFile], sparse: bool = False, progress: Progress | None = None) -> None:
    """Write translated files in one step."""
    with disk.transaction():
        for number, file in enumerate(files, 1):
            disk.write(
                file.filename,
                file.filetype,
                file.records,
                recfm=file.recfm,
                lrecl=file.lrecl,
                mode=file.mode,
                sparse=sparse,
            )
            if progress:
                progress(number, len(files))


def matching(disk: EdfDisk, names: Sequence[tuple[str, str]]) -> list[Fst]:
    """Files by name, `*` stands for any characters; FileNotOnDisk when a name matches none."""
    found: list[Fst] = []
    for filename, filetype in names:
        wanted = [fst for fst in disk.files() if _matches(fst.filename, filename) and _matches(fst.filetype, filetype)]
        if not wanted:
            raise FileNotOnDisk(f"{disk.blocks.name}: file {filename.upper()} {filetype.upper()} is not on the disk")
        found += [fst for fst in wanted if fst not in found]
    return found


def _matches(name: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(name, pattern.upper().replace("[", "[[]").replace("?", "[?]"))


def get_files(
    path: str | Path,
    folder: str | Path,
    names: Sequence[tuple[str, str]] | None = None,
    *,
    binary: bool = False,
    extent: Extent | None = None,
    progress: Progress | None = None,
) -> list[Path]:
    """Write files (default all) into a host folder, which is made if it is missing."""
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImageError(f"{target}: cannot be made: {error.strerror}") from error
    written = []
    with open_disk(path, extent, read_only=True) as disk:
        chosen = disk.files() if names is None else matching(disk, names)
        for number, fst in enumerate(chosen, 1):
            place = target / transfer.host_name(fst.filename, fst.filetype)
            where = f"{path}: {fst}"
            transfer.save(place, transfer.unload(disk.records(fst), fst.format, binary, where))
            written.append(place)
            if progress:
                progress(number, len(chosen))
    return written


def list_files(path: str | Path, extent: Extent | None = None) -> list[dict[str, Any]]:
    """What `disk ls` shows, sorted by name."""
    with open_disk(path, extent, read_only=True) as disk:
        return [_described(fst) for fst in sorted(disk.files(), key=lambda fst: (fst.filename, fst.filetype))]


def _described(fst: Fst) -> dict[str, Any]:
    written = fst.written_at
    return {
        "filename": fst.filename,
        "filetype": fst.filetype,
        "filemode": fst.filemode,
        "recfm": fst.format,
        "lrecl": fst.lrecl,
        "records": fst.records,
        "blocks": fst.blocks,
        "written": written.isoformat(sep=" ") if written else None,
    }


def remove_files(path: str | Path, names: Sequence[tuple[str, str]], *, extent: Extent | None = None) -> list[str]:
    """Erase files, all or none of them."""
    with open_disk(path, extent) as disk, disk.transaction():
        chosen = matching(disk, names)
        for fst in chosen:
            disk.erase(fst.filename, fst.filetype)
        return [str(fst) for fst in chosen]


def rename_file(
    path: str | Path,
    old: tuple[str, str],
    new: tuple[str, str],
    mode: str | None = None,
    *,
    extent: Extent | None = None,
) -> None:
    """Give a file another name, and another file mode if one is given."""
    with open_disk(path, extent) as disk:
        disk.rename(old, new, mode)


def disk_info(path: str | Path, extent: Extent | None = None) -> dict[str, Any]:
    """What an image is, and its file system if it has one."""
    with open_store(path, extent, read_only=True) as store:
        info: dict[str, Any] = {"image": str(path), "device": store.device_type}
        if isinstance(store, TrackStore):
            info |= {"format": "ckd", "cylinders": store.cylinders, "heads": store.heads}
            info |= {"track_length": store.track_length, "volser": volume_serial(store)}
        else:
            info |= {"format": "fba", "sectors": store.sectors}
        if extent:
            info["extent"] = list(extent)
        try:
            disk = EdfDisk.open(cms_blocks(store, find_block_size(store, str(path)), str(path)))
        except ImageError as error:
            return info | {"file_system": None, "reason": str(error)}
        created = disk.label.created_at
        info["file_system"] = {
            "label": disk.label.volume,
            "block_size": disk.label.block_size,
            "blocks": disk.label.blocks,
            "used": disk.label.used,
            "left": disk.label.blocks - disk.label.used,
            "files": len(disk.files()),
            "created": created.isoformat(sep=" ") if created else None,
            "boot": any(disk.blocks.read_boot()),
        }
        return info


def check_disk(path: str | Path, *, extent: Extent | None = None, progress: Progress | None = None) -> list[Finding]:
    """Findings about a CMS disk; an empty list means it is sound."""
    with open_blocks(path, extent, read_only=True) as blocks:
        return check(blocks, progress)


def write_boot(path: str | Path, boot: bytes, *, extent: Extent | None = None) -> None:
    """Store boot text where IPL finds it: blocks 1 and 2 (FBA: sector 0, and from sector 2 to the end of block 3).

    The first 24 bytes are what IPL reads first: PSW and two CCWs.
    """
    if len(boot) < 24:
        raise GeometryError(f"boot text of {len(boot)} bytes; IPL reads at least 24")
    with open_disk(path, extent) as disk:
        disk.blocks.write_boot(boot)
        disk.blocks.flush()
