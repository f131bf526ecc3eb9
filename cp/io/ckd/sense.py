"""The sense bytes of count-key-data disks.

    byte   24 bytes (2305 3330 3340 3350 3375 3380 3390)              6 bytes (2311 2314 2319)
    ----   --------------------------------------------------------   ---------------------------------------
    0, 1   what is wrong (diskcheck.py)                                the same
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

Source: Hercules' ckddasd.c; byte 5 of the 2314 from the System/360 field engineering handbook (2841).
"""

from __future__ import annotations

from vm370.cp.io.diskcheck import Sense1, UnitCheck
from vm370.images.geometry import CkdDevice

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
