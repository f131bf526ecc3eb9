"""Passwords of the directory: hashing on load, checks, the default ones."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from vm370.cp.directory import Directory, DirectoryError, default_passwords
from vm370.cp.directory.default import write_default_directory
from vm370.cp.passwords import LOGON, Cost, HashedPassword, PasswordFileError, Passwords, acceptable

CHEAP = Cost(2, 1, 1)

DECK = """\
DIRECTORY 123 3350 VMSRES
USER HANS SECRET
 MDISK 191 3350 101 005 VMUSR1 WRV READER  ALL      MULTI              00000100
USER SHOW NOLOG
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "directory"
    path.write_text(DECK)
    return path


def test_load_hashes_plain_passwords(path: Path) -> None:
    directory = Directory.load(path, CHEAP)
    lines = path.read_text().split("\n")
    assert lines[1] == "USER HANS *"
    assert lines[2] == " MDISK 191 3350 101 005 VMUSR1 WRV *        ALL      *".ljust(71) + "00000100"
    assert lines[3] == "USER SHOW NOLOG"
    secrets = path.with_name("passwords")
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    for password in ("SECRET", "READER", "MULTI"):
        assert password not in path.read_text() + secrets.read_text()
    assert directory.users["HANS"].password == "*"
    before = path.read_text(), secrets.read_text()
    assert Directory.load(path, CHEAP).check_logon("HANS", "SECRET")
    assert (path.read_text(), secrets.read_text()) == before


def test_checks(path: Path) -> None:
    directory = Directory.load(path, CHEAP)
    assert directory.check_logon("hans", "secret")
    assert not directory.check_logon("HANS", "SECRETS")
    assert not directory.check_logon("SHOW", "NOLOG")
    assert not directory.check_logon("NOONE", "X")
    disk = directory.users["HANS"].mdisks[0]
    assert directory.check_link("HANS", disk, "READ", "reader")
    assert not directory.check_link("HANS", disk, "READ", "MULTI")
    assert directory.check_link("HANS", disk, "WRITE", "")
    assert directory.link_password_needed(disk, "WRITE") == "ALL"
    assert directory.check_link("HANS", disk, "MULT", "MULTI")


def test_a_record_without_room_still_fits_column_71(path: Path) -> None:
    path.write_text(f"DIR 123 3350 VMSRES\nUSER HANS A 1M\n{'':20}MDISK 191 3350 101 005 VMUSR1 {'MR A B C':>21}")
    directory = Directory.load(path, CHEAP)
    assert path.read_text().endswith("MR * * *")
    assert directory.check_link("HANS", directory.users["HANS"].mdisks[0], "MULT", "C")


def test_missing_hash_locks_the_user_out_and_is_reported(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Directory.load(path, CHEAP)
    path.with_name("passwords").unlink()
    directory = Directory.load(path, CHEAP)
    assert "no password of HANS LOGON" in caplog.text
    assert not directory.check_logon("HANS", "*")


def test_refresh_takes_changes_over_and_keeps_the_old_directory_when_they_are_bad(path: Path) -> None:
    directory = Directory.load(path, CHEAP)
    assert directory.refresh() is None
    Directory.load(path, CHEAP).set_password("HANS", LOGON, "NEWPASS")
    assert not directory.check_logon("HANS", "NEWPASS")
    assert directory.refresh() is None
    assert directory.check_logon("HANS", "NEWPASS")
    path.write_text(path.read_text() + "\nUSER OTTO OTTO\n")
    assert directory.refresh() is None
    assert directory.check_logon("OTTO", "OTTO")
    assert "USER OTTO *" in path.read_text()
    path.write_text("NONSENSE")
    error = directory.refresh()
    assert error is not None
    assert "line 1: found NONSENSE" in str(error)
    assert directory.refresh() is None
    assert directory.check_logon("OTTO", "OTTO")


def test_default_passwords(tmp_path: Path) -> None:
    path = tmp_path / "directory"
    write_default_directory(path)
    directory = Directory.load(path, CHEAP)
    users = ["OPERATOR", "MAINT", "CMSUSER", "CMSUSER2", "CMSUSER3"]
    assert default_passwords(directory) == users
    assert all(directory.check_logon(userid, userid) for userid in users)
    directory.set_password("MAINT", LOGON, "Kohlrabi")
    again = Directory.load(path, CHEAP)
    assert default_passwords(again) == ["OPERATOR", "CMSUSER", "CMSUSER2", "CMSUSER3"]
    assert again.check_logon("MAINT", "kohlrabi")
    assert not again.check_logon("MAINT", "MAINT")


def test_default_directory_has_the_documented_shape(tmp_path: Path) -> None:
    path = tmp_path / "directory"
    write_default_directory(path)
    users = Directory.load(path, CHEAP).users
    assert {userid: entry.classes for userid, entry in users.items()} == {
        "OPERATOR": "ABCDEFG",
        "MAINT": "BCEG",
        "CMSUSER": "G",
        "CMSUSER2": "G",
        "CMSUSER3": "G",
    }
    entry = users["CMSUSER2"]
    assert (entry.storage_size, entry.max_storage_size, entry.ipl) == (1 << 20, 16 << 20, None)
    assert [device.vaddr for device in entry.device_statements()] == [9, 0xC, 0xD, 0xE, 0x190, 0x19E, 0x191]
    taken: set[tuple[str, int]] = set()
    for user in users.values():  # extents do not overlap
        for disk in user.mdisks:
            cylinders = {(disk.volser, disk.start + n) for n in range(disk.size)}
            assert not cylinders & taken
            taken |= cylinders


def test_scrypt_vector() -> None:
    # RFC 7914, chapter 12: scrypt("", "", 16, 1, 1), the first 32 bytes do not depend on the length asked for
    empty = bytes.fromhex("77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442")
    assert HashedPassword(Cost(16, 1, 1), b"", empty).matches("")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("HANS LOGON 16384 8 1 QUJD", "found 6 fields"),
        ("HANS LOGON 3 8 1 QUJD QUJD", "a power of 2"),
        ("HANS LOGON 4194304 8 1 QUJD QUJD", "n a power of 2"),
        ("HANS LOGON x 8 1 QUJD QUJD", "three numbers"),
        ("HANS LOGON 2 1 1 QUJD Q!JD", "other characters, expected base64"),
        ("HANS LOGON 2 1 1 QUJD QUJD", "a hash of 3 bytes"),
    ],
)
def test_damaged_password_file(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "passwords"
    path.write_text(f"* comment\n{line}\n")
    with pytest.raises(PasswordFileError, match=f"line 2: .*{message}"):
        Passwords(path)
    (tmp_path / "directory").write_text(DECK)
    with pytest.raises(DirectoryError, match=f"passwords: line 2: .*{message}"):
        Directory.load(tmp_path / "directory", CHEAP)
    assert (tmp_path / "directory").read_text() == DECK


def test_acceptable_passwords() -> None:
    assert acceptable("Kohlrabi-4711") is None
    for bad in ("", "a b", "*", "nolog", "ALL", "x" * 65, "tab\t"):
        assert acceptable(bad)
