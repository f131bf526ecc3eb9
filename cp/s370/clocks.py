"""Time-of-day clock, clock comparator, CPU timer and interval timer (Principles of Operation, chapter Control).

All but the interval timer count in units of 2**-12 microseconds (bit 51 of the TOD clock is one microsecond).  The
state is in the CPU (so that it is saved with it): ``tod_offset``, ``clock_comparator``, ``cpu_timer_base``,
``interval_count``, ``idle``, ``external_pending``.  Where time comes from is a :class:`TimeSource`, given by the
machine:

=============== ===================================== =====================================
source          wall()                                cpu()
=============== ===================================== =====================================
VirtualTime     instructions executed, idle time      instructions executed
RealTime        the host's clock                      host time between start() and stop()
=============== ===================================== =====================================

With VirtualTime a run is repeatable to the instruction.  The host's part, between two calls of the engine::

    budget = clocks.budget(slice)       no more instructions than until the next clock event
    engine.run(cpu, budget)
    clocks.update()                     the interval timer at location 80 has counted
    code = clocks.external_code()       an external interruption that is pending and enabled, or None
    if code is not None:
        clocks.accept(code); external_interruption(cpu, code)
    clocks.skip(units)                  VirtualTime: time passes while the CPU waits
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from vm370.cp.s370 import interruptions

if TYPE_CHECKING:
    from vm370.cp.s370.cpu import Cpu

MICROSECOND = 4096
SECOND = 1_000_000 * MICROSECOND
UNIX_EPOCH = 2_208_988_800 * SECOND
"""TOD clock at 1970-01-01 0:00 GMT; its epoch is 1900-01-01 0:00 GMT."""
INTERVAL_FREQUENCY = 300
"""The interval timer counts down 256 this many times a second."""
INTERVAL_TIMER_LOCATION = 0x50
MASK64 = (1 << 64) - 1


class TimeSource(Protocol):
    """Where time comes from; both in units of 2**-12 microseconds, never going back."""

    def wall(self, cpu: Cpu) -> int:
        """Time since 1900."""

    def cpu(self, cpu: Cpu) -> int:
        """Time that this CPU has been executing instructions."""

    def instructions(self, units: int) -> int | None:
        """How many instructions take ``units`` of time; None if that is not known."""


class VirtualTime:
    """Time is instructions executed; the CPU timer goes by whole microseconds."""

    def __init__(self, *, start: int = UNIX_EPOCH, instructions_per_microsecond: int = 1) -> None:
        self.start = start
        self.rate = instructions_per_microsecond

    def wall(self, cpu: Cpu) -> int:
        return self.start + cpu.now * MICROSECOND // self.rate

    def cpu(self, cpu: Cpu) -> int:
        return cpu.instructions // self.rate * MICROSECOND

    def instructions(self, units: int) -> int | None:
        return -(-units * self.rate // MICROSECOND)


class RealTime:
    """Time is the host's; the machine calls ``start`` and ``stop`` around each call of the engine."""

    def __init__(self) -> None:
        self._consumed = 0
        self._started: int | None = None

    def start(self) -> None:
        """The CPU begins to execute instructions."""
        self._started = time.monotonic_ns()

    def stop(self) -> None:
        """The CPU has stopped executing instructions."""
        if self._started is not None:
            self._consumed += time.monotonic_ns() - self._started
            self._started = None

    def wall(self, cpu: Cpu) -> int:
        return UNIX_EPOCH + time.time_ns() * MICROSECOND // 1000

    def cpu(self, cpu: Cpu) -> int:
        running = time.monotonic_ns() - self._started if self._started is not None else 0
        return (self._consumed + running) * MICROSECOND // 1000

    def instructions(self, units: int) -> int | None:
        return None


class Clocks:
    """The clocks of one CPU.

    ``interval`` says what the interval timer and the CPU timer count: "cpu" (SET TIMER ON), "wall" (SET TIMER REAL), or
    "off", which stops the interval timer only.
    """

    def __init__(self, cpu: Cpu, source: TimeSource, *, interval: str = "wall") -> None:
        self._cpu = cpu
        self.source = source
        self.interval = interval
        self.reset()

    def reset(self) -> None:
        """Initial CPU reset: comparator and CPU timer zero; the TOD clock goes on."""
        cpu = self._cpu
        cpu.clock_comparator = 0
        cpu.cpu_timer_base = self._running() & MASK64
        cpu.interval_count = self._interval_count()

    # --- what the instructions read and set ---

    def tod(self) -> int:
        """TOD clock, 64 bits."""
        return (self.source.wall(self._cpu) + self._cpu.tod_offset) & MASK64

    def set_tod(self, value: int) -> None:
        offset = value - self.source.wall(self._cpu) & MASK64
        self._cpu.tod_offset = offset - (offset >> 63 << 64)

    def cpu_timer(self) -> int:
        """CPU timer, 64 bits, counting down."""
        return (self._cpu.cpu_timer_base - self._running()) & MASK64

    def set_cpu_timer(self, value: int) -> None:
        self._cpu.cpu_timer_base = (value + self._running()) & MASK64

    def _running(self) -> int:
        """Time by which the interval timer and the CPU timer go.

        They run in a wait too, but with SET TIMER ON, when they go by the CPU time that the host spends.
        """
        by_wall = self.interval == "wall" or isinstance(self.source, VirtualTime)
        return self.source.wall(self._cpu) if by_wall else self.source.cpu(self._cpu)

    # --- interval timer ---

    def _interval_count(self) -> int:
        if self.interval == "off":
            return 0
        return self._running() * INTERVAL_FREQUENCY // SECOND

    def start(self, source: TimeSource, interval: str) -> None:
        """Go by other time; comparator and CPU timer are reset, the interval timer counts from now on."""
        self.source, self.interval = source, interval
        self.reset()

    def set_interval(self, interval: str) -> None:
        """Change what the interval timer counts."""
        self.update()
        timer = self.cpu_timer()
        self.interval = interval
        self.set_cpu_timer(timer)
        self._cpu.interval_count = self._interval_count()

    def update(self) -> None:
        """Let the interval timer at location 80 count; note that it went below zero."""
        cpu = self._cpu
        count = self._interval_count()
        passed = count - cpu.interval_count
        if passed <= 0:
            return
        cpu.interval_count = count
        value = cpu.get_real(INTERVAL_TIMER_LOCATION, 4)
        new = value - passed * 256
        cpu.put_real(INTERVAL_TIMER_LOCATION, 4, new & 0xFFFFFFFF)
        if value < 0x80000000 and new < 0:
            cpu.external_pending |= interruptions.INTERVAL_TIMER

    # --- interruptions ---

    def external_code(self, *, enabled_only: bool = True, by_psw: bool = True) -> int | None:
        """Code of the external interruption of highest priority that is pending (and enabled), or None.

        ``by_psw=False``: enabled by control register 0, whatever the PSW says.
        """
        cpu = self._cpu
        if enabled_only and by_psw and not cpu.system_mask & 1:
            return None
        mask = cpu.cr[0] if enabled_only else 0xFFFFFFFF
        code = 0
        for bits, subclass in _LATCHED:
            if mask & subclass:
                code |= cpu.external_pending & bits
        if code:
            return code
        for bit, subclass, code in _SIGNALS:
            if mask & subclass and cpu.external_pending & bit:
                return code
        if mask & interruptions.CR0_CLOCK_COMPARATOR and self.tod() > cpu.clock_comparator:
            return interruptions.CLOCK_COMPARATOR
        if mask & interruptions.CR0_CPU_TIMER and self.cpu_timer() >> 63:
            return interruptions.CPU_TIMER
        return None

    @property
    def awaited(self) -> bool:
        """A signal or latched condition is enabled in CR0, and waits for the PSW's external mask only."""
        cpu = self._cpu
        return any(cpu.cr[0] & subclass and cpu.external_pending & bits for bits, subclass in (*_LATCHED, *_AWAITED))

    def accept(self, code: int) -> None:
        """The interruption ``code`` is being taken: what is not a level is no longer pending."""
        if code < 0x100:
            self._cpu.external_pending &= ~code
        for bit, _, signal in _SIGNALS:
            if code == signal:
                self._cpu.external_pending &= ~bit

    def budget(self, limit: int) -> int:
        """At most ``limit`` instructions, and no more than until the next clock event (but at least 1)."""
        units = self.next_event()
        if units is None:
            return limit
        instructions = self.source.instructions(units)
        return limit if instructions is None else max(1, min(limit, instructions))

    def next_event(self) -> int | None:
        """Units until a clock that is enabled in CR0 asks for an interruption (0: it does now); None if none will."""
        cpu = self._cpu
        events = []
        if cpu.cr[0] & interruptions.CR0_INTERVAL_TIMER and self.interval != "off":
            value = cpu.get_real(INTERVAL_TIMER_LOCATION, 4)
            if value < 0x80000000:
                due = cpu.interval_count + (value >> 8) + 1
                events.append(max(0, -(-due * SECOND // INTERVAL_FREQUENCY) - self._running()))
        if cpu.cr[0] & interruptions.CR0_CLOCK_COMPARATOR:
            events.append(max(0, cpu.clock_comparator + 1 - self.tod()))
        if cpu.cr[0] & interruptions.CR0_CPU_TIMER:
            timer = self.cpu_timer()
            events.append(0 if timer >> 63 else timer + 1)
        return min(events, default=None)

    def skip(self, units: int) -> None:
        """VirtualTime: time passes while the CPU waits."""
        self._cpu.idle += self.source.instructions(units) or 0


EMERGENCY_SIGNAL_PENDING, EXTERNAL_CALL_PENDING = 0x10000, 0x20000
"""Bits of ``external_pending`` beyond the eight that are those of the interruption code."""
_SIGNALS = (
    (EMERGENCY_SIGNAL_PENDING, interruptions.CR0_EMERGENCY_SIGNAL, interruptions.EMERGENCY_SIGNAL),
    (EXTERNAL_CALL_PENDING, interruptions.CR0_EXTERNAL_CALL, interruptions.EXTERNAL_CALL),
)
_LATCHED = (
    (interruptions.INTERVAL_TIMER, interruptions.CR0_INTERVAL_TIMER),
    (interruptions.INTERRUPT_KEY, interruptions.CR0_INTERRUPT_KEY),
    (0x3F, interruptions.CR0_EXTERNAL_SIGNAL),
)
_AWAITED = tuple((bit, subclass) for bit, subclass, _ in _SIGNALS)
