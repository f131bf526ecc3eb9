"""What a user changes by command in a shared segment of a saved system: from then on the machine has its own copy.

Storage is copied page by page when it is changed (cp/saved/), others go on with what was saved.  The user is told once
for each system that he has loaded, as VM/370 does it, which gives him a copy of the whole system.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp import messages

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine


def tell_of_copy(vm: VirtualMachine, address: int, length: int) -> None:
    """These bytes were changed by a command."""
    for name, system in vm.segments.items():
        if system in vm.tracing.copied:
            continue
        if any(part.shared and part.address < address + length and address < part.end for part in system.ranges):
            vm.tracing.copied.add(system)
            text = messages.SHARED_COPIED.fill(name=name).edited(vm.settings.emsg)
            if text is not None:
                vm.say(text)
