"""PRINT, PUNCH, READCARD, and the functions beneath them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cms.bootkit import Guest
from tests.cms.commandkit import check, fixed, records, said, varying

NewGuest = Callable[..., Guest]

LINES = [f"Card {n}" for n in range(75)]
FILES = [
    fixed("DECK", "CARDS", LINES),
    varying("SOME", "TEXT", ["one", "two two"]),
    fixed("A", "LISTING", ["1TOP", " next", "0after a gap"], 20),
    fixed("WIDE", "DATA", ["X"], 133),
]


@pytest.fixture(params=["virtual", "pure"])
def guest(request: pytest.FixtureRequest, new_guest: NewGuest) -> Guest:
    made = new_guest(pure=request.param == "pure", files=FILES)
    made.session.enter("SPOOL 00D TO *")
    made.session.enter("SPOOL 00E TO *")
    made.ipl()
    return made


def close(guest: Guest, device: str) -> None:
    """A machine that knows no CP does not close its spool files."""
    guest.type(f"#CP CLOSE {device}")


def without_cp(lines: list[str]) -> list[str]:
    """What CP says about closed files is left out: a pure machine closes none."""
    return [line for line in lines if not line.startswith(("PUN FILE", "PRT FILE"))]


def test_punch_and_readcard(guest: Guest) -> None:
    guest.type("#CP SPOOL 00D CONT")
    assert without_cp(said(guest, "PUNCH DECK CARDS")) == []
    assert without_cp(said(guest, "PUNCH SOME TEXT A")) == []
    guest.type("#CP SPOOL 00D NOCONT")
    close(guest, "00D")
    check(
        guest,
        [
            ("ERASE DECK CARDS", [], 0),
            (
                "READCARD * * A2",
                [":READ  DECK     CARDS    A1 CMS191 04/01/81  09:30",
                 ":READ  SOME     TEXT     A1 CMS191 04/01/81  09:30"],
                0,
            ),
            ("READCARD *", ["READER EMPTY OR NOT READY"], 8),
        ],
    )  # fmt: skip
    guest.end()
    assert records(guest, "DECK", "CARDS") == ("F", 80, [line.ljust(80) for line in LINES])
    assert records(guest, "SOME", "TEXT") == ("F", 80, [line.ljust(80) for line in ("one", "two two")])


def test_readcard_names(guest: Guest) -> None:
    said(guest, "PUNCH DECK CARDS A (NOHEADER")
    close(guest, "00D")
    said(guest, "READCARD NEW FILE A3")
    said(guest, "PUNCH SOME TEXT A (NOHEADER")
    close(guest, "00D")
    check(
        guest,
        [
            ("READCARD *", ["READ CONTROL CARD IS MISSING. FOLLOWING ASSUMED:", ":READ READCARD CMSUT1 A1"], 0),
            ("LISTFILE READCARD *", ["READCARD CMSUT1   A1"], 0),
            ("LISTFILE NEW * A (FO NOH", ["NEW      FILE     A3  F    80"], 0),
        ],
    )


def test_print(guest: Guest) -> None:
    assert without_cp(said(guest, "PRINT DECK CARDS")) == []
    close(guest, "00E")
    assert said(guest, "READCARD PRT FILE") == ["RECORD LENGTH IS '106' BYTES"]
    page = said(guest, "TYPE PRT FILE")[1:-1]
    heading = "FILE: DECK     CARDS    A1    VM/370 CONVERSATIONAL MONITOR SYSTEM"
    assert [line.split("  PAGE ")[0].rstrip() for line in page if "PAGE" in line] == [heading, heading]
    assert page[0].endswith("PAGE 00001")
    assert page[56].endswith("PAGE 00002")
    assert page[1:56] + page[57:] == LINES


def test_print_with_carriage_control_and_upper_case(guest: Guest) -> None:
    said(guest, "PRINT A LISTING A (UPCASE")
    close(guest, "00E")
    said(guest, "READCARD PRT FILE")
    assert [line for line in said(guest, "TYPE PRT FILE") if line] == ["TOP", "NEXT", "AFTER A GAP"]


def test_spool_files_have_the_name_of_the_file(new_guest: NewGuest) -> None:
    guest = new_guest(files=FILES)
    guest.ipl()
    said(guest, "PRINT DECK CARDS A (LINECOUN 10 HEX")
    said(guest, "PUNCH SOME TEXT")
    assert [line.split()[-3:-1] for line in said(guest, "QUERY PRINTER ALL")[1:]] == [["DECK", "CARDS"]]
    assert [line.split()[-3:-1] for line in said(guest, "QUERY PUNCH ALL")[1:]] == [["SOME", "TEXT"]]


def test_refuses(new_guest: NewGuest) -> None:
    guest = new_guest(files=FILES)
    guest.ipl()
    check(
        guest,
        [
            ("SET EMSG ON", [], 0),
            ("PRINT WIDE DATA", ["DMSPRT044E RECORD LENGTH EXCEEDS ALLOWABLE MAXIMUM"], 32),
            ("PRINT WIDE DATA A (CC", [], 0),
            ("PUNCH WIDE DATA", ["DMSPUN044E RECORD LENGTH EXCEEDS ALLOWABLE MAXIMUM"], 32),
            ("PRINT DECK", ["DMSPRT054E INCOMPLETE FILEID SPECIFIED"], 24),
            ("PRINT NO SUCH", ["DMSPRT002E FILE 'NO SUCH A' NOT FOUND"], 28),
            ("PUNCH NO SUCH *", ["DMSPUN002E FILE 'NO SUCH *' NOT FOUND"], 28),
            ("PRINT DECK CARDS A (LI X", ["DMSPRT029E INVALID PARAMETER 'X' IN THE OPTION 'LINECOUN' FIELD"], 24),
            ("PUNCH DECK CARDS A (FOO", ["DMSPUN003E INVALID OPTION 'FOO'"], 24),
            ("READCARD", ["DMSRDC042E NO FILEID SPECIFIED"], 24),
            ("READCARD X", ["DMSRDC054E INCOMPLETE FILEID SPECIFIED"], 24),
            ("READCARD X * A", ["DMSRDC062E INVALID * IN FILEID 'X *'"], 20),
            ("READCARD X Y Q", ["DMSRDC069E DISK 'Q' NOT ACCESSED"], 36),
            ("READCARD X Y 9", ["DMSRDC048E INVALID MODE '9'"], 24),
            ("CP DETACH 00C", ["RDR 00C DETACHED"], 0),
            ("READCARD X Y", ["DMSRDC008E DEVICE '00C' INVALID OR NONEXISTENT"], 36),
        ],
    )
