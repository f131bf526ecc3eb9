"""Outbound data streams of the 3270: what write commands and their orders make of a ``Screen``.

    order                          length   what it does at the current address
    05 program tab                 1        to the next unprotected field; behind data it clears the rest of the field
    08 graphic escape              2        a character of the other set
    11 set buffer address          3
    12 erase unprotected to        3        clears the unprotected positions up to an address
    13 insert cursor               1
    1D start field                 2        a field attribute
    28 set attribute               3        highlighting, color, set of the characters that follow
    29 start field extended        2 + 2n   field attribute and extended attributes by pairs
    2C modify field                2 + 2n   changes the attribute that is there
    3C repeat to address           4, 5     fills up to an address with one character

A stream that a display refuses raises DataStreamError with the screen that what came before has made.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from vm370.cp.console import screen3270, structured3270
from vm370.cp.console.screen3270 import (
    BASIC_ATTRIBUTE,
    CHARACTER_SET,
    CODES,
    COLOR,
    ERASE_ALL_UNPROTECTED,
    ERASE_UNPROTECTED_TO_ADDRESS,
    ERASE_WRITE,
    ERASE_WRITE_ALTERNATE,
    GRAPHIC_ESCAPE,
    HIGHLIGHTING,
    INSERT_CURSOR,
    MODELS,
    MODIFIED,
    MODIFY_FIELD,
    NO_AID,
    PRESENT,
    PROTECTED,
    REPEAT_TO_ADDRESS,
    SET_ATTRIBUTE,
    SET_BUFFER_ADDRESS,
    START_FIELD,
    START_FIELD_EXTENDED,
    WCC_ALARM,
    WCC_RESET,
    WCC_RESET_MODIFIED,
    WCC_RESTORE,
    WRITE,
    WRITE_STRUCTURED_FIELD,
    DataStreamError,
    Screen,
    blank,
    decode_address,
    encode_address,
)


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
                case screen3270.START_FIELD:
                    self._put_attribute(operands[0])
                case screen3270.START_FIELD_EXTENDED:
                    self._put_attribute(0)
                    self._set_pairs(operands[1:], (self.address - 1) % self.size)
                case screen3270.MODIFY_FIELD:
                    self._modify(operands[1:])
                case screen3270.SET_ATTRIBUTE:
                    self._set_attribute(operands[0], operands[1])
                case screen3270.SET_BUFFER_ADDRESS:
                    self.address = self._target(operands)
                case screen3270.ERASE_UNPROTECTED_TO_ADDRESS:
                    self._erase_unprotected(self._target(operands))
                case screen3270.INSERT_CURSOR:
                    self.cursor = self.address
                case screen3270.REPEAT_TO_ADDRESS:
                    self._repeat(operands)
                    tab_erases = True
                case screen3270.PROGRAM_TAB:
                    self._tab(erase=after_order)
                case screen3270.GRAPHIC_ESCAPE:
                    self._put(operands[0], graphic=True)
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
        target = decode_address(operands[:2], self.before.addressing)
        if target >= self.size:
            raise self._error(f"address {target}: the screen has {self.size} positions")
        return target

    def _put(self, code: int, *, graphic: bool = False) -> None:
        at = self.address
        self.characters[at], self.attributes[at] = code, 0
        self.highlighting[at], self.color[at], self.character_set[at] = self.current
        if graphic:
            self.character_set[at] = GRAPHIC_ESCAPE
        self.address = (at + 1) % self.size

    def _erase(self, at: int) -> None:
        self.characters[at] = self.character_set[at] = 0

    def _put_attribute(self, attribute: int) -> None:
        at = self.address
        self._put(0)
        self.attributes[at] = PRESENT | attribute & 0x3F
        self.highlighting[at] = self.color[at] = self.character_set[at] = 0

    def _set_pairs(self, pairs: bytes, at: int) -> None:
        for kind, value in zip(pairs[::2], pairs[1::2], strict=False):
            match kind:
                case screen3270.BASIC_ATTRIBUTE:
                    self.attributes[at] = PRESENT | value & 0x3F
                case screen3270.HIGHLIGHTING:
                    self.highlighting[at] = value
                case screen3270.COLOR:
                    self.color[at] = value
                case screen3270.CHARACTER_SET:
                    self.character_set[at] = value if value >= 0x40 else 0

    def _modify(self, pairs: bytes) -> None:
        if not self.attributes[self.address]:
            raise self._error(f"modify field at {self.address}, where no field begins")
        self._set_pairs(pairs, self.address)
        self.address = (self.address + 1) % self.size

    def _set_attribute(self, kind: int, value: int) -> None:
        highlighting, color, character_set = self.current
        match kind:
            case screen3270.RESET_ALL:
                self.current = (0, 0, 0)
            case screen3270.HIGHLIGHTING:
                self.current = (value, color, character_set)
            case screen3270.COLOR:
                self.current = (highlighting, value, character_set)
            case screen3270.CHARACTER_SET:
                self.current = (highlighting, color, value if value >= 0x40 else 0)

    def _repeat(self, operands: bytes) -> None:
        target = self._target(operands)
        while True:
            self._put(operands[-1], graphic=len(operands) > 3)
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
                self._erase(self.address)
            self.address = (self.address + 1) % self.size
            if self.address == target:
                return

    def _tab(self, *, erase: bool) -> None:
        """To the first position of the next unprotected field that has one; position 0 if there is none behind."""
        at = self.address
        if self.attributes[at] and not self.attributes[at] & PROTECTED and not erase:
            self.address = (at + 1) % self.size
            return
        while at < self.size:
            following = (at + 1) % self.size
            if self.attributes[at] and not self.attributes[at] & PROTECTED and not self.attributes[following]:
                self.address = following
                return
            if erase and not self.attributes[at]:
                self._erase(at)
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
        return structured3270.write_structured_fields(screen, data, write)
    if not data:
        return screen
    control = data[0]
    if command in (ERASE_WRITE, ERASE_WRITE_ALTERNATE):
        erased = blank(screen.model, alternate=command == ERASE_WRITE_ALTERNATE)
        screen = replace(erased, locked=screen.locked, aid=screen.aid, **_kept(screen, reset=bool(control & WCC_RESET)))
    if control & WCC_RESET_MODIFIED:
        kept = bytes(each & ~MODIFIED if each else 0 for each in screen.attributes)
        screen = replace(screen, attributes=kept)
    screen = _Writer(screen).run(data[1:])
    if control & WCC_ALARM:
        screen = replace(screen, alarms=screen.alarms + 1)
    if control & WCC_RESTORE:
        screen = replace(screen, locked=False, aid=NO_AID, insert=False)
    return screen


def erase_all_unprotected(screen: Screen) -> Screen:
    """Clear unprotected fields, reset their modified bits; the cursor goes to the first of them, the keyboard opens."""
    characters, attributes = bytearray(screen.characters), bytearray(screen.attributes)
    sets = bytearray(screen.character_set)
    if not screen.formatted:
        empty = bytes(screen.size)
        return replace(screen, characters=empty, character_set=empty, cursor=0, locked=False, aid=NO_AID)
    first = None
    for start in range(screen.size):
        attribute = attributes[start]
        if not attribute or attribute & PROTECTED:
            continue
        attributes[start] = attribute & ~MODIFIED
        first = (start + 1) % screen.size if first is None else first
        for at in screen.field_positions(start):
            characters[at] = sets[at] = 0
    return replace(
        screen,
        characters=bytes(characters),
        character_set=bytes(sets),
        attributes=bytes(attributes),
        cursor=first or 0,
        locked=False,
        aid=NO_AID,
    )


def _kept(screen: Screen, *, reset: bool = False) -> dict[str, Any]:
    """What erasing the screen leaves as it is."""
    mode = {} if reset else {"reply_mode": screen.reply_mode, "reply_types": screen.reply_types}
    return {"alarms": screen.alarms, "reply": screen.reply, "addressing": screen.addressing, **mode}


def starting_at(data: bytes, address: int, screen: Screen, command: int) -> bytes:
    """The data of a command for a display that does not know where ``WRITE`` has to begin."""
    if command != WRITE or not data:
        return data
    return data[:1] + bytes((SET_BUFFER_ADDRESS,)) + encode_address(address, screen.size) + data[1:]


def repaint(screen: Screen, *, control: int = 0xC0) -> tuple[int, bytes]:
    """Command and data that make this screen on a display of the same model."""
    alternate = (screen.rows, screen.columns) != MODELS[2]
    out = bytearray((control | (0 if screen.locked else WCC_RESTORE),))
    current = (0, 0, 0)
    at = 0
    while at < screen.size:
        pairs = (screen.highlighting[at], screen.color[at], screen.character_set[at])
        attribute, code = screen.attributes[at], screen.characters[at]
        if attribute:
            out += _field_order(attribute, pairs)
            at += 1
            continue
        graphic = pairs[2] == GRAPHIC_ESCAPE
        wanted = (*pairs[:2], 0) if graphic else pairs
        for kind, value, before in zip((HIGHLIGHTING, COLOR, CHARACTER_SET), wanted, current, strict=True):
            if value != before:
                out += bytes((SET_ATTRIBUTE, kind, value))
        current = wanted
        end = at + 1
        while end < screen.size and not screen.attributes[end] and _cell(screen, end) == (code, *pairs):
            end += 1
        one = bytes((GRAPHIC_ESCAPE, code)) if graphic else bytes((code,))
        if end - at > 3 and _cell(screen, at) == (0, 0, 0, 0):
            out += bytes((SET_BUFFER_ADDRESS,)) + encode_address(end % screen.size, screen.size)
        elif end - at > 4:
            out += bytes((REPEAT_TO_ADDRESS,)) + encode_address(end % screen.size, screen.size) + one
        else:
            out += one * (end - at)
        at = end
    out += bytes((SET_BUFFER_ADDRESS,)) + encode_address(screen.cursor, screen.size) + bytes((INSERT_CURSOR,))
    return (ERASE_WRITE_ALTERNATE if alternate else ERASE_WRITE), bytes(out)


def _cell(screen: Screen, at: int) -> tuple[int, int, int, int]:
    return screen.characters[at], screen.highlighting[at], screen.color[at], screen.character_set[at]


def _field_order(attribute: int, pairs: tuple[int, int, int]) -> bytes:
    """START FIELD, or START FIELD EXTENDED where there are extended attributes."""
    code = CODES[attribute & 0x3F]
    kinds = [
        (kind, value)
        for kind, value in zip((HIGHLIGHTING, COLOR, CHARACTER_SET), pairs, strict=True)
        if value and value != GRAPHIC_ESCAPE
    ]
    if not kinds:
        return bytes((START_FIELD, code))
    order = bytes((START_FIELD_EXTENDED, len(kinds) + 1, BASIC_ATTRIBUTE, code))
    return order + b"".join(bytes(pair) for pair in kinds)
