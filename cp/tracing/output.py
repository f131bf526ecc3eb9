"""Where the lines of TRACE, PER and DUMP go: the user's terminal, and his virtual printer with the lowest address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from vm370.cp.io.printer import Printer
from vm370.cp.io.unitrecord import Record
from vm370.cp.spool import SpoolError
from vm370.cp.spool.virtual import VirtualOutput
from vm370.images.ebcdic import to_ebcdic

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

WRITE_SPACE_1, SKIP_TO_CHANNEL_1 = 0x09, 0x8B


def virtual_printer(vm: VirtualMachine) -> VirtualOutput | None:
    """What the virtual printer with the lowest address writes to; None if there is none."""
    for _, device in sorted(vm.devices.items()):
        if isinstance(device, Printer) and isinstance(device.sink, VirtualOutput):
            return device.sink
    return None


def print_line(vm: VirtualMachine, line: str) -> bool:
    """One line on the virtual printer; False if it could not be written (the user was told why)."""
    return print_lines(vm, [line])


def print_lines(vm: VirtualMachine, lines: Iterable[str]) -> bool:
    """Lines on the virtual printer; False if one could not be written (the user was told why)."""
    printer = virtual_printer(vm)
    if printer is None:
        return False
    try:
        for line in lines:
            printer.write(Record(WRITE_SPACE_1, to_ebcdic(line, errors="replace")))
    except SpoolError:
        return False
    return True


def skip_page(vm: VirtualMachine) -> bool:
    """A new page of the virtual printer."""
    printer = virtual_printer(vm)
    if printer is None:
        return False
    try:
        printer.write(Record(SKIP_TO_CHANNEL_1, b""))
    except SpoolError:
        return False
    return True
