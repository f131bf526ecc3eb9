"""Low-address protection in every engine: no instruction stores at logical addresses 0-511 (CR0 bit 3)."""

from __future__ import annotations

import pytest

from vm370.cp.engine.engines import ENGINES, Engine, engine_for
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import BudgetEnd, MaskChanged, ProgramInterruption
from vm370.cp.s370.interruptions import INTERVAL_TIMER, PROTECTION, external_interruption
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage
from vm370.cp.s370.traps import TRAP_PROGRAM


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    return engine_for(request.param)


def machine(code: str, *, on: bool = True) -> Cpu:
    cpu = Cpu(Storage(1 << 16))
    cpu.storage.write(0x1000, bytes.fromhex(code))
    cpu.psw = Psw(address=0x1000)
    cpu.cr[0] |= 0x10000000 if on else 0
    cpu.mode_changed()
    cpu.event = 0
    cpu.trap_mask = TRAP_PROGRAM
    return cpu


@pytest.mark.parametrize(
    ("code", "stored"),
    [
        ("500001FC", False),  # ST 0,508: the last word below 512
        ("500001FD", False),  # ST 0,509: one byte beyond it
        ("50000200", True),
        ("580001FC", True),  # a fetch
        ("92FF0000", False),  # MVI 0,255
        ("D20F01F81000", False),  # MVC 504(16),0: the first eight bytes are protected
    ],
)
def test_stores(engine: Engine, code: str, stored: bool) -> None:
    cpu = machine(code)
    assert engine.run(cpu, 1) == (BudgetEnd() if stored else ProgramInterruption(PROTECTION))
    assert cpu.storage.read(0, 512) == bytes(512)
    cpu = machine(code, on=False)
    assert engine.run(cpu, 1) == BudgetEnd()


def test_an_operand_that_wraps_to_zero(engine: Engine) -> None:
    cpu = Cpu(Storage(1 << 24))
    cpu.storage.write(0x1000, bytes.fromhex("D2032FFE2000"))  # MVC X'FFE'(4,2),0(2)
    cpu.gr[2] = 0xFFF000
    cpu.psw = Psw(address=0x1000)
    cpu.cr[0] |= 0x10000000
    cpu.mode_changed()
    cpu.event = 0
    cpu.trap_mask = TRAP_PROGRAM
    assert engine.run(cpu, 1) == ProgramInterruption(PROTECTION)
    assert cpu.storage.read(0xFFFFFE, 2) == bytes(2)


def test_switching_it_while_the_program_runs(engine: Engine) -> None:
    """LCTL 0 on, ST (refused), and off again: a store to the block was already seen to be allowed."""
    cpu = machine("50100100B70003005010060450100104", on=False)
    cpu.storage.write(0x300, bytes.fromhex("100000E0"))
    cpu.gr[1] = 0x11111111
    assert engine.run(cpu, 1) == BudgetEnd()
    assert engine.run(cpu, 1) in (BudgetEnd(), MaskChanged())
    assert engine.run(cpu, 1) == BudgetEnd()
    assert cpu.storage.read(0x604, 4) == bytes.fromhex("11111111")
    assert engine.run(cpu, 1) == ProgramInterruption(PROTECTION)
    assert cpu.storage.read(0x104, 4) == bytes(4)
    cpu.cr[0] = 0xE0
    cpu.mode_changed()
    cpu.event = 0
    cpu.ia = 0x100C
    assert engine.run(cpu, 1) == BudgetEnd()
    assert cpu.storage.read(0x104, 4) == bytes.fromhex("11111111")


def test_interruptions_store_all_the_same() -> None:
    cpu = machine("0700")
    external_interruption(cpu, INTERVAL_TIMER)
    assert cpu.storage.read(0x18, 8).hex() == "0000008000001000"
    cpu.clocks.update()


def test_test_protection_knows_it() -> None:
    cpu = machine("E501010000F0")  # TPROT 256,240: key 15
    cpu.storage.set_key(0, 0xF0)
    assert engine_for("reference").run(cpu, 1) == BudgetEnd()
    assert cpu.cc == 1
    cpu = machine("E501020000F0")  # 512
    cpu.storage.set_key(0, 0xF0)
    assert engine_for("reference").run(cpu, 1) == BudgetEnd()
    assert cpu.cc == 0
