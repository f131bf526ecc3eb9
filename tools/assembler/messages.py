"""Messages of the assembler: one table of kinds, the exception that carries one, and the message a user sees.

A statement in error raises StatementError with a kind; whoever processes statements catches it, notes the message with
the statement and goes on with the next one.  Severities are those of the IBM assemblers: 0 information, 4 warning,
8 error, 12 severe; the highest one is the exit code.

    Exception
      StatementError    a statement cannot be processed; one Kind, what was found, the text to point at
"""

from __future__ import annotations

from dataclasses import dataclass

NOTE, WARNING, ERROR, SEVERE = 0, 4, 8, 12
_LETTERS = {NOTE: "I", WARNING: "W", ERROR: "E", SEVERE: "S"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the message table; ``text`` is a format with the fields named in it."""

    number: int
    severity: int
    text: str

    @property
    def identifier(self) -> str:
        return f"ASM{self.number:03d}{_LETTERS[self.severity]}"


# fmt: off
# name                                  number  severity  text
# reading statements
LINE_TOO_LONG         = Kind(1,   ERROR,   "statement goes on to column {found}, expected at most 71")
CONTINUATION_EXPECTED = Kind(2,   ERROR,   "column 72 continues: found {found}, expected columns 1-15 blank there")
CONTINUATION_MISSING  = Kind(3,   ERROR,   "column 72 continues: found the end of the file, expected a line")
QUOTE_OPEN            = Kind(4,   ERROR,   "string is not closed: found {found}, expected a second apostrophe")
OPERATION_MISSING     = Kind(5,   ERROR,   "found no operation, expected one after the blank that ends the name field")
BAD_CHARACTER         = Kind(6,   ERROR,   "found character {found}, expected one that has a place in the code page")
# names and symbols
OPERATION_UNKNOWN     = Kind(10,  ERROR,   "operation {found}: no instruction, and no macro of that name in {where}")
SYMBOL_UNDEFINED      = Kind(11,  ERROR,   "symbol {found} is not defined")
SYMBOL_DUPLICATE      = Kind(12,  ERROR,   "symbol {found} was defined before, in statement {where}")
SYMBOL_BAD            = Kind(13,  ERROR,   "name {found}: expected a letter, then up to 7 letters or digits")
SYMBOL_LATE           = Kind(14,  ERROR,   "symbol {found} is defined further on, expected before this statement")
LABEL_MISSING         = Kind(15,  ERROR,   "{found} needs a name in column 1")
LABEL_FORBIDDEN       = Kind(16,  WARNING, "{found} takes no name; {label} is not defined by it")
ENTRY_UNDEFINED       = Kind(17,  ERROR,   "ENTRY {found}: expected a symbol of a control section of this source")
SECTION_MIXED         = Kind(18,  ERROR,   "{found} is already a {where}")
SYMBOL_CIRCULAR       = Kind(19,  ERROR,   "the value of {found} depends on itself")
# expressions
EXPRESSION_BAD        = Kind(20,  ERROR,   "expression: found {found}, expected {expected}")
ABSOLUTE_EXPECTED     = Kind(21,  ERROR,   "{found} is relocatable, expected an absolute expression")
RELOCATABLE_EXPECTED  = Kind(22,  ERROR,   "{found} is not a simply relocatable expression")
RELOCATABLE_ARITHMETIC = Kind(23, ERROR,   "{found}: a relocatable term can only be added or subtracted")
SELF_DEFINING_BAD     = Kind(24,  ERROR,   "self-defining term: found {found}, expected {expected}")
VALUE_RANGE           = Kind(25,  ERROR,   "{what}: found {found}, expected {expected}")
LITERAL_FORBIDDEN     = Kind(26,  ERROR,   "literal {found} cannot stand here")
# operands of instructions
OPERAND_COUNT         = Kind(30,  ERROR,   "{what}: found {found} operands, expected {expected}")
OPERAND_MISSING       = Kind(31,  ERROR,   "{what}: operand {found} is missing")
ADDRESS_FORM          = Kind(32,  ERROR,   "operand {found}: expected {expected}")
NO_BASE               = Kind(33,  ERROR,   "{found}: no USING covers this address; {expected}")
REGISTER_BAD          = Kind(34,  ERROR,   "register: found {found}, expected {expected}")
LENGTH_RANGE          = Kind(36,  ERROR,   "length of {what}: found {found}, expected {expected}")
USING_NOT_ACTIVE      = Kind(37,  WARNING, "DROP {found}: no USING for this register")
# constants
CONSTANT_TYPE         = Kind(40,  ERROR,   "constant type: found {found}, expected one of ABCDEFHLPQSVXYZ")
CONSTANT_BAD          = Kind(41,  ERROR,   "constant of type {what}: found {found}, expected {expected}")
CONSTANT_MISSING      = Kind(42,  ERROR,   "constant of type {found}: expected a value")
MODIFIER_BAD          = Kind(43,  ERROR,   "modifier: found {found}, expected {expected}")
CONSTANT_RANGE        = Kind(44,  ERROR,   "constant {found} does not fit into {expected}")
# assembler instructions
ORG_RANGE             = Kind(51,  ERROR,   "ORG: found {found}, expected an address in the current section")
END_MISSING           = Kind(52,  WARNING, "found the end of the file, expected an END statement")
AFTER_END             = Kind(53,  WARNING, "found statements after END; they are ignored")
COPY_NOT_FOUND        = Kind(54,  SEVERE,  "COPY {found}: no such member in {where}")
COPY_RECURSIVE        = Kind(55,  SEVERE,  "COPY {found}: the member copies itself")
OPTION_BAD            = Kind(56,  ERROR,   "{what}: found {found}, expected {expected}")
START_LATE            = Kind(57,  ERROR,   "START must come before the first control section")
STACK_EMPTY           = Kind(58,  ERROR,   "POP {found}: nothing was pushed")
LITERALS_IN_DUMMY     = Kind(59,  ERROR,   "LTORG in a dummy section")
PSEUDO_UNDEFINED      = Kind(61,  ERROR,   "Q({found}): expected the name of a DXD or DSECT")
SEQUENCE_ERROR        = Kind(62,  WARNING, "ISEQ: found sequence field {found}, expected more than {expected}")
ICTL_LATE             = Kind(63,  ERROR,   "ICTL must be the first statement of the source")
SECTION_TOO_LONG      = Kind(60,  SEVERE,  "location counter: found {found}, expected at most X'FFFFFF'")
# macro language
MNOTE_TEXT            = Kind(70,  NOTE,    "{found}")
MACRO_PROTOTYPE       = Kind(71,  ERROR,   "macro prototype: found {found}, expected {expected}")
MEND_MISSING          = Kind(72,  SEVERE,  "macro definition: found the end of {found}, expected MEND")
VARIABLE_UNDEFINED    = Kind(73,  ERROR,   "variable symbol {found} is not declared")
VARIABLE_TYPE         = Kind(74,  ERROR,   "variable symbol {found}: expected {expected}")
VARIABLE_DUPLICATE    = Kind(75,  ERROR,   "variable symbol {found} was declared before as {where}")
SUBSCRIPT_BAD         = Kind(76,  ERROR,   "subscript of {what}: found {found}, expected {expected}")
KEYWORD_UNKNOWN       = Kind(77,  ERROR,   "macro {what} has no keyword {found}")
KEYWORD_TWICE         = Kind(78,  ERROR,   "macro {what}: keyword {found} stands twice")
POSITIONAL_EXTRA      = Kind(79,  NOTE,    "macro {what}: found {found} positional operands, the prototype {expected}")
SEQUENCE_UNKNOWN      = Kind(80,  ERROR,   "sequence symbol {found} is not defined in {where}")
SEQUENCE_DUPLICATE    = Kind(81,  ERROR,   "sequence symbol {found} was defined before in {where}")
ACTR_EXCEEDED         = Kind(82,  SEVERE,  "{found}: more than {expected} AIF and AGO branches (ACTR)")
NESTING_TOO_DEEP      = Kind(83,  SEVERE,  "macro {found}: nested more than {expected} deep; the outermost one ends")
ARITHMETIC_EXPECTED   = Kind(84,  ERROR,   "arithmetic expression: found {found}, expected a number")
CONDITIONAL_SYNTAX    = Kind(85,  ERROR,   "conditional assembly: found {found}, expected {expected}")
MACRO_ONLY            = Kind(86,  ERROR,   "{found} outside a macro definition")
STRING_TOO_LONG       = Kind(87,  ERROR,   "character value: found {found} characters, expected at most {expected}")
MACRO_LIBRARY_BAD     = Kind(88,  SEVERE,  "library member {found} holds no macro definition of {what}")
# fmt: on

KINDS: dict[str, Kind] = {name: value for name, value in list(globals().items()) if isinstance(value, Kind)}


class StatementError(Exception):
    """One message about the statement in hand; ``at`` is what to point at, ``offset`` its place in the operands."""

    def __init__(self, kind: Kind, *, at: str | None = None, offset: int | None = None, **fields: object) -> None:
        self.kind = kind
        self.fields = fields
        self.at = at if at is not None else _bare(str(fields.get("found", "")))
        self.offset = offset
        self.severity: int | None = None
        self.place: tuple[int, int] | None = None  # line and column, where the source's lines are at fault
        super().__init__(self.text)

    @property
    def text(self) -> str:
        return self.kind.text.format(**self.fields)


def _bare(found: str) -> str:
    """What was found without the quotation marks that messages put around it."""
    return found[1:-1] if len(found) > 1 and found[0] == found[-1] and found[0] in "'\"" else found


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is shown and listed: where, how bad, what."""

    file: str
    line: int
    column: int
    severity: int
    identifier: str
    text: str
    statement: int
    source: str
    called_from: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}: {self.identifier} {self.text}"
        return f"{where} ({self.called_from})" if self.called_from else where


def identifier(kind: Kind, severity: int) -> str:
    """The identifier of a message whose severity is not its kind's (MNOTE)."""
    letter = _LETTERS.get(severity) or ("S" if severity > SEVERE else "E" if severity > ERROR else "W")
    return f"ASM{kind.number:03d}{letter}"
