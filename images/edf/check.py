"""Findings about a CMS file system, without changing it.

    kind       what
    --------   ------------------------------------------------------------------------
    structure  label, directory or allocation map cannot be read: nothing else is looked at
    pointer    a file's FST or pointer blocks lead to no proper block
    double     a block is used twice
    free       a block is used and the allocation map says it is free
    lost       a block is taken in the allocation map and used by nothing
    count      a number in label, directory or FST is not what was counted
    record     the records of a file do not fit its data
    name       two files of one name, or a name that is none

``lost`` findings cost room only; all others are damage.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vm370.images import cmsnames
from vm370.images.blocks import FIRST_FILE_BLOCK, Blocks
from vm370.images.cmsnames import FIXED, VARIABLE
from vm370.images.cmsrecords import Packer
from vm370.images.edf import layout
from vm370.images.edf.disk import EdfDisk
from vm370.images.edf.layout import Fst
from vm370.images.edf.pointers import Place, entry_at
from vm370.images.errors import FileSystemError, ImageError


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a disk."""

    kind: str
    text: str
    file: str = ""
    block: int = 0

    @property
    def damage(self) -> bool:
        """Whether more than room is lost."""
        return self.kind != "lost"

    def __str__(self) -> str:
        return f"{self.kind}: {self.file + ': ' if self.file else ''}{self.text}"


def check(blocks: Blocks, progress: Callable[[int, int], None] | None = None) -> list[Finding]:
    """Look at everything; an empty list means a sound file system."""
    try:
        disk = EdfDisk.open(blocks)
    except ImageError as error:
        return [Finding("structure", str(error))]
    return _Check(disk).run(progress)


class _Check:
    def __init__(self, disk: EdfDisk) -> None:
        self.disk = disk
        self.findings: list[Finding] = []
        self.owner: dict[int, str] = dict.fromkeys(range(1, FIRST_FILE_BLOCK + 2), "the file system")

    def add(self, kind: str, text: str, file: str = "", block: int = 0) -> None:
        self.findings.append(Finding(kind, text, file, block))

    def run(self, progress: Callable[[int, int], None] | None) -> list[Finding]:
        for what, numbers in self.disk.own_blocks().items():
            for number in numbers:
                self.claim(number, what)
        files = self.disk.files()
        self.names(files)
        for index, fst in enumerate(files):
            self.file(fst)
            if progress:
                progress(index + 1, len(files))
        self.allocation()
        self.counts(files)
        return self.findings

    def claim(self, number: int, what: str) -> None:
        if number in self.owner:
            self.add("double", f"block {number} is also used by {self.owner[number]}", what, number)
        else:
            self.owner[number] = what

    def names(self, files: list[Fst]) -> None:
        seen = set()
        for fst in files:
            if fst.key in seen:
                self.add("name", "another file has the same name", str(fst))
            seen.add(fst.key)
            if cmsnames.unprintable(fst.key):
                self.add("name", f"found X'{fst.key.hex().upper()}', expected a file name and a file type", str(fst))

    def file(self, fst: Fst) -> None:
        """Pointers, then records."""
        name = str(fst)
        leaves: list[Place] = []
        taken = 0
        try:
            for place in self.disk.places(fst):
                if place.pointer.number:
                    self.claim(place.pointer.number, name)
                if place.level and fst.format == VARIABLE:
                    self.last_displacement(place, name)
                if not place.level:
                    leaves.append(place)
                    taken += bool(place.pointer.number)
        except ImageError as error:
            self.add("pointer", str(error), name)
            return
        counted = taken if fst.format == FIXED else len(leaves)
        if counted != fst.blocks:
            self.add("count", f"FST says {fst.blocks} data blocks, counted {counted}", name)
        if fst.format == VARIABLE:
            self.variable(fst, leaves, name)

    def last_displacement(self, place: Place, name: str) -> None:
        """The word at the end of a V pointer block."""
        block = self.disk.blocks.read(place.pointer.number)
        last = int.from_bytes(block[-4:])
        size = layout.POINTER_SIZE[VARIABLE]
        if last % size or last + size > len(block):
            text = f"pointer block {place.pointer.number} says its last pointer is at {last}"
            self.add("pointer", text, name, place.pointer.number)
        elif entry_at(block, last // size, size).high_record != place.pointer.high_record and place.pointer.high_record:
            text = f"pointer block {place.pointer.number} ends with another record than the pointer to it says"
            self.add("pointer", text, name, place.pointer.number)

    def variable(self, fst: Fst, leaves: list[Place], name: str) -> None:
        """Read all records of a V file, and compare what its pointers say of them."""
        packer = Packer(VARIABLE, 0, self.disk.blocks.size, name)
        try:
            for record in self.disk.records(fst):
                for _ in packer.feed(record):
                    pass
            for _ in packer.finish():
                pass
        except (ImageError, FileSystemError) as error:
            self.add("record", str(error), name)
            return
        if packer.lrecl > fst.lrecl:
            self.add("count", f"FST says longest record {fst.lrecl}, found {packer.lrecl}", name)
        if packer.blocks != len(leaves):
            self.add("count", f"{len(leaves)} data blocks for records that fill {packer.blocks}", name)
            return
        if len(leaves) < 2:
            return
        for place in leaves:
            said = (place.pointer.high_record, place.pointer.displacement)
            if said != packer.pointer_of(place.index):
                text = f"pointer to data block {place.index + 1} says record and displacement {said}, "
                self.add("pointer", text + f"expected {packer.pointer_of(place.index)}", name, place.pointer.number)

    def allocation(self) -> None:
        """The map against what is used."""
        for number in sorted(self.owner):
            if not self.disk.map.is_used(number):
                self.add("free", f"block {number} is free in the allocation map", self.owner[number], number)
        lost = [number for number in self.disk.map.taken() if number not in self.owner]
        for first, last in _runs(lost):
            text = f"blocks {first} to {last} are" if last > first else f"block {first} is"
            self.add("lost", f"{text} taken in the allocation map, no file uses them", block=first)
        beyond = self.disk.map.beyond()
        if beyond:
            self.add("count", f"the allocation map has {beyond} bits set beyond the last block")

    def counts(self, files: list[Fst]) -> None:
        label = self.disk.label
        if label.used != self.disk.map.used:
            self.add("count", f"label says {label.used} blocks in use, the allocation map has {self.disk.map.used}")
        entries = self.disk.directory_entries
        if entries != len(files) + 2:
            self.add("count", f"the directory says {entries} entries, found {len(files) + 2}")


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Numbers in rising order as pairs of first and last of each run."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
