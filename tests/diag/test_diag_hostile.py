"""Random DIAGNOSE instructions (fuzzkit.py): no fault in CP, nothing happens to another user, every slice ends soon."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.diag.diagkit import ALL_CODES
from tests.diag.fuzzkit import Fuzz


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_diagnose_instructions(home: Path, seed: int) -> None:
    fuzz = Fuzz(home, seed)
    fuzz.run(300)
    assert {code for code, _, _ in fuzz.outcomes} >= set(ALL_CODES)
    assert fuzz.alpha.vm.counters.traps["diagnose"]
    fuzz.cp.shutdown()
    assert not fuzz.cp.failed
