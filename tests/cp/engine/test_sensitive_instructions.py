"""Popek and Goldberg: every sensitive instruction traps when it is executed in problem state.

Sensitive is what reads or changes the PSW's mode, masks or key, storage keys, control registers, timers, the prefix,
translation, other CPUs or channels.  The list is written here by hand, and compared with the opcode table and with
what tools/sensitivity.py finds in the definitions.  The others are shown to be innocuous: they do the same whatever
that state is.
"""

from __future__ import annotations

import random

import pytest

from vm370.cp.engine.reference import run, simulate
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import (
    BudgetEnd,
    Diagnose,
    Interception,
    MaskChanged,
    PrivilegedOperation,
    ProgramInterruption,
    SupervisorCall,
)
from vm370.cp.s370.opcodes import BY_MNEMONIC, OPCODES, Opcode
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage
from vm370.cp.s370.traps import BARE, HYPERVISED, TRAP_PROGRAM, TRAP_PSW
from vm370.tools.sensitivity import UNPRIVILEGED, Effects, sensitive_instructions

SENSITIVE = [
    "SSK", "ISK", "SSM", "LPSW", "DIAG", "IUCV", "STNSM", "STOSM", "SIGP", "LRA", "STCTL", "LCTL", "STIDP", "SCK",
    "SCKC", "STCKC", "SPT", "STPT", "SPKA", "IPK", "PTLB", "SPX", "STPX", "STAP", "RRB", "IPTE", "TPROT",
    "SIO", "SIOF", "TIO", "CLRIO", "HIO", "HDV", "TCH", "STIDC",
]  # fmt: skip
UNPRIVILEGED_BY_ARCHITECTURE = {"STCK", "SVC", "MC"}
"""They read the clock, cause an interruption, and read a control register."""
INNOCUOUS = [op for op in OPCODES if op.mnemonic not in {*SENSITIVE, *UNPRIVILEGED_BY_ARCHITECTURE}]


def machine(code: bytes, *, problem: bool, traps: int) -> Cpu:
    cpu = Cpu(Storage(1 << 16))
    cpu.storage.write(0x1000, code)
    cpu.psw = Psw(address=0x1000, problem=problem)
    cpu.event = 0
    cpu.trap_mask = traps
    return cpu


def test_the_privileged_instructions_are_the_sensitive_ones() -> None:
    assert sorted(op.mnemonic for op in OPCODES if op.privileged) == sorted(SENSITIVE)


def test_the_definitions_say_the_same() -> None:
    assert set(sensitive_instructions()) == {*SENSITIVE, *UNPRIVILEGED_BY_ARCHITECTURE}
    assert set(UNPRIVILEGED) == UNPRIVILEGED_BY_ARCHITECTURE


def test_what_the_definitions_do() -> None:
    found = sensitive_instructions()
    assert found["SSK"] == Effects({"prefix", "storage keys"}, {"storage keys"})
    assert found["LPSW"] == Effects(set(), {"PSW"})
    assert found["SSM"] == Effects({"control registers"}, {"PSW"})
    assert found["STPT"] == Effects({"clocks"}, set())
    assert found["MC"] == Effects({"control registers"}, set())


@pytest.mark.parametrize("op", INNOCUOUS, ids=[op.mnemonic for op in INNOCUOUS])
def test_innocuous(op: Opcode) -> None:
    """Two machines that differ in everything that CP keeps for itself: the instruction does the same in both."""
    dice = random.Random(op.opcode)
    for _ in range(8):
        code = bytes(a | dice.randrange(256) for a in op.code()[1:])
        code = op.code()[:1] + (op.code()[1:2] + code[1:] if op.opcode > 0xFF else code)
        content = dice.randbytes(0x8000)
        registers = [dice.randrange(0x7000) & (~7 if dice.random() < 0.8 else ~0) for _ in range(16)]
        floating = [dice.randrange(1 << 64) for _ in range(8)]
        pair = [machine(code, problem=False, traps=HYPERVISED), machine(code, problem=True, traps=HYPERVISED)]
        for cpu in pair:
            cpu.storage.write(0x1800, content)
            for number in range(16):
                cpu.gr[number] = registers[number]
            for number in range(8):
                cpu.fpr[number] = floating[number]
        other = pair[1]
        other.psw = Psw(system_mask=3, ec=True, machine_check=True, problem=True, address=0x1000)
        for number in (2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15):
            other.cr[number] = dice.randrange(1 << 32)
        other.tod_offset, other.clock_comparator, other.cpu_id, other.cpu_address = 1 << 40, 1 << 50, 1 << 60, 7
        other.external_pending, other.event = 0x80, 0
        kept = [private(cpu) for cpu in pair]
        stops = [run(cpu, 1) for cpu in pair]
        assert stops[0] == stops[1]
        assert own(pair[0]) == own(other)
        if not isinstance(stops[0], PrivilegedOperation):  # the target of an EXECUTE
            assert [private(cpu) for cpu in pair] == kept


def own(cpu: Cpu) -> tuple[object, ...]:
    """What belongs to the program."""
    registers = list(cpu.gr), list(cpu.fpr), cpu.cc, cpu.program_mask, cpu.ia, cpu.ilc
    return *registers, cpu.storage.read(0, cpu.storage.size), bytes(cpu.storage.keys)


def private(cpu: Cpu) -> tuple[object, ...]:
    """What belongs to the machine."""
    mode = cpu.system_mask, cpu.key, cpu.ec, cpu.machine_check, cpu.wait, cpu.problem, cpu.reserved, cpu.prefix
    clocks = cpu.tod_offset, cpu.clock_comparator, cpu.cpu_timer_base, cpu.external_pending
    return *mode, *clocks, list(cpu.cr), cpu.cpu_id, cpu.cpu_address


@pytest.mark.parametrize("operands", ["000000000000", "00FF4A4A4A4A", "00339AFF2BCD", "006700000001"])
@pytest.mark.parametrize("mnemonic", SENSITIVE)
def test_trapped_in_virtual_problem_state(mnemonic: str, operands: str) -> None:
    """Before anything was done, whatever the operands are."""
    op = BY_MNEMONIC[mnemonic]
    code = op.code()
    fixed = 1 if op.opcode < 0x100 else 2
    code = code[:fixed] + bytes.fromhex(operands)[fixed : len(code)]
    cpu = machine(code, problem=True, traps=HYPERVISED)
    before = bytes(cpu), cpu.storage.read(0, 0x1000)
    assert run(cpu, 5) == PrivilegedOperation(mnemonic, code)
    assert (cpu.ia, cpu.instructions) == (0x1000, 0)
    cpu.ilc = 0
    assert (bytes(cpu), cpu.storage.read(0, 0x1000)) == before
    assert simulate(cpu) == ProgramInterruption(2)
    assert cpu.ia == 0x1000 + len(code)


@pytest.mark.parametrize("mnemonic", SENSITIVE)
def test_refused_in_problem_state_of_the_bare_machine(mnemonic: str) -> None:
    code = BY_MNEMONIC[mnemonic].code()
    cpu = machine(code, problem=True, traps=BARE)
    cpu.storage.write(0x68, bytes.fromhex("0000000000002000"))
    assert run(cpu, 1) == BudgetEnd()
    assert cpu.ia == 0x2000
    assert cpu.storage.read(0x28, 4) == bytes.fromhex("00010002")


@pytest.mark.parametrize("mnemonic", [m for m in SENSITIVE if m not in ("DIAG", "IUCV")])
def test_trapped_in_virtual_supervisor_state_too(mnemonic: str) -> None:
    code = BY_MNEMONIC[mnemonic].code()
    cpu = machine(code, problem=False, traps=HYPERVISED)
    assert run(cpu, 5) == PrivilegedOperation(mnemonic, code)
    assert cpu.ia == 0x1000


def test_an_executed_privileged_instruction_traps_as_what_it_is() -> None:
    cpu = machine(bytes.fromhex("44100200"), problem=False, traps=HYPERVISED)
    cpu.storage.write(0x200, bytes.fromhex("80000300"))
    cpu.storage.write(0x300, b"\xfe")
    assert run(cpu, 1) == PrivilegedOperation("SSM", bytes.fromhex("80000300"))
    assert cpu.ia == 0x1000
    assert simulate(cpu) is None
    assert (cpu.ia, cpu.system_mask) == (0x1004, 0xFE)


def test_simulate_executes_exactly_one_instruction() -> None:
    cpu = machine(bytes.fromhex("800002008000020080000200"), problem=False, traps=HYPERVISED)
    cpu.storage.write(0x200, b"\x01")
    assert simulate(cpu) is None
    assert (cpu.ia, cpu.system_mask, cpu.instructions, cpu.trap_mask) == (0x1004, 1, 1, HYPERVISED)


@pytest.mark.parametrize("traps", [BARE, HYPERVISED])
def test_diagnose_always_leaves_in_supervisor_state(traps: int) -> None:
    cpu = machine(bytes.fromhex("83120008"), problem=False, traps=traps)
    assert run(cpu, 5) == Diagnose(1, 2, 8)
    assert (cpu.ia, cpu.instructions) == (0x1004, 1)


def test_supervisor_call_leaves_unless_it_is_assisted() -> None:
    cpu = machine(bytes.fromhex("0ACA"), problem=True, traps=HYPERVISED)
    assert run(cpu, 5) == SupervisorCall(0xCA)
    assert (cpu.ia, cpu.ilc) == (0x1002, 1)
    cpu = machine(bytes.fromhex("0ACA"), problem=True, traps=TRAP_PROGRAM)
    cpu.storage.write(0x60, bytes.fromhex("0000000000003000"))
    assert run(cpu, 1) == BudgetEnd()
    assert cpu.storage.read(0x20, 8) == bytes.fromhex("000100CA40001002")
    assert cpu.ia == 0x3000


def test_assist_does_a_group_inside() -> None:
    cpu = machine(bytes.fromhex("80000200"), problem=False, traps=HYPERVISED & ~TRAP_PSW)
    assert run(cpu, 1) == BudgetEnd()
    cpu = machine(bytes.fromhex("80000200"), problem=True, traps=HYPERVISED & ~TRAP_PSW)
    assert run(cpu, 1) == ProgramInterruption(2)


class Recorder:
    """Channels that remember what was asked of them."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def sio(self, address: int, fast: bool) -> int:
        self.calls.append(("sio", address, fast))
        return 1

    def tio(self, address: int, clear: bool) -> int:
        self.calls.append(("tio", address, clear))
        return 2

    def hio(self, address: int, halt_device: bool) -> int:
        self.calls.append(("hio", address, halt_device))
        return 3

    def tch(self, address: int) -> int:
        self.calls.append(("tch", address))
        return 1

    def stidc(self, address: int) -> int:
        self.calls.append(("stidc", address))
        return 2


@pytest.mark.parametrize(
    ("code", "call", "cc", "after"),
    [
        ("9C00000E", ("sio", 0x0E, False), 1, MaskChanged()),
        ("9CFF0190", ("sio", 0x190, True), 1, MaskChanged()),
        ("9D000190", ("tio", 0x190, False), 2, MaskChanged()),
        ("9D010190", ("tio", 0x190, True), 2, MaskChanged()),
        ("9E000190", ("hio", 0x190, False), 3, MaskChanged()),
        ("9E010190", ("hio", 0x190, True), 3, MaskChanged()),
        ("9F000100", ("tch", 0x100), 1, BudgetEnd()),
        ("B2030100", ("stidc", 0x100), 2, BudgetEnd()),
    ],
)
def test_io_instructions_ask_the_channels(code: str, call: object, cc: int, after: Interception) -> None:
    channels = Recorder()
    cpu = machine(bytes.fromhex(code), problem=False, traps=BARE)
    cpu.channels = channels
    assert run(cpu, 1) == after
    assert channels.calls == [call]
    assert cpu.cc == cc
