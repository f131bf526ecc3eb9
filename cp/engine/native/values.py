"""Values while a definition is compiled: what is known now (Python objects) and what will be known (:class:`Value`).

Python's integers are exact.  Each :class:`Value` therefore carries the interval it lies in, and the width in which an
operation is computed follows from the interval of its result: 64 bits if it fits, else 128, else the definition cannot
be compiled.  So compiled arithmetic equals CPython's without any annotation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Operand = Any
"""An int, a bool, a tuple, a function: known now.  Or a :class:`Value`."""


class NotCompilable(Exception):
    """A definition uses what cannot be compiled."""


class Dead(Exception):
    """The rest of this path is never reached."""


class Returned(Exception):
    """The function that is being compiled has returned."""


class Impure(Exception):
    """An arm of a condition does more than compute."""


class Value:
    """An integer known when the code runs: LLVM operand, its width in bits, and the interval low..high it lies in.

    ``assumed``: the interval of a variable that grows round a loop; the width is then taken to suffice.
    ``tree``: the value is one of a few constants, and on what that depends.
    ``known``: what a region knows about the value besides (regions/knowledge.py).
    """

    __slots__ = ("assumed", "high", "known", "low", "name", "tree", "width")

    def __init__(
        self, name: str, width: int, low: int, high: int, assumed: bool = False, tree: Tree | None = None
    ) -> None:
        self.name = name
        self.width = width
        self.low = low
        self.high = high
        self.assumed = assumed
        self.tree = tree
        self.known: Any = None


Tree = tuple[str, Any, Any]
"""(condition of one bit, what it is if so, what it is if not): each an int or a tree."""
LEAVES = 4
"""A tree has at most so many constants."""


def leaves(tree: Tree | int) -> int:
    """How many constants a tree has."""
    return leaves(tree[1]) + leaves(tree[2]) if isinstance(tree, tuple) else 1


def map_leaves(tree: Tree | int, function: Callable[[int], int]) -> Tree | int:
    """The same conditions with other constants."""
    if not isinstance(tree, tuple):
        return function(tree)
    yes, no = map_leaves(tree[1], function), map_leaves(tree[2], function)
    return yes if yes == no and type(yes) is type(no) else (tree[0], yes, no)


def interval(x: Operand) -> tuple[int, int]:
    """Smallest and largest possible value."""
    if isinstance(x, Value):
        return x.low, x.high
    if isinstance(x, int):
        return int(x), int(x)
    raise NotCompilable(f"not a number: {x!r}")


def width_for(low: int, high: int) -> int:
    """64 or 128 bits for an interval, unsigned if it has no negative numbers; 0 if neither suffices."""
    for width in (64, 128):
        if (low >= 0 and high < 1 << width) or (low >= -1 << width - 1 and high < 1 << width - 1):
            return width
    return 0


def bits_interval(*ends: int) -> tuple[int, int]:
    """Interval of a bitwise connective of operands with these interval ends."""
    size = max((~x if x < 0 else x).bit_length() for x in ends)
    return (0, (1 << size) - 1) if min(ends) >= 0 else (-1 << size, (1 << size) - 1)


def constant(x: int, width: int) -> str:
    """LLVM text of a constant."""
    x = int(x) & (1 << width) - 1
    if width == 1:
        return "true" if x else "false"
    return str(x - (1 << width) if x >> width - 1 else x)


def is_assumed(x: Operand) -> bool:
    """Is the interval of x an assumption?"""
    return isinstance(x, Value) and x.assumed


def same(a: Operand, b: Operand) -> bool:
    """Are both certainly the same value?"""
    if a is b:
        return True
    if isinstance(a, Value) or isinstance(b, Value):
        return isinstance(a, Value) and isinstance(b, Value) and a.name == b.name
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return all(same(x, y) for x, y in zip(a, b, strict=True))
    return type(a) is type(b) and not isinstance(a, tuple) and bool(a == b)


def hull(a: Operand, b: Operand) -> tuple[int, int, int, bool]:
    """(width, low, high, assumed) that covers both."""
    (al, ah), (bl, bh) = interval(a), interval(b)
    low, high = min(al, bl), max(ah, bh)
    assumed = is_assumed(a) or is_assumed(b)
    widths = [x.width if isinstance(x, Value) else 1 if x in (0, 1) else 64 for x in (a, b)]
    if widths == [1, 1]:
        return 1, 0, 1, False
    width = width_for(low, high)
    if not width:
        if not assumed:
            raise NotCompilable("value too wide where paths join")
        width = max(*widths, 64)
        low, high = -1 << width - 1, (1 << width - 1) - 1
    return max(width, 128 if 128 in widths else 0), low, high, assumed
