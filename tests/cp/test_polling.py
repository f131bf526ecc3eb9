"""A program that polls with TEST I/O instead of waiting for the interruption."""

from __future__ import annotations

from pathlib import Path

from tests.cp.commands.cpkit import StoppedClock
from vm370.cp.machine import LONGEST_POLL
from vm370.cp.s370.psw import Psw
from vm370.cp.system import System
from vm370.images.ebcdic import to_ebcdic

DIRECTORY = "DIRECTORY 123 3350 VMSRES\nUSER POLLER NOLOG 64K 1M G\n CONSOLE 009 3215\n"
PROGRAM = bytes.fromhex("9C0000099D0000094720040447F00C00")
"""At 400: SIO 9, TIO 9, BC 2,404 (busy), and a branch to C00, where nothing stands: an operation exception."""
DISABLED_WAIT = bytes.fromhex("0002000000000DEF")


def test_the_time_of_a_channel_program_passes_in_a_few_test_ios(tmp_path: Path) -> None:
    """Sixteen writes take 20 + 16 * 10 instructions: two turns of the loop of two instructions, not ninety."""
    (tmp_path / "disks").mkdir()
    (tmp_path / "directory").write_text(DIRECTORY)
    system = System(tmp_path, StoppedClock())
    entry = system.directory.find("POLLER")
    assert entry is not None
    vm = system.logon(entry, None)
    storage = vm.cpu.storage
    storage.write(0x400, PROGRAM)
    storage.write(0x68, DISABLED_WAIT)
    storage.write(0x48, bytes.fromhex("00000800"))
    write = bytes.fromhex("0900090060000005")
    storage.write(0x800, write * 15 + bytes.fromhex("0900090020000005"))
    storage.write(0x900, to_ebcdic("LINE!"))
    vm.cpu.ia = 0x400
    vm.in_cp = vm.stopped = False
    while not vm.stopped:
        assert system.step()
    assert storage.read(0x44, 1) == b"\x0c"  # channel end, device end: TEST I/O has stored and cleared it
    assert vm.counters.simulated["TIO"] <= 2 + 180 // LONGEST_POLL + 1
    assert vm.cpu.now >= 20 + 16 * 10
    system.shutdown()


def test_a_slice_that_ends_when_the_interval_timer_has_run_down(tmp_path: Path) -> None:
    """A wait of a hundredth of a second takes 10,000 instructions of virtual time, five slices; then it ends."""
    (tmp_path / "disks").mkdir()
    (tmp_path / "directory").write_text(DIRECTORY)
    system = System(tmp_path, StoppedClock(), workers=0)
    entry = system.directory.find("POLLER")
    assert entry is not None
    vm = system.logon(entry, None)
    vm.set_timer("VIRTUAL")
    vm.cpu.storage.write(0x50, (3 << 8).to_bytes(4, "big"))
    vm.cpu.storage.write(0x58, DISABLED_WAIT)
    vm.cpu.psw = Psw.from_bytes(bytes.fromhex("0102000000000400"))
    vm.in_cp = vm.stopped = False
    while not vm.stopped:
        assert system.step(), "the machine has nothing to do"
    assert vm.cpu.ia == 0xDEF
    assert 10_000 <= vm.cpu.now <= 14_000
    system.shutdown()
