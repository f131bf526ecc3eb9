"""Regions of one instruction, each executed as soon as it is there: for cases that test single instructions.

A case is prepared twice.  The first run, in the native interpreter, shows which blocks are accessed; the second begins
with their reference and change bits on, so that the region can do the accesses itself.  Many regions are compiled as
one module.
"""

from __future__ import annotations

from vm370.cp.engine.native import interpreter
from vm370.cp.engine.native.values import NotCompilable
from vm370.cp.engine.regions.assembly import QUICK, Region
from vm370.cp.engine.regions.code import Code
from vm370.cp.engine.regions.engine import Regions
from vm370.cp.engine.regions.installation import NEVER
from vm370.cp.engine.regions.region import Plan, Wish, translate
from vm370.cp.engine.regions.store import RegionStore
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import Interception
from vm370.cp.s370.interruptions import ProgramCheck
from vm370.cp.s370.storage import ABSENT, CHANGE, REFERENCE

BATCH = 100
"""Regions in one module."""
ALL = frozenset(range(16))
Accesses = list[tuple[int, int, bool]]
"""(logical block, absolute block, stores)."""


class SingleInstructions:
    """Makes and runs regions of one instruction."""

    def __init__(self) -> None:
        self.engine = Regions(NEVER, store=RegionStore(cached=False))
        self._plans: dict[str, tuple[Wish, Region | None]] = {}
        self._texts: dict[str, tuple[Plan, str]] = {}
        self.executed = 0
        """How many instructions were executed in regions."""

    def plan(self, cpu: Cpu) -> str | None:
        """Name of the region for the next instruction, which ``compile`` will make; None if it is not translated."""

        def block(number: int) -> bytes | None:
            try:
                absolute = cpu.absolute(number << 11)
            except ProgramCheck:
                return None
            if cpu.storage.keys[absolute >> 11] & ABSENT:
                return None
            return cpu.storage.memory[absolute : absolute + 2048]

        code = Code.around(cpu.ia, [], block, 1)
        wish = Wish(code, ((cpu.ia, tuple(cpu.gr)),), ALL, limit=1, inline=True)
        try:
            plan, text = translate(wish)
        except NotCompilable:
            return None
        if plan.name not in self._plans:
            self._plans[plan.name] = wish, None
            self._texts[plan.name] = plan, text
        return plan.name

    def compile(self) -> None:
        """Make all regions that were planned."""
        waiting = list(self._texts.values())
        self._texts.clear()
        for start in range(0, len(waiting), BATCH):
            part = waiting[start : start + BATCH]
            for region in self.engine.store.add_all([plan for plan, _ in part], [text for _, text in part], QUICK):
                wish, _ = self._plans[region.plan.name]
                self._plans[region.plan.name] = wish, region

    def observe(self, cpu: Cpu, budget: int) -> tuple[Interception, Accesses]:
        """Run in the native interpreter; which blocks were accessed by the map that was current at the beginning."""
        context = interpreter.context_of(cpu)
        initial = context.current
        stop = interpreter.run(cpu, budget)
        return stop, [(logical, absolute, initial.stores(logical)) for logical, absolute in initial.filled.items()]

    def run(self, cpu: Cpu, name: str, accesses: Accesses, budget: int) -> Interception:
        """Run with the region for the first instruction."""
        wish, region = self._plans[name]
        assert region is not None
        installation = self.engine.installation(cpu)
        context = installation.context
        self._admit(cpu, accesses)
        installed = installation.install(wish, region)
        self._admit(cpu, accesses)
        before = context.region_instructions
        stop = self.engine.run(cpu, budget)
        self.executed += int(context.region_instructions > before)
        if installed is not None:
            installation.uninstall(installed)
        return stop

    @staticmethod
    def _admit(cpu: Cpu, accesses: Accesses) -> None:
        context = interpreter.context_of(cpu)
        for logical, absolute, storing in accesses:
            cpu.storage.keys[absolute] |= REFERENCE | CHANGE if storing else REFERENCE
            context.allowed(logical, absolute, storing)
