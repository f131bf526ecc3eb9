"""MOUNT, UNMOUNT: host files on tape and disk drives, as people put reels and packs on real ones.

A file is named relative to HOME/tapes or HOME/disks and lies in there; a user of class A may give an absolute path.
"""

from __future__ import annotations

import re
from pathlib import Path

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands
from vm370.cp.commands.real_operands import real_address, real_device
from vm370.cp.io.tape import TapeDrive as VirtualTapeDrive
from vm370.cp.real import RealDevice
from vm370.cp.real.dasd import DiskDrive
from vm370.cp.real.tape import TapeDrive
from vm370.images.errors import ImageError

MODULE = "VDA"
OPTIONS = ("RING", "NORING", "NEW")


def mount(ctx: Context, operands: Operands) -> None:
    """MOUnt raddr file [RING|NORING] [NEW]."""
    words = operands.rest().split()
    real = real_device(ctx, real_address(words, MODULE), MODULE)
    if not words:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    name, options = words[0], [word.upper() for word in words[1:]]
    wrong = next((word for word in options if word not in OPTIONS), None)
    if wrong is not None:
        raise CommandError(messages.INVALID_OPTION.by(MODULE).fill(option=wrong))
    if {"RING", "NORING"} <= set(options):
        raise CommandError(messages.CONFLICTING_OPTION.by(MODULE).fill(option="NORING"))
    if not real.online:
        raise CommandError(messages.DEVICE_OFFLINE.by(MODULE).fill(device=real.name))
    try:
        if isinstance(real, TapeDrive):
            _mount_tape(ctx, real, name, ring="RING" in options, new="NEW" in options)
        elif isinstance(real, DiskDrive) and not options:
            _mount_disk(ctx, real, name)
        else:
            raise CommandError(messages.INVALID_DEVICE_TYPE.by(MODULE).fill(device_type=f"{real.raddr:03X}"))
    except OSError as error:
        raise CommandError(messages.NOT_MOUNTED.fill(device=real.name, reason=f"{name}: {error.strerror}")) from error
    except ImageError as error:
        raise CommandError(messages.NOT_MOUNTED.fill(device=real.name, reason=error)) from error


def _mount_tape(ctx: Context, real: TapeDrive, name: str, *, ring: bool, new: bool) -> None:
    if real.tape is not None:
        raise CommandError(messages.ALREADY_MOUNTED.fill(device=real.name))
    path = _path(ctx, real, ctx.system.home / "tapes", name)
    if new:
        path.parent.mkdir(parents=True, exist_ok=True)
    real.mount(path, ring=ring, new=new)
    virtual = _virtual(real)
    if virtual is not None and real.tape is not None:
        virtual.mount(real.tape, file_protected=not real.ring)
    ctx.say(f"{real.name} {path.name} MOUNTED {'RING' if ring else 'NORING'}")


def _mount_disk(ctx: Context, real: DiskDrive, name: str) -> None:
    if real.path is not None:
        raise CommandError(messages.ALREADY_MOUNTED.fill(device=real.name))
    path = _path(ctx, real, ctx.system.volumes.folder, name)
    if any(other.path is not None and other.path.samefile(path) for other in ctx.system.real.disks()):
        raise CommandError(messages.NOT_MOUNTED.fill(device=real.name, reason=f"{path.name} is on another drive"))
    real.mount(path, "")
    try:
        label = real.identify()
    except BaseException:
        real.unmount()
        raise
    real.volser = label if re.fullmatch("[A-Z0-9$#@]{1,6}", label) else ""
    ctx.say(f"{real.name} {path.name} MOUNTED {real.volser}".rstrip())


def _path(ctx: Context, real: RealDevice, folder: Path, name: str) -> Path:
    """The host file; CommandError when it may not be used."""
    given = Path(name)
    if given.is_absolute():
        if "A" not in ctx.classes:
            raise CommandError(messages.NOT_MOUNTED.fill(device=real.name, reason="an absolute path needs class A"))
        return given
    path = folder / given
    if not path.exists():  # people at a 3270 type capitals
        wanted = [each for each in folder.glob("*") if each.name.lower() == name.lower()]
        path = wanted[0] if len(wanted) == 1 else path
    if not path.resolve().is_relative_to(folder.resolve()):
        raise CommandError(messages.NOT_MOUNTED.fill(device=real.name, reason=f"{name} is not in {folder.name}"))
    return path


def unmount(ctx: Context, operands: Operands) -> None:
    """UNMount raddr: the drive is empty."""
    words = operands.words()
    real = real_device(ctx, real_address(words, MODULE), MODULE)
    if words:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=words[0]))
    if isinstance(real, TapeDrive):
        if real.tape is None:
            raise CommandError(messages.NO_TAPE.fill(device=real.name))
        virtual = _virtual(real)
        if virtual is not None:
            virtual.unmount()
        real.unmount()
    elif isinstance(real, DiskDrive):
        if real.of_system:
            raise CommandError(messages.DEVICE_ATTACHED.by(MODULE).fill(device=real.name, owner="SYSTEM"))
        if real.holder is not None:
            raise CommandError(messages.DEVICE_ATTACHED.by(MODULE).fill(device=real.name, owner=real.holder[0]))
        if real.path is None:
            raise CommandError(messages.NOT_READY.fill(device=real.name))
        ctx.system.real.forget(real)
        real.unmount()
    else:
        raise CommandError(messages.INVALID_DEVICE_TYPE.by(MODULE).fill(device_type=f"{real.raddr:03X}"))
    ctx.say(f"{real.name} UNMOUNTED")


def _virtual(real: RealDevice) -> VirtualTapeDrive | None:
    """The virtual drive of the user who has the real one."""
    attachment = real.attachment
    if attachment is None or attachment.vaddr is None or not isinstance(attachment.device, VirtualTapeDrive):
        return None
    return attachment.device
