"""vm370's own directory statements: what they say, and what is wrong with them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from vm370.cp.directory import (
    CardsStatement,
    DirectoryError,
    FileStatement,
    FolderStatement,
    Limits,
    OutputStatement,
    ScriptStatement,
    TapeStatement,
    UserEntry,
)
from vm370.cp.directory.checks import findings
from vm370.cp.directory.default import default_directory
from vm370.cp.directory.host_statements import split
from vm370.cp.directory.source import LONGEST_SOURCE, MOST_FAULTS, decode, parse, parse_source, read

PATH = Path("directory")
MACHINE = """\
USER MVT NOLOG 4M 8M G
 OPTION PURE MODEL 0158 ENGINE REGIONS TIMER VIRTUAL RUN
 OPTION VMSAVE MAXCONN 7
 LIMIT SPOOL 20 RECORDS 5000
 LIMIT TDISK 10 CPU 50 MESSAGES 9
 IPL 150 CLEAR PARM A B
 SCRIPT "my scripts/start up.txt"
 FOLDER shared R/O
 CONSOLE 01F 3215
 FILE     150 3330 disks/mvt.cckd COW
 FILE     151 DASD "with ""quotes"" and blanks/a long name that goes on behind column seventy-one.ckd" R/O
 TAPE     180 3420 tapes/x.aws RING
 TAPE     181 3420
 CARDS    00C a.deck 'b c.txt'
 PRINTOUT 00E 3211 print/x.txt
 PUNCHOUT 00D punch/x.deck
"""


def machine(text: str) -> UserEntry:
    return next(iter(parse_source(text, PATH, machine=True).users.values()))


def faults(text: str, *, whole: bool = False) -> list[tuple[int, str, str]]:
    with pytest.raises(DirectoryError) as caught:
        parse_source(text, PATH, machine=not whole)
    return [(fault.line, fault.found, fault.expected) for fault in caught.value.faults]


def test_a_machine() -> None:
    entry = machine(MACHINE)
    assert (entry.options.pure, entry.cpu_model, entry.options.engine, entry.options.timer) == (
        True,
        0x158,
        "REGIONS",
        "VIRTUAL",
    )
    assert (entry.options.run, entry.options.others, entry.options.maxconn) == (True, ("VMSAVE",), 7)
    assert entry.limits == Limits(spool=20, records=5000, tdisk=10, cpu=50, messages=9)
    assert entry.ipl is not None
    assert (entry.ipl.system, entry.ipl.clear, entry.ipl.parm) == ("150", True, "A B")
    assert entry.script == ScriptStatement(7, "my scripts/start up.txt")
    assert entry.folder == FolderStatement(8, "shared", True)
    long_name = 'with "quotes" and blanks/a long name that goes on behind column seventy-one.ckd'
    assert entry.statements[1:] == (
        FileStatement(10, 0x150, "3330", "disks/mvt.cckd", "COW"),
        FileStatement(11, 0x151, "DASD", long_name, "R/O"),
        TapeStatement(12, 0x180, "3420", "tapes/x.aws", True),
        TapeStatement(13, 0x181, "3420"),
        CardsStatement(14, 0x00C, "2540R", ("a.deck", "b c.txt")),
        OutputStatement(15, 0x00E, "3211", "print/x.txt"),
        OutputStatement(16, 0x00D, "2540P", "punch/x.deck"),
    )


@pytest.mark.parametrize(
    ("statement", "found", "expected"),
    [
        ("FILE 150 3330", "nothing", "the path of a disk image"),
        ("FILE 150 3420 x", "3420", "a disk device type"),
        ("FILE 150 3330 x RW", "RW", "R/O, R/W or COW"),
        ("FILE 150 3330 'x", "'x", "a ' behind the path"),
        ('FILE 150 3330 ""', "an empty path", "the path of a disk image"),
        ("FILE 150 3330 x R/O y", "y", "no further operand"),
        ("FILE 150 3330 " + "x" * 1025, "'xxxx", "up to 1024 characters"),
        ("TAPE 180 3330 x", "3330", "a tape device type"),
        ("TAPE 180 3420 x WET", "WET", "RING or NORING"),
        ("CARDS 00C", "nothing", "the path of a deck"),
        ("CARDS 00C " + "x " * 65, "65 decks", "at most 64"),
        ("PRINTOUT 00E 1403", "nothing", "the path of a file"),
        ("SCRIPT", "nothing", "the path of a console script"),
        ("FOLDER x W/O", "W/O", "R/O or R/W"),
        ("LIMIT", "nothing", "a limit: SPOOL"),
        ("LIMIT DISKS 3", "DISKS", "a limit: SPOOL"),
        ("LIMIT CPU 0", "0", "a number after CPU, 1 to 6400"),
        ("LIMIT SPOOL", "nothing", "a number after SPOOL"),
        ("OPTION ENGINE DIESEL", "DIESEL", "an engine after ENGINE"),
        ("OPTION TIMER SAND", "SAND", "a word after TIMER"),
        ("OPTION MODEL 12345", "12345", "four hexadecimal digits"),
        ("DIRECTORY 123 3350 X", "DIRECTORY", "no such statement"),
        ("USER TWO NOLOG", "a second USER", "one machine in this file"),
    ],
)
def test_faults(statement: str, found: str, expected: str) -> None:
    (fault,) = faults(f"USER ONE NOLOG\n{statement}")
    assert (fault[0], fault[2].startswith(expected) or expected in fault[2]) == (2, True)
    assert fault[1].startswith(found)


def test_statements_that_come_too_late() -> None:
    for statement in ("SCRIPT x", "FOLDER x", "LIMIT CPU 5", "OPTION PURE"):
        assert faults(f"USER ONE NOLOG\nTAPE 180 3420\n{statement}")[0][2].startswith("it before the device")


def test_a_word_in_quotes() -> None:
    assert split("FILE 1 'a  b' \"c'd\" 'e''f'") == ["FILE", "1", "a  b", "c'd", "e'f"]


def test_what_is_odd_is_told_and_does_no_harm() -> None:
    text = """\
DIRECTORY 123 3350 VMSRES
USER MAINT A
 MDISK 123 3350 0 555 VMSRES MW
 MDISK 190 3350 10 20 VMSRES MW
USER HANS A
 MDISK 191 3350 25 10 VMSRES
 MDISK 192 3350 25 10 VMSRES
 LINK MAINT 199 199
 LINK NOBODY 190 190
 MDISK 193 3350 T-DISK 5
"""
    assert findings(parse(text, PATH)) == [
        "line 6: HANS 191 overlaps MAINT 190 (line 4) on VMSRES",
        "line 8: HANS links to MAINT 199, which is not there",
        "line 9: HANS links to NOBODY 190, which is not there",
    ]
    assert findings(parse(default_directory(), PATH)) == []


def test_what_stands_behind_the_last_operand_is_ignored() -> None:
    entry = parse("DIRECTORY 123 3350 VMSRES of the system\nUSER A B 1M 2M G 5 ON ON ON ON nice\n", PATH)["A"]
    assert (entry.priority, entry.max_storage_size) == (5, 2 << 20)


def test_a_long_list_of_faults_ends() -> None:
    assert len(faults("DIRECTORY\n" + "NONSENSE\n" * 5000, whole=True)) == MOST_FAULTS


def test_no_text_and_too_much(tmp_path: Path) -> None:
    with pytest.raises(DirectoryError, match="line 2: found X'FF', expected UTF-8 text"):
        decode(b"USER\n\xff", PATH)
    path = tmp_path / "long"
    with path.open("wb") as file:
        file.truncate(LONGEST_SOURCE + 1)
    with pytest.raises(DirectoryError, match="found a longer file"):
        read(path)
    with pytest.raises(DirectoryError, match="expected a readable CP directory"):
        read(tmp_path)


def mutated(generator: random.Random, text: str) -> str:
    """A source with some characters, words or lines changed."""
    for _ in range(generator.randrange(1, 6)):
        at = generator.randrange(len(text) + 1)
        match generator.randrange(7):
            case 0:
                text = text[:at] + generator.choice("\0\n\"' *9AX#\x85\x1cé中-") + text[at + 1 :]
            case 1:
                text = text[:at] + text[at + generator.randrange(30) :]
            case 2:
                text = (
                    text[:at]
                    + generator.choice(["99999999999", "-1", "T-DISK", "FILE", "USER", "\n\n", "٣"])
                    + text[at:]
                )
            case 3:
                lines = text.split("\n")
                generator.shuffle(lines)
                text = "\n".join(lines)
            case 4:
                text += text[at : at + 200]
            case 5:
                words = text.split(" ")
                place = generator.randrange(len(words))
                words[place] = generator.choice(words)
                text = " ".join(words)
            case _:
                text = text[:at] + text[at : at + 9].swapcase() + text[at + 9 :]
    return text


def fuzz(number: int, seed: int) -> tuple[int, int]:
    """Mutations of good sources; how many are still right, how many wrong.  Anything but a DirectoryError comes out."""
    generator = random.Random(seed)
    good = [(MACHINE, True), (default_directory(), False), ("DIRECTORY 1 3350 X\n" + MACHINE, False)]
    right = wrong = 0
    for _ in range(number):
        text, one = generator.choice(good)
        try:
            findings(parse_source(mutated(generator, text), PATH, machine=one).users)
            right += 1
        except DirectoryError:
            wrong += 1
    return right, wrong


def test_mutations_end_in_a_directory_or_an_error() -> None:
    right, wrong = fuzz(300, 370)
    assert (right > 20, wrong > 20) == (True, True)
