"""Random DIAGNOSE instructions in random surroundings, against a whole CP with a second user who must not notice.

    python -m tests.diag.fuzzkit [cases] [seed]     by hand, hundreds of thousands; prints what is slowest

Registers are chosen among addresses at edges, device addresses, small numbers and noise; storage holds channel
programs, parameter lists and commands that are right but for a few bytes.
"""

from __future__ import annotations

import os
import random
import resource
import struct
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from tests.cp.commands.cpkit import DIRECTORY, StoppedClock, User
from tests.diag.diagkit import ALL_CODES, HANDLER, LOOP, PROGRAM, Guest, ccw, formatted
from vm370.cp import passwords
from vm370.cp.console.display3270 import Display3270
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.hostfolder import MOST_OPEN, HostFolder
from vm370.cp.io.unitrecord import Record
from vm370.cp.passwords import Cost
from vm370.cp.s370.psw import Psw
from vm370.cp.spool import Destination
from vm370.cp.spool.store import DURABILITY
from vm370.cp.system import System
from vm370.cp.vmcf.messages import MESSAGE_LIMIT
from vm370.diag.operands import BURST
from vm370.images.ckd import CkdImage
from vm370.images.ebcdic import to_ebcdic
from vm370.images.fba import FbaImage

SIZE = 512 * 1024
DEVICES = [0x009, 0x00C, 0x00D, 0x00E, 0x190, 0x191, 0x292, 0x444]
AREA = range(0x3000, 0x6000, 0x100)
EDGES = [0, 4, 8, 0x40, SIZE - 8, SIZE - 4, SIZE - 1, SIZE, 0xFFFFF8, 0xFFFFFF, 0xFFFFFFFF, 0x80000000, 0x7FFFFFFF]
EXCEPTIONS = {None, 0x02, 0x04, 0x05, 0x06, 0x15}
COMMANDS = [
    "QUERY VIRTUAL ALL",
    "QUERY TIME",
    "DISPLAY 0-FFFFFF",
    "DETACH 00E",
    "DEFINE 1403 00E",
    "DEFINE 3215 009",
    "DEFINE T3350 AS 300 CYL 1",
    "DETACH 300",
    "LINK MAINT 191 391 RR READ",
    "DETACH 391",
    "SPOOL PUNCH TO *",
    "CLOSE PUNCH",
    "CLOSE PRINTER",
    "SET EMSG CODE",
    "SET RUN ON",
    "SET RUN OFF",
    "SET IMPURE ON",
    "SET ASSIST ON",
    "SET TIMER REAL",
    "SET TIMER VIRTUAL",
    "STORE PSW 0 1000",
    "STORE 68 0 2000",
    "BEGIN",
    "SLEEP 1 SEC",
    "SYSTEM RESET",
    "SYSTEM RESTART",
    "DEFINE STORAGE 512K",
    "IPL 00C",
    "IPL 190",
    "LOGOFF",
    "DISCONN",
    "EXTERNAL",
    "ATTN",
    "READY 00C",
    "RESET 009",
    "TRACE TRAPS",
    "TRACE END",
    "CP",
    "*",
    "",
    "MSG BETA hello",
    "FOO",
]


class Fuzz:
    """A system with ALPHA, who does the work, and BETA, who must stay as he is."""

    def __init__(self, home: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.clock = StoppedClock()
        self.cp = System(home, self.clock)
        self.beta = self._logon("BETA")
        self.beta.vm.storage.write(0, b"\xbe" * self.beta.vm.storage_size)
        self.folder = home / "exchange"
        self.folder.mkdir()
        (self.folder / "a").write_text("some lines\nof text\n" * 100)
        (self.folder / "link").symlink_to(home / "directory")
        (self.folder / "sub").mkdir()
        os.mkfifo(self.folder / "pipe")
        self.alpha = self._alpha()
        disk = self.alpha.vm.devices[0x191]
        assert isinstance(disk, CkdDisk)
        formatted(disk, 1024)
        self.outcomes: Counter[tuple[int, int | None, int]] = Counter()
        self.slowest: dict[int, float] = {}

    def _logon(self, userid: str) -> User:
        user = User(self.cp)
        user.type(f"LOGON {userid} NOIPL", userid)
        return user

    def _alpha(self) -> Guest:
        guest = Guest(self._logon("ALPHA"))
        guest.vm._host_folder = HostFolder(self.folder, self.random.random() < 0.2)
        guest.vm.classes = self.random.choice(["G", "ABCDEFG", "ABCDEFG"])
        options = replace(guest.vm.entry.options, acct=self.random.random() < 0.7)
        guest.vm.entry = replace(guest.vm.entry, options=options)
        if self.random.random() < 0.5:
            guest.user.terminal.full_screen = Display3270()
        self.send_files()
        return guest

    def send_files(self) -> None:
        """A few spool files for ALPHA's reader."""
        spool = self.cp.spool
        for kind, length in (("PUN", 80), ("PRT", 132), ("MON", 4096), ("DMP", 4096), ("PUN", 9000)):
            if len(spool.files("RDR", "ALPHA")) < 12:
                to = Destination("RDR", "ALPHA", copies=2, tag=self.random.choice(["", "A TAG"]))
                rows = [Record(0x41, self.random.randbytes(self.random.randrange(length + 1))) for _ in range(60)]
                spool.add(kind, "BETA", rows, to)

    def number(self) -> int:
        """A register's value."""
        pick = self.random.random()
        if pick < 0.35:
            return self.random.choice(AREA)
        if pick < 0.6:
            return self.random.choice(DEVICES)
        if pick < 0.75:
            return self.random.randrange(20)
        if pick < 0.9:
            return self.random.choice(EDGES)
        return self.random.getrandbits(32)

    def address(self) -> int:
        """Of data, mostly good."""
        return self.random.choice(AREA) if self.random.random() < 0.8 else self.random.choice(EDGES)

    def record(self, kind: int | None = None) -> bytes:
        """Something for storage."""
        choose = self.random
        if kind is None:
            kind = choose.randrange(8)
        device = choose.choice(DEVICES)
        if kind == 0:
            commands = [
                0x02,
                0x09,
                0x0A,
                0x01,
                0x03,
                0x04,
                0x05,
                0x06,
                0x07,
                0x08,
                0x19,
                0x1B,
                0x1D,
                0x31,
                0x42,
                0x43,
                0x63,
            ]
            rows = []
            for _ in range(choose.randrange(1, 8)):
                flags = choose.choice([0x60, 0x20, 0x40, 0xA0, 0x80, 0x24, choose.getrandbits(8)])
                rows.append(
                    ccw(
                        choose.choice(commands),
                        self.address() & 0xFFFFFF,
                        flags,
                        choose.choice([1, 5, 6, 80, 800, 65535]),
                    )
                )
            return b"".join(rows)
        if kind == 1:  # a standard channel program, its seek argument in the area
            at, here = choose.choice(AREA), choose.choice(AREA)
            program = [ccw(0x07, at, 0x40, 6), ccw(0x31, at + 2, 0x40, 5), ccw(0x08, here + 8, 0, 0)]
            return b"".join(program) + ccw(
                choose.choice([5, 6]), self.address() & 0xFFFFFF, 0x20, choose.choice([512, 4096])
            )
        if kind == 2:
            operation, size = choose.randrange(4), choose.choice([512, 1024, 4096, 800])
            return struct.pack(">HBBIII", device, 0, operation, size, self.address(), choose.randrange(6)) + bytes(72)
        if kind == 3:
            return struct.pack(">HBBIII", device, 0, 0, 0, self.address() & 0xFFFFF8, 0) + bytes(72)
        if kind == 4:
            return struct.pack(
                ">HB21xIi", device, choose.choice([0, 0x80]), choose.choice([512, 4096]), choose.randrange(-9, 9)
            ) + bytes(32)
        if kind == 5:
            flags = choose.choice([0, 2, 1])
            return struct.pack(
                ">HB21xBB2xIIII20x", device, 0, 0, flags, choose.choice([1, 3, 256]), 0, self.address(), 7
            )
        if kind == 6:
            text = "\n".join(choose.choices(COMMANDS, k=choose.randrange(1, 4)))
            return b"\x15".join(map(to_ebcdic, text.split("\n")))
        return choose.randbytes(choose.randrange(1, 64))

    def surroundings(self) -> None:
        """Storage, keys, and the program interruption's new PSW."""
        storage = self.alpha.vm.storage
        for _ in range(6):
            data = bytearray(self.record())
            if self.random.random() < 0.15 and data:
                data[self.random.randrange(len(data))] ^= 1 << self.random.randrange(8)
            storage.write(self.random.choice(AREA), data)
        if self.random.random() < 0.1:
            storage.set_key(self.random.choice(AREA), self.random.choice([0x10, 0x18, 0x30, 0xF8]))
        storage.write(HANDLER, LOOP)
        storage.write(0x68, Psw(address=HANDLER).to_bytes())
        storage.write(HANDLER + 0x100, LOOP)
        storage.write(0x60, Psw(address=HANDLER + 0x100).to_bytes())

    def plausible(self, code: int, rx: int, ry: int, registers: dict[int, int]) -> None:
        """What the function wants to find, more or less."""
        choose, storage = self.random, self.alpha.vm.storage
        where, more, data = choose.sample(AREA, 3)
        disk = choose.choice([0x190, 0x191, 0x191, 0x292, 0x292, choose.choice(DEVICES)])
        size = choose.choice([512, 1024, 1024, 1024, 2048, 4096])
        blocks = choose.choices([1, 2, 3, 50, 9999, 0], k=choose.randrange(1, 5))
        if code == 0x18:
            cylinder, command = choose.choice([0, 0, 0, 1]), choose.choice([5, 6, 6])
            storage.write(more, bytes(3) + bytes((cylinder, 0, choose.randrange(3), choose.choice([1, 2, 99]), 0)))
            program = [ccw(0x07, more, 0x40, 6), ccw(0x31, more + 2, 0x40, 5), ccw(0x08, where + 8, 0, 0)]
            storage.write(where, b"".join(program) + ccw(command, data, 0x20, size))
            registers |= {15: 1, rx: disk, ry: where}
        elif code in (0x20, 0xA8):
            storage.write(where, self.record(0))
            storage.write(more, struct.pack(">HBBIII", disk, 0, 0, 0, where, 0) + bytes(72))
            registers |= {rx: disk, ry: where} if code == 0x20 else {rx: more}
        elif code == 0xA4:
            plist = struct.pack(">HBBIII", disk, 0, choose.choice([1, 2]), size, more, len(blocks))
            storage.write(where, plist + bytes(72))
            storage.write(more, b"".join(struct.pack(">II", block, self.address()) for block in blocks))
            registers[rx] = where
        elif code == 0x250:
            flags = choose.choice([0, 0, 2])
            rows = [struct.pack(">BBxxiII", choose.choice([1, 2]), 0, block, 0, self.address()) for block in blocks]
            storage.write(more, b"".join(rows))
            function = choose.choice([0, 1, 1, 1, 2])
            plist = [
                struct.pack(">HB21xIiII24x", disk, 0, size, choose.randrange(-3, 3), 0, 0),
                struct.pack(">HB21xBB2xIIII20x", disk, 0, 0, flags, len(blocks), 0, more, 7),
                disk.to_bytes(2, "big") + bytes(62),
            ][function]
            storage.write(where, plist)
            registers |= {ry: function, rx: where}
        elif code == 0x58:
            command = choose.choice([0x19, 0x29, 0x2A])
            rows = [ccw(command, self.address() & 0xFFFFFF, 0x40, choose.choice([1, 80, 200])) for _ in range(3)]
            program = bytearray(b"".join(rows) + ccw(command, data, 0x20, 5))
            if command != 0x19:
                program[5::8] = bytes(choose.choices([0, 0x80, 0xC0, 0x20, 0x90], k=4))
            storage.write(where, program)
            registers |= {rx: where, ry: 0x009}
        elif code == 0x08:
            text = b"\x15".join(to_ebcdic(choose.choice(COMMANDS)) for _ in range(choose.randrange(1, 4)))
            storage.write(where, text)
            registers |= {rx: where, ry: choose.choice([0, 0x40]) << 24 | len(text)}
            if rx != 15 and ry != 15:
                registers |= {rx + 1: more, ry + 1: choose.choice([10, 200, 0])}
        elif code == 0x68:
            user = to_ebcdic(choose.choice(["ALPHA", "ALPHA", "BETA", "NOBODY"]).ljust(8))
            plist = struct.pack(">BxHI8s", choose.choice([0, 0, 0x40, 0x60, 0x80]), choose.randrange(13), 1, user)
            places = [
                self.address(),
                choose.choice([0, 40, 48, 100, SIZE]),
                self.address(),
                choose.choice([0, 8, SIZE]),
            ]
            storage.write(where, plist + struct.pack(">4I8x", *places))
            registers[rx] = where
        elif code == 0x104:
            registers |= {rx: choose.choice([0, 5, 1000, 0xFFFFFFFF]), ry: choose.randrange(4) << 30}
        elif code == 0x108:
            registers |= {rx: where, ry: choose.randrange(4) << 30 | choose.choice([1, 8, 256])}
        elif code == 0x10C:
            registers |= {rx: choose.choice([0x5000, 0x6000, SIZE, 0]), ry: choose.choice([0, 0, 1])}
        elif code == 0x110:
            rows = [
                struct.pack(
                    ">BBHIIIII", choose.choice([1, 2]), 0, size, block, self.address(), choose.choice([1, 9, 256]), 0, 0
                )
                for block in blocks
            ]
            storage.write(more, b"".join(rows))
            begin, flags = choose.choice([0, 0, 0, 1, len(blocks)]), choose.choice([0, 0, 0x80])
            storage.write(where, struct.pack(">HBBIIIII8x", disk, 0, flags, len(blocks), more, 7, begin, 0))
            registers[rx] = where
        elif code == 0x114:
            name = to_ebcdic(choose.choice(["a", "b", "link", "pipe", "../x", "sub", "c" * 200]))
            storage.write(data, name)
            head = struct.pack(
                ">IBBHI", choose.randrange(4), choose.choice([1, 2]), choose.choice([0, 0x80, 0xC0]), len(name), data
            )
            length = choose.choice([0, 1, 50, 4096, SIZE, 1 << 20])
            storage.write(where, head + struct.pack(">II4x8s16xI12x", self.address(), length, b"", choose.randrange(4)))
            registers |= {rx: where, ry: choose.randrange(1, 8)}
        elif code == 0x10:
            registers |= {rx: 0x4000, ry: choose.choice([0x3000, 0x4000, 0x5000])}
        elif not self.services(code, rx, ry, registers):
            registers |= {rx: where, ry: choose.choice([0, 1, 8, 40, 100])}

    def services(self, code: int, rx: int, ry: int, registers: dict[int, int]) -> bool:
        """The same for functions with which CP keeps something; False: it is none of them."""
        choose, storage = self.random, self.alpha.vm.storage
        where, page, following = choose.choice(AREA), choose.choice([0x3000, 0x4000, 0x5000, 0x7F000]), (ry + 1) % 16
        if code == 0x14:
            subcodes = [0, 0, 0, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x18, 0x1C, 0x20, 0x24, 0xFFE, 0xFFF]
            registers |= {ry: choose.choice([0x00C, 0x00C, 0x00C, 0x00D, 0, 1, 3]), following: choose.choice(subcodes)}
            registers[rx] = choose.choice([page, page, page, 1, 2, 300])
        elif code == 0x28:
            storage.write(where, ccw(choose.choice([3, 8]), self.address() & 0xFFFFFF, 0x40, 1))
            registers |= {rx: where, ry: choose.choice([0x009, 0x00C, 0x191])}
        elif code in (0x1C, 0x2C):
            registers[rx] = choose.choice([1, 2, 4, 6])
        elif code in (0x30, 0x34, 0x38):
            registers |= {
                rx: choose.choice([0x00010101, 0x00010201, 0x00023A01, page]),
                ry: choose.choice([page, 0x00C]),
            }
        elif code == 0x48:
            storage.write(where, bytes((choose.choice([0x30, 0x40, 0x99]),)) + bytes(200))
            registers |= {0: choose.choice([24, 100, 4090, 23]), 1: where, rx: choose.choice([4, 4, 8])}
        elif code == 0x4C:
            storage.write(where, to_ebcdic(choose.choice(["BETA", "MAINT", "NOBODY"]).ljust(24)))
            registers |= {rx: choose.choice([where, 0]), ry: choose.choice([0, 4, 8, 12, 16]), following: 60}
        elif code == 0x58:
            return False
        elif code == 0x74:
            high, low = (int.from_bytes(to_ebcdic("CMSSEG  ")[at : at + 4], "big") for at in (0, 4))
            size = choose.choice([0x10000, 0x10000, 0x1000, 0x20000])
            registers |= {rx: high, (rx + 1) % 16: low, ry: 0x10000, following: choose.choice([0, 4]) << 24 | size}
        elif code == 0x204:
            registers |= {rx: page, ry: choose.choice([4, 5, 6, 7, 0x10006]), following: 1}
        elif code == 0x210:
            storage.write(
                where, choose.choice(DEVICES).to_bytes(2, "big") + choose.choice([12, 128, 300]).to_bytes(2, "big")
            )
            registers[rx] = where
        elif code == 0x214:
            registers |= {rx: 0x4000, (rx + 1) % 16: choose.choice([0x4000, 0x6000]) | choose.randrange(5), ry: 0}
        elif code == 0x258:
            block = [(0, where, 1, 1, 1 << 63), (1, 0, 0, 0, 0)][choose.randrange(2)]
            storage.write(where, struct.pack(">HHHHQQQQ", 0x258, block[0], 5, 2, *block[1:]))
            registers[rx] = where
        elif code == 0x260:
            registers |= {rx: where, (rx + 1) % 16: 64, ry: choose.choice([0, 0xC, 0x10])}
        elif code == 0x288:
            command = to_ebcdic(choose.choice(COMMANDS))
            storage.write(where, command)
            registers |= {rx: choose.choice([0, 0, 1, 2, 0x80000000]), (rx + 1) % 16: choose.choice([15, 16, 14])}
            registers |= {ry: where, following: len(command)}
        elif code == 0x2FC:
            who = choose.choice(["", "*", "ALPHA", "BETA"]).ljust(8) + "*".ljust(8)
            storage.write(where, to_ebcdic(who) + struct.pack(">QII", self.address(), choose.choice([0, 112, 4096]), 2))
            registers[rx] = where
        else:
            return False
        return True

    def case(self) -> None:
        """One DIAGNOSE."""
        self.restore()
        choose, guest = self.random, self.alpha
        self.surroundings()
        code = choose.choice(ALL_CODES) if choose.random() < 0.95 else choose.getrandbits(12)
        rx, ry = choose.randrange(16), choose.randrange(16)
        registers = {number: self.number() for number in range(16)}
        if code == 0x08:
            registers[ry] = choose.choice([0, 0x40, 0x80, 0xFF]) << 24 | choose.choice([0, 5, 12, 40, 240, 241])
            registers[(ry + 1) % 16] = choose.choice([0, 10, 100, 8192, 8193])
        if code == 0x250:
            registers[ry] = choose.choice([0, 1, 2, 1, 3])
        if choose.random() < 0.7:
            self.plausible(code, rx, ry, registers)
        psw = Psw(cc=3, key=choose.choice([0, 0, 0, 1, 3]), problem=choose.random() < 0.02, address=PROGRAM)
        ccws, start = guest.vm.channels.ccws, time.perf_counter()
        guest.load(code, rx, ry, registers, psw=psw)
        guest.vm.settings.impure = True
        armed = bool(self.cp.watchdogs)
        assert self.cp.step() or not guest.vm.runnable
        self.slowest[code] = max(self.slowest.get(code, 0), time.perf_counter() - start)
        if self.cp.users.get("ALPHA") is not guest.vm:
            self.outcomes[code, None, -1] += 1
            return
        assert guest.vm.channels.ccws - ccws <= 5 * BURST, f"{code:X}"
        if guest.vm.storage_size == SIZE:
            cc = guest.outcome()
            commands = code == 0x08 or armed  # STORE PSW and SYSTEM RESTART may have led anywhere
            assert commands or guest.interruption in EXCEPTIONS, f"{code:X}: {guest.interruption}"
            self.outcomes[code, guest.interruption, cc] += 1
        assert not self.cp.failed, f"{code:X}"
        self.look_at_bounds()

    def look_at_bounds(self) -> None:
        """What a guest may pile up is limited."""
        party = self.cp.vmcf.parties.get(self.alpha.vm)
        assert party is None or max(len(party.sent), len(party.received), len(party.waiting)) <= 2 * MESSAGE_LIMIT
        assert len(self.cp.watchdogs) <= 1
        folder = self.alpha.vm.host_folder
        assert folder is not None
        assert len(folder.files) <= MOST_OPEN
        assert len(os.listdir(self.folder)) <= MOST_OPEN + 8

    def restore(self) -> None:
        """ALPHA is there, with a machine that can run."""
        if self.cp.users.get("ALPHA") is not self.alpha.vm or self.alpha.vm.session is None:
            vm = self.cp.users.get("ALPHA")
            if vm is not None:
                self.cp.logoff(vm)
            self.cp.sessions[:] = [self.beta.session]
            self.alpha = self._alpha()
            return
        vm = self.alpha.vm
        vm.sleep_until = None
        if vm.services.timing.address is not None and vm.services.timing.address < 0x80:
            vm.services.timing.reset()  # the guest's own PSWs are there
        if self.random.random() < 0.02 or not self.cp.spool.files("RDR", "ALPHA"):
            self.send_files()
            self.alpha.user.terminal.uncover()
        if vm.stopped or vm.in_cp or vm.suspended or self.random.random() < 0.02:
            self.clock.advance(2)
            vm.reset(clear=self.random.random() < 0.1)

    def run(self, cases: int) -> None:
        """Many cases; BETA is looked at now and then."""
        for number in range(cases):
            self.case()
            if number % 500 == 499 or number == cases - 1:
                self.look_at_beta()

    def look_at_beta(self) -> None:
        """Nothing has happened to him."""
        vm = self.beta.vm
        assert vm.storage.read(0, vm.storage_size) == b"\xbe" * vm.storage_size
        assert (list(vm.cpu.gr), vm.cpu.instructions, vm.cpu.psw) == ([0] * 16, 0, Psw())
        assert sorted(vm.devices) == [0x009, 0x190, 0x191]
        assert vm.channels.ccws == 0


def make_home(home: Path) -> None:
    """As the fixtures make it."""
    passwords.DEFAULT_COST = Cost(2, 1, 1)
    (home / "directory").write_text(DIRECTORY)
    (home / "disks").mkdir()
    CkdImage.create(home / "disks" / "SYSVOL.ckd", "3350", 10, volser="SYSVOL").close()
    FbaImage.create(home / "disks" / "FBAVOL.fba", "3310", 200, volser="FBAVOL").close()


def main(cases: int, seed: int) -> None:
    """By hand."""
    os.fsync = lambda descriptor: None  # type: ignore[assignment]
    DURABILITY["kill"] = "OFF"
    with tempfile.TemporaryDirectory(prefix="vm370-fuzz-") as folder:
        make_home(Path(folder))
        fuzz = Fuzz(Path(folder), seed)
        start = time.monotonic()
        fuzz.run(cases)
        seconds = time.monotonic() - start
        fuzz.cp.shutdown()
    print(
        f"{cases} cases, seed {seed}: {seconds:.0f} s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB"
    )
    for code in ALL_CODES:
        rows = {key[1:]: count for key, count in fuzz.outcomes.items() if key[0] == code}
        print(
            f"{code:03X} {fuzz.slowest[code] * 1000:6.1f} ms at most;",
            ", ".join(f"{k}: {n}" for k, n in sorted(rows.items(), key=str)),
        )


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    main(*(numbers + [2000, 1][len(numbers) :]))
