"""One stretch of a region as LLVM text: instructions one after the other, up to where control may come from elsewhere.

General and floating-point registers and the condition code are variables (*slots*, which LLVM keeps in machine
registers); they are loaded where the region is entered and stored where it is left.  An instruction's changes are put
into the slots when it ends; what cannot be done here leaves before that, at its start, so that the interpreter executes
it.  Every stretch counts its instructions when it is left::

    slot   %bud    instructions left        %gr5 %fpr2 %cc    registers and condition code
    value  %low    back only as long as at least so many are left

    %leave (label, address of the next instruction, executed instructions, field of the context with the function)

An instruction that cannot be translated, or is long, is *called*: the interpreter executes it with a budget of one.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from vm370.cp.engine.native.arithmetic import Lines
from vm370.cp.engine.native.chaining_text import floor_lines
from vm370.cp.engine.native.context import BUDGET, CONTEXT_OFFSETS, CPU_OFFSETS
from vm370.cp.engine.native.frames import Left
from vm370.cp.engine.native.interpreter_text import CONVENTION, NOWHERE
from vm370.cp.engine.native.model import DOUBLEWORD, FIELDS, STATE, WORD
from vm370.cp.engine.native.specialiser import LIKELY
from vm370.cp.engine.native.values import Dead, Impure, NotCompilable, Operand, Returned, Value
from vm370.cp.engine.regions import knowledge
from vm370.cp.engine.regions.access import Access
from vm370.cp.engine.regions.code import Code, Instruction
from vm370.cp.engine.regions.knowledge import Known, State
from vm370.cp.engine.regions.slots import count_lines, read_lines
from vm370.cp.s370.decoder import definition, find
from vm370.cp.s370.formats import LAYOUTS
from vm370.cp.s370.opcodes import Opcode

STORAGE_LAYOUTS = [LAYOUTS[name] for name in ("SI", "SS", "SSD", "SRP", "SSE")]
"""Formats whose addresses are those of operands, never numbers or branch addresses."""
LINKS = {0x05, 0x0D, 0x45, 0x4D}
"""Operation codes that save the address of the next instruction."""
CALLED = {"ED", "EDMK", "MVO", "TRT", "MVCL", "CLCL", "MVCIN", "AXR", "SXR", "MXR", "MXD", "MXDR"}
"""Instructions that would be much text and gain little."""
RETURNS = 16
"""A branch to an address that is not known looks for at most so many places of return."""
LOW = "%low"
"""The region goes round while its budget is not below: enough is left, and its *portion* is not used up."""
BOUND = "@BOUND@"
"""Stands for the number of instructions that the region may execute between two looks at the budget."""


@dataclass(slots=True)
class Stretch:
    """What was made of one stretch."""

    start: int
    lines: Lines
    leaves: list[tuple[str, str, int, str]] = field(default_factory=list)
    edges: list[tuple[int, State]] = field(default_factory=list)
    covered: dict[int, Instruction] = field(default_factory=dict)
    targets: dict[int, Instruction] = field(default_factory=dict)
    """Targets of EXECUTE."""
    relied: set[knowledge.Reason] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    stores: list[tuple[str, Lines]] = field(default_factory=list)
    """(name, place) where all changed slots are to be stored into the CPU."""
    dynamic: bool = False
    """It branches to an address that is not known."""
    links: set[int] = field(default_factory=set)
    translated: int = 0
    """Instructions that are not left to the interpreter."""


class StretchText(Access):
    """Makes the stretches of one region."""

    def __init__(self, code: Code, code_blocks: frozenset[int], *, inline: bool = False) -> None:
        super().__init__()
        self.code = code
        self.code_blocks = code_blocks
        self.inline = inline
        self.returns: set[int] = set()
        self.leaders: set[int] = set()
        self.now = Stretch(0, [])
        self.state: State = knowledge.NOTHING
        self.current: Instruction | None = None
        self.done = 0
        self._exit = ""
        self._exit_used = False
        self._exit_done = 0
        self._set: set[str] = set()
        """Slots that the current instruction has changed on some way."""
        self._trying = False
        """The current instruction is only looked at for what it changes."""
        self._condition: Operand | None = None
        """The condition code, if the slot does not have it yet: it is stored where it is needed."""

    # --- a stretch ---

    def stretch(self, start: int, state: State, limit: int) -> Stretch:
        """Translate from ``start``, with what is known of the registers there."""
        self.out = self._home = []
        self.now = Stretch(start, self.out)
        self.relied = self.now.relied
        self.state, self.staged, self.deltas, self.done = state, {}, {}, 0
        self._condition = None
        self.begin(f"i_{start:x}")
        address = start
        while True:
            instruction = self.code.instruction(address)
            if instruction is None or len(self.now.covered) >= limit:
                self._out(str(address), self.done, "jump_function")
                break
            self.now.covered[address] = instruction
            if not self._instruction(instruction):
                break
            self.done += 1
            address = instruction.following
            if address < instruction.address:
                self._out(str(address), self.done, "slow_function")
                break
            if address in self.leaders:
                self.done -= 1
                self.go(address, -1)
                break
        return self.now

    def _instruction(self, instruction: Instruction) -> bool:
        """False when control does not go on to the next one."""
        op = instruction.op
        self.current = instruction
        self._exit, self._exit_used = self.new_label(f"x_{instruction.address:x}_"), False
        condition = self._condition
        if op is None or op.group:
            self._out(str(instruction.address), self.done, "slow_function")
            return False
        falls = True
        saved, before = self._save(), (len(self.now.leaves), len(self.now.edges))
        try:
            if op.mnemonic in CALLED and not self.inline:
                raise NotCompilable("called")
            self._execute(op, instruction.word)
            self.commit()
            self.now.translated += 1
        except (Dead, Returned):
            if (len(self.now.leaves), len(self.now.edges)) != before:  # else it only leaves
                self.now.translated += 1
            falls = False
        except NotCompilable:
            self._restore(saved)
            self._call(instruction)
        self._close_exit(falls, condition)
        return falls

    def _execute(self, op: Opcode, word: Operand) -> None:
        function = definition(op)
        if function is None:
            raise NotCompilable("no definition")
        self.origins = {}
        self.deltas = {key: fact for key, fact in self.deltas.items() if key[1:2] == " "}
        self.wrote, self.rare, self.depth, self.requirements = False, False, 0, 0
        self.call(function, [self, *self._operands(op, word)])

    def _save(self) -> tuple[Any, ...]:
        now = self.now
        return (
            len(self.out), dict(self.staged), dict(self.deltas), dict(self.known), self.label, len(now.leaves),
            len(now.edges), set(now.relied), self.frame, self.deferred, self._condition,
        )  # fmt: skip

    def _restore(self, saved: tuple[Any, ...]) -> None:
        mark, self.staged, self.deltas, self.known, self.label, leaves, edges, relied, self.frame, *rest = saved
        self.deferred, self._condition = rest
        del self.out[mark:]
        del self.now.leaves[leaves:]
        del self.now.edges[edges:]
        self.now.relied.intersection_update(relied)
        self._exit_used = False
        self.depth = 0

    def _close_exit(self, falls: bool, condition: Operand | None) -> None:
        """The block by which this instruction leaves, out of the way; the condition code before the instruction."""
        if not self._exit_used:
            return
        assert self.current is not None
        after, known, label = self.new_label("c"), self.known, self.label
        if falls:
            self.emit(f"br label %{after}")
        self.begin(self._exit)
        self._store_condition(condition)
        self.emit("br label %leave")
        self.now.leaves.append((self._exit, str(self.current.address), self._exit_done, "slow_function"))
        self.label = label
        if falls:
            self.begin(after, known)

    # --- operands ---

    def _operands(self, op: Opcode, word: Operand) -> list[Operand]:
        """What the definition gets; ``word`` may be partly known: (static word, byte OR'ed into the second byte)."""
        layout = op.format.layout

        def value(name: str) -> Operand:
            shift, width, bias = layout.fields[name]
            if not isinstance(word, tuple) or shift >= 40 or shift + width <= 32:
                static = word[0] if isinstance(word, tuple) else word
                return (static >> shift & (1 << width) - 1) + bias
            fixed, byte = word
            part = self.binary(ast.BitAnd, self.binary(ast.RShift, byte, shift - 32), (1 << width) - 1)
            part = self.binary(ast.BitOr, part, fixed >> shift & (1 << width) - 1)
            return self.binary(ast.Add, part, bias)

        values = [value(name) for name in layout.statics]
        for address in layout.addresses:
            total = value(address.displacement)
            for name in (address.base, address.index):
                if name:
                    register = value(name)
                    if register != 0:
                        total = self.binary(ast.Add, self.get_register("gr", register), total)
            total = self.binary(ast.BitAnd, total, 0xFFFFFF)
            known = self.rely(total) if layout in STORAGE_LAYOUTS else None
            if known is not None and (known & 2047) + self._longest(values) > 2048:
                known = None  # an operand of several parts is followed by its name
            values.append(total if known is None else known)
        return values

    @staticmethod
    def _longest(statics: list[Operand]) -> int:
        """No operand of an instruction with these lengths, or an immediate byte, is longer."""
        return max((256 if isinstance(x, Value) else x for x in statics), default=1)

    # --- registers and fields ---

    def place(self, key: str) -> tuple[int, str, int]:
        """(offset in the CPU, LLVM type there, largest value) of a slot."""
        if key == "cc":
            return CPU_OFFSETS["cc"], "i32", 3
        if key.startswith("gr"):
            return CPU_OFFSETS["_gr"] + 4 * int(key[2:]), "i32", WORD
        return CPU_OFFSETS["_fpr"] + 8 * int(key[3:]), "i64", DOUBLEWORD

    def staged_load(self, key: str, out: Lines) -> Operand:
        if key == "cc" and self._condition is not None:
            return self._condition
        self.now.touched.add(key)
        name = self.new_name()
        out.append(f"{name} = load i64, ptr %{key}")
        return Value(name, 64, 0, self.place(key)[2])

    def _state(self, key: str) -> Operand:
        if key not in self.staged:
            known = self.state[int(key[2:])] if key.startswith("gr") and key not in self.now.changed else None
            if known is not None and known.bits >= 32 and not known.reasons:
                self.staged[key] = (known.value, False)
            else:
                value = self.staged_load(key, self.out)
                value.known = known
                self.staged[key] = (value, False)
        return self.staged[key][0]

    def get_register(self, bank: str, index: Operand) -> Operand:
        if isinstance(index, Value) or bank not in ("gr", "fpr"):
            raise NotCompilable(f"register of {bank} that is not known")
        return self._state(f"{bank}{index & (7 if bank == 'fpr' else 15)}")

    def set_register(self, bank: str, index: Operand, value: Operand) -> None:
        if isinstance(index, Value) or bank not in ("gr", "fpr"):
            raise NotCompilable(f"register of {bank} that is not known")
        key = f"{bank}{index & (7 if bank == 'fpr' else 15)}"
        self._set.add(key)
        self.staged[key] = (self.binary(ast.BitAnd, value, WORD if bank == "gr" else DOUBLEWORD, 64), True)

    def get_field(self, name: str) -> Operand:
        assert self.current is not None
        if name == "ia":
            return self.current.following
        if name == "ilc":
            return self.current.length // 2
        if name == "cc":
            return self._state("cc")
        if name not in FIELDS or name in ("key", "system_mask", "ec", "wait", "problem", "prefix"):
            raise NotCompilable(f"cpu.{name}")
        return self.load_field(name)

    def set_field(self, name: str, value: Operand) -> None:
        if name == "cc":
            self._set.add("cc")
            self.staged["cc"] = (value, True)
        elif name == "program_mask":
            self.store_field(name, value)
        else:
            raise NotCompilable(f"cpu.{name} is set")

    def commit(self) -> None:
        """The changes of this instruction are final."""
        for key, (value, changed) in list(self.staged.items()):
            if changed:
                self.now.changed.add(key)
                if key == "cc":
                    self._condition = value
                    self.staged[key] = (value, False)
                    continue
                self.emit(f"store i64 {self.text(value, 64)}, ptr %{key}")
                if isinstance(value, Value) and value.width != 64:
                    wide = Value(self.text(value, 64), 64, max(value.low, 0), value.high, tree=value.tree)
                    wide.known = value.known
                    value = wide
                self.staged[key] = (value, False)

    def _store_condition(self, condition: Operand | None) -> None:
        """Put a condition code that was only noted into its slot; computed anew here, where it is seldom needed."""
        if condition is not None:
            if isinstance(condition, Value) and condition.tree is not None:
                condition = self._chosen(condition.tree)
            self.emit(f"store i64 {self.text(condition, 64)}, ptr %cc")

    def out_state(self) -> State:
        """What is known of the general registers where control leaves the stretch."""
        known = [None if f"gr{i}" in self.now.changed else value for i, value in enumerate(self.state)]
        for key, (value, _) in self.staged.items():
            if key.startswith("gr"):
                known[int(key[2:])] = value.known if isinstance(value, Value) else Known(32, value)
        return tuple(known)

    # --- leaving ---

    def leave_label(self) -> str:
        self.effects += 1
        if not self._exit_used:
            self._exit_used, self._exit_done = True, self.done
        return self._exit

    def require(self, ok: str) -> None:
        if self.deferred is not None:
            if self.wrote:
                raise NotCompilable("may be interrupted after a change")
            self.requirements += 1
            self.deferred.append(self.negate(Value(ok, 1, 0, 1)))
            return
        super().require(ok)

    def leave_if(self, condition: Operand) -> None:
        inverse = self.negate(condition)
        if isinstance(inverse, Value):
            self.require(inverse.name)
        elif not inverse:
            self.leave_now()

    def leave_now(self) -> None:
        """Leave this instruction to the interpreter."""
        if self.wrote:
            raise NotCompilable("may be interrupted after a change")
        self.requirements += 1
        self.rare = True
        if self.deferred is not None:
            self.deferred.append(True)
            raise Left
        self.emit(f"br label %{self.leave_label()}")
        raise Dead

    def _out(self, address: str, executed: int, function: str) -> None:
        """Leave the region."""
        label = self.new_label("out")
        self.emit(f"br label %{label}")
        self.begin(label)
        self._store_condition(self._condition)
        self.emit("br label %leave")
        self.now.leaves.append((label, address, executed, function))

    def go(self, target: int, source: int) -> None:
        """Go on at a known address, of which this region has the code or will say that it has not."""
        executed = self.done + 1
        self.effects += 1
        self.now.edges.append((target, self.out_state()))
        self._store_condition(self._condition)
        before, left = self.new_name(), self.new_name()
        self.emit(f"{before} = load i64, ptr %bud")
        self.emit(f"{left} = sub i64 {before}, {executed}")
        self.emit(f"store i64 {left}, ptr %bud")
        if target > source >= 0 or source < 0:
            self.emit(f"br label %i_{target:x}")
            return
        enough, stop = self.new_name(), self.new_label("stop")
        self.emit(f"{enough} = icmp sge i64 {left}, {LOW}")
        self.emit(f"br i1 {enough}, label %i_{target:x}, label %{stop}{LIKELY}")
        self.begin(stop)
        self.emit("br label %leave")
        self.now.leaves.append((stop, str(target), 0, "jump_function"))

    # --- what definitions call ---

    def method_program_check(self, code: Operand) -> None:
        self.leave_now()

    def method_trap(self, code: Operand) -> None:
        self.leave_now()

    def method_mode_changed(self) -> None:
        raise NotCompilable("changes the mode")

    method_reconsider = method_mode_changed

    def method_repeat(self) -> None:
        if not self._trying:
            raise NotCompilable("goes piece by piece")

    def method_supervisor_call(self, number: Operand) -> None:
        self.leave_now()

    def method_get_real(self, address: Operand, length: Operand) -> Operand:
        raise NotCompilable("real storage")

    def method_put_real(self, address: Operand, length: Operand, value: Operand) -> None:
        raise NotCompilable("real storage")

    def method_branch(self, address: Operand) -> None:
        assert self.current is not None
        self.effects += 1
        if self.deferred is not None:
            raise Impure
        condition = self._condition
        self.commit()
        try:
            self._branch(address)
        finally:
            self._condition = condition  # the other way has not committed anything

    def _branch(self, address: Operand) -> None:
        """Go on at the address; everything is committed."""
        assert self.current is not None
        here = self.current.address
        if here is not None and self.current.op is not None and self.current.op.opcode in LINKS:
            self.now.links.add(self.current.following)
        known = self.rely(address)
        if known is not None:
            if known & 1:
                self._out(str(known), self.done + 1, "jump_function")
            else:
                self.go(known, here)
            raise Dead
        self.now.dynamic = True
        places = sorted(self.returns)[:RETURNS]
        other = self.new_label("other")
        text = self.text(address, 64)
        arms = [(place, self.new_label("back")) for place in places]
        if arms:
            cases = " ".join(f"i64 {place}, label %{label}" for place, label in arms)
            self.emit(f"switch i64 {text}, label %{other} [ {cases} ]")
            for place, label in arms:
                self.begin(label)
                self.go(place, here)
        else:
            self.emit(f"br label %{other}")
        self.begin(other)
        self._out(text, self.done + 1, "jump_function")
        raise Dead

    def method_execute(self, address: Operand, byte: Operand) -> None:
        known = self.rely(address)
        target = self.code.instruction(known) if known is not None else None
        if target is None or target.op is None or target.op.group or target.op.mnemonic == "EX":
            raise NotCompilable("target of EXECUTE")
        if target.op.mnemonic in CALLED and not self.inline:
            raise NotCompilable("called")
        self.now.targets[target.address] = target
        word: Operand = (target.word, byte)
        if isinstance(byte, int):
            word = target.word | byte << 32
            other = find(bytes((word >> 40 & 255, word >> 32 & 255)))
            if other is not target.op:
                raise NotCompilable("another instruction by EXECUTE")
        elif target.op.opcode > 0xFF:
            raise NotCompilable("another instruction by EXECUTE")
        function = definition(target.op)
        if function is None:
            raise NotCompilable("no definition")
        self.call(function, [self, *self._operands(target.op, word)])

    # --- an instruction that the interpreter executes in between ---

    def _changes(self, op: Opcode, word: Operand) -> set[str] | None:
        """Slots that an instruction may change, or None if that cannot be said."""
        saved = self._save()
        self._set, self._trying = set(), True
        try:
            self._execute(op, word)
        except (Dead, Returned):
            pass
        except NotCompilable:
            return None
        finally:
            self._trying = False
            self._restore(saved)
        return self._set

    def _call(self, instruction: Instruction) -> None:
        """All registers to the CPU, one instruction, its results back; leaves if anything but that happened."""
        assert instruction.op is not None
        changed = self._changes(instruction.op, instruction.word)
        self._store_condition(self._condition)
        self._condition = None
        n = self.new_label("call")
        p = f"%{n}"
        stores: Lines = []
        self.now.stores.append((n, stores))
        self.out += [
            stores,
            f"br label %{n}h",
            f"{n}h:",
            f"{p}fp = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS['slow_function']}",
            f"{p}f = load ptr, ptr {p}fp{STATE}",
            f"{p}mp = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS['mode_changed']}",
            f"{p}m0 = load i32, ptr {p}mp{STATE}",
            f"store i32 0, ptr {p}mp{STATE}",
            f"{p}r = call {CONVENTION} i32 {p}f(ptr %s, ptr %c, i64 0, i64 {instruction.address}, i64 1, ptr %map,"
            f" i64 {NOWHERE}, ptr null)",
            f"{p}m1 = load i32, ptr {p}mp{STATE}",
            f"{p}m2 = or i32 {p}m0, {p}m1",
            f"store i32 {p}m2, ptr {p}mp{STATE}",
            f"{p}ip = getelementptr i8, ptr %s, i64 {CPU_OFFSETS['ia']}",
            f"{p}i = load i32, ptr {p}ip{STATE}",
            f"{p}ok1 = icmp eq i32 {p}r, {BUDGET}",
            f"{p}ok2 = icmp eq i32 {p}i, {instruction.following}",
            f"{p}ok3 = icmp eq i32 {p}m1, 0",
            f"{p}ok4 = and i1 {p}ok1, {p}ok2",
            f"{p}ok = and i1 {p}ok4, {p}ok3",
            f"br i1 {p}ok, label %{n}c, label %{n}u{LIKELY}",
            f"{n}u:",  # a unit of operation of several?
            f"{p}u1 = icmp eq i32 {p}i, {instruction.address}",
            f"{p}u2 = and i1 {p}u1, {p}ok1",
            f"{p}u3 = and i1 {p}u2, {p}ok3",
            f"{p}u4 = load i64, ptr %bud",
            f"{p}u5 = sub i64 {p}u4, 1",
            *covers_lines(f"{p}u6", f"{p}u5", BOUND),
            f"{p}u7 = and i1 {p}u3, {p}u6",
            f"br i1 {p}u7, label %{n}again, label %{n}x",
            f"{n}again:",
            f"store i64 {p}u5, ptr %bud",
            f"br label %{n}h",
            f"{n}x:",
            f"{p}bp = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS['budget']}",
            f"{p}b1 = load i64, ptr {p}bp{STATE}",
            f"{p}b0 = load i64, ptr %bud",
            f"{p}b2 = sub i64 {p}b0, {self.done + 1}",
            f"{p}b3 = add i64 {p}b2, {p}b1",
            f"store i64 {p}b3, ptr {p}bp{STATE}",
            *count_lines(n, f"{p}b3"),
            f"ret i32 {p}r",
        ]
        self.begin(f"{n}c")
        self.deltas = {key: fact for key, fact in self.deltas.items() if key[1:2] == " "}
        keys = (
            [*(f"gr{i}" for i in range(16)), *(f"fpr{i}" for i in (0, 2, 4, 6)), "cc"] if changed is None else changed
        )
        state = list(self.state)
        for key in sorted(keys):
            self.now.changed.add(key)
            self.staged.pop(key, None)
            if key.startswith("gr"):
                state[int(key[2:])] = None
            self.out += read_lines(f"{key}.{n}", key, *self.place(key)[:2])
        self.state = tuple(state)


def covers_lines(name: str, budget: str, instructions: str) -> Lines:
    """Lines that say whether so many instructions may be executed before the next look at the budget."""
    return [
        *floor_lines(f"{name}.f"),
        f"{name}.r = sub i64 {budget}, {instructions}",
        f"{name} = icmp sge i64 {name}.r, {name}.f",
    ]
