"""A system without a console of its own: it runs until SHUTDOWN or a signal, for those who come through its doors."""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
import time
from collections.abc import Iterator

from vm370.cp.console.doors import Doors
from vm370.cp.system import System

IDLE_POLL = 0.25
"""Seconds after which an idle system is asked again (spool files that another process hands to a reader)."""
SWITCH_INTERVAL = 0.0005
"""Seconds after which a thread that serves a guest in Python gives way to the one that serves the doors."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def serve(system: System) -> None:
    """Run the system, whose doors are open; at the end it is shut down in order."""
    doors = system.doors
    assert doors is not None
    gc.freeze()
    sys.setswitchinterval(SWITCH_INTERVAL)
    try:
        with stopped_by_signals(doors):
            while not (system.shutting_down or doors.stopping):
                if not system.step() and not system.shutting_down:
                    at = system.next_wake_up()
                    doors.wait(IDLE_POLL if at is None else max(0.0, min(IDLE_POLL, at - time.monotonic())))
    finally:
        if not system.shutting_down:
            system.shutdown()


@contextlib.contextmanager
def stopped_by_signals(doors: Doors) -> Iterator[None]:
    """A signal ends the loop between two rounds."""
    before = {number: signal.signal(number, lambda *_: doors.stop()) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
