"""DIAGNOSE X'60': virtual machine storage size.

On return Rx is the size in bytes.  The condition code is unchanged.
Source: VM/370 System Programmer's Guide, DIAGNOSE.
"""

from __future__ import annotations

from vm370.diag.guest import Guest


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Virtual machine storage size."""
    guest.gr[rx] = guest.storage_size
