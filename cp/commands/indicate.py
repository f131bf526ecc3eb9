"""INDICATE: how the system and a virtual machine are doing.

    INDICATE [LOAD]       CPU-nnn%  APU-000%  Q1-nn  Q2-nn  STORAGE-nnn%  RATIO-n.n
    INDICATE USER [userid|*]   pages, virtual and total time, SIO count, records (another user: class E)
    INDICATE QUEUES       who is in which queue (class E)
    INDICATE I/O          who waits for a device (class E)
    INDICATE PAGING [WAIT|ALL]   who waits for a page: nobody, the host does the paging (class E)

Q1 has the users whose machines wait for or just got console input, Q2 those that compute.  Residency is that of the
host; there is no paging of CP's own, so reads and writes are 0 and no storage is in demand beyond the machines'.
"""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.operand_forms import no_more
from vm370.cp.io.channel import NEVER

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

MODULE = "THI"
PAGE = 4096


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
    if analyst and abbreviates(word, "PAGing"):
        which = operands.next("WAIT")
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
        ctx.say("NO USERS IN PAGEWAIT")
    else:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))


def _load(ctx: Context) -> None:
    system = ctx.system
    elapsed = max(system.clock.monotonic() - system.started_at, 1e-3)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = min(round(100 * (usage.ru_utime + usage.ru_stime) / elapsed), 100)
    machines = list(system.users.values())
    busy = [vm for vm in machines if vm.runnable]
    interactive = [vm for vm in machines if vm not in busy and vm.may_run]
    ctx.say(f"CPU-{cpu:03}%  APU-000%  Q1-{len(interactive):02}  Q2-{len(busy):02}  STORAGE-000%  RATIO-1.0")


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
    pages = vm.storage_size // PAGE
    ctx.say(f"PAGES: RES-{pages:04} WS-{pages:04} READS={0:06} WRITES={0:06} MH-0000 FH-0000")
    times = f"VTIME={virtual // 60:03}:{virtual % 60:02} TTIME={total // 60:03}:{total % 60:02}"
    ctx.say(f"{times} SIO={vm.counters.start_ios:06} {_records(vm)}")


def _records(vm: VirtualMachine) -> str:
    counts = {"RDR": 0, "PRT": 0, "PUN": 0}
    for file in vm.system.spool.files(None, vm.userid):
        counts[file.queue] += file.records
    return f"RDR-{counts['RDR']:06} PRT-{counts['PRT']:06} PCH-{counts['PUN']:06}"


def _queues(ctx: Context) -> None:
    for vm in ctx.system.users.values():
        if vm.may_run:
            pages = vm.storage_size // PAGE
            ctx.say(f"{vm.userid:<8} {'Q2' if vm.runnable else 'Q1'}   {pages:03}/{pages:03}")


def _devices(ctx: Context) -> None:
    """Machines that wait while a device of theirs is at work."""
    waiting = [vm.userid for vm in ctx.system.users.values() if vm.cpu.wait and vm.channels.due != NEVER]
    for userid in waiting:
        ctx.say(userid)
    if not waiting:
        ctx.say("NO USERS IN I/O WAIT")
