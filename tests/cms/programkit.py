"""CMS for tests of programs, EXECs and DEBUG: the nucleus of cms/ on a CPU, its file system replaced by a dictionary.

    cms = Cms(); cms.ipl()              the nucleus is there, banner typed
    cms.put("HELLO", "EXEC", ["&TYPE HI"])
    cms.type("EXEC HELLO")              -> ["HI"], what was typed until the next line is wanted (Ready left out)
    cms.rc                              the return code that Ready showed

The file system's entry points are DIAGNOSE instructions that this module answers (codes from X'F00' on), and so are the
console and CP: DIAGNOSE 00 08 0C 20 24 58 5C 60.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from vm370.cms.build import Builder, default_cache
from vm370.cp.engine import reference
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import Diagnose
from vm370.cp.s370.interruptions import SPECIFICATION, external_interruption, program_interruption
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage
from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.images.module import Module
from vm370.tools.assembler.assembly import assemble
from vm370.tools.linker import link
from vm370.tools.linker.forms import module_of

KEPT = {
    "dmsvec", "dmsfnt", "dmsits", "dmsitp", "dmsint", "dmsscn", "dmscrd", "dmscwr", "dmsfre", "dmserr", "dmscpf",
    "dmsior", "dmstim", "dmsmod", "dmsldr", "dmslod", "dmslcd", "dmsexc", "dmsext", "dmsexs",
    "dmsexv", "dmsdbg", "dmsdbs",
}  # fmt: skip
"""Sources of the nucleus: all but the file system and the unit record functions."""

CALLS = (
    "FSTLKP", "FSTLKW", "FSTNXT", "ADTLKP", "ADTLKW", "ADTNXT", "RDBUF", "WRBUF", "POINT", "ERASE", "STATE", "STATEW",
    "FINIS", "DMSRNF", "ACCESS", "CARDPH", "PRINTR", "CARDRD",
)  # fmt: skip
STUB = (
    "STUBS CSECT\n ENTRY " + "\n ENTRY ".join(CALLS) + "\n"
    + "".join(f"{name} DC X'83000F{index:02X}'\n BR 14\n" for index, name in enumerate(CALLS))
    + " ENTRY AREA\n DS 0D\nAREA DS 3072X\n END\n"
)  # fmt: skip
SIZE = 0x80000
CODE_LIMIT = 40_000_000
WRITE_CARRIER_RETURN, TRANSFER_IN_CHANNEL, READ_INQUIRY = 0x09, 0x08, 0x0A
NEW_LINE = from_ebcdic(b"\x15")


class Finished(Exception):
    """The guest wants a line and there is none."""


@cache
def nucleus() -> tuple[bytes, bytes, int]:
    """Nucleus with the stubs, initialisation, address of the stubs' area."""
    builder = Builder(cache=default_cache())
    decks = {source.stem: builder.deck(source) for source in builder.nucleus_sources if source.stem == "dmsvec"}
    decks |= {source.stem: builder.deck(source) for source in builder.nucleus_sources if source.stem in KEPT}
    stubs = assemble(STUB, "stubs")
    assert not stubs.severity, stubs.messages
    linked = link([*decks.values(), stubs.deck], 0x10000)
    assert linked.end <= 0x20000
    image = bytearray(linked.image)
    image[0x10:0x14] = linked.end.to_bytes(4, "big")
    (initialisation,) = (source for source in builder.nucleus_sources if source.stem == "dmsini")
    return bytes(image), link([builder.deck(initialisation)], 0x20000).image, linked.symbols["AREA"].address


class Cms:
    """One machine."""

    def __init__(self, size: int = SIZE) -> None:
        image, initialisation, self.area = nucleus()
        self.storage = Storage(size)
        self.storage.write(0x10000, image)
        self.storage.write(0x20000, initialisation)
        self.storage.write(2, (0x190).to_bytes(2, "big"))
        self.cpu = Cpu(self.storage, cpu_id=0xFF00_0001_0168_0000)
        self.cpu.psw = Psw.from_bytes(bytes.fromhex("0004000000020000"))
        self.files: dict[tuple[str, str, str], tuple[str, list[bytes]]] = {}
        """(name, type, mode letter) -> record format, records."""
        self.open: dict[tuple[str, str, str], int] = {}
        self.output: list[str] = []
        self.lines: list[str] = []
        self.cp_commands: list[str] = []
        self.cp_answers: dict[str, int] = {}
        self.cards: list[str] = []
        self.printed: list[str] = []
        self.read_only = {"S"}
        self.ended = False
        self.reading = False
        """A channel program for the console has written its lines and waits for one."""

    # --- what tests call ---

    def put(self, name: str, kind: str, records: Sequence[str | bytes], mode: str = "A", recfm: str = "V") -> None:
        """A file."""
        made = [record if isinstance(record, bytes) else to_ebcdic(record or " ") for record in records]
        if recfm == "F":
            made = [record.ljust(80, b"\x40") for record in made]
        self.files[(name, kind, mode)] = (recfm, made)

    def text(self, name: str, kind: str, mode: str = "A") -> list[str]:
        """A file's lines."""
        return [from_ebcdic(record).rstrip() for record in self.files[(name, kind, mode)][1]]

    def ipl(self) -> list[str]:
        """Up to the first line wanted."""
        return self.type()

    def type(self, *lines: str) -> list[str]:
        """Type lines; what came until another one is wanted, Ready lines left out."""
        self.lines.extend(lines)
        before = len(self.output)
        self.run()
        return [line for line in self.output[before:] if not line.startswith("Ready")]

    @property
    def ready(self) -> str:
        """The last Ready line."""
        return next(line for line in reversed(self.output) if line.startswith("Ready"))

    @property
    def rc(self) -> int:
        """The return code of the last command."""
        found = re.match(r"Ready\((-?\d+)\)", self.ready)
        return int(found[1]) if found else 0

    def word(self, address: int) -> int:
        """A word of storage."""
        return int.from_bytes(self.storage.read(address, 4), "big")

    def free_nucleus_storage(self) -> int:
        """Bytes in the chain of free blocks of nucleus type."""
        total, block = 0, self.word(0x508)
        while block:
            total += self.word(block + 4)
            block = self.word(block)
        return total

    def external(self) -> None:
        """Press the interruption key."""
        external_interruption(self.cpu, 0x40)

    # --- running ---

    def run(self, limit: int = CODE_LIMIT) -> None:
        """Run until a line is wanted that is not there."""
        end = self.cpu.instructions + limit
        while self.cpu.instructions < end:
            stop = reference.run(self.cpu, end - self.cpu.instructions)
            if not isinstance(stop, Diagnose):
                raise AssertionError(f"{stop} at {self.cpu.psw}")
            try:
                self.diagnose(stop)
            except Finished:
                return
        raise AssertionError(f"still running after {limit} instructions: {self.cpu.psw}")

    def diagnose(self, stop: Diagnose) -> None:
        """What CP and the file system do."""
        gr = self.cpu.gr
        rx, ry = stop.rx, stop.ry
        match stop.code:
            case 0x00:
                self.storage.write(gr[rx], to_ebcdic("VM/370".ljust(16) + "TESTER".ljust(24)))
            case 0x08:
                command = self.ebcdic(gr[rx] & 0xFFFFFF, gr[ry])
                self.cp_commands.append(command)
                gr[ry] = self.cp_answers.get(command.split()[0] if command else "", 0)
            case 0x0C:
                spent = (self.cpu.instructions * 2).to_bytes(8, "big")
                self.storage.write(gr[rx], to_ebcdic("04/01/8109:30:15") + spent + spent)
            case 0x20:
                self.console(gr[ry] & 0xFFFFFF)
            case 0x24:
                gr[rx], gr[ry], self.cpu.cc = 9, 0x80000000, 0
            case 0x58:
                address, count = self.word(gr[rx]) & 0xFFFFFF, self.word(gr[rx] + 4) & 0xFFFF
                self.output += [line.rstrip() for line in self.ebcdic(address, count).split(NEW_LINE)]
            case 0x5C:
                pass
            case 0x60:
                gr[rx] = self.storage.size
            case code if 0xF00 <= code < 0xF00 + len(CALLS):
                function = CALLS[code - 0xF00]
                gr[15] = getattr(self, "do_" + function.lower())(gr[1] & 0xFFFFFF) & 0xFFFFFFFF
            case _:
                program_interruption(self.cpu, SPECIFICATION)

    def console(self, ccw: int) -> None:
        """A channel program that writes lines and then reads one; it waits in the read."""
        while (command := self.storage.read(ccw, 1)[0]) != READ_INQUIRY:
            if command == TRANSFER_IN_CHANNEL:
                ccw = self.word(ccw) & 0xFFFFFF
            else:
                assert command == WRITE_CARRIER_RETURN
                if not self.reading:
                    self.output.append(self.ebcdic(self.word(ccw) & 0xFFFFFF, self.word(ccw + 4) & 0xFFFF).rstrip())
                ccw += 8
        self.reading = not self.lines
        if self.reading:
            self.cpu.ia -= 4
            raise Finished
        self.storage.write(self.word(ccw) & 0xFFFFFF, to_ebcdic(self.lines.pop(0)))
        self.cpu.cc = 0

    def ebcdic(self, address: int, length: int) -> str:
        """Characters in storage."""
        return from_ebcdic(self.storage.read(address, length))

    # --- the file system ---

    def fileid(self, plist: int, offset: int = 8) -> tuple[str, str, str]:
        """Name, type, mode letter of a plist."""
        name, kind = (self.ebcdic(plist + offset + n, 8).rstrip() for n in (0, 8))
        return name, kind, self.ebcdic(plist + offset + 16, 1).strip()

    def find(self, plist: int) -> tuple[str, str, str] | None:
        """The first file that a plist means."""
        return next(iter(self.matching(self.fileid(plist))), None)

    def matching(self, wanted: tuple[str, str, str]) -> list[tuple[str, str, str]]:
        """All of them, in search order."""
        return sorted(
            (file for file in self.files if all(a in ("*", "", b) for a, b in zip(wanted, file, strict=True))),
            key=lambda file: file[2],
        )

    def adt(self, mode: str) -> int:
        """An active disk table."""
        at = self.area + (0x100 if mode in self.read_only else 0)
        table = bytearray(0xE0)
        table[0x44:0x45] = to_ebcdic(mode)
        table[0x46] = 0x40 if mode in self.read_only else 0x20
        table[0x70:0x74] = (4096).to_bytes(4, "big")
        table[0x0A] = 1
        table[0x38:0x3C] = (100).to_bytes(4, "big")
        if mode not in self.read_only:
            table[8:12] = (self.area + 0x100).to_bytes(4, "big")
        self.storage.write(at, table)
        return at

    def fst(self, file: tuple[str, str, str]) -> int:
        """A file status table of a file."""
        recfm, records = self.files[file]
        number = sorted(self.files).index(file) % 32
        at = self.area + 0x200 + number * 64
        size = max(map(len, records), default=0)
        blocks = -(-sum(len(record) + 2 for record in records) // 4096)
        table = bytearray(to_ebcdic(f"{file[0]:8}{file[1]:8}").ljust(64, b"\0"))
        table[0x18:0x1A] = to_ebcdic(file[2] + "1")
        table[0x1E:0x1F] = to_ebcdic(recfm)
        table[0x20:0x24] = size.to_bytes(4, "big")
        table[0x2C:0x30] = blocks.to_bytes(4, "big")
        table[0x30:0x34] = len(records).to_bytes(4, "big")
        self.storage.write(at, table)
        return at

    def do_fstlkp(self, plist: int) -> int:
        file = self.find(plist)
        if file is None:
            return 28
        self.cpu.gr[1], self.cpu.gr[0] = self.fst(file), self.adt(file[2])
        return 0

    def do_fstlkw(self, plist: int) -> int:
        file = self.find(plist)
        return 28 if file is None or file[2] in self.read_only else self.do_fstlkp(plist)

    def do_fstnxt(self, plist: int) -> int:
        found = self.matching(self.fileid(plist))
        fsts = [self.fst(file) for file in found]
        index = fsts.index(self.cpu.gr[0]) + 1 if self.cpu.gr[0] else 0
        if index >= len(found):
            return 28
        self.cpu.gr[1], self.cpu.gr[0] = fsts[index], self.adt(found[index][2])
        return 0

    def do_adtlkp(self, letter: int) -> int:
        mode = self.ebcdic(letter, 1)
        if mode not in "AS":
            return 36
        self.cpu.gr[1] = self.adt(mode)
        return 0

    def do_adtlkw(self, letter: int) -> int:
        code = self.do_adtlkp(letter)
        return 12 if not code and self.ebcdic(letter, 1) in self.read_only else code

    def do_adtnxt(self, table: int) -> int:
        modes = sorted({"A", "S"})
        last = "" if not table else self.ebcdic(table + 0x44, 1)
        following = [mode for mode in modes if mode > last]
        if not following:
            return 4
        self.cpu.gr[1] = self.adt(following[0])
        return 0

    def do_rdbuf(self, fscb: int) -> int:
        file = self.find(fscb)
        if file is None:
            return 1
        recfm, records = self.files[file]
        extended = self.storage.read(fscb + 0x25, 1) == b"\x20"
        item = self.word(fscb + 0x2C) if extended else self.word(fscb + 0x18) & 0xFFFF
        count = self.word(fscb + 0x30) if extended else self.word(fscb + 0x24) & 0xFFFF
        item = item or self.open.get(file, 1)
        if item > len(records):
            return 12
        if recfm == "V" and count != 1:
            return 11
        if self.word(fscb + 0x1C) + self.word(fscb + 0x20) > self.storage.size:
            return 2
        data = b"".join(records[item - 1 : item - 1 + count])
        self.open[file] = min(item + count, len(records) + 1)
        room = self.word(fscb + 0x20)
        kept = data[:room]
        self.storage.store(self.word(fscb + 0x1C) & 0xFFFFFF, kept, 0)
        self.storage.write(fscb + 0x28, len(kept).to_bytes(4, "big"))
        return 8 if len(data) > room else 0

    def do_wrbuf(self, fscb: int) -> int:
        file = self.fileid(fscb)
        if file[2] in self.read_only:
            return 12
        recfm = self.ebcdic(fscb + 0x24, 1)
        _, records = self.files.setdefault(file, (recfm, []))
        count = max(self.word(fscb + 0x24) & 0xFFFF, 1)
        data = self.storage.read(self.word(fscb + 0x1C) & 0xFFFFFF, self.word(fscb + 0x20))
        length = len(data) // count
        self.open[file] = len(records) + 1
        records.extend(data[place : place + length] for place in range(0, len(data), length))
        return 0

    def do_point(self, fscb: int) -> int:
        return 1

    def do_erase(self, plist: int) -> int:
        file = self.find(plist)
        if file is None:
            return 28
        if file[2] in self.read_only:
            return 36
        del self.files[file]
        self.open.pop(file, None)
        return 0

    def do_state(self, plist: int) -> int:
        file = self.find(plist)
        if file is None:
            return 28
        fst = self.fst(file)
        copy = self.area + 0xB00
        self.storage.write(copy, self.storage.read(fst, 64))
        self.storage.write(copy + 64, self.adt(file[2]).to_bytes(4, "big") + fst.to_bytes(4, "big"))
        self.storage.write(plist + 28, copy.to_bytes(4, "big"))
        return 0

    def do_statew(self, plist: int) -> int:
        file = self.find(plist)
        return 28 if file is None or file[2] in self.read_only else self.do_state(plist)

    def do_finis(self, plist: int) -> int:
        closed = [file for file in self.matching(self.fileid(plist)) if self.open.pop(file, None)]
        return 0 if closed else 6

    def do_dmsrnf(self, plist: int) -> int:
        old, new = self.fileid(plist), self.fileid(plist, 32)
        if old not in self.files:
            return 28
        self.files[new] = self.files.pop(old)
        self.open.pop(old, None)
        return 0

    def do_access(self, plist: int) -> int:
        return 0

    def do_cardph(self, plist: int) -> int:
        self.cards.append(self.ebcdic(self.word(plist + 8), self.word(plist + 12)).rstrip())
        return 0

    def do_printr(self, plist: int) -> int:
        self.printed.append(self.ebcdic(self.word(plist + 8), self.word(plist + 12)).rstrip())
        return 0

    def do_cardrd(self, plist: int) -> int:
        return 2


def program(source: str, origin: int, *, system: bool = False) -> Module:
    """A source as MODULE at an origin."""
    return module_of(link([deck(source)], origin), system=system)


def deck(source: str) -> bytes:
    """A source as object deck."""
    assembly = assemble(source, "program")
    assert not assembly.severity, assembly.messages
    return assembly.deck
