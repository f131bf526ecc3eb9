"""The table of DIAGNOSE function codes: everything that knows which codes there are reads it.

A function is ``def diagnose(guest: Guest, rx: int, ry: int) -> None`` in a file named after its code.  It finds its
operands in ``guest.gr[rx]`` and ``guest.gr[ry]``, and ends by returning, by raising ``ProgramCheck`` (CP reflects it),
or in ``guest.suspend()`` (it is called again when a device of the guest has changed).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vm370.diag import (
    x0c,
    x00,
    x04,
    x08,
    x3c,
    x5c,
    x10,
    x10c,
    x18,
    x20,
    x24,
    x44,
    x58,
    x60,
    x64,
    x68,
    x84,
    x100,
    x104,
    x108,
    x110,
    x114,
    x250,
    xa4,
    xa8,
)
from vm370.diag.guest import Guest


@dataclass(frozen=True, slots=True)
class Function:
    """One DIAGNOSE function code; ``classes``: privilege classes of which the issuer needs one, "" for any user."""

    name: str
    classes: str
    handler: Callable[[Guest, int, int], None]


FUNCTIONS: dict[int, Function] = {
    0x000: Function("store extended identification", "", x00.diagnose),
    0x004: Function("examine real storage", "CE", x04.diagnose),
    0x008: Function("virtual console function", "", x08.diagnose),
    0x00C: Function("pseudo timer", "", x0c.diagnose),
    0x010: Function("release pages", "", x10.diagnose),
    0x018: Function("standard DASD I/O", "", x18.diagnose),
    0x020: Function("general I/O", "", x20.diagnose),
    0x024: Function("device type and features", "", x24.diagnose),
    0x03C: Function("dynamic directory update", "ABC", x3c.diagnose),
    0x044: Function("voluntary time-slice end", "", x44.diagnose),
    0x058: Function("3270 virtual console interface", "", x58.diagnose),
    0x05C: Function("error-message editing", "", x5c.diagnose),
    0x060: Function("virtual machine storage size", "", x60.diagnose),
    0x064: Function("saved segments", "", x64.diagnose),
    0x068: Function("virtual machine communication", "", x68.diagnose),
    0x084: Function("directory update in place", "B", x84.diagnose),
    0x0A4: Function("synchronous block I/O", "", xa4.diagnose),
    0x0A8: Function("synchronous general I/O", "", xa8.diagnose),
    0x100: Function("what functions there are", "", x100.diagnose),
    0x104: Function("wait for an interruption", "", x104.diagnose),
    0x108: Function("interruptions in a list", "", x108.diagnose),
    0x10C: Function("status page", "", x10c.diagnose),
    0x110: Function("bulk block I/O", "", x110.diagnose),
    0x114: Function("host files", "", x114.diagnose),
    0x250: Function("block I/O", "", x250.diagnose),
}
