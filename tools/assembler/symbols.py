"""Symbols, sections and values of the assembler.

A value is a number and what it is relative to.  ``relative`` is None (absolute), a Section (simply relocatable), or a
tuple of (Section, count) pairs (complex: only address constants may be).  In pass one values are relative to the
start of their section; between the passes sections get their places and ``Symbol.value`` becomes the assembled address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

CONTROL, DUMMY, COMMON, EXTERNAL, WEAK, VIRTUAL, PSEUDO = "CSECT", "DSECT", "COM", "EXTRN", "WXTRN", "V", "DXD"

SYMBOL = re.compile(r"[A-Z$#@_][A-Z0-9$#@_]{0,7}")
MAXIMUM_LOCATION = 0xFFFFFF


class Section:
    """A control, dummy or common section, an external symbol (which is only something to be relative to), or a
    pseudo register (``alignment`` 1, 2, 4 or 8)."""

    __slots__ = ("alignment", "length", "location", "name", "number", "origin", "private", "type")

    def __init__(self, name: str, kind: str) -> None:
        self.name = name
        self.type = kind
        self.location = 0
        self.length = 0
        self.origin = 0
        self.number = 0  # ESDID
        self.alignment = 1
        self.private = not name and kind == CONTROL

    def __repr__(self) -> str:
        return f"<{self.type} {self.name or '(unnamed)'}>"


Complex = tuple[tuple[Section, int], ...]
Relative = Section | Complex | None


class Value(NamedTuple):
    """Number, and what it is relative to."""

    number: int
    relative: Relative = None


class Symbol:
    """A symbol: value, attributes (length, type, scale, integer), where it was defined."""

    __slots__ = ("integer", "length", "name", "relative", "scale", "statement", "type", "value")

    def __init__(self, name: str, value: int, relative: Relative, length: int, kind: str, statement: int) -> None:
        self.name = name
        self.value = value
        self.relative = relative
        self.length = length
        self.type = kind
        self.statement = statement
        self.scale = 0
        self.integer = 0


def as_terms(relative: Relative) -> dict[Section, int]:
    """What a value is relative to, as counts per section."""
    if relative is None:
        return {}
    if isinstance(relative, Section):
        return {relative: 1}
    return dict(relative)


def from_terms(terms: dict[Section, int]) -> Relative:
    """The shortest form of counts per section."""
    left = tuple((section, count) for section, count in terms.items() if count)
    if not left:
        return None
    if len(left) == 1 and left[0][1] == 1:
        return left[0][0]
    return left


@dataclass(slots=True)
class LiteralPool:
    """Literals between two LTORGs: text -> where it stands (filled when the pool is laid out)."""

    number: int
    entries: dict[str, LiteralEntry] = field(default_factory=dict)


@dataclass(slots=True)
class LiteralEntry:
    """One literal of a pool; ``key`` is its text, made unique where it holds the location counter."""

    text: str
    length: int
    size: int
    statement: int
    section: Section | None = None
    location: int = 0
