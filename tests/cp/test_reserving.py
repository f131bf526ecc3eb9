"""Minidisks with virtual reserve/release (mode V)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cp.commands.cpkit import StoppedClock, User
from vm370.cp import passwords
from vm370.cp.commands.logon import logon_without_password
from vm370.cp.passwords import Cost
from vm370.cp.system import System
from vm370.images.ckd import CkdImage
from vm370.images.fba import FbaImage

DIRECTORY = """\
DIRECTORY 123 3350 VMSRES
USER A NOLOG
 MDISK 191 3350 1 1 VMSRES MWV ALL ALL ALL
 MDISK 192 FB-512 0 20 FBAVOL MWV ALL ALL ALL
 MDISK 193 3350 2 1 VMSRES MW ALL ALL ALL
USER B NOLOG
 LINK A 191 191 MW
 LINK A 192 192 MW
 LINK A 193 193 MW
"""
RESERVE, RELEASE, SENSE = 0xB4, 0x94, 0x04


@pytest.fixture
def cp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    monkeypatch.setattr(passwords, "DEFAULT_COST", Cost(2, 1, 1))
    (tmp_path / "directory").write_text(DIRECTORY)
    (tmp_path / "disks").mkdir()
    CkdImage.create(tmp_path / "disks" / "VMSRES.ckd", "3350", 3, volser="VMSRES").close()
    FbaImage.create(tmp_path / "disks" / "FBAVOL.fba", "3310", 20, volser="FBAVOL").close()
    return System(tmp_path, StoppedClock())


class Party:
    """A machine that executes single CCWs from location 1000."""

    def __init__(self, cp: System, userid: str) -> None:
        user = User(cp)
        logon_without_password(cp, user.session, userid)
        self.vm = user.vm

    def start(self, vaddr: int, command: int) -> int:
        """START I/O; its condition code."""
        self.vm.storage.write(0x1000, bytes((command,)) + bytes.fromhex("00200020000018"))
        self.vm.storage.write(0x48, bytes.fromhex("00001000"))
        return self.vm.channels.sio(vaddr, self.vm.now)

    def ended(self, vaddr: int) -> bool:
        """Whether the channel program has ended, virtual time or not."""
        for _ in range(100):
            self.vm.cpu.idle += 10_000
            self.vm.channels.run(self.vm.now)
        return self.vm.channels.tio(vaddr) == 1 or self.vm.channels.tio(vaddr) == 0

    def do(self, vaddr: int, command: int) -> bool:
        """Start it, and whether it ends."""
        assert self.start(vaddr, command) in (0, 1)
        return self.ended(vaddr)


@pytest.mark.parametrize("vaddr", [0x191, 0x192])
def test_others_wait(cp: System, vaddr: int) -> None:
    a, b = Party(cp, "A"), Party(cp, "B")
    assert a.do(vaddr, RESERVE)
    assert not b.do(vaddr, SENSE)
    assert a.do(vaddr, SENSE)
    assert not b.ended(vaddr)
    assert a.do(vaddr, RELEASE)
    assert b.ended(vaddr)
    assert b.do(vaddr, RESERVE)
    assert not a.do(vaddr, SENSE)
    b.vm.reset()
    assert a.ended(vaddr)
    assert b.do(vaddr, RESERVE)
    assert not a.do(vaddr, SENSE)
    cp.logoff(b.vm)
    assert a.ended(vaddr)
    cp.shutdown()


def test_without_v_nobody_waits(cp: System) -> None:
    a, b = Party(cp, "A"), Party(cp, "B")
    assert a.do(0x193, RESERVE)
    assert b.do(0x193, SENSE)
    cp.shutdown()
