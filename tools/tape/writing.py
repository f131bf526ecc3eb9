"""Host files, CMS disks and volumes to tape files.

    form       sources                                        becomes
    dump       host files and folders, CMS disk images        one tape file of TAPE DUMP, blocks of 800 bytes
    dump4k     the same                                       the same with blocks of 4096 (VM/SP)
    vmfplc2    the same                                       one tape file of VMFPLC2
    ddr        disk images                                    a tape file each
    cards      host files                                     a tape file each, 80 characters a card
    raw        host files                                     a tape file each, cut in blocks

Host files become CMS files as `vm370 disk put` makes them.  With a data set name a tape file gets standard labels.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from vm370.images import text
from vm370.images.cmsnames import FIXED
from vm370.images.ebcdic import to_ebcdic
from vm370.images.errors import ImageError
from vm370.images.opening import READERS
from vm370.images.overlay import MAGIC
from vm370.images.stores import TrackStore
from vm370.images.tapes import ddr, tapedump, vmfplc2
from vm370.images.tapes.block import Block
from vm370.images.tapes.cmsfile import CmsTapeFile, make_file
from vm370.images.tapes.labels import DataSet, Label, identify
from vm370.images.tapes.tape import EndOfTape, Tape
from vm370.tools.disk import api, transfer
from vm370.tools.disk.arguments import UsageError
from vm370.tools.disk.progress import Progress
from vm370.tools.disk.transfer import Form

FORMS = ("dump", "dump4k", "vmfplc2", "ddr", "cards", "raw")
CMS_FORMS = ("dump", "dump4k", "vmfplc2")
CARD = 80
LONGEST = {"dump": 805, "dump4k": 4101, "vmfplc2": 4005}
"""Block lengths."""
_DISKS = (MAGIC, *READERS)
_FBA_LABEL = (512, to_ebcdic("CMS1"))


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be written."""

    sources: tuple[str, ...]
    form: str = "dump"
    files: Form = field(default_factory=Form)
    name: str = ""
    block_length: int = 4096
    cylinders: tuple[tuple[int, int], ...] = ()
    data_set: str = ""


def is_disk(path: Path) -> bool:
    """Whether a host file is a disk image, as far as its first bytes tell."""
    try:
        with path.open("rb") as file:
            start = file.read(_FBA_LABEL[0] + 4)
    except OSError as error:
        raise ImageError(f"{path}: cannot be read: {error.strerror}") from error
    return start.startswith(_DISKS) or path.suffix.lower() == ".ckdc" or start[_FBA_LABEL[0] :] == _FBA_LABEL[1]


def write(tape: Tape, job: Job, progress: Progress | None = None) -> list[str]:
    """Write what is to be written at the tape's position, and two tape marks; gives a line for each part."""
    if job.form in CMS_FORMS:
        files = list(cms_files(job))
        lines = [f"{file} {file.filemode} {file.recfm} {file.lrecl}, {file.count} records" for file in files]
        with _labelled(tape, job, 1, "U"):
            for number, file in enumerate(files, 1):
                if job.form == "vmfplc2":
                    vmfplc2.write_file(tape, file)
                else:
                    tapedump.write_file(tape, file, later=job.form == "dump4k")
                if progress:
                    progress(number, len(files))
    else:
        _one_name(job)
        lines = []
        for number, source in enumerate(job.sources, 1):
            lines.append(_write_one(tape, job, number, Path(source), progress))
    tape.write_mark()
    return lines


def _one_name(job: Job) -> None:
    if job.name:
        raise UsageError(f"--as names a CMS file, found --kind {job.form}")
    if job.data_set and len(job.sources) > 1:
        raise UsageError(f"--dataset names one tape file, found {len(job.sources)} sources")


def _write_one(tape: Tape, job: Job, number: int, source: Path, progress: Progress | None) -> str:
    if job.form == "ddr":
        with api.open_store(source, read_only=True) as store:
            if not isinstance(store, TrackStore):
                raise ImageError(f"{source}: a {store.device_type}: DDR dumps tracks, found a fixed-block disk")
            if job.data_set:
                raise UsageError("DDR tapes have no standard labels, found --dataset")
            tracks = ddr.dump(tape, store, job.cylinders, progress=progress)
        return f"{source}: {tracks} tracks"
    blocks = _cards(source, job) if job.form == "cards" else _raw(source, job.block_length)
    with _labelled(tape, job, number, "F" if job.form == "cards" else "U"):
        for at, block in enumerate(blocks, 1):
            tape.write(block)
            if progress:
                progress(at, len(blocks))
    return f"{source}: {len(blocks)} blocks"


def _host_bytes(source: Path) -> bytes:
    try:
        return source.read_bytes()
    except OSError as error:
        raise ImageError(f"{source}: cannot be read: {error.strerror}") from error


def _raw(source: Path, length: int) -> list[bytes]:
    data = _host_bytes(source)
    return [data[at : at + length] for at in range(0, len(data), length)]


def _cards(source: Path, job: Job) -> list[bytes]:
    data = _host_bytes(source)
    if job.files.binary:
        if len(data) % CARD:
            raise ImageError(f"{source}: {len(data)} bytes, expected a multiple of {CARD}")
        return [data[at : at + CARD] for at in range(0, len(data), CARD)]
    where = str(source)
    return text.fitted(text.to_records(text.host_lines(data, where), where), CARD, where)


# --- CMS files ---


def cms_files(job: Job) -> Iterator[CmsTapeFile]:
    """The CMS files that the sources are."""
    long = job.form == "dump4k"
    wanted = transfer.parse_name(job.name) if job.name else None
    if wanted and (len(job.sources) != 1 or Path(job.sources[0]).is_dir() or is_disk(Path(job.sources[0]))):
        raise UsageError("--as names one host file")
    for source in job.sources:
        if not Path(source).is_dir() and is_disk(Path(source)):
            yield from _of_disk(source, long)
            continue
        for path in api.host_files([source]):
            file = transfer.load(path, job.files, wanted)
            yield make_file(
                file.filename,
                file.filetype,
                file.records,
                recfm=file.recfm,
                lrecl=file.lrecl,
                mode=file.mode,
                written=datetime.fromtimestamp(int(path.stat().st_mtime)),
                long=long,
            )


def _of_disk(source: str, long: bool) -> Iterator[CmsTapeFile]:
    with api.open_disk(source, read_only=True) as disk:
        for fst in disk.files():
            yield make_file(
                fst.filename,
                fst.filetype,
                disk.records(fst),
                recfm=fst.format,
                lrecl=fst.lrecl if fst.format == FIXED else None,
                mode=transfer.proper_mode(fst.filemode),
                written=fst.written_at or datetime(1970, 1, 1),
                long=long,
            )


# --- standard labels ---


@contextlib.contextmanager
def _labelled(tape: Tape, job: Job, number: int, recfm: str) -> Iterator[None]:
    """A tape file, between its labels if it is to have some; ends with a tape mark."""
    if not job.data_set:
        yield
        tape.write_mark()
        return
    volume, before = _volume(tape)
    cards = recfm == "F"
    length = job.block_length if job.form == "raw" else CARD if cards else LONGEST[job.form]
    data_set = DataSet(
        job.data_set,
        volume.text("serial"),
        before + number,
        recfm,
        length,
        CARD if cards else 0,
        date.today(),
        ascii=volume.ascii,
    )
    _write_labels(tape, data_set.labels("HDR"))
    start = tape.position
    yield
    blocks = tape.position - start
    tape.write_mark()
    _write_labels(tape, data_set.labels("EOF", blocks))


def _write_labels(tape: Tape, some: Sequence[Label]) -> None:
    for label in some:
        tape.write(label.build())
    tape.write_mark()


def _volume(tape: Tape) -> tuple[Label, int]:
    """The volume label, and how many data sets the tape has; ends where the next one begins."""
    position = tape.position
    tape.rewind()
    try:
        first = tape.read()
    except EndOfTape:
        first = None
    if (
        first is None
        or identify(first) is None
        or (label := Label.parse(Block(tape.name, 0, first))).identifier != "VOL1"
    ):
        raise ImageError(f"{tape.name}: a data set needs a tape with a volume label (`vm370 tape label`)")
    headers = 0
    trailers = 0
    while tape.position < position:
        data = tape.read()
        found = identify(data) if data else None
        headers += bool(found and found[0] == "HDR1")
        trailers += bool(found and found[0] in ("EOF1", "EOV1"))
    if headers == 1 and not trailers and position == 3:  # as `label` makes a tape: HDR1 of zeros, a mark
        tape.rewind()
        tape.skip()
    return label, trailers
