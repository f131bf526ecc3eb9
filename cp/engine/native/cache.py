"""Machine code on disk, in the user's cache folder (mode 0700).

A file is ``vm370 native code 1\\n``, the SHA-256 digest of the rest, and the object code.  Its name is a hash of all
that the code depends on: the sources of the definitions and of the specialiser, the versions of Python, llvmlite and
LLVM, and the host's processor.  Files are written beside their place and renamed; one that is damaged, or that belongs
to somebody else, is not used.  Caching is an economy only: a folder that cannot be used is as good as none.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import platformdirs

MAGIC = b"vm370 native code 1\n"


def folder() -> Path:
    """Where the files are."""
    return Path(platformdirs.user_cache_dir("vm370")) / "native"


def source_files() -> list[Path]:
    """Everything that native code is made from."""
    here = Path(__file__).parent
    folders = (here, here.parent / "regions", here.parents[1] / "s370")
    return [path for place in folders for path in sorted(place.glob("*.py"))]


def key(parts: Iterable[str]) -> str:
    """Name of the code that these parts and the sources give."""
    digest = hashlib.sha256(repr(sys.version_info[:3]).encode())
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode())
    for path in source_files():
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def load(name: str) -> bytes | None:
    """Object code, or None if it is not there or not as it was written."""
    return load_file(folder() / name)


def load_file(path: Path) -> bytes | None:
    """What was saved in a file, or None if it is not there or not as it was written."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
                return None
            data = file.read()
    except OSError:
        return None
    digest, code = data[len(MAGIC) : len(MAGIC) + 32], data[len(MAGIC) + 32 :]
    if not data.startswith(MAGIC) or hashlib.sha256(code).digest() != digest:
        return None
    return code


def save(name: str, code: bytes) -> None:
    """Keep object code; without success where that is not possible."""
    save_file(folder() / name, code)


def save_file(path: Path, code: bytes) -> None:
    """Keep bytes in a file of the cache folder; without success where that is not possible."""
    try:
        for place in {folder(), path.parent}:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            place.chmod(0o700)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(MAGIC + hashlib.sha256(code).digest() + code)
            os.replace(temporary, path)
        except OSError:
            os.unlink(temporary)
            raise
    except OSError:
        return
