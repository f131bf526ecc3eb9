"""The examples of docs/formats.md."""

from __future__ import annotations

import doctest
from pathlib import Path

import vm370.images.cards

FORMATS = Path(__file__).resolve().parents[2] / "docs" / "formats.md"


def test_the_examples_are_true() -> None:
    result = doctest.testfile(str(FORMATS), module_relative=False, encoding="utf-8")
    assert result.attempted > 20
    assert result.failed == 0


def test_the_examples_of_cards_are_true() -> None:
    assert doctest.testmod(vm370.images.cards).failed == 0
