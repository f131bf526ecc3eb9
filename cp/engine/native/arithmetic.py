"""Emitting LLVM text: names, blocks, arithmetic, comparisons.

The text is a list of lines and of nested lists: where a list is inserted, lines can still be added later (conversions
at the end of a block whose successor is compiled after it).

``modulus`` is 64 or 128 where only that many low bits of a result matter (under ``& constant``, in a store): then the
operation may wrap.  0: the exact value is needed.

What was computed before, on every way here, is not computed again (``known``).  A value that is one of a few constants
keeps the conditions it depends on (its ``tree``): an operation with another constant is done on the constants, and a
comparison becomes a connective of the conditions.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from typing import Any

from vm370.cp.engine.native.values import (
    LEAVES,
    NotCompilable,
    Operand,
    Tree,
    Value,
    bits_interval,
    constant,
    hull,
    interval,
    is_assumed,
    leaves,
    map_leaves,
    same,
    width_for,
)

Lines = list[Any]
"""Lines and lists of lines."""

_STATIC: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_CONDITIONS = {ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge"}
_FAR = 1 << 200
_PURE = {
    "add", "sub", "mul", "and", "or", "xor", "shl", "lshr", "ashr", "icmp", "select", "zext", "sext", "trunc",
    "getelementptr",
}  # fmt: skip
"""LLVM instructions with the same result wherever they are, if they are executed at all."""


def flatten(lines: Lines) -> Iterator[str]:
    """The lines in order."""
    for line in lines:
        if isinstance(line, list):
            yield from flatten(line)
        else:
            yield line


class Emitter:
    """LLVM text of one function."""

    def __init__(self) -> None:
        self.out: Lines = []
        self.label = "entry"
        self.effects = 0
        """Counts what must not be executed speculatively."""
        self._names = 0
        self.known: dict[str, str] = {}
        """LLVM instruction -> name of its result, where that was computed on every way here."""
        self._home = self.out
        self._not_less: set[tuple[str, str]] = set()
        """Names of values of which the first is certainly not less than the second."""

    # --- lines and names ---

    def new_name(self) -> str:
        self._names += 1
        return f"%v{self._names}"

    def new_label(self, stem: str = "b") -> str:
        self._names += 1
        return f"{stem}{self._names}"

    def emit(self, line: str) -> None:
        self.out.append(line)

    def let(self, text: str) -> str:
        """A name for an LLVM instruction's result."""
        if self.out is not self._home or text.split(" ", 1)[0] not in _PURE:
            name = self.new_name()
            self.out.append(f"{name} = {text}")
            return name
        found = self.known.get(text)
        if found is None:
            found = self.known[text] = self.new_name()
            self.out.append(f"{found} = {text}")
        return found

    def value(self, text: str, width: int, low: int, high: int, assumed: bool = False) -> Value:
        """The same as a value."""
        return Value(self.let(text), width, low, high, assumed)

    def begin(self, label: str, known: dict[str, str] | None = None) -> None:
        """Start a block; ``known``: what was computed on every way to it."""
        self.out.append(f"{label}:")
        self.label = label
        self.effects += 1
        self.known = {} if known is None else known

    def text(self, x: Operand, width: int, out: Lines | None = None) -> str:
        """LLVM operand for x in ``width`` bits; a conversion goes to ``out``."""
        if not isinstance(x, Value):
            interval(x)
            return constant(x, width)
        if x.width == width:
            return x.name
        conversion = "trunc" if x.width > width else "zext" if x.low >= 0 else "sext"
        line = f"{conversion} i{x.width} {x.name} to i{width}"
        if out is None:
            return self.let(line)
        name = self.new_name()
        out.append(f"{name} = {line}")
        return name

    # --- truth ---

    def truth(self, x: Operand) -> Operand:
        """A bool, or a value of one bit."""
        if not isinstance(x, Value):
            return bool(x)
        if x.width == 1:
            return x
        if x.low > 0 or x.high < 0:
            return True
        if x.tree is not None:
            return self._logic(map_leaves(x.tree, lambda leaf: leaf != 0))
        return self.value(f"icmp ne i{x.width} {x.name}, 0", 1, 0, 1)

    # --- few constants ---

    def _chosen(self, tree: Tree | int) -> Operand:
        """The value of a tree."""
        if not isinstance(tree, tuple):
            return tree
        return self.choose(Value(tree[0], 1, 0, 1), self._chosen(tree[1]), self._chosen(tree[2]))

    def _logic(self, tree: Tree | int) -> Operand:
        """The truth of a tree of bools: a bool or a value of one bit."""
        if not isinstance(tree, tuple):
            return bool(tree)
        test, yes, no = tree[0], self._logic(tree[1]), self._logic(tree[2])
        if isinstance(yes, bool) and isinstance(no, bool):
            return yes if yes == no else Value(test, 1, 0, 1) if yes else self.negate(Value(test, 1, 0, 1))
        if yes is True or no is False:
            name, other = ("or", no) if yes is True else ("and", yes)
            return self.value(f"{name} i1 {test}, {other.name}", 1, 0, 1)
        if yes is False or no is True:
            inverse = self.let(f"xor i1 {test}, true")
            name, other = ("and", no) if yes is False else ("or", yes)
            return self.value(f"{name} i1 {inverse}, {other.name}", 1, 0, 1)
        if same(yes, no):
            return yes
        return self.value(f"select i1 {test}, i1 {self.text(yes, 1)}, i1 {self.text(no, 1)}", 1, 0, 1)

    @staticmethod
    def _tree(test: Value, a: Operand, b: Operand) -> Tree | None:
        """The tree of a choice between constants."""
        parts = []
        for x in (a, b):
            tree = x.tree if isinstance(x, Value) else int(x) if isinstance(x, int) else None
            if tree is None:
                return None
            parts.append(tree)
        found = (test.name, parts[0], parts[1])
        return found if leaves(found) <= LEAVES else None

    def negate(self, x: Operand) -> Operand:
        """``not x``."""
        x = self.truth(x)
        return self.value(f"xor i1 {x.name}, true", 1, 0, 1) if isinstance(x, Value) else not x

    # --- arithmetic ---

    def binary(self, op: type[ast.operator], a: Operand, b: Operand, modulus: int = 0) -> Operand:
        """``a op b``."""
        if not isinstance(a, Value) and not isinstance(b, Value):
            return _STATIC[op](a, b)
        try:
            if isinstance(a, Value) and a.tree is not None and isinstance(b, int):
                return self._chosen(map_leaves(a.tree, lambda leaf: int(_STATIC[op](leaf, b))))
            if isinstance(b, Value) and b.tree is not None and isinstance(a, int):
                return self._chosen(map_leaves(b.tree, lambda leaf: int(_STATIC[op](a, leaf))))
        except (ValueError, ZeroDivisionError):  # of a constant that never comes to this operation
            pass
        (al, ah), (bl, bh) = interval(a), interval(b)
        if op in (ast.Add, ast.Sub, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift) and (bl, bh) == (0, 0):
            return a
        if op in (ast.Add, ast.BitOr, ast.BitXor) and (al, ah) == (0, 0):
            return b
        if op is ast.Add:
            return self._exact("add", a, b, al + bl, ah + bh, modulus)
        if op is ast.Sub:
            low = al - bh
            if isinstance(a, Value) and isinstance(b, Value) and (a.name, b.name) in self._not_less:
                low = max(low, 0)
            return self._exact("sub", a, b, low, ah - bl, modulus)
        if op is ast.Mult:
            ends = (al * bl, al * bh, ah * bl, ah * bh)
            return self._exact("mul", a, b, min(ends), max(ends), modulus)
        if op is ast.BitAnd:
            return self._and(a, b)
        if op is ast.BitOr or op is ast.BitXor:
            return self._exact("or" if op is ast.BitOr else "xor", a, b, *bits_interval(al, ah, bl, bh), modulus)
        if op is ast.LShift:
            return self._shift_left(a, b, modulus)
        if op is ast.RShift:
            return self._shift_right(a, b)
        if op is ast.FloorDiv or op is ast.Mod:
            return self._divide(op, a, b)
        raise NotCompilable(f"operator {op.__name__}")

    def _exact(self, name: str, a: Operand, b: Operand, low: int, high: int, modulus: int) -> Value:
        assumed = is_assumed(a) or is_assumed(b)
        width = width_for(low, high)
        if modulus and (not width or width > modulus):
            width, low, high = modulus, 0, (1 << modulus) - 1
        elif assumed:
            limit = max(*(x.width if isinstance(x, Value) else 64 for x in (a, b)), 64)
            if not width or width > limit:
                width, low, high = limit, -1 << limit - 1, (1 << limit - 1) - 1
        if not width:
            raise NotCompilable(f"{name}: more than 128 bits, {low:x}..{high:x}")
        return self.value(f"{name} i{width} {self.text(a, width)}, {self.text(b, width)}", width, low, high, assumed)

    def _and(self, a: Operand, b: Operand) -> Operand:
        for x, y in ((a, b), (b, a)):
            if isinstance(y, int) and y >= 0 and y & y + 1 == 0 and interval(x)[0] >= 0 and interval(x)[1] <= y:
                return x
        (al, ah), (bl, bh) = interval(a), interval(b)
        if al >= 0 and bl >= 0:
            low, high = 0, min(ah, bh)
        elif al >= 0 or bl >= 0:
            low, high = 0, ah if al >= 0 else bh
        else:
            low, high = bits_interval(al, ah, bl, bh)
        width = width_for(low, high)
        if not width:
            raise NotCompilable("and: more than 128 bits")
        return self.value(f"and i{width} {self.text(a, width)}, {self.text(b, width)}", width, low, high)

    def _shift_left(self, a: Operand, b: Operand, modulus: int) -> Value:
        (al, ah), (bl, bh) = interval(a), interval(b)
        if bl < 0:
            raise NotCompilable("negative shift count")
        ends = (al << bl, al << bh, ah << bl, ah << bh) if bh < 256 else (-_FAR, _FAR)
        exact = width_for(min(ends), max(ends))
        if bh >= (exact or modulus or 128):
            raise NotCompilable("shift count too large")
        return self._exact("shl", a, b, min(ends), max(ends), modulus)

    def _shift_right(self, a: Operand, b: Operand) -> Value:
        (al, ah), (bl, bh) = interval(a), interval(b)
        if bl < 0:
            raise NotCompilable("negative shift count")
        width = max(width_for(al, ah), a.width if isinstance(a, Value) else 64, 64)
        if bh >= width:
            width = 128
        if bh >= 128:
            raise NotCompilable("shift count too large")
        ends = (al >> bl, al >> bh, ah >> bl, ah >> bh)
        name = "lshr" if al >= 0 else "ashr"
        text = f"{name} i{width} {self.text(a, width)}, {self.text(b, width)}"
        return self.narrowed(self.value(text, width, min(ends), max(ends)))

    def _divide(self, op: type[ast.operator], a: Operand, b: Operand) -> Value:
        (al, ah), (bl, bh) = interval(a), interval(b)
        if al < 0 or bl < 0:
            raise NotCompilable("division of numbers that may be negative")
        if max(ah, bh) >> 64:
            raise NotCompilable("division of more than 64 bits")
        name, high = ("udiv", ah) if op is ast.FloorDiv else ("urem", max(0, bh - 1))
        return self.value(f"{name} i64 {self.text(a, 64)}, {self.text(b, 64)}", 64, 0, high)

    def narrowed(self, x: Value) -> Value:
        """A 128-bit value in 64 bits if they suffice."""
        if x.width == 128 and width_for(x.low, x.high) == 64:
            return self.value(f"trunc i128 {x.name} to i64", 64, x.low, x.high)
        return x

    # --- comparison, choice ---

    def compare(self, op: type[ast.cmpop], a: Operand, b: Operand) -> Operand:
        """``a op b``: a bool or a value of one bit."""
        if not isinstance(a, Value) and not isinstance(b, Value):
            return _STATIC[op](a, b)
        if op not in _CONDITIONS:
            raise NotCompilable(f"comparison {op.__name__}")
        if isinstance(a, Value) and a.tree is not None and isinstance(b, int):
            return self._logic(map_leaves(a.tree, lambda leaf: _STATIC[op](leaf, b)))
        if isinstance(b, Value) and b.tree is not None and isinstance(a, int):
            return self._logic(map_leaves(b.tree, lambda leaf: _STATIC[op](a, leaf)))
        (al, ah), (bl, bh) = interval(a), interval(b)
        name = _CONDITIONS[op]
        if ah < bl:
            return name in ("lt", "le", "ne")
        if al > bh:
            return name in ("gt", "ge", "ne")
        if name == "ge" and al >= bh:
            return True
        if name == "lt" and al >= bh:
            return False
        if name == "le" and ah <= bl:
            return True
        if name == "gt" and ah <= bl:
            return False
        width = width_for(min(al, bl), max(ah, bh)) or 128
        if isinstance(a, Value) and isinstance(b, Value) and a.width == b.width == 1:
            width = 1
        if name not in ("eq", "ne"):
            name = ("u" if min(al, bl) >= 0 else "s") + name
        return self.value(f"icmp {name} i{width} {self.text(a, width)}, {self.text(b, width)}", 1, 0, 1)

    def choose(self, test: Value, a: Operand, b: Operand) -> Operand:
        """``a if test else b``, both being computed."""
        if same(a, b):
            return a
        if isinstance(a, tuple) and isinstance(b, tuple):
            return tuple(self.choose(test, x, y) for x, y in zip(a, b, strict=True))
        width, low, high, assumed = hull(a, b)
        text = f"select i1 {test.name}, i{width} {self.text(a, width)}, i{width} {self.text(b, width)}"
        result = self.value(text, width, low, high, assumed)
        result.tree = self._tree(test, a, b)
        return result

    def extreme(self, function: Callable[[int, int], int], a: Operand, b: Operand) -> Operand:
        """``min`` or ``max`` of two."""
        if not isinstance(a, Value) and not isinstance(b, Value):
            return function(a, b)
        test = self.compare(ast.Lt if function is min else ast.Gt, a, b)
        if not isinstance(test, Value):
            return a if test else b
        result = self.choose(test, a, b)
        if function is max:
            self._not_less |= {(result.name, x.name) for x in (a, b) if isinstance(x, Value)}
        (al, ah), (bl, bh) = interval(a), interval(b)
        return Value(result.name, result.width, function(al, bl), function(ah, bh), result.assumed)

    def magnitude(self, x: Operand) -> Operand:
        """``abs(x)``."""
        if not isinstance(x, Value):
            return abs(x)
        if x.low >= 0:
            return x
        high = max(abs(x.low), abs(x.high))
        width = width_for(min(x.low, 0), x.high)
        text = self.text(x, width)
        negative = self.let(f"sub i{width} 0, {text}")
        test = self.let(f"icmp slt i{width} {text}, 0")
        return self.value(f"select i1 {test}, i{width} {negative}, i{width} {text}", width, 0, high)
