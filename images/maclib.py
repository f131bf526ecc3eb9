"""MACLIB files of CMS: macro definitions and COPY members, with a directory behind them.

    record 1       `DMSLIB` | number of the first directory record 2 | length of the directory in bytes 4
    record 2...    members one after the other, cards of 80 bytes; each ends with a card that begins X'61FFFF61'
    directory      items of 12 bytes: name 8 | number of the member's first record 2 | zero 2 (TXTLIB: X'0080')

Records have 80 bytes (record format F).  Directory items do not cross records: six on each, 8 bytes unused.  A TXTLIB
(txtlib.py) has the same frame.  GCCLIB MACLIB, of the C compiler for VM/370, has its six members' directory at record
435: ``C4D4E2D3C9C2 01B3 00000048``, and in it ``C3D4E2C3D9C1C240 0002 0000`` for CMSCRAB.

As the command MACLIB does, a macro is called by its prototype statement, and a COPY file by its own name, or by names
on statements `*COPY name` that divide it.

Who uses it: `vm370 lib`, the assembler's macro libraries.

    ImageError (errors.py)
      MaclibError     a file is not as above: file, record, offset, found, expected
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from construct import Bytes, Const, Default, Int16ub, Int32ub, Struct

from vm370.images.cards import CARD_LENGTH
from vm370.images.ebcdic import EbcdicText, from_ebcdic, to_ebcdic
from vm370.images.errors import ImageError

MARK = to_ebcdic("DMSLIB")
END_OF_MEMBER = bytes.fromhex("61ffff61")
ITEM_LENGTH = 12
ITEMS_IN_RECORD = CARD_LENGTH // ITEM_LENGTH
FIRST_RECORD = 2
MOST_RECORDS = 0xFFFF
MEMBER_END = "a card X'61FFFF61' at the end of the member"
STATEMENT = 71
"""Columns of a card that belong to a statement."""

HEADER = Struct("mark" / Const(MARK), "directory" / Int16ub, "length" / Int32ub)
ITEM = Struct("name" / EbcdicText(8), "record" / Int16ub, "rest" / Default(Bytes(2), b"\0\0"))


class MaclibError(ImageError):
    """A library is not as it should be."""

    def __init__(self, name: str, record: int, offset: int, found: object, expected: object) -> None:
        super().__init__(f"{name}: record {record}, offset {offset}: found {found}, expected {expected}")


@dataclass(frozen=True, slots=True)
class MaclibMember:
    """A member: its cards, without the one that ends it."""

    name: str
    cards: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Maclib:
    """The members, in the order of the directory."""

    members: tuple[MaclibMember, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a directory with what it points to."""

    name: str
    record: int
    rest: bytes
    cards: tuple[bytes, ...]


def is_library(data: bytes) -> bool:
    """The bytes begin like a MACLIB or TXTLIB."""
    return data.startswith(MARK)


def parse_items(data: bytes, name: str) -> list[Item]:
    """The directory of a MACLIB or TXTLIB, with the cards of each member."""
    if not data or len(data) % CARD_LENGTH:
        raise MaclibError(name, 1, 0, f"{len(data)} bytes", "records of 80 bytes")
    if not is_library(data):
        raise MaclibError(name, 1, 0, f"X'{data[:6].hex().upper()}'", "`DMSLIB` in EBCDIC")
    records = len(data) // CARD_LENGTH
    header = HEADER.parse(data)
    count = header.length // ITEM_LENGTH
    if not FIRST_RECORD <= header.directory <= records + (count == 0):
        raise MaclibError(name, 1, 6, f"directory at record {header.directory}", f"one of 2 to {records}")
    if header.length % ITEM_LENGTH or count > (records - header.directory + 1) * ITEMS_IN_RECORD:
        raise MaclibError(name, 1, 8, f"a directory of {header.length} bytes", "whole items of 12 bytes in this file")
    members = _members(data, header.directory)
    items = []
    for number in range(count):
        record = header.directory + number // ITEMS_IN_RECORD
        offset = number % ITEMS_IN_RECORD * ITEM_LENGTH
        place = (record - 1) * CARD_LENGTH + offset
        item = ITEM.parse(data[place : place + ITEM_LENGTH])
        if not FIRST_RECORD <= item.record < header.directory:
            expected = f"a record of 2 to {header.directory - 1}"
            raise MaclibError(name, record, offset + 8, f"member {item.name} at record {item.record}", expected)
        if item.record not in members:
            if item.record > max(members, default=0):
                raise MaclibError(name, header.directory, 0, "the directory", MEMBER_END)
            expected = "a card X'61FFFF61' before it"
            raise MaclibError(name, record, offset + 8, f"member {item.name} at record {item.record}", expected)
        items.append(Item(item.name, item.record, item.rest, members[item.record]))
    return items


def _members(data: bytes, directory: int) -> dict[int, tuple[bytes, ...]]:
    """The members before the directory, by their first records."""
    members: dict[int, tuple[bytes, ...]] = {}
    start = FIRST_RECORD
    for number in range(FIRST_RECORD, directory):
        if data[(number - 1) * CARD_LENGTH :][:4] == END_OF_MEMBER:
            members[start] = tuple(
                data[place : place + CARD_LENGTH]
                for place in range((start - 1) * CARD_LENGTH, (number - 1) * CARD_LENGTH, CARD_LENGTH)
            )
            start = number + 1
    return members


def parse_maclib(data: bytes, name: str = "maclib") -> Maclib:
    """The members of a MACLIB file."""
    return Maclib(tuple(MaclibMember(item.name, item.cards) for item in parse_items(data, name)))


def build_maclib(maclib: Maclib) -> bytes:
    """The file; its directory is in the order of the members."""
    records: list[bytes] = []
    items = []
    for member in maclib.members:
        items.append(ITEM.build({"name": member.name, "record": record_number(len(records))}))
        records += [*member.cards, END_OF_MEMBER.ljust(CARD_LENGTH, b"\x40")]
    header = HEADER.build({"directory": record_number(len(records)), "length": len(items) * ITEM_LENGTH})
    for place in range(0, len(items), ITEMS_IN_RECORD):
        records.append(b"".join(items[place : place + ITEMS_IN_RECORD]).ljust(CARD_LENGTH, b"\0"))
    return b"".join([header.ljust(CARD_LENGTH, b"\x40"), *records])


def record_number(before: int) -> int:
    """The number of the record behind ``before`` records of members."""
    if before + FIRST_RECORD > MOST_RECORDS:
        raise ImageError(f"library: found {before} records of members, expected at most {MOST_RECORDS - FIRST_RECORD}")
    return before + FIRST_RECORD


def macros_of(cards: Sequence[bytes], name: str) -> list[MaclibMember]:
    """The macro definitions of a file, each called by its prototype statement, with the comments before it."""
    members: list[MaclibMember] = []
    current: list[bytes] = []
    depth = 0
    called = ""
    for number, card in enumerate(cards, 1):
        words = _words(card)
        operation = words[0] if words else ""
        if depth == 1 and not called and words:
            called = _prototype(card, name, number)
        if operation == "MACRO":
            depth += 1
        current.append(card)
        if operation == "MEND" and depth:
            depth -= 1
            if not depth:
                members.append(MaclibMember(called, tuple(current)))
                current, called = [], ""
    if depth or not members:
        found = "the end of the file in a macro definition" if depth else "no macro definition"
        raise ImageError(f"{name}:{len(cards)}: {found}, expected MACRO, a prototype statement ... MEND")
    return [*members[:-1], MaclibMember(members[-1].name, (*members[-1].cards, *current))]


def _words(card: bytes) -> list[str]:
    """Operation and operands of a statement; of a comment nothing."""
    text = from_ebcdic(card[:STATEMENT])
    if text.startswith(("*", ".*")):
        return []
    words = text.split()
    return words if text.startswith(" ") else words[1:]


def _prototype(card: bytes, name: str, number: int) -> str:
    called = _words(card)[0]
    if len(called) > 8 or not called.isascii():
        raise ImageError(f"{name}:{number}: found macro name {called!r}, expected at most 8 characters")
    return called


def copies_of(cards: Iterable[bytes], filename: str) -> list[MaclibMember]:
    """The COPY members of a file: itself, or what stands behind each `*COPY name`."""
    members: list[tuple[str, list[bytes]]] = []
    for number, card in enumerate(cards, 1):
        words = from_ebcdic(card[:STATEMENT]).split()
        if words[:1] == ["*COPY"]:
            if len(words) < 2 or len(words[1]) > 8:
                raise ImageError(f"{filename}:{number}: found {' '.join(words)!r}, expected *COPY and a member name")
            members.append((words[1], []))
            continue
        if not members:
            members.append((filename, []))
        members[-1][1].append(card)
    return [MaclibMember(name, tuple(inside)) for name, inside in members]
