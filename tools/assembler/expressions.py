"""Expressions of the assembler language: parsed once per text, evaluated against symbols and the location counter.

    expression:  term { + - * / term }       left to right, * and / before + and -
    term:        symbol | 123 | X'1F' | B'101' | C'AB' | * | L'symbol | L'* | ( expression ) | + term | - term

A parsed expression is a nested tuple: ("#", number), ("S", name), ("*",), ("L", name), ("=", literal),
("+", a, b), ("-", a, b), ("*", a, b), ("/", a, b), ("n", a).  Results are Values, 32 bits with sign.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

from vm370.images.ebcdic import EbcdicError, to_ebcdic
from vm370.tools.assembler.messages import (
    ABSOLUTE_EXPECTED,
    BAD_CHARACTER,
    EXPRESSION_BAD,
    LITERAL_FORBIDDEN,
    RELOCATABLE_ARITHMETIC,
    SELF_DEFINING_BAD,
    SYMBOL_BAD,
    SYMBOL_UNDEFINED,
    VALUE_RANGE,
    StatementError,
)
from vm370.tools.assembler.symbols import Symbol, Value, as_terms, from_terms

Node = tuple[Any, ...]

_NUMBER = re.compile(r"[0-9]+")
_NAME = re.compile(r"[A-Z$#@_][A-Z0-9$#@_]*")
_SELF_DEFINING = re.compile(r"([XBC])'((?:[^']|'')*)('?)")
_LENGTH = re.compile(r"L'(\*|[A-Z$#@_][A-Z0-9$#@_]*)")


class Scope(Protocol):
    """What an expression is evaluated against."""

    symbols: dict[str, Symbol]

    def here(self) -> Value:
        """The location counter."""

    def literal(self, text: str) -> tuple[Value, int]:
        """Address and length of a literal."""

    def here_length(self) -> int:
        """L'*: the length attribute of the statement."""


def encode_text(text: str, at: str) -> bytes:
    """Characters of a constant as EBCDIC."""
    try:
        return to_ebcdic(text)
    except EbcdicError:
        bad = next(character for character in text if ord(character) > 255)
        raise StatementError(BAD_CHARACTER, found=f"U+{ord(bad):04X}", at=at) from None


def self_defining(kind: str, text: str) -> int:
    """Value of X'..', B'..', C'..' (``text`` is between the apostrophes)."""
    term = f"{kind}'{text}'"
    if kind == "C":
        data = encode_text(text.replace("''", "'").replace("&&", "&"), term)
        if not 1 <= len(data) <= 4:
            raise StatementError(SELF_DEFINING_BAD, found=term, expected="1 to 4 characters")
        return int.from_bytes(data, "big")
    digits, limit, base, name = (
        ("0123456789ABCDEFabcdef", 8, 16, "hexadecimal") if kind == "X" else ("01", 32, 2, "binary")
    )
    if not text or len(text) > limit or text.strip(digits):
        raise StatementError(SELF_DEFINING_BAD, found=term, expected=f"1 to {limit} {name} digits")
    return int(text, base)


def decimal_term(text: str) -> int:
    """Value of a decimal self-defining term."""
    number = int(text) if len(text) <= 10 else 1 << 31
    if number > 0x7FFFFFFF:
        raise StatementError(SELF_DEFINING_BAD, found=text, expected="at most 2147483647")
    return number


MAXIMUM_TERMS = 200


class Parser:
    """Parses one expression from a place in a text; ``position`` then tells where it ended."""

    def __init__(self, text: str, position: int = 0) -> None:
        self.text = text
        self.position = position
        self.terms = 0

    def fail(self, expected: str) -> StatementError:
        rest = self.text[self.position : self.position + 16]
        return StatementError(EXPRESSION_BAD, found=repr(rest) if rest else "the end", expected=expected, at=rest)

    def expression(self) -> Node:
        node = self.product()
        while self.position < len(self.text) and self.text[self.position] in "+-":
            operator = self.text[self.position]
            self.position += 1
            node = (operator, node, self.product())
        return node

    def product(self) -> Node:
        node = self.term()
        while self.position < len(self.text) and self.text[self.position] in "*/":
            operator = self.text[self.position]
            self.position += 1
            node = (operator, node, self.term())
        return node

    def term(self) -> Node:
        text, position = self.text, self.position
        self.terms += 1
        if self.terms > MAXIMUM_TERMS:
            raise self.fail(f"at most {MAXIMUM_TERMS} terms and parentheses")
        if position >= len(text):
            raise self.fail("a term")
        character = text[position]
        if match := _SELF_DEFINING.match(text, position):
            self.position = match.end()
            return ("#", self_defining(match.group(1), match.group(2)))
        if match := _LENGTH.match(text, position):
            self.position = match.end()
            return ("L", match.group(1))
        if match := _NAME.match(text, position):
            name = match.group()
            if len(name) > 8:
                raise StatementError(SYMBOL_BAD, found=name)
            self.position = match.end()
            return ("S", name)
        if match := _NUMBER.match(text, position):
            self.position = match.end()
            return ("#", decimal_term(match.group()))
        self.position += 1
        if character == "*":
            return ("*",)
        if character == "(":
            node = self.expression()
            if self.text[self.position : self.position + 1] != ")":
                raise self.fail("a right parenthesis")
            self.position += 1
            return node
        if character in "+-":
            node = self.term()
            return ("n", node) if character == "-" else node
        self.position -= 1
        raise self.fail("a term")


_parsed: dict[str, Node] = {}


def parse(text: str) -> Node:
    """The expression that is all of ``text``."""
    node = _parsed.get(text)
    if node is None:
        parser = Parser(text)
        node = parser.expression()
        if parser.position != len(text):
            raise parser.fail("an operator or the end")
        if len(_parsed) > 50_000:
            _parsed.clear()
        _parsed[text] = node
    return node


def wrap(number: int) -> int:
    """32-bit arithmetic with sign."""
    return (number + 0x80000000 & 0xFFFFFFFF) - 0x80000000


def evaluate(node: Node, scope: Scope) -> Value:
    """Value of a parsed expression."""
    operator = node[0]
    if operator == "#":
        return Value(node[1])
    if operator == "S":
        symbol = scope.symbols.get(node[1])
        if symbol is None:
            raise StatementError(SYMBOL_UNDEFINED, found=node[1])
        return Value(symbol.value, symbol.relative)
    if operator == "*" and len(node) == 1:
        return scope.here()
    if operator == "L":
        if node[1] == "*":
            return Value(scope.here_length())
        symbol = scope.symbols.get(node[1])
        if symbol is None:
            raise StatementError(SYMBOL_UNDEFINED, found=node[1])
        return Value(symbol.length)
    if operator == "=":
        return scope.literal(node[1])[0]
    if operator == "n":
        value = evaluate(node[1], scope)
        return _sum(Value(0), value, -1)
    left, right = evaluate(node[1], scope), evaluate(node[2], scope)
    if operator in "+-":
        return _sum(left, right, 1 if operator == "+" else -1)
    if left.relative is not None or right.relative is not None:
        raise StatementError(RELOCATABLE_ARITHMETIC, found=show(node), at="")
    if operator == "*":
        return Value(wrap(left.number * right.number))
    return Value(divide(left.number, right.number))


def divide(left: int, right: int) -> int:
    """Division as the assemblers do it: towards zero, and 0 when the divisor is 0."""
    if right == 0:
        return 0
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _sum(left: Value, right: Value, sign: int) -> Value:
    number = wrap(left.number + sign * right.number)
    if right.relative is None:
        return Value(number, left.relative)
    if left.relative is right.relative and sign < 0:
        return Value(number)
    terms = as_terms(left.relative)
    for section, count in as_terms(right.relative).items():
        terms[section] = terms.get(section, 0) + sign * count
    return Value(number, from_terms(terms))


def show(node: Node) -> str:
    """The expression as text, for messages."""
    operator = node[0]
    if operator in ("#", "S"):
        return str(node[1])
    if operator == "L":
        return f"L'{node[1]}"
    if operator == "=":
        return str(node[1])
    if len(node) == 1:
        return "*"
    if operator == "n":
        return f"-{show(node[1])}"
    return f"({show(node[1])}{operator}{show(node[2])})"


def value_of(text: str, scope: Scope) -> Value:
    """Value of an expression text."""
    if text in scope.symbols:
        symbol = scope.symbols[text]
        return Value(symbol.value, symbol.relative)
    if text[:1] == "=":
        raise StatementError(LITERAL_FORBIDDEN, found=text)
    return evaluate(parse(text), scope)


def absolute(text: str, scope: Scope) -> int:
    """Value of an expression that must be absolute."""
    value = value_of(text, scope)
    if value.relative is not None:
        raise StatementError(ABSOLUTE_EXPECTED, found=text)
    return value.number


def within(text: str, scope: Scope, low: int, high: int, what: str) -> int:
    """Value of an absolute expression that must be in a range."""
    number = absolute(text, scope)
    if not low <= number <= high:
        raise StatementError(VALUE_RANGE, what=what, found=number, expected=f"{low} to {high}", at=text)
    return number


def leftmost(node: Node) -> Node:
    """The leftmost term, which gives a symbol its length and an address its length."""
    while node[0] in ("+", "-", "*", "/", "n") and len(node) > 1:
        node = node[1]
    return node


def length_attribute(node: Node, scope: Scope) -> int:
    """Length attribute of an expression: that of its leftmost term."""
    first = leftmost(node)
    if first[0] == "S":
        symbol = scope.symbols.get(first[1])
        return symbol.length if symbol is not None else 1
    if first == ("*",):
        return scope.here_length()
    if first[0] == "=":
        return scope.literal(first[1])[1]
    return 1


def names_in(node: Node, found: Callable[[str], None]) -> None:
    """Tell every symbol of an expression."""
    if node[0] in ("S", "L"):
        if node[1] != "*":
            found(node[1])
        return
    for part in node[1:]:
        if isinstance(part, tuple):
            names_in(part, found)
