"""DIAGNOSE X'78': communication with the mass storage system.

    Rx      address of a request, or of a device
    Ry      function

This system has no 3850 mass storage system, and no module that would communicate with one.  Every function is a
protection exception then, as in VM/370 without its module DMKMSS; the
condition code is unchanged.
Source: VM/370 System Programmer's Guide, DIAGNOSE.
"""

from __future__ import annotations

from vm370.cp.s370.interruptions import PROTECTION, ProgramCheck
from vm370.diag.guest import Guest


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Mass storage system communication."""
    raise ProgramCheck(PROTECTION)
