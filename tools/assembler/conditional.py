"""Conditional assembly expressions: arithmetic, logical and character, one grammar, parsed once per text.

    or        and { OR and }
    and       not { AND not }
    not       NOT not | relation
    relation  sum [ EQ NE LT LE GT GE  sum ]
    sum       product { + - product }
    product   factor { * / factor }
    factor    - factor | + factor | number | X'..' B'..' | &VAR [(subscripts)] | L' K' N' T' I' S' of something
              | ( or ) | [(duplication)] 'string' [(start,length)] { . string } | symbol

Values are int and str.  A variable symbol outside apostrophes gives a Bare string, which counts as a number where a
number is wanted.  Strings of different lengths: the shorter one is the lower; otherwise the order is EBCDIC.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

from vm370.images.ebcdic import to_ebcdic
from vm370.tools.assembler.expressions import Node, divide, self_defining, wrap
from vm370.tools.assembler.messages import (
    ARITHMETIC_EXPECTED,
    CONDITIONAL_SYNTAX,
    STRING_TOO_LONG,
    SUBSCRIPT_BAD,
    VARIABLE_TYPE,
    StatementError,
)
from vm370.tools.assembler.source import split_operands
from vm370.tools.assembler.variables import MAXIMUM_STRING, Frame, reference_at, sublist, substitute

_BLANKS = re.compile(r"\s*")
_WORD = re.compile(r"[A-Za-z$#@_][A-Za-z0-9$#@_]*")
_ATTRIBUTE = re.compile(r"([LKNTISlkntis])'(?=[A-Za-z$#@_&*(])")
_SELF = re.compile(r"([XBCxbc])'((?:[^']|'')*)'")
_STRING = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"[0-9]+")
_RELATIONS = ("EQ", "NE", "LT", "LE", "GT", "GE")


MAXIMUM_FACTORS = 100
_NUMERIC_ATTRIBUTES = "LSI"


class Bare(str):
    """Characters that stand outside apostrophes."""

    __slots__ = ()


class Attributes(Protocol):
    """What conditional assembly may ask about ordinary symbols."""

    def type_of(self, name: str) -> str:
        """T' of a macro operand or symbol."""

    def length_of(self, name: str) -> int:
        """L' of a symbol."""

    def scale_of(self, name: str) -> int:
        """S' of a symbol."""

    def integer_of(self, name: str) -> int:
        """I' of a symbol."""

    def number_of(self, name: str) -> int | None:
        """Value of an absolute symbol that is already defined."""


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.factors = 0

    def skip(self) -> None:
        match = _BLANKS.match(self.text, self.place)
        if match:
            self.place = match.end()

    def fail(self, expected: str) -> StatementError:
        rest = self.text[self.place : self.place + 16]
        return StatementError(
            CONDITIONAL_SYNTAX, found=repr(rest) if rest else "the end", expected=expected, at=rest
        )  # fmt: skip

    def word(self, *words: str) -> str:
        """The next word if it is one of these."""
        self.skip()
        match = _WORD.match(self.text, self.place)
        if match and match.group().upper() in words:
            self.place = match.end()
            return match.group().upper()
        return ""

    def sign(self, signs: str) -> str:
        self.skip()
        character = self.text[self.place : self.place + 1]
        if character and character in signs:
            self.place += 1
            return character
        return ""

    def disjunction(self) -> Node:
        node = self.conjunction()
        while self.word("OR"):
            node = ("or", node, self.conjunction())
        return node

    def conjunction(self) -> Node:
        node = self.negation()
        while self.word("AND"):
            node = ("and", node, self.negation())
        return node

    def negation(self) -> Node:
        if self.word("NOT"):
            self.factors += 1
            if self.factors > MAXIMUM_FACTORS:
                raise self.fail(f"at most {MAXIMUM_FACTORS} terms and parentheses")
            return ("not", self.negation())
        node = self.sum()
        relation = self.word(*_RELATIONS)
        return ("relation", relation, node, self.sum()) if relation else node

    def sum(self) -> Node:
        node = self.product()
        while operator := self.sign("+-"):
            node = (operator, node, self.product())
        return node

    def product(self) -> Node:
        node = self.factor()
        while operator := self.sign("*/"):
            node = (operator, node, self.factor())
        return node

    def factor(self) -> Node:
        self.factors += 1
        if self.factors > MAXIMUM_FACTORS:
            raise self.fail(f"at most {MAXIMUM_FACTORS} terms and parentheses")
        if operator := self.sign("+-"):
            node = self.factor()
            return ("negative", node) if operator == "-" else node
        text, place = self.text, self.place
        if match := _STRING.match(text, place):
            return self.string(match, None)
        if match := _ATTRIBUTE.match(text, place):
            return self.attribute(match)
        if match := _SELF.match(text, place):
            self.place = match.end()
            return ("selfdefining", match[1].upper(), match[2])
        if text[place : place + 1] == "&":
            reference, self.place = reference_at(text, place)
            return ("variable", reference.name, reference.subscripts)
        if match := _NUMBER.match(text, place):
            self.place = match.end()
            return ("number", int(match.group()[:12]))
        if match := _WORD.match(text, place):
            self.place = match.end()
            return ("symbol", match.group().upper())
        if text[place : place + 1] == "(":
            self.place += 1
            node = self.disjunction()
            if not self.sign(")"):
                raise self.fail("a right parenthesis")
            if match := _STRING.match(text, self.place):
                return self.string(match, node)
            return node
        raise self.fail("a term")

    def string(self, match: re.Match[str], duplication: Node | None) -> Node:
        """'...' with substring, and what is concatenated to it."""
        self.place = match.end()
        node: Node = ("string", match[1].replace("''", "'"))
        if self.text[self.place : self.place + 1] == "(":
            self.place += 1
            start = self.sum()
            if not self.sign(","):
                raise self.fail("a comma")
            length: Node = ("rest",) if self.sign("*") else self.sum()
            if not self.sign(")"):
                raise self.fail("a right parenthesis")
            node = ("substring", node, start, length)
        if duplication is not None:
            node = ("duplicate", duplication, node)
        following = self.place + 1 if self.text[self.place : self.place + 1] == "." else self.place
        if more := _STRING.match(self.text, following):
            return ("concatenate", node, self.string(more, None))
        if following > self.place:
            self.place = following
            return ("concatenate", node, self.factor())
        return node

    def attribute(self, match: re.Match[str]) -> Node:
        self.place = match.end()
        letter = match[1].upper()
        if self.text[self.place] == "&":
            reference, self.place = reference_at(self.text, self.place)
            if self.text[self.place : self.place + 1] == "." and letter not in "T":
                self.place += 1
            return ("attribute", letter, reference.name, reference.subscripts)
        if self.text[self.place] == "*":
            raise self.fail("a symbol")
        name = _WORD.match(self.text, self.place)
        if name is None:
            raise self.fail("a symbol or variable symbol")
        self.place = name.end()
        return ("attribute of", letter, name.group().upper())


_parsed: dict[str, Node] = {}


def parse(text: str) -> Node:
    """The conditional assembly expression that is all of ``text``."""
    node = _parsed.get(text)
    if node is None:
        parser = _Parser(text)
        node = parser.disjunction()
        parser.skip()
        if parser.place != len(text):
            raise parser.fail("an operator or the end")
        if len(_parsed) > 50_000:
            _parsed.clear()
        _parsed[text] = node
    return node


class Evaluator:
    """Evaluates conditional expressions for a frame."""

    def __init__(self, attributes: Attributes) -> None:
        self.attributes = attributes

    def arithmetic(self, text: str, frame: Frame) -> int:
        """An arithmetic expression, 32 bits with sign."""
        return self.number(self.value(parse(text), frame), text)

    def logical(self, text: str, frame: Frame) -> bool:
        """A logical expression."""
        return self.number(self.value(parse(text), frame), text) != 0

    def character(self, text: str, frame: Frame) -> str:
        """A character expression."""
        value = self.value(parse(text), frame)
        characters = str(value) if isinstance(value, str) else str(abs(value))
        if len(characters) > MAXIMUM_STRING:
            raise StatementError(STRING_TOO_LONG, found=len(characters), expected=MAXIMUM_STRING, at=text[:16])
        return characters

    def subscripts(self, text: str, frame: Frame) -> list[int]:
        """Subscripts: arithmetic expressions between commas."""
        return [self.arithmetic(part, frame) for part in split_operands(text)]

    def substitute(self, text: str, frame: Frame) -> str:
        """A model statement's text with values put in."""
        return substitute(text, frame, self.subscripts)

    def number(self, value: Any, text: str) -> int:
        """A value as a number."""
        if isinstance(value, int):
            return value
        if isinstance(value, Bare):
            if not value:
                return 0
            if value.isdigit():
                return wrap(int(value[:12]))
            if value[0] in "+-" and value[1:].isdigit():
                return wrap(int(value[:12]))
            if match := _SELF.fullmatch(value):
                return wrap(self_defining(match[1].upper(), match[2]))
            known = self.attributes.number_of(value.upper())
            if known is not None:
                return known
        raise StatementError(ARITHMETIC_EXPECTED, found=repr(str(value)), at=text)

    def value(self, node: Node, frame: Frame) -> Any:
        """Value of a parsed expression."""
        return getattr(self, "_" + _METHODS[node[0]])(node, frame)

    def _constant(self, node: Node, frame: Frame) -> int:
        return int(node[1])

    def _selfdefining(self, node: Node, frame: Frame) -> int:
        return wrap(self_defining(node[1], self.substitute(node[2], frame)))

    def _symbol(self, node: Node, frame: Frame) -> Any:
        known = self.attributes.number_of(node[1])
        if known is None:
            raise StatementError(ARITHMETIC_EXPECTED, found=node[1], at=node[1])
        return known

    def _variable(self, node: Node, frame: Frame) -> Any:
        subscripts = node[2]
        if subscripts is not None and not frame.subscripted(node[1]):
            raise StatementError(SUBSCRIPT_BAD, what="&" + node[1], found=f"({subscripts})", expected="none")
        numbers = None if subscripts is None else self.subscripts(subscripts, frame)
        value = frame.fetch(node[1], numbers)[0]
        return Bare(value) if isinstance(value, str) else value

    def _string(self, node: Node, frame: Frame) -> str:
        return self.substitute(node[1], frame)

    def _substring(self, node: Node, frame: Frame) -> str:
        text = self.value(node[1], frame)
        start = self.number(self.value(node[2], frame), "")
        length = len(text) if node[3] == ("rest",) else self.number(self.value(node[3], frame), "")
        if length == 0:
            return ""
        if start < 1 or start > len(text) or length < 0:
            raise StatementError(
                SUBSCRIPT_BAD, what=f"substring of {text[:16]!r}", found=f"({start},{length})",
                expected=f"a start of 1 to {len(text)}", at="",
            )  # fmt: skip
        return str(text[start - 1 : start - 1 + length])

    def _concatenate(self, node: Node, frame: Frame) -> str:
        right = self.value(node[2], frame)
        return str(self.value(node[1], frame)) + (right if isinstance(right, str) else str(abs(right)))

    def _duplicate(self, node: Node, frame: Frame) -> str:
        count = self.number(self.value(node[1], frame), "")
        if not 0 <= count <= 4096:
            raise StatementError(SUBSCRIPT_BAD, what="a string (duplication)", found=count, expected="0 to 4096", at="")
        return str(self.value(node[2], frame)) * count

    def _negative(self, node: Node, frame: Frame) -> int:
        return wrap(-self.number(self.value(node[1], frame), ""))

    def _arithmetic(self, node: Node, frame: Frame) -> int:
        left = self.number(self.value(node[1], frame), "")
        right = self.number(self.value(node[2], frame), "")
        if node[0] == "+":
            return wrap(left + right)
        if node[0] == "-":
            return wrap(left - right)
        return wrap(left * right) if node[0] == "*" else divide(left, right)

    def _or(self, node: Node, frame: Frame) -> int:
        return int(
            bool(self.number(self.value(node[1], frame), "")) or bool(self.number(self.value(node[2], frame), ""))
        )

    def _and(self, node: Node, frame: Frame) -> int:
        return int(
            bool(self.number(self.value(node[1], frame), "")) and bool(self.number(self.value(node[2], frame), ""))
        )

    def _not(self, node: Node, frame: Frame) -> int:
        return int(not self.number(self.value(node[1], frame), ""))

    def _relation(self, node: Node, frame: Frame) -> int:
        left, right = self.value(node[2], frame), self.value(node[3], frame)
        characters = [isinstance(value, str) and not isinstance(value, Bare) for value in (left, right)]
        if any(characters):
            left, right = (value if isinstance(value, str) else str(abs(value)) for value in (left, right))
            if len(left) != len(right):
                order = len(left) - len(right)
            else:
                a, b = to_ebcdic(left, errors="replace"), to_ebcdic(right, errors="replace")
                order = (a > b) - (a < b)
        else:
            order = self.number(left, "") - self.number(right, "")
        relation = node[1]
        return int(
            order == 0 if relation == "EQ" else order != 0 if relation == "NE" else order < 0 if relation == "LT"
            else order <= 0 if relation == "LE" else order > 0 if relation == "GT" else order >= 0
        )  # fmt: skip

    def _numeric(self, letter: str, name: str) -> int:
        if letter == "L":
            return self.attributes.length_of(name)
        return self.attributes.scale_of(name) if letter == "S" else self.attributes.integer_of(name)

    def _attribute_of(self, node: Node, frame: Frame) -> Any:
        if node[1] == "T":
            return self.attributes.type_of(node[2])
        if node[1] in _NUMERIC_ATTRIBUTES:
            return self._numeric(node[1], node[2])
        raise StatementError(CONDITIONAL_SYNTAX, found=f"{node[1]}'{node[2]}", expected="L' T' S' or I' of a symbol")

    def _attribute(self, node: Node, frame: Frame) -> Any:
        _, letter, name, subscripts = node
        numbers = None if subscripts is None else self.subscripts(subscripts, frame)
        if letter == "N":
            return self._count(name, numbers, frame)
        value = frame.fetch(name, numbers)[0]
        if letter == "K":
            return len(value) if isinstance(value, str) else len(str(abs(value)))
        if letter == "T":
            if name in frame.sets and frame.sets[name].type != "C":
                return "N"
            return self.attributes.type_of(str(value))
        if letter in _NUMERIC_ATTRIBUTES:
            return self._numeric(letter, str(value))
        raise StatementError(
            VARIABLE_TYPE, found=f"{letter}'&{name}", expected="one of the attributes L' T' K' N' S' I'"
        )

    def _count(self, name: str, subscripts: list[int] | None, frame: Frame) -> int:
        symbol = frame.sets.get(name)
        if symbol is not None:
            return max(symbol.values, default=0)
        if name == "SYSLIST" and frame.syslist is not None and not subscripts:
            return len(frame.syslist)
        return len(sublist(str(frame.fetch(name, subscripts)[0])))


_METHODS = {
    "number": "constant",
    "selfdefining": "selfdefining",
    "symbol": "symbol",
    "variable": "variable",
    "string": "string",
    "substring": "substring",
    "concatenate": "concatenate",
    "duplicate": "duplicate",
    "negative": "negative",
    "+": "arithmetic",
    "-": "arithmetic",
    "*": "arithmetic",
    "/": "arithmetic",
    "or": "or",
    "and": "and",
    "not": "not",
    "relation": "relation",
    "attribute": "attribute",
    "attribute of": "attribute_of",
}
