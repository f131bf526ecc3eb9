"""A home to begin with: made once for this version of the program, kept in the user's cache, and never changed.

    ~/.cache/vm370/template/DIGEST/      a home as the first start makes it (tools/home.py)

The digest is of everything that goes into it, so another version of the program makes another one; homes of versions
that are not used any more are thrown away.  A throw-away home (``temporary_home``) has copies of the small files, and
its volumes are the template's images with changes in storage (disks.py): nothing is written that is thrown away.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import platformdirs

from vm370.tools.api.errors import StartError
from vm370.tools.home import HomeError, is_complete, make_home

ROOT = Path(__file__).resolve().parents[2]
#   what goes into a home
INGREDIENTS = (
    ("cms", "*"),
    ("images", "*.py"),
    ("tools/assembler", "*.py"),
    ("tools/linker", "*.py"),
    ("cp/directory", "*.py"),
    ("cp/saved", "*.py"),
    ("cp/spool", "*.py"),
    ("cp/services", "*.py"),
    ("diag", "*.py"),
    ("tools", "home.py"),
)
SMALL = ("directory", "passwords", "spool.db", "systems")
KEPT = 3
"""Templates; the oldest are thrown away."""


def template_folder() -> Path:
    """Where templates are kept."""
    return Path(platformdirs.user_cache_dir("vm370")) / "template"


@lru_cache(1)
def digest() -> str:
    """Of what goes into a home: names and contents of the sources."""
    found = hashlib.sha256()
    for place, pattern in INGREDIENTS:
        for path in sorted((ROOT / place).rglob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                data = path.read_bytes()
                found.update(f"{path.relative_to(ROOT)}\0{len(data)}\n".encode() + data)
    return found.hexdigest()[:24]


def template() -> Path:
    """The template home, which is made if it is not there; StartError."""
    folder = template_folder()
    home = folder / digest()
    if is_complete(home):
        return home
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # one process makes it, the others have it then
            if not is_complete(home):
                _make(folder, home)
    except (OSError, HomeError) as error:
        raise StartError(f"{home}: the template of throw-away homes cannot be made: {error}") from error
    return home


def _make(folder: Path, home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        make_home(temporary / "home", lambda text, done, steps: None)
        os.rename(temporary / "home", home)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    others = sorted((path for path in folder.iterdir() if is_complete(path)), key=lambda path: path.stat().st_mtime)
    for path in others[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def temporary_home() -> Iterator[tuple[Path, Path]]:
    """A throw-away home without volumes, and the folder with the images of its volumes, which must not be changed."""
    source = template()
    with tempfile.TemporaryDirectory(prefix="vm370-") as folder:
        home = Path(folder)
        (home / "disks").mkdir()
        for name in SMALL:
            if (source / name).exists():
                shutil.copy2(source / name, home / name)
        if (source / "saved").exists():
            shutil.copytree(source / "saved", home / "saved")
        yield home, source / "disks"
