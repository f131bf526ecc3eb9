"""Disassembler: instructions as the assembler language writes them, out of the opcode table.

``disassemble(code, address)`` gives one line of text for the instruction that ``code`` begins with::

    >>> disassemble(bytes.fromhex("5830C010"))
    'L     3,16(0,12)'
    >>> disassemble(bytes.fromhex("4780F200"))
    'BE    512(0,15)'
    >>> disassemble(bytes.fromhex("0000"))
    "DC    X'0000'"

Numbers are decimal, immediate bytes hexadecimal; the text assembles to the same bytes (fields that the format ignores
apart).  ``instruction_length`` says how many bytes were used.
"""

from __future__ import annotations

import re

from vm370.cp.s370.decoder import find
from vm370.cp.s370.formats import Format, field_value
from vm370.cp.s370.opcodes import EXTENDED, Opcode

_PREFERRED = ("B", "BH", "BL", "BE", "BNH", "BNL", "BNE", "BO", "BNO", "NOP")
_EXTENDED: dict[tuple[str, int], str] = {
    (extended.base.mnemonic, extended.mask): extended.mnemonic
    for name in reversed(_PREFERRED)
    for extended in (EXTENDED[name], EXTENDED[name + "R"])
}
_LETTER = re.compile(r"[A-Z]\d?")


def instruction_length(code: bytes) -> int:
    """2, 4 or 6, from the first byte; never more than there are bytes."""
    return min(len(code), 2 if code[0] < 0x40 else 4 if code[0] < 0xC0 else 6)


def disassemble(code: bytes, address: int | None = None) -> str:
    """One instruction as text; with ``address``, which is only printed, in front: ``020000 1812         LR    1,2``."""
    length = instruction_length(code)
    text = _text(code, length)
    if address is None:
        return text
    return f"{address:06X} {code[:length].hex().upper():<12} {text}"


def _text(code: bytes, length: int) -> str:
    op = find(code) if len(code) >= 2 else None
    if op is None or op.format.length > len(code):
        return f"DC    X'{code[:length].hex().upper()}'"
    instruction = int.from_bytes(code[:length].ljust(6, b"\0"), "big")
    mnemonic, operands = op.mnemonic, op.format.operands()
    if operands and operands[0] == "M1":
        short = _EXTENDED.get((op.mnemonic, _value(op.format, "M1", instruction)))
        if short is not None:
            mnemonic, operands = short, operands[1:]
    written = ",".join(_operand(op, operand, instruction) for operand in operands)
    return f"{mnemonic:<5} {written}".rstrip()


def _operand(op: Opcode, operand: str, instruction: int) -> str:
    return _LETTER.sub(lambda letter: _number(op.format, letter.group(), instruction), operand)


def _number(form: Format, letter: str, instruction: int) -> str:
    value = _value(form, letter, instruction)
    if letter == "I2":
        return f"X'{value:02X}'"
    return str(value)


def _value(form: Format, letter: str, instruction: int) -> int:
    return field_value(instruction, form.field(letter))
