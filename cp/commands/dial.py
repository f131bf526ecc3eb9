"""DIAL: a terminal becomes a device of a virtual machine that serves several, instead of logging on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands
from vm370.cp.commands.operand_forms import no_more
from vm370.cp.commands.operator_lines import now, terminal_of
from vm370.cp.commands.vaddr import address, shown
from vm370.cp.dialing import DialedDisplay, DialedLine
from vm370.cp.io.device import Device
from vm370.cp.io.display import DisplayStation
from vm370.cp.io.line import CommunicationLine
from vm370.cp.journal import terminal_name

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.session import Session

MODULE = "DIA"


def dial(ctx: Context, operands: Operands) -> None:
    """DIAL userid [vaddr]."""
    session, userid = ctx.session, operands.next()
    assert session is not None  # only a terminal is without a user
    if userid is None:
        raise CommandError(messages.USERID_MISSING.by(MODULE).fill())
    word = operands.next()
    wanted = None if word is None else address(word, MODULE)
    no_more(operands.next(), MODULE)
    host = ctx.system.user(userid)
    if host is None:
        raise CommandError(messages.NOT_LOGGED_ON.by(MODULE).fill(userid=userid))
    vaddr, device = _free_device(host, wanted)
    dialed: DialedDisplay | DialedLine
    if isinstance(device, DisplayStation):
        dialed = DialedDisplay(session, host, vaddr, device)
    else:
        dialed = DialedLine(session, host, vaddr, device)
    session.say(f"DIALED TO {host.userid} {shown(vaddr)}")
    session.dialed = dialed
    dialed.connect()
    ctx.system.journal.record("DIAL", "", terminal=terminal_name(session), to=host.userid, vaddr=shown(vaddr))
    tell_operator_of_dialed(session, "DIALED TO", host.userid)


def tell_operator_of_dialed(session: Session, event: str, userid: str) -> None:
    """``hh:mm:ss GRAF raddr DIALED TO userid    DIALED = nnn``, or DROP FROM."""
    system = session.system
    system.operator_message(
        f"{now(system)} {terminal_of(session)} {event} {userid:<8}  DIALED = {system.dialed_count():03}"
    )


def _free_device(host: VirtualMachine, wanted: int | None) -> tuple[int, DisplayStation | CommunicationLine]:
    """The device that is wanted, or the first that nobody has dialed."""
    for vaddr, device in sorted(host.devices.items()):
        if wanted not in (None, vaddr) or not isinstance(device, DisplayStation | CommunicationLine):
            continue
        if not device.connected and _answers(device):
            return vaddr, device
        if wanted is not None and device.connected:
            kind = device.type.kind
            raise CommandError(messages.LINE_BUSY.fill(kind=kind, vaddr=shown(vaddr), userid=host.userid))
    raise CommandError(messages.NO_LINE.fill(userid=host.userid))


def _answers(device: Device) -> bool:
    """A line answers only when the program has enabled it."""
    return not isinstance(device, CommunicationLine) or device.enabled
