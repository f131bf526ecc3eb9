"""Hashed passwords: the file ``passwords`` beside the CP directory, and the counting of wrong ones.

The directory source keeps USER DIRECT syntax, in which a password has eight columns; a hash does not fit there.  So a
password operand of the directory is one of

    NOLOG       nobody logs on with this user ID
    ALL         (minidisks only) no password is asked for
    *           the hash is in ``passwords``
    anything    a plain password, as an administrator typed it; loading the directory hashes it and writes ``*``

``passwords`` is a text file of mode 0600, one line for each password; ``purpose`` is LOGON, or a minidisk's device
address and READ, WRITE or MULT:

    user ID   purpose    n      r p salt (base64)            hash (base64)           mark
    CMSUSER   LOGON      16384  8 1 c2FsdHNhbHRzYWx0c2FsdA== W1zm...                 DEFAULT
    CMSUSER   191.READ   16384  8 1 ...                      ...

DEFAULT marks a password that is the user ID itself, so that the warning at each start costs no hashing.  Letters are
folded to upper case before hashing, as VM/370's terminals do.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import tempfile
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

LOGON = "LOGON"
LONGEST_PASSWORD = 64
SALT_LENGTH = 16
HASH_LENGTH = 32

FIRST_DELAY = 1.0
"""Seconds after the first wrong password; each further one doubles it."""
LONGEST_DELAY = 30.0


@dataclass(frozen=True, slots=True)
class Cost:
    """scrypt's parameters; the default makes one check cost about 50 ms and 16 MiB."""

    n: int = 1 << 14
    r: int = 8
    p: int = 1

    def valid(self) -> bool:
        """Within what CP is ready to spend on one check (a damaged file must not ask for gigabytes)."""
        power_of_two = self.n >= 2 and self.n & (self.n - 1) == 0
        return power_of_two and 1 <= self.r <= 16 and 1 <= self.p <= 16 and self.n * self.r <= 1 << 21


DEFAULT_COST = Cost()


class PasswordFileError(Exception):
    """``passwords`` cannot be read."""

    def __init__(self, path: Path, line: int, found: str, expected: str) -> None:
        super().__init__(f"{path}: line {line}: found {found}, expected {expected}")
        self.path, self.line, self.found, self.expected = path, line, found, expected


@dataclass(frozen=True, slots=True)
class HashedPassword:
    """One password."""

    cost: Cost
    salt: bytes
    digest: bytes
    is_userid: bool = False
    """The password is the user ID: the default, to be changed."""

    @classmethod
    def of(cls, password: str, userid: str, cost: Cost) -> HashedPassword:
        """Hash a new password."""
        salt = os.urandom(SALT_LENGTH)
        return cls(cost, salt, _digest(password, salt, cost), password.upper() == userid.upper())

    def matches(self, password: str) -> bool:
        """Whether ``password`` is the right one."""
        return hmac.compare_digest(_digest(password, self.salt, self.cost), self.digest)


class Passwords:
    """The file ``passwords``: hashed passwords by user ID and purpose."""

    def __init__(self, path: Path, cost: Cost | None = None) -> None:
        self.path = path
        self.cost = cost or DEFAULT_COST
        """For passwords that are set from now on; a stored one keeps its own."""
        self._records: dict[tuple[str, str], HashedPassword] = {}
        if path.exists():
            self._load()

    def find(self, userid: str, purpose: str = LOGON) -> HashedPassword | None:
        """The stored password."""
        return self._records.get((userid, purpose))

    def set(self, *new: tuple[str, str, str]) -> None:
        """Replace passwords (user ID, purpose, password) in memory; ``save`` makes them last."""
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:  # scrypt runs without the GIL
            hashed = pool.map(lambda item: HashedPassword.of(item[2], item[0], self.cost), new)
        self._records |= {(userid, purpose): record for (userid, purpose, _), record in zip(new, hashed, strict=True)}

    def keep(self, keys: Collection[tuple[str, str]]) -> None:
        """Forget the passwords of everybody else, in memory."""
        self._records = {key: record for key, record in self._records.items() if key in keys}

    @property
    def text(self) -> str:
        """The content of the file."""
        lines = ["* Passwords of the CP directory (scrypt). Change one with: vm370 passwd USER"]
        for (userid, purpose), record in sorted(self._records.items()):
            cost = record.cost
            fields = [
                f"{userid:<8}",
                f"{purpose:<9}",
                *map(str, (cost.n, cost.r, cost.p)),
                base64.b64encode(record.salt).decode(),
                base64.b64encode(record.digest).decode(),
                *(["DEFAULT"] if record.is_userid else []),
            ]
            lines.append(" ".join(fields))
        return "\n".join(lines) + "\n"

    def save(self) -> None:
        """Write the file whole, readable by its owner only."""
        replace_file(self.path, self.text, mode=0o600)

    def _load(self) -> None:
        try:
            text = self.path.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise PasswordFileError(self.path, 0, str(error), "a readable text file") from error
        for number, line in enumerate(text.splitlines(), 1):
            fields = line.split()
            if fields and not fields[0].startswith("*"):
                userid, purpose, record = self._record(number, fields)
                self._records[userid, purpose] = record

    def _record(self, number: int, fields: list[str]) -> tuple[str, str, HashedPassword]:
        def bad(found: str, expected: str) -> PasswordFileError:
            return PasswordFileError(self.path, number, found, expected)

        if len(fields) not in (7, 8) or fields[7:] not in ([], ["DEFAULT"]):
            raise bad(f"{len(fields)} fields", "user ID, purpose, n, r, p, salt, hash and perhaps DEFAULT")
        userid, purpose, n, r, p, salt, digest = fields[:7]
        if not all(field.isdecimal() and len(field) < 9 for field in (n, r, p)):
            raise bad(f"{n} {r} {p}", "three numbers (scrypt n r p)")
        cost = Cost(int(n), int(r), int(p))
        if not cost.valid():
            raise bad(f"scrypt {n} {r} {p}", "n a power of 2, r and p 1-16, n*r <= 2097152")
        try:
            salt_bytes, digest_bytes = (base64.b64decode(field, validate=True) for field in (salt, digest))
        except binascii.Error as error:
            raise bad("a salt or hash with other characters", "base64") from error
        if not salt_bytes or len(digest_bytes) != HASH_LENGTH:
            raise bad(f"a hash of {len(digest_bytes)} bytes", f"{HASH_LENGTH}")
        return userid, purpose, HashedPassword(cost, salt_bytes, digest_bytes, len(fields) == 8)


class WrongPasswords:
    """Counts wrong passwords of each user ID: how long has the next attempt to wait?  Times are monotonic seconds."""

    def __init__(self) -> None:
        self._failures: dict[str, tuple[int, float]] = {}

    def wrong(self, userid: str, now: float) -> float:
        """One more; the time before which no further password is looked at."""
        count = self._failures.get(userid, (0, 0.0))[0] + 1
        until = now + min(FIRST_DELAY * (1 << min(count - 1, 16)), LONGEST_DELAY)
        self._failures[userid] = (count, until)
        return until

    def right(self, userid: str) -> None:
        """The right one was given: everything is forgotten."""
        self._failures.pop(userid, None)

    def wait(self, userid: str, now: float) -> float:
        """Seconds until a password of ``userid`` is looked at."""
        return max(0.0, self._failures.get(userid, (0, now))[1] - now)


def acceptable(password: str) -> str | None:
    """Why a new password cannot be used, or None."""
    if not 1 <= len(password) <= LONGEST_PASSWORD:
        return f"found {len(password)} characters, expected 1 to {LONGEST_PASSWORD}"
    if not password.isprintable() or " " in password:
        return "found a blank or a control character, expected one word"
    if password.upper() in ("*", "NOLOG", "ALL"):
        return f"found {password}, which has a meaning of its own in the directory"
    return None


def replace_file(path: Path, text: str | bytes, mode: int) -> None:
    """Write a file so that at any moment the old or the new one is there, whole."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text.encode() if isinstance(text, str) else text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _digest(password: str, salt: bytes, cost: Cost) -> bytes:
    memory = 128 * cost.r * (cost.n + cost.p + 2)
    return hashlib.scrypt(
        password.upper().encode("utf-8", "surrogatepass"),
        salt=salt,
        n=cost.n,
        r=cost.r,
        p=cost.p,
        maxmem=memory + (1 << 20),
        dklen=HASH_LENGTH,
    )
