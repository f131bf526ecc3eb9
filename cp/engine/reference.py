"""The reference engine: instruction definitions run by CPython as they stand.

``run(cpu, budget)`` executes at most ``budget`` instructions and says why it stopped.  Budgets are exact: a run cut
into pieces at any places gives the same states as the same run in one piece.  An attempted instruction counts, one that
ends in a program interruption included; one that is trapped (PrivilegedOperation) does not, since it is not executed.
Of an interruptible instruction (MVCL, CLCL) each unit of operation takes one from the budget: a run can end, and an
interruption be presented, in the middle of it; the instruction address is then still its own.  ``cpu.instructions``
counts it once, when it ends.  With ``cpu.floor`` set it ends early, after CHUNK instructions.

``simulate(cpu)`` executes the one instruction at the instruction address as if the real machine were in supervisor
state: the control program does so with a privileged instruction that has trapped.

A run begins and ends at an instruction boundary; between two instructions ``cpu.event`` says that something besides the
next instruction may have to happen, and :func:`settle` decides what.
"""

from __future__ import annotations

from collections.abc import Iterator

from vm370.cp.s370.cpu import ATTENTION, REPEATED, Cpu
from vm370.cp.s370.decoder import DECODED
from vm370.cp.s370.interceptions import (
    BudgetEnd,
    Interception,
    InvalidPsw,
    MaskChanged,
    PrivilegedOperation,
    ProgramInterruption,
    Waiting,
)
from vm370.cp.s370.interruptions import (
    PAGE_TRANSLATION,
    PER_EVENT,
    SEGMENT_TRANSLATION,
    SPECIFICATION,
    ProgramCheck,
    program_interruption,
)
from vm370.cp.s370.per import Watch
from vm370.cp.s370.traps import TRAP_CONTROL, TRAP_PRIVILEGED, TRAP_PROGRAM, Leave

_SLOW = bytes(1 if offset & 1 or offset > 2042 else 0 for offset in range(2048))
"""By offset in a block: the instruction is at an odd address, or may go beyond the block."""


CHUNK = 100
"""Instructions executed between two looks at ``cpu.floor``."""


def run(cpu: Cpu, budget: int) -> Interception:
    """Execute up to ``budget`` instructions."""
    if cpu.event:
        stop = settle(cpu)
        if stop is not None:
            return stop
    if cpu.wait:
        return Waiting()
    if budget <= 0:
        return BudgetEnd()
    while True:
        stop = _chunk(cpu, min(budget, CHUNK))
        budget -= CHUNK
        if budget <= 0 or not isinstance(stop, BudgetEnd) or cpu.leaving:
            return stop


def simulate(cpu: Cpu) -> Interception | None:
    """Execute one instruction without trapping privileged ones; None if only the next instruction follows."""
    saved = cpu.trap_mask
    cpu.trap_mask = saved & ~TRAP_PRIVILEGED
    try:
        stop = run(cpu, 1)
    finally:
        cpu.trap_mask = saved
    return None if isinstance(stop, BudgetEnd) else stop


def _chunk(cpu: Cpu, budget: int) -> Interception:
    ticks = cpu.start_counting(budget)
    try:
        while True:
            stop = _run_with_per(cpu, ticks) if cpu.per else _run(cpu, ticks)
            if stop is not None:
                return stop
    finally:
        cpu.stop_counting()


def _run(cpu: Cpu, ticks: Iterator[int]) -> Interception | None:
    """The hot loop.  When PER is switched on it ends, since all goes on much slower from there."""
    memory = cpu.memory
    decoded = DECODED
    slow = _SLOW
    last = 0
    for _ in ticks:
        ia = cpu.ia
        try:
            quick = not slow[ia & 2047] and cpu.fast_keys[ia >> 11] & 13 == 4
            code = memory[ia : ia + 6] if quick else _fetch(cpu, ia)
            run, length, ilc = decoded[code]
            cpu.ia = ia + length & 0xFFFFFF
            if ilc != last:
                cpu.ilc = last = ilc
            run(cpu)
        except ProgramCheck as check:
            stop = _program_check(cpu, ia, check.code)
            if stop is not None:
                return stop
            last = 0
        except Leave as leave:
            return _leave(cpu, ia, leave)
        if cpu.event:
            if cpu.event & REPEATED:
                cpu.event &= ~REPEATED
                cpu.ia = ia
            stop = settle(cpu) if cpu.event else None
            if stop is not None:
                return stop
            if cpu.per:
                return MaskChanged()
            last = 0
    return BudgetEnd()


def _run_with_per(cpu: Cpu, ticks: Iterator[int]) -> Interception | None:
    """One instruction at a time, looking for program events; None when PER was switched off."""
    for _ in ticks:
        ia = cpu.ia
        try:
            _step_with_per(cpu, ia)
        except ProgramCheck as check:
            stop = _program_check(cpu, ia, check.code)
            if stop is not None:
                return stop
        except Leave as leave:
            return _leave(cpu, ia, leave)
        if cpu.event:
            stop = settle(cpu)
            if stop is not None:
                return stop
            if not cpu.per:
                return None
    return BudgetEnd()


def _step_with_per(cpu: Cpu, ia: int) -> None:
    """Execute the instruction at ``ia``; its program events become part of a program interruption."""
    code = _fetch(cpu, ia)
    watch = Watch(cpu)
    watch.fetched(ia)
    cpu.per_address = ia
    run, length, ilc = DECODED[code]
    cpu.ia = ia + length & 0xFFFFFF
    cpu.ilc = cpu.per_ilc = ilc
    try:
        with watch:
            run(cpu)
        if cpu.event & REPEATED:
            cpu.event &= ~REPEATED
            cpu.ia = ia
    except ProgramCheck as check:
        if watch.events:
            cpu.per_code = watch.events << 12
            raise ProgramCheck(check.code | PER_EVENT) from check
        raise
    except Leave as leave:
        if watch.events and not isinstance(leave.interception, PrivilegedOperation):
            cpu.per_code = watch.events << 12
            cpu.trap(PER_EVENT)
        raise
    if watch.events:
        cpu.per_code = watch.events << 12
        cpu.trap(cpu.trapped | PER_EVENT)


def _fetch(cpu: Cpu, ia: int) -> bytes:
    """The instruction at ``ia`` by the long way.  Its length is not known after an access exception: ILC 2 is shown."""
    try:
        return cpu.fetch_instruction(ia)
    except ProgramCheck:
        cpu.ilc = 2
        cpu.ia = ia + 4 & 0xFFFFFF
        raise


def _leave(cpu: Cpu, ia: int, leave: Leave) -> Interception:
    if isinstance(leave.interception, PrivilegedOperation):
        cpu.ia = ia
        cpu.not_executed()
    return leave.interception


def _program_check(cpu: Cpu, ia: int, code: int) -> Interception | None:
    """A program exception of the instruction at ``ia``; translation exceptions nullify it."""
    if code & ~PER_EVENT in (SEGMENT_TRANSLATION, PAGE_TRANSLATION):
        cpu.ia = ia
    return _program_interruption(cpu, code)


def _program_interruption(cpu: Cpu, code: int) -> Interception | None:
    if cpu.trap_mask & TRAP_PROGRAM:
        return ProgramInterruption(code)
    program_interruption(cpu, code)
    return None


def settle(cpu: Cpu) -> Interception | None:
    """Between two instructions: what has to be done before the next one."""
    while cpu.event:
        event, cpu.event = cpu.event, 0
        if cpu.trapped:
            code, cpu.trapped = cpu.trapped, 0
            cpu.event = event
            if code == PER_EVENT and cpu.invalid_psw:
                code |= SPECIFICATION
            elif code == PER_EVENT:
                cpu.ilc = cpu.per_ilc  # SVC or LPSW has brought another PSW since
            stop = _program_interruption(cpu, code)
            if stop is not None:
                return stop
        elif cpu.invalid_psw:
            if cpu.trap_mask & (TRAP_PROGRAM | TRAP_CONTROL):  # of a virtual machine, assisted or not
                cpu.event = event
                return InvalidPsw()
            program_interruption(cpu, SPECIFICATION)
            if cpu.invalid_psw:  # the program new PSW is refused too: it would go on for ever
                return InvalidPsw()
        elif event & ATTENTION or cpu.pending & cpu.system_mask:
            return MaskChanged()
        elif cpu.wait:
            return Waiting()
    return None
