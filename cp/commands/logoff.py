"""LOGOFF, FORCE, DISCONN and SHUTDOWN: how a session ends, or goes on without a terminal.

A disconnected machine that nobody can help is logged off after ``PATIENCE`` seconds: one that reads from its console,
or that CP has stopped.  A secondary user who is there can help.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.operator_lines import tell_operator
from vm370.cp.commands.times import date_and_time, time_used
from vm370.cp.journal import terminal_name

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.system import System

PATIENCE = 15 * 60.0
"""Seconds."""


def logoff(ctx: Context, operands: Operands) -> None:
    """LOGOFF [HOld]."""
    _only_hold(operands)
    end_session(ctx.vm)


def force(ctx: Context, operands: Operands) -> None:
    """FORCE userid: another user's session ends, at the latest when his machine leaves the engine."""
    userid = operands.next()
    if userid is None:
        raise CommandError(messages.USERID_MISSING.by("USO").fill())
    if operands.peek() is not None:
        raise CommandError(messages.INVALID_OPERAND.by("USO").fill(operand=operands.rest()))
    vm = ctx.system.user(userid)
    if vm is None:
        raise CommandError(messages.NOT_LOGGED_ON.by("USO").fill(userid=userid))
    ctx.system.journal.record("FORCE", vm.userid, by=ctx.vm.userid)
    vm.halt()
    ctx.system.exclusively(vm, lambda: _force(vm))


def _force(vm: VirtualMachine) -> None:
    if vm.system.user(vm.userid) is vm:
        end_session(vm, forced=True)


def end_session(vm: VirtualMachine, *, forced: bool = False, tell: bool = True) -> None:
    """The user's machine ends.  Without ``tell`` the operator is not told."""
    system, session = vm.system, vm.session
    vm.halt()
    used = time_used(vm)
    ended = f"LOGOFF AT {date_and_time(system.clock.now())}" + (" BY SYSTEM" if forced else "")
    if session is None:
        for line in (used, ended):
            vm.say(line)
    system.logoff(vm)
    if session is not None:
        session.say(used)
        session.say(ended)
        session.restart()
    if tell:
        tell_operator(vm, "LOGOFF", session, " FORCED" if forced else "")


def disconn(ctx: Context, operands: Operands) -> None:
    """DISCONN [HOld]: the machine goes on without a terminal."""
    _only_hold(operands)
    vm, session = ctx.vm, ctx.vm.session
    if session is None:
        return
    vm.say(f"DISCONNECT AT {date_and_time(ctx.system.clock.now())}")
    ctx.system.journal.record("DISCONNECT", vm.userid, terminal=terminal_name(session))
    ctx.system.disconnect(vm)
    if not vm.stopped:
        vm.in_cp = False
    session.restart()
    tell_operator(vm, "DSCONNECT", session)


def _only_hold(operands: Operands) -> None:
    """HOLD keeps a switched line, which a terminal here is not: it stays connected anyway."""
    for word in operands.words():
        if not abbreviates(word, "HOld"):
            raise CommandError(messages.INVALID_OPTION.by("USO").fill(option=word))


def end_helpless(system: System) -> float | None:
    """Log off disconnected machines that have waited for a terminal long enough; the time of the next one."""
    at, ends = system.clock.monotonic(), list[float]()
    for vm in list(system.users.values()):
        if vm.session is not None or not _helpless(vm):
            vm.helpless_since = None
            continue
        if vm.helpless_since is None:
            vm.helpless_since = at
        if at >= vm.helpless_since + PATIENCE:
            system.journal.record("FORCE", vm.userid, by="SYSTEM")
            end_session(vm, forced=True)
        else:
            ends.append(vm.helpless_since + PATIENCE)
    return min(ends, default=None)


def _helpless(vm: VirtualMachine) -> bool:
    return (vm.in_cp or vm.console_reading) and vm.secondary is None


def shutdown(ctx: Context, operands: Operands) -> None:
    """SHUTDOWN: everybody is logged off, and CP ends."""
    if operands.peek() is not None:
        raise CommandError(messages.INVALID_OPERAND.by("CPS").fill(operand=operands.rest()))
    system = ctx.system
    for vm in list(system.users.values()):
        vm.halt()

    def end() -> None:
        system.shutdown()
        for session in system.sessions:
            for line in (messages.WARM_START_SAVED, messages.SHUTDOWN_COMPLETE):
                session.say(f"{line.fill().code} {line.fill().text}")

    system.exclusively(None, end)
