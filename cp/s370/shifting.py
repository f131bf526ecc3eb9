"""Shift instructions (Principles of Operation, General Instructions).  The amount is the low 6 bits of the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.s370.interruptions import FIXED_OVERFLOW
from vm370.cp.s370.values import need_even, sign_cc, signed32

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu


def shift_left_logical(cpu: Cpu, r1: int, _: int, amount: int) -> None:
    """SLL: shift left single logical."""
    cpu.gr[r1] = cpu.gr[r1] << (amount & 63) & 0xFFFFFFFF


def shift_right_logical(cpu: Cpu, r1: int, _: int, amount: int) -> None:
    """SRL: shift right single logical."""
    cpu.gr[r1] = cpu.gr[r1] >> (amount & 63)


def shift_left(cpu: Cpu, r1: int, _: int, amount: int) -> None:
    """SLA: shift left single; CC 0-3; fixed-point overflow."""
    value = signed32(cpu.gr[r1])
    shifted = value << (amount & 63)
    if shifted < -0x80000000 or shifted > 0x7FFFFFFF:
        if cpu.program_mask & 8:
            cpu.trap(FIXED_OVERFLOW)
        cpu.cc = 3
    else:
        cpu.cc = sign_cc(value)
    cpu.gr[r1] = shifted & 0x7FFFFFFF | cpu.gr[r1] & 0x80000000


def shift_right(cpu: Cpu, r1: int, _: int, amount: int) -> None:
    """SRA: shift right single; CC 0-2."""
    result = signed32(cpu.gr[r1]) >> (amount & 63)
    cpu.cc = sign_cc(result)
    cpu.gr[r1] = result


def pair(cpu: Cpu, r1: int) -> int:
    """An even-odd pair as 64 bits; specification."""
    need_even(cpu, r1)
    return cpu.gr[r1] << 32 | cpu.gr[r1 + 1]


def signed64(x: int) -> int:
    """A 64-bit unsigned value as a signed number."""
    return (x ^ 0x8000000000000000) - 0x8000000000000000


def shift_left_double_logical(cpu: Cpu, r1: int, _: int, amount: int) -> None:
    """SLDL: shift left double logical."""
    shifted = pair(cpu, r1) << (amount & 63)
    cpu.gr[r1] = shifted >> 32 & 0xFFFFFFFF
    cpu.gr[r1 + 1] = shifted & 0xFFFFFFFF


def shift_right_double_logical(cpu: Cpu, r1: int, _: int, amount: int) -> None:
    """SRDL: shift right double logical."""
    shifted = pair(cpu, r1) >> (amount & 63)
    cpu.gr[r1] = shifted >> 32
    cpu.gr[r1 + 1] = shifted & 0xFFFFFFFF


def shift_left_double(cpu: Cpu, r1: int, _: int, amount: int) -> None:
    """SLDA: shift left double; CC 0-3; fixed-point overflow."""
    value = signed64(pair(cpu, r1))
    shifted = value << (amount & 63)
    if shifted < -0x8000000000000000 or shifted > 0x7FFFFFFFFFFFFFFF:
        if cpu.program_mask & 8:
            cpu.trap(FIXED_OVERFLOW)
        cpu.cc = 3
    else:
        cpu.cc = sign_cc(value)
    cpu.gr[r1] = shifted >> 32 & 0x7FFFFFFF | cpu.gr[r1] & 0x80000000
    cpu.gr[r1 + 1] = shifted & 0xFFFFFFFF


def shift_right_double(cpu: Cpu, r1: int, _: int, amount: int) -> None:
    """SRDA: shift right double; CC 0-2."""
    result = signed64(pair(cpu, r1)) >> (amount & 63)
    cpu.cc = sign_cc(result)
    cpu.gr[r1] = result >> 32
    cpu.gr[r1 + 1] = result & 0xFFFFFFFF
