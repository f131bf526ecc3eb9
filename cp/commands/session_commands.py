"""Small commands of a session: CP, comments, ECHO, SLEEP, ACNT, NETWORK.

LOGON and AUTOLOG are in logon.py, LOGOFF, FORCE, DISCONN and SHUTDOWN in logoff.py, MESSAGE and the like in sending.py.
"""

from __future__ import annotations

import math

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Dialogue, Operands, Prompt, abbreviates
from vm370.cp.commands.operand_forms import decimal, no_more
from vm370.cp.commands.times import time_used
from vm370.cp.monitor.collector import SLEEP

SLEEP_UNITS = {"SEC": 1, "MIN": 60, "HRs": 3600}


def cp(ctx: Context, operands: Operands) -> Dialogue | None:
    """CP [command]: without a command the terminal goes to CP READ."""
    from vm370.cp.commands import table  # the table has this function in it

    line = operands.rest()
    if line:
        return table.start(ctx, line)
    if ctx.user is not None:
        ctx.user.enter_cp()
    return None


def comment(ctx: Context, operands: Operands) -> None:
    """* text: nothing."""


def echo(ctx: Context, operands: Operands) -> Dialogue:
    """ECho [nn]: each line that is typed comes back nn times, unedited, until END or the attention key."""
    word = operands.next()
    times = 1 if word is None else decimal(word, 2)
    if not times:
        raise CommandError(messages.INVALID_OPERAND.by("MSG").fill(operand=word))
    no_more(operands.next(), "MSG")
    ctx.say("ECHO ENTERED; TO TERMINATE TEST, TYPE END")
    while (line := (yield Prompt("ENTER LINE", by_guest=True))).strip().upper() != "END":
        for _ in range(times):
            ctx.say(line)


def sleep(ctx: Context, operands: Operands) -> None:
    """SLeep [nn [SEC|MIN|HRs]]: the machine does not run until then, or until the attention key."""
    number, unit = operands.next(), operands.next("MIN")
    assert unit is not None
    if operands.peek() is not None:
        raise CommandError(messages.INVALID_OPERAND.by("CFD").fill(operand=operands.rest()))
    if number is None:
        if not ctx.from_guest:
            ctx.vm.in_cp = True
        ctx.system.monitor.terminal(ctx.vm, SLEEP)
        ctx.vm.sleep_until = math.inf
        return
    if decimal(number, 2) is None:
        raise CommandError(messages.INVALID_OPERAND.by("CFD").fill(operand=number))
    seconds = next((seconds for name, seconds in SLEEP_UNITS.items() if abbreviates(unit, name)), None)
    if seconds is None:
        raise CommandError(messages.INVALID_OPERAND.by("CFD").fill(operand=unit))
    if not ctx.from_guest:
        ctx.vm.in_cp = True
    ctx.system.monitor.terminal(ctx.vm, SLEEP)
    ctx.vm.sleep_until = ctx.system.clock.monotonic() + int(number) * seconds


def account(ctx: Context, operands: Operands) -> None:
    """ACNT userid ...|ALL: an accounting record of what was used so far; SET ACNT ON shows it to the user."""
    userids = operands.words()
    if not userids:
        raise CommandError(messages.USERID_MISSING.by("ACO").fill())
    for userid in list(ctx.system.users) if userids == ["ALL"] else userids:
        vm = ctx.system.user(userid)
        if vm is None:
            raise CommandError(messages.NOT_LOGGED_ON.by("ACO").fill(userid=userid))
        ctx.system.accounting.charge(vm)
        if vm.settings.acnt:
            vm.say(time_used(vm))
    ctx.say("COMMAND COMPLETE")


def network(ctx: Context, operands: Operands) -> None:
    """NETWORK: there are no 3704 and 3705 communications controllers."""
    raise CommandError(messages.NO_NETWORK.fill())
