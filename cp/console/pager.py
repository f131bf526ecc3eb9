"""MORE... and HOLDING: what a screen of a certain height shows of a terminal that writes faster than a person reads.

VM/370's rule, on a screen that can also scroll back: output that fits on the screen is shown at once; before a line
that nobody has seen would leave the screen, the screen stops with MORE...; after TERMINAL MORE's time (50 + 10
seconds), or when the user asks for it, the next page comes; ENTER in MORE... holds the screen (HOLDING) until the user
goes on.  A page with a message from another user holds by itself (TERMINAL HOLD ON).

No clock and no terminal in here: times are passed in, lines are counted in rows of the screen.
"""

from __future__ import annotations

from vm370.cp.console.terminal import Status


class Pager:
    """Rows ``top``..``end`` of what a terminal wrote are on the screen; ``seen`` is where the user's attention was."""

    def __init__(self, height: int) -> None:
        self.height = max(height, 1)
        self.written = 0
        """Rows the terminal has written."""
        self.end = 0
        """Rows that were let onto the screen."""
        self.seen = 0
        """Rows that the user has seen: everything up to his last key."""
        self.status: Status | None = None
        """MORE... or HOLDING, or None when the screen shows all there is."""
        self.deadline = 0.0
        """When MORE... goes on by itself."""
        self.back = 0
        """Rows scrolled back."""
        self._important = 0
        """The last row that does not go away before the user has seen it."""

    def write(self, rows: int, now: float, patience: float) -> None:
        """The terminal wrote some rows."""
        self.written += rows
        self._advance(now, patience)

    def hold_until_seen(self, rows: int) -> None:
        """The rows that are written next are important."""
        self._important = self.written + rows

    def resize(self, height: int, now: float, patience: float) -> None:
        """The screen has another height."""
        self.height = max(height, 1)
        if self.status is not None and self.written <= self.seen + self.height:
            self.status = None
        self._advance(now, patience)

    def moved(self, *, written: int, seen: int, end: int) -> None:
        """The rows were counted anew."""
        self.written, self.seen, self.end = written, seen, end
        self.back = 0
        self._important = min(self._important, written)

    def _advance(self, now: float, patience: float) -> None:
        if self.status is not None:
            return
        limit = self.seen + self.height
        self.end = min(self.written, limit) if patience > 0 else self.written
        if self.end < self.written:
            held = self.seen < self._important <= self.end
            self.status = Status.HOLDING if held else Status.MORE
            self.deadline = now + patience

    def key(self, now: float, patience: float) -> None:
        """The user did something (entered a line, asked for the next page): what is on the screen was seen."""
        self.status = None
        self.back = 0
        self.seen = self.end
        self._advance(now, patience)

    def enter(self, now: float, patience: float) -> bool:
        """ENTER without a line; True when it was taken: MORE... becomes HOLDING, HOLDING goes on."""
        if self.status is Status.MORE:
            self.status = Status.HOLDING
            return True
        if self.status is Status.HOLDING:
            self.key(now, patience)
            return True
        return False

    def tick(self, now: float, patience: float) -> bool:
        """Time passes; True when MORE... was left."""
        if self.status is Status.MORE and now >= self.deadline:
            self.key(now, patience)
            return True
        return False

    def catch_up(self) -> None:
        """Everything is taken as seen (another terminal was selected, the screen was cleared)."""
        self.status = None
        self.back = 0
        self.seen = self.end = self.written

    def scroll(self, rows: int) -> None:
        """Look ``rows`` further back (negative: forward)."""
        self.back = max(0, min(self.back + rows, max(self.end - self.height, 0)))
