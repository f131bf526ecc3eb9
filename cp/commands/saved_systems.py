"""Saved systems: SAVESYS, QUERY NSS, PURGE NSS.

What may be saved under which name the system name table says (cp/saved/definitions.py).
"""

from __future__ import annotations

import logging
from datetime import datetime

from vm370.cp import messages
from vm370.cp.commands import spool_files
from vm370.cp.commands.context import CommandError, Context, Operands
from vm370.cp.commands.operand_forms import no_more
from vm370.cp.saved import LoadedSystem, loading
from vm370.images.errors import BadImage

MODULE = "CFG"
log = logging.getLogger("vm370")


def find_saved(ctx: Context, name: str) -> LoadedSystem | None:
    """A saved system; a damaged one is an error for the user, and the operator is told what is wrong."""
    try:
        return ctx.system.saved.find(name)
    except BadImage as error:
        log.error("saved system %s: %s", name, error)
        ctx.system.operator_message(f"SAVED SYSTEM {name} NOT USED: {error}")
        raise CommandError(messages.SYSTEM_DAMAGED.fill(name=name)) from error


def savesys(ctx: Context, operands: Operands) -> None:
    """SAVESYS sysname: keep this machine as it is, so far as the definition of that name has it."""
    name = operands.next()
    if name is None:
        raise CommandError(messages.SYSTEM_MISSING.fill())
    no_more(operands.next(), MODULE)
    definition = ctx.system.saved.definition(name)
    if definition is None:
        raise CommandError(messages.SYSTEM_NOT_FOUND.fill(name=name))
    try:
        ctx.system.saved.save(loading.capture(ctx.vm, definition))
    except loading.TooSmall as needed:
        raise CommandError(messages.SYSTEM_TOO_LARGE.fill(name=name, size=needed.args[0] >> 10)) from None
    except OSError as error:
        log.error("SAVESYS %s: %s", name, error)
        raise CommandError(messages.SYSTEM_NOT_WRITTEN.fill(name=name, reason=error.strerror)) from error
    ctx.say("SYSTEM SAVED")


def query(ctx: Context, operands: Operands) -> None:
    """Query NSS [name]: saved systems and segments, and how many machines have loaded them."""
    name = operands.next()
    saved = ctx.system.saved
    names = sorted({*saved.names(), *saved.definitions()})
    if name is not None:
        if name not in names:
            raise CommandError(messages.SYSTEM_NOT_FOUND.fill(name=name))
        names = [name]
    if not names:
        ctx.say("NO SAVED SYSTEMS")
        return
    ctx.say("NAME     PAGES SHARED USERS FIRST  LAST   SAVED")
    for each in names:
        ctx.say(_line(ctx, each))
    if saved.problem is not None:
        ctx.say(f"SYSTEM NAME TABLE NOT USED: {saved.problem}")


def _line(ctx: Context, name: str) -> str:
    users = sum(name in vm.segments for vm in ctx.system.users.values())
    try:
        system = ctx.system.saved.find(name)
    except BadImage:
        return f"{name:<8} DAMAGED"
    if system is None:
        return f"{name:<8} NOT SAVED" if not users else f"{name:<8} PURGED, {users} USERS"
    at = datetime.fromtimestamp(system.saved_at, ctx.system.clock.now().tzinfo)
    when = f"{at:%m/%d/%y %H:%M:%S}" if system.saved_at else "IMPORTED"
    pages = f"{system.pages:05} {system.shared_pages:05}  {users:04}"
    return f"{name:<8} {pages}  {system.first:06X} {system.end - 1:06X} {when}"


def purge(ctx: Context, operands: Operands) -> None:
    """PURGE: NSS name|ALL deletes saved systems, machines that have them go on; else spool files are meant."""
    if operands.peek() != "NSS" or "E" not in ctx.classes:
        spool_files.purge(ctx, operands)
        return
    operands.next()
    name = operands.next()
    if name is None:
        raise CommandError(messages.SYSTEM_MISSING.fill())
    no_more(operands.next(), MODULE)
    saved = ctx.system.saved
    if name == "ALL":
        count = sum(saved.purge(each) for each in saved.names())
    elif saved.purge(name):
        count = 1
    else:
        raise CommandError(messages.SYSTEM_NOT_FOUND.fill(name=name))
    ctx.say(f"{count:04} SAVED SYSTEM{'' if count == 1 else 'S'} PURGED")
