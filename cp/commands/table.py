"""The one table of CP commands: name with its shortest form in capitals, privilege classes, handler, syntax.

It drives parsing, completion in the console, HELP and the documentation.  Class "" means any user; ``logged_off`` marks
what may be typed before LOGON.  The same verb may have several rows for different classes; the first row whose classes
the user has is taken.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Dialogue, Operands, abbreviates


@dataclass(frozen=True, slots=True)
class Command:
    """One row."""

    name: str  # "LOGon"
    classes: str  # "" any, or letters of which one is needed
    handler: Callable[[Context, Operands], Any]
    syntax: str
    summary: str
    logged_off: bool = False
    hidden: bool = False


COMMANDS: list[Command] = []


def lookup(verb: str, context: Context) -> Command | None:
    """The command ``verb`` names for this user; unknown and not-authorized verbs look the same."""
    for command in COMMANDS:
        if not abbreviates(verb, command.name):
            continue
        if context.user is None:
            if command.logged_off:
                return command
        elif not command.classes or set(command.classes) & set(context.classes):
            return command
    return None


def start(context: Context, line: str) -> Dialogue | None:
    """Begin one command.  None: it is complete; otherwise a dialogue to go on with.  CommandError otherwise."""
    verb, _, rest = line.strip().partition(" ")
    if not verb:
        return None
    command = lookup(verb.upper(), context)
    if command is None:
        raise CommandError(messages.UNKNOWN_COMMAND.fill(command=line.strip()))
    result = command.handler(context, Operands(rest))
    return result if inspect.isgenerator(result) else None
