"""Changing one thing in a directory source and leaving the rest as it is, comments included.

``changed`` gives the new text; whoever installs it (Directory.install) finds out whether it is right.  A word that is
replaced keeps its column where there is room; a record must still end before column 72.

    operation            value                     what is replaced
    LOGPASS              password                  USER, second operand
    STORAGE MAXSTOR      nK, nM                    USER, third and fourth operand
    PRIVLEGE PRIORITY    classes; number           USER, fifth and sixth operand
    EDITCHAR             le ld cd es               USER, the operands behind
    IPL IPLPARMS         name or cuu; text         IPL statement, which is made if there is none
    ACCOUNT DISTRIB      account; distribution     ACCOUNT statement, the same
    OPTIONS              options                   all OPTION statements
    MDISK                cuu mode rpw wpw mpw      access mode and passwords of an MDISK statement
"""

from __future__ import annotations

from collections.abc import Callable

from vm370.cp.commands.context import abbreviates
from vm370.cp.directory.entries import UserEntry
from vm370.cp.directory.hashing import first_password
from vm370.cp.directory.source import LAST_COLUMN

USER_OPERANDS = {"LOGPASS": 2, "STORAGE": 3, "MAXSTOR": 4, "PRIVLEGE": 5, "PRIORITY": 6}
"""Operation -> word of the USER statement."""
FIRST_SYMBOL = 7
SYMBOLS = 4


class CannotChange(Exception):
    """The change cannot be made; the text says why."""


def changed(text: str, entry: UserEntry, operation: str, value: str) -> str:
    """The source with one thing replaced in the entry of a user."""
    edit = OPERATIONS.get(operation)
    if edit is None:
        raise CannotChange(f"found operation {operation}, expected one of {' '.join(OPERATIONS)}")
    words = value.split()
    if not words or not value.isprintable() or "*" in (words[0][:1], operation):
        raise CannotChange(f"found {value!r} for {operation}, expected words")
    records = text.split("\n")
    edit(records, entry, operation, words)
    return "\n".join(records)


def _user(records: list[str], entry: UserEntry, operation: str, words: list[str]) -> None:
    number = USER_OPERANDS[operation]
    _only(words, 1, operation)
    record = _split(records[entry.line - 1])
    record = _filled(record, entry, number)
    record[number] = words[0]
    _put(records, entry.line, record)


def _symbols(records: list[str], entry: UserEntry, operation: str, words: list[str]) -> None:
    if len(words) > SYMBOLS:
        raise CannotChange(f"found {len(words)} editing symbols, expected at most {SYMBOLS}")
    record = _filled(_split(records[entry.line - 1]), entry, FIRST_SYMBOL - 1)
    record[FIRST_SYMBOL : FIRST_SYMBOL + len(words)] = words
    _put(records, entry.line, record)


def _filled(record: list[str], entry: UserEntry, number: int) -> list[str]:
    """The words of a USER record up to ``number``; those that were left out have their defaults."""
    storage, largest = f"{entry.storage_size >> 10}K", f"{entry.max_storage_size >> 10}K"
    defaults = ["USER", entry.userid, entry.password, storage, largest, entry.classes, str(entry.priority)]
    return record + defaults[len(record) : number + 1]


def _ipl(records: list[str], entry: UserEntry, operation: str, words: list[str]) -> None:
    if operation == "IPLPARMS":
        if entry.ipl is None:
            raise CannotChange(f"found no IPL statement of {entry.userid}, expected one")
        clear = ["CLEAR"] if entry.ipl.clear else []
        _put(records, entry.ipl.line, [*_split(records[entry.ipl.line - 1])[:2], *clear, "PARM", *words])
        return
    _only(words, 1, operation)
    if entry.ipl is None:
        records.insert(entry.line, f" IPL {words[0]}")
        return
    record = _split(records[entry.ipl.line - 1])
    _put(records, entry.ipl.line, [record[0], words[0], *record[2:]])


def _account(records: list[str], entry: UserEntry, operation: str, words: list[str]) -> None:
    _only(words, 1, operation)
    account, distribution = (words[0], entry.distribution) if operation == "ACCOUNT" else (entry.account, words[0])
    lines = _lines(records, entry, "ACcount")
    if lines:
        _put(records, lines[0], [_split(records[lines[0] - 1])[0], account, distribution])
    else:
        records.insert(entry.line, f" ACCOUNT {account} {distribution}")


def _options(records: list[str], entry: UserEntry, operation: str, words: list[str]) -> None:
    lines = _lines(records, entry, "OPtion")
    made, record = [], " OPTION"
    for word in words:
        if len(record) + 1 + len(word) > LAST_COLUMN:
            made.append(record)
            record = " OPTION"
        record += f" {word}"
    made.append(record)
    for line in reversed(lines):
        del records[line - 1]
    at = lines[0] - 1 if lines else entry.line
    records[at:at] = made


def _mdisk(records: list[str], entry: UserEntry, operation: str, words: list[str]) -> None:
    try:
        vaddr = int(words[0], 16)
    except ValueError:
        raise CannotChange(f"found {words[0]}, expected a device address") from None
    mdisk = entry.mdisk(vaddr)
    if mdisk is None:
        raise CannotChange(f"found no minidisk {vaddr:03X} of {entry.userid}, expected one")
    if not 2 <= len(words) <= 5:
        raise CannotChange("found no access mode, expected cuu, mode and up to three passwords")
    record = records[mdisk.line - 1]
    _put(records, mdisk.line, [*_split(record)[: first_password(record) - 1], *words[1:]])


OPERATIONS: dict[str, Callable[[list[str], UserEntry, str, list[str]], None]] = {
    **dict.fromkeys(USER_OPERANDS, _user),
    "EDITCHAR": _symbols,
    "IPL": _ipl,
    "IPLPARMS": _ipl,
    "ACCOUNT": _account,
    "DISTRIB": _account,
    "OPTIONS": _options,
    "MDISK": _mdisk,
}


def _only(words: list[str], number: int, operation: str) -> None:
    if len(words) > number:
        raise CannotChange(f"found {words[number]} in {operation}, expected no further operand")


def _split(record: str) -> list[str]:
    return record[:LAST_COLUMN].split()


def _lines(records: list[str], entry: UserEntry, name: str) -> list[int]:
    """Numbers of a user's records of one kind."""
    found = []
    for number in range(entry.line + 1, len(records) + 1):
        words = _split(records[number - 1])
        if words and abbreviates(words[0], "User"):
            break
        if words and abbreviates(words[0], name):
            found.append(number)
    return found


def _put(records: list[str], line: int, words: list[str]) -> None:
    """Replace the operands of a record; words that stay stay in their columns as far as they can."""
    record = records[line - 1]
    operands, tail = record[:LAST_COLUMN], record[LAST_COLUMN:]
    old = operands.split()
    indent = len(operands) - len(operands.lstrip())
    text, at = " " * indent, 0
    for number, word in enumerate(words):
        column = 0
        if number < len(old):
            column = operands.index(old[number], at)
            at = column + len(old[number])
        text = text.ljust(column) if not text.strip() or len(text) < column else f"{text} "
        text += word
    if len(text) > LAST_COLUMN:
        text = " " * indent + " ".join(words)
    if len(text) > LAST_COLUMN:
        raise CannotChange(f"found a record of {len(text)} columns, expected at most {LAST_COLUMN}")
    records[line - 1] = text.ljust(LAST_COLUMN) + tail if tail.strip() else text
