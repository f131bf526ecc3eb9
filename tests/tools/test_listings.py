"""The listings in docs/ are what the program shows."""

from __future__ import annotations

from vm370.tools import listings


def test_the_pages_show_what_the_program_shows() -> None:
    assert listings.main(["--check"]) == 0
