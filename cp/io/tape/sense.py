"""Sense bytes of tape drives.

    byte 0   80 command reject    40 intervention required  20 bus out check   10 equipment check
             08 data check        04 overrun                02 word count zero 01 data converter check
    byte 1   80 noise             40 tape unit status A     20 status B        10 seven tracks
             08 at load point     04 write status           02 file protected  01 not capable
    byte 3   80 read/write VRC    40 multitrack error       04 1600 bytes per inch   02 backward
    byte 4   40 reject tape unit  20 tape indicate: at or behind the reflective marker
    byte 5   C0 new subsystem
    byte 6   20 dual density      10 not set to 1600        08 model 4, 6 or 8       07 model
    byte 7   40 tape bottom left  20 tape bottom right: the tape ran off the reel

Status A and B: 10 ready, 01 not ready, 11 rewinding.  Bytes that a drive type does not have are cut off.
"""

from __future__ import annotations

from enum import IntFlag


class Byte0(IntFlag):
    """What was wrong."""

    COMMAND_REJECT = 0x80
    INTERVENTION_REQUIRED = 0x40
    EQUIPMENT_CHECK = 0x10
    DATA_CHECK = 0x08
    WORD_COUNT_ZERO = 0x02


class Byte1(IntFlag):
    """Where the tape is."""

    STATUS_A = 0x40
    STATUS_B = 0x20
    LOAD_POINT = 0x08
    WRITE_STATUS = 0x04
    FILE_PROTECTED = 0x02


READ_ERROR = 0xC0
"""Byte 3: vertical redundancy check on several tracks."""
DENSITY_1600, BACKWARD = 0x04, 0x02
TAPE_INDICATE = 0x20
NEW_SUBSYSTEM = 0xC0
NOT_1600 = 0x10
MODEL_8 = 0x0F
"""Byte 6 of a 3420 model 8."""
RAN_OFF = 0x60
LONGEST = 32


def sense_bytes(
    cause: int,
    *,
    ready: bool,
    load_point: bool,
    writing: bool,
    file_protected: bool,
    density: int,
    backward: bool = False,
    read_error: bool = False,
    end_of_tape: bool = False,
    ran_off: bool = False,
) -> bytes:
    """All 32 bytes; the drive cuts them to its own length."""
    sense = bytearray(LONGEST)
    sense[0] = cause
    if not ready:
        sense[1] = Byte1.STATUS_B
    else:
        sense[1] = Byte1.STATUS_A
        sense[1] |= Byte1.LOAD_POINT if load_point else 0
        sense[1] |= Byte1.WRITE_STATUS if writing else 0
        sense[1] |= Byte1.FILE_PROTECTED if file_protected else 0
    sense[3] = (
        (READ_ERROR if read_error else 0) | (DENSITY_1600 if density == 1600 else 0) | (BACKWARD if backward else 0)
    )
    sense[4] = TAPE_INDICATE if end_of_tape else 0
    sense[5] = NEW_SUBSYSTEM
    sense[6] = MODEL_8 | (0 if density == 1600 else NOT_1600)
    sense[7] = RAN_OFF if ran_off else 0
    return bytes(sense)
