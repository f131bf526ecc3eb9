"""A host file that holds an image: positioned reads and writes, one writer at a time, creation in one step.

Who uses it: ckd.py, fba.py.  A file open read-write carries an exclusive flock, which the host drops when the process
ends in whatever way; readers take no lock.  A new image is written under a temporary name beside its place and gets
its name when it is complete, so that an interrupted creation leaves no half image.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from vm370.images.errors import BadImage, ImageError, ImageInUse
from vm370.images.stores import StoreError


class HostFile:
    """An open image file."""

    def __init__(self, path: Path, descriptor: int, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        self._descriptor = descriptor

    @classmethod
    def open(cls, path: str | Path, read_only: bool) -> HostFile:
        """Open an existing file; read-write takes the lock."""
        place = Path(path)
        if place.exists() and not place.is_file():
            raise ImageError(f"{place}: cannot be opened: not a regular file")
        try:
            descriptor = os.open(place, (os.O_RDONLY if read_only else os.O_RDWR) | os.O_CLOEXEC)
        except OSError as error:
            raise ImageError(f"{place}: cannot be opened: {error.strerror}") from error
        file = cls(place, descriptor, read_only)
        try:
            if not read_only:
                file.lock()
        except BaseException:
            file.close()
            raise
        return file

    def lock(self) -> None:
        """Become the one writer."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ImageInUse(f"{self.path}: in use: another process has it open read-write") from error

    def hold(self) -> None:
        """Keep writers away, as one of several readers."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ImageInUse(f"{self.path}: in use: another process has it open read-write") from error

    @property
    def length(self) -> int:
        """Bytes in the file."""
        return os.fstat(self._descriptor).st_size

    def set_length(self, length: int) -> None:
        """Extend with zeros, or cut."""
        try:
            os.ftruncate(self._descriptor, length)
        except OSError as error:
            raise StoreError(f"{self.path}: cannot be made {length} bytes long: {error.strerror}") from error

    def read(self, offset: int, length: int) -> bytes:
        """Exactly ``length`` bytes."""
        try:
            data = os.pread(self._descriptor, length, offset)
            while len(data) < length:
                more = os.pread(self._descriptor, length - len(data), offset + len(data))
                if not more:
                    raise BadImage(self.path, offset + len(data), "end of file", f"{length - len(data)} more bytes")
                data += more
        except OSError as error:
            raise StoreError(f"{self.path}: offset {offset}: read failed: {error.strerror}") from error
        return data

    def write(self, offset: int, data: bytes) -> None:
        """All of ``data``; it is in the host's hands when this returns."""
        if self.read_only:
            raise StoreError(f"{self.path}: open read-only, cannot be written")
        rest = memoryview(data)
        try:
            while rest:
                written = os.pwrite(self._descriptor, rest, offset)
                offset += written
                rest = rest[written:]
        except OSError as error:
            raise StoreError(f"{self.path}: offset {offset}: write failed: {error.strerror}") from error

    def flush(self) -> None:
        """Force what was written to the host's disk."""
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            raise StoreError(f"{self.path}: cannot be forced to disk: {error.strerror}") from error

    def close(self) -> None:
        """Give the file and its lock back; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


@contextlib.contextmanager
def create_file(path: str | Path, overwrite: bool) -> Iterator[HostFile]:
    """A new, locked, empty file to be filled in the body; it gets the name ``path`` when the body ends well."""
    place = Path(path)
    if place.exists() and not overwrite:
        raise ImageError(f"{place}: exists already")
    if place.exists():
        HostFile.open(place, read_only=False).close()  # refuse while somebody has it
    work = place.with_name(f".{place.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(work, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise ImageError(f"{place}: cannot be created: {error.strerror}") from error
    file = HostFile(place, descriptor, read_only=False)
    try:
        file.lock()
        yield file
        file.flush()
        os.replace(work, place)
    except BaseException:
        file.close()
        work.unlink(missing_ok=True)
        raise
