"""Plain passwords of the directory source become hashes: ``passwords`` gets them, and the source says ``*`` instead."""

from __future__ import annotations

import re

from vm370.cp.directory.entries import ALL, HASHED, NOLOG, PASSWORD_NAMES, UserEntry, link_purpose
from vm370.cp.directory.source import LAST_COLUMN
from vm370.cp.passwords import LOGON, Passwords


def operands(users: dict[str, UserEntry]) -> list[tuple[str, str, str]]:
    """(user ID, purpose, operand) of every password in the source."""
    found = []
    for entry in users.values():
        found.append((entry.userid, LOGON, entry.password))
        for mdisk in entry.mdisks:
            for kind, operand in zip(PASSWORD_NAMES, mdisk.passwords, strict=False):
                found.append((entry.userid, link_purpose(mdisk.vaddr, kind), operand))
    return found


def hash_passwords(text: str, users: dict[str, UserEntry], passwords: Passwords) -> str:
    """Put the plain passwords of the source into ``passwords``, in memory; the text with ``*`` in their places."""
    plain = [row for row in operands(users) if row[2] not in (HASHED, NOLOG, ALL)]
    if not plain:
        return text
    records = text.split("\n")
    for entry in users.values():
        if entry.password not in (HASHED, NOLOG):
            replace_operands(records, entry.line, {2: HASHED})
        for mdisk in entry.mdisks:
            first = first_password(records[mdisk.line - 1])
            hidden = {first + n: HASHED for n, word in enumerate(mdisk.passwords) if word not in (HASHED, ALL)}
            replace_operands(records, mdisk.line, hidden)
    passwords.set(*plain)
    return "\n".join(records)


def first_password(record: str) -> int:
    """Which word of an MDISK record is the read password."""
    words = record[:LAST_COLUMN].upper().split()
    operand = 3  # MDISK cuu type
    if words[1:] and words[2] == "2311" and words[3] in ("TOP", "BOTTOM"):
        operand += 1
    return operand + (2 if words[operand] == "T-DISK" else 3) + 1


def replace_operands(records: list[str], line: int, new: dict[int, str]) -> None:
    """Put other words in the place of some of a record, in fields of eight columns where there is room."""
    if not new:
        return
    record = records[line - 1]
    operands, tail = record[:LAST_COLUMN], record[LAST_COLUMN:]
    for number in sorted(new, reverse=True):
        word = list(re.finditer(r"\S+", operands))[number]
        head, rest = operands[: word.start()], operands[word.end() :].strip()
        operands = head + new[number].ljust(9) + rest if rest else head + new[number]
        if len(operands) > LAST_COLUMN:
            operands = head + new[number] + " " + rest
    records[line - 1] = operands.ljust(LAST_COLUMN) + tail if tail.strip() else operands
