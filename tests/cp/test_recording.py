"""Journal and accounting: what is recorded, the cards, the retention rule, and that no failure reaches the caller."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cp.commands.conftest import clock, cp, home, logged_on, new_user  # noqa: F401 (fixtures)
from tests.cp.commands.cpkit import StoppedClock, User
from vm370.cp import accounting, journal
from vm370.cp.accounting import card
from vm370.cp.recording import Record, Recorder, RecordingError, Retention, opened, read, set_retention
from vm370.cp.system import System
from vm370.images.ebcdic import to_ebcdic
from vm370.tools import cli
from vm370.tools.account_command import totals

TIME = datetime(1981, 4, 1, 9, 30, 15, tzinfo=UTC)


def events(path: Path) -> list[tuple[str, str, dict[str, str | int]]]:
    with opened(path / journal.FILE_NAME, journal.APPLICATION_ID) as connection:
        return [(record.kind, record.userid, record.fields) for record in read(connection)]


def charges(path: Path) -> list[Record]:
    with opened(path / accounting.FILE_NAME, accounting.APPLICATION_ID) as connection:
        return list(read(connection))


def test_a_session_in_the_journal(cp: System, home: Path, logged_on: Callable[[str], User]) -> None:  # noqa: F811
    user = logged_on("ALPHA")
    user.type("LINK MAINT 191 391 R READ", "LINK MAINT 191 392 R WRONG", "DISCONN")
    user.type("LOGON ALPHA ALPHA NOIPL", "LOGOFF")
    assert events(home) == [
        ("LOGON", "ALPHA", {"terminal": "0C0"}),
        ("LINK", "ALPHA", {"owner": "MAINT", "vaddr": "191", "mode": "R"}),
        ("LINKPASS", "ALPHA", {"owner": "MAINT", "vaddr": "191", "count": 1}),
        ("DISCONNECT", "ALPHA", {"terminal": "0C0"}),
        ("RECONNECT", "ALPHA", {"terminal": "0C0"}),
        ("LOGOFF", "ALPHA", {"terminal": "0C0"}),
    ]


def test_wrong_passwords(cp: System, home: Path, new_user: Callable[[], User], clock: StoppedClock) -> None:  # noqa: F811
    user = new_user()
    for _ in range(4):
        user.type("LOGON ALPHA WRONGPW")
        clock.advance(300)
    assert [(kind, fields["count"]) for kind, _, fields in events(home)] == [("PASSWORD", n) for n in (1, 2, 3, 4)]
    (record,) = charges(home)
    assert (record.kind, record.userid, record.fields["count"], record.fields["limit"]) == ("04", "ALPHA", 4, 4)
    for name in (journal.FILE_NAME, accounting.FILE_NAME):
        assert b"WRONGPW" not in (home / name).read_bytes() + (home / f"{name}-wal").read_bytes()


def test_force_fault_and_shutdown(cp: System, home: Path, logged_on: Callable[[str], User]) -> None:  # noqa: F811
    operator, user, _ = logged_on("OPERATOR"), logged_on("ALPHA"), logged_on("BETA")
    cp.command_fault(user.session, ValueError("a fault"))
    operator.type("FORCE ALPHA", "SHUTDOWN")
    assert [(kind, userid) for kind, userid, _ in events(home)][3:] == [
        ("FAULT", "ALPHA"),
        ("FORCE", "ALPHA"),
        ("LOGOFF", "ALPHA"),
        ("LOGOFF", "OPERATOR"),
        ("LOGOFF", "BETA"),
        ("SHUTDOWN", ""),
    ]


def test_logoff_charges_what_was_used(
    cp: System,  # noqa: F811
    home: Path,  # noqa: F811
    logged_on: Callable[[str], User],  # noqa: F811
    clock: StoppedClock,  # noqa: F811
) -> None:
    user = logged_on("MAINT")
    clock.advance(100)
    user.vm.counters.start_ios = 5
    cp.accounting.charge(user.vm)
    clock.advance(23)
    user.vm.counters.start_ios = 7
    user.type("LOGOFF")
    first, second = charges(home)
    assert (first.fields["account"], first.fields["connect_seconds"], first.fields["sio"]) == ("1", 100, 5)
    assert (second.fields["connect_seconds"], second.fields["sio"]) == (23, 2)
    (total,) = totals([first, second])
    assert (total["userid"], total["records"], total["connect_seconds"], total["sio"]) == ("MAINT", 2, 123, 7)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            Record(1, TIME, "01", "ALPHA", {"account": "A17", "connect_seconds": 61, "virtual_ms": 258, "sio": 3}),
            to_ebcdic("ALPHA   A17     040181093015")
            + bytes.fromhex("0000003D 00000000 00000102 00000000 00000000 00000003 00000000 00000000 00000000")
            + to_ebcdic(" " * 14 + "01"),
        ),
        (
            Record(1, TIME, "03", "ALPHA", {"account": "A17", "seconds": 16, "device": "3350", "amount": 2}),
            to_ebcdic("ALPHA   A17     040181093015")
            + bytes.fromhex("00000010 04080000 0002")
            + to_ebcdic(" " * 40 + "03"),
        ),
        (
            Record(
                1, TIME, "06", "B", {"account": "B", "terminal": "0C1", "owner": "MAINT", "vaddr": "191", "count": 11}
            ),
            to_ebcdic("B       B       0401810930150C1         MAINT   191")
            + bytes.fromhex("000B0000")
            + to_ebcdic(" " * 23 + "06"),
        ),
        (
            Record(1, TIME, "C0", "BATCH", {"data": "00FFC1"}),
            to_ebcdic("BATCH   ") + b"\x00\xff\xc1" + to_ebcdic(" " * 67 + "C0"),
        ),
    ],
)
def test_cards(record: Record, expected: bytes) -> None:
    """Columns of the System Programmer's Guide, "Accounting Records"."""
    assert card(record) == expected
    assert len(expected) == 80


def test_the_retention_rule(tmp_path: Path) -> None:
    clock, path = StoppedClock(), tmp_path / "j.db"  # noqa: F811
    recorder = Recorder(path, 7, clock, pytest.fail)
    for number in range(10):
        recorder.add("EVENT", str(number), {})
        clock.advance(86_400)
    recorder.close()
    with opened(path, 7) as connection:
        assert [record.userid for record in read(connection, since="1981-04-08")] == ["7", "8", "9"]
    set_retention(path, 7, Retention(days=5, records=4), clock.now())
    with opened(path, 7) as connection:
        assert [record.userid for record in read(connection)] == ["6", "7", "8", "9"]
    set_retention(path, 7, Retention(days=2, records=4), clock.now())
    with opened(path, 7) as connection:
        assert [record.userid for record in read(connection)] == ["8", "9"]


def test_a_lock_of_another_program_costs_no_record(tmp_path: Path) -> None:
    path, told = tmp_path / "j.db", list[str]()
    recorder = Recorder(path, 7, StoppedClock(), told.append)
    recorder.add("A", "", {})
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    recorder.add("B", "", {})
    recorder.add("C", "", {})
    assert told == ["j.db: RECORDS CANNOT BE WRITTEN: database is locked"]
    other.execute("ROLLBACK")
    other.close()
    recorder.add("D", "", {})
    recorder.close()
    with opened(path, 7) as connection:
        assert [record.kind for record in read(connection)] == ["A", "B", "C", "D"]


@pytest.mark.parametrize("content", [b"no database at all" * 100, None])
def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path, content: bytes | None) -> None:
    path, told = tmp_path / "j.db", list[str]()
    if content is not None:
        path.write_bytes(content)
    else:
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE theirs (x)")
        other.close()
    before = path.read_bytes()
    recorder = Recorder(path, 7, StoppedClock(), told.append)
    recorder.add("A", "", {})
    recorder.close()
    assert len(told) == 1
    assert path.read_bytes() == before
    with pytest.raises(RecordingError), opened(path, 7):
        pass


def test_what_was_recorded_survives_kill(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    program = (
        "import os, pathlib, signal, sys\n"
        "from vm370.cp.recording import Recorder\n"
        "from vm370.cp.system import HostClock\n"
        "recorder = Recorder(pathlib.Path(sys.argv[1]), 7, HostClock(), print)\n"
        "for number in range(20): recorder.add('E', str(number), {})\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    result = subprocess.run([sys.executable, "-c", program, str(path)], check=False, env=dict(os.environ))
    assert result.returncode == -signal.SIGKILL
    with opened(path, 7) as connection:
        assert [record.userid for record in read(connection)] == [str(number) for number in range(20)]


def test_the_tools(
    cp: System,  # noqa: F811
    home: Path,  # noqa: F811
    logged_on: Callable[[str], User],  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    logged_on("ALPHA").type("LOGOFF")
    assert cli.main(["journal", "--home", str(home), "--event", "logon"]) == 0
    assert capsys.readouterr().out == "1981-04-01 09:30:15 LOGON      ALPHA    terminal=0C0\n"
    assert cli.main(["journal", "--home", str(home), "--user", "ALPHA", "--json"]) == 0
    assert capsys.readouterr().out.count('"kind"') == 2
    cards = tmp_path / "cards"
    assert cli.main(["account", "--home", str(home), "--cards", str(cards)]) == 0
    assert cards.read_bytes()[-2:] == to_ebcdic("01")
    assert len(cards.read_bytes()) == 80
    capsys.readouterr()
    assert cli.main(["account", "--home", str(home)]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:3] == ["ALPHA", "ALPHA", "1"]
    assert cli.main(["account", "--home", str(home), "--keep-records", "9"]) == 0
    assert capsys.readouterr().out == "records of 365 days are kept, 9 at most\n"
    assert cli.main(["journal", "--home", str(home), "--since", "yesterday"]) == 2
    assert cli.main(["journal", "--home", str(tmp_path / "nowhere")]) == 2


def test_spooled_records_are_charged_once(
    cp: System,  # noqa: F811
    home: Path,  # noqa: F811
    logged_on: Callable[[str], User],  # noqa: F811
) -> None:
    """Ten lines typed by SPOOL CONSOLE in the first session are none of the second's."""
    user = logged_on("ALPHA")
    user.type("SPOOL CONSOLE START", *["* A COMMENT"] * 10)
    user.type("INDICATE USER")
    user.type("LOGOFF")
    user = logged_on("ALPHA")
    assert user.type("INDICATE USER")[1].endswith("RDR-000000 PRT-000000 PCH-000000")
    user.type("LOGOFF")
    first, second = charges(home)
    assert int(first.fields["printed"]) >= 10
    assert (second.fields["printed"], second.fields["punched"], second.fields["read"]) == (0, 0, 0)
