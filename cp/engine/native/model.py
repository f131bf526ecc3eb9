"""What definitions mean by ``cpu``: registers, PSW fields and storage as native code has them.

The general and floating-point registers and the PSW are the bytes of the :class:`~vm370.cp.s370.cpu.Cpu` itself.
Storage is accessed by one test of the storage key byte (see ``method_check_fetch``); whatever that does not allow is
left to the reference engine before anything has changed::

    fetch   reference bit on, fetch protection off, block exists       key & 0D == 04
    store   the same, change bit on, and the key matches               key & store_mask == store_match

Native code only runs without translation, prefix and PER: logical addresses are absolute ones.
"""

from __future__ import annotations

import ast

from vm370.cp.engine.native.arithmetic import Lines
from vm370.cp.engine.native.context import CONTEXT_OFFSETS, CPU_OFFSETS
from vm370.cp.engine.native.specialiser import LIKELY, Specialiser
from vm370.cp.engine.native.values import NotCompilable, Operand, Value, interval

TABLE, GUEST, STATE = ", !tbaa !1", ", !tbaa !3", ", !tbaa !5"
"""Keys, guest storage, CPU state: accesses to one never touch another."""
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


class CpuModel(Specialiser):
    """State and storage of the CPU in LLVM text.

    The function that is compiled has ``%s`` (the CPU), ``%c`` (its context), ``%mem`` and ``%keys``.
    """

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
        self.begin(good)

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
        """A 32-bit field of the CPU."""
        saved = self.out
        if out is not None:
            self.out = out
        word = self.load("i32", self.pointer("%s", str(CPU_OFFSETS[name])), STATE)
        value = self.value(f"zext i32 {word} to i64", 64, 0, FIELDS[name])
        self.out = saved
        return value

    def store_field(self, name: str, value: Operand) -> None:
        self.changes()
        text = self.text(value, 32)
        self.emit(f"store i32 {text}, ptr {self.pointer('%s', str(CPU_OFFSETS[name]))}, align 4{STATE}")

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

    # --- access to storage ---

    def _key(self, address: Operand) -> str:
        return self.load("i8", self.pointer("%keys", self.binary(ast.RShift, address, 11)), TABLE)

    def _accessible(self, address: Operand, length: Operand, storing: bool) -> str:
        """Condition: the fast way is open for these bytes."""
        mask, match = "13", "4"
        if storing:
            mask = self.let(f"trunc i32 {self.load_context('store_mask')} to i8")
            match = self.let(f"trunc i32 {self.load_context('store_match')} to i8")
        low, high = interval(length)
        if high > 2048:
            raise NotCompilable("access to more than 2048 bytes")
        different = self.let(f"xor i8 {self._key(address)}, {match}")
        if high <= 8 and low == high:
            wrong = self.let(f"and i8 {different}, {mask}")
            ok = self.let(f"icmp eq i8 {wrong}, 0")
            if high > 1:
                offset = self.text(self.binary(ast.BitAnd, address, 2047), 64)
                inside = self.let(f"icmp ule i64 {offset}, {2048 - high}")
                ok = self.let(f"and i1 {ok}, {inside}")
            return ok
        last = self.binary(ast.Add, address, self.binary(ast.Sub, self.extreme(max, length, 1), 1))
        other = self.let(f"xor i8 {self._key(last)}, {match}")
        wrong = self.let(f"and i8 {self.let(f'or i8 {different}, {other}')}, {mask}")
        ok = self.let(f"icmp eq i8 {wrong}, 0")
        if high <= 16:  # a field is accessed by the 16 bytes that end where it ends
            above = self.let(f"icmp uge i64 {self.text(address, 64)}, 16")
            ok = self.let(f"and i1 {ok}, {above}")
        return ok

    def _check(self, address: Operand, length: Operand, storing: bool) -> Operand:
        address = self.binary(ast.BitAnd, address, 0xFFFFFF)
        self.require(self._accessible(address, length, storing))
        return address

    def method_check_fetch(self, address: Operand, length: Operand) -> None:
        self._check(address, length, False)

    def method_check_store(self, address: Operand, length: Operand) -> None:
        self._check(address, length, True)

    def method_fetch(self, address: Operand, length: Operand) -> Operand:
        return self.method_get(self._check(address, length, False), length)

    def method_store(self, address: Operand, length: Operand, value: Operand) -> None:
        self.method_put(self._check(address, length, True), length, value)

    def _window(self, address: Operand, length: Operand) -> tuple[str, str]:
        """(pointer to 16 bytes that end with a field of unknown length, mask of the field)."""
        end = self.binary(ast.Sub, self.binary(ast.Add, address, length), 16)
        bits = self.binary(ast.Sub, 128, self.binary(ast.Mult, length, 8))
        mask = self.let(f"lshr i128 -1, {self.text(bits, 128)}")
        return self.pointer("%mem", end), mask

    def method_get(self, address: Operand, length: Operand) -> Operand:
        self.effects += 1  # an address that was not checked must not be touched
        if isinstance(length, int):
            bits = 8 * length
            if bits not in (8, 16, 32, 64):
                raise NotCompilable(f"get of {length} bytes")
            raw = self.load(f"i{bits}", self.pointer("%mem", address), GUEST)
            if bits > 8:
                raw = self.let(f"call i{bits} @llvm.bswap.i{bits}(i{bits} {raw})")
            if bits < 64:
                raw = self.let(f"zext i{bits} {raw} to i64")
            return Value(raw, 64, 0, (1 << bits) - 1)
        pointer, mask = self._window(address, length)
        raw = self.let(f"call i128 @llvm.bswap.i128(i128 {self.load('i128', pointer, GUEST)})")
        return self.value(f"and i128 {raw}, {mask}", 128, 0, (1 << 8 * min(length.high, 16)) - 1)

    def method_put(self, address: Operand, length: Operand, value: Operand) -> None:
        self.changes()
        if isinstance(length, int):
            bits = 8 * length
            if bits not in (8, 16, 32, 64):
                raise NotCompilable(f"put of {length} bytes")
            text = self.text(value, bits)
            if bits > 8:
                text = self.let(f"call i{bits} @llvm.bswap.i{bits}(i{bits} {text})")
            self.emit(f"store i{bits} {text}, ptr {self.pointer('%mem', address)}, align 1{GUEST}")
            return
        pointer, mask = self._window(address, length)
        old = self.let(f"call i128 @llvm.bswap.i128(i128 {self.load('i128', pointer, GUEST)})")
        kept = self.let(f"and i128 {old}, {self.let(f'xor i128 {mask}, -1')}")
        new = self.let(f"or i128 {kept}, {self.let(f'and i128 {self.text(value, 128)}, {mask}')}")
        swapped = self.let(f"call i128 @llvm.bswap.i128(i128 {new})")
        self.emit(f"store i128 {swapped}, ptr {pointer}, align 1{GUEST}")

    def method_copy(self, to: Operand, source: Operand, length: Operand) -> None:
        self.changes()
        pointers = f"ptr {self.pointer('%mem', to)}, ptr {self.pointer('%mem', source)}"
        self.emit(f"call void @llvm.memmove.p0.p0.i64({pointers}, i64 {self.text(length, 64)}, i1 false){GUEST}")

    def method_fill(self, to: Operand, length: Operand, byte: Operand) -> None:
        self.changes()
        arguments = f"ptr {self.pointer('%mem', to)}, i8 {self.text(byte, 8)}, i64 {self.text(length, 64)}, i1 false"
        self.emit(f"call void @llvm.memset.p0.i64({arguments}){GUEST}")

    def method_translate(self, address: Operand, length: Operand, table: Operand) -> None:
        self.changes()
        pointers = f"ptr {self.pointer('%mem', address)}, ptr {self.pointer('%mem', table)}"
        self.emit(f"call void @translate_bytes({pointers}, i64 {self.text(length, 64)})")

    def method_compare(self, first: Operand, second: Operand, length: Operand) -> Operand:
        self.effects += 1
        pointers = f"ptr {self.pointer('%mem', first)}, ptr {self.pointer('%mem', second)}"
        return self.value(f"call i64 @compare_bytes({pointers}, i64 {self.text(length, 64)})", 64, 0, 2)

    def method_bit_length(self, x: Operand) -> Operand:
        if not isinstance(x, Value):
            return int(x).bit_length()
        if x.low < 0 or x.width == 1:
            raise NotCompilable("bit_length of a number that may be negative")
        zeros = self.value(f"call i{x.width} @llvm.ctlz.i{x.width}(i{x.width} {x.name}, i1 false)", x.width, 0, x.width)
        result = self.narrowed(self.binary(ast.Sub, x.width, zeros))
        return Value(result.name, result.width, 0, x.high.bit_length())

    # --- the machine itself: real addresses are absolute ones here ---

    def method_get_real(self, address: Operand, length: Operand) -> Operand:
        if not isinstance(address, int) or address + length > 4096:
            raise NotCompilable("real address that is not fixed")
        return self.method_get(address, length)

    def method_put_real(self, address: Operand, length: Operand, value: Operand) -> None:
        if not isinstance(address, int) or address + length > 4096:
            raise NotCompilable("real address that is not fixed")
        self.method_put(address, length, value)

    def method_absolute_of_real(self, address: Operand) -> Operand:
        return address

    def method_get_key(self, absolute: Operand) -> Operand:
        self.effects += 1
        key = self._key(self.binary(ast.BitAnd, absolute, 0xFFFFFF))
        return self.value(f"zext i8 {key} to i64", 64, 0, 255)

    def method_set_key(self, absolute: Operand, key: Operand) -> None:
        self.changes()
        block = self.binary(ast.RShift, self.binary(ast.BitAnd, absolute, 0xFFFFFF), 11)
        self.emit(f"store i8 {self.text(key, 8)}, ptr {self.pointer('%keys', block)}{TABLE}")
        self.staged["keys"] = (1, True)


PROLOGUE = """
define internal void @translate_bytes(ptr %to, ptr %table, i64 %n) {
entry:
br label %head
head:
%i = phi i64 [ 0, %entry ], [ %next, %head ]
%p = getelementptr i8, ptr %to, i64 %i
%b = load i8, ptr %p, !tbaa !3
%x = zext i8 %b to i64
%t = getelementptr i8, ptr %table, i64 %x
%r = load i8, ptr %t, !tbaa !3
store i8 %r, ptr %p, !tbaa !3
%next = add i64 %i, 1
%more = icmp ult i64 %next, %n
br i1 %more, label %head, label %end
end:
ret void
}
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
