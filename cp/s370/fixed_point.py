"""Fixed-point instructions: load, store, add, subtract, compare, multiply, divide (Principles of Operation, General
Instructions).

Operands in storage need no alignment (System/370 byte-oriented operands).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.s370.interruptions import FIXED_DIVIDE
from vm370.cp.s370.values import compare_cc, need_even, set_sum, sign_cc, signed16, signed32

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu

# --- load and store ---


def load_register(cpu: Cpu, r1: int, r2: int) -> None:
    """LR: load."""
    cpu.gr[r1] = cpu.gr[r2]


def load(cpu: Cpu, r1: int, address: int) -> None:
    """L: load."""
    cpu.gr[r1] = cpu.fetch(address, 4)


def load_halfword(cpu: Cpu, r1: int, address: int) -> None:
    """LH: load halfword, sign extended."""
    cpu.gr[r1] = signed16(cpu.fetch(address, 2))


def load_address(cpu: Cpu, r1: int, address: int) -> None:
    """LA: load address."""
    cpu.gr[r1] = address


def load_and_test(cpu: Cpu, r1: int, r2: int) -> None:
    """LTR: load and test; CC 0-2."""
    cpu.cc = sign_cc(signed32(cpu.gr[r2]))
    cpu.gr[r1] = cpu.gr[r2]


def load_complement(cpu: Cpu, r1: int, r2: int) -> None:
    """LCR: load complement; CC 0-3; fixed-point overflow."""
    set_sum(cpu, r1, -signed32(cpu.gr[r2]))


def load_positive(cpu: Cpu, r1: int, r2: int) -> None:
    """LPR: load positive; CC 0, 2, 3; fixed-point overflow."""
    set_sum(cpu, r1, abs(signed32(cpu.gr[r2])))


def load_negative(cpu: Cpu, r1: int, r2: int) -> None:
    """LNR: load negative; CC 0, 1."""
    set_sum(cpu, r1, -abs(signed32(cpu.gr[r2])))


def load_multiple(cpu: Cpu, r1: int, r3: int, address: int) -> None:
    """LM: load fullwords into r1 through r3, wrapping after 15."""
    count = (r3 - r1 & 15) + 1
    cpu.check_fetch(address, 4 * count)
    for i in range(count):
        cpu.gr[r1 + i & 15] = cpu.get(address + 4 * i & 0xFFFFFF, 4)


def store(cpu: Cpu, r1: int, address: int) -> None:
    """ST: store."""
    cpu.store(address, 4, cpu.gr[r1])


def store_halfword(cpu: Cpu, r1: int, address: int) -> None:
    """STH: store halfword."""
    cpu.store(address, 2, cpu.gr[r1] & 0xFFFF)


def store_multiple(cpu: Cpu, r1: int, r3: int, address: int) -> None:
    """STM: store r1 through r3, wrapping after 15."""
    count = (r3 - r1 & 15) + 1
    cpu.check_store(address, 4 * count)
    for i in range(count):
        cpu.put(address + 4 * i & 0xFFFFFF, 4, cpu.gr[r1 + i & 15])


# --- add and subtract ---


def add_register(cpu: Cpu, r1: int, r2: int) -> None:
    """AR: add; CC 0-3; fixed-point overflow."""
    set_sum(cpu, r1, signed32(cpu.gr[r1]) + signed32(cpu.gr[r2]))


def add(cpu: Cpu, r1: int, address: int) -> None:
    """A: add; CC 0-3; fixed-point overflow."""
    set_sum(cpu, r1, signed32(cpu.gr[r1]) + signed32(cpu.fetch(address, 4)))


def add_halfword(cpu: Cpu, r1: int, address: int) -> None:
    """AH: add halfword; CC 0-3; fixed-point overflow."""
    set_sum(cpu, r1, signed32(cpu.gr[r1]) + signed16(cpu.fetch(address, 2)))


def subtract_register(cpu: Cpu, r1: int, r2: int) -> None:
    """SR: subtract; CC 0-3; fixed-point overflow."""
    set_sum(cpu, r1, signed32(cpu.gr[r1]) - signed32(cpu.gr[r2]))


def subtract(cpu: Cpu, r1: int, address: int) -> None:
    """S: subtract; CC 0-3; fixed-point overflow."""
    set_sum(cpu, r1, signed32(cpu.gr[r1]) - signed32(cpu.fetch(address, 4)))


def subtract_halfword(cpu: Cpu, r1: int, address: int) -> None:
    """SH: subtract halfword; CC 0-3; fixed-point overflow."""
    set_sum(cpu, r1, signed32(cpu.gr[r1]) - signed16(cpu.fetch(address, 2)))


def set_logical_sum(cpu: Cpu, r1: int, total: int) -> None:
    """Result of a logical addition: CC bit 1 carry, bit 0 not zero."""
    cpu.cc = (2 if total >> 32 else 0) + (1 if total & 0xFFFFFFFF else 0)
    cpu.gr[r1] = total


def add_logical_register(cpu: Cpu, r1: int, r2: int) -> None:
    """ALR: add logical; CC 0-3."""
    set_logical_sum(cpu, r1, cpu.gr[r1] + cpu.gr[r2])


def add_logical(cpu: Cpu, r1: int, address: int) -> None:
    """AL: add logical; CC 0-3."""
    set_logical_sum(cpu, r1, cpu.gr[r1] + cpu.fetch(address, 4))


def subtract_logical_register(cpu: Cpu, r1: int, r2: int) -> None:
    """SLR: subtract logical; CC 1-3."""
    set_logical_sum(cpu, r1, cpu.gr[r1] + (cpu.gr[r2] ^ 0xFFFFFFFF) + 1)


def subtract_logical(cpu: Cpu, r1: int, address: int) -> None:
    """SL: subtract logical; CC 1-3."""
    set_logical_sum(cpu, r1, cpu.gr[r1] + (cpu.fetch(address, 4) ^ 0xFFFFFFFF) + 1)


# --- compare ---


def compare_register(cpu: Cpu, r1: int, r2: int) -> None:
    """CR: compare; CC 0-2."""
    cpu.cc = compare_cc(signed32(cpu.gr[r1]), signed32(cpu.gr[r2]))


def compare(cpu: Cpu, r1: int, address: int) -> None:
    """C: compare; CC 0-2."""
    cpu.cc = compare_cc(signed32(cpu.gr[r1]), signed32(cpu.fetch(address, 4)))


def compare_halfword(cpu: Cpu, r1: int, address: int) -> None:
    """CH: compare halfword; CC 0-2."""
    cpu.cc = compare_cc(signed32(cpu.gr[r1]), signed16(cpu.fetch(address, 2)))


# --- multiply and divide ---


def multiply_pair(cpu: Cpu, r1: int, multiplier: int) -> None:
    """64-bit product of the odd register of a pair and the multiplier."""
    product = signed32(cpu.gr[r1 + 1]) * multiplier
    cpu.gr[r1] = product >> 32
    cpu.gr[r1 + 1] = product


def multiply_register(cpu: Cpu, r1: int, r2: int) -> None:
    """MR: multiply; product in an even-odd pair."""
    need_even(cpu, r1)
    multiply_pair(cpu, r1, signed32(cpu.gr[r2]))


def multiply(cpu: Cpu, r1: int, address: int) -> None:
    """M: multiply; product in an even-odd pair."""
    need_even(cpu, r1)
    multiply_pair(cpu, r1, signed32(cpu.fetch(address, 4)))


def multiply_halfword(cpu: Cpu, r1: int, address: int) -> None:
    """MH: multiply halfword; the low 32 bits of the product."""
    cpu.gr[r1] = signed32(cpu.gr[r1]) * signed16(cpu.fetch(address, 2))


def divide_pair(cpu: Cpu, r1: int, divisor: int) -> None:
    """Remainder and quotient in an even-odd pair; fixed-point divide."""
    dividend = signed32(cpu.gr[r1]) << 32 | cpu.gr[r1 + 1]
    if divisor == 0:
        cpu.program_check(FIXED_DIVIDE)
    quotient = abs(dividend) // abs(divisor)
    remainder = abs(dividend) % abs(divisor)
    if (dividend < 0) != (divisor < 0):
        quotient = -quotient
    if dividend < 0:
        remainder = -remainder
    if quotient < -0x80000000 or quotient > 0x7FFFFFFF:
        cpu.program_check(FIXED_DIVIDE)
    cpu.gr[r1] = remainder
    cpu.gr[r1 + 1] = quotient


def divide_register(cpu: Cpu, r1: int, r2: int) -> None:
    """DR: divide; fixed-point divide."""
    need_even(cpu, r1)
    divide_pair(cpu, r1, signed32(cpu.gr[r2]))


def divide(cpu: Cpu, r1: int, address: int) -> None:
    """D: divide; fixed-point divide."""
    need_even(cpu, r1)
    divide_pair(cpu, r1, signed32(cpu.fetch(address, 4)))
