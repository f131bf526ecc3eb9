"""Macro definitions: prototype, body, and binding the operands of a macro instruction.

MACRO
&NAME    MOVE  &TO,&FROM,&LENGTH=8      prototype: positional and keyword parameters in any order
         ...                            model statements and conditional assembly
MEND
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from vm370.tools.assembler.messages import (
    KEYWORD_TWICE,
    KEYWORD_UNKNOWN,
    MACRO_PROTOTYPE,
    MEND_MISSING,
    SEQUENCE_DUPLICATE,
    StatementError,
)
from vm370.tools.assembler.source import Statement, split_operands

_PARAMETER = re.compile(r"&([A-Za-z$#@_][A-Za-z0-9$#@_]{0,62})(=(.*))?", re.DOTALL)
_KEYWORD = re.compile(r"([A-Za-z$#@_][A-Za-z0-9$#@_]{0,62})=(.*)", re.DOTALL)


@dataclass(slots=True)
class Macro:
    """A macro definition.  ``sequence`` maps sequence symbols to places in ``body``."""

    name: str
    file: str
    label: str
    positional: list[str]
    keywords: dict[str, str]
    body: list[Statement]
    errors: list[tuple[Statement, StatementError]] = field(default_factory=list)
    sequence: dict[str, int] = field(default_factory=dict)


def definition(statements: list[Statement], start: int) -> tuple[Macro, int]:
    """The definition whose prototype is at ``start`` (after MACRO), and the place after its MEND."""
    while start < len(statements) and statements[start].comment:
        start += 1
    if start >= len(statements):
        raise StatementError(MEND_MISSING, found="the file", at="")
    prototype = statements[start]
    end = start + 1
    depth = 1
    while end < len(statements):
        operation = statements[end].operation
        if len(operation) < 6:
            operation = operation.upper()
            depth += (operation == "MACRO") - (operation == "MEND")
            if depth == 0:
                break
        end += 1
    else:
        raise StatementError(MEND_MISSING, found=prototype.operation or "the file", at="")
    macro = _prototype(prototype)
    macro.body = statements[start + 1 : end + 1]
    macro.sequence, macro.errors = sequence_symbols(macro.body, f"macro {macro.name}")
    if prototype.error:
        macro.errors.insert(0, (prototype, prototype.error))
    return macro, end + 1


def sequence_symbols(
    body: list[Statement], where: str
) -> tuple[dict[str, int], list[tuple[Statement, StatementError]]]:
    """Places of the sequence symbols of a list of statements; those of macro definitions in it do not count."""
    found: dict[str, int] = {}
    errors = []
    depth = 0
    for place, statement in enumerate(body):
        if statement.operation.upper() == "MACRO":
            depth += 1
        if statement.label[:1] == "." and not depth and not statement.comment:
            name = statement.label.upper()
            if name in found:
                errors.append((statement, StatementError(SEQUENCE_DUPLICATE, found=name, where=where)))
            else:
                found[name] = place
        if statement.operation.upper() == "MEND" and depth:
            depth -= 1
    return found, errors


def _prototype(statement: Statement) -> Macro:
    macro = Macro(statement.operation.upper(), statement.file, "", [], {}, [])
    if statement.label:
        match = _PARAMETER.fullmatch(statement.label)
        if match is None or match[2]:
            raise StatementError(MACRO_PROTOTYPE, found=statement.label, expected="a variable symbol in the name field")
        macro.label = match[1].upper()
    for text in split_operands(statement.operands):
        if not text and (len(split_operands(statement.operands)) == 1 or text is not statement.operands):
            continue
        match = _PARAMETER.fullmatch(text)
        if match is None:
            raise StatementError(MACRO_PROTOTYPE, found=text, expected="&NAME or &NAME=default")
        name = match[1].upper()
        if name in macro.positional or name in macro.keywords or name == macro.label:
            raise StatementError(MACRO_PROTOTYPE, found="&" + name, expected="each parameter once")
        if match[2]:
            macro.keywords[name] = match[3]
        else:
            macro.positional.append(name)
    return macro


def bind(macro: Macro, label: str, operands: list[str]) -> tuple[dict[str, str], list[str], list[StatementError]]:
    """Values of the parameters, the positional operands, and what was wrong with them."""
    parameters = dict(macro.keywords)
    errors = []
    given: set[str] = set()
    positional = []
    for operand in operands:
        match = _KEYWORD.fullmatch(operand) if "=" in operand else None
        if match is None:
            positional.append(operand)
            continue
        name = match[1].upper()
        if name not in macro.keywords:
            errors.append(StatementError(KEYWORD_UNKNOWN, what=macro.name, found=name, at=operand))
            continue
        if name in given:
            errors.append(StatementError(KEYWORD_TWICE, what=macro.name, found=name))
        given.add(name)
        parameters[name] = match[2]
    for place, name in enumerate(macro.positional):
        parameters[name] = positional[place] if place < len(positional) else ""
    if macro.label:
        parameters[macro.label] = label
    return parameters, positional, errors
