"""The specialiser: a definition's Python text to LLVM text, with whatever is known now computed now.

An abstract interpreter over the syntax tree: names are bound to known objects or to :class:`Value`; calls are inlined;
loops of up to 16 known steps are unrolled; an ``if`` whose condition is not known becomes ``select`` when its arms only
compute, else blocks whose variables join in ``phi`` (so nothing needs ``alloca``).

Definitions may use: int arithmetic (``//`` and ``%`` of numbers that are not negative), comparisons of two, ``and or
not``, ``if``, ``while``, ``for`` over ``range``, tuples, functions of their modules, ``min max abs``, and ``cpu``.  All
variables read after a condition or a loop must have a value on every way there.

State of the CPU that is changed is *staged*: kept here as values, and stored when the instruction ends.  Subclasses say
which (:meth:`staged_load`) and what ``cpu.name``, ``cpu.gr[n]`` and ``cpu.method()`` mean (``method_...``).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from vm370.cp.engine.native.arithmetic import Lines
from vm370.cp.engine.native.expressions import Expressions
from vm370.cp.engine.native.frames import Environment, Frame, Function, Left, Loop, Point, Staged, assigned
from vm370.cp.engine.native.values import (
    Dead,
    Impure,
    NotCompilable,
    Operand,
    Returned,
    Value,
    hull,
    interval,
    same,
    width_for,
)

UNROLL = 16
"""A loop of at most so many known steps is unrolled."""
UNROLL_WHILE = 8
LIKELY, UNLIKELY = ", !prof !9", ", !prof !10"


class Specialiser(Expressions):
    """Compiles one function of LLVM from definitions."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.staged: Staged = {}
        self.wrote = False
        """State or storage was changed on this path: nothing may interrupt any more."""
        self.requirements = 0
        """Counts the places that may leave."""
        self.rare = False
        """This arm is one that is seldom taken."""
        self.deferred: list[Operand] | None = None
        """While an arm is being computed whether it is taken or not: conditions on which it would leave."""
        self._impure: set[int] = set()
        self._widened: dict[int, dict[str, tuple[int, int, int, bool]]] = {}
        self._loop_state: dict[int, set[str]] = {}

    # --- what the model of the CPU gives ---

    def staged_load(self, key: str, out: Lines) -> Operand:
        """Value of a staged part of the state that was not changed on this path."""
        raise NotCompilable(f"{key} changed on one path only")

    def set_field(self, name: str, value: Operand) -> None:
        raise NotImplementedError

    def set_register(self, bank: str, index: Operand, value: Operand) -> None:
        raise NotImplementedError

    # --- joins ---

    def point(self, target: str, environment: Environment) -> Point:
        """End the current block with a branch to ``target``."""
        tail: Lines = []
        self.out.append(tail)
        self.out.append(f"br label %{target}")
        self.effects += 1
        return Point(self.label, tail, environment, self.staged)

    def phi(self, items: list[tuple[str, Lines, Operand]]) -> Operand:
        """One value from (label of the block it comes from, end of that block, value)."""
        first = items[0][2]
        if all(same(first, value) for _, _, value in items[1:]):
            return first
        if isinstance(first, tuple):
            return tuple(self.phi([(lab, t, v[k]) for lab, t, v in items]) for k in range(len(first)))
        width, low, high, taken = hull(first, first)
        for _, _, value in items[1:]:
            width, low, high, taken = hull(Value("", width, low, high, taken), value)
        if all((isinstance(v, Value) and v.width == 1) or v in (0, 1) for _, _, v in items):
            width = 1
        elif width == 1:
            width = 64
        arguments = ", ".join(f"[ {self.text(v, width, tail)}, %{label} ]" for label, tail, v in items)
        return self.value(f"phi i{width} {arguments}", width, low, high, taken)

    def join(self, points: list[Point], label: str) -> Environment:
        """Start the block ``label``, reached from the points."""
        self.begin(label)
        if len(points) == 1:
            self.staged = points[0].staged
            return points[0].environment
        environment: Environment = {}
        for name, value in points[0].environment.items():
            if all(name in p.environment for p in points[1:]):
                if callable(value) or value is self or value is None:
                    environment[name] = value
                    continue
                try:
                    environment[name] = self.phi([(p.label, p.tail, p.environment[name]) for p in points])
                except NotCompilable:
                    continue  # not a value that the rest can use; reading it is refused
        staged: Staged = {}
        for key in sorted({key for p in points for key in p.staged}):
            if any(p.staged.get(key, (None, False))[1] for p in points):
                items = [
                    (p.label, p.tail, p.staged[key][0] if key in p.staged else self.staged_load(key, p.tail))
                    for p in points
                ]
                staged[key] = (self.phi(items), True)
        self.staged = staged
        return environment

    # --- functions and statements ---

    def call(self, function: Callable[..., Any], arguments: Sequence[Operand]) -> Operand:
        """Inline a call."""
        definition = Function.of(function)
        if len(arguments) != len(definition.parameters):
            raise NotCompilable(f"{definition.name}: {len(arguments)} arguments")
        saved, depth, known = self.frame, self.depth, dict(self.known)
        environment = dict(zip(definition.parameters, arguments, strict=True))
        frame = self.frame = Frame(environment, definition.globals, depth, self.new_label("ret"))
        try:
            self.block(definition.body)
            frame.direct = (None,)
        except (Returned, Dead):
            pass
        self.depth = depth
        self.frame = saved
        if not frame.returns:
            if frame.direct is None:
                raise Dead
            return frame.direct[0]
        if frame.direct is not None:
            frame.returns.append(self.point(frame.end, {"$": frame.direct[0]}))
        result = self.join(frame.returns, frame.end).get("$")
        self.known = known
        return result

    def block(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            method = getattr(self, "statement_" + type(statement).__name__, None)
            if method is None:
                raise NotCompilable(f"statement {type(statement).__name__}")
            method(statement)

    def statement_Pass(self, _: ast.Pass) -> None:
        pass

    def statement_Expr(self, s: ast.Expr) -> None:
        self.evaluate(s.value)

    def statement_Return(self, s: ast.Return) -> None:
        value = self.evaluate(s.value) if s.value else None
        frame = self.frame
        if self.depth == frame.depth:
            frame.direct = (value,)
            raise Returned
        frame.returns.append(self.point(frame.end, {"$": value}))
        raise Dead

    def statement_Assign(self, s: ast.Assign) -> None:
        target = s.targets[0]
        self.assign(target, self.evaluate(s.value, 64 if isinstance(target, ast.Subscript) else 0))

    def statement_AugAssign(self, s: ast.AugAssign) -> None:
        if not isinstance(s.target, ast.Name):
            raise NotCompilable("augmented assignment to anything but a variable")
        self.assign(s.target, self.binary(type(s.op), self.frame.environment[s.target.id], self.evaluate(s.value)))

    def assign(self, target: ast.expr, value: Operand) -> None:
        if isinstance(target, ast.Name):
            self.frame.environment[target.id] = value
        elif isinstance(target, ast.Tuple):
            for t, v in zip(target.elts, value, strict=True):
                self.assign(t, v)
        elif isinstance(target, ast.Attribute):
            self.set_field(target.attr, value)
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Attribute):
            self.set_register(target.value.attr, self.evaluate(target.slice), value)
        else:
            raise NotCompilable("target of an assignment")

    def statement_If(self, s: ast.If) -> None:
        test = self.truth(self.evaluate(s.test))
        if isinstance(test, Value):
            self.branch(test, s, lambda: self.block(s.body), lambda: self.block(s.orelse))
        else:
            self.block(s.body if test else s.orelse)

    # --- conditions ---

    def branch(self, test: Value, node: ast.AST, yes: Callable[[], Operand], no: Callable[[], Operand]) -> Operand:
        """Two ways: both computed and selected from if they are pure, else blocks."""
        if id(node) not in self._impure:
            try:
                return self._select(test, yes, no)
            except Impure:
                self._impure.add(id(node))
        frame = self.frame
        environment, staged, wrote, depth, rare = frame.environment, self.staged, self.wrote, self.depth, self.rare
        known, known_after = self.known, self.known
        self.effects += 1
        labels, end = (self.new_label(), self.new_label()), self.new_label()
        decision: Lines = []
        self.out.append(decision)
        points, all_wrote, rarities = [], False, []
        for label, arm in zip(labels, (yes, no), strict=True):
            frame.environment, self.staged = dict(environment), dict(staged)
            self.begin(label, dict(known))
            self.depth, self.wrote, self.rare = depth + 1, wrote, False
            try:
                frame.environment["$v"] = arm()
                points.append(self.point(end, frame.environment))
                known_after = self.known if len(points) == 1 else known
                all_wrote = all_wrote or self.wrote
            except Dead:
                self.frame = frame
            rarities.append(self.rare)
        weights = "" if rarities[0] == rarities[1] else UNLIKELY if rarities[0] else LIKELY
        decision.append(f"br i1 {test.name}, label %{labels[0]}, label %{labels[1]}{weights}")
        self.depth, self.wrote, self.rare = depth, all_wrote, rare or all(rarities)
        if not points:
            raise Dead
        frame.environment = self.join(points, end)
        self.known = known_after
        return frame.environment.pop("$v", None)

    def _select(self, test: Value, yes: Callable[[], Operand], no: Callable[[], Operand]) -> Operand:
        frame = self.frame
        mark, effects, label, returns, wrote = len(self.out), self.effects, self.label, len(frame.returns), self.wrote
        environment, staged, depth, rare = frame.environment, self.staged, self.depth, self.rare
        known, deferred, requirements = dict(self.known), self.deferred, self.requirements
        results: list[tuple[Environment, Staged, Operand] | None] = []
        leaving: list[Operand] = []
        self.depth += 1
        try:
            for arm, taken in ((yes, True), (no, False)):
                frame.environment, self.staged, self.deferred = dict(environment), dict(staged), []
                try:
                    value = arm()
                    results.append((frame.environment, self.staged, value))
                except Left:
                    self.frame = frame
                    results.append(None)
                if self.effects != effects:
                    raise Impure
                for condition in self.deferred:
                    leaving.append(self._and_logic(test if taken else self.negate(test), condition))
        except (Impure, Dead, Returned) as error:
            del self.out[mark:]
            del frame.returns[returns:]
            self.frame, self.depth, self.rare = frame, depth, rare
            self.label, self.effects, self.wrote = label, effects, wrote
            frame.environment, self.staged = environment, staged
            self.known, self.deferred, self.requirements = known, deferred, requirements
            raise Impure from error
        self.depth, self.deferred = depth, deferred
        for condition in leaving:
            self.leave_if(condition)
        first, second = results
        if first is None or second is None:
            remaining = first or second
            if remaining is None:
                raise Left if self.deferred is not None else Dead
            frame.environment, self.staged, value = remaining
            return value
        (env1, staged1, value1), (env2, staged2, value2) = first, second
        joined: Environment = {}
        for name in sorted(env1.keys() & env2.keys()):
            a, b = env1[name], env2[name]
            if same(a, b) or (isinstance(a, int | Value | tuple) and isinstance(b, int | Value | tuple)):
                joined[name] = self.choose(test, a, b)
        frame.environment = joined
        self.staged = {}
        for key in sorted(staged1.keys() | staged2.keys()):
            a, b = (s[key][0] if key in s else self.staged_load(key, self.out) for s in (staged1, staged2))
            changed = any(key in s and s[key][1] for s in (staged1, staged2))
            self.staged[key] = (self.choose(test, a, b), changed)
        return self.choose(test, value1, value2)

    def _and_logic(self, a: Operand, b: Operand) -> Operand:
        """``a and b``, both computed."""
        if not isinstance(a, Value) or not isinstance(b, Value):
            return (a and b) if not isinstance(a, Value) else (b and a)
        return self.value(f"and i1 {a.name}, {b.name}", 1, 0, 1)

    def leave_if(self, condition: Operand) -> None:
        """Leave the instruction on this condition; only where leaving can be deferred."""
        raise NotImplementedError

    # --- loops ---

    def statement_While(self, s: ast.While) -> None:
        if self._unrolled(s):
            return
        names = assigned(s.body)
        self._loop(s, s.body, names, lambda: self.truth(self.evaluate(s.test)), None, {})

    def _unrolled(self, s: ast.While) -> bool:
        """Compile a loop whose few steps are all known now."""
        if any(isinstance(n, ast.Break | ast.Continue | ast.While | ast.For) for b in s.body for n in ast.walk(b)):
            return False
        frame, outset, staged, label = self.frame, self.frame.environment, self.staged, self.label
        mark, returns, known, effects = len(self.out), len(frame.returns), dict(self.known), self.effects
        wrote, requirements, depth = self.wrote, self.requirements, self.depth
        frame.environment, self.staged = dict(outset), dict(staged)
        for _ in range(UNROLL_WHILE + 1):
            test = self.truth(self.evaluate(s.test))
            if isinstance(test, Value):
                break
            if not test:
                return True
            try:
                self.block(s.body)
            except NotCompilable:
                break
        del self.out[mark:]
        del frame.returns[returns:]
        self.frame, self.label, self.known, self.effects = frame, label, known, effects
        self.wrote, self.requirements, self.depth = wrote, requirements, depth
        frame.environment, self.staged = outset, staged
        return False

    def statement_For(self, s: ast.For) -> None:
        call = s.iter
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range"):
            raise NotCompilable("for over anything but range")
        arguments = [self.evaluate(a) for a in call.args]
        start, stop = arguments if len(arguments) == 2 else (0, arguments[0])
        nested = any(isinstance(n, ast.For | ast.While | ast.Break | ast.Continue) for b in s.body for n in ast.walk(b))
        if isinstance(start, int) and isinstance(stop, int) and stop - start <= UNROLL and not nested:
            for i in range(start, stop):
                self.assign(s.target, i)
                self.block(s.body)
            return
        counter = f"$i{s.lineno}"
        self.frame.environment[counter] = start
        low, high = interval(start)[0], max(interval(start)[0], interval(stop)[1])

        def test() -> Operand:
            c = self.frame.environment[counter]
            more = self.compare(ast.Lt, c, stop)
            self.assign(s.target, Value(c.name, c.width, c.low, max(c.low, c.high - 1)))
            return more

        def step() -> None:
            c = self.frame.environment[counter]
            self.frame.environment[counter] = self.value(f"add i64 {c.name}, 1", 64, c.low, c.high)

        names = assigned(s.body) | assigned([s.target]) | {counter}
        self._loop(s, s.body, names, test, step, {counter: (64, low, high, False)})

    def _loop(
        self,
        node: ast.stmt,
        body: Sequence[ast.stmt],
        names: set[str],
        test: Callable[[], Operand],
        step: Callable[[], None] | None,
        fixed: dict[str, tuple[int, int, int, bool]],
    ) -> None:
        """Compile the body again and again until the intervals round the loop settle."""
        frame, outset, staged, label = self.frame, self.frame.environment, self.staged, self.label
        wide = self._widened.setdefault(id(node), {})
        keys = self._loop_state.setdefault(id(node), set())
        wrote, depth, requirements, known = self.wrote, self.depth, self.requirements, self.known
        for attempt in range(10):
            self.known = dict(known)
            mark, returns = len(self.out), len(frame.returns)
            frame.environment, self.staged = dict(outset), dict(staged)
            for key in sorted(keys - self.staged.keys()):
                self.staged[key] = (self.staged_load(key, self.out), True)
            if self._one_round(body, names, test, step, {**wide, **fixed}, fixed, keys, attempt, wide):
                if not wrote and self.wrote and self.requirements != requirements:
                    raise NotCompilable("may be interrupted after a change in an earlier round of a loop")
                self.known = dict(known)
                return
            del self.out[mark:]
            del frame.returns[returns:]
            self.frame, self.label, self.wrote, self.depth = frame, label, wrote, depth
            self.requirements = requirements
        raise NotCompilable("a loop whose variables do not settle")

    def _one_round(
        self,
        body: Sequence[ast.stmt],
        names: set[str],
        test: Callable[[], Operand],
        step: Callable[[], None] | None,
        known: dict[str, tuple[int, int, int, bool]],
        fixed: dict[str, tuple[int, int, int, bool]],
        keys: set[str],
        attempt: int,
        wide: dict[str, tuple[int, int, int, bool]],
    ) -> bool:
        """Compile the loop with what is known of its variables; False if that turned out to be too little."""
        frame, depth = self.frame, self.depth
        head, inner, latch, end = (self.new_label(x) for x in ("head", "body", "latch", "end"))
        entry, entry_tail, before = self.label, [], dict(self.staged)  # type: ignore[var-annotated]
        self.effects += 1
        self.out.append(entry_tail)
        self.emit(f"br label %{head}")
        self.begin(head, self.known)
        phis: dict[str, tuple[Value, Lines, Operand]] = {}
        for name in sorted(names & frame.environment.keys()):
            initial = frame.environment[name]
            if not isinstance(initial, int | Value):
                continue
            width, low, high, taken = hull(initial, Value("", *known[name]) if name in known else initial)
            phis[name] = (Value(self.new_name(), max(width, 64), low, high, taken), [], initial)
            self.out.append(phis[name][1])
            frame.environment[name] = phis[name][0]
        for key in sorted(keys):
            phis["." + key] = (Value(self.new_name(), 64, 0, (1 << 64) - 1), [], before[key][0])
            self.out.append(phis["." + key][1])
            self.staged[key] = (phis["." + key][0], True)
        self.depth = depth + 1
        frame.loops.append(Loop(latch, end))
        exits: list[Point] = []
        more = test()
        if isinstance(more, Value):
            tail: Lines = []
            self.out.append(tail)
            self.emit(f"br i1 {more.name}, label %{inner}, label %{end}")
            exits.append(Point(self.label, tail, frame.environment, self.staged))
            frame.environment, self.staged = dict(frame.environment), dict(self.staged)
            self.begin(inner, self.known)
        elif not more:
            raise NotCompilable("a loop that is never entered")
        backs: list[Point] = []
        try:
            self.block(body)
            backs.append(self.point(latch, frame.environment))
        except Dead:
            self.frame = frame
        loop = frame.loops.pop()
        backs += loop.continues
        exits += loop.breaks
        self.depth = depth
        if not backs or not exits:
            raise NotCompilable("a loop without end or without repetition")
        frame.environment = self.join(backs, latch)
        if step:
            step()
        stable = True
        for name, (value, slot, initial) in phis.items():
            final = self.staged[name[1:]][0] if name.startswith(".") else frame.environment.get(name)
            if final is None:
                raise NotCompilable(f"{name} has no value round the loop")
            low, high = interval(final)
            final_width = final.width if isinstance(final, Value) else 64
            if name not in fixed and (low < value.low or high > value.high or final_width > value.width):
                stable = False
                width = max(value.width, final_width)
                if attempt < 2 and width_for(min(low, value.low), max(high, value.high)):
                    wide[name] = hull(value, final)
                else:
                    wide[name] = (width, -1 << width - 1, (1 << width - 1) - 1, True)
            elif stable:
                first = self.text(initial, value.width, entry_tail)
                arguments = f"[ {first}, %{entry} ], [ {self.text(final, value.width)}, %{self.label} ]"
                slot.append(f"{value.name} = phi i{value.width} {arguments}")
        for key, (staged_value, changed) in self.staged.items():
            if changed and key not in keys and not same(staged_value, before.get(key, (None,))[0]):
                keys.add(key)
                stable = False
        if stable:
            self.emit(f"br label %{head}")
            frame.environment = self.join(exits, end)
        return stable

    def statement_Break(self, _: ast.Break) -> None:
        loop = self.frame.loops[-1]
        loop.breaks.append(self.point(loop.end, self.frame.environment))
        raise Dead

    def statement_Continue(self, _: ast.Continue) -> None:
        loop = self.frame.loops[-1]
        loop.continues.append(self.point(loop.latch, self.frame.environment))
        raise Dead
