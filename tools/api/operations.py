"""Operations on guests, and who runs them.

An *operation* is a generator: it yields whenever the system has to do something for it, and returns its result.  The
system takes a step at each yield, so guests of other operations go on too.  There are two drivers: ``Runner.run`` does
one operation at once, for the synchronous classes; ``asynchronous.py`` does any number of them side by side.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import TypeVar

from vm370.cp.system import System

T = TypeVar("T")
Operation = Generator[None, bool, T]
"""What is sent to it: whether the last step made progress; if not only somebody else can change anything."""


class Runner:
    """Steps a system; ``wait_until(at)`` is called when all guests wait for the host's clock."""

    def __init__(self, system: System, wait_until: Callable[[float], None] | None = None) -> None:
        self.system = system
        self._wait_until = wait_until or _sleep_until

    def step(self) -> float | None:
        """Some work: 0.0 if there was any, else the monotonic time when there is something to do, or None: never."""
        if self.system.step():
            return 0.0
        return self.system.next_wake_up()

    def run(self, operation: Operation[T]) -> T:
        """Do an operation to its end."""
        try:
            next(operation)
            while True:
                at = self.step()
                if at:
                    self._wait_until(at)
                operation.send(at is not None)
        except StopIteration as end:
            result: T = end.value
            return result


def _sleep_until(at: float) -> None:
    time.sleep(max(0.0, at - time.monotonic()))
