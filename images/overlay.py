"""Copy-on-write: a disk whose changes are kept beside an image that is never written.

An overlay is an SQLite database that names its *base*, any other image, and holds the units that were changed:
tracks, or groups of eight sectors.  Changes lie in layers, one on the other; a snapshot gives the layer on top a name
and begins a new one, so that the disk can be reverted to it.

    base image  <-  layer 1 "before"  <-  layer 2 "monday"  <-  layer 3, what is being written

    meta    key, value             version, kind (ckd, fba), base (path, relative to the overlay), size and hash of the
                                   base (of its first and last 64 KiB: another base is refused), committing (0, 1)
    layer   number, name, made     name NULL: the layer on top
    unit    number, layer, data    tracks and sectors without the zeros at their end

Every write is a transaction of its own; write-ahead logging makes it survive the end of this process, and ``flush``
that of the host.  ``commit`` writes the units into the base and only then empties the overlay.  The overlay notes that
it is being committed: after a crash in between it shows the same disk, and the commit is done again with the same
result.  While an overlay is open nobody else can write the overlay or its base.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from vm370.images.errors import BadImage, ImageError, ImageInUse
from vm370.images.geometry import SECTOR
from vm370.images.hostfile import HostFile
from vm370.images.stores import BlockStore, StoreError, TrackStore

MAGIC = b"SQLite format 3\0"
APPLICATION_ID = 0x564D3337
"""`VM37` in the database header: an overlay, not some other database."""
VERSION = 1
SECTORS_PER_UNIT = 8
_SAMPLE = 65_536
_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""A damaged database may have names in its error messages that cannot be decoded."""
Opener = Callable[[Path, bool], TrackStore | BlockStore]
"""opening.open_image: (path, read_only) -> image."""

_SCHEMA = f"""
PRAGMA application_id = {APPLICATION_ID};
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE layer (number INTEGER PRIMARY KEY, name TEXT UNIQUE, made TEXT NOT NULL);
CREATE TABLE unit (number INTEGER, layer INTEGER, data BLOB NOT NULL, PRIMARY KEY (number, layer)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A named layer: the state of the disk when it was made."""

    name: str
    made: str
    units: int
    """Units that were changed between the snapshot before and this one."""


class Layers:
    """The database of an overlay."""

    def __init__(self, path: Path, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        self._guard = HostFile.open(path, read_only)
        try:
            self._database = _connect(path, read_only)
            found = self._one("PRAGMA application_id")
            if found != APPLICATION_ID:
                raise BadImage(path, 68, f"application {found:08X}", f"an overlay, {APPLICATION_ID:08X}")
            self.meta = {str(key): str(value) for key, value in self._rows("SELECT key, value FROM meta")}
            version = self.meta.get("version")
            if version != str(VERSION) or not {"kind", "base", "size", "hash"} <= set(self.meta):
                raise BadImage(path, 0, f"an overlay of version {version}", f"version {VERSION}")
            self._top = self._one("SELECT max(number) FROM layer")
        except BaseException:
            self.close()
            raise

    def _rows(self, text: str, *values: Any) -> list[Any]:
        try:
            return self._database.execute(text, values).fetchall()
        except _ERRORS as error:
            raise StoreError(f"{self.path}: {error}") from error

    def _one(self, text: str, *values: Any) -> int:
        rows = self._rows(text, *values)
        if not rows or not isinstance(rows[0][0], int):
            raise BadImage(self.path, 0, "an overlay without its tables' rows", "a whole overlay")
        return rows[0][0]

    def read(self, number: int) -> bytes | None:
        """The newest state of a unit; None when it was never changed."""
        text = "SELECT data FROM unit WHERE number = ? AND layer <= ? ORDER BY layer DESC LIMIT 1"
        rows = self._rows(text, number, self._top)
        if rows and not isinstance(rows[0][0], bytes):
            raise BadImage(self.path, 0, f"unit {number} without bytes", "a whole overlay")
        return rows[0][0] if rows else None

    def write(self, units: list[tuple[int, bytes]]) -> None:
        """New states of units, all or none."""
        if self.read_only:
            raise StoreError(f"{self.path}: open read-only, cannot be written")
        rows = [(number, self._top, data.rstrip(b"\0")) for number, data in units]
        with self._transaction():
            self._database.executemany("INSERT OR REPLACE INTO unit VALUES (?, ?, ?)", rows)

    def _transaction(self) -> _Transaction:
        return _Transaction(self._database, self.path)

    def changed(self, since: str | None = None) -> list[int]:
        """Units changed since a snapshot, default since ever."""
        after = 0 if since is None else self._layer(since)
        return [row[0] for row in self._rows("SELECT DISTINCT number FROM unit WHERE layer > ? ORDER BY 1", after)]

    def snapshots(self) -> list[Snapshot]:
        """From the oldest on."""
        text = (
            "SELECT name, made, (SELECT count(*) FROM unit WHERE layer = layer.number) FROM layer WHERE name NOT NULL"
        )
        return [Snapshot(*row) for row in self._rows(text + " ORDER BY layer.number")]

    def snapshot(self, name: str, made: datetime) -> None:
        """Name the state as it is."""
        if not name.strip():
            raise StoreError(f"{self.path}: a snapshot needs a name")
        if any(known.name == name for known in self.snapshots()):
            raise StoreError(f"{self.path}: there is a snapshot {name} already")
        with self._transaction():
            self._database.execute(
                "UPDATE layer SET name = ?, made = ? WHERE number = ?", (name, _text(made), self._top)
            )
            self._database.execute("INSERT INTO layer VALUES (?, NULL, ?)", (self._top + 1, _text(made)))
        self._top += 1

    def revert(self, name: str | None = None) -> int:
        """Forget what was written since a snapshot, default since the base; returns how many units changed back."""
        after = 0 if name is None else self._layer(name)
        count = len(self.changed(name))
        with self._transaction():
            self._database.execute("DELETE FROM unit WHERE layer > ?", (after,))
            self._database.execute("DELETE FROM layer WHERE number > ?", (after,))
            self._database.execute("INSERT INTO layer VALUES (?, NULL, ?)", (after + 1, _text(datetime.now())))
        self._top = after + 1
        return count

    def _layer(self, name: str) -> int:
        rows = self._rows("SELECT number FROM layer WHERE name = ?", name)
        if not rows:
            known = ", ".join(s.name for s in self.snapshots()) or "none"
            raise StoreError(f"{self.path}: there is no snapshot {name}; there are: {known}")
        return int(rows[0][0])

    def show(self, name: str) -> None:
        """Show the disk as it was at a snapshot; only for an overlay that is open read-only."""
        if not self.read_only:
            raise StoreError(f"{self.path}: open read-write, cannot show snapshot {name}")
        self._top = self._layer(name)

    def note(self, **values: str) -> None:
        """Change rows of ``meta``."""
        with self._transaction():
            for key, value in values.items():
                self._database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
        self.flush()
        self.meta |= values

    def flush(self) -> None:
        """Force to the host's disk."""
        if not self.read_only:
            self._rows("PRAGMA wal_checkpoint(FULL)")

    def close(self) -> None:
        if hasattr(self, "_database"):
            self._database.close()
        self._guard.close()


class _Transaction:
    """All of it or nothing."""

    def __init__(self, database: sqlite3.Connection, path: Path) -> None:
        self._database, self._path = database, path

    def __enter__(self) -> None:
        self._do("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: object) -> None:
        if kind is None:
            self._do("COMMIT")
            return
        self._database.rollback()
        if isinstance(value, _ERRORS):
            raise StoreError(f"{self._path}: {value}") from value

    def _do(self, text: str) -> None:
        try:
            self._database.execute(text)
        except _ERRORS as error:
            raise StoreError(f"{self._path}: {error}") from error


class OverlayTracks(TrackStore):
    """A count-key-data disk under copy-on-write."""

    def __init__(self, layers: Layers, base: TrackStore) -> None:
        self.layers, self.base = layers, base
        self.name = str(layers.path)
        self.device = base.device
        self.device_type = base.device_type
        self.cylinders, self.heads, self.track_length = base.cylinders, base.heads, base.track_length
        self.read_only = layers.read_only

    def read_track(self, cylinder: int, head: int) -> bytes:
        self.check_track(cylinder, head)
        data = self.layers.read(cylinder * self.heads + head)
        return self.base.read_track(cylinder, head) if data is None else self._whole(data)

    def _whole(self, data: bytes) -> bytes:
        if len(data) > self.track_length:
            raise BadImage(self.name, 0, f"a track of {len(data)} bytes", f"at most {self.track_length}")
        return data.ljust(self.track_length, b"\0")

    def write_track(self, cylinder: int, head: int, offset: int, data: bytes) -> None:
        self.check_range(offset, len(data))
        track = self.read_track(cylinder, head)
        number = cylinder * self.heads + head
        self.layers.write([(number, track[:offset] + data + track[offset + len(data) :])])

    def commit(self, base: TrackStore, progress: Callable[[int, int], None] | None = None) -> int:
        """Write the changes into ``base``; returns the number of tracks."""
        changed = self.layers.changed()
        for done, number in enumerate(changed, 1):
            cylinder, head = divmod(number, self.heads)
            base.write_track(cylinder, head, 0, self.read_track(cylinder, head))
            if progress:
                progress(done, len(changed))
        return len(changed)

    def flush(self) -> None:
        self.layers.flush()

    def close(self) -> None:
        self.layers.close()
        self.base.close()


class OverlayBlocks(BlockStore):
    """A fixed-block disk under copy-on-write."""

    def __init__(self, layers: Layers, base: BlockStore) -> None:
        self.layers, self.base = layers, base
        self.name = str(layers.path)
        self.device = base.device
        self.device_type = base.device_type
        self.sectors = base.sectors
        self.read_only = layers.read_only

    def _unit(self, number: int) -> bytes:
        first = number * SECTORS_PER_UNIT
        count = min(SECTORS_PER_UNIT, self.sectors - first)
        data = self.layers.read(number)
        if data is not None and len(data) > count * SECTOR:
            raise BadImage(self.name, 0, f"a unit of {len(data)} bytes", f"at most {count * SECTOR}")
        return self.base.read(first, count) if data is None else data.ljust(count * SECTOR, b"\0")

    def read(self, sector: int, count: int) -> bytes:
        self.check_sectors(sector, count)
        if not count:
            return b""
        first, last = sector // SECTORS_PER_UNIT, (sector + count - 1) // SECTORS_PER_UNIT
        data = b"".join(self._unit(number) for number in range(first, last + 1))
        start = (sector - first * SECTORS_PER_UNIT) * SECTOR
        return data[start : start + count * SECTOR]

    def write(self, sector: int, data: bytes) -> None:
        count = self.sectors_of(data)
        self.check_sectors(sector, count)
        if not count:
            return
        first, last = sector // SECTORS_PER_UNIT, (sector + count - 1) // SECTORS_PER_UNIT
        whole = bytearray().join(self._unit(number) for number in range(first, last + 1))
        start = (sector - first * SECTORS_PER_UNIT) * SECTOR
        whole[start : start + len(data)] = data
        size = SECTORS_PER_UNIT * SECTOR
        numbers = range(first, last + 1)
        self.layers.write([(n, bytes(whole[i * size : (i + 1) * size])) for i, n in enumerate(numbers)])

    def commit(self, base: BlockStore, progress: Callable[[int, int], None] | None = None) -> int:
        """Write the changes into ``base``; returns the number of units."""
        changed = self.layers.changed()
        for done, number in enumerate(changed, 1):
            base.write(number * SECTORS_PER_UNIT, self._unit(number))
            if progress:
                progress(done, len(changed))
        return len(changed)

    def flush(self) -> None:
        self.layers.flush()

    def close(self) -> None:
        self.layers.close()
        self.base.close()


Overlay = OverlayTracks | OverlayBlocks


def create_overlay(path: str | Path, base: str | Path, opener: Opener, *, made: datetime | None = None) -> None:
    """A new overlay over ``base``, with nothing changed yet."""
    place, below = Path(path), Path(base)
    if place.exists():
        raise ImageError(f"{place}: exists already")
    image = opener(below, True)
    kind = "ckd" if isinstance(image, TrackStore) else "fba"
    image.close()
    size, digest = fingerprint(below)
    relative = os.path.relpath(below.absolute(), place.absolute().parent)
    work = place.with_name(f".{place.name}.{os.getpid()}.new")
    try:
        database = sqlite3.connect(work)
        database.executescript(_SCHEMA)
        rows = {"version": str(VERSION), "kind": kind, "base": relative, "size": str(size), "hash": digest}
        database.executemany("INSERT INTO meta VALUES (?, ?)", rows.items())
        database.execute("INSERT INTO layer VALUES (1, NULL, ?)", (_text(made or datetime.now()),))
        database.commit()
        database.close()
        os.replace(work, place)
    except (*_ERRORS, OSError) as error:
        work.unlink(missing_ok=True)
        raise ImageError(f"{place}: cannot be created: {error}") from error


def open_overlay(path: str | Path, read_only: bool, opener: Opener) -> Overlay:
    """Open an overlay and its base; BadImage when the base is not the one it was made over."""
    place = Path(path)
    layers = Layers(place, read_only)
    try:
        below = base_of(layers)
        size, digest = fingerprint(below)
        same = (str(size), digest) == (layers.meta["size"], layers.meta["hash"])
        if not same and layers.meta.get("committing") != "1":
            found = f"{below} with {size} bytes, changed since"
            raise BadImage(place, 0, found, f"the base as it was, {layers.meta['size']} bytes")
        base = opener(below, True)
        _hold(base)
        if isinstance(base, TrackStore) and layers.meta["kind"] == "ckd":
            return OverlayTracks(layers, base)
        if isinstance(base, BlockStore) and layers.meta["kind"] == "fba":
            return OverlayBlocks(layers, base)
        base.close()
        raise BadImage(place, 0, f"an overlay of kind {layers.meta['kind']}", f"that of its base {below}")
    except BaseException:
        layers.close()
        raise


def commit_overlay(path: str | Path, opener: Opener, progress: Callable[[int, int], None] | None = None) -> int:
    """Write an overlay's changes into its base and empty it, snapshots included; returns the number of units."""
    place = Path(path)
    layers = Layers(place, read_only=False)
    try:
        below = base_of(layers)
        base = opener(below, False)
        try:
            if base.read_only:
                raise StoreError(f"{below}: cannot be written, so nothing can be committed to it")
            layers.note(committing="1")
            if isinstance(base, TrackStore):
                count = OverlayTracks(layers, base).commit(base, progress)
            else:
                count = OverlayBlocks(layers, base).commit(base, progress)
            base.flush()
        finally:
            base.close()
        size, digest = fingerprint(below)
        layers.revert()
        layers.note(size=str(size), hash=digest, committing="0")
        return count
    finally:
        layers.close()


def base_of(layers: Layers) -> Path:
    """The image under an overlay."""
    return layers.path.parent / str(layers.meta["base"])


def fingerprint(path: Path) -> tuple[int, str]:
    """Size of a file, and a hash of its beginning and its end."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            start = file.read(_SAMPLE)
            file.seek(max(0, size - _SAMPLE))
            return size, hashlib.sha256(start + file.read(_SAMPLE)).hexdigest()
    except OSError as error:
        raise ImageError(f"{path}: cannot be opened: {error.strerror}") from error


def _connect(path: Path, read_only: bool) -> sqlite3.Connection:
    mode = "ro" if read_only else "rw"
    try:
        database = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
        )
        database.text_factory = lambda text: text.decode("utf-8", "replace")
        if not read_only:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
    except _ERRORS as error:
        raise BadImage(path, 0, f"a database that cannot be used ({error})", "an overlay") from error
    return database


def _hold(base: TrackStore | BlockStore) -> None:
    """Keep writers away from the base while the overlay is open."""
    file = getattr(base, "file", None)
    if isinstance(file, HostFile):
        try:
            file.hold()
        except ImageInUse:
            base.close()
            raise


def _text(when: datetime) -> str:
    return when.isoformat(sep=" ", timespec="seconds")
