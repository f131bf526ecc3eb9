"""DIAGNOSE X'54': the PA2 key.

    Rx      0: the key clears the output area of the screen
            not 0: with TERMINAL APL ON the key gives the machine an external interruption, code X'0040' (the interrupt
            key); with APL OFF it clears the output area all the same

At LOGON, and after a system reset, it clears.  The condition code is unchanged.
Source: VM/370 System Programmer's Guide, DIAGNOSE.
"""

from __future__ import annotations

from vm370.diag.guest import Guest


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Control the function of the PA2 key."""
    guest.services.screen.set_pa2(interrupts=guest.gr[rx] != 0)
