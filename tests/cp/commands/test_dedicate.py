"""DEDICATE statements: real devices at LOGON."""

from __future__ import annotations

from collections.abc import Callable

from tests.cp.commands.cpkit import DIRECTORY, User
from vm370.cp.io.tape import TapeDrive
from vm370.cp.system import System
from vm370.images.tapes.opening import create_tape

ENTRY = """\
USER {0} {0} 512K 1M G
 DEDICATE 281 181
 DEDICATE 350 VOLID FBAVOL R/O
 DEDICATE 351 VOLID NOVOL
 DEDICATE 282 7FF
 DEDICATE NETWORK 040 0B0
"""


def test_dedicate(cp: System, logged_on: Callable[[str], User]) -> None:
    path = cp.home / "directory.new"
    path.write_text(DIRECTORY + ENTRY.format("EMIL") + ENTRY.format("OTTO"))
    cp.directory.install(path.read_text(), path)
    create_tape(cp.home / "x.aws").close()
    logged_on("OPERATOR").type(f"MOUNT 181 {cp.home / 'x.aws'} RING")
    user = User(cp)
    said = user.type("LOGON EMIL EMIL")
    drive = user.vm.devices[0x281]
    assert isinstance(drive, TapeDrive)
    assert user.vm.devices[0x350].read_only
    assert sorted(user.vm.devices) == [0x281, 0x350]
    unavailable = [line for line in said if "NOT AVAILABLE" in line]
    assert [line.split("DEV ")[1][:3] for line in unavailable] == ["351", "282", "040"]
    real = cp.real.find(0x181)
    assert real is not None
    assert real.holder == ("EMIL", 0x281)
    other = User(cp)
    assert any("ALREADY ATTACHED TO EMIL" in line for line in other.type("LOGON OTTO OTTO"))
    user.type("LOGOFF")
    assert real.holder is None
