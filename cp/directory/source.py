"""The source of the CP directory: USER DIRECT records to UserEntry objects.

A record has 80 columns; operands stand in columns 1 to 71, separated by blanks; a record that is empty there or starts
with ``*`` is a comment; nothing is continued.  Capitals are the shortest form, operands are positional, and what stands
behind the last possible one is ignored:

    DIRectory cuu devtype volser
    User      userid password [storage [max [classes [priority [le [ld [cd [es]]]]]]]]
    ACcount   number [distribution]
    OPtion    [Realtimer] [Ecmode] [Isam] [Virt=real] [Acct] [Svcoff] [BMX] [CPUID bbbbbb] [AFFinity nn] [LNKNOPAS] ...
    LIMIT     [SPOOL n] [RECORDS n] [TDISK n] [CPU n] [MESSAGES n] [CONNECTIONS n]
    Ipl       cuu | sysname [CLEAR] [PARM text]
    Console   cuu devtype [class [userid]]
    Mdisk     cuu devtype {start size volser | T-DISK size} [mode[V] [readpw [writepw [multpw]]]]
    Spool     cuu {2540 Reader|Punch | devtype} [class]
    DEDicate  [NETWORK] cuu {rdev | [VOLID] volser} [R/O]
    Link      userid vdev1 [vdev2 [mode]]
    SPEcial   cuu devtype [IBM|TELE]

and the statements of host_statements.py.  Order: DIRECTORY, then each user: USER, then ACCOUNT, OPTION, LIMIT, IPL,
SCRIPT and FOLDER before the first device statement.  Every fault is collected, up to MOST_FAULTS; the caller gets all
of them in one DirectoryError.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from vm370.cp.commands.context import abbreviates
from vm370.cp.directory import host_statements, options, statements
from vm370.cp.directory.entries import ALL, NOLOG, DeviceStatement, DirectoryError, Fault, UserEntry
from vm370.cp.directory.statements import CYLINDERS, FBA_BLOCKS, FBA_TYPE
from vm370.cp.directory.words import LARGEST_STORAGE, Bad, Words, is_userid, password_of, storage_size, volser_of

__all__ = ["CYLINDERS", "FBA_BLOCKS", "FBA_TYPE", "LARGEST_STORAGE", "is_userid", "parse", "read", "storage_size"]

LAST_COLUMN = 71
HIGHEST_BC_ADDRESS = 0x5FF
"""The last device address without OPTION ECMODE (six channels)."""
LONGEST_SOURCE = 64 << 20
"""Bytes; a longer file is taken for something else."""
MOST_FAULTS = 200


@dataclass(slots=True)
class Source:
    """What the source says."""

    users: dict[str, UserEntry] = field(default_factory=dict)
    volser: str = ""
    """The volume that the DIRECTORY statement names."""


def read(path: Path) -> str:
    """The text of the source."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > LONGEST_SOURCE:
                raise DirectoryError(
                    [Fault(path, 0, "a longer file", f"a CP directory of up to {LONGEST_SOURCE} bytes")]
                )
            data = file.read(LONGEST_SOURCE)
    except OSError as error:
        raise DirectoryError([Fault(path, 0, str(error.strerror), "a readable CP directory")]) from error
    return decode(data, path)


def decode(data: bytes, path: Path) -> str:
    """The text of a source's bytes."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"X'{data[error.start]:02X}'"
        raise DirectoryError([Fault(path, line, found, "UTF-8 text")]) from error


def parse(text: str, path: Path) -> dict[str, UserEntry]:
    """The users in the source text, by user ID; ``path`` is for the messages."""
    return parse_source(text, path).users


def parse_source(text: str, path: Path, *, machine: bool = False) -> Source:
    """Everything in the source text.  ``machine``: one USER entry, without a DIRECTORY statement."""
    parser = _Parser(path, machine)
    for number, record in enumerate(text.split("\n"), 1):
        parser.record(number, record)
        if len(parser.faults) >= MOST_FAULTS:
            break
    parser.end()
    if parser.faults:
        raise DirectoryError(parser.faults)
    return parser.source


@dataclass(slots=True)
class _User:
    """The user whose statements are being read."""

    entry: UserEntry
    devices: dict[int, DeviceStatement] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)


class _Parser:
    """Reads records one by one; faults are collected."""

    def __init__(self, path: Path, machine: bool) -> None:
        self.path = path
        self.machine = machine
        self.faults: list[Fault] = []
        self.source = Source()
        self.directory_seen = machine
        self.user: _User | None = None
        self.line = 0
        self.number_of_statements = 0

    def record(self, number: int, record: str) -> None:
        """One record of the source."""
        words = record[:LAST_COLUMN].split()
        if not words or words[0].startswith("*"):
            return
        self.line = number
        self.number_of_statements += 1
        try:
            verb = words[0].upper()
            if verb in host_statements.NAMES:
                words = host_statements.split(record)
            statement = next((name for name in _STATEMENTS if abbreviates(verb, name)), None)
            if statement is None:
                raise Bad(words[0], f"a statement: {' '.join(name.upper() for name in _STATEMENTS)}")
            operands = Words(words[1:])
            _STATEMENTS[statement](self, operands)
            if verb in host_statements.NAMES:
                operands.end()
        except Bad as bad:
            self._fault(bad.found, bad.expected)

    def end(self) -> None:
        """All records were read."""
        self._finish_user()
        if not self.number_of_statements:
            self.line = 0
            self._fault("no statement", "USER userid password" if self.machine else "DIRECTORY cuu devtype volser")

    def _fault(self, found: str, expected: str) -> None:
        self.faults.append(Fault(self.path, self.line, found, expected))

    def _finish_user(self) -> None:
        if self.user is not None:
            entry = replace(self.user.entry, statements=tuple(self.user.devices.values()))
            self.source.users[entry.userid] = entry
            self.user = None

    # --- statements ---

    def directory(self, words: Words) -> None:
        """DIRECTORY."""
        if self.directory_seen or self.number_of_statements > 1:
            raise Bad("DIRECTORY", "no such statement" if self.machine else "it once, as the first statement")
        self.directory_seen = True
        words.vaddr()
        words.choice(frozenset([*CYLINDERS, FBA_TYPE]), "a disk device type")
        self.source.volser = volser_of(words.needed("a volume serial"))

    def begin_user(self, words: Words) -> None:
        """USER."""
        if self.number_of_statements == 1 and not self.machine:
            self.directory_seen = True
            self._fault("USER", "DIRECTORY as the first statement")
        self._finish_user()
        userid = words.needed("a user ID")
        entry = UserEntry(line=self.line, userid=userid, password=NOLOG, account=userid[:8], distribution=userid[:8])
        if self.machine and self.source.users:
            raise Bad("a second USER", "one machine in this file")
        self.user = _User(entry)
        if not is_userid(userid) or userid in ("SYSTEM", "ALL"):
            raise Bad(userid, "a user ID of 1 to 8 letters, digits, @ # $, not SYSTEM and not ALL")
        if userid in self.source.users:
            raise Bad(userid, f"a user ID that is not defined yet (line {self.source.users[userid].line})")
        entry = replace(entry, password=password_of(words.needed("a password or NOLOG")))
        if entry.password == ALL:
            raise Bad(ALL, "a password or NOLOG")
        self.user.entry = entry
        self.user.entry = replace(entry, **options.user_operands(words))

    def account(self, words: Words) -> None:
        """ACCOUNT."""
        user = self._before_devices("ACCOUNT", once=True)
        number = words.needed("an account number")
        distribution = words.optional() or user.entry.userid
        for word in (number, distribution):
            if len(word) > 8:
                raise Bad(word, "up to 8 characters")
        user.entry = replace(user.entry, account=number, distribution=distribution)

    def option(self, words: Words) -> None:
        """OPTION; may be repeated."""
        user = self._before_devices("OPTION")
        user.entry = replace(user.entry, options=options.options(user.entry.options, words))

    def limit(self, words: Words) -> None:
        """LIMIT; may be repeated."""
        user = self._before_devices("LIMIT")
        user.entry = replace(user.entry, limits=options.limits(user.entry.limits, words))

    def iucv(self, words: Words) -> None:
        """IUCV; may be repeated."""
        user = self._before_devices("IUCV")
        statement = options.iucv(words)
        if any(other.target == statement.target for other in user.entry.iucv):
            raise Bad(f"a second IUCV {statement.target}", "one for each target")
        user.entry = replace(user.entry, iucv=(*user.entry.iucv, statement))

    def ipl(self, words: Words) -> None:
        """IPL."""
        user = self._before_devices("IPL", once=True)
        user.entry = replace(user.entry, ipl=options.ipl(self.line, words))

    def script(self, words: Words) -> None:
        """SCRIPT."""
        user = self._before_devices("SCRIPT", once=True)
        user.entry = replace(user.entry, script=host_statements.script(self.line, words))

    def folder(self, words: Words) -> None:
        """FOLDER."""
        user = self._before_devices("FOLDER", once=True)
        user.entry = replace(user.entry, folder=host_statements.folder(self.line, words))

    def device(self, name: str, words: Words) -> None:
        """A device statement."""
        user = self._a_user(name.upper())
        statement = _DEVICES[name](self.line, words)
        vaddr = statement.vaddr
        other = user.devices.get(vaddr)
        if other is not None:
            raise Bad(f"device address {vaddr:03X}", f"one that is not defined yet (line {other.line})")
        user.devices[vaddr] = statement
        if vaddr > HIGHEST_BC_ADDRESS and not user.entry.options.ecmode:
            raise Bad(f"device address {vaddr:03X}", f"000 to {HIGHEST_BC_ADDRESS:03X} without OPTION ECMODE")

    # --- order ---

    def _a_user(self, statement: str) -> _User:
        if self.user is None:
            raise Bad(statement, "a USER statement before it")
        return self.user

    def _before_devices(self, statement: str, once: bool = False) -> _User:
        user = self._a_user(statement)
        if user.devices:
            first = next(iter(user.devices.values()))
            raise Bad(statement, f"it before the device statements (line {first.line})")
        if once and statement in user.seen:
            raise Bad(f"a second {statement}", "one for each user")
        user.seen.add(statement)
        return user


def _device(name: str) -> Callable[[_Parser, Words], None]:
    return lambda parser, words: parser.device(name, words)


_DEVICES = {**statements.DEVICES, **host_statements.DEVICES}

_STATEMENTS: dict[str, Callable[[_Parser, Words], None]] = {
    "DIRectory": _Parser.directory,
    "User": _Parser.begin_user,
    "ACcount": _Parser.account,
    "OPtion": _Parser.option,
    "LIMIT": _Parser.limit,
    "IUcv": _Parser.iucv,
    "Ipl": _Parser.ipl,
    "SCRIPT": _Parser.script,
    "FOLDER": _Parser.folder,
    **{name: _device(name) for name in _DEVICES},
}
