"""Branching, EXECUTE, SET PROGRAM MASK, SUPERVISOR CALL, MONITOR CALL (Principles of Operation, General
Instructions).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.s370.interruptions import MONITOR_EVENT, SPECIFICATION
from vm370.cp.s370.values import need_aligned, signed32

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu


def link(cpu: Cpu) -> int:
    """What BAL saves: ILC, condition code, program mask, address of the next instruction (in both modes)."""
    return cpu.ilc << 30 | cpu.cc << 28 | cpu.program_mask << 24 | cpu.ia


def branch_on_condition(cpu: Cpu, mask: int, address: int) -> None:
    """BC: branch if the mask has the bit of the condition code."""
    if mask & (8 >> cpu.cc):
        cpu.branch(address)


def branch_on_condition_register(cpu: Cpu, mask: int, r2: int) -> None:
    """BCR: branch if the mask has the bit of the condition code; never when r2 is 0."""
    if r2 and mask & (8 >> cpu.cc):
        cpu.branch(cpu.gr[r2] & 0xFFFFFF)


def branch_on_count(cpu: Cpu, r1: int, address: int) -> None:
    """BCT: subtract one, branch if not zero."""
    count = cpu.gr[r1] - 1 & 0xFFFFFFFF
    cpu.gr[r1] = count
    if count:
        cpu.branch(address)


def branch_on_count_register(cpu: Cpu, r1: int, r2: int) -> None:
    """BCTR: subtract one, branch if not zero; never when r2 is 0."""
    target = cpu.gr[r2] & 0xFFFFFF
    count = cpu.gr[r1] - 1 & 0xFFFFFFFF
    cpu.gr[r1] = count
    if r2 and count:
        cpu.branch(target)


def branch_and_link(cpu: Cpu, r1: int, address: int) -> None:
    """BAL: save the right half of the PSW, branch."""
    cpu.gr[r1] = link(cpu)
    cpu.branch(address)


def branch_and_link_register(cpu: Cpu, r1: int, r2: int) -> None:
    """BALR: save the right half of the PSW; branch unless r2 is 0."""
    target = cpu.gr[r2] & 0xFFFFFF
    cpu.gr[r1] = link(cpu)
    if r2:
        cpu.branch(target)


def branch_and_save(cpu: Cpu, r1: int, address: int) -> None:
    """BAS: save the address of the next instruction, branch."""
    cpu.gr[r1] = cpu.ia
    cpu.branch(address)


def branch_and_save_register(cpu: Cpu, r1: int, r2: int) -> None:
    """BASR: save the address of the next instruction; branch unless r2 is 0."""
    target = cpu.gr[r2] & 0xFFFFFF
    cpu.gr[r1] = cpu.ia
    if r2:
        cpu.branch(target)


def branch_on_index_high(cpu: Cpu, r1: int, r3: int, address: int) -> None:
    """BXH: add the increment, branch if above the comparand."""
    limit = signed32(cpu.gr[r3 | 1])
    total = signed32(cpu.gr[r1] + cpu.gr[r3] & 0xFFFFFFFF)
    cpu.gr[r1] = total
    if total > limit:
        cpu.branch(address)


def branch_on_index_low_or_equal(cpu: Cpu, r1: int, r3: int, address: int) -> None:
    """BXLE: add the increment, branch if not above the comparand."""
    limit = signed32(cpu.gr[r3 | 1])
    total = signed32(cpu.gr[r1] + cpu.gr[r3] & 0xFFFFFFFF)
    cpu.gr[r1] = total
    if total <= limit:
        cpu.branch(address)


def execute(cpu: Cpu, r1: int, address: int) -> None:
    """EX: the instruction at the address with the low byte of r1 OR'ed into its second byte; execute, specification."""
    need_aligned(cpu, address, 2)
    cpu.execute(address, cpu.gr[r1] & 255 if r1 else 0)


def set_program_mask(cpu: Cpu, r1: int, _: int) -> None:
    """SPM: condition code and program mask from bits 2-7 of r1."""
    word = cpu.gr[r1]
    cpu.cc = word >> 28 & 3
    cpu.program_mask = word >> 24 & 15


def supervisor_call(cpu: Cpu, number: int) -> None:
    """SVC: supervisor-call interruption."""
    cpu.supervisor_call(number)


def monitor_call(cpu: Cpu, monitor_class: int, address: int) -> None:
    """MC: monitor event if the class is enabled in control register 8; specification."""
    if monitor_class > 15:
        cpu.program_check(SPECIFICATION)
    if cpu.cr[8] & 0x8000 >> (monitor_class & 15):
        cpu.monitor_class = monitor_class
        cpu.monitor_code = address
        cpu.program_check(MONITOR_EVENT)
