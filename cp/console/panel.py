"""A program's screen in the terminal: the display of the selected terminal drawn, and the keys of a 3270.

    terminal's rows = screen's rows      the screen alone
    more                                 a line of indicators below it
    fewer rows or columns                a message that tells the size; the keys work all the same

Keys typed while the program has not answered wait, as on a 3270 with type-ahead; RESET forgets them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from prompt_toolkit.data_structures import Point
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import FormattedTextControl, Window

from vm370.cp.console import keyboard3270
from vm370.cp.console.display3270 import Display3270
from vm370.cp.console.drawing3270 import drawn, indicators
from vm370.cp.console.screen3270 import CLEAR, ENTER, MODELS, NO_AID, PA1, PA2, PA3, PF_KEYS, SYSTEM_REQUEST, Screen

SCREEN_KEYS = [
    "            while a program has the screen:",
    "F1 to F24   PF1 to PF24 (Alt-F1 to Alt-F12: PF13 to PF24)",
    "Alt-1 to 3  PA1, PA2, PA3; Ctrl-C CLEAR; Ctrl-R RESET; Alt-s SYSTEM REQUEST",
    "Tab Home    to a field (Shift-Tab: back); Ctrl-J the next line; End: behind the text of a field",
    "Ctrl-K      erases to the end of the field; Ctrl-U erases all input; Insert, Delete, Backspace",
    "Ctrl-D      DUP; Ctrl-F FIELD MARK; Ctrl-N the next terminal",
    "Ctrl-O      the lines of the terminal; ENTER without a line: back to the screen",
]
LONGEST_TYPE_AHEAD = 2000
"""Keys."""

LOCAL_KEYS: dict[str, Callable[[Screen], Screen]] = {
    "tab": keyboard3270.tab,
    "s-tab": keyboard3270.back_tab,
    "home": keyboard3270.home,
    "end": keyboard3270.end_of_field,
    "c-j": keyboard3270.new_line,
    "delete": keyboard3270.delete,
    "backspace": keyboard3270.erase_before,
    "insert": keyboard3270.toggle_insert,
    "c-k": keyboard3270.erase_end_of_field,
    "c-u": keyboard3270.erase_input,
    "c-d": keyboard3270.duplicate,
    "c-f": keyboard3270.field_mark,
    "up": lambda screen: keyboard3270.move(screen, -1, 0),
    "down": lambda screen: keyboard3270.move(screen, 1, 0),
    "left": lambda screen: keyboard3270.move(screen, 0, -1),
    "right": lambda screen: keyboard3270.move(screen, 0, 1),
}
"""Keys that the display serves by itself."""
SHORT_KEYS = {("escape", "2"): PA2, ("escape", "3"): PA3, ("c-c",): CLEAR}


def model_for(rows: int, columns: int) -> int:
    """The largest model whose alternate size fits into a terminal."""
    fitting = [model for model, (high, wide) in MODELS.items() if high <= rows and wide <= columns]
    return max(fitting, key=lambda model: MODELS[model][0] * MODELS[model][1], default=2)


class Panel:
    """The window that shows a program's screen.

    ``display()`` is the one to be shown, ``size()`` rows and columns of the terminal; ``touched`` is called after a
    key, ``bell`` when a key was refused.  ``to_cp(aid)`` tells whether PA1 or SYSTEM REQUEST was taken by CP.
    """

    def __init__(
        self,
        display: Callable[[], Display3270 | None],
        size: Callable[[], tuple[int, int]],
        touched: Callable[[], None],
        bell: Callable[[], None],
        to_cp: Callable[[int], bool] = lambda aid: False,
    ) -> None:
        self._display = display
        self._size = size
        self._touched = touched
        self._bell = bell
        self._to_cp = to_cp
        self._ahead: deque[Callable[[Display3270], None]] = deque()
        self._ahead_of: Display3270 | None = None
        self.shown = Condition(lambda: display() is not None)
        self.keys = self._keys()
        self.control = FormattedTextControl(
            self._text, focusable=True, key_bindings=self.keys, get_cursor_position=self._cursor
        )
        self.window = Window(self.control, wrap_lines=False)

    # --- what is seen ---

    def _fits(self, screen: Screen) -> bool:
        rows, columns = self._size()
        return screen.rows <= rows and screen.columns <= columns

    def _text(self) -> StyleAndTextTuples:
        display = self._display()
        if display is None:
            return []
        screen = display.screen
        rows, columns = self._size()
        if not self._fits(screen):
            needed = f"The program's screen has {screen.rows} rows of {screen.columns} columns,"
            return [
                ("class:alert", f"{needed}\nthis terminal {rows} rows of {columns}.\nMake it larger (Ctrl-O: lines).")
            ]
        fragments = drawn(screen)
        if rows > screen.rows:
            fragments += [("", "\n"), ("class:status", f" {indicators(screen)} ".ljust(screen.columns))]
        return fragments

    def _cursor(self) -> Point:
        display = self._display()
        if display is None or not self._fits(display.screen):
            return Point(0, 0)
        row, column = divmod(display.screen.cursor, display.screen.columns)
        return Point(column, row)

    # --- what is typed ---

    def changed(self) -> None:
        """The program has written: keys that wait are taken."""
        display = self._display()
        if display is not self._ahead_of:
            self._ahead.clear()
        while self._ahead and display is not None and not _waits(display.screen):
            self._ahead.popleft()(display)

    def _key(self, action: Callable[[Display3270], None]) -> None:
        display = self._display()
        if display is None:
            return
        if display is not self._ahead_of:
            self._ahead.clear()
            self._ahead_of = display
        if not _waits(display.screen):
            action(display)
            if display.screen.locked and display.screen.aid == NO_AID:
                self._bell()
        elif len(self._ahead) < LONGEST_TYPE_AHEAD:
            self._ahead.append(action)
        self._touched()

    def reset(self) -> None:
        """RESET: the keyboard opens, and what was typed ahead is forgotten."""
        display = self._display()
        self._ahead.clear()
        if display is not None:
            display.key(keyboard3270.reset)
        self._touched()

    def attention(self, aid: int) -> None:
        """PA1 or SYSTEM REQUEST, even when the program has not answered the last key."""
        self.reset()
        if not self._to_cp(aid):
            self._key(lambda display: display.press(aid))

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        def press(aid: int) -> Callable[[KeyPressEvent], None]:
            return lambda event: self._key(lambda display: display.press(aid))

        def serve(action: Callable[[Screen], Screen]) -> Callable[[KeyPressEvent], None]:
            return lambda event: self._key(lambda display: display.key(action))

        keys.add("enter")(press(ENTER))
        for number, aid in enumerate(PF_KEYS, 1):
            keys.add(f"f{number}")(press(aid))
        for number, aid in enumerate(PF_KEYS[12:], 1):
            keys.add("escape", f"f{number}")(press(aid))
        for names, aid in SHORT_KEYS.items():
            keys.add(*names)(press(aid))
        for name, action in LOCAL_KEYS.items():
            keys.add(name)(serve(action))

        @keys.add("escape", "1")
        def attention(event: KeyPressEvent) -> None:
            self.attention(PA1)

        @keys.add("escape", "s")
        def system_request(event: KeyPressEvent) -> None:
            self.attention(SYSTEM_REQUEST)

        @keys.add("c-r")
        def reset(event: KeyPressEvent) -> None:
            self.reset()

        @keys.add(Keys.Any)
        @keys.add(Keys.BracketedPaste)
        def graphic(event: KeyPressEvent) -> None:
            text = "".join(character for character in event.data if character.isprintable())
            for character in text:
                self._key(lambda display, character=character: display.type(character))  # type: ignore[misc]

        return keys


def _waits(screen: Screen) -> bool:
    """The program has not answered the last key."""
    return screen.locked and screen.aid != NO_AID
