"""Instruction cases as lines: ("AR 1,2", code, before, after).

``before`` and ``after`` are words, all hexadecimal: r0-r15, c0-c15, f0 f2 f4 f6 (64 bits), cc, pm, key, ia, prefix,
mask (system mask), ec, wait, problem, kADDRESS (storage key) and ADDRESS=bytes; ``after`` has only what changes, and
program=code of the program interruption.  The instruction stands at 1000.
"""

from __future__ import annotations

from vm370.cp.engine.reference import run
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.disassembler import disassemble
from vm370.cp.s370.interceptions import BudgetEnd, MaskChanged, ProgramInterruption
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage
from vm370.cp.s370.traps import TRAP_PROGRAM

Case = tuple[str, str, str, str]
FIELDS = {
    "cc": "cc",
    "pm": "program_mask",
    "key": "key",
    "ia": "ia",
    "prefix": "prefix",
    "mask": "system_mask",
    "ec": "ec",
    "wait": "wait",
    "problem": "problem",
}
FLOATING = ("f0", "f2", "f4", "f6")


def machine(before: str) -> Cpu:
    """A CPU at 1000 with 1 MiB, and the settings of ``before``."""
    cpu = Cpu(Storage(1 << 20))
    cpu.psw = Psw(address=0x1000)
    for word in before.split():
        name, value = word.split("=")
        change(cpu, name, value)
    cpu.mode_changed()
    cpu.event = 0
    cpu.trap_mask = TRAP_PROGRAM
    return cpu


def change(cpu: Cpu, name: str, value: str) -> None:
    """Set one thing by its name."""
    if name[0] == "r" and name[1:].isdigit():
        cpu.gr[int(name[1:])] = int(value, 16)
    elif name[0] == "c" and name[1:].isdigit():
        cpu.cr[int(name[1:])] = int(value, 16)
    elif name[0] == "k" and name != "key":
        cpu.storage.set_key(int(name[1:], 16), int(value, 16))
    elif name in FLOATING:
        cpu.fpr[int(name[1])] = int(value, 16)
    elif name in FIELDS:
        setattr(cpu, FIELDS[name], int(value, 16))
    else:
        cpu.storage.write(int(name, 16), bytes.fromhex(value))


def everything(cpu: Cpu) -> dict[str, object]:
    """All of the state that an instruction may change."""
    fields = ("ia", "cc", "program_mask", "key", "system_mask", "ec", "wait", "problem", "prefix")
    return {
        "gr": list(cpu.gr),
        "cr": list(cpu.cr),
        "fpr": list(cpu.fpr),
        "keys": bytes(key & 0xF9 for key in cpu.storage.keys),
        "storage": cpu.storage.read(0, 0x3000),
        **{name: getattr(cpu, name) for name in fields},
    }


def check(text: str, code: str, before: str, after: str) -> None:
    """Run one case and compare everything."""
    instruction = bytes.fromhex(code)
    assert disassemble(instruction) == text
    cpu = machine(before)
    cpu.storage.write(0x1000, instruction)
    expected = machine(before)
    expected.storage.write(0x1000, instruction)
    expected.ia = 0x1000 + len(instruction)
    program = None
    for word in after.split():
        name, value = word.split("=")
        if name == "program":
            program = int(value, 16)
        else:
            change(expected, name, value)
    interception = run(cpu, 1)
    while cpu.instructions == 0:
        interception = run(cpu, 1)
    if program is None:
        assert interception in (BudgetEnd(), MaskChanged())
    else:
        assert interception == ProgramInterruption(program)
    found, wanted = everything(cpu), everything(expected)
    if "k2000" in after:
        assert cpu.storage.key(0x2000) == expected.storage.key(0x2000)
    assert {k: v for k, v in found.items() if v != wanted[k]} == {}
