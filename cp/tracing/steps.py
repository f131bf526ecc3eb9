"""One instruction from outside: what it is, what its operands' addresses are, where a branch of it would go.

Storage is looked at without keys, reference bits or the translation-lookaside buffer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.decoder import find
from vm370.cp.s370.disassembler import instruction_length
from vm370.cp.s370.formats import field_value
from vm370.cp.tracing.recorder import peek

Look = Callable[[Cpu, int, int], bytes]
"""``peek``, or one that shows what stood under an address stop."""

CONDITIONS = {15: "B", 8: "BZ", 4: "BM", 2: "BP", 1: "BO", 7: "BNZ", 11: "BNM", 13: "BNP", 14: "BNO", 0: "NOP"}
"""Extended mnemonics of BC, by mask; BCR's have an R behind."""
BRANCHES = frozenset({"BALR", "BCTR", "BCR", "BASR", "BAL", "BCT", "BC", "BAS", "BXH", "BXLE"})
PSW_INSTRUCTIONS = frozenset({"LPSW", "SSM", "STNSM", "STOSM"})
EXECUTE = "EX"
UNKNOWN = "???"


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction at an address; ``code`` is empty if it cannot be fetched."""

    address: int
    code: bytes
    mnemonic: str
    """As shown: extended mnemonics of branches."""
    name: str
    """As the opcode table has it."""
    privileged: bool = False
    io: bool = False
    operands: tuple[int, ...] = ()
    """Effective addresses."""
    target: int | None = None
    """Of a branch: where it goes if it goes."""
    byte: int | None = None
    """EX: what is OR'ed into the target, unless R1 is register 0."""
    executed: Instruction | None = None
    """EX: its target, as it is executed."""

    @property
    def branches(self) -> bool:
        """It is a branch, or executes one."""
        return self.name in BRANCHES or (self.executed is not None and self.executed.branches)

    @property
    def subject(self) -> Instruction:
        """What is executed: the target of EX, or the instruction itself."""
        return self.executed or self

    @property
    def next(self) -> int:
        """The next sequential instruction."""
        return self.address + len(self.code) & 0xFFFFFF


def instruction_at(cpu: Cpu, address: int, look: Look = peek) -> Instruction:
    """The instruction at a logical address, with the registers as they are."""
    code = look(cpu, address, 6)
    return _instruction(cpu, address, code[: instruction_length(code)] if code else b"", look)


def _instruction(cpu: Cpu, address: int, code: bytes, look: Look, *, nested: bool = False) -> Instruction:
    op = find(code) if len(code) >= 2 else None
    if op is None or op.format.length > len(code):
        return Instruction(address, code, UNKNOWN, "")
    bits = int.from_bytes(code.ljust(6, b"\0"), "big")
    layout = op.format.layout
    fields = {name: field_value(bits, place) for name, place in layout.fields.items()}
    operands = []
    for place in layout.addresses:
        effective = fields[place.displacement]
        for register in (place.base, place.index):
            if register and fields[register]:
                effective += cpu.gr[fields[register]]
        operands.append(effective & 0xFFFFFF)
    target, byte, executed = None, None, None
    if op.mnemonic in BRANCHES:
        if operands:
            target = operands[0]
        elif fields["R2"]:
            target = cpu.gr[fields["R2"]] & 0xFFFFFF
    elif op.mnemonic == EXECUTE and not nested:
        byte = cpu.gr[fields["R1"]] & 255 if fields["R1"] else None
        target_code = look(cpu, operands[0], 6)
        if len(target_code) >= 2:
            modified = bytes((target_code[0], target_code[1] | (byte or 0)))
            target_code = modified + target_code[2 : instruction_length(target_code)]
            executed = _instruction(cpu, operands[0], target_code, look, nested=True)
            target = executed.target
    return Instruction(
        address,
        code,
        _shown(op.mnemonic, fields),
        op.mnemonic,
        op.privileged,
        op.group == "io",
        tuple(operands),
        target,
        byte,
        executed,
    )


def _shown(mnemonic: str, fields: dict[str, int]) -> str:
    if mnemonic not in ("BC", "BCR"):
        return mnemonic
    short = CONDITIONS.get(fields["R1"])
    return mnemonic if short is None else short if mnemonic == "BC" else short + "R"
