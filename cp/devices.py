"""From statements of the directory to virtual devices: LOGON builds a machine's devices, and so do DEFINE and LINK.

    statement      device                                     what it is given
    CONSOLE        SpooledConsole, displayconsole.py          the machine's terminal, a console spool file
    SPOOL          Reader, Punch, Printer                     spool files of the user
    MDISK, LINK    CkdDisk, FbaDisk                           an extent of a volume (minidisks.py)
    DEDICATE       as ATTACH: cp/commands/attach.py           a real device (cp/real)
    FILE, TAPE,    cp/hostdevices/building.py                 files of the host
    CARDS, ...
    SPECIAL        specialdevices.py

At logon a device that cannot be made costs a message (``vm.logon_messages``), and the logon goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError
from vm370.cp.directory import (
    CardsStatement,
    ConsoleStatement,
    DedicateStatement,
    DeviceStatement,
    FileStatement,
    LinkStatement,
    MdiskStatement,
    OutputStatement,
    SpecialStatement,
    SpoolStatement,
    TapeStatement,
)
from vm370.cp.hostdevices.building import attach_host_device
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.console import Console
from vm370.cp.io.device import Device, DeviceType
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.fba import FbaDisk
from vm370.cp.io.printer import Printer
from vm370.cp.io.punch import Punch
from vm370.cp.io.reader import Reader
from vm370.cp.messages import FilledMessage
from vm370.cp.minidisks import FBA_TYPE, Store
from vm370.cp.reserving import Reservation, ReservingCkdDisk, ReservingFbaDisk
from vm370.cp.specialdevices import attach_special
from vm370.cp.spool.virtual import VirtualConsole, VirtualOutput, VirtualReader
from vm370.images.stores import TrackStore

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.real import RealDevice
    from vm370.cp.system import System

LOGON_MODES = {"W": "WR", "M": "MR"}
"""At logon the owner of a minidisk gets read access where his own mode would refuse him."""

DISPLAY_CONSOLES = frozenset({"3066", "3138", "3148", "3158", "3270"})
"""Types of the CONSOLE statement that are displays."""
BLOCKS_AS_CYLINDER = 1024
"""LIMIT TDISK counts so many blocks of FB-512 as a cylinder."""


class SpooledConsole(Console):
    """The virtual console with its spool file (SPOOL CONSOLE START)."""

    def __init__(self, vm: VirtualMachine, spool: VirtualConsole, device_type: DeviceType) -> None:
        super().__init__(partial(vm.write_console, self), device_type=device_type)
        self.spool = spool

    def close(self) -> None:
        self.spool.release()


def build_device(system: System, vm: VirtualMachine, statement: DeviceStatement) -> Device | None:
    """LOGON: make the device of a directory statement and attach it.  None: there is a message instead."""
    try:
        match statement:
            case MdiskStatement():
                mode = LOGON_MODES.get(statement.mode, statement.mode)
                answer = link_minidisk(system, vm, vm.userid, statement, statement.vaddr, mode)
                _tell(vm, answer)
            case LinkStatement():
                mdisk = find_minidisk(system, statement.userid, statement.owner_vaddr)
                answer = link_minidisk(system, vm, statement.userid, mdisk, statement.vaddr, statement.mode)
                _tell(vm, answer)
            case ConsoleStatement():
                attach_console(system, vm, statement.vaddr, statement.device_type, statement.spool_class)
            case SpoolStatement():
                attach_unit_record(system, vm, statement.vaddr, statement.device_type, statement.spool_class)
            case SpecialStatement():
                attach_special(vm, statement.vaddr, statement.device_type, statement.feature)
            case FileStatement() | TapeStatement() | CardsStatement() | OutputStatement():
                note = attach_host_device(system, vm, statement)
                if note is not None:
                    _tell(vm, note)
            case DedicateStatement():
                attach_dedicated(system, vm, statement)
    except CommandError as error:
        _tell(vm, error.message)
        return None
    return vm.devices[statement.vaddr]


def find_minidisk(system: System, owner: str, vaddr: int) -> MdiskStatement:
    """The MDISK statement of ``owner``; a CommandError as LINK has it otherwise."""
    entry = system.current_directory().find(owner)
    if entry is None:
        raise CommandError(messages.NOT_IN_DIRECTORY.by("LNK").fill(userid=owner))
    mdisk = entry.mdisk(vaddr)
    if mdisk is None:
        raise CommandError(messages.MINIDISK_NOT_IN_DIRECTORY.fill(userid=owner, vaddr=f"{vaddr:03X}"))
    return mdisk


def link_minidisk(
    system: System, vm: VirtualMachine, owner: str, mdisk: MdiskStatement, vaddr: int, mode: str
) -> str | FilledMessage:
    """Link a minidisk and attach it at ``vaddr``; what CP says about it."""
    if mdisk.temporary:
        if owner != vm.userid:
            raise CommandError(messages.MINIDISK_NOT_IN_DIRECTORY.fill(userid=owner, vaddr=f"{mdisk.vaddr:03X}"))
        attach_temporary(system, vm, mdisk, vaddr)
        return f"DASD {vaddr:03X} DEFINED"
    store, answer = system.volumes.link(owner, mdisk, vm.userid, vaddr, mode)
    _attach_disk(vm, vaddr, store, reservation=system.volumes.reservation(mdisk) if mdisk.reserve else None)
    return answer


def attach_dedicated(system: System, vm: VirtualMachine, statement: DedicateStatement) -> None:
    """Give the user a real device for himself."""
    from vm370.cp.commands import attach  # ATTACH knows machines

    name = f"VOLID {statement.real}" if statement.by_volume else f"DEV {statement.real}"
    real: RealDevice | None = None
    if statement.by_volume:
        real = system.real.volume(statement.real)
    elif not statement.network:  # lines of a 3704 or 3705, of which there is none
        real = system.real.find(int(statement.real, 16))
    if real is None:
        raise CommandError(messages.DEVICE_UNAVAILABLE.fill(vaddr=f"{statement.vaddr:03X}", real=name))
    attach.give(system, real, vm, statement.vaddr, statement.read_only)


def attach_temporary(system: System, vm: VirtualMachine, mdisk: MdiskStatement, vaddr: int) -> None:
    """Make a T-DISK."""
    limit = vm.entry.limits.tdisk
    if limit is not None:
        had = sum(_cylinders(link.mdisk) for link in system.volumes.temporary_links() if link.userid == vm.userid)
        if had + _cylinders(mdisk) > limit:
            raise CommandError(messages.LIMIT_REACHED.fill(limit=f"TDISK {limit}"))
    _attach_disk(vm, vaddr, system.volumes.temporary(mdisk, vm.userid, vaddr), temporary=True)


def _cylinders(mdisk: MdiskStatement) -> int:
    """What LIMIT TDISK counts."""
    return -(-mdisk.size // BLOCKS_AS_CYLINDER) if mdisk.device_type == FBA_TYPE else mdisk.size


def attach_console(system: System, vm: VirtualMachine, vaddr: int, device_type: str, spool_class: str = "T") -> None:
    """Make a virtual console; one that is a display takes lines too, as a 3215."""
    from vm370.cp.displayconsole import DisplayConsole  # it is a SpooledConsole

    spool = VirtualConsole(system.spool, vm.userid, spool_class, distribution=_distribution(system), told=vm.say)
    row = DEVICE_TYPES.get(device_type)
    if row is None or row.kind != "CONS":
        row = DEVICE_TYPES["3215"]
    console = DisplayConsole if device_type in DISPLAY_CONSOLES else SpooledConsole
    vm.attach(vaddr, console(vm, spool, row))


def attach_unit_record(
    system: System, vm: VirtualMachine, vaddr: int, device_type: str, spool_class: str | None = None
) -> None:
    """Make a virtual reader, punch or printer."""
    row = DEVICE_TYPES.get(device_type)
    if row is None:
        raise not_supported("DEV", vaddr, device_type)
    device: Device
    if row.kind == "RDR":
        device = Reader(VirtualReader(system.spool, vm.userid, spool_class or "*", told=vm.say), device_type=row)
    else:
        sink = VirtualOutput(
            system.spool, vm.userid, row.kind, spool_class or "A", distribution=_distribution(system), told=vm.say
        )
        device = Punch(sink, device_type=row) if row.kind == "PUN" else Printer(sink, device_type=row)
    vm.attach(vaddr, device)


def not_supported(kind: str, vaddr: int, device_type: str) -> CommandError:
    """There is no such virtual device here."""
    return CommandError(messages.NOT_SUPPORTED.fill(kind=kind, vaddr=f"{vaddr:03X}", device_type=device_type))


def _attach_disk(
    vm: VirtualMachine, vaddr: int, store: Store, *, temporary: bool = False, reservation: Reservation | None = None
) -> None:
    row = DEVICE_TYPES[store.device_type[:4]]
    disk: CkdDisk | FbaDisk
    if reservation is None:
        disk = CkdDisk(store, row) if isinstance(store, TrackStore) else FbaDisk(store, row)
    else:
        disk = ReservingCkdDisk(store, row) if isinstance(store, TrackStore) else ReservingFbaDisk(store, row)
        disk.reservation = reservation
    disk.temporary = temporary
    try:
        vm.attach(vaddr, disk)
    except BaseException:
        disk.close()
        raise


def _distribution(system: System) -> Callable[[str], str]:
    def of(userid: str) -> str:
        entry = system.directory.find(userid)
        return entry.distribution if entry else userid

    return of


def _tell(vm: VirtualMachine, answer: str | FilledMessage) -> None:
    """A plain link at logon is silent; anything else is worth a line."""
    if isinstance(answer, FilledMessage):
        vm.logon_messages.append(f"{answer.code} {answer.text}")
    elif ";" in answer:
        vm.logon_messages.append(answer)
