"""Pointer blocks: the tree between the file origin pointer of an FST and the data blocks.

levels 0    the file origin pointer is the number of the only data block (0: none, or a null block)
levels n    it is the number of a pointer block, whose pointers lead to pointer blocks of level n-1

F   4 bytes    block number; 0 = null: a block (or a whole subtree) of zeros
V  12 bytes    block number 4, highest record number that begins in the subtree or before 4, displacement of the
               first record that begins in the first block of the subtree 4 (X'FFFFFFFF': none begins there, the
               block is filled by one record; in the last block, the end of the data)
               the last 4 bytes of a V pointer block: displacement of its last pointer in use
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vm370.images.blocks import FIRST_FILE_BLOCK
from vm370.images.errors import BadImage

MOST_LEVELS = 7

_VARIABLE = struct.Struct(">III")


@dataclass(frozen=True, slots=True)
class Pointer:
    """A pointer to a data block (or to a pointer block); the last two are zero for F."""

    number: int
    high_record: int = 0
    displacement: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A block that a tree uses.  ``level`` 0: a data block, its ``index`` in the file; else a pointer block."""

    level: int
    index: int
    pointer: Pointer


def per_block(block_size: int, pointer_size: int) -> int:
    """Pointers in a pointer block."""
    return block_size // pointer_size


def levels_for(count: int, fan: int) -> int:
    """Levels of pointer blocks that ``count`` data blocks need."""
    levels = 0
    reach = 1
    while reach < count:
        reach *= fan
        levels += 1
    return levels


def walk(
    read: Callable[[int], bytes],
    block_size: int,
    total: int,
    origin: int,
    levels: int,
    pointer_size: int,
    count: int,
    where: str,
) -> Iterator[Place]:
    """All places of a tree of ``count`` data blocks, a pointer block before what hangs on it.

    Null blocks of F come out with number 0.  Block numbers are checked to be those of a disk of ``total`` blocks
    before a block is read; BadImage says where the tree is wrong.
    """
    fan = per_block(block_size, pointer_size)
    if levels > MOST_LEVELS or fan**levels < count:
        expected = f"{levels_for(count, fan)} for {count} blocks, at most {MOST_LEVELS}"
        raise BadImage(f"{where}: FST", 52, f"{levels} levels of pointer blocks", expected)

    def descend(pointer: Pointer, level: int, first: int) -> Iterator[Place]:
        number = pointer.number
        if number and not FIRST_FILE_BLOCK <= number <= total:
            expected = f"a block from {FIRST_FILE_BLOCK} to {total}"
            raise BadImage(where, first * block_size, f"pointer to block {number}", expected)
        if not level:
            yield Place(0, first, pointer)
            return
        span = fan ** (level - 1)
        if not number:
            for index in range(first, min(count, first + span * fan)):
                yield Place(0, index, pointer)
            return
        yield Place(level, first, pointer)
        block = read(number)
        for entry in range(fan):
            index = first + entry * span
            if index >= count:
                return
            yield from descend(entry_at(block, entry, pointer_size), level - 1, index)

    if count:
        yield from descend(Pointer(origin), levels, 0)


def entry_at(block: bytes, entry: int, pointer_size: int) -> Pointer:
    """One pointer of a pointer block."""
    offset = entry * pointer_size
    if pointer_size == 4:
        return Pointer(int.from_bytes(block[offset : offset + 4]))
    return Pointer(*_VARIABLE.unpack_from(block, offset))


def build_block(pointers: list[Pointer], pointer_size: int, block_size: int) -> bytes:
    """A pointer block."""
    if pointer_size == 4:
        return b"".join(pointer.number.to_bytes(4) for pointer in pointers).ljust(block_size, b"\0")
    body = b"".join(_VARIABLE.pack(p.number, p.high_record, p.displacement) for p in pointers)
    return body.ljust(block_size - 4, b"\0") + (len(body) - pointer_size).to_bytes(4)


def plant(
    pointers: list[Pointer],
    pointer_size: int,
    block_size: int,
    allocate: Callable[[], int],
    write: Callable[[int, bytes], None],
) -> tuple[int, int]:
    """Write the pointer blocks over data blocks; gives the file origin pointer and the number of levels."""
    fan = per_block(block_size, pointer_size)
    levels = 0
    while len(pointers) > 1:
        above = []
        for start in range(0, len(pointers), fan):
            group = pointers[start : start + fan]
            if pointer_size == 4 and not any(pointer.number for pointer in group):
                above.append(Pointer(0))
                continue
            number = allocate()
            write(number, build_block(group, pointer_size, block_size))
            above.append(Pointer(number, group[-1].high_record, group[0].displacement))
        pointers = above
        levels += 1
    return (pointers[0].number if pointers else 0), levels
