"""Fixed-block disks: 3310, 3370, 9332, 9335, 9336.

A channel program says where it may go and what it wants, and then moves sectors of 512 bytes:

    DEFINE EXTENT   63   16 bytes   0     mask: bits 0-1  00 no formatting  01 no writing  11 all; 0 but bit 5
                                    4-7   first sector of the extent on the disk
                                    8-11  number that this sector has in the data set
                                    12-15 number that the last sector has
    LOCATE          43   8 bytes    0     operation: 01 write, 02 read replicated data, 04 format defective block,
                                          05 write and verify, 06 read
                                    1     replication count (02 only): a multiple of the number of sectors
                                    2-3   number of sectors
                                    4-7   first sector, numbered as in the data set
    WRITE           41   the sectors that LOCATE named; what is not supplied is written as zeros
    READ            42   the sectors that LOCATE named; after READ IPL sector 1
    READ IPL        02   sector 0; defines the whole disk as extent
    also: NO-OPERATION 03, SENSE 04, SENSE ID E4, READ DEVICE CHARACTERISTICS 64, READ AND RESET BUFFERED LOG A4,
    DEVICE RESERVE B4, DEVICE RELEASE 94

READ and WRITE follow directly behind their LOCATE.  One WRITE is one change in the store.  A virtual disk has no
defective blocks: formatting one does nothing.  A LOCATE outside the extent or against the mask ends with command
reject and file protected (the second bit is not checked against a manual).  Source: Hercules' fbadasd.c, dasdtab.c.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from vm370.cp.io.blockaccess import (
    BlockAccess,
    BlockIOError,
    BlockNumberError,
    BlockReadOnlyError,
    BlockSizeError,
    checked_size,
)
from vm370.cp.io.device import Device, DeviceType, Outcome, Sense0, Supply
from vm370.cp.io.diskcheck import (
    Format,
    Message,
    Sense1,
    UnitCheck,
    command_reject,
    equipment_check,
    invalid_argument,
    write_inhibited,
)
from vm370.images.geometry import SECTOR, fba_device
from vm370.images.stores import BlockStore, StoreError

SENSE_LENGTH = 24

MASK_WRITES = 0xC0
MASK_NO_FORMATTING = 0x00
MASK_NO_WRITES = 0x40
MASK_INVALID = 0x80
MASK_RESERVED = 0x3B

WRITE_OPERATION = 0x01
READ_REPLICATED = 0x02
FORMAT_DEFECTIVE = 0x04
WRITE_AND_VERIFY = 0x05
READ_OPERATION = 0x06

_EXTENT = struct.Struct(">B3xIII")
_LOCATE = struct.Struct(">BBHI")
_CHARACTERISTICS = struct.Struct(">BBBBHIIIIHH6x")
_OPERATING_MODES = 0x30
_FEATURES = 0x08


class FbaDisk(Device, BlockAccess):
    """A disk (volume or minidisk) whose sectors are in ``store``, numbered from 0."""

    def __init__(self, store: BlockStore, type: DeviceType, *, read_only: bool = False) -> None:
        super().__init__()
        self.store = store
        self.type = type
        self.device = fba_device(store.device_type)
        self.read_only = read_only or store.read_only
        self.sense = bytes(SENSE_LENGTH)
        self.reserved = False
        self.extent_defined = False
        self.mask = 0
        self.extent_start = 0
        """First sector of the extent on the disk."""
        self.first = 0
        self.last = 0
        """Numbers of the first and the last sector in the data set."""
        self.operation = 0
        """Operation of a LOCATE that was the last command; 0: it was not."""
        self.sector = 0
        """Where READ or WRITE begins."""
        self.sectors = 0
        """How many they move."""
        self._loaded = False
        """The last command was READ IPL."""

    # --- a device of a channel ---

    def start_chain(self) -> None:
        self.extent_defined = False
        self.mask = 0
        self.operation = 0
        self._loaded = False

    def execute(self, command: int, supply: Supply, count: int) -> Outcome:
        if command != 0x04:
            self.sense = bytes(SENSE_LENGTH)
        function = _COMMANDS.get(command)
        operation, self.operation = self.operation, 0
        loaded, self._loaded = self._loaded, False
        try:
            if function is None:
                raise command_reject(Message.INVALID_COMMAND)
            if command in (0x41, 0x42):
                self.operation = READ_OPERATION if loaded and command == 0x42 else operation
            return function(self, supply)
        except UnitCheck as check:
            return self._checked(check)
        except StoreError:
            return self._checked(equipment_check())

    def _checked(self, check: UnitCheck) -> Outcome:
        self.operation = 0
        sense = bytearray(SENSE_LENGTH)
        sense[0] = check.sense0
        sense[1] = check.sense1
        sense[7] = check.format << 4 | check.message
        self.sense = bytes(sense)
        return Outcome(check.status)

    def reset(self) -> None:
        self.sense = bytes(SENSE_LENGTH)
        self.reserved = False
        self.start_chain()

    def save(self) -> Any:
        return {
            "sense": self.sense.hex(),
            "reserved": self.reserved,
            "mask": self.mask,
            "extent": [self.extent_start, self.first, self.last] if self.extent_defined else None,
            "located": [self.operation, self.sector, self.sectors],
            "loaded": self._loaded,
        }

    def restore(self, state: Any) -> None:
        self.sense = bytes.fromhex(state["sense"])
        self.reserved = state["reserved"]
        self.mask = state["mask"]
        self.extent_defined = state["extent"] is not None
        if self.extent_defined:
            self.extent_start, self.first, self.last = state["extent"]
        self.operation, self.sector, self.sectors = state["located"]
        self._loaded = state["loaded"]

    def close(self) -> None:
        self.store.close()

    # --- commands ---

    def _no_operation(self, supply: Supply) -> Outcome:
        return Outcome()

    def _sense(self, supply: Supply) -> Outcome:
        return Outcome(data=self.sense.ljust(SENSE_LENGTH, b"\0"))

    def _sense_id(self, supply: Supply) -> Outcome:
        unit = bytes.fromhex(self.device.control_unit)
        name = bytes.fromhex(self.device.name[:4])
        return Outcome(data=b"\xff" + unit + b"\x01" + name + bytes((self.device.model_byte,)))

    def _read_buffered_log(self, supply: Supply) -> Outcome:
        return Outcome(data=bytes(7) + bytes((Format.USAGE_AND_ERROR_STATISTICS << 4,)) + bytes(16))

    def _reserve(self, supply: Supply) -> Outcome:
        return self._reserved(True, supply)

    def _release(self, supply: Supply) -> Outcome:
        return self._reserved(False, supply)

    def _reserved(self, reserved: bool, supply: Supply) -> Outcome:
        if self.extent_defined:
            raise command_reject(Message.INVALID_SEQUENCE)
        self.reserved = reserved
        return self._sense(supply)

    def _read_device_characteristics(self, supply: Supply) -> Outcome:
        device = self.device
        kind = (_OPERATING_MODES, _FEATURES, device.device_class, device.type_byte)
        sizes = (SECTOR, device.per_group, device.per_position, self.store.sectors)
        no_fixed_heads_no_spares = (0, 0, 0)
        return Outcome(data=_CHARACTERISTICS.pack(*kind, *sizes, *no_fixed_heads_no_spares))

    def _define_extent(self, supply: Supply) -> Outcome:
        if self.extent_defined:
            raise command_reject(Message.INVALID_SEQUENCE)
        argument = supply.take(_EXTENT.size)
        if len(argument) < _EXTENT.size:
            raise invalid_argument(Message.COUNT_TOO_SMALL)
        mask, start, first, last = _EXTENT.unpack(argument)
        if mask & MASK_RESERVED or mask & MASK_WRITES == MASK_INVALID:
            raise invalid_argument()
        if last < first or start + last - first >= self.store.sectors:
            raise invalid_argument()
        self.mask = mask
        self.extent_start, self.first, self.last = start, first, last
        self.extent_defined = True
        return Outcome()

    def _locate(self, supply: Supply) -> Outcome:
        if not self.extent_defined:
            raise command_reject(Message.INVALID_SEQUENCE)
        argument = supply.take(_LOCATE.size)
        if len(argument) < _LOCATE.size:
            raise invalid_argument(Message.COUNT_TOO_SMALL)
        operation, replication, sectors, number = _LOCATE.unpack(argument)
        if operation not in _OPERATIONS or not sectors:
            raise invalid_argument()
        span = sectors
        if operation == READ_REPLICATED:
            if not replication or replication % sectors:
                raise invalid_argument()
            span = replication
        if operation in _WRITING:
            inhibiting = (MASK_NO_WRITES, MASK_NO_FORMATTING) if operation == FORMAT_DEFECTIVE else (MASK_NO_WRITES,)
            if self.mask & MASK_WRITES in inhibiting:
                raise _protected()
            if self.read_only:
                raise write_inhibited()
        if number < self.first or number + span - 1 > self.last:
            raise _protected()
        self.operation = operation
        self.sector = self.extent_start + number - self.first
        self.sectors = sectors
        return Outcome()

    def _read_ipl(self, supply: Supply) -> Outcome:
        data = self.store.read(0, 1)
        self.mask = 0
        self.extent_start, self.first, self.last = 0, 0, self.store.sectors - 1
        self.extent_defined = True
        self._loaded = True
        self.sector = 1
        self.sectors = 1
        return Outcome(data=data)

    def _read(self, supply: Supply) -> Outcome:
        if self.operation not in (READ_OPERATION, READ_REPLICATED):
            raise command_reject(Message.INVALID_SEQUENCE)
        self.operation = 0
        if self.sector + self.sectors > self.store.sectors:
            raise _protected()
        return Outcome(data=self.store.read(self.sector, self.sectors))

    def _write(self, supply: Supply) -> Outcome:
        if self.operation not in (WRITE_OPERATION, WRITE_AND_VERIFY):
            raise command_reject(Message.INVALID_SEQUENCE)
        self.operation = 0
        if self.read_only:
            raise write_inhibited()
        length = self.sectors * SECTOR
        self.store.write(self.sector, supply.take(length).ljust(length, b"\0"))
        return Outcome()

    # --- CMS blocks ---

    def block_count(self, size: int) -> int:
        return self.store.sectors // (checked_size(size) // SECTOR)

    def block_read(self, number: int, size: int) -> bytes:
        sector = self._first_sector(number, size)
        try:
            return self.store.read(sector, size // SECTOR)
        except StoreError as error:
            raise BlockIOError(str(error)) from error

    def block_write(self, number: int, size: int, data: bytes) -> None:
        if self.read_only:
            raise BlockReadOnlyError(f"block {number}: the disk is read-only")
        sector = self._first_sector(number, size)
        if len(data) != size:
            raise BlockSizeError(f"block {number}: {len(data)} bytes of data for a block of {size}")
        try:
            self.store.write(sector, data)
        except StoreError as error:
            raise BlockIOError(str(error)) from error

    def _first_sector(self, number: int, size: int) -> int:
        blocks = self.block_count(size)
        if not 1 <= number <= blocks:
            raise BlockNumberError(f"block {number}: the disk has {blocks} blocks of {size} bytes")
        return (number - 1) * (size // SECTOR)


_OPERATIONS = (WRITE_OPERATION, READ_REPLICATED, FORMAT_DEFECTIVE, WRITE_AND_VERIFY, READ_OPERATION)
_WRITING = (WRITE_OPERATION, FORMAT_DEFECTIVE, WRITE_AND_VERIFY)

# fmt: off
_COMMANDS: dict[int, Callable[[FbaDisk, Supply], Outcome]] = {
    0x02: FbaDisk._read_ipl,
    0x03: FbaDisk._no_operation,
    0x04: FbaDisk._sense,
    0x41: FbaDisk._write,
    0x42: FbaDisk._read,
    0x43: FbaDisk._locate,
    0x63: FbaDisk._define_extent,
    0x64: FbaDisk._read_device_characteristics,
    0x94: FbaDisk._release,
    0xA4: FbaDisk._read_buffered_log,
    0xB4: FbaDisk._reserve,
    0xE4: FbaDisk._sense_id,
}
# fmt: on


def _protected() -> UnitCheck:
    """The extent or the mask forbids it."""
    return UnitCheck(Sense0.COMMAND_REJECT, Sense1.FILE_PROTECTED)
