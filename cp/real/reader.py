"""The real reader: decks that somebody puts into HOME/reader become reader files of users.

A deck is a host file whose first card says whose it is (Operator's Guide, Spooled Card Input)::

    ID userid [CLASS c] [NAME fn ft | NAME dsname]        USERID may be written for ID

Text (a line for each card) or cards of 80 bytes in EBCDIC: the first card tells.  The ID card is not part of the file.
What was read goes to HOME/reader/stacker, a bad deck to HOME/reader/rejected, with a message to the operator.

A deck is read when its length and its time have stayed the same from one look to the next; names with a leading dot
are left alone, so a program may write ``.deck`` and rename it.  The reader looks when the folder has changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import abbreviates
from vm370.cp.io.devicetypes import DEVICE_TYPES
from vm370.cp.io.unitrecord import Record
from vm370.cp.real.spooled import SpooledDevice
from vm370.cp.spool import READER, Destination, SpoolFile
from vm370.images.cards import CARD_LENGTH, text_to_cards
from vm370.images.ebcdic import from_ebcdic
from vm370.images.errors import ImageError

if TYPE_CHECKING:
    from vm370.cp.system import System

READ_CARD = 0x02
CHUNK = 80 * 1024
LONGEST_LINE = 4096
STACKER, REJECTED = "stacker", "rejected"
_ID = re.compile(r"\s*(ID|USERID)\s", re.IGNORECASE)


class BadDeck(Exception):
    """A deck that nobody gets."""


@dataclass(frozen=True, slots=True)
class Identification:
    """What the ID card says."""

    userid: str
    spool_class: str = "A"
    name: str = ""
    type: str = ""


class RealReader(SpooledDevice):
    """A 2540 reader."""

    def __init__(self, raddr: int, system: System, folder: Path) -> None:
        super().__init__(raddr, DEVICE_TYPES["2540R"], system, folder)
        self._seen: dict[str, tuple[int, int]] = {}
        """Length and time of the decks that were there at the last look."""
        self._folder_time = -1

    def start(self) -> None:
        """START; the folder for decks is made."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._folder_time = -1
        super().start()

    def work(self) -> bool:
        """Read one deck."""
        changed = self.folder.stat().st_mtime_ns
        if changed == self._folder_time and not self._seen:
            return False
        self._folder_time = changed
        seen = {}
        for path in sorted(self.folder.iterdir()):
            if path.name.startswith(".") or not path.is_file():
                continue
            stat = path.stat()
            seen[path.name] = stat.st_size, stat.st_mtime_ns
        ready = [name for name, state in seen.items() if self._seen.get(name) == state]
        self._seen = seen
        if not ready:
            return bool(seen)
        del self._seen[ready[0]]
        self._read(self.folder / ready[0])
        return True

    def _read(self, path: Path) -> None:
        try:
            file = self._deck(path)
        except (BadDeck, ImageError) as error:
            self.tell(f"{messages.ID_CARD_MISSING.fill(device=self.name).text}; {path.name}: {error}")
            put_aside(path, REJECTED)
            return
        put_aside(path, STACKER)
        self.tell(f"{self.name} INPUT FOR {file.owner:<8} FILE = {file.spoolid:04}")

    def _deck(self, path: Path) -> SpoolFile:
        cards = deck(path)
        first = next(cards, None)
        if first is None:
            raise BadDeck("no cards")
        card = identification(from_ebcdic(first))
        entry = self.system.current_directory().find(card.userid)
        if entry is None:
            raise BadDeck(f"{card.userid} NOT IN CP DIRECTORY")
        to = Destination(
            READER, entry.userid, card.spool_class, dist=entry.distribution, name=card.name, type=card.type
        )
        return self.system.spool.add(READER, entry.userid, _records(cards), to)


def put_aside(path: Path, where: str) -> None:
    """Move a deck to a folder beside it; one of the same name there is kept."""
    folder = path.parent / where
    folder.mkdir(exist_ok=True)
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{path.name}.{number}"
    path.rename(target)


def _records(cards: Iterable[bytes]) -> Iterator[Record]:
    count = 0
    for card in cards:
        count += 1
        yield Record(READ_CARD, card)
    if not count:
        raise BadDeck("no cards behind the ID card")


def deck(path: Path) -> Iterator[bytes]:
    """The cards of a host file, text or binary, a little in storage at a time."""
    with path.open("rb") as file:
        head = file.read(CARD_LENGTH)
        binary = len(head) == CARD_LENGTH and _ID.match(from_ebcdic(head)) is not None
        file.seek(0)
        if binary:
            yield from _binary(iter(lambda: file.read(CHUNK), b""), path.name)
            return
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), 1):
            yield from text_to_cards(line, f"{path.name}: line {number}")


def _binary(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    for chunk in chunks:
        if len(chunk) % CARD_LENGTH:
            raise BadDeck(f"{name}: found {len(chunk) % CARD_LENGTH} bytes at its end, expected cards of 80 bytes")
        for start in range(0, len(chunk), CARD_LENGTH):
            yield chunk[start : start + CARD_LENGTH]


def identification(text: str) -> Identification:
    """
    >>> identification("ID ALPHA CLASS B NAME MY DECK")
    Identification(userid='ALPHA', spool_class='B', name='MY', type='DECK')
    """
    words = text.upper().split()
    if len(words) < 2 or words[0] not in ("ID", "USERID") or len(words[1]) > 8:
        raise BadDeck("the first card is no ID card")
    userid, words = words[1], words[2:]
    spool_class, name, filetype = "A", "", ""
    if words and abbreviates(words[0], "CLass"):
        if len(words) < 2 or not re.fullmatch("[A-Z0-9]", words[1]):
            raise BadDeck("CLASS without a class")
        spool_class, words = words[1], words[2:]
    if words and words[0] == "NAME":
        if len(words) == 2 and len(words[1]) <= 24:
            name, words = words[1], []
        elif len(words) == 3 and max(map(len, words[1:])) <= 8:
            (name, filetype), words = words[1:], []
    if words:
        raise BadDeck(f"found {words[0]} on the ID card")
    return Identification(userid, spool_class, name, filetype)
