"""DIAGNOSE X'40': clean-up after virtual IPL.

    Rx      0
    Ry      address of 16 registers

VM/370 loads a virtual machine by a program in a page of the machine's own storage, whose last instruction this is; from
anywhere else it is a specification exception.  Here CP executes the channel program of IPL itself and puts no program
into the machine, so the instruction always comes from anywhere else: it is a specification exception.  The
condition code is unchanged.
Source: VM/SP System Programmer's Guide (SC19-6203), DIAGNOSE.
"""

from __future__ import annotations

from vm370.diag.guest import Guest
from vm370.diag.operands import require


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Never issued by CP."""
    require(False)
