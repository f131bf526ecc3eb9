"""MACLIB files of CMS: macro definitions and COPY members, with a directory behind them.

    record 1       `DMSLIB` | number of the first directory record 2 | length of the directory in bytes 4
    record 2...    members one after the other, cards of 80 bytes; each ends with a card that begins X'61FFFF61'
    directory      items of 12 bytes: name 8 | number of the member's first record 2 | 2 (not looked at)

Records have 80 bytes (record format F).  Directory items do not cross records: six on each, 8 bytes unused.

    ImageError (errors.py)
      MaclibError     a file is not as above: file, record, offset, found, expected
"""

from __future__ import annotations

from dataclasses import dataclass

from construct import Bytes, Const, Int16ub, Int32ub, Struct

from vm370.images.cards import CARD_LENGTH
from vm370.images.ebcdic import EbcdicText, to_ebcdic
from vm370.images.errors import ImageError

END_OF_MEMBER = bytes.fromhex("61ffff61")
ITEM_LENGTH = 12
ITEMS_IN_RECORD = CARD_LENGTH // ITEM_LENGTH

HEADER = Struct("mark" / Const(to_ebcdic("DMSLIB")), "directory" / Int16ub, "length" / Int32ub)
ITEM = Struct("name" / EbcdicText(8), "record" / Int16ub, "rest" / Bytes(2))


class MaclibError(ImageError):
    """A MACLIB file is not as it should be."""

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


def parse_maclib(data: bytes, name: str = "maclib") -> Maclib:
    """The members of a MACLIB file."""
    if not data or len(data) % CARD_LENGTH:
        raise MaclibError(name, 1, 0, f"{len(data)} bytes", "records of 80 bytes")
    if data[:6] != to_ebcdic("DMSLIB"):
        raise MaclibError(name, 1, 0, f"X'{data[:6].hex().upper()}'", "`DMSLIB` in EBCDIC")
    records = len(data) // CARD_LENGTH
    header = HEADER.parse(data)
    count = header.length // ITEM_LENGTH
    if not 2 <= header.directory <= records + (count == 0):
        raise MaclibError(name, 1, 6, f"directory at record {header.directory}", f"one of 2 to {records}")
    if header.length % ITEM_LENGTH or count > (records - header.directory + 1) * ITEMS_IN_RECORD:
        raise MaclibError(name, 1, 8, f"a directory of {header.length} bytes", "whole items of 12 bytes in this file")
    members = []
    for number in range(count):
        record = header.directory + number // ITEMS_IN_RECORD
        offset = number % ITEMS_IN_RECORD * ITEM_LENGTH
        place = (record - 1) * CARD_LENGTH + offset
        item = ITEM.parse(data[place : place + ITEM_LENGTH])
        if not 2 <= item.record < header.directory:
            expected = f"a record of 2 to {header.directory - 1}"
            raise MaclibError(name, record, offset + 8, f"member {item.name} at record {item.record}", expected)
        members.append(MaclibMember(item.name, _cards(data, item.record, header.directory, name)))
    return Maclib(tuple(members))


def _cards(data: bytes, record: int, end: int, name: str) -> tuple[bytes, ...]:
    cards: list[bytes] = []
    for number in range(record, end):
        card = data[(number - 1) * CARD_LENGTH : number * CARD_LENGTH]
        if card[:4] == END_OF_MEMBER:
            return tuple(cards)
        cards.append(card)
    raise MaclibError(name, end, 0, "the directory", "a card X'61FFFF61' at the end of the member")


def build_maclib(maclib: Maclib) -> bytes:
    """The file; its directory is in the order of the members."""
    records: list[bytes] = []
    items = []
    for member in maclib.members:
        items.append(ITEM.build({"name": member.name, "record": len(records) + 2, "rest": b"\0\0"}))
        records += [*member.cards, END_OF_MEMBER.ljust(CARD_LENGTH, b"\x40")]
    header = HEADER.build({"directory": len(records) + 2, "length": len(items) * ITEM_LENGTH})
    for place in range(0, len(items), ITEMS_IN_RECORD):
        records.append(b"".join(items[place : place + ITEMS_IN_RECORD]).ljust(CARD_LENGTH, b"\0"))
    return b"".join([header.ljust(CARD_LENGTH, b"\x40"), *records])
