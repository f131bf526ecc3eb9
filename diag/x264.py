"""DIAGNOSE X'264': CP communication.

    Rx, Ry  not looked at

    cc 3    there is none

Later systems let CMS and CP tell each other things through an area whose address CMS passes here.  This CP has nothing
to tell or to take in that way: whatever the registers have, nothing is fetched or stored, and condition code 3 says so.
Sources: Hercules' diagnose.c has the code as a no-operation; what CMS gets without an area is vm370's own.
"""

from __future__ import annotations

from vm370.diag.guest import Guest

NOT_HERE = 3


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """CP communication."""
    guest.cc = NOT_HERE
