"""HOST: text files between the user's disk and a folder of the host."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cms.bootkit import Guest
from tests.cms.commandkit import check, fixed, records, varying
from vm370.cp.io.hostfolder import HostFolder

NewGuest = Callable[..., Guest]
FILES = [fixed("NOTE", "TEXT", ["First line", "", "third"]), varying("OTHER", "TEXT", ["one", "two two"])]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "exchange"
    place.mkdir()
    return place


@pytest.fixture
def guest(new_guest: NewGuest, folder: Path) -> Guest:
    made = new_guest(files=FILES)
    made.vm._host_folder = HostFolder(folder, False)
    made.ipl()
    return made


def test_files_go_out_and_come_back(guest: Guest, folder: Path) -> None:
    check(
        guest,
        [
            ("HOST PUT a-long.name.txt NOTE TEXT", [], 0),
            ("HOST PUT Other OTHER TEXT A", [], 0),
            ("HOST LIST", ["Other", "a-long.name.txt"], 0),
            ("HOST GET a-long.name.txt NEW FILE A", [], 0),
        ],
    )
    assert (folder / "a-long.name.txt").read_text() == "First line\n\nthird\n"
    assert (folder / "Other").read_text() == "one\ntwo two\n"
    assert records(guest, "NEW", "FILE") == ("V", 10, ["First line", " ", "third"])
    (folder / "big").write_text("".join(f"line {n} of many\n" for n in range(2000)))
    check(guest, [("HOST GET big NEW FILE", [], 0)])
    form, length, lines = records(guest, "NEW", "FILE")
    assert (form, length, lines[1234], len(lines)) == ("V", 17, "line 1234 of many", 2000)


def test_erase_and_patterns(guest: Guest, folder: Path) -> None:
    for name in ("a.txt", "b.txt", "a.tx", "Readme", "notes.txt.old"):
        (folder / name).touch()
    check(
        guest,
        [
            ("HOST LIST *.txt", ["a.txt", "b.txt"], 0),
            ("HOST LIST *t*t*", ["a.txt", "b.txt", "notes.txt.old"], 0),
            ("HOST LIST a*", ["a.tx", "a.txt"], 0),
            ("HOST LIST Readme", ["Readme"], 0),
            ("HOST LIST readme", [], 0),
            ("HOST ERASE a.txt", [], 0),
            ("HOST ERASE a.txt", ["HOST FILE NOT FOUND"], 28),
            ("HOST ERASE", ["INCOMPLETE FILEID SPECIFIED"], 24),
            ("HOST ERASE *", ["HOST FILE NOT FOUND"], 28),
            ("HOST LIST *", ["Readme", "a.tx", "b.txt", "notes.txt.old"], 0),
        ],
    )
    assert sorted(place.name for place in folder.iterdir()) == ["Readme", "a.tx", "b.txt", "notes.txt.old"]
    guest.vm._host_folder = HostFolder(folder, True)
    check(guest, [("HOST ERASE Readme", ["HOST FOLDER IS READ/ONLY"], 36)])


def test_what_does_not_work(guest: Guest, folder: Path) -> None:
    check(
        guest,
        [
            ("HOST GET nothing NEW FILE", ["HOST FILE NOT FOUND"], 28),
            ("HOST GET ../x NEW FILE", ["INVALID NAME OF A HOST FILE"], 20),
            ("HOST PUT x NO FILE", ["FILE 'NO FILE A1' NOT FOUND"], 28),
            ("HOST PUT x NOTE", ["INCOMPLETE FILEID SPECIFIED"], 24),
            ("HOST PUT x NOTE TEXT 9", ["INVALID MODE '9'"], 24),
            ("HOST FOO", ["INVALID PARAMETER 'FOO'"], 24),
            ("HOST LIST", [], 0),
        ],
    )
    folder.joinpath("empty").touch()
    check(guest, [("HOST GET empty NEW FILE", ["NULL FILE"], 0)])
    guest.vm._host_folder = HostFolder(folder, True)
    check(guest, [("HOST PUT x NOTE TEXT", ["HOST FOLDER IS READ/ONLY"], 36)])
    guest.vm._host_folder = None
    check(guest, [("HOST LIST", ["NO HOST FOLDER IN THE DIRECTORY"], 36)])


def test_a_pure_machine_has_no_such_service(new_guest: NewGuest) -> None:
    made = new_guest(pure=True)
    made.ipl()
    check(made, [("HOST LIST", ["HOST FILES ARE NOT AVAILABLE"], 40)])
