"""A little of the differential fuzzing (fuzz/), in child processes: a crash is a finding.  `make fuzz` does more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("llvmlite")
FUZZ = Path(__file__).with_name("fuzz")


def fuzz(*arguments: str, **environment: str) -> str:
    child = subprocess.run(
        [sys.executable, str(FUZZ), *arguments],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={**os.environ, **environment},
    )
    assert child.returncode == 0, child.stdout + child.stderr
    return child.stdout


@pytest.mark.parametrize("kinds", ["walk=8,kernel=1,bytes=1", "program=2"])
def test_all_engines_do_the_same(kinds: str, tmp_path: Path) -> None:
    said = fuzz("run", "--seed", "1", "--rounds", "1", "--kinds", kinds, "--folder", str(tmp_path))
    assert said.endswith(" 0 differences\n")
    assert not list(tmp_path.iterdir())


def test_hypothesis_finds_no_instruction_that_differs() -> None:
    assert fuzz("hypothesis", "--seed", "1", "--rounds", "1").endswith("examples, 0 differences\n")


def test_damaged_files_of_translated_code_are_noticed(tmp_path: Path) -> None:
    assert fuzz("cache", "--seed", "1", "--rounds", "1").endswith(" 0 differences\n")


@pytest.mark.parametrize("case", sorted((FUZZ / "found").glob("*.json")), ids=lambda path: path.stem)
def test_what_was_found_before_stays_mended(case: Path) -> None:
    assert fuzz("replay", str(case)).endswith("no difference\n")


PLANTED = """
import sys
from vm370.cp.engine.native import interpreter
from vm370.cp.s370.cpu import Cpu
run = interpreter.run

def wrong(cpu, budget):
    stop = run(cpu, budget)
    if cpu.gr[3] & 7 == 5:
        %s
    return stop

interpreter.run = wrong
sys.path.insert(0, sys.argv[1])
sys.argv[1:] = sys.argv[2:]
import runpy
runpy.run_path(sys.path[0] + "/__main__.py", run_name="__main__")
"""


@pytest.mark.parametrize(
    ("fault", "shown"), [("cpu.gr[4] ^= 1", "gr4: "), ("import os; os.abort()", "the process ended with status -6")]
)
def test_a_planted_fault_is_found_and_made_small(fault: str, shown: str, tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(PLANTED % fault)
    arguments = ["run", "--kinds", "walk", "--rounds", "1", "--engines", "interpreter", "--folder", str(tmp_path)]
    arguments += ["--start", str(tmp_path / "planted.py")]
    child = subprocess.run(
        [sys.executable, str(FUZZ), *arguments, "--most", "1", "--attempts", "120"],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert child.returncode == 1, child.stdout + child.stderr
    assert shown in child.stdout
    (found,) = tmp_path.glob("walk-*.json")
    again = subprocess.run(
        [sys.executable, str(tmp_path / "planted.py"), str(FUZZ), "replay", str(found), "--engines", "interpreter"],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert again.returncode == (1 if "gr4" in shown else -6)
    if "gr4" in shown:
        assert "1 pieces" in again.stdout
