"""One session virtual and pure: the same lines on the terminal, the same files on the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cms import bootkit
from tests.cms.bootkit import Guest
from tests.cms.test_cms_boot import plain
from vm370.images.ebcdic import to_ebcdic

SESSION = """\
LISTFILE
TYPE LINES TEXT
RENAME LINES TEXT A OTHER TEXT A
LISTFILE * * A (FORMAT
STATE OTHER TEXT A
STATE LINES TEXT A
PRINT OTHER TEXT
PUNCH OTHER TEXT (NOHEADER
#CP CLOSE 00D
READCARD BACK CARDS A
TYPE BACK CARDS
EXEC COUNT 3
RELEASE A
LISTFILE
ACCESS 191 A
ERASE BIG DATA A
LISTFILE * * A (ALLOC
LOAD NOTHING
NONSENSE
"""
COUNT = [
    "&CONTROL OFF",
    "&I = 0",
    "-NEXT",
    "&I = &I + 1",
    "&TYPE LINE &I",
    "&IF &I LT &1 &GOTO -NEXT",
    "LISTFILE COUNT EXEC",
    "&EXIT 5",
]
FILES = [
    ("LINES", "TEXT", [to_ebcdic(f"THIS IS LINE {number}") for number in range(7)]),
    ("BIG", "DATA", [bytes([number & 0xFF]) * 80 for number in range(300)]),
    ("COUNT", "EXEC", [to_ebcdic(line.ljust(80)) for line in COUNT]),
]

Contents = dict[str, tuple[str, int, list[bytes]]]


def session(guest: Guest) -> list[str]:
    """What is typed in the session; the punch is spooled to the user himself.

    PUNCH closes its file by a CP command where it can; what CP says then is left out.
    """
    guest.session.enter("SPOOL 00D TO *")
    lines = guest.ipl()
    for line in SESSION.splitlines():
        lines += [f">{line}", *guest.type(line)]
    return [line for line in plain(lines) if not line.startswith("PUN FILE")]


def contents(home: Path) -> Contents:
    """Every file of the user's disk."""
    disk = bootkit.own_disk(home)
    return {
        f"{fst.filename} {fst.filetype} {fst.filemode}": (fst.format, fst.lrecl, list(disk.records(fst)))
        for fst in disk.files()
    }


def test_same_lines_and_files(new_guest: Callable[..., Guest]) -> None:
    virtual, pure = new_guest(files=FILES), new_guest(pure=True, files=FILES)
    said = session(virtual)
    assert session(pure) == said
    assert contents(pure.home) == contents(virtual.home)
    assert said[said.index(">EXEC COUNT 3") + 1 :][:5] == [
        "LINE 1", "LINE 2", "LINE 3", "COUNT    EXEC     A1", "Ready(00005);"
    ]  # fmt: skip
    assert set(contents(pure.home)) == {"OTHER TEXT A1", "COUNT EXEC A1", "BACK CARDS A1"}
    assert contents(pure.home)["OTHER TEXT A1"][2] == FILES[0][2]
    assert contents(pure.home)["BACK CARDS A1"][2] == [line.ljust(80, b"\x40") for line in FILES[0][2]]
