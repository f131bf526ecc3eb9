"""What a screen of a certain size shows of one terminal: lines folded into rows, a pager, what can be scrolled back.

No clock and no terminal in here.  Rows are counted from the first one ever written; ``first`` is the oldest one kept.
When the width changes, the lines are folded anew and the pager's places are moved to the same lines.
"""

from __future__ import annotations

from collections import deque
from itertools import islice

from vm370.cp.console.pager import Pager
from vm370.cp.console.terminal import SCROLLBACK_LINES, Line, Origin, Status, shown_text

Row = tuple[Origin, str]


class Screen:
    """The rows of one terminal."""

    def __init__(self, width: int = 80, height: int = 22, *, keep: int = SCROLLBACK_LINES) -> None:
        self.width, self.height = width, height
        self.pager = Pager(height)
        self.draft = ""
        """What was typed and not entered when another terminal was selected."""
        self._alarmed = 0.0
        """End of the MORE... whose alarm has sounded."""
        self._keep = keep
        self._lines: deque[tuple[Line, int]] = deque()
        """Lines with the number of their rows."""
        self._rows: deque[Row] = deque()
        self._first = 0

    def write(self, line: Line, now: float, patience: float, *, hold: bool = False) -> None:
        """The terminal has a line; with ``hold`` (TERMINAL HOLD ON) an alert is not rolled away by itself."""
        rows = self._fold(line)
        while len(self._lines) >= self._keep:
            _, count = self._lines.popleft()
            for _ in range(count):
                self._rows.popleft()
            self._first += count
        self._lines.append((line, len(rows)))
        self._rows.extend(rows)
        if hold and line.origin is Origin.ALERT:
            self.pager.hold_until_seen(len(rows))
        self.pager.write(len(rows), now, patience)

    def resize(self, width: int, height: int, now: float, patience: float) -> None:
        """The window has another size."""
        if width != self.width:
            self.width = max(width, 1)
            self._fold_anew()
        if height != self.height:
            self.height = max(height, 1)
            self.pager.resize(self.height, now, patience)

    def visible(self) -> list[Row]:
        """The rows that the screen shows."""
        end = min(max(self.pager.end - self.pager.back - self._first, 0), len(self._rows))
        return list(islice(self._rows, max(0, end - self.height), end))

    @property
    def backlog(self) -> int:
        """Rows that were written and not let onto the screen."""
        return self.pager.written - self.pager.end

    @property
    def full(self) -> bool:
        """A whole screen waits behind MORE... or HOLDING: the machine has to wait, as for a slow typewriter."""
        return self.pager.status in (Status.MORE, Status.HOLDING) and self.backlog >= self.height

    def alarm(self, now: float, seconds: float) -> bool:
        """Whether the alarm has to sound: once in each MORE..., ``seconds`` before it ends by itself."""
        deadline = self.pager.deadline
        if self.pager.status is not Status.MORE or self._alarmed == deadline or now < deadline - seconds:
            return False
        self._alarmed = deadline
        return True

    def _fold(self, line: Line) -> list[Row]:
        return [(line.origin, row) for row in folded(line.text, self.width)]

    def _fold_anew(self) -> None:
        places = [self.pager.seen - self._first, self.pager.end - self._first]
        moved = [0, 0]
        lines = [line for line, _ in self._lines]
        before = 0
        counts = [count for _, count in self._lines]
        self._rows.clear()
        self._lines.clear()
        for line, count in zip(lines, counts, strict=True):
            rows = self._fold(line)
            self._rows.extend(rows)
            self._lines.append((line, len(rows)))
            for index, place in enumerate(places):
                if place > before:
                    moved[index] = len(self._rows)  # a line that was begun is taken as shown to its end
            before += count
        self._first = 0
        self.pager.moved(written=len(self._rows), seen=moved[0], end=moved[1])


def folded(text: str, width: int) -> list[str]:
    """The rows that a line takes on a screen."""
    safe = shown_text(text)
    return [safe[at : at + width] for at in range(0, len(safe), width)] or [""]
