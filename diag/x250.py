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

Blocks are numbered from 1 minus the offset.  Status of a BIOE and return codes: see the tables below.  A request that
is asynchronous ends with external interruption X'2603' (enabled by X'0200' in control register 0).
What must be zero and is not, a list off its boundary and an unknown function are specification exceptions.
Source: z/VM CP Programming Services, DIAGNOSE Code X'250'.
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

# status of a BIOE
DONE, BAD_BLOCK, BAD_ADDRESS, DISK_READ_ONLY, WRONG_SIZE, IO_ERROR, BAD_TYPE, PROTECTED = range(8)
BAD_ALET, RESERVED_NOT_ZERO, ABORTED = 0x09, 0x0B, 0x0C

# (condition code, return code)
SUCCESS, SUCCESS_READ_ONLY, STARTED = (0, 0), (0, 4), (0, 8)
PARTLY_FAILED = (1, 12)
NO_DEVICE, NOT_SUPPORTED, BAD_SIZE = (2, 16), (2, 20), (2, 24)
STATE_ERROR, BAD_COUNT, ALL_FAILED = (2, 28), (2, 36), (2, 40)


@dataclass(frozen=True, slots=True)
class BlockEnvironment:
    """What INIT set up for one device."""

    block_size: int
    offset: int
    wide: bool


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
    device, form = int.from_bytes(data[:2], "big"), data[2]
    require(form in (0, FORM_64) and not any(data[3:24]))
    disk = guest.devices.get(device)
    match function:
        case _ if disk is None:
            answer = NO_DEVICE
        case _ if not isinstance(disk, BlockAccess):
            answer = NOT_SUPPORTED
        case 0:
            answer = _init(guest, where, data, device, disk)
        case 1:
            answer = _request(guest, data, device, disk)
        case _:
            require(not any(data[2:]))
            answer = SUCCESS if guest.block_environments.pop(device, None) else STATE_ERROR
    guest.cc, guest.gr[rx + 1] = answer


def _init(guest: Guest, where: int, data: bytes, device: int, disk: BlockAccess) -> tuple[int, int]:
    wide = data[2] == FORM_64
    size = int.from_bytes(data[24:28], "big")
    if wide:
        require(not any(data[28:32]) and not any(data[56:]))
        (offset,) = struct.unpack_from(">q", data, 32)
    else:
        require(not any(data[40:]))
        (offset,) = struct.unpack_from(">i", data, 28)
    if size not in BLOCK_SIZES:
        return BAD_SIZE
    if device in guest.block_environments:
        return STATE_ERROR
    first, last = 1 - offset, disk.block_count(size) - offset
    mask = (1 << (64 if wide else 32)) - 1
    packed = struct.pack(">QQ" if wide else ">II", first & mask, last & mask)
    guest.store(where + (40 if wide else 32), packed)
    guest.block_environments[device] = BlockEnvironment(size, offset, wide)
    return SUCCESS_READ_ONLY if guest.devices[device].read_only else SUCCESS


def _request(guest: Guest, data: bytes, device: int, disk: BlockAccess) -> tuple[int, int]:
    wide = data[2] == FORM_64
    key, flags = data[24], data[25]
    require(not key & 0x0F and not flags & ~(ASYNCHRONOUS | CACHE) and not any(data[26:28]))
    require(not any(data[56:] if wide else data[44:]))
    (count,) = struct.unpack_from(">I", data, 28)
    environment = guest.block_environments.get(device)
    if environment is None or environment.wide != wide:
        return STATE_ERROR
    if not 1 <= count <= MOST_BLOCKS:
        return BAD_COUNT
    (listed,) = struct.unpack_from(">Q" if wide else ">I", data, 48 if wide else 36)
    form = struct.Struct(">BxHIQQ" if wide else ">BxHIII")
    good = 0
    for number in range(count):
        at = listed + number * form.size
        operation, reserved, *rest, buffer = form.unpack(guest.fetch(at, form.size, key=key >> 4))
        alet, block = rest if wide else reversed(rest)
        status = _block(guest, disk, environment, Entry(operation, reserved, alet, block, buffer), key >> 4)
        guest.store(at + 1, bytes([status]), key=key >> 4)
        good += status == DONE
    guest.count_bytes(good * environment.block_size)
    if not flags & ASYNCHRONOUS:
        return SUCCESS if good == count else PARTLY_FAILED if good else ALL_FAILED
    subcode, parameter = (SUBCODE_64, data[40:48]) if wide else (SUBCODE_32, data[40:44])
    guest.external_interruption(
        EXTERNAL_CODE,
        cpu_address=subcode << 8 | (good != count),
        parameter=int.from_bytes(parameter[-4:], "big"),
        subclass=EXTERNAL_SUBCLASS,
    )
    return STARTED


def _block(guest: Guest, disk: BlockAccess, environment: BlockEnvironment, entry: Entry, key: int) -> int:
    """Carry out one entry: its status."""
    size = environment.block_size
    if entry.reserved:
        return RESERVED_NOT_ZERO
    if entry.alet:
        return BAD_ALET
    if entry.operation not in (WRITE, READ):
        return BAD_TYPE
    bits = 64 if environment.wide else 32
    block = entry.block - (1 << bits) if entry.block >> (bits - 1) else entry.block
    try:
        if entry.operation == READ:
            guest.store(entry.buffer, disk.block_read(block + environment.offset, size), key=key)
        else:
            disk.block_write(block + environment.offset, size, guest.fetch(entry.buffer, size, key=key))
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
