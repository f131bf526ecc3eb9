"""A virtual machine in a whole CP, whose program is one DIAGNOSE in machine code.

guest = Guest(user)                                  the fixtures are in conftest.py
cc = guest.diagnose(0x24, 1, 2, {1: 0x191})          DIAGNOSE 1,2,X'24' with general register 1 set; the condition code
guest.gr[2]                                          what it left
guest.interruption                                   code of the program interruption, or None

The instruction is at 1000; the condition code before it is 3, so that "unchanged" can be told from 0.  Program
interruptions lead to 2000, where the machine would loop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.cp.commands.cpkit import User
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.fba import FbaDisk
from vm370.cp.machine import VirtualMachine
from vm370.cp.s370.psw import Psw
from vm370.cp.system import System
from vm370.diag.registry import FUNCTIONS
from vm370.images.blocks import CkdBlocks
from vm370.images.ckd import CkdImage
from vm370.images.fba import FbaImage

LogOn = Callable[[str], User]
PROGRAM, HANDLER = 0x1000, 0x2000
LOOP = bytes.fromhex("05E007FE")
"""BALR 14,0; BCR 15,14."""
UNCHANGED = 3
"""The condition code that every DIAGNOSE finds."""
PRIVILEGED, PROTECTION, ADDRESSING, SPECIFICATION, OPERAND = 2, 4, 5, 6, 0x15


class Guest:
    """The machine of a logged-on user."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.vm: VirtualMachine = user.vm
        self.cp: System = user.cp
        self.interruption: int | None = None
        self.put(HANDLER, LOOP)
        self.put(0x68, Psw(address=HANDLER).to_bytes())

    @property
    def gr(self) -> list[int]:
        """General registers."""
        return list(self.vm.cpu.gr)

    def put(self, address: int, data: bytes | str) -> None:
        """Store bytes, or hexadecimal digits, whatever the key."""
        self.vm.storage.write(address, bytes.fromhex(data) if isinstance(data, str) else data)

    def get(self, address: int, length: int) -> bytes:
        """Look at storage."""
        return self.vm.storage.read(address, length)

    def load(
        self, code: int, rx: int, ry: int, registers: Mapping[int, int], *, psw: Psw | None = None, base: int = 0
    ) -> None:
        """The program and its PSW; the machine is ready to run."""
        for number, value in registers.items():
            self.vm.cpu.gr[number] = value
        self.put(PROGRAM, bytes((0x83, rx << 4 | ry)) + (base << 12 | code).to_bytes(2, "big") + LOOP)
        self.vm.cpu.psw = psw if psw is not None else Psw(cc=UNCHANGED, address=PROGRAM)
        self.vm.resume()

    def diagnose(
        self, code: int, rx: int, ry: int, registers: Mapping[int, int], *, psw: Psw | None = None, base: int = 0
    ) -> int:
        """Execute one DIAGNOSE: the condition code, UNCHANGED after a program interruption or while it waits."""
        self.load(code, rx, ry, registers, psw=psw, base=base)
        self.vm.run_slice(1)
        return self.outcome()

    def outcome(self) -> int:
        """The condition code; ``interruption`` is set."""
        cpu = self.vm.cpu
        self.interruption = None
        if cpu.ia in (HANDLER, HANDLER + 2):
            old = Psw.from_bytes(self.get(0x28, 8))
            self.interruption = old.interruption_code if not old.ec else int.from_bytes(self.get(0x8E, 2), "big")
            return old.cc
        return int(cpu.cc)

    def refused(self, code: int, rx: int, ry: int, registers: Mapping[int, int], *, psw: Psw | None = None) -> int:
        """A DIAGNOSE that ends in a program interruption, changing no register: the interruption's code."""
        self.diagnose(code, rx, ry, registers, psw=psw)
        assert self.interruption is not None
        assert Psw.from_bytes(self.get(0x28, 8)).address == PROGRAM + 4
        for number, value in registers.items():
            assert self.vm.cpu.gr[number] == value & 0xFFFFFFFF
        return self.interruption

    def type(self, command: str) -> list[str]:
        """A CP command that the user types, whether the machine runs or not; the response."""
        self.user.read()
        return self.user.type(f"#CP {command}")

    def run(self, slices: int = 1) -> None:
        """Time slices of the whole system."""
        for _ in range(slices):
            self.cp.step()

    def add_ckd(self, address: int, device_type: str, *, read_only: bool = False, cylinders: int = 2) -> CkdDisk:
        """A small empty disk of its own."""
        image = CkdImage.create(self.cp.home / f"{address:03X}.ckd", device_type, cylinders)
        disk = CkdDisk(image, DEVICE_TYPES[device_type[:4]], read_only=read_only)
        self.vm.attach(address, disk)
        return disk

    def add_fba(self, address: int, device_type: str, *, read_only: bool = False, sectors: int = 64) -> FbaDisk:
        """A small empty fixed-block disk."""
        image = FbaImage.create(self.cp.home / f"{address:03X}.fba", device_type, sectors)
        disk = FbaDisk(image, DEVICE_TYPES[device_type[:4]], read_only=read_only)
        self.vm.attach(address, disk)
        return disk


def formatted(disk: CkdDisk, size: int) -> CkdDisk:
    """The disk with CMS blocks of ``size`` bytes of zeros."""
    CkdBlocks(disk.store, size).format()
    return disk


def ccw(command: int, address: int, flags: int, count: int) -> bytes:
    """Eight bytes."""
    return bytes((command,)) + address.to_bytes(3, "big") + bytes((flags, 0)) + count.to_bytes(2, "big")


ALL_CODES = sorted(FUNCTIONS)
