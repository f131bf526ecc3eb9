"""MONITOR: what is collected about the system, how often, and where it goes (cp/monitor).

    MONITOR [DISPLAY [SPOOL|TAPE|ALL]]
    MONITOR ENABLE class ...          PERFORM RESPONSE SCHEDULE USER INSTSIM
    MONITOR INTERVAL n [SEC|MIN]      of PERFORM and USER
    MONITOR START SPOOL [TO userid] | TAPE raddr
    MONITOR STOP [SPOOL|TAPE]

CP has no internal trace table, no real seeks and no sampled system profile: CPTRACE, DASTAP, SEEKS and SYSPROF are
answered as not present.
"""

from __future__ import annotations

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.operand_forms import no_more
from vm370.cp.monitor.collector import COLLECTED, Sink, SpoolSink, TapeSink
from vm370.cp.monitor.records import CLASSES
from vm370.cp.real.tape import TapeDrive

MODULE = "MCC"
LONGEST_INTERVAL = 60 * 60


def monitor(ctx: Context, operands: Operands) -> None:
    """MONitor."""
    word = operands.next("DISPLAY")
    assert word is not None
    for name, handler in _FORMS.items():
        if abbreviates(word, name):
            handler(ctx, operands)
            no_more(operands.next(), MODULE)
            return
    raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))


def _display(ctx: Context, operands: Operands) -> None:
    which = operands.next("SPOOL")
    if which not in ("SPOOL", "TAPE", "ALL"):
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=which))
    found = ctx.system.monitor
    for name, number in CLASSES.items():
        state = "NOT PRESENT" if number not in COLLECTED else "ENABLED" if number in found.enabled else "DISABLED"
        ctx.say(f"{name.upper():<8} {state}")
    ctx.say(f"INTERVAL {found.interval} SEC, CPTRACE NOT PRESENT")
    if found.sink is None:
        ctx.say("MONITOR NOT STARTED")
    else:
        ctx.say(f"MONITOR STARTED, {found.sink.name}, BLOCKS {found.blocks}")


def _enable(ctx: Context, operands: Operands) -> None:
    words = operands.words()
    if not words:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    classes: set[int] = set()
    for word in words:
        number = next((number for name, number in CLASSES.items() if abbreviates(word, name)), None)
        if number is None:
            raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
        if number not in COLLECTED:
            raise CommandError(messages.MONITOR_NOT_PRESENT.fill(operand=word))
        classes.add(number)
    ctx.system.monitor.enable(classes)
    ctx.say("COMMAND COMPLETE")


def _interval(ctx: Context, operands: Operands) -> None:
    number, unit = operands.next(), operands.next("MIN")
    if number is None:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    if not (number.isascii() and number.isdigit() and len(number) <= 5) or unit not in ("SEC", "MIN"):
        bad = number if unit in ("SEC", "MIN") else unit
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=bad))
    seconds = int(number) * (60 if unit == "MIN" else 1)
    if not 1 <= seconds <= LONGEST_INTERVAL:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=number))
    ctx.system.monitor.set_interval(seconds)
    ctx.say("COMMAND COMPLETE")


def _start(ctx: Context, operands: Operands) -> None:
    system, word = ctx.system, operands.next()
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    if word == "CPTRACE":
        raise CommandError(messages.MONITOR_NOT_PRESENT.fill(operand=word))
    if word not in ("SPOOL", "TAPE"):
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
    if system.monitor.sink is not None:
        raise CommandError(messages.MONITOR_ACTIVE.fill())
    sink = _spool(ctx, operands) if word == "SPOOL" else _tape(ctx, operands)
    system.monitor.start(sink, ctx.vm.userid)
    ctx.say("COMMAND COMPLETE")


def _spool(ctx: Context, operands: Operands) -> Sink:
    userid = operands.next() or ctx.vm.userid
    if abbreviates(userid, "To") or userid == "TO":
        userid = operands.next() or ""
    no_more(operands.next(), MODULE)
    if userid == "*":
        userid = ctx.vm.userid
    if ctx.system.directory.find(userid) is None:
        raise CommandError(messages.USERID_MISSING.by(MODULE).fill())
    return SpoolSink(ctx.system, ctx.vm.userid, userid)


def _tape(ctx: Context, operands: Operands) -> Sink:
    word = operands.next()
    no_more(operands.next(), MODULE)
    try:
        drive = ctx.system.real.find(int(word or "", 16))
    except ValueError:
        drive = None
    if not isinstance(drive, TapeDrive):
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word or ""))
    if drive.tape is None or not drive.ring:
        raise CommandError(messages.MONITOR_TAPE.fill(raddr=f"{drive.raddr:03X}"))
    return TapeSink(drive)


def _stop(ctx: Context, operands: Operands) -> None:
    word = operands.next("SPOOL")
    if word not in ("SPOOL", "TAPE"):
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
    if ctx.system.monitor.sink is None:
        raise CommandError(messages.MONITOR_INACTIVE.fill())
    ctx.system.monitor.stop(ctx.vm.userid)
    ctx.say("COMMAND COMPLETE")


_FORMS = {"DISplay": _display, "ENable": _enable, "INTerval": _interval, "STArt": _start, "STOP": _stop}
