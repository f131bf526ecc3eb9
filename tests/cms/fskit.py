"""The file system of CMS on CP, without IPL from a disk: the nucleus is put into storage, disks are kept in storage.

guest = FileGuest(folder)               a machine with a console
guest.attach(0x191, store)              a disk (tests/images/storekit.py)
guest.ipl()                             -> lines up to the first read
guest.type("ACCESS 191 A")              -> lines, the Ready line left out; guest.rc
guest.function("STATE", ...)            a function by SVC 202 with the plist that follows the name: R15
guest.write("FN", "FT", records) ...    files through RDBUF, WRBUF, FINIS as programs do it
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from tests.images.storekit import Sectors, Tracks
from vm370.cms.build import Builder, default_cache
from vm370.cp.console.terminal import Origin, Terminal
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.device import Device
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.fba import FbaDisk
from vm370.cp.s370.psw import Psw
from vm370.cp.system import System
from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.tools.linker import link

DIRECTORY = """\
DIRECTORY 123 3350 SYSVOL
USER CMSUSER CMSUSER 1M 16M BG
 CONSOLE 009 3215
"""
CONSOLE = 0x009
WHEN = datetime(2031, 7, 9, 16, 5, 8, tzinfo=UTC)
PROGRAM, PLIST, FSCB, BUFFER = 0x30000, 0x30100, 0x30200, 0x31000
"""Where calls are made from: SVC 202 and a wait, the parameter list, a file system control block, a record."""
END = 0xFACE
KEPT = [
    "vec",
    "fnt",
    "ini",
    "its",
    "itp",
    "int",
    "scn",
    "crd",
    "cwr",
    "fre",
    "err",
    "cpf",
    "ior",
    "tim",
    "dio",
    "lad",
    "lfs",
    "alm",
    "ptr",
    "act",
    "ald",
    "acc",
    "are",
    "aud",
    "blk",
    "byt",
    "brd",
    "bwr",
    "fns",
    "stt",
    "ers",
]
"""Sources of the nucleus: kernel and file system."""
PATIENCE = 40_000_000
READY = re.compile(r"Ready(?:\((-?\d+)\))?;")


@cache
def nucleus() -> tuple[bytes, bytes]:
    """The nucleus at X'10000' and the initialisation at X'20000'."""
    builder = Builder(cache=default_cache())
    builder.nucleus_sources = [source for source in builder.nucleus_sources if source.stem[3:] in KEPT]
    resident, initialisation = builder.nucleus()
    image = bytearray(resident.image)
    image[0x10:0x14] = resident.end.to_bytes(4, "big")
    return bytes(image), initialisation.image


@cache
def module(name: str) -> bytes:
    """A command's program, as it is loaded."""
    builder = Builder(cache=default_cache())
    (source,) = (source for source in builder.command_sources if source.stem == name)
    return link([builder.deck(source)], 0xE000).image


class StoppedClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return WHEN

    def monotonic(self) -> float:
        return 1000.0


def word(value: int) -> bytes:
    return value.to_bytes(4, "big", signed=value < 0)


def name(text: str, length: int = 8) -> bytes:
    return to_ebcdic(text.ljust(length))


class FileGuest:
    """A machine with CMS."""

    def __init__(self, folder: Path, *, pure: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "directory").write_text(DIRECTORY)
        self.system = System(folder, StoppedClock())
        self.terminal = Terminal()
        self.session = self.system.connect(self.terminal)
        self.session.enter("LOGON CMSUSER")
        self.session.enter("CMSUSER")
        self.vm = self.system.users["CMSUSER"]
        self.vm.set_impure(not pure)
        self.vm.set_timer("VIRTUAL")
        self.rc = 0
        self.instructions = 0
        self.kept_open: set[tuple[str, str, str]] = set()

    def attach(self, address: int, store: Tracks | Sectors, *, read_only: bool = False) -> None:
        """A disk."""
        kind = DEVICE_TYPES[store.device_type.partition("-")[0]]
        disk: Device
        if isinstance(store, Tracks):
            disk = CkdDisk(store, kind, read_only=read_only)
        else:
            disk = FbaDisk(store, kind, read_only=read_only)
        self.vm.attach(address, disk)

    def ipl(self) -> list[str]:
        """Start the initialisation, and run until CMS reads from the console."""
        serial = self.terminal.written
        resident, initialisation = nucleus()
        vm = self.vm
        vm.reset(clear=True)
        vm.storage.write(0x10000, resident)
        vm.storage.write(0x20000, initialisation)
        vm.storage.write(2, (0x190).to_bytes(2, "big"))
        vm.cpu.psw = Psw.from_bytes(bytes.fromhex("0004000000020000"))
        vm.resume()
        self._run()
        return self._lines(serial)

    def type(self, line: str) -> list[str]:
        """Type a line and run until the next read."""
        serial = self.terminal.written
        self.session.enter(line)
        self._run()
        return self._lines(serial)

    def _run(self) -> None:
        start = self.vm.now
        while not self.session.waits_for_input:
            assert self.vm.now - start < PATIENCE, "the guest does not come to an end"
            if not self.system.step():
                break
        self.instructions = self.vm.now - start

    def _lines(self, serial: int) -> list[str]:
        lines = []
        for line in self.terminal.since(serial):
            if line.origin is Origin.TYPED:
                continue
            if found := READY.match(line.text):
                self.rc = int(found[1] or 0)
            else:
                lines.append(line.text)
        return lines

    # --- calls ---

    def call(self, plist: int, kind: int = 0) -> int:
        """SVC 202 with the parameter list at ``plist``; R15."""
        vm = self.vm
        psw, registers = vm.cpu.psw.to_bytes(), [vm.cpu.gr[n] for n in range(16)]
        suspended = vm.suspended
        vm.suspended = False
        wait = bytes.fromhex("00020000") + word(END)
        # SVC 202, error address 1; LPSW 16(R2)
        vm.storage.write(PROGRAM, bytes.fromhex("0ACA0000000182002010").ljust(16, b"\0") + wait)
        vm.cpu.gr[1] = kind << 24 | plist
        vm.cpu.gr[2] = PROGRAM
        vm.cpu.psw = Psw.from_bytes(bytes.fromhex("00040000") + word(PROGRAM))
        serial = self.terminal.written
        start = vm.now
        while not vm.stopped:
            assert vm.now - start < PATIENCE, "the function does not come to an end"
            self.system.step()
        self.instructions = vm.now - start
        lines = [line.text for line in self.terminal.since(serial)]
        assert vm.cpu.ia == END, lines
        result = vm.cpu.gr[15]
        vm.cpu.psw = Psw.from_bytes(psw)
        for number, value in enumerate(registers):
            vm.cpu.gr[number] = value
        vm.suspended = suspended
        vm.resume()
        return result - (1 << 32) if result >> 31 else result

    def fail(self) -> list[str]:
        """A program with an invalid instruction; the lines up to the next read."""
        serial = self.terminal.written
        self.vm.suspended = False
        self.vm.channels.hio(CONSOLE)
        self.vm.storage.write(PROGRAM, bytes(2))
        self.vm.cpu.psw = Psw.from_bytes(bytes.fromhex("00040000") + word(PROGRAM))
        while not self.vm.suspended:
            self.system.step()
        return self._lines(serial)

    def function(self, function: str, plist: bytes = b"") -> int:
        """A function with a parameter list; R15."""
        self.vm.storage.write(PLIST, name(function) + plist + b"\xff" * 8)
        return self.call(PLIST)

    def word(self, address: int) -> int:
        """A word of storage."""
        return int.from_bytes(self.vm.storage.read(address, 4), "big")

    def fscb(
        self,
        function: str,
        filename: str,
        filetype: str,
        mode: str,
        size: int,
        *,
        recfm: str = "V",
        item: int = 0,
        items: int = 1,
        pointers: tuple[int, int] = (0, 0),
    ) -> int:
        """A function with a file system control block in its extended form; R15."""
        block = name(function) + name(filename) + name(filetype) + name(mode, 2) + bytes(2)
        block += word(BUFFER) + word(size) + name(recfm, 1) + b"\x20" + bytes(2) + bytes(4)
        block += word(item) + word(items) + word(pointers[0]) + word(pointers[1])
        self.vm.storage.write(FSCB, block)
        return self.call(FSCB)

    def put_record(self, filename: str, filetype: str, mode: str, record: bytes, **options: object) -> int:
        """WRBUF."""
        self.vm.storage.write(BUFFER, record)
        return self.fscb("WRBUF", filename, filetype, mode, len(record), **options)  # type: ignore[arg-type]

    def write(self, filename: str, filetype: str, records: Iterable[bytes], mode: str = "A1", recfm: str = "V") -> int:
        """Append records and close the file; R15 of the first call that failed."""
        for record in records:
            if code := self.put_record(filename, filetype, mode, record, recfm=recfm):
                self.finis(filename, filetype, mode)
                return code
        return self.finis(filename, filetype, mode)

    def get_record(
        self, filename: str, filetype: str, mode: str = "A", *, size: int = 65535, item: int = 0, items: int = 1
    ) -> bytes | int:
        """RDBUF: a record, or R15."""
        code = self.fscb("RDBUF", filename, filetype, mode, size, item=item, items=items)
        return code or self.vm.storage.read(BUFFER, self.word(FSCB + 0x28))

    def records(self, filename: str, filetype: str, mode: str = "A") -> Iterator[bytes]:
        """All records; the file is closed afterwards."""
        while isinstance(record := self.get_record(filename, filetype, mode), bytes):
            yield record
        assert record == 12, f"RDBUF {filename} {filetype}: {record}"
        assert self.finis(filename, filetype, mode) == 0

    def finis(self, filename: str, filetype: str, mode: str = "A") -> int:
        return self.function("FINIS", name(filename) + name(filetype) + name(mode))

    def state(self, filename: str, filetype: str, mode: str = "*", function: str = "STATE") -> bytes | int:
        """The 64 bytes of the FST, or R15."""
        code = self.function(function, name(filename) + name(filetype) + name(mode))
        return code or self.vm.storage.read(self.word(PLIST + 28), 64)

    def erase(self, filename: str, filetype: str, mode: str = "A") -> int:
        return self.function("ERASE", name(filename) + name(filetype) + name(mode))

    def access(self, *tokens: str) -> int:
        """ACCESS as a function."""
        return self.function("ACCESS", b"".join(name(token) for token in tokens))

    def rename(self, old: tuple[str, str, str], new: tuple[str, str, str]) -> int:
        return self.function("DMSRNF", b"".join(name(text) for text in (*old, *new)))

    def text(self, data: bytes) -> str:
        return from_ebcdic(data)

    def end(self) -> None:
        """Log off."""
        self.system.logoff(self.vm)
