"""The directory in force: who may log on, with which password, and who may link to what.

CP reads the source and the passwords when it starts, and again at a LOGON or LINK after one of them was changed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path

from vm370.cp.directory import source
from vm370.cp.directory.entries import ALL, HASHED, PASSWORD_NAMES, DirectoryError, Fault, MdiskStatement, UserEntry
from vm370.cp.passwords import (
    HASH_LENGTH,
    LOGON,
    SALT_LENGTH,
    Cost,
    HashedPassword,
    PasswordFileError,
    Passwords,
    WrongPasswords,
)

log = logging.getLogger("vm370")


@dataclass(slots=True)
class Directory:
    """The directory as CP uses it."""

    path: Path
    users: dict[str, UserEntry]
    passwords: Passwords
    wrong_passwords: WrongPasswords = field(default_factory=WrongPasswords)
    _state: object = None
    """What the two files looked like when they were read."""

    @classmethod
    def load(cls, path: Path, cost: Cost | None = None) -> Directory:
        """Read the source and ``passwords`` beside it.  Plain passwords in the source are hashed on the way.

        DirectoryError: everything that is wrong in the source, or the damage of ``passwords``.
        """
        from vm370.cp.directory import hashing  # it needs this module

        text = source.read(path)
        users = source.parse(text, path)
        try:
            passwords = Passwords(path.with_name("passwords"), cost)
        except PasswordFileError as error:
            raise DirectoryError([Fault(error.path, error.line, error.found, error.expected)]) from error
        directory = cls(path, users, passwords)
        hashing.hash_plain_passwords(directory, text)
        for userid, purpose in directory.missing_passwords():
            log.warning("%s: no password of %s %s; it is refused until it is set", path, userid, purpose)
        directory._state = directory._files()
        return directory

    def refresh(self) -> DirectoryError | None:
        """Take over a directory that was changed since it was read; LOGON and LINK do so.

        A bad one is answered, once, and the old one stays in force.
        """
        state = self._files()
        if state == self._state:
            return None
        self._state = state
        try:
            new = Directory.load(self.path, self.passwords.cost)
        except DirectoryError as error:
            return error
        self.users, self.passwords, self._state = new.users, new.passwords, new._state
        return None

    def _files(self) -> object:
        """Changes whenever one of the two files is replaced or written."""
        answer = []
        for path in (self.path, self.passwords.path):
            try:
                status = path.stat()
            except OSError:
                answer.append((0, 0, 0))
            else:
                answer.append((status.st_ino, status.st_mtime_ns, status.st_size))
        return answer

    def find(self, userid: str) -> UserEntry | None:
        """The entry of ``userid``."""
        return self.users.get(userid.upper())

    def check_logon(self, userid: str, password: str) -> bool:
        """Whether ``password`` lets ``userid`` log on.  Costs the same whether the user exists or not."""
        entry = self.find(userid)
        if entry is None or entry.nolog:
            HashedPassword(self.passwords.cost, bytes(SALT_LENGTH), bytes(HASH_LENGTH)).matches(password)
            return False
        return self._check(entry.userid, LOGON, entry.password, password)

    def link_password_needed(self, mdisk: MdiskStatement, kind: str) -> str | None:
        """For READ, WRITE or MULT access: None when the directory gives no such password, ALL, or HASHED."""
        number = PASSWORD_NAMES.index(kind)
        if number >= len(mdisk.passwords):
            return None
        return ALL if mdisk.passwords[number] == ALL else HASHED

    def check_link(self, owner: str, mdisk: MdiskStatement, kind: str, password: str) -> bool:
        """Whether ``password`` gives READ, WRITE or MULT access to the minidisk."""
        needed = self.link_password_needed(mdisk, kind)
        if needed is None:
            return False
        operand = mdisk.passwords[PASSWORD_NAMES.index(kind)]
        return needed == ALL or self._check(owner, link_purpose(mdisk.vaddr, kind), operand, password)

    def missing_passwords(self) -> list[tuple[str, str]]:
        """(user ID, purpose) of ``*`` operands that have no hash."""
        return [
            (userid, purpose)
            for userid, purpose, operand in self.password_operands()
            if operand == HASHED and self.passwords.find(userid, purpose) is None
        ]

    def password_operands(self) -> list[tuple[str, str, str]]:
        """(user ID, purpose, operand) of every password in the source."""
        operands = []
        for entry in self.users.values():
            operands.append((entry.userid, LOGON, entry.password))
            for mdisk in entry.mdisks:
                for kind, operand in zip(PASSWORD_NAMES, mdisk.passwords, strict=False):
                    operands.append((entry.userid, link_purpose(mdisk.vaddr, kind), operand))
        return operands

    def _check(self, userid: str, purpose: str, operand: str, password: str) -> bool:
        if operand != HASHED:  # the source could not be rewritten
            return operand == password.upper()
        record = self.passwords.find(userid, purpose)
        return record is not None and record.matches(password)


def link_purpose(vaddr: int, kind: str) -> str:
    """How ``passwords`` names a minidisk's password."""
    return f"{vaddr:03X}.{kind}"


def default_passwords(directory: Directory) -> list[str]:
    """User IDs whose logon password still is the user ID."""
    answer = []
    for userid, purpose, operand in directory.password_operands():
        if purpose != LOGON:
            continue
        record = directory.passwords.find(userid) if operand == HASHED else None
        if operand == userid or (record is not None and record.is_userid):
            answer.append(userid)
    return answer
