"""The directory in force: who may log on, with which password, and who may link to what.

CP reads the source and the passwords when it starts, and again at a LOGON or LINK after one of them was changed.
``install`` replaces the source (DIRECT, DIAGNOSE X'3C' and X'84'); both files change together (commit.py).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path

from vm370.cp.directory import hashing, source
from vm370.cp.directory.checks import findings
from vm370.cp.directory.commit import PASSWORDS, commit, locked
from vm370.cp.directory.entries import (
    ALL,
    HASHED,
    PASSWORD_NAMES,
    DirectoryError,
    Fault,
    MdiskStatement,
    UserEntry,
    link_purpose,
)
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
    volser: str = ""
    """The volume that the DIRECTORY statement names."""
    wrong_passwords: WrongPasswords = field(default_factory=WrongPasswords)
    _state: object = None
    """What the two files looked like when they were read."""

    @classmethod
    def load(cls, path: Path, cost: Cost | None = None) -> Directory:
        """Read the source and ``passwords`` beside it.  Plain passwords in the source are hashed on the way.

        DirectoryError: everything that is wrong in the source, or the damage of ``passwords``.
        """
        with locked(path):
            text = source.read(path)
            parsed = source.parse_source(text, path)
            passwords = _read_passwords(path, cost)
            directory = cls(path, parsed.users, passwords, parsed.volser)
            hashed = hashing.hash_passwords(text, parsed.users, passwords)
            if hashed != text:
                try:
                    commit(path, hashed, passwords.text)
                except OSError as error:  # then the plain passwords stay in force
                    log.warning("%s: plain passwords stay in the directory: %s", path, error)
                else:
                    directory.users = source.parse(hashed, path)
            directory._state = directory._files()
        for userid, purpose in directory.missing_passwords():
            log.warning("%s: no password of %s %s; it is refused until it is set", path, userid, purpose)
        return directory

    @classmethod
    def replaceable(cls, path: Path) -> Directory:
        """The directory, or if it is wrong one without users: something to install another source over."""
        try:
            return cls.load(path)
        except DirectoryError as error:
            log.warning("the old directory cannot be used: %s", error)
            return cls(path, {}, _read_passwords(path, None))

    def install(self, text: str, origin: Path) -> list[str]:
        """Replace the directory by another source, which was read from ``origin``; what is odd about it is answered.

        DirectoryError or OSError: the old directory stays in force.
        """
        users = source.parse(text, origin)
        with locked(self.path):
            passwords = _read_passwords(self.path, self.passwords.cost)
            hashed = hashing.hash_passwords(text, users, passwords)
            parsed = source.parse_source(hashed, self.path)
            passwords.keep({row[:2] for row in hashing.operands(parsed.users) if row[2] == HASHED})
            commit(self.path, hashed, passwords.text)
            self.users, self.volser, self.passwords = parsed.users, parsed.volser, passwords
            self._state = self._files()
        return self.findings()

    def set_password(self, userid: str, purpose: str, password: str) -> None:
        """Change a password, for LOGON or of a minidisk; the source says ``*`` from then on."""
        with locked(self.path):
            text = source.read(self.path)
            users = source.parse(text, self.path)
            passwords = _read_passwords(self.path, self.passwords.cost)
            text = hashing.hash_passwords(text, users, passwords)
            passwords.set((userid, purpose, password))
            commit(self.path, text, passwords.text)
            parsed = source.parse_source(text, self.path)
            self.users, self.volser, self.passwords = parsed.users, parsed.volser, passwords
            self._state = self._files()

    def findings(self) -> list[str]:
        """What is odd about the directory, though it can be used."""
        missing = [
            f"{userid} {purpose.replace('.', ' ')}: no password; it is refused until it is set"
            for userid, purpose in self.missing_passwords()
        ]
        return findings(self.users) + missing

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
        self.users, self.volser, self.passwords, self._state = new.users, new.volser, new.passwords, new._state
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
        return hashing.operands(self.users)

    def _check(self, userid: str, purpose: str, operand: str, password: str) -> bool:
        if operand != HASHED:  # the source could not be rewritten
            return operand == password.upper()
        record = self.passwords.find(userid, purpose)
        return record is not None and record.matches(password)


def _read_passwords(path: Path, cost: Cost | None) -> Passwords:
    try:
        return Passwords(path.with_name(PASSWORDS), cost)
    except PasswordFileError as error:
        raise DirectoryError([Fault(error.path, error.line, error.found, error.expected)]) from error


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
