"""Commands of CMS as tables: what is typed, what comes back, the return code.

check(guest, [("LISTFILE", ["NOTE     TXT      A1"], 0), ...])
"""

from __future__ import annotations

from tests.cms import bootkit
from tests.cms.bootkit import Guest
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

Step = tuple[str, list[str], int]
File = tuple[str, str, list[bytes]]


def fixed(name: str, kind: str, lines: list[str], length: int = 80) -> File:
    """A file of fixed records."""
    return name, kind, [to_ebcdic(line.ljust(length)) for line in lines]


def varying(name: str, kind: str, lines: list[str]) -> File:
    """A file whose lines have their own lengths (not all the same)."""
    assert len({len(line) for line in lines}) > 1
    return name, kind, [to_ebcdic(line) for line in lines]


def said(guest: Guest, line: str) -> list[str]:
    """What a line answers, without the Ready message and trailing blanks."""
    return [text.rstrip() for text in guest.type(line) if not bootkit.READY.match(text)]


def check(guest: Guest, steps: list[Step]) -> None:
    """Types each line and compares; the return code of a line that ends no command is that of the one before."""
    for line, expected, rc in steps:
        found = said(guest, line), guest.rc
        assert found == (expected, rc), f"{line}: found {found}, expected {(expected, rc)}"


def records(guest: Guest, name: str, kind: str) -> tuple[str, int, list[str]]:
    """A file as it is on the disk: format, length, lines."""
    disk = bootkit.own_disk(guest.home)
    (fst,) = (fst for fst in disk.files() if (fst.filename, fst.filetype) == (name, kind))
    return fst.format, fst.lrecl, [from_ebcdic(record) for record in disk.records(fst)]
