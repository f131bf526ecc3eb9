"""The table of operations: assembler instructions, and machine instructions from `vm370.cp.s370.opcodes`."""

from __future__ import annotations

from vm370.cp.s370.opcodes import ALIASES, BY_MNEMONIC, EXTENDED, OPCODES
from vm370.tools.assembler.machine import Instruction
from vm370.tools.assembler.passone import Directive, PassOne

#             name      pass one                            pass two
DIRECTIVES = (
    Directive("START", PassOne.start_section),
    Directive("CSECT", PassOne.control_section),
    Directive("DSECT", PassOne.dummy_section),
    Directive("COM", PassOne.common_section),
    Directive("ENTRY", PassOne.entry, "entry"),
    Directive("EXTRN", PassOne.extrn),
    Directive("WXTRN", PassOne.wxtrn),
    Directive("EQU", PassOne.equate, "equate"),
    Directive("ORG", PassOne.org),
    Directive("DC", PassOne.constants, "constants"),
    Directive("DS", PassOne.storage),
    Directive("CCW", PassOne.channel_command, "channel_command"),
    Directive("CNOP", PassOne.conditional_no_operation, "conditional_no_operation"),
    Directive("LTORG", PassOne.literal_pool, "literal_pool"),
    Directive("USING", PassOne.label_here, "using"),
    Directive("DROP", PassOne.label_here, "drop"),
    Directive("PUSH", None, "push"),
    Directive("POP", None, "pop"),
    Directive("PRINT", None, "print_option"),
    Directive("TITLE", None, "title"),
    Directive("SPACE", None),
    Directive("EJECT", None),
    Directive("PUNCH", PassOne.punch, "punch"),
    Directive("REPRO", PassOne.reproduce, "punch"),
    Directive("OPSYN", PassOne.synonym),
    Directive("ICTL", None),
    Directive("ISEQ", None),
    Directive("END", PassOne.end, "end"),
)


def operations() -> dict[str, Instruction | Directive]:
    """A fresh table: OPSYN changes it."""
    return dict(_OPERATIONS)


def _all() -> dict[str, Instruction | Directive]:
    table: dict[str, Instruction | Directive] = {directive.name: directive for directive in DIRECTIVES}
    for op in OPCODES:
        table[op.mnemonic] = Instruction(op.mnemonic, op.opcode, op.format)
    for name, mnemonic in ALIASES.items():
        op = BY_MNEMONIC[mnemonic]
        table[name] = Instruction(name, op.opcode, op.format)
    for extended in EXTENDED.values():
        base = extended.base
        table[extended.mnemonic] = Instruction(extended.mnemonic, base.opcode, base.format, {"M1": extended.mask})
    return table


_OPERATIONS = _all()
