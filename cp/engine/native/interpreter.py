"""The interpreter engine: native code as long as it goes, the reference engine for what is rare.

``run`` and ``simulate`` are those of :mod:`vm370.cp.engine.reference`, with the same results to the instruction; only
``cpu.ilc`` may differ where no interruption can show it (BudgetEnd, MaskChanged, Waiting).  ``run`` enters native code,
which returns for one of the reasons in context.py; what it does not do itself, the reference engine does for one
instruction.  With PER all is left to the reference engine.  With ``cpu.floor`` set ``run`` ends as if the budget were
used up, after one instruction at least.

Without llvmlite, or if it cannot compile, ``run`` is the reference engine's; that is said once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from vm370.cp.engine import reference
from vm370.cp.engine.native.context import ATTENTION, BUDGET, CALL, HOT, KEYS, PURGE, REASONS, STEP, TRAP, Context
from vm370.cp.engine.reference import simulate
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import BudgetEnd, Interception, MaskChanged, SupervisorCall, Waiting

__all__ = ["available", "run", "simulate"]

PIECE = 1000
"""Instructions that the reference engine executes at once where native code cannot be used."""
_log = logging.getLogger(__name__)
_enter: Callable[[int], int] | None = None
_failed = False


def available() -> bool:
    """Native code can be used in this process; the first call makes or loads it."""
    global _enter, _failed
    if _enter is None and not _failed:
        try:
            from vm370.cp.engine.native import compiler

            _enter = compiler.interpreter()
        except (ImportError, OSError, RuntimeError) as error:
            _failed = True
            _log.warning("native code is not available (%s): instructions are executed by the reference engine", error)
    return _enter is not None


def run(cpu: Cpu, budget: int) -> Interception:
    """Execute up to ``budget`` instructions."""
    if _enter is None and not available():
        return reference.run(cpu, budget)
    if cpu.event:
        stop = reference.settle(cpu)
        if stop is not None:
            return stop
    if cpu.wait:
        return Waiting()
    context = context_of(cpu)
    begin = cpu.units
    while (left := begin + budget - cpu.units) > 0:
        stop = piece(cpu, context, left)
        if stop is not None and not isinstance(stop, BudgetEnd):
            return stop
        if cpu.leaving:
            return interrupted(cpu, context, begin)
    return BudgetEnd()


def interrupted(cpu: Cpu, context: Context, begin: int) -> Interception:
    """The end of a run that was interrupted; if nothing was executed since ``begin``, one instruction is."""
    return BudgetEnd() if cpu.units != begin else _reference(cpu, context, 1)


def piece(cpu: Cpu, context: Context, budget: int) -> Interception | None:
    """Execute something, up to ``budget`` instructions; None or BudgetEnd if there may be more."""
    if cpu.per:
        return _reference(cpu, context, min(budget, PIECE))
    stop = _native(cpu, context, budget)
    return MaskChanged() if stop is None and cpu.per else stop


def _reference(cpu: Cpu, context: Context, budget: int) -> Interception:
    before = cpu.instructions
    stop = reference.run(cpu, budget)
    context.statistics.reference += cpu.instructions - before
    return stop


def context_of(cpu: Cpu) -> Context:
    """What native code works with for this CPU; from now on the CPU keeps it informed."""
    context = cpu.native
    if not isinstance(context, Context):
        context = Context(cpu)
    if context.storage is not cpu.storage:
        context.attach(cpu.storage)
    return context


def release(cpu: Cpu) -> None:
    """Another engine serves this CPU from now on."""
    if isinstance(cpu.native, Context):
        cpu.native.detach()


def _native(cpu: Cpu, context: Context, budget: int) -> Interception | None:
    """Enter native code once and do what it asks for."""
    assert _enter is not None
    context.mode_changed = 0
    context.budget = budget
    repeats, translated = cpu.repeats, context.region_instructions
    reason = _enter(context.address)
    left = context.budget
    cpu.instructions += budget - left
    translated = context.region_instructions - translated
    statistics = context.statistics
    statistics.entries += 1
    statistics.exits[REASONS[reason]] += 1
    statistics.regions += translated
    statistics.interpreter += budget - left - (cpu.repeats - repeats) - translated
    if context.mode_changed:
        cpu.access_changed()
    if reason == BUDGET:
        return None
    if reason == HOT:
        if context.hot is not None:
            context.hot()
        return None
    if reason == STEP:
        statistics.steps[context.instruction(cpu.ia)] += 1
        return _reference(cpu, context, 1) if left else None
    if reason == CALL:
        return SupervisorCall(context.code)
    if reason == TRAP:
        cpu.trap(context.code)
    elif reason == KEYS:
        context.key_changed(context.key_block)
        return None
    elif reason == PURGE:
        cpu.purge_translations()
        if context.code:
            cpu.reconsider()
    elif reason == ATTENTION:
        cpu.host_attention()
    else:
        cpu.reconsider()
    return reference.settle(cpu)
