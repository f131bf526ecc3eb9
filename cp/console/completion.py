"""Completion of CP commands and their operands, from the one table of commands and the tables of their forms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from vm370.cp.commands.context import Context
from vm370.cp.commands.forms import Form, find_form
from vm370.cp.commands.help_command import help_command
from vm370.cp.commands.table import COMMANDS, Command, lookup
from vm370.cp.console.desk import NAMES
from vm370.cp.session import Session

_KEYWORD = re.compile(r"[A-Z][A-Z0-9]+")


def candidates(session: Session, text: str) -> Iterator[tuple[str, str]]:
    """(completion of the last word, explanation) for what stands before the cursor."""
    if text.startswith("%"):
        yield from _console_commands(session, text)
        return
    line = text
    if session.vm is not None and not session.vm.in_cp:
        prefix = re.match(r"(#CP|CP)\s+", text, re.IGNORECASE)
        if prefix is None:
            return
        line = text[prefix.end() :]
    context = Context(session.system, session.vm, session, _nothing)
    *before, last = re.split(r"\s+", line.lstrip())
    if not before:
        yield from _names(COMMANDS, context, last)
        return
    yield from _operands(context, before, last)


def _operands(context: Context, before: list[str], last: str) -> Iterator[tuple[str, str]]:
    """What can stand behind the words ``before``."""
    found: Form | None = lookup(before[0].upper(), context)
    if found is None:
        return
    words = before[1:]
    if found.handler is help_command:
        yield from _help_operands(context, words, last)
        return
    if isinstance(found, Command) and found.forms:
        if not words:
            yield from _names(found.forms, context, last)
            return
        form = find_form(found.forms, words[0].upper(), context.classes)
        if form is None:
            return
        found = form
    operands = found.syntax.partition(" ")[2] if isinstance(found, Command) else found.operands
    keywords = dict.fromkeys(_KEYWORD.findall(operands))
    yield from ((word, found.syntax) for word in keywords if word.startswith(last.upper()) and word not in before)


def _help_operands(context: Context, words: list[str], last: str) -> Iterator[tuple[str, str]]:
    """HELP is about any command, and about its forms."""
    if words and words[0].upper() == "CP":
        words = words[1:]
    if not words:
        yield from _names(COMMANDS, context, last)
    elif len(words) == 1:
        command = lookup(words[0].upper(), context)
        yield from _names(command.forms if command is not None else (), context, last)


def _names(rows: Sequence[Form], context: Context, last: str) -> Iterator[tuple[str, str]]:
    """Names of the rows that the user may use."""
    for row in rows:
        usable = _allowed(row, context) if isinstance(row, Command) else row.allowed(context.classes)
        if usable and not row.hidden and row.name.upper().startswith(last.upper()):
            yield row.name.upper(), row.summary


def _console_commands(session: Session, text: str) -> Iterator[tuple[str, str]]:
    verb, blank, operand = text.partition(" ")
    if not blank:
        yield from ((word, "console") for word in NAMES if word.startswith(verb.upper()))
    elif verb.upper() == "%SWITCH":
        users = (other.userid for other in session.system.sessions if other.userid and other is not session)
        yield from ((userid, "user") for userid in users if userid.startswith(operand.upper()))


def _allowed(command: Command, context: Context) -> bool:
    return lookup(command.name.upper(), context) is command


_nothing: Callable[[str], None] = len  # type: ignore[assignment]
