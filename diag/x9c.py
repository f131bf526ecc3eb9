"""DIAGNOSE X'9C': voluntary time-slice yield to a processor.

    Rx      address of the processor of this virtual machine that should run

A virtual machine has one processor, address 0, and it is the one that gives up the rest of its time slice, as with
X'44': another machine gets the real processor.  The condition code is unchanged.
Source: z/VM CP Programming Services, DIAGNOSE Code X'9C'.
"""

from __future__ import annotations

from vm370.diag.guest import Guest


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Yield to a processor."""
    guest.yield_slice()
