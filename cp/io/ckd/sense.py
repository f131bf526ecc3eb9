"""Unit checks of count-key-data disks, and the sense bytes that describe them.

    byte   24 bytes (2305 3330 3340 3350 3375 3380 3390)              6 bytes (2311 2314 2319)
    ----   --------------------------------------------------------   ---------------------------------------
    0, 1   what is wrong (Sense0 of device.py and below; Sense1)      the same
    2      3340: X'80' has RPS, X'01' 35 or X'02' 70 million bytes    0
    3      command to restart with, when the operation is             X'80' ready, X'40' on line,
           incomplete (record overflow)                               X'04' end of cylinder
    4      which drive of its string                                  which drive
    5, 6   cylinder and head (table below)                            5: as byte 3 of the others
    7      format and message: X'fm'
    8-12   format 4, 5 (data checks): CCHHR
    13-23  0

    byte 6      3330-1    -c-hhhhh      3330-11, 3350   -cchhhhh      3340   -cc-hhhh
                3375      cc--hhhh      3380, 3390      cccchhhh      c: high bits of the cylinder, h: head

Sources: Reference Manual for IBM 3830 Storage Control (GA26-1617), IBM 3350 (GA26-1638), 3340/3344 (GA26-1619), 2314
component description (GA26-3599); layout of bytes 2 to 6 checked against Hercules' ckddasd.c.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag

from vm370.cp.io.device import Sense0, UnitStatus
from vm370.images.geometry import CkdDevice

TRACK_CONDITION = 0x02
"""Sense byte 0: a defective or alternate track, or a mark is missing."""
SEEK_CHECK = 0x01
"""Sense byte 0: an invalid seek address (2311, 2314) or the mechanism failed."""


class Sense1(IntFlag):
    """Sense byte 1."""

    PERMANENT_ERROR = 0x80
    INVALID_TRACK_FORMAT = 0x40  # 2311, 2314: track overrun
    END_OF_CYLINDER = 0x20
    MESSAGE_TO_OPERATOR = 0x10
    NO_RECORD_FOUND = 0x08
    FILE_PROTECTED = 0x04
    WRITE_INHIBITED = 0x02
    OPERATION_INCOMPLETE = 0x01  # 2311, 2314: overflow incomplete


class Format(IntEnum):
    """Sense byte 7, high half."""

    PROGRAM_OR_SYSTEM_CHECK = 0
    DEVICE_EQUIPMENT_CHECK = 1
    USAGE_AND_ERROR_STATISTICS = 6


class Message(IntEnum):
    """Sense byte 7, low half, in format 0."""

    NONE = 0
    INVALID_COMMAND = 1
    INVALID_SEQUENCE = 2
    COUNT_TOO_SMALL = 3
    INVALID_ARGUMENT = 4


ENDED = UnitStatus.CHANNEL_END | UnitStatus.DEVICE_END | UnitStatus.UNIT_CHECK


class UnitCheck(Exception):
    """A command ends with unit check; ``data`` is what was read before."""

    def __init__(
        self,
        sense0: int = 0,
        sense1: int = 0,
        message: Message = Message.NONE,
        *,
        format: Format = Format.PROGRAM_OR_SYSTEM_CHECK,
        status: UnitStatus = ENDED,
        data: bytes = b"",
        restart: int = 0,
    ) -> None:
        super().__init__(
            f"unit check, sense {int(sense0):02X}{int(sense1):02X}, format {format:X}, message {message:X}"
        )
        self.sense0 = int(sense0)
        self.sense1 = int(sense1)
        self.message = message
        self.format = format
        self.status = status
        self.data = data
        self.restart = restart


def command_reject(message: Message) -> UnitCheck:
    """The command is refused before any data moves."""
    return UnitCheck(Sense0.COMMAND_REJECT, 0, message, status=UnitStatus.UNIT_CHECK)


def invalid_argument(message: Message = Message.INVALID_ARGUMENT) -> UnitCheck:
    """The control bytes that a command sent are wrong, or too few."""
    return UnitCheck(Sense0.COMMAND_REJECT, 0, message)


def file_protected(restart: int = 0, data: bytes = b"") -> UnitCheck:
    """The file mask forbids a seek or a switch to the next head."""
    incomplete = Sense1.OPERATION_INCOMPLETE if restart else 0
    return UnitCheck(0, Sense1.FILE_PROTECTED | incomplete, data=data, restart=restart)


def end_of_cylinder(restart: int = 0, data: bytes = b"") -> UnitCheck:
    """A multitrack operation or an overflow record would go on in the next cylinder."""
    incomplete = Sense1.OPERATION_INCOMPLETE if restart else 0
    return UnitCheck(0, Sense1.END_OF_CYLINDER | incomplete, data=data, restart=restart)


def no_record_found() -> UnitCheck:
    """The index point passed twice."""
    return UnitCheck(0, Sense1.NO_RECORD_FOUND)


def invalid_track_format() -> UnitCheck:
    """A record does not fit the track."""
    return UnitCheck(0, Sense1.INVALID_TRACK_FORMAT)


def write_inhibited() -> UnitCheck:
    """A write command for a read-only disk."""
    return UnitCheck(Sense0.COMMAND_REJECT, Sense1.WRITE_INHIBITED, Message.NONE, status=UnitStatus.UNIT_CHECK)


def equipment_check() -> UnitCheck:
    """The store failed, or what it gave is not a track."""
    return UnitCheck(Sense0.EQUIPMENT_CHECK, Sense1.PERMANENT_ERROR, format=Format.DEVICE_EQUIPMENT_CHECK)


_CYLINDER_SHIFT = {"3330": 6, "3330-11": 5, "3340-35": 5, "3340-70": 5, "3350": 5, "3375": 6}
_HEAD_BITS = {"3330": 0x1F, "3330-11": 0x1F, "3350": 0x1F}
_BYTE_2 = {"3340-35": 0x81, "3340-70": 0x82}
_DRIVE_0 = {"3340-35": 0x80, "3340-70": 0x80, "3350": 0x80}


def sense_length(device: CkdDevice) -> int:
    """Bytes that the SENSE command gives."""
    return 6 if device.control_unit in ("2841", "2314") else 24


def sense_bytes(device: CkdDevice, cylinder: int, head: int, check: UnitCheck | None = None) -> bytes:
    """The sense bytes of a drive on this track, after ``check`` or with nothing wrong."""
    sense = bytearray(sense_length(device))
    if check:
        sense[0] = check.sense0
        sense[1] = check.sense1
    if len(sense) == 6:
        sense[3] = 0xC0 | (0x04 if sense[1] & Sense1.END_OF_CYLINDER else 0)
        sense[5] = check.restart if check else 0
        return bytes(sense)
    sense[2] = _BYTE_2.get(device.name, 0)
    sense[3] = check.restart if check else 0
    sense[4] = _DRIVE_0.get(device.name, 0)
    if device.control_unit != "2835":
        sense[5] = cylinder & 0xFF
        sense[6] = (cylinder >> 8 << _CYLINDER_SHIFT.get(device.name, 4)) & 0xFF | head & _HEAD_BITS.get(
            device.name, 0x0F
        )
        if device.cylinders > 4095:
            sense[5] = sense[6] = 0xFF
    if check:
        sense[7] = check.format << 4 | check.message
    return bytes(sense)
