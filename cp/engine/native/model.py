"""What definitions mean by ``cpu``: registers, PSW fields and storage as native code has them.

The general and floating-point registers and the PSW are the bytes of the :class:`~vm370.cp.s370.cpu.Cpu` itself.
Storage is reached through the access map of the program that runs (maps.py): the entry of the operand's block is the
*delta* that makes a host pointer of a logical address, or null.  An operand of several blocks has to be contiguous in
the host's memory, which equal deltas say.  What the map does not simply allow is decided by a function of its own
(``admit_function``); whatever that does not allow is left to the reference engine before anything has changed.

The deltas of checked operands are remembered by the operand's address (``deltas``), also when something is added to it
(``origins``); for an address that came round some other way the map is asked again.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from vm370.cp.engine.native.arithmetic import Lines
from vm370.cp.engine.native.context import CONTEXT_OFFSETS, CPU_OFFSETS
from vm370.cp.engine.native.maps import WRITE
from vm370.cp.engine.native.specialiser import LIKELY, Specialiser
from vm370.cp.engine.native.values import NotCompilable, Operand, Value, interval
from vm370.cp.s370.storage import MAXIMUM

TABLE, GUEST, STATE = ", !tbaa !1", ", !tbaa !3", ", !tbaa !5"
"""Keys and access maps, guest storage, CPU state: accesses to one never touch another."""
ADMIT = "preserve_mostcc"
"""Calling convention of the functions that decide on accesses: they leave almost all machine registers as they are."""
WINDOW = 16
"""A field of unknown length is accessed by so many bytes, which begin with it."""
WORD, DOUBLEWORD = (1 << 32) - 1, (1 << 64) - 1
FIELDS: dict[str, int] = {
    "cc": 3,
    "program_mask": 15,
    "system_mask": 255,
    "key": 15,
    "ec": 1,
    "machine_check": 1,
    "wait": 1,
    "problem": 1,
    "reserved": WORD,
    "prefix": 0xFFF000,
    "pending": WORD,
    "trap_mask": 255,
    "translation_address": WORD,
    "monitor_class": 15,
    "monitor_code": 0xFFFFFF,
    "per_code": WORD,
    "per_address": WORD,
    "cpu_address": WORD,
    "ilc": 3,
    "ia": 0xFFFFFF,
}
"""Largest value of the fields of the CPU that definitions may use."""
WIDE_FIELDS = ("cpu_id", "clock_comparator")
"""Fields of 64 bits."""


class CpuModel(Specialiser):
    """State and storage of the CPU in LLVM text.

    The function that is compiled has ``%s`` (the CPU), ``%c`` (its context) and ``%map`` (the access map).
    """

    def __init__(self) -> None:
        super().__init__()
        self.deltas: dict[str, str] = {}
        """Address that was checked on every way here -> delta."""
        self.origins: dict[str, str] = {}
        """Address -> the checked address that it was computed from."""
        self.low_storage_free = False
        """It was made sure that real storage below 256 has no translated code."""

    # --- leaving ---

    def leave_label(self) -> str:
        """Label of the block that leaves this instruction to the reference engine."""
        raise NotImplementedError

    def require(self, ok: str) -> None:
        """Leave unless the condition holds; only before the first change."""
        if self.wrote:
            raise NotCompilable("may be interrupted after a change")
        self.requirements += 1
        good = self.new_label("ok")
        self.emit(f"br i1 {ok}, label %{good}, label %{self.leave_label()}{LIKELY}")
        self.begin(good, self.known)

    def changes(self) -> None:
        """Note that something is being changed."""
        self.effects += 1
        self.wrote = True

    # --- fields and registers ---

    def pointer(self, base: str, offset: Operand | str, element: str = "i8") -> str:
        at = offset if isinstance(offset, str) else self.text(offset, 64)
        return self.let(f"getelementptr {element}, ptr {base}, i64 {at}")

    def load(self, element: str, pointer: str, alias: str) -> str:
        return self.let(f"load {element}, ptr {pointer}, align 1{alias}")

    def load_field(self, name: str, out: Lines | None = None) -> Value:
        """A field of the CPU."""
        if name in WIDE_FIELDS:
            word = self.load("i64", self.pointer("%s", str(CPU_OFFSETS[name])), STATE)
            return Value(word, 64, 0, DOUBLEWORD)
        saved = self.out
        if out is not None:
            self.out = out
        word = self.load("i32", self.pointer("%s", str(CPU_OFFSETS[name])), STATE)
        value = self.value(f"zext i32 {word} to i64", 64, 0, FIELDS[name])
        self.out = saved
        return value

    def store_field(self, name: str, value: Operand) -> None:
        self.changes()
        bits = 64 if name in WIDE_FIELDS else 32
        pointer = self.pointer("%s", str(CPU_OFFSETS[name]))
        self.emit(f"store i{bits} {self.text(value, bits)}, ptr {pointer}, align 4{STATE}")

    def store_context(self, name: str, value: Operand) -> None:
        """A 32-bit field of the context, which is no state."""
        self.effects += 1
        text = self.text(value, 32)
        self.emit(f"store i32 {text}, ptr {self.pointer('%c', str(CONTEXT_OFFSETS[name]))}, align 4{STATE}")

    def load_context(self, name: str) -> str:
        return self.load("i32", self.pointer("%c", str(CONTEXT_OFFSETS[name])), STATE)

    def _register(self, bank: str, index: Operand) -> tuple[str, int]:
        """(pointer, bits) of a register."""
        if bank not in ("gr", "cr", "fpr"):
            raise NotCompilable(f"cpu.{bank}")
        index = self.binary(ast.BitAnd, index, 7 if bank == "fpr" else 15)
        bits = 64 if bank == "fpr" else 32
        base = "%s" if bank == "gr" else self.pointer("%s", str(CPU_OFFSETS["_" + bank]))
        return self.pointer(base, index, f"i{bits}"), bits

    def get_register(self, bank: str, index: Operand) -> Operand:
        pointer, bits = self._register(bank, index)
        word = self.load(f"i{bits}", pointer, STATE)
        return self.value(f"zext i32 {word} to i64", 64, 0, WORD) if bits == 32 else Value(word, 64, 0, DOUBLEWORD)

    def set_register(self, bank: str, index: Operand, value: Operand) -> None:
        self.changes()
        pointer, bits = self._register(bank, index)
        self.emit(f"store i{bits} {self.text(value, bits)}, ptr {pointer}, align 4{STATE}")

    # --- what is known of addresses ---

    def binary(self, op: type[ast.operator], a: Operand, b: Operand, modulus: int = 0) -> Operand:
        result = super().binary(op, a, b, modulus)
        if isinstance(result, Value) and result.name not in self.origins:
            origin = None
            if op is ast.Add or op is ast.Sub or (op is ast.BitAnd and isinstance(b, int) and b == 0xFFFFFF):
                origin = self.origins.get(a.name) if isinstance(a, Value) else None
            if op is ast.Add and origin is None and isinstance(b, Value):
                origin = self.origins.get(b.name)
            if origin is not None:
                self.origins[result.name] = origin
        return result

    def branch(self, test: Value, node: ast.AST, yes: Callable[[], Operand], no: Callable[[], Operand]) -> Operand:
        deltas = self.deltas

        def arm(evaluate: Callable[[], Operand]) -> Operand:
            self.deltas = dict(deltas)
            return evaluate()

        try:
            return super().branch(test, node, lambda: arm(yes), lambda: arm(no))
        finally:
            self.deltas = deltas

    def call(self, function: Callable[..., Any], arguments: Sequence[Operand]) -> Operand:
        deltas = dict(self.deltas)
        result = super().call(function, arguments)
        if self.label.startswith("ret"):  # there were several ways through the function
            self.deltas = deltas
        return result

    def _one_round(self, *arguments: Any) -> bool:
        deltas = dict(self.deltas)
        try:
            return super()._one_round(*arguments)
        finally:
            self.deltas = deltas

    # --- access to storage ---

    def admit_function(self, storing: bool) -> str:
        """``ptr (ptr context, ptr map, i64 address, i64 length)``: the delta, or null."""
        return "@admit_store" if storing else "@admit_fetch"

    def _entry(self, address: Operand, plane: int = 0) -> str:
        """The map's entry for a block."""
        table = self.pointer("%map", str(plane)) if plane else "%map"
        index = self.binary(ast.RShift, address, 11)
        return self.load("ptr", self.pointer(table, index, "ptr"), TABLE)

    def _admitted(self, address: Operand, length: Operand, storing: bool) -> str:
        """The delta for these bytes; leaves this instruction if they cannot be accessed the fast way."""
        if self.wrote:
            raise NotCompilable("may be interrupted after a change")
        self.requirements += 1
        low, high = interval(length)
        if high > 2048:
            raise NotCompilable("access to more than 2048 bytes")
        plane = WRITE if storing else 0
        delta = self._entry(address, plane)
        ok = self.let(f"icmp ne ptr {delta}, null")
        if high <= 8 and low == high:
            if high > 1:
                offset = self.text(self.binary(ast.BitAnd, address, 2047), 64)
                inside = self.let(f"icmp ule i64 {offset}, {2048 - high}")
                ok = self.let(f"and i1 {ok}, {inside}")
        else:
            last = self.binary(ast.Add, address, self.binary(ast.Sub, self.extreme(max, length, 1), 1))
            same_block = self.let(f"icmp eq ptr {delta}, {self._entry(last, plane)}")
            ok = self.let(f"and i1 {ok}, {same_block}")
        last = self.binary(ast.Add, address, self.binary(ast.Sub, self.extreme(max, length, 1), 1))
        operands = (self.text(address, 64), self.text(last, 64), self.text(length, 64))
        good, cold, fast = self.new_label("ok"), self.new_label("cold"), self.label
        self.emit(f"br i1 {ok}, label %{good}, label %{cold}{LIKELY}")
        self.begin(cold)
        found = self._rarely_admitted(delta, *operands, length, storing, good)
        self.begin(good)
        ways = [f"[ {name}, %{label} ]" for name, label in ((delta, fast), *found)]
        return self.let(f"phi ptr {', '.join(ways)}")

    def _rarely_admitted(
        self, delta: str, address: str, last: str, size: str, length: Operand, storing: bool, good: str
    ) -> list[tuple[str, str]]:
        """Lines for what the entry ``delta`` does not simply allow; (delta, block) of each way to ``good``."""
        found, none = self.new_name(), self.new_name()
        function = self.admit_function(storing)
        self.emit(f"{found} = call {ADMIT} ptr {function}(ptr %c, ptr %map, i64 {address}, i64 {size})")
        self.emit(f"{none} = icmp eq ptr {found}, null")
        self.emit(f"br i1 {none}, label %{self.leave_label()}, label %{good}")
        return [(found, self.label)]

    def _check(self, address: Operand, length: Operand, storing: bool) -> Operand:
        """Check; the address without bits to the left of 24."""
        named = address
        address = self.binary(ast.BitAnd, address, 0xFFFFFF)
        delta = self._admitted(address, length, storing)
        if isinstance(address, Value):
            origin = self.origins.get(address.name, address.name)
            if origin != address.name and origin in self.deltas:  # more of the same operand
                same_delta = self.let(f"icmp eq ptr {delta}, {self.deltas[origin]}")
                after = self.let(f"icmp ugt i64 {address.name}, {origin}")  # not before it, beyond the last address
                self.require(self.let(f"and i1 {same_delta}, {after}"))
                distance = self.let(f"sub i64 {self.text(address, 64)}, {origin}")  # far away: it went round 16 MiB
                near = self.let(f"add i64 {distance}, 65536")
                self.require(self.let(f"icmp ult i64 {near}, 131072"))
            else:
                self.deltas[address.name] = delta
                self.origins[address.name] = self.origins[named.name] = address.name
        return address

    def host(self, address: Operand) -> str:
        """Host pointer to bytes that were checked."""
        origin = self.origins.get(address.name) if isinstance(address, Value) else None
        delta = self.deltas.get(origin) if origin is not None else None
        if delta is None:
            delta = self._entry(address)
        return self.pointer(delta, address)

    def method_check_fetch(self, address: Operand, length: Operand) -> None:
        self._check(address, length, False)

    def method_check_store(self, address: Operand, length: Operand) -> None:
        self._check(address, length, True)

    def method_fetch(self, address: Operand, length: Operand) -> Operand:
        return self.method_get(self._check(address, length, False), length)

    def method_store(self, address: Operand, length: Operand, value: Operand) -> None:
        self.method_put(self._check(address, length, True), length, value)

    def method_get(self, address: Operand, length: Operand) -> Operand:
        self.effects += 1  # an address that was not checked must not be touched
        return self._get(self.host(address), length)

    def _get(self, pointer: str, length: Operand) -> Operand:
        """Big-endian number."""
        if isinstance(length, int):
            bits = 8 * length
            if bits not in (8, 16, 32, 64):
                raise NotCompilable(f"get of {length} bytes")
            raw = self.load(f"i{bits}", pointer, GUEST)
            if bits > 8:
                raw = self.let(f"call i{bits} @llvm.bswap.i{bits}(i{bits} {raw})")
            if bits < 64:
                raw = self.let(f"zext i{bits} {raw} to i64")
            return Value(raw, 64, 0, (1 << bits) - 1)
        raw = self.let(f"call i128 @llvm.bswap.i128(i128 {self.load('i128', pointer, GUEST)})")
        rest = self.binary(ast.Sub, 8 * WINDOW, self.binary(ast.Mult, length, 8))
        text = f"lshr i128 {raw}, {self.text(rest, 128)}"
        return self.value(text, 128, 0, (1 << 8 * min(length.high, WINDOW)) - 1)

    def method_put(self, address: Operand, length: Operand, value: Operand) -> None:
        self.changes()
        self._put(self.host(address), length, value)

    def _put(self, pointer: str, length: Operand, value: Operand) -> None:
        if isinstance(length, int):
            bits = 8 * length
            if bits not in (8, 16, 32, 64):
                raise NotCompilable(f"put of {length} bytes")
            text = self.text(value, bits)
            if bits > 8:
                text = self.let(f"call i{bits} @llvm.bswap.i{bits}(i{bits} {text})")
            self.emit(f"store i{bits} {text}, ptr {pointer}, align 1{GUEST}")
            return
        rest = self.text(self.binary(ast.Sub, 8 * WINDOW, self.binary(ast.Mult, length, 8)), 128)
        old = self.let(f"call i128 @llvm.bswap.i128(i128 {self.load('i128', pointer, GUEST)})")
        mask = self.let(f"shl i128 -1, {rest}")
        kept = self.let(f"and i128 {old}, {self.let(f'xor i128 {mask}, -1')}")
        new = self.let(f"or i128 {kept}, {self.let(f'shl i128 {self.text(value, 128)}, {rest}')}")
        swapped = self.let(f"call i128 @llvm.bswap.i128(i128 {new})")
        self.emit(f"store i128 {swapped}, ptr {pointer}, align 1{GUEST}")

    def method_copy(self, to: Operand, source: Operand, length: Operand) -> None:
        self.changes()
        pointers = f"ptr {self.host(to)}, ptr {self.host(source)}"
        self.emit(f"call void @llvm.memmove.p0.p0.i64({pointers}, i64 {self.text(length, 64)}, i1 false){GUEST}")

    def method_fill(self, to: Operand, length: Operand, byte: Operand) -> None:
        self.changes()
        arguments = f"ptr {self.host(to)}, i8 {self.text(byte, 8)}, i64 {self.text(length, 64)}, i1 false"
        self.emit(f"call void @llvm.memset.p0.i64({arguments}){GUEST}")

    def method_translate(self, address: Operand, length: Operand, table: Operand) -> None:
        self.changes()
        pointers = f"ptr {self.host(address)}, ptr {self.host(table)}"
        self.emit(f"call void @translate_bytes({pointers}, i64 {self.text(length, 64)})")

    def method_compare(self, first: Operand, second: Operand, length: Operand) -> Operand:
        self.effects += 1
        pointers = f"ptr {self.host(first)}, ptr {self.host(second)}"
        return self.value(f"call i64 @compare_bytes({pointers}, i64 {self.text(length, 64)})", 64, 0, 2)

    def method_bit_length(self, x: Operand) -> Operand:
        if not isinstance(x, Value):
            return int(x).bit_length()
        if x.low < 0 or x.width == 1:
            raise NotCompilable("bit_length of a number that may be negative")
        zeros = self.value(f"call i{x.width} @llvm.ctlz.i{x.width}(i{x.width} {x.name}, i1 false)", x.width, 0, x.width)
        result = self.narrowed(self.binary(ast.Sub, x.width, zeros))
        return Value(result.name, result.width, 0, x.high.bit_length())

    # --- the machine itself ---

    def load_pointer(self, name: str) -> str:
        """A pointer that the context has."""
        return self.load("ptr", self.pointer("%c", str(CONTEXT_OFFSETS[name])), STATE)

    def _real_pointer(self, address: Operand, length: int, storing: bool) -> str:
        """Host pointer for a real address; leaves if it does not exist, or if storing would change translated code."""
        if isinstance(address, int) and address + length <= 256 and (self.low_storage_free or not storing):
            page = self.pointer(self.load_pointer("memory"), self.load_field("prefix"))
            return self.pointer(page, str(address))
        absolute = self.method_absolute_of_real(self.binary(ast.BitAnd, address, 0xFFFFFF))
        size = self.load("i64", self.pointer("%c", str(CONTEXT_OFFSETS["size"])), STATE)
        end = self.binary(ast.Add, absolute, length)
        self.require(self.let(f"icmp ule i64 {self.text(end, 64)}, {size}"))
        if storing:
            self.require(self.let(f"call {ADMIT} i1 @absolute_free(ptr %c, i64 {self.text(absolute, 64)})"))
        return self.pointer(self.load_pointer("memory"), absolute)

    def method_get_real(self, address: Operand, length: Operand) -> Operand:
        self.effects += 1
        return self._get(self._real_pointer(address, length, False), length)

    def method_put_real(self, address: Operand, length: Operand, value: Operand) -> None:
        pointer = self._real_pointer(address, length, True)
        self.changes()
        self._put(pointer, length, value)

    def method_absolute_of_real(self, address: Operand) -> Operand:
        prefix = self.load_field("prefix")
        page = self.binary(ast.BitAnd, address, 0xFFF000)
        below = self.binary(ast.BitAnd, address, 0xFFF)
        first = self.compare(ast.Eq, page, 0)
        prefixed = self.compare(ast.Eq, page, prefix)
        other = self.choose(prefixed, below, address) if isinstance(prefixed, Value) else address
        return self.choose(first, self.binary(ast.BitOr, address, prefix), other)

    def _key_pointer(self, absolute: Operand) -> str:
        block = self.extreme(min, self.binary(ast.RShift, absolute, 11), MAXIMUM >> 11)
        return self.pointer(self.load_pointer("keys"), block)

    def method_get_key(self, absolute: Operand) -> Operand:
        self.effects += 1
        key = self.load("i8", self._key_pointer(absolute), TABLE)
        return self.value(f"zext i8 {key} to i64", 64, 0, 255)

    def method_set_key(self, absolute: Operand, key: Operand) -> None:
        self.changes()
        self.emit(f"store i8 {self.text(key, 8)}, ptr {self._key_pointer(absolute)}{TABLE}")
        self.store_context("key_block", self.binary(ast.RShift, absolute, 11))
        self.staged["keys"] = (1, True)


def _translate_text() -> str:
    """``@translate_bytes``: eight bytes at a time, so that what follows does not wait for single bytes to be stored."""
    lines, word = ["%w = load i64, ptr %pw, align 1, !tbaa !3"], ""
    for k in range(8):
        lines += [
            f"%s{k} = lshr i64 %w, {8 * k}",
            f"%x{k} = and i64 %s{k}, 255",
            f"%t{k} = getelementptr i8, ptr %table, i64 %x{k}",
            f"%l{k} = load i8, ptr %t{k}, !tbaa !3",
            f"%z{k} = zext i8 %l{k} to i64",
            f"%h{k} = shl i64 %z{k}, {8 * k}",
            f"%r{k} = or i64 %h{k}, {word or 0}",
        ]
        word = f"%r{k}"
    text = "\n".join(lines)
    return f"""
define internal void @translate_bytes(ptr %to, ptr %table, i64 %n) {{
entry:
br label %words
words:
%i = phi i64 [ 0, %entry ], [ %i8, %word ]
%i8 = add i64 %i, 8
%fits = icmp ule i64 %i8, %n
br i1 %fits, label %word, label %bytes
word:
%pw = getelementptr i8, ptr %to, i64 %i
{text}
store i64 {word}, ptr %pw, align 1, !tbaa !3
br label %words
bytes:
%j = phi i64 [ %i, %words ], [ %next, %byte ]
%more = icmp ult i64 %j, %n
br i1 %more, label %byte, label %end
byte:
%p = getelementptr i8, ptr %to, i64 %j
%b = load i8, ptr %p, !tbaa !3
%x = zext i8 %b to i64
%t = getelementptr i8, ptr %table, i64 %x
%r = load i8, ptr %t, !tbaa !3
store i8 %r, ptr %p, !tbaa !3
%next = add i64 %j, 1
br label %bytes
end:
ret void
}}
"""


PROLOGUE = (
    _translate_text()
    + """
define internal i64 @compare_bytes(ptr %a, ptr %b, i64 %n) {
entry:
br label %words
words:
%i = phi i64 [ 0, %entry ], [ %i8, %same ]
%i8 = add i64 %i, 8
%fits = icmp ule i64 %i8, %n
br i1 %fits, label %word, label %bytes
word:
%pa = getelementptr i8, ptr %a, i64 %i
%pb = getelementptr i8, ptr %b, i64 %i
%wa = load i64, ptr %pa, align 1, !tbaa !3
%wb = load i64, ptr %pb, align 1, !tbaa !3
%differ = icmp ne i64 %wa, %wb
br i1 %differ, label %found, label %same
same:
br label %words
found:
%sa = call i64 @llvm.bswap.i64(i64 %wa)
%sb = call i64 @llvm.bswap.i64(i64 %wb)
%low = icmp ult i64 %sa, %sb
%cc = select i1 %low, i64 1, i64 2
ret i64 %cc
bytes:
%j = phi i64 [ %i, %words ], [ %j1, %equal ]
%left = icmp ult i64 %j, %n
br i1 %left, label %byte, label %end
byte:
%qa = getelementptr i8, ptr %a, i64 %j
%qb = getelementptr i8, ptr %b, i64 %j
%ba = load i8, ptr %qa, !tbaa !3
%bb = load i8, ptr %qb, !tbaa !3
%j1 = add i64 %j, 1
%unequal = icmp ne i8 %ba, %bb
br i1 %unequal, label %last, label %equal
equal:
br label %bytes
last:
%lower = icmp ult i8 %ba, %bb
%cc2 = select i1 %lower, i64 1, i64 2
ret i64 %cc2
end:
ret i64 0
}
declare i16 @llvm.bswap.i16(i16)
declare i32 @llvm.bswap.i32(i32)
declare i64 @llvm.bswap.i64(i64)
declare i128 @llvm.bswap.i128(i128)
declare i64 @llvm.ctlz.i64(i64, i1)
declare i128 @llvm.ctlz.i128(i128, i1)
declare i64 @llvm.fshr.i64(i64, i64, i64)
declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
!0 = !{!"root"}
!1 = !{!2, !2, i64 0}
!2 = !{!"keys", !0}
!3 = !{!4, !4, i64 0}
!4 = !{!"guest", !0}
!5 = !{!6, !6, i64 0}
!6 = !{!"state", !0}
!9 = !{!"branch_weights", i32 1000, i32 1}
!10 = !{!"branch_weights", i32 1, i32 1000}
"""
)
