"""DIAGNOSE X'A4': synchronous block I/O on a CMS disk (CKD or FBA).

    Rx      address of the parameter list, 92 bytes on a fullword (diag/ioparameters.py)
            its list of blocks, on a doubleword: 8 bytes for each: block number (from 1), address of the data

    cc  R15     meaning
    0   0       done
    1   1       no such device                      cc  R15     meaning
        2       not a disk                          2   8       block size not 512, 1024, 2048 or 4096
        5       busy, or an interruption pending        10      list of blocks not in storage
    3   13      I/O error; status and the number        11      not 1 to 500 entries
                of blocks done are in the list          12      data not in storage, or protected

Blocks are done in the order of the list; a block that cannot be done ends it.  There is no I/O interruption.
Source: z/VM CP Programming Services, HCPSBIOP.
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
from vm370.cp.io.device import NORMAL_END, UnitStatus
from vm370.cp.s370.interruptions import ProgramCheck
from vm370.diag import ioparameters
from vm370.diag.guest import Guest
from vm370.diag.operands import return_code

WRITE, READ = 0x01, 0x02
MOST_ENTRIES = 500
ENTRY_LENGTH = 8
IO_ERROR = 13
COMMAND_REJECT, NO_RECORD_FOUND, EQUIPMENT_CHECK = b"\x80\0", b"\0\x08", b"\x10\0"


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Synchronous block I/O."""
    where = guest.gr[rx] & 0xFFFFFF
    request = ioparameters.fetch(guest, where)
    ioparameters.require(request.operation in (WRITE, READ))
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
    size, done, sense = request.block_size, 0, b""
    try:
        entries = guest.fetch(request.program, ENTRY_LENGTH * request.entries, key=request.key)
    except ProgramCheck:
        return_code(guest, 2, 10)
        return
    try:
        for at in range(0, len(entries), ENTRY_LENGTH):
            number = int.from_bytes(entries[at : at + 4], "big")
            buffer = int.from_bytes(entries[at + 4 : at + 8], "big")
            if request.operation == READ:
                guest.store(buffer, disk.block_read(number, size), key=request.key)
            else:
                disk.block_write(number, size, guest.fetch(buffer, size, key=request.key))
            done += 1
    except ProgramCheck:
        ioparameters.store(guest, where, done, 0, 0, 0, b"")
        return_code(guest, 2, 12)
        return
    except BlockError as error:
        sense = sense_of(error)
    guest.count_bytes(done * size)
    unit = NORMAL_END | (UnitStatus.UNIT_CHECK if sense else 0)
    ioparameters.store(guest, where, done, unit, 0, 0, sense)
    return_code(guest, *(3, IO_ERROR) if sense else (0, 0))


def sense_of(error: BlockError) -> bytes:
    """Sense bytes that tell of a block that could not be done."""
    if isinstance(error, BlockReadOnlyError):
        return COMMAND_REJECT
    if isinstance(error, BlockNumberError | BlockSizeError):
        return NO_RECORD_FOUND
    return EQUIPMENT_CHECK
