"""The table of operations: assembler instructions, and machine instructions from `vm370.cp.s370.opcodes`."""

from __future__ import annotations

from vm370.cp.s370.opcodes import ALIASES, BY_MNEMONIC, EXTENDED, OPCODES
from vm370.tools.assembler.definitions import Definitions
from vm370.tools.assembler.machine import Instruction
from vm370.tools.assembler.records import Directive

#             name      pass one                            pass two
DIRECTIVES = (
    Directive("START", Definitions.start_section),
    Directive("CSECT", Definitions.control_section),
    Directive("DSECT", Definitions.dummy_section),
    Directive("COM", Definitions.common_section),
    Directive("ENTRY", Definitions.entry, "entry"),
    Directive("EXTRN", Definitions.extrn),
    Directive("WXTRN", Definitions.wxtrn),
    Directive("EQU", Definitions.equate, "equate"),
    Directive("ORG", Definitions.org),
    Directive("DC", Definitions.constants, "constants"),
    Directive("DS", Definitions.storage),
    Directive("CCW", Definitions.channel_command, "channel_command"),
    Directive("DXD", Definitions.external_dummy),
    Directive("CXD", Definitions.cumulative_length, "cumulative_length"),
    Directive("CNOP", Definitions.conditional_no_operation, "conditional_no_operation"),
    Directive("LTORG", Definitions.literal_pool, "literal_pool"),
    Directive("USING", Definitions.label_here, "using"),
    Directive("DROP", Definitions.label_here, "drop"),
    Directive("PUSH", None, "push"),
    Directive("POP", None, "pop"),
    Directive("PRINT", None, "print_option"),
    Directive("TITLE", None, "title"),
    Directive("SPACE", None),
    Directive("EJECT", None),
    Directive("PUNCH", Definitions.punch, "punch"),
    Directive("REPRO", Definitions.reproduce, "punch"),
    Directive("OPSYN", Definitions.synonym),
    Directive("ICTL", Definitions.input_format),
    Directive("ISEQ", Definitions.sequence_check),
    Directive("END", Definitions.end, "end"),
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
