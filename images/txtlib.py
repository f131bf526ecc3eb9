"""TXTLIB files of CMS: object decks that a loader finds by the names they define.

The frame is that of a MACLIB (maclib.py); what differs:

    record 1       behind the length of the directory: number of directory records 4 | that times 12, 4
    member         ESD ... END, then a card X'02', `LDT`; then X'61FFFF61' and the first 76 bytes of the LDT card
    directory      an item for each section and entry of a member, all with its first record and X'0080'; the 8 bytes
                   behind the sixth item of a record are those that the next record begins with

NICOFLIB TXTLIB of VM/370: 7 members and 106 names, directory at record 1011: ``C4D4E2D3C9C2 03F3 000004F8 00000012
000000D8``, its first item ``C9D5E3D9C1D7C940 0002 0080`` (INTRAPI).

A member is called by its first name: that of a statement NAME behind its deck, or of its first section.

Who uses it: `vm370 lib`, the linkage editor's automatic call.  Errors are MaclibError and ObjectDeckError.
"""

from __future__ import annotations

from dataclasses import dataclass

from construct import Int32ub, Struct

from vm370.images.cards import CARD_LENGTH
from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.images.errors import ImageError
from vm370.images.maclib import (
    END_OF_MEMBER,
    HEADER,
    ITEM,
    ITEM_LENGTH,
    ITEMS_IN_RECORD,
    parse_items,
    record_number,
)
from vm370.images.objdeck import LD, SD, Card, ControlCard, esd_items, parse_deck

LDT = (b"\x02" + to_ebcdic("LDT")).ljust(CARD_LENGTH, b"\x40")
NAMED = b"\x00\x80"

TRAILER = Struct("records" / Int32ub, "size" / Int32ub)


@dataclass(frozen=True, slots=True)
class TxtlibMember:
    """A member: the names that call it, and its cards without the one that ends it."""

    names: tuple[str, ...]
    cards: tuple[bytes, ...]

    @property
    def name(self) -> str:
        """The first name."""
        return self.names[0]


@dataclass(frozen=True, slots=True)
class Txtlib:
    """The members, in the order of the file."""

    members: tuple[TxtlibMember, ...]


def parse_txtlib(data: bytes, name: str = "txtlib") -> Txtlib:
    """The members of a TXTLIB file."""
    called: dict[int, list[str]] = {}
    cards = {}
    for item in parse_items(data, name):
        called.setdefault(item.record, []).append(item.name)
        cards[item.record] = item.cards
    return Txtlib(tuple(TxtlibMember(tuple(called[record]), cards[record]) for record in sorted(called)))


def build_txtlib(txtlib: Txtlib) -> bytes:
    """The file."""
    records: list[bytes] = []
    items = []
    for member in txtlib.members:
        record = record_number(len(records))
        items += [ITEM.build({"name": name, "record": record, "rest": NAMED}) for name in member.names]
        records += [*member.cards, END_OF_MEMBER + (member.cards or [LDT])[-1][: CARD_LENGTH - len(END_OF_MEMBER)]]
    count = -(-len(items) // ITEMS_IN_RECORD)
    header = HEADER.build({"directory": record_number(len(records)), "length": len(items) * ITEM_LENGTH})
    header += TRAILER.build({"records": count, "size": count * ITEM_LENGTH})
    directory = b"".join(items).ljust(count * ITEMS_IN_RECORD * ITEM_LENGTH + 8, b"\0")
    step = ITEMS_IN_RECORD * ITEM_LENGTH
    records += [directory[place : place + CARD_LENGTH] for place in range(0, count * step, step)]
    return b"".join([header.ljust(CARD_LENGTH, b"\x40"), *records])


def is_txtlib(data: bytes, name: str = "library") -> bool:
    """A library has object decks in it; an empty one has numbers where a MACLIB has blanks."""
    items = parse_items(data, name)
    if items:
        return items[0].rest == NAMED or any(item.cards and item.cards[0][:1] == b"\x02" for item in items[:1])
    return data[HEADER.sizeof() :][:8] != b"\x40" * 8


def members_of(data: bytes, name: str) -> list[TxtlibMember]:
    """The decks of a file as members of a library, each up to END and a statement NAME behind it."""
    members: list[TxtlibMember] = []
    deck: list[bytes] = []
    names: list[str] = []
    number = 0
    for number, card in enumerate(parse_deck(data, name).cards, 1):
        image = data[(number - 1) * CARD_LENGTH : number * CARD_LENGTH]
        if isinstance(card, ControlCard):
            words = from_ebcdic(image[:72]).split()
            if words[:1] == ["NAME"] and len(words) > 1 and members and not deck:
                called = words[1].split("(")[0][:8]
                rest = tuple(known for known in members[-1].names if known != called)
                members[-1] = TxtlibMember((called, *rest), members[-1].cards)
                continue
            deck.append(image)
            continue
        if card.type == "LDT":
            continue
        deck.append(image)
        names += _names(card)
        if card.type == "END":
            if not names:
                raise ImageError(f"{name}: card {number}: found the END of a deck without a name, expected a CSECT")
            members.append(TxtlibMember(tuple(dict.fromkeys(names)), (*deck, LDT)))
            deck, names = [], []
    if any(image[0] == 2 for image in deck):
        raise ImageError(f"{name}: card {number}: found the end of the file, expected an END card")
    if not members:
        raise ImageError(f"{name}: found no object deck, expected ESD ... END cards")
    return members


def _names(card: Card) -> list[str]:
    return [item.name for item in esd_items(card) if item.type in (SD, LD) and item.name] if card.type == "ESD" else []
