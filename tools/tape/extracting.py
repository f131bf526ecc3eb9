"""Tape files to host files and disk images.

tape file        becomes
dump, vmfplc2    the CMS files, as `vm370 disk get` writes them
ddr              an image VOLSER.ckd (`disk` without a serial number), or tracks of an existing disk (--into)
cards            fileN.txt, a line a card; with --binary the cards end to end
labels           nothing
others           fileN.bin, the blocks end to end
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vm370.images import text
from vm370.images.ckd import CkdImage
from vm370.images.errors import FileNotOnDisk, ImageError
from vm370.images.geometry import CkdDevice
from vm370.images.stores import TrackStore
from vm370.images.tapes import contents, ddr
from vm370.images.tapes.block import Block, file_blocks
from vm370.images.tapes.cmsfile import CmsTapeFile
from vm370.images.tapes.contents import TapeFile
from vm370.images.tapes.tape import Tape
from vm370.tools.disk import api, transfer
from vm370.tools.disk.progress import Bar


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be taken from a tape, and how."""

    folder: Path
    names: Sequence[tuple[str, str]] | None = None
    number: int | None = None
    binary: bool = False
    raw: bool = False
    folders: bool = False
    force: bool = False
    dry_run: bool = False
    into: str | None = None


def extract(tape: Tape, wish: Wish, following: Sequence[Tape] = ()) -> list[str]:
    """Write what is wanted; gives the places that were written, in a dry run those that would be."""
    found = list(contents.survey(tape))
    if wish.number is not None:
        found = [file for file in found if file.number == wish.number]
        if not found:
            raise ImageError(f"{tape.name}: tape file {wish.number} is not on the tape")
    if wish.names is None and not wish.raw:
        for file in found:
            if file.problem:
                raise ImageError(f"tape file {file.number}: {file.problem} (--raw extracts it as blocks)")
    chosen = [(file, file.files) for file in found] if wish.names is None else _matching(tape, found, wish.names)
    _no_twins(tape, chosen, wish)
    written: list[str] = []
    for file, files in chosen:
        tape.rewind()
        for _ in range(file.position):
            tape.skip()
        written += _extract_one(tape, file, files, wish, following)
    return written


def _matching(
    tape: Tape, found: Sequence[TapeFile], names: Sequence[tuple[str, str]]
) -> list[tuple[TapeFile, list[CmsTapeFile]]]:
    for name, kind in names:
        if not any(_is(file, name, kind) for tape_file in found for file in tape_file.files):
            raise FileNotOnDisk(f"{tape.name}: file {name.upper()} {kind.upper()} is not on the tape")
    picked = [(each, [file for file in each.files if any(_is(file, *name) for name in names)]) for each in found]
    return [pair for pair in picked if pair[1]]


def _is(file: CmsTapeFile, name: str, kind: str) -> bool:
    pairs = ((file.filename, name), (file.filetype, kind))
    return all(fnmatch.fnmatchcase(word, pattern.upper().replace("[", "[[]")) for word, pattern in pairs)


def _no_twins(tape: Tape, chosen: Sequence[tuple[TapeFile, list[CmsTapeFile]]], wish: Wish) -> None:
    """ImageError when two files would become one."""
    if wish.raw:
        return
    seen: dict[tuple[int, str], int] = {}
    for tape_file, files in chosen:
        for file in files:
            key = (tape_file.number if wish.folders else 0, str(file))
            if key in seen:
                places = f"in tape file {seen[key]} and again in {tape_file.number}"
                raise ImageError(f"{tape.name}: {file} is {places}: take one with --file, or use --folders")
            seen[key] = tape_file.number


def _extract_one(
    tape: Tape, file: TapeFile, files: Sequence[CmsTapeFile], wish: Wish, following: Sequence[Tape]
) -> list[str]:
    folder = wish.folder / f"file{file.number}" if wish.folders else wish.folder
    if file.kind == "labels" and not wish.raw:
        return []
    if file.kind == "ddr" and not wish.raw:
        return [_restore(tape, file, folder, wish, following)]
    blocks = file_blocks(tape)
    if file.kind in contents.READERS and not wish.raw:
        return _cms(blocks, file, files, folder, wish)
    place = folder / (f"file{file.number}.txt" if _is_text(file, wish) else f"file{file.number}.bin")
    data = b"".join(block.data for block in blocks)
    if _is_text(file, wish):
        cards = (data[at : at + contents.CARD].rstrip(b"\x40") for at in range(0, len(data), contents.CARD))
        data = text.to_host(cards, f"{tape.name}: tape file {file.number}")
    return [_save(place, data, wish)]


def _is_text(file: TapeFile, wish: Wish) -> bool:
    return file.kind == "cards" and not (wish.binary or wish.raw)


def _save(place: Path, data: bytes, wish: Wish) -> str:
    if place.exists() and not wish.force:
        raise ImageError(f"{place}: exists already (--force replaces it)")
    if not wish.dry_run:
        transfer.make_folder(place.parent)
        transfer.save(place, data)
    return str(place)


def _cms(blocks: Iterator[Block], file: TapeFile, files: Sequence[CmsTapeFile], folder: Path, wish: Wish) -> list[str]:
    wanted = {each.where for each in files}
    bar = Bar(f"extract {folder}")
    written = []
    for found in contents.READERS[file.kind](blocks):
        if found.where not in wanted:
            continue
        place = folder / transfer.host_name(found.filename, found.filetype)
        data = transfer.unload(found.records(), found.recfm, wish.binary, f"{found.where}: {found}")
        written.append(_save(place, data, wish))
        bar(len(written), len(wanted))
    return written


# --- volumes ---


def _restore(tape: Tape, file: TapeFile, folder: Path, wish: Wish, following: Sequence[Tape]) -> str:
    if file.continued and not following:
        raise ImageError(f"{tape.name}: tape file {file.number}: the dump goes on on another tape (--next TAPE)")
    if wish.into:
        with api.open_store(wish.into, dry_run=wish.dry_run) as store:
            if not isinstance(store, TrackStore):
                raise ImageError(f"{wish.into}: a fixed-block disk, DDR restores tracks")
            ddr.restore(_dump(tape, file, following), store, Bar(f"restore {wish.into}"))
        return wish.into
    dump = _dump(tape, file, following)
    device = _device(dump, tape)
    place = folder / f"{_file_name(dump.volume.serial)}.ckd"
    if place.exists() and not wish.force:
        raise ImageError(f"{place}: exists already (--force replaces it)")
    cylinders = max((track.cylinder for track in dump.tracks()), default=0) + 1
    if wish.dry_run:
        return str(place)
    transfer.make_folder(folder)
    work = place.with_name(f".{place.name}.{os.getpid()}.new")
    try:
        image = CkdImage.create(work, device.name, cylinders, overwrite=True)
        try:
            ddr.restore(_dump(tape, file, following), image, Bar(f"restore {place}"))
        finally:
            image.close()
        os.replace(work, place)
    except OSError as error:
        raise ImageError(f"{place}: cannot be written: {error.strerror}") from error
    finally:
        work.unlink(missing_ok=True)
    return str(place)


def _dump(tape: Tape, file: TapeFile, following: Sequence[Tape]) -> ddr.DdrDump:
    """The dump from its start."""
    tape.rewind()
    for _ in range(file.position):
        tape.skip()
    for other in following:
        other.rewind()
    return ddr.DdrDump(file_blocks(tape), [file_blocks(other) for other in following])


def _file_name(serial: str) -> str:
    """A host file name for a volume."""
    return re.sub(r"[^a-z0-9$#@-]", "_", serial.lower()) or "disk"


def _device(dump: ddr.DdrDump, tape: Tape) -> CkdDevice:
    rows = dump.volume.devices
    if not rows:
        found = f"a disk of {dump.volume.last_cylinder + 1} cylinders of {dump.volume.last_head + 1} heads"
        raise ImageError(f"{tape.name}: {found}: no known device type; restore with --into IMAGE")
    return rows[0]
