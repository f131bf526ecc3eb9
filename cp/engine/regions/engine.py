"""The regions engine: the native interpreter, and machine code of its own for what is executed often.

``run`` and ``simulate`` are those of :mod:`vm370.cp.engine.native.interpreter`, with the same results to the
instruction, whether or not and whenever a region is there.  Code is translated in the background and installed when
native code has been left; while something is being made, native code is entered for a short piece at a time.

:class:`Regions` is an engine with its own way of translating: at once and from the second arrival for tests, in the
background from the 20,000th otherwise (the module's ``run``).  Without llvmlite all of it is the reference engine.
"""

from __future__ import annotations

from vm370.cp.engine import reference
from vm370.cp.engine.native import interpreter
from vm370.cp.engine.native.context import Context
from vm370.cp.engine.native.statistics import Statistics
from vm370.cp.engine.reference import simulate
from vm370.cp.engine.regions.installation import Installation
from vm370.cp.engine.regions.store import RegionStore
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import BudgetEnd, Interception, Waiting

__all__ = ["Regions", "available", "collect", "describe", "release", "run", "simulate"]

THRESHOLD = 20_000
"""Arrivals at a place that make it worth translating."""
PIECE = 200_000
"""Instructions executed at once while something is being made."""
available = interpreter.available


class Regions:
    """An engine.  ``synchronous``: what is hot is translated at once."""

    def __init__(
        self, threshold: int = THRESHOLD, *, synchronous: bool = False, store: RegionStore | None = None
    ) -> None:
        self.threshold = threshold
        self.synchronous = synchronous
        self.store = store if store is not None else RegionStore()

    def installation(self, cpu: Cpu) -> Installation:
        """What this CPU has of translated code."""
        context = interpreter.context_of(cpu)
        found = context.installation
        if not isinstance(found, Installation) or found.storage is not cpu.storage or found.store is not self.store:
            if isinstance(found, Installation):
                found.remove()
            found = context.installation = Installation(cpu, context, self.store, self.threshold, self.synchronous)
        return found

    def run(self, cpu: Cpu, budget: int) -> Interception:
        """Execute up to ``budget`` instructions."""
        if not interpreter.available():
            return reference.run(cpu, budget)
        if cpu.event:
            stop = reference.settle(cpu)
            if stop is not None:
                return stop
        if cpu.wait:
            return Waiting()
        installation = self.installation(cpu)
        begin = cpu.units
        while (left := begin + budget - cpu.units) > 0:
            installation.poll()
            if installation.waiting:
                left = min(left, PIECE)
            found = interpreter.piece(cpu, installation.context, left)
            if found is not None and not isinstance(found, BudgetEnd):
                return found
            if cpu.leaving:
                return interpreter.interrupted(cpu, installation.context, begin)
        return BudgetEnd()

    def simulate(self, cpu: Cpu) -> Interception | None:
        """Execute one instruction as if the real machine were in supervisor state."""
        return simulate(cpu)


DEFAULT = Regions()


def run(cpu: Cpu, budget: int) -> Interception:
    """Execute up to ``budget`` instructions."""
    return DEFAULT.run(cpu, budget)


def release(cpu: Cpu) -> None:
    """Another engine serves this CPU from now on."""
    context = cpu.native
    if isinstance(context, Context) and isinstance(context.installation, Installation):
        context.installation.remove()
        context.installation = None
    interpreter.release(cpu)


def collect() -> int:
    """Free code that no guest uses; while no guest is in an engine.  Number of regions freed."""
    return DEFAULT.store.collect()


def describe(cpu: Cpu, statistics: Statistics) -> None:
    """Fill in what the statistics of a CPU say of translated code: what it has, and what was made for all guests."""
    context, store = cpu.native, DEFAULT.store
    if isinstance(context, Context) and isinstance(context.installation, Installation):
        statistics.installed = context.installation.regions
    statistics.compiled, statistics.loaded = store.counts.compiled, store.counts.loaded
    statistics.compile_seconds, statistics.code_bytes = store.counts.seconds, store.code_bytes
