"""Systems from Python: homes, logging on, throw-away guests, starting again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from vm370.tools.api import ApiError, BuildError, FileError, LoggedOff, LogonError, StartError, System, build
from vm370.tools.api.template import template
from vm370.tools.disk.api import create_disk, format_disk, put_files


def test_a_home_keeps_what_its_users_did(tmp_path: Path) -> None:
    home = Path(shutil.copytree(template(), tmp_path / "home"))
    with System(home) as system:
        guest = system.logon("CMSUSER", ipl="CMS")
        guest.put(b"kept\n", "MY FILE A")
    with System(home) as system:
        guest = system.logon("cmsuser", ipl="CMS")
        assert guest.get("MY FILE A").text == "kept\n"
        assert guest.cmd("STATE MY FILE A").rc == 0


def test_throw_away_systems_know_nothing_of_each_other() -> None:
    with System.temporary() as one, System.temporary() as other:
        first, second = one.logon("CMSUSER", ipl="CMS"), other.logon("CMSUSER", ipl="CMS")
        first.put(b"x\n", "MY FILE A")
        assert second.files() == []
        home = one.home
        assert home != other.home
    assert not home.exists()
    with System.temporary() as third:
        assert third.logon("CMSUSER").files() == []


def test_bad_homes(tmp_path: Path) -> None:
    (tmp_path / "directory").write_text("NONSENSE\n")
    with pytest.raises(StartError, match="directory"):
        System(tmp_path)
    with pytest.raises(StartError):
        System("/dev/null/home")


def test_passwords_are_asked_for_only_if_they_are_given(api: System) -> None:
    guest = api.logon("CMSUSER2", password="CMSUSER2")
    assert guest.state_name == "CP READ"
    assert "CMSUSER2" not in [line for line in guest.console if "LOGON" not in line]
    with pytest.raises(LogonError, match="another terminal"):
        api.logon("CMSUSER2")
    guest.logoff()
    with pytest.raises(LogonError, match="PASSWORD"):
        api.logon("CMSUSER3", password="WRONG")
    with pytest.raises(LogonError, match="NOT IN CP DIRECTORY"):
        api.logon("NOBODY")
    with pytest.raises(LogonError, match="NOT IN CP DIRECTORY"):
        api.logon("NOBODY", password="X")
    assert len(api.control_program.sessions) == 0


def test_guests_are_clones_with_disks_of_their_own(api: System) -> None:
    with api.make_guest() as one, api.make_guest(storage="2M", classes="BG", userid="PETER") as other:
        one.put(b"x\n", "MY FILE A")
        assert other.files() == []
        assert other.userid == "PETER"
        assert (len(one.storage), len(other.storage)) == (1 << 20, 2 << 20)
        assert other.cp("QUERY PRIORITY PETER").rc != 1
        assert one.cmd("CP MSG PETER HELLO").rc == 0
        assert any("HELLO" in line for line in other.console)
        with pytest.raises(LogonError, match="in the directory already"):
            api.make_guest(userid="PETER")
    assert api.control_program.directory.find("PETER") is None
    assert not any(name.startswith("*") for name in api.control_program.volumes.mounted())


def test_images_of_the_host_are_not_changed(api: System, tmp_path: Path) -> None:
    image, source = tmp_path / "data.ckd", tmp_path / "given.txt"
    source.write_text("given\n")
    create_disk(image, "3350", 2)
    format_disk(image, "DATA")
    put_files(image, [source])
    before = image.read_bytes()
    with api.make_guest(disks={0x191: image}) as guest:
        assert guest.get("GIVEN TXT A").text == "given\n"
        guest.cmd("ERASE GIVEN TXT A", check=True)
        guest.put(b"new\n", "NEW FILE A")
        assert guest.files() == ["NEW FILE A1"]
    assert image.read_bytes() == before


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"like": "NOBODY"}, LogonError),
        ({"userid": "MUCHTOOLONG"}, LogonError),
        ({"userid": "CMSUSER"}, LogonError),
        ({"storage": "1G"}, ApiError),
        ({"disks": {0x192: 0}}, FileError),
        ({"disks": {0x192: "/nonexistent.ckd"}}, FileError),
        ({"files": {"A": b"x"}}, FileError),
        ({"files": {"A B A": "/nonexistent"}}, FileError),
    ],
)
def test_guests_that_cannot_be_made_leave_nothing(
    api: System, wanted: dict[str, object], error: type[ApiError]
) -> None:
    before = list(api.control_program.users), list(api.control_program.directory.users)
    volumes = api.control_program.volumes.mounted()
    with pytest.raises(error):
        api.make_guest(**wanted)  # type: ignore[arg-type]
    assert (list(api.control_program.users), list(api.control_program.directory.users)) == before
    assert api.control_program.volumes.mounted() == volumes


def test_the_same_commands_take_the_same_instructions(api: System) -> None:
    counts = []
    for _ in range(2):
        with api.make_guest(ipl=None, userid="TWIN") as guest:
            guest.cp("SET TIMER VIRTUAL")
            guest.ipl("CMS")
            counts.append([guest.cmd(line).instructions for line in ("STATE NO FILE A", "LISTFILE * EXEC S")])
    assert counts[0] == counts[1]


def test_programs_that_cannot_be_built(tmp_path: Path) -> None:
    bad, open_end = tmp_path / "bad.asm", tmp_path / "open.asm"
    bad.write_text("BAD CSECT\n FOO 1\n END\n")
    open_end.write_text("OPEN CSECT\n DC V(MISSING)\n END\n")
    with pytest.raises(BuildError, match=r"bad\.asm:2"):
        build(bad)
    with pytest.raises(BuildError, match="MISSING is not defined"):
        build(open_end)
    with pytest.raises(BuildError, match="cannot be read"):
        build(tmp_path / "none.asm")


def test_a_home_has_one_system_at_a_time(tmp_path: Path) -> None:
    home = Path(shutil.copytree(template(), tmp_path / "home"))
    with System(home), pytest.raises(StartError):
        System(home)


def test_the_end_of_the_system_is_the_end_of_its_guests(tmp_path: Path) -> None:
    image = tmp_path / "data.ckd"
    create_disk(image, "3350", 2)
    with System.temporary() as system:
        guest = system.make_guest(disks={0x192: image})
    assert guest.state_name == "LOGGED OFF"
    with pytest.raises(LoggedOff):
        guest.cmd("QUERY TIME")
    guest.logoff()
    system.close()


def test_thousands_of_guests() -> None:
    with System.temporary() as system:
        system._serial = 998
        names = []
        for _ in range(3):
            with system.make_guest(ipl=None) as guest:
                names.append(guest.userid)
        assert names == ["GUEST999", "G1000", "G1001"]
