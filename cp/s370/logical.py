"""Logical instructions: AND, OR, EXCLUSIVE OR, logical compares, bytes under mask, interlocked updates (Principles of
Operation, General Instructions)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.s370.values import check_operands, compare_cc, near, need_aligned, need_even

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu


def set_logical(cpu: Cpu, r1: int, result: int) -> None:
    """Result of a connective: CC 0 zero, 1 not zero."""
    cpu.cc = 1 if result else 0
    cpu.gr[r1] = result


# --- registers ---


def and_register(cpu: Cpu, r1: int, r2: int) -> None:
    """NR: and; CC 0, 1."""
    set_logical(cpu, r1, cpu.gr[r1] & cpu.gr[r2])


def or_register(cpu: Cpu, r1: int, r2: int) -> None:
    """OR: or; CC 0, 1."""
    set_logical(cpu, r1, cpu.gr[r1] | cpu.gr[r2])


def exclusive_or_register(cpu: Cpu, r1: int, r2: int) -> None:
    """XR: exclusive or; CC 0, 1."""
    set_logical(cpu, r1, cpu.gr[r1] ^ cpu.gr[r2])


def and_(cpu: Cpu, r1: int, address: int) -> None:
    """N: and; CC 0, 1."""
    set_logical(cpu, r1, cpu.gr[r1] & cpu.fetch(address, 4))


def or_(cpu: Cpu, r1: int, address: int) -> None:
    """O: or; CC 0, 1."""
    set_logical(cpu, r1, cpu.gr[r1] | cpu.fetch(address, 4))


def exclusive_or(cpu: Cpu, r1: int, address: int) -> None:
    """X: exclusive or; CC 0, 1."""
    set_logical(cpu, r1, cpu.gr[r1] ^ cpu.fetch(address, 4))


def compare_logical_register(cpu: Cpu, r1: int, r2: int) -> None:
    """CLR: compare logical; CC 0-2."""
    cpu.cc = compare_cc(cpu.gr[r1], cpu.gr[r2])


def compare_logical(cpu: Cpu, r1: int, address: int) -> None:
    """CL: compare logical; CC 0-2."""
    cpu.cc = compare_cc(cpu.gr[r1], cpu.fetch(address, 4))


# --- immediate ---


def set_byte(cpu: Cpu, address: int, result: int) -> None:
    """Store the result of a connective; CC 0, 1."""
    cpu.cc = 1 if result else 0
    cpu.put(address, 1, result)


def and_immediate(cpu: Cpu, byte: int, address: int) -> None:
    """NI: and; CC 0, 1."""
    cpu.check_store(address, 1)
    set_byte(cpu, address, cpu.get(address, 1) & byte)


def or_immediate(cpu: Cpu, byte: int, address: int) -> None:
    """OI: or; CC 0, 1."""
    cpu.check_store(address, 1)
    set_byte(cpu, address, cpu.get(address, 1) | byte)


def exclusive_or_immediate(cpu: Cpu, byte: int, address: int) -> None:
    """XI: exclusive or; CC 0, 1."""
    cpu.check_store(address, 1)
    set_byte(cpu, address, cpu.get(address, 1) ^ byte)


def compare_logical_immediate(cpu: Cpu, byte: int, address: int) -> None:
    """CLI: compare logical; CC 0-2."""
    cpu.cc = compare_cc(cpu.fetch(address, 1), byte)


def test_under_mask(cpu: Cpu, mask: int, address: int) -> None:
    """TM: CC 0 selected bits all zeros, 1 mixed, 3 all ones."""
    bits = cpu.fetch(address, 1) & mask
    cpu.cc = 0 if bits == 0 else 3 if bits == mask else 1


# --- characters ---


def insert_character(cpu: Cpu, r1: int, address: int) -> None:
    """IC: insert character."""
    cpu.gr[r1] = cpu.gr[r1] & 0xFFFFFF00 | cpu.fetch(address, 1)


def store_character(cpu: Cpu, r1: int, address: int) -> None:
    """STC: store character."""
    cpu.store(address, 1, cpu.gr[r1] & 255)


def ones(mask: int) -> int:
    """How many bits of a four-bit mask are one."""
    return (mask >> 3) + (mask >> 2 & 1) + (mask >> 1 & 1) + (mask & 1)


def insert_characters_under_mask(cpu: Cpu, r1: int, mask: int, address: int) -> None:
    """ICM: CC 0 inserted bits zero, 1 first one, 2 first zero; a mask of 0 still accesses one byte."""
    cpu.check_fetch(address, max(ones(mask), 1))
    value = cpu.gr[r1]
    inserted, seen, top = 0, 0, 0
    for i in range(4):
        if mask & 8 >> i:
            byte = cpu.get(address, 1)
            address = address + 1 & 0xFFFFFF
            value = value & ~(255 << 24 - 8 * i) | byte << 24 - 8 * i
            if not seen:
                top = byte
            seen = 1
            inserted |= byte
    cpu.cc = 0 if inserted == 0 else 1 if top & 128 else 2
    cpu.gr[r1] = value


def store_characters_under_mask(cpu: Cpu, r1: int, mask: int, address: int) -> None:
    """STCM: the bytes of r1 that the mask selects."""
    cpu.check_store(address, ones(mask))
    value = cpu.gr[r1]
    for i in range(4):
        if mask & 8 >> i:
            cpu.put(address, 1, value >> 24 - 8 * i & 255)
            address = address + 1 & 0xFFFFFF


def compare_logical_under_mask(cpu: Cpu, r1: int, mask: int, address: int) -> None:
    """CLM: the bytes of r1 that the mask selects with storage; CC 0-2.  A mask of 0 still accesses one byte."""
    cpu.check_fetch(address, 1)
    value = cpu.gr[r1]
    condition = 0
    for i in range(4):
        if mask & 8 >> i:
            if condition == 0:
                condition = compare_cc(value >> 24 - 8 * i & 255, cpu.fetch(address, 1))
            address = address + 1 & 0xFFFFFF
    cpu.cc = condition


def compare_logical_characters(cpu: Cpu, length: int, a1: int, a2: int) -> None:
    """CLC: compare logical; CC 0-2.  Blocks after the first difference are not accessed."""
    condition = 0
    while length > 0 and condition == 0:
        piece = min(length, min(2048 - (a1 & 2047), 2048 - (a2 & 2047)))
        cpu.check_fetch(a1, piece)
        cpu.check_fetch(a2, piece)
        condition = cpu.compare(a1, a2, piece)
        a1 = a1 + piece & 0xFFFFFF
        a2 = a2 + piece & 0xFFFFFF
        length -= piece
    cpu.cc = condition


def and_characters(cpu: Cpu, length: int, a1: int, a2: int) -> None:
    """NC: and, left to right; CC 0, 1."""
    check_operands(cpu, length, a1, a2)
    seen, i = 0, 0
    if not near(a1, a2):
        while i + 8 <= length:
            word = cpu.get(a1 + i, 8) & cpu.get(a2 + i, 8)
            seen |= word
            cpu.put(a1 + i, 8, word)
            i += 8
    while i < length:
        byte = cpu.get(a1 + i, 1) & cpu.get(a2 + i, 1)
        seen |= byte
        cpu.put(a1 + i, 1, byte)
        i += 1
    cpu.cc = 1 if seen else 0


def or_characters(cpu: Cpu, length: int, a1: int, a2: int) -> None:
    """OC: or, left to right; CC 0, 1."""
    check_operands(cpu, length, a1, a2)
    seen, i = 0, 0
    if not near(a1, a2):
        while i + 8 <= length:
            word = cpu.get(a1 + i, 8) | cpu.get(a2 + i, 8)
            seen |= word
            cpu.put(a1 + i, 8, word)
            i += 8
    while i < length:
        byte = cpu.get(a1 + i, 1) | cpu.get(a2 + i, 1)
        seen |= byte
        cpu.put(a1 + i, 1, byte)
        i += 1
    cpu.cc = 1 if seen else 0


def exclusive_or_characters(cpu: Cpu, length: int, a1: int, a2: int) -> None:
    """XC: exclusive or, left to right; CC 0, 1.  A field with itself is cleared."""
    check_operands(cpu, length, a1, a2)
    seen, i = 0, 0
    if a1 == a2:
        cpu.fill(a1, length, 0)
        i = length
    if not near(a1, a2):
        while i + 8 <= length:
            word = cpu.get(a1 + i, 8) ^ cpu.get(a2 + i, 8)
            seen |= word
            cpu.put(a1 + i, 8, word)
            i += 8
    while i < length:
        byte = cpu.get(a1 + i, 1) ^ cpu.get(a2 + i, 1)
        seen |= byte
        cpu.put(a1 + i, 1, byte)
        i += 1
    cpu.cc = 1 if seen else 0


# --- interlocked updates ---


def test_and_set(cpu: Cpu, _: int, address: int) -> None:
    """TS: CC is the leftmost bit of the byte, which is set to all ones."""
    cpu.check_store(address, 1)
    cpu.cc = cpu.get(address, 1) >> 7
    cpu.put(address, 1, 0xFF)


def compare_and_swap(cpu: Cpu, r1: int, r3: int, address: int) -> None:
    """CS: CC 0 equal and r3 stored, 1 not equal and r1 loaded; specification."""
    need_aligned(cpu, address, 4)
    cpu.check_store(address, 4)
    value = cpu.get(address, 4)
    if value == cpu.gr[r1]:
        cpu.put(address, 4, cpu.gr[r3])
        cpu.cc = 0
    else:
        cpu.gr[r1] = value
        cpu.cc = 1


def compare_double_and_swap(cpu: Cpu, r1: int, r3: int, address: int) -> None:
    """CDS: the same with a doubleword and even-odd pairs; specification."""
    need_even(cpu, r1 | r3)
    need_aligned(cpu, address, 8)
    cpu.check_store(address, 8)
    value = cpu.get(address, 8)
    if value == cpu.gr[r1] << 32 | cpu.gr[r1 + 1]:
        cpu.put(address, 8, cpu.gr[r3] << 32 | cpu.gr[r3 + 1])
        cpu.cc = 0
    else:
        cpu.gr[r1] = value >> 32
        cpu.gr[r1 + 1] = value & 0xFFFFFFFF
        cpu.cc = 1
