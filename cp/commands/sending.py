"""MESSAGE, MSGNOH, WARNING, SMSG, SEND: what users send each other.

    MSG WNG    a line with time and sender on the receiver's terminal, unless SET MSG or SET WNG is OFF
    MSGNOH     the line alone (class B)
    SMSG       text for a program, which gets it by VMCF if it has asked for special messages
    SEND       what the secondary user types at the console of a disconnected machine

The terminal of a disconnected user is that of his secondary user, whom the CONSOLE statement of his directory entry
names (``VirtualMachine.secondary``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.operator_lines import now
from vm370.cp.console.terminal import Origin
from vm370.cp.vmcf.messages import Code

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

MODULE = "MSG"
NOT_SPECIAL = {
    Code.NOT_AVAILABLE: "SMSG OFF",
    Code.QUIESCED: "QUIESCED",
    Code.TOO_LARGE: "MESSAGE TOO LONG",
    Code.LIMIT: "MESSAGE LIMIT",
}
"""Why a special message was not delivered."""
MESSAGE_CLASSES = {"MSG": 1, "WNG": 2, "SMSG": 4}
"""Target classes of the service *MSG."""


def message(ctx: Context, operands: Operands) -> None:
    """Message userid|*|OPerator|ALL text."""
    _send(ctx, operands, "MSG")


def message_without_header(ctx: Context, operands: Operands) -> None:
    """MSGNOH userid|*|OPerator|ALL text."""
    _send(ctx, operands, "MSG", header=False)


def warning(ctx: Context, operands: Operands) -> None:
    """WArning userid|*|OPerator|ALL text."""
    _send(ctx, operands, "WNG")


def _send(ctx: Context, operands: Operands, kind: str, *, header: bool = True) -> None:
    userid, text = _receiver_and_text(ctx, operands)
    sender = _sender(ctx)
    line = f"{now(ctx.system)} {kind} FROM {sender:<8}: {text}" if header else text
    if userid == "ALL" and set("AB") & set(ctx.classes):
        for vm in list(ctx.system.users.values()):
            if vm is ctx.user or _to_machine(vm, kind, sender, text):
                continue
            if _not_receiving(vm, kind) is None:
                _deliver(vm, line)
        return
    receiver = _user(ctx, userid)
    if _to_machine(receiver, kind, sender, text):
        return
    reason = _not_receiving(receiver, kind)
    if reason is not None:
        raise CommandError(messages.NOT_RECEIVING.fill(userid=userid, reason=reason))
    _deliver(receiver, line)


def _receiver_and_text(ctx: Context, operands: Operands) -> tuple[str, str]:
    userid = operands.next()
    if userid is None:
        raise CommandError(messages.USERID_MISSING.by(MODULE).fill())
    text = operands.rest()
    if not text:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    if userid == "*" and ctx.user is not None:
        userid = ctx.user.userid
    elif abbreviates(userid, "OPerator"):
        userid = "OPERATOR"
    return userid, text


def _sender(ctx: Context) -> str:
    """Who sends: somebody who has not logged on is his terminal."""
    if ctx.user is not None:
        return ctx.user.userid
    return f"LOGON{ctx.session.raddr:03X}" if ctx.session is not None else "SYSTEM"


def _user(ctx: Context, userid: str) -> VirtualMachine:
    vm = ctx.system.user(userid)
    if vm is None:
        raise CommandError(messages.NOT_LOGGED_ON.by(MODULE).fill(userid=userid))
    return vm


def _not_receiving(vm: VirtualMachine, kind: str) -> str | None:
    if vm.session is None and vm.secondary is None:
        return "DISCONNECTED"
    receives = vm.settings.msg if kind == "MSG" else vm.settings.wng
    return None if receives else f"{kind} OFF"


def _to_machine(vm: VirtualMachine, kind: str, sender: str, text: str) -> bool:
    """SET MSG, WNG or SMSG IUCV is in force, and the machine listens."""
    return kind.lower() in vm.settings.iucv and vm.system.iucv.tell(vm, MESSAGE_CLASSES[kind], sender, text)


def _deliver(vm: VirtualMachine, line: str) -> None:
    if vm.session is not None:
        vm.session.terminal.write(line, Origin.ALERT)
    else:
        vm.show(line, Origin.ALERT)


def special_message(ctx: Context, operands: Operands) -> None:
    """SMsg userid|* text."""
    userid, text = _receiver_and_text(ctx, operands)
    if _to_machine(_user(ctx, userid), "SMSG", _sender(ctx), text):
        return
    code = Code(ctx.system.vmcf.send_special(userid, text, _sender(ctx)))
    if code is not Code.DONE:
        reason = NOT_SPECIAL.get(code, code.name.replace("_", " "))
        raise CommandError(messages.NOT_RECEIVING.fill(userid=userid, reason=reason))


def send(ctx: Context, operands: Operands) -> None:
    """SEND [CP] userid text: a line for the console of a disconnected machine whose secondary user one is.

    With CP, or when the machine is in CP mode, it is a CP command.
    """
    word = operands.next()
    to_cp = word == "CP" and operands.peek() is not None
    userid = operands.next() if to_cp else word
    if userid is None:
        raise CommandError(messages.USERID_MISSING.by("SND").fill())
    text = operands.rest()
    vm = ctx.system.user(userid)
    if vm is None:
        raise CommandError(messages.NOT_LOGGED_ON.by("SND").fill(userid=userid))
    if vm.session is not None:
        raise CommandError(messages.SEND_FAILED.fill(userid=userid, reason="NOT DISCONNECTED"))
    if vm.secondary is not ctx.vm:
        raise CommandError(messages.SEND_FAILED.fill(userid=userid, reason="NOT ITS SECONDARY USER"))
    if not text:
        raise CommandError(messages.OPERAND_MISSING.by("SND").fill())

    def typed() -> None:
        if ctx.system.user(vm.userid) is not vm:
            return
        if to_cp or vm.in_cp:
            _command(vm, text)
        else:
            vm.console_input(text)

    ctx.system.exclusively(vm, typed)


def _command(vm: VirtualMachine, text: str) -> None:
    """A CP command of a machine without a terminal; the secondary user sees what CP says."""
    from vm370.cp.commands import table  # the table has this module's functions in it

    try:
        dialogue = table.start(Context(vm.system, vm, None, vm.say), text)
        if dialogue is not None:
            dialogue.close()
    except CommandError as error:
        line = error.message.edited(vm.settings.emsg)
        if line is not None:
            vm.say(line)
