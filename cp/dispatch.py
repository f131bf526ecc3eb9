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

The length of a time slice, in instructions, follows the measured speed of the guest, so that it takes about SLICE_NS.
``fixed`` slices of SLICE_INSTRUCTIONS make a run of several guests repeatable: nothing ends them early.

Otherwise all slices of a round end early, whatever the guests are doing, when

    interrupt()           is called, by any thread: there is input for CP (inputs.py: the keyboard, terminals)
    the interactive       guests of the round have had their slices: a terminal waits for the answer
    LONGEST_NS            have passed: a guest does in a slice what takes longer than what it did before; for
                          ATTENTIVE_NS after an interrupt(), while there may be something to be drawn, only SHORT_NS

Whoever ends them says so first (``stopping``), then has each guest leave its engine (``Cpu.leave_engine``); a slice
first takes the latter back, then asks the former, and then only enters its engine: so nothing is lost.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from vm370.cp.inputs import Inputs

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

SLICE_INSTRUCTIONS = 2_000
"""A slice of fixed length, and the shortest: 3 to 5 ms in the reference engine."""
LONGEST_SLICE = 32_000_000
SLICE_NS = 4_000_000
"""Host time that a slice should take."""
LONGEST_NS = 2 * SLICE_NS
"""Host time that a round takes at most."""
SHORT_NS, ATTENTIVE_NS = 1_000_000, 50_000_000
"""The same for so long after input: what is to be drawn is drawn between two rounds."""
LOOK_NS = 300_000
"""Host time between two looks at inputs by slices."""
FOREVER = 1 << 63
GROWTH = 4
"""A slice is at most so many times as long as the one before."""

Serve = Callable[["VirtualMachine", "threading.Lock | None"], None]


class Watch:
    """Tells when a round takes too long, in a thread of its own, which sleeps while there is none."""

    def __init__(self, overdue: Callable[[], None]) -> None:
        self._overdue = overdue
        self.until = 0
        """When the present round has to be over; 0: there is none."""
        self._awake = threading.Event()
        self._asleep_until = 0
        self._thread: threading.Thread | None = None
        self._stopped = False

    def begin(self, longest: int) -> None:
        """A round begins that has to be over after so many nanoseconds."""
        self.until = time.perf_counter_ns() + longest
        if self.until < self._asleep_until:
            self._awake.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="round watch", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """The round is over."""
        self.until = 0

    def stop(self) -> None:
        """No more rounds."""
        self._stopped = True
        self._awake.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        idle = 0
        while not self._stopped:
            until, now = self.until, time.perf_counter_ns()
            idle = 0 if until else idle + 1
            if until > now:
                self._sleep(until, until, now)
            elif until:
                if until == self.until:
                    self._overdue()
                self._sleep(until, now + SHORT_NS, now)  # to tell it again, should it go on
            else:
                self._sleep(0, FOREVER if idle > 1 else now + LONGEST_NS, now)

    def _sleep(self, seen: int, until: int, now: int) -> None:
        """Until then, or until a round begins that has to be over before."""
        self._awake.clear()
        self._asleep_until = until
        if not self._stopped and (self.until == seen or self.until >= until):
            self._awake.wait(None if until == FOREVER else (until - now) / 1e9)
        self._asleep_until = 0


class Dispatcher:
    """Serves rounds."""

    def __init__(self, workers: int = 1, *, fixed: bool = False) -> None:
        self.workers = max(1, workers)
        self.fixed = fixed
        self.fixed_slice = SLICE_INSTRUCTIONS
        """Length of slices of fixed length."""
        self.inputs = Inputs(self.interrupt)
        self._interrupted = False
        """``interrupt`` was called since the last round."""
        self._attentive_until = self._looked_at = 0
        self._stop = False
        self._chosen: list[VirtualMachine] = []
        self._watch = Watch(self._end_slices)
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

    # --- ending early ---

    def interrupt(self) -> None:
        """Somebody waits for CP: all slices end now; if there is no round, the next one ends before it has begun.

        From any thread.  Who gives CP its turns looks at what has arrived after each round.
        """
        self._interrupted = True
        self._attentive_until = time.perf_counter_ns() + ATTENTIVE_NS
        self._end_slices()

    @property
    def attentive(self) -> bool:
        """There was input just now, and somebody looks at the screen."""
        return time.perf_counter_ns() < self._attentive_until

    def stopping(self) -> bool:
        """Whether slices have to end now; a slice asks before each entry of its engine.

        It looks at the clock and at inputs by itself: guests that leave their engines all the time keep the lock of the
        Python interpreter so busy that the threads that wait for these things come too late.
        """
        if not self._stop:
            now = time.perf_counter_ns()
            if now >= self._watch.until:
                self._end_slices()
            elif now - self._looked_at >= LOOK_NS:
                self._looked_at = now
                self.inputs.look()
        return self._stop

    def _end_slices(self) -> None:
        if not self.fixed:
            self._stop = True
            for vm in self._chosen:
                vm.cpu.leave_engine()

    # --- rounds ---

    def round(
        self, chosen: list[VirtualMachine], serve: Serve, interactive: Callable[[VirtualMachine], bool] | None = None
    ) -> None:
        """One slice for each of them; ``serve`` gets the lock that the slice has to release, or None.

        The slices of the others end when those of the ``interactive`` guests have ended.
        """
        self._stop = False
        if self._interrupted and not self.fixed:
            self._interrupted = False
            return
        self._chosen = chosen
        if not self.fixed:
            self._watch.begin(SHORT_NS if self.attentive else LONGEST_NS)
        try:
            self._round(chosen, serve, interactive)
        finally:
            self._watch.end()
            self._chosen = []
            self._interrupted = False

    def _round(
        self, chosen: list[VirtualMachine], serve: Serve, interactive: Callable[[VirtualMachine], bool] | None
    ) -> None:
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
            if not self._hurried:
                self._end_slices()
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
        self._watch.stop()
        self.inputs.end()
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
