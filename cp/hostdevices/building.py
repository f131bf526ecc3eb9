"""Virtual devices for the directory's statements about host files."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError
from vm370.cp.directory.entries import CardsStatement, FileStatement, OutputStatement, TapeStatement
from vm370.cp.hostdevices.decks import Hopper, HopperReader, read_deck
from vm370.cp.hostdevices.opening import HostFileError, found, open_disk, open_medium
from vm370.cp.hostdevices.paper import PrintFile, PunchFile
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.device import Device
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.fba import FbaDisk
from vm370.cp.io.printer import Printer
from vm370.cp.io.punch import Punch
from vm370.cp.io.tape.drive import TapeDrive
from vm370.cp.messages import FilledMessage
from vm370.images.errors import ImageError
from vm370.images.stores import TrackStore

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.system import System

log = logging.getLogger("vm370")

HostStatement = FileStatement | TapeStatement | CardsStatement | OutputStatement


def attach_host_device(system: System, vm: VirtualMachine, statement: HostStatement) -> FilledMessage | None:
    """Make a device on a host file and attach it; a message when it is read-only against the wish.  CommandError."""
    vaddr = f"{statement.vaddr:03X}"
    try:
        device, note = _device(system, vm, statement)
    except HostFileError as error:
        log.error("%s %s: %s", vm.userid, vaddr, error)
        raise CommandError(messages.HOST_FILE.fill(vaddr=vaddr, reason=error)) from error
    device.host_file = statement.paths[0] if isinstance(statement, CardsStatement) else statement.path
    try:
        vm.attach(statement.vaddr, device)
    except BaseException:
        device.close()
        raise
    return messages.HOST_FILE_READ_ONLY.fill(vaddr=vaddr, reason=note) if note else None


def _device(system: System, vm: VirtualMachine, statement: HostStatement) -> tuple[Device, str]:
    base = system.files
    match statement:
        case FileStatement():
            store, note = open_disk(base, system.home, vm.userid, statement)
            row = DEVICE_TYPES[store.device_type[:4]]
            return (HostCkdDisk(store, row) if isinstance(store, TrackStore) else HostFbaDisk(store, row)), note
        case TapeStatement(path=""):
            return TapeDrive(DEVICE_TYPES[statement.device_type]), ""
        case TapeStatement():
            tape = open_medium(base, statement)
            return TapeDrive(DEVICE_TYPES[statement.device_type], tape, file_protected=not statement.ring), ""
        case CardsStatement():
            hopper = Hopper([card for path in statement.paths for card in read_deck(found(base, path))])
            return HopperReader(hopper, device_type=DEVICE_TYPES[statement.device_type]), ""
        case OutputStatement():
            row = DEVICE_TYPES[statement.device_type]
            path = found(base, statement.path)
            if row.kind == "PUN":
                return Punch(PunchFile(path), device_type=row), ""
            return Printer(PrintFile(path), device_type=row), ""


class HostCkdDisk(CkdDisk):
    """A disk that has its image for itself."""

    def close(self) -> None:
        _force(self.store)
        super().close()


class HostFbaDisk(FbaDisk):
    """The same with fixed blocks."""

    def close(self) -> None:
        _force(self.store)
        super().close()


def _force(store: object) -> None:
    if not getattr(store, "read_only", True):
        try:
            store.flush()  # type: ignore[attr-defined]
        except ImageError as error:
            log.error("%s", error)
