"""QUERY, the forms about the system as a whole, the session and its settings."""

from __future__ import annotations

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands
from vm370.cp.commands.times import date_and_time, time_used
from vm370.cp.commands.vaddr import address, device
from vm370.cp.settings import Settings
from vm370.diag.x00 import LEVEL, PLC, VERSION

MODULE = "CQG"
NAMES_PER_LINE = 4


def time(ctx: Context, operands: Operands) -> None:
    """QUERY TIME."""
    ctx.say(f"TIME IS {date_and_time(ctx.system.clock.now())}")
    ctx.say(time_used(ctx.vm))


def users(ctx: Context, operands: Operands) -> None:
    """QUERY USERS [userid]."""
    userid = operands.next()
    if userid is None:
        ctx.say(f"{len(ctx.system.users):03} USERS, {ctx.system.dialed_count():03} DIALED")
    elif ctx.system.user(userid) is None:
        raise CommandError(messages.NOT_LOGGED_ON.by(MODULE).fill(userid=userid))
    else:
        ctx.say(name(userid, ctx))


def name(userid: str, ctx: Context) -> str:
    """The user and his terminal."""
    vm = ctx.system.user(userid)
    where = "DSC" if vm is None or vm.session is None else f"{vm.session.raddr:03X}"
    return f"{userid:<8} - {where}"


def names(ctx: Context, operands: Operands) -> None:
    """QUERY NAMES."""
    every = [name(userid, ctx) for userid in ctx.system.users]
    for at in range(0, len(every), NAMES_PER_LINE):
        ctx.say(", ".join(every[at : at + NAMES_PER_LINE]))


def privilege(ctx: Context, operands: Operands) -> None:
    """QUERY PRIV."""
    ctx.say(f"PRIV = {ctx.classes}")


def log_message(ctx: Context, operands: Operands) -> None:
    """QUERY LOGMSG."""
    for line in ctx.system.log_messages:
        ctx.say(line)


def system_assist(ctx: Context, operands: Operands) -> None:
    """QUERY SASSIST."""
    ctx.say(f"SASSIST {'ON' if ctx.system.assist else 'OFF'}")


def maximum(ctx: Context, operands: Operands) -> None:
    """QUERY MAXIMUM; 000: no limit."""
    ctx.say(f"MAX USERS = {ctx.system.maximum_users:03}")


def _received(settings: Settings, name: str) -> str:
    return "IUCV" if name in settings.iucv else _on(getattr(settings, name))


def _on(value: bool) -> str:
    return "ON " if value else "OFF"


def settings(ctx: Context, operands: Operands) -> None:
    """QUERY SET."""
    s = ctx.vm.settings
    assist = f"ON {'SVC' if s.assist_svc else 'NOSVC'}" if s.assist else "OFF"
    msg, wng = _received(s, "msg"), _received(s, "wng")
    ctx.say(f"MSG {msg}, WNG {wng}, EMSG {s.emsg:<4}, ACNT {_on(s.acnt)}, RUN {_on(s.run)}")
    ctx.say(f"LINEDIT {_on(s.linedit)}, TIMER {s.timer:<3}, ISAM {_on(s.isam)}, ECMODE {_on(s.ecmode)}")
    ctx.say(f"ASSIST {assist}, PAGEX {_on(s.pagex)}, AUTOPOLL {_on(s.autopoll)}")
    impure = "GENUINE" if s.genuine else _on(s.impure)
    ctx.say(
        f"IMSG {_on(s.imsg)}, SMSG {_received(s, 'smsg')}, NOTRANS {_on(s.notrans)}, "
        f"CONCEAL {_on(s.conceal)}, IMPURE {impure}"
    )


def terminal(ctx: Context, operands: Operands) -> None:
    """Each function of TERMINAL."""
    t, symbols = ctx.vm.terminal_options, ctx.vm.terminal_options.editing
    size = "OFF" if t.line_size is None else f"{t.line_size:03}"
    line_end, line_delete = symbols.line_end or "OFF", symbols.line_delete or "OFF"
    delete, escape, tab = symbols.character_delete or "OFF", symbols.escape or "OFF", symbols.tab or "OFF"
    ctx.say(f"LINEND {line_end:<3}, LINEDEL {line_delete:<3}, CHARDEL {delete:<3}, ESCAPE {escape:<3}, TABCHAR {tab}")
    ctx.say(
        f"LINESIZE {size}, ATTN {_on(t.attention_message)}, APL {_on(t.apl)}, TEXT {_on(t.text)}, "
        f"MODE {'CP' if t.mode_cp else 'VM'} , HILIGHT {_on(t.highlight)}"
    )
    ctx.say(
        f"AUTOCR {_on(t.autocr)}, MORE {t.more[0]:03} {t.more[1]:03}, HOLD {_on(t.hold)}, "
        f"TIMESTAMP {_on(t.timestamp)}, MASK {_on(t.mask)}"
    )


def keys(ctx: Context, only: int | None = None) -> None:
    """QUERY PF: all keys, or one."""
    defined = ctx.vm.settings.pf_keys
    for number in range(1, 25) if only is None else [only]:
        ctx.say(f"PF{number:02} {defined.get(number, 'UNDEFINED')}")


def level(ctx: Context, operands: Operands) -> None:
    """QUERY CPLEVEL: system, and when it was started."""
    ctx.say(f"VM/370 VERSION {VERSION:02} LEVEL {LEVEL:02} PLC {PLC:04}; VM370")
    ctx.say(f"IPL AT {date_and_time(ctx.system.ipl_time)}")


def links(ctx: Context, operands: Operands) -> None:
    """QUERY LINKS vaddr: who has the same minidisk."""
    vaddr = address(operands.next(), MODULE)
    device(ctx.vm, vaddr, MODULE)
    link = ctx.system.volumes.find(ctx.vm.userid, vaddr)
    if link is None:
        raise CommandError(messages.VADDR_MISSING.by(MODULE).fill())
    linked = [f"{each.userid:<8} {each.vaddr:03X} {each.access}" for each in ctx.system.volumes.links(link.mdisk)]
    for at in range(0, len(linked), NAMES_PER_LINE):
        ctx.say(", ".join(linked[at : at + NAMES_PER_LINE]))
