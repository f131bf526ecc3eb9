"""Regions to machine code: LLVM's passes, and the generations in which machine code is kept.

A *generation* is an LLJIT with up to 50 regions; its memory is freed when it is dropped, all at once.  A region refers
to its generation, so nobody who has the region can be left with freed code.  One thread at a time compiles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import llvmlite.binding as llvm

from vm370.cp.engine.native import compiler
from vm370.cp.engine.native.model import PROLOGUE
from vm370.cp.engine.regions.region import Plan
from vm370.cp.engine.regions.vectors import translate_long_text

SIZE = 50
"""Regions of a generation."""
QUICK, LIGHT = -1, 0
"""Levels: for one use; for what is executed often."""
NOTHING = "@nothing = internal constant [16 x i8] zeroinitializer\n"
_PASSES: dict[int, tuple[str, ...]] = {
    QUICK: ("sroa",),
    LIGHT: ("sroa", "instruction_combine", "simplify_cfg", "new_gvn", "instruction_combine", "simplify_cfg"),
}  # fmt: skip


class Generation:
    """An LLJIT and what it has linked."""

    def __init__(self) -> None:
        self._jit = llvm.create_lljit_compiler(compiler.target_machine(), use_jit_link=True)
        self._libraries: list[Any] = []
        self._named = 0
        self.linked = 0

    def link(self, code: bytes, names: list[str]) -> list[int]:
        """Addresses of the functions in object code."""
        builder = llvm.JITLibraryBuilder().add_object_img(code).add_current_process()
        for name in names:
            builder.export_symbol(name)
        self._named += 1  # a name is used up even if this fails
        library = builder.link(self._jit, f"library{self._named}")
        self._libraries.append(library)
        self.linked += len(names)
        return [library[name] for name in names]


@dataclass(slots=True, eq=False)
class Region:
    """Machine code of a plan."""

    plan: Plan
    address: int
    size: int
    """Bytes of object code."""
    level: int
    generation: Generation
    users: int = 0
    """How many guests have it installed."""


class Assembler:
    """Makes object code; one pass manager for each level, used again and again."""

    def __init__(self) -> None:
        compiler.initialize()
        self._tools: dict[int, tuple[Any, Any, Any]] = {}
        self._generation: Generation | None = None

    def _tool(self, level: int) -> tuple[Any, Any, Any]:
        found = self._tools.get(level)
        if found is None:
            machine = compiler.target_machine(1 + level)
            options = llvm.create_pipeline_tuning_options(speed_level=1 + level)
            options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = False
            builder = llvm.create_pass_builder(machine, options)
            manager = llvm.create_new_module_pass_manager()
            for name in _PASSES[level]:
                getattr(manager, f"add_{name}_pass")()
            found = self._tools[level] = machine, manager, builder
        return found

    def object_code(self, functions: list[str], level: int) -> bytes:
        """Object code of functions; RuntimeError if LLVM cannot."""
        machine, manager, builder = self._tool(level)
        support = PROLOGUE + NOTHING + translate_long_text()
        module = llvm.parse_assembly(support + "".join(functions))
        manager.run(module, builder)
        code: bytes = machine.emit_object(module)
        return code

    def link(self, plans: list[Plan], code: bytes, level: int) -> list[Region]:
        """The regions of object code, in the present generation."""
        if self._generation is None or self._generation.linked >= SIZE:
            self._generation = Generation()
        addresses = self._generation.link(code, [f"r_{plan.name}" for plan in plans])
        size = len(code) // len(plans)
        return [Region(p, a, size, level, self._generation) for p, a in zip(plans, addresses, strict=True)]
