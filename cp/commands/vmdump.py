"""VMDUMP: a dump for a program: a reader file of class V, in the format of images/vmdump.py.

The areas are whole pages; what stands in none of them is not in the dump.  The file's name is VMDUMP, its type what
FORMAT says.  `vm370 dump` shows such a file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands
from vm370.cp.commands.display import storage_end
from vm370.cp.commands.operand_forms import FLOATING_POINT, locations
from vm370.cp.s370.storage import BLOCK
from vm370.cp.spool import PUNCH, READER, Destination, Record, SpoolError
from vm370.images.cards import CARD_LENGTH
from vm370.images.vmdump import LONGEST_DESCRIPTION, PAGE, Page, VmDump, build

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

MODULE = "VMD"
MOST_AREAS = 3
OPERATOR = "OPERATOR"
"""Who gets dumps for SYSTEM."""
DUMP_CLASS = "V"
PUNCH_CARD = 0x01
TIMER = 0x50


def vmdump(ctx: Context, operands: Operands) -> None:
    """VMDUMP [range ...] [TO userid|*] [SYSTEM] [FORMAT vmtype] [DSS] [*dumpid]."""
    vm = ctx.vm
    text, description = _split(operands.text)
    words = text.upper().split()
    areas: list[tuple[int, int]] = []
    owner, kind, segments = vm.userid, "FILE", False
    while words:
        word = words.pop(0)
        if word == "TO":
            owner = _receiver(ctx, words.pop(0) if words else "")
        elif word == "SYSTEM":
            owner = OPERATOR
        elif word == "FORMAT":
            kind = words.pop(0) if words else ""
            if not 0 < len(kind) <= 8:
                raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=kind or word))
        elif word == "DSS":
            segments = True
        else:
            areas.append(locations(word, MODULE, storage_end(vm, word)))
    if len(areas) > MOST_AREAS:
        raise CommandError(messages.TOO_MANY_AREAS.fill(most=MOST_AREAS))
    if not areas and not segments:
        areas = [(0, vm.storage_size - 1)]
    if segments:
        areas += [(system.first, system.end - 1) for system in vm.segments.values()]
    made = build(dumped(vm, areas, kind, description))
    try:
        file = ctx.system.spool.create(PUNCH, vm.userid)
        for at in range(0, len(made), CARD_LENGTH):
            file.append(Record(PUNCH_CARD, made[at : at + CARD_LENGTH]))
        file.close(Destination(READER, owner, DUMP_CLASS, name="VMDUMP", type=kind))
    except SpoolError as error:
        raise CommandError(messages.SPOOL_ERROR.by(MODULE).fill(reason=str(error))) from error
    ctx.say("COMMAND COMPLETE")


def _split(text: str) -> tuple[str, str]:
    """Operands, and the *dumpid behind them; TO * is no dumpid."""
    before = ""
    for match in re.finditer(r"\S+", text):
        if match.group().startswith("*") and not (match.group() == "*" and before.upper() == "TO"):
            return text[: match.start()], text[match.start() + 1 :]
        before = match.group()
    return text, ""


def _receiver(ctx: Context, userid: str) -> str:
    if userid == "*":
        return ctx.vm.userid
    if not userid:
        raise CommandError(messages.USERID_MISSING.by(MODULE).fill())
    if ctx.system.directory.find(userid) is None:
        raise CommandError(messages.NOT_IN_DIRECTORY.by(MODULE).fill(userid=userid))
    return userid


def dumped(vm: VirtualMachine, areas: list[tuple[int, int]], kind: str, description: str) -> VmDump:
    """The machine as it is now."""
    cpu, storage = vm.cpu, vm.storage
    addresses = sorted({page for first, last in areas for page in range(first & -PAGE, last + 1, PAGE)})
    return VmDump(
        userid=vm.userid,
        psw=cpu.psw.to_bytes(),
        pages=tuple(
            Page(at, storage.key(at), storage.key(at + BLOCK), vm.tracing.original(at, storage.read(at, PAGE)))
            for at in addresses
            if storage.exists(at, PAGE)
        ),
        format=kind,
        tod=cpu.clocks.tod(),
        description=description[:LONGEST_DESCRIPTION],
        storage=vm.storage_size,
        general=tuple(cpu.gr),
        floating=tuple(cpu.fpr[number] for number in FLOATING_POINT),
        control=tuple(cpu.cr),
        cpu_timer=cpu.clocks.cpu_timer(),
        clock_comparator=cpu.clock_comparator,
        prefix=cpu.prefix,
        interval_timer=int.from_bytes(storage.read(TIMER, 4), "big"),
    )
