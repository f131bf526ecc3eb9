"""Data between the storages of two virtual machines (VMCF, IUCV).

The other machine may be inside an engine at the moment: its storage may be looked at, but what changes it, or its keys,
waits until nobody serves it (``System.exclusively``).  So a transfer has a check, which gives the answer, and a move.
Addresses are those of the machine's real storage; a key of zero opens everything.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from vm370.cp.s370.interruptions import AddressingError, ProgramCheck, ProtectionError
from vm370.cp.s370.storage import BLOCK_SHIFT, FETCH, Storage

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine


def inside(storage: Storage, address: int, length: int) -> bool:
    """The area is in storage; an empty one is anywhere."""
    return not length or address + length <= storage.size


def peek(storage: Storage, address: int, length: int, key: int) -> bytes:
    """Bytes that the key may fetch; no reference bit is set.  AddressingError or ProtectionError otherwise."""
    if not length:
        return b""
    _check(storage, address, length, key, storing=False)
    return storage.read(address, length)


def check_store(storage: Storage, address: int, length: int, key: int) -> None:
    """AddressingError or ProtectionError unless the key may store there."""
    if length:
        _check(storage, address, length, key, storing=True)


def _check(storage: Storage, address: int, length: int, key: int, *, storing: bool) -> None:
    if not inside(storage, address, length):
        raise AddressingError
    if not key:
        return
    for block in range(address >> BLOCK_SHIFT, (address + length - 1 >> BLOCK_SHIFT) + 1):
        found = storage.keys[block]
        if found >> 4 != key and (storing or found & FETCH):
            raise ProtectionError


def store_later(vm: VirtualMachine, address: int, data: bytes, key: int) -> None:
    """Store into another machine, as soon as nobody serves it; nothing happens if that has become impossible."""

    def store() -> None:
        with contextlib.suppress(ProgramCheck):  # keys changed after the check: a buffer that was given away
            vm.storage.store(address, data, key)

    if data:
        vm.system.exclusively(vm, store)
