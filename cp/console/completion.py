"""Completion of CP commands and their operands, from the one table of commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from vm370.cp.commands.context import Context
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
        for command in COMMANDS:
            if not command.hidden and command.name.upper().startswith(last.upper()) and _allowed(command, context):
                yield command.name.upper(), command.summary
        return
    found = lookup(before[0].upper(), context)
    if found is not None:
        words = dict.fromkeys(_KEYWORD.findall(found.syntax.partition(" ")[2]))
        yield from ((word, found.syntax) for word in words if word.startswith(last.upper()) and word not in before)


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
