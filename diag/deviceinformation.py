"""What DIAGNOSE X'24' and X'210' tell of a device: the words for the virtual and for the real one.

            byte 0      byte 1      byte 2                        byte 3
    virtual class       type        status: X'01' dedicated       flags, DASD: X'80' read-only, X'40' temporary
                                            X'20' busy                   line: X'80' enabled, X'40' connected
    real    class       type        model                         features; a terminal: its line length

Classes and types: cp/io/devicetypes.py.
"""

from __future__ import annotations

from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.device import Device
from vm370.cp.io.devicetypes import DEVICE_TYPES, FBA, INPUT, OUTPUT, TAPE, TERMINAL
from vm370.cp.io.display import DisplayStation
from vm370.cp.io.line import CommunicationLine
from vm370.diag.guest import Guest

READ_ONLY, TEMPORARY = 0x80, 0x40
ENABLED, CONNECTED = 0x80, 0x40
DEDICATED, BUSY = 0x01, 0x20
SPOOLED = 0x40
"""Real features that VM/370 shows for spooled unit-record devices."""
ROTATIONAL_POSITION_SENSING, EXTENDED_SENSE = 0x80, 0x40
MODULES = {"3340-35": 0x08, "3340-70": 0x04}
"""Data modules of the 3340."""
DISPLAY_MODEL, DISPLAY_COLUMNS = 2, 80


def virtual_device(guest: Guest, address: int, device: Device) -> int:
    """The word for the virtual device."""
    status = (BUSY if guest.channels.busy(address) else 0) | (DEDICATED if device.type.device_class == TAPE else 0)
    flags = (READ_ONLY if device.read_only else 0) | (TEMPORARY if device.temporary else 0)
    if isinstance(device, CommunicationLine):
        flags = (ENABLED if device.enabled else 0) | (CONNECTED if device.connected else 0)
    return device.type.device_class << 24 | device.type.type_code << 16 | status << 8 | flags


def real_device(guest: Guest, device: Device) -> int | None:
    """The word for the real device; None: there is none (nobody is at the terminal)."""
    device_class = device.type.device_class
    kind = device_class << 24 | device.type.type_code << 16
    if isinstance(device, CommunicationLine | DisplayStation):
        return _display(DISPLAY_MODEL) if device.connected else None
    if device_class == TERMINAL:
        return _console(guest, kind)
    if device_class in (INPUT, OUTPUT):
        return SPOOLED
    if isinstance(device, CkdDisk):
        features = MODULES.get(device.device.name, 0)
        features |= ROTATIONAL_POSITION_SENSING if device.device.sectors else 0
        features |= EXTENDED_SENSE if device.sense_length == 24 else 0
        return kind | features
    return kind if device_class in (FBA, TAPE) else None


def _console(guest: Guest, kind: int) -> int | None:
    line_length = guest.line_length()
    if line_length is None:
        return None
    model = guest.services.screen.model
    return kind | line_length if model is None else _display(model)


def _display(model: int) -> int:
    kind = DEVICE_TYPES["3277"]
    return kind.device_class << 24 | kind.type_code << 16 | model << 8 | DISPLAY_COLUMNS
