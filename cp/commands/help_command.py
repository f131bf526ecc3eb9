"""HELP: a page about each CP command, and about each form of QUERY, SET and the like.

    HELP                      the commands that the user may issue
    HELP [CP] command         the page of a command, and its forms if it has a table of them
    HELP [CP] command form    one form

The head of a page (name, summary, form, shortest form, classes) comes from the table of commands.  Below it stands the
text of ``help/<command>.txt``, or of ``help/<command>_<form>.txt`` if there is one.  VM/370 had HELP in CMS only; typed
to CMS it is still that of CMS.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands
from vm370.cp.commands.forms import Form, find_form
from vm370.cp.commands.operand_forms import no_more

if TYPE_CHECKING:
    from vm370.cp.commands.table import Command

MODULE = "HLP"
COLUMN = 12
"""Where summaries begin in a list."""
WIDTH = 76
PAGES = resources.files("vm370.cp.commands") / "help"


def help_command(ctx: Context, operands: Operands) -> None:
    """HELP [CP] [command [form]]."""
    from vm370.cp.commands import table  # the table has this function in it

    verb = operands.next()
    if verb == "CP" and operands.peek() is not None:
        verb = operands.next()
    if verb is None:
        _list(ctx, [command for command in table.COMMANDS if table.lookup(command.name.upper(), ctx) is command])
        return
    command = table.lookup(verb, ctx)
    if command is None:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=verb))
    word = operands.next()
    no_more(operands.next(), MODULE)
    if word is None:
        _say(ctx, head(command) + page(page_name(command)))
        if command.forms:
            _say(ctx, ["", "Forms"])
            _list(ctx, [form for form in command.forms if form.allowed(ctx.classes)], "  ")
        return
    form = find_form(command.forms, word, ctx.classes)
    if form is None:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
    _say(ctx, head(form) + page(f"{page_name(command)}_{form.name.lower()}"))


def head(row: Form) -> list[str]:
    """The beginning of a page, from the table."""
    shortest = "".join(character for character in row.name if not character.islower())
    classes = ", ".join(row.classes) or "any"
    form = textwrap.wrap(row.syntax, WIDTH - 2, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
    return [
        f"{row.name.upper()} - {row.summary}",
        "",
        f"Form (shortest name {shortest}; privilege class {classes})",
        *form,
    ]


def page(name: str) -> list[str]:
    """The text of a page, a blank line before it; empty if there is none."""
    path = PAGES / f"{name}.txt"
    return ["", *path.read_text("ascii").splitlines()] if path.is_file() else []


def page_name(command: Command) -> str:
    """The file that has the page of a command: another name of a command has none of its own."""
    from vm370.cp.commands.table import COMMANDS  # as above

    if command.hidden:
        same = (row for row in COMMANDS if row.handler is command.handler and not row.hidden)
        command = next(same, command)
    return "comment" if command.name == "*" else command.name.lower()


def _list(ctx: Context, rows: Sequence[Form], indent: str = "") -> None:
    """One line for each row that is shown."""
    shown = [row for row in rows if not row.hidden]
    width = max([COLUMN, *(len(row.name) + 2 for row in shown)])
    for row in shown:
        ctx.say(f"{indent}{row.name:{width}}{row.summary}")


def _say(ctx: Context, lines: list[str]) -> None:
    for line in lines:
        ctx.say(line)
