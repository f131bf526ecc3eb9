"""Hexadecimal floating-point sums and comparisons (Principles of Operation, Floating-Point Instructions).

The fraction of the operand with the smaller characteristic is shifted right until the characteristics agree; the last
digit shifted out is kept as guard digit, the others are lost.  ``float_sum`` gives sign, characteristic and fraction
with guard digit of this intermediate sum; a carry has been shifted in again.

    normalized     zeros at the left are shifted out, the guard digit first; zero: all digits and the guard digit are
    unnormalized   the guard digit is cut off; zero: all digits are, whatever the guard digit
    compare        as a normalized difference, of which only the condition code is kept

The condition code is 0 zero fraction, 1 negative, 2 positive.  Numbers are as hexfloat.py says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.s370.hexfloat import (
    EXTENDED,
    LONG,
    SHORT,
    SIGNIFICANCE_MASK,
    get_extended,
    get_short,
    need_float,
    need_float_pair,
    set_float,
    set_normalized,
    set_true_zero,
)
from vm370.cp.s370.interruptions import EXPONENT_OVERFLOW, SIGNIFICANCE

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu

SHORT_SIGN, LONG_SIGN, EXTENDED_SIGN = 1 << 31, 1 << 63, 1 << 119

# --- sums ---


def float_sum(bits: int, x: int, y: int) -> tuple[int, int, int]:
    """(sign, characteristic, fraction with guard digit) of the intermediate sum; sign 0 if the fraction is zero."""
    xc, xf = x >> bits & 127, (x & (1 << bits) - 1) << 4
    yc, yf = y >> bits & 127, (y & (1 << bits) - 1) << 4
    characteristic = max(xc, yc)
    xf >>= min(4 * abs(characteristic - xc), bits + 4)
    yf >>= min(4 * abs(characteristic - yc), bits + 4)
    total = (-xf if x >> bits + 7 else xf) + (-yf if y >> bits + 7 else yf)
    sign = 1 if total < 0 else 0
    total = abs(total)
    if total >> bits + 4:
        total >>= 4
        characteristic += 1
    return sign, characteristic, total


def set_zero_sum(cpu: Cpu, r1: int, bits: int, characteristic: int) -> None:
    """A sum with a zero fraction: CC 0; significance."""
    cpu.cc = 0
    if cpu.program_mask & SIGNIFICANCE_MASK:
        cpu.trap(SIGNIFICANCE)
        set_float(cpu, r1, bits, 0, characteristic, 0)
    else:
        set_true_zero(cpu, r1, bits)


def add_normalized(cpu: Cpu, r1: int, bits: int, x: int, y: int) -> None:
    """Normalized sum: CC 0-2; exponent overflow, exponent underflow, significance."""
    sign, characteristic, fraction = float_sum(bits, x, y)
    if fraction == 0:
        set_zero_sum(cpu, r1, bits, characteristic)
    else:
        cpu.cc = set_normalized(cpu, r1, bits, sign, characteristic, fraction)


def add_unnormalized(cpu: Cpu, r1: int, bits: int, x: int, y: int) -> None:
    """Unnormalized sum: CC 0-2; exponent overflow, significance."""
    sign, characteristic, fraction = float_sum(bits, x, y)
    if fraction >> 4 == 0:
        set_zero_sum(cpu, r1, bits, characteristic)
    else:
        if characteristic > 127:
            cpu.trap(EXPONENT_OVERFLOW)
        cpu.cc = 1 if sign else 2
        set_float(cpu, r1, bits, sign, characteristic, fraction >> 4)


def compare_floats(cpu: Cpu, bits: int, x: int, y: int) -> None:
    """Comparison: CC 0 equal, 1 first low, 2 first high."""
    sign, _, fraction = float_sum(bits, x, y ^ 1 << bits + 7)
    cpu.cc = 0 if fraction == 0 else 1 if sign else 2


# --- add ---


def add_normalized_short_register(cpu: Cpu, r1: int, r2: int) -> None:
    """AER: add normalized; CC 0-2; exponent overflow, exponent underflow, significance."""
    need_float(cpu, r1 | r2)
    add_normalized(cpu, r1, SHORT, get_short(cpu, r1), get_short(cpu, r2))


def add_normalized_short(cpu: Cpu, r1: int, address: int) -> None:
    """AE: add normalized; CC 0-2; exponent overflow, exponent underflow, significance."""
    need_float(cpu, r1)
    add_normalized(cpu, r1, SHORT, get_short(cpu, r1), cpu.fetch(address, 4))


def add_normalized_long_register(cpu: Cpu, r1: int, r2: int) -> None:
    """ADR: add normalized; CC 0-2; exponent overflow, exponent underflow, significance."""
    need_float(cpu, r1 | r2)
    add_normalized(cpu, r1, LONG, cpu.fpr[r1], cpu.fpr[r2])


def add_normalized_long(cpu: Cpu, r1: int, address: int) -> None:
    """AD: add normalized; CC 0-2; exponent overflow, exponent underflow, significance."""
    need_float(cpu, r1)
    add_normalized(cpu, r1, LONG, cpu.fpr[r1], cpu.fetch(address, 8))


def add_normalized_extended_register(cpu: Cpu, r1: int, r2: int) -> None:
    """AXR: add normalized; CC 0-2; exponent overflow, exponent underflow, significance."""
    need_float_pair(cpu, r1 | r2)
    add_normalized(cpu, r1, EXTENDED, get_extended(cpu, r1), get_extended(cpu, r2))


def add_unnormalized_short_register(cpu: Cpu, r1: int, r2: int) -> None:
    """AUR: add unnormalized; CC 0-2; exponent overflow, significance."""
    need_float(cpu, r1 | r2)
    add_unnormalized(cpu, r1, SHORT, get_short(cpu, r1), get_short(cpu, r2))


def add_unnormalized_short(cpu: Cpu, r1: int, address: int) -> None:
    """AU: add unnormalized; CC 0-2; exponent overflow, significance."""
    need_float(cpu, r1)
    add_unnormalized(cpu, r1, SHORT, get_short(cpu, r1), cpu.fetch(address, 4))


def add_unnormalized_long_register(cpu: Cpu, r1: int, r2: int) -> None:
    """AWR: add unnormalized; CC 0-2; exponent overflow, significance."""
    need_float(cpu, r1 | r2)
    add_unnormalized(cpu, r1, LONG, cpu.fpr[r1], cpu.fpr[r2])


def add_unnormalized_long(cpu: Cpu, r1: int, address: int) -> None:
    """AW: add unnormalized; CC 0-2; exponent overflow, significance."""
    need_float(cpu, r1)
    add_unnormalized(cpu, r1, LONG, cpu.fpr[r1], cpu.fetch(address, 8))


# --- subtract: the sum with the second operand's sign inverted ---


def subtract_normalized_short_register(cpu: Cpu, r1: int, r2: int) -> None:
    """SER: subtract normalized; CC 0-2; exponent overflow, exponent underflow, significance."""
    need_float(cpu, r1 | r2)
    add_normalized(cpu, r1, SHORT, get_short(cpu, r1), get_short(cpu, r2) ^ SHORT_SIGN)


def subtract_normalized_short(cpu: Cpu, r1: int, address: int) -> None:
    """SE: subtract normalized; CC 0-2; exponent overflow, exponent underflow, significance."""
    need_float(cpu, r1)
    add_normalized(cpu, r1, SHORT, get_short(cpu, r1), cpu.fetch(address, 4) ^ SHORT_SIGN)


def subtract_normalized_long_register(cpu: Cpu, r1: int, r2: int) -> None:
    """SDR: subtract normalized; CC 0-2; exponent overflow, exponent underflow, significance."""
    need_float(cpu, r1 | r2)
    add_normalized(cpu, r1, LONG, cpu.fpr[r1], cpu.fpr[r2] ^ LONG_SIGN)


def subtract_normalized_long(cpu: Cpu, r1: int, address: int) -> None:
    """SD: subtract normalized; CC 0-2; exponent overflow, exponent underflow, significance."""
    need_float(cpu, r1)
    add_normalized(cpu, r1, LONG, cpu.fpr[r1], cpu.fetch(address, 8) ^ LONG_SIGN)


def subtract_normalized_extended_register(cpu: Cpu, r1: int, r2: int) -> None:
    """SXR: subtract normalized; CC 0-2; exponent overflow, exponent underflow, significance."""
    need_float_pair(cpu, r1 | r2)
    add_normalized(cpu, r1, EXTENDED, get_extended(cpu, r1), get_extended(cpu, r2) ^ EXTENDED_SIGN)


def subtract_unnormalized_short_register(cpu: Cpu, r1: int, r2: int) -> None:
    """SUR: subtract unnormalized; CC 0-2; exponent overflow, significance."""
    need_float(cpu, r1 | r2)
    add_unnormalized(cpu, r1, SHORT, get_short(cpu, r1), get_short(cpu, r2) ^ SHORT_SIGN)


def subtract_unnormalized_short(cpu: Cpu, r1: int, address: int) -> None:
    """SU: subtract unnormalized; CC 0-2; exponent overflow, significance."""
    need_float(cpu, r1)
    add_unnormalized(cpu, r1, SHORT, get_short(cpu, r1), cpu.fetch(address, 4) ^ SHORT_SIGN)


def subtract_unnormalized_long_register(cpu: Cpu, r1: int, r2: int) -> None:
    """SWR: subtract unnormalized; CC 0-2; exponent overflow, significance."""
    need_float(cpu, r1 | r2)
    add_unnormalized(cpu, r1, LONG, cpu.fpr[r1], cpu.fpr[r2] ^ LONG_SIGN)


def subtract_unnormalized_long(cpu: Cpu, r1: int, address: int) -> None:
    """SW: subtract unnormalized; CC 0-2; exponent overflow, significance."""
    need_float(cpu, r1)
    add_unnormalized(cpu, r1, LONG, cpu.fpr[r1], cpu.fetch(address, 8) ^ LONG_SIGN)


# --- compare ---


def compare_short_register(cpu: Cpu, r1: int, r2: int) -> None:
    """CER: compare; CC 0-2."""
    need_float(cpu, r1 | r2)
    compare_floats(cpu, SHORT, get_short(cpu, r1), get_short(cpu, r2))


def compare_short(cpu: Cpu, r1: int, address: int) -> None:
    """CE: compare; CC 0-2."""
    need_float(cpu, r1)
    compare_floats(cpu, SHORT, get_short(cpu, r1), cpu.fetch(address, 4))


def compare_long_register(cpu: Cpu, r1: int, r2: int) -> None:
    """CDR: compare; CC 0-2."""
    need_float(cpu, r1 | r2)
    compare_floats(cpu, LONG, cpu.fpr[r1], cpu.fpr[r2])


def compare_long(cpu: Cpu, r1: int, address: int) -> None:
    """CD: compare; CC 0-2."""
    need_float(cpu, r1)
    compare_floats(cpu, LONG, cpu.fpr[r1], cpu.fetch(address, 8))
