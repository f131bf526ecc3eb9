"""The saved systems of a home: files ``saved/NAME.saved``, each opened once for all machines that load it.

A file is read whole and checked when it is first asked for, and again when it was replaced.  Its pages go into a
:class:`~vm370.cp.s370.pages.PageSource`, so that machines share them and the file may be replaced or deleted while they
do.  A file is written under another name and renamed: there is always the old one or the new one.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from vm370.cp.passwords import replace_file
from vm370.cp.s370.pages import PageSource
from vm370.cp.s370.storage import CHANGE, REFERENCE, Storage
from vm370.cp.saved.definitions import DEFAULT, DefinitionError, NamedSystem, parse
from vm370.images import savedsystem
from vm370.images.errors import BadImage
from vm370.images.savedsystem import BLOCKS, PAGE, CpuState, PageRange, SavedSystem

log = logging.getLogger("vm370")
SUFFIX = ".saved"
LARGEST_FILE = 4 * PAGE + (1 << 24)
_Stamp = tuple[int, int, int]
_USED = bytes(key | REFERENCE | CHANGE for key in range(256))
"""Pages that are read in have been referred to and changed."""
_REFERENCED = bytes((key | REFERENCE) & ~CHANGE for key in range(256))
"""Shared pages are not: their change bits tell of stores into them (protection.py)."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Consecutive pages that are mapped in one piece."""

    address: int
    offset: int
    length: int
    keys: bytes


@dataclass(frozen=True, slots=True, eq=False)
class LoadedSystem:
    """A saved system, ready to be mapped into any number of storages."""

    name: str
    ranges: tuple[PageRange, ...]
    state: CpuState | None
    storage: int
    device: int
    saved_at: int
    source: PageSource = field(repr=False)
    placements: tuple[Placement, ...] = field(repr=False)

    @property
    def first(self) -> int:
        """Lowest address."""
        return self.ranges[0].address

    @property
    def end(self) -> int:
        """Address behind the highest."""
        return self.ranges[-1].end

    @property
    def pages(self) -> int:
        """Number of saved pages."""
        return sum(part.count for part in self.ranges)

    @property
    def shared_pages(self) -> int:
        """Number of pages in shared segments."""
        return sum(part.count for part in self.ranges if part.shared)

    def place(self, storage: Storage) -> None:
        """Map all pages, with their keys."""
        for part in self.placements:
            storage.place(part.address, self.source, part.offset, part.length, part.keys)


def loaded(system: SavedSystem) -> LoadedSystem:
    """The pages go into a source of their own."""
    placements: list[Placement] = []
    offset = at = 0
    for part in system.ranges:
        saved = system.keys[at : at + part.count * BLOCKS]
        length, keys = part.count * PAGE, saved.translate(_REFERENCED if part.shared else _USED)
        last = placements[-1] if placements else None
        if last is not None and last.address + last.length == part.address:
            placements[-1] = replace(last, length=last.length + length, keys=last.keys + keys)
        else:
            placements.append(Placement(part.address, offset, length, keys))
        offset, at = offset + length, at + len(keys)
    return LoadedSystem(
        system.name,
        system.ranges,
        system.state,
        system.storage,
        system.device,
        system.saved_at,
        PageSource(system.pages),
        tuple(placements),
    )


class SavedSystems:
    """``folder`` has the files, ``table`` is the file with the NAMESYS statements."""

    def __init__(self, folder: Path, table: Path) -> None:
        self.folder = folder
        self.table = table
        self._open: dict[str, tuple[_Stamp, LoadedSystem]] = {}
        self._definitions: dict[str, NamedSystem] = parse(DEFAULT, "the default systems")
        self._table_stamp: _Stamp | None = None
        self.problem: DefinitionError | None = None
        """Why the last change of the table is not used."""

    # --- definitions ---

    def definitions(self) -> dict[str, NamedSystem]:
        """The system name table as it is now; a bad one is logged, and the one before goes on."""
        stamp = _stamp(self.table)
        if stamp != self._table_stamp:
            self._table_stamp = stamp
            try:
                text = self.table.read_text(encoding="utf-8") if stamp is not None else DEFAULT
                self._definitions = parse(text, str(self.table))
                self.problem = None
            except (OSError, UnicodeDecodeError) as error:
                log.error("%s: %s; the systems known before are used", self.table, error)
            except DefinitionError as error:
                self.problem = error
                log.error("%s; the systems known before are used", error)
        return self._definitions

    def definition(self, name: str) -> NamedSystem | None:
        """The statement of that name."""
        return self.definitions().get(name)

    # --- files ---

    def path(self, name: str) -> Path:
        """The file of a saved system."""
        return self.folder / f"{name}{SUFFIX}"

    def names(self) -> list[str]:
        """What has been saved."""
        found = self.folder.glob(f"*{SUFFIX}") if self.folder.is_dir() else ()
        return sorted(path.stem for path in found if savedsystem.is_name(path.stem))

    def find(self, name: str) -> LoadedSystem | None:
        """The saved system, or None if there is none.  BadImage when its file is damaged."""
        if not savedsystem.is_name(name):
            return None
        path = self.path(name)
        stamp = _stamp(path)
        if stamp is None:
            self._open.pop(name, None)
            return None
        known = self._open.get(name)
        if known is not None and known[0] == stamp:
            return known[1]
        system = loaded(read(path, name))
        self._open[name] = (stamp, system)
        return system

    def save(self, system: SavedSystem) -> None:
        """Write the file, in place of one that is there; OSError when the host refuses."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(self.path(system.name), savedsystem.build(system), mode=0o600)

    def purge(self, name: str) -> bool:
        """Delete the file; machines that have loaded it keep their pages.  False: there is none."""
        self._open.pop(name, None)
        try:
            self.path(name).unlink()
        except FileNotFoundError:
            return False
        return True

    def close(self) -> None:
        """Give everything back; what is mapped stays."""
        self._open.clear()


def read(path: Path, name: str | None = None) -> SavedSystem:
    """A file, checked; ``name``: what it must be called inside.  BadImage when anything is wrong."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise BadImage(path, 0, f"{size} bytes", f"at most {LARGEST_FILE}")
        data = path.read_bytes()
    except OSError as error:
        raise BadImage(path, 0, error.strerror or "an error", "a file that can be read") from error
    system = savedsystem.parse(data, path)
    if name is not None and system.name != name:
        raise BadImage(path, 0x20, system.name, name)
    return system


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
