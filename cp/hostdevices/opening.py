"""Host files of virtual machines: found below the home, opened, locked.

A path of the directory is relative to the home (``vm370 run --machine FILE``: to the folder of that file).  A file that
is written is locked against other writers until the device is detached.  An overlay (FILE ... COW) stands in the home:

    overlays/USERID.150.cow       what USERID has written to his disk 150
"""

from __future__ import annotations

from pathlib import Path

from vm370.cp.directory.entries import FileStatement, TapeStatement
from vm370.cp.directory.host_statements import ANY_DISK
from vm370.images.errors import ImageError
from vm370.images.opening import Store, open_image
from vm370.images.overlay import base_of, create_overlay
from vm370.images.stores import TrackStore
from vm370.images.tapes.opening import create_tape, open_tape
from vm370.images.tapes.tape import Tape

OVERLAYS = "overlays"
FIXED_BLOCKS = "FB-512"


class HostFileError(Exception):
    """A device cannot be made of its host file; the text says why."""

    @classmethod
    def of(cls, path: Path, error: ImageError | OSError) -> HostFileError:
        """What went wrong with a file."""
        return cls(str(error) if isinstance(error, ImageError) else f"{path}: {error.strerror}")


def found(base: Path, path: str) -> Path:
    """The file that a path of the directory names."""
    return base / Path(path)


def open_disk(base: Path, home: Path, userid: str, statement: FileStatement) -> tuple[Store, str]:
    """The image of a FILE statement, and why it is read-only though that was not asked for.  HostFileError."""
    path = found(base, statement.path)
    note = ""
    try:
        if statement.mode == "COW":
            store = _overlay(path, home / OVERLAYS / f"{userid}.{statement.vaddr:03X}.cow")
        elif statement.mode == "R/O":
            store = open_image(path, read_only=True)
        else:
            store, note = _writable(path)
    except (ImageError, OSError) as error:
        raise HostFileError.of(path, error) from error
    fault = _conflict(statement.device_type, store)
    if fault:
        store.close()
        raise HostFileError(f"{path}: {fault}")
    return store, note


def _writable(path: Path) -> tuple[Store, str]:
    """The image open read-write, or read-only where it cannot be written at all."""
    try:
        with path.open("r+b"):
            pass
    except FileNotFoundError as error:
        raise HostFileError(f"{path}: cannot be opened: {error.strerror}") from error
    except OSError as error:
        return open_image(path, read_only=True), f"{path}: {error.strerror}"
    store = open_image(path, read_only=False)
    return store, f"{path}: this format is read-only; COW would keep what is written" if store.read_only else ""


def _overlay(path: Path, overlay: Path) -> Store:
    overlay.parent.mkdir(exist_ok=True)
    if not overlay.exists():
        create_overlay(overlay, path, open_image)
    store = open_image(overlay, read_only=False)
    below = base_of(store.layers)  # type: ignore[union-attr]
    if not below.samefile(path):
        store.close()
        raise HostFileError(f"{overlay}: an overlay of {below}, not of {path}; move it away")
    return store


def _conflict(device_type: str, store: Store) -> str:
    """Why the image is no such device."""
    actual = store.device_type
    if device_type == ANY_DISK or (device_type == FIXED_BLOCKS and not isinstance(store, TrackStore)):
        return ""
    same = {"2319": "2314"}
    if same.get(actual[:4], actual[:4]) == same.get(device_type[:4], device_type[:4]):
        return ""
    return f"found a {actual}, expected a {device_type}"


def open_medium(base: Path, statement: TapeStatement) -> Tape:
    """The tape of a TAPE statement; with a ring, a file that is not there is made.  HostFileError."""
    path = found(base, statement.path)
    try:
        if statement.ring and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            return create_tape(path)
        return open_tape(path, read_only=not statement.ring)
    except (ImageError, OSError) as error:
        raise HostFileError.of(path, error) from error
