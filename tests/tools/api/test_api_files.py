"""Files between the host and guests: nothing is lost, and the guest's directory is never out of date."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vm370.images.filesystem import check_file_system
from vm370.tools.api import FileError, Guest, System


def sound(guest: Guest, vaddr: int = 0x191) -> bool:
    return check_file_system(guest.vm.devices[vaddr].store) == []  # type: ignore[attr-defined]


def test_text_goes_both_ways(cms: Guest, tmp_path: Path) -> None:
    source = tmp_path / "letter.txt"
    source.write_text("Dear CMS,\n\n  yours\n")
    cms.put(source, "LETTER TEXT A")
    assert cms.cmd("TYPE LETTER TEXT A").lines == ("", "Dear CMS,", "", "  yours", "")
    file = cms.get("LETTER TEXT A")
    assert (file.recfm, file.lrecl, len(file.records)) == ("V", 9, 3)
    assert file.text == source.read_text()
    assert file.save(tmp_path / "back.txt").read_text() == source.read_text()


def test_formats_are_as_told(cms: Guest) -> None:
    cms.put(b"abc\nde\n", "FIXED DATA A", recfm="F", lrecl=20)
    file = cms.get("FIXED DATA A")
    assert (file.recfm, file.lrecl, file.lines) == ("F", 20, ["abc", "de"])
    cms.put(b"\xff\x00\x01" * 80, "BYTES DATA A")
    assert cms.get("BYTES DATA A").data == b"\xff\x00\x01" * 80
    cms.put([b"\x01", b"\x02\x03"], "RECORDS DATA A")
    assert cms.get("RECORDS DATA A").records == (b"\x01", b"\x02\x03")
    cms.put(b"abcd", "TEXT DATA A", binary=True, lrecl=2)
    assert cms.get("TEXT DATA A").records == (b"ab", b"cd")


def test_the_guest_knows_what_was_put_and_python_what_the_guest_wrote(cms: Guest) -> None:
    cms.put(b"first\n", "A FILE A")
    assert cms.cmd("COPYFILE A FILE A B FILE A").rc == 0
    cms.put(b"second\n", "A FILE A")
    assert cms.cmd("COPYFILE A FILE A C FILE A").rc == 0
    assert cms.cmd("ERASE B FILE A").rc == 0
    cms.put_files({"D FILE A": b"d\n", "E FILE A": b"e\n"})
    assert cms.files() == ["A FILE A1", "C FILE A1", "D FILE A1", "E FILE A1"]
    with pytest.raises(FileError, match="several disks"):
        cms.put_files({"F FILE A": b"f\n", "G FILE B": b"g\n"})
    assert cms.get("C FILE A").text == "second\n"
    assert [line.split()[0] for line in cms.cmd("LISTFILE * FILE A").lines] == ["A", "C", "D", "E"]
    assert sound(cms)


def test_other_disks_and_modes(api: System) -> None:
    with api.make_guest(disks={0x192: 3}, files={"PROFILE EXEC A": b"&CONTROL OFF\nACCESS 192 D\n"}) as guest:
        guest.put(b"x\n", "ON D D")
        assert guest.cmd("STATE ON D D").rc == 0
        assert guest.files("D") == ["ON D D1"] or guest.files("D") == ["ON D A1"]
        guest.cmd("RELEASE D")
        guest.put(b"y\n", "MORE D", disk=0x192)
        guest.cmd("ACCESS 192 C/A")
        assert guest.cmd("STATE MORE D C").rc == 0
        guest.put(b"z\n", "LAST D", disk=0x192)
        assert guest.cmd("STATE LAST D C").rc == 0
        assert "C/A" in guest.cmd("QUERY SEARCH").text or "(192)" in guest.cmd("QUERY DISK C").text
        assert sound(guest, 0x192)


def test_the_file_system_itself(cms: Guest) -> None:
    cms.put(b"x\n", "OLD NAME A")
    with cms.disk("A") as disk:
        disk.rename(("OLD", "NAME"), ("NEW", "NAME"))
    assert cms.cmd("STATE NEW NAME A").rc == 0
    assert cms.cmd("STATE OLD NAME A").rc == 28


def test_before_anything_is_loaded_files_can_be_put(api: System) -> None:
    with api.make_guest(ipl=None, files={"A FILE": b"x\n"}) as guest:
        assert guest.state_name == "CP READ"
        guest.put(b"y\n", "B FILE A")
        assert guest.files() == ["A FILE A1", "B FILE A1"]
        guest.ipl("CMS")
        assert guest.cmd("STATE B FILE A").rc == 0


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("NO", b"x"),
        ("TOOLONGNAME FILE A", b"x"),
        ("A FILE A", b""),
        ("A FILE A", "/nonexistent/file"),
        ("A FILE S", b"x\n"),
        ("A FILE Q", b"x\n"),
    ],
)
def test_what_cannot_be_put(cms: Guest, name: str, source: bytes | str) -> None:
    with pytest.raises(FileError):
        cms.put(source, name, binary=True)
    assert cms.cmd("QUERY DISK A").rc == 0


def test_what_cannot_be_got(cms: Guest) -> None:
    with pytest.raises(FileError, match="NO FILE"):
        cms.get("NO FILE A")
    with pytest.raises(FileError, match="no disk"):
        cms.get("NO FILE A", disk=0x00C)


def test_a_disk_that_is_full_stays_as_it_was(api: System) -> None:
    with api.make_guest(disks={0x191: 1}) as guest:
        guest.put(b"x\n", "SMALL FILE A")
        with pytest.raises(FileError):
            guest.put(b"\xff" * 2_000_000, "BIG FILE A")
        assert guest.files() == ["SMALL FILE A1"]
        assert guest.cmd("STATE SMALL FILE A").rc == 0
        assert sound(guest)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=30))
def test_any_records_come_back(cms: Guest, records: list[bytes]) -> None:
    cms.put(records, "ANY DATA A")
    assert cms.cmd("COPYFILE ANY DATA A SAME DATA A (REPLACE").rc == 0
    assert list(cms.get("SAME DATA A").records) == records


def test_nothing_is_written_while_somebody_else_has_the_directory(api: System) -> None:
    """An operating system that does not know RELEASE keeps its disks: here, CMS with another banner in storage."""
    with api.make_guest(files={"RELEASE EXEC A": b"&EXIT 12\n"}) as guest:
        banner = guest.storage[0x10018:0x10023]
        guest.storage[0x10018:0x10023] = b"\0" * 11
        guest.cmd("STATE NO FILE A")
        with pytest.raises(FileError, match="in use: RELEASE A: 12"):
            guest.put(b"x\n", "NEW FILE A")
        assert guest.files() == ["RELEASE EXEC A1"]
        guest.cmd("ERASE RELEASE EXEC A", check=True)
        guest.put(b"x\n", "NEW FILE A")
        assert guest.cmd("STATE NEW FILE A").rc == 0
        guest.cmd("RELEASE A")
        guest.put(b"y\n", "NEXT FILE A")
        guest.storage[0x10018:0x10023] = banner
        guest.cmd("ACCESS 191 A", check=True)
        assert guest.files() == ["NEW FILE A1", "NEXT FILE A1"]


def test_a_linked_disk_is_read_only(cms: Guest) -> None:
    assert cms.cp("LINK CMSUSER 191 291 RR", answers=["CMSUSER"]).rc == 0
    with pytest.raises(FileError, match="read-only"):
        cms.put(b"x\n", "A FILE", disk=0x291)
    assert cms.files(disk=0x291) == []
