"""The native interpreter as LLVM text: one function per instruction, chained by tail calls.

Every function has the same arguments, which stay in machine registers::

    %s       the CPU                                %budget  instructions left after this one
    %c       its context                            %map     access map of the program that runs (maps.py)
    %insn    instruction, 48 bits left-aligned;     %limit   the last address in a block from where instructions may be
             bit 63: target of EXECUTE                       fetched without a further look at the map; or NOWHERE
    %ia      its address (of a target of EXECUTE:   %code    the block's delta: instructions are at %code + address
             so that the next instruction is right)

A handler executes the definition, then fetches the next instruction and calls its handler (``dispatch``); ``slow``
looks at budget, alignment and map where the fast way is closed; a branch back looks for translated code (``probe``).
Python is entered for the reasons in context.py only.
The instruction address and the budget are stored when native code is left, ``ilc`` when something may look at it.
"""

from __future__ import annotations

from functools import cache

from vm370.cp.engine.native.admission_text import admission_text
from vm370.cp.engine.native.chaining_text import (
    CONVENTION,
    NOWHERE,
    PARAMETERS,
    chaining_text,
    tail_call,
)
from vm370.cp.engine.native.handler import Handler
from vm370.cp.engine.native.model import (
    PROLOGUE,
)
from vm370.cp.engine.native.values import NotCompilable
from vm370.cp.s370.decoder import definition
from vm370.cp.s370.interruptions import (
    program_interruption,
)
from vm370.cp.s370.opcodes import BY_MNEMONIC, OPCODES, SECOND_BYTE_MASKS, Opcode

__all__ = ["CONVENTION", "NOWHERE", "PARAMETERS", "compiled_instructions", "interpreter_text"]


def instruction_text(op: Opcode) -> str:
    """The handler ``@op_MNEMONIC``; NotCompilable if it has to be left to the reference engine."""
    function = definition(op)
    assert function is not None
    handler = Handler(op)

    def body() -> None:
        if op.group:
            handler.guard()
        handler.call(function, [handler, *handler.operands()])

    return handler.compile(f"op_{op.mnemonic}", body)


def guard_text(op: Opcode) -> str:
    """The handler of an instruction whose definition needs Python; if privileged, problem state is seen to here."""
    handler = Handler(op)

    def body() -> None:
        if op.group:
            handler.guard()
        handler.leave_now()

    return handler.compile(f"op_{op.mnemonic}", body)


@cache
def compiled_instructions() -> tuple[dict[str, str], dict[str, str]]:
    """(mnemonic -> handler's text, mnemonic -> why it is left to the reference engine)."""
    texts, reasons = {}, {}
    for op in OPCODES:
        try:
            texts[op.mnemonic] = instruction_text(op)
        except NotCompilable as error:
            reasons[op.mnemonic] = str(error)
    return texts, reasons


def _program_interruption_text() -> str:
    handler = Handler(None)

    def body() -> None:
        handler.require_low_storage()
        code = handler.value(f"zext i32 {handler.load_context('code')} to i64", 64, 0, 0xFF)
        handler.call(program_interruption, [handler, code])

    return handler.compile("program_interruption", body)


def _second_byte_text(first: int, ops: list[Opcode]) -> str:
    """A handler for the operation codes that share their first byte."""
    mask = SECOND_BYTE_MASKS[first]
    cases = " ".join(f"i64 {op.opcode & 0xFF}, label %at{op.opcode & 0xFF}" for op in ops)
    lines = ["entry:", "%second = lshr i64 %insn, 32", f"%which = and i64 %second, {mask}"]
    lines += [f"switch i64 %which, label %other [ {cases} ]"]
    for op in ops:
        lines += [
            f"at{op.opcode & 0xFF}:",
            *tail_call(f"%r{op.opcode & 0xFF}", f"@op_{op.mnemonic}", "%insn", "%ia", "%budget"),
        ]
    lines += ["other:", *tail_call("%ro", "@unknown", "%insn", "%ia", "%budget")]
    text = "\n".join(lines)
    return f"define internal {CONVENTION} i32 @first_{first:02X}({PARAMETERS}) {{\n{text}\n}}\n"


def interpreter_text() -> str:
    """The whole module; ``@enter(context)`` is what Python calls."""
    compiled, others = compiled_instructions()
    texts = compiled | {name: guard_text(BY_MNEMONIC[name]) for name in others}
    handlers = ["@unknown"] * 256
    shared: dict[int, list[Opcode]] = {}
    for op in OPCODES:
        if op.mnemonic in texts:
            if op.opcode < 0x100:
                handlers[op.opcode] = f"@op_{op.mnemonic}"
            else:
                shared.setdefault(op.opcode >> 8, []).append(op)
    parts = [PROLOGUE, admission_text(), *texts.values()]
    for first, ops in shared.items():
        parts.append(_second_byte_text(first, ops))
        handlers[first] = f"@first_{first:02X}"
    table = ", ".join(f"ptr {name}" for name in handlers)
    parts += [_program_interruption_text(), f"@handlers = internal constant [256 x ptr] [{table}]", chaining_text()]
    return "\n".join(parts)
