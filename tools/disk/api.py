"""Disk images from Python: what each subcommand of `vm370 disk` does.

Every function that changes a disk changes it in one step: after an error, or the end of the process at any instant,
the disk is what it was.  ``extent`` is (start, length) in cylinders (FBA: sectors) of a minidisk inside a volume, None
for the whole image.  Over an image with an overlay (states.py) the disk is read and written through it.
Errors are ImageError (vm370.images.errors) with a text for the user.

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

from vm370.images.cckd import CckdImage
from vm370.images.cfba import CfbaImage
from vm370.images.ckd import CkdImage, volume_serial
from vm370.images.ckdc import CkdcImage
from vm370.images.ckdsplit import SplitCkdImage
from vm370.images.cmsdisk import Entry
from vm370.images.cmsnames import FIXED
from vm370.images.cpvolume import CpVolume
from vm370.images.ebcdic import DEFAULT_PAGE
from vm370.images.edf import Finding
from vm370.images.errors import FileNotOnDisk, FileSystemError, GeometryError, ImageError
from vm370.images.fba import FbaImage
from vm370.images.filesystem import (
    FileSystem,
    check_file_system,
    find_blocks,
    format_file_system,
    open_file_system,
)
from vm370.images.geometry import CkdDevice, device
from vm370.images.opening import Store, open_image
from vm370.images.os import OsVolume
from vm370.images.overlay import OverlayBlocks, OverlayTracks
from vm370.images.repair import Report, repair_file_system
from vm370.images.scratch import scratch
from vm370.images.stores import BlockExtent, TrackExtent, TrackStore
from vm370.images.text import TextError
from vm370.tools.disk import osfiles, transfer
from vm370.tools.disk.progress import Progress
from vm370.tools.disk.states import current
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
    if current(path) != Path(path):
        raise ImageError(f"{path}: lies under {current(path)}, which would be nothing without it")
    if isinstance(device(device_type), CkdDevice):
        CkdImage.create(path, device_type, size, volser=volser, overwrite=overwrite, progress=progress).close()
    else:
        FbaImage.create(path, device_type, size, volser=volser, overwrite=overwrite).close()


@contextlib.contextmanager
def open_store(
    path: str | Path, extent: Extent | None = None, read_only: bool = False, dry_run: bool = False
) -> Iterator[Store]:
    """The tracks or sectors of an image or of a minidisk in it; with ``dry_run`` what is written to it is forgotten."""
    image = open_image(current(path), read_only or dry_run)
    try:
        store = image if extent is None else image.extent(*extent)
        yield scratch(store) if dry_run and not read_only else store
    finally:
        image.close()


@contextlib.contextmanager
def open_disk(
    path: str | Path,
    extent: Extent | None = None,
    read_only: bool = False,
    clock: Clock = datetime.now,
    dry_run: bool = False,
) -> Iterator[FileSystem]:
    """The files of an image, whichever CMS file system it has."""
    with open_store(path, extent, read_only, dry_run) as store:
        yield open_file_system(store, str(path), clock)


def format_disk(
    path: str | Path,
    label: str,
    block_size: int = 4096,
    *,
    kind: str = "edf",
    extent: Extent | None = None,
    clock: Clock = datetime.now,
    progress: Progress | None = None,
    dry_run: bool = False,
) -> None:
    """Make an empty CMS disk; all that was in the image or extent is gone.

    ``kind``: edf, cdf (800-byte blocks of VM/370) or cp67 (its 829-byte records on a 2314).
    """
    with open_store(path, extent, dry_run=dry_run) as store:
        if store.read_only:
            raise FileSystemError(f"{path}: the disk is read-only")
        format_file_system(store, label, kind, block_size, str(path), clock, progress)


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
    dry_run: bool = False,
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
    with open_disk(path, extent, clock=clock, dry_run=dry_run) as disk:
        put_ready(disk, ready, bool(form and form.sparse), progress)
    return ready


def put_ready(
    disk: FileSystem, files: Sequence[CmsFile], sparse: bool = False, progress: Progress | None = None
) -> None:
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


def matching(disk: FileSystem, names: Sequence[tuple[str, str]]) -> list[Entry]:
    """Files by name, `*` stands for any characters; FileNotOnDisk when a name matches none."""
    found: list[Entry] = []
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
    dry_run: bool = False,
    no_text: list[Path] | None = None,
    page: str = DEFAULT_PAGE,
    lossy: bool = False,
) -> list[Path]:
    """Write files (default all) into a host folder, which is made if it is missing; ``dry_run`` only translates.

    A file that is no text is an error; if ``no_text`` is given, it is written as it is and its path goes there.
    """
    target = Path(folder)
    if not dry_run:
        transfer.make_folder(target)
    written = []
    with open_store(path, extent, read_only=True) as store:
        disk = open_file_system(store, str(path))
        chosen = disk.files() if names is None else matching(disk, names)
        for number, fst in enumerate(chosen, 1):
            place = target / transfer.host_name(fst.filename, fst.filetype)
            where = f"{path}: {fst}"
            try:
                data = transfer.unload(disk.records(fst), fst.format, binary, where, page, lossy)
            except TextError:
                if no_text is None:
                    raise
                data = transfer.unload(disk.records(fst), fst.format, True, where)
                no_text.append(place)
            if not dry_run:
                transfer.save(place, data)
            written.append(place)
            if progress:
                progress(number, len(chosen))
    return written


def os_volume(path: str | Path, extent: Extent | None = None) -> bool:
    """Whether a disk is a volume of OS: it has a VTOC and no CMS file system."""
    with open_store(path, extent, read_only=True) as store:
        try:
            open_file_system(store, str(path))
        except ImageError:
            return osfiles.volume_of(store, str(path)) is not None
        return False


def list_data_sets(path: str | Path, extent: Extent | None = None) -> list[dict[str, Any]]:
    """The data sets of an OS volume, with the names of their members."""
    with open_store(path, extent, read_only=True) as store:
        return osfiles.listed(_os_volume(store, path))


def get_data_sets(
    path: str | Path,
    folder: str | Path,
    words: Sequence[str] | None = None,
    *,
    binary: bool = False,
    extent: Extent | None = None,
    progress: Progress | None = None,
    dry_run: bool = False,
) -> list[Path]:
    """Write data sets of an OS volume (`DSN`, `DSN(MEMBER)`, `DSN(*)`; default all) into a host folder."""
    with open_store(path, extent, read_only=True) as store:
        return osfiles.get(_os_volume(store, path), Path(folder), words, binary, progress, dry_run)


def _os_volume(store: Store, path: str | Path) -> OsVolume:
    if not isinstance(store, TrackStore):
        raise ImageError(f"{path}: an FBA disk has no VTOC that is known here")
    return OsVolume(store, str(path))


def list_files(path: str | Path, extent: Extent | None = None) -> list[dict[str, Any]]:
    """What `disk ls` shows, sorted by name."""
    with open_disk(path, extent, read_only=True) as disk:
        return [_described(fst) for fst in sorted(disk.files(), key=lambda fst: (fst.filename, fst.filetype))]


def _described(fst: Entry) -> dict[str, Any]:
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


def remove_files(
    path: str | Path, names: Sequence[tuple[str, str]], *, extent: Extent | None = None, dry_run: bool = False
) -> list[str]:
    """Erase files, all or none of them."""
    with open_disk(path, extent, dry_run=dry_run) as disk, disk.transaction():
        chosen = matching(disk, names)
        for fst in chosen:
            disk.erase(fst.filename, fst.filetype)
        return [f"{fst.filename} {fst.filetype}" for fst in chosen]


def rename_file(
    path: str | Path,
    old: tuple[str, str],
    new: tuple[str, str],
    mode: str | None = None,
    *,
    extent: Extent | None = None,
    dry_run: bool = False,
) -> None:
    """Give a file another name, and another file mode if one is given."""
    with open_disk(path, extent, dry_run=dry_run) as disk:
        disk.rename(old, new, mode)


def disk_info(path: str | Path, extent: Extent | None = None) -> dict[str, Any]:
    """What an image is, and its file system if it has one."""
    with open_store(path, extent, read_only=True) as store:
        info: dict[str, Any] = {"image": str(path), "device": store.device_type}
        if isinstance(store, TrackStore):
            info |= {"format": _format_name(store), "cylinders": store.cylinders, "heads": store.heads}
            info |= {"track_length": store.track_length, "volser": volume_serial(store)}
        else:
            info |= {"format": _format_name(store), "sectors": store.sectors}
        if extent:
            info["extent"] = list(extent)
        try:
            disk = open_file_system(store, str(path))
        except ImageError as error:
            return info | {"file_system": None, "reason": str(error)} | _volume(store, str(path))
        info["file_system"] = _file_system(disk)
        return info


_FORMATS = {
    CkdImage: "ckd",
    SplitCkdImage: "split",
    CfbaImage: "cfba",
    FbaImage: "fba",
    CkdcImage: "ckdc",
    OverlayTracks: "overlay",
    OverlayBlocks: "overlay",
}


def _format_name(store: Store) -> str:
    """What kind of file an image is."""
    image = store.image if isinstance(store, TrackExtent | BlockExtent) else store
    if isinstance(image, CckdImage):
        return "cckd64" if image.units.layout.bits == 64 else "cckd"
    return _FORMATS.get(type(image), "?")


def _volume(store: Store, name: str) -> dict[str, Any]:
    """What else than a CMS file system is there."""
    if not isinstance(store, TrackStore):
        return {}
    try:
        cp = CpVolume.open(store, name)
    except ImageError:
        pass
    else:
        rows = [{"kind": a.kind, "first": a.first, "last": a.last, "cylinders": a.cylinders} for a in cp.areas]
        return {"cp_areas": rows, "directory_pages": cp.pages(store, "DRCT")}
    volume = osfiles.volume_of(store, name)
    if volume is None:
        return {}
    vtoc = {"dscbs": len(volume.dscbs), "free_dscbs": volume.format4.free_dscbs, "free_tracks": volume.free_tracks()}
    return {"vtoc": vtoc | {"data_sets": len(volume.data_sets())}}


def _file_system(disk: FileSystem) -> dict[str, Any]:
    return {
        "kind": disk.kind,
        "label": disk.volume,
        "block_size": disk.blocks.size,
        "blocks": disk.total,
        "used": disk.used,
        "left": disk.total - disk.used,
        "files": len(disk.files()),
        "created": disk.created_at.isoformat(sep=" ") if disk.created_at else None,
        "boot": any(disk.blocks.read_boot()),
    }


def check_disk(path: str | Path, *, extent: Extent | None = None, progress: Progress | None = None) -> list[Finding]:
    """Findings about a CMS disk; an empty list means it is sound.

    Of a compressed image the image too is checked (kind ``image``), and a CMS file system need not be there.
    """
    found: list[Finding] = []
    image = open_image(current(path), True)
    try:
        compressed = isinstance(image, CckdImage | CfbaImage)
        if isinstance(image, CckdImage | CfbaImage):
            found = [Finding("image", f"offset {fault.offset}: {fault.text}") for fault in image.check(progress)]
        store = image if extent is None else image.extent(*extent)
        if compressed and extent is None:
            try:
                find_blocks(store, str(path))
            except ImageError:
                return found
        return found + check_file_system(store, str(path), progress)
    finally:
        image.close()


def repair_disk(
    path: str | Path, *, extent: Extent | None = None, clock: Clock = datetime.now, dry_run: bool = False
) -> Report:
    """Make a damaged CMS disk sound, in one commit; the report tells what became of its files."""
    with open_store(path, extent, dry_run=dry_run) as store:
        return repair_file_system(store, str(path), clock)


def copy_files(
    source: str | Path,
    target: str | Path,
    names: Sequence[tuple[str, str]] | None = None,
    *,
    extent: Extent | None = None,
    target_extent: Extent | None = None,
    replace_old: bool = True,
    progress: Progress | None = None,
    dry_run: bool = False,
) -> list[str]:
    """Copy files (default all) from one CMS disk to another, of whatever kind, with file modes and dates; all or none.

    A record of no bytes, which an old CMS could write, becomes one of a blank.
    """
    with open_disk(source, extent, read_only=True) as old:
        chosen = old.files() if names is None else matching(old, names)
        with open_disk(target, target_extent, dry_run=dry_run) as disk, disk.transaction():
            for number, fst in enumerate(chosen, 1):
                disk.write(
                    fst.filename,
                    fst.filetype,
                    (record or transfer.BLANK for record in old.records(fst)),
                    recfm=fst.format,
                    lrecl=fst.lrecl if fst.format == FIXED else None,
                    mode=transfer.proper_mode(fst.filemode),
                    replace_old=replace_old,
                    written=fst.written_at,
                    sparse=True,
                )
                if progress:
                    progress(number, len(chosen))
    return [f"{fst.filename} {fst.filetype}" for fst in chosen]


def write_boot(path: str | Path, boot: bytes, *, extent: Extent | None = None) -> None:
    """Store boot text where IPL finds it: blocks 1 and 2 (FBA: sector 0, and from sector 2 to the end of block 3).

    The first 24 bytes are what IPL reads first: PSW and two CCWs.
    """
    if len(boot) < 24:
        raise GeometryError(f"boot text of {len(boot)} bytes; IPL reads at least 24")
    with open_disk(path, extent) as disk:
        disk.blocks.write_boot(boot)
        disk.blocks.flush()
