"""The native interpreter and the reference engine do the same (fuzz_native.py, in a child process)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("llvmlite")


@pytest.mark.parametrize("seed", [1, 2])
def test_same_in_both_engines(seed: int) -> None:
    child = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("fuzz_native.py")), str(seed), "4"],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert child.stdout.endswith("cases, 0 differences\n"), child.stdout + child.stderr
    assert child.returncode == 0
