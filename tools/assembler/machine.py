"""Machine instructions: from operands as written to the bits of the instruction, by the syntax of its format.

The opcode table and the formats of `vm370.cp.s370` are the only source; nothing here knows an instruction.  A format's
syntax such as ``R1,D2(X2,B2)`` is compiled once into one small function per operand:

    written            syntax D2(X2,B2)    syntax D2(B2)        syntax D1(L,B1)
    SYMBOL             base from USING     base from USING      base from USING, length of SYMBOL
    SYMBOL(a)          index a             (error)              length a
    disp(a)            index a             base a               length a
    disp(a,b)          index a, base b     (error)              length a, base b
    disp(,b)           base b              (error)              base b, length of disp
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from vm370.cp.s370.formats import Format
from vm370.tools.assembler.constants import closing, parse_constant_at
from vm370.tools.assembler.expressions import Node, Parser, Scope, absolute, evaluate, length_attribute
from vm370.tools.assembler.messages import (
    ABSOLUTE_EXPECTED,
    ADDRESS_FORM,
    LENGTH_RANGE,
    OPERAND_COUNT,
    OPERAND_MISSING,
    REGISTER_BAD,
    VALUE_RANGE,
    StatementError,
)
from vm370.tools.assembler.source import split_operands
from vm370.tools.assembler.symbols import Value


class AddressScope(Scope, Protocol):
    """What instructions are assembled against."""

    addresses: list[int]

    def based(self, value: Value, text: str) -> tuple[int, int]:
        """Base register and displacement for an address, by the USINGs in force."""


Place = tuple[str, Node, list[str] | None]
OperandFunction = Callable[[str, AddressScope], int]

_ADDRESS = re.compile(r"(D\d?)\((?:(L\d?|X\d),)?(B\d)\)")
_parsed: dict[str, Place] = {}


def parse_place(text: str) -> Place:
    """An address operand: the text and the tree of the expression, and the texts in parentheses after it (or None)."""
    place = _parsed.get(text)
    if place is None:
        node: Node
        if text[:1] == "=":
            constant, end = parse_constant_at(text, 1)
            node = ("=", "=" + constant.text)
        else:
            parser = Parser(text)
            node = parser.expression()
            end = parser.position
        inside = None
        if text[end : end + 1] == "(" and closing(text, end) == len(text):
            inside = split_operands(text[end + 1 : -1])
        elif end != len(text):
            raise StatementError(
                ADDRESS_FORM, found=repr(text), expected="address, address(r) or address(a,b)", at=text
            )
        if len(_parsed) > 50_000:
            _parsed.clear()
        place = _parsed[text] = (text[:end], node, inside)
    return place


def register(text: str, scope: Scope) -> int:
    """A register number, 0 to 15."""
    number = absolute(text, scope)
    if not 0 <= number <= 15:
        raise StatementError(REGISTER_BAD, found=number, expected="0 to 15", at=text)
    return number


def displacement(text: str, node: Node, scope: Scope) -> int:
    """An explicit displacement, 0 to 4095."""
    value = evaluate(node, scope)
    if value.relative is not None:
        raise StatementError(ABSOLUTE_EXPECTED, found=text)
    if not 0 <= value.number <= 4095:
        raise StatementError(VALUE_RANGE, what="displacement", found=value.number, expected="0 to 4095", at=text)
    return value.number


def base_displacement(text: str, scope: AddressScope) -> int:
    """An operand with syntax D(B) as 16 bits."""
    place, node, inside = parse_place(text)
    if inside is None:
        base, number = scope.based(evaluate(node, scope), place)
    elif len(inside) == 1 and inside[0]:
        number = displacement(place, node, scope)
        base = register(inside[0], scope)
    else:
        raise StatementError(ADDRESS_FORM, found=repr(text), expected="address or displacement(base)", at=text)
    return base << 12 | number


class Instruction:
    """One mnemonic: assembles operand fields into instructions."""

    __slots__ = ("_code", "_functions", "format", "length", "mnemonic")

    def __init__(self, mnemonic: str, opcode: int, form: Format, fixed: dict[str, int] | None = None) -> None:
        """``opcode`` has the layout's opcode_bits; ``fixed`` gives fields that the mnemonic decides (extended ones)."""
        self.mnemonic = mnemonic
        self.format = form
        self.length = form.length
        self._code = opcode << 48 - form.layout.opcode_bits
        fixed = fixed or {}
        for letter, value in fixed.items():
            shift, _, bias = form.field(letter)
            self._code |= value - bias << shift
        self._functions = [_operand(form, part) for part in form.operands() if part not in fixed]

    def assemble(self, operands: str, scope: AddressScope) -> bytes:
        """The instruction."""
        texts = split_operands(operands)
        functions = self._functions
        if len(texts) != len(functions):
            if not functions and texts == [""]:
                texts = []
            else:
                raise StatementError(
                    OPERAND_COUNT, what=self.mnemonic, found=len(texts), expected=len(functions), at=operands
                )
        code = self._code
        for number, (text, function) in enumerate(zip(texts, functions, strict=False), 1):
            if not text:
                raise StatementError(OPERAND_MISSING, what=self.mnemonic, found=number, at=operands)
            code |= function(text, scope)
        return code.to_bytes(6, "big")[: self.length]


def _operand(form: Format, part: str) -> OperandFunction:
    match = _ADDRESS.fullmatch(part)
    if match is None:
        return _number_function(form, part)
    displacement_shift = form.field(match[1])[0]
    base_shift = form.field(match[3])[0]
    if match[2] is None:
        return _address_function(displacement_shift, base_shift)
    if match[2].startswith("X"):
        return _indexed_function(displacement_shift, base_shift, form.field(match[2])[0])
    return _length_function(displacement_shift, base_shift, form.field(match[2]))


def _number_function(form: Format, part: str) -> OperandFunction:
    shift, width, _ = form.field(part)
    limit = (1 << width) - 1
    what = {"R": "register", "M": "mask"}.get(part[0], "immediate value")

    def number(text: str, scope: AddressScope) -> int:
        value = absolute(text, scope)
        if not 0 <= value <= limit:
            if what == "register":
                raise StatementError(REGISTER_BAD, found=value, expected=f"0 to {limit}", at=text)
            if not (width == 8 and -128 <= value < 0):
                raise StatementError(VALUE_RANGE, what=what, found=value, expected=f"0 to {limit}", at=text)
            value &= limit
        return value << shift

    return number


def _address_function(displacement_shift: int, base_shift: int) -> OperandFunction:
    def address(text: str, scope: AddressScope) -> int:
        pair = base_displacement(text, scope)
        return (pair & 0xFFF) << displacement_shift | pair >> 12 << base_shift

    return address


def _indexed_function(displacement_shift: int, base_shift: int, index_shift: int) -> OperandFunction:
    def indexed(text: str, scope: AddressScope) -> int:
        place, node, inside = parse_place(text)
        index = 0
        if inside is None or len(inside) == 1:
            if inside:
                index = register(inside[0], scope)
            base, number = scope.based(evaluate(node, scope), place)
        elif len(inside) == 2:
            number = displacement(place, node, scope)
            index = register(inside[0], scope) if inside[0] else 0
            base = register(inside[1], scope) if inside[1] else 0
        else:
            raise StatementError(ADDRESS_FORM, found=repr(text), expected="address(index) or displacement(index,base)")
        return number << displacement_shift | base << base_shift | index << index_shift

    return indexed


def _length_function(displacement_shift: int, base_shift: int, field: tuple[int, int, int]) -> OperandFunction:
    length_shift, width, bias = field
    limit = 1 << width

    def with_length(text: str, scope: AddressScope) -> int:
        place, node, inside = parse_place(text)
        if inside is not None and len(inside) == 2:
            number = displacement(place, node, scope)
            base = register(inside[1], scope) if inside[1] else 0
        elif inside is None or len(inside) == 1:
            base, number = scope.based(evaluate(node, scope), place)
        else:
            raise StatementError(
                ADDRESS_FORM, found=repr(text), expected="address(length) or displacement(length,base)"
            )
        explicit = inside is not None and bool(inside) and bool(inside[0])
        length = absolute(inside[0], scope) if explicit and inside else length_attribute(node, scope)
        if not 0 <= length <= limit:
            if not explicit:
                raise StatementError(
                    LENGTH_RANGE, what=place, found=length, expected=f"1 to {limit}, or an explicit length", at=text
                )
            raise StatementError(LENGTH_RANGE, what="operand", found=length, expected=f"0 to {limit}", at=text)
        return max(0, length - bias) << length_shift | number << displacement_shift | base << base_shift

    return with_length
