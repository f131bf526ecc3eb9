"""Hexadecimal floating point: formats, loading and storing (Principles of Operation, Floating-Point Instructions).

A number is a sign bit, a characteristic (the exponent of 16 plus 64) of 7 bits, and a fraction of hexadecimal digits::

    short      fraction of  6 digits   32 bits   the left half of a register, whose right half is not changed
    long       fraction of 14 digits   64 bits   a register: 0, 2, 4 or 6
    extended   fraction of 28 digits  128 bits   a pair: 0 and 2, or 4 and 6; the second register has the right half of
                                                 the fraction, with the same sign and the characteristic less 14

Definitions take a number as one integer of 8 + ``bits`` bits: sign, characteristic, fraction.  ``bits`` is the size of
the fraction and names the format: SHORT, LONG or EXTENDED (without sign and characteristic of the second register).  A
true zero has no bit on.

A result is made from sign, characteristic and a fraction with one *guard digit* at its right: ``set_normalized`` shifts
out zeros at the left, then cuts off the guard digit.

exception             the result
==================== ================================================================================
exponent overflow     characteristic 128 too small; always interrupts
exponent underflow    mask on: characteristic 128 too large, interrupts; off: true zero
significance          mask on: zero fraction with the characteristic of the sum, interrupts; off: true zero
==================== ================================================================================

Sums and comparisons are in hexfloat_add.py, products, quotients and halves in hexfloat_multiply.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.s370.interruptions import EXPONENT_OVERFLOW, EXPONENT_UNDERFLOW, SPECIFICATION

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu

SHORT, LONG, EXTENDED = 24, 56, 112
LONG_FRACTION = (1 << 56) - 1
UNDERFLOW_MASK, SIGNIFICANCE_MASK = 2, 1
"""Bits of the program mask."""

# --- operands ---


def need_float(cpu: Cpu, r: int) -> None:
    """Specification exception unless floating-point registers 0, 2, 4, 6 are meant (r: numbers OR'ed)."""
    if r & 9:
        cpu.program_check(SPECIFICATION)


def need_float_pair(cpu: Cpu, r: int) -> None:
    """Specification exception unless floating-point registers 0, 4 are meant (r: numbers OR'ed)."""
    if r & 11:
        cpu.program_check(SPECIFICATION)


def get_short(cpu: Cpu, r: int) -> int:
    """The short number in a register."""
    return cpu.fpr[r] >> 32


def get_extended(cpu: Cpu, r: int) -> int:
    """The extended number in a pair of registers, 120 bits."""
    return cpu.fpr[r] << 56 | cpu.fpr[r + 2] & LONG_FRACTION


# --- results ---


def set_float(cpu: Cpu, r1: int, bits: int, sign: int, characteristic: int, fraction: int) -> None:
    """Put a number into a register or pair; of the characteristic the last 7 bits."""
    left = (sign << 7 | characteristic & 127) << 56
    if bits == SHORT:
        cpu.fpr[r1] = left | fraction << 32 | cpu.fpr[r1] & 0xFFFFFFFF
    elif bits == LONG:
        cpu.fpr[r1] = left | fraction
    else:
        cpu.fpr[r1] = left | fraction >> 56
        cpu.fpr[r1 + 2] = (sign << 7 | characteristic - 14 & 127) << 56 | fraction & LONG_FRACTION


def set_true_zero(cpu: Cpu, r1: int, bits: int) -> None:
    """Put a true zero into a register or pair."""
    if bits == SHORT:
        cpu.fpr[r1] = cpu.fpr[r1] & 0xFFFFFFFF
    else:
        cpu.fpr[r1] = 0
        if bits == EXTENDED:
            cpu.fpr[r1 + 2] = 0


def set_normalized(cpu: Cpu, r1: int, bits: int, sign: int, characteristic: int, fraction: int) -> int:
    """Normalize a fraction with guard digit and put it into a register or pair; exponent overflow and underflow.

    The value is the condition code of a sum: 0 zero, 1 negative, 2 positive.
    """
    condition = 0
    if fraction == 0:
        set_true_zero(cpu, r1, bits)
    else:
        zeros = max(bits + 4 - cpu.bit_length(fraction), 0) >> 2
        fraction = fraction << 4 * zeros & (1 << bits + 4) - 1
        characteristic -= zeros
        if characteristic < 0 and cpu.program_mask & UNDERFLOW_MASK == 0:
            set_true_zero(cpu, r1, bits)
        else:
            if characteristic < 0:
                cpu.trap(EXPONENT_UNDERFLOW)
            if characteristic > 127:
                cpu.trap(EXPONENT_OVERFLOW)
            set_float(cpu, r1, bits, sign, characteristic, fraction >> 4)
            condition = 1 if sign else 2
    return condition


# --- load and store ---


def load_short_register(cpu: Cpu, r1: int, r2: int) -> None:
    """LER: load."""
    need_float(cpu, r1 | r2)
    cpu.fpr[r1] = cpu.fpr[r2] & 0xFFFFFFFF00000000 | cpu.fpr[r1] & 0xFFFFFFFF


def load_short(cpu: Cpu, r1: int, address: int) -> None:
    """LE: load."""
    need_float(cpu, r1)
    cpu.fpr[r1] = cpu.fetch(address, 4) << 32 | cpu.fpr[r1] & 0xFFFFFFFF


def load_long_register(cpu: Cpu, r1: int, r2: int) -> None:
    """LDR: load."""
    need_float(cpu, r1 | r2)
    cpu.fpr[r1] = cpu.fpr[r2]


def load_long(cpu: Cpu, r1: int, address: int) -> None:
    """LD: load."""
    need_float(cpu, r1)
    cpu.fpr[r1] = cpu.fetch(address, 8)


def store_short(cpu: Cpu, r1: int, address: int) -> None:
    """STE: store."""
    need_float(cpu, r1)
    cpu.store(address, 4, cpu.fpr[r1] >> 32)


def store_long(cpu: Cpu, r1: int, address: int) -> None:
    """STD: store."""
    need_float(cpu, r1)
    cpu.store(address, 8, cpu.fpr[r1])


# --- load with another sign, or test ---


def set_signed(cpu: Cpu, r1: int, bits: int, sign: int, number: int) -> None:
    """Load characteristic and fraction of a number with the sign; CC 0 zero fraction, 1 negative, 2 positive."""
    fraction = number & (1 << bits) - 1
    cpu.cc = 0 if fraction == 0 else 1 if sign else 2
    set_float(cpu, r1, bits, sign, number >> bits, fraction)


def load_and_test_short(cpu: Cpu, r1: int, r2: int) -> None:
    """LTER: load and test; CC 0-2."""
    need_float(cpu, r1 | r2)
    set_signed(cpu, r1, SHORT, cpu.fpr[r2] >> 63, get_short(cpu, r2))


def load_and_test_long(cpu: Cpu, r1: int, r2: int) -> None:
    """LTDR: load and test; CC 0-2."""
    need_float(cpu, r1 | r2)
    set_signed(cpu, r1, LONG, cpu.fpr[r2] >> 63, cpu.fpr[r2])


def load_complement_short(cpu: Cpu, r1: int, r2: int) -> None:
    """LCER: load complement; CC 0-2."""
    need_float(cpu, r1 | r2)
    set_signed(cpu, r1, SHORT, cpu.fpr[r2] >> 63 ^ 1, get_short(cpu, r2))


def load_complement_long(cpu: Cpu, r1: int, r2: int) -> None:
    """LCDR: load complement; CC 0-2."""
    need_float(cpu, r1 | r2)
    set_signed(cpu, r1, LONG, cpu.fpr[r2] >> 63 ^ 1, cpu.fpr[r2])


def load_positive_short(cpu: Cpu, r1: int, r2: int) -> None:
    """LPER: load positive; CC 0, 2."""
    need_float(cpu, r1 | r2)
    set_signed(cpu, r1, SHORT, 0, get_short(cpu, r2))


def load_positive_long(cpu: Cpu, r1: int, r2: int) -> None:
    """LPDR: load positive; CC 0, 2."""
    need_float(cpu, r1 | r2)
    set_signed(cpu, r1, LONG, 0, cpu.fpr[r2])


def load_negative_short(cpu: Cpu, r1: int, r2: int) -> None:
    """LNER: load negative; CC 0, 1."""
    need_float(cpu, r1 | r2)
    set_signed(cpu, r1, SHORT, 1, get_short(cpu, r2))


def load_negative_long(cpu: Cpu, r1: int, r2: int) -> None:
    """LNDR: load negative; CC 0, 1."""
    need_float(cpu, r1 | r2)
    set_signed(cpu, r1, LONG, 1, cpu.fpr[r2])


# --- load rounded ---


def set_rounded(cpu: Cpu, r1: int, bits: int, number: int) -> None:
    """Round a number with one bit more than its format has, and load it; exponent overflow."""
    sign = number >> bits + 8
    characteristic = number >> bits + 1 & 127
    fraction = (number & (1 << bits + 1) - 1) + 1 >> 1
    if fraction >> bits:
        fraction >>= 4
        characteristic += 1
        if characteristic > 127:
            cpu.trap(EXPONENT_OVERFLOW)
    set_float(cpu, r1, bits, sign, characteristic, fraction)


def load_rounded_long_to_short(cpu: Cpu, r1: int, r2: int) -> None:
    """LRER: load rounded; exponent overflow."""
    need_float(cpu, r1 | r2)
    set_rounded(cpu, r1, SHORT, cpu.fpr[r2] >> 31)


def load_rounded_extended_to_long(cpu: Cpu, r1: int, r2: int) -> None:
    """LRDR: load rounded; exponent overflow."""
    need_float(cpu, r1)
    need_float_pair(cpu, r2)
    set_rounded(cpu, r1, LONG, cpu.fpr[r2] << 1 | cpu.fpr[r2 + 2] >> 55 & 1)
