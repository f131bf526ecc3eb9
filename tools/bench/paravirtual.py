"""What asking CP saves: the same work by hardware means, by VM/370's DIAGNOSE, and by vm370's own functions.

time    the time of day: STORE CLOCK, DIAGNOSE X'0C' (with CPU times), the status page of X'10C' (with CPU times)
idle    wait for a millisecond: CPU timer, wait PSW and external interruption; DIAGNOSE X'104'
blocks  a block of 1024 bytes from a 2314: START I/O, wait PSW and I/O interruption for each; DIAGNOSE X'18' for each;
        64 blocks in one DIAGNOSE X'A4', X'250' or X'110'

Traps and host time (CP's and the guest's) of one time, wait or block.  SET TIMER is VIRTUAL, so that a wait takes none
of the host's time by itself; SET ASSIST is ON.
"""

from __future__ import annotations

import argparse
import struct
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vm370.cp.counters import Counters
from vm370.cp.engine.engines import ENGINES, INTERPRETER
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.machine import VirtualMachine
from vm370.cp.s370.psw import Psw
from vm370.cp.system import System
from vm370.images.blocks import CkdBlocks
from vm370.images.ckd import CkdImage
from vm370.tools.bench import BenchError, host

USERID = "BENCH"
DIRECTORY = f"""\
DIRECTORY 6A1 3350 CMS190
USER {USERID} NOLOG 1M 16M G
 CONSOLE 009 3215
"""
BEGIN, WAIT_PSW, PLIST, LISTED, PAGE, DATA = 0x200, 0x240, 0x400, 0x1000, 0x4000, 0x10000
DISK, BLOCKS, SIZE = 0x300, 64, 1024
AGAIN = "47F00200"


@dataclass(frozen=True)
class Way:
    """One way to do the work: machine code of a round, and what it finds in storage and registers."""

    work: str
    name: str
    code: str
    instructions: int
    units: int = 1
    registers: dict[int, int] = field(default_factory=dict)
    storage: dict[int, bytes] = field(default_factory=dict)
    control: int = 0
    """Control register 0."""
    first: str = ""
    """A DIAGNOSE that comes once, before."""


def _ccw(command: int, address: int, flags: int, count: int) -> bytes:
    return bytes((command,)) + address.to_bytes(3, "big") + bytes((flags, 0)) + count.to_bytes(2, "big")


_SEEK = bytes((0, 0, 0, 0, 0, 0, 1, 0))
_PROGRAM = {
    PLIST: _ccw(0x07, 0x480, 0x40, 6)
    + _ccw(0x31, 0x482, 0x40, 5)
    + _ccw(0x08, PLIST + 8, 0, 0)
    + _ccw(0x06, DATA, 0x20, SIZE),
    0x480: _SEEK,
}
_NUMBERS = range(1, BLOCKS + 1)
_A4 = struct.pack(">HBBIII72x", DISK, 0, 2, SIZE, LISTED, BLOCKS)
_A4_LIST = b"".join(struct.pack(">II", n, DATA + n * SIZE) for n in _NUMBERS)
_250 = struct.pack(">HB21xBB2xIIII20x", DISK, 0, 0, 0, BLOCKS, 0, LISTED, 0)
_250_INIT = struct.pack(">HB21xIi32x", DISK, 0, SIZE, 0)
_250_LIST = b"".join(struct.pack(">BBxxIII", 2, 0, n, 0, DATA + n * SIZE) for n in _NUMBERS)
_110 = struct.pack(">HBBIIIII8x", DISK, 0, 0, BLOCKS // 8, LISTED, 0, 0, 0)
_110_LIST = b"".join(struct.pack(">BBHIIIII", 2, 0, SIZE, n, DATA + n * SIZE, 8, 0, 0) for n in _NUMBERS[::8])
_TIMER = {WAIT_PSW: bytes.fromhex("0102000000000000"), 0x58: Psw(address=BEGIN).to_bytes()}
_CHANNEL = {
    WAIT_PSW: bytes.fromhex("FE02000000000000"),
    0x78: Psw(address=BEGIN).to_bytes(),
    0x48: PLIST.to_bytes(4, "big"),
}

WAYS = (
    Way("time", "STCK", "B2050800" + AGAIN, 2),
    Way("time", "DIAGNOSE 0C", "8380000C" + AGAIN, 2, registers={8: 0x900}),
    Way("time", "status page", "58106000 98276008 59106000 47700200" + AGAIN, 5, registers={6: PAGE, 7: 0},
        first="8367010C"),
    Way("idle", "CPU timer, wait PSW", "B2080808 82000240", 2, control=0x400,
        storage={0x808: (1000 * 4096).to_bytes(8, "big"), **_TIMER}),
    Way("idle", "DIAGNOSE 104", "411003E8 1823 83120104" + AGAIN, 4, registers={3: 0xC0000000}),
    Way("blocks", "SIO, wait PSW", "9C000300 82000240", 2, storage={**_PROGRAM, **_CHANNEL}),
    Way("blocks", "DIAGNOSE 18", "41F00001 83120018" + AGAIN, 3, storage=_PROGRAM, registers={1: DISK, 2: PLIST}),
    Way("blocks", "DIAGNOSE A4", "831200A4" + AGAIN, 2, BLOCKS, registers={1: PLIST},
        storage={PLIST: _A4, LISTED: _A4_LIST}),
    Way("blocks", "DIAGNOSE 250", "83460250" + AGAIN, 2, BLOCKS, registers={4: PLIST, 6: 1, 8: 0x600, 10: 0},
        storage={PLIST: _250, LISTED: _250_LIST, 0x600: _250_INIT}, first="838A0250"),
    Way("blocks", "DIAGNOSE 110", "D70304100410 83120110" + AGAIN, 3, BLOCKS, registers={1: PLIST},
        storage={PLIST: _110, LISTED: _110_LIST}),
)  # fmt: skip


def configure(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--engine", choices=ENGINES, default=INTERPRETER, help="the guest's engine")
    parser.add_argument("--rounds", type=int, default=500, help="rounds of each way (default 500)")


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Every way."""
    if args.rounds < 1:
        raise BenchError("--rounds has to be positive")
    with tempfile.TemporaryDirectory(prefix="vm370-bench-") as folder:
        home = Path(folder)
        (home / "disks").mkdir()
        (home / "directory").write_text(DIRECTORY)
        system = System(home)
        system.engines.wait()
        entry = system.directory.find(USERID)
        assert entry is not None
        vm = system.logon(entry, None)
        image = CkdImage.create(home / "disk.ckd", "2314", 2)
        disk = CkdDisk(image, DEVICE_TYPES["2314"], read_only=False)
        CkdBlocks(disk.store, SIZE).format()
        vm.attach(DISK, disk)
        vm.set_engine(args.engine)
        rows = [_measured(vm, way, args.rounds) for way in WAYS]
        system.shutdown()
    return {"ways": rows, "machine": host.description()}


def _measured(vm: VirtualMachine, way: Way, rounds: int) -> dict[str, Any]:
    vm.reset(clear=True)
    vm.set_timer("VIRTUAL")
    vm.set_assist(True)
    vm.set_impure(True)
    cpu = vm.cpu
    for address, data in way.storage.items():
        vm.storage.write(address, data)
    for number, value in way.registers.items():
        cpu.gr[number] = value
    cpu.cr[0] = way.control
    at = BEGIN - len(way.first) // 2
    vm.storage.write(at, bytes.fromhex(way.first + way.code))
    cpu.psw = Psw(address=at)
    vm.in_cp = vm.stopped = False
    _run(vm, cpu.instructions + way.instructions * 10 + len(way.first) // 8)
    vm.counters = counters = Counters()
    before = cpu.instructions
    _run(vm, before + way.instructions * rounds)
    done = (cpu.instructions - before) / way.instructions * way.units
    if vm.stopped:
        raise BenchError(f"{way.work}, {way.name}: the guest stopped at PSW {vm.psw_text()}")
    return {
        "work": way.work,
        "way": way.name,
        "traps": counters.traps.total() / done,
        "reflected": counters.reflected.total() / done,
        "us": (counters.cp_ns + counters.guest_ns) / 1000 / done,
    }


def _run(vm: VirtualMachine, until: int) -> None:
    """Until so many instructions were executed, or the guest has stopped."""
    slices = 0
    while vm.cpu.instructions < until and not vm.stopped:
        vm.run_slice(2_000)
        slices += 1
        if slices > 100_000:
            raise BenchError(f"the guest does not go on at PSW {vm.psw_text()}")


def show(answer: dict[str, Any]) -> None:
    """A table."""
    print(f"{'':8} {'':22} {'traps':>8} {'interruptions':>14} {'us':>10}")
    for row in answer["ways"]:
        print(f"{row['work']:8} {row['way']:22} {row['traps']:8.3f} {row['reflected']:14.3f} {row['us']:10.2f}")
    print(answer["machine"])
