"""Findings about a CMS disk with 800-byte blocks, without changing it; the kinds are those of edf/check.py."""

from __future__ import annotations

from collections.abc import Callable

from vm370.images.cdf.blocks800 import CdfBlocks
from vm370.images.cdf.disk import CdfDisk
from vm370.images.cdf.layout import MFD_BLOCK, Fst
from vm370.images.cmsnames import VARIABLE, unprintable
from vm370.images.edf.check import Finding
from vm370.images.errors import ImageError


def check(blocks: CdfBlocks, progress: Callable[[int, int], None] | None = None) -> list[Finding]:
    """Look at everything; an empty list means a sound file system."""
    try:
        disk = CdfDisk.open(blocks)
    except ImageError as error:
        return [Finding("structure", str(error))]
    return _Check(disk).run(progress)


class _Check:
    def __init__(self, disk: CdfDisk) -> None:
        self.disk = disk
        self.findings: list[Finding] = []
        self.owner: dict[int, str] = dict.fromkeys(range(1, MFD_BLOCK + 1), "the file system")
        self.quarters: dict[tuple[int, int], str] = {}

    def add(self, kind: str, text: str, file: str = "", block: int = 0) -> None:
        self.findings.append(Finding(kind, text, file, block))

    def run(self, progress: Callable[[int, int], None] | None) -> list[Finding]:
        for number in self.disk.mfd.directory:
            self.claim(number, "the directory")
        for number in self.disk.mfd.map_blocks:
            self.claim(number, "the allocation map")
        files = self.disk.files()
        names: set[bytes] = set()
        for index, fst in enumerate(files):
            if fst.key in names:
                self.add("name", "there are two files of this name", str(fst))
            names.add(fst.key)
            if unprintable(fst.key):
                self.add("name", f"a name that cannot be: {fst.key.hex().upper()}")
            self.file(fst)
            if progress:
                progress(index + 1, len(files))
        self.allocation()
        return self.findings

    def claim(self, number: int, what: str) -> None:
        other = self.owner.setdefault(number, what)
        if other is not what:
            self.add("double", f"block {number} is used by {other} and by {what}", block=number)

    def file(self, fst: Fst) -> None:
        name = str(fst)
        try:
            place = self.disk.place(fst)
        except ImageError as error:
            self.add("pointer", str(error), name)
            return
        quarter = self.disk.link_of(fst)
        other = self.quarters.setdefault(quarter, name)
        if other is not name:
            self.add("double", f"the chain link in block {quarter[0]} is that of {other} too", name, quarter[0])
        elif self.disk.blocks.cp67:
            self.owner.setdefault(quarter[0], "chain links")
            if self.owner[quarter[0]] != "chain links":
                self.claim(quarter[0], f"the chain link of {name}")
        else:
            self.claim(quarter[0], name)
        for number in (*place.links[1:], *(n for n in place.data if n)):
            self.claim(number, name)
        if fst.format != VARIABLE and fst.blocks != sum(map(bool, place.data)):
            self.add("count", f"{fst.blocks} data blocks, counted {sum(map(bool, place.data))}", name)
        try:
            for _ in self.disk.records(fst):
                pass
        except ImageError as error:
            self.add("record", str(error), name)

    def allocation(self) -> None:
        taken = set(self.disk.map.taken())
        for number in sorted(self.owner.keys() - taken):
            self.add("free", f"block {number} is free in the map and used by {self.owner[number]}", block=number)
        lost = sorted(taken - self.owner.keys())
        if lost:
            shown = " ".join(map(str, lost[:10])) + (" ..." if len(lost) > 10 else "")
            self.add("lost", f"{len(lost)} blocks are taken in the map and used by nothing: {shown}")
        mfd, used = self.disk.mfd, self.disk.map.used
        if (mfd.used, mfd.left) != (used, mfd.total - used):
            text = f"the MFD tells {mfd.used} blocks in use and {mfd.left} left"
            self.add("count", f"{text}, the map has {used} and {mfd.total - used}")
