"""COUPLE: two virtual channel-to-channel adapters become one."""

from __future__ import annotations

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.vaddr import address, device, shown
from vm370.cp.specialdevices import VirtualCtca

MODULE = "DIA"


def couple(ctx: Context, operands: Operands) -> None:
    """COUPLE vaddr1 [To] userid|* [vaddr2]."""
    own_address = address(operands.next(), MODULE)
    own = device(ctx.vm, own_address, MODULE)
    if not isinstance(own, VirtualCtca):
        raise CommandError(messages.INVALID_DEVICE_TYPE.by(MODULE).fill(device_type=shown(own_address)))
    userid = operands.next()
    if userid is not None and abbreviates(userid, "To") and operands.peek() is not None:
        userid = operands.next()
    if userid is None:
        raise CommandError(messages.USERID_MISSING.by(MODULE).fill())
    vm = ctx.vm if userid == "*" else ctx.system.user(userid)
    if vm is None:
        raise CommandError(messages.NOT_LOGGED_ON.by(MODULE).fill(userid=userid))
    word = operands.next()
    other_address = own_address if word is None else address(word, MODULE)
    if operands.peek() is not None:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=operands.rest()))
    where = {"userid": vm.userid, "vaddr": shown(other_address)}
    other = vm.devices.get(other_address)
    if other is None:
        raise CommandError(messages.OTHER_DEVICE_MISSING.fill(**where))
    if not isinstance(other, VirtualCtca) or other is own:
        raise CommandError(messages.OTHER_DEVICE_TYPE.fill(**where))
    if other.peer is not None and other.peer is not own:
        raise CommandError(messages.OTHER_DEVICE_BUSY.fill(**where))
    _couple(ctx, own, other)


def _couple(ctx: Context, own: VirtualCtca, other: VirtualCtca) -> None:
    before = own.uncouple()
    if isinstance(before, VirtualCtca):
        ctx.say(f"CTCA {shown(own.vaddr)} DROP FROM {before.vm.userid} {shown(before.vaddr)}")
    own.couple(other)
    ctx.say(f"CTCA {shown(own.vaddr)} COUPLE TO {other.vm.userid} {shown(other.vaddr)}")
    other.vm.say(f"CTCA {shown(other.vaddr)} COUPLE BY {own.vm.userid} {shown(own.vaddr)}")
