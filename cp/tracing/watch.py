"""What an instruction stores, for PER: the CPU tells of every store while a watch is on it.

The hardware's own program-event recording (cp/s370/per.py), if the guest uses it, watches the same instruction and
passes on what it is told, so neither notices the other.
"""

from __future__ import annotations

from vm370.cp.s370.cpu import Cpu


class StoreWatch:
    """Storage that is stored into, as (logical address, length)."""

    def __init__(self) -> None:
        self.stores: list[tuple[int, int]] = []

    def stored(self, address: int, length: int) -> None:
        """Bytes are stored."""
        self.stores.append((address, length))

    def fetched(self, address: int) -> None:
        """An instruction is fetched."""

    def begin(self, cpu: Cpu) -> None:
        """Watch what is executed from now on."""
        cpu.watch = self
        cpu.access_changed()

    def end(self, cpu: Cpu) -> None:
        """Watch no longer."""
        if cpu.watch is self:
            cpu.watch = None
            cpu.access_changed()
