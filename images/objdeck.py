"""Object decks: the 80-byte cards that assemblers punch and loaders read.

    column   1     2-4   5  6-8      9-10  11-12  13-14  15-16  17-72              73-80
             X'02' type  -  address  -     count  -      ESDID  data               identification
    ESD                     blank          bytes         first  items of 16 bytes
    TXT                     address        bytes         ESDID  text, at most 56 bytes
    RLD                     blank          bytes         blank  items of 8 or 4 bytes
    END                     entry          blank         ESDID  entry symbol 8, blank 8, translator 39
    SYM                     bytes                        items packed over the cards (tools/assembler/testsymbols.py)

    ESD item   name 8 | type 1 | address 3 | flag 1 | length or ESDID 3
               type  00 SD  01 LD  02 ER  04 PC  05 CM  06 PR  0A WX;  address 0 or blank for ER and WX
    RLD item   R 2 | P 2 | flag 1 | address 3    the field at address in section P gets the value of R
               flag  10 V-type, 20 Q-type (R a pseudo register), 30 CXD (R 0: length of all pseudo registers),
                     0C length - 1, 02 subtract, 01 the next item has the same R and P (and only 4 bytes)

Cards that do not begin with X'02' are control statements (INCLUDE, LIBRARY, ENTRY ...) and stay as they are.  ESDIDs of
an ESD card count its items except LD from the first one given.  `parse_deck` and `build_deck` are each other's inverse.

    ImageError (errors.py)
      ObjectDeckError     a deck or a card is not as above: card number, offset, found, expected

    >>> card = build_card(Card("TXT", 0x100, 2, 1, bytes.fromhex("07fe")))
    >>> len(card), card[:20].hex()
    (80, '02e3e7e340000100404000024040000107fe4040')
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from construct import Adapter, Bytes, BytesInteger, Const, Default, Int8ub, Int16ub, Struct

from vm370.images.ebcdic import EbcdicText, from_ebcdic, to_ebcdic
from vm370.images.errors import ImageError

CARD_LENGTH = 80
DATA_LENGTH = 56

SD, LD, ER, PC, CM, PR, WX = 0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x0A
ESD_TYPES = {SD: "SD", LD: "LD", ER: "ER", PC: "PC", CM: "CM", PR: "PR", WX: "WX"}
CARD_TYPES = ("ESD", "TXT", "RLD", "END", "SYM", "REP", "ICS", "SLC", "LDT")

RLD_VIRTUAL, RLD_PSEUDO, RLD_CUMULATIVE, RLD_NEGATIVE, RLD_SAME = 0x10, 0x20, 0x30, 0x02, 0x01


class ObjectDeckError(ImageError):
    """A deck or a card is not as it should be."""

    def __init__(self, name: str, card: int, offset: int, found: object, expected: object) -> None:
        super().__init__(f"{name}: card {card}, offset {offset}: found {found}, expected {expected}")
        self.card = card
        self.offset = offset


class _Blankable(Adapter):
    """A number, or None where the columns are blank."""

    def __init__(self, length: int) -> None:
        self.width = length
        super().__init__(Bytes(length))

    def _decode(self, obj: bytes, context: Any, path: str) -> int | None:
        return None if obj == b"\x40" * self.width else int.from_bytes(obj, "big")

    def _encode(self, obj: int | None, context: Any, path: str) -> bytes:
        return b"\x40" * self.width if obj is None else obj.to_bytes(self.width, "big")


def _blank(length: int) -> Any:
    return Default(Bytes(length), b"\x40" * length)


CARD = Struct(
    "mark" / Const(b"\x02"),
    "type" / EbcdicText(3),
    "column5" / _blank(1),
    "address" / _Blankable(3),
    "column9" / _blank(2),
    "count" / _Blankable(2),
    "column13" / _blank(2),
    "esdid" / _Blankable(2),
    "data" / Bytes(DATA_LENGTH),
    "identification" / _blank(8),
)

ESD_ITEM = Struct(
    "name" / EbcdicText(8),
    "type" / Int8ub,
    "address" / _Blankable(3),
    "flag" / Int8ub,
    "length" / _Blankable(3),
)

RLD_ITEM = Struct("r" / Int16ub, "p" / Int16ub, "flag" / Int8ub, "address" / BytesInteger(3))
RLD_SHORT_ITEM = Struct("flag" / Int8ub, "address" / BytesInteger(3))


@dataclass(frozen=True, slots=True)
class Card:
    """One card with X'02' in column 1; ``filler`` are columns 5, 9-10, 13-14."""

    type: str
    address: int | None = None
    count: int | None = None
    esdid: int | None = None
    data: bytes = b""
    identification: bytes = b"\x40" * 8
    filler: tuple[bytes, bytes, bytes] = (b"\x40", b"\x40\x40", b"\x40\x40")


@dataclass(frozen=True, slots=True)
class ControlCard:
    """Any other card: a control statement."""

    image: bytes

    @property
    def text(self) -> str:
        """Columns 1 to 72."""
        return from_ebcdic(self.image[:72]).rstrip()


@dataclass(frozen=True, slots=True)
class EsdItem:
    """External symbol; ``length`` is the ESDID of its section for LD."""

    name: str
    type: int
    address: int | None = None
    length: int | None = None
    flag: int = 0x40


@dataclass(frozen=True, slots=True)
class RldItem:
    """Relocation of one field."""

    r: int
    p: int
    flag: int
    address: int

    @property
    def length(self) -> int:
        return (self.flag >> 2 & 3) + 1

    @property
    def kind(self) -> int:
        """0 or one of RLD_VIRTUAL, RLD_PSEUDO, RLD_CUMULATIVE."""
        return self.flag & 0x70

    @property
    def virtual(self) -> bool:
        return self.kind == RLD_VIRTUAL

    @property
    def negative(self) -> bool:
        return bool(self.flag & RLD_NEGATIVE)


@dataclass(slots=True)
class Deck:
    """All cards of a deck, in order."""

    name: str
    cards: list[Card | ControlCard] = field(default_factory=list)


def parse_deck(data: bytes, name: str = "deck") -> Deck:
    """The cards of a deck; every card is checked."""
    if not data:
        raise ObjectDeckError(name, 1, 0, "an empty file", "cards of 80 bytes")
    if len(data) % CARD_LENGTH:
        raise ObjectDeckError(
            name, len(data) // CARD_LENGTH + 1, len(data) // CARD_LENGTH * CARD_LENGTH,
            f"{len(data)} bytes", "a multiple of 80",
        )  # fmt: skip
    deck = Deck(name)
    for number in range(len(data) // CARD_LENGTH):
        image = data[number * CARD_LENGTH : (number + 1) * CARD_LENGTH]
        deck.cards.append(parse_card(image, name, number + 1))
    return deck


def parse_card(image: bytes, name: str = "deck", number: int = 1) -> Card | ControlCard:
    """One card of 80 bytes."""
    offset = (number - 1) * CARD_LENGTH
    if len(image) != CARD_LENGTH:
        raise ObjectDeckError(name, number, offset, f"{len(image)} bytes", "80 bytes")
    if image[0] != 2:
        return ControlCard(image)
    kind = from_ebcdic(image[1:4])
    if kind not in CARD_TYPES:
        raise ObjectDeckError(name, number, offset + 1, f"card type {kind!r}", "one of " + " ".join(CARD_TYPES))
    fields = CARD.parse(image)
    card = Card(
        kind, fields.address, fields.count, fields.esdid, fields.data, fields.identification,
        (fields.column5, fields.column9, fields.column13),
    )  # fmt: skip
    _check(card, name, number, offset)
    return card


def _check(card: Card, name: str, number: int, offset: int) -> None:
    if card.type in ("ESD", "TXT", "RLD") and (card.count is None or card.count > DATA_LENGTH):
        found = "blanks" if card.count is None else f"count {card.count}"
        raise ObjectDeckError(name, number, offset + 10, found, f"a count of 0 to {DATA_LENGTH} in columns 11-12")
    if card.type == "TXT":
        if card.address is None:
            raise ObjectDeckError(name, number, offset + 5, "blanks", "an address in columns 6-8")
        if card.esdid is None:
            raise ObjectDeckError(name, number, offset + 14, "blanks", "an ESDID in columns 15-16")
    if card.type == "ESD":
        _check_esd(card, name, number, offset)
    if card.type == "RLD":
        rld_items(card, name, number)


def _check_esd(card: Card, name: str, number: int, offset: int) -> None:
    if (card.count or 0) % 16:
        raise ObjectDeckError(name, number, offset + 10, f"count {card.count}", "a multiple of 16 in columns 11-12")
    for place, item in enumerate(esd_items(card)):
        at = offset + 16 + 16 * place
        if item.type & 0xEF not in ESD_TYPES and item.type not in ESD_TYPES:
            expected = "one of " + " ".join(f"{key:02X} ({value})" for key, value in ESD_TYPES.items())
            raise ObjectDeckError(name, number, at + 8, f"ESD type {item.type:02X}", expected)
        if item.type != LD and card.esdid is None:
            raise ObjectDeckError(name, number, offset + 14, "blanks", "an ESDID in columns 15-16")
        if item.type in (SD, LD, PC) and item.address is None:
            raise ObjectDeckError(name, number, at + 9, "blanks", "an address")
        if item.type in (SD, LD, PC, CM) and item.length is None:
            raise ObjectDeckError(name, number, at + 13, "blanks", "an ESDID" if item.type == LD else "a length")


def build_card(card: Card | ControlCard) -> bytes:
    """The 80 bytes of a card."""
    if isinstance(card, ControlCard):
        return card.image
    image: bytes = CARD.build(
        {
            "type": card.type,
            "column5": card.filler[0],
            "address": card.address,
            "column9": card.filler[1],
            "count": card.count,
            "column13": card.filler[2],
            "esdid": card.esdid,
            "data": card.data.ljust(DATA_LENGTH, b"\x40"),
            "identification": card.identification,
        }
    )
    return image


def build_deck(deck: Deck) -> bytes:
    """The deck as it is punched."""
    return b"".join(build_card(card) for card in deck.cards)


def numbered(cards: Iterable[Card | ControlCard], identification: str = "") -> list[Card | ControlCard]:
    """The cards with identification and sequence number (as far as there is room) in columns 73-80; control cards stay
    as they are."""
    result: list[Card | ControlCard] = []
    prefix = to_ebcdic(identification[:8], errors="replace")
    width = 8 - len(prefix)
    for number, card in enumerate(cards, 1):
        if isinstance(card, Card):
            sequence = prefix + to_ebcdic(f"{number:08d}"[8 - width :])
            card = Card(card.type, card.address, card.count, card.esdid, card.data, sequence, card.filler)
        result.append(card)
    return result


def esd_items(card: Card) -> list[EsdItem]:
    """Items of an ESD card."""
    items = []
    for place in range(0, (card.count or 0) // 16 * 16, 16):
        item = ESD_ITEM.parse(card.data[place : place + 16])
        items.append(EsdItem(item.name, item.type, item.address, item.length, item.flag))
    return items


def esd_cards(items: Iterable[EsdItem], first: int = 1) -> list[Card]:
    """ESD cards for items: three on a card, ESDIDs counted from ``first`` (LD items have none)."""
    cards = []
    waiting = list(items)
    number = first
    while waiting:
        group, waiting = waiting[:3], waiting[3:]
        data = b"".join(
            ESD_ITEM.build(
                {
                    "name": item.name,
                    "type": item.type,
                    "address": item.address,
                    "flag": item.flag,
                    "length": item.length,
                }
            )
            for item in group
        )
        numbers = sum(item.type != LD for item in group)
        cards.append(Card("ESD", None, len(data), number if numbers else None, data))
        number += numbers
    return cards


def txt_cards(esdid: int, address: int, data: bytes) -> list[Card]:
    """TXT cards for a piece of text."""
    return [
        Card("TXT", address + place, len(piece), esdid, piece)
        for place in range(0, len(data), DATA_LENGTH)
        for piece in (data[place : place + DATA_LENGTH],)
    ]


def rld_items(card: Card, name: str = "deck", number: int = 1) -> list[RldItem]:
    """Items of an RLD card."""
    items: list[RldItem] = []
    place = 0
    count = card.count or 0
    same = False
    while place < count:
        size = 4 if same else 8
        if place + size > count:
            offset = (number - 1) * CARD_LENGTH + 16 + place
            raise ObjectDeckError(name, number, offset, f"{count - place} bytes left", f"an RLD item of {size} bytes")
        if same:
            short = RLD_SHORT_ITEM.parse(card.data[place : place + 4])
            items.append(RldItem(items[-1].r, items[-1].p, short.flag, short.address))
        else:
            item = RLD_ITEM.parse(card.data[place : place + 8])
            items.append(RldItem(item.r, item.p, item.flag, item.address))
        place += size
        same = bool(items[-1].flag & RLD_SAME)
    return items


def rld_cards(items: Iterable[RldItem]) -> list[Card]:
    """RLD cards; items with the R and P of the one before them take 4 bytes."""
    cards = []
    data = bytearray()
    last: RldItem | None = None
    flag_at = 0
    for item in items:
        same = last is not None and (last.r, last.p) == (item.r, item.p)
        if len(data) + (4 if same else 8) > DATA_LENGTH:
            cards.append(Card("RLD", None, len(data), None, bytes(data)))
            data.clear()
            same = False
        flag = item.flag & ~RLD_SAME
        if same:
            data[flag_at] |= RLD_SAME
            flag_at = len(data)
            data += RLD_SHORT_ITEM.build({"flag": flag, "address": item.address})
        else:
            flag_at = len(data) + 4
            data += RLD_ITEM.build({"r": item.r, "p": item.p, "flag": flag, "address": item.address})
        last = item
    if data:
        cards.append(Card("RLD", None, len(data), None, bytes(data)))
    return cards


def end_card(
    address: int | None = None, esdid: int | None = None, symbol: str = "", translator: str = ""
) -> Card:  # fmt: skip
    """The END card: entry point by address and ESDID, or by symbol."""
    data = to_ebcdic(symbol.ljust(16)) + to_ebcdic(("1" + translator) if translator else "").ljust(39, b"\x40")
    return Card("END", address, None, esdid, data)


def end_symbol(card: Card) -> str:
    """The entry symbol of an END card, or ""."""
    return from_ebcdic(card.data[:8]).rstrip()
