"""Shared pages are protected: who stores into one is told, and stopped, and goes on alone with what he has stored.

A machine's shared pages are its own as soon as it stores into them (cp/s370/pages.py); others never see it.  As VM/370
did before it dispatched another machine, CP looks at the change bits of their storage keys after each time slice: a
page that was altered costs the message DMKVMA456W, and the machine enters CP mode; BEGIN lets it go on.  VM/370 Release
6 took the altered page back then, Release 5 gave the machine a copy of its own, which is what happens here.

Who has been told of a system, or has changed it by a command (DMKVMA181E), is not told again until he loads it anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.s370.storage import CHANGE

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

FIRST_BYTE_OF_KEYS = 11
PAGE_MASK = ~0xFFF
_UNCHANGED = bytes(key for key in range(256) if not key & CHANGE)


def look(vm: VirtualMachine) -> None:
    """After a time slice: stop a machine that has stored into a shared page."""
    for name, system in vm.segments.items():
        if system in vm.tracing.copied:
            continue
        for part in system.ranges:
            if not part.shared:
                continue
            keys = vm.storage.keys[part.address >> FIRST_BYTE_OF_KEYS : part.end >> FIRST_BYTE_OF_KEYS]
            altered = keys.translate(None, _UNCHANGED)
            if altered:
                page = part.address + (keys.index(altered[0]) << FIRST_BYTE_OF_KEYS) & PAGE_MASK
                vm.tracing.copied.add(system)
                vm.stop(messages.SHARED_ALTERED.fill(name=name, page=f"{page:06X}"))
                break
