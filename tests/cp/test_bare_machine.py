"""Machines on host files: disks, tapes, readers, printers, punches, and the typist at their consoles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import StoppedClock, User
from vm370.cp import passwords
from vm370.cp.commands.logon import logon_without_password, start_disconnected
from vm370.cp.console.desk import Desk
from vm370.cp.console.driver import ScriptDriver
from vm370.cp.console.terminal import Origin
from vm370.cp.hostdevices.decks import Hopper, read_deck
from vm370.cp.hostdevices.opening import HostFileError
from vm370.cp.hostdevices.paper import PrintFile, PunchFile
from vm370.cp.io.tape.drive import TapeDrive
from vm370.cp.io.unitrecord import Feed, Record
from vm370.cp.passwords import Cost
from vm370.cp.system import System
from vm370.cp.typist import ScriptError, load
from vm370.images.ckd import CkdImage
from vm370.images.ebcdic import to_ebcdic
from vm370.images.tapes.aws import AwsTape

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "bare"
HEADER = "DIRECTORY 123 3350 VMSRES\n"
CLERK = (EXAMPLE / "clerk.machine").read_text()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the files of the example."""
    monkeypatch.setattr(passwords, "DEFAULT_COST", Cost(2, 1, 1))
    (tmp_path / "disks").mkdir()
    for name in ("clerk.deck", "clerk.script", "list.txt"):
        (tmp_path / name).write_bytes((EXAMPLE / name).read_bytes())
    CkdImage.create(tmp_path / "volume.ckd", "3350", 1, volser="VOL150").close()
    return tmp_path


class Started:
    """Systems in a home; each is ended."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.systems: list[System] = []

    def __call__(self, directory: str) -> System:
        (self.home / "directory").write_text(HEADER + directory)
        self.systems.append(System(self.home, StoppedClock()))
        return self.systems[-1]


@pytest.fixture
def start(home: Path) -> Iterator[Started]:
    started = Started(home)
    yield started
    for system in started.systems:
        if not system.shutting_down:
            system.shutdown()


def run(system: System, rounds: int = 400) -> None:
    """Until nothing happens."""
    for _ in range(rounds):
        if not system.step():
            return


def logon(system: System, userid: str) -> User:
    user = User(system)
    logon_without_password(system, user.session, userid)
    return user


def test_the_example(home: Path, start: Started) -> None:
    system = start(CLERK)
    user = logon(system, "CLERK")
    run(system)
    assert [line.text for line in user.terminal.lines if line.origin is not Origin.ALERT][2:] == [
        "THE CLERK IS HERE. REAL",
        "YOUR NAME?  Martha",
        "HELLO, MARTHA",
        "VOLUME VOL150",
        "DONE",
        "DMKDSP450W CP ENTERED; DISABLED WAIT PSW '00020000 0000E0F0'",
    ]
    assert (home / "print" / "clerk.txt").read_text() == "APPLES   12\nPEARS     7\n"
    assert not system.typists
    user.read()
    listed = user.type("QUERY VIRTUAL")
    for expected in (
        "RDR  00C FILE clerk.deck READY",
        "PRT  00E FILE print/clerk.txt READY",
        "DASD 150 3350 (FILE) R/W    1 CYL",
    ):
        assert expected in listed
    user.type("LOGOFF")
    tape = AwsTape.open(home / "tapes" / "archive.aws", read_only=True)
    assert list(tape.items()) == [to_ebcdic(f"{'HELLO, MARTHA':27}"), None]
    tape.close()
    assert (home / "overlays" / "CLERK.150.cow").exists()


def test_without_a_terminal(home: Path, start: Started) -> None:
    system = start(CLERK.replace("PURE ", ""))
    vm = start_disconnected(system, system.directory.users["CLERK"])
    run(system)
    assert vm.stopped
    assert vm.psw_text().endswith("0000E0F0")
    assert (home / "print" / "clerk.txt").read_text().startswith("APPLES")


def test_a_second_time(home: Path, start: Started) -> None:
    """The operator puts the deck in again, and the printer goes on behind what was printed."""
    system = start(CLERK)
    user = logon(system, "CLERK")
    run(system)
    user.type("IPL 00C")
    run(system)
    assert user.terminal.open_line == "YOUR NAME?  "
    user.type("Otto")
    run(system)
    assert "HELLO, OTTO" in user.read()
    assert (home / "print" / "clerk.txt").read_text() == "APPLES   12\nPEARS     7\n" * 2


def test_what_cannot_be_opened(home: Path, start: Started) -> None:
    (home / "text").write_text("no image")
    (home / "odd.deck").write_bytes(b"\xff" * 81)
    system = start(
        "USER A NOLOG\n SCRIPT nosuch\n FILE 150 3350 nosuch\n FILE 151 3330 volume.ckd\n FILE 152 3350 text\n"
        " TAPE 180 3420 nosuch\n TAPE 181 3420\n CARDS 00C odd.deck\n PRINTOUT 00E text/x\n FILE 153 DASD volume.ckd\n"
        "USER B NOLOG\n FILE 153 3350 volume.ckd\n FILE 154 3350 volume.ckd R/O\n"
    )
    user = logon(system, "A")
    said = "".join(user.read())
    assert sorted(user.vm.devices) == [0x153, 0x181]
    for expected in (
        "DMKHFS803E SCRIPT nosuch ENDED AT LINE 0",
        f"DMKHFS801E DEV 150 NOT DEFINED; {home}/nosuch: cannot be opened: No such file",
        f"DEV 151 NOT DEFINED; {home}/volume.ckd: found a 3350, expected a 3330",
        "DEV 152 NOT DEFINED",
        "DEV 180 NOT DEFINED",
        "DEV 00C NOT DEFINED",
        "DEV 00E NOT DEFINED",
    ):
        assert expected in said
    drive = user.vm.devices[0x181]
    assert isinstance(drive, TapeDrive)
    assert not drive.loaded
    other = logon(system, "B")
    assert "in use" in "".join(other.read())
    assert sorted(other.vm.devices) == [0x154]
    assert other.vm.devices[0x154].read_only
    user.type("LOGOFF")
    assert 0x153 in logon(system, "A").vm.devices


def test_a_disk_keeps_what_was_written(home: Path, start: Started) -> None:
    """R/W in the file, COW in an overlay; both are there after the system was not ended in order."""
    system = start("USER A NOLOG\n FILE 150 3350 volume.ckd\nUSER B NOLOG\n FILE 150 3350 base.ckd COW\n")
    CkdImage.create(home / "base.ckd", "3350", 1, volser="BASE").close()
    base = (home / "base.ckd").read_bytes()
    stores = [logon(system, userid).vm.devices[0x150].store for userid in "AB"]  # type: ignore[attr-defined]
    for store in stores:
        store.write_track(0, 5, 100, b"written")
    assert (home / "volume.ckd").read_bytes().count(b"written") == 1
    assert (home / "base.ckd").read_bytes() == base
    system.shutdown()
    again = start("USER B NOLOG\n FILE 150 3350 base.ckd COW\nUSER C NOLOG\n FILE 150 3350 volume.ckd\n")
    assert logon(again, "B").vm.devices[0x150].store.read_track(0, 5)[100:107] == b"written"  # type: ignore[attr-defined]
    again.shutdown()
    third = start("USER B NOLOG\n FILE 150 3350 volume.ckd COW\n")
    assert "an overlay of" in "".join(logon(third, "B").read())


def test_a_printer(tmp_path: Path) -> None:
    """Overprint, spaces, skips; every record is in the file at once."""
    path = tmp_path / "new" / "paper"
    printer = PrintFile(path)
    steps = [
        (0x8B, "", ""),
        (0x09, "TITLE", "TITLE\n"),
        (0x01, "ABC", "ABC"),
        (0x11, "___", "\r___\n\n"),
        (0x0B, "", "\n"),
        (0x91, "TWO", "TWO\n"),
        (0x89, "LAST", "LAST\n\f"),
        (0x01, "OPEN", "OPEN"),
    ]
    before = ""
    for command, text, expected in steps:
        printer.write(Record(command, to_ebcdic(text)))
        before += expected
        assert path.read_bytes().decode() == before
    with pytest.raises(HostFileError, match="in use"):
        PrintFile(path)
    printer.release()
    printer = PrintFile(path)
    printer.write(Record(0x8B, b""))
    printer.write(Record(0x09, to_ebcdic("NEXT")))
    printer.release()
    assert path.read_bytes().decode() == before + "\fNEXT\n"


def test_a_punch(tmp_path: Path) -> None:
    for name, expected in (("cards", to_ebcdic(f"{'A B':80}") * 2), ("cards.txt", b"A B\nA B\n")):
        punch = PunchFile(tmp_path / name)
        for _ in range(2):
            punch.write(Record(0x01, to_ebcdic("A B  ")))
        punch.release()
        assert (tmp_path / name).read_bytes() == expected


def test_decks(tmp_path: Path) -> None:
    card = f"{'//JOB':80}"
    object_card = b"\x02\xe3\xe7\xe3" + bytes(76)
    for data in (b"//JOB\n", card.encode(), to_ebcdic(card)):
        (tmp_path / "deck").write_bytes(data)
        assert read_deck(tmp_path / "deck") == [to_ebcdic(card)]
    (tmp_path / "deck").write_bytes(object_card)
    assert read_deck(tmp_path / "deck") == [object_card]
    (tmp_path / "deck").write_bytes(b"")
    assert read_deck(tmp_path / "deck") == []
    for data in (b"\xff" * 79, ("x" * 81).encode(), "Ж".encode()):
        (tmp_path / "deck").write_bytes(data)
        with pytest.raises(HostFileError, match="deck"):
            read_deck(tmp_path / "deck")


def test_a_hopper() -> None:
    hopper = Hopper([b"1", b"2"])
    read = [hopper.read() for _ in range(4)]
    assert read == [Record(2, b"1"), Record(2, b"2"), Feed.END_OF_FILE, Feed.EMPTY]
    hopper.refill()
    assert hopper.read() == Record(2, b"1")
    hopper.refill()
    assert hopper.read() == Record(2, b"2")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("%WAIT", "%WAIT"),
        ("%LIMIT x", "%LIMIT x"),
        ("%READ 5", "%READ 5"),
        ("%HALT", "%HALT"),
        ("%LIMIT 0", "%LIMIT 0"),
    ],
)
def test_a_script_with_a_fault(tmp_path: Path, text: str, found: str) -> None:
    path = tmp_path / "s"
    path.write_text(f"one\n{text}\n")
    with pytest.raises(ScriptError, match=f"line 2: found {text}, expected"):
        load(path)


def test_a_script_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(b"one\n\xff")
    with pytest.raises(ScriptError, match="line 2: found X'FF'"):
        load(tmp_path / "s")


def test_the_typist_gives_up(home: Path, start: Started) -> None:
    """A wait is bounded by virtual time: here the guest computes for ever."""
    (home / "loop.txt").write_text(
        "%* begin\n#CP STORE 1000 05E007FE\n#CP STORE PSW 0 1000\n#CP BEGIN\n%LIMIT 5000\n%WAIT X\nno\n"
    )
    system = start("USER A NOLOG\n OPTION TIMER VIRTUAL\n SCRIPT loop.txt\n CONSOLE 009 3215\n")
    user = logon(system, "A")
    run(system, 20)
    lines = user.read()
    assert "DMKHFS803E SCRIPT loop.txt ENDED AT LINE 6; 5000 INSTRUCTIONS WITHOUT WHAT IT WAITS FOR" in lines
    assert not system.typists
    assert user.vm.runnable


def test_the_typist_stops_with_the_machine(home: Path, start: Started) -> None:
    (home / "s").write_text("hello\n")
    system = start("USER A NOLOG\n SCRIPT s\n CONSOLE 009 3215\n")
    user = logon(system, "A")
    run(system)
    assert user.read()[-1] == "DMKHFS803E SCRIPT s ENDED AT LINE 1; THE MACHINE HAS STOPPED"


def test_a_script_that_logs_off(home: Path, start: Started) -> None:
    (home / "s").write_text("#CP QUERY NOSUCH\n#CP LOGOFF\nnever\n")
    system = start("USER A NOLOG\n SCRIPT s\n CONSOLE 009 3215\n")
    user = logon(system, "A")
    run(system)
    assert system.user("A") is None
    assert not system.typists
    assert any("NOSUCH" in line for line in user.read())


def test_a_script_of_comments_types_nothing(home: Path, start: Started) -> None:
    (home / "s").write_text("%* nobody sits here\n%\n")
    system = start("USER A NOLOG\n SCRIPT s\n CONSOLE 009 3215\n")
    user = logon(system, "A")
    run(system)
    assert not system.typists
    assert not any("DMKHFS803E" in line for line in user.read())


@pytest.mark.parametrize(("limit", "timer", "ended"), [("", "00000100", False), ("%LIMIT 1000000\n", "7FFFFFFF", True)])
def test_a_script_waits_for_a_clock_with_its_machine(
    home: Path, start: Started, limit: str, timer: str, ended: bool
) -> None:
    """The interval timer has a unit of 1/300 s, or a day: the machine waits, and a second counts as 10,000,000."""
    (home / "s").write_text(
        f"{limit}#CP STORE 50 {timer}\n#CP STORE 58 00020000 00000BAD\n#CP STORE PSW 01020000 00000000\n#CP BEGIN\n"
        "%WAIT 00000BAD\n#CP QUERY NOSUCH\n"
    )
    system = start("USER A NOLOG\n OPTION REALTIMER\n SCRIPT s\n CONSOLE 009 3215\n")
    clock = system.clock
    assert isinstance(clock, StoppedClock)
    desk = Desk(system)
    logon_without_password(system, desk.selected, "A")
    driver = ScriptDriver(system, desk, lambda at: clock.advance(at - clock.monotonic()))
    driver.type([])
    lines = [line.text for line in desk.selected.terminal.since(0)]
    assert any("WITHOUT WHAT IT WAITS FOR" in line for line in lines) == ended
    assert any("NOSUCH" in line for line in lines) != ended
    assert system.scripts_given_up == ended
