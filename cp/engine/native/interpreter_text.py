"""The native interpreter as LLVM text: one function per instruction, chained by tail calls.

Every function has the same arguments, which stay in machine registers::

    %s       the CPU                                %budget  instructions left after this one
    %c       its context                            %map     access map of the program that runs (maps.py)
    %insn    instruction, 48 bits left-aligned;     %limit   the last address in a block from where instructions may be
             bit 63: target of EXECUTE                       fetched without a further look at the map; or NOWHERE
    %ia      its address (of a target of EXECUTE:   %code    the block's delta: instructions are at %code + address
             so that the next instruction is right)

A handler executes the definition, then fetches the next instruction and calls its handler (``dispatch``); ``slow``
looks at budget, alignment and map where the fast way is closed; a branch back looks for translated code (``probe``).
Python is entered for the reasons in context.py only.
The instruction address and the budget are stored when native code is left, ``ilc`` when something may look at it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache, partial

from vm370.cp.engine.native.admission_text import admission_text
from vm370.cp.engine.native.arithmetic import Lines, flatten
from vm370.cp.engine.native.context import (
    ATTENTION,
    BUDGET,
    CALL,
    CONTEXT_OFFSETS,
    CPU_OFFSETS,
    CR0_ACCESS,
    HOT,
    KEYS,
    PURGE,
    SETTLE,
    STEP,
    TRAP,
)
from vm370.cp.engine.native.model import (
    ADMIT,
    DOUBLEWORD,
    FIELDS,
    GUEST,
    PROLOGUE,
    STATE,
    TABLE,
    WIDE_FIELDS,
    WORD,
    CpuModel,
)
from vm370.cp.engine.native.specialiser import LIKELY, UNLIKELY
from vm370.cp.engine.native.values import Dead, NotCompilable, Operand, Returned, Value
from vm370.cp.s370.decoder import definition
from vm370.cp.s370.formats import Field
from vm370.cp.s370.interruptions import (
    EXECUTE,
    OPERATION,
    PRIVILEGED_OPERATION,
    program_interruption,
    supervisor_call_interruption,
)
from vm370.cp.s370.opcodes import BY_MNEMONIC, OPCODES, SECOND_BYTE_MASKS, Opcode
from vm370.cp.s370.psw import DAT_BIT, EC_ZERO, PER_BIT, RESERVED
from vm370.cp.s370.storage import BLOCK_SHIFT, MAXIMUM
from vm370.cp.s370.traps import GROUPS, TRAP_PROGRAM, TRAP_SVC

CONVENTION = "preserve_nonecc"
"""Almost all machine registers hold arguments, none is saved."""
PARAMETERS = "ptr %s, ptr %c, i64 %insn, i64 %ia, i64 %budget, ptr %map, i64 %limit, ptr %code"
LAST_OFFSET = 2042
"""Six bytes at this offset of a block lie in it."""
PARAMETERS_OF_INTERRUPTIONS = ("translation_address", "monitor_class", "monitor_code")
"""Fields of the CPU that mean nothing until a program interruption stores them."""
NOWHERE = -4096
"""A limit below every address."""
TARGET_OF_EXECUTE = -(1 << 63)


def tail_call(
    name: str,
    target: str,
    insn: str,
    ia: str,
    budget: str,
    *,
    access_map: str = "%map",
    limit: str = "%limit",
    code: str = "%code",
) -> list[str]:
    """Lines that go on in another function."""
    if limit == str(NOWHERE):
        code = "null"
    arguments = f"ptr %s, ptr %c, i64 {insn}, i64 {ia}, i64 {budget}, ptr {access_map}, i64 {limit}, ptr {code}"
    return [f"{name} = musttail call {CONVENTION} i32 {target}({arguments})", f"ret i32 {name}"]


def leave(prefix: str, ia: str, budget: str, reason: int) -> list[str]:
    """Lines that return to Python."""
    p = f"%{prefix}"
    return [
        f"{p}m = and i64 {ia}, 16777215",
        f"{p}t = trunc i64 {p}m to i32",
        f"{p}a = getelementptr i8, ptr %s, i64 {CPU_OFFSETS['ia']}",
        f"store i32 {p}t, ptr {p}a{STATE}",
        f"{p}b = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS['budget']}",
        f"store i64 {budget}, ptr {p}b{STATE}",
        f"ret i32 {reason}",
    ]


def fetch_and_call(prefix: str, ia: str, budget: str, limit: str, code: str = "%code") -> list[str]:
    """Lines that call the handler of the instruction at a checked address; ``budget``: without it."""
    p = f"%{prefix}"
    return [
        f"{p}p = getelementptr i8, ptr {code}, i64 {ia}",
        f"{p}w = load i64, ptr {p}p, align 1{GUEST}",
        f"{p}s = call i64 @llvm.bswap.i64(i64 {p}w)",
        f"{p}i = lshr i64 {p}s, 16",
        f"{p}o = lshr i64 {p}s, 56",
        f"{p}g = getelementptr ptr, ptr @handlers, i64 {p}o",
        f"{p}f = load ptr, ptr {p}g, !invariant.load !11",
        *tail_call(f"{p}r", f"{p}f", f"{p}i", ia, budget, limit=limit, code=code),
    ]


def dispatch(prefix: str, ia: str, branch: bool) -> list[str]:
    """Lines that execute the instruction at ``ia``; ``branch``: it may be odd or before the block, else it is after."""
    p, b = f"%{prefix}", prefix
    slow = [f"{b}slow:", *tail_call(f"{p}z", "@slow", "0", ia, "%budget")]
    go = [f"{b}go:", *fetch_and_call(f"{b}n", ia, f"{p}left", "%limit")]
    if not branch:
        return [
            f"{p}left = sub i64 %budget, 1",
            f"{p}room = sub i64 %limit, {ia}",
            f"{p}both = or i64 {p}left, {p}room",
            f"{p}in = icmp sge i64 {p}both, 0",
            f"br i1 {p}in, label %{b}go, label %{b}slow{LIKELY}",
            *slow,
            *go,
        ]
    return [
        f"{p}isback = icmp ule i64 {ia}, %ia",
        f"br i1 {p}isback, label %{b}back, label %{b}more",
        f"{b}back:",
        f"{p}ea = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS['entries']}",
        f"{p}e = load ptr, ptr {p}ea{STATE}",
        f"{p}none = icmp eq ptr {p}e, null",
        f"br i1 {p}none, label %{b}more, label %{b}probe",
        f"{b}probe:",
        *tail_call(f"{p}x", "@probe", "0", ia, "%budget"),
        f"{b}more:",
        f"{p}some = icmp sgt i64 %budget, 0",
        f"br i1 {p}some, label %{b}at, label %{b}done{LIKELY}",
        f"{b}done:",
        *tail_call(f"{p}y", "@done", "0", ia, "%budget"),
        f"{b}at:",
        f"{p}left = sub i64 %budget, 1",
        f"{p}end = add i64 {ia}, {LAST_OFFSET}",
        f"{p}off = sub i64 {p}end, %limit",
        f"{p}turn = call i64 @llvm.fshr.i64(i64 {p}off, i64 {p}off, i64 1)",
        f"{p}in = icmp ule i64 {p}turn, {LAST_OFFSET // 2}",
        f"br i1 {p}in, label %{b}go, label %{b}slow{LIKELY}",
        *slow,
        *go,
    ]


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
        for name in ("pending", "wait"):
            odd = self.binary(ast.BitOr, odd, self.load_field(name))
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


def instruction_text(op: Opcode) -> str:
    """The handler ``@op_MNEMONIC``; NotCompilable if it has to be left to the reference engine."""
    function = definition(op)
    assert function is not None
    handler = Handler(op)

    def body() -> None:
        if op.group:
            handler.guard()
        handler.call(function, [handler, *handler.operands()])

    return handler.compile(f"op_{op.mnemonic}", body)


def guard_text(op: Opcode) -> str:
    """The handler of an instruction whose definition needs Python; if privileged, problem state is seen to here."""
    handler = Handler(op)

    def body() -> None:
        if op.group:
            handler.guard()
        handler.leave_now()

    return handler.compile(f"op_{op.mnemonic}", body)


@cache
def compiled_instructions() -> tuple[dict[str, str], dict[str, str]]:
    """(mnemonic -> handler's text, mnemonic -> why it is left to the reference engine)."""
    texts, reasons = {}, {}
    for op in OPCODES:
        try:
            texts[op.mnemonic] = instruction_text(op)
        except NotCompilable as error:
            reasons[op.mnemonic] = str(error)
    return texts, reasons


def _program_interruption_text() -> str:
    handler = Handler(None)

    def body() -> None:
        handler.require_low_storage()
        code = handler.value(f"zext i32 {handler.load_context('code')} to i64", 64, 0, 0xFF)
        handler.call(program_interruption, [handler, code])

    return handler.compile("program_interruption", body)


def _second_byte_text(first: int, ops: list[Opcode]) -> str:
    """A handler for the operation codes that share their first byte."""
    mask = SECOND_BYTE_MASKS[first]
    cases = " ".join(f"i64 {op.opcode & 0xFF}, label %at{op.opcode & 0xFF}" for op in ops)
    lines = ["entry:", "%second = lshr i64 %insn, 32", f"%which = and i64 %second, {mask}"]
    lines += [f"switch i64 %which, label %other [ {cases} ]"]
    for op in ops:
        lines += [
            f"at{op.opcode & 0xFF}:",
            *tail_call(f"%r{op.opcode & 0xFF}", f"@op_{op.mnemonic}", "%insn", "%ia", "%budget"),
        ]
    lines += ["other:", *tail_call("%ro", "@unknown", "%insn", "%ia", "%budget")]
    text = "\n".join(lines)
    return f"define internal {CONVENTION} i32 @first_{first:02X}({PARAMETERS}) {{\n{text}\n}}\n"


def _probe_text(name: str, always: bool) -> str:
    """A function that goes on at ``%ia`` in translated code if there is some, and counts arrivals if not."""
    lines = [
        "entry:",
        f"%ea = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS['entries']}",
        f"%e = load ptr, ptr %ea{STATE}",
    ]
    if always:
        lines += ["%none = icmp eq ptr %e, null", "br i1 %none, label %on, label %look", "look:"]
    lines += [
        "%a = and i64 %ia, 16777215",
        f"%ta = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS['space_tag']}",
        f"%space = load i32, ptr %ta{STATE}",
        "%a32 = trunc i64 %a to i32",
        "%tag = or i32 %a32, %space",
        "%half = lshr i64 %a, 1",
        "%index = and i64 %half, 4095",
        "%at = getelementptr [16 x i8], ptr %e, i64 %index",
        "%ca = getelementptr i8, ptr %at, i64 4",
        "%fa = getelementptr i8, ptr %at, i64 8",
        f"%f = load ptr, ptr %fa{STATE}",
        f"%found = load i32, ptr %at{STATE}",
        "%hit = icmp eq i32 %found, %tag",
        "%empty = icmp eq ptr %f, null",
        "br i1 %hit, label %here, label %other",
        "here:",
        "br i1 %empty, label %count, label %go",
        "go:",
        *tail_call("%r", "%f", "0", "%a", "%budget"),
        "count:",
        f"%old = load i32, ptr %ca{STATE}",
        "%new = sub i32 %old, 1",
        f"store i32 %new, ptr %ca{STATE}",
        "%hot = icmp eq i32 %new, 0",
        "br i1 %hot, label %tell, label %on",
        "tell:",
        *leave("h", "%a", "%budget", HOT),
        "other:",
        "br i1 %empty, label %replace, label %on",
        "replace:",
        f"%tha = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS['threshold']}",
        f"%threshold = load i32, ptr %tha{STATE}",
        f"store i32 %tag, ptr %at{STATE}",
        f"store i32 %threshold, ptr %ca{STATE}",
        "br label %on",
        "on:",
        *tail_call("%z", "@slow", "0", "%ia", "%budget"),
    ]
    text = "\n".join(lines)
    return f"define internal {CONVENTION} i32 @{name}({PARAMETERS}) {{\n{text}\n}}\n"


EXPORTS = {
    "slow_function": "@slow",
    "jump_function": "@jump",
    "interruption_function": "@program_interruption",
    "fetch_function": "@admit_fetch",
    "store_function": "@admit_store",
}
"""Fields of the context that ``enter`` sets, for translated code."""


def _exports() -> list[str]:
    lines = []
    for name, function in EXPORTS.items():
        lines.append(f"%x_{name} = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS[name]}")
        lines.append(f"store ptr {function}, ptr %x_{name}")
    return lines


def _support_text() -> str:
    def join(lines: list[str]) -> str:
        return "\n".join(lines)

    return f"""
define internal {CONVENTION} i32 @unknown({PARAMETERS}) {{
entry:
%target = icmp slt i64 %insn, 0
%high = lshr i64 %insn, 40
%op = and i64 %high, 255
%raised = add i64 %op, 64
%pairs = lshr i64 %raised, 7
%ilc = add i64 %pairs, 1
%length = shl i64 %ilc, 1
%end = add i64 %ia, %length
%ma = getelementptr i8, ptr %s, i64 {CPU_OFFSETS["trap_mask"]}
%mask = load i32, ptr %ma{STATE}
%bit = and i32 %mask, {TRAP_PROGRAM}
%trapped = icmp ne i32 %bit, 0
br i1 %trapped, label %python, label %reflect
reflect:
%shown = select i1 %target, i64 2, i64 %ilc
%shown32 = trunc i64 %shown to i32
%ila = getelementptr i8, ptr %s, i64 {CPU_OFFSETS["ilc"]}
store i32 %shown32, ptr %ila{STATE}
%ca = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS["code"]}
store i32 {OPERATION}, ptr %ca{STATE}
%after = and i64 %end, 16777215
{join(tail_call("%r", "@program_interruption", "0", "%after", "%budget"))}
python:
%ex = sub i64 %end, 4
%here = select i1 %target, i64 %ex, i64 %ia
%again = add i64 %budget, 1
{join(leave("l", "%here", "%again", STEP))}
}}
define internal {CONVENTION} i32 @done({PARAMETERS}) {{
entry:
{join(leave("d", "%ia", "%budget", BUDGET))}
}}
define internal {CONVENTION} i32 @slow({PARAMETERS}) {{
entry:
%some = icmp sgt i64 %budget, 0
br i1 %some, label %fetch, label %done
done:
{join(tail_call("%r", "@done", "0", "%ia", "%budget"))}
fetch:
%a = and i64 %ia, 16777215
%odd = and i64 %a, 1
%even = icmp eq i64 %odd, 0
%block = lshr i64 %a, 11
%kp = getelementptr ptr, ptr %map, i64 %block
%delta = load ptr, ptr %kp{TABLE}
%open = icmp ne ptr %delta, null
%ok = and i1 %even, %open
br i1 %ok, label %where, label %python
python:
{join(leave("y", "%a", "%budget", STEP))}
where:
%left = sub i64 %budget, 1
%off = and i64 %a, 2047
%inside = icmp ule i64 %off, {LAST_OFFSET}
br i1 %inside, label %go, label %edge
go:
%block0 = and i64 %a, 16775168
%new = add i64 %block0, {LAST_OFFSET}
{join(fetch_and_call("in", "%a", "%left", "%new", "%delta"))}
edge:
%fp = getelementptr i8, ptr %delta, i64 %a
%first = load i8, ptr %fp{GUEST}
%op = zext i8 %first to i64
%raised = add i64 %op, 64
%pairs = lshr i64 %raised, 7
%twice = shl i64 %pairs, 1
%rest = add i64 %twice, 1
%last = add i64 %a, %rest
%lastblock = lshr i64 %last, 11
%lp = getelementptr ptr, ptr %map, i64 %lastblock
%lastdelta = load ptr, ptr %lp{TABLE}
%lastopen = icmp eq ptr %lastdelta, %delta
br i1 %lastopen, label %cross, label %python
cross:
{join(fetch_and_call("over", "%a", "%left", str(NOWHERE), "%delta"))}
}}
{_probe_text("jump", always=True)}
{_probe_text("probe", always=False)}
define i32 @enter(ptr %c) {{
entry:
{join(_exports())}
%sa = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS["cpu"]}
%s = load ptr, ptr %sa
%ma = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS["map"]}
%map = load ptr, ptr %ma
%ba = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS["budget"]}
%budget = load i64, ptr %ba
%ia32a = getelementptr i8, ptr %s, i64 {CPU_OFFSETS["ia"]}
%ia32 = load i32, ptr %ia32a
%ia = zext i32 %ia32 to i64
%r = call {CONVENTION} i32 @jump(ptr %s, ptr %c, i64 0, i64 %ia, i64 %budget, ptr %map, i64 {NOWHERE}, ptr null)
ret i32 %r
}}
!11 = !{{}}
"""


def interpreter_text() -> str:
    """The whole module; ``@enter(context)`` is what Python calls."""
    compiled, others = compiled_instructions()
    texts = compiled | {name: guard_text(BY_MNEMONIC[name]) for name in others}
    handlers = ["@unknown"] * 256
    shared: dict[int, list[Opcode]] = {}
    for op in OPCODES:
        if op.mnemonic in texts:
            if op.opcode < 0x100:
                handlers[op.opcode] = f"@op_{op.mnemonic}"
            else:
                shared.setdefault(op.opcode >> 8, []).append(op)
    parts = [PROLOGUE, admission_text(), *texts.values()]
    for first, ops in shared.items():
        parts.append(_second_byte_text(first, ops))
        handlers[first] = f"@first_{first:02X}"
    table = ", ".join(f"ptr {name}" for name in handlers)
    parts += [_program_interruption_text(), f"@handlers = internal constant [256 x ptr] [{table}]", _support_text()]
    return "\n".join(parts)
