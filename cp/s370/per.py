"""Program-event recording (Principles of Operation, chapter Control; EC mode, PSW bit 1).

    CR9   bits 0-3    events: successful branching, instruction fetching, storage alteration, register alteration
          bits 16-31  general registers 0-15 that are watched for alteration
    CR10  address where the watched storage begins     CR11  where it ends (inclusive; below CR10: it wraps)

A :class:`Watch` looks over the execution of one instruction: while it is active, the CPU's ``gr``, ``branch`` and
stores report to it.  Registers and storage count as altered when something was stored, whether or not it is different.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu

BRANCH, FETCH, STORE, REGISTER = 8, 4, 2, 1
"""Bits 0-3 of CR9, and of the PER code."""


class StoreObserver(Protocol):
    """What the CPU tells of the instruction that it executes."""

    def stored(self, address: int, length: int) -> None:
        """These bytes are stored, at a logical address."""

    def fetched(self, address: int) -> None:
        """An instruction at a logical address is fetched."""


class _Registers:
    """The general registers, noting which ones are stored into."""

    def __init__(self, registers: Any) -> None:
        self.registers = registers
        self.altered = 0

    def __getitem__(self, number: int) -> int:
        value: int = self.registers[number]
        return value

    def __len__(self) -> int:
        return len(self.registers)

    def __iter__(self) -> Iterator[int]:
        return iter(self.registers)

    def __setitem__(self, number: int, value: int) -> None:
        self.altered |= 0x8000 >> number
        self.registers[number] = value


class Watch:
    """Context manager round one instruction; ``events`` afterwards are the bits of the PER code."""

    def __init__(self, cpu: Cpu) -> None:
        self._cpu = cpu
        control = cpu.cr[9]
        self._wanted = control >> 28
        self._watched_registers = control & 0xFFFF
        self._start, self._end = cpu.cr[10] & 0xFFFFFF, cpu.cr[11] & 0xFFFFFF
        self.events = 0
        self._outer: StoreObserver | None = None
        """Who watched before; it is told of stores too."""

    def _inside(self, first: int, last: int) -> bool:
        start, end = self._start, self._end
        if start <= end:
            return first <= end and last >= start
        return last >= start or first <= end

    def fetched(self, address: int) -> None:
        """An instruction begins at ``address``."""
        if self._wanted & FETCH and self._inside(address, address):
            self.events |= FETCH

    def stored(self, address: int, length: int) -> None:
        """``length`` bytes are stored at the logical ``address``."""
        if self._outer is not None:
            self._outer.stored(address, length)
        last = address + length - 1
        if self._wanted & STORE and length:
            wraps = last > 0xFFFFFF and self._inside(0, last & 0xFFFFFF)
            if wraps or self._inside(address, min(last, 0xFFFFFF)):
                self.events |= STORE

    def _branch(self, address: int) -> None:
        if self._wanted & BRANCH:
            self.events |= BRANCH
        self._cpu.ia = address

    def __enter__(self) -> Watch:
        cpu = self._cpu
        self._registers = _Registers(cpu.gr)
        cpu.gr = self._registers
        self._outer, cpu.watch = cpu.watch, self
        vars(cpu)["branch"] = self._branch
        return self

    def __exit__(self, *_: object) -> None:
        cpu = self._cpu
        cpu.gr = self._registers.registers
        cpu.watch = self._outer
        del vars(cpu)["branch"]
        if self._wanted & REGISTER and self._registers.altered & self._watched_registers:
            self.events |= REGISTER
