"""DIAGNOSE X'18': standard DASD I/O, synchronous, for CKD disks.

    Rx      device address
    Ry      byte 0: storage key; bytes 1-3: address of the channel program, on a doubleword
    R15     number of READ and WRITE commands in it, 1 to 15

The channel program has, for each record: SEEK or (not first) SEEK HEAD, optionally SET SECTOR, SEARCH ID EQUAL, TIC to
the search, READ DATA or WRITE DATA.

    cc  R15     meaning
    0   0       done
    1   1       no such device               cc  R15     meaning
        2       not a CKD disk               2   5       channel program not on a doubleword
        3       write to a read-only disk        6       seek or search argument outside storage
        4       cylinder not on the disk         7       neither READ DATA nor WRITE DATA
        5       busy                             8       byte count zero
    3   13      I/O error, CSW at X'40'          9       byte count above 4096
                                                 10      data outside storage
                                                 11      R15 not 1 to 15, or it does not fit the program
                                                 12      SEEK HEAD to another cylinder

SEEK may also go to another cylinder; seek arguments count from the beginning of the minidisk.  The key protects the
channel program's data.  There is no I/O interruption.  A program that executes more than 4096 commands (a TIC
to somewhere else than the search) ends with a program check.
Source: VM/370 System Programmer's Guide, DIAGNOSE; VM/SP for the key and 4096 bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from vm370.cp.io.ccw import Ccw, CcwFlag
from vm370.cp.io.channel import Progress
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.s370.interruptions import ProgramCheck
from vm370.diag.guest import Guest
from vm370.diag.operands import return_code

SEEK, SEEK_HEAD, SET_SECTOR, SEARCH_ID_EQUAL, TIC = 0x07, 0x1B, 0x23, 0x31, 0x08
READ_DATA, WRITE_DATA = 0x06, 0x05
LONGEST = 4096
MOST_COMMANDS = 4096
IO_ERROR = 13


@dataclass
class Refused(Exception):
    """The request is not carried out: condition code and R15."""

    cc: int
    r15: int


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Standard DASD I/O."""
    address, key = guest.gr[rx] & 0xFFFF, guest.gr[ry] >> 28
    program = guest.gr[ry] & 0xFFFFFF
    try:
        disk = guest.devices.get(address)
        if disk is None:
            raise Refused(1, 1)
        if not isinstance(disk, CkdDisk):
            raise Refused(1, 2)
        check(guest, disk, program, guest.gr[15])
    except Refused as refused:
        return_code(guest, refused.cc, refused.r15)
        return
    result = guest.channels.synchronous(address, program, key, limit=MOST_COMMANDS)
    if result.progress is not Progress.ENDED:
        return_code(guest, 1, 5)
    elif result.successful:
        return_code(guest, 0, 0)
    else:
        guest.store_csw(result.csw)
        return_code(guest, 3, IO_ERROR)


def check(guest: Guest, disk: CkdDisk, address: int, records: int) -> None:
    """Look the channel program over before anything is done."""
    if address % 8:
        raise Refused(2, 5)
    if not 1 <= records <= 15:
        raise Refused(2, 11)
    cylinder = None
    for number in range(records):
        ccw = _ccw(guest, address)
        if ccw.command in (SEEK, SEEK_HEAD):
            argument = _argument(guest, ccw, 6)
            wanted = int.from_bytes(argument[2:4], "big")
            if cylinder is not None and ccw.command == SEEK_HEAD and wanted != cylinder:
                raise Refused(2, 12)
            cylinder = wanted
            if cylinder >= disk.store.cylinders:
                raise Refused(1, 4)
            address += 8
            ccw = _ccw(guest, address)
        elif number == 0:
            raise Refused(2, 7)
        if ccw.command == SET_SECTOR:
            address += 8
            ccw = _ccw(guest, address)
        if ccw.command == SEARCH_ID_EQUAL:
            _argument(guest, ccw, 5)
            address += 8
            ccw = _ccw(guest, address)
            if ccw.command & 0x0F == TIC:
                address += 8
                ccw = _ccw(guest, address)
        _transfer(guest, disk, ccw)
        address += 8
        if bool(ccw.flags & CcwFlag.CHAIN_COMMAND) != (number < records - 1):
            raise Refused(2, 11)


def _transfer(guest: Guest, disk: CkdDisk, ccw: Ccw) -> None:
    if ccw.command not in (READ_DATA, WRITE_DATA):
        raise Refused(2, 7)
    if ccw.command == WRITE_DATA and disk.read_only:
        raise Refused(1, 3)
    if ccw.count == 0:
        raise Refused(2, 8)
    if ccw.count > LONGEST:
        raise Refused(2, 9)
    if not ccw.flags & CcwFlag.INDIRECT_DATA_ADDRESS and ccw.address + ccw.count > guest.storage_size:
        raise Refused(2, 10)


def _ccw(guest: Guest, address: int) -> Ccw:
    try:
        return Ccw.from_bytes(guest.fetch(address, 8, key=0))
    except ProgramCheck:
        raise Refused(2, 11) from None


def _argument(guest: Guest, ccw: Ccw, length: int) -> bytes:
    try:
        return guest.fetch(ccw.address, length, key=0)
    except ProgramCheck:
        raise Refused(2, 6) from None
