"""Storage access in translated code: operands of known length, and operands whose address is known.

An access map does not change while a region is executed (what changes it leaves the region first), so entries for known
addresses are loaded once, where the region is entered (``hoisted``).  The same holds for the bits of translated code:
whether a variable beside the region's own code may be stored to is decided there too.

What was found accessible on every way here is not looked at again: ``deltas`` has, beside the model's own entries,

    "F <address>" "S <address>"     (fetch, store) "<length> <delta>" of an operand with this name for its address
    "B <delta>"                     the delta is not null
"""

from __future__ import annotations

import ast
from typing import Any

from vm370.cp.engine.native.arithmetic import Lines
from vm370.cp.engine.native.context import CONTEXT_OFFSETS
from vm370.cp.engine.native.maps import CODE_BITS, CODE_DATA, READ, WRITE
from vm370.cp.engine.native.model import ADMIT, GUEST, STATE, TABLE, CpuModel
from vm370.cp.engine.native.specialiser import LIKELY
from vm370.cp.engine.native.values import NotCompilable, Operand, Value, interval
from vm370.cp.engine.regions import knowledge
from vm370.cp.engine.regions.knowledge import Known, Reason

SHORT = 8
"""A fetch of no more bytes that does not lie in one block is left to the interpreter."""
LONG = 32
"""TRANSLATE of so many bytes uses vector instructions."""
BLOCKS = 8192


class Access(CpuModel):
    """The part of a region's text that is about storage."""

    def __init__(self) -> None:
        super().__init__()
        self.code_blocks: frozenset[int] = frozenset()
        """Logical blocks of 2 KiB with instructions of this region."""
        self.stored_blocks: set[int] = set()
        """Logical blocks with known addresses that are stored to."""
        self.hoisted: dict[str, Lines] = {}
        """Name -> lines at the region's entry that define it."""
        self.relied: set[Reason] = set()
        """Contents of registers that what was translated rests on."""

    # --- what is known ---

    def rely(self, address: Operand) -> int | None:
        """The address, if it is known; that becomes a guard."""
        if isinstance(address, int):
            return address
        known: Known | None = address.known
        if known is None or known.address is None:
            return None
        self.relied |= known.reasons
        return known.address

    def binary(self, op: type[ast.operator], a: Operand, b: Operand, modulus: int = 0) -> Operand:
        result = super().binary(op, a, b, modulus)
        if isinstance(result, Value) and result is not a and result is not b:
            left = a.known if isinstance(a, Value) else a
            right = b.known if isinstance(b, Value) else b
            if left is None or right is None:
                return result
            if op is ast.Add or op is ast.Sub:
                result.known = knowledge.add(left, right, 1 if op is ast.Add else -1)
            elif op is ast.BitAnd:
                for x, y in ((left, right), (right, left)):
                    if isinstance(y, int) and isinstance(x, Known) and y > 0 and y & y + 1 == 0:
                        result.known = knowledge.mask(x, y.bit_length())
        return result

    # --- the map ---

    def hoist(self, name: str, lines: Lines) -> str:
        """A name that is defined where the region is entered."""
        self.hoisted.setdefault(name, lines)
        return name

    def _known_entry(self, block: int, plane: int) -> str:
        name = f"%map{plane // WRITE}.{block:x}"
        offset = plane + 8 * block
        pointer = f"{name}.p = getelementptr i8, ptr %map, i64 {offset}"
        return self.hoist(name, [pointer, f"{name} = load ptr, ptr {name}.p{TABLE}"])

    def _beside_code(self, address: int, length: int) -> str:
        """Delta of a store into a block with code of this region, or null."""
        block = address >> 11
        data, bits = self._known_entry(block, CODE_DATA), self._known_entry(block, CODE_BITS)
        name = f"%beside.{address:x}.{length}"
        lines: Lines = [
            f"{name}.n = icmp eq ptr {data}, null",
            f"{name}.b = getelementptr i8, ptr {bits}, i64 {address >> 3}",
        ]
        tests = []
        mask = ((1 << length) - 1) << (address & 7)
        size = (mask.bit_length() + 7) // 8
        for at in range(0, size, 8):
            part = mask >> 8 * at & (1 << 64) - 1
            width = 8 if part < 256 else 16 if part < 1 << 16 else 64
            n = f"{name}.{at}"
            lines += [
                f"{n}q = getelementptr i8, ptr {name}.b, i64 {at}",
                f"{n}p = select i1 {name}.n, ptr @nothing, ptr {n}q",
                f"{n}l = load i{width}, ptr {n}p, align 1{TABLE}",
                f"{n}a = and i{width} {n}l, {part - (1 << width) if part >> width - 1 else part}",
                f"{n}t = icmp eq i{width} {n}a, 0",
            ]
            tests.append(f"{n}t")
        ok = tests[0]
        for number, test in enumerate(tests[1:]):
            lines.append(f"{name}.k{number} = and i1 {ok}, {test}")
            ok = f"{name}.k{number}"
        lines.append(f"{name} = select i1 {ok}, ptr {data}, ptr null")
        return self.hoist(name, lines)

    def admit_function(self, storing: bool) -> str:
        field = "store_function" if storing else "fetch_function"
        pointer = f"getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS[field]}"
        at, function = self.new_name(), self.new_name()
        self.emit(f"{at} = {pointer}")
        self.emit(f"{function} = load ptr, ptr {at}{STATE}")
        return function

    def _admitted(self, address: Operand, length: Operand, storing: bool) -> str:
        if self.wrote:
            raise NotCompilable("may be interrupted after a change")
        self.requirements += 1
        low, high = interval(length)
        if high > 2048:
            raise NotCompilable("access to more than 2048 bytes")
        known = self.rely(address)
        name = str(known) if known is not None else address.name
        if isinstance(length, int):
            for kind in ("S", "F"):
                fact = self.deltas.get(f"{kind} {name}", "0 ").split(" ", 1)
                if (kind == "S" or not storing) and int(fact[0]) >= length:
                    return fact[1]
        if known is not None and isinstance(length, int):
            delta = self._admitted_known(known, length, storing)
        else:
            delta = self._admitted_unknown(address, length, storing, high if low == high else 0)
        if isinstance(length, int):
            self.deltas[f"{'S' if storing else 'F'} {name}"] = f"{length} {delta}"
        return delta

    def _admitted_known(self, address: int, length: int, storing: bool) -> str:
        first, last = address >> 11, address + max(length, 1) - 1 >> 11
        if last >= BLOCKS:
            raise NotCompilable("operand beyond the last address")
        if storing:
            self.stored_blocks.add(first)
        if storing and first == last and first in self.code_blocks and length:
            delta = self._beside_code(address, length)
            self._not_null(delta)
            return delta
        plane = WRITE if storing else READ
        delta = self._known_entry(first, plane)
        if first == last and not storing:
            self._not_null(delta)
            return delta
        if "B " + delta in self.deltas and first == last:
            return delta
        ok = self.let(f"icmp ne ptr {delta}, null")
        if first != last:
            ok = self.let(f"and i1 {ok}, {self.let(f'icmp eq ptr {delta}, {self._known_entry(last, plane)}')}")
        return self._or_ask(ok, delta, str(address), str(length), storing)

    def _not_null(self, delta: str) -> None:
        if "B " + delta not in self.deltas:
            self.require(self.let(f"icmp ne ptr {delta}, null"))
            self.deltas["B " + delta] = ""

    def _admitted_unknown(self, address: Operand, length: Operand, storing: bool, fixed: int) -> str:
        plane = WRITE if storing else READ
        delta = self._entry(address, plane)
        ok = self.let(f"icmp ne ptr {delta}, null")
        if 0 < fixed <= SHORT:
            if fixed > 1:
                offset = self.text(self.binary(ast.BitAnd, address, 2047), 64)
                ok = self.let(f"and i1 {ok}, {self.let(f'icmp ule i64 {offset}, {2048 - fixed}')}")
            if not storing:
                self.require(ok)
                return delta
        else:
            last = self.binary(ast.Add, address, self.binary(ast.Sub, self.extreme(max, length, 1), 1))
            same_block = self.let(f"icmp eq ptr {delta}, {self._entry(last, plane)}")
            ok = self.let(f"and i1 {ok}, {same_block}")
        return self._or_ask(ok, delta, self.text(address, 64), self.text(length, 64), storing)

    def _or_ask(self, ok: str, delta: str, address: str, length: str, storing: bool) -> str:
        """The delta if ok, else what the interpreter's function says."""
        if self.deferred is not None:
            self.effects += 1
            return delta  # the arm is compiled again as blocks
        good, cold, fast = self.new_label("ok"), self.new_label("cold"), self.label
        self.emit(f"br i1 {ok}, label %{good}, label %{cold}{LIKELY}")
        known = self.known
        self.begin(cold)
        function = self.admit_function(storing)
        found = self.new_name()
        self.emit(f"{found} = call {ADMIT} ptr {function}(ptr %c, ptr %map, i64 {address}, i64 {length})")
        none = self.new_name()
        self.emit(f"{none} = icmp eq ptr {found}, null")
        self.emit(f"br i1 {none}, label %{self.leave_label()}, label %{good}")
        self.begin(good, known)
        return self.let(f"phi ptr [ {delta}, %{fast} ], [ {found}, %{cold} ]")

    def host(self, address: Operand) -> str:
        if isinstance(address, int):
            for kind in ("S", "F"):
                known_fact = self.deltas.get(f"{kind} {address}")
                if known_fact is not None:
                    return self.pointer(known_fact.split(" ", 1)[1], str(address))
            for kind in ("S ", "F "):
                for key, text in self.deltas.items():
                    if key.startswith(kind) and key[2:].isdigit():
                        length, found = text.split(" ", 1)
                        if int(key[2:]) <= address < int(key[2:]) + int(length):
                            return self.pointer(found, str(address))
            return self.pointer(self._known_entry(address >> 11, READ), str(address))
        origin = self.origins.get(address.name)
        delta = self.deltas.get(origin) if origin is not None else None
        known: Known | None = address.known
        if delta is not None and known is not None and known.address is not None:
            self.relied |= known.reasons
            return self.pointer(delta, str(known.address))
        return super().host(address)

    # --- operands of any known length ---

    def _raw(self, pointer: str, offset: int, size: int) -> str:
        """``size`` (1, 2, 4, 8, 16) bytes as a number."""
        bits = 8 * size
        raw = self.load(f"i{bits}", self.pointer(pointer, str(offset)) if offset else pointer, GUEST)
        return self.let(f"call i{bits} @llvm.bswap.i{bits}(i{bits} {raw})") if size > 1 else raw

    def _get(self, pointer: str, length: Operand) -> Operand:
        if not isinstance(length, int) or length in (1, 2, 4, 8):
            return super()._get(pointer, length)
        if length < 1 or length > 16:
            raise NotCompilable(f"get of {length} bytes")
        if length == 16:
            return Value(self._raw(pointer, 0, 16), 128, 0, (1 << 128) - 1)
        part = 8 if length > 8 else 4 if length > 4 else 2
        rest = length - part
        width = 128 if length > 8 else 64
        bits = 8 * part
        left = Value(self._raw(pointer, 0, part), bits, 0, (1 << bits) - 1)
        tail = 1 if rest == 1 else part
        right = Value(self._raw(pointer, length - tail, tail), 8 * tail, 0, (1 << 8 * tail) - 1)
        low = self.let(f"and i{width} {self.text(right, width)}, {(1 << 8 * rest) - 1}")
        high = self.let(f"shl i{width} {self.text(left, width)}, {8 * rest}")
        return self.value(f"or i{width} {high}, {low}", width, 0, (1 << 8 * length) - 1)

    def _put(self, pointer: str, length: Operand, value: Operand) -> None:
        if not isinstance(length, int) or length in (1, 2, 4, 8):
            super()._put(pointer, length, value)
            return
        if length < 1 or length > 16:
            raise NotCompilable(f"put of {length} bytes")
        part = 16 if length == 16 else 8 if length > 8 else 4 if length > 4 else 2
        rest = length - part
        width = 128 if length > 8 else 64
        whole = self.text(value, width)
        if rest:
            shifted = Value(self.let(f"lshr i{width} {whole}, {8 * rest}"), width, 0, (1 << width) - 1)
            self._store_raw(pointer, 0, part, self.text(shifted, 8 * part))
            tail = 1 if rest == 1 else part
            low = Value(whole, width, 0, (1 << width) - 1)
            self._store_raw(pointer, length - tail, tail, self.text(low, 8 * tail))
        else:
            self._store_raw(pointer, 0, part, whole)

    def _store_raw(self, pointer: str, offset: int, size: int, text: str) -> None:
        bits = 8 * size
        if size > 1:
            text = self.let(f"call i{bits} @llvm.bswap.i{bits}(i{bits} {text})")
        to = self.pointer(pointer, str(offset)) if offset else pointer
        self.emit(f"store i{bits} {text}, ptr {to}, align 1{GUEST}")

    # --- characters ---

    def method_translate(self, address: Operand, length: Operand, table: Operand) -> None:
        if not isinstance(length, int) or length < LONG:
            super().method_translate(address, length, table)
            return
        self.changes()
        self.emit(f"call void @translate_long(ptr {self.host(address)}, ptr {self.host(table)}, i64 {length})")

    def method_compare(self, first: Operand, second: Operand, length: Operand) -> Operand:
        if not isinstance(length, int) or length > 16 or length < 1:
            return super().method_compare(first, second, length)
        a, b = self.method_get(first, length), self.method_get(second, length)
        low, high = self.compare(ast.Lt, a, b), self.compare(ast.Gt, a, b)
        return self.choose(low, 1, self.choose(high, 2, 0))

    def _unrolled(self, s: Any) -> bool:
        deltas = dict(self.deltas)
        if super()._unrolled(s):
            return True
        self.deltas = deltas
        return False
