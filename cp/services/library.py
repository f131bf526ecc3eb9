"""DIAGNOSE X'74': pages under a name of the system name table (image libraries of the 3800): files of saved systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.images.savedsystem import BLOCKS, PAGE, SavedSystem

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine


class Library:
    """The libraries, for one machine."""

    def __init__(self, vm: VirtualMachine) -> None:
        self._vm = vm

    def room(self, name: str) -> int | None:
        """Bytes that may be saved under a name; None: no such name for pages in the system name table."""
        definition = self._vm.system.saved.definition(name)
        if definition is None or not definition.is_segment:
            return None
        return sum(part.count for part in definition.ranges) * PAGE

    def active(self, name: str) -> bool:
        """A machine has loaded it."""
        return any(name in vm.segments for vm in self._vm.system.users.values())

    def save(self, name: str, data: bytes) -> None:
        """Keep the pages; OSError."""
        saved = self._vm.system.saved
        definition, room = saved.definition(name), self.room(name)
        assert definition is not None
        assert room is not None
        pages = data.ljust(room, b"\0")
        keys = bytes(room // PAGE * BLOCKS)
        at = int(self._vm.system.clock.now().timestamp())
        saved.save(SavedSystem(name, definition.ranges, pages, keys, storage=definition.storage, saved_at=at))

    def load(self, name: str) -> bytes | None:
        """What was saved; None: nothing.  BadImage when it is damaged."""
        found = self._vm.system.saved.find(name)
        if found is None or self.room(name) is None:
            return None
        return found.source.read(0, found.pages * PAGE)
