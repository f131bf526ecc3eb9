"""Small helpers of the instruction definitions: signs, condition codes, operand checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.s370.interruptions import FIXED_OVERFLOW, SPECIFICATION

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu


def signed32(x: int) -> int:
    """A 32-bit unsigned value as a signed number."""
    return (x ^ 0x80000000) - 0x80000000


def signed16(x: int) -> int:
    """A 16-bit unsigned value as a signed number."""
    return (x ^ 0x8000) - 0x8000


def sign_cc(x: int) -> int:
    """Condition code of a signed result: 0 zero, 1 negative, 2 positive."""
    return 1 if x < 0 else 2 if x > 0 else 0


def compare_cc(a: int, b: int) -> int:
    """Condition code of a comparison: 0 equal, 1 first low, 2 first high."""
    return 1 if a < b else 2 if a > b else 0


def set_sum(cpu: Cpu, r1: int, total: int) -> None:
    """Result of a signed addition or subtraction: CC 0-2, or 3 and the interruption if the mask asks for it."""
    result = signed32(total & 0xFFFFFFFF)
    if result != total:
        if cpu.program_mask & 8:
            cpu.trap(FIXED_OVERFLOW)
        cpu.cc = 3
    else:
        cpu.cc = sign_cc(total)
    cpu.gr[r1] = result


def room(address: int) -> int:
    """Bytes to the end of the block."""
    return 2048 - (address & 2047)


def near(a1: int, a2: int) -> int:
    """Does storing eight bytes at a1 change bytes that a2 has still to give, or the other way round?"""
    distance = a1 - a2 & 0xFFFFFF
    return 1 if distance != 0 and (distance < 8 or distance > 0xFFFFF8) else 0


# The architecture leaves open which of two operands is looked at first; these orders are those of other
# implementations.


def check_operands(cpu: Cpu, length: int, a1: int, a2: int) -> None:
    """Access exceptions of NC, OC and XC."""
    if length == 1:
        cpu.check_fetch(a2, 1)
        cpu.check_store(a1, 1)
    else:
        first = min(length, room(a1))
        cpu.check_store(a1, first)
        cpu.check_fetch(a2, length)
        if length > first:
            cpu.check_store(a1 + first & 0xFFFFFF, length - first)


def check_fields(cpu: Cpu, l1: int, l2: int, a1: int, a2: int) -> None:
    """Access exceptions of PACK, UNPK and MVO."""
    if l1 > room(a1):
        cpu.check_store(a1, l1)
    cpu.check_fetch(a2, l2)
    cpu.check_store(a1, l1)


def need_even(cpu: Cpu, r: int) -> None:
    """Specification exception for an odd register number."""
    if r & 1:
        cpu.program_check(SPECIFICATION)


def need_aligned(cpu: Cpu, address: int, size: int) -> None:
    """Specification exception for an address that is not a multiple of ``size`` (a power of two)."""
    if address & (size - 1):
        cpu.program_check(SPECIFICATION)
