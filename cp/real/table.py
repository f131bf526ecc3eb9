"""The table of real devices: ``system.real``.

    00C 00D 00E 00F    reader 2540R, punch 2540P, printers 1403 and 3211, working for the spool
    0C0 -              terminals: each connected terminal is one while it is connected
    130 -              disk drives, one for each volume of HOME/disks and some empty ones
    180 - 187          tape drives 3420

``step`` is called between time slices: spooled devices do a little of their work, and devices that users gave back
are free again.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.minidisks import SUFFIXES
from vm370.cp.real.dasd import DiskDrive
from vm370.cp.real.device import RealDevice
from vm370.cp.real.printer import RealPrinter
from vm370.cp.real.punch import RealPunch
from vm370.cp.real.reader import RealReader
from vm370.cp.real.tape import TapeDrive

if TYPE_CHECKING:
    from vm370.cp.session import Session
    from vm370.cp.system import System

SYSTEM_CONSOLE = 0x0C0
"""The first terminal."""
TAPES = range(0x180, 0x188)
FIRST_DISK = 0x130
LAST_DISK = 0x17F
SPARE_DISKS = 8
"""Empty drives behind the volumes of the home."""
KINDS = ("DASD", "TAPE", "LINE", "RDR", "PRT", "PUN", "GRAF", "CONS")
_VOLUME = re.compile("[A-Z0-9$#@]{1,6}")


class Terminal(RealDevice):
    """A connected terminal."""

    def __init__(self, session: Session, enabled: bool) -> None:
        super().__init__(session.raddr, DEVICE_TYPES["3277"])
        self.session = session
        self.enabled = enabled
        self.console = session.raddr == SYSTEM_CONSOLE
        """It is always enabled, or nobody could enable the others."""

    @property
    def of_system(self) -> bool:
        """Terminals are CP's."""
        return True

    @property
    def system_status(self) -> str:
        """Who is logged on, or whether somebody could."""
        if self.session.userid:
            return f"LOGON AS {self.session.userid:<8}"
        if (dialed := self.session.dialed) is not None:
            return f"DIALED TO {dialed.host.userid} {dialed.vaddr:03X}"
        return "ENABLED" if self.enabled else "DISABLED"


class RealDevices:
    """All real devices."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._devices: dict[int, RealDevice] = {}
        for raddr in TAPES:
            self.add(TapeDrive(raddr))
        home = system.home
        self.add(RealReader(0x00C, system, home / "reader"))
        self.add(RealPunch(0x00D, DEVICE_TYPES["2540P"], system, home / "punch"))
        self.add(RealPrinter(0x00E, DEVICE_TYPES["1403"], system, home / "print"))
        self.add(RealPrinter(0x00F, DEVICE_TYPES["3211"], system, home / "print"))
        self._disks: dict[str, DiskDrive] = {}
        self._all_disabled = False
        self._enabled: set[int] = set()
        self._disabled: set[int] = set()
        """Terminals at which somebody may log on although all are disabled; at which nobody may."""
        self._removed: set[str] = set()
        """Volumes that were taken off their drives."""
        self._owned = _volume_of_directory(system.home / "directory")
        self._find_volumes()

    def add(self, device: RealDevice) -> None:
        """Put a device into the table."""
        self._devices[device.raddr] = device

    # --- looking ---

    def find(self, raddr: int) -> RealDevice | None:
        """The device at an address."""
        self._find_volumes()
        return self._devices.get(raddr) or next((t for t in self._terminals() if t.raddr == raddr), None)

    def all(self, *kinds: str) -> list[RealDevice]:
        """The devices of some kinds (none: of all), by address."""
        self._find_volumes()
        devices = sorted([*self._devices.values(), *self._terminals()], key=lambda device: device.raddr)
        return [device for device in devices if not kinds or device.type.kind in kinds]

    def volume(self, volser: str) -> DiskDrive | None:
        """The drive that a volume is on."""
        return next((each for each in self.disks() if each.volser == volser), None)

    def forget(self, drive: DiskDrive) -> None:
        """The operator takes a volume off its drive: CP does not put it on again by itself."""
        self._removed.add(drive.volser)

    def disks(self) -> list[DiskDrive]:
        """The disk drives."""
        return [device for device in self.all("DASD") if isinstance(device, DiskDrive)]

    # --- terminals ---

    def enabled(self, raddr: int) -> bool:
        """Whether somebody may log on at a terminal."""
        if raddr == SYSTEM_CONSOLE:
            return True
        return raddr in self._enabled if self._all_disabled else raddr not in self._disabled

    def enable(self, raddr: int, on: bool) -> None:
        """ENABLE, DISABLE of one terminal."""
        (self._enabled if on else self._disabled).add(raddr)
        (self._disabled if on else self._enabled).discard(raddr)

    def enable_all(self, on: bool) -> None:
        """ENABLE ALL, DISABLE ALL: terminals that connect later too."""
        self._all_disabled = not on
        self._enabled.clear()
        self._disabled.clear()

    def _terminals(self) -> list[RealDevice]:
        return [Terminal(each, self.enabled(each.raddr)) for each in self._system.sessions if not each.closed]

    # --- working ---

    def step(self) -> bool:
        """Do a little of the work there is; False when there is none."""
        busy = False
        for device in self._devices.values():
            if device.attachment is not None and device.holder is None:
                userid = device.attachment.vm.userid
                device.freed()
                self._system.operator_message(f"{device.name} DETACHED BY {userid}")
            busy |= device.step()
        return busy

    def end(self) -> None:
        """CP ends."""
        for device in self._devices.values():
            device.end()

    # --- volumes ---

    def _find_volumes(self) -> None:
        """Volumes of HOME/disks that are on no drive yet; the system has them."""
        volumes = self._system.volumes
        names = {path.stem.upper() for path in volumes.folder.glob("*") if path.suffix in SUFFIXES}
        for volser in sorted(names - set(self._disks) - self._removed):
            path = volumes.in_folder(volser)
            if path is None or not _VOLUME.fullmatch(volser):
                continue
            drive = self._empty_drive()
            if drive is None:
                return
            drive.mount(path, volser)
            drive.found(owned=volser == self._owned)
            self._disks[volser] = drive
        spare = sum(isinstance(device, DiskDrive) and not device.volser for device in self._devices.values())
        while spare < SPARE_DISKS and (drive := self._new_drive()) is not None:
            spare += 1

    def _empty_drive(self) -> DiskDrive | None:
        for device in self._devices.values():
            if isinstance(device, DiskDrive) and device.free and device.path is None:
                return device
        return self._new_drive()

    def _new_drive(self) -> DiskDrive | None:
        raddr = next((each for each in range(FIRST_DISK, LAST_DISK + 1) if each not in self._devices), None)
        if raddr is None:
            return None
        drive = DiskDrive(raddr, self._system.volumes)
        self.add(drive)
        return drive


def _volume_of_directory(path: Path) -> str:
    """The volume that the DIRECTORY statement names; empty without one."""
    for line in path.read_text(errors="replace").splitlines():
        words = line.upper().split()
        if words and not words[0].startswith("*"):
            return words[3] if words[0] == "DIRECTORY" and len(words) > 3 else ""
    return ""
