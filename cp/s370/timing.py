"""Clock instructions (Principles of Operation, Control Instructions and General Instructions).  See clocks.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.s370.values import need_aligned

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu


def set_clock(cpu: Cpu, address: int) -> None:
    """SCK: TOD clock; CC 0; specification."""
    need_aligned(cpu, address, 8)
    cpu.set_tod(cpu.fetch(address, 8))
    cpu.cc = 0


def store_clock(cpu: Cpu, address: int) -> None:
    """STCK: TOD clock; CC 0, the clock is set."""
    cpu.store(address, 8, cpu.read_tod())
    cpu.cc = 0


def set_clock_comparator(cpu: Cpu, address: int) -> None:
    """SCKC: clock comparator; specification."""
    need_aligned(cpu, address, 8)
    cpu.set_clock_comparator(cpu.fetch(address, 8))


def store_clock_comparator(cpu: Cpu, address: int) -> None:
    """STCKC: clock comparator; specification."""
    need_aligned(cpu, address, 8)
    cpu.store(address, 8, cpu.clock_comparator)


def set_cpu_timer(cpu: Cpu, address: int) -> None:
    """SPT: CPU timer; specification."""
    need_aligned(cpu, address, 8)
    cpu.set_cpu_timer(cpu.fetch(address, 8))


def store_cpu_timer(cpu: Cpu, address: int) -> None:
    """STPT: CPU timer; specification."""
    need_aligned(cpu, address, 8)
    cpu.store(address, 8, cpu.read_cpu_timer())
