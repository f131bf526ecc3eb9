"""DIRECT: check a directory source, and replace the CP directory by it while the system runs."""

from __future__ import annotations

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands
from vm370.cp.directory import DirectoryError, service

MODULE = "DIR"
UPDATED = "EOJ DIRECTORY UPDATED"
NOT_UPDATED = "EOJ DIRECTORY NOT UPDATED"
MOST_SHOWN = 20


def direct(ctx: Context, operands: Operands) -> None:
    """DIRECT [file] [(EDIT[)]]."""
    name, _, option = operands.rest().partition("(")
    names = name.split()
    words = option.upper().removesuffix(")").split()
    if len(names) > 1:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=names[1]))
    if words not in ([], ["EDIT"]):
        raise CommandError(messages.INVALID_OPTION.by(MODULE).fill(option=" ".join(words)))
    system = ctx.system
    try:
        path = service.source_file(system.home, names[0] if names else service.DIRECTORY)
        if words:
            users, odd = service.check(path)
        else:
            odd = service.install(system, path)
            users = len(system.directory.users)
            system.journal.record("DIRECTORY", ctx.user.userid if ctx.user else "", file=path.name, users=users)
    except DirectoryError as error:
        for fault in error.faults[:MOST_SHOWN]:
            message = messages.DIRECTORY_FAULT.fill(fault=f"{fault.path.name} {fault.place}")
            ctx.say(f"{message.code} {message.text}")
        raise CommandError(messages.DIRECTORY_NOT_REPLACED.fill(reason=f"{len(error.faults)} ERRORS")) from error
    except OSError as error:
        raise CommandError(messages.DIRECTORY_NOT_REPLACED.fill(reason=error.strerror or error)) from error
    for line in odd[:MOST_SHOWN]:
        ctx.say(f"WARNING: {line}")
    ctx.say(f"{users:03} USERS")
    ctx.say(NOT_UPDATED if words else UPDATED)
