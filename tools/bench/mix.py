"""Generated kernels: a loop of n instructions in the proportions of compiled code, with branches that depend on data.

    L 25 %  ST 13  A S C N 8  register to register 14  LA 8  CLI TM MVI 6  MVC 5  LH IC STC STH 4  BC 17

The generator is seeded with n, so that a name always means the same kernel.  ``Loop.run`` is the model: a few lines of
Python for each of these instructions, that share nothing with the engines.  Registers 0-4 have data, 5 counts, 11 is
the base of the data, 12 of the code.  A repetition starts from the same registers, data and condition code.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from vm370.tools.assembler import assemble
from vm370.tools.bench.kernel import Kernel, KernelError
from vm370.tools.bench.models import WORD, Expected

MIX_SIZES = (30, 60, 120, 240, 480)
EXECUTED = 60_000
"""Instructions of a repetition, about."""
DATA, LENGTH = 0x4000, 0x200
"""Where the data is, and how much."""
DATA_REGISTERS = 5
MASKS = {8: "BE", 7: "BNE", 4: "BL", 2: "BH", 11: "BNL", 13: "BNH"}
IMMEDIATE, RX_WORD, RR = ("CLI", "TM", "MVI"), ("A", "S", "C", "N"), ("AR", "SR", "LR", "CR", "LTR", "NR", "XR")

Operation = tuple[str, int, int, int]
"""Mnemonic and three numbers, whose meaning depends on it."""

SOURCE = """\
KERNEL   CSECT
         USING KERNEL,0
         DC    X'00080000',A(BEGIN)
         ORG   KERNEL+X'68'
         DC    X'000A0000',X'0000E003'
         ORG   KERNEL+X'100'
COUNT    DC    F'1'
         ORG   KERNEL+X'110'
END      DC    X'000A000000000000'
         ORG   KERNEL+X'180'
RESULT   DC    XL16'00'
         ORG   KERNEL+X'200'
BEGIN    BALR  12,0
         USING *,12
         L     15,COUNT
         LA    11,4
         SLL   11,12
REPEAT   MVC   0(256,11),512(11)
         MVC   256(256,11),768(11)
         LM    0,5,START
         CR    0,0
{body}
I{size}    BCT   5,I0
         BCT   15,REPEAT
         STM   0,3,RESULT
         XC    RESULT(16),0(11)
         XC    RESULT(16),256(11)
         LPSW  END
START    DC    0F'0',X'{registers}'
         DC    F'{iterations}'
         ORG   KERNEL+X'4200'
{data}
         END   KERNEL
"""


@dataclass(frozen=True)
class Loop:
    """The operations, and the state that a repetition starts from."""

    operations: tuple[Operation, ...]
    registers: tuple[int, ...]
    data: bytes
    iterations: int

    @classmethod
    def generate(cls, size: int) -> Loop:
        """The loop of this size."""
        choice = random.Random(size)
        return cls(
            tuple(operation(choice) for _ in range(size)),
            tuple(choice.getrandbits(32) for _ in range(DATA_REGISTERS)),
            choice.randbytes(LENGTH),
            EXECUTED // size,
        )

    def source(self) -> str:
        """Assembler source of the kernel."""
        lines = [self.statement(place) for place in range(len(self.operations))]
        data = [self.data[start : start + 16].hex().upper() for start in range(0, LENGTH, 16)]
        return SOURCE.format(
            size=len(self.operations),
            body="\n".join(lines),
            registers="".join(f"{value:08X}" for value in self.registers),
            iterations=self.iterations,
            data="\n".join(f"         DC    X'{line}'" for line in data),
        )

    def statement(self, place: int) -> str:
        """One operation as the assembler takes it; its label is its number."""
        mnemonic, a, b, c = self.operations[place]
        if mnemonic == "BC":
            operands, mnemonic = f"I{min(place + b, len(self.operations))}", MASKS[a]
        elif mnemonic in RR:
            operands = f"{a},{b}"
        elif mnemonic == "LA":
            operands = f"{a},{c}(0,{b})"
        elif mnemonic in IMMEDIATE:
            operands = f"{b}(11),{a}"
        elif mnemonic == "MVC":
            operands = f"{b}({a},11),{c}(11)"
        else:
            operands = f"{a},{b}(0,11)"
        return f"{f'I{place}':8} {mnemonic:5} {operands}"

    def run(self) -> Expected:
        """What one repetition gives, and how many instructions it is."""
        r, memory = list(self.registers), bytearray(self.data)
        cc = executed = 0
        size = len(self.operations)
        for _ in range(self.iterations):
            place = 0
            while place < size:
                mnemonic, a, b, c = self.operations[place]
                executed += 1
                place += 1
                if mnemonic == "BC":
                    if a >> 3 - cc & 1:
                        place = min(place - 1 + b, size)
                    continue
                if mnemonic == "MVC":
                    for i in range(a):
                        memory[b + i] = memory[c + i]
                    continue
                if mnemonic in IMMEDIATE:
                    byte = memory[b]
                    if mnemonic == "MVI":
                        memory[b] = a
                    elif mnemonic == "CLI":
                        cc = 0 if byte == a else 1 if byte < a else 2
                    else:
                        cc = 0 if not byte & a else 3 if byte & a == a else 1
                    continue
                if mnemonic == "LA":
                    r[a] = (c + (r[b] if b else 0)) & 0xFFFFFF
                elif mnemonic == "ST":
                    memory[b : b + 4] = r[a].to_bytes(4, "big")
                elif mnemonic == "STH":
                    memory[b : b + 2] = (r[a] & 0xFFFF).to_bytes(2, "big")
                elif mnemonic == "STC":
                    memory[b] = r[a] & 255
                elif mnemonic == "IC":
                    r[a] = r[a] & 0xFFFFFF00 | memory[b]
                elif mnemonic == "LH":
                    r[a] = int.from_bytes(memory[b : b + 2], "big", signed=True) & WORD
                elif mnemonic == "L":
                    r[a] = int.from_bytes(memory[b : b + 4], "big")
                else:
                    second = r[b] if mnemonic in RR else int.from_bytes(memory[b : b + 4], "big")
                    r[a], cc = _arithmetic(mnemonic.removesuffix("R"), r[a], second, cc)
        stored = b"".join(value.to_bytes(4, "big") for value in r[:4])
        result = bytes(x ^ y ^ z for x, y, z in zip(stored, memory[:16], memory[256:272], strict=True))
        return Expected(result, 8, 4 + executed + self.iterations + 1)


def _signed(value: int) -> int:
    return value - ((value & 0x80000000) << 1)


def _arithmetic(operation: str, first: int, second: int, cc: int) -> tuple[int, int]:
    """(first operand, condition code) after A, S, C, N, X, L or LT."""
    if operation == "L":
        return second, cc
    if operation in ("N", "X"):
        result = first & second if operation == "N" else first ^ second
        return result, int(result != 0)
    if operation == "C":
        total = _signed(first) - _signed(second)
        return first, 0 if not total else 1 if total < 0 else 2
    if operation == "LT":
        total = _signed(second)
    else:
        total = _signed(first) + (_signed(second) if operation == "A" else -_signed(second))
    result = total & WORD
    return result, 3 if _signed(result) != total else 0 if not total else 1 if total < 0 else 2


def operation(choice: random.Random) -> Operation:
    """One operation in the proportions of compiled code."""
    kind, a, b = choice.random(), choice.randrange(DATA_REGISTERS), choice.randrange(DATA_REGISTERS)
    place = 4 * choice.randrange(64)
    if kind < 0.25:
        return "L", a, place, 0
    if kind < 0.38:
        return "ST", a, place, 0
    if kind < 0.46:
        return choice.choice(RX_WORD), a, place, 0
    if kind < 0.60:
        return choice.choice(RR), a, b, 0
    if kind < 0.68:
        return "LA", a, b, choice.randrange(256)
    if kind < 0.74:
        return choice.choice(IMMEDIATE), choice.randrange(256), place, 0
    if kind < 0.79:
        return "MVC", choice.choice((4, 8, 16)), place, 0x100 + choice.randrange(240)
    if kind < 0.83:
        return choice.choice(("LH", "IC", "STC", "STH")), a, place, 0
    return "BC", choice.choice(tuple(MASKS)), choice.randrange(2, 7), 0


def mix_kernel(name: str, size: int) -> Kernel:
    """The kernel of this size."""
    loop = Loop.generate(size)
    assembly = assemble(loop.source(), name)
    if assembly.severity:
        raise KernelError(f"{name}: {assembly.messages[0]}")
    expected, image = loop.run(), assembly.text
    return Kernel(
        name=name,
        storage=((0, image),),
        psw=image[:8],
        base=expected.base,
        per_iteration=expected.repetition,
        expected={1: (expected.result, expected.instructions(1))},
        result=expected.result,
    )
