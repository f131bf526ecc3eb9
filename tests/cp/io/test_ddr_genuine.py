"""The genuine DASD Dump Restore program of VM/370 R6 from its IPL tape: disk to tape, tape to disk, disk to disk.

VM370_GENUINE names a folder with dmkddr.aws, the stand-alone tape of VM/370 release 6.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from vm370.cp.console.terminal import Origin, Terminal
from vm370.cp.io.ckd import CkdDisk
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.tape import TapeDrive
from vm370.cp.system import System
from vm370.images.ckd import CkdImage, format_track
from vm370.images.tapes.aws import AwsTape

GENUINE = Path(os.environ.get("VM370_GENUINE", "/nonexistent"))
CYLINDERS = 5
DIRECTORY = """\
DIRECTORY 123 3350 SYSVOL
USER DDR DDR 1M 1M G
 CONSOLE 009 3215
 SPOOL 00C 2540 READER *
 SPOOL 00D 2540 PUNCH A
 SPOOL 00E 1403 A
"""


class Operator:
    """Types at the console and reads what DDR says."""

    def __init__(self, home: Path, tape: Path, disks: dict[int, CkdImage]) -> None:
        self.system = System(home)
        self.terminal = Terminal()
        self.session = self.system.connect(self.terminal)
        self.session.enter("LOGON DDR DDR NOIPL")
        assert self.session.vm is not None
        self.vm = self.session.vm
        ipl = AwsTape.open(GENUINE / "dmkddr.aws", read_only=True)
        self.vm.attach(0x180, TapeDrive(tape=ipl))
        self.drive = TapeDrive(tape=AwsTape.create(tape))
        self.vm.attach(0x181, self.drive)
        for address, store in disks.items():
            self.vm.attach(address, CkdDisk(store, DEVICE_TYPES["3330"]))
        self._seen = 0

    def type(self, *lines: str) -> list[str]:
        """Type lines, each when DDR waits for one; what was written since the last look."""
        for line in lines:
            self.session.enter(line)
            while not self.session.waits_for_input:
                self.system.step()
        found = self.terminal.since(self._seen)
        self._seen = self.terminal.written
        return [line.text for line in found if line.origin is not Origin.TYPED]

    def close(self) -> None:
        """End everything."""
        self.system.shutdown()


def disk(path: Path, seed: int | None) -> CkdImage:
    """A small 3330 with tracks of all kinds: many records, keys, empty tracks, one long record."""
    image = CkdImage.create(path, "3330", CYLINDERS, volser="SOURCE" if seed is not None else "TARGET")
    if seed is None:
        return image
    random_bytes = random.Random(seed)
    for cylinder in range(CYLINDERS):
        for head in range(image.heads):
            if (cylinder, head) == (0, 0) or random_bytes.random() < 0.3:
                continue
            size = random_bytes.choice((80, 800, 4096))
            key = random_bytes.choice((0, 8))
            records = [
                (number + 1, random_bytes.randbytes(key), random_bytes.randbytes(size))
                for number in range(random_bytes.randrange(1, 1 + 12_000 // (size + key + 200)))
            ]
            image.write_track(cylinder, head, 0, format_track(cylinder, head, records, image.track_length))
    return image


def tracks(image: CkdImage) -> list[bytes]:
    return [
        image.read_track(cylinder, head)
        for cylinder in range(image.cylinders)
        for head in range(image.heads)
        if (cylinder, head) != (0, 0)
    ]


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[tuple[Operator, CkdImage, CkdImage]]:
    if not (GENUINE / "dmkddr.aws").is_file():
        pytest.skip("VM370_GENUINE names no folder with dmkddr.aws")
    (tmp_path / "directory").write_text(DIRECTORY)
    (tmp_path / "disks").mkdir()
    source, target = disk(tmp_path / "source.ckd", 1), disk(tmp_path / "target.ckd", None)
    person = Operator(tmp_path, tmp_path / "dump.aws", {0x330: source, 0x331: target})
    yield person, source, target
    person.close()


def test_dump_and_restore_by_tape(operator: tuple[Operator, CkdImage, CkdImage]) -> None:
    person, source, target = operator
    assert person.type("IPL 180")[-2:] == [
        "VM/370 DASD DUMP/RESTORE PROGRAM RELEASE 6",
        "ENTER CARD READER ADDRESS OR CONTROL STATEMENTS",
    ]
    person.type("SYSPRINT 00E", "INPUT 330 3330 SOURCE", "OUTPUT 181 3420 (REWIND", "DUMP 0 TO 4")
    assert person.type("")[-2:] == ["DUMPING   SOURCE", "END OF DUMP"]
    person.type("INPUT 181 3420", "OUTPUT 331 3330 TARGET", "RESTORE 0 TO 4", "YES")
    assert person.type("")[-2:] == ["RESTORING SOURCE", "END OF RESTORE"]
    assert tracks(source) == tracks(target)


def test_copy_from_disk_to_disk_then_type(operator: tuple[Operator, CkdImage, CkdImage]) -> None:
    person, source, target = operator
    person.type("IPL 180", "SYSPRINT 00E", "INPUT 330 3330 SOURCE", "OUTPUT 331 3330 TARGET", "COPY 0 TO 4")
    assert person.type("")[-2:] == ["COPYING   SOURCE", "END OF COPY"]
    assert tracks(source) == tracks(target)
    typed = person.type("INPUT 331 3330 SOURCE", "TYPE 0 0 3 TO 0 0 3")
    assert any("VOL1SOURCE" in line for line in typed)


def test_the_tape_is_unloaded_after_a_dump(operator: tuple[Operator, CkdImage, CkdImage]) -> None:
    """REWIND UNLOAD is what DDR does without an option: the operator has to mount the tape again."""
    person, source, target = operator
    person.type("IPL 180", "SYSPRINT 00E", "INPUT 330 3330 SOURCE", "OUTPUT 181 3420", "DUMP 0 TO 4", "")
    assert not person.drive.loaded
    tape = person.drive.unmount()
    assert tape is not None
    person.drive.mount(tape)
    person.type("INPUT 181 3420", "OUTPUT 331 3330 TARGET", "RESTORE 0 TO 4", "YES", "")
    assert tracks(source) == tracks(target)
