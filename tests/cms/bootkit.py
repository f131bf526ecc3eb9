"""CMS on CP: a home in a temporary folder, one user with the system disk at 190 and disks of his own, no terminal.

machine = Guest(home)                 logged on, not IPLed
machine.ipl()                         -> lines up to the first read
machine.type("LISTFILE")              -> lines that CMS and CP typed (the echo left out), Ready line included
machine.rc                            the return code of the last Ready line
machine.instructions                  instructions of the last ipl or type
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from vm370.cms.build import SOURCES, write_system
from vm370.cp.console.terminal import Origin, Terminal
from vm370.cp.system import System
from vm370.images.blocks import CkdBlocks, FbaBlocks
from vm370.images.ckd import CkdImage
from vm370.images.edf import EdfDisk
from vm370.images.fba import FbaImage
from vm370.images.module import module_records
from vm370.tools.assembler.assembly import assemble
from vm370.tools.linker import link
from vm370.tools.linker.forms import module_of

DIRECTORY = """\
DIRECTORY 123 3350 CMSVOL
USER CMSUSER CMSUSER 512K 16M BG
 CONSOLE 009 3215
 SPOOL 00C 2540 READER *
 SPOOL 00D 2540 PUNCH A
 SPOOL 00E 1403 A
 MDISK 190 3350 1 4 CMSVOL MR ALL
 MDISK 191 3350 5 2 CMSVOL MR
"""
CYLINDERS = 8
SYSTEM_DISK, OWN_DISK = (1, 4), (5, 2)
PATIENCE = 3_000_000
READY = re.compile(r"Ready(?:\((-?\d+)\))?;")
WHEN = datetime(1981, 4, 1, 9, 30, 15, tzinfo=UTC)


def program(source: str, origin: int = 0x20000, *, system: bool = False) -> list[bytes]:
    """The records of a MODULE; ``source`` is assembled with the macros of CMS."""
    assembly = assemble(source, "program", [SOURCES / "maclib"])
    assert not assembly.severity, [str(message) for message in assembly.messages]
    return module_records(module_of(link([assembly.deck], origin), system=system, map=False))


class StoppedClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return WHEN

    def monotonic(self) -> float:
        return 1000.0


def make_home(home: Path, prepare: Callable[[EdfDisk], None] | None = None) -> None:
    """Directory and volume; ``prepare`` may put files on the user's disk."""
    (home / "disks").mkdir(parents=True)
    (home / "directory").write_text(DIRECTORY)
    volume = CkdImage.create(home / "disks" / "CMSVOL.ckd", "3350", CYLINDERS, volser="CMSVOL")
    try:
        write_system(volume.extent(*SYSTEM_DISK))
        blocks = CkdBlocks(volume.extent(*OWN_DISK), 1024)
        blocks.format()
        disk = EdfDisk.format(blocks, "CMS191", lambda: WHEN)
        if prepare:
            prepare(disk)
        blocks.flush()
    finally:
        volume.close()


def make_fba_home(home: Path, files: list[tuple[str, str, list[bytes]]]) -> None:
    """The same with a fixed-block volume."""
    (home / "disks").mkdir(parents=True)
    source = DIRECTORY.replace("3350 1 4 CMSVOL", "FB-512 16 4000 CMSVOL").replace("3350 5 2", "FB-512 4016 2000")
    (home / "directory").write_text(source)
    volume = FbaImage.create(home / "disks" / "CMSVOL.fba", "3370", 6016)
    try:
        write_system(volume.extent(16, 4000))
        disk = EdfDisk.format(FbaBlocks(volume.extent(4016, 2000), 1024), "CMS191", lambda: WHEN)
        for name, kind, records in files:
            disk.write(name, kind, records)
    finally:
        volume.close()


def put_files(home: Path, files: list[tuple[str, str, list[bytes]]]) -> None:
    """Write files to the user's disk while nobody is logged on."""
    image = CkdImage.open(home / "disks" / "CMSVOL.ckd")
    try:
        disk = EdfDisk.open(CkdBlocks(image.extent(*OWN_DISK), 1024), lambda: WHEN)
        for name, kind, records in files:
            recfm = "F" if len({len(record) for record in records}) == 1 else "V"
            disk.write(name, kind, records, recfm="V" if kind == "MODULE" else recfm)
        disk.blocks.flush()
    finally:
        image.close()


def make_disk(path: Path, files: list[tuple[str, str, list[bytes]]]) -> None:
    """A CMS disk as an image of its own."""
    image = CkdImage.create(path, "3350", 2)
    try:
        blocks = CkdBlocks(image, 1024)
        blocks.format()
        disk = EdfDisk.format(blocks, "CMS191", lambda: WHEN)
        for name, kind, records in files:
            disk.write(name, kind, records)
        blocks.flush()
    finally:
        image.close()


def open_disk(path: Path) -> EdfDisk:
    """Look at such a disk."""
    return EdfDisk.open(CkdBlocks(CkdImage.open(path, read_only=True), 1024), lambda: WHEN)


def own_disk(home: Path) -> EdfDisk:
    """The user's disk as it is in the image, to be looked at when CP has ended."""
    image = CkdImage.open(home / "disks" / "CMSVOL.ckd", read_only=True)
    return EdfDisk.open(CkdBlocks(image.extent(*OWN_DISK), 1024), lambda: WHEN)


class Guest:
    """A logged-on user."""

    def __init__(self, home: Path, *, pure: bool = False) -> None:
        self.home = home
        self.system = System(home, StoppedClock())
        self.terminal = Terminal()
        self.session = self.system.connect(self.terminal)
        self.session.enter("LOGON CMSUSER")
        self.session.enter("CMSUSER")
        self.vm = self.system.users["CMSUSER"]
        self.vm.set_impure(not pure)
        self.vm.set_timer("VIRTUAL")
        self.rc: int | None = None
        self.instructions = 0

    def ipl(self, address: int = 0x190, *, clear: bool = False) -> list[str]:
        """IPL and run until CMS reads from the console."""
        serial = self.terminal.written
        assert self.vm.ipl(address, clear=clear)
        self.vm.resume()
        return self._run(serial, PATIENCE)

    def type(self, line: str, *, limit: int = PATIENCE) -> list[str]:
        """Type a line and run until the terminal waits, or for ``limit`` instructions."""
        serial = self.terminal.written
        self.session.enter(line)
        return self._run(serial, limit)

    def run(self, limit: int) -> list[str]:
        """Run without typing."""
        return self._run(self.terminal.written, limit)

    def _run(self, serial: int, limit: int) -> list[str]:
        start = self.vm.now
        while not self.session.waits_for_input and self.vm.now - start < limit:
            if not self.system.step():
                break
        self.instructions = self.vm.now - start
        lines = [line.text for line in self.terminal.since(serial) if line.origin is not Origin.TYPED]
        for line in lines:
            if found := READY.match(line):
                self.rc = int(found[1] or 0)
        return lines

    def end(self) -> None:
        """Log off."""
        self.system.logoff(self.vm)
