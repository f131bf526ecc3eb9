"""ADDUP as a MODULE, built once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vm370.tools.api import CMS_MACROS, Guest, Program, build

SOURCES = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def program() -> Program:
    """The program, assembled and linked."""
    return build(SOURCES / "addup.asm", macros=[CMS_MACROS])


@pytest.fixture
def user(make_guest: Callable[..., Guest], program: Program) -> Guest:
    """A guest that has the program on his disk A."""
    return make_guest(files={"ADDUP MODULE A": program.records})
