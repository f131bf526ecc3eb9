"""Inbound data streams of the 3270: what a ``Screen`` sends, and what is known of a screen from what a display sent.

attention identifier, cursor address, then
read buffer     every position; a field attribute as a START FIELD (or START FIELD EXTENDED) order
read modified   for each modified field: SET BUFFER ADDRESS, its first position, its characters without nulls;
                a PA key or CLEAR: the identifier alone
reply mode      0 field   1 extended field: START FIELD EXTENDED   2 character: SET ATTRIBUTE orders too
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from vm370.cp.console import keyboard3270
from vm370.cp.console.screen3270 import (
    BASIC_ATTRIBUTE,
    CHARACTER_MODE,
    CHARACTER_SET,
    CLEAR,
    CODES,
    COLOR,
    FIELD_MODE,
    GRAPHIC_ESCAPE,
    HIGHLIGHTING,
    MODIFIED,
    NO_AID,
    SET_ATTRIBUTE,
    SET_BUFFER_ADDRESS,
    SHORT_READ,
    START_FIELD,
    START_FIELD_EXTENDED,
    STRUCTURED_FIELD_AID,
    DataStreamError,
    Screen,
    decode_address,
    encode_address,
)


def read_buffer(screen: Screen, start: int = 0) -> bytes:
    """Attention identifier, cursor, and every position from ``start`` on."""
    if screen.reply:
        return bytes((STRUCTURED_FIELD_AID,)) + screen.reply
    return _head(screen) + _Sender(screen).cells(range(start, screen.size))


def read_modified(screen: Screen, start: int = 0, *, everything: bool = False) -> bytes:
    """Attention identifier, cursor, and the modified fields that begin at ``start`` or behind, without their nulls.

    ``everything`` (Read Modified All): after a PA key or CLEAR too.
    """
    if screen.reply:
        return bytes((STRUCTURED_FIELD_AID,)) + screen.reply
    if screen.aid in SHORT_READ and not everything:
        return bytes((screen.aid,))
    sender = _Sender(screen)
    if not screen.formatted:
        return _head(screen) + sender.cells(range(start, screen.size), nulls=False)
    answer = bytearray(_head(screen))
    for begin in range(start, screen.size):
        if screen.attributes[begin] & MODIFIED:
            answer.append(SET_BUFFER_ADDRESS)
            answer += encode_address((begin + 1) % screen.size, screen.size, screen.addressing)
            answer += sender.cells(screen.field_positions(begin), nulls=False)
    return bytes(answer)


def taken(screen: Screen) -> Screen:
    """A program has read the structured fields that the display had to send."""
    return replace(screen, reply=b"", aid=NO_AID)


def _head(screen: Screen) -> bytes:
    return bytes((screen.aid,)) + encode_address(screen.cursor, screen.size, screen.addressing)


class _Sender:
    """Positions as orders and characters, as the reply mode says."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self._buffers = {
            COLOR: screen.color,
            HIGHLIGHTING: screen.highlighting,
            CHARACTER_SET: screen.character_set,
        }
        types = screen.reply_types if screen.reply_mode == CHARACTER_MODE else b""
        self._current = {kind: 0 for kind in self._buffers if kind in types}

    def cells(self, positions: Iterable[int], *, nulls: bool = True) -> bytes:
        """What stands at these positions."""
        screen, out = self.screen, bytearray()
        for at in positions:
            if screen.attributes[at]:
                out += self._attribute(at)
                continue
            code = screen.characters[at]
            if not code and not nulls:
                continue
            graphic = screen.character_set[at] == GRAPHIC_ESCAPE
            for kind, before in self._current.items():
                value = 0 if graphic and kind == CHARACTER_SET else self._buffers[kind][at]
                if value != before:
                    out += bytes((SET_ATTRIBUTE, kind, value))
                    self._current[kind] = value
            out += bytes((GRAPHIC_ESCAPE, code) if graphic else (code,))
        return bytes(out)

    def _attribute(self, at: int) -> bytes:
        code = CODES[self.screen.attributes[at] & 0x3F]
        if self.screen.reply_mode == FIELD_MODE:
            return bytes((START_FIELD, code))
        pairs = [(kind, buffer[at]) for kind, buffer in self._buffers.items() if buffer[at]]
        order = bytes((START_FIELD_EXTENDED, len(pairs) + 1, BASIC_ATTRIBUTE, code))
        return order + b"".join(bytes(pair) for pair in pairs)


# --- what a display sent ---


def receive(screen: Screen, record: bytes) -> Screen:
    """The screen as a display's answer to a key shows it.  DataStreamError.

    Where nulls stood between the characters of a field is not known: they are at its end.
    """
    if not record:
        raise DataStreamError(screen, "an empty record")
    aid, rest = record[0], record[1:]
    if aid == STRUCTURED_FIELD_AID:
        return replace(screen, reply=rest, aid=aid, locked=True)
    if aid == CLEAR:
        return keyboard3270.press(replace(screen, locked=False), CLEAR)
    screen = replace(screen, aid=aid, locked=True)
    if len(rest) < 2:
        return screen
    cursor = _address(screen, rest[:2])
    characters, attributes = bytearray(screen.characters), bytearray(screen.attributes)
    if not screen.formatted:
        text = bytes(code for _, code in _characters(rest[2:]))[: screen.size]
        return replace(screen, cursor=cursor, characters=text.ljust(screen.size, b"\0"))
    for at, attribute in enumerate(attributes):
        attributes[at] = attribute & ~MODIFIED
    fields: list[tuple[int, bytes]] = []
    data = rest[2:]
    for order, code in _characters(data):
        if order >= 0:
            fields.append((_address(screen, data[order : order + 2]), b""))
        elif fields:
            fields[-1] = (fields[-1][0], fields[-1][1] + bytes((code,)))
    for first, text in fields:
        begin = screen.field_start((first - 1) % screen.size)
        if begin is None:
            continue
        attributes[begin] |= MODIFIED
        places = [first + step for step in range(screen.size)]
        for number, at in enumerate(places):
            if screen.attributes[at % screen.size]:
                break
            characters[at % screen.size] = text[number] if number < len(text) else 0
    return replace(screen, cursor=cursor, characters=bytes(characters), attributes=bytes(attributes))


def _characters(data: bytes) -> Iterator[tuple[int, int]]:
    """(-1, character), or (offset of the address behind it, 0) for a SET BUFFER ADDRESS; SET ATTRIBUTE is skipped."""
    at = 0
    while at < len(data):
        match data[at]:
            case 0x11:
                yield at + 1, 0
                at += 3
            case 0x28:
                at += 3
            case 0x08:
                at += 1
            case code:
                yield -1, code
                at += 1


def _address(screen: Screen, two: bytes) -> int:
    if len(two) < 2 or (address := decode_address(two, screen.addressing)) >= screen.size:
        raise DataStreamError(screen, f"address {two.hex().upper()}: the screen has {screen.size} positions")
    return address
