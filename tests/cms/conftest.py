"""Fixtures for tests of CMS on CP."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cms import bootkit


@pytest.fixture(scope="session")
def built_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the system disk and an empty disk of the user's."""
    home = tmp_path_factory.mktemp("cms") / "home"
    bootkit.make_home(home)
    return home


@pytest.fixture
def new_guest(built_home: Path, tmp_path: Path) -> Iterator[Callable[..., bootkit.Guest]]:
    """``new_guest(pure=..., files=...)``: a user in a home of his own; files are (name, type, records)."""
    guests: list[bootkit.Guest] = []

    def make(*, pure: bool = False, files: list[tuple[str, str, list[bytes]]] | None = None) -> bootkit.Guest:
        home = tmp_path / f"home{len(guests)}"
        shutil.copytree(built_home, home)
        if files:
            bootkit.put_files(home, files)
        guests.append(bootkit.Guest(home, pure=pure))
        return guests[-1]

    yield make
    for guest in guests:
        guest.end()
