"""The CP directory: who may log on, and with which virtual machine.

The source is a USER DIRECT deck (directory_source.py has the syntax), in the home's file ``directory``.  CP reads it
when it starts; VM/370's object directory and its DIRECT program do not exist here.  Passwords stand hashed in the file
``passwords`` beside it (passwords.py).

    Directory.load(path)  -->  Directory  -- find(userid) -->  UserEntry
                                                                 |- console mdisks spools dedicates links specials
                                                                 '- device_statements(): all, in the source's order

A statement object is immutable; its ``line`` is the number of its record in the source.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path

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
from vm370.cp.settings import LineEditing

log = logging.getLogger("vm370")

HASHED = "*"
"""A password operand that says: the hash is in ``passwords``."""
NOLOG = "NOLOG"
ALL = "ALL"

REAL_CPU_SERIAL = 0x000370
"""The serial number of the machine CP runs on."""

PASSWORD_NAMES = ("READ", "WRITE", "MULT")
"""The three passwords of a minidisk, in the order of the MDISK statement."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in the directory source."""

    path: Path
    line: int
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.path}: line {self.line}: found {self.found}, expected {self.expected}"


class DirectoryError(Exception):
    """The directory cannot be used; ``faults`` has everything that was found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Options:
    """OPTION statement."""

    realtimer: bool = False
    ecmode: bool = False
    isam: bool = False
    virt_real: bool = False
    acct: bool = False
    svcoff: bool = False
    bmx: bool = False
    cpuid: int | None = None
    """Six hexadecimal digits that replace the serial number in STIDP."""
    affinity: int | None = None
    lnknopas: bool = False
    """LINK asks this user for no passwords."""
    others: tuple[str, ...] = ()
    """Accepted and without effect here: VMSAVE STFIRST MIH 370E CONCEAL MAXCONN."""


@dataclass(frozen=True, slots=True)
class IplStatement:
    """IPL: what is loaded at logon."""

    line: int
    system: str
    """A device address or the name of a saved system."""
    parm: str = ""


@dataclass(frozen=True, slots=True)
class ConsoleStatement:
    """CONSOLE."""

    line: int
    vaddr: int
    device_type: str
    spool_class: str = "T"
    secondary: str = ""


@dataclass(frozen=True, slots=True)
class MdiskStatement:
    """MDISK: an extent of a volume, or temporary space."""

    line: int
    vaddr: int
    device_type: str
    start: int
    """First cylinder (FB-512: first block); 0 for T-DISK."""
    size: int
    """Cylinders (FB-512: blocks)."""
    volser: str
    """Empty for T-DISK."""
    mode: str = "W"
    reserve: bool = False
    """Mode with V: virtual reserve/release."""
    passwords: tuple[str, ...] = ()
    """Operands READ, WRITE, MULT: a plain password, ALL or ``*``; shorter when not given."""
    half: str = ""
    """2311 on half of a 2314: TOP or BOTTOM."""

    @property
    def temporary(self) -> bool:
        """T-DISK."""
        return not self.volser


@dataclass(frozen=True, slots=True)
class SpoolStatement:
    """SPOOL: a virtual unit record device; ``device_type`` is 2540R or 2540P for the two halves of a 2540."""

    line: int
    vaddr: int
    device_type: str
    spool_class: str = "A"


@dataclass(frozen=True, slots=True)
class DedicateStatement:
    """DEDICATE: a real device or a mounted volume."""

    line: int
    vaddr: int
    real: str
    by_volume: bool = False
    read_only: bool = False
    network: bool = False


@dataclass(frozen=True, slots=True)
class LinkStatement:
    """LINK: another user's minidisk."""

    line: int
    userid: str
    owner_vaddr: int
    vaddr: int
    mode: str = "R"


@dataclass(frozen=True, slots=True)
class SpecialStatement:
    """SPECIAL: a virtual device without a real one."""

    line: int
    vaddr: int
    device_type: str
    feature: str = ""


DeviceStatement = (
    ConsoleStatement | MdiskStatement | SpoolStatement | DedicateStatement | LinkStatement | SpecialStatement
)


@dataclass(frozen=True, slots=True)
class UserEntry:
    """One user.  Storage sizes are bytes."""

    line: int
    userid: str
    password: str
    """NOLOG, a plain password or ``*``."""
    storage_size: int = 128 << 10
    max_storage_size: int = 128 << 10
    classes: str = "G"
    priority: int = 64
    editing: LineEditing = field(default_factory=LineEditing)
    account: str = ""
    distribution: str = ""
    options: Options = field(default_factory=Options)
    ipl: IplStatement | None = None
    statements: tuple[DeviceStatement, ...] = ()
    """All device statements in the order of the source."""

    def device_statements(self) -> tuple[DeviceStatement, ...]:
        """What the virtual machine has at logon, in the order in which it is made."""
        return self.statements

    @property
    def cpu_serial(self) -> int:
        """The serial number that STIDP shows."""
        return REAL_CPU_SERIAL if self.options.cpuid is None else self.options.cpuid

    @property
    def nolog(self) -> bool:
        """Nobody can log on with this user ID."""
        return self.password == NOLOG

    @property
    def console(self) -> ConsoleStatement | None:
        """The virtual console, if there is one."""
        return next((device for device in self.statements if isinstance(device, ConsoleStatement)), None)

    @property
    def mdisks(self) -> tuple[MdiskStatement, ...]:
        """MDISK statements."""
        return tuple(device for device in self.statements if isinstance(device, MdiskStatement))

    @property
    def spools(self) -> tuple[SpoolStatement, ...]:
        """SPOOL statements."""
        return tuple(device for device in self.statements if isinstance(device, SpoolStatement))

    @property
    def dedicates(self) -> tuple[DedicateStatement, ...]:
        """DEDICATE statements."""
        return tuple(device for device in self.statements if isinstance(device, DedicateStatement))

    @property
    def links(self) -> tuple[LinkStatement, ...]:
        """LINK statements."""
        return tuple(device for device in self.statements if isinstance(device, LinkStatement))

    @property
    def specials(self) -> tuple[SpecialStatement, ...]:
        """SPECIAL statements."""
        return tuple(device for device in self.statements if isinstance(device, SpecialStatement))

    def mdisk(self, vaddr: int) -> MdiskStatement | None:
        """The minidisk this user owns at ``vaddr``."""
        return next((mdisk for mdisk in self.mdisks if mdisk.vaddr == vaddr), None)


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
        from vm370.cp import directory_hashing, directory_source  # they need this module

        text = directory_source.read(path)
        users = directory_source.parse(text, path)
        try:
            passwords = Passwords(path.with_name("passwords"), cost)
        except PasswordFileError as error:
            raise DirectoryError([Fault(error.path, error.line, error.found, error.expected)]) from error
        directory = cls(path, users, passwords)
        directory_hashing.hash_plain_passwords(directory, text)
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
