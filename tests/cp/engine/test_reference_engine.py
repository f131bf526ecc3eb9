"""The reference engine: exact budgets, interceptions, robustness against any bytes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm370.cp.engine.reference import run
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import (
    BudgetEnd,
    Diagnose,
    InvalidPsw,
    MaskChanged,
    PrivilegedOperation,
    ProgramInterruption,
    SupervisorCall,
    Waiting,
)
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage
from vm370.cp.s370.traps import BARE, HYPERVISED

LOOP = bytes.fromhex(
    "5810C100"  # LOOP  L     1,X'100'(,12)
    "1A21"  #           AR    2,1
    "5020C104"  #       ST    2,X'104'(,12)
    "0E46"  #           MVCL  4,6
    "4140C800"  #       LA    4,X'800'(,12)
    "41508000"  #       LA    5,0(,8)
    "B205C108"  #       STCK  X'108'(12)
    "46B0A000"  #       BCT   11,LOOP
    "0AFF"  #           SVC   255
)


def loop() -> Cpu:
    cpu = Cpu(Storage(1 << 16))
    cpu.storage.write(0x1000, LOOP)
    cpu.storage.write(0x2100, (7).to_bytes(4, "big"))
    cpu.storage.write(0x60, bytes.fromhex("0000000000001000"))
    cpu.gr[10], cpu.gr[11], cpu.gr[12], cpu.gr[8] = 0x1000, 300, 0x2000, 5000
    cpu.psw = Psw(address=0x1000)
    cpu.event = 0
    return cpu


def state(cpu: Cpu) -> tuple[bytes, bytes, bytes]:
    return bytes(cpu), cpu.storage.read(0, cpu.storage.size), bytes(cpu.storage.keys)


@pytest.mark.parametrize("seed", range(5))
def test_one_piece_equals_random_pieces(seed: int) -> None:
    whole, cut = loop(), loop()
    total = 4000
    assert run(whole, total) == BudgetEnd()
    assert whole.units == total
    dice = random.Random(seed)
    left = total
    while left:
        piece = min(left, dice.randint(0, 150))
        assert run(cut, piece) == BudgetEnd()
        left -= piece
        assert cut.units == total - left
    assert state(cut) == state(whole)


def test_a_budget_of_nothing_changes_nothing() -> None:
    cpu = loop()
    before = state(cpu)
    assert run(cpu, 0) == BudgetEnd()
    assert state(cpu) == before


def machine(code: str, **psw: int | bool) -> Cpu:
    cpu = Cpu(Storage(1 << 16))
    cpu.storage.write(0x1000, bytes.fromhex(code))
    cpu.psw = Psw(address=0x1000, **psw)  # type: ignore[arg-type]
    cpu.event = 0
    return cpu


def test_wait_ends_the_run_after_the_instruction() -> None:
    cpu = machine("82000200")
    cpu.storage.write(0x200, bytes.fromhex("FF02000000001234"))
    assert run(cpu, 10) == Waiting()
    assert (cpu.instructions, cpu.ia, cpu.wait) == (1, 0x1234, 1)
    assert run(cpu, 10) == Waiting()
    assert cpu.instructions == 1


def test_an_enabled_mask_with_something_pending_ends_the_run() -> None:
    cpu = machine("800002000700")
    cpu.storage.write(0x200, b"\xff")
    cpu.pending = 1
    assert run(cpu, 10) == MaskChanged()
    assert (cpu.ia, cpu.instructions) == (0x1004, 1)
    assert run(cpu, 1) == BudgetEnd()
    assert cpu.ia == 0x1006


def test_a_mask_that_stays_off_does_not_end_the_run() -> None:
    cpu = machine("800002000700")
    cpu.storage.write(0x200, b"\xfe")
    cpu.pending = 1
    assert run(cpu, 2) == BudgetEnd()
    assert (cpu.ia, cpu.instructions) == (0x1006, 2)


def test_the_program_interruption_of_a_bare_machine() -> None:
    cpu = machine("1D24", cc=2)
    cpu.storage.write(0x68, bytes.fromhex("0008000000002000"))
    assert run(cpu, 1) == BudgetEnd()
    assert cpu.storage.read(0x28, 8) == bytes.fromhex("0000000960001002")
    assert (cpu.ia, cpu.ec, cpu.instructions) == (0x2000, 1, 1)


def test_the_program_interruption_of_a_hypervised_machine() -> None:
    cpu = machine("1D24")
    cpu.trap_mask = HYPERVISED
    assert run(cpu, 9) == ProgramInterruption(9)
    assert (cpu.ia, cpu.ilc, cpu.instructions) == (0x1002, 1, 1)
    assert cpu.storage.read(0x28, 8) == bytes(8)


def test_a_refused_psw() -> None:
    cpu = machine("82000200")
    cpu.storage.write(0x200, bytes.fromhex("8008000000002000"))
    cpu.storage.write(0x68, bytes.fromhex("0000000000003000"))
    assert run(cpu, 1) == BudgetEnd()
    assert cpu.ia == 0x3000
    assert cpu.storage.read(0x28, 8) == bytes.fromhex("8008000000002000")
    assert cpu.storage.read(0x8C, 4) == bytes.fromhex("00000006")


def test_a_refused_psw_of_a_hypervised_machine() -> None:
    cpu = machine("82000200")
    cpu.trap_mask = 1
    cpu.storage.write(0x200, bytes.fromhex("8008000000002000"))
    assert run(cpu, 5) == InvalidPsw()
    assert (cpu.ia, cpu.ilc, cpu.instructions) == (0x2000, 0, 1)
    assert run(cpu, 5) == InvalidPsw()


def test_a_refused_program_new_psw_does_not_loop_for_ever() -> None:
    cpu = machine("0000")
    cpu.storage.write(0x68, bytes.fromhex("8008000000002000"))
    assert run(cpu, 1000) == InvalidPsw()


def test_code_that_changes_itself_is_seen_at_once() -> None:
    cpu = machine("920210071A12", cc=0)  # MVI 7(1),2 changes the SR that follows two bytes later
    cpu.storage.write(0x1000, bytes.fromhex("923410051A121A12"))
    cpu.gr[1], cpu.gr[2], cpu.gr[3], cpu.gr[4] = 0x1000, 0, 5, 6
    assert run(cpu, 2) == BudgetEnd()
    assert cpu.gr[3] == 11


def test_code_in_protected_and_missing_storage() -> None:
    cpu = machine("0700", key=5)
    cpu.storage.set_key(0x1000, 0x68)
    cpu.trap_mask = 1
    assert run(cpu, 1) == ProgramInterruption(4)
    cpu = machine("07F1")
    cpu.gr[1] = 0x200000
    cpu.trap_mask = 1
    assert run(cpu, 5) == ProgramInterruption(5)
    cpu = machine("07F1")
    cpu.gr[1] = 0x2001
    cpu.trap_mask = 1
    assert run(cpu, 5) == ProgramInterruption(6)


INTERCEPTIONS = (
    BudgetEnd,
    MaskChanged,
    Waiting,
    PrivilegedOperation,
    Diagnose,
    SupervisorCall,
    ProgramInterruption,
    InvalidPsw,
)


@settings(max_examples=300, deadline=None)
@given(
    code=st.binary(min_size=8, max_size=64),
    registers=st.lists(st.integers(0, 0xFFFFFFFF) | st.integers(0, 0x4000), min_size=16, max_size=16),
    psw=st.binary(min_size=5, max_size=5),
    control=st.lists(st.integers(0, 0xFFFFFFFF), min_size=16, max_size=16),
    keys=st.binary(min_size=8, max_size=8),
    traps=st.sampled_from([BARE, HYPERVISED, 1]),
)
def test_no_bytes_raise_an_exception(
    code: bytes, registers: list[int], psw: bytes, control: list[int], keys: bytes, traps: int
) -> None:
    cpu = Cpu(Storage(16384))
    cpu.storage.write(0, code * 64)
    cpu.storage.write(0x1000, code)
    for block, key in enumerate(keys):
        cpu.storage.set_key(block * 2048, key)
    for number in range(16):
        cpu.gr[number], cpu.cr[number] = registers[number], control[number]
    cpu.psw = Psw.from_bytes(psw + b"\0\x10\0")
    cpu.trap_mask = traps
    for _ in range(20):
        before = cpu.units
        interception = run(cpu, 10)
        assert isinstance(interception, INTERCEPTIONS)
        assert cpu.units <= before + 10
        assert cpu.ia <= 0xFFFFFF
        if isinstance(interception, Waiting | InvalidPsw):
            break
