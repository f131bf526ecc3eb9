"""A 3270 screen as prompt_toolkit text: characters, colors, highlighting; and the line of indicators below it.

A field without a color of its own has the one that a 3279 gives it (base color):

                   normal    intensified
    unprotected    green     red
    protected      blue      white
"""

from __future__ import annotations

from prompt_toolkit.formatted_text import StyleAndTextTuples

from vm370.cp.console.screen3270 import (
    BLINK,
    BLUE,
    DARK,
    DISPLAY,
    GRAPHIC_ESCAPE,
    GREEN,
    INTENSIFIED,
    INTENSIFY,
    NO_AID,
    PINK,
    PROTECTED,
    RED,
    REVERSE,
    TURQUOISE,
    UNDERSCORE,
    WHITE,
    YELLOW,
    Screen,
)
from vm370.cp.console.terminal import shown_text
from vm370.images.ebcdic import from_ebcdic

STYLES = {
    "green": "ansigreen",
    "red": "ansibrightred",
    "blue": "ansibrightblue",
    "white": "ansiwhite",
    "pink": "ansibrightmagenta",
    "turquoise": "ansicyan",
    "yellow": "ansiyellow",
}
"""Names of style classes."""
COLORS = {BLUE: "blue", RED: "red", PINK: "pink", GREEN: "green", TURQUOISE: "turquoise", YELLOW: "yellow"}
COLORS[WHITE] = "white"
BASE_COLORS = {(0, False): "green", (0, True): "red", (PROTECTED, False): "blue", (PROTECTED, True): "white"}
HIGHLIGHTS = {BLINK: " blink", REVERSE: " reverse", UNDERSCORE: " underline", INTENSIFY: " bold"}

APL = 0xF1
DUPLICATE, FIELD_MARK = 0x1C, 0x1E
GRAPHICS = dict(zip(bytes.fromhex("A285C5D5C4D4C6D6D7C7D3A38CAEBE"), "─│┌┐└┘├┤┬┴┼•≤≥≠", strict=True))
"""Characters of the APL set that programs draw with."""


def _graphic(code: int) -> str:
    if code == DUPLICATE:
        return "*"
    if code == FIELD_MARK:
        return ";"
    return " " if code < 0x40 or code == 0xFF else shown_text(from_ebcdic(bytes((code,))))


CHARACTERS = [_graphic(code) for code in range(256)]


def drawn(screen: Screen) -> StyleAndTextTuples:
    """The rows, as fragments that each have one style."""
    fragments: StyleAndTextTuples = []
    attribute_at = screen.field_start(screen.size - 1)
    start = 0 if attribute_at is None else attribute_at
    style, text = "", ""
    for at in range(screen.size):
        if at and at % screen.columns == 0:
            fragments += [(style, text), ("", "\n")]
            text = ""
        if screen.attributes[at]:
            start = at
        one, character = _cell(screen, at, start)
        if one != style and text:
            fragments.append((style, text))
            text = ""
        style = one
        text += character
    fragments.append((style, text))
    return fragments


def _cell(screen: Screen, at: int, start: int) -> tuple[str, str]:
    """Style and character of a position whose field's attribute is at ``start``."""
    attribute = screen.attributes[start]
    if screen.attributes[at] or attribute & DISPLAY == DARK:
        return "", " "
    intensified = attribute & DISPLAY == INTENSIFIED
    color = COLORS.get(screen.color[at] or (screen.color[start] if attribute else 0))
    style = f"class:{color or BASE_COLORS[attribute & PROTECTED, intensified]}{' bold' if intensified else ''}"
    style += HIGHLIGHTS.get(screen.highlighting[at] or (screen.highlighting[start] if attribute else 0), "")
    code = screen.characters[at]
    if screen.character_set[at] in (APL, GRAPHIC_ESCAPE):
        return style, GRAPHICS.get(code, CHARACTERS[code])
    return style, CHARACTERS[code]


def indicators(screen: Screen) -> str:
    """What the line below the screen tells: why the keyboard is locked, insert mode, where the cursor is."""
    lock = "X SYSTEM" if screen.aid != NO_AID else "X RESET (Ctrl-R)"
    row, column = divmod(screen.cursor, screen.columns)
    return f"{lock if screen.locked else '':16} {'INSERT' if screen.insert else '':6} {row + 1:03}/{column + 1:03}"
