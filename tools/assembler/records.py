"""What the two passes work on: one Record for each statement, the table lines of assembler instructions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vm370.tools.assembler.generator import Expansion
from vm370.tools.assembler.machine import Instruction
from vm370.tools.assembler.messages import StatementError
from vm370.tools.assembler.source import Statement
from vm370.tools.assembler.symbols import Section


class Record:
    """One statement in both passes.  ``object`` is its code, ``fill`` how many zero bytes align it,
    ``addresses`` what the listing shows as ADDR1, ADDR2."""

    __slots__ = (
        "action",
        "addresses",
        "data",
        "errors",
        "expansion",
        "fill",
        "label",
        "location",
        "number",
        "object",
        "operands",
        "section",
        "size",
        "statement",
        "value",
    )

    def __init__(self, statement: Statement, expansion: Expansion | None, number: int) -> None:
        self.statement = statement
        self.expansion = expansion
        self.number = number
        self.action: Instruction | Directive | None = None
        self.label = ""
        self.operands = ""
        self.section: Section | None = None
        self.location = 0
        self.size = 0
        self.fill = 0
        self.data: Any = None
        self.object = b""
        self.addresses: tuple[int, ...] = ()
        self.value: int | None = None
        self.errors: list[StatementError] | None = None

    def report(self, error: StatementError) -> None:
        if self.errors is None:
            self.errors = []
        self.errors.append(error)


@dataclass(frozen=True, slots=True)
class Directive:
    """An assembler instruction: what pass one and pass two do for it."""

    name: str
    one: Callable[[Any, Record], None] | None
    two: str = ""


@dataclass(slots=True)
class EsdEntry:
    """One item of the external symbol dictionary, in order of appearance."""

    name: str
    kind: str  # SD PC CM LD ER WX PR
    section: Section


LITERAL = Directive("", None, "literal")


def literal_key(text: str, statement: int) -> str:
    """Literals with the location counter are different in each statement."""
    if "*" in text and text.lstrip("=0123456789")[:1] in ("A", "Y", "S") and "(" in text:
        return f"{text}@{statement}"
    return text
