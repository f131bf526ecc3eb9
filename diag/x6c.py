"""DIAGNOSE X'6C': shadow table maintenance.

    Rx      virtual address of the page table entry that maps to real page zero

    cc 3    the virtual machine is in BC mode

An operating system tells CP here which of its page table entries may be shared because low storage is protected, so
that CP need not check it in the shadow tables that it makes of the guest's tables.  vm370 has no shadow tables: the
processor translates by the guest's own, and nothing needs to be known beforehand.  So in EC mode there is nothing to
be done, and the condition code is unchanged.  Ry is not used.
Source: VM/SP System Programmer's Guide (SC19-6203), DIAGNOSE.
"""

from __future__ import annotations

from vm370.diag.guest import Guest

BC_MODE = 3


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Shadow table maintenance."""
    if not guest.extended_control:
        guest.cc = BC_MODE
