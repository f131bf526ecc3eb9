"""QUERY of class A, B, D and E: real devices, volumes, storage, and what this system has no use for."""

# ruff: noqa: E501 (the table has one line for each form)

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from vm370.cp import messages
from vm370.cp.commands import spool_operands as parse
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.forms import Form
from vm370.cp.commands.operand_forms import no_more
from vm370.cp.commands.real_operands import for_each, is_range, real_device
from vm370.cp.commands.vaddr import is_address
from vm370.cp.real import RealDevice
from vm370.cp.real.dasd import DiskDrive
from vm370.cp.real.printer import RealPrinter
from vm370.cp.real.tape import TapeDrive
from vm370.images.cpvolume import CpVolume
from vm370.images.errors import BadImage, ImageError
from vm370.images.opening import open_image
from vm370.images.stores import TrackStore

MODULE = "CQR"
PER_LINE = 4
STATES: list[tuple[str, Callable[[RealDevice], bool]]] = [
    ("ACTive", lambda real: real.online and not real.free),
    ("OFFline", lambda real: not real.online),
    ("FREE", lambda real: real.free),
    ("ATTach", lambda real: real.holder is not None),
    ("ALL", lambda real: True),
]


def show(ctx: Context, real: RealDevice) -> None:
    """The line of one device."""
    more = ""
    if isinstance(real, TapeDrive) and real.path is not None:
        more = f"   {real.path.name} {'RING' if real.ring else 'NORING'}"
    elif isinstance(real, DiskDrive) and real.path is not None and not real.of_system:
        more = f"   {real.volser or real.path.name}"
    elif isinstance(real, RealPrinter) and (real.fcb or real.ucs) and real.active is None:
        more = "".join(f"   {kind} {name}" for kind, name in (("FCB", real.fcb), ("UCS", real.ucs)) if name)
    ctx.say(f"{real.name} {real.status}{more}".rstrip())


def query_raddr(ctx: Context, word: str) -> bool:
    """QUERY raddr of class A and B; False when the word is no real address."""
    if not set("AB") & set(ctx.classes) or not is_address(word):
        return False
    show(ctx, real_device(ctx, int(word, 16), MODULE))
    return True


def _devices(*kinds: str) -> Callable[[Context, Operands], None]:
    def form(ctx: Context, operands: Operands) -> None:
        word = operands.next("ACTIVE")
        assert word is not None
        if is_range(word):
            words = [word, *operands.words()]
            for_each(ctx, words, MODULE, lambda real: _one_of(ctx, real, kinds))
            return
        chosen = next(((name, test) for name, test in STATES if abbreviates(word, name)), None)
        if chosen is None:
            raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
        name, test = chosen
        found = [real for real in ctx.system.real.all(*kinds) if test(real)]
        if not found:
            ctx.say(f"{_title(kinds)} {name.upper()} NONE")
        elif name in ("FREE", "OFFline"):
            names = [f"{real.name} {name.upper()}" for real in found]
            for at in range(0, len(names), PER_LINE):
                ctx.say(", ".join(names[at : at + PER_LINE]))
        else:
            for real in found:
                show(ctx, real)

    return form


def _one_of(ctx: Context, real: RealDevice, kinds: tuple[str, ...]) -> None:
    """The line of a device, if it is of one of these kinds."""
    if kinds and real.type.kind not in kinds:
        raise CommandError(messages.INVALID_DEVICE_TYPE.by(MODULE).fill(device_type=f"{real.raddr:03X}"))
    show(ctx, real)


def _title(kinds: tuple[str, ...]) -> str:
    return "UR" if "PRT" in kinds else kinds[0] if kinds else "DEVICES"


def _storage(ctx: Context, operands: Operands) -> None:
    """Storage of the host."""
    ctx.say(f"STORAGE = {os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') // 1024:05}K")


def _system(ctx: Context, operands: Operands) -> None:
    """QUERY SYSTEM raddr: who uses minidisks of a volume."""
    word = operands.next()
    if not is_address(word):
        raise CommandError(messages.RADDR_MISSING.by(MODULE).fill())
    assert word is not None
    real = real_device(ctx, int(word, 16), MODULE)
    if not isinstance(real, DiskDrive) or not real.of_system:
        raise CommandError(messages.NOT_ATTACHED_TO.by(MODULE).fill(device=real.name, owner="SYSTEM"))
    users = [f"{link.userid:<8} {link.vaddr:03X} {link.access}" for link in ctx.system.volumes.links_of(real.volser)]
    if not users:
        ctx.say(f"NO USERS ON {real.name}")
    for at in range(0, len(users), PER_LINE):
        ctx.say(", ".join(users[at : at + PER_LINE]))


def _alloc(ctx: Context, operands: Operands) -> None:
    """QUERY ALLOC [DRCT|TDSK|TEMP|PERM|MAP]: the allocation maps of volumes that CP's format program made."""
    word = operands.next("MAP")
    assert word is not None
    kinds = {"DRCT": ("DRCT",), "TDSK": ("TDSK",), "TEMP": ("TEMP",), "PERM": ("PERM",), "MAP": None}
    if word not in kinds:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
    wanted = kinds[word]
    rows = []
    for drive in ctx.system.real.disks():
        if drive.path is None or not drive.of_system:
            continue
        for area in _areas(ctx, drive):
            if wanted is None or area.kind in wanted:
                rows.append(f"{drive.volser:<6} {drive.raddr:03X}  {area.first:04}-{area.last:04} {area.kind}")
    if not rows:
        ctx.say(f"NO {'CP-FORMATTED' if wanted is None else word} SPACE ON THE VOLUMES OF THIS SYSTEM")
        return
    ctx.say("VOLSER UNIT RANGE     TYPE")
    for row in rows:
        ctx.say(row)


def _areas(ctx: Context, drive: DiskDrive) -> Any:
    assert drive.path is not None
    image = ctx.system.volumes.opened(drive.volser)
    close = image is None
    try:
        image = image or open_image(drive.path, read_only=True)
        try:
            return CpVolume.open(image, drive.volser).areas if isinstance(image, TrackStore) else ()
        except BadImage:
            return ()
        finally:
            if close:
                image.close()
    except ImageError:
        return ()


def _tdsk(ctx: Context, operands: Operands) -> None:
    """QUERY TDSK: temporary disks, in host files without a name."""
    links = ctx.system.volumes.temporary_links()
    if not links:
        ctx.say("NO TDSK SPACE IN USE")
    for link in links:
        unit = "BLK" if link.mdisk.device_type == "FB-512" else "CYL"
        ctx.say(f"{link.userid:<8} {link.vaddr:03X} {link.mdisk.device_type:<6} {link.mdisk.size:06} {unit}")


def _dump(ctx: Context, operands: Operands) -> None:
    ctx.say("DUMP UNIT NONE; FAULTS OF CP ARE WRITTEN TO THE LOG OF THE HOME")


@parse.spool_errors()
def _hold(ctx: Context, operands: Operands) -> None:
    """QUERY HOLD: whose output waits."""
    holds = ctx.system.spool.holds()
    if not holds:
        ctx.say("NO USERS IN HOLD STATUS")
    names = [f"{owner or 'SYSTEM':<8} - {queue}" for queue, owner in holds]
    for at in range(0, len(names), PER_LINE):
        ctx.say(", ".join(names[at : at + PER_LINE]))


def _cpuid(ctx: Context, operands: Operands) -> None:
    no_more(operands.peek(), MODULE)
    ctx.say(f"CPUID = {ctx.vm.cpu_id:016X}")


_STATES = "[ACTIVE|OFFLINE|FREE|ATTACH|ALL|raddr|raddr-raddr ...]"

# fmt: off
QUERIES: list[Form] = [
    Form("ALL",      "AB",  _devices(),                     f"QUERY ALL {_STATES}", "all real devices"),
    Form("ALLOC",    "ABE", _alloc,                         "QUERY ALLOC [DRCT|TDSK|TEMP|PERM|MAP]", "space on volumes formatted for CP"),
    Form("CPUid",    "ABE", _cpuid,                         "QUERY CPUID", "the processor's identification, as STIDP has it"),
    Form("DAsd",     "AB",  _devices("DASD"),               f"QUERY DASD {_STATES}", "real disk drives and volumes"),
    Form("DUMP",     "AB",  _dump,                          "QUERY DUMP", "where a dump of CP goes"),
    Form("GRAF",     "AB",  _devices("GRAF"),               f"QUERY GRAF {_STATES}", "real terminals"),
    Form("HOld",     "D",   _hold,                          "QUERY HOLD", "whose printer and punch files wait (HOLD)"),
    Form("LINES",    "AB",  _devices("LINE"),               f"QUERY LINES {_STATES}", "real communication lines"),
    Form("STORage",  "AB",  _storage,                       "QUERY STORAGE", "storage of the host"),
    Form("SYStem",   "B",   _system,                        "QUERY SYSTEM raddr", "who uses minidisks of a volume"),
    Form("TApes",    "AB",  _devices("TAPE"),               f"QUERY TAPES {_STATES}", "real tape drives and tapes"),
    Form("TDsk",     "AB",  _tdsk,                          "QUERY TDSK", "temporary disks"),
    Form("UR",       "ABD", _devices("RDR", "PUN", "PRT"),  f"QUERY UR {_STATES}", "real printers, punches and the reader"),
]
# fmt: on
"""Rows of QUERY; they come before those of class G, as real devices do for an operator."""
