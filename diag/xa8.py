"""DIAGNOSE X'A8': synchronous general I/O.

    Rx      address of the parameter list, 92 bytes on a fullword (diag/ioparameters.py)

    cc  R15        meaning
    0   unchanged  done
    1   1          no such device
        5          busy, or an interruption is pending
    3   13         I/O error; status, residual count and sense bytes are in the parameter list

There is no I/O interruption.  A console read waits in this instruction; a long channel program goes on in the next time
slices.  A channel program off a doubleword or beyond 16 MiB is an operand exception.
Source: z/VM CP Programming Services, HCPSGIOP; the exceptions as in Hercules' vm.c.
"""

from __future__ import annotations

from vm370.cp.io.channel import Progress
from vm370.cp.io.device import UnitStatus
from vm370.diag import ioparameters
from vm370.diag.guest import Guest
from vm370.diag.operands import BURST, return_code

IO_ERROR = 13


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Synchronous general I/O."""
    where = guest.gr[rx] & 0xFFFFFF
    request = ioparameters.fetch(guest, where)
    ioparameters.require(request.operation == 0 and request.block_size == 0 and request.entries == 0)
    ioparameters.require(request.program % 8 == 0 and request.program <= 0xFFFFFF)
    result = guest.channels.synchronous(request.device, request.program, request.key, burst=BURST)
    match result.progress:
        case Progress.NOT_OPERATIONAL:
            return_code(guest, 1, 1)
        case Progress.BUSY:
            return_code(guest, 1, 5)
        case Progress.WAITING | Progress.UNFINISHED:
            guest.suspend(unfinished=result.progress is Progress.UNFINISHED)
        case Progress.ENDED:
            csw = result.csw
            sense = guest.devices[request.device].sense if csw.unit & UnitStatus.UNIT_CHECK else b""
            ioparameters.store(guest, where, csw.address, csw.unit, csw.channel, csw.count, sense)
            if result.successful:
                guest.cc = 0
            else:
                return_code(guest, 3, IO_ERROR)
