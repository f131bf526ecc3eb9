"""The keys of a 3270 display by name, and what a program's screen looks like as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from vm370.cp.console import keyboard3270, screen3270
from vm370.cp.console.screen3270 import Screen
from vm370.images.ebcdic import from_ebcdic

AIDS: Mapping[str, int] = {
    "ENTER": screen3270.ENTER,
    "CLEAR": screen3270.CLEAR,
    "PA1": screen3270.PA1,
    "PA2": screen3270.PA2,
    "PA3": screen3270.PA3,
    "SYSREQ": screen3270.SYSTEM_REQUEST,
    **{f"PF{number}": aid for number, aid in enumerate(screen3270.PF_KEYS, 1)},
}
LOCAL: Mapping[str, Callable[[Screen], Screen]] = {
    "TAB": keyboard3270.tab,
    "BACKTAB": keyboard3270.back_tab,
    "HOME": keyboard3270.home,
    "NEWLINE": keyboard3270.new_line,
    "RESET": keyboard3270.reset,
    "INSERT": keyboard3270.insert,
    "DELETE": keyboard3270.delete,
    "ERASEEOF": keyboard3270.erase_end_of_field,
    "ERASEINPUT": keyboard3270.erase_input,
    "UP": partial(keyboard3270.move, rows=-1, columns=0),
    "DOWN": partial(keyboard3270.move, rows=1, columns=0),
    "LEFT": partial(keyboard3270.move, rows=0, columns=-1),
    "RIGHT": partial(keyboard3270.move, rows=0, columns=1),
}
NAMES = ("ATTN", *AIDS, *LOCAL)


def key_name(key: str) -> str:
    """The name as in the tables: ``pf 3``, ``Erase-EOF`` and the like are accepted; ValueError."""
    name = "".join(character for character in key.upper() if character.isalnum())
    name = f"PF{int(name[2:])}" if name[:2] == "PF" and name[2:].isdecimal() else name
    if name not in NAMES:
        raise ValueError(f"key {key!r}: expected one of {' '.join(NAMES)}")
    return name


def rows(screen: Screen) -> tuple[str, ...]:
    """What is seen, row by row."""
    return tuple(from_ebcdic(screen.text(row)).rstrip() for row in range(screen.rows))
