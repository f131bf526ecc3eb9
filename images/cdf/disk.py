"""CdfDisk: the files of a CMS disk with 800-byte blocks.  Who uses it: `vm370 disk`, tape and card formats.

Order of a change, so that the end of this process at any instant leaves the old or the new files: data blocks, chain
links, directory blocks that changed and the rest of the map go to free blocks (AllocationMap gives only blocks free in
the old state); then the MFD, block 4, is written.  That one write is the commit.

Several changes are one when they stand in ``with disk.transaction():``; an exception gives all of them up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from vm370.images.allocation import AllocationMap
from vm370.images.cdf import layout
from vm370.images.cdf.blocks800 import BLOCK, CdfBlocks, join
from vm370.images.cdf.layout import FIRST_DATA, FSTS_PER_BLOCK, LINK_LENGTH, MFD_BLOCK, PER_LINK, Fst, Mfd
from vm370.images.cmsdisk import Clock, CmsDisk
from vm370.images.cmsnames import FIXED, VARIABLE, label_field
from vm370.images.cmsrecords import Packer, unpack
from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.images.errors import (
    BadImage,
    DiskFull,
    FileSystemError,
    GeometryError,
    ImageError,
)

QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file has its parts."""

    links: tuple[int, ...]
    """Blocks of chain links; on CP-67's disks the first holds other files' too."""
    data: tuple[int, ...]
    """Data blocks, 0 for one of zeros."""


class CdfDisk(CmsDisk[Fst]):
    """A formatted CMS disk of 800-byte blocks."""

    LONGEST_RECORD = 65_535
    blocks: CdfBlocks

    def __init__(self, blocks: CdfBlocks, clock: Clock, damaged: bool = False) -> None:
        super().__init__(blocks, clock, damaged)
        label = blocks.read_label()
        if label[:4] != layout.LABEL:
            raise BadImage(f"{blocks.name}: label", 0, label[:4], layout.LABEL)
        self.volume = from_ebcdic(label[4:10]).rstrip()
        self._load()

    @classmethod
    def open(cls, blocks: CdfBlocks, clock: Clock = datetime.now) -> CdfDisk:
        """Read label, MFD, directory and map; BadImage when they do not fit together."""
        return cls(blocks, clock)

    @classmethod
    def format(cls, blocks: CdfBlocks, volume: str, clock: Clock = datetime.now) -> CdfDisk:
        """Write an empty file system; ``blocks.format`` makes the blocks."""
        volume = label_field(volume)
        cls.check_size(blocks)
        total = blocks.total
        blocks.write_label(bytes(BLOCK))
        used = MFD_BLOCK
        bits = bytes([0xF0]).ljust(layout.MAP_IN_MFD, b"\0")
        device = layout.DEVICE_BYTES.get(blocks.store.device_type[:4], 0)
        mfd = Mfd((), (), total, used, total - used, blocks.extent, bits, device)
        blocks.write(MFD_BLOCK, mfd.build())
        blocks.flush()
        blocks.write_label(layout.LABEL + to_ebcdic(volume.ljust(6)))
        blocks.flush()
        return cls.open(blocks, clock)

    @staticmethod
    def check_size(blocks: CdfBlocks) -> None:
        """GeometryError when there are more blocks than a file system can have."""
        if blocks.total > layout.MOST_BLOCKS:
            most = f"a disk of this kind has at most {layout.MOST_BLOCKS}"
            raise GeometryError(f"{blocks.name}: {blocks.total} blocks, {most}")

    def _load(self) -> None:
        """Directory and map as the MFD says."""
        name = self.blocks.name
        self.mfd = Mfd.parse(self.blocks.read(MFD_BLOCK), f"{name}: MFD")
        if not MFD_BLOCK <= self.mfd.total <= min(self.blocks.total, layout.MOST_BLOCKS):
            found = f"{self.mfd.total} blocks"
            error = BadImage(f"{name}: MFD", 364, found, f"at most {self.blocks.total}, as on the disk")
            if not self._damaged:
                raise error
            self.faults.append(str(error))
            self.mfd = replace(self.mfd, total=min(self.blocks.total, layout.MOST_BLOCKS))
        self.mfd = replace(
            self.mfd,
            directory=tuple(self._proper_ones(self.mfd.directory)),
            map_blocks=tuple(self._proper_ones(self.mfd.map_blocks)),
        )
        length = _map_length(self.mfd.total)
        bits = self.mfd.map + join(self.blocks, self.mfd.map_blocks)  # what is behind it is zeros
        self.map = AllocationMap(self.mfd.total, bits.ljust(length, b"\0")[:length])
        self._contents = [self.blocks.read(number) for number in self.mfd.directory]
        self._files = [
            Fst.parse(data[offset : offset + layout.FST_LENGTH])
            for data in self._contents
            for offset in range(0, BLOCK, layout.FST_LENGTH)
            if data[offset]
        ]
        self.map.reserve = -(-length // BLOCK) + len(self.mfd.directory) + 1

    def _proper_ones(self, numbers: Iterable[int]) -> Iterator[int]:
        """The blocks that the MFD names; on a damaged disk without those that cannot be."""
        for number in numbers:
            try:
                self._proper(number, f"{self.blocks.name}: MFD")
                self.blocks.read(number)
            except ImageError as error:
                if not self._damaged:
                    raise
                self.faults.append(str(error))
            else:
                yield number

    def _proper(self, number: int, where: str) -> None:
        if not MFD_BLOCK < number <= self.mfd.total:
            raise BadImage(where, 0, f"block {number}", f"a block of 5 to {self.mfd.total}")

    # looking

    @property
    def kind(self) -> str:
        """`cdf` or `cp67`."""
        return "cp67" if self.blocks.cp67 else "cdf"

    @property
    def total(self) -> int:
        """Blocks of the disk."""
        return self.mfd.total

    @property
    def used(self) -> int:
        """Blocks that are taken."""
        return self.mfd.used

    def link_of(self, fst: Fst) -> tuple[int, int]:
        """Block and quarter of a file's first chain link."""
        return (fst.chain_link & 0x3FFF, fst.chain_link >> 14) if self.blocks.cp67 else (fst.chain_link, 0)

    def place(self, fst: Fst) -> Place:
        """Where a file is; BadImage where the FST or a chain link is wrong."""
        where = f"{self.blocks.name}: FST of {fst}"
        if fst.format not in (FIXED, VARIABLE):
            raise BadImage(where, 30, fst.recfm, "record format F or V")
        if fst.records and not 0 < fst.lrecl <= layout.MOST_DATA * BLOCK:
            raise BadImage(where, 32, f"record length {fst.lrecl}", f"1 to {layout.MOST_DATA * BLOCK}")
        count = fst.blocks
        if fst.format == FIXED:
            count = -(-fst.records * fst.lrecl // BLOCK)
        if count > layout.MOST_DATA:
            raise BadImage(where, 36, f"{count} data blocks", f"at most {layout.MOST_DATA}")
        block, quarter = self.link_of(fst)
        self._proper(block, where)
        start = quarter * LINK_LENGTH
        first = layout.FirstLink.parse(self.blocks.read(block)[start : start + LINK_LENGTH])
        data = list(first.data[:count])
        links = [block]
        while len(data) < count:
            further = first.links[len(links) - 1]
            self._proper(further, f"{where}: chain link {len(links) + 1}")
            links.append(further)
            data += layout.FurtherLink.parse(self.blocks.read(further))[: count - len(data)]
        for number in data:
            if number or fst.format != FIXED:
                self._proper(number, f"{where}: data block")
        return Place(tuple(links), tuple(data))

    def data(self, fst: Fst) -> Iterator[bytes]:
        """The data blocks of a file, null blocks as zeros."""
        for number in self.place(fst).data:
            yield self.blocks.read(number) if number else bytes(BLOCK)

    def records(self, fst: Fst) -> Iterator[bytes]:
        """The records of a file, read as they are asked for."""
        where = f"{self.blocks.name}: {fst}"
        return unpack(fst.format, fst.lrecl, fst.records, self.data(fst), where, empty=True)

    # changing

    def _new_entry(self, name: bytes, kind: bytes, recfm: str, mode: bytes) -> Fst:
        return Fst(name, kind, to_ebcdic(recfm), mode=mode)

    def _place(self, fst: Fst, packer: Packer, packed: Iterator[bytes], sparse: bool, what: str) -> Fst:
        numbers: list[int] = []
        for block in packed:
            if len(numbers) == layout.MOST_DATA or packer.records > layout.MOST_RECORDS:
                limits = f"{layout.MOST_DATA} blocks and {layout.MOST_RECORDS} records"
                raise FileSystemError(f"{what}: too long for a disk of 800-byte blocks: {limits} a file")
            number = 0
            if not sparse or any(block):
                number = self.map.allocate()
                self.blocks.write(number, block)
            numbers.append(number)
        if packer.records > layout.MOST_RECORDS:
            raise FileSystemError(f"{what}: {packer.records} records, expected at most {layout.MOST_RECORDS}")
        return replace(
            fst,
            lrecl=packer.lrecl,
            records=packer.records,
            write_pointer=(packer.records + 1) & 0xFFFF,
            blocks=sum(map(bool, numbers)) if fst.format == FIXED else len(numbers),
            chain_link=self._plant(numbers),
        )

    def _plant(self, numbers: list[int]) -> int:
        """Write the chain links; gives what the FST says of the first."""
        links = []
        for at in range(FIRST_DATA, len(numbers), PER_LINK):
            part = numbers[at : at + PER_LINK]
            links.append(self.map.allocate())
            self.blocks.write(links[-1], layout.FurtherLink.build(part + [0] * (PER_LINK - len(part))))
        head = numbers[:FIRST_DATA]
        first = layout.FirstLink.build(
            {
                "links": links + [0] * (layout.FIRST_LINKS - len(links)),
                "data": head + [0] * (FIRST_DATA - len(head)),
            }
        )
        number = self.map.allocate()
        if self.blocks.cp67 and number > 0x3FFF:
            raise DiskFull(f"{self.blocks.name}: no room for a chain link below block {0x4000}")
        self.blocks.write(number, first.ljust(BLOCK, b"\0"))
        return number

    def _release(self, fst: Fst) -> None:
        """The blocks of a file are free after the change; a block of chain links when no other file uses it."""
        place = self.place(fst)
        first = place.links[0]
        shared = any(other is not fst and self.link_of(other)[0] == first for other in self._files)
        for number in (*place.data, *place.links[1:], *(() if shared else (first,))):
            if number and self.map.is_used(number):
                self.map.free(number)

    def _commit(self) -> None:
        """Write directory and map to free blocks, then the MFD."""
        contents = [
            b"".join(fst.build() for fst in self._files[at : at + FSTS_PER_BLOCK]).ljust(BLOCK, b"\0")
            for at in range(0, len(self._files), FSTS_PER_BLOCK)
        ]
        numbers: list[int] = []
        for index, data in enumerate(contents):
            if index < len(self._contents) and self._contents[index] == data:
                numbers.append(self.mfd.directory[index])
                continue
            numbers.append(self.map.allocate(from_reserve=True))
            self.blocks.write(numbers[-1], data)
        for number in set(self.mfd.directory) - set(numbers):
            self.map.free(number)
        for number in self.mfd.map_blocks:
            self.map.free(number)
        maps: list[int] = []
        while len(self.map.current.rstrip(b"\0")) > layout.MAP_IN_MFD + len(maps) * BLOCK:
            maps.append(self.map.allocate(from_reserve=True))
        if len(numbers) + len(maps) > 181:
            raise DiskFull(f"{self.blocks.name}: {len(self._files)} files are too many for the master file directory")
        bits = bytes(self.map.current).ljust(layout.MAP_IN_MFD, b"\0")
        for index, number in enumerate(maps):
            self.blocks.write(number, _more_map(bits, index))
        self.blocks.flush()
        used = self.map.used
        mfd = replace(
            self.mfd,
            directory=tuple(numbers),
            map_blocks=tuple(maps),
            used=used,
            left=self.mfd.total - used,
            map=bits[: layout.MAP_IN_MFD],
        )
        self.blocks.write(MFD_BLOCK, mfd.build())
        self.blocks.flush()
        self._load()


def _map_length(total: int) -> int:
    return max(-(-total // 8), layout.MAP_IN_MFD)


def _more_map(bits: bytes, index: int) -> bytes:
    """The map bytes of the block after the MFD with this index."""
    at = layout.MAP_IN_MFD + index * BLOCK
    return bits[at : at + BLOCK].ljust(BLOCK, b"\0")
