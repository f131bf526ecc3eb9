"""Blocks of a data set to its records.

F, FB      records of LRECL bytes, as many as fill the block
V, VB      block: length 2 (itself included), 0 0; record: length 2 (itself included), segment 1, 0, data
VS, VBS    segment 0: whole record, 1: first, 3: middle, 2: last piece of one
U          a block is a record
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vm370.images.errors import BadImage

FIRST, LAST, MIDDLE = 1, 2, 3


def records(recfm: str, lrecl: int, blocks: Iterable[bytes], where: str) -> Iterator[bytes]:
    """The records; BadImage where a block does not have the format."""
    pieces = b""
    for number, block in enumerate(blocks, 1):
        place = f"{where}: block {number}"
        if recfm[0] == "F":
            length = lrecl or len(block)
            if len(block) % length:
                raise BadImage(place, 0, f"{len(block)} bytes", f"a multiple of {length}")
            yield from (block[at : at + length] for at in range(0, len(block), length))
        elif recfm[0] != "V":
            yield block
        else:
            for segment, data in _segments(block, place):
                pieces += data
                if segment not in (FIRST, MIDDLE):
                    yield pieces
                    pieces = b""


def _segments(block: bytes, place: str) -> Iterator[tuple[int, bytes]]:
    length = int.from_bytes(block[:2])
    if not 4 <= length <= len(block):
        raise BadImage(place, 0, f"block length {length}", f"4 to {len(block)}")
    at = 4
    while at < length:
        size = int.from_bytes(block[at : at + 2])
        if size < 4 or at + size > length:
            raise BadImage(place, at, f"record length {size}", f"4 to {length - at}")
        yield block[at + 2] & 3, block[at + 4 : at + size]
        at += size
