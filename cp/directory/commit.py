"""Replacing the directory and its passwords together, all or nothing.

``directory`` and ``passwords`` are two files.  What both shall be is first written into a third, in one step; then each
is replaced, and the third removed.  Whoever reads the directory and finds the third file does the rest first, so an end
of the program at any moment leaves the old state or the new one, never a mixture.

    directory.commit    {"directory": text, "passwords": text}, mode 0600, there for some milliseconds only

All this happens under a lock on the home folder, which the host drops when a process ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

from vm370.cp.directory.entries import DirectoryError, Fault
from vm370.cp.passwords import replace_file

PASSWORDS = "passwords"
DEFAULT_MODE = 0o600


def record_of(path: Path) -> Path:
    """Where the new state stands until it is in force; ``path`` is the directory's."""
    return path.with_name(f"{path.name}.commit")


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Nobody else replaces the directory meanwhile; a commit that was interrupted is done first."""
    try:
        descriptor = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise DirectoryError([Fault(path, 0, str(error.strerror), "a readable CP directory")]) from error
    try:
        with contextlib.suppress(OSError):  # a host without locks on folders
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if record_of(path).exists():
            _finish(path)
        yield
    finally:
        os.close(descriptor)


def commit(path: Path, text: str, passwords: str) -> None:
    """Replace both files; the caller holds the lock.  OSError: nothing is changed, or all will be."""
    replace_file(record_of(path), json.dumps({"directory": text, "passwords": passwords}), mode=0o600)
    _finish(path)


def _finish(path: Path) -> None:
    record = record_of(path)
    try:
        state = json.loads(record.read_bytes())
        text, passwords = str(state["directory"]), str(state["passwords"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DirectoryError([Fault(record, 0, f"{type(error).__name__}: {error}", "the new CP directory")]) from error
    mode = path.stat().st_mode & 0o777 if path.exists() else DEFAULT_MODE
    replace_file(path.with_name(PASSWORDS), passwords, mode=0o600)
    replace_file(path, text, mode)
    record.unlink()
