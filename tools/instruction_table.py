"""The table of instructions in docs/engines.md: what defines each one, and whether native code executes it."""

from __future__ import annotations

from pathlib import Path

from vm370.cp.engine.native.interpreter_text import compiled_instructions
from vm370.cp.s370.decoder import definition
from vm370.cp.s370.opcodes import OPCODES


def instruction_lines() -> list[str]:
    """One line per instruction, in the order of the opcode table."""
    compiled, reasons = compiled_instructions()
    lines = [f"{'':6} {'code':4}  {'definition':55} {'interpreter'}"]
    for op in OPCODES:
        if definition(op) is None:
            continue
        where = "native" if op.mnemonic in compiled else f"reference ({reasons[op.mnemonic]})"
        code = f"{op.opcode:02X}" if op.opcode < 0x100 else f"{op.opcode:04X}"
        lines.append(f"{op.mnemonic:6} {code:4}  {op.chapter + '.' + op.function:55} {where}")
    lines.append(f"{len(compiled)} of {len(lines) - 1} instructions are executed by native code")
    return lines


def instruction_listing(_home: Path, _folder: Path) -> list[str]:
    """As a listing of tools/listings.py."""
    return instruction_lines()
