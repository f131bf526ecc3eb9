"""LISTFILE, TYPE, ERASE, RENAME, STATE: output as the CMS Command and Macro Reference shows it, messages, codes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cms.bootkit import Guest
from tests.cms.commandkit import check, fixed, said, varying

NewGuest = Callable[..., Guest]

ALPHA = fixed("ALPHA", "DATA", [f"LINE {n}" for n in range(1, 31)])
BETA = fixed("BETA", "DATA", ["BETA"])
NOTE = varying("ALBERT", "NOTE", ["a", "some text", "more text here"])
LISTING = fixed("ALPHA", "LISTING", ["1HEAD", " LINE"])
FILES = [ALPHA, BETA, NOTE, LISTING]
HEADER = "FILENAME FILETYPE FM  FORMAT    RECS BLOCKS     DATE    TIME   LABEL"


@pytest.fixture(params=["virtual", "pure"])
def guest(request: pytest.FixtureRequest, new_guest: NewGuest) -> Guest:
    made = new_guest(pure=request.param == "pure", files=FILES)
    made.ipl()
    return made


@pytest.fixture
def one(new_guest: NewGuest) -> Guest:
    """Not twice: the machine mode makes no difference."""
    made = new_guest(files=FILES)
    made.ipl()
    return made


def test_listfile(guest: Guest) -> None:
    check(
        guest,
        [
            ("LISTFILE AL* DATA", ["ALPHA    DATA     A1"], 0),
            ("LISTFILE * * A (FNAME", ["ALPHA", "BETA", "ALBERT", "ALPHA"], 0),
            ("LISTFILE ALPHA * * (FTYPE", ["ALPHA    DATA", "ALPHA    LISTING"], 0),
            ("LISTFILE B* (FORMAT", ["FILENAME FILETYPE FM  FORMAT", "BETA     DATA     A1  F    80"], 0),
            ("LISTFILE BETA DATA A1 (NOH FO", ["BETA     DATA     A1  F    80"], 0),
            (
                "L AL* D* (LABEL",
                [HEADER, "ALPHA    DATA     A1  F    80      30      3  04/01/81 09:30   CMS191"],
                0,
            ),
            (
                "L ALBERT * A (ALLOC",
                [HEADER[:43].rstrip(), "ALBERT   NOTE     A1  V    14       3      1"],
                0,
            ),
            ("L BETA * A (H", [HEADER[:20], "BETA     DATA     A1"], 0),
        ],
    )


def test_listfile_refuses(one: Guest) -> None:
    check(
        one,
        [
            ("SET EMSG ON", [], 0),
            ("LISTFILE NO SUCH", ["DMSLST002E FILE NOT FOUND"], 28),
            ("LISTFILE ALPHA DATA A2", ["DMSLST002E FILE NOT FOUND"], 28),
            ("LISTFILE * * A (FOO", ["DMSLST003E INVALID OPTION 'FOO'"], 24),
            ("LISTFILE * * 7", ["DMSLST048E INVALID MODE '7'"], 24),
            ("LISTFILE * * A9", ["DMSLST048E INVALID MODE 'A9'"], 24),
            ("LISTFILE * * Q", ["DMSLST069E DISK 'Q' NOT ACCESSED"], 36),
            ("LISTFILE A B A D", ["DMSLST070E INVALID PARAMETER 'D'"], 24),
        ],
    )


def test_listfile_exec_and_stack(guest: Guest) -> None:
    check(
        guest,
        [
            ("LISTFILE ALPHA * A (EXEC", [], 0),
            ("TYPE CMS EXEC", ["", " &1 &2 ALPHA    DATA     A1", " &1 &2 ALPHA    LISTING  A1", ""], 0),
            ("LISTFILE BETA * A (APPEND DATE", [], 0),
            ("TYPE CMS EXEC A 3", ["", " &1 &2 BETA     DATA     A1  F    80       1      1  04/01/81 09:30", ""], 0),
            ("LISTFILE BETA * A (EXEC", [], 0),
            ("LISTFILE CMS * A (ALLOC NOH", ["CMS      EXEC     A1  F    80       1      1"], 0),
            ("LISTFILE BETA * A (STACK", ["UNKNOWN CP/CMS COMMAND"], -3),  # the stacked line is the next command
        ],
    )


def test_listfile_costs_little(new_guest: NewGuest) -> None:
    guest = new_guest(files=[fixed(f"FILE{n:02}", "DATA", ["X"]) for n in range(50)])
    guest.ipl()
    assert len(said(guest, "LISTFILE * * A (LABEL")) == 51
    assert guest.instructions < 100_000


def test_type(guest: Guest) -> None:
    check(
        guest,
        [
            ("TYPE ALBERT NOTE", ["", "a", "some text", "more text here", ""], 0),
            ("TYPE ALPHA DATA A 29", ["", "LINE 29", "LINE 30", ""], 0),
            ("TYPE ALPHA DATA A 3 4", ["", "LINE 3", "LINE 4", ""], 0),
            ("TYPE ALPHA DATA * * 1", ["", "LINE 1", ""], 0),
            ("TYPE ALPHA LISTING", ["", "HEAD", "LINE", ""], 0),
            ("TYPE ALBERT NOTE A (COL 3-6", ["", "", "me t", "re t", ""], 0),
            ("TYPE ALBERT NOTE A 3 3 (COL 6", ["", "text here", ""], 0),
            (
                "TYPE ALBERT NOTE A 2 3 (HEX",
                ["", "RECORD          2 LENGTH=         9", "A2969485 40A385A7 A3",
                 "RECORD          3 LENGTH=        14", "94969985 40A385A7 A3408885 9985", ""],
                0,
            ),
        ],
    )  # fmt: skip
    said(guest, "TYPE ALPHA DATA")
    assert guest.instructions < 30 * 1_500


def test_type_refuses(one: Guest) -> None:
    check(
        one,
        [
            ("SET EMSG ON", [], 0),
            ("TYPE ALPHA", ["DMSTYP054E INCOMPLETE FILEID SPECIFIED"], 24),
            ("TYPE * DATA", ["DMSTYP062E INVALID * IN FILEID '* DATA'"], 20),
            ("TYPE NO SUCH", ["DMSTYP002E FILE 'NO SUCH A' NOT FOUND"], 28),
            ("TYPE ALPHA DATA A2", ["DMSTYP002E FILE 'ALPHA DATA A2' NOT FOUND"], 28),
            ("TYPE ALPHA DATA Q", ["DMSTYP069E DISK 'Q' NOT ACCESSED"], 36),
            ("TYPE ALPHA DATA A 31", ["DMSTYP049E INVALID LINE NUMBER '31'"], 24),
            ("TYPE ALPHA DATA A 5 4", ["DMSTYP049E INVALID LINE NUMBER '4'"], 24),
            ("TYPE ALPHA DATA A X", ["DMSTYP049E INVALID LINE NUMBER 'X'"], 24),
            ("TYPE ALPHA DATA A (COL 81-90", ["DMSTYP009E COLUMN '81' EXCEEDS RECORD LENGTH"], 24),
            ("TYPE ALPHA DATA A (COL 5-X", ["DMSTYP029E INVALID PARAMETER '5-X' IN THE OPTION 'COL' FIELD"], 24),
            ("TYPE ALPHA DATA A (COL 5-4", ["DMSTYP029E INVALID PARAMETER '5-4' IN THE OPTION 'COL' FIELD"], 24),
            ("TYPE ALPHA DATA A (COL", ["DMSTYP005E NO 'COL' SPECIFIED"], 24),
            ("TYPE ALPHA DATA A 1 2 3", ["DMSTYP070E INVALID PARAMETER '3'"], 24),
        ],
    )


def test_erase(guest: Guest) -> None:
    check(
        guest,
        [
            ("ERASE ALPHA * (TYPE", ["ALPHA    DATA     A1", "ALPHA    LISTING  A1"], 0),
            ("ERASE BETA DATA A1", [], 0),
            ("LISTFILE", ["ALBERT   NOTE     A1"], 0),
            ("ERASE * NOTE *", [], 0),
            ("LISTFILE", ["FILE NOT FOUND"], 28),
        ],
    )


def test_erase_refuses(one: Guest) -> None:
    check(
        one,
        [
            ("SET EMSG ON", [], 0),
            ("ERASE ALPHA", ["DMSERS054E INCOMPLETE FILEID SPECIFIED"], 24),
            ("ERASE NO SUCH", ["DMSERS002E FILE 'NO SUCH A' NOT FOUND"], 28),
            ("ERASE * * A", ["DMSERS071E ERASE * * A NOT ALLOWED"], 24),
            ("ERASE * * A2", ["DMSERS002E FILE '* * A2' NOT FOUND"], 28),
            ("ERASE ALPHA DATA Q", ["DMSERS069E DISK 'Q' NOT ACCESSED"], 36),
            ("ERASE ALPHA DATA AA", ["DMSERS048E INVALID MODE 'AA'"], 24),
            ("ERASE ALPHA DATA A (FOO", ["DMSERS003E INVALID OPTION 'FOO'"], 24),
            ("CP LINK * 191 291 RR", ["DASD 291 LINKED R/O;R/W BY CMSUSER"], 0),
            ("ACCESS 291 B/A", ["DMSACC723I B (291) R/O"], 0),
            ("ERASE ALPHA DATA B", ["DMSERS037E DISK 'B' IS READ/ONLY"], 36),
            ("LISTFILE ALPHA DATA A", ["ALPHA    DATA     A1"], 0),
        ],
    )


def test_rename(guest: Guest) -> None:
    check(
        guest,
        [
            ("RENAME BETA DATA A GAMMA = =", [], 0),
            ("RENAME ALPHA * A DELTA = A2 (TYPE", ["DELTA    DATA     A2", "DELTA    LISTING  A2"], 0),
            ("LISTFILE * * A", ["DELTA    DATA     A2", "GAMMA    DATA     A1", "ALBERT   NOTE     A1",
                                "DELTA    LISTING  A2"], 0),
            ("RENAME * DATA A NEW FILE A", ["FILE 'NEW FILE A1' ALREADY EXISTS"], 28),
            ("TYPE NEW FILE A 30", ["", "LINE 30", ""], 0),
            ("TYPE GAMMA DATA", ["", "BETA", ""], 0),
        ],
    )  # fmt: skip


def test_rename_refuses(one: Guest) -> None:
    check(
        one,
        [
            ("SET EMSG ON", [], 0),
            ("RENAME ALPHA DATA A X", ["DMSRNM054E INCOMPLETE FILEID SPECIFIED"], 24),
            ("RENAME NO SUCH A X = =", ["DMSRNM002E FILE 'NO SUCH A' NOT FOUND"], 28),
            ("RENAME ALPHA DATA A BETA = =", ["DMSRNM024E FILE 'BETA DATA A1' ALREADY EXISTS"], 28),
            ("RENAME ALPHA DATA A = = =", ["DMSRNM019E IDENTICAL FILEIDS"], 24),
            ("RENAME ALPHA DATA A X = B", ["DMSRNM051E INVALID MODE CHANGE"], 24),
            ("RENAME ALPHA DATA A * = =", ["DMSRNM062E INVALID * IN OUTPUT FILEID"], 20),
            ("RENAME ALPHA DATA Q X = =", ["DMSRNM069E DISK 'Q' NOT ACCESSED"], 36),
            ("RENAME ALPHA DATA A X = = (FOO", ["DMSRNM003E INVALID OPTION 'FOO'"], 24),
            ("RENAME ALPHA DATA 1 X = =", ["DMSRNM048E INVALID MODE '1'"], 24),
        ],
    )


def test_state(one: Guest) -> None:
    check(
        one,
        [
            ("SET EMSG ON", [], 0),
            ("STATE ALPHA DATA", [], 0),
            ("STATE * NOTE A", [], 0),
            ("STATE NO SUCH A", ["DMSSTT002E FILE 'NO SUCH A' NOT FOUND"], 28),
            ("STATEW ALPHA DATA", [], 0),
            ("STATE ALPHA DATA Q", ["DMSSTT069E DISK 'Q' NOT ACCESSED"], 36),
            ("STATE ALPHA", ["DMSSTT054E INCOMPLETE FILEID SPECIFIED"], 24),
            ("STATE ALPHA DATA 5", ["DMSSTT048E INVALID MODE '5'"], 24),
        ],
    )


def test_compare(new_guest: NewGuest) -> None:
    guest = new_guest(
        files=[
            *FILES,
            fixed("GAMMA", "DATA", ["BETO"]),
            fixed("SHORT", "DATA", ["LINE 1"]),
            varying("ALBERTO", "NOTE", ["a", "some texts", "more text here"]),
        ]
    )
    guest.ipl()
    check(
        guest,
        [
            ("COPYFILE ALPHA DATA A COPY = =", [], 0),
            ("COMPARE ALPHA DATA A COPY = =", ["COMPARING 'ALPHA DATA A1' WITH 'COPY DATA A1'"], 0),
            (
                "COMPARE BETA DATA A GAMMA = =",
                ["COMPARING 'BETA DATA A1' WITH 'GAMMA DATA A1'", "BETA", "BETO", "FILES DO NOT COMPARE"],
                4,
            ),
            ("COMPARE BETA DATA A GAMMA = = (COL 1-3", ["COMPARING 'BETA DATA A1' WITH 'GAMMA DATA A1'"], 0),
            (
                "COMPARE ALBERT NOTE A ALBERTO = =",
                [
                    "COMPARING 'ALBERT NOTE A1' WITH 'ALBERTO NOTE A1'",
                    "some text",
                    "some texts",
                    "FILES DO NOT COMPARE",
                ],
                4,
            ),
            (
                "COMPARE SHORT DATA A ALPHA = =",
                ["COMPARING 'SHORT DATA A1' WITH 'ALPHA DATA A1'", "PREMATURE EOF ON FILE 'SHORT DATA A1'"],
                40,
            ),
            ("SET EMSG ON", [], 0),
            ("COMPARE ALPHA DATA A = = =", ["DMSCMP019E IDENTICAL FILEIDS"], 24),
            ("COMPARE ALPHA DATA A ALBERT NOTE A", ["DMSCMP011E CONFLICTING FILE FORMATS"], 32),
            ("COMPARE ALPHA DATA A BETA", ["DMSCMP054E INCOMPLETE FILEID SPECIFIED"], 24),
            ("COMPARE ALPHA DATA A NO = =", ["DMSCMP002E FILE 'NO DATA A' NOT FOUND"], 28),
            ("COMPARE ALPHA DATA A BETA = = (COL 81", ["DMSCMP009E COLUMN '81' EXCEEDS RECORD LENGTH"], 24),
        ],
    )
