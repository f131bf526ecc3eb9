"""The screen of a 3270 display as a value: what a data stream makes of it, what it sends back, what keys do.

Nothing here has an effect: every function takes a ``Screen`` and gives a new one.  GA27-2749 (3270 Component
Description), GA23-0059 (Data Stream).

    position    cell                          field attribute, bits 2-7
    0           row 1, column 1               20 protected   10 numeric   0C display: 04 detectable, 08 intensified
    1           row 1, column 2               01 modified                         and detectable, 0C dark
    ...

A field begins behind its attribute and ends before the next one; the screen is a ring.  A screen without attributes is
unformatted.  Addresses are of 12 bits (two characters of six bits each) or of 14 bits (the first two bits zero).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

# --- commands, write control character, orders ---

WRITE, ERASE_WRITE, ERASE_WRITE_ALTERNATE = 0x01, 0x05, 0x0D
ERASE_ALL_UNPROTECTED, WRITE_STRUCTURED_FIELD = 0x0F, 0x11
READ_BUFFER, READ_MODIFIED = 0x02, 0x06
WCC_ALARM, WCC_RESTORE, WCC_RESET_MODIFIED = 0x04, 0x02, 0x01

PROGRAM_TAB, GRAPHIC_ESCAPE, SET_BUFFER_ADDRESS, ERASE_UNPROTECTED_TO_ADDRESS, INSERT_CURSOR = (
    0x05,
    0x08,
    0x11,
    0x12,
    0x13,
)
START_FIELD, SET_ATTRIBUTE, START_FIELD_EXTENDED, MODIFY_FIELD, REPEAT_TO_ADDRESS = 0x1D, 0x28, 0x29, 0x2C, 0x3C

# --- attention identifiers ---

NO_AID, ENTER, CLEAR, SYSTEM_REQUEST, STRUCTURED_FIELD_AID = 0x60, 0x7D, 0x6D, 0xF0, 0x88
PA1, PA2, PA3 = 0x6C, 0x6E, 0x6B
PF_KEYS = bytes((*range(0xF1, 0xFA), 0x7A, 0x7B, 0x7C, *range(0xC1, 0xCA), 0x4A, 0x4B, 0x4C))
"""PF1 to PF24."""
SHORT_READ = frozenset({PA1, PA2, PA3, CLEAR})
"""Keys of which a read modified tells the identifier only."""

# --- attributes ---

PROTECTED, NUMERIC, DISPLAY, MODIFIED = 0x20, 0x10, 0x0C, 0x01
DARK, INTENSIFIED = 0x0C, 0x08
PRESENT = 0x80
"""Marks a position of ``Screen.attributes`` that has a field attribute."""
BASIC_ATTRIBUTE, HIGHLIGHTING, COLOR, CHARACTER_SET = 0xC0, 0x41, 0x42, 0x43
RESET_ALL = 0x00

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
    insert: bool = False

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


def encode_address(position: int, size: int) -> bytes:
    """Two bytes for a position: 12 bits where they suffice, else 14.

    >>> encode_address(1919, 1920).hex(), encode_address(80, 1920).hex()
    ('5d7f', 'c150')
    """
    if size <= 4096:
        return bytes((CODES[position >> 6], CODES[position & 0x3F]))
    return position.to_bytes(2, "big")


def decode_address(two: bytes) -> int:
    """The position that two bytes of an order stand for.

    >>> decode_address(bytes.fromhex("5D7F")), decode_address(bytes.fromhex("077F"))
    (1919, 1919)
    """
    if two[0] & 0xC0 == 0:
        return int.from_bytes(two, "big")
    return (two[0] & 0x3F) << 6 | two[1] & 0x3F


# --- outbound ---


class _Writer:
    """The data stream of one command, order by order, over a screen that is taken apart."""

    def __init__(self, screen: Screen) -> None:
        self.before = screen
        self.size = screen.size
        self.characters = bytearray(screen.characters)
        self.attributes = bytearray(screen.attributes)
        self.highlighting = bytearray(screen.highlighting)
        self.color = bytearray(screen.color)
        self.character_set = bytearray(screen.character_set)
        self.address = screen.address
        self.cursor = screen.cursor
        self.current = (0, 0, 0)
        """Highlighting, color and character set of what is written next (SET ATTRIBUTE)."""

    def screen(self) -> Screen:
        """What the screen is now."""
        return replace(
            self.before,
            characters=bytes(self.characters),
            attributes=bytes(self.attributes),
            highlighting=bytes(self.highlighting),
            color=bytes(self.color),
            character_set=bytes(self.character_set),
            address=self.address,
            cursor=self.cursor,
        )

    def run(self, data: bytes) -> Screen:
        """Carry out orders and data."""
        position, tab_erases = 0, False
        while position < len(data):
            code = data[position]
            length = self._length(data, position)
            operands = data[position + 1 : position + length]
            if len(operands) < length - 1:
                raise self._error(f"order {code:02X} ends early")
            after_order = tab_erases
            tab_erases = False
            match code:
                case 0x1D:
                    self._put_attribute(operands[0])
                case 0x29:
                    self._put_attribute(0)
                    self._set_pairs(operands[1:], (self.address - 1) % self.size)
                case 0x2C:
                    self._modify(operands[1:])
                case 0x28:
                    self._set_attribute(operands[0], operands[1])
                case 0x11:
                    self.address = self._target(operands)
                case 0x12:
                    self._erase_unprotected(self._target(operands))
                case 0x13:
                    self.cursor = self.address
                case 0x3C:
                    self._repeat(operands)
                    tab_erases = True
                case 0x05:
                    self._tab(erase=after_order)
                case 0x08:
                    self._put(operands[0])
                    tab_erases = True
                case _:
                    if code and code < 0x40 and code not in DISPLAYABLE_CONTROLS:
                        raise self._error(f"order {code:02X} is none")
                    self._put(code)
                    tab_erases = True
            position += length
        return self.screen()

    @staticmethod
    def _length(data: bytes, position: int) -> int:
        code = data[position]
        if code in (START_FIELD, GRAPHIC_ESCAPE):
            return 2
        if code in (SET_BUFFER_ADDRESS, ERASE_UNPROTECTED_TO_ADDRESS, SET_ATTRIBUTE):
            return 3
        if code == REPEAT_TO_ADDRESS:
            return 5 if data[position + 3 : position + 4] == bytes((GRAPHIC_ESCAPE,)) else 4
        if code in (START_FIELD_EXTENDED, MODIFY_FIELD):
            pairs = data[position + 1] if position + 1 < len(data) else 0
            return 2 + 2 * pairs
        return 1

    def _error(self, text: str) -> DataStreamError:
        return DataStreamError(self.screen(), text)

    def _target(self, operands: bytes) -> int:
        target = decode_address(operands[:2])
        if target >= self.size:
            raise self._error(f"address {target}: the screen has {self.size} positions")
        return target

    def _put(self, code: int) -> None:
        at = self.address
        self.characters[at], self.attributes[at] = code, 0
        self.highlighting[at], self.color[at], self.character_set[at] = self.current
        self.address = (at + 1) % self.size

    def _put_attribute(self, attribute: int) -> None:
        at = self.address
        self._put(0)
        self.attributes[at] = PRESENT | attribute & 0x3F
        self.highlighting[at] = self.color[at] = self.character_set[at] = 0

    def _set_pairs(self, pairs: bytes, at: int) -> None:
        for kind, value in zip(pairs[::2], pairs[1::2], strict=False):
            match kind:
                case 0xC0:
                    self.attributes[at] = PRESENT | value & 0x3F
                case 0x41:
                    self.highlighting[at] = value
                case 0x42:
                    self.color[at] = value
                case 0x43:
                    self.character_set[at] = value

    def _modify(self, pairs: bytes) -> None:
        if not self.attributes[self.address]:
            raise self._error(f"modify field at {self.address}, where no field begins")
        self._set_pairs(pairs, self.address)
        self.address = (self.address + 1) % self.size

    def _set_attribute(self, kind: int, value: int) -> None:
        highlighting, color, character_set = self.current
        match kind:
            case 0x00:
                self.current = (0, 0, 0)
            case 0x41:
                self.current = (value, color, character_set)
            case 0x42:
                self.current = (highlighting, value, character_set)
            case 0x43:
                self.current = (highlighting, color, value)

    def _repeat(self, operands: bytes) -> None:
        target = self._target(operands)
        while True:
            self._put(operands[-1])
            if self.address == target:
                return

    def _protected(self, position: int) -> bool:
        for back in range(self.size):
            attribute = self.attributes[(position - back) % self.size]
            if attribute:
                return bool(attribute & PROTECTED)
        return False

    def _erase_unprotected(self, target: int) -> None:
        protected = self._protected(self.address)
        while True:
            if self.attributes[self.address]:
                protected = bool(self.attributes[self.address] & PROTECTED)
            elif not protected:
                self.characters[self.address] = 0
            self.address = (self.address + 1) % self.size
            if self.address == target:
                return

    def _tab(self, *, erase: bool) -> None:
        """To the first position of the next unprotected field; the start of the screen if there is none behind."""
        at = self.address
        if self.attributes[at] and not self.attributes[at] & PROTECTED and not erase:
            self.address = (at + 1) % self.size
            return
        while at < self.size:
            if self.attributes[at] and not self.attributes[at] & PROTECTED:
                self.address = (at + 1) % self.size
                return
            if erase and not self.attributes[at]:
                self.characters[at] = 0
            elif self.attributes[at]:
                erase = False
            at += 1
        self.address = 0


DISPLAYABLE_CONTROLS = frozenset({0x0C, 0x0D, 0x15, 0x19, 0x1C, 0x1E, 0x3F})
"""Form feed, carrier return, new line, end of message, duplicate, field mark, substitute."""


def write(screen: Screen, command: int, data: bytes) -> Screen:
    """A write command of the channel: what it makes of the screen.  DataStreamError."""
    if command == ERASE_ALL_UNPROTECTED:
        return erase_all_unprotected(screen)
    if command == WRITE_STRUCTURED_FIELD:
        return write_structured_field(screen, data)
    if command in (ERASE_WRITE, ERASE_WRITE_ALTERNATE) and data:
        erased = blank(screen.model, alternate=command == ERASE_WRITE_ALTERNATE)
        screen = replace(erased, locked=screen.locked, aid=screen.aid, alarms=screen.alarms)
    if not data:
        return screen
    control = data[0]
    if control & WCC_RESET_MODIFIED:
        kept = bytes(each & ~MODIFIED if each else 0 for each in screen.attributes)
        screen = replace(screen, attributes=kept)
    screen = _Writer(screen).run(data[1:])
    if control & WCC_ALARM:
        screen = replace(screen, alarms=screen.alarms + 1)
    if control & WCC_RESTORE:
        screen = replace(screen, locked=False, aid=NO_AID, insert=False)
    return screen


def write_structured_field(screen: Screen, data: bytes) -> Screen:
    """Erase/Reset (03) and Outbound 3270DS (40) for the whole display; others are refused."""
    while data:
        length = int.from_bytes(data[:2], "big") or len(data)
        one, data = data[2:length], data[length:]
        if length < 3 or len(one) < length - 2:
            raise DataStreamError(screen, "a structured field ends early")
        if one[0] == 0x03 and len(one) >= 2:
            screen = replace(blank(screen.model, alternate=bool(one[1] & 0x80)), alarms=screen.alarms)
        elif one[0] == 0x40 and len(one) >= 3 and one[2] in SNA_COMMANDS:
            screen = write(screen, SNA_COMMANDS[one[2]], one[3:])
        else:
            raise DataStreamError(screen, f"structured field {one[0]:02X}")
    return screen


SNA_COMMANDS = {
    0xF1: WRITE,
    0xF5: ERASE_WRITE,
    0x7E: ERASE_WRITE_ALTERNATE,
    0x6F: ERASE_ALL_UNPROTECTED,
}
"""Codes of the write commands inside structured fields."""


def erase_all_unprotected(screen: Screen) -> Screen:
    """Clear unprotected fields, reset their modified bits; the cursor goes to the first of them, the keyboard opens."""
    characters, attributes = bytearray(screen.characters), bytearray(screen.attributes)
    if not screen.formatted:
        return replace(screen, characters=bytes(screen.size), cursor=0, locked=False, aid=NO_AID)
    first = None
    for start in range(screen.size):
        attribute = attributes[start]
        if not attribute or attribute & PROTECTED:
            continue
        attributes[start] = attribute & ~MODIFIED
        first = (start + 1) % screen.size if first is None else first
        for at in screen.field_positions(start):
            characters[at] = 0
    return replace(
        screen,
        characters=bytes(characters),
        attributes=bytes(attributes),
        cursor=first or 0,
        locked=False,
        aid=NO_AID,
    )


# --- inbound ---


def read_buffer(screen: Screen, start: int = 0) -> bytes:
    """Attention identifier, cursor, and every position from ``start`` on: attributes as START FIELD orders."""
    answer = bytearray((screen.aid,)) + encode_address(screen.cursor, screen.size)
    for attribute, character in zip(screen.attributes[start:], screen.characters[start:], strict=True):
        if attribute:
            answer += bytes((START_FIELD, CODES[attribute & 0x3F]))
        else:
            answer.append(character)
    return bytes(answer)


def read_modified(screen: Screen, start: int = 0) -> bytes:
    """Attention identifier, cursor, and the modified fields that begin at ``start`` or behind, without their nulls."""
    if screen.aid in SHORT_READ:
        return bytes((screen.aid,))
    answer = bytearray((screen.aid,)) + encode_address(screen.cursor, screen.size)
    if not screen.formatted:
        return bytes(answer + screen.characters[start:].replace(b"\0", b""))
    for begin in range(start, screen.size):
        if screen.attributes[begin] & MODIFIED:
            answer.append(SET_BUFFER_ADDRESS)
            answer += encode_address((begin + 1) % screen.size, screen.size)
            answer += bytes(screen.characters[at] for at in screen.field_positions(begin) if screen.characters[at])
    return bytes(answer)
