"""DIAGNOSE X'24': device type and features.

    Rx      bits 16-31: device address; or -1 for the virtual console whose address is not known

On return, with -1, Rx is the console's address.  Ry describes the virtual device, Ry+1 (unless Ry is 15) the real one:

            byte 0      byte 1      byte 2                        byte 3
    Ry      class       type        status: X'01' dedicated       flags, DASD: X'80' read-only, X'40' temporary
                                            X'20' busy
    Ry+1    class       type        model                         features; a terminal: its line length

    features, CKD disk: X'80' rotational position sensing, X'40' 24 sense bytes, 3340: X'08' 35 MB or X'04' 70 MB module

    cc 0    both are there
    cc 2    there is no real device behind the virtual one (a disconnected user's console): Ry only
    cc 3    no such device

A spooled device has X'00000040' as real device.  No device is dedicated here: a minidisk shows the volume's type as
real device, model 0.  Classes and types: cp/io/devicetypes.py.  Source: VM/370 System Programmer's Guide, DIAGNOSE.
"""

from __future__ import annotations

from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.device import Device
from vm370.cp.io.devicetypes import FBA, INPUT, OUTPUT, TERMINAL
from vm370.diag.guest import Guest

CONSOLE_UNKNOWN = 0xFFFFFFFF
READ_ONLY, TEMPORARY = 0x80, 0x40
BUSY = 0x20
SPOOLED = 0x40
"""Real features that VM/370 shows for spooled unit-record devices."""
ROTATIONAL_POSITION_SENSING, EXTENDED_SENSE = 0x80, 0x40
MODULES = {"3340-35": 0x08, "3340-70": 0x04}
"""Data modules of the 3340."""


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Device type and features."""
    address: int | None = guest.gr[rx]
    if address == CONSOLE_UNKNOWN:
        address = guest.console_address()
        if address is not None:
            guest.gr[rx] = address
    device = guest.devices.get(address & 0xFFFF) if address is not None else None
    if device is None:
        guest.cc = 3
        return
    kind = device.type
    status = BUSY if guest.channels.busy((address or 0) & 0xFFFF) else 0
    flags = (READ_ONLY if device.read_only else 0) | (TEMPORARY if device.temporary else 0)
    guest.gr[ry] = kind.device_class << 24 | kind.type_code << 16 | status << 8 | flags
    real = _real(guest, device)
    if real is not None and ry != 15:
        guest.gr[ry + 1] = real
    guest.cc = 2 if real is None else 0


def _real(guest: Guest, device: Device) -> int | None:
    kind = device.type
    if kind.device_class == TERMINAL:
        line_length = guest.line_length()
        return None if line_length is None else kind.device_class << 24 | kind.type_code << 16 | line_length
    if kind.device_class in (INPUT, OUTPUT):
        return SPOOLED
    if isinstance(device, CkdDisk):
        features = MODULES.get(device.device.name, 0)
        features |= ROTATIONAL_POSITION_SENSING if device.device.sectors else 0
        features |= EXTENDED_SENSE if device.sense_length == 24 else 0
        return kind.device_class << 24 | kind.type_code << 16 | features
    if kind.device_class == FBA:
        return kind.device_class << 24 | kind.type_code << 16
    return None
