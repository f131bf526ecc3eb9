"""Program-event recording in the reference engine (placeholder loop: see step_with_per)."""

from __future__ import annotations

from collections.abc import Callable

from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.decoder import DECODED


def step_with_per(cpu: Cpu, ia: int, fetch: Callable[[Cpu, int], bytes]) -> None:
    """Execute the instruction at ``ia``."""
    run, length, ilc = DECODED[fetch(cpu, ia)]
    cpu.ia = ia + length & 0xFFFFFF
    cpu.ilc = ilc
    run(cpu)
