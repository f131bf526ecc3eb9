"""Which guest runs next, and for how long: round robin among those that can run, one slice each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

SLICE_INSTRUCTIONS = 2_000
"""Instructions in a time slice: 3 to 5 ms in the reference engine, so that a key press is served between two slices."""


class Dispatcher:
    """Remembers whose turn it was."""

    def __init__(self) -> None:
        self._last = ""

    def next(self, machines: Iterable[VirtualMachine]) -> VirtualMachine | None:
        """The machine whose turn it is among those that can run, or None."""
        ready = [vm for vm in machines if vm.runnable]
        if not ready:
            return None
        later = [vm for vm in ready if vm.userid > self._last]
        chosen = min(later or ready, key=lambda vm: vm.userid)
        self._last = chosen.userid
        return chosen
