"""QUERY of spool files and of virtual unit record devices; called by the QUERY command.

query_files(ctx, operands)          QUERY FILES [CLass c]
query_queue(ctx, queue, operands)   QUERY Reader|Printer|PUnch [userid|SYSTEM] [ALL | CLass c | spoolid]
unit_record_lines(vm, vaddr)        QUERY VIRTUAL UR, QUERY VIRTUAL vaddr: one device
console_spool_lines(vm, vaddr, on)  QUERY VIRTUAL CONSOLE; ``on`` is its first line up to the real device
files_line(spool, userid)           the FILES: line of LOGON, or None when nothing is queued
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands import spool_operands as parse
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.spool.files import PRINTER, PUNCH, READER, STANDARD_FORM, SpoolFile
from vm370.cp.spool.store import Spool
from vm370.cp.spool.virtual import VirtualConsole, VirtualOutput, VirtualReader

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

MODULE = "CQG"
_BASIC = "FILE CLASS RECDS  CPY HOLD"
_ADDITIONAL = "   DATE  TIME    NAME    TYPE     DIST"


def files_line(spool: Spool, userid: str, spool_class: str | None = None, *, always: bool = True) -> str | None:
    """``FILES: nnn RDR, NO PRT, NO PUN``; None when there are none, unless ``always``."""
    counts = spool.counts(userid, spool_class)
    if not counts and not always:
        return None
    parts = (f"{counts[queue]:03}" if queue in counts else "NO" for queue in (READER, PRINTER, PUNCH))
    return "FILES: {} RDR, {} PRT, {} PUN".format(*parts)


@parse.spool_errors()
def query_files(ctx: Context, operands: Operands) -> None:
    """QUERY FILES."""
    words = operands.words()
    wanted = None
    if words:
        if not abbreviates(words[0], "CLass"):
            raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=words[0]))
        words.pop(0)
        wanted = parse.spool_class(words, MODULE)
    line = files_line(ctx.system.spool, ctx.vm.userid, wanted)
    assert line is not None
    ctx.say(line)


@parse.spool_errors()
def query_queue(ctx: Context, queue: str, operands: Operands) -> None:
    """QUERY READER, PRINTER or PUNCH; ``queue`` is RDR, PRT or PUN."""
    words = operands.words()
    owner: str | None = ctx.vm.userid
    named = False
    if words and "D" in ctx.classes and not _selects(words[0]):
        named = words[0] != "SYSTEM"
        word = words.pop(0)
        owner = parse.known_user(ctx, word, MODULE) if named else None
    which = parse.selector(words, MODULE) if words else None
    if words:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=words[0]))
    files, faults = parse.selected(ctx.system.spool.files(queue, owner), [which or parse.ALL], MODULE)
    if faults:
        raise CommandError(faults[0])
    if not files:
        ctx.say(f"NO {queue} FILES")
        return
    detailed = which is not None and which.spool_class is None
    ctx.say(f"{'ORIGINID' if named else 'OWNERID':<8} {_BASIC}{_ADDITIONAL if detailed else ''}")
    for file in files:
        ctx.say(_row(file, file.origin if named else file.owner, detailed))


def _selects(word: str) -> bool:
    return word == "ALL" or word.isdigit() or abbreviates(word, "CLass")


def _row(file: SpoolFile, userid: str, detailed: bool) -> str:
    row = (
        f"{userid:<8} {file.spoolid:04} {file.spool_class} {file.kind} {file.records:06} {file.copies:02}"
        f"  {file.hold_status:<4}"
    )
    if not detailed:
        return row.rstrip()
    name = f"{file.name:<8} {file.type:<8}" if len(file.name) <= 8 else f"{file.name[:20]:<17}"
    return f"{row}  {file.created:%m/%d %H:%M:%S} {name} {file.dist}".rstrip()


def unit_record_lines(vm: VirtualMachine, vaddr: int) -> list[str]:
    """What QUERY VIRTUAL shows of a reader, punch or printer, spooled or on a host file; empty for other devices."""
    device = vm.devices[vaddr]
    side = parse.spooling(device)
    ready = "READY" if device.ready else "NOTREADY"
    if isinstance(side, VirtualReader):
        eof = "EOF" if side.options.eof else "NOEOF"
        return [f"RDR  {vaddr:03X} CL {_class_cont_hold(side)} {eof:>5} {ready:>8}"]
    if side is None and device.host_file:
        return [f"{device.type.kind:<4} {vaddr:03X} FILE {device.host_file} {ready}"]
    if side is None or isinstance(side, VirtualConsole):
        return []
    return [f"{side.kind:<4} {vaddr:03X} CL {_output(side)} {ready:>8}", _destination(side, vaddr), *_kept(side, vaddr)]


def console_spool_lines(vm: VirtualMachine, vaddr: int, on: str) -> list[str]:
    """What QUERY VIRTUAL shows of the virtual console: ``on`` is ``CONS vaddr ON type raddr`` or the like."""
    side = parse.spooling(vm.devices[vaddr])
    if not isinstance(side, VirtualConsole):
        return [on]
    shown = "TERM" if side.shown else "NOTERM"
    ready = "READY" if vm.devices[vaddr].ready else "NOTREADY"
    return [
        f"{on}   {shown} {'START' if side.started else 'STOP'}",
        f"     {vaddr:03X} CL {_output(side)} {ready:>8}",
        _destination(side, vaddr),
        *_kept(side, vaddr),
    ]


def _class_cont_hold(side: VirtualReader | VirtualOutput) -> str:
    options = side.options
    cont, hold = "CONT" if options.cont else "NOCONT", "HOLD" if options.hold else "NOHOLD"
    return f"{options.spool_class} {cont:>6} {hold:>6}"


def _output(side: VirtualOutput) -> str:
    return f"{_class_cont_hold(side)} COPY {side.options.copies:02}"


def _destination(side: VirtualOutput, vaddr: int) -> str:
    to = "TO " if side.options.to else "FOR"
    return f"     {vaddr:03X} {to} {side.owner:<8} DIST {side.distribution(side.owner)}"


def _kept(side: VirtualOutput, vaddr: int) -> list[str]:
    """A line about KEEP and FORM, which Release 6 does not have, if one of them was set."""
    options = side.options
    if not options.keep and options.form == STANDARD_FORM:
        return []
    return [f"     {vaddr:03X} {'KEEP' if options.keep else 'NOKEEP'} FORM {options.form}"]
