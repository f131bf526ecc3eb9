"""Where control will probably come from elsewhere: a look at the code before it is translated.

A stretch that a branch goes into the middle of has to be made again.  Most of these places can be told beforehand:
branch addresses as they are with the registers of the entry.  What is guessed wrongly costs nothing but a longer text.
"""

from __future__ import annotations

from vm370.cp.engine.regions.code import Code, Instruction

BRANCHES = {0x45, 0x46, 0x47, 0x4D}
"""BAL BCT BC BAS: base, index and displacement."""
INDEXED_LOOPS = {0x86, 0x87}
"""BXH BXLE: base and displacement."""
CONDITIONAL, REGISTER_CONDITIONAL, ALWAYS = 0x47, 0x07, 15


def branch_targets(code: Code, entries: tuple[tuple[int, tuple[int, ...]], ...], limit: int) -> set[int]:
    """Addresses that branches go to, in code that can be come to."""
    registers = entries[0][1]
    targets: set[int] = set()
    seen: set[int] = set()
    todo = [address for address, _ in entries]
    while todo and len(seen) < limit:
        address = todo.pop()
        while address not in seen and len(seen) < limit:
            instruction = code.instruction(address)
            if instruction is None or instruction.op is None:
                break
            seen.add(address)
            target = _target(instruction, registers)
            if target is not None and target not in targets:
                targets.add(target)
                todo.append(target)
            opcode = instruction.word >> 40
            if opcode in (CONDITIONAL, REGISTER_CONDITIONAL) and instruction.word >> 36 & 15 == ALWAYS:
                break
            address = instruction.following
    return targets


def _target(instruction: Instruction, registers: tuple[int, ...]) -> int | None:
    """The branch address, if the instruction is a branch with one and that is even."""
    word = instruction.word
    opcode, base, displacement = word >> 40, word >> 28 & 15, word >> 16 & 0xFFF
    if opcode in BRANCHES:
        index = word >> 32 & 15
        if opcode == CONDITIONAL and not word >> 36 & 15:
            return None
    elif opcode in INDEXED_LOOPS:
        index = 0
    else:
        return None
    total = displacement + (registers[base] if base else 0) + (registers[index] if index else 0) & 0xFFFFFF
    return None if total & 1 else total
