"""Decks of the CMS command PUNCH: cards of files, each behind a card that READCARD names it by.

    column 1  `:READ`    8  file name    17  file type    26  file mode    29  label of the disk
           36 date MM/DD/YY              46  time HH:MM

READCARD takes the words of that card wherever they stand; so does this.  A card `OFFLINE READ name type` is the same
on CP-67.  Records of an F file of 80 bytes are punched as they are, shorter ones get blanks; longer ones do not go on a
card.

Who uses it: `vm370 deck punch`, `vm370 deck read`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from vm370.images.cards import CARD_LENGTH, CardError, parse_deck
from vm370.images.cmsnames import FIXED, mode_field, name_field
from vm370.images.ebcdic import from_ebcdic, padded
from vm370.images.errors import BadImage
from vm370.images.member import Member

READ = ":READ"
OLD_READ = ["OFFLINE", "READ"]


def is_read_deck(data: bytes) -> bool:
    """The first card names a file."""
    return len(data) >= CARD_LENGTH and bool(_identification(data[:CARD_LENGTH]))


def _identification(card: bytes) -> list[str]:
    words = from_ebcdic(card).split()
    if words[:1] == [READ]:
        return words[1:]
    return words[2:] if words[:2] == OLD_READ else []


def unpack(data: bytes, where: str = "deck") -> Iterator[Member]:
    """The files of a deck, F 80."""
    name: list[str] = []
    cards: list[bytes] = []
    for number, card in enumerate(parse_deck(data, where)):
        words = _identification(card)
        if not words and not name:
            raise BadImage(where, number * CARD_LENGTH, card[:8], "a card :READ name type")
        if not words:
            cards.append(card)
            continue
        if len(words) < 2:
            raise BadImage(where, number * CARD_LENGTH, f"{READ} {' '.join(words)}", "a file name and a file type")
        if name:
            yield _member(name, cards)
        name, cards = words, []
    if name:
        yield _member(name, cards)


def _member(words: list[str], cards: list[bytes]) -> Member:
    written = None
    for first, second in zip(words, [*words[1:], ""], strict=True):
        if first.count("/") == 2 and second.count(":"):
            try:
                written = datetime.strptime(f"{first} {second[:5]}", "%m/%d/%y %H:%M")
            except ValueError:
                continue
    mode = words[2] if len(words) > 2 and len(words[2]) == 2 else "A1"
    return Member(words[0][:8], words[1][:8], mode, FIXED, CARD_LENGTH, written, tuple(cards))


def pack(members: Iterable[Member], label: str = "VM370") -> bytes:
    """The deck of these files."""
    return b"".join(card for member in members for card in _cards(member, label))


def _cards(member: Member, label: str) -> Iterator[bytes]:
    name_field(member.filename, "file name")
    name_field(member.filetype, "file type")
    mode = from_ebcdic(mode_field(member.filemode or "A1"))
    when = f"{member.written:%m/%d/%y  %H:%M}" if member.written else ""
    words = f"{READ}  {member.filename.upper():8} {member.filetype.upper():8} {mode:2} {label[:6]:6} {when}"
    yield padded(words, CARD_LENGTH)
    for number, record in enumerate(member.records, 1):
        if len(record) > CARD_LENGTH:
            found = f"a record of {len(record)} bytes"
            raise CardError(f"{member}: record {number}: found {found}, expected at most {CARD_LENGTH}")
        yield record.ljust(CARD_LENGTH, b"\x40")
