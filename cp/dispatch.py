"""Rounds of time slices: for how long guests run, and on which threads.  Which ones: scheduler.py.

CP gives time in *rounds*: in a round each of up to ``workers`` guests that can run has one time slice, in parallel.
All of CP's own code runs under one lock, which a slice releases only while its guest is inside an engine: what an
engine touches (CPU, storage, the engine's own notes) belongs to that guest alone, and native code runs without the
lock of the Python interpreter.  Between rounds there is one thread, the caller's: console, commands and announcements
need no lock.

    one guest can run     its slice runs in the caller's thread: no lock, no hand-over
    several               the first in the caller's thread, the others in the pool; the round ends with the last of them

What must not happen to a guest while it is being served (LOGOFF by somebody else, a reset) is put off to the end of
the round: ``exclusively``.

The length of a time slice, in instructions, follows the measured speed of the guest, so that it takes about SLICE_NS;
one in which CP has more to do than before ends after twice that time.  ``fixed`` slices of SLICE_INSTRUCTIONS make a
run of several guests repeatable.

A slice is done in *pieces* of a PIECES-th: between two of them the guest leaves the engine, and its slice ends if
somebody is in a hurry (``stopping``): a key was pressed (``key_pressed``), or the interactive guests of the round have
had their slices, and a terminal waits for the answer.  So a key waits for one piece, not for the end of a round.
What becomes pending (``cpu.pending``) while a guest is inside an engine is presented when the guest enables it, or at
the end of the piece.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

SLICE_INSTRUCTIONS = 2_000
"""A slice of fixed length, and the shortest: 3 to 5 ms in the reference engine."""
LONGEST_SLICE = 8_000_000
SLICE_NS = 4_000_000
"""Host time that a slice should take."""
PIECES = 6
"""Pieces of a time slice."""
SHORTEST_PIECE, LONGEST_PIECE = 250, 1_000_000
"""Instructions of a piece.  The longest one bounds the delay when fast code becomes slow from one piece to the next."""
KEY_NS = 300_000
"""Host time between two looks at the keyboard."""
GROWTH = 4
"""A slice is at most so many times as long as the one before."""

Serve = Callable[["VirtualMachine", "threading.Lock | None"], None]


class Dispatcher:
    """Serves rounds."""

    def __init__(self, workers: int = 1, *, fixed: bool = False) -> None:
        self.workers = max(1, workers)
        self.fixed = fixed
        self.fixed_slice = SLICE_INSTRUCTIONS
        """Length of slices of fixed length."""
        self.key_pressed: Callable[[], bool] | None = None
        """Whether a terminal has input; asked between two pieces, in the thread that calls ``round``."""
        self._main = threading.get_ident()
        self._stop = False
        self._looked_at = 0
        self._hurried = 0
        """Interactive guests of the round that are still being served."""
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._serving: dict[VirtualMachine, int] = {}
        self._parallel = False
        self._put_off: list[Callable[[], None]] = []
        self._interactive: Callable[[VirtualMachine], bool] | None = None

    # --- how long ---

    def budget(self, vm: VirtualMachine) -> int:
        """Instructions of the guest's next slice."""
        return self.fixed_slice if self.fixed else vm.execution.slice_instructions

    def measured(self, vm: VirtualMachine, executed: int, elapsed: int) -> None:
        """A slice of so many instructions took ``elapsed`` ns: how long the next one may be."""
        if self.fixed or (executed < vm.execution.slice_instructions // 2 and elapsed < SLICE_NS):
            return
        fitting = executed * SLICE_NS // max(elapsed, 1)
        vm.execution.slice_instructions = max(
            SLICE_INSTRUCTIONS, min(fitting, GROWTH * vm.execution.slice_instructions, LONGEST_SLICE)
        )

    def stopping(self) -> bool:
        """Whether slices have to end now; asked between two pieces."""
        if self._stop or self.key_pressed is None or threading.get_ident() != self._main:
            return self._stop
        now = time.perf_counter_ns()
        if now - self._looked_at >= KEY_NS:
            self._looked_at = now
            self._stop = self.key_pressed()
        return self._stop

    # --- rounds ---

    def round(
        self, chosen: list[VirtualMachine], serve: Serve, interactive: Callable[[VirtualMachine], bool] | None = None
    ) -> None:
        """One slice for each of them; ``serve`` gets the lock that the slice has to release, or None.

        The slices of the others end when those of the ``interactive`` guests have ended.
        """
        self._main = threading.get_ident()
        self._stop = False
        self._hurried = sum(map(interactive, chosen)) if interactive is not None and len(chosen) > 1 else 0
        self._interactive = interactive
        if len(chosen) == 1:
            self._slice(chosen[0], serve, None)
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.workers - 1, thread_name_prefix="guests")
        self._parallel = True
        self._serving = dict.fromkeys(chosen, 0)
        others = [self._pool.submit(self._locked_slice, vm, serve) for vm in chosen[1:]]
        try:
            self._locked_slice(chosen[0], serve)
        finally:
            wait(others)
            self._serving.clear()
            self._parallel = False
        put_off, self._put_off = self._put_off, []
        for action in put_off:
            action()
        for other in others:
            other.result()

    def _locked_slice(self, vm: VirtualMachine, serve: Serve) -> None:
        with self._lock:
            self._slice(vm, serve, self._lock)

    def _slice(self, vm: VirtualMachine, serve: Serve, lock: threading.Lock | None) -> None:
        if lock is not None:
            self._serving[vm] = threading.get_ident()
        begin, before = time.perf_counter_ns(), vm.cpu.instructions
        hurried = self._hurried and self._interactive is not None and self._interactive(vm)
        serve(vm, lock)
        self.measured(vm, vm.cpu.instructions - before, time.perf_counter_ns() - begin)
        if hurried:
            self._hurried -= 1
            self._stop = self._stop or not self._hurried
        self._serving.pop(vm, None)

    def exclusively(self, vm: VirtualMachine | None, action: Callable[[], None]) -> None:
        """Do something to a guest that must not happen while it is being served.

        It is done at once, unless the guest has a slice in the round that is going on and the caller is not that slice.
        What concerns all guests (None) waits for the end of the round.
        """
        here = threading.get_ident()
        if self._parallel if vm is None else self._serving.get(vm, here) != here:
            self._put_off.append(action)
        else:
            action()

    def end(self) -> None:
        """No more rounds."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
