"""The assembler listing: external symbols, statements with object code, relocations, cross-reference, diagnostics.

    LOC    OBJECT CODE    ADDR1 ADDR2  STMT   SOURCE STATEMENT
    000004 5810 C030            00030     5          L     R1,=F'5'

A ``+`` after the statement number marks what a macro made.  PRINT, TITLE, SPACE and EJECT have their effect here only.
"""

from __future__ import annotations

import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vm370.images.objdeck import ESD_TYPES
from vm370.tools.assembler.deck import external_symbols
from vm370.tools.assembler.machine import Instruction, parse_place
from vm370.tools.assembler.messages import StatementError
from vm370.tools.assembler.records import LITERAL
from vm370.tools.assembler.source import ATTRIBUTE, split_operands

if TYPE_CHECKING:
    from vm370.tools.assembler.assembly import Assembly
    from vm370.tools.assembler.records import Record

LINES_PER_PAGE = 55
_SYMBOLS = re.compile(rf"{ATTRIBUTE}|[A-Z]?'(?:[^']|'')*'|([A-Z$#@_][A-Z0-9$#@_]*)|[0-9]+[A-Z]*")
_SHOW_VALUE = ("EQU", "USING", "END")
_NO_LOCATION = frozenset(
    ("USING", "DROP", "PRINT", "TITLE", "SPACE", "EJECT", "ENTRY", "EXTRN", "WXTRN", "OPSYN", "PUSH", "POP",
     "PUNCH", "REPRO", "ICTL", "ISEQ", "END")
)  # fmt: skip
_HEADING = "  LOC  OBJECT CODE    ADDR1 ADDR2  STMT   SOURCE STATEMENT"


@dataclass
class _Pages:
    date: str
    title: str = ""
    heading: str = ""
    lines: list[str] = field(default_factory=list)
    page: int = 0
    room: int = 0

    def start(self, heading: str) -> None:
        self.heading = heading
        self.room = 0

    def add(self, line: str) -> None:
        if self.room <= 0:
            self.page += 1
            if self.lines:
                self.lines.append("\f")
            self.lines.append(f"{self.title:<98}  {self.date}  PAGE {self.page:4}".rstrip())
            self.lines.append("")
            self.lines.append(self.heading)
            self.lines.append("")
            self.room = LINES_PER_PAGE
        self.lines.append(line.rstrip())
        self.room -= 1

    def text(self) -> str:
        return "\n".join(self.lines).replace("\f\n", "\f") + "\n"


def listing(assembly: Assembly) -> str:
    """The whole listing as text; pages begin with a form feed."""
    pages = _Pages(assembly.date.strftime("%m/%d/%y %H.%M"))
    _external_symbols(assembly, pages)
    _statements(assembly, pages)
    _relocations(assembly, pages)
    if assembly.options.xref != "none":
        _cross_reference(assembly, pages)
        _literal_cross_reference(assembly, pages)
    _diagnostics(assembly, pages)
    return pages.text()


def _external_symbols(assembly: Assembly, pages: _Pages) -> None:
    pages.title = f"{'':40}EXTERNAL SYMBOL DICTIONARY"
    pages.start("SYMBOL    TYPE   ID   ADDR    LENGTH  LD ID")
    number = 0
    for item in external_symbols(assembly.passes):
        kind = ESD_TYPES[item.type]
        identity = "    "
        if kind != "LD":
            number += 1
            identity = f"{number:04X}"
        address = f"{item.address:06X}" if item.address is not None else ""
        length = f"{item.length:06X}" if item.length is not None and kind != "LD" else ""
        owner = f"{item.length:04X}" if kind == "LD" else ""
        pages.add(f"{item.name:<8}   {kind}   {identity}  {address:6}  {length:6}  {owner}")


def _statements(assembly: Assembly, pages: _Pages) -> None:
    pages.title = ""
    pages.start(_HEADING)
    on, gen, data = True, True, False
    stack: list[tuple[bool, bool, bool]] = []
    for record in assembly.records:
        operation = record.statement.operation.upper() if record.action is not None else ""
        if operation == "TITLE":
            text = record.statement.operands
            if len(text) >= 2:
                pages.title = f"{record.statement.label:<8} {text[1:-1].replace(chr(39) * 2, chr(39))}"
            pages.room = 0
        elif operation == "EJECT":
            pages.room = 0
        elif operation == "SPACE" and on:
            count = int(record.operands) if record.operands.isdigit() else 1
            for _ in range(min(count, pages.room)):
                pages.add("")
        elif operation == "PRINT":
            options = record.operands.split(",")
            on = ("ON" in options or on) and "OFF" not in options
            gen = ("GEN" in options or gen) and "NOGEN" not in options
            data = ("DATA" in options or data) and "NODATA" not in options
        elif operation == "PUSH" and "PRINT" in record.operands:
            stack.append((on, gen, data))
        elif operation == "POP" and "PRINT" in record.operands and stack:
            on, gen, data = stack.pop()
        hidden = not on or (record.expansion is not None and not gen) or operation in ("TITLE", "EJECT", "SPACE")
        if hidden and not record.errors:
            continue
        if record.fill and record.object:
            pages.add(f"{record.location - record.fill:06X} {bytes(record.fill).hex().upper()}")
        for line in _lines(record, data):
            pages.add(line)
        for error in record.errors or ():
            if error.severity is None or error.severity >= 0:
                pages.add(f"{'*** ERROR ***':<33}{error.text}")
            else:
                pages.add(f"{'':41}{error.text}")


def _lines(record: Record, all_data: bool) -> list[str]:
    location, code, addresses = _code(record)
    mark = "+" if record.expansion is not None else " "
    source = _source(record)
    lines = [f"{location:6} {code[0] if code else '':<14} {addresses:<11} {record.number:5}{mark}{source[0]}"]
    lines += [f"{'':40}{text}" for text in source[1:]]
    if all_data:
        lines += [f"{record.location + 8 * number:06X} {text}" for number, text in enumerate(code) if number]
    return lines


def _source(record: Record) -> list[str]:
    statement = record.statement
    if record.expansion is None or statement.comment or record.action is None:
        return list(statement.text)
    text = f"{statement.label:<8} {statement.operation:<5} {statement.operands}"
    if statement.remarks:
        text = f"{text:<35} {statement.remarks}"
    return [text[:71]] + [" " * 15 + text[place : place + 56] for place in range(71, len(text), 56)]


def _code(record: Record) -> tuple[str, list[str], str]:
    action = record.action
    if action is None:
        return "", [], ""
    operation = record.statement.operation.upper()
    location = f"{record.location:06X}"
    if operation in _SHOW_VALUE and record.value is not None:
        if operation == "EQU":
            return f"{record.value & 0xFFFFFF:06X}", [], ""
        return "", [], f"      {record.value & 0xFFFFF:05X}"
    if operation in _NO_LOCATION or record.section is None:
        location = ""
    text = record.object.hex().upper()
    if isinstance(action, Instruction):
        code = " ".join(text[place : place + 4] for place in range(0, len(text), 4))
        shown = [f"{address & 0xFFFFF:05X}" for address in record.addresses]
        if action.length == 4 and shown and "D1" not in action.format.layout.fields:
            return location, [code], f"      {shown[0]}"
        return location, [code], " ".join(shown)
    return location, [text[place : place + 16] for place in range(0, len(text), 16)], ""


def _relocations(assembly: Assembly, pages: _Pages) -> None:
    items = assembly.passes.relocations
    if not items:
        return
    pages.title = f"{'':40}RELOCATION DICTIONARY"
    pages.start("POS ID  REL ID  FLAGS  ADDRESS")
    for item in sorted(items, key=lambda item: (item.section.number, item.target.number, item.address)):
        flag = item.flag
        pages.add(f" {item.section.number:04X}    {item.target.number:04X}    {flag:02X}    {item.address:06X}")


def _cross_reference(assembly: Assembly, pages: _Pages) -> None:
    references: dict[str, list[int]] = defaultdict(list)
    symbols = assembly.symbols
    everything = assembly.options.xref == "full"
    known: dict[str, tuple[str, ...]] = {}
    for record in assembly.records:
        if record.action is None:
            continue
        names = known.get(record.operands)
        if names is None:
            found = (match.group(1) for match in _SYMBOLS.finditer(record.operands))
            names = known[record.operands] = tuple(dict.fromkeys(name for name in found if name in symbols))
        for name in names:
            references[name].append(record.number)
    defined = {record.label: record.number for record in reversed(assembly.records) if record.label in symbols}
    pages.title = f"{'':40}CROSS-REFERENCE"
    pages.start("SYMBOL    LEN   VALUE   DEFN    REFERENCES")
    for name in sorted(symbols):
        symbol = symbols[name]
        if everything or references[name]:
            line = f"{name:<8} {symbol.length:05} {symbol.value & 0xFFFFFFFF:08X} {defined.get(name, 0):05}  "
            _numbers(pages, line, references[name])


def _numbers(pages: _Pages, line: str, references: list[int]) -> None:
    numbers = [f"{number:05}" for number in references]
    pages.add(line + " ".join(numbers[:15]))
    for place in range(15, len(numbers), 15):
        pages.add(f"{'':31}{' '.join(numbers[place : place + 15])}")


def _literal_cross_reference(assembly: Assembly, pages: _Pages) -> None:
    """Literals in the order of their pools, with the statements that use them."""
    users: dict[str, list[int]] = {}
    placed: dict[str, list[int]] = {}
    lines: list[tuple[str, str, list[int]]] = []
    for record in assembly.records:
        if record.action is LITERAL:
            text = record.data[0].text
            line = f"{record.data[0].length:05} {record.location & 0xFFFFFFFF:08X} {record.number:05}  "
            lines.append((text, line, placed.get(text) or users.get(text, [])))
        elif isinstance(record.action, Instruction):
            for operand in split_operands(record.operands) if "=" in record.operands else ():
                if operand[:1] == "=":
                    with suppress(StatementError):
                        users.setdefault(parse_place(operand)[0], []).append(record.number)
        elif record.action is not None and record.action.name in ("LTORG", "END"):
            placed, users = users, {}
    if not lines:
        return
    pages.title = f"{'':40}LITERAL CROSS-REFERENCE"
    pages.start("SYMBOL    LEN   VALUE   DEFN    REFERENCES")
    for text, line, numbers in lines:
        if len(text) > 8:
            pages.add(text)
            text = ""
        _numbers(pages, f"{text:<8} {line}", numbers)


def _diagnostics(assembly: Assembly, pages: _Pages) -> None:
    pages.title = f"{'':40}ASSEMBLER DIAGNOSTICS AND STATISTICS"
    pages.start("STMT   ERROR CODE   MESSAGE" if assembly.messages else "")
    for message in assembly.messages:
        called = f" ({message.called_from})" if message.called_from else ""
        pages.add(f"{message.statement:5}   {message.identifier}      {message.text}{called}")
        pages.add(f"{'':21}{message.file}, line {message.line}, column {message.column}")
    count = len({message.statement for message in assembly.messages})
    pages.add(
        f"{count} STATEMENT{'S' * (count != 1)} FLAGGED IN THIS ASSEMBLY"
        if count
        else "NO STATEMENTS FLAGGED IN THIS ASSEMBLY"
    )
    pages.add(f"HIGHEST SEVERITY WAS {assembly.severity:4}")
    options = assembly.options
    pages.add(f"OPTIONS FOR THIS ASSEMBLY: {'TEST' if options.test else 'NOTEST'}, XREF({options.xref.upper()})")
    own = [record for record in assembly.records if record.expansion is None and record.action is not LITERAL]
    lines = sum(len(record.statement.text) for record in own)
    pages.add(f"{lines} SOURCE LINES, {len(assembly.records)} STATEMENTS, {len(assembly.deck) // 80} CARDS PUNCHED")
