"""Our own kernels: sources in kernels/, assembled when they are used, with the results of models.py; and the mix."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from vm370.tools.assembler import assemble
from vm370.tools.bench.kernel import Kernel, KernelError
from vm370.tools.bench.mix import MIX_SIZES, mix_kernel
from vm370.tools.bench.models import MODELS

SOURCES = Path(__file__).parent / "kernels"
MIX = "mix"
"""Names of the generated kernels begin with it."""
NAMES = (*MODELS, *(f"{MIX}{size}" for size in MIX_SIZES))


@cache
def own_kernel(name: str) -> Kernel:
    """The kernel of this name."""
    if name.startswith(MIX):
        return mix_kernel(name, int(name.removeprefix(MIX)))
    source = SOURCES / f"{name}.asm"
    assembly = assemble(source.read_text(), source.name, [SOURCES])
    if assembly.severity:
        raise KernelError(f"{source}: {assembly.messages[0]}")
    expected = MODELS[name]()
    image = assembly.text
    return Kernel(
        name=name,
        storage=((0, image),),
        psw=image[:8],
        base=expected.base,
        per_iteration=expected.repetition,
        expected={1: (expected.result, expected.instructions(1))},
        result=expected.result,
    )
