"""A CMS file system, whichever it is: what EdfDisk and CdfDisk have in common, and finding out which one a disk has.

    kind    R1 of track 0        label    package   written by
    edf     512 1024 2048 4096   `CMS1`   edf       CMS of VM/SP and later, this project's CMS; FBA: label in sector 1
    cdf     800                  `CMS=`   cdf       CMS of VM/370
    cp67    829                  `CMS=`   cdf       CMS of CP-67, on a 2314

Who uses it: `vm370 disk`, and whoever wants the files of a disk and not its format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from vm370.images.blocks import Blocks, CkdBlocks, cms_blocks, find_block_size
from vm370.images.cdf import check as cdf_check
from vm370.images.cdf.blocks800 import BLOCK, CP67_BLOCK, CdfBlocks
from vm370.images.cdf.disk import CdfDisk
from vm370.images.ckd import counts
from vm370.images.cmsnames import VARIABLE, label_field
from vm370.images.edf import EdfDisk, Finding
from vm370.images.edf import check as edf_check
from vm370.images.errors import BadImage, GeometryError, ImageError
from vm370.images.stores import BlockStore, TrackStore

Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]
KINDS = ("edf", "cdf", "cp67")


class Entry(Protocol):
    """A file's entry in the directory (FST)."""

    @property
    def filename(self) -> str: ...
    @property
    def filetype(self) -> str: ...
    @property
    def filemode(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def lrecl(self) -> int: ...
    @property
    def records(self) -> int: ...
    @property
    def blocks(self) -> int: ...
    @property
    def written_at(self) -> datetime | None: ...
    @property
    def key(self) -> bytes: ...
    def build(self) -> bytes:
        """The bytes in the directory."""


class FileSystem(Protocol):
    """The files of a formatted disk.  An entry that is given to a method is one that the same disk gave."""

    @property
    def blocks(self) -> Blocks: ...
    @property
    def kind(self) -> str:
        """One of KINDS."""

    @property
    def volume(self) -> str:
        """The label."""

    @property
    def total(self) -> int:
        """Blocks of the disk."""

    @property
    def used(self) -> int:
        """Blocks that are taken."""

    @property
    def created_at(self) -> datetime | None:
        """When the disk was formatted; a CDF disk does not tell."""

    @property
    def free(self) -> int:
        """Blocks that files may still take."""

    def files(self) -> Sequence[Entry]:
        """All files in the order of the directory."""

    def find(self, filename: str, filetype: str) -> Entry:
        """The entry of a file; FileNotOnDisk when there is none."""

    def records(self, fst: Any) -> Iterator[bytes]:
        """The records of a file, read as they are asked for."""

    def read(self, filename: str, filetype: str) -> list[bytes]:
        """All records of a file."""

    def transaction(self) -> AbstractContextManager[None]:
        """All changes of the body as one; may be nested, the outermost commits."""

    def write(
        self,
        filename: str,
        filetype: str,
        records: Iterable[bytes],
        *,
        recfm: str = VARIABLE,
        lrecl: int | None = None,
        mode: str = "A1",
        replace_old: bool = True,
        written: datetime | None = None,
        sparse: bool = False,
    ) -> Entry:
        """Write a whole file."""

    def erase(self, filename: str, filetype: str) -> None:
        """Take a file off the disk."""

    def rename(self, old: tuple[str, str], new: tuple[str, str], mode: str | None = None) -> Entry:
        """Give a file another name (and file mode)."""


def find_blocks(store: TrackStore | BlockStore, name: str = "disk") -> Blocks:
    """The blocks of a disk that was formatted for CMS, or BadImage."""
    if isinstance(store, TrackStore):
        first = next((count for count in counts(store.read_track(0, 0), name) if count.record == 1), None)
        if first is not None and not first.key_length and first.data_length in (BLOCK, CP67_BLOCK):
            return CdfBlocks.find(store, name)
    try:
        return cms_blocks(store, find_block_size(store, name), name)
    except BadImage as error:
        expected = error.expected.replace("has 512,", "has 512, 800, 829,")
        raise BadImage(error.where, error.offset, error.found, expected) from error


def open_file_system(
    store: TrackStore | BlockStore, name: str = "disk", clock: Clock = datetime.now, *, damaged: bool = False
) -> FileSystem:
    """The files of a disk; BadImage when there is no CMS file system.

    ``damaged``: open what can be opened of a file system that is not sound, to look at it or to repair it.
    """
    blocks = find_blocks(store, name)
    if isinstance(blocks, CdfBlocks):
        return CdfDisk(blocks, clock, damaged)
    return EdfDisk.open(blocks, clock, damaged=damaged)


def check_file_system(
    store: TrackStore | BlockStore, name: str = "disk", progress: Progress | None = None
) -> list[Finding]:
    """Findings about a CMS disk; an empty list means it is sound."""
    try:
        blocks = find_blocks(store, name)
    except ImageError as error:
        return [Finding("structure", str(error))]
    if isinstance(blocks, CdfBlocks):
        return cdf_check.check(blocks, progress)
    return edf_check(blocks, progress)


def format_file_system(
    store: TrackStore | BlockStore,
    label: str,
    kind: str = "edf",
    block_size: int = 4096,
    name: str = "disk",
    clock: Clock = datetime.now,
    progress: Progress | None = None,
) -> FileSystem:
    """Make an empty CMS disk of ``store``; what was on it is gone.  ``block_size`` is for kind edf."""
    label_field(label)  # before anything is lost
    if kind not in KINDS:
        raise GeometryError(f"{name}: file system {kind}: expected one of {' '.join(KINDS)}")
    if kind == "edf":
        blocks = cms_blocks(store, block_size, name)
        if isinstance(blocks, CkdBlocks):
            blocks.format(progress)
        return EdfDisk.format(blocks, label, clock)
    if not isinstance(store, TrackStore):
        raise GeometryError(f"{name}: file system {kind} is for count-key-data disks; FBA disks have edf")
    old = CdfBlocks(store, name, BLOCK if kind == "cdf" else CP67_BLOCK)
    CdfDisk.check_size(old)
    old.format(progress)
    return CdfDisk.format(old, label, clock)
