"""A damaged CDF disk that can be made sound: which blocks its files claim, and directory and map written anew.

images/repair.py decides what becomes of each file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vm370.images.cdf.disk import CdfDisk
from vm370.images.cdf.layout import MFD_BLOCK, Fst
from vm370.images.cmsnames import FIXED
from vm370.images.errors import DiskFull


class CdfRepair(CdfDisk):
    """A CDF disk opened for repair: `CdfRepair(blocks, clock, damaged=True)`."""

    def own(self) -> set[int]:
        """The file system's own blocks."""
        return {*range(1, MFD_BLOCK + 1), *self.mfd.directory, *self.mfd.map_blocks}

    def claims(self, fst: Fst) -> list[int | tuple[int, int]]:
        """The blocks of a file, and block and quarter of a chain link of CP-67; ImageError where they cannot be told.

        A block that the file names twice is there twice.
        """
        place = self.place(fst)
        first = self.link_of(fst) if self.blocks.cp67 else place.links[0]
        return [first, *place.links[1:], *(number for number in place.data if number)]

    def rebuild(
        self, files: Sequence[tuple[Fst, Sequence[bytes] | None]], taken: Iterable[int], before: Iterable[int]
    ) -> None:
        """Write directory and map anew, in one commit (see EdfRepair.rebuild)."""
        now = {*taken, *self.own()}
        old = {*self.map.taken(), *before} | now
        for committed in (old, now):
            self.map.set(committed, now)
            try:
                with self.transaction():
                    self._files = [self._anew(fst, records) for fst, records in files]
                return
            except DiskFull:
                if committed is now:
                    raise

    def _anew(self, fst: Fst, records: Sequence[bytes] | None) -> Fst:
        if records is None:
            return fst
        records = [record or b"\x40" for record in records]  # an old CMS wrote records of no bytes
        return self._store(fst, records, fst.lrecl if fst.format == FIXED else None, True, str(fst))
