"""Instruction formats: where the operand fields are, and how the assembler language writes them.

A format has a *layout* (which bits hold what) and a *syntax* (what the programmer writes).  Several formats share a
layout: RX and RX_M differ only in that the first field is written ``M1``.

The operands that a definition gets are the static fields of the layout, left to right, then its addresses::

    layout   length  bits of the instruction                              function(cpu, ...)
    RR       2       op 8 | R1 4 | R2 4                                   (r1, r2)
    I        2       op 8 | I 8                                           (i)
    RX       4       op 8 | R1 4 | X2 4 | B2 4 | D2 12                    (r1, address2)
    RS       4       op 8 | R1 4 | R3 4 | B2 4 | D2 12                    (r1, r3, address2)
    SI       4       op 8 | I2 8 | B1 4 | D1 12                           (i2, address1)
    S        4       op 16       | B2 4 | D2 12                           (address2)
    RRE      4       op 16 | ignored 8 | R1 4 | R2 4                      (r1, r2)
    SS       6       op 8 | L 8 | B1 4 | D1 12 | B2 4 | D2 12             (length, address1, address2)
    SSD      6       op 8 | L1 4 | L2 4 | B1 4 | D1 12 | B2 4 | D2 12     (length1, length2, address1, address2)
    SRP      6       op 8 | L1 4 | I3 4 | B1 4 | D1 12 | B2 4 | D2 12     (length1, i3, address1, address2)
    SSE      6       op 16       | B1 4 | D1 12 | B2 4 | D2 12            (address1, address2)

Length fields hold one less than the length; definitions get the length itself (1-256, 1-16), and so does the
assembler language.  Addresses are 24 bits.

Syntax: operands in the order in which they are written, separated by commas: ``R1`` ``R2`` ``R3`` general register (or
floating-point register), ``M1`` ``M3`` mask, ``I`` ``I2`` ``I3`` immediate value, ``D2(X2,B2)`` address with index,
``D1(B1)`` address, ``D1(L,B1)`` address with length.  A field that the syntax does not write is 0 when assembled.

``FORMATS`` maps names to :class:`Format`; ``Layout.fields`` gives ``(shift, width, bias)`` in the instruction taken as
a left-aligned 48-bit number, by the letters of the syntax.
"""

from __future__ import annotations

from dataclasses import dataclass

Field = tuple[int, int, int]
"""Shift right by, width in bits, amount to add: in the 48-bit left-aligned instruction."""


@dataclass(frozen=True, slots=True, eq=False)
class Address:
    """An effective address: names of its fields; ``index`` is empty where there is none."""

    displacement: str
    base: str
    index: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Which bits hold what."""

    length: int
    opcode_bits: int
    fields: dict[str, Field]
    statics: tuple[str, ...]
    addresses: tuple[Address, ...]


_R1, _R2 = (36, 4, 0), (32, 4, 0)
_FIRST = {"B1": (28, 4, 0), "D1": (16, 12, 0)}
_SECOND = {"B2": (28, 4, 0), "D2": (16, 12, 0)}
_LAST = {"B2": (12, 4, 0), "D2": (0, 12, 0)}
_A1, _A2, _AX = Address("D1", "B1"), Address("D2", "B2"), Address("D2", "B2", "X2")

LAYOUTS: dict[str, Layout] = {
    "RR": Layout(2, 8, {"R1": _R1, "R2": _R2}, ("R1", "R2"), ()),
    "RX": Layout(4, 8, {"R1": _R1, "X2": _R2, **_SECOND}, ("R1",), (_AX,)),
    "RS": Layout(4, 8, {"R1": _R1, "R3": _R2, **_SECOND}, ("R1", "R3"), (_A2,)),
    "SI": Layout(4, 8, {"I2": (32, 8, 0), **_FIRST}, ("I2",), (_A1,)),
    "I": Layout(2, 8, {"I": (32, 8, 0)}, ("I",), ()),
    "S": Layout(4, 16, dict(_SECOND), (), (_A2,)),
    "RRE": Layout(4, 16, {"R1": (20, 4, 0), "R2": (16, 4, 0)}, ("R1", "R2"), ()),
    "SS": Layout(6, 8, {"L": (32, 8, 1), **_FIRST, **_LAST}, ("L",), (_A1, _A2)),
    "SSD": Layout(6, 8, {"L1": (36, 4, 1), "L2": (32, 4, 1), **_FIRST, **_LAST}, ("L1", "L2"), (_A1, _A2)),
    "SRP": Layout(6, 8, {"L1": (36, 4, 1), "I3": _R2, **_FIRST, **_LAST}, ("L1", "I3"), (_A1, _A2)),
    "SSE": Layout(6, 16, {**_FIRST, **_LAST}, (), (_A1, _A2)),
}


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """One line of ``FORMATS``."""

    name: str
    layout: Layout
    syntax: str
    letters: dict[str, str]
    """Letter in the syntax -> field of the layout, where they differ (M1 is the field R1)."""

    @property
    def length(self) -> int:
        """Bytes: 2, 4 or 6."""
        return self.layout.length

    def field(self, letter: str) -> Field:
        """Place of a field by the name that the syntax uses."""
        return self.layout.fields[self.letters.get(letter, letter)]

    def operands(self) -> tuple[str, ...]:
        """The syntax split at the commas between operands: ("R1", "D2(X2,B2)")."""
        parts, depth, start = [], 0, 0
        for i, c in enumerate(self.syntax):
            depth += (c == "(") - (c == ")")
            if c == "," and not depth:
                parts.append(self.syntax[start:i])
                start = i + 1
        return (*parts, self.syntax[start:]) if self.syntax else ()


#    name     layout syntax                 what the letters stand for where they are not the layout's own
_TABLE: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("RR",    "RR",  "R1,R2",               {}),
    ("RR_1",  "RR",  "R1",                  {}),
    ("RR_M",  "RR",  "M1,R2",               {"M1": "R1"}),
    ("RR_I",  "I",   "I",                   {}),
    ("RX",    "RX",  "R1,D2(X2,B2)",        {}),
    ("RX_M",  "RX",  "M1,D2(X2,B2)",        {"M1": "R1"}),
    ("RS",    "RS",  "R1,R3,D2(B2)",        {}),
    ("RS_M",  "RS",  "R1,M3,D2(B2)",        {"M3": "R3"}),
    ("RS_S",  "RS",  "R1,D2(B2)",           {}),
    ("SI",    "SI",  "D1(B1),I2",           {}),
    ("SI_0",  "SI",  "D1(B1)",              {}),
    ("S",     "S",   "D2(B2)",              {}),
    ("S_0",   "S",   "",                    {}),
    ("RRE",   "RRE", "R1,R2",               {}),
    ("SS",    "SS",  "D1(L,B1),D2(B2)",     {}),
    ("SSD",   "SSD", "D1(L1,B1),D2(L2,B2)", {}),
    ("SRP",   "SRP", "D1(L1,B1),D2(B2),I3", {}),
    ("SSE",   "SSE", "D1(B1),D2(B2)",       {}),
)  # fmt: skip

FORMATS: dict[str, Format] = {
    name: Format(name, LAYOUTS[layout], syntax, letters) for name, layout, syntax, letters in _TABLE
}


def field_value(instruction: int, field: Field) -> int:
    """Value of a field of a left-aligned 48-bit instruction."""
    shift, width, bias = field
    return (instruction >> shift & (1 << width) - 1) + bias
