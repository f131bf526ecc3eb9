"""Names, modes and dates of CMS files, which directory entries, tapes, archives and decks have alike."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Self

from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.images.errors import BadFileName

FIXED, VARIABLE = "F", "V"
"""Record formats."""
LONGEST_VARIABLE = 65_535
LARGEST = 0x7FFFFFFF
"""Record length of F, number of records."""
FIRST_YEAR = 60
"""Lower years are of 2000, also where an old CMS did not set the flag."""


class CmsEntry:
    """A directory entry (FST): its names as people read them."""

    __slots__ = ()

    name: bytes
    type: bytes
    mode: bytes
    recfm: bytes

    @property
    def filename(self) -> str:
        return from_ebcdic(self.name).rstrip()

    @property
    def filetype(self) -> str:
        return from_ebcdic(self.type).rstrip()

    @property
    def filemode(self) -> str:
        return from_ebcdic(self.mode)

    @property
    def format(self) -> str:
        """`F` or `V`."""
        return from_ebcdic(self.recfm)

    @property
    def key(self) -> bytes:
        """What tells files of a disk apart."""
        return self.name + self.type

    def with_name(self, name: bytes, kind: bytes, mode: bytes) -> Self:
        """The same entry under another name."""
        return replace(self, name=name, type=kind, mode=mode)  # type: ignore[type-var]  # entries are dataclasses

    def __str__(self) -> str:
        return f"{self.filename} {self.filetype}"


def unpacked(data: bytes, century: bool) -> datetime | None:
    """The date that packed digits give, or None when they give none; no CMS wrote files before FIRST_YEAR."""
    digits = data.hex()
    if not digits.isdecimal():
        return None
    year, month, day, hour, minute, second = (int(digits[i : i + 2]) for i in range(0, 12, 2))
    try:
        return datetime(year + (2000 if century or year < FIRST_YEAR else 1900), month, day, hour, minute, second)
    except ValueError:
        return None


_NAME = re.compile(r"[A-Z0-9$#@+:_-]{1,8}\Z")
_STORED = re.compile(r"[^\s*/]{1,8}\Z")
_MODE = re.compile(r"[A-Z][0-6]\Z")


def unprintable(key: bytes) -> bool:
    """Whether a file name or file type in a directory is none: blank, or with characters that cannot be shown."""
    text = from_ebcdic(key)
    return not text.isprintable() or text[0] == " " or text[8] == " "


def name_field(text: str, what: str) -> bytes:
    """A file name or file type as 8 EBCDIC bytes; lower case becomes upper case."""
    if not _NAME.match(text.upper()):
        raise BadFileName(f"{what} {text!r}: expected 1 to 8 of A-Z 0-9 $ # @ + - : _")
    return to_ebcdic(text.upper().ljust(8))


def stored_field(text: str, what: str) -> bytes:
    """The same for a file that is on a disk already: old systems let more characters into names (`SOURCE.1`)."""
    if not _STORED.match(text) or not text.isprintable():
        raise BadFileName(f"{what} {text!r}: expected 1 to 8 characters without blanks, * and /")
    try:
        return to_ebcdic(text.upper().ljust(8))
    except UnicodeError as error:
        raise BadFileName(f"{what} {text!r}: expected characters of EBCDIC") from error


def mode_field(text: str) -> bytes:
    """A file mode (`A`, `A1`) as 2 EBCDIC bytes; the number is 1 when it is not given."""
    mode = (text.upper() + "1")[: max(2, len(text))]
    if not _MODE.match(mode):
        raise BadFileName(f"file mode {text!r}: expected a letter and a number 0 to 6")
    return to_ebcdic(mode)


def label_field(text: str) -> str:
    """A volume label in upper case, checked."""
    volume = text.upper()
    if not re.match(r"[A-Z0-9$#@+:_-]{1,6}\Z", volume):
        raise BadFileName(f"label {text!r}: expected 1 to 6 of A-Z 0-9 $ # @ + - : _")
    return volume
