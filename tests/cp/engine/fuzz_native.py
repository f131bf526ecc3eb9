"""Random instructions and programs in two engines; everything must be the same.

    python fuzz_native.py SEED ROUNDS [MNEMONIC...]

A child process of test_native_differential.py, so that a crash is a finding; also for long runs by hand.  A round is
every instruction of the opcode table once, in a random state, and some random programs that branch, change themselves,
take interruptions, and are run in pieces of random size.  Prints the differences; exit code 1 if there are any.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, field
from typing import Any

from vm370.cp.engine import reference
from vm370.cp.engine.native import interpreter
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.disassembler import disassemble
from vm370.cp.s370.interceptions import BudgetEnd, Interception, MaskChanged, Waiting
from vm370.cp.s370.opcodes import OPCODES, Opcode
from vm370.cp.s370.storage import Storage
from vm370.cp.s370.traps import HYPERVISED, TRAP_PROGRAM, TRAP_SVC

SIZE = 0x10000
CODE, DATA = 0x1000, 0x4000
WORDS = (0, 1, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0x80000001)
ODD_ADDRESSES = (0, 8, 0x47F9, 0x47FE, 0xFFF8, 0xFFFF, 0x10000, 0xFFFFFF, 0xFFFFF0)
EVEN_PAIR = {"MR", "M", "DR", "D", "SLDL", "SRDL", "SLDA", "SRDA", "MVCL", "CLCL", "CDS"}
DECIMAL = {"AP", "SP", "ZAP", "CP", "MP", "DP", "SRP", "CVB", "ED", "EDMK"}


@dataclass
class State:
    """Everything that a run begins with."""

    gr: list[int]
    fpr: list[int]
    cr: dict[int, int]
    psw: tuple[int, int]
    storage: bytearray
    keys: bytes
    trap_mask: int
    pending: int = 0
    names: list[str] = field(default_factory=list)


class Fuzzer:
    """Makes states and runs them in both engines."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.cpus = [Cpu(Storage(SIZE)) for _ in range(2)]
        self.cases = 0
        self.differences: list[str] = []

    # --- random material ---

    def word(self) -> int:
        r = self.random
        kind = r.randrange(6)
        if kind == 0:
            return r.choice(WORDS)
        if kind == 1:
            return r.getrandbits(r.randrange(1, 33))
        if kind == 2:
            return r.choice(ODD_ADDRESSES) + r.randrange(-3, 4) & 0xFFFFFFFF
        return r.getrandbits(32)

    def address(self) -> int:
        r = self.random
        if r.random() < 0.06:
            return r.choice(ODD_ADDRESSES) + r.randrange(-20, 4) & 0xFFFFFF
        address = DATA + r.randrange(0x2000)
        return address & ~7 if r.random() < 0.3 else address

    def packed(self, length: int) -> bytes:
        r = self.random
        zeros = r.randrange(2 * length)
        digits = [0 if i < zeros or r.random() < 0.3 else r.randrange(10) for i in range(2 * length - 1)]
        if r.random() < 0.05:
            digits[r.randrange(len(digits))] = r.randrange(16)
        digits.append(r.choice((12, 12, 13, 15, 10, 11, 14)) if r.random() < 0.95 else r.randrange(16))
        return bytes(digits[i] << 4 | digits[i + 1] for i in range(0, 2 * length, 2))

    def float(self) -> int:
        r = self.random
        if r.random() < 0.1:
            return r.choice((0, 1 << 63, 0x7F << 56, r.getrandbits(8) << 56))
        fraction = r.getrandbits(56) >> r.choice((0, 0, 0, 4, 8, 20, 52)) & r.choice((~0, ~0, ~0xFFFFFFFF))
        return r.randrange(2) << 63 | r.choice((64, 65, 63, 70, r.randrange(128))) << 56 | fraction

    def state(self) -> State:
        r = self.random
        storage = bytearray(r.randbytes(SIZE) if r.random() < 0.5 else SIZE)
        for _ in range(40):
            n = r.randrange(1, 17)
            at = DATA + r.randrange(0x2000)
            storage[at : at + n] = self.packed(n)
        for old in range(0x58, 0x80, 8):
            ec = r.randrange(8) == 0
            problem = r.randrange(4) == 0
            storage[old : old + 8] = bytes((0, 8 * ec | problem, 0, 0, 0, 0, 0x10, 2 * r.randrange(100)))
        keys = bytearray(bytes([6]) * (SIZE >> 11))
        if r.random() < 0.4:
            for i in range(len(keys)):
                if r.random() < 0.3:
                    keys[i] = r.getrandbits(8) & 0xFE
        ec = r.random() < 0.4
        problem = r.random() < 0.3
        key = r.choice((0, 0, 0, r.randrange(16)))
        cc, mask = r.randrange(4), r.choice((0, 15, r.randrange(16)))
        if ec:
            dat = r.random() < 0.1
            high = dat << 26 | key << 20 | 8 << 16 | problem << 16 | cc << 12 | mask << 8
            low = CODE
        else:
            high = key << 20 | problem << 16
            low = cc << 28 | mask << 24 | CODE
        cr = {0: r.choice((0xE0, 0x800000E0, 0x400000E0, 0x00800000)), 8: r.getrandbits(16), 9: 0}
        gr = [self.word() for _ in range(16)]
        for register in (10, 11, 12):
            gr[register] = self.address()
        return State(
            gr,
            [self.float() for _ in range(8)],
            cr,
            (high, low),
            storage,
            bytes(keys),
            r.choice((0, 0, HYPERVISED, TRAP_PROGRAM | TRAP_SVC, TRAP_PROGRAM)),
            1 if r.random() < 0.1 else 0,
        )

    def instruction(self, op: Opcode, state: State) -> bytes:
        """A random instruction, more often than not a legal one."""
        r = self.random
        code = bytearray(op.code())
        length = op.format.length
        second = r.getrandbits(8)
        if op.mnemonic in EVEN_PAIR and r.random() < 0.9:
            second &= 0xEE
        if op.chapter.startswith("hexfloat") and r.random() < 0.95:
            second = r.choice((0x00, 0x40, 0x04, 0x44)) if "X" in op.mnemonic or "L" in op.mnemonic else second & 0x66
            if length == 4:
                second = second & 0xF0 | r.choice((0, 0, 11))
        if op.mnemonic == "MP" or op.mnemonic == "DP":
            second = second & 0xF7
        if op.opcode < 0x100:
            code[1] = second
            if op.format.layout is not None and length == 4 and op.format.name.startswith("RX") and r.random() < 0.7:
                code[1] = second & 0xF0 | r.choice((0, 11))
        for at in range(2, length, 2):
            base = r.choice((10, 11, 12)) if r.random() < 0.93 else r.randrange(16)
            displacement = r.choice((0, r.randrange(32), r.randrange(0x100), r.randrange(0x1000)))
            if op.mnemonic in ("LPSW", "CS", "CDS", "STCTL", "LCTL", "EX") and r.random() < 0.9:
                displacement &= 0xFF8
                state.gr[base] &= 0xFFFFFFF8
            code[at] = base << 4 | displacement >> 8
            code[at + 1] = displacement & 255
        if op.mnemonic in DECIMAL:
            for i, at in enumerate(range(2, length, 2)):
                target = (int.from_bytes(code[at : at + 2], "big") & 0xFFF) + state.gr[code[at] >> 4] & 0xFFFFFF
                n = 8 if op.mnemonic == "CVB" else (code[1] >> 4 if i == 0 else code[1] & 15) + 1
                if code[at] >> 4 and target + n < SIZE and r.random() < 0.9:
                    field_ = self.packed(n)
                    if op.mnemonic == "MP" and i == 0:
                        field_ = bytes(n // 2) + field_[n // 2 :]
                    if op.mnemonic.startswith("ED"):
                        n = 16 if i else code[1] + 1
                        field_ = r.randbytes(1) + bytes(r.choices((0x20, 0x21, 0x22, 0x6B), (8, 1, 1, 1), k=n - 1))
                        field_ = b"".join(self.packed(r.randrange(1, 9)) for _ in range(32)) if i else field_
                    if target + len(field_) < SIZE:
                        state.storage[target : target + len(field_)] = field_
        if op.mnemonic == "EX":
            target = (int.from_bytes(code[2:4], "big") & 0xFFF) + state.gr[code[2] >> 4] & 0xFFFFFF
            code[1] &= 0xF0
            if target + 6 < SIZE:
                other = r.choice(OPCODES)
                if other.mnemonic != "EX" or r.random() < 0.1:
                    state.storage[target : target + 6] = (
                        self.instruction(other, state) if other.mnemonic != "EX" else bytes(code)
                    ).ljust(6, b"\0")
        if op.mnemonic in ("MVCL", "CLCL"):
            for n in (code[1] >> 4 & 14, code[1] & 14):
                if r.random() < 0.9:
                    state.gr[n] = self.address() | r.getrandbits(8) << 24
                    state.gr[n + 1] = r.getrandbits(8) << 24 | r.choice((0, 5, 300, 2000, 5000))
        state.names.append(disassemble(bytes(code)))
        return bytes(code)

    # --- running ---

    def single(self, op: Opcode) -> None:
        """One instruction, and what comes after it."""
        state = self.state()
        state.storage[CODE : CODE + 6] = self.instruction(op, state).ljust(6, b"\0")
        self.run(state, self.random.choice((1, 1, 1, 3)), pieces=False)

    def program(self, ops: list[Opcode]) -> None:
        """Many instructions, with loops."""
        r = self.random
        state = self.state()
        at = CODE
        count = r.randrange(5, 120)
        for _ in range(count):
            code = bytearray(self.instruction(r.choice(ops), state))
            if r.random() < 0.15:  # a branch within the program: base 9 has its address
                code = bytearray((r.choice((0x47, 0x46, 0x45)), r.randrange(16) << 4, 0x90, 0))
                displacement = 2 * r.randrange(2 * count)
                code[2:4] = (0x9000 | displacement).to_bytes(2, "big")
            state.storage[at : at + len(code)] = code
            at += len(code)
        state.gr[9] = CODE
        if r.random() < 0.3:
            state.gr[10] = CODE + r.randrange(200)
        self.run(state, r.choice((10, 100, 1000)), pieces=True)

    def run(self, state: State, budget: int, pieces: bool) -> None:
        """Both engines from the same state."""
        self.cases += 1
        results = []
        cuts = [self.random.randrange(1, budget + 1) for _ in range(3)] if pieces else []
        for cpu, engine, parts in zip(self.cpus, (reference, interpreter), ([], cuts), strict=True):
            load(cpu, state)
            results.append((self.run_one(cpu, engine.run, budget, sorted(parts)), snapshot(cpu)))
        (stop0, found0), (stop1, found1) = results
        if isinstance(stop0, BudgetEnd | MaskChanged | Waiting):
            found0.pop("ilc")
            found1.pop("ilc")
        if stop0 != stop1 or found0 != found1:
            lines = [f"{'; '.join(state.names[-8:])}  budget {budget} cuts {cuts} trap {state.trap_mask:X}"]
            lines += [f"  psw {state.psw[0]:08X} {state.psw[1]:08X} pending {state.pending}", f"  {stop0} / {stop1}"]
            lines += [f"  {k}: {found0[k]} / {found1[k]}" for k in found0 if found0[k] != found1.get(k)][:6]
            self.differences.append("\n".join(lines))

    @staticmethod
    def run_one(cpu: Cpu, run: Any, budget: int, cuts: list[int]) -> Interception:
        done = 0
        for cut in [*cuts, budget]:
            if cut > done:
                before = cpu.units
                stop: Interception = run(cpu, cut - done)
                if not isinstance(stop, BudgetEnd):
                    return stop
                assert cpu.units - before == cut - done
                done = cut
        return stop


def load(cpu: Cpu, state: State) -> None:
    """Set everything."""
    cpu.reset(initial=True)
    cpu.clocks.reset()
    cpu.instructions = 0
    cpu.tod_offset = cpu.cpu_timer_base = cpu.translation_address = cpu.monitor_class = cpu.monitor_code = 0
    cpu.per_code = cpu.per_address = cpu.idle = 0
    cpu.storage.write(0, state.storage)
    cpu.storage.load_keys(state.keys)
    for i in range(16):
        cpu.gr[i] = state.gr[i]
    for i in range(8):
        cpu.fpr[i] = state.fpr[i]
    for i, value in state.cr.items():
        cpu.cr[i] = value
    cpu.trap_mask, cpu.pending = state.trap_mask, state.pending
    from vm370.cp.s370.interruptions import load_new_psw

    load_new_psw(cpu, *state.psw)
    cpu.event = 0


def snapshot(cpu: Cpu) -> dict[str, str]:
    """Everything, readable."""
    found = {name: repr(getattr(cpu, name)) for name, kind in cpu._fields_ if not hasattr(kind, "_length_")}
    found |= {f"gr{i}": f"{v:08X}" for i, v in enumerate(cpu.gr)}
    found |= {f"fpr{i}": f"{v:016X}" for i, v in enumerate(cpu.fpr)}
    found |= {f"cr{i}": f"{v:08X}" for i, v in enumerate(cpu.cr)}
    found |= {
        name: repr(getattr(cpu, name)) for name in ("translating", "store_mask", "store_match", "event", "trapped")
    }
    found["keys"] = bytes(cpu.storage.keys).hex()[:64]
    data = cpu.storage.read(0, SIZE)
    for at in range(0, SIZE, 0x100):
        found[f"storage {at:04X}"] = data[at : at + 0x100].hex()
    return found


def main(arguments: list[str]) -> int:
    """Run; exit code 1 on a difference."""
    seed, rounds = int(arguments[0]), int(arguments[1])
    ops = [op for op in OPCODES if not arguments[2:] or op.mnemonic in arguments[2:]]
    if not interpreter.available():
        print("native code is not available")
        return 2
    fuzzer = Fuzzer(seed)
    for _ in range(rounds):
        for op in ops:
            fuzzer.single(op)
        for _ in range(20):
            fuzzer.program(ops)
        if len(fuzzer.differences) > 20:
            break
    for difference in fuzzer.differences[:20]:
        print(difference)
    print(f"{fuzzer.cases} cases, {len(fuzzer.differences)} differences")
    return 1 if fuzzer.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
