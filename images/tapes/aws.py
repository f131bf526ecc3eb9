"""AWSTAPE and HET: a file of chunks, each with a header of 6 bytes; HET may compress them.

    header   0  2  length of this chunk       little endian      flags 1   80  first chunk of a block
             2  2  length of the chunk before little endian                40  tape mark (length 0, no other flag)
             4  1  flags 1                                                 20  last chunk of a block
             5  1  flags 2                                                 02  the block is compressed with bzip2 (HET)
                                                                           01  with zlib (HET)
                                                                 flags 2   80  with zlib, as Bus-Tech's tapes have it

A block is one chunk with A0, or several: 80, 00..., 20.  A compressed block is compressed as a whole and then cut into
chunks.  `0500 0000 A000 E5D4 F3F7 F0` is the block VM370 at the start of a tape, `0000 0500 4000` the mark behind it.

The length of the chunk before allows to go backward; this module remembers where blocks begin instead (items.py), and
tells a wrong length in ``check``.
"""

from __future__ import annotations

import bz2
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import construct

from vm370.images.errors import BadImage
from vm370.images.hostfile import HostFile, create_file
from vm370.images.tapes.items import Damage, ItemTape
from vm370.images.tapes.tape import LONGEST_BLOCK, check_block

FIRST, MARK, LAST = 0x80, 0x40, 0x20
ZLIB, BZIP2, BUS_TECH = 0x01, 0x02, 0x80
CHUNK = 65_535
Compression = Literal["none", "zlib", "bzip2"]
COMPRESSIONS: dict[Compression, int] = {"none": 0, "zlib": ZLIB, "bzip2": BZIP2}

ChunkHeader = construct.Struct(
    "length" / construct.Int16ul,
    "previous" / construct.Int16ul,
    "flags1" / construct.Int8ub,
    "flags2" / construct.Int8ub,
)
HEADER_LENGTH = ChunkHeader.sizeof()


@dataclass(frozen=True, slots=True)
class Item:
    """A block or a tape mark in the file."""

    offset: int
    end: int
    mark: bool
    compression: int
    pieces: tuple[tuple[int, int], ...]
    """(offset, length) of the chunks' bytes."""

    @property
    def last_length(self) -> int:
        """Length of its last chunk."""
        return self.pieces[-1][1] if self.pieces else 0


class AwsTape(ItemTape[Item]):
    """A tape in a host file; ``compression`` is for blocks that are written."""

    def __init__(self, file: HostFile, compression: Compression = "none", level: int = 4) -> None:
        super().__init__(file)
        self.compression: Compression = compression
        self.level = level

    @classmethod
    def create(
        cls, path: str | Path, compression: Compression = "none", *, level: int = 4, overwrite: bool = False
    ) -> AwsTape:
        """A new tape with nothing on it, open read-write."""
        with create_file(path, overwrite) as file:
            pass
        return cls(file, compression, level)

    @classmethod
    def open(cls, path: str | Path, read_only: bool = False, compression: Compression = "none") -> AwsTape:
        """Open a tape at its load point; BadImage when the file does not begin like one."""
        file = HostFile.open(path, read_only)
        try:
            tape = cls(file, compression)
            if file.length:
                tape._item(0, 0)
        except BaseException:
            file.close()
            raise
        return tape

    # --- reading ---

    def _item(self, offset: int, number: int) -> Item:
        """The item that begins at ``offset``."""
        start = offset
        pieces: list[tuple[int, int]] = []
        length_of_file = self.file.length
        while True:
            header = self._header(offset, number, length_of_file)
            flags = header.flags1
            offset += HEADER_LENGTH
            if flags & MARK:
                if header.length or pieces:
                    found = f"a tape mark with {header.length} bytes" if header.length else "a tape mark in a block"
                    raise BadImage(self.name, offset - HEADER_LENGTH, found, f"item {number} as AWSTAPE has it")
                return Item(start, offset, True, 0, ())
            if bool(flags & FIRST) == bool(pieces):
                found = f"flags {flags:02X}"
                wanted = "a further chunk of the block" if pieces else "the first chunk of a block, or a tape mark"
                raise BadImage(self.name, offset - 2, found, f"{wanted} (item {number})")
            if offset + header.length > length_of_file:
                found = f"end of file after {length_of_file - offset} bytes"
                raise BadImage(self.name, length_of_file, found, f"a chunk of {header.length} bytes (item {number})")
            compression = flags & (ZLIB | BZIP2) or (ZLIB if header.flags2 & BUS_TECH else 0)
            pieces.append((offset, header.length))
            offset += header.length
            if flags & LAST:
                return Item(start, offset, False, compression, tuple(pieces))

    def _header(self, offset: int, number: int, length_of_file: int) -> construct.Container:
        if offset + HEADER_LENGTH > length_of_file:
            found = f"end of file after {length_of_file - offset} bytes"
            raise BadImage(self.name, offset, found, f"a header of {HEADER_LENGTH} bytes (item {number})")
        return ChunkHeader.parse(self.file.read(offset, HEADER_LENGTH))

    def _data(self, item: Item) -> bytes | None:
        if item.mark:
            return None
        data = b"".join(self.file.read(offset, length) for offset, length in item.pieces)
        if item.compression:
            data = self._expanded(item, data)
        if not 1 <= len(data) <= LONGEST_BLOCK:
            raise BadImage(self.name, item.offset, f"a block of {len(data)} bytes", f"1 to {LONGEST_BLOCK} bytes")
        return data

    def _expanded(self, item: Item, data: bytes) -> bytes:
        expand: Any
        if item.compression == BZIP2:
            expand = bz2.BZ2Decompressor()
        elif item.compression == ZLIB:
            expand = zlib.decompressobj()
        else:
            raise BadImage(self.name, item.offset + 4, "both compression flags", "zlib or bzip2")
        try:
            block: bytes = expand.decompress(data, LONGEST_BLOCK + 1)
        except (zlib.error, OSError, EOFError, ValueError) as error:
            found = f"a block that cannot be expanded ({error})"
            raise BadImage(self.name, item.offset, found, "a whole one") from error
        if not expand.eof and len(block) <= LONGEST_BLOCK:
            raise BadImage(self.name, item.offset, "a block whose compressed form ends early", "a whole one")
        return block

    # --- writing ---

    def write(self, block: bytes) -> None:
        check_block(self.name, block)
        code = COMPRESSIONS[self.compression]
        data = block
        if code:
            data = bz2.compress(block, self.level) if code == BZIP2 else zlib.compress(block, self.level)
            if len(data) >= len(block):
                code, data = 0, block
        self._append(data, code)

    def write_mark(self) -> None:
        self._append(b"", 0, mark=True)

    def _append(self, data: bytes, compression: int, mark: bool = False) -> None:
        self.writable()
        start = offset = self._cut()
        previous = self._items[-1].last_length if self._items else 0
        text, pieces = bytearray(), []
        for at in range(0, max(len(data), 1), CHUNK):
            chunk = data[at : at + CHUNK]
            first, last = (FIRST if at == 0 else 0), (LAST if at + CHUNK >= len(data) else 0)
            flags = MARK if mark else first | last | compression
            text += ChunkHeader.build({"length": len(chunk), "previous": previous, "flags1": flags, "flags2": 0})
            offset += HEADER_LENGTH
            if not mark:
                pieces.append((offset, len(chunk)))
            text += chunk
            offset += len(chunk)
            previous = len(chunk)
        self.file.write(start, bytes(text))
        self._written(Item(start, offset, mark, compression, tuple(pieces)))

    def _damage(self, item: Item, before: Item | None) -> Damage | None:
        previous = before.last_length if before is not None else 0
        header = ChunkHeader.parse(self.file.read(item.offset, HEADER_LENGTH))
        if header.previous == previous:
            return None
        text = f"the chunk before is told to have {header.previous} bytes, it has {previous}"
        return Damage(item.offset + 2, text)
