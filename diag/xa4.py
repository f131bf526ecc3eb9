"""DIAGNOSE X'A4': synchronous block I/O on a CMS disk (CKD or FBA).

    Rx      address of the parameter list, 88 bytes on a fullword (diag/ioparameters.py)
            its list of blocks, on a doubleword: 8 bytes for each: block number (from 1), address of the data

    cc  R15     meaning
    0   0       done
    1   1       no such device                      cc  R15     meaning
        2       not a disk                          2   8       block size not 512, 1024, 2048 or 4096
        5       busy, or an interruption pending        10      list of blocks not in storage
    3   13      I/O error; status, sense bytes          11      not 1 to 500 entries
                and the number of blocks done           12      data not in storage
                are in the parameter list

Blocks are done in the order of the list; a block that cannot be done ends it.  Data that the key does not open is a
channel protection check (cc 3); a write to a read-only disk, a number that the disk does not have and a disk that is
not formatted with that block size are unit checks (cc 3).  There is no I/O interruption.
Source: z/VM CP Programming Services, HCPSBIOP; the list of blocks off a doubleword is an operand exception as in
Hercules' vm.c.
"""

from __future__ import annotations

from vm370.cp.io.blockaccess import (
    BLOCK_SIZES,
    BlockAccess,
    BlockError,
    BlockNumberError,
    BlockReadOnlyError,
    BlockSizeError,
)
from vm370.cp.io.ccw import NO_CHANNEL_STATUS, NO_UNIT_STATUS, ChannelStatus
from vm370.cp.io.device import NORMAL_END, UnitStatus
from vm370.cp.s370.interruptions import PROTECTION, ProgramCheck
from vm370.diag import ioparameters
from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, return_code

WRITE, READ = 0x01, 0x02
MOST_ENTRIES = 500
ENTRY_LENGTH = 8
IO_ERROR = 13
COMMAND_REJECT, INTERVENTION_REQUIRED, NO_RECORD_FOUND, EQUIPMENT_CHECK = b"\x80\0", b"\x40\0", b"\0\x08", b"\x10\0"


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Synchronous block I/O."""
    where = guest.gr[rx] & 0xFFFFFF
    request = ioparameters.fetch(guest, where)
    ioparameters.require(request.operation in (WRITE, READ) and request.program % DOUBLEWORD == 0)
    disk = guest.devices.get(request.device)
    if disk is None:
        return_code(guest, 1, 1)
    elif not isinstance(disk, BlockAccess):
        return_code(guest, 1, 2)
    elif guest.channels.busy(request.device):
        return_code(guest, 1, 5)
    elif request.block_size not in BLOCK_SIZES:
        return_code(guest, 2, 8)
    elif not 1 <= request.entries <= MOST_ENTRIES:
        return_code(guest, 2, 11)
    else:
        _transfer(guest, where, request, disk)


def _transfer(guest: Guest, where: int, request: ioparameters.Request, disk: BlockAccess) -> None:
    size, done = request.block_size, 0
    unit, channel, sense = NORMAL_END, NO_CHANNEL_STATUS, b""
    try:
        entries = guest.fetch(request.program, ENTRY_LENGTH * request.entries, key=request.key)
    except ProgramCheck:
        return_code(guest, 2, 10)
        return
    try:
        for at in range(0, len(entries), ENTRY_LENGTH):
            number = int.from_bytes(entries[at : at + 4], "big")
            buffer = int.from_bytes(entries[at + 4 : at + 8], "big")
            if not guest.devices[request.device].ready:
                unit, sense = unit | UnitStatus.UNIT_CHECK, INTERVENTION_REQUIRED
                break
            if request.operation == READ:
                guest.store(buffer, disk.block_read(number, size), key=request.key)
            else:
                disk.block_write(number, size, guest.fetch(buffer, size, key=request.key))
            done += 1
    except ProgramCheck as check:
        if check.code != PROTECTION:
            ioparameters.store(guest, where, done, NO_UNIT_STATUS, NO_CHANNEL_STATUS, 0, b"")
            return_code(guest, 2, 12)
            return
        channel = ChannelStatus.PROTECTION_CHECK
    except BlockError as error:
        unit, sense = unit | UnitStatus.UNIT_CHECK, sense_of(error)
    guest.count_bytes(done * size)
    ioparameters.store(guest, where, done, unit, channel, 0, sense)
    return_code(guest, *(3, IO_ERROR) if sense or channel else (0, 0))


def sense_of(error: BlockError) -> bytes:
    """Sense bytes that tell of a block that could not be done."""
    if isinstance(error, BlockReadOnlyError):
        return COMMAND_REJECT
    if isinstance(error, BlockNumberError | BlockSizeError):
        return NO_RECORD_FOUND
    return EQUIPMENT_CHECK
