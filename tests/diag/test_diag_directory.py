"""DIAGNOSE X'3C' and X'84': the directory, changed while the system runs."""

from __future__ import annotations

import pytest

from tests.diag.diagkit import PRIVILEGED, SPECIFICATION, Guest, LogOn
from vm370.images.ebcdic import to_ebcdic

LIST = 0x3000


@pytest.fixture
def maint(logged_on: LogOn) -> Guest:
    return Guest(logged_on("MAINT"))


def volume(serial: str) -> dict[int, int]:
    data = to_ebcdic(f"{serial:6}") + b"\xaa\xaa"
    return {1: int.from_bytes(data[:4], "big"), 2: int.from_bytes(data[4:], "big")}


def update(guest: Guest, userid: str, password: str, operation: str, value: str | bytes) -> tuple[int, int]:
    """Condition code and, if it is 1, the reason."""
    data = to_ebcdic(f"{userid:8}{password:8}{operation:8}") + (value if isinstance(value, bytes) else to_ebcdic(value))
    guest.put(LIST, data)
    cc = guest.diagnose(0x84, 1, 2, {1: LIST, 2: len(data)})
    return cc, guest.gr[2] if cc else 0


def test_swap(maint: Guest) -> None:
    path = maint.cp.home / "directory"
    path.write_text(path.read_text() + "USER EMIL EMIL\n")
    assert maint.diagnose(0x3C, 1, 2, volume("NOVOL")) == 2
    assert maint.diagnose(0x3C, 1, 2, volume("SYSVOL")) == 0
    assert maint.cp.directory.find("EMIL") is not None
    path.write_text("NONSENSE\n")
    assert maint.diagnose(0x3C, 1, 2, volume("SYSVOL")) == 3
    assert maint.cp.directory.find("EMIL") is not None


def test_update(maint: Guest) -> None:
    directory = maint.cp.directory
    path = maint.cp.home / "directory"
    path.write_text("* a comment that stays\n" + path.read_text())
    assert update(maint, "ALPHA", "ALPHA", "LOGPASS", "NEWPASS ") == (0, 0)
    assert directory.check_logon("ALPHA", "NEWPASS")
    assert update(maint, "ALPHA", "NEWPASS", "STORAGE", "768K    ") == (0, 0)
    assert update(maint, "ALPHA", "NEWPASS", "PRIVLEGE", "EG      ") == (0, 0)
    options = to_ebcdic(f"{'ECMODE REALTIMER':80}") + b"\xff\xff\xff\xff"
    assert update(maint, "ALPHA", "NEWPASS", "OPTIONS", options) == (0, 0)
    assert update(maint, "ALPHA", "NEWPASS", "MDISK", f"{'191':3}{'W':3}{'R1':8}{'W1':8}{'':8}") == (0, 0)
    assert update(maint, "GAMMA", "NOLOG", "ACCOUNT", "4711    ") == (0, 0)
    entry = directory.users["ALPHA"]
    assert (entry.storage_size, entry.classes, entry.options.ecmode) == (768 << 10, "EG", True)
    mdisk = entry.mdisk(0x191)
    assert mdisk is not None
    assert mdisk.mode == "W"
    assert directory.check_link("ALPHA", mdisk, "WRITE", "W1")
    assert directory.users["GAMMA"].account == "4711"
    text = path.read_text()
    assert text.startswith("* a comment that stays\n")
    assert "NEWPASS" not in text


def test_account_at_once(maint: Guest) -> None:
    assert update(maint, "MAINT", "SECRET", "TACCOUNT", "77      ") == (0, 0)
    assert (maint.vm.entry.account, maint.cp.directory.users["MAINT"].account) == ("77", "1")
    assert update(maint, "MAINT", "SECRET", "IACCOUNT", "78      ") == (0, 0)
    assert (maint.vm.entry.account, maint.cp.directory.users["MAINT"].account) == ("78", "78")


@pytest.mark.parametrize(
    ("userid", "password", "operation", "value", "reason"),
    [
        ("NOBODY", "X", "LOGPASS", "A", 1),
        ("BETA", "X", "LOGPASS", "A", 2),
        ("BETA", "BETA", "COLOUR", "RED", 3),
        ("BETA", "BETA", "STORAGE", "1T", 4),
        ("BETA", "BETA", "STORAGE", "1M", 4),
        ("BETA", "BETA", "LOGPASS", "A B", 4),
        ("BETA", "BETA", "LOGPASS", "\n", 4),
        ("BETA", "BETA", "TACCOUNT", "5", 5),
    ],
)
def test_refused(maint: Guest, userid: str, password: str, operation: str, value: str, reason: int) -> None:
    before = (maint.cp.home / "directory").read_bytes()
    assert update(maint, userid, password, operation, value) == (1, reason)
    assert (maint.cp.home / "directory").read_bytes() == before


def test_lengths_and_classes(maint: Guest, logged_on: LogOn) -> None:
    for length in (0, 24, 113, 0xFFFFFFFF):
        assert maint.refused(0x84, 1, 2, {1: LIST, 2: length}) == SPECIFICATION
    user = Guest(logged_on("ALPHA"))
    assert user.refused(0x84, 1, 2, {1: LIST, 2: 32}) == PRIVILEGED
    assert user.refused(0x3C, 1, 2, {}) == PRIVILEGED
