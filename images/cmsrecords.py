"""Records and the string of bytes that fills a file's data blocks.

    F   records of one length, end to end; record i begins at (i - 1) * length
    V   two bytes length (1 to 65535), then the data, end to end; a record, even its length, may go over block ends

The rest of the last block is zeros.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vm370.images.cmsnames import FIXED, LARGEST, LONGEST_VARIABLE
from vm370.images.errors import BadImage, FileSystemError

SPANNED = 0xFFFFFFFF
"""Displacement of a block in which no record begins."""


class Packer:
    """Records to blocks: feed records, take whole blocks as they fill; knows what V pointers must say."""

    def __init__(self, recfm: str, lrecl: int, block_size: int, what: str) -> None:
        self.recfm = recfm
        self.lrecl = lrecl  # V: the longest so far
        self.records = 0
        self._size = block_size
        self._what = what
        self._buffer = bytearray()
        self._position = 0  # bytes packed
        self._taken = 0  # blocks taken
        self._high: list[int] = []  # by block: highest record that begins in it or before
        self._displacement: list[int] = []  # by block: where the first record begins, SPANNED where none does

    def feed(self, record: bytes) -> Iterator[bytes]:
        """Pack one record; gives the blocks that are full now."""
        length = len(record)
        self.records += 1
        if self.records > LARGEST:
            raise FileSystemError(f"{self._what}: more than {LARGEST} records")
        self._note(self._position)
        if self.recfm == FIXED:
            if length != self.lrecl:
                raise FileSystemError(f"{self._what}: record {self.records} has {length} bytes, expected {self.lrecl}")
        else:
            if not 1 <= length <= LONGEST_VARIABLE:
                raise FileSystemError(
                    f"{self._what}: record {self.records} has {length} bytes, expected 1 to {LONGEST_VARIABLE}"
                )
            self.lrecl = max(self.lrecl, length)
            self._buffer += length.to_bytes(2)
        self._buffer += record
        self._position = self._taken * self._size + len(self._buffer)
        whole = len(self._buffer) // self._size
        for index in range(whole):
            yield bytes(self._buffer[index * self._size : (index + 1) * self._size])
        del self._buffer[: whole * self._size]
        self._taken += whole

    def finish(self) -> Iterator[bytes]:
        """The last block, filled up with zeros, if one is begun."""
        if self._buffer:
            self._blocks_to(self._taken)
            if self._displacement[self._taken] == SPANNED:
                self._displacement[self._taken] = len(self._buffer)
            yield bytes(self._buffer.ljust(self._size, b"\0"))
            self._buffer.clear()

    @property
    def blocks(self) -> int:
        """Blocks begun so far."""
        return -(-self._position // self._size)

    def pointer_of(self, index: int) -> tuple[int, int]:
        """Highest record and displacement for the pointer to block ``index`` (after finish)."""
        self._blocks_to(index)
        return self._high[index], self._displacement[index]

    def _note(self, position: int) -> None:
        index = position // self._size
        self._blocks_to(index)
        self._high[index] = self.records
        if self._displacement[index] == SPANNED:
            self._displacement[index] = position % self._size

    def _blocks_to(self, index: int) -> None:
        while len(self._high) <= index:
            self._high.append(self._high[-1] if self._high else 0)
            self._displacement.append(SPANNED)


def unpack(
    recfm: str, lrecl: int, count: int, blocks: Iterable[bytes], where: str, *, empty: bool = False
) -> Iterator[bytes]:
    """``count`` records out of a file's data blocks; ``empty``: V records of no bytes may be there."""
    source = iter(blocks)
    buffer = bytearray()
    position = 0

    def take(length: int) -> bytes:
        nonlocal position
        while len(buffer) < length:
            block = next(source, None)
            if block is None:
                raise BadImage(where, position + len(buffer), "the end of the data", f"record {number} of {count}")
            buffer.extend(block)
        data = bytes(buffer[:length])
        del buffer[:length]
        position += length
        return data

    for number in range(1, count + 1):
        if recfm == FIXED:
            yield take(lrecl)
            continue
        length = int.from_bytes(take(2))
        if not length and not empty:
            raise BadImage(where, position - 2, "record length 0", f"record {number} of {count}")
        yield take(length)
