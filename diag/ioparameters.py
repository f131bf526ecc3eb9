"""The 88-byte parameter list of DIAGNOSE X'A4' (HCPSBIOP) and X'A8' (HCPSGIOP).

    offset  length  X'A4'                               X'A8'
      0       2     device number                       same
      2       1     storage key, left half              same
      3       1     X'01' write, X'02' read             0 (X'80' would be format-1 CCWs)
      4       4     block size                          0
      8       4     address of the list of blocks       address of the channel program
     12       4     number of entries                   0
     16       4     stored: blocks processed            stored: CCW address at the end
     20       1     stored: unit status                 same
     21       1     stored: channel status              same
     22       2     stored: residual count              same
     24       1     logical path mask                   same
     25       5     0                                   same
     30       2     stored: number of sense bytes       same
     32      24     0                                   same
     56      32     stored: sense bytes                 same

A list off a fullword boundary is a specification exception; what must be zero and is not, an invalid key or
operation, an operand exception.  The list must be storable: that is looked at before anything is done.
Source: z/VM CP Programming Services; the order of the checks is free there.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from vm370.cp.s370.interruptions import ProgramCheck
from vm370.diag.guest import Guest
from vm370.diag.operands import FULLWORD, aligned

OPERAND = 0x15
"""Program interruption code of the operand exception (ESA/390)."""
LENGTH = 88
_INPUT = struct.Struct(">HBBIII")
_STATUS = struct.Struct(">IBBH")
SENSE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Request:
    """What the guest put into the list."""

    device: int
    key: int
    operation: int
    block_size: int
    program: int
    """Address of the list of blocks (X'A4') or of the channel program (X'A8')."""
    entries: int


def require(condition: bool) -> None:
    """An operand exception unless the condition holds."""
    if not condition:
        raise ProgramCheck(OPERAND)


def fetch(guest: Guest, where: int) -> Request:
    """The list at ``where``, checked for what must be zero."""
    data = guest.fetch(aligned(where, FULLWORD), LENGTH)
    guest.store(where, data)
    device, key, operation, block_size, program, entries = _INPUT.unpack_from(data)
    require(not key & 0x0F and not any(data[25:30]) and not any(data[32:56]))
    return Request(device, key >> 4, operation, block_size, program, entries)


def store(guest: Guest, where: int, done: int, unit: int, channel: int, residual: int, sense: bytes) -> None:
    """Put the result into the list; ``done``: blocks processed or CCW address."""
    guest.store(where + 16, _STATUS.pack(done, unit, channel, residual))
    sense = sense[:SENSE_BYTES]
    guest.store(where + 30, len(sense).to_bytes(2, "big"))
    guest.store(where + 56, sense.ljust(SENSE_BYTES, b"\0"))
