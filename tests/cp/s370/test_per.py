"""Program-event recording."""

from __future__ import annotations

import pytest

from vm370.cp.engine.reference import run
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import BudgetEnd, ProgramInterruption
from vm370.cp.s370.per import BRANCH, FETCH, REGISTER, STORE
from vm370.cp.s370.psw import PER_BIT, Psw
from vm370.cp.s370.storage import Storage


def machine(code: str, events: int, start: int = 0, end: int = 0xFFFFFF) -> Cpu:
    cpu = Cpu(Storage(1 << 16))
    cpu.storage.write(0x1000, bytes.fromhex(code))
    cpu.gr[2] = 0x2000
    cpu.cr[9], cpu.cr[10], cpu.cr[11] = events << 28 | 0x4000, start, end
    cpu.psw = Psw(system_mask=PER_BIT, ec=True, address=0x1000)
    cpu.event = 0
    cpu.trap_mask = 1
    return cpu


@pytest.mark.parametrize(
    ("code", "events", "seen"),
    [
        ("07F2", BRANCH, BRANCH),
        ("0702", BRANCH, 0),
        ("1813", FETCH, FETCH),
        ("92FF2000", STORE, STORE),
        ("95FF2000", STORE, 0),
        ("1813", REGISTER, REGISTER),
        ("1834", REGISTER, 0),
        ("50102000", 15, FETCH | STORE),
        ("0512", 15, BRANCH | FETCH | REGISTER),
    ],
)
def test_events(code: str, events: int, seen: int) -> None:
    cpu = machine(code, events)
    result = run(cpu, 1)
    if seen:
        assert result == ProgramInterruption(0x80)
        assert (cpu.per_code, cpu.per_address) == (seen << 12, 0x1000)
    else:
        assert result == BudgetEnd()
    assert cpu.instructions == 1


@pytest.mark.parametrize(
    ("start", "end", "seen"), [(0x2001, 0x2001, True), (0x2004, 0x3000, False), (0x3000, 0x2000, True)]
)
def test_the_storage_area(start: int, end: int, seen: bool) -> None:
    cpu = machine("50102000", STORE, start, end)
    assert run(cpu, 1) == (ProgramInterruption(0x80) if seen else BudgetEnd())


def test_together_with_another_exception() -> None:
    cpu = machine("1D13", FETCH)
    assert run(cpu, 1) == ProgramInterruption(0x86)
    cpu = machine("1A33", FETCH)
    cpu.gr[3], cpu.program_mask = 0x40000000, 8
    assert run(cpu, 1) == ProgramInterruption(0x88)


def test_the_state_is_as_without_recording() -> None:
    plain, watched = machine("18235010200007F2", 0), machine("18235010200007F2", 15)
    for cpu in (plain, watched):
        cpu.gr[3] = 0x2000
        for _ in range(3):
            run(cpu, 1)
        cpu.per_code = cpu.per_address = cpu.cr[9] = 0
    assert bytes(plain) == bytes(watched)
    assert plain.storage.read(0, 0x3000) == watched.storage.read(0, 0x3000)
