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


def bare(code: str, new: Psw) -> Cpu:
    """A real machine: SVC new PSW at 60, also at 2000 for LPSW; the program new PSW goes to 4000."""
    cpu = machine(code, FETCH)
    cpu.trap_mask = 0
    for address in (0x60, 0x2000):
        cpu.storage.write(address, new.to_bytes())
    cpu.storage.write(0x68, Psw(ec=True, address=0x4000).to_bytes())
    return cpu


@pytest.mark.parametrize("code", ["0ACA", "82002000"])
def test_after_an_instruction_that_replaces_the_psw(code: str) -> None:
    """The event is indicated after SVC and LPSW: the program old PSW is the one that they brought."""
    new = Psw(ec=True, cc=2, address=0x3000)
    cpu = bare(code, new)
    assert run(cpu, 1) == BudgetEnd()
    assert cpu.ia == 0x4000
    assert cpu.storage.read(0x28, 8) == new.to_bytes()
    assert cpu.storage.read(0x8C, 4).hex() == ("00020080" if code == "0ACA" else "00040080")
    assert cpu.storage.read(0x96, 6).hex() == "400000001000"


def test_after_an_instruction_that_goes_to_bc_mode() -> None:
    cpu = bare("82002000", Psw(address=0x3000))
    assert run(cpu, 1) == BudgetEnd()
    assert cpu.storage.read(0x28, 8).hex() == "0000008080003000"
    assert cpu.storage.read(0x96, 6).hex() == "400000001000"


def test_together_with_a_psw_of_invalid_format() -> None:
    invalid = Psw(system_mask=0x80, ec=True, address=0x3000)
    cpu = bare("82002000", invalid)
    assert run(cpu, 1) == BudgetEnd()
    assert cpu.storage.read(0x28, 8) == invalid.to_bytes()
    assert cpu.storage.read(0x8E, 2).hex() == "0086"


def test_of_the_target_of_execute_the_address_is_that_of_execute() -> None:
    for events, seen in ((FETCH, FETCH), (STORE, STORE), (FETCH | STORE, FETCH | STORE)):
        cpu = machine("44003000", events, 0x2FFF, 0x3000)  # EX at 1000, with index 0, base 3
        cpu.gr[3] = 0x3000
        cpu.storage.write(0x3000, bytes.fromhex("92FF2FFF"))  # MVI X'FFF'(2): 2FFF
        cpu.storage.write(0x1000, bytes.fromhex("44003000"))
        assert run(cpu, 1) == ProgramInterruption(0x80)
        assert (cpu.per_code, cpu.per_address) == (seen << 12, 0x1000)


def test_a_nullified_instruction_was_fetched_all_the_same() -> None:
    cpu = machine("50103000", FETCH | STORE | REGISTER)
    cpu.gr[3] = 0xFF0000  # outside storage
    assert run(cpu, 1) == ProgramInterruption(0x85)
    assert cpu.per_code == FETCH << 12


def test_the_area_wraps_and_so_may_an_operand() -> None:
    for start, end, seen in ((0xFFFFFF, 0xFFFFFF, True), (0, 1, True), (2, 0xFFFFFD, False), (0xFFFFF0, 0x10, True)):
        cpu = Cpu(Storage(1 << 24))
        cpu.storage.write(0x1000, bytes.fromhex("D2032FFE3000"))  # MVC X'FFE'(4,2),0(3): FFFFFE to 1
        cpu.gr[2], cpu.gr[3] = 0xFFF000, 0x3000
        cpu.cr[9], cpu.cr[10], cpu.cr[11] = STORE << 28, start, end
        cpu.psw = Psw(system_mask=PER_BIT, ec=True, address=0x1000)
        cpu.event = 0
        cpu.trap_mask = 1
        assert run(cpu, 1) == (ProgramInterruption(0x80) if seen else BudgetEnd())
