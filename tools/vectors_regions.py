"""Cases in the regions engine: each one's instruction executed by a region of its own, many of them compiled together.

Every case is run in the native interpreter first; that is compared, and shows which blocks the instruction accesses.
The run with the region begins with the reference and change bits of these on, and is compared but for such bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from vm370.cp.engine.regions.single import Accesses, SingleInstructions
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import Interception
from vm370.tools.vectors_unrecorded import Differences

CHUNK = 2000
"""Cases that are planned before their regions are compiled."""
Engine = Callable[[Cpu, int], Interception]
Case = tuple[int, dict[str, Any]]


class RegionCases:
    """Runs cases twice."""

    def __init__(self) -> None:
        self.single = SingleInstructions()
        self._names: dict[int, str | None] = {}
        self._accesses: Accesses = []

    def planned(self, cases: Iterator[Case], prepare: Callable[[dict[str, Any]], Cpu]) -> Iterator[Case]:
        """The cases, after what they need has been compiled."""
        while chunk := list(islice(cases, CHUNK)):
            self._names = {}
            for number, case in chunk:
                self._names[number] = self.single.plan(prepare(case))
            self.single.compile()
            yield from chunk

    def observe(self, cpu: Cpu, budget: int) -> Interception:
        """The engine of the first run."""
        stop, accesses = self.single.observe(cpu, budget)
        self._accesses = self._accesses or accesses
        return stop

    def begin(self) -> None:
        """Before the first run."""
        self._accesses = []

    def again(
        self, number: int, case: dict[str, Any], run_case: Callable[[Engine, dict[str, Any]], Differences]
    ) -> Differences:
        """Differences of the second run, which there is if the instruction is translated."""
        name = self._names.get(number)
        if name is None:
            return {}
        accesses, first = self._accesses, [True]

        def engine(cpu: Cpu, budget: int) -> Interception:
            if first.pop() if first else False:
                return self.single.run(cpu, name, accesses, budget)
            return self.single.engine.run(cpu, budget)

        return run_case(engine, {**case, "fl": case.get("fl", "") + "R"})
