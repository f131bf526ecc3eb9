"""Which instructions are sensitive (Popek and Goldberg), found in their definitions.

An instruction is *sensitive* if it reads or changes the state of the machine that a control program keeps for itself:
PSW mode, masks and key, storage keys, control registers, prefix, clocks, identity, requests for interruptions,
translation, real storage, channels.  Whatever else it uses (registers, condition code, program mask, instruction
address, storage through the PSW's key and translation) belongs to the program: the instruction is *innocuous*.

``effects(op)`` walks the syntax tree of the definition and of every function that it calls, and collects what is done
with ``cpu``.  Every field and method must be in the tables below; one that is not is an error, so that nothing new is
innocuous by accident.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Any

from vm370.cp.s370.decoder import definition
from vm370.cp.s370.opcodes import OPCODES, Opcode

PSW, KEYS, CONTROL_REGISTERS, CLOCKS = "PSW", "storage keys", "control registers", "clocks"
PREFIX, IDENTITY, REQUESTS, TRANSLATION = "prefix", "identity", "requests", "translation"
REAL_STORAGE, CHANNELS, INTERRUPTION, CONTROL_PROGRAM = "real storage", "channels", "interruption", "control program"

OF_THE_PROGRAM = {"gr", "fpr", "cc", "program_mask", "ia", "ilc"}
PARAMETERS = {"monitor_class", "monitor_code", "translation_address", "per_code", "per_address"}
"""Fields that mean nothing until an interruption stores them."""
FIELDS: dict[str, str] = {
    **dict.fromkeys(("key", "system_mask", "ec", "machine_check", "wait", "problem", "reserved"), PSW),
    "cr": CONTROL_REGISTERS,
    "prefix": PREFIX,
    "cpu_id": IDENTITY,
    "cpu_address": IDENTITY,
    "clock_comparator": CLOCKS,
    "external_pending": REQUESTS,
}
INNOCUOUS_METHODS = {
    "check_fetch", "check_store", "fetch", "store", "get", "put", "copy", "fill", "translate", "compare",
    "bit_length", "branch", "repeat", "execute", "program_check", "trap",
    "mode_changed", "reconsider", "host_attention",
}  # fmt: skip
"""Storage through key and translation, the course of instructions, exceptions; what only tells of a change."""
#  method -> (state, reads, changes)
METHODS: dict[str, tuple[str, bool, bool]] = {
    "get_key":              (KEYS, True, False),
    "set_key":              (KEYS, False, True),
    "get_real":             (REAL_STORAGE, True, False),
    "put_real":             (REAL_STORAGE, False, True),
    "absolute_of_real":     (PREFIX, True, False),
    "purge_translations":   (TRANSLATION, False, True),
    "read_tod":             (CLOCKS, True, False),
    "set_tod":              (CLOCKS, False, True),
    "read_cpu_timer":       (CLOCKS, True, False),
    "set_cpu_timer":        (CLOCKS, False, True),
    "set_clock_comparator": (CLOCKS, False, True),
    "supervisor_call":      (INTERRUPTION, False, True),
    "diagnose":             (CONTROL_PROGRAM, True, True),
    "inter_user_communication": (CONTROL_PROGRAM, True, True),
}  # fmt: skip


class UnknownEffect(Exception):
    """A definition uses something of the CPU that the tables above do not have."""


@dataclass
class Effects:
    """State that an instruction reads and changes, by the names above."""

    reads: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)

    @property
    def sensitive(self) -> bool:
        """Any at all."""
        return bool(self.reads or self.changes)


class _Walker(ast.NodeVisitor):
    def __init__(self, effects: Effects, seen: set[Callable[..., Any]]) -> None:
        self.effects = effects
        self.seen = seen
        self.globals: dict[str, Any] = {}

    def function(self, function: Callable[..., Any]) -> None:
        if function in self.seen:
            return
        self.seen.add(function)
        saved, self.globals = self.globals, getattr(function, "__globals__", {})
        for statement in ast.parse(textwrap.dedent(inspect.getsource(function))).body[0].body:  # type: ignore[attr-defined]
            self.visit(statement)
        self.globals = saved

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and isinstance(self.globals.get(node.func.id), FunctionType):
            self.function(self.globals[node.func.id])
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Attribute):
            self._use(node.target.attr, changes=False)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if isinstance(node.value, ast.Attribute) and _is_cpu(node.value.value):
            self._use(node.value.attr, changes=isinstance(node.ctx, ast.Store))
            self.visit(node.slice)
        else:
            self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if _is_cpu(node.value):
            self._use(node.attr, changes=isinstance(node.ctx, ast.Store))
        self.generic_visit(node)

    def _use(self, name: str, *, changes: bool) -> None:
        if name in OF_THE_PROGRAM or name in PARAMETERS or name in INNOCUOUS_METHODS:
            return
        if name in FIELDS:
            (self.effects.changes if changes else self.effects.reads).add(FIELDS[name])
        elif name in METHODS:
            state, reads, writes = METHODS[name]
            if reads:
                self.effects.reads.add(state)
            if writes:
                self.effects.changes.add(state)
        elif name == "channels":
            self.effects.reads.add(CHANNELS)
            self.effects.changes.add(CHANNELS)
        else:
            raise UnknownEffect(f"cpu.{name}")


def _is_cpu(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "cpu"


def effects(op: Opcode) -> Effects:
    """What the definition of an instruction does to the state of the machine."""
    answer = Effects()
    function = definition(op)
    assert function is not None, op.mnemonic
    _Walker(answer, set()).function(function)
    return answer


def sensitive_instructions() -> dict[str, Effects]:
    """By mnemonic, in the order of the opcode table."""
    found = {op.mnemonic: effects(op) for op in OPCODES}
    return {mnemonic: what for mnemonic, what in found.items() if what.sensitive}


UNPRIVILEGED: dict[str, str] = {
    "SVC": "always leaves to CP, or is reflected by the assist",
    "STCK": "shows the virtual machine's own TOD clock",
    "MC": "asks the virtual machine's own CR8; a monitor event leaves to CP",
}
"""Sensitive instructions that are not privileged; why a virtual machine is equivalent to a real one all the same."""


def sensitive_lines() -> list[str]:
    """One line per sensitive instruction: what it reads, what it changes, how it traps."""
    by_mnemonic = {op.mnemonic: op for op in OPCODES}
    lines = [f"{'':6} {'reads':34} {'changes':34} traps"]
    for mnemonic, what in sensitive_instructions().items():
        privileged = by_mnemonic[mnemonic].privileged
        how = f"privileged operation ({by_mnemonic[mnemonic].group})" if privileged else UNPRIVILEGED[mnemonic]
        reads, changes = ", ".join(sorted(what.reads)), ", ".join(sorted(what.changes))
        lines.append(f"{mnemonic:6} {reads or '-':34} {changes or '-':34} {how}")
    total = len(lines) - 1
    lines.append(
        f"{total} of {len(OPCODES)} instructions are sensitive, {total - len(UNPRIVILEGED)} of them privileged"
    )
    return lines


def sensitive_listing(_home: Path, _folder: Path) -> list[str]:
    """As a listing of tools/listings.py."""
    return sensitive_lines()
