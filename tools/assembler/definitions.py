"""What pass one does for each assembler instruction: sections, symbols, places and sizes."""

from __future__ import annotations

from vm370.tools.assembler.constants import Constant, Measure, measure, parse_constant, scale_and_integer
from vm370.tools.assembler.expressions import (
    absolute,
    encode_text,
    value_of,
    within,
)
from vm370.tools.assembler.messages import (
    ICTL_LATE,
    LABEL_FORBIDDEN,
    LABEL_MISSING,
    LITERALS_IN_DUMMY,
    OPERAND_COUNT,
    OPTION_BAD,
    ORG_RANGE,
    SECTION_TOO_LONG,
    START_LATE,
    SYMBOL_BAD,
    SYMBOL_DUPLICATE,
    SYMBOL_UNDEFINED,
    StatementError,
)
from vm370.tools.assembler.passone import PassOne
from vm370.tools.assembler.records import EsdEntry, Record
from vm370.tools.assembler.source import input_columns, split_operands
from vm370.tools.assembler.symbols import (
    COMMON,
    CONTROL,
    DUMMY,
    EXTERNAL,
    MAXIMUM_LOCATION,
    SYMBOL,
    WEAK,
    Section,
    Value,
)


class Definitions(PassOne):
    """Pass one with its assembler instructions; the table is in directives.py."""

    def _no_label(self, record: Record) -> None:
        if record.label:
            record.report(
                StatementError(
                    LABEL_FORBIDDEN, found=record.statement.operation.upper(), label=record.label, at=record.label
                )
            )

    def control_section(self, record: Record) -> None:
        self._section(record, CONTROL)

    def dummy_section(self, record: Record) -> None:
        if not record.label:
            raise StatementError(LABEL_MISSING, found="DSECT")
        self._section(record, DUMMY)

    def common_section(self, record: Record) -> None:
        self._section(record, COMMON)

    def _section(self, record: Record, kind: str) -> None:
        if record.label and not SYMBOL.fullmatch(record.label):
            raise StatementError(SYMBOL_BAD, found=record.label)
        if record.label in self.symbols and record.label not in self.sections:
            raise StatementError(SYMBOL_DUPLICATE, found=record.label, where=self.symbols[record.label].statement)
        new = self.enter(record.label, kind)
        if new and record.label:
            self.define(record.label, 0, self.section, 1, "J", record)
        record.section = self.section
        assert self.section is not None
        record.location = self.section.location

    def start_section(self, record: Record) -> None:
        if any(section.type == CONTROL for section in self.sections.values()):
            raise StatementError(START_LATE, at="START")
        if record.operands and record.operands != ",":
            self.start = within(record.operands, self, 0, MAXIMUM_LOCATION, "START address") + 7 & ~7
        self._section(record, CONTROL)

    def equate(self, record: Record) -> None:
        if not record.label:
            raise StatementError(LABEL_MISSING, found="EQU")
        if self.section is None:
            self.private_section()
        try:
            self._equate(record)
        except StatementError as error:
            if error.kind is not SYMBOL_UNDEFINED:
                raise
            section = self.section
            self.pending.append((record, section, section.location if section else 0))

    def org(self, record: Record) -> None:
        section = self.section or self.private_section()
        self.leave()
        if not record.operands or record.operands == ",":
            section.location = section.length
        else:
            value = value_of(record.operands, self)
            if value.relative is not section or value.number < 0:
                raise StatementError(ORG_RANGE, found=record.operands)
            section.location = value.number
        record.section = section
        record.location = section.location
        if record.label:
            self.define(record.label, section.location, section, 1, "U", record)

    def constants(self, record: Record) -> None:
        self._data(record, False)

    def storage(self, record: Record) -> None:
        self._data(record, True)

    def _data(self, record: Record, storage: bool) -> None:
        section = self.section or self.private_section()
        operands = split_operands(record.operands)
        if not operands:
            raise StatementError(OPERAND_COUNT, what=record.statement.operation.upper(), found=0, expected="at least 1")
        start = -1
        bits = section.location * 8
        pieces: list[tuple[Constant, Measure, int]] = []
        first: tuple[Constant, Measure] | None = None
        for operand in operands:
            constant = parse_constant(operand)
            if not constant.bits:
                bits = bits + 7 & ~7
            boundary = constant.boundary * 8
            bits = bits + boundary - 1 & -boundary if not constant.bits else bits
            self._here = Value(bits // 8, section) if not constant.constant_known else None
            try:
                size = measure(constant, self, storage)
            finally:
                self._here = None
            if start < 0:
                start = bits // 8
                first = (constant, size)
            pieces.append((constant, size, bits - start * 8))
            bits += size.size if size.bits else size.size * 8
            if bits > MAXIMUM_LOCATION * 8:
                raise StatementError(SECTION_TOO_LONG, found=f"X'{bits // 8:X}'", at=operand)
        if not storage:
            record.fill = start - section.location
        section.location = (bits + 7) // 8
        record.section = section
        record.location = start
        record.size = section.location - start
        record.data = pieces
        assert first is not None
        if record.label:
            self.define(record.label, start, section, first[1].first, first[0].type_attribute, record)
            symbol = self.symbols[record.label]
            symbol.scale, symbol.integer = scale_and_integer(first[0], first[1], self)
        for constant, _, _ in pieces:
            self._externals_of(constant, record)

    def external_dummy(self, record: Record) -> None:
        """DXD: a pseudo register of its own; operands as of DS."""
        if not record.label:
            raise StatementError(LABEL_MISSING, found="DXD")
        if not SYMBOL.fullmatch(record.label):
            raise StatementError(SYMBOL_BAD, found=record.label)
        known = self.pseudo.get(record.label)
        if record.label in self.symbols or (known is not None and known.length):
            where = self.symbols[record.label].statement if record.label in self.symbols else "another DXD"
            raise StatementError(SYMBOL_DUPLICATE, found=record.label, where=where)
        operands = split_operands(record.operands)
        if not operands:
            raise StatementError(OPERAND_COUNT, what="DXD", found=0, expected="at least 1")
        length, alignment = 0, 1
        for operand in operands:
            constant = parse_constant(operand)
            size = measure(constant, self, True)
            alignment = max(alignment, constant.boundary)
            length = length + constant.boundary - 1 & -constant.boundary
            length += (size.size + 7) // 8 if size.bits else size.size
        section = known or self.new_pseudo_register(record.label)
        section.length, section.alignment = length, alignment
        self.define(record.label, 0, section, 1, "U", record)

    def cumulative_length(self, record: Record) -> None:
        """CXD: a fullword that gets the length of all pseudo registers."""
        section = self._aligned(record, 4)
        record.size = 4
        section.location = record.location + 4
        if record.label:
            self.define(record.label, record.location, section, 4, "A", record)

    def channel_command(self, record: Record) -> None:
        section = self._aligned(record, 8)
        record.size = 8
        section.location = record.location + 8
        if record.label:
            self.define(record.label, record.location, section, 8, "W", record)

    def _aligned(self, record: Record, boundary: int) -> Section:
        section = self.section or self.private_section()
        record.fill = -section.location % boundary
        section.location += record.fill
        record.section = section
        record.location = section.location
        return section

    def conditional_no_operation(self, record: Record) -> None:
        operands = split_operands(record.operands)
        if len(operands) != 2:
            raise StatementError(OPERAND_COUNT, what="CNOP", found=len(operands), expected=2)
        byte, boundary = (absolute(operand, self) for operand in operands)
        if boundary not in (4, 8) or byte not in range(0, boundary, 2):
            raise StatementError(
                OPTION_BAD,
                what="CNOP",
                found=record.operands,
                expected="0,4 2,4 0,8 2,8 4,8 or 6,8",
                at=record.operands,
            )
        section = self._aligned(record, 2)
        record.size = (byte - section.location) % boundary
        section.location += record.size
        if record.label:
            self.define(record.label, record.location, section, 2, "I", record)

    def literal_pool(self, record: Record) -> None:
        section = self.section or self.private_section()
        if section.type != CONTROL:
            raise StatementError(LITERALS_IN_DUMMY, at="LTORG")
        section.location = section.location + 7 & ~7
        record.section = section
        record.location = section.location
        if record.label:
            self.define(record.label, section.location, section, 1, "U", record)
        self._place_literals(record)
        record.data = self.pools[-1].number

    def entry(self, record: Record) -> None:
        self._no_label(record)
        for name in self._names(record):
            self.entries.append((record, name))
            self.dictionary.append(EsdEntry(name, "LD", Section(name, EXTERNAL)))

    def extrn(self, record: Record) -> None:
        self._external_names(record, EXTERNAL)

    def wxtrn(self, record: Record) -> None:
        self._external_names(record, WEAK)

    def _external_names(self, record: Record, kind: str) -> None:
        self._no_label(record)
        for name in self._names(record):
            section = self.external(name, kind, record)
            self.define(name, 0, section, 1, "T" if kind == EXTERNAL else "$", record)

    def _names(self, record: Record) -> list[str]:
        names = split_operands(record.operands)
        if not names:
            raise StatementError(OPERAND_COUNT, what=record.statement.operation.upper(), found=0, expected="at least 1")
        for name in names:
            if not SYMBOL.fullmatch(name):
                raise StatementError(SYMBOL_BAD, found=name or "(nothing)")
        return names

    def label_here(self, record: Record) -> None:
        """USING, DROP and the like: a name is an address, as for EQU *."""
        section = self.section or self.private_section()
        if record.label:
            self.define(record.label, section.location, section, 1, "U", record)

    def punch(self, record: Record) -> None:
        text = record.statement.operands.strip()
        if len(text) < 2 or text[0] != "'" or text[-1] != "'":
            raise StatementError(OPTION_BAD, what="PUNCH", found=text or "nothing", expected="'text'", at=text)
        data = encode_text(text[1:-1].replace("''", "'").replace("&&", "&"), text)
        if not 1 <= len(data) <= 80:
            raise StatementError(OPTION_BAD, what="PUNCH", found=f"{len(data)} characters", expected="1 to 80", at=text)
        record.data = data.ljust(80, b"\x40")

    def reproduce(self, record: Record) -> None:
        """The next line of the source is punched as it stands."""
        text = record.statement.text[-1] if len(record.statement.text) > 1 else ""
        record.data = encode_text(text[:80], "").ljust(80, b"\x40")

    def synonym(self, record: Record) -> None:
        if not record.label:
            raise StatementError(LABEL_MISSING, found="OPSYN")
        if not record.operands:
            self.operations.pop(record.label, None)
            self.macros.pop(record.label, None)
            return
        macro = self.macros.get(record.operands)
        if macro is not None:
            self.macros[record.label] = macro
            return
        known = self.operations.get(record.operands)
        if known is None:
            raise StatementError(
                OPTION_BAD, what="OPSYN", found=record.operands, expected="an operation", at=record.operands
            )
        self.macros.pop(record.label, None)
        self.operations[record.label] = known

    def input_format(self, record: Record) -> None:
        """ICTL has had its effect when the source was read (source.py)."""
        if record.expansion is not None or record.number != 1:
            raise StatementError(ICTL_LATE, at=record.statement.operation)
        input_columns(record.statement)

    def sequence_check(self, record: Record) -> None:
        """ISEQ a,b: columns a to b of the source lines must ascend from here on; ISEQ alone ends that."""
        operands = split_operands(record.operands)
        if not operands or record.operands == ",":
            record.data = (0, 0)
            return
        if len(operands) != 2:
            raise StatementError(OPERAND_COUNT, what="ISEQ", found=len(operands), expected="0 or 2")
        first, last = (within(operand, self, 1, 80, "ISEQ column") for operand in operands)
        if last < first:
            raise StatementError(OPTION_BAD, what="ISEQ", found=record.operands, expected="first column, last column")
        record.data = (first, last)

    def end(self, record: Record) -> None:
        self.ended = True
