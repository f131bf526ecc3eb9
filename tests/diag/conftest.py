"""The fixtures of CP's commands, and a guest."""

from __future__ import annotations

import pytest

from tests.cp.commands.conftest import clock, cp, home, logged_on, new_user
from tests.diag.diagkit import Guest, LogOn

__all__ = ["clock", "cp", "guest", "home", "logged_on", "new_user"]


@pytest.fixture
def guest(logged_on: LogOn) -> Guest:
    """ALPHA's machine, 512K: console 009, reader 00C, punch 00D, printer 00E, 190 read-only, 191, FBA 292."""
    return Guest(logged_on("ALPHA"))
