"""Decimal arithmetic on packed fields (Principles of Operation, Decimal Instructions).

A field of 1-16 bytes holds 1-31 digits and, in its last half byte, the sign: A C E F plus, B D minus; results have C or
D.  Digits are kept as they stand, four bits each, in one integer of 124 bits (a magnitude), and never converted to
binary.  EDIT, PACK and the conversions are in conversion.py.

Condition code of a sum: 0 zero, 1 negative, 2 positive, 3 overflow.  A zero result is positive, except that of an
overflow, which has the sign that the result had before its left digits were lost; products, quotients and remainders
follow the rules of algebra, zeros too.

Which exception is seen first is open in the architecture where there are several; here the first operand is fetched and
checked, then the second, and whether the result can be stored is looked at last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.s370.interruptions import DATA, DECIMAL_DIVIDE, DECIMAL_OVERFLOW, SPECIFICATION
from vm370.cp.s370.values import compare_cc

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu

MAGNITUDE = (1 << 124) - 1
SIXES = 0x06666666666666666666666666666666
CARRIES = 0x11111111111111111111111111111110
"""Where the carry out of each of 31 digits arrives, or from where a borrow comes."""


def bcd_add(a: int, b: int) -> int:
    """Sum of two magnitudes, with the carry out of the 31st digit."""
    raised = a + SIXES
    total = raised + b
    no_carry = ~(total ^ raised ^ b) & CARRIES
    return total - (no_carry >> 2 | no_carry >> 3)


def bcd_subtract(a: int, b: int) -> int:
    """Difference of two magnitudes, of which the first is not smaller."""
    total = max(a - b, 0)
    borrow = (total ^ a ^ b) & CARRIES
    return max(total - (borrow >> 2 | borrow >> 3), 0)


def packed(cpu: Cpu, address: int, length: int) -> tuple[int, int]:
    """(1 if negative, magnitude) of a field; access, data exceptions."""
    field = cpu.fetch(address, length)
    sign = field & 15
    digits = field >> 4
    if sign < 10 or ((digits + SIXES) ^ digits ^ SIXES) & CARRIES:
        cpu.program_check(DATA)
    return 1 if sign == 11 or sign == 13 else 0, digits


def set_packed(cpu: Cpu, address: int, length: int, negative: int, digits: int, lost: int) -> None:
    """Store a sum; CC; decimal overflow if it is too long, or digits were ``lost`` already."""
    cpu.check_store(address, length)
    kept = digits & (1 << 8 * length - 4) - 1
    if lost or kept != digits:
        if cpu.program_mask & 4:
            cpu.trap(DECIMAL_OVERFLOW)
        cpu.cc = 3
    else:
        cpu.cc = 0 if kept == 0 else 1 if negative else 2
        if kept == 0:
            negative = 0
    cpu.put(address, length, kept << 4 | 12 + negative)


def set_packed_sum(cpu: Cpu, length: int, address: int, sign1: int, digits1: int, sign2: int, digits2: int) -> None:
    """Store the sum of two numbers."""
    if sign1 == sign2:
        sign, digits = sign1, bcd_add(digits1, digits2)
    elif digits1 >= digits2:
        sign, digits = sign1, bcd_subtract(digits1, digits2)
    else:
        sign, digits = sign2, bcd_subtract(digits2, digits1)
    set_packed(cpu, address, length, sign, digits, 0)


# --- add, subtract, compare ---


def add_decimal(cpu: Cpu, l1: int, l2: int, a1: int, a2: int) -> None:
    """AP: CC 0-3; data, decimal overflow."""
    sign1, digits1 = packed(cpu, a1, l1)
    sign2, digits2 = packed(cpu, a2, l2)
    set_packed_sum(cpu, l1, a1, sign1, digits1, sign2, digits2)


def subtract_decimal(cpu: Cpu, l1: int, l2: int, a1: int, a2: int) -> None:
    """SP: CC 0-3; data, decimal overflow."""
    sign1, digits1 = packed(cpu, a1, l1)
    sign2, digits2 = packed(cpu, a2, l2)
    set_packed_sum(cpu, l1, a1, sign1, digits1, 1 - sign2, digits2)


def zero_and_add(cpu: Cpu, l1: int, l2: int, a1: int, a2: int) -> None:
    """ZAP: CC 0-3; data, decimal overflow."""
    sign, digits = packed(cpu, a2, l2)
    set_packed(cpu, a1, l1, sign, digits, 0)


def compare_decimal(cpu: Cpu, l1: int, l2: int, a1: int, a2: int) -> None:
    """CP: CC 0-2; data; zeros are equal whatever their signs."""
    sign1, digits1 = packed(cpu, a1, l1)
    sign2, digits2 = packed(cpu, a2, l2)
    if sign1 == sign2 or (digits1 | digits2) == 0:
        order = compare_cc(digits1, digits2)
        cpu.cc = order if sign1 == 0 or order == 0 else 3 - order
    else:
        cpu.cc = 1 if sign1 else 2


# --- multiply and divide ---


def multiply_decimal(cpu: Cpu, l1: int, l2: int, a1: int, a2: int) -> None:
    """MP: specification; data, also if the multiplicand has fewer bytes of zeros at its left than the multiplier."""
    if l2 > 8 or l2 >= l1:
        cpu.program_check(SPECIFICATION)
    sign1, digits1 = packed(cpu, a1, l1)
    sign2, digits2 = packed(cpu, a2, l2)
    if digits1 >> max(8 * (l1 - l2) - 4, 0):
        cpu.program_check(DATA)
    cpu.check_store(a1, l1)
    product = 0
    for i in range(2 * l2 - 1):
        product = product << 4 & MAGNITUDE
        for _ in range(digits2 >> 4 * max(2 * l2 - 2 - i, 0) & 15):
            product = bcd_add(product, digits1) & MAGNITUDE
    cpu.put(a1, l1, product << 4 | 12 + (sign1 ^ sign2))


def divide_decimal(cpu: Cpu, l1: int, l2: int, a1: int, a2: int) -> None:
    """DP: quotient, then the remainder in the last l2 bytes; specification, data, decimal divide."""
    if l2 > 8 or l2 >= l1:
        cpu.program_check(SPECIFICATION)
    sign1, digits1 = packed(cpu, a1, l1)
    sign2, divisor = packed(cpu, a2, l2)
    if divisor == 0:
        cpu.program_check(DECIMAL_DIVIDE)
    quotient, rest = 0, 0
    for i in range(2 * l1 - 1):
        rest = (rest << 4 | digits1 >> 4 * max(2 * l1 - 2 - i, 0) & 15) & 0xFFFFFFFFFFFFFFFF
        digit = 0
        while rest >= divisor:
            rest = bcd_subtract(rest, divisor)
            digit += 1
        quotient = (quotient << 4 | digit) & MAGNITUDE
    if quotient >> max(8 * (l1 - l2) - 4, 0):
        cpu.program_check(DECIMAL_DIVIDE)
    cpu.check_store(a1, l1)
    cpu.put(a1, l1 - l2, quotient << 4 | 12 + (sign1 ^ sign2))
    cpu.put(a1 + l1 - l2 & 0xFFFFFF, l2, rest << 4 | 12 + sign1)


# --- shift ---


def shift_and_round_decimal(cpu: Cpu, l1: int, rounding: int, a1: int, amount: int) -> None:
    """SRP: left by 0-31 digits, or right by 1-32 after the rounding digit is added; CC 0-3; data, decimal overflow."""
    sign, digits = packed(cpu, a1, l1)
    if rounding > 9:
        cpu.program_check(DATA)
    lost = 0
    if amount & 32:
        digits = bcd_add(digits >> 4 * (31 - (amount & 31)), rounding) >> 4
    else:
        for _ in range(amount & 31):
            lost |= digits >> 120
            digits = digits << 4 & MAGNITUDE
    set_packed(cpu, a1, l1, sign, digits, lost)
