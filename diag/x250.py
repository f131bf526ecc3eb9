"""DIAGNOSE X'250': block I/O.

    Rx      address of the parameter list (BIOPL), 64 bytes on a doubleword
    Ry      function: 0 INIT, 1 IOREQ, 2 REMOVE
    Rx+1    stored: return code

    offset  INIT                      IOREQ                                  REMOVE
      0     2  device number          2  device number                       2  device number
      2     1  X'00' 32-bit form      1  X'00' 32-bit form                   62 zero
               X'80' 64-bit form         X'80' 64-bit form
      3     21 zero                   21 zero
     24     4  block size             1  key, 1 flags (X'02' asynchronous, X'01' cache), 2 zero
     28     4  offset (32-bit form)   4  number of blocks
     32     4  stored: first block    4  ALET (zero)
     36     4  stored: last block     4  address of the BIOE list (32-bit form)
     40     24 zero                   4  interruption parameter; 20 zero
     64-bit form:
     32     8  offset                 4  ALET
     40     8  stored: first block    8  interruption parameter
     48     8  stored: last block     8  address of the BIOE list
     56     8  zero                   8  zero

    BIOE    32-bit form, 16 bytes: type (X'01' write, X'02' read), status, 2 zero, 4 block, 4 ALET, 4 data address
            64-bit form, 24 bytes: type, status, 2 zero, 4 ALET, 8 block, 8 data address

    cc  Rx+1                                            status of a BIOE
    0   0    done                                       00  done
        4    INIT: done, the disk is read-only          01  no such block
        8    IOREQ: asynchronous request started        02  data not in storage
    1   12   some entries failed                        03  write to a read-only disk
    2   16   no such device                             04  not formatted with this block size
        20   not a disk                                 05  I/O error, or the disk is not ready
        24   block size not 512, 1024, 2048, 4096       06  neither read nor write
        28   already, or not, initialised               07  data protected
        36   not 1 to 256 blocks                        09  ALET not zero
        40   every entry failed                         0B  bytes 2-3 not zero
        255  256 interruptions are waiting

Blocks are numbered from 1 minus the offset.  Every entry of a list is tried.  The key protects list and data; a list
that cannot be accessed is an addressing or protection exception, at the entry concerned.  The form may differ from
call to call.  INIT lasts until REMOVE, DETACH or a system reset.

An asynchronous request is carried out at once, and ends with external interruption X'2603', enabled by X'0200' in
control register 0.  In both modes the word at X'80' is the (low half of the) interruption parameter, byte X'84' X'03'
(32-bit form) or X'07', byte X'85' the status: 0 done, 1 some or all entries failed, 2 the list could not be accessed.

What must be zero and is not, a list off its boundary, an unknown function and 15 as Rx are specification exceptions.
Sources: z/VM CP Programming Services, DIAGNOSE Code X'250'; Hercules' vmd250.c.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

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

LENGTH = 64
INIT, IOREQ, REMOVE = 0, 1, 2
FORM_64 = 0x80
ASYNCHRONOUS, CACHE = 0x02, 0x01
WRITE, READ = 0x01, 0x02
MOST_BLOCKS = 256
EXTERNAL_CODE, EXTERNAL_SUBCLASS = 0x2603, 0x0200
SUBCODE_32, SUBCODE_64 = 0x03, 0x07
_BIOE_32, _BIOE_64 = struct.Struct(">BxHIII"), struct.Struct(">BxHIQQ")

# status of a BIOE
DONE, BAD_BLOCK, BAD_ADDRESS, DISK_READ_ONLY, WRONG_SIZE, IO_ERROR, BAD_TYPE, PROTECTED = range(8)
BAD_ALET, RESERVED_NOT_ZERO, ABORTED = 0x09, 0x0B, 0x0C

# (condition code, return code)
SUCCESS, SUCCESS_READ_ONLY, STARTED = (0, 0), (0, 4), (0, 8)
PARTLY_FAILED = (1, 12)
NO_DEVICE, NOT_SUPPORTED, BAD_SIZE = (2, 16), (2, 20), (2, 24)
STATE_ERROR, BAD_COUNT, ALL_FAILED = (2, 28), (2, 36), (2, 40)
INTERNAL_ERROR = (2, 255)

# status of an asynchronous request
ALL_DONE, SOME_FAILED, LIST_NOT_ACCESSIBLE = 0, 1, 2


# parts of the parameter list that must be zero, by function and form
_ZERO = {
    (INIT, 0): ((3, 24), (40, 64)),
    (INIT, FORM_64): ((3, 24), (28, 32), (56, 64)),
    (IOREQ, 0): ((3, 24), (26, 28), (44, 64)),
    (IOREQ, FORM_64): ((3, 24), (26, 28), (36, 40), (56, 64)),
    (REMOVE, 0): ((3, 64),),
}


@dataclass(frozen=True, slots=True)
class BlockEnvironment:
    """What INIT set up for one device."""

    block_size: int
    offset: int


@dataclass(slots=True)
class Entry:
    """One BIOE."""

    operation: int
    reserved: int
    alet: int
    block: int
    buffer: int


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Block I/O."""
    require(rx != 15)
    where, function = aligned(guest.gr[rx] & 0xFFFFFF, DOUBLEWORD), guest.gr[ry]
    require(function in (INIT, IOREQ, REMOVE))
    data = guest.fetch(where, LENGTH)
    require((function, data[2]) in _ZERO)
    require(not any(any(data[first:end]) for first, end in _ZERO[function, data[2]]))
    if function == IOREQ:
        require(not data[24] & 0x0F and not data[25] & ~(ASYNCHRONOUS | CACHE))
    device = int.from_bytes(data[:2], "big")
    disk = guest.devices.get(device)
    if disk is None:
        answer = NO_DEVICE
    elif not isinstance(disk, BlockAccess):
        answer = NOT_SUPPORTED
    elif function == INIT:
        answer = _init(guest, where, data, device, disk)
    elif device not in guest.block_environments:
        answer = STATE_ERROR
    elif function == IOREQ:
        answer = _request(guest, data, device, disk)
    else:
        del guest.block_environments[device]
        answer = SUCCESS
    guest.cc, guest.gr[rx + 1] = answer


def _init(guest: Guest, where: int, data: bytes, device: int, disk: BlockAccess) -> tuple[int, int]:
    wide = data[2] == FORM_64
    (size,) = struct.unpack_from(">I", data, 24)
    (offset,) = struct.unpack_from(">q", data, 32) if wide else struct.unpack_from(">i", data, 28)
    if size not in BLOCK_SIZES:
        return BAD_SIZE
    if device in guest.block_environments:
        return STATE_ERROR
    first, last = 1 - offset, disk.block_count(size) - offset
    mask = (1 << (64 if wide else 32)) - 1
    packed = struct.pack(">QQ" if wide else ">II", first & mask, last & mask)
    guest.store(where + (40 if wide else 32), packed)
    guest.block_environments[device] = BlockEnvironment(size, offset)
    return SUCCESS_READ_ONLY if guest.devices[device].read_only else SUCCESS


def _request(guest: Guest, data: bytes, device: int, disk: BlockAccess) -> tuple[int, int]:
    wide = data[2] == FORM_64
    (count,) = struct.unpack_from(">I", data, 28)
    (listed,) = struct.unpack_from(">Q" if wide else ">I", data, 48 if wide else 36)
    if not 1 <= count <= MOST_BLOCKS:
        return BAD_COUNT
    if not data[25] & ASYNCHRONOUS:
        good = _list(guest, device, disk, listed, count, data[24] >> 4, wide)
        return SUCCESS if good == count else PARTLY_FAILED if good else ALL_FAILED
    if not guest.interruption_room:
        return INTERNAL_ERROR
    try:
        good = _list(guest, device, disk, listed, count, data[24] >> 4, wide)
        ended = ALL_DONE if good == count else SOME_FAILED
    except ProgramCheck:
        ended = LIST_NOT_ACCESSIBLE
    subcode, parameter = (SUBCODE_64, data[40:48]) if wide else (SUBCODE_32, data[40:44])
    guest.external_interruption(
        EXTERNAL_CODE,
        cpu_address=subcode << 8 | ended,
        parameter=int.from_bytes(parameter[-4:], "big"),
        subclass=EXTERNAL_SUBCLASS,
    )
    return STARTED


def _list(guest: Guest, device: int, disk: BlockAccess, listed: int, count: int, key: int, wide: bool) -> int:
    """Carry out the entries of a list; how many were done.  ProgramCheck when the list itself cannot be accessed."""
    environment = guest.block_environments[device]
    form, bits = (_BIOE_64, 64) if wide else (_BIOE_32, 32)
    good = 0
    for at in range(listed, listed + count * form.size, form.size):
        operation, reserved, *rest, buffer = form.unpack(guest.fetch(at, form.size, key=key))
        alet, block = rest if wide else reversed(rest)
        entry = Entry(operation, reserved, alet, block - (block >> bits - 1 << bits), buffer)
        status = _block(guest, disk, environment, entry, key) if guest.devices[device].ready else IO_ERROR
        guest.store(at + 1, bytes([status]), key=key)
        good += status == DONE
    guest.count_bytes(good * environment.block_size)
    return good


def _block(guest: Guest, disk: BlockAccess, environment: BlockEnvironment, entry: Entry, key: int) -> int:
    """Carry out one entry: its status."""
    size = environment.block_size
    if entry.reserved:
        return RESERVED_NOT_ZERO
    if entry.alet:
        return BAD_ALET
    if entry.operation not in (WRITE, READ):
        return BAD_TYPE
    block = entry.block + environment.offset
    try:
        if entry.operation == READ:
            guest.store(entry.buffer, disk.block_read(block, size), key=key)
        else:
            disk.block_write(block, size, guest.fetch(entry.buffer, size, key=key))
    except BlockNumberError:
        return BAD_BLOCK
    except BlockReadOnlyError:
        return DISK_READ_ONLY
    except BlockSizeError:
        return WRONG_SIZE
    except BlockError:
        return IO_ERROR
    except ProgramCheck as check:
        return PROTECTED if check.code == PROTECTION else BAD_ADDRESS
    return DONE
