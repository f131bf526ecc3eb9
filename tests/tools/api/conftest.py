"""One system for the tests of the API; each test has guests of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vm370.tools.api import Guest, System


@pytest.fixture(scope="module")
def api() -> Iterator[System]:
    with System.temporary() as system:
        yield system


@pytest.fixture
def cms(api: System) -> Iterator[Guest]:
    """A guest at CMS's command level."""
    with api.make_guest() as guest:
        yield guest
