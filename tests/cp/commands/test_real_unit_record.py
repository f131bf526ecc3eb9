"""Real printers, punch and reader: START DRAIN FLUSH BACKSPAC REPEAT SPACE LOADBUF HOLD FREE, and the host files."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import User
from vm370.cp.io.unitrecord import Record
from vm370.cp.real.printer import RealPrinter
from vm370.cp.real.spooled import OutputDevice
from vm370.cp.spool import PRINTER, PUNCH, READER, Destination, Spool, SpoolFile
from vm370.cp.system import System
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

Logon = Callable[[str], User]
PRINT, SKIP_1 = 0x09, 0x8B


@pytest.fixture
def operator(logged_on: Logon) -> User:
    user = logged_on("OPERATOR")
    user.read()
    return user


def work(cp: System) -> None:
    """Until nothing is left to do."""
    for _ in range(10_000):
        if not cp.step():
            return
    raise AssertionError("CP does not come to rest")


def spooled(cp: System, queue: str, *lines: str, **attributes: object) -> SpoolFile:
    """A file of ALPHA; a line FF skips to channel 1."""
    records = [
        Record(SKIP_1, b"") if line == "FF" else Record(PRINT if queue == PRINTER else 1, to_ebcdic(line))
        for line in lines
    ]
    return cp.spool.add(queue, "ALPHA", records, Destination(queue, "ALPHA", **attributes))  # type: ignore[arg-type]


def printed(home: Path) -> list[str]:
    """Contents of the files in the order of their names."""
    return [path.read_text() for path in sorted((home / "print").glob("*.txt"))]


def printer(cp: System, raddr: int = 0x00E) -> RealPrinter:
    device = cp.real.find(raddr)
    assert isinstance(device, RealPrinter)
    return device


def test_devices_are_drained_at_first(cp: System, operator: User, home: Path) -> None:
    file = spooled(cp, PRINTER, "HELLO")
    work(cp)
    assert operator.type("QUERY UR") == [
        "RDR 00C DRAINED  SYSTEM",
        "PUN 00D DRAINED  SYSTEM   CLASS = A   FORM = STANDARD AUTO SEP",
        "PRT 00E DRAINED  SYSTEM   CLASS = A   FORM = STANDARD AUTO SEP",
        "PRT 00F DRAINED  SYSTEM   CLASS = A   FORM = STANDARD AUTO SEP",
    ]
    assert cp.spool.files() == [file]
    assert not (home / "print").exists()


def test_a_started_printer_makes_a_host_file(cp: System, operator: User, home: Path) -> None:
    file = spooled(cp, PRINTER, "FF", "ONE", "TWO", "FF", "THREE", name="LOAD", type="MAP")
    started = operator.type("START 00E CLASS B A NOSEP")
    assert started == ["PRT 00E STARTED  SYSTEM   CLASS = B A   FORM = STANDARD AUTO NOSEP"]
    work(cp)
    assert printed(home) == ["ONE\nTWO\n\fTHREE\n"]
    assert [path.name for path in (home / "print").iterdir()] == [f"19810401-093015-alpha-{file.spoolid:04}.txt"]
    assert cp.spool.files() == []
    assert operator.read() == [f"PRT 00E OUTPUT OF ALPHA    FILE = {file.spoolid:04} RECDS = 000003 COPY = 01 A PRT"]


def test_classes_in_their_order_and_nothing_else(cp: System, operator: User, home: Path) -> None:
    for text, spool_class, hold in (("A1", "A", False), ("B1", "B", False), ("C1", "C", False), ("B2", "B", True)):
        spooled(cp, PRINTER, text, spool_class=spool_class, hold=hold)
    operator.type("START 00E CLASS B A NOSEP")
    work(cp)
    outputs = [line.split("FILE = ")[1][:4] for line in operator.read()]
    assert outputs == ["0002", "0001"]
    assert [file.spool_class for file in cp.spool.files()] == ["C", "B"]


def test_separator_pages_have_the_owner_in_block_letters(cp: System, operator: User, home: Path) -> None:
    spooled(cp, PRINTER, "DATA", dist="BIN 7")
    operator.type("START 00E")
    work(cp)
    first, second, data = printed(home)[0].split("\f")
    assert first == second
    assert data == "DATA\n"
    lines = first.splitlines()
    assert lines[1].startswith("  AAAAAA    LL          PPPPPPPP    HH      HH    AAAAAA")
    assert any("RECDS 000001" in line for line in lines)


def test_copies_are_files_of_their_own_with_one_separator(cp: System, operator: User, home: Path) -> None:
    file = spooled(cp, PRINTER, "DATA", copies=2)
    operator.type("START 00E")
    work(cp)
    stem = f"19810401-093015-alpha-{file.spoolid:04}"
    assert {path.name: path.read_text().count("\f") for path in (home / "print").iterdir()} == {
        f"{stem}-02.txt": 2,
        f"{stem}.txt": 0,
    }
    told = operator.read()
    assert [line[8:17] for line in told] == ["OUTPUT OF", "REPEATED "]
    assert [line.split("COPY = ")[1] for line in told] == ["02 A PRT", "01 A PRT"]


def test_keep_leaves_the_file_in_user_hold(cp: System, operator: User) -> None:
    spooled(cp, PRINTER, "DATA", keep=True)
    operator.type("START 00E")
    work(cp)
    assert [file.hold_status for file in cp.spool.files()] == ["USER"]


def test_drain_ends_behind_the_active_file(cp: System, operator: User) -> None:
    spooled(cp, PRINTER, "ONE")
    spooled(cp, PRINTER, "TWO")
    operator.type("START 00E")
    cp.step()
    answer = operator.type("DRAIN 00E")
    assert answer[-1].startswith("PRT 00E DRAINING ALPHA    FILE = 0001")
    work(cp)
    assert operator.type("QUERY 00E")[-1].startswith("PRT 00E DRAINED ")
    assert [file.spoolid for file in cp.spool.files()] == [2]


def long_file(cp: System, sheets: int) -> SpoolFile:
    """Sheets of 60 lines; a page of the spool has some sheets."""
    lines = [line for sheet in range(sheets) for line in ("FF", *(f"{sheet:03} {n:02} {'=' * 90}" for n in range(60)))]
    return spooled(cp, PRINTER, *lines)


def begun(cp: System, operator: User, steps: int) -> OutputDevice:
    """The printer after some steps in a file."""
    operator.type("START 00E NOSEP")
    for _ in range(steps):
        cp.step()
    operator.read()
    return printer(cp)


def sheets_of(text: str) -> list[int]:
    return [int(sheet[:3]) for sheet in text.split("\f")]


@pytest.mark.parametrize("command", ["BACKSPAC 00E", "BACKSPAC 00E 2", "BACKSPAC 00E FILE", "BACKSPAC 00E 900"])
def test_backspac_prints_no_sheet_twice(cp: System, operator: User, home: Path, command: str) -> None:
    file = long_file(cp, 30)
    begun(cp, operator, 4)
    answer = operator.type(command)
    assert answer == [f"PRT 00E BACKSPACE ALPHA    FILE = {file.spoolid:04} RECDS = 001800 COPY = 01 A PRT"]
    work(cp)
    assert sheets_of(printed(home)[0]) == list(range(30))
    assert printed(home)[0].count("\n") == 1800


def test_backspac_eof_leaves_out_what_is_between(cp: System, operator: User, home: Path) -> None:
    long_file(cp, 30)
    begun(cp, operator, 3)
    operator.type("BACKSPAC 00E 1 EOF")
    work(cp)
    sheets = sheets_of(printed(home)[0])
    assert sheets[-2:] == [28, 29]
    assert sheets[:-2] == list(range(len(sheets) - 2))
    assert 2 < len(sheets) < 20


def test_flush(cp: System, operator: User, home: Path) -> None:
    file = long_file(cp, 20)
    begun(cp, operator, 3)
    assert operator.type("FLUSH 00E HOLD") == [
        f"PRT 00E FLUSHED ALPHA    FILE = {file.spoolid:04} RECDS = 001200 COPY = 01 A PRT",
        "PRT 00E FILE HELD",
    ]
    work(cp)
    assert [held.hold_status for held in cp.spool.files()] == ["SYS"]
    assert printed(home) == []
    assert list((home / "print").iterdir()) == []
    assert operator.type("FLUSH 00E") == ["PRT 00E NOT ACTIVE"]


@pytest.mark.parametrize(("command", "files"), [("FLUSH 00E", 2), ("FLUSH 00E ALL", 0)])
def test_flush_of_copies(cp: System, operator: User, home: Path, command: str, files: int) -> None:
    spooled(cp, PRINTER, "DATA", copies=3)
    begun(cp, operator, 1)
    operator.type(command)
    work(cp)
    assert len(printed(home)) == files
    assert cp.spool.files() == []


def test_repeat(cp: System, operator: User, home: Path) -> None:
    spooled(cp, PRINTER, "DATA")
    begun(cp, operator, 1)
    answer = operator.type("REPEAT 00E 2 HOLD")
    assert answer == ["PRT 00E REPEATED ALPHA    FILE = 0001 RECDS = 000001 COPY = 03 A PRT", "PRT 00E FILE HELD"]
    work(cp)
    assert printed(home) == ["DATA\n"] * 3
    assert [file.hold_status for file in cp.spool.files()] == ["SYS"]


def test_space(cp: System, operator: User, home: Path) -> None:
    spooled(cp, PRINTER, "FF", "ONE", "FF", "TWO")
    begun(cp, operator, 1)
    assert operator.type("SPACE 00E")[0].startswith("PRT 00E SPACED ALPHA")
    work(cp)
    assert printed(home) == ["ONE\nTWO\n"]


def test_a_forms_control_buffer_has_sheets_and_channels(cp: System, operator: User, home: Path) -> None:
    records = [Record(0x89, to_ebcdic("TOP")), Record(0x99, to_ebcdic("A")), Record(PRINT, to_ebcdic("B"))]
    records += [Record(PRINT, to_ebcdic(str(number))) for number in range(66)]
    cp.spool.add(PRINTER, "ALPHA", records, Destination(PRINTER, "ALPHA"))
    assert operator.type("LOADBUF 00F FCB FCB1") == ["PRT 00F FCB FCB1 LOADED"]
    operator.type("START 00F NOSEP")
    assert operator.type("LOADBUF 00F FCB FCB8") == ["PRT 00F NOT DRAINED"]
    work(cp)
    first, second, third = (sheet.split("\n") for sheet in printed(home)[0].split("\f"))
    assert first[0] == "TOP"
    assert len(first) - 1 == 66  # line 1, and channel 1 of the next sheet
    assert second[0] == "A"
    assert second[4] == "B"  # channel 3 is at line 5
    assert second[65] == "60"
    assert third[:2] == ["61", "62"]


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("LOADBUF 00F FCB NONE", "DMKCSB157E FCB NONE NOT FOUND"),
        ("LOADBUF 00E UCS T11", "DMKCSB157E UCS T11 NOT FOUND"),
        ("LOADBUF 00D FCB FCB1", "DMKCSB006E INVALID DEVICE TYPE - 00D"),
        ("LOADBUF 00F", "DMKCSB026E OPERAND MISSING OR INVALID"),
        ("START 181", "DMKCSO006E INVALID DEVICE TYPE - 181"),
        ("START 999", "DMKCSO040E DEV 999 DOES NOT EXIST"),
        ("START", "DMKCSO026E OPERAND MISSING OR INVALID"),
        ("START 00E CLASS", "DMKCSO028E CLASS MISSING OR INVALID"),
        ("START 00E CLASS A B C D E", "DMKCSO028E CLASS MISSING OR INVALID"),
        ("START 00E SEP NOSEP", "DMKCSO013E CONFLICTING OPTION - SEP"),
        ("START 00C CLASS A", "DMKCSO013E CONFLICTING OPTION - CLASS"),
        ("DRAIN 00E NOW", "DMKCSO002E INVALID OPERAND - NOW"),
        ("FLUSH", "DMKCSO021E RADDR MISSING OR INVALID"),
        ("SPACE 00D", "DMKCSO145E PUN 00D NOT ACTIVE"),
        ("REPEAT 00C", "DMKCSO006E INVALID DEVICE TYPE - 00C"),
        ("HOLD NOBODY PRT", "DMKCSV053E NOBODY NOT IN CP DIRECTORY"),
        ("HOLD ALPHA RDR", "DMKCSV006E INVALID DEVICE TYPE - RDR"),
        ("FREE ALPHA", "DMKCSV026E OPERAND MISSING OR INVALID"),
    ],
)
def test_wrong_operands(operator: User, command: str, answer: str) -> None:
    assert operator.type("SET EMSG ON", command) == [answer]


def test_hold_and_free(cp: System, operator: User, home: Path) -> None:
    spooled(cp, PRINTER, "DATA")
    assert operator.type("HOLD ALPHA PRT") == ["COMMAND COMPLETE"]
    assert operator.type("QUERY HOLD") == ["ALPHA    - PRT"]
    operator.type("START 00E NOSEP")
    work(cp)
    assert printed(home) == []
    operator.type("FREE ALPHA ALL", "HOLD SYSTEM ALL")
    work(cp)
    assert printed(home) == []
    operator.type("FREE SYSTEM ALL")
    work(cp)
    assert printed(home) == ["DATA\n"]


def test_forms(cp: System, operator: User, home: Path) -> None:
    spooled(cp, PRINTER, "LETTER", form="PAPER")
    spooled(cp, PRINTER, "BILL", form="BILLS")
    operator.type("START 00E NOSEP FORM BILLS NOAUTO")
    work(cp)
    assert printed(home) == ["BILL\n"]
    operator.read()
    operator.type("START 00E AUTO")
    work(cp)
    assert "PRT 00E FORM = PAPER" in operator.read()
    assert cp.spool.files() == []


def test_the_punch_makes_decks(cp: System, operator: User, home: Path) -> None:
    spooled(cp, PUNCH, "CARD 1", "CARD 2", dist="BIN 7")
    operator.type("START PUNCH")
    work(cp)
    (path,) = (home / "punch").iterdir()
    deck = path.read_bytes()
    cards = [from_ebcdic(deck[at : at + 80]).rstrip() for at in range(0, len(deck), 80)]
    assert path.suffix == ".deck"
    assert cards[:4] == ["USERID ALPHA    DIST BIN 7    FILE 0001"] * 4
    assert cards[4:] == ["CARD 1", "CARD 2"]


def test_the_reader_reads_decks(cp: System, operator: User, home: Path) -> None:
    folder = home / "reader"
    folder.mkdir()
    (folder / "a.txt").write_text("ID ALPHA CLASS B NAME MY DECK\nFIRST\nSECOND\n")
    binary = b"".join(to_ebcdic(text.ljust(80)) for text in ("USERID BETA", "THIRD"))
    (folder / "b.deck").write_bytes(binary)
    (folder / ".c").write_text("ID ALPHA\nNOT YET\n")
    operator.type("START RDR")
    work(cp)
    first, second = cp.spool.files(READER)
    assert (first.owner, first.spool_class, first.name, first.type, first.records) == ("ALPHA", "B", "MY", "DECK", 2)
    assert second.owner == "BETA"
    assert [from_ebcdic(record.data).rstrip() for record in cp.spool.read(second)] == ["THIRD"]
    assert sorted(path.name for path in (folder / "stacker").iterdir()) == ["a.txt", "b.deck"]
    assert operator.read() == ["RDR 00C INPUT FOR ALPHA    FILE = 0001", "RDR 00C INPUT FOR BETA     FILE = 0002"]


@pytest.mark.parametrize(
    "deck",
    [
        b"",
        b"NO ID CARD\n",
        b"ID NOBODY\nX\n",
        b"ID ALPHA\n",
        b"ID ALPHA CLASS %\nX\n",
        b"\xff\xfe\n",
        b"ID ALPHA JOB\nX\n",
    ],
)
def test_a_bad_deck_is_moved_aside(cp: System, operator: User, home: Path, deck: bytes) -> None:
    folder = home / "reader"
    folder.mkdir()
    (folder / "bad").write_bytes(deck)
    operator.type("START RDR")
    work(cp)
    assert (folder / "rejected" / "bad").read_bytes() == deck
    assert cp.spool.files() == []
    assert operator.read()[0].startswith("RDR 00C ID CARD MISSING OR INVALID; bad: ")


def test_a_full_host_disk_loses_nothing(
    cp: System, operator: User, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = spooled(cp, PRINTER, "DATA")
    (home / "print").write_text("a file where the folder should be")
    operator.type("START 00E")
    work(cp)
    assert operator.read()[0].startswith("PRT 00E INTERVENTION REQUIRED; ")
    assert cp.spool.files() == [file]
    assert not printer(cp).started


def test_what_was_active_at_shutdown_is_printed_after_the_next_start(cp: System, operator: User, home: Path) -> None:
    file = long_file(cp, 20)
    begun(cp, operator, 3)
    cp.shutdown()
    assert list((home / "print").iterdir()) == []
    again = System(home, cp.clock)
    assert again.spool.files() == [file]
    again.shutdown()


def test_parts_of_a_killed_process_are_removed(cp: System, home: Path) -> None:
    cp.shutdown()
    (home / "print").mkdir()
    (home / "print" / ".x.txt.part").write_text("half")
    System(home, cp.clock).shutdown()
    assert list((home / "print").iterdir()) == []


def test_a_pdf_beside_the_text(cp: System, operator: User, home: Path) -> None:
    pytest.importorskip("fpdf")
    spooled(cp, PRINTER, "FF", "ONE", "FF", "TWO")
    operator.type("START 00E PDF NOSEP")
    work(cp)
    (pdf,) = (home / "print").glob("*.pdf")
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert pdf.read_bytes().count(b"/Type /Page\n") == 2
    assert printed(home) == ["ONE\n\fTWO\n"]


def test_the_host_file_stays_in_its_folder_whatever_the_owner_is_called(cp: System, operator: User, home: Path) -> None:
    cp.spool.add(PRINTER, "X", [Record(PRINT, b"\xc1")], Destination(PRINTER, "../../X"))
    operator.type("START 00E NOSEP")
    work(cp)
    assert [path.name for path in (home / "print").iterdir()] == ["19810401-093015-______x-0001.txt"]


def test_a_damaged_page_stops_the_printer_and_not_cp(cp: System, operator: User, home: Path) -> None:
    file = spooled(cp, PRINTER, "DATA")
    cp.spool._db.execute("UPDATE page SET data=X'0900' WHERE file=?", (file.key,))
    operator.type("START 00E NOSEP")
    work(cp)
    assert "INTERVENTION REQUIRED; spool page" in operator.read()[-1]
    assert cp.spool.files() == [file]
    assert not printer(cp).started


@pytest.mark.parametrize("seed", range(20))
def test_any_commands_at_any_instant_leave_whole_files(cp: System, operator: User, home: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(3):
        long_file(cp, chance.randrange(1, 12))
    verbs = [
        *("START 00E NOSEP", "START 00E", "DRAIN 00E", "HALT 00E", "FLUSH 00E", "FLUSH 00E HOLD", "REPEAT 00E 1"),
        *(
            "BACKSPAC 00E",
            "BACKSPAC 00E 3",
            "BACKSPAC 00E 2 EOF",
            "BACKSPAC 00E FILE",
            "SPACE 00E",
            "CHANGE SYSTEM PRT ALL NOHOLD",
        ),
        *("VARY OFF 00E", "VARY ON 00E", "PURGE SYSTEM PRT ALL", "HOLD SYSTEM PRT", "FREE SYSTEM PRT"),
    ]
    for _ in range(60):
        operator.type(chance.choice(verbs))
        for _ in range(chance.randrange(3)):
            cp.step()
    assert not cp.failed
    operator.type("VARY ON 00E", "FREE SYSTEM ALL", "CHANGE SYSTEM PRT ALL NOHOLD", "START 00E")
    work(cp)
    assert cp.spool.files() == []
    for text in printed(home):
        lines = [line for line in text.split("\n") if "====" in line]
        assert lines[-1].lstrip("\f")[4:6] == "59"
        assert len(set(lines)) == len(lines)
    assert not list((home / "print").glob(".*"))


def test_a_file_of_another_process_is_printed(cp: System, operator: User, home: Path) -> None:
    operator.type("START 00E NOSEP")
    work(cp)
    other = Spool(home / "spool.db", cp.clock, system=False)
    other.add(PRINTER, "ALPHA", [Record(PRINT, to_ebcdic("FROM OUTSIDE"))], Destination(PRINTER, "ALPHA"))
    other.close()
    work(cp)
    assert printed(home) == ["FROM OUTSIDE\n"]
