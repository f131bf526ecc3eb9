"""A thread that has guests leave their engines when something comes for CP.

While guests are inside engines nobody looks at the doors: this thread does, and calls ``interrupt``
(Dispatcher.interrupt).  It is *armed* by the system's thread when that has looked at everything, and disarms itself
when it has called; so it calls once for whatever comes.  A system that waits by itself disarms it.
"""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable


class Watcher:
    """Watches one file descriptor."""

    def __init__(self, descriptor: int, interrupt: Callable[[], None]) -> None:
        self._interrupt = interrupt
        self._armed = threading.Event()
        self._ending, self._end = os.pipe()
        self._stopped = False
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)
        self._poll.register(self._ending, select.POLLIN)
        self._thread = threading.Thread(target=self._run, name="doors", daemon=True)
        self._thread.start()

    def arm(self) -> None:
        """Everything that has come was looked at."""
        if not self._armed.is_set():
            self._armed.set()

    def disarm(self) -> None:
        """Somebody else looks."""
        if self._armed.is_set():
            self._armed.clear()

    def stop(self) -> None:
        """The end."""
        self._stopped = True
        self._armed.set()
        os.write(self._end, b"\0")
        self._thread.join()
        os.close(self._end)
        os.close(self._ending)

    def _run(self) -> None:
        while not self._stopped:
            self._armed.wait()
            self._poll.poll()
            if self._armed.is_set() and not self._stopped:
                self._armed.clear()
                self._interrupt()
