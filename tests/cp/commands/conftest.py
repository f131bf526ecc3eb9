"""CP in a temporary home: see cpkit.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import DIRECTORY, StoppedClock, User
from vm370.cp import passwords
from vm370.cp.passwords import Cost
from vm370.cp.system import System
from vm370.images.ckd import CkdImage
from vm370.images.fba import FbaImage


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with DIRECTORY, volumes SYSVOL (10 cylinders of a 3350) and FBAVOL; NOVOL is missing."""
    monkeypatch.setattr(passwords, "DEFAULT_COST", Cost(2, 1, 1))
    (tmp_path / "directory").write_text(DIRECTORY)
    disks = tmp_path / "disks"
    disks.mkdir()
    CkdImage.create(disks / "SYSVOL.ckd", "3350", 10, volser="SYSVOL").close()
    FbaImage.create(disks / "FBAVOL.fba", "3310", 200, volser="FBAVOL").close()
    return tmp_path


@pytest.fixture
def cp(home: Path, clock: StoppedClock) -> Iterator[System]:
    system = System(home, clock)
    yield system
    if not system.shutting_down:
        system.shutdown()


@pytest.fixture
def new_user(cp: System) -> Callable[[], User]:
    """A further terminal."""
    return lambda: User(cp)


@pytest.fixture
def logged_on(cp: System) -> Callable[[str], User]:
    """A terminal with a user who has just logged on."""

    def logon(userid: str) -> User:
        user = User(cp)
        user.type(f"LOGON {userid} NOIPL", "SECRET" if userid == "MAINT" else userid)
        assert user.vm.userid == userid
        return user

    return logon
