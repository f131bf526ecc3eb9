"""EdfDisk: the files of a CMS disk.  Who uses it: `vm370 disk` and the first start of a home.

Order of a change, so that the end of this process or of the host at any instant leaves the old or the new files:

    1  data and pointer blocks of new files go to free blocks (AllocationMap gives only blocks free in the old state)
    2  changed blocks of the allocation map and the directory, with their pointer blocks, go to free blocks; the first
       directory block goes to the one of blocks 4 and 5 that is not in use
    3  the label is written: directory origin 4 <-> 5, blocks in use.  This one write is the commit

Several changes are one when they stand in ``with disk.transaction():``; an exception gives all of them up.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from vm370.images.allocation import AllocationMap
from vm370.images.blocks import FIRST_FILE_BLOCK, LABEL_LENGTH, Blocks
from vm370.images.cmsdisk import Clock, CmsDisk
from vm370.images.cmsnames import FIXED, LARGEST, label_field
from vm370.images.cmsrecords import Packer, unpack
from vm370.images.ebcdic import to_ebcdic
from vm370.images.edf import layout, pointers
from vm370.images.edf.layout import FST_LENGTH, POINTER_SIZE, Fst, Label
from vm370.images.edf.pointers import Place, Pointer
from vm370.images.errors import BadImage, GeometryError, ImageError


class EdfDisk(CmsDisk[Fst]):
    """A formatted CMS disk of blocks of 512 to 4096 bytes."""

    LONGEST_RECORD = LARGEST
    blocks: Blocks

    def __init__(self, blocks: Blocks, label: Label, clock: Clock, damaged: bool = False) -> None:
        super().__init__(blocks, clock, damaged)
        self.label = label
        self.volume = label.volume
        self._load()

    # opening and formatting

    @classmethod
    def open(cls, blocks: Blocks, clock: Clock = datetime.now, *, damaged: bool = False) -> EdfDisk:
        """Read label, directory and allocation map; BadImage when they do not fit together.

        ``damaged``: what cannot be read of directory and map is passed over.
        """
        label = Label.parse(blocks.read_label(), f"{blocks.name}: label")
        if label.block_size != blocks.size:
            found = f"block size {label.block_size}"
            raise BadImage(f"{blocks.name}: label", 12, found, f"{blocks.size}, the size of the disk's blocks")
        if not FIRST_FILE_BLOCK + 2 <= label.blocks <= blocks.total:
            raise BadImage(
                f"{blocks.name}: label", 28, f"{label.blocks} blocks", f"at most {blocks.total}, as on the disk"
            )
        return cls(blocks, label, clock, damaged)

    @classmethod
    def format(cls, blocks: Blocks, volume: str, clock: Clock = datetime.now) -> EdfDisk:
        """Write an empty file system; blocks other than its own are not touched (CkdBlocks.format makes them)."""
        volume = label_field(volume)
        size = blocks.size
        blocks.write_label(bytes(LABEL_LENGTH))  # until all is there, it is no file system
        map_length = -(-blocks.total // 8)
        map_blocks = -(-map_length // size)
        first = FIRST_FILE_BLOCK + 2
        bits = AllocationMap(max(blocks.total, first - 1), bytes(max(map_length, 1)).ljust(map_blocks * size, b"\0"))
        for number in range(1, first):
            bits.take(number)
        if blocks.total < first - 1 + map_blocks + -(-map_blocks // (size // 4)) + 1:
            raise GeometryError(f"{blocks.name}: {blocks.total} blocks are too few for a file system")
        numbers = [bits.allocate() for _ in range(map_blocks)]
        origin, levels = pointers.plant([Pointer(n) for n in numbers], 4, size, bits.allocate, blocks.write)
        for index, number in enumerate(numbers):
            blocks.write(number, bytes(bits.current[index * size : (index + 1) * size]))
        now = clock()
        directory = _directory_fst(FIRST_FILE_BLOCK, 0, 1, 2).dated(now)
        allocation = _map_fst(origin, levels, map_blocks, size).dated(now)
        blocks.write(FIRST_FILE_BLOCK, (directory.build() + allocation.build()).ljust(size, b"\0"))
        created, century = layout.packed_date(now)
        label = Label(
            volume=volume,
            block_size=size,
            directory=FIRST_FILE_BLOCK,
            cylinders=blocks.extent,
            most_cylinders=blocks.extent,
            blocks=blocks.total,
            used=bits.used,
            created=created,
            flags=layout.CENTURY_LABEL if century else 0,
            fsts_per_block=size // FST_LENGTH,
        )
        blocks.flush()
        blocks.write_label(label.build())
        blocks.flush()
        return cls.open(blocks, clock)

    def _load(self) -> None:
        """Directory and allocation map as the label says."""
        name = self.blocks.name
        size = self.blocks.size
        origin = self.label.directory
        first = self.blocks.read(origin)
        self._directory = Fst.parse(first[:FST_LENGTH])
        self._allocation = Fst.parse(first[FST_LENGTH : 2 * FST_LENGTH])
        for offset, fst, key in (
            (0, self._directory, layout.DIRECTORY_NAME + layout.DIRECTORY_TYPE),
            (FST_LENGTH, self._allocation, layout.MAP_NAME + layout.MAP_TYPE),
        ):
            if fst.key != key:
                raise BadImage(f"{name}: block {origin}", offset, fst.key, key)
        with self._passing_over():
            self._load_directory(origin)
        contents = b"".join(self.blocks.read(number) for number in self._directory_data)
        self._directory_contents = contents
        self._files: list[Fst] = []
        for offset in range(2 * FST_LENGTH, len(contents), FST_LENGTH):
            if contents[offset]:
                self._files.append(Fst.parse(contents[offset : offset + FST_LENGTH]))
        self._map_data: list[int] = []
        self._map_pointers: list[int] = []
        self.map = AllocationMap(self.label.blocks, bytes(self._map_length * size))
        with self._passing_over():
            data, above = self._tree(self._allocation, 4, self._map_length, "the allocation map")
            if 0 in data:
                raise BadImage(f"{name}: the allocation map", 0, "a null block", "a block of bits")
            self.map = AllocationMap(self.label.blocks, b"".join(self.blocks.read(number) for number in data))
            self._map_data, self._map_pointers = data, above
        fan = size // 4
        self.map.reserve = (
            len(self._map_data) + 2 + -(-len(self._map_data) // fan) + -(-len(self._directory_data) // fan)
        )

    def _load_directory(self, origin: int) -> None:
        """Where the directory's blocks are; on a damaged disk at least the first of them."""
        name, size = self.blocks.name, self.blocks.size
        self._directory_data, self._directory_pointers = [origin], []
        entries = self._directory.records
        if not 2 <= entries <= self.label.blocks * (size // FST_LENGTH):
            raise BadImage(f"{name}: block {origin}", 48, f"{entries} directory entries", "a number that fits the disk")
        data, above = self._tree(self._directory, 4, -(-entries * FST_LENGTH // size), "the directory")
        if not data or data[0] != origin:
            raise BadImage(f"{name}: block {origin}", 40, f"a directory that begins in {data[:1]}", f"block {origin}")
        self._directory_data, self._directory_pointers = data, above

    @property
    def _map_length(self) -> int:
        """Blocks of the allocation map."""
        return -(-self.label.blocks // (8 * self.blocks.size))

    @contextlib.contextmanager
    def _passing_over(self) -> Iterator[None]:
        try:
            yield
        except ImageError as error:
            if not self._damaged:
                raise
            self.faults.append(str(error))

    def _tree(self, fst: Fst, pointer_size: int, count: int, what: str) -> tuple[list[int], list[int]]:
        """Data blocks and pointer blocks of a file of the file system's own."""
        data: list[int] = []
        above: list[int] = []
        for place in self._walk(fst, pointer_size, count, what):
            (above if place.level else data).append(place.pointer.number)
        return data, above

    def _walk(self, fst: Fst, pointer_size: int, count: int, what: str) -> Iterator[Place]:
        return pointers.walk(
            self.blocks.read,
            self.blocks.size,
            self.label.blocks,
            fst.origin,
            fst.levels,
            pointer_size,
            count,
            f"{self.blocks.name}: {what}",
        )

    # looking

    @property
    def kind(self) -> str:
        """`edf`."""
        return "edf"

    @property
    def total(self) -> int:
        """Blocks of the disk."""
        return self.label.blocks

    @property
    def used(self) -> int:
        """Blocks that are taken."""
        return self.label.used

    @property
    def created_at(self) -> datetime | None:
        """When the disk was formatted."""
        return self.label.created_at

    def own_blocks(self) -> dict[str, list[int]]:
        """Blocks of directory and allocation map (blocks 1 to 5 left out)."""
        directory = self._directory_data[1:] + self._directory_pointers
        return {"the directory": directory, "the allocation map": self._map_data + self._map_pointers}

    @property
    def directory_entries(self) -> int:
        """How many entries the directory says it has, its own two included."""
        return self._directory.records

    def places(self, fst: Fst) -> Iterator[Place]:
        """All blocks of a file, pointer blocks and data blocks; BadImage where the FST or the tree is wrong."""
        where = f"{self.blocks.name}: FST of {fst}"
        size = self.blocks.size
        if fst.format not in POINTER_SIZE:
            raise BadImage(where, 30, fst.recfm, "record format F or V")
        if fst.records > LARGEST or fst.lrecl > LARGEST or (fst.records and not fst.lrecl):
            raise BadImage(where, 32, f"{fst.records} records of length {fst.lrecl}", "numbers a file can have")
        count = fst.blocks
        if fst.format == FIXED:
            length = fst.records * fst.lrecl
            if length > self.size_limit:
                raise BadImage(where, 32, f"{length} bytes of data", f"at most {self.size_limit} on this disk")
            count = -(-length // size)
        elif count > self.label.blocks:
            raise BadImage(where, 44, f"{count} data blocks", f"at most {self.label.blocks}")
        if count > 1 and fst.pointer_size != POINTER_SIZE[fst.format]:
            raise BadImage(where, 53, f"pointers of {fst.pointer_size} bytes", f"{POINTER_SIZE[fst.format]}")
        return self._walk(fst, POINTER_SIZE[fst.format], count, str(fst))

    @property
    def size_limit(self) -> int:
        """The longest file that is believed: null blocks may make a file longer than its disk, four times at most."""
        return 4 * self.label.blocks * self.blocks.size

    def data(self, fst: Fst) -> Iterator[bytes]:
        """The data blocks of a file, null blocks as zeros."""
        null = bytes(self.blocks.size)
        for place in self.places(fst):
            if not place.level:
                yield self.blocks.read(place.pointer.number) if place.pointer.number else null

    def records(self, fst: Fst) -> Iterator[bytes]:
        """The records of a file, read as they are asked for."""
        return unpack(fst.format, fst.lrecl, fst.records, self.data(fst), f"{self.blocks.name}: {fst}")

    # changing

    def _new_entry(self, name: bytes, kind: bytes, recfm: str, mode: bytes) -> Fst:
        return Fst(name, kind, to_ebcdic(recfm), 0, 0, 0, 0, 0, POINTER_SIZE[recfm], mode=mode)

    def _place(self, fst: Fst, packer: Packer, packed: Iterator[bytes], sparse: bool, what: str) -> Fst:
        """Write data and pointer blocks."""
        numbers: list[int] = []
        for block in packed:
            number = 0
            if not sparse or any(block):
                number = self.map.allocate()
                self.blocks.write(number, block)
            numbers.append(number)
        fixed = fst.format == FIXED
        if fixed:
            leaves = [Pointer(number) for number in numbers]
        else:
            leaves = [Pointer(number, *packer.pointer_of(index)) for index, number in enumerate(numbers)]
        origin, levels = pointers.plant(
            leaves, fst.pointer_size, self.blocks.size, self.map.allocate, self.blocks.write
        )
        blocks = sum(1 for number in numbers if number) if fixed else len(numbers)
        return replace(
            fst,
            lrecl=packer.lrecl,
            records=packer.records,
            records_low=packer.records & 0xFFFF,
            blocks=blocks,
            blocks_low=blocks & 0xFFFF,
            origin=origin,
            levels=levels,
        )

    def _release(self, fst: Fst) -> None:
        """The blocks of a file are free after the change."""
        for place in self.places(fst):
            if place.pointer.number:
                self.map.free(place.pointer.number)

    def _commit(self) -> None:
        """Write map and directory to free blocks, then the label."""
        now = self.clock()
        size = self.blocks.size
        origin = sum(layout.DIRECTORY_BLOCKS) - self.label.directory
        entries = 2 + len(self._files)
        contents = b"".join(fst.build() for fst in self._files)
        contents = (bytes(2 * FST_LENGTH) + contents).ljust(-(-entries * FST_LENGTH // size) * size, b"\0")

        data = [origin]
        for index in range(1, len(contents) // size):
            part = slice(index * size, (index + 1) * size)
            if index < len(self._directory_data) and self._directory_contents[part] == contents[part]:
                data.append(self._directory_data[index])
            else:
                data.append(self.map.allocate(from_reserve=True))
                self.blocks.write(data[-1], contents[part])
        for number in {*self._directory_data[1:], *self._directory_pointers} - set(data):
            self.map.free(number)
        root, levels = pointers.plant([Pointer(n) for n in data], 4, size, self._allocate, self.blocks.write)
        directory = replace(
            self._directory, origin=root, levels=levels, blocks=len(data), records=entries, blocks_low=0, records_low=0
        )
        allocation = self._commit_map()
        head = directory.dated(now).build() + allocation.dated(now).build()
        self.blocks.write(origin, head + contents[2 * FST_LENGTH : size])
        self.blocks.flush()
        self.blocks.write_label(replace(self.label, directory=origin, used=self.map.used).build())
        self.blocks.flush()
        self.label = replace(self.label, directory=origin, used=self.map.used)
        self._load()

    def _commit_map(self) -> Fst:
        """Move the map blocks that changed to free blocks (which changes the map) and write them."""
        size = self.blocks.size
        numbers = list(self._map_data)
        moved: set[int] = set()
        tree: list[int] | None = None  # new pointer blocks
        while True:
            bits = self.map.current
            changed = {
                index
                for index in range(len(numbers))
                if bits[index * size : (index + 1) * size] != self.map.committed[index * size : (index + 1) * size]
            } - moved
            if not changed:
                break
            for index in sorted(changed):
                self.map.free(self._map_data[index])
                numbers[index] = self._allocate()
            moved |= changed
            if tree is None:
                for number in self._map_pointers:
                    self.map.free(number)
                tree = [self._allocate() for _ in self._map_pointers]
        for index in moved:
            self.blocks.write(numbers[index], bytes(self.map.current[index * size : (index + 1) * size]))
        if tree is None:
            return self._allocation
        supply = iter(tree)
        leaves = [Pointer(number) for number in numbers]
        origin, levels = pointers.plant(leaves, 4, size, lambda: next(supply), self.blocks.write)
        return replace(self._allocation, origin=origin, levels=levels)

    def _allocate(self) -> int:
        return self.map.allocate(from_reserve=True)


def _directory_fst(origin: int, levels: int, blocks: int, entries: int) -> Fst:
    return Fst(
        layout.DIRECTORY_NAME, layout.DIRECTORY_TYPE, to_ebcdic(FIXED), FST_LENGTH, entries, blocks, origin, levels, 4
    )


def _map_fst(origin: int, levels: int, blocks: int, size: int) -> Fst:
    return Fst(layout.MAP_NAME, layout.MAP_TYPE, to_ebcdic(FIXED), size, blocks, blocks, origin, levels, 4)
