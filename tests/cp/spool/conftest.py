"""Fixtures of the spool tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cp.spool.spoolkit import Installation


@pytest.fixture
def system(tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(tmp_path)
    yield installation
    installation.spool.close()
