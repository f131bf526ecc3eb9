"""Card decks of the CMS command DISK: DISK DUMP punches a file of any form, DISK LOAD makes it again.

    column   1     2-4    5        6-55                    56-57  58-65  66-73  74-75  76     77-80
    data     X'02' `CMS`  blank    50 bytes of the file    blank  name   type   mode   blank  card number
    last     X'02' `CMS`  `N`      entry (FST) from 20:    blank  name   type   mode   blank  card number
                                   20 bytes; date, time 4

The data are the file's 800-byte blocks, 16 cards each: the records of an F file end to end, those of a V file with two
bytes of length before each.  Of the last block no more cards are punched than there are data.  Card numbers are decimal
and count from 1; of 10,000 and more cards they have the last four digits.  A deck can hold several files.

``02C3D4E2D5 00020001C1F100010000C60000000050 0001F8F4 12051231`` begins the last card of a file A1 of one F record of
80 bytes, written at 12:31 on 5 December 1984.

Who uses it: `vm370 deck`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import construct

from vm370.images.cards import CARD_LENGTH, parse_deck
from vm370.images.cmsnames import FIXED, VARIABLE, mode_field, name_field
from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.images.edf.layout import Fst
from vm370.images.errors import BadImage
from vm370.images.member import Member
from vm370.images.tapes.cmsfile import CDF_BLOCK, CmsTapeFile, make_file

START = b"\x02" + to_ebcdic("CMS")
DATA, END = to_ebcdic(" "), to_ebcdic("N")
DATA_LENGTH = 50
MOST_NUMBERS = 10_000

DumpCard = construct.Struct(
    "start" / construct.Const(START),
    "kind" / construct.Bytes(1),
    "data" / construct.Bytes(DATA_LENGTH),
    "column56" / construct.Default(construct.Bytes(2), b"\x40\x40"),
    "name" / construct.Bytes(8),
    "type" / construct.Bytes(8),
    "mode" / construct.Bytes(2),
    "column76" / construct.Default(construct.Bytes(1), b"\x40"),
    "number" / construct.Bytes(4),
)
LastCard = construct.Struct("entry_20" / construct.Bytes(20), "entry_16" / construct.Bytes(4))


def is_dump(data: bytes) -> bool:
    """The bytes begin like a deck of DISK DUMP."""
    return data[:4] == START and data[4:5] in (DATA, END)


def unpack(data: bytes, where: str = "deck", clock: datetime | None = None) -> Iterator[Member]:
    """The files of a deck; BadImage where a card is none of DISK DUMP, is missing or out of order."""
    pieces: list[bytes] = []
    key: bytes = b""
    number = at = 0
    for at, image in zip(range(0, len(data), CARD_LENGTH), parse_deck(data, where), strict=False):
        if not is_dump(image):
            raise BadImage(where, at, image[:5], "a card of DISK DUMP: X'02', CMS and blank or N")
        card = DumpCard.parse(image)
        if not number:
            key = card.name + card.type
        number += 1
        if card.name + card.type != key:
            found = from_ebcdic(card.name + card.type)
            raise BadImage(where, at + 57, found, f"a card of the file that is begun, {from_ebcdic(key)}")
        _check_number(card.number, number, where, at)
        if card.kind == DATA:
            pieces.append(card.data)
            continue
        last = LastCard.parse(card.data)
        fst = Fst.parse((key + last.entry_16 + last.entry_20).ljust(64, b"\0"))
        yield _member(CmsTapeFile(fst, b"".join(pieces), f"{where}: card {at // CARD_LENGTH + 1}"))
        pieces, number = [], 0
    if number:
        raise BadImage(where, at + CARD_LENGTH, "the end of the deck", "a last card, with N in column 5")


def _check_number(field: bytes, number: int, where: str, at: int) -> None:
    text = from_ebcdic(field)
    if text.strip() and not (text.isascii() and text.isdecimal() and int(text) == number % MOST_NUMBERS):
        raise BadImage(where, at + 76, f"card number {text!r}", f"{number % MOST_NUMBERS:04} (is a card missing?)")


def _member(file: CmsTapeFile) -> Member:
    records = tuple(file.records())
    return Member(
        file.filename, file.filetype, file.filemode, file.recfm, file.lrecl, file.written_at, records
    )  # fmt: skip


def pack(members: Iterable[Member], now: datetime) -> bytes:
    """The deck of these files; ``now`` is the date of a file that has none."""
    return b"".join(card for member in members for card in _cards(member, now))


def _cards(member: Member, now: datetime) -> Iterator[bytes]:
    name, kind = name_field(member.filename, "file name"), name_field(member.filetype, "file type")
    mode = mode_field(member.filemode or "A1")
    file = make_file(
        member.filename,
        member.filetype,
        member.records,
        recfm=FIXED if member.recfm == FIXED else VARIABLE,
        lrecl=member.lrecl if member.recfm == FIXED else None,
        mode=member.filemode or "A1",
        written=member.written or now,
    )
    entry = file.fst.build()
    last = LastCard.build({"entry_20": entry[20:40], "entry_16": entry[16:20]})
    pieces = [(DATA, piece) for piece in _pieces(file.data)]
    for number, (letter, data) in enumerate([*pieces, (END, last)], 1):
        yield DumpCard.build(
            {
                "kind": letter,
                "data": data.ljust(DATA_LENGTH, b"\0"),
                "name": name,
                "type": kind,
                "mode": mode,
                "number": to_ebcdic(f"{number % MOST_NUMBERS:04}"),
            }
        )


def _pieces(data: bytes) -> Iterator[bytes]:
    """The blocks of a file in pieces of a card."""
    for block in range(0, len(data), CDF_BLOCK):
        for at in range(block, min(block + CDF_BLOCK, len(data)), DATA_LENGTH):
            yield data[at : min(at + DATA_LENGTH, block + CDF_BLOCK)]
