"""A damaged EDF disk that can be made sound: which blocks its files claim, and directory and map written anew.

images/repair.py decides what becomes of each file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from vm370.images.blocks import FIRST_FILE_BLOCK
from vm370.images.cmsnames import FIXED
from vm370.images.edf import layout, pointers
from vm370.images.edf.disk import EdfDisk
from vm370.images.edf.layout import POINTER_SIZE, Fst
from vm370.images.edf.pointers import Pointer
from vm370.images.errors import DiskFull, ImageError


class EdfRepair(EdfDisk):
    """An EDF disk opened for repair: `EdfRepair.open(blocks, clock, damaged=True)`."""

    _rebuilding = False

    def own(self) -> set[int]:
        """The file system's own blocks."""
        return set(range(1, FIRST_FILE_BLOCK + 2)).union(*self.own_blocks().values())

    def claims(self, fst: Fst) -> list[int]:
        """The blocks of a file; ImageError where they cannot be told."""
        return [place.pointer.number for place in self.places(fst) if place.pointer.number]

    def _tree(self, fst: Fst, pointer_size: int, count: int, what: str) -> tuple[list[int], list[int]]:
        """Of the directory all blocks up to the first that cannot be."""
        data: list[int] = []
        above: list[int] = []
        try:
            for place in self._walk(fst, pointer_size, count, what):
                (above if place.level else data).append(place.pointer.number)
        except ImageError as error:
            if fst.key != layout.DIRECTORY_NAME + layout.DIRECTORY_TYPE:
                raise
            self.faults.append(str(error))
        return data, above

    def rebuild(
        self, files: Sequence[tuple[Fst, Sequence[bytes] | None]], taken: Iterable[int], before: Iterable[int]
    ) -> None:
        """Write directory and map anew, in one commit.

        ``files``: each entry with None where its blocks stay, or the records to store in other blocks; ``taken``: the
        blocks that stay; ``before``: blocks of files that will be gone.  They are not written over while others are
        free.
        """
        now = {*taken, *self.own()}
        old = {*self.map.taken(), *before} | now
        for committed in (old, now):
            self.map.set(committed, now)
            self._rebuilding = True
            try:
                with self.transaction():
                    self._files = [self._anew(fst, records) for fst, records in files]
                return
            except DiskFull:
                if committed is now:
                    raise
            finally:
                self._rebuilding = False

    def _anew(self, fst: Fst, records: Sequence[bytes] | None) -> Fst:
        if records is None:
            return fst
        fst = replace(fst, pointer_size=POINTER_SIZE[fst.format])
        return self._store(fst, records, fst.lrecl if fst.format == FIXED else None, True, str(fst))

    def _commit_map(self) -> Fst:
        """All blocks of the map are new ones."""
        if not self._rebuilding:
            return super()._commit_map()
        size = self.blocks.size
        for number in (*self._map_data, *self._map_pointers):
            self.map.free(number)
        numbers = [self._allocate() for _ in range(self._map_length)]
        leaves = [Pointer(number) for number in numbers]
        origin, levels = pointers.plant(leaves, 4, size, self._allocate, self.blocks.write)
        for index, number in enumerate(numbers):
            self.blocks.write(number, bytes(self.map.current[index * size : (index + 1) * size]))
        count = len(numbers)
        return replace(self._allocation, lrecl=size, records=count, blocks=count, origin=origin, levels=levels)
