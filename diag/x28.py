"""DIAGNOSE X'28': channel program modification.

    Rx      address of a TRANSFER IN CHANNEL or NO-OPERATION command that was changed after START I/O
    Ry      bits 16-31: device address

    cc  R15     meaning
    0   0       the channel program goes on as it now is
    1   1       Rx and Ry are the same register
        2       no such device
        3       Rx is not in storage
        4       Rx is not on a doubleword
        5       no channel program is active on the device
        6       neither TRANSFER IN CHANNEL nor NO-OPERATION
        7       the new address of the TRANSFER IN CHANNEL is not in storage
        8       it is not on a doubleword
    2   9       too late: the channel program has ended

VM/370 executes a translated copy of a channel program, and changes the copy here.  The channels of vm370 fetch each
command from the virtual machine's storage when its turn comes, so that a change is seen without this instruction; it
tells whether it was in time.  That the command is part of the channel program is not looked at.
Source: VM/370 System Programmer's Guide, DIAGNOSE.
"""

from __future__ import annotations

from vm370.cp.s370.interruptions import ProgramCheck
from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, return_code

NO_OPERATION, TRANSFER_IN_CHANNEL = 0x03, 0x08


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Channel program modification."""
    error = _error(guest, rx, ry)
    return_code(guest, (2 if error == 9 else 1) if error else 0, error)


def _error(guest: Guest, rx: int, ry: int) -> int:
    where, device = guest.gr[rx] & 0xFFFFFF, guest.gr[ry] & 0xFFFF
    if rx == ry:
        return 1
    if device not in guest.devices:
        return 2
    if where + DOUBLEWORD > guest.storage_size:
        return 3
    if where % DOUBLEWORD:
        return 4
    if not guest.channels.working(device):
        return 9 if guest.channels.busy(device) else 5
    try:
        ccw = guest.fetch(where, DOUBLEWORD)
    except ProgramCheck:
        return 6
    if ccw[0] & 0x0F != TRANSFER_IN_CHANNEL:
        return 0 if ccw[0] == NO_OPERATION else 6
    target = int.from_bytes(ccw[1:4], "big")
    if target + DOUBLEWORD > guest.storage_size:
        return 7
    return 8 if target % DOUBLEWORD else 0
