"""DIAGNOSE X'24': device type and features.

    Rx      bits 16-31: device address; or -1 for the virtual console whose address is not known

On return, with -1, Rx is the console's address.  Ry describes the virtual device, Ry+1 (unless Ry is 15) the real one:

            byte 0      byte 1      byte 2                        byte 3
    Ry      class       type        status: X'01' dedicated       flags, DASD: X'80' read-only, X'40' temporary
                                            X'20' busy            line: X'80' enabled, X'40' connected
    Ry+1    class       type        model                         features; a terminal: its line length

    features, CKD disk: X'80' rotational position sensing, X'40' 24 sense bytes, 3340: X'08' 35 MB or X'04' 70 MB module

    cc 0    both are there
    cc 2    there is no real device behind the virtual one (a disconnected user's console, a display or line that
            nobody has dialed, a CTCA, a timer): Ry only
    cc 3    no such device

A spooled device has X'00000040' as real device.  Behind a console stands a terminal with lines, X'800000nn', or a
display, X'4004mm50' with its model.  Tapes are dedicated; a minidisk shows the volume's type as real device, model 0.
Classes and types: cp/io/devicetypes.py.  Source: VM/370 System Programmer's Guide, DIAGNOSE.
"""

from __future__ import annotations

from vm370.diag.deviceinformation import real_device, virtual_device
from vm370.diag.guest import Guest

CONSOLE_UNKNOWN = 0xFFFFFFFF


def diagnose(guest: Guest, rx: int, ry: int) -> None:
    """Device type and features."""
    address: int | None = guest.gr[rx]
    if address == CONSOLE_UNKNOWN:
        address = guest.console_address()
        if address is not None:
            guest.gr[rx] = address
    device = guest.devices.get(address & 0xFFFF) if address is not None else None
    if device is None or address is None:
        guest.cc = 3
        return
    guest.gr[ry] = virtual_device(guest, address & 0xFFFF, device)
    real = real_device(guest, device)
    if real is not None and ry != 15:
        guest.gr[ry + 1] = real
    guest.cc = 2 if real is None else 0
