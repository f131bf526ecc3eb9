"""The screen of a 3270 display as a value.

Nothing here has an effect, and neither has what makes a new screen of one: orders3270.py (what data streams make of
it), structured3270.py (structured fields), inbound3270.py (what is read), keyboard3270.py (what keys do).  GA27-2749
(3270 Component Description), GA23-0059 (Data Stream).

    position    cell                          field attribute, bits 2-7
    0           row 1, column 1               20 protected   10 numeric   0C display: 04 detectable, 08 intensified
    1           row 1, column 2               01 modified                         and detectable, 0C dark
    ...

A field begins behind its attribute and ends before the next one; the screen is a ring.  A screen without attributes is
unformatted.  Addresses are of 12 bits (two characters of six bits each) or of 14 bits (the first two bits zero); a
partition that was created so has addresses of 16 bits.

    highlighting    F1 blink  F2 reverse  F4 underscore  F8 intensify        0: as the field has it
    color           F1 blue  F2 red  F3 pink  F4 green  F5 turquoise  F6 yellow  F7 white
    character set   F1 APL  08 a character that GRAPHIC ESCAPE introduced
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

# --- commands, write control character, orders ---

WRITE, ERASE_WRITE, ERASE_WRITE_ALTERNATE = 0x01, 0x05, 0x0D
ERASE_ALL_UNPROTECTED, WRITE_STRUCTURED_FIELD = 0x0F, 0x11
READ_BUFFER, READ_MODIFIED = 0x02, 0x06
WCC_RESET, WCC_ALARM, WCC_RESTORE, WCC_RESET_MODIFIED = 0x40, 0x04, 0x02, 0x01

PROGRAM_TAB, GRAPHIC_ESCAPE, SET_BUFFER_ADDRESS = 0x05, 0x08, 0x11
ERASE_UNPROTECTED_TO_ADDRESS, INSERT_CURSOR, START_FIELD = 0x12, 0x13, 0x1D
SET_ATTRIBUTE, START_FIELD_EXTENDED, MODIFY_FIELD, REPEAT_TO_ADDRESS = 0x28, 0x29, 0x2C, 0x3C

# --- attention identifiers ---

NO_AID, ENTER, CLEAR, SYSTEM_REQUEST, STRUCTURED_FIELD_AID = 0x60, 0x7D, 0x6D, 0xF0, 0x88
PA1, PA2, PA3 = 0x6C, 0x6E, 0x6B
PF_KEYS = bytes((*range(0xF1, 0xFA), 0x7A, 0x7B, 0x7C, *range(0xC1, 0xCA), 0x4A, 0x4B, 0x4C))
"""PF1 to PF24."""
SHORT_READ = frozenset({PA1, PA2, PA3, CLEAR})
"""Keys of which a read modified tells the identifier only."""

# --- reply modes ---

FIELD_MODE, EXTENDED_FIELD_MODE, CHARACTER_MODE = 0, 1, 2

# --- attributes ---

PROTECTED, NUMERIC, DISPLAY, MODIFIED = 0x20, 0x10, 0x0C, 0x01
DARK, INTENSIFIED = 0x0C, 0x08
PRESENT = 0x80
"""Marks a position of ``Screen.attributes`` that has a field attribute."""
BASIC_ATTRIBUTE, HIGHLIGHTING, COLOR, CHARACTER_SET = 0xC0, 0x41, 0x42, 0x43
RESET_ALL = 0x00
BLINK, REVERSE, UNDERSCORE, INTENSIFY = 0xF1, 0xF2, 0xF4, 0xF8
BLUE, RED, PINK, GREEN, TURQUOISE, YELLOW, WHITE = range(0xF1, 0xF8)

MODELS = {2: (24, 80), 3: (32, 80), 4: (43, 80), 5: (27, 132)}
"""Rows and columns of the alternate size; the default size is that of model 2."""

CODES = bytes.fromhex(
    "40C1C2C3C4C5C6C7C8C94A4B4C4D4E4F"
    "50D1D2D3D4D5D6D7D8D95A5B5C5D5E5F"
    "6061E2E3E4E5E6E7E8E96A6B6C6D6E6F"
    "F0F1F2F3F4F5F6F7F8F97A7B7C7D7E7F"
)
"""The character that stands for each six bits."""


class DataStreamError(Exception):
    """An outbound data stream with an order or an address that a display does not have."""

    def __init__(self, screen: Screen, text: str) -> None:
        super().__init__(text)
        self.screen = screen
        """What the data before the fault made of the screen."""


@dataclass(frozen=True, slots=True)
class Screen:
    """One state of a display.  The five buffers have a byte for each position."""

    model: int = 2
    rows: int = 24
    columns: int = 80
    characters: bytes = bytes(1920)
    attributes: bytes = field(default=bytes(1920), repr=False)
    """0, or PRESENT and the field attribute."""
    highlighting: bytes = field(default=bytes(1920), repr=False)
    color: bytes = field(default=bytes(1920), repr=False)
    character_set: bytes = field(default=bytes(1920), repr=False)
    cursor: int = 0
    address: int = 0
    """Where a chained write goes on."""
    locked: bool = True
    """Only a write control character or RESET opens the keyboard."""
    aid: int = NO_AID
    alarms: int = 0
    """How often the alarm has sounded."""
    insert: bool = False
    reply: bytes = b""
    """Structured fields that the display has to send, behind ``STRUCTURED_FIELD_AID``."""
    reply_mode: int = FIELD_MODE
    reply_types: bytes = b""
    """Character mode: the attributes that are sent."""
    addressing: int = 12
    """12 (or 14, where 12 bits do not suffice) or 16."""

    @property
    def size(self) -> int:
        """Number of positions."""
        return self.rows * self.columns

    @property
    def formatted(self) -> bool:
        """There is at least one field."""
        return any(self.attributes)

    def field_start(self, position: int) -> int | None:
        """Where the attribute of the field stands that ``position`` belongs to; None on an unformatted screen."""
        for back in range(self.size):
            at = (position - back) % self.size
            if self.attributes[at]:
                return at
        return None

    def attribute_at(self, position: int) -> int:
        """The field attribute in force at a position; 0 on an unformatted screen."""
        start = self.field_start(position)
        return 0 if start is None else self.attributes[start] & 0x3F

    def field_positions(self, start: int) -> Iterator[int]:
        """The positions of the field whose attribute stands at ``start``."""
        for step in range(1, self.size):
            at = (start + step) % self.size
            if self.attributes[at]:
                return
            yield at

    def text(self, row: int) -> bytes:
        """A row as it is seen: nulls and attributes as blanks, dark fields empty."""
        first = row * self.columns
        dark = self.attribute_at((first - 1) % self.size) & DISPLAY == DARK
        shown = bytearray()
        for at in range(first, first + self.columns):
            if self.attributes[at]:
                dark = self.attributes[at] & DISPLAY == DARK
                shown.append(0x40)
            else:
                shown.append(0x40 if dark or self.characters[at] < 0x40 else self.characters[at])
        return bytes(shown)


def blank(model: int = 2, *, alternate: bool = False) -> Screen:
    """A screen that was just switched on."""
    rows, columns = MODELS[model] if alternate else MODELS[2]
    empty = bytes(rows * columns)
    return Screen(model, rows, columns, empty, empty, empty, empty, empty)


# --- addresses ---


def encode_address(position: int, size: int, bits: int = 12) -> bytes:
    """Two bytes for a position: 12 bits where they suffice, else 14; or 16.

    >>> encode_address(1919, 1920).hex(), encode_address(80, 1920).hex(), encode_address(80, 1920, 16).hex()
    ('5d7f', 'c150', '0050')
    """
    if size <= 4096 and bits == 12:
        return bytes((CODES[position >> 6], CODES[position & 0x3F]))
    return position.to_bytes(2, "big")


def decode_address(two: bytes, bits: int = 12) -> int:
    """The position that two bytes of an order stand for.

    >>> decode_address(bytes.fromhex("5D7F")), decode_address(bytes.fromhex("077F")), decode_address(b"\xc1\x50", 16)
    (1919, 1919, 49488)
    """
    if two[0] & 0xC0 == 0 or bits == 16:
        return int.from_bytes(two, "big")
    return (two[0] & 0x3F) << 6 | two[1] & 0x3F
