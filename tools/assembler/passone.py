"""Pass one: sections, location counters, symbols, literal pools.

Takes the statements as the generator makes them and turns each into a Record that knows its section, its place and
its size.  Values are relative to the start of their section until the end of the pass, when sections get places one
after the other (doubleword boundaries; the first at the START address) and symbols their assembled addresses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from vm370.images.ebcdic import to_ebcdic
from vm370.tools.assembler.constants import Constant, measure, parse_constant, parse_constant_at, scale_and_integer
from vm370.tools.assembler.expressions import (
    length_attribute,
    parse,
    value_of,
    within,
)
from vm370.tools.assembler.machine import Instruction, parse_place
from vm370.tools.assembler.messages import (
    AFTER_END,
    CONSTANT_MISSING,
    END_MISSING,
    ENTRY_UNDEFINED,
    OPERAND_COUNT,
    OPERATION_UNKNOWN,
    PSEUDO_UNDEFINED,
    SECTION_MIXED,
    SECTION_TOO_LONG,
    SEQUENCE_ERROR,
    SYMBOL_BAD,
    SYMBOL_CIRCULAR,
    SYMBOL_DUPLICATE,
    SYMBOL_LATE,
    SYMBOL_UNDEFINED,
    StatementError,
)
from vm370.tools.assembler.records import LITERAL, Directive, EsdEntry, Record, literal_key
from vm370.tools.assembler.source import Statement, fold, split_operands
from vm370.tools.assembler.symbols import (
    COMMON,
    CONTROL,
    DUMMY,
    MAXIMUM_LOCATION,
    PSEUDO,
    SYMBOL,
    VIRTUAL,
    WEAK,
    LiteralEntry,
    LiteralPool,
    Section,
    Symbol,
    Value,
)

_UNKNOWN = ("U", 1, 0, 0)
#: type and length attribute of the names of assembler instructions that are not DC and DS
_LOOKS = {"CSECT": ("J", 1), "DSECT": ("J", 1), "START": ("J", 1), "COM": ("J", 1), "CCW": ("W", 8), "CXD": ("A", 4)}


class _Foresight(dict[str, Symbol]):
    """The symbols defined so far, and behind them those of an earlier pass; definitions go through to the former."""

    def __init__(self, own: dict[str, Symbol], previous: dict[str, Symbol], sections: dict[str, Section]) -> None:
        super().__init__(own)
        self.own = own
        self.previous = previous
        self.sections = sections
        self.used: set[str] = set()

    def __setitem__(self, name: str, symbol: Symbol) -> None:
        super().__setitem__(name, symbol)
        self.own[name] = symbol

    def get(self, name: str, default: Any = None) -> Any:
        symbol = self.own.get(name)
        if symbol is not None:
            return symbol
        known = self.previous.get(name)
        if known is None:
            return default
        self.used.add(name)
        value, relative = known.value, known.relative
        if isinstance(relative, Section):
            value -= relative.origin
            relative = self.sections.get(relative.name, relative)
        return Symbol(name, value, relative, known.length, known.type, known.statement)


@dataclass(slots=True)
class PassOne:
    """State of pass one; the attributes of symbols that conditional assembly asks for."""

    operations: dict[str, Instruction | Directive]
    symbols: dict[str, Symbol] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    externals: dict[str, Section] = field(default_factory=dict)
    pseudo: dict[str, Section] = field(default_factory=dict)
    dictionary: list[EsdEntry] = field(default_factory=list)
    pools: list[LiteralPool] = field(default_factory=lambda: [LiteralPool(0)])
    records: list[Record] = field(default_factory=list)
    section: Section | None = None
    start: int = 0
    entries: list[tuple[Record, str]] = field(default_factory=list)
    pending: list[tuple[Record, Section | None, int]] = field(default_factory=list)
    ended: bool = False
    overflow: bool = False
    late: list[tuple[Record, StatementError]] = field(default_factory=list)
    source: list[Statement] = field(default_factory=list)
    macros: dict[str, Any] = field(default_factory=dict)
    previous: dict[str, Symbol] = field(default_factory=dict)
    foreseen: set[str] = field(default_factory=set)
    _ahead: dict[str, tuple[str, int, int, int]] | None = None
    _here: Value | None = None
    _here_length: int = 1

    # ---- scope of expressions -------------------------------------------------------------------------------------

    def here(self) -> Value:
        if self._here is not None:
            return self._here
        section = self.section or self.private_section()
        return Value(section.location, section)

    def here_length(self) -> int:
        return self._here_length

    def literal(self, text: str) -> tuple[Value, int]:
        raise StatementError(SYMBOL_UNDEFINED, found=text)

    def section_name(self) -> str:
        return self.section.name if self.section else ""

    # ---- attributes for conditional assembly ----------------------------------------------------------------------

    def type_of(self, name: str) -> str:
        if not name:
            return "O"
        symbol = self.symbols.get(name.upper())
        if symbol is not None:
            return symbol.type
        if name.isdigit() or (name[1:2] == "'" and name[0].upper() in "XBC"):
            return "N"
        if name.upper() in self._scan_ahead():
            return self._scan_ahead()[name.upper()][0]
        return "U"

    def length_of(self, name: str) -> int:
        symbol = self.symbols.get(name.upper())
        if symbol is not None:
            return symbol.length
        return self._scan_ahead().get(name.upper(), _UNKNOWN)[1]

    def scale_of(self, name: str) -> int:
        symbol = self.symbols.get(name.upper())
        return symbol.scale if symbol is not None else self._scan_ahead().get(name.upper(), _UNKNOWN)[2]

    def integer_of(self, name: str) -> int:
        symbol = self.symbols.get(name.upper())
        return symbol.integer if symbol is not None else self._scan_ahead().get(name.upper(), _UNKNOWN)[3]

    def number_of(self, name: str) -> int | None:
        symbol = self.symbols.get(name)
        return symbol.value if symbol is not None and symbol.relative is None else None

    def _scan_ahead(self) -> dict[str, tuple[str, int, int, int]]:
        """Attributes (T' L' S' I') of the symbols of open code, as far as they show without assembling it."""
        if self._ahead is None:
            self._ahead = {}
            for statement in self.source:
                if not statement.label or statement.comment or not SYMBOL.fullmatch(statement.label.upper()):
                    continue
                operation = statement.operation.upper()
                self._ahead.setdefault(statement.label.upper(), self._look(operation, statement.operands))
        return self._ahead

    def _look(self, operation: str, operands: str) -> tuple[str, int, int, int]:
        if operation in self.macros:
            return "M", 1, 0, 0
        action = self.operations.get(operation)
        if action is None:
            return "M", 1, 0, 0
        if isinstance(action, Instruction):
            return "I", action.length, 0, 0
        if operation in ("DC", "DS"):
            try:
                constant = parse_constant(split_operands(fold(operands))[0])
                size = measure(constant, self, operation == "DS")
                return constant.type_attribute, size.first, *scale_and_integer(constant, size, self)
            except (StatementError, IndexError):
                return _UNKNOWN
        kind, length = _LOOKS.get(operation, ("U", 1))
        return kind, length, 0, 0

    # ---- sections and symbols -------------------------------------------------------------------------------------

    def private_section(self) -> Section:
        """The unnamed control section that begins with the first statement that needs a place."""
        self.enter("", CONTROL)
        assert self.section is not None
        return self.section

    def enter(self, name: str, kind: str) -> bool:
        """Begin or continue a section; True when it is new."""
        self.leave()
        key = name if name or kind != COMMON else " "
        section = self.sections.get(key)
        new = section is None
        if section is None:
            section = self.sections[key] = Section(name, kind)
            if kind == CONTROL:
                self.dictionary.append(EsdEntry(name, "SD" if name else "PC", section))
            elif kind == COMMON:
                self.dictionary.append(EsdEntry(name, "CM", section))
        elif section.type != kind:
            raise StatementError(SECTION_MIXED, found=name, where=section.type)
        self.section = section
        return new

    def leave(self) -> None:
        """Note how far the current section has come."""
        section = self.section
        if section is not None and section.location > section.length:
            section.length = section.location

    def define(self, name: str, value: int, relative: Any, length: int, kind: str, record: Record) -> None:
        if not SYMBOL.fullmatch(name):
            raise StatementError(SYMBOL_BAD, found=name)
        if name in self.symbols:
            raise StatementError(SYMBOL_DUPLICATE, found=name, where=self.symbols[name].statement)
        self.symbols[name] = Symbol(name, value, relative, length, kind, record.number)

    def external(self, name: str, kind: str, record: Record) -> Section:
        """The external symbol of that name."""
        section = self.externals.get(name)
        if section is None:
            section = self.externals[name] = Section(name, kind)
            self.dictionary.append(EsdEntry(name, "WX" if kind == WEAK else "ER", section))
        elif section.type == VIRTUAL and kind != VIRTUAL:
            section.type = kind
            if kind == WEAK:
                next(entry for entry in self.dictionary if entry.section is section).kind = "WX"
        return section

    # ---- the pass -------------------------------------------------------------------------------------------------

    def run(self, generated: Any, where: Any) -> None:
        """All statements up to END."""
        operations = self.operations
        records = self.records
        symbols = self.symbols
        number = 0
        after = 0
        for statement, expansion, listed_only, errors in generated:
            number += 1
            if self.ended:
                if not statement.comment:
                    after += 1
                    if after == 1:
                        record = Record(statement, expansion, number)
                        record.report(StatementError(AFTER_END, found="", at=statement.operation))
                        records.append(record)
                        break
                continue
            record = Record(statement, expansion, number)
            records.append(record)
            if errors:
                record.errors = list(errors)
            if listed_only:
                continue
            action = operations.get(statement.operation)
            if action is None:
                action = operations.get(statement.operation.upper())
                if action is None:
                    self._unknown(record, where)
                    continue
            record.action = action
            label = statement.label
            if label:
                label = "" if label[0] == "." else label.upper()
                record.label = label
            operands = statement.operands
            upper = operands.upper()
            if upper != operands and "'" in operands:
                upper = fold(operands)
            record.operands = upper
            try:
                if type(action) is Instruction:
                    section = self.section or self.private_section()
                    location = section.location
                    if location & 1:
                        location += 1
                        record.fill = 1
                    record.section = section
                    record.location = location
                    record.size = length = action.length
                    section.location = location + length
                    if label:
                        if label in symbols or len(label) > 8:
                            self.define(label, location, section, length, "I", record)
                        elif SYMBOL.fullmatch(label):
                            symbols[label] = Symbol(label, location, section, length, "I", number)
                        else:
                            raise StatementError(SYMBOL_BAD, found=label)
                    if "=" in upper:
                        self._literals(record, upper)
                else:
                    record.section = self.section
                    if self.section is not None:
                        record.location = self.section.location
                    assert isinstance(action, Directive)
                    if action.one is not None:
                        action.one(self, record)
            except StatementError as error:
                problem: StatementError | None = error
                if error.kind is SYMBOL_UNDEFINED and error.fields["found"] in self.previous:
                    problem = self._with_foresight(action, record)
                if problem is not None:
                    record.report(problem)
                    self._define_anyway(record)
                    if problem.kind is SYMBOL_UNDEFINED:
                        self.late.append((record, problem))
            if self.section is not None and self.section.location > MAXIMUM_LOCATION:
                record.report(StatementError(SECTION_TOO_LONG, found=f"X'{self.section.location:X}'", at=""))
                self.overflow = True
                break
        self._check_sequence()
        if not self.ended and records:
            records[-1].report(StatementError(END_MISSING, at=""))
        self._finish()

    def _check_sequence(self) -> None:
        """ISEQ: the columns of the source lines (not of members and macros) ascend."""
        columns = (0, 0)
        before = ""
        file = self.records[0].statement.file if self.records else ""
        if not any(len(record.statement.operation) == 4 and record.statement.operation.upper() == "ISEQ"
                   for record in self.records):  # fmt: skip
            return
        for record in self.records:
            statement = record.statement
            if record.expansion is not None or statement.file != file or record.action is LITERAL:
                continue
            for number, line in enumerate(statement.text if columns[0] else ()):
                found = line.ljust(80)[columns[0] - 1 : columns[1]]
                if not found.strip():
                    continue
                if before and to_ebcdic(found, errors="replace") <= to_ebcdic(before, errors="replace"):
                    error = StatementError(SEQUENCE_ERROR, found=repr(found), expected=repr(before))
                    error.place = (statement.line + number, columns[0])
                    record.report(error)
                before = found
            if isinstance(record.action, Directive) and record.action.name == "ISEQ":
                columns, before = record.data or columns, ""

    def _with_foresight(self, action: Any, record: Record) -> StatementError | None:
        """A statement that needs symbols of further on: with their values of the pass before."""
        own = self.symbols
        self.symbols = foresight = _Foresight(own, self.previous, self.sections)
        try:
            action.one(self, record)
        except StatementError as error:
            return error
        finally:
            self.symbols = own
            self.foreseen |= foresight.used
        return None

    def stable(self) -> bool:
        """Whether the values that were used before they were known are the final ones."""
        return all(
            name in self.symbols
            and self.symbols[name].value == self.previous[name].value
            and self.symbols[name].length == self.previous[name].length
            for name in self.foreseen
        )

    def _define_anyway(self, record: Record) -> None:
        """A statement in error still defines its name, so that not each use of it is an error too."""
        name = record.label
        if name and name not in self.symbols and SYMBOL.fullmatch(name) and self.section is not None:
            self.symbols[name] = Symbol(name, self.section.location, self.section, 1, "U", record.number)

    def _unknown(self, record: Record, where: Any) -> None:
        name = record.statement.operation.upper()
        record.report(StatementError(OPERATION_UNKNOWN, found=name, where=where, at=record.statement.operation))
        label = record.statement.label
        if label and label[0] not in ".&":
            record.label = label.upper()
            self._define_anyway(record)

    def _finish(self) -> None:
        first = next((section for section in self.sections.values() if section.type == CONTROL), None)
        if self.pools[-1].entries:
            self.leave()
            if first is None:
                first = self.private_section()
            self.section = first
            first.location = first.length
            self._place_literals(self.records[-1])
        self.leave()
        self._resolve_pending()
        address = self.start
        for section in self.sections.values():
            if section.type == CONTROL:
                section.origin = address
                address = address + section.length + 7 & ~7
        if address > MAXIMUM_LOCATION and not self.overflow and self.records:
            self.overflow = True
            self.records[-1].report(StatementError(SECTION_TOO_LONG, found=f"X'{address:X}'", at=""))
        for symbol in self.symbols.values():
            if isinstance(symbol.relative, Section):
                symbol.value += symbol.relative.origin
        for pool in self.pools:
            for entry in pool.entries.values():
                if entry.section is not None:
                    entry.location += entry.section.origin
        for record, error in self.late:
            name = str(error.fields["found"])
            if name in self.symbols and record.errors:
                record.errors[record.errors.index(error)] = StatementError(SYMBOL_LATE, found=name)
        for record, name in self.entries:
            found = self.symbols.get(name)
            if found is None or not isinstance(found.relative, Section) or found.relative.type != CONTROL:
                record.report(StatementError(ENTRY_UNDEFINED, found=name))
        for name, register in self.pseudo.items():
            dummy = self.sections.get(name)
            if not register.length and dummy is not None and dummy.type == DUMMY:
                register.length, register.alignment = dummy.length, 8
        number = 0
        for item in self.dictionary:
            if item.kind != "LD":
                number += 1
                item.section.number = number

    def _resolve_pending(self) -> None:
        while self.pending:
            left = []
            for record, section, location in self.pending:
                self._here = Value(location, section) if section else None
                try:
                    self._equate(record)
                except StatementError as error:
                    if error.kind is SYMBOL_UNDEFINED:
                        left.append((record, section, location, error))
                    else:
                        record.report(error)
                finally:
                    self._here = None
            if len(left) == len(self.pending):
                names = {record.label for record, *_ in left}
                for record, _, _, problem in left:
                    circular = problem.fields["found"] in names
                    record.report(StatementError(SYMBOL_CIRCULAR, found=record.label) if circular else problem)
                return
            self.pending = [(record, section, location) for record, section, location, _ in left]

    # ---- literals -------------------------------------------------------------------------------------------------

    def _literals(self, record: Record, operands: str) -> None:
        for operand in split_operands(operands):
            if operand[:1] == "=":
                text, _, _ = parse_place(operand)
                self._literal(text, record)

    def _literal(self, text: str, record: Record) -> None:
        pool = self.pools[-1]
        key = literal_key(text, record.number)
        if key in pool.entries:
            return
        constant, _ = parse_constant_at(text, 1)
        if constant.values is None:
            raise StatementError(CONSTANT_MISSING, found=constant.type, at=text)
        size = measure(constant, self, False)
        self._externals_of(constant, record)
        pool.entries[key] = LiteralEntry(text, size.first, size.size, record.number, record.section, record.location)

    def _place_literals(self, record: Record) -> None:
        """Lay out the current pool: by boundary 8, 4, 2, 1, in order of appearance in each."""
        section = self.section
        assert section is not None
        section.location = section.location + 7 & ~7
        pool = self.pools[-1]
        entries = list(pool.entries.values())
        for wanted in (8, 4, 2, 1):
            for entry in entries:
                boundary = next(size for size in (8, 4, 2, 1) if entry.size % size == 0)
                if boundary != wanted:
                    continue
                user = (entry.section, entry.location)
                entry.section = section
                entry.location = section.location
                statement = Statement(record.statement.file, record.statement.line, (" " * 15 + entry.text,))
                statement.operands = entry.text
                line = Record(statement, None, len(self.records) + 1)
                line.section = section
                line.location = section.location
                line.size = entry.size
                line.data = (entry, user)
                line.action = LITERAL
                line.operands = entry.text
                self.records.append(line)
                section.location += entry.size
        self.pools.append(LiteralPool(pool.number + 1))

    def _equate(self, record: Record) -> None:
        operands = split_operands(record.operands)
        if not 1 <= len(operands) <= 3 or not operands[0]:
            raise StatementError(OPERAND_COUNT, what="EQU", found=len(operands), expected="1 to 3")
        value = value_of(operands[0], self)
        if len(operands) > 1 and operands[1]:
            length = within(operands[1], self, 0, 65535, "length attribute")
        else:
            length = length_attribute(parse(operands[0]), self)
        kind = "U"
        if len(operands) > 2:
            kind = bytes([within(operands[2], self, 0, 255, "type attribute")]).decode("cp037")
        self.define(record.label, value.number, value.relative, length, kind, record)

    def _externals_of(self, constant: Constant, record: Record) -> None:
        if constant.type in "VQ":
            for name in constant.values or ():
                if not SYMBOL.fullmatch(name):
                    continue
                if constant.type == "V":
                    self.external(name, VIRTUAL, record)
                elif name not in self.pseudo:
                    self.new_pseudo_register(name)

    def new_pseudo_register(self, name: str) -> Section:
        """An external dummy section, by DXD or by its first Q-type constant (then it is a DSECT)."""
        section = self.pseudo[name] = Section(name, PSEUDO)
        self.dictionary.append(EsdEntry(name, "PR", section))
        return section

    def pseudo_register(self, name: str) -> Section:
        """The pseudo register of a Q-type constant."""
        section = self.pseudo[name]
        if not section.length and name not in self.sections:
            raise StatementError(PSEUDO_UNDEFINED, found=name)
        return section
