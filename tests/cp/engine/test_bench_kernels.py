"""The benchmark kernels, a few iterations each: results and instruction counts of other emulators.

The folder is named by VM370_VECTORS, or is ../shared/vectors beside the checkout.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from vm370.cp.engine.reference import run
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import Waiting
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage

FOLDER = Path(os.environ.get("VM370_VECTORS") or Path(__file__).resolve().parents[4] / "shared" / "vectors") / "bench"
LIMIT = 160_000
"""Runs of more instructions are left out."""


@pytest.mark.parametrize("name", ["a_regloop", "b_sieve", "c_string", "d_decimal"])
def test_kernel(name: str) -> None:
    path = FOLDER / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"no kernel {path}; set VM370_VECTORS")
    kernel = json.loads(path.read_text())
    cases = [(int(n), e) for n, e in kernel["expected"].items() if e["instructions"] <= LIMIT]
    assert cases
    for iterations, expected in cases:
        cpu = Cpu(Storage(kernel["mainsize"]))
        for block in kernel["storage"]:
            cpu.storage.write(int(block["addr"], 16), bytes.fromhex(block["hex"]))
        cpu.storage.write(int(kernel["param"]["addr"], 16), iterations.to_bytes(4, "big"))
        cpu.psw = Psw.from_bytes(bytes.fromhex(kernel["psw"]))
        assert run(cpu, LIMIT + 1) == Waiting()
        assert cpu.psw.to_bytes().hex().upper() == kernel["end_psw"]
        result = cpu.storage.read(int(kernel["result"]["addr"], 16), kernel["result"]["len"])
        assert result.hex().upper() == expected["result"]
        assert cpu.instructions == expected["instructions"]
