"""COPYFILE: names, extents, record formats, lists, messages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cms.bootkit import Guest
from tests.cms.commandkit import check, fixed, records, said, varying

NewGuest = Callable[..., Guest]

LINES = [f"LINE {n} OF TEN" for n in range(10)]
VARYING = ["one", "Two two", "three three three"]
FILES = [
    fixed("ALPHA", "TEST", LINES),
    fixed("BETA", "TEST", ["BETA 1", "BETA 2"]),
    fixed("ALPHA", "OUTPUT", ["OUT A"]),
    fixed("BETA", "OUTPUT", ["OUT B"]),
    varying("SOME", "TEXT", VARYING),
]


@pytest.fixture
def guest(new_guest: NewGuest) -> Guest:
    made = new_guest(files=FILES)
    made.ipl()
    return made


def padded(lines: list[str], length: int = 80) -> list[str]:
    return [line.ljust(length) for line in lines]


def test_copies(guest: Guest) -> None:
    check(
        guest,
        [
            ("COPYFILE ALPHA TEST A NEW = =", [], 0),
            ("COPYFILE ALPHA TEST A NEW= =2 A2", [], 0),
            ("LISTFILE NEW* * A (AL NOH", ["NEW      TEST     A1  F    80      10      1",
                                           "NEWALPHA TEST2    A2  F    80      10      1"], 0),
            ("COPY ALPHA TEST A NEW = =", ["FILE 'NEW TEST A1' ALREADY EXISTS - SPECIFY 'REPLACE'"], 28),
            ("COPY BETA TEST A NEW = = (REPLACE TYPE", ["COPY 'BETA TEST A1' TO 'NEW TEST A1' (OLD FILE)"], 0),
            ("LISTFILE COPYFILE *", ["FILE NOT FOUND"], 28),
        ],
    )  # fmt: skip
    guest.end()
    assert records(guest, "NEW", "TEST") == ("F", 80, padded(["BETA 1", "BETA 2"]))
    assert records(guest, "NEWALPHA", "TEST2") == ("F", 80, padded(LINES))


def test_many_files_as_the_manual_shows(guest: Guest) -> None:
    check(
        guest,
        [
            (
                "COPYFILE * TEST A = OUTPUT A = SUMMARY = (TYPE",
                ["COPY 'ALPHA TEST A1' TO 'ALPHA SUMMARY A1' (NEW FILE)", "COPY 'ALPHA OUTPUT A1'",
                 "COPY 'BETA TEST A1' TO 'BETA SUMMARY A1' (NEW FILE)", "COPY 'BETA OUTPUT A1'"],
                0,
            ),
            ("COPYFILE * TEST A COMBINED TEST A", [], 0),
            ("COPYFILE ALPHA OUTPUT A BETA OUTPUT A OUT FILE A (OLDDATE", [], 0),
            ("COPYFILE BETA TEST A OUT FILE A (APPEND", [], 0),
        ],
    )  # fmt: skip
    guest.end()
    assert records(guest, "BETA", "SUMMARY")[2] == padded(["BETA 1", "BETA 2", "OUT B"])
    assert records(guest, "COMBINED", "TEST")[2] == padded([*LINES, "BETA 1", "BETA 2"])
    assert records(guest, "OUT", "FILE")[2] == padded(["OUT A", "OUT B", "BETA 1", "BETA 2"])


def test_extents(guest: Guest) -> None:
    check(
        guest,
        [
            ("COPYFILE ALPHA TEST A FROM = = (FROM 3 FOR 2", [], 0),
            ("COPYFILE ALPHA TEST A LABEL = = (FRLABEL LINE TOLABEL BETA",
             ["LABEL 'BETA' NOT FOUND IN FILE 'ALPHA TEST A1'"], 32),
            ("COPYFILE ALPHA OUTPUT A ALPHA TEST A BETA TEST A ALL FILE A (FROM 1", [], 0),
            ("COPYFILE ALL FILE A LABEL = = (FRLABEL LINE TOLABEL BETA", [], 0),
            ("COPYFILE SOME TEXT A LABEL = = (FRLABEL X FOR 1", ["LABEL 'X' NOT FOUND IN FILE 'SOME TEXT A1'"], 32),
            ("COPYFILE ALPHA TEST A X = = (FROM 11",
             ["'FROM 11' NOT FOUND - FILE 'ALPHA TEST A1' HAS ONLY '10' RECORDS"], 32),
            ("COPYFILE ALL FILE A NONE = = (TOLABEL OUT",
             ["NO RECORDS WERE COPIED TO OUTPUT FILE 'NONE FILE A1'"], 40),
            ("STATE NONE FILE A", ["FILE 'NONE FILE A' NOT FOUND"], 28),
        ],
    )  # fmt: skip
    guest.end()
    assert records(guest, "FROM", "TEST")[2] == padded(LINES[2:4])
    assert records(guest, "LABEL", "FILE")[2] == padded(LINES)


def test_record_formats(guest: Guest) -> None:
    check(
        guest,
        [
            ("COPYFILE SOME TEXT A FIX = = (RECFM F FILL *", [], 0),
            ("COPYFILE SOME TEXT A FIX20 = = (RECFM F LRECL 20 UPCASE", [], 0),
            ("COPYFILE FIX TEXT A VAR = = (RECFM V TRUNC FILL 5c", [], 0),
            ("COPYFILE ALPHA TEST A (LRECL 8", [], 0),
            ("COPYFILE SOME TEXT A COPY = = (LOWCASE", [], 0),
        ],
    )
    guest.end()
    assert records(guest, "FIX", "TEXT") == ("F", 17, [line.ljust(17, "*") for line in VARYING])
    assert records(guest, "FIX20", "TEXT") == ("F", 20, [line.upper().ljust(20) for line in VARYING])
    assert records(guest, "VAR", "TEXT") == ("V", 17, VARYING)
    assert records(guest, "ALPHA", "TEST") == ("F", 8, [line[:8] for line in LINES])
    assert records(guest, "COPY", "TEXT") == ("V", 17, [line.lower() for line in VARYING])


def test_specification_list_of_the_manual(guest: Guest) -> None:
    check(
        guest,
        [
            ("COPYFILE BETA TEST A (SPECS", ["ENTER SPECIFICATION LIST:"], 0),
            ("/ / 1 1-8 3 / /  12 /***/ 14 ++", [], 0),
            ("9-80 18", [], 0),
            ("COPYFILE SOME TEXT A SP = = (SPECS NOPROMPT FILL $", [], 0),
            ("1-3 6 hc1c2 1", [], 0),
            ("COPYFILE ALPHA TEST A (SPECS OVLY NOPROMPT FOR 2", [], 0),
            ("had 1 /x/ 80", [], 0),
            ("COPYFILE SOME TEXT A (TRANS NOPROMPT", [], 0),
            ("o 0 F6 f9 t e3", [], 0),
        ],
    )
    guest.end()
    assert records(guest, "BETA", "TEST")[2] == padded(["  BETA 1     ***", "  BETA 2     ***"])
    assert records(guest, "SP", "TEXT") == ("V", 8, ["AB$$$one", "AB$$$Two", "AB$$$thr"])
    assert (
        records(guest, "ALPHA", "TEST")[2][0] == "\N{LATIN CAPITAL LETTER Y WITH ACUTE}" + LINES[0][1:].ljust(78) + "x"
    )
    assert records(guest, "ALPHA", "TEST")[2][2:] == padded(LINES[2:])
    assert records(guest, "SOME", "TEXT")[2] == ["0ne", "Tw0 Tw0", "Three Three Three"]


def test_refuses(guest: Guest) -> None:
    check(
        guest,
        [
            ("SET EMSG ON", [], 0),
            ("COPYFILE", ["DMSCPY042E NO FILEID SPECIFIED"], 24),
            ("COPYFILE ALPHA TEST", ["DMSCPY054E INCOMPLETE FILEID SPECIFIED"], 24),
            ("COPYFILE NO SUCH A X = =", ["DMSCPY002E INPUT FILE 'NO SUCH A' NOT FOUND"], 28),
            ("COPYFILE ALPHA TEST Q X = A", ["DMSCPY069E INPUT DISK 'Q' NOT ACCESSED"], 36),
            ("COPYFILE ALPHA TEST A X = Q", ["DMSCPY069E OUTPUT DISK 'Q' NOT ACCESSED"], 36),
            ("COPYFILE ALPHA TEST A * = =", ["DMSCPY062E INVALID CHARACTER '*' IN FILEID '* = ='"], 20),
            ("COPYFILE = TEST A X = =", ["DMSCPY062E INVALID CHARACTER '=' IN FILEID '= TEST A'"], 20),
            ("COPYFILE ALPHA TEST 1 X = =", ["DMSCPY048E INVALID MODE '1'"], 24),
            ("COPYFILE ALPHA TEST A X = = (PACK", ["DMSCPY003E INVALID OPTION 'PACK'"], 24),
            ("COPYFILE ALPHA TEST A X = = (TY TYPE", ["DMSCPY065E 'TYPE' OPTION SPECIFIED TWICE"], 24),
            (
                "COPYFILE ALPHA TEST A X = = (FOR 3 TOLABEL A",
                ["DMSCPY066E 'FOR' AND 'TOLABEL' ARE CONFLICTING OPTIONS"],
                24,
            ),
            (
                "COPYFILE ALPHA TEST A X = = (RECFM U",
                ["DMSCPY029E INVALID PARAMETER 'U' IN THE OPTION 'RECFM' FIELD"],
                24,
            ),
            (
                "COPYFILE ALPHA TEST A X = = (LRECL 65536",
                ["DMSCPY029E INVALID PARAMETER '65536' IN THE OPTION 'LRECL' FIELD"],
                24,
            ),
            ("COPYFILE ALPHA TEST A X = = (OVLY", ["DMSCPY002E OVERLAY FILE 'X TEST A1' NOT FOUND"], 28),
            ("COPYFILE ALPHA TEST A X = = (SPECS NOPROMPT", [], 28),
            ("9-1 1", ["DMSCPY064E INVALID SPECIFICATION AT OR NEAR '9-1 1'"], 24),
            ("COPYFILE ALPHA TEST A X = = (SPECS NOPROMPT", [], 24),
            ("", ["DMSCPY063E NO SPECIFICATION LIST ENTERED"], 40),
            ("COPYFILE ALPHA TEST A X = = (TRANS NOPROMPT", [], 40),
            ("a b c", ["DMSCPY064E INVALID TRANSLATE SPECIFICATION AT OR NEAR ''"], 24),
            ("LISTFILE X * A", ["DMSLST002E FILE NOT FOUND"], 28),
        ],
    )


def test_disk_full_leaves_nothing(guest: Guest) -> None:
    """900 blocks of 1K; ten records of 60000 bytes need 586 of them."""
    check(
        guest,
        [
            ("COPYFILE ALPHA TEST A BIG = = (RECFM F LRECL 60000", [], 0),
            ("COPYFILE BIG TEST A MORE = =", ["ERROR '13' WRITING FILE 'MORE TEST A1' ON DISK"], 100),
            ("LISTFILE MORE *", ["FILE NOT FOUND"], 28),
            ("COPYFILE BIG TEST A (UPCASE", ["ERROR '13' WRITING FILE 'BIG TEST A1' ON DISK"], 100),
            ("LISTFILE COPYFILE *", ["FILE NOT FOUND"], 28),
            ("LISTFILE BIG * A (FO NOH", ["BIG      TEST     A1  F 60000"], 0),
            ("ERASE BIG TEST", [], 0),
            ("COPYFILE ALPHA TEST A MORE = = (RECFM F LRECL 60000", [], 0),
        ],
    )


def test_whole_buffers(new_guest: NewGuest) -> None:
    """A thousand fixed records cost about as much as ten: they are moved by 32K."""
    guest = new_guest(files=[fixed("TEN", "DATA", LINES), fixed("MANY", "DATA", LINES * 100)])
    guest.ipl()
    said(guest, "COPYFILE TEN DATA A TEN2 = =")
    ten = guest.instructions
    said(guest, "COPYFILE MANY DATA A MANY2 = =")
    assert guest.rc == 0
    assert guest.instructions < ten + 1000 * 100
    guest.end()
    assert records(guest, "MANY2", "DATA")[2] == padded(LINES * 100)
