"""The pytest plugin: the example project as a user runs it, reports of failures, workers, what it costs others."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "addup"
FAILING = """\
import pytest

@pytest.mark.vm370(files={"TWICE EXEC A": "../twice.exec"})
def test_fails(guest):
    assert guest.cmd("TWICE 4").rc == 0

def test_two(make_guest):
    first, second = make_guest(userid="FIRST"), make_guest(userid="SECOND")
    first.cmd("STATE SOME FILE A")
    assert second.files() == ["X"]

def test_error(guest):
    guest.cmd("LISTFILE * * S", limit=300)

@pytest.mark.vm370("BOTH")
def test_mark(guest):
    pass
"""


def run(project: Path, *arguments: str) -> tuple[int, str]:
    """pytest in a process of its own."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:benchmark", *arguments]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the example."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "addup", ignore=shutil.ignore_patterns("__pycache__")))


def test_the_example_project(project: Path) -> None:
    """Two workers: each has a system of its own."""
    code, shown = run(project, "-q", "-W", "error", "-n", "2")
    assert code == 0, shown
    assert re.search(r"13 passed", shown)


def test_failures_show_the_guests(project: Path) -> None:
    (project / "tests" / "test_failing.py").write_text(FAILING)
    code, shown = run(project, "-q", "tests/test_failing.py")
    assert code == 1
    assert re.search(r"3 failed, 1 error", shown), shown
    for part in (
        r"- GUEST\d+ console -",
        r"TWICE 4\n(.*\n)*Ready\(-0003\);",
        r"- FIRST console -",
        r"FILE 'SOME FILE A' NOT FOUND",
        r"- SECOND PSW -",
        r"VM READ, PSW [0-9A-F]{8} [0-9A-F]{8}",
        r"LimitExceeded: GUEST\d+: more than 300 instructions",
        r"the mark vm370 takes names with values",
    ):
        assert re.search(part, shown), f"{part}\n{shown}"


def test_who_does_not_use_it_pays_nothing() -> None:
    program = "import sys, vm370.tools.pytest_plugin; print(sorted(n for n in sys.modules if n.startswith('vm370')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['vm370', 'vm370.tools', 'vm370.tools.pytest_plugin']"
