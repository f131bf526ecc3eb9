"""The fixtures of CP's commands, and a guest.  The home is a copy of one that is made once: there are many tests."""

from __future__ import annotations

import os
import shutil
from functools import lru_cache
from pathlib import Path

import pytest

from tests.cp.commands.conftest import clock, cp, logged_on, new_user
from tests.cp.commands.cpkit import DIRECTORY, StoppedClock
from tests.diag.blockkit import disk, fixed
from tests.diag.diagkit import Guest, LogOn
from vm370.cp import passwords
from vm370.cp.passwords import Cost
from vm370.cp.spool.store import DURABILITY
from vm370.cp.system import System
from vm370.images.ckd import CkdImage
from vm370.images.fba import FbaImage

PAGE = 4096
__all__ = ["clock", "cp", "disk", "fixed", "guest", "home", "logged_on", "new_user"]


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As tests/cp/commands has it, started and stopped once."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "DEFAULT_COST", Cost(2, 1, 1))
        (home / "directory").write_text(DIRECTORY)
        (home / "disks").mkdir()
        CkdImage.create(home / "disks" / "SYSVOL.ckd", "3350", 10, volser="SYSVOL").close()
        FbaImage.create(home / "disks" / "FBAVOL.fba", "3310", 200, volser="FBAVOL").close()
        System(home, StoppedClock()).shutdown()
    return home


@pytest.fixture
def home(made_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh copy; nothing here is to survive a power failure."""
    monkeypatch.setattr(passwords, "DEFAULT_COST", Cost(2, 1, 1))
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    monkeypatch.setitem(DURABILITY, "kill", "OFF")
    shutil.copytree(made_home, tmp_path, dirs_exist_ok=True, copy_function=_copy_sparse)
    return tmp_path


@lru_cache
def _pages(path: str) -> tuple[int, list[tuple[int, bytes]]]:
    """Length of a file, and those of its pages that are not zeros: of a fresh volume that is few."""
    data = Path(path).read_bytes()
    pages = [(at, data[at : at + PAGE]) for at in range(0, len(data), PAGE)]
    return len(data), [(at, page) for at, page in pages if any(page)]


def _copy_sparse(source: str, target: str) -> None:
    """Copy a file with holes."""
    length, pages = _pages(source)
    with open(target, "wb") as file:
        for at, page in pages:
            file.seek(at)
            file.write(page)
        file.truncate(length)


@pytest.fixture
def guest(logged_on: LogOn) -> Guest:
    """ALPHA's machine, 512K: console 009, reader 00C, punch 00D, printer 00E, 190 read-only, 191, FBA 292."""
    return Guest(logged_on("ALPHA"))
