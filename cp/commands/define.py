"""The machine's configuration: DEFINE, DETACH, READY, NOTREADY, RESET.  It lasts until LOGOFF.

DEFINE    Reader PUnch Printer CONsole 1403 2540R ...  [As] vaddr          a new device
          T2305 T2314 T3330 T3340 T3350 ... [As] vaddr [CYL] nnn            a temporary disk
          vaddr1 [As] vaddr2                                                the device at another address
          CHANnels [As] SEL|BMX         STORage [As] nnnnnK|nnM             the machine is reset
          GRAF [As] vaddr [3270|3158]   LIne [As] vaddr [IBM1|TELE2]        what terminals dial
          CTCa TIMer [As] vaddr                                             an adapter, an interval timer
DETACH    vaddr ... | vaddr-vaddr | CHANnel c
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.operand_forms import one_by_one
from vm370.cp.commands.vaddr import address, check_address, device, is_address, shown
from vm370.cp.devices import attach_console, attach_temporary, attach_unit_record
from vm370.cp.directory import MdiskStatement
from vm370.cp.directory.source import CYLINDERS, FBA_BLOCKS, FBA_TYPE, LARGEST_STORAGE
from vm370.cp.io.channel import ChannelType
from vm370.cp.io.device import UnitStatus
from vm370.cp.io.display import DisplayStation
from vm370.cp.io.line import CommunicationLine
from vm370.cp.io.tape import TapeDrive
from vm370.cp.specialdevices import VirtualCtca, attach_special

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

#                  operand     device type
UNIT_RECORD = {
    "Reader": "2540R",
    "Printer": "1403",
    "PUnch": "2540P",
    "RDR": "2540R",
    "PRT": "1403",
    "PCH": "2540P",
    **{name: name for name in ("1403", "1443", "2501", "2540P", "2540R", "3203", "3211", "3505", "3525", "3800")},
}
LINE_CODES = ("IBM1", "TELE2")
SMALLEST_STORAGE = 8 << 10


def define(ctx: Context, operands: Operands) -> None:
    """DEFINE."""
    word = operands.next()
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by("DEF").fill())
    if abbreviates(word, "STORage"):
        _define_storage(ctx, operands)
    elif abbreviates(word, "CHANnels"):
        _define_channels(ctx, operands)
    elif abbreviates(word, "CONsole"):
        _define_console(ctx, operands)
    elif (name := _match(word, UNIT_RECORD)) is not None:
        vaddr = _new_address(ctx, operands)
        _end(operands)
        attach_unit_record(ctx.system, ctx.vm, vaddr, UNIT_RECORD[name])
        _defined(ctx, vaddr)
    elif abbreviates(word, "CTCa"):
        _define_special(ctx, operands, "CTCA")
    elif abbreviates(word, "TIMer"):
        _define_special(ctx, operands, "TIMER")
    elif abbreviates(word, "LIne"):
        _define_line(ctx, operands)
    elif word == "GRAF":
        _define_display(ctx, operands)
    elif word[0] == "T" and (word[1:] in CYLINDERS or word[1:] == FBA_TYPE):
        _define_temporary(ctx, word[1:], operands)
    elif is_address(word):
        _move(ctx, address(word, "DEF"), operands)
    else:
        raise CommandError(messages.INVALID_OPERAND.by("DEF").fill(operand=word))


def _match(word: str, names: dict[str, str]) -> str | None:
    return next((name for name in names if abbreviates(word, name)), None)


def _skip_as(operands: Operands) -> None:
    following = operands.peek()
    if following is not None and abbreviates(following, "As"):
        operands.next()


def _end(operands: Operands) -> None:
    if operands.peek() is not None:
        raise CommandError(messages.INVALID_OPERAND.by("DEF").fill(operand=operands.rest()))


def _new_address(ctx: Context, operands: Operands) -> int:
    """[As] vaddr, where nothing is yet."""
    _skip_as(operands)
    vaddr = address(operands.next(), "DEF")
    check_address(ctx.vm, vaddr, "DEF")
    if vaddr in ctx.vm.devices:
        kind = ctx.vm.devices[vaddr].type.kind
        raise CommandError(messages.ALREADY_DEFINED.fill(kind=kind, vaddr=shown(vaddr)))
    return vaddr


def _defined(ctx: Context, vaddr: int) -> None:
    _confirm(ctx, f"{ctx.vm.devices[vaddr].type.kind} {shown(vaddr)} DEFINED")


def _confirm(ctx: Context, response: str) -> None:
    """A response that SET IMSG OFF suppresses."""
    if ctx.vm.settings.imsg:
        ctx.say(response)


def _define_special(ctx: Context, operands: Operands, device_type: str, feature: str = "") -> None:
    vaddr = _new_address(ctx, operands)
    _end(operands)
    attach_special(ctx.vm, vaddr, device_type, feature)
    _defined(ctx, vaddr)


def _define_line(ctx: Context, operands: Operands) -> None:
    """DEFINE LIne [As] vaddr [IBM1|TELE2]."""
    vaddr = _new_address(ctx, operands)
    code = operands.next(LINE_CODES[0])
    if code not in LINE_CODES:
        raise CommandError(messages.INVALID_OPERAND.by("DEF").fill(operand=code))
    _end(operands)
    attach_special(ctx.vm, vaddr, "2703", code)
    _defined(ctx, vaddr)


def _define_display(ctx: Context, operands: Operands) -> None:
    """DEFINE GRAF [As] vaddr [3270|3158]."""
    vaddr = _new_address(ctx, operands)
    device_type = operands.next("3270")
    if device_type not in ("3270", "3158"):
        raise CommandError(messages.INVALID_DEVICE_TYPE.by("DEF").fill(device_type=device_type))
    _end(operands)
    attach_special(ctx.vm, vaddr, device_type)
    _defined(ctx, vaddr)


def _define_console(ctx: Context, operands: Operands) -> None:
    vaddr = _new_address(ctx, operands)
    _end(operands)
    attach_console(ctx.system, ctx.vm, vaddr, "3215")
    _defined(ctx, vaddr)


def _define_temporary(ctx: Context, device_type: str, operands: Operands) -> None:
    vaddr = _new_address(ctx, operands)
    if operands.peek() in ("CYL", "BLK"):
        operands.next()
    size = operands.next()
    limit = FBA_BLOCKS if device_type == FBA_TYPE else CYLINDERS[device_type]
    if size is None or not re.fullmatch(r"[0-9]{1,8}", size) or not 1 <= int(size) <= limit:
        raise CommandError(messages.CYLINDERS_MISSING.by("DEF").fill())
    _end(operands)
    attach_temporary(ctx.system, ctx.vm, MdiskStatement(0, vaddr, device_type, 0, int(size), ""), vaddr)
    _defined(ctx, vaddr)


def _move(ctx: Context, old: int, operands: Operands) -> None:
    """DEFINE vaddr1 [As] vaddr2."""
    vm = ctx.vm
    device(vm, old, "DEF")
    new = _new_address(ctx, operands)
    _end(operands)
    moved = vm.detach(old)
    vm.attach(new, moved)
    if isinstance(moved, VirtualCtca):
        moved.vaddr = new
    link = ctx.system.volumes.find(vm.userid, old)
    if link is not None:
        ctx.system.volumes.moved(link, new)
    _defined(ctx, new)


def _define_storage(ctx: Context, operands: Operands) -> None:
    _skip_as(operands)
    match = re.fullmatch(r"([0-9]{1,5})([KM])", operands.next() or "")
    if match is None:
        raise CommandError(messages.STORAGE_MISSING.by("DEF").fill())
    _end(operands)
    size = -(-(int(match[1]) << (10 if match[2] == "K" else 20)) // 4096) * 4096
    if size < SMALLEST_STORAGE:
        raise CommandError(messages.STORAGE_MISSING.by("DEF").fill())
    if size > min(ctx.vm.entry.max_storage_size, LARGEST_STORAGE):
        raise CommandError(messages.STORAGE_EXCEEDS_MAXIMUM.fill())
    vm = ctx.vm
    block_multiplexer = is_block_multiplexer(vm)
    vm.reset(clear=True)
    vm.define_storage(size)
    set_block_multiplexer(vm, block_multiplexer)
    _confirm(ctx, f"STORAGE = {size >> 10:05}K")


def _define_channels(ctx: Context, operands: Operands) -> None:
    _skip_as(operands)
    kind = operands.next()
    if kind not in ("SEL", "BMX"):
        raise CommandError(messages.OPERAND_MISSING.by("DEF").fill())
    _end(operands)
    ctx.vm.reset()
    set_block_multiplexer(ctx.vm, kind == "BMX")
    _confirm(ctx, f"CHANNELS = {kind}")


def set_block_multiplexer(vm: VirtualMachine, on: bool) -> None:
    """All channels but 0, which is always a byte multiplexer, are block multiplexers or selectors."""
    for channel in range(1, 16):
        vm.channels.set_type(channel, ChannelType.BLOCK_MULTIPLEXER if on else ChannelType.SELECTOR)


def is_block_multiplexer(vm: VirtualMachine) -> bool:
    """What QUERY VIRTUAL CHANNELS shows as BMX."""
    return vm.channels.type_of(1) is ChannelType.BLOCK_MULTIPLEXER


# --- DETACH ---


def detach(ctx: Context, operands: Operands) -> None:
    """DETach vaddr ... | vaddr-vaddr | CHANnel c; an error for one device does not stop the rest."""
    words = operands.words()
    if not words:
        raise CommandError(messages.VADDR_MISSING.by("VDB").fill())
    if abbreviates(words[0], "CHANnel"):
        _detach_channel(ctx, words[1:])
        return

    def remove(word: str) -> None:
        for vaddr in _addresses(ctx.vm, word):
            _detach(ctx, vaddr)

    one_by_one(ctx, words, remove)


def _addresses(vm: VirtualMachine, word: str) -> list[int]:
    """One address, or those of the devices in a range."""
    low, dash, high = word.partition("-")
    first = address(low, "VDB")
    if not dash:
        device(vm, first, "VDB")
        return [first]
    last = address(high, "VDB")
    if last <= first:
        raise CommandError(messages.INVALID_RANGE.by("VDB").fill(range=word))
    found = sorted(vaddr for vaddr in vm.devices if first <= vaddr <= last)
    if not found:
        raise CommandError(messages.DEVICE_MISSING.by("VDB").fill(vaddr=word))
    return found


def _detach(ctx: Context, vaddr: int) -> None:
    if ctx.vm.tracing.tracing_io:
        raise CommandError(messages.DETACH_REJECTED.fill())
    gone = ctx.vm.detach(vaddr)
    gone.close()
    _confirm(ctx, f"{gone.type.kind} {shown(vaddr)} DETACHED")


def _detach_channel(ctx: Context, words: list[str]) -> None:
    """DETach CHANnel c: every device of the channel."""
    if len(words) != 1 or not re.fullmatch(r"[0-9A-F]", words[0]):
        raise CommandError(messages.OPERAND_MISSING.by("VDB").fill())
    channel = int(words[0], 16)
    found = sorted(vaddr for vaddr in ctx.vm.devices if vaddr >> 8 == channel)
    if not found:
        raise CommandError(messages.DEVICE_MISSING.by("VDB").fill(vaddr=f"{channel:X}00"))
    for vaddr in found:
        ctx.vm.detach(vaddr).close()
    _confirm(ctx, f"CHANNEL {channel:X} DETACHED {ctx.vm.userid}")


# --- READY, NOTREADY, RESET ---


def ready(ctx: Context, operands: Operands) -> None:
    """READY vaddr: ready again, with a device end interruption; a tape that was unloaded is loaded again."""
    found = device(ctx.vm, _one_address(operands), "CPB")
    if isinstance(found, TapeDrive):
        found.load()
    found.ready = True
    found.present(UnitStatus.DEVICE_END)


def notready(ctx: Context, operands: Operands) -> None:
    """NOTReady vaddr: a spooled device or the console answers intervention required."""
    vaddr = _one_address(operands)
    found = device(ctx.vm, vaddr, "CPB")
    if found.type.kind not in ("RDR", "PRT", "PUN", "CONS"):
        raise CommandError(messages.INVALID_DEVICE_TYPE.by("CPB").fill(device_type=shown(vaddr)))
    found.ready = False


def reset(ctx: Context, operands: Operands) -> None:
    """RESET vaddr: pending interruptions, sense and reservation of the device are cleared."""
    vaddr = _one_address(operands)
    found = device(ctx.vm, vaddr, "CPB")
    ctx.vm.channels.detach(vaddr)
    found.reset()
    if isinstance(found, DisplayStation | CommunicationLine):
        found.close()  # a terminal that has dialed it is given back
    ctx.vm.channels.attach(vaddr, found)
    ctx.say("DEVICE RESET")


def _one_address(operands: Operands) -> int:
    vaddr = address(operands.next(), "CPB")
    if operands.peek() is not None:
        raise CommandError(messages.INVALID_OPERAND.by("CPB").fill(operand=operands.rest()))
    return vaddr
