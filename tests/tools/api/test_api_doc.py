"""The examples of docs/api.md, of the README and of the modules are true."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


def test_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testfile(str(ROOT / "docs" / "api.md"), module_relative=False, optionflags=FLAGS)
    assert tried > 40
    assert failed == 0


@pytest.mark.parametrize("name", ["files", "results"])
def test_modules(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(f"vm370.tools.api.{name}"), optionflags=FLAGS)
    assert tried
    assert failed == 0


def test_the_ten_lines_of_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split("## From Python")[1].split("\n## ")[0]
    code = "\n".join(line[4:] for line in section.splitlines() if line.startswith("    "))
    shown = [line.removeprefix("#> ") for line in code.splitlines() if line.startswith("#> ")]
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == shown
