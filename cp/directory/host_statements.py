"""vm370's own statements: what makes one directory entry describe a whole bare machine on host files.

    FILE      cuu devtype|DASD path [R/O|R/W|COW]     a disk: any image that images/opening.py knows
    TAPE      cuu devtype [path [RING|NORING]]        a tape drive, with a tape or empty
    CARDS     cuu [devtype] path ...                  a reader, with decks in its hopper
    PRINTOUT  cuu [devtype] path                      a printer that writes text
    PUNCHOUT  cuu [devtype] path                      a punch that writes cards
    SCRIPT    path                                    what is typed at the console
    FOLDER    path [R/O|R/W]                          host files that the guest may exchange

Their names are not abbreviated, and their records do not end at column 71.  A path is as typed, relative to the home;
one with blanks stands in quotes, ``"`` or ``'``.
"""

from __future__ import annotations

from collections.abc import Callable

from vm370.cp.directory.entries import (
    CardsStatement,
    DeviceStatement,
    FileStatement,
    FolderStatement,
    OutputStatement,
    ScriptStatement,
    TapeStatement,
)
from vm370.cp.directory.statements import CYLINDERS, FBA_TYPE
from vm370.cp.directory.words import Bad, Words
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.images.geometry import FBA_DEVICES

ANY_DISK = "DASD"
LONGEST_PATH = 1024
MOST_DECKS = 64
QUOTES = "\"'"

DISK_TYPES = frozenset([*CYLINDERS, *FBA_DEVICES, FBA_TYPE, ANY_DISK])
TAPE_TYPES = frozenset(name for name, row in DEVICE_TYPES.items() if row.kind == "TAPE")
READER_TYPES = frozenset({"2540R", "2501", "3505"})
PRINTER_TYPES = frozenset({"1403", "1443", "3203", "3211"}) & frozenset(DEVICE_TYPES)
PUNCH_TYPES = frozenset({"2540P", "3525"})


def split(record: str) -> list[str]:
    """The words of a record; quotes hold blanks together, and a doubled quote in them stands for one."""
    words: list[str] = []
    at = 0
    while at < len(record):
        if record[at].isspace():
            at += 1
        elif record[at] in QUOTES:
            word, at = _quoted(record, at)
            words.append(word)
        else:
            begin = at
            while at < len(record) and not record[at].isspace():
                at += 1
            words.append(record[begin:at])
    return words


def _quoted(record: str, begin: int) -> tuple[str, int]:
    quote, word, at = record[begin], "", begin + 1
    while True:
        end = record.find(quote, at)
        if end < 0:
            raise Bad(record[begin : begin + 20], f"a {quote} behind the path")
        word += record[at:end]
        if record[end + 1 : end + 2] != quote:
            return word, end + 1
        word += quote
        at = end + 2


def _path(words: Words, what: str) -> str:
    word = words.as_typed()
    if not word:
        raise Bad(None if word is None else "an empty path", what)
    if "\0" in word or len(word) > LONGEST_PATH or not word.isprintable():
        raise Bad(ascii(word[:20]), f"{what}: up to {LONGEST_PATH} characters that can be printed")
    return word


def _type(words: Words, types: frozenset[str], default: str) -> str:
    """An optional device type."""
    return words.optional() or default if words.peek() in types else default


def file(line: int, words: Words) -> FileStatement:
    """FILE."""
    vaddr = words.vaddr()
    device_type = words.choice(DISK_TYPES, "a disk device type")
    path = _path(words, "the path of a disk image")
    mode = words.optional() or ""
    if mode not in ("", "R/O", "R/W", "COW"):
        raise Bad(mode, "R/O, R/W or COW")
    return FileStatement(line, vaddr, device_type, path, mode)


def tape(line: int, words: Words) -> TapeStatement:
    """TAPE."""
    vaddr = words.vaddr()
    device_type = words.choice(TAPE_TYPES, "a tape device type")
    if not words.peek():
        return TapeStatement(line, vaddr, device_type)
    path = _path(words, "the path of a tape image")
    ring = words.optional() or "NORING"
    if ring not in ("RING", "NORING"):
        raise Bad(ring, "RING or NORING")
    return TapeStatement(line, vaddr, device_type, path, ring == "RING")


def cards(line: int, words: Words) -> CardsStatement:
    """CARDS."""
    vaddr = words.vaddr()
    device_type = _type(words, READER_TYPES, "2540R")
    paths = [_path(words, "the path of a deck")]
    while words.peek():
        paths.append(_path(words, "the path of a deck"))
    if len(paths) > MOST_DECKS:
        raise Bad(f"{len(paths)} decks", f"at most {MOST_DECKS}")
    return CardsStatement(line, vaddr, device_type, tuple(paths))


def printout(line: int, words: Words) -> OutputStatement:
    """PRINTOUT."""
    return OutputStatement(line, words.vaddr(), _type(words, PRINTER_TYPES, "1403"), _path(words, "the path of a file"))


def punchout(line: int, words: Words) -> OutputStatement:
    """PUNCHOUT."""
    return OutputStatement(line, words.vaddr(), _type(words, PUNCH_TYPES, "2540P"), _path(words, "the path of a file"))


def script(line: int, words: Words) -> ScriptStatement:
    """SCRIPT."""
    return ScriptStatement(line, _path(words, "the path of a console script"))


def folder(line: int, words: Words) -> FolderStatement:
    """FOLDER."""
    path = _path(words, "the path of a folder")
    access = words.optional() or "R/W"
    if access not in ("R/O", "R/W"):
        raise Bad(access, "R/O or R/W")
    return FolderStatement(line, path, access == "R/O")


DEVICES: dict[str, Callable[[int, Words], DeviceStatement]] = {
    "FILE": file,
    "TAPE": tape,
    "CARDS": cards,
    "PRINTOUT": printout,
    "PUNCHOUT": punchout,
}
NAMES = frozenset([*DEVICES, "SCRIPT", "FOLDER"])
