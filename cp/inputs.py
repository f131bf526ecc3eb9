"""Tells that input waits at a file descriptor while guests are running: :class:`Inputs`.

A thread of its own waits for all of them, and calls ``arrived`` (``Dispatcher.interrupt``) once; who then has read
what there was says so (``heard``), and the thread looks at that file descriptor again.  Input that arrives between the
two is seen then, so nothing is lost; nobody reads here.
"""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable


class Inputs:
    """The file descriptors at which people and programs may come in."""

    def __init__(self, arrived: Callable[[], None]) -> None:
        self._arrived = arrived
        self._lock = threading.Lock()
        self._watched: set[int] = set()
        self._told: set[int] = set()
        """Those of which it was told that input waits."""
        self._pipe: tuple[int, int] | None = None
        self._thread: threading.Thread | None = None
        self._ended = False

    def watch(self, fileno: int) -> None:
        """Tell of input there from now on."""
        with self._lock:
            self._watched.add(fileno)
            if self._thread is None:
                self._pipe = os.pipe()
                self._thread = threading.Thread(target=self._run, args=self._pipe[:1], name="inputs", daemon=True)
                self._thread.start()
        self._wake()

    def forget(self, fileno: int) -> None:
        """Not any more; before it is closed."""
        with self._lock:
            self._watched.discard(fileno)
            self._told.discard(fileno)
        self._wake()

    def look(self) -> None:
        """Tell now what the thread would tell; from any thread."""
        if self._watched != self._told:
            poll = select.poll()
            with self._lock:
                for fileno in self._watched - self._told:
                    poll.register(fileno, select.POLLIN)
            self._tell({fileno for fileno, _ in poll.poll(0)})

    def _tell(self, ready: set[int]) -> None:
        with self._lock:
            ready &= self._watched - self._told
            self._told |= ready
        if ready:
            self._arrived()

    def heard(self, fileno: int) -> None:
        """What waited there was read."""
        if fileno in self._told:
            with self._lock:
                self._told.discard(fileno)
            self._wake()

    def end(self) -> None:
        """Nothing is told any more."""
        if self._thread is not None and self._pipe is not None:
            self._ended = True
            self._wake()
            self._thread.join()
            for end in self._pipe:
                os.close(end)
            self._thread = self._pipe = None

    def _wake(self) -> None:
        if self._pipe is not None:
            os.write(self._pipe[1], b".")

    def _run(self, wake: int) -> None:
        while not self._ended:
            poll = select.poll()
            poll.register(wake, select.POLLIN)
            with self._lock:
                for fileno in self._watched - self._told:
                    poll.register(fileno, select.POLLIN)
            ready = {fileno for fileno, _ in poll.poll()}
            if wake in ready:
                os.read(wake, 4096)
                ready.discard(wake)
            self._tell(ready)
