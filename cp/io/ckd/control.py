"""Control and sense commands of count-key-data disks: seeks, file mask, sector, space count, sense, reserve.

File mask (SET FILE MASK, once per channel program; before it X'00' holds):

    bits 0-1   00 no WRITE HOME ADDRESS, no WRITE R0     bits 3-4   00 all seeks
               01 no write at all                                   01 SEEK CYLINDER and SEEK HEAD only
               10 no formatting write                               10 SEEK HEAD only
               11 all writes                                        11 no seek, no multitrack head switching
    other bits must be 0, but bit 7 (PCI fetch mode) and bits 5-6 (diagnostic), which change nothing here
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.io.ckd.access import Area
from vm370.cp.io.ckd.track import Record
from vm370.cp.io.device import Outcome, Sense0, Supply
from vm370.cp.io.diskcheck import (
    SEEK_CHECK,
    Format,
    Message,
    UnitCheck,
    command_reject,
    file_protected,
    invalid_argument,
)

if TYPE_CHECKING:
    from vm370.cp.io.ckd.disk import CkdDisk

DONE = Outcome()

MASK_WRITES = 0xC0
MASK_NO_HOME_WRITES = 0x00
MASK_NO_WRITES = 0x40
MASK_NO_FORMATTING = 0x80

MASK_SEEKS = 0x18
MASK_ALL_SEEKS = 0x00
MASK_CYLINDER_AND_HEAD = 0x08
MASK_HEAD_ONLY = 0x10
MASK_NO_SEEKS = 0x18

_MASK_RESERVED = 0x20
_MASK_RESERVED_6 = 0x27
"""Drives with 6 sense bytes know no command retry, no diagnostic writes."""


def no_operation(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    """NOP: the rest of the current record passes."""
    disk.access.pass_record()
    return DONE


def recalibrate(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    """RECALIBRATE: to cylinder 0, head 0."""
    if disk.file_mask & MASK_SEEKS != MASK_ALL_SEEKS:
        raise file_protected()
    disk.access.seek(0, 0)
    return DONE


def seek(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    """SEEK: 00 00 CC HH."""
    if disk.file_mask & MASK_SEEKS != MASK_ALL_SEEKS:
        raise file_protected()
    return _seek(disk, supply)


def seek_cylinder(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    """SEEK CYLINDER: 00 00 CC HH."""
    if disk.file_mask & MASK_SEEKS not in (MASK_ALL_SEEKS, MASK_CYLINDER_AND_HEAD):
        raise file_protected()
    return _seek(disk, supply)


def seek_head(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    """SEEK HEAD: 00 00 CC HH, of which only the head counts."""
    if disk.file_mask & MASK_SEEKS == MASK_NO_SEEKS:
        raise file_protected()
    argument = supply.take(6)
    if len(argument) < 6:
        raise invalid_argument(Message.COUNT_TOO_SMALL)
    head = argument[4] << 8 | argument[5]
    if head >= disk.store.heads:
        raise _invalid_seek(disk)
    disk.access.seek(disk.access.cylinder, head)
    return DONE


def _seek(disk: CkdDisk, supply: Supply) -> Outcome:
    argument = supply.take(6)
    if len(argument) < 6:
        raise invalid_argument(Message.COUNT_TOO_SMALL)
    cylinder = argument[2] << 8 | argument[3]
    head = argument[4] << 8 | argument[5]
    if argument[0] or argument[1] or cylinder >= disk.store.cylinders or head >= disk.store.heads:
        raise _invalid_seek(disk)
    disk.access.seek(cylinder, head)
    return DONE


def _invalid_seek(disk: CkdDisk) -> UnitCheck:
    if disk.sense_length == 6:
        return UnitCheck(Sense0.COMMAND_REJECT | SEEK_CHECK)
    return invalid_argument()


def set_file_mask(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    """SET FILE MASK: one byte."""
    if disk.file_mask_set:
        raise command_reject(Message.INVALID_SEQUENCE)
    argument = supply.take(1)
    reserved = _MASK_RESERVED_6 if disk.sense_length == 6 else _MASK_RESERVED
    if not argument or argument[0] & reserved:
        raise invalid_argument()
    disk.file_mask = argument[0]
    disk.file_mask_set = True
    disk.access.head_switching = disk.file_mask & MASK_SEEKS != MASK_NO_SEEKS
    disk.access.pass_record()
    return DONE


def set_sector(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    """SET SECTOR: one byte; X'FF' means none in particular.  The disk waits for it, so orientation is lost."""
    argument = supply.take(1)
    if not argument or (argument[0] != 0xFF and argument[0] >= disk.device.sectors):
        raise invalid_argument()
    disk.access.lose_orientation()
    return DONE


def read_sector(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    """READ SECTOR: the sector at which the current record's count field begins."""
    access = disk.access
    used = 0
    if access.position > 0:
        for record in access.track.records[1 : access.position]:
            used += disk.device.space(record.key_length, record.data_length)
    sector = min(used * disk.device.sectors // disk.device.track_capacity, disk.device.sectors - 1)
    access.pass_record()
    return Outcome(data=bytes((sector,)))


def space_count(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    """SPACE COUNT: KL DL DL to be taken for those of the next record, whose count field is passed over unread."""
    argument = supply.take(3).ljust(3, b"\0")
    access = disk.access
    access.turns = 0
    record = access.next_count(multitrack=False, skip_r0=access.area is not Area.HOME)
    room = len(access.track.image) - record.key_offset
    key_length = min(argument[0], room)
    data_length = min(argument[1] << 8 | argument[2], room - key_length)
    count = record.id + bytes((key_length,)) + data_length.to_bytes(2, "big")
    access.record = Record.at(record.offset, count, overflow=False)
    return DONE


def sense(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    """SENSE: what the last unit check was about."""
    disk.access.pass_record()
    return Outcome(data=disk.sense.ljust(disk.sense_length, b"\0"))


def sense_id(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    """SENSE ID: X'FF', control unit type and model, device type and model."""
    disk.access.pass_record()
    unit = disk.device.control_unit
    return Outcome(
        data=b"\xff"
        + bytes.fromhex(unit)
        + bytes((_UNIT_MODELS[unit],))
        + disk.device.type_code.to_bytes(2, "big")
        + bytes((_DEVICE_MODELS.get(disk.device.name, 0x02),))
    )


def read_buffered_log(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    """READ AND RESET BUFFERED LOG: usage and error statistics; nothing is counted, so they are zero."""
    disk.access.pass_record()
    log = bytearray(24)
    log[7] = Format.USAGE_AND_ERROR_STATISTICS << 4
    return Outcome(data=bytes(log))


def device_reserve(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    """DEVICE RESERVE: remembered, and the sense bytes are given."""
    disk.reserved = True
    return sense(disk, supply, command)


def device_release(disk: CkdDisk, supply: Supply, command: int) -> Outcome:
    """DEVICE RELEASE: the opposite."""
    disk.reserved = False
    return sense(disk, supply, command)


_UNIT_MODELS = {"3880": 0x05, "3990": 0xC2}
_DEVICE_MODELS = {"3380-E": 0x0A, "3380-K": 0x1E, "3390-2": 0x06, "3390-3": 0x0A, "3390-9": 0x0C}
