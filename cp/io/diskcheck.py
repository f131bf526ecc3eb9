"""Unit checks of disks: what is wrong, in the words of sense bytes 0, 1 and 7.

Command functions of the count-key-data and the fixed-block disks raise ``UnitCheck``; the device ends the command with
unit check and makes its sense bytes from it.  Byte 0 is Sense0 of device.py with the two bits below.  Byte 7 is format
and message; messages are those of format 0.

A write that the file mask inhibits is a command reject, a seek or a change of head that it inhibits is file protected
(Internal Disk Subsystem Reference Guide SA22-1025, sense data).  A write to a read-only disk is command reject with
write inhibited.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag

from vm370.cp.io.device import Sense0, UnitStatus

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
