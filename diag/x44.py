"""DIAGNOSE X'44': voluntary time-slice end.

No operands.  The guest has nothing useful to do at the moment: another one gets the processor.  The condition code is
unchanged.  Source: z/VM CP Programming Services, DIAGNOSE Code X'44'.
"""

from __future__ import annotations

from vm370.diag.guest import Guest


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Voluntary time-slice end."""
    guest.yield_slice()
