"""Commands of the system operator: terminals, pages, and what this system has nothing for.

ENABLE DISABLE LOCK UNLOCK MIGRATE LOCATE
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands
from vm370.cp.commands.operand_forms import hexadecimal
from vm370.cp.commands.real_operands import addresses, real_device
from vm370.cp.commands.vaddr import is_address
from vm370.cp.real.locked import PAGE, lock
from vm370.cp.real.table import Terminal

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

MODULE = "CPV"


# --- ENABLE, DISABLE ---


def enable(ctx: Context, operands: Operands) -> None:
    """ENAble raddr ...|ALL: users can log on at terminals."""
    _enable(ctx, operands, on=True)


def disable(ctx: Context, operands: Operands) -> None:
    """DISAble raddr ...|ALL: nobody logs on there any more; who is there stays until he logs off."""
    _enable(ctx, operands, on=False)


def _enable(ctx: Context, operands: Operands, *, on: bool) -> None:
    words = operands.words()
    real = ctx.system.real
    if not words:
        raise CommandError(messages.RADDR_MISSING.by(MODULE).fill())
    if words == ["ALL"]:
        real.enable_all(on)
    else:
        wanted = [raddr for word in words for raddr in addresses(word, MODULE)]
        for raddr in wanted:
            device = real_device(ctx, raddr, MODULE)
            if not isinstance(device, Terminal) or (device.console and not on):
                raise CommandError(messages.INVALID_DEVICE_TYPE.by(MODULE).fill(device_type=f"{raddr:03X}"))
        for raddr in wanted:
            real.enable(raddr, on)
    ctx.say("COMMAND COMPLETE")


# --- LOCK, UNLOCK ---


def lock_pages(ctx: Context, operands: Operands) -> None:
    """LOCK userid|SYSTEM firstpage lastpage [MAP]: pages of a virtual machine stay in the host's storage."""
    words = operands.words()
    shown = bool(words) and words[-1] == "MAP"
    if shown:
        words.pop()
    vm, first, last = _pages(ctx, words)
    address = _lock(vm, first, last, on=True)
    if shown:
        for page in range(first, last + 1):
            ctx.say(f"VIRTUAL PAGE {page:03X} HOST ADDRESS {address + (page - first) * PAGE:016X}")
    ctx.say("COMMAND COMPLETE")


def unlock_pages(ctx: Context, operands: Operands) -> None:
    """UNLOCK userid|SYSTEM firstpage lastpage: the host may page them again."""
    vm, first, last = _pages(ctx, operands.words())
    _lock(vm, first, last, on=False)
    ctx.say("COMMAND COMPLETE")


def _pages(ctx: Context, words: list[str]) -> tuple[VirtualMachine, int, int]:
    if not words:
        raise CommandError(messages.USERID_MISSING.by(MODULE).fill())
    userid = words.pop(0)
    if userid == "SYSTEM":
        raise CommandError(messages.NOT_LOCKED.fill(reason="CP HAS NO PAGES OF ITS OWN"))
    vm = ctx.vm if userid == "*" else ctx.system.user(userid)
    if vm is None:
        raise CommandError(messages.NOT_LOGGED_ON.by(MODULE).fill(userid=userid))
    numbers = [hexadecimal(word, 3) for word in words]
    if len(numbers) != 2 or None in numbers:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    first, last = (number or 0 for number in numbers)
    if last < first or last * PAGE >= vm.storage_size:
        raise CommandError(messages.INVALID_RANGE.by(MODULE).fill(range=f"{words[0]}-{words[1]}"))
    return vm, first, last


def _lock(vm: VirtualMachine, first: int, last: int, *, on: bool) -> int:
    try:
        return lock(vm.storage.memory, first, last, on=on)
    except OSError as error:
        raise CommandError(messages.NOT_LOCKED.fill(reason=f"THE HOST SAYS: {error.strerror}")) from error


# --- nothing here ---


def migrate(ctx: Context, operands: Operands) -> None:
    """MIGRATE [userid|ALL]: pages go to a slower paging device; there is none."""
    words = operands.words()
    if len(words) > 1:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=words[1]))
    if words and words[0] != "ALL" and ctx.system.user(words[0]) is None:
        raise CommandError(messages.NOT_LOGGED_ON.by(MODULE).fill(userid=words[0]))
    ctx.say("NO PAGES MIGRATED; CP HAS NO PAGING DEVICES")


def locate(ctx: Context, operands: Operands) -> None:
    """LOCate userid [vaddr] | raddr: where control blocks are; here they have no storage addresses."""
    words = operands.words()
    if not words:
        raise CommandError(messages.OPERAND_MISSING.by("CFC").fill())
    if len(words) > 2:
        raise CommandError(messages.INVALID_OPERAND.by("CFC").fill(operand=words[2]))
    vm = ctx.system.user(words[0])
    if vm is None:
        if len(words) == 2 or not is_address(words[0]):
            raise CommandError(messages.NOT_LOGGED_ON.by("CFC").fill(userid=words[0]))
        real_device(ctx, int(words[0], 16), "CFC")
        ctx.say(f"RDEVBLOK OF {int(words[0], 16):03X}: NO STORAGE ADDRESS ON THIS SYSTEM")
        return
    if len(words) == 2:
        if not is_address(words[1]):
            raise CommandError(messages.VADDR_MISSING.by("CFC").fill())
        if int(words[1], 16) not in vm.devices:
            raise CommandError(messages.DEVICE_MISSING.by("CFC").fill(vaddr=f"{int(words[1], 16):03X}"))
        ctx.say(f"VDEVBLOK OF {vm.userid} {int(words[1], 16):03X}: NO STORAGE ADDRESS ON THIS SYSTEM")
        return
    ctx.say(f"VMBLOK OF {vm.userid}: NO STORAGE ADDRESS ON THIS SYSTEM")
