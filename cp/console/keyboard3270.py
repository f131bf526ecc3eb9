"""The keyboard of a 3270 display: what keys make of a ``Screen``.  Pure functions, like screen3270.py.

Typing where it is not allowed (a protected field, an attribute, more than fits in insert mode) locks the keyboard, as
the machine does; RESET opens it.  Every key that changes a field marks it as modified.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from vm370.cp.console.screen3270 import (
    CLEAR,
    MODIFIED,
    NO_AID,
    NUMERIC,
    PRESENT,
    PROTECTED,
    Screen,
    blank,
)

DUPLICATE, FIELD_MARK = 0x1C, 0x1E
NUMERIC_CHARACTERS = frozenset("0123456789.-".encode("cp037")) | {DUPLICATE}
AUTO_SKIP = PROTECTED | NUMERIC


def press(screen: Screen, aid: int) -> Screen:
    """A key with an attention identifier: the keyboard locks until the program answers."""
    if screen.locked:
        return screen
    if aid == CLEAR:
        empty = blank(screen.model)
        return replace(empty, aid=aid, locked=True, alarms=screen.alarms)
    return replace(screen, aid=aid, locked=True)


def reset(screen: Screen) -> Screen:
    """RESET: the keyboard opens, even when the program has not answered yet; insert mode ends."""
    return replace(screen, locked=False, insert=False)


def insert(screen: Screen) -> Screen:
    """INSERT MODE."""
    return screen if screen.locked else replace(screen, insert=True)


def toggle_insert(screen: Screen) -> Screen:
    """INSERT MODE on keyboards whose key ends it too."""
    return replace(screen, insert=False) if screen.insert else insert(screen)


def type_character(screen: Screen, code: int) -> Screen:
    """A graphic key, in EBCDIC."""
    if screen.locked:
        return screen
    at = screen.cursor
    attribute = screen.attribute_at(at)
    refused = screen.attributes[at] or attribute & PROTECTED
    refused = refused or (attribute & NUMERIC and code not in NUMERIC_CHARACTERS)
    if refused:
        return replace(screen, locked=True)
    characters = bytearray(screen.characters)
    if screen.insert and characters[at]:
        run = _run(screen, at)
        gap = next((place for place in run if characters[place] == 0), None)
        if gap is None:
            return replace(screen, locked=True)
        moved = run[: run.index(gap) + 1]
        for to, source in zip(reversed(moved[1:]), reversed(moved[:-1]), strict=True):
            characters[to] = characters[source]
    characters[at] = code
    return _advance(_modified(replace(screen, characters=bytes(characters)), at))


def _run(screen: Screen, at: int) -> list[int]:
    """The positions from here to the end of the field."""
    run = [at]
    for step in range(1, screen.size):
        place = (at + step) % screen.size
        if screen.attributes[place] or (not screen.formatted and place == 0):
            break
        run.append(place)
    return run


def _modified(screen: Screen, at: int) -> Screen:
    start = screen.field_start(at)
    if start is None:
        return screen
    attributes = bytearray(screen.attributes)
    attributes[start] |= PRESENT | MODIFIED
    return replace(screen, attributes=bytes(attributes))


def _advance(screen: Screen) -> Screen:
    """The cursor behind a typed character: over an attribute, and over a field to be skipped."""
    at = (screen.cursor + 1) % screen.size
    attribute = screen.attributes[at]
    if attribute & AUTO_SKIP == AUTO_SKIP and attribute:
        return tab(replace(screen, cursor=at))
    if attribute:
        at = (at + 1) % screen.size
    return replace(screen, cursor=at)


def move(screen: Screen, rows: int, columns: int) -> Screen:
    """The cursor keys: the screen is a ring in both directions."""
    if screen.locked and screen.aid != NO_AID:
        return screen
    return replace(screen, cursor=(screen.cursor + rows * screen.columns + columns) % screen.size)


def _fields(screen: Screen) -> list[int]:
    """First positions of the unprotected fields that have room."""
    return [
        (start + 1) % screen.size
        for start in range(screen.size)
        if screen.attributes[start]
        and not screen.attributes[start] & PROTECTED
        and not screen.attributes[(start + 1) % screen.size]
    ]


def tab(screen: Screen) -> Screen:
    """To the next unprotected field."""
    places = _fields(screen)
    later = [place for place in places if place > screen.cursor]
    return replace(screen, cursor=min(later, default=min(places, default=0)))


def back_tab(screen: Screen) -> Screen:
    """To the beginning of this field, or of the one before."""
    places = _fields(screen)
    earlier = [place for place in places if place < screen.cursor]
    return replace(screen, cursor=max(earlier, default=max(places, default=0)))


def home(screen: Screen) -> Screen:
    """To the first unprotected field."""
    return replace(screen, cursor=min(_fields(screen), default=0))


def new_line(screen: Screen) -> Screen:
    """To the first unprotected position of the following lines."""
    at = (screen.cursor // screen.columns + 1) * screen.columns % screen.size
    if not screen.formatted:
        return replace(screen, cursor=at)
    if not screen.attributes[at] and not screen.attribute_at(at) & PROTECTED:
        return replace(screen, cursor=at)
    return tab(replace(screen, cursor=(at - 1) % screen.size)) if at else home(screen)


def delete(screen: Screen) -> Screen:
    """Take the character at the cursor out of its field; the rest moves up."""
    if screen.locked:
        return screen
    at = screen.cursor
    if screen.attributes[at] or screen.attribute_at(at) & PROTECTED:
        return replace(screen, locked=True)
    run = _run(screen, at)
    characters = bytearray(screen.characters)
    for to, source in pairwise(run):
        characters[to] = characters[source]
    characters[run[-1]] = 0
    return _modified(replace(screen, characters=bytes(characters)), at)


def erase_before(screen: Screen) -> Screen:
    """The cursor goes back, and the character there is taken out of its field; nothing at the beginning of a field."""
    before = (screen.cursor - 1) % screen.size
    if screen.locked or screen.attributes[before] or (screen.cursor == 0 and not screen.formatted):
        return screen
    return delete(replace(screen, cursor=before))


def end_of_field(screen: Screen) -> Screen:
    """Behind the last character of the field that the cursor is in."""
    if screen.locked or screen.attributes[screen.cursor] or screen.attribute_at(screen.cursor) & PROTECTED:
        return screen
    start = screen.field_start(screen.cursor)
    first = 0 if start is None else start + 1
    run = _run(screen, first % screen.size)
    last = max((number for number, at in enumerate(run) if screen.characters[at] not in (0, 0x40)), default=-1)
    return replace(screen, cursor=run[min(last + 1, len(run) - 1)])


def duplicate(screen: Screen) -> Screen:
    """DUP: its character, and on to the next field."""
    typed = type_character(screen, DUPLICATE)
    return typed if typed.locked or typed is screen else tab(replace(typed, cursor=screen.cursor))


def field_mark(screen: Screen) -> Screen:
    """FIELD MARK."""
    return type_character(screen, FIELD_MARK)


def erase_end_of_field(screen: Screen) -> Screen:
    """ERASE EOF."""
    if screen.locked:
        return screen
    at = screen.cursor
    if screen.attributes[at] or screen.attribute_at(at) & PROTECTED:
        return replace(screen, locked=True)
    characters = bytearray(screen.characters)
    for place in _run(screen, at):
        characters[place] = 0
    return _modified(replace(screen, characters=bytes(characters)), at)


def erase_input(screen: Screen) -> Screen:
    """ERASE INPUT: all unprotected fields, and the cursor goes home."""
    if screen.locked:
        return screen
    characters, attributes = bytearray(screen.characters), bytearray(screen.attributes)
    if not screen.formatted:
        return replace(screen, characters=bytes(screen.size), cursor=0)
    for start in range(screen.size):
        if attributes[start] and not attributes[start] & PROTECTED:
            attributes[start] &= ~MODIFIED
            for at in screen.field_positions(start):
                characters[at] = 0
    return home(replace(screen, characters=bytes(characters), attributes=bytes(attributes)))
