"""Device addresses as operands of commands: three hexadecimal digits, leading zeros may be left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError
from vm370.cp.directory.source import HIGHEST_BC_ADDRESS
from vm370.cp.io.device import Device

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine


def shown(vaddr: int) -> str:
    """As CP writes it."""
    return f"{vaddr:03X}"


def is_address(word: str | None) -> bool:
    """Whether ``word`` can be a device address."""
    return word is not None and re.fullmatch(r"[0-9A-Fa-f]{1,3}", word) is not None


def address(word: str | None, module: str) -> int:
    """The operand as a number; ``module`` issues the message when it is missing or no address."""
    if word is None or not is_address(word):
        raise CommandError(messages.VADDR_MISSING.by(module).fill())
    return int(word, 16)


def check_address(vm: VirtualMachine, vaddr: int, module: str) -> None:
    """Addresses above 5FF are only for machines with ECMODE."""
    if vaddr > HIGHEST_BC_ADDRESS and not vm.settings.ecmode:
        raise CommandError(messages.VADDR_MISSING.by(module).fill())


def device(vm: VirtualMachine, vaddr: int, module: str) -> Device:
    """The device at an address of the machine."""
    found = vm.devices.get(vaddr)
    if found is None:
        raise CommandError(messages.DEVICE_MISSING.by(module).fill(vaddr=shown(vaddr)))
    return found
