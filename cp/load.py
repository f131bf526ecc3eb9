"""How busy the host's CPUs are with this system: measured over a window, not since the start.

``sample`` is called now and then by the system while it runs (it costs nothing when the last sample is young); a figure
is the difference of two samples, at most WINDOW_SECONDS apart.  CPU time is that of all threads of the program, in
percent of the time of all CPUs that guests may use at once.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from vm370.cp.residency import faults

SAMPLE_SECONDS = 1.0
WINDOW_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Sample:
    """Counters at one time."""

    at: float
    cpu: float
    reads: int
    """Page faults for which the host read from a device."""


class Load:
    """Samples of the last seconds."""

    def __init__(self, monotonic: Callable[[], float], processors: int) -> None:
        self._monotonic = monotonic
        self.processors = max(processors, 1)
        self._samples: deque[Sample] = deque(maxlen=int(WINDOW_SECONDS / SAMPLE_SECONDS) + 1)
        self.sample()

    def sample(self) -> None:
        """Take a sample if the last one is old."""
        at = self._monotonic()
        if not self._samples or at - self._samples[-1].at >= SAMPLE_SECONDS:
            self._samples.append(Sample(at, time.process_time(), faults()[0]))

    def _window(self) -> tuple[Sample, Sample]:
        now = Sample(self._monotonic(), time.process_time(), faults()[0])
        old = next((sample for sample in self._samples if now.at - sample.at <= WINDOW_SECONDS), self._samples[-1])
        return old, now

    def cpu_percent(self) -> int:
        """Of all CPUs that guests may use, 0 to 100."""
        old, now = self._window()
        elapsed = now.at - old.at
        if elapsed <= 0:
            return 0
        return max(0, min(round(100 * (now.cpu - old.cpu) / elapsed / self.processors), 100))

    def paging_rate(self) -> int:
        """Pages a second that the host reads for this program."""
        old, now = self._window()
        elapsed = now.at - old.at
        return round((now.reads - old.reads) / elapsed) if elapsed > 0 else 0
