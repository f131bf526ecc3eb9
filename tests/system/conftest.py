"""A home as the first start builds it, made once; tests work on copies."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from vm370.tools.home import make_home


@pytest.fixture(scope="session")
def built_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that nobody may change."""
    home = tmp_path_factory.mktemp("built") / "home"
    make_home(home, lambda text, done, steps: None)
    return home


@pytest.fixture
def home(built_home: Path, tmp_path: Path) -> Path:
    """A fresh home."""
    return Path(shutil.copytree(built_home, tmp_path / "home"))
