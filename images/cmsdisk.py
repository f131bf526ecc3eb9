"""CmsDisk: finding and changing the files of a CMS disk, whatever its file system is.

A file system (edf/disk.py, cdf/disk.py) loads the directory into ``_files`` and the allocation map, stores the records
of one file, releases a file's blocks, and commits: one write that makes all changes visible.
"""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Generic, Protocol, Self, TypeVar

from vm370.images.allocation import AllocationMap
from vm370.images.blocks import Blocks
from vm370.images.cmsnames import FIXED, VARIABLE, mode_field, name_field, stored_field
from vm370.images.cmsrecords import Packer
from vm370.images.errors import FileExists, FileNotOnDisk, FileSystemError

Clock = Callable[[], datetime]


class Entry(Protocol):
    """A directory entry (FST)."""

    @property
    def key(self) -> bytes: ...
    @property
    def filename(self) -> str: ...
    @property
    def filetype(self) -> str: ...
    @property
    def filemode(self) -> str: ...
    @property
    def mode(self) -> bytes: ...
    @property
    def format(self) -> str: ...
    @property
    def lrecl(self) -> int: ...
    @property
    def records(self) -> int: ...
    @property
    def blocks(self) -> int: ...
    @property
    def written_at(self) -> datetime | None: ...
    def build(self) -> bytes:
        """The bytes in the directory."""

    def dated(self, when: datetime) -> Self:
        """The same entry with its date fields set."""

    def with_name(self, name: bytes, kind: bytes, mode: bytes) -> Self:
        """The same entry under another name."""


FstT = TypeVar("FstT", bound=Entry)


class CmsDisk(ABC, Generic[FstT]):
    """A formatted CMS disk; ``clock`` gives the dates of what is written."""

    LONGEST_RECORD: int
    """The longest record of format F."""

    blocks: Any
    """Blocks of the disk; a file system knows which kind it has."""
    map: AllocationMap
    volume: str
    """The label."""
    _files: list[FstT]

    def __init__(self, blocks: Blocks, clock: Clock, damaged: bool) -> None:
        self.blocks = blocks
        self.clock = clock
        self.faults: list[str] = []
        """Parts of directory and map that were passed over because ``damaged`` was asked for."""
        self._damaged = damaged
        self._depth = 0

    # --- what a file system does in its way ---

    @abstractmethod
    def _load(self) -> None:
        """Read directory and map."""

    @abstractmethod
    def _new_entry(self, name: bytes, kind: bytes, recfm: str, mode: bytes) -> FstT:
        """An entry without numbers."""

    @abstractmethod
    def _place(self, fst: FstT, packer: Packer, packed: Iterator[bytes], sparse: bool, what: str) -> FstT:
        """Put the blocks that the packer gives on the disk; the entry with its numbers."""

    @abstractmethod
    def _release(self, fst: FstT) -> None:
        """The blocks of a file are free after the change."""

    @abstractmethod
    def _commit(self) -> None:
        """Make all changes visible."""

    @abstractmethod
    def records(self, fst: FstT) -> Iterator[bytes]:
        """The records of a file, read as they are asked for."""

    # --- looking ---

    @property
    @abstractmethod
    def kind(self) -> str:
        """`edf`, `cdf` or `cp67`."""

    @property
    @abstractmethod
    def total(self) -> int:
        """Blocks of the disk."""

    @property
    @abstractmethod
    def used(self) -> int:
        """Blocks that are taken."""

    @property
    def created_at(self) -> datetime | None:
        """When the disk was formatted; None where the label does not tell."""
        return None

    def files(self) -> list[FstT]:
        """All files in the order of the directory."""
        return list(self._files)

    def find(self, filename: str, filetype: str) -> FstT:
        """The entry of a file; FileNotOnDisk when there is none."""
        index = self._index(stored_field(filename, "file name") + stored_field(filetype, "file type"))
        if index is None:
            raise FileNotOnDisk(f"{self.blocks.name}: file {filename.upper()} {filetype.upper()} is not on the disk")
        return self._files[index]

    def _index(self, key: bytes) -> int | None:
        return next((index for index, fst in enumerate(self._files) if fst.key == key), None)

    @property
    def free(self) -> int:
        """Blocks that files may still take."""
        return max(0, self.map.available - self.map.reserve)

    def read(self, filename: str, filetype: str) -> list[bytes]:
        """All records of a file."""
        return list(self.records(self.find(filename, filetype)))

    # --- changing ---

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes of the body as one; may be nested, the outermost commits."""
        if self.blocks.read_only:
            raise FileSystemError(f"{self.blocks.name}: the disk is read-only")
        before = list(self._files)
        self._depth += 1
        try:
            yield
            if self._depth == 1:
                self._commit()
        except BaseException:
            self._files = before
            if self._depth == 1:
                self._load()
            raise
        finally:
            self._depth -= 1

    def write(
        self,
        filename: str,
        filetype: str,
        records: Iterable[bytes],
        *,
        recfm: str = VARIABLE,
        lrecl: int | None = None,
        mode: str = "A1",
        replace_old: bool = True,
        written: datetime | None = None,
        sparse: bool = False,
    ) -> FstT:
        """Write a whole file.

        ``lrecl``: the length of F records (default: that of the first one); V files get their longest.  ``sparse``: F
        blocks of zeros take no room.  Errors: FileExists, DiskFull, BadFileName, FileSystemError for records that do
        not fit the format; the disk is then what it was.
        """
        name, kind = stored_field(filename, "file name"), stored_field(filetype, "file type")
        what = f"{filename.upper()} {filetype.upper()}"
        if recfm not in (FIXED, VARIABLE):
            raise FileSystemError(f"{what}: record format {recfm!r}, expected F or V")
        with self.transaction():
            old = self._index(name + kind)
            if old is not None and not replace_old:
                raise FileExists(f"{self.blocks.name}: file {what} is on the disk already")
            fst = self._new_entry(name, kind, recfm, mode_field(mode))
            fst = self._store(fst, records, lrecl, sparse, what).dated(written or self.clock())
            if old is None:
                self._files.append(fst)
            else:
                self._release(self._files[old])
                self._files[old] = fst
        return fst

    def _store(self, fst: FstT, records: Iterable[bytes], lrecl: int | None, sparse: bool, what: str) -> FstT:
        source = iter(records)
        first = next(source, None)
        if first is None:
            raise FileSystemError(f"{what}: no records; a CMS file has at least one")
        length = 0
        if fst.format == FIXED:
            length = len(first) if lrecl is None else lrecl
            if not 1 <= length <= self.LONGEST_RECORD:
                raise FileSystemError(f"{what}: record length {length}, expected 1 to {self.LONGEST_RECORD}")
        packer = Packer(fst.format, length, self.blocks.size, what)

        def packed() -> Iterator[bytes]:
            yield from packer.feed(first)
            for record in source:
                yield from packer.feed(record)
            yield from packer.finish()

        return self._place(fst, packer, packed(), sparse and fst.format == FIXED, what)

    def erase(self, filename: str, filetype: str) -> None:
        """Take a file off the disk."""
        fst = self.find(filename, filetype)
        with self.transaction():
            self._release(fst)
            index = self._files.index(fst)
            last = self._files.pop()
            if index < len(self._files):
                self._files[index] = last

    def rename(self, old: tuple[str, str], new: tuple[str, str], mode: str | None = None) -> FstT:
        """Give a file another name (and file mode); its date stays."""
        fst = self.find(*old)
        name, kind = name_field(new[0], "file name"), name_field(new[1], "file type")
        taken = self._index(name + kind)
        with self.transaction():
            index = self._files.index(fst)
            if taken is not None and taken != index:
                raise FileExists(f"{self.blocks.name}: file {self._files[taken]} is on the disk already")
            changed = fst.with_name(name, kind, fst.mode if mode is None else mode_field(mode))
            self._files[index] = changed
        return changed
