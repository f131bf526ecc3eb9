"""One real device: its address and type, whether it is online, and who has it.

    offline    nobody can have it (VARY OFFLINE)
    free       nobody has it
    attached   a user's virtual machine has it, at a virtual address of its own
    system     CP has it: volumes, terminals, spooled unit record devices (``of_system``)

That a user has a device is read off his virtual machine, which has a virtual device made for it; so the device is free
as soon as he detaches it or logs off, whatever made him.  The table notices (``RealDevices.step``) and calls ``freed``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vm370.cp.io.device import Device, DeviceType

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine


@dataclass(frozen=True, slots=True)
class Attachment:
    """A virtual device that stands for a real one."""

    vm: VirtualMachine
    device: Device

    @property
    def vaddr(self) -> int | None:
        """Where the user has it; None when he has it no more."""
        if self.vm.system.user(self.vm.userid) is not self.vm:
            return None
        return next((vaddr for vaddr, device in self.vm.devices.items() if device is self.device), None)


class RealDevice:
    """A real device."""

    def __init__(self, raddr: int, device_type: DeviceType) -> None:
        self.raddr = raddr
        self.type = device_type
        self.online = True
        self.attachment: Attachment | None = None

    @property
    def name(self) -> str:
        """``TAPE 181``."""
        return f"{self.type.kind} {self.raddr:03X}"

    @property
    def holder(self) -> tuple[str, int] | None:
        """User ID and virtual address of the user who has it."""
        if self.attachment is None or (vaddr := self.attachment.vaddr) is None:
            return None
        return self.attachment.vm.userid, vaddr

    @property
    def of_system(self) -> bool:
        """CP has it."""
        return False

    @property
    def free(self) -> bool:
        """Nobody has it."""
        return self.online and self.holder is None and not self.of_system

    @property
    def status(self) -> str:
        """What QUERY says of it behind its name."""
        if not self.online:
            return "OFFLINE"
        holder = self.holder
        if holder is not None:
            return f"ATTACHED TO {holder[0]:<8} {holder[1]:03X}"
        return self.system_status if self.of_system else "FREE"

    @property
    def system_status(self) -> str:
        """The status of a device that CP has."""
        return "SYSTEM"

    def freed(self) -> None:
        """The user who had it has it no more."""
        self.attachment = None

    def halt(self) -> None:
        """HALT: what it is doing ends."""

    def step(self) -> bool:
        """Do a little of the work there is; False when there is none."""
        return False

    def end(self) -> None:
        """CP ends."""
