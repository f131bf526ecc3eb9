"""What the specialiser keeps while it compiles: syntax trees, calls being inlined, loops, paths that join."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from vm370.cp.engine.native.arithmetic import Lines
from vm370.cp.engine.native.values import Dead, NotCompilable, Operand

Environment = dict[str, Operand]
Staged = dict[str, tuple[Operand, bool]]
"""Name of the state -> (value, changed)."""


class Point:
    """The end of a block that goes on elsewhere, and what is known there."""

    __slots__ = ("environment", "label", "staged", "tail")

    def __init__(self, label: str, tail: Lines, environment: Environment, staged: Staged) -> None:
        self.label = label
        self.tail = tail
        self.environment = environment
        self.staged = staged


class Function:
    """A definition's syntax tree."""

    _known: dict[Any, Function] = {}  # noqa: RUF012

    def __init__(self, function: Callable[..., Any]) -> None:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        if not isinstance(tree, ast.FunctionDef):
            raise NotCompilable(f"not a function: {function}")
        self.body = [s for s in tree.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
        self.parameters = [a.arg for a in tree.args.args]
        self.globals: dict[str, Any] = function.__globals__
        self.name = tree.name

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Function:
        found = cls._known.get(function)
        if found is None:
            found = cls._known[function] = cls(function)
        return found


class Left(Dead):
    """The rest of this path leaves the instruction, which was noted."""


class Loop:
    """Where ``break`` and ``continue`` go."""

    def __init__(self, latch: str, end: str) -> None:
        self.latch = latch
        self.end = end
        self.breaks: list[Point] = []
        self.continues: list[Point] = []


class Frame:
    """One call that is being inlined."""

    def __init__(self, environment: Environment, globals_: dict[str, Any], depth: int, end: str) -> None:
        self.environment = environment
        self.globals = globals_
        self.depth = depth
        self.end = end
        self.returns: list[Point] = []
        self.loops: list[Loop] = []
        self.direct: tuple[Operand] | None = None


def assigned(nodes: Sequence[ast.AST]) -> set[str]:
    """Names that the statements assign to."""
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
