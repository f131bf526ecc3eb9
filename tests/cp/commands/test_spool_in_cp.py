"""Spooling in a whole CP: typed commands, the console spool file, arrivals between users, LOGOFF."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import StoppedClock, User
from vm370.cp.commands.spool_operands import spooling
from vm370.cp.console.terminal import Origin
from vm370.cp.io.device import Supply, UnitStatus
from vm370.cp.io.unitrecord import Record
from vm370.cp.spool import READER, Destination, Spool
from vm370.cp.spool.printer import printer_text
from vm370.cp.system import StartError, System
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

LogOn = Callable[[str], User]


def punch(user: User, card: str) -> None:
    data = [to_ebcdic(f"{card:80}")]
    user.vm.devices[0x00D].execute(0x01, Supply(lambda length: data.pop() if data else b""), 80)


def test_a_console_file_goes_to_another_user(cp: System, logged_on: LogOn) -> None:
    alpha, beta = logged_on("ALPHA"), logged_on("BETA")
    beta.type("DEFINE READER 00C")
    alpha.type("SPOOL CONS START TO BETA")
    assert alpha.type("SPOOL PRT WRONG") == ["WRONG NOT IN CP DIRECTORY"]
    console = alpha.vm.console
    assert console is not None
    alpha.vm.write_console(console, to_ebcdic("ENTER: "), False)
    alpha.vm.write_console(console, to_ebcdic("a line\x85another"), True)
    assert alpha.read() == ["ENTER: a line", "another"]
    assert alpha.type("SPOOL CONS STOP CLOSE") == ["CON FILE 0001  TO  BETA     COPY 01 NOHOLD"]
    (file,) = cp.spool.files()
    assert "".join(printer_text(cp.spool.read(file))).splitlines() == [
        "SPOOL PRT WRONG",
        "WRONG NOT IN CP DIRECTORY",
        "ENTER: a line",
        "another",
        "SPOOL CONS STOP CLOSE",
    ]
    cp.step()
    assert beta.read()[-1] == "RDR FILE 0001  FROM ALPHA    COPY 01 NOHOLD"
    assert beta.type("ORDER RDR 1") == ["0001 FILE ORDERED"]
    assert beta.type("TRANSFER 1 ALPHA") == ["0001 FILE TRANSFERRED"]
    assert beta.type("PUR RDR ALL") == ["NO FILES PURGED"]
    assert alpha.type("CHANGE RDR 1 NAME A B", "TAG FILE 1 x", "TAG QUERY FILE 1") == ["0001 FILE CHANGED", "x"]


def test_noterm_shows_nothing_but_records(cp: System, logged_on: LogOn) -> None:
    alpha = logged_on("ALPHA")
    alpha.type("SPOOL CONS START NOTERM")
    before = alpha.terminal.written
    alpha.vm.show("not seen", Origin.GUEST)
    assert alpha.terminal.written == before
    alpha.type("SPOOL CONS TERM CLOSE")
    (file,) = cp.spool.files()
    assert [from_ebcdic(record.data) for record in cp.spool.read(file)][1] == "not seen"


def test_logoff_closes_what_was_punched(cp: System, logged_on: LogOn) -> None:
    alpha, beta = logged_on("ALPHA"), logged_on("BETA")
    alpha.type("SPOOL PUN TO BETA")
    punch(alpha, "CARD")
    alpha.type("LOGOFF")
    (file,) = cp.spool.files()
    assert (file.owner, file.records, file.dist) == ("BETA", 1, "BETA")
    cp.step()
    assert beta.terminal.lines[-1].text == f"RDR FILE {file.spoolid:04}  FROM ALPHA    COPY 01 NOHOLD"


def test_a_file_of_another_process_makes_the_reader_ready(cp: System, logged_on: LogOn) -> None:
    alpha = logged_on("ALPHA")
    other = Spool(cp.spool.path, cp.clock, system=False)
    other.add(READER, "ALPHA", [Record(2, b"x" * 80)], Destination(READER, "ALPHA"))
    other.close()
    cp.step()
    assert alpha.terminal.lines[-1].text == "RDR FILE 0001 HAS BEEN READ"
    pending = alpha.vm.channels.pending(alpha.vm.channels.pending_mask)
    assert pending is not None
    address, csw = pending
    assert (address, csw.unit) == (0x00C, UnitStatus.DEVICE_END)


def test_a_spool_that_fails_does_not_stop_logoff(cp: System, logged_on: LogOn) -> None:
    alpha = logged_on("ALPHA")
    punch(alpha, "CARD")
    side = spooling(alpha.vm.devices[0x00D])
    assert side is not None
    cp.spool._db.execute("PRAGMA busy_timeout=1")
    blocker = sqlite3.connect(cp.spool.path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    line = "".join(alpha.type("CLOSE PUN"))  # folded at the terminal's line size
    assert line.startswith("SPOOL ERROR; ")
    assert "locked by another process" in line
    alpha.type("LOGOFF")
    assert cp.user("ALPHA") is None
    blocker.execute("ROLLBACK")
    blocker.close()


def test_a_system_does_not_start_with_a_bad_spool(home: Path, clock: StoppedClock) -> None:
    (home / "spool.db").write_bytes(b"something else")
    with pytest.raises(StartError, match=r"spool\.db: offset 0: found X'736F6D65"):
        System(home, clock)
