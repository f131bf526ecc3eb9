"""Virtual unit record devices with their spooling: what LOGON and DEFINE make, and how commands find it again."""

from __future__ import annotations

from collections.abc import Callable

from vm370.cp.io.device import Device, DeviceType
from vm370.cp.io.printer import Printer
from vm370.cp.io.punch import Punch
from vm370.cp.io.reader import Reader
from vm370.cp.spool.files import PRINTER, PUNCH, READER
from vm370.cp.spool.store import Spool
from vm370.cp.spool.virtual import VirtualOutput, VirtualReader


def unit_record_device(
    spool: Spool,
    userid: str,
    device_type: DeviceType,
    spool_class: str,
    *,
    distribution: Callable[[str], str],
    told: Callable[[str], None],
) -> Device:
    """A virtual reader, punch or printer over the spool.

    ``distribution`` gives the distribution code of a user, ``told`` shows a line to the device's user.
    """
    if device_type.kind == READER:
        return Reader(VirtualReader(spool, userid, spool_class, told=told), device_type=device_type)
    output = VirtualOutput(spool, userid, device_type.kind, spool_class, distribution=distribution, told=told)
    if device_type.kind == PUNCH:
        return Punch(output, device_type=device_type)
    if device_type.kind == PRINTER:
        return Printer(output, device_type=device_type)
    raise ValueError(f"device type {device_type.name}: found kind {device_type.kind}, expected RDR, PUN or PRT")


def spooling(device: Device) -> VirtualReader | VirtualOutput | None:
    """The spooling side of a unit record device; None for other devices."""
    if isinstance(device, Reader) and isinstance(device.source, VirtualReader):
        return device.source
    if isinstance(device, Punch | Printer) and isinstance(device.sink, VirtualOutput):
        return device.sink
    return None
