"""A CMS file system, whichever it is: what EdfDisk and CdfDisk have in common, and finding out which one a disk has.

    kind    R1 of track 0        label    package   written by
    edf     512 1024 2048 4096   `CMS1`   edf       CMS of VM/SP and later, this project's CMS; FBA: label in sector 1
    cdf     800                  `CMS=`   cdf       CMS of VM/370
    cp67    829                  `CMS=`   cdf       CMS of CP-67, on a 2314

Who uses it: `vm370 disk`, and whoever wants the files of a disk and not its format.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from vm370.images.blocks import Blocks, CkdBlocks, cms_blocks, find_block_size
from vm370.images.cdf import check as cdf_check
from vm370.images.cdf.blocks800 import BLOCK, CP67_BLOCK, CdfBlocks
from vm370.images.cdf.disk import CdfDisk
from vm370.images.ckd import counts
from vm370.images.cmsdisk import Clock, CmsDisk
from vm370.images.cmsnames import label_field
from vm370.images.edf import EdfDisk, Finding
from vm370.images.edf import check as edf_check
from vm370.images.errors import BadImage, GeometryError, ImageError
from vm370.images.stores import BlockStore, TrackStore

Progress = Callable[[int, int], None]
KINDS = ("edf", "cdf", "cp67")


FileSystem = CmsDisk[Any]
"""The files of a formatted disk.  An entry that is given to a method is one that the same disk gave."""


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
