"""The keys of line mode: what each does to the console, and what completes and replaces the line that is typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from vm370.cp.commands.set_values import HIGHEST_KEY
from vm370.cp.console.completion import candidates
from vm370.cp.console.meter import MeterView
from vm370.cp.console.program_keys import copied, tabbed
from vm370.cp.console.terminal import Line, Origin

if TYPE_CHECKING:
    from vm370.cp.console.app import Console

FIRST_FREE_KEY = 5

KEYS = [
    "F1          attention key (PA1): to CP",
    "F2, Alt-n   the next terminal, the n-th terminal",
    "F3          a new terminal",
    "F4, Ctrl-L  PA2: the next screen, when the status is MORE... or HOLDING",
    "ENTER       without a line, in MORE...: HOLDING; in HOLDING: the next screen",
    "PgUp PgDn   scroll back and forward; End on an empty line: to the newest output",
    "Ctrl-T      the impurity meter: what guests cost, and what they skip; again: back",
    "F5 to F24   what SET PFnn gave them",
    "Up Down     lines typed before; Tab completes CP commands and operands; Ctrl-C clears the line",
    "Ctrl-D      on an empty line, twice when users are logged on: shut the system down",
]


def line_keys(console: Console) -> KeyBindings:
    """The bindings."""
    keys = KeyBindings()

    @keys.add("f1")
    def attention(event: KeyPressEvent) -> None:
        console.screen.pager.catch_up()
        console.desk.selected.attention()
        console.touched()

    @keys.add("f2")
    def following(event: KeyPressEvent) -> None:
        console.select(None)

    @keys.add("f3")
    def new(event: KeyPressEvent) -> None:
        with console.leaving():
            console.desk.new()

    @keys.add("f4")
    @keys.add("c-l")
    def more(event: KeyPressEvent) -> None:
        console.next_screen()

    @keys.add("pageup")
    def back(event: KeyPressEvent) -> None:
        console.screen.pager.scroll(console.size()[1] - 1)

    @keys.add("pagedown")
    def forward(event: KeyPressEvent) -> None:
        if console.screen.pager.back:
            console.screen.pager.scroll(1 - console.size()[1])
        else:
            console.next_screen()

    @keys.add("end", filter=Condition(lambda: not console.buffer.text))
    def newest(event: KeyPressEvent) -> None:
        console.screen.pager.catch_up()
        console.touched()

    @keys.add("tab")
    def complete(event: KeyPressEvent) -> None:
        _complete(console)

    @keys.add("c-d", filter=Condition(lambda: not console.buffer.text))
    def end(event: KeyPressEvent) -> None:
        console.end()

    @keys.add("c-c")
    def clear(event: KeyPressEvent) -> None:
        console.buffer.reset()

    for number in range(1, 10):

        @keys.add("escape", str(number))
        def nth(event: KeyPressEvent, number: int = number) -> None:
            if number <= len(console.desk.sessions):
                console.select(console.desk.sessions[number - 1])

    for number in range(FIRST_FREE_KEY, HIGHEST_KEY + 1):

        @keys.add(f"f{number}")
        def program_function(event: KeyPressEvent, number: int = number) -> None:
            _program_function(console, number)

    return keys


def screen_keys(console: Console) -> KeyBindings:
    """Keys of the console itself while a program has the screen; the meter's in both modes."""
    keys = KeyBindings()

    @keys.add("c-t")
    def meter(event: KeyPressEvent) -> None:
        console.meter = MeterView(console.system) if console.meter is None else None
        console.redraw()

    @keys.add("c-o", filter=console.panel.shown)
    def lines(event: KeyPressEvent) -> None:
        console.look_at_lines()

    @keys.add("c-n", filter=console.panel.shown)
    def following(event: KeyPressEvent) -> None:
        console.select(None)

    return keys


def _complete(console: Console) -> None:
    """Tab: the only candidate, or a menu of them."""
    if console.buffer.complete_state:
        console.buffer.complete_next()
        return
    text = console.buffer.document.text_before_cursor
    found = list(candidates(console.desk.selected, text))
    if len(found) == 1:
        console.buffer.delete_before_cursor(_typed(text))
        console.buffer.insert_text(found[0][0] + " ")
    elif found:
        console.buffer.start_completion(select_first=False)


def _program_function(console: Console, number: int) -> None:
    """A key that SET PFnn may have defined (program_keys.py)."""
    vm, buffer = console.desk.selected.vm, console.buffer
    kind, _, text = (vm.settings.pf_keys.get(number, "") if vm is not None else "").partition(" ")
    match kind:
        case "RETRIEVE":
            buffer.history_backward()
        case "TAB":
            buffer.text, position = tabbed(buffer.text, buffer.cursor_position, [int(word) for word in text.split()])
            buffer.cursor_position = position
        case "COPY" if vm is not None:
            said = copied(vm, [row for _, row in console.screen.visible()])
            console.show(Line(said, Origin.CP))
        case "IMMED" | "DELAY":
            buffer.text = text
            buffer.cursor_position = len(text)
            if kind == "IMMED":
                buffer.validate_and_handle()


class CommandCompleter(Completer):
    """CP commands and operands."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """What may stand where the cursor is."""
        text = document.text_before_cursor
        for word, meaning in candidates(self._console.desk.selected, text):
            yield Completion(word, start_position=-_typed(text), display_meta=meaning)


def _typed(text: str) -> int:
    """Characters of the word that is being completed."""
    return len(text.rpartition(" ")[2])
