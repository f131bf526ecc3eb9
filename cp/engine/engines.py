"""The engines by name.

An engine is a module with ``run(cpu, budget) -> Interception`` and ``simulate(cpu) -> Interception | None``; all of
them do the same.
"""

from __future__ import annotations

import importlib
from typing import Protocol, cast

from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import Interception

REFERENCE, INTERPRETER, REGIONS = "reference", "interpreter", "regions"

#            name       module
ENGINES: dict[str, str] = {
    REFERENCE:   "vm370.cp.engine.reference",
    INTERPRETER: "vm370.cp.engine.native.interpreter",
    REGIONS:     "vm370.cp.engine.regions.engine",
}  # fmt: skip


class Engine(Protocol):
    """What an engine does."""

    def run(self, cpu: Cpu, budget: int) -> Interception:
        """Execute up to ``budget`` instructions."""

    def simulate(self, cpu: Cpu) -> Interception | None:
        """Execute one instruction as if the real machine were in supervisor state."""


def engine_for(name: str) -> Engine:
    """The engine of this name, imported when it is first asked for; KeyError if there is none.

    Regions need LLVM to be imported; without it they are the interpreter, which says what is missing.
    """
    try:
        return cast(Engine, importlib.import_module(ENGINES[name]))
    except (ImportError, OSError):
        if name != REGIONS:
            raise
        return engine_for(INTERPRETER)
