"""A bar on standard error for long work, only where standard error is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TextIO

WIDTH = 30

Progress = Callable[[int, int], None]


class Bar:
    """Called with (done, all); draws when the picture changes, and wipes itself out at the end."""

    def __init__(self, what: str, stream: TextIO | None = None) -> None:
        self.what = what
        self.stream = sys.stderr if stream is None else stream
        self.shown = -1
        self.visible = self.stream.isatty()

    def __call__(self, done: int, total: int) -> None:
        if not self.visible:
            return
        percent = 100 * done // max(total, 1)
        if percent == self.shown:
            return
        self.shown = percent
        filled = WIDTH * percent // 100
        end = "\r\x1b[K" if done >= total else ""
        self.stream.write(f"\r{self.what} [{'#' * filled}{'.' * (WIDTH - filled)}] {percent:3}%{end}")
        self.stream.flush()
