"""A guest's hardware as Python values, and what its CMS says about itself in low storage.

CMS is asked where it keeps its state (cms/maclib/nucon.copy, adt.copy), so that return codes and disks do not depend on
what is typed.  Another operating system has its state elsewhere: then ``cms_of`` is None.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import overload

from vm370.cp.machine import VirtualMachine
from vm370.cp.s370.interruptions import ProgramCheck
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

NUCLEUS = 0x10000
BANNER = NUCLEUS + 0x18
BANNER_TEXT = to_ebcdic("CMS VERSION")
USERID = 0xD04
COMMAND_RC, SVC_DEPTH, NUCLEUS_FLAGS = 0xD14, 0xD18, 0xD1A
NOT_COMMAND_LEVEL = 0x80 | 0x40 | 0x20
"""NUCINIT, NUCABN, NUCDEBUG."""
FIRST_DISK = 0x644
NEXT, MODE, EXTENSION_OF, FLAGS, DEVICE = 0x08, 0x44, 0x45, 0x46, 0x74
READ_WRITE = 0x20
MOST_DISKS = 26


@dataclass(frozen=True, slots=True)
class Registers:
    """The registers at one moment."""

    general: tuple[int, ...]
    floating: tuple[int, ...]
    """0, 2, 4, 6, of 64 bits each."""
    control: tuple[int, ...]

    def __getitem__(self, number: int) -> int:
        """A general register."""
        return self.general[number]


def registers_of(vm: VirtualMachine) -> Registers:
    """The registers of a machine."""
    cpu = vm.cpu
    floating = tuple(int(cpu.fpr[number]) for number in (0, 2, 4, 6))
    return Registers(tuple(map(int, cpu.gr)), floating, tuple(map(int, cpu.cr)))


class StorageView:
    """A guest's storage: bytes at absolute addresses, whatever their key.

    guest.storage[0x20000]                 one byte, as a number
    guest.storage[0x20000:0x20010]         16 bytes
    guest.storage[0x20000:0x20004] = b"\\0\\0\\0\\1"
    """

    def __init__(self, vm: VirtualMachine) -> None:
        self._vm = vm

    def __len__(self) -> int:
        return self._vm.storage.size

    def _range(self, where: slice) -> tuple[int, int]:
        if where.step not in (None, 1):
            raise ValueError("storage is addressed without a step")
        start = 0 if where.start is None else where.start
        stop = len(self) if where.stop is None else where.stop
        if not 0 <= start <= stop:
            raise IndexError(f"storage {start:X} to {stop:X}: expected addresses from 0 on, in order")
        return start, stop - start

    @overload
    def __getitem__(self, where: int) -> int: ...
    @overload
    def __getitem__(self, where: slice) -> bytes: ...
    def __getitem__(self, where: int | slice) -> int | bytes:
        start, length = self._range(where) if isinstance(where, slice) else (where, 1)
        try:
            data = self._vm.storage.read(start, length)
        except ProgramCheck:
            raise IndexError(f"no storage at {start:X}, {length} bytes; the machine has {len(self):X}") from None
        return data if isinstance(where, slice) else data[0]

    @overload
    def __setitem__(self, where: int, value: int) -> None: ...
    @overload
    def __setitem__(self, where: slice, value: bytes) -> None: ...
    def __setitem__(self, where: int | slice, value: int | bytes) -> None:
        if isinstance(where, slice):
            start, length = self._range(where)
            data = bytes(value) if isinstance(value, bytes | bytearray) else b""
        else:
            start, length, data = where, 1, bytes([value]) if isinstance(value, int) else b""
        if len(data) != length:
            raise ValueError(f"{length} bytes of storage at {start:X}: found {len(data)} bytes to store")
        try:
            self._vm.storage.write(start, data)
        except ProgramCheck:
            raise IndexError(f"no storage at {start:X}, {length} bytes; the machine has {len(self):X}") from None

    def word(self, address: int) -> int:
        """A fullword, unsigned."""
        return int.from_bytes(self[address : address + 4], "big")

    def text(self, address: int, length: int) -> str:
        """EBCDIC characters."""
        return from_ebcdic(self[address : address + length])


@dataclass(frozen=True, slots=True)
class AccessedDisk:
    """A disk that CMS has accessed."""

    mode: str
    extension_of: str
    """The mode letter that it is an extension of, or an empty string."""
    vaddr: int
    read_write: bool

    @property
    def operand(self) -> str:
        """As ACCESS takes it."""
        return f"{self.vaddr:03X} {self.mode}" + (f"/{self.extension_of}" if self.extension_of else "")


class Cms:
    """The CMS in a guest's storage."""

    def __init__(self, vm: VirtualMachine) -> None:
        self._storage = StorageView(vm)

    @property
    def at_command_level(self) -> bool:
        """No program is active: what the console is read for is a command (if it is read)."""
        storage = self._storage
        return not any(storage[SVC_DEPTH : SVC_DEPTH + 2]) and not storage[NUCLEUS_FLAGS] & NOT_COMMAND_LEVEL

    @property
    def return_code(self) -> int:
        """Of the last command."""
        return int.from_bytes(self._storage[COMMAND_RC : COMMAND_RC + 4], "big", signed=True)

    def disks(self) -> Iterator[AccessedDisk]:
        """The accessed disks in search order."""
        storage, at = self._storage, self._storage.word(FIRST_DISK)
        for _ in range(MOST_DISKS):
            if not at or at + DEVICE + 2 > len(storage):
                return
            extension = storage[at + EXTENSION_OF]
            yield AccessedDisk(
                storage.text(at + MODE, 1),
                from_ebcdic(bytes([extension])) if extension not in (0, 0x40) else "",
                int.from_bytes(storage[at + DEVICE : at + DEVICE + 2], "big"),
                bool(storage[at + FLAGS] & READ_WRITE),
            )
            at = storage.word(at + NEXT) & 0xFFFFFF


def cms_of(vm: VirtualMachine) -> Cms | None:
    """This project's CMS, if the guest runs it."""
    if vm.storage.size < NUCLEUS + 0x1000:
        return None
    banner = vm.storage.read(BANNER, len(BANNER_TEXT))
    user = vm.storage.read(USERID, 8)
    if banner != BANNER_TEXT or user != to_ebcdic(vm.userid.ljust(8)):
        return None
    return Cms(vm)
