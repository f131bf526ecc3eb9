"""MVCL and CLCL: units of operation, and interruptions between them (Principles of Operation, Interruptions)."""

from __future__ import annotations

import pytest

from vm370.cp.engine.engines import ENGINES, Engine, engine_for
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import BudgetEnd, ProgramInterruption
from vm370.cp.s370.interruptions import INTERVAL_TIMER, external_interruption
from vm370.cp.s370.psw import PER_BIT, Psw
from vm370.cp.s370.storage import Storage
from vm370.cp.s370.traps import TRAP_PROGRAM

MVCL, CLCL, EX = "0E24", "0F24", "44000E00"
DATA = bytes(range(256)) * 24


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    return engine_for(request.param)


def machine(code: str) -> Cpu:
    """6144 bytes at 4000 and a place for them at 8000: three units of 2048 bytes."""
    cpu = Cpu(Storage(1 << 16))
    cpu.storage.write(0x1000, bytes.fromhex(code))
    cpu.storage.write(0xE00, bytes.fromhex(MVCL))
    cpu.storage.write(0x4000, DATA)
    cpu.gr[2], cpu.gr[3], cpu.gr[4], cpu.gr[5] = 0x8000, 0x1800, 0x4000, 0xFF001800
    cpu.psw = Psw(system_mask=1, address=0x1000)
    cpu.event = 0
    return cpu


@pytest.mark.parametrize("code", [MVCL, EX])
def test_a_run_ends_between_units(engine: Engine, code: str) -> None:
    cpu = machine(code)
    seen = []
    for _ in range(3):
        assert engine.run(cpu, 1) == BudgetEnd()
        seen.append((cpu.ia, cpu.gr[2], cpu.gr[3], cpu.gr[4], cpu.gr[5], cpu.instructions, cpu.units))
    assert seen == [
        (0x1000, 0x8800, 0x1000, 0x4800, 0xFF001000, 0, 1),
        (0x1000, 0x9000, 0x0800, 0x5000, 0xFF000800, 0, 2),
        (0x1000 + len(code) // 2, 0x9800, 0, 0x5800, 0xFF000000, 1, 3),
    ]
    assert cpu.storage.read(0x8000, 0x1801) == DATA + b"\0"
    assert cpu.cc == 0


def test_an_interruption_in_the_middle(engine: Engine) -> None:
    cpu = machine(MVCL)
    cpu.storage.write(0x58, bytes.fromhex("0000000000002000"))
    cpu.storage.write(0x2000, bytes.fromhex("82000018"))  # LPSW of the external old PSW
    engine.run(cpu, 2)
    external_interruption(cpu, INTERVAL_TIMER)
    assert cpu.storage.read(0x18, 4).hex() == "01000080"
    assert cpu.storage.read(0x1D, 3).hex() == "001000"
    assert engine.run(cpu, 1) == BudgetEnd()
    assert (cpu.ia, cpu.gr[3], cpu.instructions) == (0x1000, 0x800, 1)
    assert engine.run(cpu, 1) == BudgetEnd()
    assert (cpu.ia, cpu.gr[3], cpu.instructions) == (0x1002, 0, 2)
    assert cpu.storage.read(0x8000, 0x1800) == DATA


def test_compare_stops_at_the_difference(engine: Engine) -> None:
    cpu = machine(CLCL)
    cpu.storage.write(0x8000, DATA)
    cpu.storage.write(0x9005, b"\xff")
    engine.run(cpu, 2)
    assert (cpu.ia, cpu.gr[2], cpu.instructions) == (0x1000, 0x9000, 0)
    engine.run(cpu, 1)
    assert (cpu.ia, cpu.gr[2], cpu.gr[3], cpu.gr[4], cpu.cc) == (0x1002, 0x9005, 0x7FB, 0x5005, 2)
    assert (cpu.instructions, cpu.units) == (1, 3)


def test_an_access_exception_ends_it_after_the_units_before(engine: Engine) -> None:
    cpu = machine(MVCL)
    cpu.trap_mask = TRAP_PROGRAM
    cpu.gr[2] = 0xF000  # storage ends at 10000
    assert engine.run(cpu, 9) == ProgramInterruption(5)
    assert (cpu.ia, cpu.gr[2], cpu.gr[3], cpu.instructions, cpu.units) == (0x1002, 0x10000, 0x800, 1, 3)
    assert cpu.storage.read(0xF000, 0x1000) == DATA[:0x1000]


def test_program_events_are_indicated_after_each_unit(engine: Engine) -> None:
    cpu = machine(MVCL)
    cpu.trap_mask = TRAP_PROGRAM
    cpu.cr[9], cpu.cr[10], cpu.cr[11] = 0x2000_0000, 0x8800, 0x97FF  # storage alteration in the second and third unit
    cpu.psw = Psw(system_mask=PER_BIT, ec=True, address=0x1000)
    assert engine.run(cpu, 9) == ProgramInterruption(0x80)
    assert (cpu.ia, cpu.gr[3], cpu.per_code, cpu.per_address, cpu.units) == (0x1000, 0x800, 0x2000, 0x1000, 2)
    assert engine.run(cpu, 9) == ProgramInterruption(0x80)
    assert (cpu.ia, cpu.gr[3], cpu.instructions) == (0x1002, 0, 1)


def test_it_may_move_over_itself(engine: Engine) -> None:
    cpu = machine(MVCL)
    cpu.trap_mask = TRAP_PROGRAM
    cpu.gr[2], cpu.gr[3], cpu.gr[5] = 0x0800, 0x1000, 0x1000  # 1000 is overwritten by the second unit, of two
    assert engine.run(cpu, 2) == BudgetEnd()
    assert (cpu.ia, cpu.gr[3]) == (0x1002, 0)
    cpu = machine(MVCL)
    cpu.trap_mask = TRAP_PROGRAM
    cpu.gr[2], cpu.gr[3], cpu.gr[5] = 0x0800, 0x1800, 0x1800  # of three: the third unit is no MVCL any more
    cpu.storage.write(0x4800, bytes.fromhex("0000"))
    assert engine.run(cpu, 9) == ProgramInterruption(1)
    assert (cpu.ia, cpu.gr[3]) == (0x1002, 0x800)
