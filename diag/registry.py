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
    x1c,
    x2c,
    x2fc,
    x3c,
    x4c,
    x5c,
    x6c,
    x9c,
    x10,
    x10c,
    x14,
    x18,
    x20,
    x24,
    x28,
    x30,
    x34,
    x38,
    x40,
    x44,
    x48,
    x50,
    x54,
    x58,
    x60,
    x64,
    x68,
    x70,
    x74,
    x78,
    x84,
    x100,
    x104,
    x108,
    x110,
    x114,
    x204,
    x210,
    x214,
    x224,
    x250,
    x258,
    x260,
    x264,
    x270,
    x288,
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
    0x014: Function("input spool file manipulation", "", x14.diagnose),
    0x018: Function("standard DASD I/O", "", x18.diagnose),
    0x01C: Function("clear the error recording area", "F", x1c.diagnose),
    0x020: Function("general I/O", "", x20.diagnose),
    0x024: Function("device type and features", "", x24.diagnose),
    0x028: Function("channel program modification", "", x28.diagnose),
    0x02C: Function("start of the error recording area", "CEF", x2c.diagnose),
    0x030: Function("read the error recording area", "CEF", x30.diagnose),
    0x034: Function("read a system dump", "CE", x34.diagnose),
    0x038: Function("read the system symbol table", "CE", x38.diagnose),
    0x03C: Function("dynamic directory update", "ABC", x3c.diagnose),
    0x040: Function("clean-up after virtual IPL", "", x40.diagnose),
    0x044: Function("voluntary time-slice end", "", x44.diagnose),
    0x048: Function("SVC 76 of a second level", "", x48.diagnose),
    0x04C: Function("accounting records", "", x4c.diagnose),
    0x050: Function("save a 370X image", "ABC", x50.diagnose),
    0x054: Function("PA2 key", "", x54.diagnose),
    0x058: Function("3270 virtual console interface", "", x58.diagnose),
    0x05C: Function("error-message editing", "", x5c.diagnose),
    0x060: Function("virtual machine storage size", "", x60.diagnose),
    0x064: Function("saved segments", "", x64.diagnose),
    0x068: Function("virtual machine communication", "", x68.diagnose),
    0x06C: Function("shadow table maintenance", "", x6c.diagnose),
    0x070: Function("time-of-day clock accounting", "", x70.diagnose),
    0x074: Function("3800 named systems", "ABC", x74.diagnose),
    0x078: Function("mass storage system", "", x78.diagnose),
    0x084: Function("directory update in place", "B", x84.diagnose),
    0x09C: Function("yield to a processor", "", x9c.diagnose),
    0x0A4: Function("synchronous block I/O", "", xa4.diagnose),
    0x0A8: Function("synchronous general I/O", "", xa8.diagnose),
    0x100: Function("what functions there are", "", x100.diagnose),
    0x104: Function("wait for an interruption", "", x104.diagnose),
    0x108: Function("interruptions in a list", "", x108.diagnose),
    0x10C: Function("status page", "", x10c.diagnose),
    0x110: Function("bulk block I/O", "", x110.diagnose),
    0x114: Function("host files", "", x114.diagnose),
    0x204: Function("logical partitions", "", x204.diagnose),
    0x210: Function("device characteristics", "", x210.diagnose),
    0x214: Function("pending page release", "", x214.diagnose),
    0x224: Function("processor type names", "", x224.diagnose),
    0x250: Function("block I/O", "", x250.diagnose),
    0x258: Function("page-reference services", "", x258.diagnose),
    0x260: Function("storage information", "", x260.diagnose),
    0x264: Function("CP communication", "", x264.diagnose),
    0x270: Function("pseudo timer extended", "", x270.diagnose),
    0x288: Function("watchdog", "", x288.diagnose),
    0x2FC: Function("data of virtual machines", "", x2fc.diagnose),
}
