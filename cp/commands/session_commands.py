"""Coming and going: LOGON LOGOFF FORCE DISCONN, messages between users, SLEEP, CP, comments, SHUTDOWN.

A wrong logon password locks the terminal's keyboard for a while, longer each time, and after ``LOGON_ATTEMPTS`` of them
the terminal starts anew.  CP itself never waits: Session.locked_until and Directory.wrong_passwords hold times.
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.accounting import LOGON_PASSWORDS
from vm370.cp.commands.context import CommandError, Context, Dialogue, Operands, Prompt, abbreviates
from vm370.cp.commands.define import set_block_multiplexer
from vm370.cp.commands.times import date_and_time, time_of_day, time_used
from vm370.cp.console.terminal import Origin
from vm370.cp.journal import terminal_name

if TYPE_CHECKING:
    from vm370.cp.directory import UserEntry
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.session import Session
    from vm370.cp.system import System

LOGON_ATTEMPTS = 4
LOGON_OPTIONS = ("Mask", "Noipl", "HERE")
SLEEP_UNITS = {"SEC": 1, "MIN": 60, "HRs": 3600}


# --- LOGON ---


def logon(ctx: Context, operands: Operands) -> Dialogue:
    """LOGON userid [password] [Mask] [Noipl] [HERE]."""
    system, session = ctx.system, ctx.session
    if session is None or ctx.user is not None:
        raise CommandError(messages.ALREADY_LOGGED_ON.fill(terminal=_terminal(session)))
    userid = operands.next()
    if userid is None:
        raise CommandError(messages.USERID_MISSING.by("LOG").fill())
    password, options = _logon_operands(operands)
    entry = system.current_directory().find(userid)
    if entry is None or entry.nolog:
        raise CommandError(messages.NOT_IN_DIRECTORY.by("LOG").fill(userid=userid))
    _refuse_second_logon(system, userid, "HERE" in options)
    if password is None:
        password = yield Prompt("ENTER PASSWORD:", masked=True)
    if not _password_accepted(ctx, session, userid, password):
        return
    _refuse_second_logon(system, userid, "HERE" in options)

    _begin_session(system, session, entry, "Noipl" in options)


def logon_without_password(system: System, session: Session, userid: str) -> None:
    """``vm370 run --user``: the host's user, who owns the directory, is that user.  CommandError if there is none."""
    entry = system.current_directory().find(userid)
    if entry is None or entry.nolog:
        raise CommandError(messages.NOT_IN_DIRECTORY.by("LOG").fill(userid=userid.upper()))
    _begin_session(system, session, entry, noipl=False)


def _begin_session(system: System, session: Session, entry: UserEntry, noipl: bool) -> None:
    """Make the user's machine, or reconnect him to the one that runs."""
    vm = system.user(entry.userid)
    if vm is not None:
        if vm.session is not None:
            _take_away(vm, vm.session)
        system.attach(vm, session)
        vm.in_cp = True
        system.journal.record("RECONNECT", vm.userid, terminal=terminal_name(session))
        _greet(vm, "RECONNECTED", "RECONNECT")
        return
    vm = system.logon(entry, session)
    system.journal.record("LOGON", vm.userid, terminal=terminal_name(session))
    apply_options(vm)
    _greet(vm, "LOGON", "LOGON")
    if entry.ipl is not None and not noipl:
        parm = f" PARM {entry.ipl.parm}" if entry.ipl.parm else ""
        session.command(f"IPL {entry.ipl.system}{parm}")


def apply_options(vm: VirtualMachine) -> None:
    """What the directory entry says about the machine beyond its devices."""
    entry, options = vm.entry, vm.entry.options
    vm.terminal_options.editing = dataclasses.replace(entry.editing)
    vm.settings.ecmode = options.ecmode
    vm.settings.isam = options.isam
    vm.set_assist(True, svc=not options.svcoff)
    if options.realtimer:
        vm.set_timer("REAL")
    set_block_multiplexer(vm, options.bmx)


def _logon_operands(operands: Operands) -> tuple[str | None, set[str]]:
    """The password, if it was typed, and the options."""
    password: str | None = None
    options: set[str] = set()
    for number, word in enumerate(operands.words()):
        option = next((name for name in LOGON_OPTIONS if abbreviates(word, name)), None)
        if option is not None:
            options.add(option)
        elif number == 0:
            password = word
        else:
            raise CommandError(messages.INVALID_OPTION.by("LOG").fill(option=word))
    return password, options


def _refuse_second_logon(system: System, userid: str, here: bool) -> None:
    vm = system.user(userid)
    if vm is not None and vm.session is not None and not here:
        raise CommandError(messages.ALREADY_LOGGED_ON.fill(terminal=_terminal(vm.session)))


def _password_accepted(ctx: Context, session: Session, userid: str, password: str) -> bool:
    """Check a logon password; a wrong one is answered here."""
    directory, now = ctx.system.directory, ctx.system.clock.monotonic()
    wait = directory.wrong_passwords.wait(userid, now)
    if wait > 0:
        session.locked_until = now + wait
        raise CommandError(messages.LOGON_DELAYED.fill(userid=userid, seconds=math.ceil(wait)))
    if directory.check_logon(userid, password):
        directory.wrong_passwords.right(userid)
        session.wrong_passwords = 0
        return True
    session.locked_until = directory.wrong_passwords.wrong(userid, now)
    session.wrong_passwords += 1
    terminal = terminal_name(session)
    ctx.system.journal.record("PASSWORD", userid, terminal=terminal, count=session.wrong_passwords)
    session.forget_typed()
    message = messages.PASSWORD_INCORRECT.fill()
    ctx.say(f"{message.code} {message.text}")
    if session.wrong_passwords >= LOGON_ATTEMPTS:
        ctx.system.accounting.record(
            LOGON_PASSWORDS, userid, terminal=terminal, count=session.wrong_passwords, limit=LOGON_ATTEMPTS
        )
        ctx.system.operator_message(
            f"{_now(ctx.system)} {_terminal(session)} {userid}: {LOGON_ATTEMPTS} WRONG PASSWORDS"
        )
        session.restart()
    return False


def _greet(vm: VirtualMachine, user_word: str, operator_word: str) -> None:
    """What CP says at the end of LOGON."""
    system = vm.system
    for line in vm.logon_messages:
        vm.say(line)
    vm.logon_messages.clear()
    if system.log_messages:
        vm.say(f"LOGMSG - {date_and_time(system.ipl_time)}")
        for line in system.log_messages:
            if line.startswith("*"):
                vm.say(line)
    files = system.spool.counts(vm.userid)
    if any(files.values()):
        counts = [
            f"{files[queue]:03} {queue}" if files.get(queue) else f" NO {queue}" for queue in ("RDR", "PRT", "PUN")
        ]
        vm.say(f"FILES: {', '.join(counts)}")
    vm.say(f"{user_word} AT {date_and_time(system.clock.now())}")
    _tell_operator(vm, operator_word, vm.session, len(system.users))


def _take_away(vm: VirtualMachine, session: Session) -> None:
    """LOGON ... HERE from another terminal: this one is as before LOGON."""
    vm.system.disconnect(vm)
    session.say(f"DISCONNECT AT {date_and_time(vm.system.clock.now())}")
    session.restart()


# --- LOGOFF, DISCONN ---


def logoff(ctx: Context, operands: Operands) -> None:
    """LOGOFF [HOld]."""
    _only_hold(operands)
    _end_session(ctx.vm)


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
    by = ctx.vm.userid
    ctx.system.journal.record("FORCE", vm.userid, by=by)
    vm.halt()

    def end() -> None:
        if ctx.system.user(userid) is vm:
            _end_session(vm, by)

    ctx.system.exclusively(vm, end)


def _end_session(vm: VirtualMachine, by: str = "") -> None:
    """The user's machine ends; ``by``: who has forced it."""
    system, session = vm.system, vm.session
    vm.halt()
    used = time_used(vm)
    ended = f"LOGOFF AT {date_and_time(system.clock.now())}" + (f" BY {by}" if by else "")
    system.logoff(vm)
    if session is not None:
        session.say(used)
        session.say(ended)
        session.restart()
    _tell_operator(vm, "LOGOFF", session, len(system.users), " FORCED" if by else "")


def disconn(ctx: Context, operands: Operands) -> None:
    """DISCONN [HOld]: the machine goes on without a terminal."""
    _only_hold(operands)
    vm, session = ctx.vm, ctx.vm.session
    vm.say(f"DISCONNECT AT {date_and_time(ctx.system.clock.now())}")
    ctx.system.journal.record("DISCONNECT", vm.userid, terminal=terminal_name(session))
    ctx.system.disconnect(vm)
    if not vm.stopped:
        vm.in_cp = False
    if session is not None:
        session.restart()
    _tell_operator(vm, "DSCONNECT", session, len(ctx.system.users))


def _only_hold(operands: Operands) -> None:
    for word in operands.words():
        if not abbreviates(word, "HOld"):
            raise CommandError(messages.INVALID_OPTION.by("USO").fill(option=word))


# --- messages ---


def message(ctx: Context, operands: Operands) -> None:
    """Message userid|*|OPerator|ALL text."""
    _send(ctx, operands, "MSG", "AB")


def warning(ctx: Context, operands: Operands) -> None:
    """WNG userid|OPerator|ALL text."""
    _send(ctx, operands, "WNG", "AB")


def _send(ctx: Context, operands: Operands, kind: str, all_classes: str) -> None:
    userid = operands.next()
    if userid is None:
        raise CommandError(messages.USERID_MISSING.by("MSG").fill())
    text = operands.rest()
    if not text:
        raise CommandError(messages.OPERAND_MISSING.by("MSG").fill())
    sender = ctx.user.userid if ctx.user else f"LOGON{ctx.session.raddr:03X}" if ctx.session else "SYSTEM"
    line = f"{_now(ctx.system)} {kind} FROM {sender:<8}: {text}"
    if userid == "ALL" and set(all_classes) & set(ctx.classes):
        for vm in list(ctx.system.users.values()):
            if vm is not ctx.user and _not_receiving(vm, kind) is None:
                _deliver(vm, line)
        return
    if userid == "*":
        userid = sender
    elif abbreviates(userid, "OPerator"):
        userid = "OPERATOR"
    receiver = ctx.system.user(userid)
    if receiver is None:
        raise CommandError(messages.NOT_LOGGED_ON.by("MSG").fill(userid=userid))
    reason = _not_receiving(receiver, kind)
    if reason is not None:
        raise CommandError(messages.NOT_RECEIVING.fill(userid=userid, reason=reason))
    _deliver(receiver, line)


def _not_receiving(vm: VirtualMachine, kind: str) -> str | None:
    if vm.session is None:
        return "DISCONNECTED"
    receives = vm.settings.msg if kind == "MSG" else vm.settings.wng
    return None if receives else f"{kind} OFF"


def _deliver(vm: VirtualMachine, line: str) -> None:
    assert vm.session is not None
    vm.session.terminal.write(line, Origin.ALERT)


# --- the rest ---


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


def sleep(ctx: Context, operands: Operands) -> None:
    """SLeep [nn [SEC|MIN|HRs]]: the machine does not run until then, or until the attention key."""
    number, unit = operands.next(), operands.next("MIN")
    assert unit is not None
    if operands.peek() is not None:
        raise CommandError(messages.INVALID_OPERAND.by("CFD").fill(operand=operands.rest()))
    if number is None:
        if not ctx.from_guest:
            ctx.vm.in_cp = True
        ctx.vm.sleep_until = math.inf
        return
    if not (number.isascii() and number.isdigit() and len(number) <= 2):
        raise CommandError(messages.INVALID_OPERAND.by("CFD").fill(operand=number))
    seconds = next((seconds for name, seconds in SLEEP_UNITS.items() if abbreviates(unit, name)), None)
    if seconds is None:
        raise CommandError(messages.INVALID_OPERAND.by("CFD").fill(operand=unit))
    if not ctx.from_guest:
        ctx.vm.in_cp = True
    ctx.vm.sleep_until = ctx.system.clock.monotonic() + int(number) * seconds


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


def _now(system: System) -> str:
    return time_of_day(system.clock.now())


def _terminal(session: Session | None) -> str:
    return "DSC" if session is None else f"GRAF {session.raddr:03X}"


def _tell_operator(vm: VirtualMachine, event: str, session: Session | None, users: int, more: str = "") -> None:
    """The operator's line about a user who came or went."""
    if vm.userid != "OPERATOR":
        terminal = "USER DSC" if session is None else _terminal(session)
        vm.system.operator_message(
            f"{_now(vm.system)} {terminal} {event:<6} AS {vm.userid:<8}  USERS = {users:03}{more}"
        )
