"""A folder of the host whose files a guest may read and write (DIAGNOSE X'114', directory statement FOLDER).

A name is the name of a file in the folder, never a path: no ``/``, no NUL, not empty, no ``.`` at the beginning.  Files
are opened relative to the folder's descriptor, without following symbolic links and without waiting, and only regular
files are taken; so nothing leads out of the folder, whatever is in it.

A file that is written has another, hidden name until CLOSE, which makes it durable and puts it in the place of the old
one in one step; what is abandoned, by a system reset too, leaves nothing behind.  Hidden names and anything that is not
a regular file are not listed.

    HostFileError
    ├── NoFileError          there is none of that name
    ├── BadNameError         not the name of a file in the folder
    ├── NotAFileError        a folder, link, device or pipe
    ├── ReadOnlyFolderError  the directory gives no leave to write
    ├── LimitError           too many files, or too many bytes
    └── FailedError          the host could not do it
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

MOST_OPEN = 8
MOST_FILES = 4096
LARGEST_FILE = 256 << 20
LARGEST_FOLDER = 1 << 30
LONGEST_NAME = 255
"""Bytes of UTF-8."""


class HostFileError(Exception):
    """A request cannot be carried out."""


class NoFileError(HostFileError):
    """There is no file of that name."""


class BadNameError(HostFileError):
    """Not the name of a file in the folder."""


class NotAFileError(HostFileError):
    """A folder, a link, a device or a pipe."""


class ReadOnlyFolderError(HostFileError):
    """The directory gives no leave to write."""


class LimitError(HostFileError):
    """Too many files or bytes."""


class FailedError(HostFileError):
    """The host could not do it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the folder; ``changed``: seconds since 1970."""

    name: str
    size: int
    changed: float


@dataclass(slots=True)
class HostFile:
    """An open file."""

    stream: BinaryIO
    name: str
    size: int
    changed: float
    temporary: str = ""
    """The hidden name, if it is written."""
    room: int = 0
    """Bytes that may still be written."""
    conversion: object = None
    """How the user of the folder converts the bytes."""


@dataclass
class HostFolder:
    """The folder at ``path``, as one virtual machine sees it; ``files`` are the open ones by number."""

    path: Path
    read_only: bool
    files: dict[int, HostFile] = field(default_factory=dict)
    _descriptor: int | None = None

    # --- files ---

    def open(self, name: str) -> int:
        """Open a file for reading: its number."""
        self._room()
        with _host():
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            descriptor = self._open_regular(_checked(name), flags)
            status = os.fstat(descriptor)
            stream = os.fdopen(descriptor, "rb")
        return self._number(HostFile(stream, name, status.st_size, status.st_mtime))

    def create(self, name: str) -> int:
        """Open a file that will be, or replace, ``name``: its number."""
        self._room()
        self._writable()
        name = _checked(name)
        listed = self.listing()
        before = next((file.size for file in listed if file.name == name), None)
        writing = sum(file.size for file in self.files.values() if file.temporary)
        room = LARGEST_FOLDER - sum(file.size for file in listed) - writing
        if before is None and len(listed) >= MOST_FILES:
            raise LimitError(f"{self.path}: {len(listed)} files")
        with _host():
            if before is None and self._exists(name):
                raise NotAFileError(name)
            temporary = f".{secrets.token_hex(8)}.vm370"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            stream = os.fdopen(os.open(temporary, flags, 0o666, dir_fd=self._folder()), "wb")
        return self._number(HostFile(stream, name, 0, 0.0, temporary, min(LARGEST_FILE, room)))

    def write(self, file: HostFile, data: bytes) -> None:
        """Append to a file that is being written."""
        if len(data) > file.room:
            raise LimitError(f"{file.name}: larger than allowed")
        with _host():
            file.stream.write(data)
        file.room -= len(data)
        file.size += len(data)

    def close(self, number: int) -> None:
        """Close a file; what was written takes its place."""
        file = self.files.pop(number)
        try:
            with _host():
                if file.temporary:
                    file.stream.flush()
                    os.fsync(file.stream.fileno())
                    folder = self._folder()
                    os.rename(file.temporary, file.name, src_dir_fd=folder, dst_dir_fd=folder)
                    file.temporary = ""
                    os.fsync(folder)
        finally:
            self._forget(file)

    def abandon(self, number: int) -> None:
        """Close a file; what was written is lost."""
        self._forget(self.files.pop(number))

    def erase(self, name: str) -> None:
        """Remove a file."""
        self._writable()
        name = _checked(name)
        with _host():
            if not stat.S_ISREG(os.stat(name, dir_fd=self._folder(), follow_symlinks=False).st_mode):
                raise NotAFileError(name)
            os.unlink(name, dir_fd=self._folder())

    def listing(self) -> list[Listed]:
        """The regular files, by name."""
        found = []
        with _host(), os.scandir(self._folder()) as entries:
            for entry in entries:
                if entry.name.startswith(".") or not entry.is_file(follow_symlinks=False):
                    continue
                with suppress(FileNotFoundError):
                    status = entry.stat(follow_symlinks=False)
                    found.append(Listed(entry.name, status.st_size, status.st_mtime))
        return sorted(found, key=lambda file: file.name)

    def end(self) -> None:
        """System reset, LOGOFF: nothing is open any more."""
        for number in list(self.files):
            self.abandon(number)
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    # --- inside ---

    def _folder(self) -> int:
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        return self._descriptor

    def _open_regular(self, name: str, flags: int) -> int:
        if not stat.S_ISREG(os.stat(name, dir_fd=self._folder(), follow_symlinks=False).st_mode):
            raise NotAFileError(name)
        descriptor = os.open(name, flags, dir_fd=self._folder())
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise NotAFileError(name)
        return descriptor

    def _exists(self, name: str) -> bool:
        try:
            os.stat(name, dir_fd=self._folder(), follow_symlinks=False)
        except FileNotFoundError:
            return False
        return True

    def _writable(self) -> None:
        if self.read_only:
            raise ReadOnlyFolderError(str(self.path))

    def _room(self) -> None:
        if len(self.files) >= MOST_OPEN:
            raise LimitError(f"{len(self.files)} files are open")

    def _number(self, file: HostFile) -> int:
        number = next(n for n in range(1, MOST_OPEN + 1) if n not in self.files)
        self.files[number] = file
        return number

    def _forget(self, file: HostFile) -> None:
        with suppress(OSError):
            file.stream.close()
        if file.temporary:
            with suppress(OSError):
                os.unlink(file.temporary, dir_fd=self._folder())


@contextmanager
def _host() -> Iterator[None]:
    """What the host refuses is an error of ours."""
    try:
        yield
    except FileNotFoundError as error:
        raise NoFileError(str(error)) from error
    except OSError as error:
        raise FailedError(str(error)) from error


def _checked(name: str) -> str:
    """``name``, which must be that of a file in the folder."""
    try:
        encoded = name.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadNameError(repr(name)) from error
    bad = not name or name.startswith(".") or len(encoded) > LONGEST_NAME
    if bad or any(character == "/" or not character.isprintable() for character in name):
        raise BadNameError(repr(name))
    return name
