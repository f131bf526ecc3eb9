"""ATTACH, DETACH: real devices to virtual machines and volumes to the system; VARY, HALT, REWIND.

An error for one of several devices does not stop the rest.  A device that a user gets is, for his machine, a virtual
device made for the occasion; when it goes, the real one is free again (cp/real/device.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands import define
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.real_operands import addresses, for_each, is_range, real_device
from vm370.cp.commands.vaddr import address, check_address, is_address
from vm370.cp.io.device import Device
from vm370.cp.io.tape import TapeDrive as VirtualTapeDrive
from vm370.cp.real import Attachment, RealDevice
from vm370.cp.real.dasd import DiskDrive
from vm370.cp.real.dedicated import dedicated
from vm370.cp.real.spooled import SpooledDevice
from vm370.cp.real.tape import TapeDrive
from vm370.images.errors import ImageError

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.system import System

MODULE = "VDA"
SYSTEM = "SYSTEM"


def attach(ctx: Context, operands: Operands) -> None:
    """ATTach raddr [To] userid|* [[As] vaddr] [R/O] | raddr ... [To] userid [R/O] | raddr [To] SYSTEM [As] volid."""
    words = operands.words()
    if words and abbreviates(words[0], "CHANnel"):
        raise CommandError(messages.CHANNEL_NOT_DEDICATED.fill(channel=words[1] if len(words) > 1 else ""))
    devices, owner, rest = _split(words)
    if owner == SYSTEM:
        _attach_system(ctx, devices, rest)
        return
    vm = _user(ctx, owner)
    read_only = bool(rest) and abbreviates(rest[-1], "R/O") and rest[-1] in ("R", "R/", "R/O")
    if read_only:
        rest.pop()
    if rest and abbreviates(rest[0], "As") and len(rest) > 1:
        rest.pop(0)
    single = len(devices) == 1 and "-" not in devices[0]
    vaddr = address(rest.pop(0), MODULE) if rest and single else None
    if rest:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=rest[0]))
    for_each(
        ctx, devices, MODULE, lambda real: _attach(ctx, real, vm, real.raddr if vaddr is None else vaddr, read_only)
    )


def _split(words: list[str]) -> tuple[list[str], str, list[str]]:
    """The devices, whose they shall be, and what follows."""
    devices: list[str] = []
    rest = list(words)
    has_to = any(abbreviates(word, "To") for word in words[1:-1])
    while rest and is_range(rest[0]) and (not devices or has_to or len(rest) > 1) and not _is_owner(rest, devices):
        devices.append(rest.pop(0))
    if not devices:
        raise CommandError(messages.RADDR_MISSING.by(MODULE).fill())
    if len(rest) > 1 and abbreviates(rest[0], "To"):
        rest.pop(0)
    if not rest:
        raise CommandError(messages.USERID_MISSING.by(MODULE).fill())
    return devices, rest[0], rest[1:]


def _is_owner(rest: list[str], devices: list[str]) -> bool:
    """A word behind the devices that is a user ID although it could be an address: ``AS`` or a range cannot follow."""
    return bool(devices) and len(rest) > 1 and abbreviates(rest[1], "As") and not is_address(rest[1])


def _user(ctx: Context, word: str) -> VirtualMachine:
    if word == "*":
        return ctx.vm
    vm = ctx.system.user(word)
    if vm is None:
        raise CommandError(messages.NOT_LOGGED_ON.by(MODULE).fill(userid=word))
    return vm


def _attach(ctx: Context, real: RealDevice, vm: VirtualMachine, vaddr: int, read_only: bool) -> None:
    check_address(vm, vaddr, MODULE)
    give(ctx.system, real, vm, vaddr, read_only)
    ctx.say(f"{real.name} ATTACH TO {vm.userid:<8} {vaddr:03X}{' R/O' if read_only else ''}")
    if vm is not ctx.vm and vm.settings.imsg:
        vm.say(f"{real.type.kind} {vaddr:03X} ATTACHED")


def give(system: System, real: RealDevice, vm: VirtualMachine, vaddr: int, read_only: bool) -> None:
    """A user gets a real device for himself: ATTACH, and the directory's DEDICATE.  CommandError when he cannot."""
    _check_available(real)
    there = vm.devices.get(vaddr)
    if there is not None:
        raise CommandError(
            messages.NOT_ATTACHED_DEFINED.fill(device=real.name, kind=there.type.kind, vaddr=f"{vaddr:03X}")
        )
    try:
        device = _virtual_device(real, vm, read_only)
    except ImageError as error:
        raise CommandError(messages.NOT_MOUNTED.fill(device=real.name, reason=error)) from error
    vm.attach(vaddr, device)
    real.attachment = Attachment(vm, device)
    system.journal.record("ATTACH", vm.userid, raddr=f"{real.raddr:03X}", vaddr=f"{vaddr:03X}")


def _check_available(real: RealDevice) -> None:
    if not real.online:
        raise CommandError(messages.DEVICE_OFFLINE.by(MODULE).fill(device=real.name))
    if real.holder is not None:
        raise CommandError(messages.ALREADY_ATTACHED.fill(device=real.name, owner=real.holder[0]))
    system = isinstance(real, DiskDrive) and real.of_system and (real.owned or real.users)
    if system or (isinstance(real, SpooledDevice) and real.started):
        raise CommandError(messages.ALREADY_ATTACHED.fill(device=real.name, owner=SYSTEM))


def _virtual_device(real: RealDevice, vm: VirtualMachine, read_only: bool) -> Device:
    if isinstance(real, TapeDrive):
        return VirtualTapeDrive(real.type, real.tape, file_protected=read_only or not real.ring)
    if isinstance(real, DiskDrive):
        if real.path is None:
            raise CommandError(messages.NOT_READY.fill(device=real.name))
        return _whole_volume(real, read_only)
    if isinstance(real, SpooledDevice):
        return dedicated(real, vm)
    raise CommandError(messages.INVALID_DEVICE_TYPE.by(MODULE).fill(device_type=f"{real.raddr:03X}"))


def _whole_volume(real: DiskDrive, read_only: bool) -> Device:
    """The volume leaves the system, unless it cannot be opened."""
    was_of_system = real.of_system
    if was_of_system:
        real.detach_system()
    try:
        return real.virtual_disk(read_only)
    except BaseException:
        if was_of_system:
            real.attach_system()
        raise


def _attach_system(ctx: Context, devices: list[str], words: list[str]) -> None:
    """A volume to the system, if its label says what the operator says."""
    if words and abbreviates(words[0], "As") and len(words) > 1:
        words = words[1:]
    if len(devices) != 1 or len(addresses(devices[0], MODULE)) != 1:
        raise CommandError(messages.RADDR_MISSING.by(MODULE).fill())
    if not words or len(words[0]) > 6:
        raise CommandError(messages.VOLID_MISSING.fill())
    if len(words) > 1:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=words[1]))
    volser = words[0]
    real = real_device(ctx, addresses(devices[0], MODULE)[0], MODULE)
    if not isinstance(real, DiskDrive):
        raise CommandError(messages.INVALID_DEVICE_TYPE.by(MODULE).fill(device_type=f"{real.raddr:03X}"))
    if real.of_system:
        raise CommandError(messages.ALREADY_ATTACHED.fill(device=real.name, owner=SYSTEM))
    _check_available(real)
    if real.path is None:
        raise CommandError(messages.NOT_READY.fill(device=real.name))
    other = ctx.system.real.volume(volser)
    if other is not None and other is not real and other.of_system:
        raise CommandError(messages.VOLUME_ALREADY_ATTACHED.fill(raddr=f"{real.raddr:03X}", volser=volser))
    try:
        label = real.identify()
    except ImageError as error:
        raise CommandError(messages.NOT_MOUNTED.fill(device=real.name, reason=error)) from error
    if volser not in (label, real.volser):
        raise CommandError(messages.VOLUME_NOT_FOUND.fill(raddr=f"{real.raddr:03X}", volser=volser))
    real.volser = volser
    real.attach_system()
    ctx.say(f"{real.name} ATTACH TO SYSTEM {volser}")


# --- DETACH ---


def detach(ctx: Context, operands: Operands) -> None:
    """DETach raddr ... [From] userid|SYSTEM of class B; everything else is the user's own DETACH."""
    words = operands.words()
    if "B" in ctx.classes and _is_real(words):
        _detach_real(ctx, words)
    elif "G" in ctx.classes:
        define.detach(ctx, Operands(" ".join(words)))
    else:
        raise CommandError(messages.USERID_MISSING.by("VDB").fill())


def _is_real(words: list[str]) -> bool:
    """Somebody is named from whom the devices are to be taken."""
    if len(words) < 2 or abbreviates(words[0], "CHANnel"):
        return False
    return abbreviates(words[-2], "From") or not is_range(words[-1])


def _detach_real(ctx: Context, words: list[str]) -> None:
    owner = words.pop()
    if len(words) > 1 and abbreviates(words[-1], "From"):
        words.pop()
    if owner == SYSTEM:
        for_each(ctx, words, "VDB", lambda real: _detach_system(ctx, real))
        return
    vm = _user(ctx, owner)
    for_each(ctx, words, "VDB", lambda real: _detach(ctx, real, vm))


def _detach_system(ctx: Context, real: RealDevice) -> None:
    if not isinstance(real, DiskDrive) or not real.of_system:
        raise CommandError(messages.NOT_ATTACHED_TO.fill(device=real.name, owner=SYSTEM))
    if real.owned:
        raise CommandError(messages.CP_OWNED.fill(device=real.name))
    if real.users:
        raise CommandError(messages.IN_USE_BY.fill(device=real.name, users=real.users))
    real.detach_system()
    ctx.say(f"{real.name} DETACH SYSTEM")


def _detach(ctx: Context, real: RealDevice, vm: VirtualMachine) -> None:
    holder = real.holder
    if holder is None or holder[0] != vm.userid:
        raise CommandError(messages.NOT_ATTACHED_TO.fill(device=real.name, owner=vm.userid))
    vaddr = holder[1]

    def action() -> None:
        if real.holder == holder:
            vm.detach(vaddr).close()
            real.freed()

    ctx.system.exclusively(vm, action)
    ctx.say(f"{real.name} DETACH {vm.userid:<8} {vaddr:03X}")
    if vm is not ctx.vm and vm.settings.imsg:
        vm.say(f"{real.type.kind} {vaddr:03X} DETACHED BY OPERATOR")


# --- VARY, HALT, REWIND ---


def vary(ctx: Context, operands: Operands) -> None:
    """VARy ONline|OFFline raddr ...: whether a device can be had."""
    words = operands.words()
    word = words.pop(0) if words else ""
    on = abbreviates(word, "ONline")
    if not on and not abbreviates(word, "OFFline"):
        raise CommandError(messages.OPERAND_MISSING.by("CPS").fill())
    if not words:
        raise CommandError(messages.RADDR_MISSING.by("CPS").fill())
    for_each(ctx, words, "CPS", lambda real: _vary(real, on))
    ctx.say("COMMAND COMPLETE")


def _vary(real: RealDevice, on: bool) -> None:
    busy = real.holder is not None or (isinstance(real, SpooledDevice) and real.started)
    if not on and (busy or (real.of_system and not isinstance(real, SpooledDevice))):
        owner = real.holder[0] if real.holder else SYSTEM
        raise CommandError(messages.DEVICE_ATTACHED.by("CPS").fill(device=real.name, owner=owner))
    real.online = on


def halt(ctx: Context, operands: Operands) -> None:
    """HALT raddr: what the device is doing ends."""
    words = operands.words()
    if len(words) != 1 or not is_address(words[0]):
        raise CommandError(messages.RADDR_MISSING.by("CPB").fill())
    real = real_device(ctx, int(words[0], 16), "CPB")
    holder, attachment = real.holder, real.attachment
    if holder is not None and attachment is not None:
        ctx.system.exclusively(attachment.vm, lambda: _halt(attachment.vm, holder[1]))
    else:
        real.halt()
    ctx.say("COMMAND COMPLETE")


def _halt(vm: VirtualMachine, vaddr: int) -> None:
    vm.channels.hdv(vaddr)


def rewind(ctx: Context, operands: Operands) -> None:
    """REWind vaddr: an attached tape to its load point."""
    vaddr = address(operands.next(), "CPB")
    if operands.peek() is not None:
        raise CommandError(messages.INVALID_OPERAND.by("CPB").fill(operand=operands.rest()))
    device = ctx.vm.devices.get(vaddr)
    if device is None:
        raise CommandError(messages.DEVICE_MISSING.by("CPB").fill(vaddr=f"{vaddr:03X}"))
    if not isinstance(device, VirtualTapeDrive):
        raise CommandError(messages.INVALID_DEVICE_TYPE.by("CPB").fill(device_type=f"{vaddr:03X}"))
    if not device.loaded:
        raise CommandError(messages.NO_TAPE.fill(device=f"TAPE {vaddr:03X}"))
    device.rewind()
    ctx.say("REWIND COMPLETE")
