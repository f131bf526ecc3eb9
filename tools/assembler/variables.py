"""Variable symbols: SET symbols, macro operands, system variables, and putting their values into model statements.

    &NAME       value            &NAME(2)    element of an array or of a sublist
    &NAME.X     value, then X    &&          stays as it is: one & in a constant

SETA values are written without sign and leading zeros, SETB as 0 or 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from vm370.tools.assembler.constants import closing
from vm370.tools.assembler.messages import (
    STRING_TOO_LONG,
    SUBSCRIPT_BAD,
    VARIABLE_DUPLICATE,
    VARIABLE_UNDEFINED,
    StatementError,
)
from vm370.tools.assembler.source import split_operands

VARIABLE = re.compile(r"&([A-Za-z$#@_][A-Za-z0-9$#@_]{0,62})")
MAXIMUM_STRING = 4096

ARITHMETIC, BINARY, CHARACTER = "A", "B", "C"
_EMPTY: dict[str, Any] = {ARITHMETIC: 0, BINARY: 0, CHARACTER: ""}


class SetSymbol:
    """A SET symbol; ``dimension`` is 0 for one without subscript."""

    __slots__ = ("dimension", "name", "type", "values")

    def __init__(self, name: str, kind: str, dimension: int) -> None:
        self.name = name
        self.type = kind
        self.dimension = dimension
        self.values: dict[int, Any] = {}

    def get(self, subscript: int) -> Any:
        return self.values.get(subscript, _EMPTY[self.type])

    def set(self, subscript: int, value: Any) -> None:
        self.values[subscript] = value

    def check(self, subscript: int) -> int:
        if not 1 <= subscript <= self.dimension:
            raise StatementError(
                SUBSCRIPT_BAD,
                what="&" + self.name,
                found=subscript,
                expected=f"1 to {self.dimension}",
                at="&" + self.name,
            )
        return subscript


@dataclass(slots=True)
class Frame:
    """Variables of open code or of one macro expansion."""

    name: str
    globals: dict[str, SetSymbol]
    system: dict[str, str]
    sets: dict[str, SetSymbol] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    syslist: list[str] | None = None
    label: str = ""
    branches: int = 4096

    def declare(self, name: str, kind: str, dimension: int, shared: bool) -> None:
        """LCLx or GBLx."""
        known = self.sets.get(name)
        if known is not None or name in self.parameters:
            if known is not None and known.type == kind and shared and self.globals.get(name) is known:
                return
            where = "a macro operand" if known is None else f"SET{known.type} symbol"
            raise StatementError(VARIABLE_DUPLICATE, found="&" + name, where=where)
        if not shared:
            self.sets[name] = SetSymbol(name, kind, dimension)
            return
        symbol = self.globals.get(name)
        if symbol is None:
            symbol = self.globals[name] = SetSymbol(name, kind, dimension)
        elif symbol.type != kind:
            raise StatementError(VARIABLE_DUPLICATE, found="&" + name, where=f"global SET{symbol.type} symbol")
        symbol.dimension = max(symbol.dimension, dimension)
        self.sets[name] = symbol

    def operand(self, name: str) -> str | None:
        """Value of a macro operand or system variable."""
        value = self.parameters.get(name)
        return value if value is not None else self.system.get(name)

    def fetch(self, name: str, subscripts: list[int] | None) -> tuple[Any, bool]:
        """Value of a variable symbol, and whether the subscripts were used."""
        symbol = self.sets.get(name)
        if symbol is not None:
            if symbol.dimension == 0:
                return symbol.get(0), False
            if not subscripts or len(subscripts) != 1:
                raise StatementError(
                    SUBSCRIPT_BAD, what="&" + name, found=len(subscripts or ()), expected="one subscript", at="&" + name
                )
            return symbol.get(symbol.check(subscripts[0])), True
        if name == "SYSLIST" and self.syslist is not None:
            return self._syslist(subscripts), True
        value = self.operand(name)
        if value is None:
            raise StatementError(VARIABLE_UNDEFINED, found="&" + name)
        if subscripts is None:
            return value, False
        if name in self.system and name not in self.parameters:
            return value, False
        return element(value, subscripts, name), True

    def subscripted(self, name: str) -> bool:
        """Whether a parenthesis after the name is a subscript."""
        symbol = self.sets.get(name)
        if symbol is not None:
            return symbol.dimension > 0
        return name in self.parameters or name == "SYSLIST"

    def _syslist(self, subscripts: list[int] | None) -> str:
        if not subscripts:
            raise StatementError(SUBSCRIPT_BAD, what="&SYSLIST", found="none", expected="one or two", at="&SYSLIST")
        number = subscripts[0]
        if number < 0:
            raise StatementError(SUBSCRIPT_BAD, what="&SYSLIST", found=number, expected="0 or more", at="&SYSLIST")
        values = self.syslist or []
        value = self.label if number == 0 else values[number - 1] if number <= len(values) else ""
        return element(value, subscripts[1:], "SYSLIST") if subscripts[1:] else value


def sublist(value: str) -> list[str]:
    """Elements of an operand value: those of (a,b,c), else the value itself; an omitted operand has none."""
    if not value:
        return []
    if value[0] == "(" and closing(value, 0) == len(value):
        return split_operands(value[1:-1]) or [""]
    return [value]


def element(value: str, subscripts: list[int], name: str) -> str:
    """Element of a sublist, "" where there is none."""
    for subscript in subscripts:
        if subscript < 1:
            raise StatementError(SUBSCRIPT_BAD, what="&" + name, found=subscript, expected="1 or more", at="&" + name)
        elements = sublist(value)
        value = elements[subscript - 1] if subscript <= len(elements) else ""
    return value


@dataclass(frozen=True, slots=True)
class Reference:
    """A variable symbol in a text: its name and the text of its subscripts, if a parenthesis follows."""

    name: str
    subscripts: str | None


Template = tuple[str | Reference, ...]
_templates: dict[str, Template] = {}


def template(text: str) -> Template:
    """A text split into literal parts and variable symbols."""
    parts = _templates.get(text)
    if parts is None:
        if len(_templates) > 50_000:
            _templates.clear()
        parts = _templates[text] = tuple(_split(text))
    return parts


def reference_at(text: str, place: int) -> tuple[Reference, int]:
    """The variable symbol at a place, and where it ends (a concatenation period not included)."""
    match = VARIABLE.match(text, place)
    if match is None:
        raise StatementError(VARIABLE_UNDEFINED, found=text[place : place + 8])
    end = match.end()
    subscripts = None
    if text[end : end + 1] == "(":
        close = closing(text, end)
        if close > 0:
            subscripts = text[end + 1 : close - 1]
            end = close
    return Reference(match[1].upper(), subscripts), end


def _split(text: str) -> list[str | Reference]:
    parts: list[str | Reference] = []
    position = start = 0
    while True:
        place = text.find("&", position)
        if place < 0:
            break
        if text[place : place + 2] == "&&":
            position = place + 2
            continue
        if not VARIABLE.match(text, place):
            position = place + 1
            continue
        if place > start:
            parts.append(text[start:place])
        reference, position = reference_at(text, place)
        if reference.subscripts is not None and "&" not in reference.subscripts and not _numeric(reference.subscripts):
            # a parenthesis that cannot be a subscript: an address such as &D(R1)
            position = place + 1 + len(reference.name)
            reference = Reference(reference.name, None)
        parts.append(reference)
        if text[position : position + 1] == ".":
            position += 1
        start = position
    if start < len(text):
        parts.append(text[start:])
    return parts


def _numeric(text: str) -> bool:
    return all(part.strip().isdigit() for part in re.split(r"[-+*/,]", text))


def as_text(value: Any) -> str:
    """A value as it stands in a statement."""
    return value if isinstance(value, str) else str(abs(value))


def substitute(text: str, frame: Frame, subscripts: Callable[[str, Frame], list[int]]) -> str:
    """The text with the values of its variable symbols; ``subscripts`` evaluates those."""
    if "&" not in text:
        return text
    pieces = []
    for part in template(text):
        if isinstance(part, str):
            pieces.append(part)
        elif part.subscripts is None:
            pieces.append(as_text(frame.fetch(part.name, None)[0]))
        elif frame.subscripted(part.name):
            pieces.append(as_text(frame.fetch(part.name, subscripts(part.subscripts, frame))[0]))
        else:
            value = as_text(frame.fetch(part.name, None)[0])
            pieces.append(f"{value}({substitute(part.subscripts, frame, subscripts)})")
    result = "".join(pieces)
    if len(result) > MAXIMUM_STRING:
        raise StatementError(STRING_TOO_LONG, found=len(result), expected=MAXIMUM_STRING, at=text[:16])
    return result
