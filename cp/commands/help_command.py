"""HELP: the CP commands that the user may issue, or the form of one of them, from the one table of commands.

VM/370 had HELP in CMS only; typed to CMS it is still that of CMS.
"""

from __future__ import annotations

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands
from vm370.cp.commands.operand_forms import no_more

MODULE = "HLP"
WIDTH = 12


def help_command(ctx: Context, operands: Operands) -> None:
    """HELP [command]."""
    from vm370.cp.commands import table  # the table has this function in it

    verb = operands.next()
    no_more(operands.next(), MODULE)
    if verb is None:
        for command in table.COMMANDS:
            if not command.hidden and table.lookup(command.name.upper(), ctx) is command:
                ctx.say(f"{command.name:{WIDTH}}{command.summary}")
        return
    found = table.lookup(verb, ctx)
    if found is None:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=verb))
    ctx.say(found.syntax)
    ctx.say(f"{'':{WIDTH}}{found.summary}; shortest form {table.shortest(found.name)}")
