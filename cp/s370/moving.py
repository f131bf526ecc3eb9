"""Moving, translating and long operands (Principles of Operation, General Instructions).

Operands that overlap give the result of moving one byte at a time, left to right.  MVCL and CLCL are interruptible: one
execution is a unit of operation, which crosses no block of 2 KiB; the instruction is executed again until it is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.s370.values import check_fields, compare_cc, near, need_even, room

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu

# --- move ---


def move_immediate(cpu: Cpu, byte: int, address: int) -> None:
    """MVI: move the immediate byte."""
    cpu.store(address, 1, byte)


def move_characters(cpu: Cpu, length: int, a1: int, a2: int) -> None:
    """MVC: move."""
    piece = min(length, room(a2))
    cpu.check_fetch(a2, piece)
    if length > piece:
        cpu.check_store(a1, min(length, room(a1)))
        cpu.check_fetch(a2 + piece & 0xFFFFFF, length - piece)
    cpu.check_store(a1, length)
    distance = a1 - a2 & 0xFFFFFF
    if distance >= length or distance == 0:
        cpu.copy(a1, a2, length)
    elif distance == 1:
        cpu.fill(a1, length, cpu.get(a2, 1))
    else:
        for i in range(length):
            cpu.put(a1 + i, 1, cpu.get(a2 + i, 1))


def move_inverse(cpu: Cpu, length: int, a1: int, a2: int) -> None:
    """MVCIN: the second operand, from right to left; its address is that of the rightmost byte."""
    cpu.check_store(a1, length)
    cpu.check_fetch(a2 - length + 1 & 0xFFFFFF, length)
    for i in range(length):
        cpu.put(a1 + i, 1, cpu.get(a2 - i & 0xFFFFFF, 1))


def move_halves(cpu: Cpu, length: int, a1: int, a2: int, moved: int, kept: int) -> None:
    """Those bits of each byte that are on in ``moved`` (repeated eight times), left to right."""
    cpu.check_store(a1, length)
    cpu.check_fetch(a2, length)
    i = 0
    if not near(a1, a2):
        while i + 8 <= length:
            cpu.put(a1 + i, 8, cpu.get(a1 + i, 8) & kept | cpu.get(a2 + i, 8) & moved)
            i += 8
    while i < length:
        cpu.put(a1 + i, 1, cpu.get(a1 + i, 1) & kept & 0xFF | cpu.get(a2 + i, 1) & moved & 0xFF)
        i += 1


def move_numerics(cpu: Cpu, length: int, a1: int, a2: int) -> None:
    """MVN: the right halves of the bytes."""
    move_halves(cpu, length, a1, a2, 0x0F0F0F0F0F0F0F0F, 0xF0F0F0F0F0F0F0F0)


def move_zones(cpu: Cpu, length: int, a1: int, a2: int) -> None:
    """MVZ: the left halves of the bytes."""
    move_halves(cpu, length, a1, a2, 0xF0F0F0F0F0F0F0F0, 0x0F0F0F0F0F0F0F0F)


def move_with_offset(cpu: Cpu, l1: int, l2: int, a1: int, a2: int) -> None:
    """MVO: to the left of the rightmost four bits, right to left."""
    check_fields(cpu, l1, l2, a1, a2)
    source = l2 - 1
    byte = cpu.get(a2 + source, 1)
    cpu.put(a1 + l1 - 1, 1, (byte & 15) << 4 | cpu.get(a1 + l1 - 1, 1) & 15)
    to = l1 - 2
    while to >= 0:
        high = byte >> 4
        source -= 1
        byte = 0
        if source >= 0:
            byte = cpu.get(a2 + source, 1)
        cpu.put(a1 + to, 1, (byte & 15) << 4 | high)
        to -= 1


# --- translate ---


def translate(cpu: Cpu, length: int, a1: int, table: int) -> None:
    """TR: each byte by the table; only the bytes of the table that are used are accessed."""
    cpu.check_store(a1, length)
    whole = 1 if room(table) >= 256 else 0
    if whole:
        cpu.check_fetch(table, 256)
    else:
        for i in range(length):
            cpu.check_fetch(table + cpu.get(a1 + i, 1) & 0xFFFFFF, 1)
    if whole and (a1 - table & 0xFFFFFF) >= 256 and (table - a1 & 0xFFFFFF) >= length:
        cpu.translate(a1, length, table)
    else:
        for i in range(length):
            cpu.put(a1 + i, 1, cpu.get(table + cpu.get(a1 + i, 1) & 0xFFFFFF, 1))


def translate_and_test(cpu: Cpu, length: int, a1: int, table: int) -> None:
    """TRT: first byte whose table entry is not zero; CC 0 none, 1 found, 2 found in the last byte; GR1, GR2."""
    left, found = length, 0
    while left > 0 and found == 0:
        found = cpu.fetch(table + cpu.fetch(a1, 1) & 0xFFFFFF, 1)
        left -= 1
        if found == 0:
            a1 = a1 + 1 & 0xFFFFFF
    if found:
        cpu.gr[1] = cpu.gr[1] & 0xFF000000 | a1
        cpu.gr[2] = cpu.gr[2] & 0xFFFFFF00 | found
        cpu.cc = 1 if left else 2
    else:
        cpu.cc = 0


# --- long operands ---


def move_long(cpu: Cpu, r1: int, r2: int) -> None:
    """MVCL: CC 0-2 lengths compared, 3 not moved since the operands overlap destructively."""
    need_even(cpu, r1 | r2)
    to = cpu.gr[r1] & 0xFFFFFF
    source = cpu.gr[r2] & 0xFFFFFF
    length = cpu.gr[r1 + 1] & 0xFFFFFF
    source_length = cpu.gr[r2 + 1] & 0xFFFFFF
    condition = compare_cc(length, source_length)
    overlap = to - source & 0xFFFFFF
    if overlap > 0 and overlap < min(length, source_length):
        cpu.cc = 3
    else:
        again = 0
        if length:
            piece = min(length, room(to))
            if source_length:
                piece = min(piece, min(source_length, room(source)))
                cpu.check_fetch(source, piece)
                cpu.check_store(to, piece)
                cpu.copy(to, source, piece)
                source += piece
                source_length -= piece
            else:
                cpu.check_store(to, piece)
                cpu.fill(to, piece, cpu.gr[r2 + 1] >> 24)
            to += piece
            length -= piece
            again = 1 if length else 0
        cpu.cc = condition
        cpu.gr[r1] = to & 0xFFFFFF
        cpu.gr[r1 + 1] = cpu.gr[r1 + 1] & 0xFF000000 | length
        cpu.gr[r2] = source & 0xFFFFFF
        cpu.gr[r2 + 1] = cpu.gr[r2 + 1] & 0xFF000000 | source_length
        if again:
            cpu.repeat()


def compare_logical_long(cpu: Cpu, r1: int, r2: int) -> None:
    """CLCL: the shorter operand is padded; CC 0-2."""
    need_even(cpu, r1 | r2)
    first = cpu.gr[r1] & 0xFFFFFF
    second = cpu.gr[r2] & 0xFFFFFF
    length1 = cpu.gr[r1 + 1] & 0xFFFFFF
    length2 = cpu.gr[r2 + 1] & 0xFFFFFF
    pad = cpu.gr[r2 + 1] >> 24
    condition, piece, same, again = 0, 0, 0, 0
    if length1 and length2:
        piece = min(min(length1, room(first)), min(length2, room(second)))
        cpu.check_fetch(first, piece)
        cpu.check_fetch(second, piece)
        condition = cpu.compare(first, second, piece)
        if condition:
            while cpu.get(first + same, 1) == cpu.get(second + same, 1):
                same += 1
        else:
            same = piece
    elif length1:
        piece = min(length1, min(room(first), 256))
        cpu.check_fetch(first, piece)
        while same < piece and condition == 0:
            condition = compare_cc(cpu.get(first + same, 1), pad)
            if condition == 0:
                same += 1
    elif length2:
        piece = min(length2, min(room(second), 256))
        cpu.check_fetch(second, piece)
        while same < piece and condition == 0:
            condition = compare_cc(pad, cpu.get(second + same, 1))
            if condition == 0:
                same += 1
    used1 = same if length1 else 0
    used2 = same if length2 else 0
    again = 1 if condition == 0 and (length1 > used1 or length2 > used2) else 0
    cpu.gr[r1] = first + used1 & 0xFFFFFF
    cpu.gr[r1 + 1] = cpu.gr[r1 + 1] & 0xFF000000 | length1 - used1
    cpu.gr[r2] = second + used2 & 0xFFFFFF
    cpu.gr[r2 + 1] = cpu.gr[r2 + 1] & 0xFF000000 | length2 - used2
    if again:  # interrupted between units of operation, it leaves the condition code as it was
        cpu.repeat()
    else:
        cpu.cc = condition
