"""Plain passwords of the directory source become hashes: ``passwords`` gets them, and the source says ``*`` instead.

Each file is replaced whole, ``passwords`` first, so an end of the program in between loses nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace

from vm370.cp.directory.directory import Directory, log
from vm370.cp.directory.entries import ALL, HASHED, NOLOG
from vm370.cp.directory.source import LAST_COLUMN, parse, read
from vm370.cp.passwords import LOGON, replace_file


def hash_plain_passwords(directory: Directory, text: str) -> None:
    """Move the plain passwords of the source into ``passwords`` and write ``*`` in their places.

    When the files cannot be written, the plain passwords stay in force.
    """
    plain = [
        (userid, purpose, operand)
        for userid, purpose, operand in directory.password_operands()
        if operand not in (HASHED, NOLOG, ALL)
    ]
    if not plain:
        return
    records = text.split("\n")
    for entry in directory.users.values():
        if entry.password not in (HASHED, NOLOG):
            _replace_operands(records, entry.line, {2})
        for mdisk in entry.mdisks:
            first = _first_password(records[mdisk.line - 1])
            hidden = {first + n for n, word in enumerate(mdisk.passwords) if word not in (HASHED, ALL)}
            _replace_operands(records, mdisk.line, hidden)
    directory.passwords.set(*plain)
    try:
        directory.passwords.save()
        mode = directory.path.stat().st_mode & 0o777
        replace_file(directory.path, "\n".join(records), mode)
    except OSError as error:
        log.warning("%s: plain passwords stay in the directory: %s", directory.path, error)
        return
    directory.users = parse("\n".join(records), directory.path)


def set_logon_password(directory: Directory, userid: str, password: str) -> None:
    """Change a user's password: ``passwords`` first, then the directory when it does not say ``*`` yet."""
    entry = directory.users[userid]
    directory.passwords.set((userid, LOGON, password))
    directory.passwords.save()
    if entry.password == HASHED:
        return
    records = read(directory.path).split("\n")
    _replace_operands(records, entry.line, {2})
    replace_file(directory.path, "\n".join(records), directory.path.stat().st_mode & 0o777)
    directory.users[userid] = replace(entry, password=HASHED)


def _first_password(record: str) -> int:
    """Which word of an MDISK record is the read password."""
    words = record[:LAST_COLUMN].upper().split()
    operand = 3  # MDISK cuu type
    if words[1:] and words[2] == "2311" and words[3] in ("TOP", "BOTTOM"):
        operand += 1
    return operand + (2 if words[operand] == "T-DISK" else 3) + 1


def _replace_operands(records: list[str], line: int, numbers: set[int]) -> None:
    """Put ``*`` in the place of some words of a record, in fields of eight columns where there is room."""
    if not numbers:
        return
    record = records[line - 1]
    operands, tail = record[:LAST_COLUMN], record[LAST_COLUMN:]
    for number in sorted(numbers, reverse=True):
        word = list(re.finditer(r"\S+", operands))[number]
        head, rest = operands[: word.start()], operands[word.end() :].strip()
        operands = head + HASHED.ljust(9) + rest if rest else head + HASHED
        if len(operands) > LAST_COLUMN:
            operands = head + HASHED + " " + rest
    records[line - 1] = operands.ljust(LAST_COLUMN) + tail if tail.strip() else operands
