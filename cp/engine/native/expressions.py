"""Expressions of definitions: the half of the specialiser that gives values."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from vm370.cp.engine.native.arithmetic import Emitter
from vm370.cp.engine.native.frames import Frame
from vm370.cp.engine.native.values import NotCompilable, Operand, Value

_BUILTINS: dict[str, Any] = {"min": min, "max": max, "abs": abs, "range": range}


class Expressions(Emitter):
    """Evaluates expressions; how to call and to branch is the specialiser's, what the CPU has its model's."""

    def __init__(self) -> None:
        super().__init__()
        self.frame = Frame({}, {}, 0, "")

    def call(self, function: Callable[..., Any], arguments: Sequence[Operand]) -> Operand:
        raise NotImplementedError

    def branch(self, test: Value, node: ast.AST, yes: Callable[[], Operand], no: Callable[[], Operand]) -> Operand:
        raise NotImplementedError

    def get_field(self, name: str) -> Operand:
        raise NotImplementedError

    def get_register(self, bank: str, index: Operand) -> Operand:
        raise NotImplementedError

    def evaluate(self, e: ast.expr, modulus: int = 0) -> Operand:
        method = getattr(self, "expression_" + type(e).__name__, None)
        if method is None:
            raise NotCompilable(f"expression {type(e).__name__}")
        return method(e, modulus)

    def expression_Constant(self, e: ast.Constant, _: int) -> Operand:
        return e.value

    def expression_Name(self, e: ast.Name, _: int) -> Operand:
        for scope in (self.frame.environment, self.frame.globals, _BUILTINS):
            if e.id in scope:
                return scope[e.id]
        raise NotCompilable(f"{e.id} has no value on some path")

    def expression_BinOp(self, e: ast.BinOp, modulus: int) -> Operand:
        op = type(e.op)
        if op is ast.BitAnd:
            right = self.evaluate(e.right)
            if isinstance(right, int) and 0 <= right < 1 << 128:
                return self.binary(op, self.evaluate(e.left, 64 if right < 1 << 64 else 128), right)
            return self.binary(op, self.evaluate(e.left), right)
        both = modulus if op in (ast.Add, ast.Sub, ast.Mult, ast.BitOr, ast.BitXor) else 0
        left = self.evaluate(e.left, modulus if op is ast.LShift else both)
        right = self.evaluate(e.right, both)
        return self.binary(op, left, right, modulus)

    def expression_Call(self, e: ast.Call, _: int) -> Operand:
        f = e.func
        if isinstance(f, ast.Attribute):
            if self.evaluate(f.value) is not self:
                raise NotCompilable(f"method {f.attr} of something else than the CPU")
            method = getattr(self, "method_" + f.attr, None)
            if method is None:
                raise NotCompilable(f"cpu.{f.attr}")
            stored = f.attr in ("put", "store", "put_real") and isinstance(e.args[1], ast.Constant)
            return method(*(self.evaluate(a, 64 if stored and k == 2 else 0) for k, a in enumerate(e.args)))
        function = self.evaluate(f)
        arguments = [self.evaluate(a) for a in e.args]
        if function is min or function is max:
            return self.extreme(function, arguments[0], arguments[1])
        if function is abs:
            return self.magnitude(arguments[0])
        if not callable(function):
            raise NotCompilable("call of something that is no function")
        if not any(isinstance(a, Value) or a is self for a in arguments):
            return function(*arguments)
        return self.call(function, arguments)

    def expression_Attribute(self, e: ast.Attribute, _: int) -> Operand:
        if self.evaluate(e.value) is not self:
            raise NotCompilable(f"attribute {e.attr}")
        return self.get_field(e.attr)

    def expression_Subscript(self, e: ast.Subscript, _: int) -> Operand:
        if isinstance(e.value, ast.Attribute) and self.evaluate(e.value.value) is self:
            return self.get_register(e.value.attr, self.evaluate(e.slice))
        return self.evaluate(e.value)[self.evaluate(e.slice)]

    def expression_Compare(self, e: ast.Compare, _: int) -> Operand:
        if len(e.ops) != 1:
            raise NotCompilable("chained comparison")
        return self.compare(type(e.ops[0]), self.evaluate(e.left), self.evaluate(e.comparators[0]))

    def expression_IfExp(self, e: ast.IfExp, modulus: int) -> Operand:
        test = self.truth(self.evaluate(e.test))
        if not isinstance(test, Value):
            return self.evaluate(e.body if test else e.orelse, modulus)
        return self.branch(test, e, lambda: self.evaluate(e.body, modulus), lambda: self.evaluate(e.orelse, modulus))

    def expression_BoolOp(self, e: ast.BoolOp, _: int) -> Operand:
        return self._bool_op(e, e.values)

    def _bool_op(self, e: ast.BoolOp, values: list[ast.expr]) -> Operand:
        first = self.truth(self.evaluate(values[0]))
        if len(values) == 1:
            return first
        conjunction = isinstance(e.op, ast.And)
        if not isinstance(first, Value):
            return self._bool_op(e, values[1:]) if first == conjunction else first
        if conjunction:
            return self.branch(first, values[1], lambda: self._bool_op(e, values[1:]), lambda: False)
        return self.branch(first, values[1], lambda: True, lambda: self._bool_op(e, values[1:]))

    def expression_UnaryOp(self, e: ast.UnaryOp, modulus: int) -> Operand:
        if isinstance(e.op, ast.Not):
            return self.negate(self.evaluate(e.operand))
        value = self.evaluate(e.operand, modulus)
        if isinstance(e.op, ast.USub):
            return self.binary(ast.Sub, 0, value, modulus)
        if isinstance(e.op, ast.Invert):
            return self.binary(ast.BitXor, value, -1, modulus)
        raise NotCompilable("unary operator")

    def expression_Tuple(self, e: ast.Tuple, _: int) -> Operand:
        return tuple(self.evaluate(x) for x in e.elts)
