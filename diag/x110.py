"""DIAGNOSE X'110': bulk block I/O, many blocks of a disk in one trap.

    Rx      address of the request, 32 bytes on a doubleword
    Ry      stored: return code

    offset  length  request                             entry, 24 bytes
      0       2     device address                      1  X'01' write, X'02' read
      2       1     storage key, left half              1  stored: status
      3       1     X'80' asynchronous                  2  block size, 512 1024 2048 4096
      4       4     number of entries                   4  first block, from 1
      8       4     address of the first entry          4  address of the data, contiguous
     12       4     interruption parameter              4  number of blocks, 1 to 256
     16       4     entry to begin with, usually 0;     4  stored: blocks done
                    stored: number of entries tried
     20       4     stored: entries that failed         4  0
     24       8     0

    cc  Ry                                              status
    0   0    done                                       as of DIAGNOSE X'250': 0 done, 1 no such block, 2 data not in
        8    asynchronous request started               storage, 3 read-only disk, 4 another block size there, 5 I/O
    1   12   some entries failed                        error, 6 neither read nor write, 7 protected data, B reserved
    2   16   no such device                             byte, number or size of blocks not as above
        20   not a disk
        36   entries, or asynchronous blocks, not as X'100' says
        40   every entry failed
        255  256 interruptions are waiting

An entry ends at its first block that fails; every entry is tried.  A large request is done in portions, with the
guest's clocks, and other guests, going on between them; the request is then where the word at 16 says.  Reads and
writes of any size may be mixed, on CKD disks as far as their tracks have records of that size.

An asynchronous request is carried out at once and ends with external interruption X'4110', enabled by X'00000004' in
control register 0: parameter at X'80', status in the CPU address: 0 done, 1 some or all failed, 2 list not accessible.
What must be zero and is not, or stands off its boundary, is a specification exception; the request must be storable.
"""

from __future__ import annotations

import struct

from vm370.cp.io.blockaccess import (
    BLOCK_SIZES,
    BlockAccess,
    BlockError,
    BlockNumberError,
    BlockReadOnlyError,
    BlockSizeError,
)
from vm370.cp.s370.interruptions import PROTECTION, ProgramCheck
from vm370.diag.guest import Guest
from vm370.diag.operands import DOUBLEWORD, aligned, require
from vm370.diag.x250 import (
    ALL_DONE,
    BAD_ADDRESS,
    BAD_BLOCK,
    BAD_TYPE,
    DISK_READ_ONLY,
    DONE,
    IO_ERROR,
    LIST_NOT_ACCESSIBLE,
    PROTECTED,
    READ,
    RESERVED_NOT_ZERO,
    SOME_FAILED,
    WRITE,
    WRONG_SIZE,
)

MOST_ENTRIES, MOST_BLOCKS, MOST_ASYNCHRONOUS = 1024, 256, 256
PORTION = 64
"""Blocks after which the rest of a request waits for the next time slice."""
ASYNCHRONOUS = 0x80
EXTERNAL_CODE, EXTERNAL_SUBCLASS = 0x4110, 0x00000004
_REQUEST = struct.Struct(">HBBIIIII8s")
_ENTRY = struct.Struct(">BBHIIIII")
_PROGRESS = struct.Struct(">II")


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Bulk block I/O."""
    where = aligned(guest.gr[rx] & 0xFFFFFF, DOUBLEWORD)
    data = guest.fetch(where, _REQUEST.size)
    guest.store(where, data)
    device, key, flags, count, listed, parameter, begin, failed, reserved = _REQUEST.unpack(data)
    require(not key & 0x0F and not flags & ~ASYNCHRONOUS and not any(reserved) and listed % DOUBLEWORD == 0)
    disk = guest.devices.get(device)
    if disk is None:
        _end(guest, ry, 2, 16)
    elif not isinstance(disk, BlockAccess):
        _end(guest, ry, 2, 20)
    elif not 1 <= count <= MOST_ENTRIES or begin > count:
        _end(guest, ry, 2, 36)
    elif flags & ASYNCHRONOUS:
        _asynchronous(guest, ry, disk, (device, key >> 4, listed, count), parameter)
    else:
        if begin == 0:
            failed = 0
        require(failed <= begin)
        tried, more = _portion(guest, disk, (device, key >> 4, listed, count), begin, PORTION)
        failed += more
        guest.store(where + 16, _PROGRESS.pack(tried, failed))
        if tried < count:
            guest.suspend(unfinished=True)
        _end(guest, ry, *((0, 0) if not failed else (2, 40) if failed >= count else (1, 12)))


def _end(guest: Guest, ry: int, cc: int, code: int) -> None:
    guest.cc, guest.gr[ry] = cc, code


def _asynchronous(guest: Guest, ry: int, disk: BlockAccess, request: tuple[int, int, int, int], parameter: int) -> None:
    _, key, listed, count = request
    if not guest.interruption_room:
        _end(guest, ry, 2, 255)
        return
    try:
        entries = guest.fetch(listed, count * _ENTRY.size, key=key)
        if sum(entry[5] for entry in _ENTRY.iter_unpack(entries)) > MOST_ASYNCHRONOUS:
            _end(guest, ry, 2, 36)
            return
        _, failed = _portion(guest, disk, request, 0, MOST_ASYNCHRONOUS + 1)
        status = SOME_FAILED if failed else ALL_DONE
    except ProgramCheck:
        status = LIST_NOT_ACCESSIBLE
    guest.external_interruption(EXTERNAL_CODE, status, parameter, EXTERNAL_SUBCLASS)
    _end(guest, ry, 0, 8)


def _portion(
    guest: Guest, disk: BlockAccess, request: tuple[int, int, int, int], begin: int, room: int
) -> tuple[int, int]:
    """Do entries from number ``begin`` on, until ``room`` blocks were tried: entries tried in all, and failed now."""
    device, key, listed, count = request
    failed = moved = 0
    number = begin
    while number < count and room > 0:
        at = listed + number * _ENTRY.size
        operation, _, size, first, buffer, blocks, _, reserved = _ENTRY.unpack(guest.fetch(at, _ENTRY.size, key=key))
        done = 0
        if reserved or not 1 <= blocks <= MOST_BLOCKS or size not in BLOCK_SIZES:
            status = RESERVED_NOT_ZERO
        elif operation not in (READ, WRITE):
            status = BAD_TYPE
        elif not guest.devices[device].ready:
            status = IO_ERROR
        else:
            transfer = _read if operation == READ else _write
            done, status = transfer(guest, disk, (first, blocks, size), buffer, key)
            moved += done * size
        guest.store(at + 1, bytes((status,)), key=key)
        guest.store(at + 16, done.to_bytes(4, "big"), key=key)
        failed += status != DONE
        room -= max(done, 1)
        number += 1
    guest.count_bytes(moved)
    return number, failed


def _read(guest: Guest, disk: BlockAccess, extent: tuple[int, int, int], buffer: int, key: int) -> tuple[int, int]:
    """Blocks done, and a status."""
    first, blocks, size = extent
    data: list[bytes] = []
    status = DONE
    try:
        for number in range(first, first + blocks):
            data.append(disk.block_read(number, size))
    except BlockError as error:
        status = _status(error)
    try:
        if data:
            guest.store(buffer, b"".join(data), key=key)
    except ProgramCheck as check:
        return 0, _refused(check)
    return len(data), status


def _write(guest: Guest, disk: BlockAccess, extent: tuple[int, int, int], buffer: int, key: int) -> tuple[int, int]:
    """Blocks done, and a status."""
    first, blocks, size = extent
    done = 0
    try:
        data = guest.fetch(buffer, blocks * size, key=key)
        for done in range(blocks):
            disk.block_write(first + done, size, data[done * size : (done + 1) * size])
    except BlockError as error:
        return done, _status(error)
    except ProgramCheck as check:
        return 0, _refused(check)
    return blocks, DONE


def _refused(check: ProgramCheck) -> int:
    return PROTECTED if check.code == PROTECTION else BAD_ADDRESS


def _status(error: BlockError) -> int:
    if isinstance(error, BlockNumberError):
        return BAD_BLOCK
    if isinstance(error, BlockReadOnlyError):
        return DISK_READ_ONLY
    return WRONG_SIZE if isinstance(error, BlockSizeError) else IO_ERROR
