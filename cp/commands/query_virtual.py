"""QUERY VIRTUAL: the virtual machine's storage, channels and devices."""

from __future__ import annotations

from collections.abc import Callable

from vm370.cp import messages
from vm370.cp.commands import spool_queries
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.forms import Form
from vm370.cp.commands.vaddr import address, is_address
from vm370.cp.dialing import Dialed
from vm370.cp.io.channel import ChannelType
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.device import Device
from vm370.cp.io.display import DisplayStation
from vm370.cp.io.fba import FbaDisk
from vm370.cp.io.line import CommunicationLine
from vm370.cp.io.tape import TapeDrive
from vm370.cp.specialdevices import VirtualCtca

MODULE = "CQP"
UNIT_RECORD = ("RDR", "PUN", "PRT")


def query(ctx: Context, operands: Operands) -> None:
    """QUERY Virtual [ALL|CHANnels|CONsole|CTCA|DAsd|GRAF|LINES|STORage|TApes|UR|vaddr]."""
    word = operands.next("ALL")
    assert word is not None
    for name, form in FORMS:
        if abbreviates(word, name):
            form(ctx)
            return
    if not is_address(word):
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
    vaddr = address(word, MODULE)
    found = ctx.vm.devices.get(vaddr)
    if found is None:
        raise CommandError(messages.DEVICE_MISSING.by(MODULE).fill(vaddr=f"{vaddr:03X}"))
    _device(ctx, vaddr, found)


def _device(ctx: Context, vaddr: int, device: Device) -> None:
    """The lines of one device."""
    vm, kind = ctx.vm, device.type.kind
    if kind == "CONS":
        where = f"ON GRAF {vm.session.raddr:03X}" if vm.session else "DISCONNECTED"
        for line in spool_queries.console_spool_lines(vm, vaddr, f"CONS {vaddr:03X} {where}"):
            ctx.say(line)
    elif kind in UNIT_RECORD:
        for line in spool_queries.unit_record_lines(vm, vaddr):
            ctx.say(line)
    elif kind == "DASD":
        ctx.say(_disk(ctx, vaddr, device))
    else:
        ctx.say(f"{kind} {vaddr:03X} {_real(ctx, device) or _what(device)}".rstrip())


def _real(ctx: Context, device: Device) -> str:
    """``ON DEV raddr``: the real device that a virtual one stands for, or the terminal that dialed it."""
    for real in ctx.system.real.all():
        if real.attachment is not None and real.attachment.device is device:
            return f"ON DEV {real.raddr:03X}"
    behind: object = device.display if isinstance(device, DisplayStation) else None
    if isinstance(device, CommunicationLine):
        behind = device.terminal
    return f"ON DEV {behind.session.raddr:03X}" if isinstance(behind, Dialed) else ""


def _what(device: Device) -> str:
    """What a tape drive, line, display, adapter or timer is connected to."""
    match device:
        case VirtualCtca(peer=VirtualCtca() as other):
            return f"COUPLED TO {other.vm.userid} {other.vaddr:03X}"
        case VirtualCtca():
            return "NOT COUPLED"
        case TapeDrive():
            return "READY" if device.loaded else "NOT READY"
        case CommunicationLine():
            return "CONNECTED" if device.connected else "ENABLED" if device.enabled else "DISABLED"
        case DisplayStation():
            return "READY" if device.connected else "NOT READY"
    return "" if device.type.kind == "TIMR" else device.type.name


def _disk(ctx: Context, vaddr: int, device: Device) -> str:
    link = ctx.system.volumes.find(ctx.vm.userid, vaddr)
    volume = "(TEMP)" if device.temporary else "(FILE)" if device.host_file else ""
    if not volume and link is not None:
        volume = link.mdisk.volser
    access = "R/O" if device.read_only else "R/W"
    size = ""
    if isinstance(device, CkdDisk):
        size = f"{device.store.cylinders:4} CYL"
    elif isinstance(device, FbaDisk):
        size = f"{device.store.sectors:6} BLK"
    return f"DASD {vaddr:03X} {device.type.name:<4} {volume:<6} {access} {size}"


def _kinds(*kinds: str) -> Callable[[Context], None]:
    def form(ctx: Context) -> None:
        found = [(vaddr, d) for vaddr, d in sorted(ctx.vm.devices.items()) if d.type.kind in kinds]
        if not found:
            raise CommandError(messages.NO_SUCH_DEVICES.fill(kind=kinds[0]))
        for vaddr, each in found:
            _device(ctx, vaddr, each)

    return form


def _storage(ctx: Context) -> None:
    ctx.say(f"STORAGE = {ctx.vm.storage_size // 1024:05}K")


def _channels(ctx: Context) -> None:
    kind = "SEL" if ctx.vm.channels.type_of(1) is ChannelType.SELECTOR else "BMX"
    ctx.say(f"CHANNELS= {kind}")


def _all(ctx: Context) -> None:
    """In the manual's order: storage, lines, tapes, unit record, disks, displays, console, channels."""
    _storage(ctx)
    order = ("LINE", "TAPE", *UNIT_RECORD, "DASD", "GRAF", "CONS", "CTCA", "TIMR")
    for kind in order:
        for vaddr, device in sorted(ctx.vm.devices.items()):
            if device.type.kind == kind:
                _device(ctx, vaddr, device)
    _channels(ctx)


FORMS: list[tuple[str, Callable[[Context], None]]] = [
    ("ALL", _all),
    ("CHANnels", _channels),
    ("CONsole", _kinds("CONS")),
    ("CTCA", _kinds("CTCA")),
    ("DAsd", _kinds("DASD")),
    ("GRAF", _kinds("GRAF")),
    ("LINES", _kinds("LINE")),
    ("STORage", _storage),
    ("TApes", _kinds("TAPE")),
    ("UR", _kinds(*UNIT_RECORD)),
]


def _short(form: Callable[[Context], None]) -> Callable[[Context, Operands], None]:
    return lambda ctx, operands: form(ctx)


SHORT_FORMS = [
    Form(name, "G", _short(form), f"QUERY {name.upper()}", "that part of the configuration", hidden=True)
    for name, form in FORMS
]
"""QUERY DASD and the like without VIRTUAL; for class A and B some of them are about real devices."""
