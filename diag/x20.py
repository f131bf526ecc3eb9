"""DIAGNOSE X'20': general I/O, synchronous.

    Rx      device address
    Ry      byte 0: storage key; bytes 1-3: address of the channel program

    cc  R15     meaning
    0   0       done
    1   1       no such device
        5       busy, or an interruption is pending
    2   2       unit exception
        3       wrong-length record
    3   13      I/O error; Ry bits 16-31: the first two sense bytes

With cc 2 and 3 the channel status word is at location X'40', where DDR looks for the command that failed.
There is no I/O interruption.  If the device has to wait for a person (a read from the console), the virtual machine
waits in this instruction; a long channel program goes on in its next time slices.  Any device will do.
Source: VM/370 System Programmer's Guide, DIAGNOSE; VM/SP for the key and for unit-record devices.
"""

from __future__ import annotations

from vm370.cp.io.ccw import ChannelStatus
from vm370.cp.io.channel import Progress
from vm370.cp.io.device import NORMAL_END, UnitStatus
from vm370.diag.guest import Guest
from vm370.diag.operands import BURST, return_code

IO_ERROR = 13
HARMLESS = NORMAL_END | UnitStatus.UNIT_EXCEPTION | UnitStatus.STATUS_MODIFIER


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """General I/O."""
    address = guest.gr[rx] & 0xFFFF
    result = guest.channels.synchronous(address, guest.gr[ry] & 0xFFFFFF, guest.gr[ry] >> 28, burst=BURST)
    match result.progress:
        case Progress.NOT_OPERATIONAL:
            return_code(guest, 1, 1)
        case Progress.BUSY:
            return_code(guest, 1, 5)
        case Progress.WAITING | Progress.UNFINISHED:
            guest.suspend(unfinished=result.progress is Progress.UNFINISHED)
        case Progress.ENDED:
            csw = result.csw
            if csw.unit & ~NORMAL_END or csw.channel:
                guest.store_csw(csw)
            if csw.unit & ~HARMLESS or csw.channel & ~ChannelStatus.INCORRECT_LENGTH:
                sense = guest.devices[address].sense if csw.unit & UnitStatus.UNIT_CHECK else b""
                guest.gr[ry] = guest.gr[ry] & 0xFFFF0000 | int.from_bytes(sense[:2].ljust(2, b"\0"), "big")
                return_code(guest, 3, IO_ERROR)
            elif csw.unit & UnitStatus.UNIT_EXCEPTION:
                return_code(guest, 2, 2)
            elif csw.channel:
                return_code(guest, 2, 3)
            else:
                return_code(guest, 0, 0)
