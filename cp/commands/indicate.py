"""INDICATE: how the system and its virtual machines are doing.

    INDICATE [LOAD]       CPU-nnn%  APU-000%  Q1-nn  Q2-nn  STORAGE-nnn%  RATIO-n.n
    INDICATE USER [userid|*]   pages, virtual and total time, SIO count, cards and lines spooled (another user: class E)
    INDICATE QUEUES       who is in which queue, in order of service: userid Qn status resident/working set (class E)
    INDICATE I/O          who waits for a device, and for which (class E)
    INDICATE PAGING [WAIT|ALL]   who waits for a page, or has pages: drum:disk (class E)
    INDICATE FAVORED      who is favored, and with how many percent (class E)

CPU is measured over the last ten seconds (load.py), of all CPUs that guests may use; STORAGE is the part of the storage
for working sets that those in queue have; RATIO is (in queue + eligible) / in queue.  Pages are those that the host has
in its storage.  The host does the paging: reads and writes of CP are 0, and nobody is ever seen waiting for a page.
Page counts in QUEUES are hexadecimal.  The status is RU (being served or next), IO (an SIO is not finished), EL
(eligible).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.operand_forms import no_more
from vm370.cp.io.channel import NEVER
from vm370.cp.scheduler import Queue

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

MODULE = "THI"
DEVICES_PER_LINE, QUEUED_PER_LINE = 5, 3


def indicate(ctx: Context, operands: Operands) -> None:
    """INDicate."""
    word = operands.next("LOAD")
    assert word is not None
    analyst = "E" in ctx.classes
    if abbreviates(word, "USER"):
        userid = operands.next("*")
        no_more(operands.next(), MODULE)
        _user(ctx, userid)
        return
    which = "WAIT"
    if analyst and abbreviates(word, "PAGing"):
        which = operands.next("WAIT") or ""
        if which not in ("WAIT", "ALL"):
            raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=which))
    no_more(operands.next(), MODULE)
    if abbreviates(word, "LOAD"):
        _load(ctx)
    elif analyst and abbreviates(word, "QUEues"):
        _queues(ctx)
    elif analyst and word == "I/O":
        _devices(ctx)
    elif analyst and abbreviates(word, "PAGing"):
        _paging(ctx, which)
    elif analyst and abbreviates(word, "FAVored"):
        _favored(ctx)
    else:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))


def _load(ctx: Context) -> None:
    scheduler = ctx.system.scheduler
    scheduler.settle()
    counts = scheduler.counts
    queued = counts[Queue.Q1] + counts[Queue.Q2]
    ratio = (queued + counts[Queue.E1] + counts[Queue.E2]) / queued if queued else 1.0
    storage = min(round(100 * scheduler.pages_queued / max(scheduler.most_pages, 1)), 999)
    ctx.say(
        f"CPU-{ctx.system.load.cpu_percent():03}%  APU-000%  Q1-{counts[Queue.Q1]:02}  Q2-{counts[Queue.Q2]:02}  "
        f"STORAGE-{storage:03}%  RATIO-{ratio:.1f}"
    )


def _user(ctx: Context, userid: str | None) -> None:
    vm = ctx.vm
    if userid not in (None, "*", vm.userid):
        if "E" not in ctx.classes:
            raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=userid))
        other = ctx.system.user(str(userid))
        if other is None:
            raise CommandError(messages.NOT_LOGGED_ON.by(MODULE).fill(userid=userid))
        vm = other
    virtual, total = (microseconds // 1_000_000 for microseconds in vm.times())
    pages = ctx.system.scheduler.working_set(vm)
    ctx.say(f"PAGES: RES-{pages:04} WS-{pages:04} READS={0:06} WRITES={0:06} MH-0000 FH-0000")
    times = f"VTIME={virtual // 60:03}:{virtual % 60:02} TTIME={total // 60:03}:{total % 60:02}"
    ctx.say(f"{times} SIO={vm.counters.start_ios:06} {_records(vm)}")


def _records(vm: VirtualMachine) -> str:
    used = vm.system.accounting.since_logon(vm)
    return f"RDR-{used['read']:06} PRT-{used['printed']:06} PCH-{used['punched']:06}"


def _queues(ctx: Context) -> None:
    scheduler = ctx.system.scheduler
    scheduler.settle()
    entries = []
    for member in scheduler.queued():
        pages = scheduler.working_set(member.vm)
        status = "EL" if not member.in_queue else "IO" if member.vm.channels.due != NEVER else "RU"
        entries.append(f"{member.vm.userid:<8} {member.queue.value} {status} {pages:03X}/{pages:03X}")
    _say_in_columns(ctx, entries, QUEUED_PER_LINE)


def _devices(ctx: Context) -> None:
    """Machines that wait while a device of theirs is at work."""
    waiting = []
    for member in ctx.system.scheduler.queued():
        channels = member.vm.channels
        if member.vm.cpu.wait and channels.due != NEVER:
            busy = [address for address in member.vm.devices if channels.busy(address)]
            waiting.append(f"{member.vm.userid:<8} {busy[-1] if busy else 0:03X}")
    _say_in_columns(ctx, waiting, DEVICES_PER_LINE)
    if not waiting:
        ctx.say("NO USERS IN I/O WAIT")


def _paging(ctx: Context, which: str) -> None:
    """The drum and the disks of the host's paging are not CP's: no pages there."""
    if which == "WAIT":
        ctx.say("NO USERS IN PAGEWAIT")
        return
    entries = [f"{vm.userid:<8} 000:000" for vm in ctx.system.users.values()]
    _say_in_columns(ctx, ["SYSTEM   000:000", *entries], QUEUED_PER_LINE)


def _favored(ctx: Context) -> None:
    favored = [
        f"{member.vm.userid:<8} {f'{member.policy.percent:03}%' if member.policy.percent is not None else '    '}"
        for member in ctx.system.scheduler.members.values()
        if member.policy.favored
    ]
    _say_in_columns(ctx, favored, DEVICES_PER_LINE)
    if not favored:
        ctx.say("NO USERS FAVORED")


def _say_in_columns(ctx: Context, entries: Sequence[str], per_line: int) -> None:
    for at in range(0, len(entries), per_line):
        ctx.say("  ".join(entries[at : at + per_line]).rstrip())
