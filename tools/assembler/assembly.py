"""One assembly from text to result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from vm370.tools.assembler.deck import object_deck
from vm370.tools.assembler.definitions import Definitions
from vm370.tools.assembler.directives import operations
from vm370.tools.assembler.generator import Generator
from vm370.tools.assembler.library import SourceLibrary, decode_source
from vm370.tools.assembler.listing import listing
from vm370.tools.assembler.messages import Message, StatementError, identifier
from vm370.tools.assembler.passtwo import PassTwo
from vm370.tools.assembler.records import Record
from vm370.tools.assembler.source import Statement, fold, read_statements
from vm370.tools.assembler.symbols import CONTROL, Section, Symbol

MAXIMUM_PASSES = 5


@dataclass(frozen=True, slots=True)
class Options:
    """TEST: SYM cards; XREF: "full" (all symbols), "short" (those that are referred to) or "none"."""

    test: bool = False
    xref: str = "short"


DEFAULT_OPTIONS = Options()


@dataclass
class Assembly:
    """The result: ``severity`` is the highest of its messages (0, 4, 8, 12, 16), ``deck`` is 80-byte cards
    (none when the program does not fit into 24-bit addresses)."""

    name: str
    deck: bytes
    messages: list[Message]
    severity: int
    sections: dict[str, Section]
    symbols: dict[str, Symbol]
    records: list[Record] = field(repr=False)
    passes: PassTwo = field(repr=False)
    date: datetime = field(repr=False)
    options: Options = field(repr=False)

    @cached_property
    def listing(self) -> str:
        """Listing with object code, dictionaries, cross-reference and diagnostics; made when it is asked for."""
        return listing(self)

    @property
    def text(self) -> bytes:
        """The control sections as they stand assembled, from address 0 or START; gaps are zero."""
        sections = [section for section in self.sections.values() if section.type == CONTROL]
        start = min((section.origin for section in sections), default=0)
        image = bytearray(max((section.origin + section.length for section in sections), default=0) - start)
        for piece in self.passes.text:
            if not isinstance(piece, bytes):
                image[piece[1] - start : piece[1] - start + len(piece[2])] = piece[2]
        return bytes(image)


def assemble(
    text: str,
    name: str = "source",
    libraries: Sequence[Path | str] | SourceLibrary = (),
    *,
    sysparm: str = "",
    date: datetime | None = None,
    options: Options = DEFAULT_OPTIONS,
) -> Assembly:
    """Assemble a source text.  ``libraries``: folders of macros and COPY members; ``date``: &SYSDATE and &SYSTIME."""
    library = libraries if isinstance(libraries, SourceLibrary) else SourceLibrary([Path(path) for path in libraries])
    date = date or datetime.now()
    system = {"SYSPARM": sysparm, "SYSDATE": date.strftime("%m/%d/%y"), "SYSTIME": date.strftime("%H.%M")}
    one = _pass_one(read_statements(text, name), library, system)
    two = PassTwo(one)
    two.run()
    messages = _messages(one.records)
    severity = max((_class(message.severity) for message in messages), default=0)
    deck = b"" if one.overflow else object_deck(two, _identification(one.records), date, options.test)
    return Assembly(name, deck, messages, severity, one.sections, one.symbols, one.records, two, date, options)


def _pass_one(statements: list[Statement], library: SourceLibrary, system: dict[str, str]) -> Definitions:
    """Pass one; again, with the symbols known, if a size or a place depended on symbols of further on."""
    first = one = _once(statements, library, system, {})
    for _ in range(MAXIMUM_PASSES):
        if not any(str(error.fields["found"]) in one.symbols for _, error in first.late):
            return first
        one = _once(statements, library, system, one.symbols)
        if one.stable():
            return one
    return first


def _once(
    statements: list[Statement], library: SourceLibrary, system: dict[str, str], previous: dict[str, Symbol]
) -> Definitions:
    one = Definitions(operations())
    one.previous = previous
    generator = Generator(statements, library, one.operations, one, system, one.section_name)
    one.source = generator.open_code
    one.macros = generator.macros
    one.run(generator, library)
    return one


def assemble_file(
    path: Path | str,
    libraries: Sequence[Path | str] | SourceLibrary = (),
    *,
    sysparm: str = "",
    date: datetime | None = None,
    options: Options = DEFAULT_OPTIONS,
) -> Assembly:
    """Assemble a source file: host text or card images (library.py)."""
    path = Path(path)
    return assemble(
        decode_source(path.read_bytes(), str(path)), str(path), libraries, sysparm=sysparm, date=date, options=options
    )


def _class(severity: int) -> int:
    """The exit code for a severity: MNOTE may give any number."""
    return min(16, severity // 4 * 4)


def _identification(records: list[Record]) -> str:
    """The name of the first TITLE statement identifies the cards."""
    for record in records:
        if record.statement.operation.upper() == "TITLE":
            return fold(record.statement.label)
    return ""


def _messages(records: list[Record]) -> list[Message]:
    messages = []
    for number, record in enumerate(records, 1):
        record.number = number
        for error in record.errors or ():
            messages.append(message(record, error))
    return [one for one in messages if one.severity >= 0]


def message(record: Record, error: StatementError) -> Message:
    """A message with its place in the source."""
    statement = record.statement
    line, column = error.place or statement.position(error.at, error.offset)
    severity = error.kind.severity if error.severity is None else error.severity
    called = ""
    expansion = record.expansion
    if expansion is not None:
        outer = expansion
        while outer.outer is not None:
            outer = outer.outer
        called = f"in macro {expansion.macro}, called from {outer.call.file}:{outer.call.line}"
    return Message(
        statement.file, line, column, severity, identifier(error.kind, severity), error.text, record.number,
        statement.text[0], called,
    )  # fmt: skip
