"""Decoding: from six bytes of storage to something that can be called.

``DECODED[code]`` is ``(run, length, ilc)`` for the instruction that ``code`` (six bytes) begins with; ``run(cpu)``
executes its definition with the operands out of the instruction.  The table fills itself; it is keyed by content, so
that it never has to be told about changes of storage.

A privileged instruction's ``run`` first asks what the opcode table says about it: trapped (leaves the engine before
anything is done), refused in problem state, or executed.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from vm370.cp.s370.formats import Layout, field_value
from vm370.cp.s370.interceptions import PrivilegedOperation
from vm370.cp.s370.interruptions import OPERATION, PRIVILEGED_OPERATION, ProgramCheck
from vm370.cp.s370.opcodes import BY_OPCODE, SECOND_BYTE_MASKS, Opcode
from vm370.cp.s370.traps import GROUPS, Leave

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu

Run = Callable[["Cpu"], None]
Decoded = tuple[Run, int, int]
LIMIT = 1 << 16
"""So many instructions are kept."""


def find(code: bytes) -> Opcode | None:
    """The opcode table's line for the instruction, or None."""
    mask = SECOND_BYTE_MASKS.get(code[0])
    return BY_OPCODE.get(code[0] if mask is None else code[0] << 8 | code[1] & mask)


@cache
def definition(op: Opcode) -> Callable[..., None] | None:
    """The function that defines an instruction, or None where the CPU does not have it."""
    try:
        module = importlib.import_module(f"vm370.cp.s370.{op.chapter}")
    except ModuleNotFoundError:
        return None
    function: Callable[..., None] | None = getattr(module, op.function, None)
    return function


@cache
def _binder(statics: int, addresses: tuple[tuple[bool, bool], ...]) -> Callable[..., Run]:
    """make(function, statics..., displacement, index, base ...) -> run, for addresses that use (index, base) or not."""
    parameters = [f"s{i}" for i in range(statics)]
    operands = list(parameters)
    for n, (indexed, based) in enumerate(addresses):
        parameters += [f"d{n}", f"x{n}", f"b{n}"]
        terms = [f"gr[x{n}]"] * indexed + [f"gr[b{n}]"] * based + [f"d{n}"]
        operands.append(" + ".join(terms) + " & 0xFFFFFF" if len(terms) > 1 else terms[0])
    registers = "    gr = cpu.gr\n        " if any(a or b for a, b in addresses) else "    "
    source = (
        f"def make({', '.join(['function', *parameters])}):\n"
        f"    def run(cpu):\n    {registers}function({', '.join(['cpu', *operands])})\n    return run\n"
    )
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    make: Callable[..., Run] = namespace["make"]
    return make


def bind(function: Callable[..., None], layout: Layout, code: bytes) -> Run:
    """``function`` with the operands of one instruction."""
    instruction = int.from_bytes(code, "big")
    fields = {name: field_value(instruction, field) for name, field in layout.fields.items()}
    values = [fields[name] for name in layout.statics]
    shapes = []
    for address in layout.addresses:
        index = fields[address.index] if address.index else 0
        base = fields[address.base]
        shapes.append((index != 0, base != 0))
        values += [fields[address.displacement], index, base]
    return _binder(len(layout.statics), tuple(shapes))(function, *values)


def _guard(op: Opcode, run: Run, instruction: bytes) -> Run:
    """``run`` of a privileged instruction."""
    group = GROUPS[op.group]
    trap = PrivilegedOperation(op.mnemonic, instruction)

    def guarded(cpu: Cpu) -> None:
        if cpu.trap_mask & group and not (op.group == "diagnose" and not cpu.problem):
            raise Leave(trap)
        if cpu.problem:
            raise ProgramCheck(PRIVILEGED_OPERATION)
        run(cpu)

    return guarded


def _operation_exception(cpu: Cpu) -> None:
    raise ProgramCheck(OPERATION)


def decode(code: bytes) -> Decoded:
    """Decode one instruction, six bytes (zeros where storage ends)."""
    first = code[0]
    length = 2 if first < 0x40 else 4 if first < 0xC0 else 6
    op = find(code)
    function = definition(op) if op is not None else None
    if op is None or function is None:
        return _operation_exception, length, length // 2
    run = bind(function, op.format.layout, code)
    if op.group:
        run = _guard(op, run, code[:length])
    return run, length, length // 2


class _Decoded(dict[bytes, Decoded]):
    def __missing__(self, code: bytes) -> Decoded:
        if len(self) >= LIMIT:
            self.clear()
        decoded = self[code] = decode(code.ljust(6, b"\0"))
        return decoded


DECODED = _Decoded()
