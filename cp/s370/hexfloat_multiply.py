"""Hexadecimal floating-point products, quotients and halves (Principles of Operation, Floating-Point Instructions).

Both operands are normalized before; an operand with a zero fraction makes a product, or a quotient whose dividend it
is, a true zero.  Digits beyond the result's format are cut off, never rounded.  The condition code stays.  Numbers are
as hexfloat.py says::

    instruction    operands        product
    MER ME         short           long, of which the last two digits are zero
    MDR MD         long            long
    MXDR MXD       long            extended
    MXR            extended        extended
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.s370.hexfloat import (
    EXTENDED,
    LONG,
    LONG_FRACTION,
    SHORT,
    get_extended,
    get_short,
    need_float,
    need_float_pair,
    set_normalized,
)
from vm370.cp.s370.interruptions import FLOAT_DIVIDE

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu


def normalized(cpu: Cpu, bits: int, number: int) -> tuple[int, int]:
    """(characteristic, fraction) without zeros at the left; the characteristic may become negative."""
    fraction = number & (1 << bits) - 1
    zeros = bits - cpu.bit_length(fraction) >> 2
    return (number >> bits & 127) - zeros, fraction << 4 * zeros & (1 << bits) - 1


# --- multiply ---


def extended_product(x: int, y: int) -> int:
    """The left 116 of the 224 bits of the product of two fractions of 112 bits: by halves."""
    xl, yl = x & LONG_FRACTION, y & LONG_FRACTION
    x >>= 56
    y >>= 56
    middle = x * yl + xl * y + (xl * yl >> 56)
    return (x * y << 4) + (middle >> 52)


def multiply_short(cpu: Cpu, r1: int, x: int, y: int) -> None:
    """Long product of short numbers; exponent overflow, exponent underflow."""
    xc, xf = normalized(cpu, SHORT, x)
    yc, yf = normalized(cpu, SHORT, y)
    set_normalized(cpu, r1, LONG, (x ^ y) >> 31, xc + yc - 64, xf * yf << 12)


def multiply_long_numbers(cpu: Cpu, r1: int, x: int, y: int) -> None:
    """Long product of long numbers; exponent overflow, exponent underflow."""
    xc, xf = normalized(cpu, LONG, x)
    yc, yf = normalized(cpu, LONG, y)
    set_normalized(cpu, r1, LONG, (x ^ y) >> 63, xc + yc - 64, xf * yf >> 52)


def multiply_long_numbers_to_extended(cpu: Cpu, r1: int, x: int, y: int) -> None:
    """Extended product of long numbers; exponent overflow, exponent underflow."""
    xc, xf = normalized(cpu, LONG, x)
    yc, yf = normalized(cpu, LONG, y)
    set_normalized(cpu, r1, EXTENDED, (x ^ y) >> 63, xc + yc - 64, xf * yf << 4)


def multiply_short_to_long_register(cpu: Cpu, r1: int, r2: int) -> None:
    """MER: multiply; exponent overflow, exponent underflow."""
    need_float(cpu, r1 | r2)
    multiply_short(cpu, r1, get_short(cpu, r1), get_short(cpu, r2))


def multiply_short_to_long(cpu: Cpu, r1: int, address: int) -> None:
    """ME: multiply; exponent overflow, exponent underflow."""
    need_float(cpu, r1)
    multiply_short(cpu, r1, get_short(cpu, r1), cpu.fetch(address, 4))


def multiply_long_register(cpu: Cpu, r1: int, r2: int) -> None:
    """MDR: multiply; exponent overflow, exponent underflow."""
    need_float(cpu, r1 | r2)
    multiply_long_numbers(cpu, r1, cpu.fpr[r1], cpu.fpr[r2])


def multiply_long(cpu: Cpu, r1: int, address: int) -> None:
    """MD: multiply; exponent overflow, exponent underflow."""
    need_float(cpu, r1)
    multiply_long_numbers(cpu, r1, cpu.fpr[r1], cpu.fetch(address, 8))


def multiply_long_to_extended_register(cpu: Cpu, r1: int, r2: int) -> None:
    """MXDR: multiply; exponent overflow, exponent underflow."""
    need_float_pair(cpu, r1)
    need_float(cpu, r2)
    multiply_long_numbers_to_extended(cpu, r1, cpu.fpr[r1], cpu.fpr[r2])


def multiply_long_to_extended(cpu: Cpu, r1: int, address: int) -> None:
    """MXD: multiply; exponent overflow, exponent underflow."""
    need_float_pair(cpu, r1)
    multiply_long_numbers_to_extended(cpu, r1, cpu.fpr[r1], cpu.fetch(address, 8))


def multiply_extended_register(cpu: Cpu, r1: int, r2: int) -> None:
    """MXR: multiply; exponent overflow, exponent underflow."""
    need_float_pair(cpu, r1 | r2)
    x, y = get_extended(cpu, r1), get_extended(cpu, r2)
    xc, xf = normalized(cpu, EXTENDED, x)
    yc, yf = normalized(cpu, EXTENDED, y)
    set_normalized(cpu, r1, EXTENDED, (x ^ y) >> 119, xc + yc - 64, extended_product(xf, yf))


# --- divide ---


def divide_floats(cpu: Cpu, r1: int, bits: int, x: int, y: int) -> None:
    """Quotient, digit by digit; exponent overflow, exponent underflow, floating-point divide."""
    xc, rest = normalized(cpu, bits, x)
    yc, divisor = normalized(cpu, bits, y)
    if divisor == 0:
        cpu.program_check(FLOAT_DIVIDE)
    quotient = rest // divisor
    for _ in range(bits >> 2):
        rest = rest % divisor << 4
        quotient = (quotient << 4 | rest // divisor) & (1 << bits + 4) - 1
    set_normalized(cpu, r1, bits, (x ^ y) >> bits + 7, xc - yc + 65, quotient)


def divide_short_register(cpu: Cpu, r1: int, r2: int) -> None:
    """DER: divide; exponent overflow, exponent underflow, floating-point divide."""
    need_float(cpu, r1 | r2)
    divide_floats(cpu, r1, SHORT, get_short(cpu, r1), get_short(cpu, r2))


def divide_short(cpu: Cpu, r1: int, address: int) -> None:
    """DE: divide; exponent overflow, exponent underflow, floating-point divide."""
    need_float(cpu, r1)
    divide_floats(cpu, r1, SHORT, get_short(cpu, r1), cpu.fetch(address, 4))


def divide_long_register(cpu: Cpu, r1: int, r2: int) -> None:
    """DDR: divide; exponent overflow, exponent underflow, floating-point divide."""
    need_float(cpu, r1 | r2)
    divide_floats(cpu, r1, LONG, cpu.fpr[r1], cpu.fpr[r2])


def divide_long(cpu: Cpu, r1: int, address: int) -> None:
    """DD: divide; exponent overflow, exponent underflow, floating-point divide."""
    need_float(cpu, r1)
    divide_floats(cpu, r1, LONG, cpu.fpr[r1], cpu.fetch(address, 8))


# --- halve: the bit that is shifted out goes to the guard digit ---


def halve_float(cpu: Cpu, r1: int, bits: int, number: int) -> None:
    """Half of a number; exponent underflow."""
    fraction = (number & (1 << bits) - 1) << 3
    set_normalized(cpu, r1, bits, number >> bits + 7, number >> bits & 127, fraction)


def halve_short(cpu: Cpu, r1: int, r2: int) -> None:
    """HER: halve; exponent underflow."""
    need_float(cpu, r1 | r2)
    halve_float(cpu, r1, SHORT, get_short(cpu, r2))


def halve_long(cpu: Cpu, r1: int, r2: int) -> None:
    """HDR: halve; exponent underflow."""
    need_float(cpu, r1 | r2)
    halve_float(cpu, r1, LONG, cpu.fpr[r2])
