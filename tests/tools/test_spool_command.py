"""`vm370 spool` on a home whose system may be running."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cp.spool.spoolkit import CLOCK
from vm370.cp.spool import CONSOLE, PRINTER, PUNCH, READER, Destination, Record, Spool, SpoolFile
from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.tools import cli

Capture = pytest.CaptureFixture[str]

DIRECTORY = "DIRECTORY 230 3350 VMSRES\nUSER ALICE NOLOG\nUSER BOB NOLOG\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    (home / "directory").write_text(DIRECTORY)
    return home


@pytest.fixture
def spool(home: Path) -> Iterator[Spool]:
    """The running system's."""
    spool = Spool(home / "spool.db", CLOCK)
    yield spool
    spool.close()


def run(home: Path, *words: object) -> int:
    return cli.main(["spool", "--home", str(home), *map(str, words)])


def add(spool: Spool, kind: str, lines: list[str], owner: str = "ALICE", **attributes: str) -> SpoolFile:
    queue = PRINTER if kind == CONSOLE else kind
    records = [Record(0x09 if queue == PRINTER else 0x01, to_ebcdic(line)) for line in lines]
    return spool.add(kind, owner, records, Destination(queue, owner, **attributes))


# --- read ---


def test_text_becomes_cards_in_the_reader(
    home: Path, spool: Spool, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Hello, [world]\n\nlast\n", encoding="utf-8")
    assert run(home, "read", "alice", note, "--class", "q") == 0
    (arrival,) = spool.poll()
    file = arrival.file
    assert (file.owner, file.kind, file.spool_class, file.name, file.type, file.records) == (
        *("ALICE", "RDR", "Q", "NOTE", "TXT", 3),
    )
    cards = [record.data for record in spool.read(file)]
    assert {len(card) for card in cards} == {80}
    assert [from_ebcdic(card).rstrip() for card in cards] == ["Hello, [world]", "", "last"]
    assert capsys.readouterr().out == "RDR FILE 0001  FOR ALICE    RECDS 000003 NOTE TXT\n"


def test_a_binary_deck_stays_as_it_is(home: Path, spool: Spool, tmp_path: Path) -> None:
    deck = tmp_path / "prog.text"
    deck.write_bytes(bytes(range(160)))
    assert run(home, "read", "ALICE", deck, "--binary", "--name", "boot deck") == 0
    (file,) = spool.files(READER, "ALICE")
    assert b"".join(record.data for record in spool.read(file)) == bytes(range(160))
    assert (file.name, file.type) == ("BOOT", "DECK")


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (b"x" * 81 + b"\n", [], "note:1:81: found a line of 81 characters, expected at most 80"),
        ("ok\nπ\n".encode(), [], "note:2:1: found 'π' (U+03C0), expected a character of EBCDIC code page 037"),
        (b"\xff\n", [], "note:1:1: found byte X'FF', expected UTF-8 text"),
        (b"x" * 81, ["--binary"], "note: offset 81: found end of file after 1 cards and 1 bytes"),
        (b"", [], "note: found an empty file, expected at least one card"),
        (b"", ["--binary"], "note: found an empty file, expected at least one card"),
    ],
)
def test_a_bad_host_file_is_refused_and_no_file_of_the_command_is_read(
    home: Path,
    spool: Spool,
    tmp_path: Path,
    capsys: Capture,
    content: bytes,
    options: list[str],
    message: str,
) -> None:
    good = tmp_path / "good"
    good.write_bytes(b" " * 80)
    bad = tmp_path / "note"
    bad.write_bytes(content)
    assert run(home, "read", "ALICE", good, bad, *options) == 1
    assert message in capsys.readouterr().err
    assert spool.files() == []


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["read", "CAROL", "FILE"], 1, "directory: found no user CAROL"),
        (["read", "ALICE", "nowhere"], 1, "nowhere: No such file"),
        (["read", "ALICE", "FILE", "--class", "AB"], 2, "--class: found 'AB'"),
        (["read", "ALICE", "FILE", "FILE", "--name", "A B"], 2, "--name: found several files"),
        (["read", "ALICE", "FILE", "--name", "A B C"], 2, "--name: found 'A B C'"),
        (["take", "-o", "DIR"], 2, "expected ID... -o DIR|FILE"),
        (["take", "1"], 2, "expected ID... -o DIR|FILE"),
        (["take", "1", "-o", "DIR"], 1, "spool file 1 does not exist"),
        (["take", "x", "-o", "DIR"], 2, "found 'x', expected a spool ID"),
        (["take", "1", "--user", "ALICE", "-o", "DIR"], 2, "go with --all"),
        (["take", "--all", "DIR"], 2, "--all: expected --user USER"),
        (["take", "--all", "--user", "ALICE", "--punch"], 2, "found 0 folders"),
        (["take", "--all", "--user", "ALICE", "--punch", "DIR"], 1, "found no PUN files of ALICE"),
        (["purge", "7"], 1, "spool file 7 does not exist"),
        (["purge", "9" * 40], 1, "does not exist"),
    ],
)
def test_errors(
    home: Path,
    spool: Spool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    words: list[str],
    code: int,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("FILE").write_text("card\n")
    assert run(home, *words) == code
    assert message in capsys.readouterr().err
    assert not Path("DIR").exists()
    assert spool.files() == []


def test_a_home_without_spool_is_refused(home: Path, capsys: Capture) -> None:
    assert run(home, "list") == 1
    assert "spool.db: found no spool database" in capsys.readouterr().err
    assert not (home / "spool.db").exists()
    (home / "spool.db").write_bytes(b"not a database")
    assert run(home, "list") == 1
    assert "spool.db: offset 0: found X'" in capsys.readouterr().err


# --- list ---


def test_list(home: Path, spool: Spool, capsys: Capture) -> None:
    assert run(home, "list") == 0
    assert capsys.readouterr().out == "no spool files\n"
    add(spool, PRINTER, ["x"], name="LOAD", type="MAP")
    add(spool, PUNCH, ["x"], owner="BOB")
    assert run(home, "list") == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "0001 PRT   ALICE    ALICE    A PRT 000001  01 NONE 1981-04-01 12:34:56 LOAD     MAP",
        "0002 PUN   BOB      BOB      A PUN 000001  01 NONE 1981-04-01 12:34:56",
    ]
    assert run(home, "list", "--json", "--user", "bob") == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert entry == {
        "spoolid": 2,
        "queue": "PUN",
        "kind": "PUN",
        "owner": "BOB",
        "origin": "BOB",
        "spool_class": "A",
        "records": 1,
        "copies": 1,
        "user_hold": False,
        "system_hold": False,
        "keep": False,
        "form": "STANDARD",
        "dist": "",
        "name": "",
        "type": "",
        "tag": "",
        "created": "1981-04-01T12:34:56+00:00",
        "in_use": False,
        "hold": "NONE",
    }


# --- take ---


def test_take_one_file(home: Path, spool: Spool, tmp_path: Path, capsys: Capture) -> None:
    add(spool, PRINTER, ["TITLE", "", "é"])
    add(spool, PUNCH, ["CARD 1", "", "CARD 3"])
    assert run(home, "take", 1, "-o", tmp_path / "listing") == 0
    assert (tmp_path / "listing").read_text(encoding="utf-8") == "TITLE\n\né\n"
    assert run(home, "take", 1, "-o", tmp_path / "listing", "--binary") == 0
    assert (tmp_path / "listing").read_bytes() == (
        b"\x00\x05\x00\x00\x09\xe3\xc9\xe3\xd3\xc5" + b"\x00\x00\x00\x00\x09" + b"\x00\x01\x00\x00\x09\x51"
    )
    assert run(home, "take", 2, "-o", tmp_path / "deck", "--binary", "--purge") == 0
    assert (tmp_path / "deck").read_bytes() == to_ebcdic(f"{'CARD 1':80}{'':80}{'CARD 3':80}")
    assert [file.spoolid for file in spool.files()] == [1]
    assert capsys.readouterr().out.splitlines()[-1] == str(tmp_path / "deck")


def test_take_several_files_into_a_folder(home: Path, spool: Spool, tmp_path: Path) -> None:
    add(spool, PUNCH, ["A"], name="PROFILE", type="EXEC")
    add(spool, CONSOLE, ["B"])
    add(spool, PRINTER, ["C"], owner="BOB", name="../../ETC/PASSWD")
    assert run(home, "take", 1, "0002", 3, 3, "-o", tmp_path / "new" / "out") == 0
    assert {path.name: path.read_text() for path in (tmp_path / "new" / "out").iterdir()} == {
        "pun0001-profile.exec": "A\n",
        "con0002.txt": "B\n",
        "prt0003-.._.._etc_passwd": "C\n",
    }
    assert run(home, "take", "--user", "alice", "--printer", "--all", tmp_path / "out2") == 0
    assert [path.name for path in (tmp_path / "out2").iterdir()] == ["con0002.txt"]
    assert run(home, "take", 1, "-o", f"{tmp_path}/out3/") == 0
    assert [path.name for path in (tmp_path / "out3").iterdir()] == ["pun0001-profile.exec"]


def test_a_punch_file_that_is_no_text(home: Path, spool: Spool, tmp_path: Path, capsys: Capture) -> None:
    spool.add(PUNCH, "ALICE", [Record(1, b"\xc1"), Record(1, b"\x02\x25")], Destination(PUNCH, "ALICE"))
    add(spool, PUNCH, ["GOOD"])
    assert run(home, "take", 1, 2, "-o", tmp_path / "out") == 1
    assert "spool file 0001: card 2:1:2: found X'25' (line feed)" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["pun0002.txt"]


def test_a_round_trip_through_reader_and_host(home: Path, spool: Spool, tmp_path: Path) -> None:
    text = "".join(f"line {number} ¢¬|! äöü\n" for number in range(3000))
    (tmp_path / "in").write_text(text, encoding="utf-8")
    assert run(home, "read", "BOB", tmp_path / "in") == 0
    assert run(home, "take", 1, "-o", tmp_path / "out") == 0
    assert (tmp_path / "out").read_text(encoding="utf-8") == text


# --- purge ---


def test_purge(home: Path, spool: Spool, capsys: Capture) -> None:
    add(spool, READER, ["A"])
    add(spool, READER, ["B"])
    spool.open_reader_file("ALICE", "*")
    assert run(home, "purge", 1, 2) == 1
    answer = capsys.readouterr()
    assert (answer.out, answer.err) == ("spool file 0002 purged\n", "vm370 spool: spool file 0001 is in use\n")
    assert [file.spoolid for file in spool.files()] == [1]
