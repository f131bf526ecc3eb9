"""States of a disk: an overlay IMAGE.cow beside the image takes the changes, and its snapshots name states.

    IMAGE.ckd   never written while IMAGE.cow is there; commit writes the changes into it
    IMAGE.cow   images/overlay.py; `vm370 disk` and CP read and write the disk through it

The image may be named by either name.  Who uses it: `vm370 disk snapshot|revert|commit|diff`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from vm370.images.errors import ImageError
from vm370.images.filesystem import FileSystem, open_file_system
from vm370.images.opening import Store, open_image
from vm370.images.overlay import (
    Layers,
    Overlay,
    OverlayBlocks,
    OverlayTracks,
    Snapshot,
    base_of,
    commit_overlay,
    create_overlay,
)
from vm370.images.stores import BlockStore, TrackStore
from vm370.tools.disk.progress import Progress

SUFFIX = ".cow"
SECTORS = 8
"""Sectors that are compared together, as many as a unit of an overlay has."""


def overlay_path(image: str | Path) -> Path:
    """The overlay of an image; the overlay itself for an overlay."""
    path = Path(image)
    return path if path.suffix == SUFFIX else path.with_suffix(SUFFIX)


def current(image: str | Path) -> Path:
    """The overlay of an image when it has one, else the image."""
    path = overlay_path(image)
    if path == Path(image) or not path.is_file():
        return Path(image)
    layers = Layers(path, read_only=True)
    try:
        return path if base_of(layers).resolve() == Path(image).resolve() else Path(image)
    finally:
        layers.close()


def _existing(image: str | Path) -> Path:
    path = overlay_path(image)
    if not path.exists():
        raise ImageError(f"{image}: has no overlay {path.name}; `vm370 disk snapshot {image} NAME` makes one")
    return path


def snapshot(image: str | Path, name: str, made: datetime | None = None) -> Path:
    """Name the state of a disk as it is; makes the overlay when there is none."""
    path = overlay_path(image)
    if not path.exists():
        if path == Path(image):
            raise ImageError(f"{image}: cannot be opened: No such file; give the image that it is to lie over")
        create_overlay(path, image, open_image)
    layers = Layers(path, read_only=False)
    try:
        if base_of(layers).resolve() != Path(image).resolve() and path != Path(image):
            raise ImageError(f"{path}: is an overlay of {base_of(layers)}, not of {image}")
        layers.snapshot(name, made or datetime.now())
        layers.flush()
    finally:
        layers.close()
    return path


def snapshots(image: str | Path) -> list[Snapshot]:
    """The named states, from the oldest on."""
    layers = Layers(_existing(image), read_only=True)
    try:
        return layers.snapshots()
    finally:
        layers.close()


def revert(image: str | Path, name: str | None = None, dry_run: bool = False) -> int:
    """Forget what was written since a snapshot, default since the base; gives how many units change back."""
    layers = Layers(_existing(image), read_only=dry_run)
    try:
        if dry_run:
            return len(layers.changed(name))
        count = layers.revert(name)
        layers.flush()
        return count
    finally:
        layers.close()


def commit(image: str | Path, progress: Progress | None = None, dry_run: bool = False) -> int:
    """Write the changes into the image; the overlay has no changes and no snapshots then."""
    path = _existing(image)
    if not dry_run:
        return commit_overlay(path, open_image, progress)
    layers = Layers(path, read_only=True)
    try:
        return len(layers.changed())
    finally:
        layers.close()


@dataclass(frozen=True, slots=True)
class Difference:
    """What two states of a disk do not have in common."""

    unit: str
    """track, or block (of eight sectors)."""
    units: list[str] = field(default_factory=list)
    """`cylinder head`, or the number of the first sector."""
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    files: bool = False
    """Both have a CMS file system, so that the files were compared."""


def difference(image: str | Path, other: str | None = None, extent: tuple[int, int] | None = None) -> Difference:
    """Compare a disk with its base, with a snapshot, or with another image (``other``: its name)."""
    path = current(image)
    new = open_image(path, True)
    try:
        old = _older(new, path, other)
        try:
            numbers = _candidates(new, old, None if other and Path(other).exists() else other)
            if extent is None:
                return compare(new, old, numbers)
            return compare(new.extent(*extent), old.extent(*extent), None)
        finally:
            old.close()
    finally:
        new.close()


def _older(new: Store, path: Path, other: str | None) -> Store:
    if other and Path(other).exists():
        return open_image(other, True)
    if not isinstance(new, OverlayTracks | OverlayBlocks):
        wanted = f"snapshot {other} or " if other else ""
        raise ImageError(f"{path}: has no overlay, so there is no {wanted}base to compare it with; name another image")
    if other is None:
        return open_image(base_of(new.layers), True)
    return _past(new, path, other)


def _past(new: Overlay, path: Path, name: str) -> Store:
    """The disk as it was at a snapshot."""
    past = open_image(path, True)
    if not isinstance(past, OverlayTracks | OverlayBlocks):
        raise ImageError(f"{path}: is no overlay")
    try:
        past.layers.show(name)
    except BaseException:
        past.close()
        raise
    return past


def _candidates(new: Store, old: Store, name: str | None) -> list[int] | None:
    """The units that an overlay knows to be changed, so that not all have to be compared."""
    if isinstance(new, OverlayTracks | OverlayBlocks) and (
        name or (not isinstance(old, OverlayTracks | OverlayBlocks) and old.name == str(base_of(new.layers)))
    ):
        return new.layers.changed(name)
    return None


def compare(new: Store, old: Store, numbers: list[int] | None = None) -> Difference:
    """What two disks of one kind do not have in common; ``numbers``: only these units are looked at."""
    if isinstance(new, TrackStore) and isinstance(old, TrackStore):
        if (new.cylinders, new.heads, new.track_length) != (old.cylinders, old.heads, old.track_length):
            raise ImageError(f"{new.name} and {old.name}: disks of different sizes")
        result = Difference("track")
        for number in range(new.cylinders * new.heads) if numbers is None else numbers:
            cylinder, head = divmod(number, new.heads)
            if new.read_track(cylinder, head) != old.read_track(cylinder, head):
                result.units.append(f"{cylinder} {head}")
    elif isinstance(new, BlockStore) and isinstance(old, BlockStore):
        if new.sectors != old.sectors:
            raise ImageError(f"{new.name} and {old.name}: disks of different sizes")
        result = Difference("block")
        for number in range(-(-new.sectors // SECTORS)) if numbers is None else numbers:
            first = number * SECTORS
            count = min(SECTORS, new.sectors - first)
            if new.read(first, count) != old.read(first, count):
                result.units.append(str(first))
    else:
        raise ImageError(f"{new.name} and {old.name}: one has tracks, the other sectors")
    return _files(result, new, old) if result.units else result


def _files(result: Difference, new: Store, old: Store) -> Difference:
    """The same with changed files, where both have a CMS file system."""
    try:
        disks = [open_file_system(store, store.name) for store in (new, old)]
    except ImageError:
        return result
    now, before = ({(f.filename, f.filetype): f for f in disk.files()} for disk in disks)
    both = [
        name
        for name in now.keys() & before.keys()
        if now[name].build() != before[name].build() or not _same(disks, now[name], before[name])
    ]
    return Difference(
        result.unit,
        result.units,
        _names(now.keys() - before.keys()),
        _names(both),
        _names(before.keys() - now.keys()),
        True,
    )


def _same(disks: Sequence[FileSystem], new: object, old: object) -> bool:
    try:
        return list(disks[0].records(new)) == list(disks[1].records(old))
    except ImageError:
        return False


def _names(names: object) -> list[str]:
    return sorted(f"{name} {kind}" for name, kind in names)  # type: ignore[attr-defined]
