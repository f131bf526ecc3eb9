"""From a virtual machine to a saved system, and back.

=================== ==================================================================================================
capture             SAVESYS: the pages that the definition names, their keys, PSW and registers
ipl                 IPL by name: the machine is reset and cleared, pages are mapped, keys and registers loaded
load_segment        LOADSYS: pages are mapped, below the machine's size or above it (then the storage appears)
purge_segment       PURGESYS: they go; below the size zeros remain
forget              the machine is cleared: it has no saved system and no segments any more
=================== ==================================================================================================

Pages are mapped copy-on-write (cp/s370/pages.py): a machine that stores into one has its own copy of it from then on,
other machines and the file never see it.  What is loaded is in ``vm.segments``, by name, a system of IPL included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.s370.psw import Psw
from vm370.cp.saved.definitions import NamedSystem
from vm370.cp.saved.library import LoadedSystem
from vm370.images.savedsystem import CpuState, SavedSystem

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

FIRST_BYTE_OF_KEYS = 11
"""Address bits that do not choose a block with a key."""
KEY_BITS = 0xF8
"""Of a saved key: reference and change bits are those of the machine that loads it."""


class TooSmall(Exception):
    """The machine does not have the storage; the argument is how much is needed."""


def capture(vm: VirtualMachine, definition: NamedSystem) -> SavedSystem:
    """The machine as it is, so far as the definition names it.  TooSmall when pages are missing."""
    storage, cpu = vm.storage, vm.cpu
    pages, keys = [], []
    for part in definition.ranges:
        if not storage.exists(part.address, part.end - part.address):
            raise TooSmall(part.end)
        pages.append(storage.read(part.address, part.end - part.address))
        saved = storage.keys[part.address >> FIRST_BYTE_OF_KEYS : part.end >> FIRST_BYTE_OF_KEYS]
        keys.append(bytes(key & KEY_BITS for key in saved))
    state = None
    if not definition.is_segment:
        gr, fpr = tuple(cpu.gr[number] for number in range(16)), tuple(cpu.fpr[number] for number in (0, 2, 4, 6))
        state = CpuState(cpu.psw.to_bytes(), gr, fpr, tuple(cpu.cr[number] for number in range(16)))
    return SavedSystem(
        definition.name,
        definition.ranges,
        b"".join(pages),
        b"".join(keys),
        state,
        definition.storage,
        definition.device or 0,
        int(vm.system.clock.now().timestamp()),
    )


def ipl(vm: VirtualMachine, system: LoadedSystem) -> None:
    """Load a saved system; ``vm.resume`` lets it run.  TooSmall when it needs more storage than the machine has."""
    assert system.state is not None
    if vm.storage_size < max(system.storage, system.end):
        raise TooSmall(max(system.storage, system.end))
    vm.reset(clear=True)
    forget(vm)
    _place(vm, system)
    cpu, state = vm.cpu, system.state
    for number, value in enumerate(state.cr):
        cpu.cr[number] = value
    cpu.access_changed()
    cpu.psw = Psw.from_bytes(state.psw)
    for number, value in enumerate(state.gr):
        cpu.gr[number] = value
    for number, value in enumerate(state.fpr):
        cpu.fpr[2 * number] = value


def load_segment(vm: VirtualMachine, system: LoadedSystem, *, shared: bool = True) -> None:
    """Map a segment; others that overlap it are purged before.

    ``shared``: it is protected, and TRACE stops stepping; otherwise it is the machine's own from the beginning.
    """
    for other in list(vm.segments.values()):
        if other.first < system.end and system.first < other.end:
            purge_segment(vm, other.name)
    _place(vm, system)
    if shared:
        vm.tracing.end_stepping()
    else:
        vm.tracing.copied.add(system)


def _place(vm: VirtualMachine, system: LoadedSystem) -> None:
    vm.tracing.copied.discard(system)
    system.place(vm.storage)
    vm.segments[system.name] = system


def purge_segment(vm: VirtualMachine, name: str) -> bool:
    """Take a segment away; False when the machine does not have it."""
    system = vm.segments.pop(name, None)
    if system is None:
        return False
    for part in system.placements:
        vm.storage.remove(part.address, part.length)
    return True


def forget(vm: VirtualMachine) -> None:
    """All segments go; what is below the machine's size stays as it is."""
    for system in vm.segments.values():
        for part in system.placements:
            if part.address + part.length > vm.storage_size:
                vm.storage.remove(part.address, part.length)
    vm.segments.clear()
