"""Pages that were placed into storage, below its size and above, in every engine."""

from __future__ import annotations

import pytest

from vm370.cp.engine.engines import ENGINES, Engine, engine_for
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import BudgetEnd, ProgramInterruption
from vm370.cp.s370.interruptions import ADDRESSING
from vm370.cp.s370.pages import PageSource
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import CHANGE, REFERENCE, Storage
from vm370.cp.s370.traps import TRAP_PROGRAM

SEGMENT = 0xF00000
COUNT = bytes.fromhex("41110001 4640F000 07FE")  # LA 1,1(1); BCT 4,0(15); BR 14
COUNT_DOWN = bytes.fromhex("0610 0700 4640F000 07FE")  # BCTR 1,0; NOPR; BCT 4,0(15); BR 14
KEYS = bytes([REFERENCE | CHANGE] * 2)


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    return engine_for(request.param)


def machine(address: int) -> Cpu:
    cpu = Cpu(Storage(1 << 16))
    cpu.psw = Psw(address=address)
    cpu.mode_changed()
    cpu.event = 0
    cpu.trap_mask = TRAP_PROGRAM
    return cpu


def run_loop(engine: Engine, cpu: Cpu, address: int, turns: int) -> int:
    """Execute the loop there: general register 1, which begins with zero."""
    cpu.gr[1], cpu.gr[4], cpu.gr[15] = 0, turns, address
    cpu.psw = Psw(address=address)
    cpu.mode_changed()
    length = 2 if cpu.storage.read(address, 1) == b"\x41" else 3
    assert engine.run(cpu, length * turns) == BudgetEnd()
    return cpu.gr[1]


@pytest.mark.parametrize("address", [0x4000, SEGMENT])
def test_code_in_placed_pages_is_that_of_the_last_page(engine: Engine, address: int) -> None:
    """Long enough for hot code to be translated; other pages in its place are executed at once."""
    up, down = PageSource(COUNT.ljust(4096, b"\0")), PageSource(COUNT_DOWN.ljust(4096, b"\0"))
    cpu = machine(address)
    cpu.storage.place(address, up, 0, 4096, KEYS)
    assert run_loop(engine, cpu, address, 20_000) == 20_000
    cpu.storage.place(address, down, 0, 4096, KEYS)
    assert run_loop(engine, cpu, address, 20_000) == (1 << 32) - 20_000
    cpu.storage.place(address, up, 0, 4096, KEYS)
    assert run_loop(engine, cpu, address, 10) == 10


def test_what_is_beside_a_segment_does_not_exist(engine: Engine) -> None:
    cpu = machine(0x1000)
    cpu.storage.place(SEGMENT, PageSource(bytes(4096)), 0, 4096, KEYS)
    cpu.storage.write(0x1000, bytes.fromhex("50102FFC 58302FFD 50103FFF"))  # ST 1,4092(2); L 3,4093(2); ST 1,4095(3)
    cpu.gr[1], cpu.gr[2] = 0x11223344, SEGMENT
    assert engine.run(cpu, 1) == BudgetEnd()
    assert cpu.storage.read(SEGMENT + 0xFFC, 4).hex() == "11223344"
    assert engine.run(cpu, 1) == ProgramInterruption(ADDRESSING)
    cpu.psw = Psw(address=0x1008)
    cpu.mode_changed()
    cpu.gr[3] = SEGMENT - 0x1001
    assert engine.run(cpu, 1) == ProgramInterruption(ADDRESSING)
    cpu.storage.remove(SEGMENT, 4096)
    cpu.psw = Psw(address=0x1000)
    cpu.mode_changed()
    assert engine.run(cpu, 1) == ProgramInterruption(ADDRESSING)
