"""Instruction traces: what each instruction was, which storage it was about, and what it changed.

A :class:`Recorder` is asked before and after each instruction, and makes a :class:`Step` of what it saw from outside,
so that a trace is the same whatever engine executes the instructions.  Nothing is touched: storage is looked at without
keys, reference bits or the translation-lookaside buffer.

``line`` shows a step: address, bytes, instruction, effective addresses with what stood there before, and what changed:

    000800 5A20C400     A     2,1024(0,12)        000C00=00000001              R2=00000005 CC=2

CC is shown when it changed, PSW (its first word) when more than that did, ``->`` when not the next instruction follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.decoder import find
from vm370.cp.s370.disassembler import disassemble, instruction_length
from vm370.cp.s370.formats import field_value
from vm370.cp.s370.interruptions import ProgramCheck, psw_high
from vm370.cp.s370.translation import walk

NO_STORAGE_CHAPTERS = ("branching", "shifting", "input_output")
NO_STORAGE = ("LA", "LRA", "SPKA", "DIAG", "SIGP", "MC", "RRB")
"""Their effective addresses designate no operand in storage; EX designates an instruction."""
SHOWN_BYTES, USUAL_BYTES = 8, 4
CONDITION = 0x00003F00
"""Condition code and program mask in the first word of an EC-mode PSW."""


@dataclass(slots=True)
class Step:
    """One instruction."""

    address: int
    code: bytes
    text: str
    operands: list[tuple[int, bytes]]
    """Effective address, and what stood there (empty where that means nothing or nothing is there)."""
    target: str = ""
    """EX: the instruction that was executed."""
    changed: dict[str, int] = field(default_factory=dict)
    """Registers by name (R0-R15, F0-F6, C0-C15), PSW."""
    cc: int = 0
    cc_changed: bool = False
    next: int | None = None
    """Where it went on, if not behind the instruction."""
    tier: str = ""
    """What executed it: reference, interpreter, regions, or CP."""

    def line(self, *, tier: bool = False) -> str:
        """As one line of text."""
        places = " ".join(
            f"{address:06X}" + (f"={data.hex().upper()}" if data else "") for address, data in self.operands
        )
        if self.target:
            places += f" ({' '.join(self.target.split())})"
        effects = [f"{name}={value:0{16 if name[0] == 'F' else 8}X}" for name, value in self.changed.items()]
        if self.cc_changed:
            effects.append(f"CC={self.cc}")
        if self.next is not None:
            effects.append(f"-> {self.next:06X}")
        start = f"{self.address:06X} {self.code.hex().upper():<12} {self.text:<24} {places:<28} {' '.join(effects)}"
        return (f"{self.tier:<12} {start}" if tier else start).rstrip()

    def as_data(self) -> dict[str, Any]:
        """For --json."""
        return {
            "address": f"{self.address:06X}",
            "bytes": self.code.hex().upper(),
            "text": self.text,
            "operands": [{"address": f"{address:06X}", "value": data.hex().upper()} for address, data in self.operands],
            "target": self.target,
            "changed": {name: f"{value:0{16 if name[0] == 'F' else 8}X}" for name, value in self.changed.items()},
            "cc": self.cc,
            "next": None if self.next is None else f"{self.next:06X}",
            "tier": self.tier,
        }


def peek(cpu: Cpu, address: int, length: int) -> bytes:
    """Bytes at a logical address as the CPU would see them; fewer or none where there are none."""
    data = b""
    while len(data) < length:
        logical = address + len(data) & 0xFFFFFF
        real = logical
        if cpu.translating:
            try:
                code, real, _ = walk(cpu, logical)
            except ProgramCheck:
                return data
            if code:
                return data
        absolute = cpu.absolute_of_real(real)
        piece = min(length - len(data), 2048 - (logical & 2047))
        if absolute + piece > cpu.storage.size:
            return data
        data += cpu.storage.read(absolute, piece)
    return data


class Recorder:
    """Makes steps of what happens to a CPU, for ``take``."""

    def __init__(self, take: Callable[[Step], None]) -> None:
        self._take = take
        self._step: Step | None = None
        self._instructions = 0
        self._registers: dict[str, int] = {}
        self._psw = 0
        self._cc = 0

    def before(self, cpu: Cpu) -> None:
        """An instruction may be executed next."""
        code = peek(cpu, cpu.ia, 6)
        code = code[: instruction_length(code)] if code else b""
        self._instructions = cpu.instructions
        self._registers = _registers(cpu)
        self._psw, self._cc = _psw(cpu), cpu.cc
        self._step = Step(cpu.ia, code, disassemble(code) if code else "(cannot be fetched)", [])
        self._operands(cpu, self._step)

    def after(self, cpu: Cpu, tier: str) -> None:
        """If an instruction was executed, it is taken."""
        step, self._step = self._step, None
        if step is None or cpu.instructions == self._instructions:
            return
        now = _registers(cpu)
        step.changed = {name: value for name, value in now.items() if value != self._registers[name]}
        psw = _psw(cpu)
        if psw != self._psw:
            step.changed["PSW"] = psw_high(cpu, 0)
        step.cc, step.cc_changed = cpu.cc, cpu.cc != self._cc
        step.next = cpu.ia if cpu.ia != (step.address + len(step.code) & 0xFFFFFF) else None
        step.tier = tier
        self._take(step)

    def _operands(self, cpu: Cpu, step: Step) -> None:
        op = find(step.code) if len(step.code) >= 2 else None
        if op is None or op.format.length > len(step.code):
            return
        instruction = int.from_bytes(step.code.ljust(6, b"\0"), "big")
        layout = op.format.layout
        fields = {name: field_value(instruction, place) for name, place in layout.fields.items()}
        in_storage = op.chapter not in NO_STORAGE_CHAPTERS and op.mnemonic not in NO_STORAGE
        for number, address in enumerate(layout.addresses, 1):
            effective = fields[address.displacement]
            for register in (address.base, address.index):
                if register and fields[register]:
                    effective += cpu.gr[fields[register]]
            length = fields.get("L", fields.get(f"L{number}", USUAL_BYTES))
            data = peek(cpu, effective & 0xFFFFFF, min(length, SHOWN_BYTES)) if in_storage else b""
            step.operands.append((effective & 0xFFFFFF, data))
        if op.mnemonic == "EX":
            code = bytearray(peek(cpu, step.operands[0][0], 6))
            if len(code) >= 2:
                number = fields["R1"]
                code[1] |= cpu.gr[number] & 255 if number else 0
                step.target = disassemble(bytes(code))


def _registers(cpu: Cpu) -> dict[str, int]:
    values = {f"R{number}": value for number, value in enumerate(cpu.gr)}
    values |= {f"F{number}": cpu.fpr[number] for number in (0, 2, 4, 6)}
    return values | {f"C{number}": value for number, value in enumerate(cpu.cr)}


def _psw(cpu: Cpu) -> int:
    """The first word of the PSW without what every instruction may change."""
    high = psw_high(cpu, 0)
    return high & ~CONDITION if cpu.ec else high
