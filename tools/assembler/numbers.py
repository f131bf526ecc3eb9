"""Numbers of DC constants: fixed point, hexadecimal floating point, packed and zoned decimal.

packed   d d | d d | ... | d s     sign s: C plus, D minus
zoned    F d | F d | ... | s d
float    sign 1 | characteristic 7 (excess 64, power of 16) | fraction 24 or 56 bits
extended two long numbers; the second one's characteristic is 14 less
"""

from __future__ import annotations

import re
from fractions import Fraction

from vm370.tools.assembler.messages import CONSTANT_BAD, CONSTANT_RANGE, StatementError

_DECIMAL = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:E([+-]?[0-9]{1,3}))?")
_DIGITS = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?")


def decimal_value(text: str, kind: str, exponent: int = 0) -> Fraction:
    """A decimal number with optional sign, point and exponent."""
    match = _DECIMAL.fullmatch(text.strip())
    if match is None or not (match[2] or match[3]):
        raise StatementError(CONSTANT_BAD, what=kind, found=repr(text), expected="a decimal number", at=text)
    digits = match[2] + (match[3] or "")
    power = int(match[4] or 0) + exponent - len(match[3] or "")
    if abs(power) > 1000 or len(digits) > 1000:
        raise StatementError(CONSTANT_BAD, what=kind, found=repr(text), expected="an exponent within 85", at=text)
    value = int(digits) * Fraction(10) ** power
    return -value if match[1] == "-" else value


def round_half_up(value: Fraction) -> int:
    """To the nearest integer; a half goes away from zero."""
    magnitude = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return -magnitude if value < 0 else magnitude


def fixed(text: str, bits: int, kind: str, scale: int = 0, exponent: int = 0) -> int:
    """A fixed-point constant as a number of ``bits`` bits (without sign)."""
    number = round_half_up(decimal_value(text, kind, exponent) * Fraction(2) ** scale)
    if not -(1 << bits - 1) <= number < 1 << bits - 1:
        raise StatementError(CONSTANT_RANGE, found=repr(text), expected=f"{bits} bits with sign", at=text)
    return number & (1 << bits) - 1


def floating(text: str, length: int, kind: str, scale: int = 0, exponent: int = 0) -> bytes:
    """A hexadecimal floating-point constant of ``length`` bytes, rounded in the last digit."""
    value = decimal_value(text, kind, exponent)
    sign = 0x80 if value < 0 else 0
    value = abs(value)
    extended = length > 8
    digits = (length - 2 if extended else length - 1) * 2
    power = 0
    if value:
        power = (value.numerator.bit_length() - value.denominator.bit_length()) // 4
        while value >= Fraction(16) ** power:
            power += 1
        while value < Fraction(16) ** (power - 1):
            power -= 1
        power += scale
        fraction = round_half_up(value * Fraction(16) ** (digits - power))
        if fraction >> 4 * digits:
            fraction >>= 4
            power += 1
        if not 0 <= power + 64 <= 127:
            raise StatementError(CONSTANT_RANGE, found=repr(text), expected="a characteristic of 0 to 127", at=text)
    else:
        return bytes(length)
    if not extended:
        return bytes([sign | power + 64]) + fraction.to_bytes(length - 1, "big")
    data = fraction.to_bytes(length - 2, "big")
    return bytes([sign | power + 64]) + data[:7] + bytes([sign | (power + 50) % 128]) + data[7:]


def decimal_digits(text: str, kind: str) -> tuple[str, bool]:
    """Digits of a packed or zoned constant (the point has no effect), and whether it is negative."""
    match = _DIGITS.fullmatch(text.strip())
    if match is None or not (match[2] or match[3]):
        raise StatementError(CONSTANT_BAD, what=kind, found=repr(text), expected="decimal digits", at=text)
    return match[2] + (match[3] or ""), match[1] == "-"


def packed(digits: str, negative: bool, length: int) -> bytes:
    """Packed decimal; digits that do not fit are lost on the left."""
    digits = digits.rjust(2 * length - 1, "0")[-(2 * length - 1) :]
    return bytes.fromhex(digits + ("d" if negative else "c"))


def zoned(digits: str, negative: bool, length: int) -> bytes:
    """Zoned decimal; digits that do not fit are lost on the left."""
    digits = digits.rjust(length, "0")[-length:]
    data = bytearray(0xF0 | int(digit) for digit in digits)
    data[-1] = (0xD0 if negative else 0xC0) | data[-1] & 15
    return bytes(data)
