"""Conversions between binary, packed decimal and zoned decimal, and EDIT (Principles of Operation, General Instructions
and Decimal Instructions).

    packed decimal   two digits a byte, the last half byte is the sign: A C E F plus, B D minus
    zoned decimal    a digit in the right half of each byte, the zone in the left half
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.s370.interruptions import DATA, FIXED_DIVIDE
from vm370.cp.s370.values import check_fields, signed32

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu

DIGIT_SELECTOR, SIGNIFICANCE_STARTER, FIELD_SEPARATOR = 0x20, 0x21, 0x22


def convert_to_binary(cpu: Cpu, r1: int, address: int) -> None:
    """CVB: eight bytes of packed decimal; data; fixed-point divide after the low 32 bits are in the register."""
    field = cpu.fetch(address, 8)
    sign = field & 15
    if sign < 10:
        cpu.program_check(DATA)
    value = 0
    for i in range(15):
        digit = field >> 60 - 4 * i & 15
        if digit > 9:
            cpu.program_check(DATA)
        value = value * 10 + digit
    if sign == 11 or sign == 13:
        value = -value
    if value > 0x7FFFFFFF or value < -0x80000000:
        cpu.trap(FIXED_DIVIDE)
    cpu.gr[r1] = value & 0xFFFFFFFF


def convert_to_decimal(cpu: Cpu, r1: int, address: int) -> None:
    """CVD: eight bytes of packed decimal."""
    value = signed32(cpu.gr[r1])
    rest = abs(value)
    digits = 13 if value < 0 else 12
    for i in range(10):
        digits |= rest % 10 << 4 * i + 4
        rest //= 10
    cpu.store(address, 8, digits)


def pack(cpu: Cpu, l1: int, l2: int, a1: int, a2: int) -> None:
    """PACK: zoned to packed, right to left, without a check of the digits."""
    check_fields(cpu, l1, l2, a1, a2)
    byte = cpu.get(a2 + l2 - 1, 1)
    cpu.put(a1 + l1 - 1, 1, byte >> 4 | (byte & 15) << 4)
    to, source = l1 - 2, l2 - 2
    while to >= 0:
        low, high = 0, 0
        if source >= 0:
            low = cpu.get(a2 + source, 1) & 15
        if source >= 1:
            high = cpu.get(a2 + source - 1, 1) & 15
        cpu.put(a1 + to, 1, high << 4 | low)
        to -= 1
        source -= 2


def unpack(cpu: Cpu, l1: int, l2: int, a1: int, a2: int) -> None:
    """UNPK: packed to zoned, right to left, without a check of the digits."""
    check_fields(cpu, l1, l2, a1, a2)
    byte = cpu.get(a2 + l2 - 1, 1)
    cpu.put(a1 + l1 - 1, 1, byte >> 4 | (byte & 15) << 4)
    to, source = l1 - 2, l2 - 2
    while to >= 0:
        byte = 0
        if source >= 0:
            byte = cpu.get(a2 + source, 1)
        cpu.put(a1 + to, 1, 0xF0 | byte & 15)
        if to >= 1:
            cpu.put(a1 + to - 1, 1, 0xF0 | byte >> 4)
        to -= 2
        source -= 1


def check_source(cpu: Cpu, length: int, a1: int, a2: int) -> None:
    """The source bytes that a pattern uses: access and data exceptions."""
    source, half = 0, 0
    for i in range(length):
        pattern = cpu.get(a1 + i, 1)
        if pattern == DIGIT_SELECTOR or pattern == SIGNIFICANCE_STARTER:
            if half:
                half, source = 0, source + 1
            else:
                byte = cpu.fetch(a2 + source & 0xFFFFFF, 1)
                if byte >> 4 > 9:
                    cpu.program_check(DATA)
                if byte & 15 > 9:
                    source += 1
                else:
                    half = 1


def edit_field(cpu: Cpu, length: int, a1: int, a2: int, mark: int) -> None:
    """EDIT and EDIT AND MARK; ``mark``: GR1 gets the address of the first significant digit."""
    cpu.check_store(a1, length)
    check_source(cpu, length, a1, a2)
    fill = cpu.get(a1, 1)
    source, half, byte = 0, 0, 0
    significant, nonzero = 0, 0
    for i in range(length):
        pattern = cpu.get(a1 + i, 1)
        out = pattern
        if pattern == DIGIT_SELECTOR or pattern == SIGNIFICANCE_STARTER:
            plus = 0
            if half:
                digit = byte & 15
                half = 0
            else:
                byte = cpu.get(a2 + source & 0xFFFFFF, 1)
                source += 1
                digit = byte >> 4
                sign = byte & 15
                half = 0 if sign > 9 else 1
                plus = 1 if sign > 9 and sign != 11 and sign != 13 else 0
            if digit and not significant and mark:
                cpu.gr[1] = cpu.gr[1] & 0xFF000000 | a1 + i & 0xFFFFFF
            out = 0xF0 | digit if significant or digit else fill
            if digit:
                nonzero, significant = 1, 1
            if pattern == SIGNIFICANCE_STARTER:
                significant = 1
            if plus:
                significant = 0
        elif pattern == FIELD_SEPARATOR:
            out = fill
            significant, nonzero = 0, 0
        elif not significant:
            out = fill
        cpu.put(a1 + i, 1, out)
    cpu.cc = 0 if nonzero == 0 else 1 if significant else 2


def edit(cpu: Cpu, length: int, a1: int, a2: int) -> None:
    """ED: CC 0 last field zero, 1 negative, 2 positive; data."""
    edit_field(cpu, length, a1, a2, 0)


def edit_and_mark(cpu: Cpu, length: int, a1: int, a2: int) -> None:
    """EDMK: as ED; GR1 is the address of the first significant digit unless significance was started."""
    edit_field(cpu, length, a1, a2, 1)
