"""DIAGNOSE X'3C': dynamic directory update.  Privilege class A, B or C.

    Rx      first four characters of a volume serial, EBCDIC
    Ry      bits 0-15: the last two

The directory on that volume comes into force.  Here the directory is a file, which the DIRECTORY statement says to
belong to a volume; a file that was changed is checked and taken over as a whole, or not at all.

    cc 0    done
    cc 2    the volume is not the directory's
    cc 3    the directory cannot be used; the old one stays in force

Source: VM/SP System Programmer's Guide (SC19-6203), DIAGNOSE.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.images.ebcdic import from_ebcdic


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Dynamic directory update."""
    serial = guest.gr[rx].to_bytes(4, "big") + guest.gr[ry].to_bytes(4, "big")[:2]
    guest.cc = guest.swap_directory(from_ebcdic(serial).strip())
