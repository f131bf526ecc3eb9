"""The source of the CP directory: USER DIRECT records to UserEntry objects, and back where a password is hashed.

A record has 80 columns; operands stand in columns 1 to 71, separated by blanks; a record that is empty there or starts
with ``*`` is a comment; nothing is continued.  Capitals are the shortest form, operands are positional:

    DIRectory cuu devtype volser
    User      userid password [storage [max [classes [priority [le [ld [cd [es]]]]]]]]
    ACcount   number [distribution]
    OPtion    [Realtimer] [Ecmode] [Isam] [Virt=real] [Acct] [Svcoff] [BMX] [CPUID bbbbbb] [AFFinity nn] [LNKNOPAS] ...
    Ipl       cuu | sysname [PARM text]
    Console   cuu devtype [class [userid]]
    Mdisk     cuu devtype {start size volser | T-DISK size} [mode[V] [readpw [writepw [multpw]]]]
    Spool     cuu {2540 Reader|Punch | devtype} [class]
    DEDicate  [NETWORK] cuu {rdev | [VOLID] volser} [R/O]
    Link      userid vdev1 [vdev2 [mode]]
    SPEcial   cuu devtype [IBM|TELE]

Order: DIRECTORY, then each user: USER, then ACCOUNT, OPTION and IPL before the first device statement.  Every fault
is collected; the caller gets all of them in one DirectoryError.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from vm370.cp.commands.context import abbreviates
from vm370.cp.directory.entries import (
    ALL,
    NOLOG,
    PASSWORD_NAMES,
    ConsoleStatement,
    DedicateStatement,
    DeviceStatement,
    DirectoryError,
    Fault,
    IplStatement,
    LinkStatement,
    MdiskStatement,
    Options,
    SpecialStatement,
    SpoolStatement,
    UserEntry,
)
from vm370.cp.settings import LineEditing
from vm370.images.ebcdic import from_ebcdic
from vm370.images.geometry import ALIASES, CKD_DEVICES, FBA_DEVICES

LAST_COLUMN = 71
HIGHEST_BC_ADDRESS = 0x5FF
"""The last device address without OPTION ECMODE (six channels)."""
LARGEST_STORAGE = 16 << 20

CONSOLE_TYPES = frozenset({"1052", "2150", "3066", "3138", "3148", "3158", "3210", "3215", "3270"})
SPOOL_TYPES = frozenset({"1403", "1443", "2501", "3203", "3211", "3505", "3525", "3800"})
SPECIAL_TYPES = frozenset({"2701", "2702", "2703", "3138", "3148", "3158", "3270", "3704", "3705", "CTCA", "TIMER"})
LINK_MODES = frozenset({"R", "RR", "W", "WR", "M", "MR", "MW"})
FBA_TYPE = "FB-512"

CYLINDERS: dict[str, int] = {}
"""CKD device types of MDISK and DEFINE, with the cylinders of the largest model, alternate ones included."""
for _name, _device in [*CKD_DEVICES.items(), *((alias, CKD_DEVICES.get(name)) for alias, name in ALIASES.items())]:
    if _device is not None:
        CYLINDERS[_name[:4]] = max(CYLINDERS.get(_name[:4], 0), _device.cylinders + _device.alternates)
FBA_BLOCKS = max(device.sectors for device in FBA_DEVICES.values())


def is_userid(word: str) -> bool:
    """One to eight letters, digits, @ # $ and a few signs that decks use."""
    return re.fullmatch(r"[A-Z0-9@#$_.+-]{1,8}", word) is not None


def read(path: Path) -> str:
    """The text of the source."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DirectoryError([Fault(path, 0, str(error.strerror), "a readable CP directory")]) from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"X'{data[error.start]:02X}'"
        raise DirectoryError([Fault(path, line, found, "UTF-8 text")]) from error


def parse(text: str, path: Path) -> dict[str, UserEntry]:
    """The users in the source text, by user ID; ``path`` is for the messages."""
    parser = _Parser(path)
    for number, record in enumerate(text.split("\n"), 1):
        parser.record(number, record)
    parser.end()
    if parser.faults:
        raise DirectoryError(parser.faults)
    return parser.users


class _Bad(Exception):
    """A statement is wrong: found, expected."""

    def __init__(self, found: str | None, expected: str) -> None:
        super().__init__(found, expected)
        self.found = "nothing" if found is None else found
        self.expected = expected


class _Words:
    """The operands of one record."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._next = 0

    def optional(self) -> str | None:
        """The next operand in upper case, or None."""
        word = self.as_typed()
        return None if word is None else word.upper()

    def as_typed(self) -> str | None:
        """The next operand as it stands."""
        if self._next == len(self._words):
            return None
        self._next += 1
        return self._words[self._next - 1]

    def needed(self, expected: str) -> str:
        """The next operand, which may not be missing."""
        word = self.optional()
        if word is None:
            raise _Bad(None, expected)
        return word

    def peek(self) -> str:
        """The next operand without taking it."""
        return self._words[self._next].upper() if self._next < len(self._words) else ""

    def rest(self) -> str:
        """All that is left."""
        rest, self._next = " ".join(self._words[self._next :]), len(self._words)
        return rest

    def end(self) -> None:
        """Nothing may be left."""
        if self._next < len(self._words):
            raise _Bad(self._words[self._next], "no further operand")

    def vaddr(self) -> int:
        """A virtual device address."""
        return _address(self.needed("a device address"))

    def choice(self, words: frozenset[str], what: str) -> str:
        """One of a few words."""
        word = self.needed(what)
        if word not in words:
            raise _Bad(word, f"{what}: {' '.join(sorted(words))}")
        return word

    def number(self, what: str, low: int, high: int) -> int:
        """A decimal number."""
        return _number(self.needed(what), what, low, high)

    def spool_class(self, default: str, star: bool = False) -> str:
        """An optional spool class."""
        word = self.optional()
        if word is None:
            return default
        if re.fullmatch(r"[A-Z0-9]", word) or (star and word == "*"):
            return word
        raise _Bad(word, "a spool class, one letter or digit" + (", or *" if star else ""))


@dataclass(slots=True)
class _User:
    """The user whose statements are being read."""

    entry: UserEntry
    devices: list[DeviceStatement] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)


class _Parser:
    """Reads records one by one; faults are collected."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults: list[Fault] = []
        self.users: dict[str, UserEntry] = {}
        self.directory_seen = False
        self.user: _User | None = None
        self.line = 0
        self.number_of_statements = 0

    def record(self, number: int, record: str) -> None:
        """One record of the source."""
        words = record[:LAST_COLUMN].split()
        if not words or words[0].startswith("*"):
            return
        self.line = number
        verb = words[0].upper()
        statement = next((name for name in _STATEMENTS if abbreviates(verb, name)), None)
        self.number_of_statements += 1
        try:
            if statement is None:
                raise _Bad(words[0], f"a statement: {' '.join(name.upper() for name in _STATEMENTS)}")
            operands = _Words(words[1:])
            _STATEMENTS[statement](self, operands)
            operands.end()
        except _Bad as bad:
            self._fault(bad.found, bad.expected)

    def end(self) -> None:
        """All records were read."""
        self._finish_user()
        if not self.number_of_statements:
            self.line = 0
            self._fault("no statement", "DIRECTORY cuu devtype volser")

    def _fault(self, found: str, expected: str) -> None:
        self.faults.append(Fault(self.path, self.line, found, expected))

    def _finish_user(self) -> None:
        if self.user is not None:
            entry = replace(self.user.entry, statements=tuple(self.user.devices))
            self.users[entry.userid] = entry
            self.user = None

    # --- statements ---

    def directory(self, words: _Words) -> None:
        """DIRECTORY."""
        if self.directory_seen or self.number_of_statements > 1:
            raise _Bad("DIRECTORY", "it once, as the first statement")
        self.directory_seen = True
        words.vaddr()
        words.choice(frozenset([*CYLINDERS, FBA_TYPE]), "a disk device type")
        _volser(words.needed("a volume serial"))

    def begin_user(self, words: _Words) -> None:
        """USER."""
        if self.number_of_statements == 1:
            self.directory_seen = True
            self._fault("USER", "DIRECTORY as the first statement")
        self._finish_user()
        userid = words.needed("a user ID")
        entry = UserEntry(line=self.line, userid=userid, password=NOLOG, account=userid[:8], distribution=userid[:8])
        self.user = _User(entry)
        if not is_userid(userid) or userid in ("SYSTEM", "ALL"):
            raise _Bad(userid, "a user ID of 1 to 8 letters, digits, @ # $, not SYSTEM and not ALL")
        if userid in self.users:
            raise _Bad(userid, f"a user ID that is not defined yet (line {self.users[userid].line})")
        entry = replace(entry, password=_password(words.needed("a password or NOLOG")))
        if entry.password == ALL:
            raise _Bad(ALL, "a password or NOLOG")
        self.user.entry = entry
        self.user.entry = replace(entry, **_user_operands(words))

    def account(self, words: _Words) -> None:
        """ACCOUNT."""
        user = self._before_devices("ACCOUNT", once=True)
        number = words.needed("an account number")
        distribution = words.optional() or user.entry.userid
        for word in (number, distribution):
            if len(word) > 8:
                raise _Bad(word, "up to 8 characters")
        user.entry = replace(user.entry, account=number, distribution=distribution)

    def option(self, words: _Words) -> None:
        """OPTION; may be repeated."""
        user = self._before_devices("OPTION")
        options = user.entry.options
        word = words.needed("an option")
        while True:
            options = _option(options, word, words)
            following = words.optional()
            if following is None:
                break
            word = following
        user.entry = replace(user.entry, options=options)

    def ipl(self, words: _Words) -> None:
        """IPL."""
        user = self._before_devices("IPL", once=True)
        system = words.needed("a device address or the name of a system")
        if len(system) > 8:
            raise _Bad(system, "a name of up to 8 characters")
        parm = ""
        if words.peek() == "PARM":
            words.optional()
            parm = words.rest()
            if not parm or len(parm) > 64:
                raise _Bad(parm or None, "1 to 64 characters after PARM")
        user.entry = replace(user.entry, ipl=IplStatement(self.line, system, parm))

    def console(self, words: _Words) -> None:
        """CONSOLE."""
        user = self._a_user("CONSOLE")
        if "CONSOLE" in user.seen:
            raise _Bad("a second CONSOLE", "one for each user")
        user.seen.add("CONSOLE")
        vaddr = words.vaddr()
        device_type = words.choice(CONSOLE_TYPES, "a console type")
        spool_class = words.spool_class("T")
        secondary = words.optional() or ""
        if secondary and not is_userid(secondary):
            raise _Bad(secondary, "the user ID of the secondary user")
        self._device(ConsoleStatement(self.line, vaddr, device_type, spool_class, secondary))

    def mdisk(self, words: _Words) -> None:
        """MDISK."""
        self._a_user("MDISK")
        vaddr = words.vaddr()
        device_type = words.choice(frozenset([*CYLINDERS, FBA_TYPE]), "a disk device type")
        half = (words.optional() or "") if device_type == "2311" and words.peek() in ("TOP", "BOTTOM") else ""
        blocks = device_type == FBA_TYPE
        limit = FBA_BLOCKS if blocks else CYLINDERS[device_type]
        unit = "blocks" if blocks else "cylinders"
        if words.peek() == "T-DISK":
            words.optional()
            start, size, volser = 0, words.number(f"a number of {unit}", 1, limit), ""
        else:
            start = words.number(f"the first of the {unit}", 0, limit - 1)
            size = words.number(f"a number of {unit}", 1, limit)
            if start + size > limit:
                raise _Bad(
                    f"{unit} {start} to {start + size - 1}", f"an extent within the {limit} {unit} of a {device_type}"
                )
            volser = _volser(words.needed("a volume serial"))
        mode = words.optional() or "W"
        reserve = mode.endswith("V") and mode[:-1] in LINK_MODES
        if reserve:
            mode = mode[:-1]
        if mode not in LINK_MODES:
            raise _Bad(mode, f"an access mode: {' '.join(sorted(LINK_MODES))}, perhaps followed by V")
        passwords: list[str] = []
        while len(passwords) < len(PASSWORD_NAMES) and (word := words.optional()) is not None:
            passwords.append(_password(word))
        self._device(
            MdiskStatement(self.line, vaddr, device_type, start, size, volser, mode, reserve, tuple(passwords), half)
        )

    def spool(self, words: _Words) -> None:
        """SPOOL."""
        self._a_user("SPOOL")
        vaddr = words.vaddr()
        device_type = words.choice(SPOOL_TYPES | {"2540", "2540R", "2540P"}, "a unit record device type")
        if device_type == "2540":
            which = words.needed("READER or PUNCH")
            half = next((name for name in ("Reader", "Punch") if abbreviates(which, name)), None)
            if half is None:
                raise _Bad(which, "READER or PUNCH")
            device_type += half[0]
        reader = device_type in ("2540R", "2501", "3505")
        self._device(SpoolStatement(self.line, vaddr, device_type, words.spool_class("A", star=reader)))

    def dedicate(self, words: _Words) -> None:
        """DEDICATE."""
        self._a_user("DEDICATE")
        network = words.peek() == "NETWORK"
        if network:
            words.optional()
        vaddr = words.vaddr()
        by_volume = words.peek() == "VOLID"
        if by_volume:
            words.optional()
        real = words.needed("a real device address or a volume serial")
        if not by_volume and not re.fullmatch(r"[0-9A-F]{1,3}", real):
            by_volume = True
        if by_volume:
            _volser(real)
        read_only = words.peek() == "R/O"
        if read_only:
            words.optional()
        self._device(DedicateStatement(self.line, vaddr, real, by_volume, read_only, network))

    def link(self, words: _Words) -> None:
        """LINK."""
        self._a_user("LINK")
        owner = words.needed("the user ID of the owner")
        if not is_userid(owner):
            raise _Bad(owner, "the user ID of the owner")
        owner_vaddr = words.vaddr()
        second = words.optional()
        vaddr = owner_vaddr if second is None else _address(second)
        mode = words.optional() or "R"
        if mode not in LINK_MODES:
            raise _Bad(mode, f"an access mode: {' '.join(sorted(LINK_MODES))}")
        self._device(LinkStatement(self.line, owner, owner_vaddr, vaddr, mode))

    def special(self, words: _Words) -> None:
        """SPECIAL."""
        self._a_user("SPECIAL")
        vaddr = words.vaddr()
        device_type = words.choice(SPECIAL_TYPES, "a device type without a real device")
        feature = ""
        if device_type in ("2701", "2702", "2703"):
            feature = words.optional() or "IBM"
            if feature not in ("IBM", "IBM1", "TELE", "TELE2"):
                raise _Bad(feature, "IBM or TELE")
        self._device(SpecialStatement(self.line, vaddr, device_type, feature))

    # --- order ---

    def _a_user(self, statement: str) -> _User:
        if self.user is None:
            raise _Bad(statement, "a USER statement before it")
        return self.user

    def _before_devices(self, statement: str, once: bool = False) -> _User:
        user = self._a_user(statement)
        if user.devices:
            raise _Bad(statement, f"it before the device statements (line {user.devices[0].line})")
        if once and statement in user.seen:
            raise _Bad(f"a second {statement}", "one for each user")
        user.seen.add(statement)
        return user

    def _device(self, statement: DeviceStatement) -> None:
        assert self.user is not None
        vaddr = statement.vaddr
        other = next((device for device in self.user.devices if device.vaddr == vaddr), None)
        if other is not None:
            raise _Bad(f"device address {vaddr:03X}", f"one that is not defined yet (line {other.line})")
        self.user.devices.append(statement)
        if vaddr > HIGHEST_BC_ADDRESS and not self.user.entry.options.ecmode:
            raise _Bad(f"device address {vaddr:03X}", f"000 to {HIGHEST_BC_ADDRESS:03X} without OPTION ECMODE")


_STATEMENTS: dict[str, Callable[[_Parser, _Words], None]] = {
    "DIRectory": _Parser.directory,
    "User": _Parser.begin_user,
    "ACcount": _Parser.account,
    "OPtion": _Parser.option,
    "Ipl": _Parser.ipl,
    "Console": _Parser.console,
    "Mdisk": _Parser.mdisk,
    "Spool": _Parser.spool,
    "DEDicate": _Parser.dedicate,
    "Link": _Parser.link,
    "SPEcial": _Parser.special,
}

_FLAGS = {
    "Realtimer": "realtimer",
    "Ecmode": "ecmode",
    "Isam": "isam",
    "Virt=real": "virt_real",
    "Acct": "acct",
    "Svcoff": "svcoff",
    "BMX": "bmx",
    "LNKNOPAS": "lnknopas",
}
_WITHOUT_EFFECT = ("VMsave", "STFirst", "MIH", "370E", "CONCEAL", "MAXCONN")


def _option(options: Options, word: str, words: _Words) -> Options:
    """One keyword of OPTION, with its value."""
    for name, attribute in _FLAGS.items():
        if abbreviates(word, name):
            changed: dict[str, Any] = {attribute: True}
            return replace(options, **changed)
    if word == "CPUID":
        serial = words.needed("six hexadecimal digits after CPUID")
        if not re.fullmatch(r"[0-9A-F]{1,6}", serial):
            raise _Bad(serial, "six hexadecimal digits after CPUID")
        return replace(options, cpuid=int(serial, 16))
    if abbreviates(word, "AFFinity"):
        return replace(options, affinity=words.number("a processor address after AFFINITY", 0, 63))
    for name in _WITHOUT_EFFECT:
        if abbreviates(word, name):
            if name == "MAXCONN":
                words.number("a number after MAXCONN", 1, 65535)
            return replace(options, others=(*options.others, name.upper()))
    known = [*_FLAGS, "CPUID", "AFFinity", *_WITHOUT_EFFECT]
    raise _Bad(word, f"an option: {' '.join(name.upper() for name in known)}")


def _user_operands(words: _Words) -> dict[str, Any]:
    """USER's operands behind the password."""
    found: dict[str, Any] = {}
    storage = words.optional()
    if storage is None:
        return found
    size = storage_size(storage)
    if size is None:
        raise _Bad(storage, "a storage size, 8K to 16384K or 1M to 16M")
    found["storage_size"] = found["max_storage_size"] = size
    maximum = words.optional()
    if maximum is None:
        return found
    largest = storage_size(maximum)
    if largest is None or largest < size:
        raise _Bad(maximum, f"a maximum storage size, {storage} to 16M")
    found["max_storage_size"] = largest
    classes = words.optional()
    if classes is None:
        return found
    if not re.fullmatch(r"[A-H]{1,8}", classes) or len(set(classes)) < len(classes):
        raise _Bad(classes, "privilege classes, up to 8 different letters A to H")
    found["classes"] = "".join(sorted(classes))
    if not words.peek():
        return found
    found["priority"] = words.number("a priority", 0, 99)
    editing = LineEditing()
    for attribute in ("line_end", "line_delete", "character_delete", "escape"):
        word = words.as_typed()
        if word is not None and word.upper() != "ON":
            setattr(editing, attribute, _editing_symbol(word))
    found["editing"] = editing
    return found


def _editing_symbol(word: str) -> str | None:
    if word.upper() == "OFF":
        return None
    if len(word) == 1:
        return word
    if re.fullmatch(r"[0-9A-Fa-f]{2}", word):
        return from_ebcdic(bytes.fromhex(word))
    raise _Bad(word, "an editing symbol: a character, two hexadecimal digits, ON or OFF")


def storage_size(word: str) -> int | None:
    """``nnnnnK`` or ``nnM`` as bytes, rounded up to 4K; None when it is no size between 8K and 16M."""
    match = re.fullmatch(r"([0-9]{1,5})([KM])", word)
    if match is None:
        return None
    size = int(match[1]) << (10 if match[2] == "K" else 20)
    size = -(-size // 4096) * 4096
    return size if 8192 <= size <= LARGEST_STORAGE else None


def _password(word: str) -> str:
    if len(word) > 8:
        raise _Bad(f"a password of {len(word)} characters", "1 to 8 characters")
    return word


def _volser(word: str) -> str:
    if not re.fullmatch(r"[A-Z0-9@#$_-]{1,6}", word):
        raise _Bad(word, "a volume serial of 1 to 6 letters, digits, @ # $ - _")
    return word


def _address(word: str) -> int:
    if not re.fullmatch(r"[0-9A-F]{1,3}", word):
        raise _Bad(word, "a device address of up to 3 hexadecimal digits")
    return int(word, 16)


def _number(word: str, what: str, low: int, high: int) -> int:
    if not re.fullmatch(r"[0-9]{1,8}", word) or not low <= int(word) <= high:
        raise _Bad(word, f"{what}, {low} to {high}")
    return int(word)
