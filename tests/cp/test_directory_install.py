"""Replacing the directory: both files together, all or nothing, and one thing in place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vm370.cp.directory import Directory, DirectoryError
from vm370.cp.directory.commit import record_of
from vm370.cp.directory.inplace import CannotChange, changed
from vm370.cp.directory.source import parse
from vm370.cp.passwords import LOGON, Cost

CHEAP = Cost(2, 1, 1)
OLD = """\
* kept
DIRECTORY 123 3350 VMSRES
USER MAINT OLDPASS 1M 2M BG
 MDISK 190 3350 1 2 VMSRES MW ALL WRITE
USER HANS HANS
"""
NEW = """\
DIRECTORY 123 3350 VMSRES
USER MAINT NEWPASS 1M 2M BG
 MDISK 190 3350 1 2 VMSRES MW ALL *
USER KARIN SECRET 512K
 LINK MAINT 199 199
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "directory"
    path.write_text(OLD)
    return path


def test_install(path: Path) -> None:
    directory = Directory.load(path, CHEAP)
    other = Directory.load(path, CHEAP)
    assert directory.install(NEW, Path("new")) == ["line 5: KARIN links to MAINT 199, which is not there"]
    for each in (directory, Directory.load(path, CHEAP)):
        assert sorted(each.users) == ["KARIN", "MAINT"]
        assert each.check_logon("MAINT", "NEWPASS")
        assert not each.check_logon("MAINT", "OLDPASS")
        mdisk = each.users["MAINT"].mdisk(0x190)
        assert mdisk is not None
        assert each.check_link("MAINT", mdisk, "WRITE", "WRITE")
    assert "SECRET" not in path.read_text()
    assert "HANS" not in path.with_name("passwords").read_text()
    assert other.refresh() is None
    assert other.check_logon("KARIN", "SECRET")
    assert not record_of(path).exists()


def test_a_bad_source_changes_nothing(path: Path) -> None:
    directory = Directory.load(path, CHEAP)
    before = path.read_bytes(), path.with_name("passwords").read_bytes()
    with pytest.raises(DirectoryError) as caught:
        directory.install(NEW.replace("512K", "4K"), Path("new.direct"))
    assert str(caught.value).startswith("new.direct: line 4: found 4K, expected a storage size")
    assert (path.read_bytes(), path.with_name("passwords").read_bytes()) == before
    assert directory.check_logon("HANS", "HANS")


@pytest.mark.parametrize("number", range(3))
def test_a_crash_at_any_replacement(path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """The program ends before the n-th of the renames: the old state, or the new one from the first reader on."""
    directory = Directory.load(path, CHEAP)
    calls = 0
    real = os.replace

    def replace(source: str, target: Path) -> None:
        nonlocal calls
        calls += 1
        if calls > number:
            raise KeyboardInterrupt
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        with pytest.raises(KeyboardInterrupt):
            directory.install(NEW, Path("new"))
    after = Directory.load(path, CHEAP)
    new = number > 0
    assert after.check_logon("MAINT", "NEWPASS") is new
    assert after.check_logon("MAINT", "OLDPASS") is not new
    assert ("KARIN" in after.users) is new
    assert not record_of(path).exists()


def test_a_damaged_commit_is_told(path: Path) -> None:
    record_of(path).write_text("[]")
    with pytest.raises(DirectoryError, match=r"directory\.commit: line 0: found TypeError"):
        Directory.load(path, CHEAP)


def test_a_directory_that_is_wrong_can_be_replaced(path: Path) -> None:
    path.write_text("NONSENSE")
    Directory.replaceable(path).install(NEW, Path("new"))
    assert Directory.load(path, CHEAP).check_logon("MAINT", "NEWPASS")


def test_a_password_of_a_minidisk(path: Path) -> None:
    directory = Directory.load(path, CHEAP)
    directory.set_password("MAINT", "190.WRITE", "Kohlrabi7")
    mdisk = directory.users["MAINT"].mdisk(0x190)
    assert mdisk is not None
    assert directory.check_link("MAINT", mdisk, "WRITE", "KOHLRABI7")
    assert directory.check_logon("MAINT", "OLDPASS")
    directory.set_password("MAINT", LOGON, "X")
    assert Directory.load(path, CHEAP).check_logon("MAINT", "X")


SOURCE = """\
DIRECTORY 123 3350 VMSRES
* Hans in accounting
USER HANS   *        512K 1M G                                         00000010
 ACCOUNT 4711 BIN17
 OPTION ECMODE ACCT
* and more
 OPTION BMX
 IPL CMS PARM AUTOCR
 MDISK   191 3350 001 010 VMSRES MR ALL      WRITE    MULT
USER KARIN SECRET
 CONSOLE 009 3215
"""


@pytest.mark.parametrize(
    ("userid", "operation", "value", "line", "record"),
    [
        ("HANS", "LOGPASS", "NEWONE", 3, "USER HANS   NEWONE   512K 1M G"),
        ("HANS", "STORAGE", "768K", 3, "USER HANS   *        768K 1M G"),
        ("HANS", "PRIORITY", "20", 3, "USER HANS   *        512K 1M G 20"),
        ("HANS", "EDITCHAR", "ON OFF 7C", 3, "USER HANS   *        512K 1M G 64 ON OFF 7C"),
        ("KARIN", "PRIVLEGE", "BG", 10, "USER KARIN SECRET 128K 128K BG"),
        ("HANS", "ACCOUNT", "5", 4, " ACCOUNT 5    BIN17"),
        ("HANS", "DISTRIB", "BIN9", 4, " ACCOUNT 4711 BIN9"),
        ("KARIN", "ACCOUNT", "12", 11, " ACCOUNT 12 KARIN"),
        ("HANS", "OPTIONS", "REALTIMER BMX", 5, " OPTION REALTIMER BMX"),
        ("HANS", "IPL", "190", 8, " IPL 190 PARM AUTOCR"),
        ("HANS", "IPLPARMS", "NOAUTO CR", 8, " IPL CMS PARM NOAUTO CR"),
        ("KARIN", "IPL", "CMS", 11, " IPL CMS"),
        ("HANS", "MDISK", "191 RR R", 9, " MDISK   191 3350 001 010 VMSRES RR R"),
    ],
)
def test_in_place(userid: str, operation: str, value: str, line: int, record: str) -> None:
    path = Path("x")
    text = changed(SOURCE, parse(SOURCE, path)[userid], operation, value)
    found = text.split("\n")
    assert found[line - 1][:71].rstrip() == record
    assert "* and more" in found
    assert len(parse(text, path)) == 2
    if operation == "OPTIONS":
        assert " OPTION BMX" not in found
    untouched = [old for old in SOURCE.split("\n") if old not in found]
    assert len(untouched) <= (2 if operation == "OPTIONS" else 1)
    if line == 3:
        assert found[2][71:] == "00000010"


@pytest.mark.parametrize(
    ("operation", "value", "why"),
    [
        ("LOGPASS", "A B", "found B in LOGPASS"),
        ("LOGPASS", "", "expected words"),
        ("LOGPASS", "*", "expected words"),
        ("COLOUR", "RED", "found operation COLOUR"),
        ("MDISK", "192 R", "no minidisk 192"),
        ("MDISK", "XYZ R", "expected a device address"),
        ("MDISK", "191", "no access mode"),
        ("IPL", "A B", "found B in IPL"),
        ("EDITCHAR", "A B C D E", "at most 4"),
        ("LOGPASS", "A\nUSER", "expected words"),
        ("MDISK", "191 R " + "X" * 40, "expected at most 71"),
    ],
)
def test_in_place_refused(operation: str, value: str, why: str) -> None:
    with pytest.raises(CannotChange, match=why):
        changed(SOURCE, parse(SOURCE, Path("x"))["HANS"], operation, value)
