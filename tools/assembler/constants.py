"""DC, DS and literals: one operand parsed once per text, measured in pass one, built in pass two.

operand    [duplication] type [modifiers] [ 'value,...' | (expression,...) ]
modifiers  Ln  L(expression)  L.n (bits)  Sn (scale)  En (exponent)

type        length  boundary  largest  value
C X B       own     1         256      characters, hexadecimal, binary digits
F H         4 2     own       8        decimal
E D L       4 8 16  4 8 8     8 8 16   decimal, hexadecimal floating point
P Z         own     1         16       decimal digits
A Y V S Q   4 2 4 2 4         4 2 4 2 4  expressions; external symbols; addresses with base; pseudo registers
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

from vm370.tools.assembler.expressions import Scope, absolute, encode_text, value_of
from vm370.tools.assembler.messages import (
    CONSTANT_BAD,
    CONSTANT_MISSING,
    CONSTANT_RANGE,
    CONSTANT_TYPE,
    LENGTH_RANGE,
    MODIFIER_BAD,
    SECTION_TOO_LONG,
    StatementError,
)
from vm370.tools.assembler.numbers import decimal_digits, fixed, floating, packed, zoned
from vm370.tools.assembler.source import split_operands
from vm370.tools.assembler.symbols import MAXIMUM_LOCATION, SYMBOL, Value

#        type  length  boundary  largest
TYPES: dict[str, tuple[int, int, int]] = {
    "C": (0, 1, 256),
    "X": (0, 1, 256),
    "B": (0, 1, 256),
    "F": (4, 4, 8),
    "H": (2, 2, 8),
    "E": (4, 4, 8),
    "D": (8, 8, 8),
    "L": (16, 8, 16),
    "P": (0, 1, 16),
    "Z": (0, 1, 16),
    "A": (4, 4, 4),
    "Y": (2, 2, 2),
    "V": (4, 4, 4),
    "S": (2, 2, 2),
    "Q": (4, 4, 4),
}
_ADDRESS_TYPES = "AYVSQ"
_DS_LARGEST = 65535

_HEAD = re.compile(r"([0-9]*)([A-Z])")
_MODIFIER = re.compile(r"([LSE])(\.?)([+-]?[0-9]+|(?=\())")
_STRING = re.compile(r"'((?:[^']|'')*)'")

#: type attribute of a constant with an explicit length
_EXPLICIT_TYPE = {"F": "G", "H": "G", "A": "R", "Y": "R", "V": "R", "S": "R", "Q": "R", "E": "K", "D": "K", "L": "K"}


@dataclass(slots=True)
class Constant:
    """One parsed operand.  Texts of duplication and modifiers are expressions, "" where absent."""

    text: str
    type: str
    duplication: str = "1"
    length: str = ""
    bits: bool = False
    scale: str = ""
    exponent: str = ""
    values: list[str] | None = None
    known: Measure | None = None
    constant_known: bool = field(default=False)

    @property
    def boundary(self) -> int:
        return 1 if self.length else TYPES[self.type][1]

    @property
    def type_attribute(self) -> str:
        return _EXPLICIT_TYPE.get(self.type, self.type) if self.length else self.type


@dataclass(frozen=True, slots=True)
class Measure:
    """Size of an operand: ``unit`` lengths (bits or bytes) of its values, ``duplication`` times."""

    duplication: int
    lengths: tuple[int, ...]
    bits: bool

    @property
    def size(self) -> int:
        """Bytes, or bits where ``bits`` is set."""
        return self.duplication * sum(self.lengths)

    @property
    def first(self) -> int:
        """Length attribute in bytes."""
        return (self.lengths[0] + 7) // 8 if self.bits else self.lengths[0]


@dataclass(frozen=True, slots=True)
class Relocation:
    """An address constant that the linkage editor has to complete: ``offset`` in the built bytes."""

    offset: int
    length: int
    value: Value
    external: str = ""
    pseudo: bool = False


def closing(text: str, position: int) -> int:
    """Place after the parenthesis that closes the one at ``position``; -1 if there is none."""
    depth = 0
    quoted = False
    for place in range(position, len(text)):
        character = text[place]
        if character == "'" and not (
            not quoted and place and text[place - 1] in "LTKN" and not (place > 1 and text[place - 2].isalnum())
        ):
            quoted = not quoted
        elif not quoted and character == "(":
            depth += 1
        elif not quoted and character == ")":
            depth -= 1
            if depth == 0:
                return place + 1
    return -1


_parsed: dict[str, Constant] = {}


def parse_constant(text: str) -> Constant:
    """A whole DC or DS operand."""
    constant = _parsed.get(text)
    if constant is None:
        constant, end = parse_constant_at(text, 0)
        if end != len(text):
            found = text[end : end + 16]
            raise StatementError(CONSTANT_BAD, what=constant.type, found=repr(found), expected="a comma or the end")
        if len(_parsed) > 50_000:
            _parsed.clear()
        _parsed[text] = constant
    return constant


def parse_constant_at(text: str, start: int) -> tuple[Constant, int]:
    """A DC operand that begins at a place, and where it ends."""
    position = start
    duplication = "1"
    if text[position : position + 1] == "(":
        end = closing(text, position)
        if end < 0:
            raise StatementError(MODIFIER_BAD, found=repr(text[position:]), expected="a right parenthesis")
        duplication = text[position + 1 : end - 1]
        position = end
    match = _HEAD.match(text, position)
    if match is None or match[2] not in TYPES:
        raise StatementError(CONSTANT_TYPE, found=repr(text[position : position + 8]), at=text[position:])
    if match[1]:
        duplication = match[1]
    constant = Constant("", match[2], duplication)
    position = _modifiers(constant, text, match.end())
    if text[position : position + 1] == "'" and constant.type not in _ADDRESS_TYPES:
        string = _STRING.match(text, position)
        if string is None:
            raise StatementError(
                CONSTANT_BAD, what=constant.type, found=repr(text[position:]), expected="a closing apostrophe"
            )
        position = string.end()
        constant.values = [string[1]] if constant.type == "C" else [part.strip() for part in string[1].split(",")]
    elif text[position : position + 1] == "(" and constant.type in _ADDRESS_TYPES:
        end = closing(text, position)
        if end < 0:
            raise StatementError(
                CONSTANT_BAD, what=constant.type, found=repr(text[position:]), expected="a right parenthesis"
            )
        constant.values = split_operands(text[position + 1 : end - 1]) or [""]
        position = end
    constant.text = text[start:position]
    constant.constant_known = all(
        not part or part.lstrip("+-").isdigit()
        for part in (constant.duplication, constant.length, constant.scale, constant.exponent)
    )
    return constant, position


def _modifiers(constant: Constant, text: str, position: int) -> int:
    while match := _MODIFIER.match(text, position):
        position = match.end()
        value = match[3]
        if not value:
            end = closing(text, position)
            if end < 0:
                raise StatementError(MODIFIER_BAD, found=repr(text[position:]), expected="a right parenthesis")
            value = text[position + 1 : end - 1]
            position = end
        if match[1] == "L":
            constant.length, constant.bits = value, bool(match[2])
        elif match[2]:
            raise StatementError(MODIFIER_BAD, found=match[0], expected="bits only with L")
        elif match[1] == "S":
            constant.scale = value
        else:
            constant.exponent = value
    if text[position : position + 1] in tuple("LSE") and text[position : position + 1]:
        raise StatementError(
            MODIFIER_BAD, found=repr(text[position : position + 8]), expected="a number or (expression)"
        )
    return position


def measure(constant: Constant, scope: Scope, storage: bool) -> Measure:
    """Lengths of an operand; ``storage`` is true for DS, where values are not needed and lengths may be larger."""
    if constant.known is not None and not storage:
        return constant.known
    duplication = absolute(constant.duplication, scope)
    if duplication < 0:
        raise StatementError(
            MODIFIER_BAD, found=duplication, expected="a duplication factor of 0 or more", at=constant.text
        )
    implied, _, largest = TYPES[constant.type]
    if storage and constant.type in "CX":
        largest = _DS_LARGEST
    if constant.values is None and not storage and duplication:
        raise StatementError(CONSTANT_MISSING, found=constant.type, at=constant.text)
    values = constant.values or [""]
    if constant.length:
        explicit = absolute(constant.length, scope)
        limit = largest * 8 if constant.bits else largest
        if not 1 <= explicit <= limit:
            unit = "bits" if constant.bits else "bytes"
            raise _length_error(constant, explicit, f"1 to {limit} {unit}")
        lengths: tuple[int, ...] = (explicit,) * len(values)
    elif implied:
        lengths = (implied,) * len(values)
    else:
        lengths = tuple(_own_length(constant.type, value) for value in values)
        if max(lengths) > largest:
            raise _length_error(constant, max(lengths), f"1 to {largest} bytes")
    result = Measure(duplication, lengths, constant.bits)
    if result.size > (MAXIMUM_LOCATION << 3 if constant.bits else MAXIMUM_LOCATION):
        raise StatementError(SECTION_TOO_LONG, found=f"{result.size} bytes", at=constant.text)
    if constant.constant_known and not storage:
        constant.known = result
    return result


def _length_error(constant: Constant, found: int, expected: str) -> StatementError:
    what = f"a constant of type {constant.type}"
    return StatementError(LENGTH_RANGE, what=what, found=found, expected=expected, at=constant.text)


def _own_length(kind: str, value: str) -> int:
    if kind == "C":
        return len(value.replace("''", "'").replace("&&", "&")) or 1
    if kind == "X":
        return max(1, (len(value.replace(" ", "")) + 1) // 2)
    if kind == "B":
        return max(1, (len(value.replace(" ", "")) + 7) // 8)
    digits = sum(character.isdigit() for character in value)
    return max(1, digits) if kind == "Z" else digits // 2 + 1


def scale_and_integer(constant: Constant, size: Measure, scope: Scope) -> tuple[int, int]:
    """Scale and integer attributes (S' and I') of the symbol that names a constant.

    fixed point   I' = 8L - S - 1      floating point  I' = 2(L - 1) - S, less 2 for L
    packed        I' = 2L - S - 1      zoned           I' = L - S;   S digits behind the point of the first value
    """
    kind, length = constant.type, size.first
    if kind in "FHEDL":
        try:
            scale = _number(constant.scale, scope)
        except StatementError:
            scale = 0
        if kind in "FH":
            return scale, 8 * length - scale - 1
        return scale, 2 * (length - 1) - scale - (2 if length > 8 else 0)
    if kind in "PZ":
        scale = len((constant.values or [""])[0].partition(".")[2])
        return scale, (2 * length - 1 if kind == "P" else length) - scale
    return 0, 0


class BuildScope(Scope, Protocol):
    """What building needs besides evaluation: moving the location counter, base registers for S."""

    def move(self, offset: int) -> None:
        """Put the location counter ``offset`` bytes after the start of the statement's data."""

    def base_displacement(self, text: str) -> int:
        """An S-type address as 16 bits: base and displacement."""

    def warn(self, error: StatementError) -> None:
        """Note a message and go on."""


def build(
    constant: Constant, size: Measure, scope: BuildScope, offset: int, relocations: list[Relocation]
) -> bytes:  # fmt: skip
    """The bytes of an operand that starts ``offset`` bytes into the statement's data (byte lengths only)."""
    if constant.values is None or size.duplication == 0:
        return b""
    if constant.type in _ADDRESS_TYPES:
        data = bytearray()
        for _ in range(size.duplication):
            for value, length in zip(constant.values, size.lengths, strict=True):
                place = offset + len(data)
                scope.move(place)
                number = _address(constant, value, length, scope, place, relocations)
                data += number.to_bytes(length, "big")
        scope.move(0)
        return bytes(data)
    return b"".join(
        _value(constant, value, length, scope) for value, length in zip(constant.values, size.lengths, strict=True)
    ) * size.duplication  # fmt: skip


def build_bits(constant: Constant, size: Measure, scope: BuildScope) -> list[tuple[int, int]]:
    """An operand with bit lengths: (value, bits) one after the other."""
    pieces = []
    for value, bits in zip(constant.values or [""], size.lengths, strict=True):
        mask = (1 << bits) - 1
        if constant.type in "FH":
            number = fixed(
                value, bits, constant.type, _number(constant.scale, scope), _number(constant.exponent, scope)
            )
        elif constant.type in "AY":
            number = absolute(value, scope) & mask
        elif constant.type in "VSQEDL":
            raise StatementError(MODIFIER_BAD, found="L.", expected=f"a length in bytes for type {constant.type}")
        else:
            length = (bits + 7) // 8
            data = int.from_bytes(_value(constant, value, length, scope), "big")
            number = data >> (length * 8 - bits) if constant.type == "C" else data & mask
        pieces.append((number, bits))
    return pieces * size.duplication


def _number(text: str, scope: Scope) -> int:
    if not text:
        return 0
    if text[0] in "+-" and text[1:].isdigit():
        return int(text)
    return absolute(text, scope)


def _value(constant: Constant, text: str, length: int, scope: BuildScope) -> bytes:
    kind = constant.type
    if kind == "C":
        data = encode_text(text.replace("''", "'").replace("&&", "&"), text)
        return data[:length].ljust(length, b"\x40")
    if kind in "XB":
        return _digits(kind, text.replace(" ", ""), length)
    if kind in "FH":
        scale, exponent = _number(constant.scale, scope), _number(constant.exponent, scope)
        return fixed(text, length * 8, kind, scale, exponent).to_bytes(length, "big")
    if kind in "EDL":
        return floating(text, length, kind, _number(constant.scale, scope), _number(constant.exponent, scope))
    digits, negative = decimal_digits(text, kind)
    capacity = 2 * length - 1 if kind == "P" else length
    if len(digits.lstrip("0")) > capacity:
        raise StatementError(CONSTANT_RANGE, found=repr(text), expected=f"{length} bytes of type {kind}", at=text)
    return packed(digits, negative, length) if kind == "P" else zoned(digits, negative, length)


def _digits(kind: str, text: str, length: int) -> bytes:
    base, digits, name = (16, "0123456789ABCDEFabcdef", "hexadecimal") if kind == "X" else (2, "01", "binary")
    if not text or text.strip(digits):
        raise StatementError(CONSTANT_BAD, what=kind, found=repr(text), expected=f"{name} digits", at=text)
    return (int(text, base) & (1 << 8 * length) - 1).to_bytes(length, "big")


def _address(
    constant: Constant, text: str, length: int, scope: BuildScope, place: int, relocations: list[Relocation]
) -> int:  # fmt: skip
    kind = constant.type
    if not text:
        raise StatementError(CONSTANT_MISSING, found=kind, at=constant.text)
    if kind in "VQ":
        if not SYMBOL.fullmatch(text):
            raise StatementError(CONSTANT_BAD, what=kind, found=repr(text), expected="an external symbol", at=text)
        if length < 3 and kind == "V":
            raise StatementError(LENGTH_RANGE, what="a V-type constant", found=length, expected="3 or 4 bytes")
        relocations.append(Relocation(place, length, Value(0), text, kind == "Q"))
        return 0
    if kind == "S":
        if length != 2:
            raise StatementError(LENGTH_RANGE, what="an S-type constant", found=length, expected="2 bytes")
        return scope.base_displacement(text)
    value = value_of(text, scope)
    if value.relative is not None:
        smallest = 2 if kind == "Y" else 3
        if length < smallest and not (kind == "A" and length == 2):
            raise StatementError(
                LENGTH_RANGE, what=f"a relocatable {kind}-type constant", found=length, expected=f"{smallest} or more",
                at=text,
            )  # fmt: skip
        relocations.append(Relocation(place, length, value))
    elif not -(1 << 8 * length - 1) <= value.number < 1 << 8 * length:
        raise StatementError(CONSTANT_RANGE, found=repr(text), expected=f"{length} bytes", at=text)
    return value.number & (1 << 8 * length) - 1
