"""DIAGNOSE X'A8': synchronous general I/O.

    Rx      address of the parameter list, 92 bytes on a fullword (diag/ioparameters.py)

    cc  R15        meaning
    0   unchanged  done
    1   1          no such device
        5          busy, or an interruption is pending
    3   13         I/O error; status, residual count and sense bytes are in the parameter list

Source: z/VM CP Programming Services, HCPSGIOP; there is no I/O interruption.
"""

from __future__ import annotations

from vm370.cp.io.channel import Progress
from vm370.cp.io.device import UnitStatus
from vm370.diag import ioparameters
from vm370.diag.guest import Guest
from vm370.diag.operands import return_code

IO_ERROR = 13


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Synchronous general I/O."""
    where = guest.gr[rx] & 0xFFFFFF
    request = ioparameters.fetch(guest, where)
    ioparameters.require(request.operation == 0 and request.block_size == 0 and request.entries == 0)
    result = guest.channels.synchronous(request.device, request.program, request.key)
    match result.progress:
        case Progress.NOT_OPERATIONAL:
            return_code(guest, 1, 1)
        case Progress.BUSY:
            return_code(guest, 1, 5)
        case Progress.WAITING:
            guest.suspend()
        case Progress.ENDED:
            csw = result.csw
            sense = guest.devices[request.device].sense if csw.unit & UnitStatus.UNIT_CHECK else b""
            ioparameters.store(guest, where, csw.address, csw.unit, csw.channel, csw.count, sense)
            if result.successful:
                guest.cc = 0
            else:
                return_code(guest, 3, IO_ERROR)
