"""LOGON and AUTOLOG: who comes, and with which machine.

A wrong logon password locks the terminal's keyboard for a while, longer each time, and after ``LOGON_ATTEMPTS`` of them
the terminal starts anew.  CP itself never waits: Session.locked_until and Directory.wrong_passwords hold times.

AUTOLOG makes a machine without a terminal and loads what its directory entry says.  A machine that has sent as many
wrong passwords with AUTOLOG may not use it any more; its user still can, at the terminal.
"""

from __future__ import annotations

import dataclasses
import logging
import math
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.accounting import LOGON_PASSWORDS
from vm370.cp.commands.context import CommandError, Context, Dialogue, Operands, Prompt, abbreviates
from vm370.cp.commands.define import set_block_multiplexer
from vm370.cp.commands.logoff import end_session
from vm370.cp.commands.operator_lines import automatic_logon, now, tell_operator, terminal_of
from vm370.cp.commands.times import date_and_time
from vm370.cp.journal import terminal_name
from vm370.cp.settings import LineEditing, TerminalOptions
from vm370.cp.typist import ScriptError, Typist, load
from vm370.images.ebcdic import to_ebcdic

if TYPE_CHECKING:
    from vm370.cp.directory import UserEntry
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.session import Session
    from vm370.cp.system import System

log = logging.getLogger("vm370")
LOGON_ATTEMPTS = 4
LOGON_OPTIONS = ("Mask", "Noipl", "HERE")
LONGEST_DATA = 108
"""Characters that AUTOLOG hands to the first read of the console."""
FIRST_MACHINE = "AUTOLOG1"
NO_EDITING = LineEditing(line_end=None, line_delete=None, character_delete=None, escape=None)


# --- LOGON ---


def logon(ctx: Context, operands: Operands) -> Dialogue:
    """LOGON userid [password] [Mask] [Noipl] [HERE]."""
    system, session = ctx.system, ctx.session
    if session is None or ctx.user is not None:
        raise CommandError(messages.ALREADY_LOGGED_ON.fill(terminal=terminal_of(session)))
    userid = operands.next()
    if userid is None:
        raise CommandError(messages.USERID_MISSING.by("LOG").fill())
    password, options = _logon_operands(operands)
    _entry(system, userid)
    _refuse_second_logon(system, userid, "HERE" in options)
    mask = "Mask" in options
    while not password:
        password = yield Prompt("ENTER PASSWORD:", masked=True, mask=mask)
        mask = True  # who presses ENTER instead gets something to type over
    if not _password_accepted(ctx, session, userid, password):
        return
    _refuse_second_logon(system, userid, "HERE" in options)
    begin_session(system, session, _entry(system, userid), noipl="Noipl" in options)


def logon_without_password(system: System, session: Session, userid: str) -> None:
    """``vm370 run --user``: the host's user, who owns the directory, is that user.  CommandError if there is none."""
    entry = system.current_directory().find(userid)
    if entry is None:
        raise CommandError(messages.NOT_IN_DIRECTORY.by("LOG").fill(userid=userid.upper()))
    begin_session(system, session, entry)


def begin_session(system: System, session: Session, entry: UserEntry, *, noipl: bool = False) -> None:
    """Make the user's machine, or reconnect him to the one that runs."""
    vm = system.user(entry.userid)
    if vm is not None:
        _reconnect(vm, session)
        return
    _refuse_too_many(system, entry)
    vm = system.logon(entry, session)
    system.journal.record("LOGON", vm.userid, terminal=terminal_name(session))
    apply_options(vm)
    _greet(vm, "LOGON")
    tell_operator(vm, "LOGON", session)
    if entry.ipl is not None and not noipl:
        session.command(ipl_command(entry))


def apply_options(vm: VirtualMachine) -> None:
    """What the directory entry says about the machine beyond its devices."""
    entry, options = vm.entry, vm.entry.options
    vm.terminal_options.editing = dataclasses.replace(entry.editing)
    vm.terminal_options.mode_cp = vm.userid == "OPERATOR"
    vm.settings.ecmode = options.ecmode
    vm.settings.isam = options.isam
    vm.set_assist(True, svc=not options.svcoff)
    if options.realtimer or options.timer:
        vm.set_timer(options.timer or "REAL")
    if options.pure:
        vm.set_impure(False)
    if options.engine:
        vm.set_engine(options.engine.lower())
    vm.settings.run = options.run
    vm.settings.conceal = options.conceal
    set_block_multiplexer(vm, options.bmx)
    if entry.script is not None:
        _begin_script(vm, entry.script.path)


def _begin_script(vm: VirtualMachine, path: str) -> None:
    """SCRIPT: from now on somebody types at the machine's console."""
    try:
        typist = Typist(vm, path, load(vm.system.files / path))
        if typist.active:
            vm.system.typists[vm] = typist
    except ScriptError as error:
        vm.system.scripts_given_up += 1
        message = messages.SCRIPT_ENDED.fill(path=path, line=0, reason=error)
        vm.logon_messages.append(f"{message.code} {message.text}")


def _reconnect(vm: VirtualMachine, session: Session) -> None:
    """The machine has a terminal again: what belongs to the terminal is as at LOGON."""
    system = vm.system
    if vm.session is not None:
        _take_away(vm, vm.session)
    system.attach(vm, session)
    vm.in_cp = True
    options, fresh = vm.terminal_options, TerminalOptions()
    options.apl, options.text, options.line_size = fresh.apl, fresh.text, fresh.line_size
    options.editing.line_delete = vm.entry.editing.line_delete
    if options.editing == dataclasses.replace(NO_EDITING, line_delete=options.editing.line_delete):
        options.editing = dataclasses.replace(vm.entry.editing)  # it was logged on by AUTOLOG
    system.journal.record("RECONNECT", vm.userid, terminal=terminal_name(session))
    _greet(vm, "RECONNECTED")
    tell_operator(vm, "RECONNECT", session)


def ipl_command(entry: UserEntry) -> str:
    """The IPL command of a directory entry."""
    assert entry.ipl is not None
    clear, parm = " CLEAR" if entry.ipl.clear else "", f" PARM {entry.ipl.parm}" if entry.ipl.parm else ""
    return f"IPL {entry.ipl.system}{clear}{parm}"


def _entry(system: System, userid: str) -> UserEntry:
    entry = system.current_directory().find(userid)
    if entry is None or entry.nolog:
        raise CommandError(messages.NOT_IN_DIRECTORY.by("LOG").fill(userid=userid))
    return entry


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
        raise CommandError(messages.ALREADY_LOGGED_ON.fill(terminal=terminal_of(vm.session)))


def _refuse_too_many(system: System, entry: UserEntry) -> None:
    """SET MAXIMUM; who may change it can always come."""
    if 0 < system.maximum_users <= len(system.users) and "A" not in entry.classes:
        raise CommandError(messages.TOO_MANY_USERS.fill())


def _password_accepted(ctx: Context, session: Session, userid: str, password: str) -> bool:
    """Check a logon password; a wrong one is answered here."""
    directory, at = ctx.system.directory, ctx.system.clock.monotonic()
    wait = directory.wrong_passwords.wait(userid, at)
    if wait > 0:
        session.locked_until = at + wait
        raise CommandError(messages.LOGON_DELAYED.fill(userid=userid, seconds=math.ceil(wait)))
    if directory.check_logon(userid, password):
        directory.wrong_passwords.right(userid)
        session.wrong_passwords = 0
        return True
    session.locked_until = directory.wrong_passwords.wrong(userid, at)
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
            f"{now(ctx.system)} {terminal_of(session)} {userid}: {LOGON_ATTEMPTS} WRONG PASSWORDS"
        )
        session.restart()
    return False


def _greet(vm: VirtualMachine, event: str) -> None:
    """What CP says at the end of LOGON."""
    system = vm.system
    for line in vm.logon_messages:
        vm.say(line)
    vm.logon_messages.clear()
    if system.log_messages:
        vm.say(f"LOGMSG - {date_and_time(system.log_message_time)}")
        for line in system.log_messages:
            if line.startswith("*"):
                vm.say(line)
    files = system.spool.counts(vm.userid)
    if any(files.values()):
        counts = [
            f"{files[queue]:03} {queue}" if files.get(queue) else f" NO {queue}" for queue in ("RDR", "PRT", "PUN")
        ]
        vm.say(f"FILES: {', '.join(counts)}")
    vm.say(f"{event} AT {date_and_time(system.clock.now())}")


def _take_away(vm: VirtualMachine, session: Session) -> None:
    """LOGON ... HERE from another terminal: this one is as before LOGON."""
    vm.system.disconnect(vm)
    session.say(f"DISCONNECT AT {date_and_time(vm.system.clock.now())}")
    session.restart()


# --- AUTOLOG ---


def autolog(ctx: Context, operands: Operands) -> None:
    """AUTOLOG userid password [data]: a disconnected machine that loads what its directory entry says."""
    userid, password = operands.next(), operands.next()
    if userid is None:
        raise CommandError(messages.USERID_MISSING.by("ALG").fill())
    if password is None:
        raise CommandError(messages.OPERAND_MISSING.by("ALG").fill())
    system, sender = ctx.system, ctx.vm
    entry = _entry(system, userid)
    if ctx.from_guest and sender.wrong_autolog_passwords >= LOGON_ATTEMPTS:
        raise CommandError(messages.AUTOLOG_DISABLED.fill())
    running = system.user(userid)
    if running is not None:
        raise CommandError(messages.ALREADY_LOGGED_ON.by("ALG").fill(terminal=terminal_of(running.session)))
    _check_autolog_password(ctx, userid, password)
    _refuse_too_many(system, entry)
    vm = start_disconnected(system, entry, operands.rest()[:LONGEST_DATA])
    system.journal.record("AUTOLOG", vm.userid, by=sender.userid)
    line = automatic_logon(vm, sender.userid)
    system.operator_message(line)
    if sender is not system.user("OPERATOR"):
        ctx.say(line)


def start_disconnected(system: System, entry: UserEntry, data: str = "") -> VirtualMachine:
    """Make a machine without a terminal and load its system; its first read of the console gets ``data``."""
    from vm370.cp.commands import table  # the table has this module's functions in it

    if entry.ipl is None and entry.script is None:
        raise CommandError(messages.AUTOLOG_FAILED.fill(userid=entry.userid, reason="IPL MISSING"))
    vm = system.logon(entry, None)
    apply_options(vm)
    vm.terminal_options.editing = dataclasses.replace(NO_EDITING)
    try:
        if entry.ipl is not None:
            table.start(Context(system, vm, None, vm.say), ipl_command(entry))
    except CommandError as error:
        end_session(vm, tell=False)
        raise CommandError(messages.AUTOLOG_FAILED.fill(userid=entry.userid, reason=error.message.text)) from error
    if vm.console is not None and entry.script is None:
        vm.console.prepare(to_ebcdic(data, errors="replace"))
    return vm


def start_first_machine(system: System) -> None:
    """CP was started: AUTOLOG1 is logged on, if the directory has it; it may log on others."""
    entry = system.directory.find(FIRST_MACHINE)
    if entry is None or entry.nolog or system.user(FIRST_MACHINE) is not None:
        return
    try:
        vm = start_disconnected(system, entry)
    except CommandError as error:
        log.warning("%s: %s", FIRST_MACHINE, error.message.text)
        return
    system.journal.record("AUTOLOG", vm.userid, by="SYSTEM")


def _check_autolog_password(ctx: Context, userid: str, password: str) -> None:
    directory, at, sender = ctx.system.directory, ctx.system.clock.monotonic(), ctx.vm
    wait = directory.wrong_passwords.wait(userid, at)
    if wait > 0:
        raise CommandError(messages.LOGON_DELAYED.fill(userid=userid, seconds=math.ceil(wait)))
    if directory.check_logon(userid, password):
        directory.wrong_passwords.right(userid)
        return
    directory.wrong_passwords.wrong(userid, at)
    sender.wrong_autolog_passwords += 1
    count = sender.wrong_autolog_passwords
    ctx.system.journal.record("PASSWORD", userid, by=sender.userid, count=count)
    if count == LOGON_ATTEMPTS:
        ctx.system.accounting.record(LOGON_PASSWORDS, userid, by=sender.userid, count=count, limit=LOGON_ATTEMPTS)
    raise CommandError(messages.AUTOLOG_PASSWORD_INCORRECT.fill())
