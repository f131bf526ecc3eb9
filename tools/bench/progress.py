"""One line on standard error that says what is being measured; nothing where that is not a terminal."""

from __future__ import annotations

import sys


class Progress:
    """``Progress(steps)``, then a call for each step."""

    def __init__(self, steps: int) -> None:
        self._steps, self._done = steps, 0
        self._shown = sys.stderr.isatty()

    def __call__(self, text: str) -> None:
        """The next step begins."""
        self._done += 1
        if self._shown:
            sys.stderr.write(f"\r\x1b[K{self._done}/{self._steps} {text}")
            sys.stderr.flush()

    def end(self) -> None:
        """Clear the line."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
