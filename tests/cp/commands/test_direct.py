"""DIRECT, limits of a directory entry, and what OPTION sets at LOGON."""

from __future__ import annotations

from collections.abc import Callable

from tests.cp.commands.cpkit import DIRECTORY, User
from vm370.cp.io.unitrecord import Record
from vm370.cp.spool.virtual import VirtualOutput
from vm370.cp.system import System

Logon = Callable[[str], User]


def installed(cp: System, more: str) -> None:
    """Another directory."""
    path = cp.home / "directory.new"
    path.write_text(f"{DIRECTORY}{more}")
    cp.directory.install(path.read_text(), path)


def test_direct(cp: System, logged_on: Logon) -> None:
    user = logged_on("MAINT")
    source = cp.home / "Users.Direct"
    source.write_text(f"{DIRECTORY}USER EMIL EMIL\n MDISK 191 3350 3 2 SYSVOL\n")
    checked = user.type("DIRECT users.direct (EDIT)")
    assert checked[-2:] == ["007 USERS", "EOJ DIRECTORY NOT UPDATED"]
    assert any("EMIL 191 overlaps MAINT 191" in line for line in checked)
    assert cp.directory.find("EMIL") is None
    assert user.type("DIRECT USERS.DIRECT")[-1] == "EOJ DIRECTORY UPDATED"
    assert logged_on("EMIL").vm.userid == "EMIL"
    assert "EMIL EMIL" not in (cp.home / "directory").read_text()


def test_direct_refuses(cp: System, logged_on: Logon) -> None:
    user = logged_on("MAINT")
    before = (cp.home / "directory").read_bytes()
    (cp.home / "bad").write_text("DIRECTORY 123 3350 X\nUSER A B 1K\nUSER MAINT\n")
    lines = user.type("DIRECT BAD")
    assert lines[0].startswith("DMKDIR752E STATEMENT ERROR; bad line 2: found 1K, expected a storage size")
    assert lines[1].startswith("DMKDIR752E STATEMENT ERROR; bad line 3: found nothing, expected a password")
    assert lines[2] == "DIRECTORY NOT UPDATED; 2 ERRORS"
    for operands in ("passwords", "../directory", "/etc/passwd", ".", "nosuch"):
        assert user.type(f"DIRECT {operands}")[-1] == "DIRECTORY NOT UPDATED; 1 ERRORS"
    assert user.type("DIRECT A B") == ["INVALID OPERAND - B"]
    assert user.type("DIRECT (PRINT") == ["INVALID OPTION - PRINT"]
    assert (cp.home / "directory").read_bytes() == before
    assert logged_on("ALPHA").type("DIRECT") == ["?CP: DIRECT"]


def test_limits(cp: System, logged_on: Logon) -> None:
    installed(
        cp, "USER EMIL EMIL 512K 1M G\n LIMIT TDISK 5 SPOOL 1 RECORDS 2 CPU 30\n SPOOL D 2540 PUNCH\n SPOOL E 1403\n"
    )
    user = logged_on("EMIL")
    assert cp.scheduler.members[user.vm].policy.limit == 30
    assert user.type("DEFINE T3350 192 3", "DEFINE T3350 193 3", "DEFINE T3350 193 2") == [
        "DASD 192 DEFINED",
        "LIMIT REACHED; TDISK 5 OF YOUR DIRECTORY ENTRY",
        "DASD 193 DEFINED",
    ]
    punch, printer = user.vm.devices[0xD].sink, user.vm.devices[0xE].sink  # type: ignore[attr-defined]
    assert isinstance(punch, VirtualOutput)
    assert isinstance(printer, VirtualOutput)
    punch.write(Record(1, b"\xc1"))
    punch.write(Record(1, b"\xc2"))
    for sink, limit in ((punch, "RECORDS 2"), (printer, "SPOOL 1")):
        refused = None
        try:
            sink.write(Record(9, b"\xc3"))
        except Exception as error:
            refused = str(error)
        assert refused == f"LIMIT REACHED; {limit} OF YOUR DIRECTORY ENTRY"
        assert user.read() == [refused]
    assert user.type("CLOSE D PURGE") == []
    printer.write(Record(9, b"\xc3"))


def test_options_of_a_bare_machine(cp: System, logged_on: Logon) -> None:
    installed(cp, "USER EMIL EMIL\n OPTION PURE MODEL 0145 CPUID ABCDEF ENGINE REFERENCE TIMER VIRTUAL RUN\n")
    vm = logged_on("EMIL").vm
    assert vm.cpu_id == 0x00ABCDEF01450000
    assert (vm.settings.impure, vm.settings.engine, vm.settings.timer, vm.settings.run) == (
        False,
        "reference",
        "VIRTUAL",
        True,
    )
    assert logged_on("ALPHA").vm.cpu_id == 0xFF00037001680000
