"""QUERY and SET."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cms.bootkit import Guest
from tests.cms.commandkit import check, fixed, said

NewGuest = Callable[..., Guest]

DISKS = "LABEL  CUU M  STAT  CYL TYPE BLKSIZE   FILES  BLKS USED-(%) BLKS LEFT  BLK TOTAL"


@pytest.fixture(params=["virtual", "pure"])
def guest(request: pytest.FixtureRequest, new_guest: NewGuest) -> Guest:
    made = new_guest(pure=request.param == "pure", files=[fixed("A", "DATA", ["X"])])
    made.ipl()
    return made


@pytest.mark.parametrize("name", ["ABBREV", "IMPEX", "IMPCP", "RELPAGE", "REDTYPE", "PROTECT"])
def test_on_and_off(new_guest: NewGuest, name: str) -> None:
    guest = new_guest()
    guest.ipl()
    check(
        guest,
        [
            (f"SET {name} ON", [], 0),
            (f"QUERY {name}", [f"{name} = ON"], 0),
            (f"SET {name} OFF", [], 0),
            (f"QUERY {name}", [f"{name} = OFF"], 0),
            (f"SET {name} MAYBE", [f"INVALID PARAMETER 'MAYBE' FOR '{name}' FUNCTION"], 24),
            (f"SET {name}", [f"PARAMETER MISSING AFTER '{name}'"], 24),
            (f"SET {name} ON OFF", ["INVALID PARAMETER 'OFF'"], 24),
        ],
    )


def test_settings(guest: Guest) -> None:
    check(
        guest,
        [
            ("QUERY RDYMSG", ["RDYMSG = LMSG"], 0),
            ("SET RDYMSG SMSG", [], 0),
            ("QUERY RDYMSG", ["RDYMSG = SMSG"], 0),
            ("QUERY BLIP", ["BLIP = OFF"], 0),
            ("SET BLIP *", [], 0),
            ("QUERY BLIP", ["BLIP = *"], 0),
            ("QUERY INPUT", ["NO USER DEFINED INPUT TRANSLATE TABLE IN USE"], 0),
            ("SET INPUT $ 5C", [], 0),
            ("QUERY INPUT", ["INPUT = $ 5C"], 0),
            ("LISTFILE $ DATA A", ["A        DATA     A1"], 0),
            ("SET INPUT", [], 0),
            ("LISTFILE $ DATA A", ["FILE NOT FOUND"], 28),
            ("SET OUTPUT C1 +", [], 0),
            ("LISTFILE A D* A", ["+        D+T+     +1"], 0),
            ("SET OUTPUT", [], 0),
            ("SET INPUT A", ["NO TRANSLATION CHARACTER SPECIFIED"], 24),
            ("SET INPUT A GG", ["INVALID PARAMETER 'GG' FOR 'INPUT' FUNCTION"], 24),
            ("QUERY FILEDEF", ["NO USER DEFINED FILEDEF'S IN EFFECT"], 0),
            ("QUERY LIBRARY", ["MACLIB = NONE", "TXTLIB = NONE", "DOSLIB = NONE"], 0),
            ("QUERY DOS", ["DOS = OFF"], 0),
            ("QUERY CMSLEVEL", ["CMS VERSION 1.0 - 01/01/26 00:00"], 0),
            ("SET", ["NO FUNCTION SPECIFIED"], 24),
            ("QUERY", ["NO FUNCTION SPECIFIED"], 24),
        ],
    )
    assert guest.type("STATE A DATA")[-1] == "Ready;"
    synonyms = said(guest, "QUERY SYNONYM SYSTEM")
    assert synonyms[:3] == ["SYSTEM    SHORTEST", "COMMAND   FORM", "------------------"]
    assert "COPYFILE  COPY" in synonyms


def test_disks(guest: Guest) -> None:
    own = "CMS191 191 A   R/W    2 3350 1024          1"
    (header, line) = said(guest, "QUERY DISK A")
    assert header == DISKS
    assert line.startswith(own)
    used, left, total = line[44:56], line[59:69], line[70:80]
    assert int(used) + int(left) == int(total) == 900  # 2 cylinders, 30 tracks, 15 blocks of 1K a track
    assert line[56:59] == f"-{(int(used) * 100 + 450) // 900:02}"
    search = said(guest, "QUERY SEARCH")
    assert [entry[:16].split() for entry in search] == [["CMS191", "191", "A"], ["CMS190", "190", "S"]]
    assert search[0] == "CMS191  191  A     R/W"
    assert len(said(guest, "QUERY DISK")) == len(said(guest, "QUERY DISK *")) == 3
    assert said(guest, "QUERY DISK Z") == ["DISK 'Z' NOT ACCESSED"]
    assert guest.rc == 36
    assert said(guest, "QUERY DISK FOO") == ["INVALID PARAMETER 'FOO' FOR 'DISK' FUNCTION"]


def test_what_cms_does_not_know_is_for_cp(new_guest: NewGuest) -> None:
    guest = new_guest()
    guest.ipl()
    assert said(guest, "QUERY VIRTUAL 191")[0].startswith("DASD 191 3350")
    check(
        guest,
        [
            ("SET MSG ON", [], 0),
            ("SET IMPCP OFF", [], 0),
            ("QUERY VIRTUAL 191", ["INVALID FUNCTION 'VIRTUAL'"], 24),
            ("SET MSG ON", ["INVALID FUNCTION 'MSG'"], 24),
        ],
    )


def test_pure_machine_has_no_cp_to_ask(new_guest: NewGuest) -> None:
    guest = new_guest(pure=True)
    guest.ipl()
    check(guest, [("QUERY TIME", ["INVALID FUNCTION 'TIME'"], 24), ("SET MSG ON", ["INVALID FUNCTION 'MSG'"], 24)])
