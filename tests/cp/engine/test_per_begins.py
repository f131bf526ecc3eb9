"""An engine is left where PER is switched on, and not while it stays on: the slice was measured for a faster engine."""

from __future__ import annotations

import pytest

from vm370.cp.engine.engines import ENGINES, engine_for
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import BudgetEnd, MaskChanged
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage

PER_PSW = bytes.fromhex("4008000000000300")


@pytest.mark.parametrize("engine", ENGINES)
def test_lpsw_switches_per_on(engine: str) -> None:
    cpu = Cpu(Storage(1 << 20))
    cpu.storage.write(0x100, PER_PSW)
    cpu.storage.write(0x200, bytes.fromhex("181282000100"))  # LR 1,2; LPSW
    cpu.storage.write(0x300, bytes.fromhex("181247F00300"))  # LR 1,2; B *-2
    cpu.psw = Psw.from_bytes(bytes.fromhex("0008000000000200"))
    run = engine_for(engine).run
    assert run(cpu, 1_000_000) == MaskChanged()
    assert (cpu.ia, cpu.instructions, cpu.psw.to_bytes()) == (0x300, 2, PER_PSW)
    assert run(cpu, 3000) == BudgetEnd()
    assert (cpu.ia, cpu.instructions) == (0x300, 3002)
