"""Compiling one instruction for the native interpreter: :class:`Handler`.

The state of the CPU is what its bytes are: definitions load and store registers and fields directly, so nothing may
interrupt after the first change.  Only the condition code and the instruction address are kept to the end.  See
interpreter_text.py for the arguments that handlers pass on.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial

from vm370.cp.engine.native.arithmetic import Lines, flatten
from vm370.cp.engine.native.chaining_text import (
    CONVENTION,
    NOWHERE,
    PARAMETERS,
    TARGET_OF_EXECUTE,
    dispatch,
    leave,
    tail_call,
)
from vm370.cp.engine.native.context import (
    ATTENTION,
    CALL,
    CONTEXT_OFFSETS,
    CPU_OFFSETS,
    CR0_ACCESS,
    KEYS,
    PURGE,
    SETTLE,
    STEP,
    TRAP,
)
from vm370.cp.engine.native.maps import CODE_BITS, CODE_DATA, READ, WRITE
from vm370.cp.engine.native.model import (
    ADMIT,
    DOUBLEWORD,
    FIELDS,
    STATE,
    TABLE,
    WIDE_FIELDS,
    WORD,
    CpuModel,
)
from vm370.cp.engine.native.specialiser import UNLIKELY
from vm370.cp.engine.native.values import Dead, NotCompilable, Operand, Returned, Value
from vm370.cp.s370.formats import Field
from vm370.cp.s370.interruptions import (
    EXECUTE,
    PRIVILEGED_OPERATION,
    supervisor_call_interruption,
)
from vm370.cp.s370.opcodes import Opcode
from vm370.cp.s370.psw import DAT_BIT, EC_ZERO, PER_BIT, RESERVED
from vm370.cp.s370.storage import BLOCK_SHIFT, MAXIMUM
from vm370.cp.s370.traps import GROUPS, TRAP_PROGRAM, TRAP_SVC

PARAMETERS_OF_INTERRUPTIONS = ("translation_address", "monitor_class", "monitor_code")
"""Fields of the CPU that mean nothing until a program interruption stores them."""


class Handler(CpuModel):
    """Compiles one instruction (``op``), or with None the program interruption that others go to."""

    def __init__(self, op: Opcode | None) -> None:
        super().__init__()
        self.op = op
        self.length = op.format.length if op is not None else 0
        self._leaves = False
        self._ilc_set = False

    def compile(self, name: str, body: Callable[[], None]) -> str:
        """The function's text."""
        self.begin("entry")
        try:
            body()
            self.finish()
        except (Dead, Returned):
            pass
        if self._leaves:
            self.emit("leave:")
            here = "%ia"
            if self.op is not None:
                self.out += [
                    "%target = icmp slt i64 %insn, 0",
                    f"%ex = add i64 %ia, {self.length - 4}",
                    "%here = select i1 %target, i64 %ex, i64 %ia",
                ]
                here = "%here"
                self.out += ["%again = add i64 %budget, 1", *leave("l", here, "%again", STEP)]
            else:
                self.out += leave("l", here, "%budget", TRAP)
        lines = "\n".join(flatten(self.out))
        return f"define internal {CONVENTION} i32 @{name}({PARAMETERS}) {{\n{lines}\n}}\n"

    def leave_label(self) -> str:
        self._leaves = True
        self.effects += 1
        return "leave"

    def leave_now(self) -> None:
        """Leave this instruction to the reference engine."""
        if self.wrote:
            raise NotCompilable("may be interrupted after a change")
        self.emit(f"br label %{self.leave_label()}")
        self.rare = True
        raise Dead

    # --- access to storage, without calls, which would need a stack frame ---

    def _lines(self, text: str) -> None:
        self.out += [line.strip() for line in text.strip().splitlines()]

    def _load_entry(self, name: str, plane: int, address: str) -> None:
        self._lines(f"""
            {name}b = lshr i64 {address}, {BLOCK_SHIFT}
            {name}t = getelementptr i8, ptr %map, i64 {plane}
            {name}p = getelementptr ptr, ptr {name}t, i64 {name}b
            {name} = load ptr, ptr {name}p{TABLE}""")

    def _rarely_admitted(
        self, delta: str, address: str, last: str, size: str, length: Operand, storing: bool, good: str
    ) -> list[tuple[str, str]]:
        n, leaving = self.new_name(), self.leave_label()
        ways = []
        if isinstance(length, int) and length <= 8:  # else the last block was looked at
            plane = WRITE if storing else READ
            self._load_entry(f"{n}e", plane, last)
            other = self.new_label("code") if storing else leaving
            self._lines(f"""
                {n}s = icmp eq ptr {n}e, {delta}
                {n}n = icmp ne ptr {delta}, null
                {n}o = and i1 {n}s, {n}n
                br i1 {n}o, label %{good}, label %{other}""")
            ways.append((delta, self.label))
            if not storing:
                return ways
            self.begin(other)
        elif not storing:
            self.emit(f"br label %{leaving}")
            return ways
        self._load_entry(f"{n}x", CODE_DATA, address)
        self._load_entry(f"{n}y", CODE_DATA, last)
        look = self.new_label("look")
        self._lines(f"""
            {n}q = icmp eq ptr {n}x, {n}y
            {n}h = icmp ne ptr {n}x, null
            {n}k = and i1 {n}q, {n}h
            br i1 {n}k, label %{look}, label %{leaving}""")
        self.begin(look)
        self._load_entry(f"{n}z", CODE_BITS, address)
        if isinstance(length, int) and length <= 8:
            self._lines(f"""
                {n}i = lshr i64 {address}, 3
                {n}w = getelementptr i8, ptr {n}z, i64 {n}i
                {n}v = load i16, ptr {n}w, align 1{TABLE}
                {n}u = zext i16 {n}v to i64
                {n}j = and i64 {address}, 7
                {n}r = lshr i64 {n}u, {n}j
                {n}a = and i64 {n}r, {(1 << length) - 1}
                {n}f = icmp eq i64 {n}a, 0
                br i1 {n}f, label %{good}, label %{leaving}""")
            return [*ways, (f"{n}x", self.label)]
        before, loop, further = self.label, self.new_label("loop"), self.new_label("further")
        self._lines(f"""
            {n}i = lshr i64 {address}, 6
            {n}j = lshr i64 {last}, 6
            {n}g = and i64 {address}, 63
            {n}l = shl i64 -1, {n}g
            {n}c = xor i64 {last}, 63
            {n}d = and i64 {n}c, 63
            {n}m = lshr i64 -1, {n}d
            br label %{loop}
            {loop}:
            {n}1 = phi i64 [ {n}i, %{before} ], [ {n}2, %{further} ]
            {n}3 = phi i64 [ {n}l, %{before} ], [ -1, %{further} ]
            {n}4 = getelementptr i64, ptr {n}z, i64 {n}1
            {n}5 = load i64, ptr {n}4, align 1{TABLE}
            {n}6 = and i64 {n}5, {n}3
            {n}7 = icmp eq i64 {n}1, {n}j
            {n}8 = select i1 {n}7, i64 {n}m, i64 -1
            {n}9 = and i64 {n}6, {n}8
            {n}0 = icmp eq i64 {n}9, 0
            br i1 {n}0, label %{further}, label %{leaving}
            {further}:
            {n}2 = add i64 {n}1, 1
            br i1 {n}7, label %{good}, label %{loop}""")
        return [*ways, (f"{n}x", further)]

    # --- operands ---

    def field(self, field: Field) -> Operand:
        shift, width, bias = field
        instruction = Value("%insn", 64, 0, (1 << 64) - 1)
        part = self.binary(ast.BitAnd, self.binary(ast.RShift, instruction, shift), (1 << width) - 1)
        return self.binary(ast.Add, part, bias)

    def _base(self, number: Value) -> Operand:
        """Contents of a base or index register; register 0 means none."""
        word = self.get_register("gr", number)
        return self.choose(self.truth(number), word, 0)

    def operands(self) -> list[Operand]:
        """What the definition gets."""
        assert self.op is not None
        layout = self.op.format.layout
        values: list[Operand] = [self.field(layout.fields[name]) for name in layout.statics]
        for address in layout.addresses:
            total = self.field(layout.fields[address.displacement])
            for name in (address.base, address.index):
                if name:
                    total = self.binary(ast.Add, total, self._base(self.field(layout.fields[name])))
            values.append(self.binary(ast.BitAnd, total, 0xFFFFFF))
        return values

    def guard(self) -> None:
        """A privileged instruction is trapped, refused, or executed."""
        assert self.op is not None
        group = GROUPS[self.op.group]
        trapped = self.truth(self.binary(ast.BitAnd, self.load_field("trap_mask"), group))
        self.require(self.negate(trapped).name)
        problem = self.truth(self.load_field("problem"))
        self.branch(problem, ast.Pass(), lambda: self.method_program_check(PRIVILEGED_OPERATION), lambda: None)

    # --- fields: ia and cc are staged ---

    def staged_load(self, key: str, out: Lines) -> Operand:
        if key == "cc":
            return self.load_field("cc", out)
        if key == "ia":
            saved, self.out = self.out, out
            address = self.next_address()
            self.out = saved
            return address
        return 0

    def next_address(self) -> Value:
        text = self.let(f"add i64 %ia, {self.length}") if self.op is not None else "%ia"
        return self.value(f"and i64 {text}, 16777215", 64, 0, 0xFFFFFF)

    def ilc(self) -> Operand:
        if self.op is None:
            return self.load_field("ilc")
        if self.length == 4:
            return 2
        target = self.let("icmp slt i64 %insn, 0")
        return self.value(f"select i1 {target}, i64 2, i64 {self.length // 2}", 64, 1, 3)

    def get_field(self, name: str) -> Operand:
        if name in self.staged:
            return self.staged[name][0]
        if name == "ia":
            return self.next_address()
        if name == "ilc":
            return self.ilc()
        if name not in FIELDS and name not in WIDE_FIELDS:
            raise NotCompilable(f"cpu.{name}")
        return self.load_field(name)

    def set_field(self, name: str, value: Operand) -> None:
        self._ilc_set = self._ilc_set or name == "ilc"
        if name in ("cc", "ia"):
            self.staged[name] = (value, True)
        elif name in FIELDS:
            wrote = self.wrote
            self.store_field(name, value)
            self.wrote = wrote or name not in PARAMETERS_OF_INTERRUPTIONS
        else:
            raise NotCompilable(f"cpu.{name}")

    # --- the end of an instruction ---

    def _flush(self) -> None:
        if "cc" in self.staged:
            self.store_field("cc", self.staged["cc"][0])

    def _to_label(self, lines: list[str]) -> None:
        self.effects += 1
        self.out += lines

    def _if(self, condition: Operand, then: Callable[[], None], rare: bool) -> None:
        """Code of its own for a condition, which ends there."""
        if not isinstance(condition, Value):
            if condition:
                then()
                raise Dead
            return
        yes, no = self.new_label(), self.new_label()
        self.emit(f"br i1 {condition.name}, label %{yes}, label %{no}{UNLIKELY if rare else ''}")
        wrote = self.wrote
        self.begin(yes)
        then()
        self.begin(no)
        self.wrote = wrote

    def finish(self) -> None:
        """The instruction is complete: interruption asked for, new mode, next instruction."""
        self._flush()
        trap = self.staged.get("trap", (0, False))[0]
        self._if(self.truth(trap), lambda: self._interrupt_after(trap), rare=True)
        self._finish_for_python()
        if "mode" in self.staged:
            changed = self.truth(self.staged["mode"][0])
            self._if(changed, self._settle, rare=False)
        if "keys" in self.staged:
            self._forget_key()
        elif "ia" in self.staged:
            self._to_label(dispatch("d", self.text(self.staged["ia"][0], 64), branch=True))
        else:
            self._to_label(dispatch("d", self.let(f"add i64 %ia, {self.length}"), branch=False))

    def _finish_for_python(self) -> None:
        """What only Python can bring to an end: purging translations, telling the host."""
        for name, reason in (("purge", PURGE), ("attention", ATTENTION)):
            if name in self.staged:
                if "mode" in self.staged:
                    self.store_context("mode_changed", 1)
                if name == "purge":
                    self.store_context("code", 1 if "mode" in self.staged else 0)
                wanted = self.truth(self.staged[name][0])
                after = self._next()
                self._if(wanted, partial(self._leave_after, after, reason), rare=False)
        if "space" in self.staged:
            bound = self.load("i64", self.pointer("%c", str(CONTEXT_OFFSETS["bound_tag"])), STATE)
            high = self.binary(ast.BitAnd, self.get_register("cr", 0), CR0_ACCESS)
            tag = self.binary(ast.BitOr, self.binary(ast.LShift, high, 32), self.get_register("cr", 1))
            other = self.compare(ast.NotEq, tag, Value(bound, 64, 0, DOUBLEWORD))
            self.store_context("mode_changed", 1)
            self._if(other, partial(self._leave_after, self._next(), SETTLE), rare=False)

    def _leave_after(self, after: str, reason: int) -> None:
        if not self._ilc_set:
            self.store_field("ilc", self.ilc())
        self._to_label(leave(self.new_label("a"), after, "%budget", reason))

    def _next(self) -> str:
        return self.text(self.get_field("ia"), 64)

    def _interrupt_after(self, code: Operand) -> None:
        """The program interruption, here or in Python."""
        self.store_field("ilc", self.ilc())
        self.store_context("code", code)
        masked = self.truth(self.binary(ast.BitAnd, self.load_field("trap_mask"), TRAP_PROGRAM))
        after = self._next()
        self._if(masked, lambda: self._to_label(leave(self.new_label("l"), after, "%budget", TRAP)), rare=False)
        self._to_label(tail_call(self.new_name(), "@program_interruption", "0", after, "%budget"))

    def _forget_key(self) -> None:
        """A storage key was changed: the maps forget the block, in Python if it may be in several places."""
        after = self._next()
        translated = self.truth(self.load_context_value("dat_filled"))
        self._if(translated, lambda: self._to_label(leave(self.new_label("k"), after, "%budget", KEYS)), rare=True)
        block = self.binary(ast.LShift, self.load_context_value("key_block", MAXIMUM - 1 >> BLOCK_SHIFT), BLOCK_SHIFT)
        logical = self.binary(ast.RShift, self.method_absolute_of_real(block), BLOCK_SHIFT)
        self.emit(f"call void @forget_block(ptr %c, i64 {self.text(logical, 64)})")
        self._to_label(tail_call(self.new_name(), "@slow", "0", after, "%budget", limit=str(NOWHERE)))

    def load_context_value(self, name: str, high: int = WORD) -> Value:
        """A 32-bit field of the context."""
        return self.value(f"zext i32 {self.load_context(name)} to i64", 64, 0, high)

    def _settle(self) -> None:
        """The mode changed: go on with the map for it, unless there is none or there is more to do."""
        if not self._ilc_set:
            self.store_field("ilc", self.ilc())
        ia = self._next()
        system_mask, ec = self.load_field("system_mask"), self.load_field("ec")
        reserved = self.load_field("reserved")
        odd = self.binary(ast.BitAnd, system_mask, EC_ZERO | PER_BIT)
        odd = self.binary(ast.BitOr, odd, self.binary(ast.BitAnd, reserved, RESERVED))
        odd = self.choose(self.truth(ec), odd, 0)
        let_through = self.binary(ast.BitAnd, self.load_field("pending"), system_mask)
        odd = self.binary(ast.BitOr, self.binary(ast.BitOr, odd, let_through), self.load_field("wait"))
        translating = self.binary(ast.BitAnd, self.binary(ast.RShift, system_mask, DAT_BIT.bit_length() - 1), ec)
        index = self.binary(ast.BitOr, self.binary(ast.LShift, translating, 4), self.load_field("key"))
        maps = self.pointer("%c", str(CONTEXT_OFFSETS["maps"]))
        access_map = self.load("ptr", self.pointer(maps, index, "ptr"), STATE)
        tags = self.pointer("%c", str(CONTEXT_OFFSETS["space_tags"]))
        tag = self.load("i32", self.pointer(tags, translating, "i32"), STATE)
        self.store_context("space_tag", Value(tag, 32, 0, WORD))
        self.store_context("mode_changed", 1)
        ready = self.let(f"icmp ne ptr {access_map}, null")
        plain = self.let(f"icmp eq i64 {self.text(odd, 64)}, 0")
        leaving = self.negate(self.value(f"and i1 {ready}, {plain}", 1, 0, 1))
        self._if(leaving, lambda: self._to_label(leave("q", ia, "%budget", SETTLE)), rare=False)
        arguments = {"access_map": access_map, "limit": str(NOWHERE)}
        self._to_label(tail_call(self.new_name(), "@slow", "0", ia, "%budget", **arguments))

    def method_mode_changed(self) -> None:
        self.staged["mode"] = (1, True)

    method_reconsider = method_mode_changed

    def method_host_attention(self) -> None:
        self.effects += 1
        self.staged["attention"] = (1, True)

    def method_purge_translations(self) -> None:
        self.effects += 1
        self.staged["purge"] = (1, True)

    def method_set_clock_comparator(self, value: Operand) -> None:
        self.store_field("clock_comparator", self.binary(ast.BitAnd, value, DOUBLEWORD ^ 0xFF))
        self.method_host_attention()

    def set_register(self, bank: str, index: Operand, value: Operand) -> None:
        super().set_register(bank, index, value)
        if bank == "cr":
            self.staged["space"] = (1, True)

    def method_program_check(self, code: Operand) -> None:
        if self.wrote:
            raise NotCompilable("program check after a change")
        self.requirements += 1
        masked = self.truth(self.binary(ast.BitAnd, self.load_field("trap_mask"), TRAP_PROGRAM))
        self.require(self.negate(masked).name)
        self.store_field("ilc", self.ilc())
        self.store_context("code", code)
        self._to_label(tail_call(self.new_name(), "@program_interruption", "0", self.next_address().name, "%budget"))
        self.rare = True
        raise Dead

    def method_trap(self, code: Operand) -> None:
        self.effects += 1
        self.rare = True
        self.staged["trap"] = (code, True)

    def method_branch(self, address: Operand) -> None:
        if "trap" in self.staged or "mode" in self.staged:
            raise NotCompilable("branch with an interruption")
        self._flush()
        self._to_label(dispatch(self.new_label("t"), self.text(address, 64), branch=True))
        raise Dead

    def method_repeat(self) -> None:
        assert self.op is not None
        self._flush()
        target = self.let("icmp slt i64 %insn, 0")
        execute = self.let(f"add i64 %ia, {self.length - 4}")
        here = self.let(f"select i1 {target}, i64 {execute}, i64 %ia")
        count = self.pointer("%s", str(CPU_OFFSETS["repeats"]))
        more = self.let(f"add i64 {self.load('i64', count, STATE)}, 1")
        self.emit(f"store i64 {more}, ptr {count}, align 8{STATE}")
        self._to_label(tail_call(self.new_name(), "@slow", "0", here, "%budget"))
        raise Dead

    def method_execute(self, address: Operand, byte: Operand) -> None:
        last = self.binary(ast.Add, address, 5)
        delta, other = self._entry(address), self._entry(last)
        present = self.let(f"icmp ne ptr {delta}, null")
        self.require(self.let(f"and i1 {present}, {self.let(f'icmp eq ptr {delta}, {other}')}"))
        self.effects += 1
        word = self._get(self.pointer(delta, address), 8)
        instruction = self.binary(ast.RShift, word, 16)
        instruction = self.binary(ast.BitOr, instruction, self.binary(ast.LShift, byte, 32))
        first = self.binary(ast.RShift, word, 56)
        again = self.compare(ast.Eq, first, 0x44)
        self.branch(again, ast.Pass(), lambda: self.method_program_check(EXECUTE), lambda: None)
        size = self.binary(ast.RShift, self.binary(ast.Add, first, 64), 7)
        size = self.binary(ast.Add, self.binary(ast.LShift, size, 1), 2)
        before = self.let(f"sub i64 {self.let('add i64 %ia, 4')}, {size.name}")
        flagged = self.let(f"or i64 {instruction.name}, {TARGET_OF_EXECUTE}")
        function = self.load("ptr", self.pointer("@handlers", first, "ptr"), "")
        self._to_label(tail_call(self.new_name(), function, flagged, before, "%budget"))
        raise Dead

    def require_low_storage(self) -> None:
        """Leave if the first 256 bytes of real storage have translated code: PSWs are going to be stored there."""
        self.require(self.let(f"call {ADMIT} i1 @low_storage_free(ptr %s, ptr %c)"))
        self.low_storage_free = True

    def method_supervisor_call(self, number: Operand) -> None:
        masked = self.truth(self.binary(ast.BitAnd, self.load_field("trap_mask"), TRAP_SVC))

        def call() -> None:
            self.store_field("ilc", self.ilc())
            self.store_context("code", number)
            self._to_label(leave("x", self._next(), "%budget", CALL))

        self._if(masked, call, rare=False)
        self.require_low_storage()
        self.call(supervisor_call_interruption, [self, number])
