"""How a virtual machine runs: time slices, waits, interruptions, and the engine that executes the guest.

``run`` does one time slice, step by step, until it is used up or there is nothing to do::

    a channel program is due        its next part is done (cp/io/channel.py)
    suspended in a DIAGNOSE         wait until a device has changed
    an interruption is due          present it
    the PSW has the wait bit on     let virtual time pass until something is due; or the slice ends
    else                            enter the engine until the next event, and do what its interception asks for

An *event* is what can be foreseen: the next part of a channel program, a clock that will ask for an interruption.  With
SET TIMER VIRTUAL clocks are looked at when an event was reached or the guest has left the engine by itself, and never
because a slice has ended: so a run gives the same results however it is cut into slices, and in every engine.

An engine that takes program interruptions by itself (SET ASSIST ON) would never tell of a guest that does nothing else.
When it leaves just before the first instruction of the program new PSW, the next program interruption is shown to CP,
which knows a loop when it sees one (``traps.settle``).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from vm370.cp import messages, traps
from vm370.cp.dispatch import SLICE_INSTRUCTIONS, SLICE_NS
from vm370.cp.engine.engines import Engine
from vm370.cp.engine.native.context import Context
from vm370.cp.engine.native.statistics import Statistics
from vm370.cp.io.channel import NEVER
from vm370.cp.paravirtual import Paravirtual
from vm370.cp.s370 import interruptions
from vm370.cp.s370.clocks import MICROSECOND, RealTime, VirtualTime
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import BudgetEnd, Interception, MaskChanged, ProgramInterruption
from vm370.cp.s370.traps import TRAP_PROGRAM

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

TRAP_EFFORT = 50
"""A trap counts as so many instructions for those who wait."""
PROGRAM_NEW_PSW = 0x68
EXTERNAL_MASK, OTHER_CHANNELS, BC_CHANNELS = 0x01, 0x02, 0xFC
"""Bits of the system mask: external interruptions; all channels in EC mode, from 6 on in BC mode; channels 0 to 5."""
CLOCK_INTERVAL = 33_333
"""With SET TIMER VIRTUAL the interval timer at location 80 is brought up to date after so many instructions at most."""
FEWEST = 250
"""A clock of the host is not waited for with fewer instructions."""
MOST_WAITING = 256
"""External interruptions that CP keeps for a machine that has not enabled them; who asks for more asks in vain."""
External = tuple[int, int, int | None, int]
"""Code, CPU address, parameter, subclass mask."""


class Tracer(Protocol):
    """Who looks at each instruction (``vm370 trace``); the guest then enters the engine for one at a time."""

    def before(self, vm: VirtualMachine) -> None:
        """The engine is entered next."""

    def after(self, vm: VirtualMachine) -> None:
        """The engine was left, and CP has done what that asked for."""


class ExternalSource(Protocol):
    """Who makes external interruptions pending whose data are stored when they are presented (VMCF, IUCV)."""

    subclass: int
    """The bit of control register 0 that enables them."""

    @property
    def pending(self) -> bool:
        """One is pending."""

    def present(self) -> tuple[int, int, int | None] | None:
        """Store its data: code, CPU address, parameter; None when it turns out that there is none."""


class Execution:
    """The running of one virtual machine."""

    def __init__(self, vm: VirtualMachine) -> None:
        self._vm = vm
        self.slice_instructions = SLICE_INSTRUCTIONS
        """Length of the next time slice; the dispatcher follows the guest's speed."""
        self.pause_at: int | None = None
        """``effort`` at which a slice ends at once: somebody waits for it."""
        self.trap_count = 0
        self.tracer: Tracer | None = None
        self.device_changed = False
        """A device has something for the guest since it was suspended."""
        self.yielded = False
        """The guest gives up the rest of its slice."""
        self.suspended_at = 0
        self._external: list[External] = []
        """External interruptions that CP itself made pending."""
        self._sources: list[ExternalSource] = []
        self.paravirtual = Paravirtual(vm)
        self._engine: Engine | None = None
        self._past = Statistics()
        self._clock_due = False
        """The interruption of a clock is due that the PSW does not let through."""
        self._event_at = 0
        """Virtual time of the next event."""
        self._cut = False
        """The last slice ended on the way to ``_event_at``."""
        self._loop_suspected = False

    # --- what others ask ---

    @property
    def effort(self) -> int:
        """Virtual time, and a charge for each trap: how long somebody has waited for this machine."""
        return self._vm.cpu.now + TRAP_EFFORT * self.trap_count

    @property
    def idle(self) -> bool:
        """Nothing to do: suspended or in a wait, no device at work, no interruption due."""
        vm = self._vm
        if self.held:
            ready = self.device_changed if self.paravirtual.pause is None else self.paravirtual.over()
            return not ready and vm.channels.due == NEVER
        return bool(vm.cpu.wait) and vm.channels.due == NEVER and not self._interruption_due() and self._enabled()

    @property
    def held(self) -> bool:
        """Suspended in a DIAGNOSE; not if the user had the machine go on somewhere else."""
        return self._vm.suspended and self._vm.cpu.ia == self.suspended_at

    @property
    def passes_time(self) -> bool:
        """In a wait with SET TIMER VIRTUAL: time has to pass until a clock asks for an interruption."""
        cpu = self._vm.cpu
        waiting = cpu.wait and cpu.system_mask & EXTERNAL_MASK and not self.held
        return bool(waiting) and isinstance(cpu.clocks.source, VirtualTime) and cpu.clocks.next_event() is not None

    def wake_up_at(self) -> float | None:
        """Monotonic time at which the host's clock gives the machine something to do."""
        vm = self._vm
        if vm.sleep_until is not None:
            return vm.sleep_until if math.isfinite(vm.sleep_until) else None
        if self.held and self.paravirtual.pause is not None and vm.may_run:
            seconds = self.paravirtual.wake_up_in()
            return None if seconds is None else vm.system.clock.monotonic() + seconds
        if not vm.may_run or vm.suspended or not vm.cpu.wait or not vm.cpu.system_mask & 1:
            return None
        units = vm.cpu.clocks.next_event()
        return None if units is None else vm.system.clock.monotonic() + units / MICROSECOND / 1e6

    def look_again(self) -> None:
        """Clocks were changed from outside."""
        self._cut = False

    def reset(self) -> None:
        """System reset: nothing is pending."""
        self._external.clear()
        self.paravirtual.reset()
        self._cut = self._clock_due = self._loop_suspected = False

    # --- the engine ---

    def engine(self) -> Engine:
        """What executes the guest now: SET ENGINE, as far as it is there."""
        engine = self._vm.system.engines.engine(self._vm.settings.engine)
        if engine is not self._engine:
            self.release_engine()
            self._engine = engine
        return engine

    def release_engine(self) -> None:
        """The engine forgets this CPU, and gives back what it has for it."""
        if self._engine is not None:
            self._past = self.work()
            if hasattr(self._engine, "release"):
                self._engine.release(self._vm.cpu)
        self._engine = None

    def work(self) -> Statistics:
        """What was executed so far, where; whatever native code did not do, the reference engine did."""
        context, past = self._vm.cpu.native, self._past
        now = context.statistics if isinstance(context, Context) else Statistics()
        interpreter, regions = past.interpreter + now.interpreter, past.regions + now.regions
        work = Statistics(
            entries=past.entries + now.entries,
            exits=past.exits + now.exits,
            steps=past.steps + now.steps,
            reference=self._vm.cpu.instructions - interpreter - regions,
            interpreter=interpreter,
            regions=regions,
        )
        if self._engine is not None and hasattr(self._engine, "describe"):
            self._engine.describe(self._vm.cpu, work)
        return work

    # --- a time slice ---

    def run(
        self,
        budget: int,
        *,
        timed: bool = False,
        lock: threading.Lock | None = None,
        stopping: Callable[[], bool] | None = None,
    ) -> None:
        """One time slice of ``budget`` instructions, or until as many could have been executed in a wait.

        ``timed``: it ends early when ``stopping`` says so, which is asked before the engine is entered; who wants it to
        end has the CPU leave the engine.  ``lock`` is held by the caller and free while the
        guest is inside the engine.
        """
        vm, cpu, counters = self._vm, self._vm.cpu, self._vm.counters
        begin, guest_before, waited = time.perf_counter_ns(), counters.guest_ns, 0
        end = cpu.units + cpu.idle + budget
        engine = self.engine()
        cpu.asked = stopping if timed else None
        self.yielded = served = False
        vm.tracing.begin_slice()
        while vm.may_run and not self.yielded and (left := self._left(end)) > 0:
            cpu.floor = 0
            if timed and stopping is not None and stopping():
                if served:
                    break
                cpu.leave_engine()  # after one instruction: who is served gets on
            served = True
            if not self._ready_to_enter():
                if self.yielded:
                    break
                continue
            vm.suspended = False
            limit, executing = self._limit(left, timed), engine
            if vm.tracing.stepping:
                if not vm.tracing.before():
                    break
                limit, executing = 1, vm.tracing.engine(engine)
            if self.tracer is not None:
                limit = 1
                self.tracer.before(vm)
            entered = time.perf_counter_ns()
            if lock is not None:
                lock.release()
            try:
                interception = self._enter(executing, limit)
            finally:
                left_at = time.perf_counter_ns()
                counters.guest_ns += left_at - entered
                if lock is not None:
                    lock.acquire()
                    waited += time.perf_counter_ns() - left_at
            self._cut = (
                isinstance(interception, BudgetEnd)
                and isinstance(cpu.clocks.source, VirtualTime)
                and cpu.now < self._event_at
            )
            if vm.resumed and isinstance(interception, MaskChanged):
                vm.suspended = True  # the DIAGNOSE was not reached: masks were changed while it was suspended
                continue
            traps.handle(vm, interception)
            vm.resumed = False
            if vm.tracing.stepping:
                vm.tracing.after()
            if self.tracer is not None:
                self.tracer.after(vm)
        vm.tracing.release()
        elapsed = time.perf_counter_ns() - begin - waited
        counters.cp_ns += elapsed - (counters.guest_ns - guest_before)
        counters.ccws = vm.channels.ccws
        counters.bytes_moved = vm.bytes_moved

    def _left(self, end: int) -> int:
        """Instructions until the slice ends, or somebody has waited long enough."""
        left = end - self._vm.cpu.units - self._vm.cpu.idle
        return left if self.pause_at is None else min(left, self.pause_at - self.effort)

    def _ready_to_enter(self) -> bool:
        """One step of what comes before the guest's instructions; ``yielded``: there is nothing to do."""
        vm, cpu, channels = self._vm, self._vm.cpu, self._vm.channels
        if channels.due <= cpu.now:
            channels.run(cpu.now)
            vm.tracing.flush()
            return False
        if self.held:
            if self.device_changed if self.paravirtual.pause is None else self.paravirtual.over():
                vm.resumed = True
                return True
            if self.paravirtual.pause is not None:
                self.yielded = not self.paravirtual.pass_time()
            elif channels.due == NEVER:
                self.yielded = True
            else:
                cpu.idle += channels.due - cpu.now
            return False
        if not self._cut:
            cpu.clocks.update()
            if self.paravirtual.page is not None:
                self.paravirtual.update_page()
            if self._vm.services.timing.address is not None:
                self._vm.services.timing.update()
        if self._present_interruption():
            return False
        if cpu.wait:
            self.yielded = not self._wait()
            return False
        return True

    def _limit(self, left: int, timed: bool) -> int:
        """Instructions until the next event or the end of the slice.

        An event that is due already waits for a mask: the guest leaves the engine when it changes one.
        """
        cpu, channels = self._vm.cpu, self._vm.channels
        now, source = cpu.now, cpu.clocks.source
        if not self._cut or now >= self._event_at:
            units = cpu.clocks.next_event()
            room = CLOCK_INTERVAL if isinstance(source, VirtualTime) else left
            self._clock_due = units == 0
            if units:
                room = min(room, source.instructions(units) or (self._estimate(units) if timed else room))
            elif self._clock_due:
                cpu.pending |= EXTERNAL_MASK
            self._event_at = min(now + room, channels.due)
        limit = min(left, self._event_at - now, channels.due - now)
        return min(limit, SLICE_INSTRUCTIONS) if cpu.per else limit

    def _estimate(self, units: int) -> int:
        """Instructions that the guest executes in so many units of the clock, at the speed that it had."""
        return max(units * 1000 // MICROSECOND * self.slice_instructions // SLICE_NS, FEWEST)

    def _enter(self, engine: Engine, limit: int) -> Interception:
        """Enter the engine; CPU time passes inside."""
        cpu, source = self._vm.cpu, self._vm.cpu.clocks.source
        if not isinstance(source, RealTime):
            return self._execute(engine, cpu, limit)
        source.start()
        try:
            return self._execute(engine, cpu, limit)
        finally:
            source.stop()

    def _execute(self, engine: Engine, cpu: Cpu, limit: int) -> Interception:
        """A guest that seems to do nothing but take program interruptions shows the next one."""
        if self._loop_suspected:
            saved, cpu.trap_mask = cpu.trap_mask, cpu.trap_mask | TRAP_PROGRAM
            try:
                interception = engine.run(cpu, 1)
            finally:
                cpu.trap_mask = saved
            self._loop_suspected = isinstance(interception, ProgramInterruption | MaskChanged)
            return interception
        interception = engine.run(cpu, limit)
        if isinstance(interception, BudgetEnd | MaskChanged) and not cpu.trap_mask & TRAP_PROGRAM:
            self._loop_suspected = cpu.ia == cpu.get_real(PROGRAM_NEW_PSW + 4, 4) & 0xFFFFFF
        return interception

    # --- waiting ---

    def _wait(self) -> bool:
        """The PSW has the wait bit on.  False: nothing can be done in this slice."""
        vm, cpu, source = self._vm, self._vm.cpu, self._vm.cpu.clocks.source
        self._cut = False
        if not self._enabled():
            traps.count(vm, "wait", f"disabled wait PSW {vm.psw_text()}", "stop: nothing can end this wait")
            vm.stop(messages.DISABLED_WAIT.fill(psw=vm.psw_text()))
            return False
        vm.loop_kind = ""
        events = []
        if vm.channels.due != NEVER:
            events.append(vm.channels.due - cpu.now)
        units = cpu.clocks.next_event() if cpu.system_mask & 1 and isinstance(source, VirtualTime) else None
        if units is not None:
            events.append(source.instructions(units) or 1)
        if not events:
            return False
        cpu.idle += min(events)
        return True

    def _enabled(self) -> bool:
        """Some interruption can end a wait."""
        return bool(self._vm.cpu.system_mask & 1) or self._channel_mask() != 0

    # --- interruptions ---

    def delivered(self) -> None:
        """A device has something for the guest."""
        self.device_changed = True
        self._vm.cpu.pending |= OTHER_CHANNELS | BC_CHANNELS
        self._vm.cpu.leave_engine()
        self.paravirtual.mark()
        self._vm.wake()

    def _channel_mask(self) -> int:
        """Channels whose interruptions the PSW and control register 2 let through, as a mask like that register."""
        cpu = self._vm.cpu
        others = cpu.cr[2] if cpu.system_mask & 2 else 0
        if cpu.ec:
            return others
        return (cpu.system_mask & BC_CHANNELS) << 24 | others & 0x03FFFFFF

    def _interruption_due(self) -> bool:
        cpu = self._vm.cpu
        if cpu.wait and (self._vm.settings.timer == "REAL" or cpu.clocks.next_event() == 0):
            cpu.clocks.update()  # the interval timer asks for its interruption
        if cpu.system_mask & 1 and (
            cpu.clocks.external_code() is not None or self._enabled_external() or self._enabled_source()
        ):
            return True
        return bool(self._vm.channels.pending_mask & self._channel_mask())

    def _present_interruption(self) -> bool:
        """Present the interruption of highest priority that is pending and enabled."""
        vm, cpu, channels = self._vm, self._vm.cpu, self._vm.channels
        if cpu.system_mask & 1:
            code = cpu.clocks.external_code()
            if code is not None:
                cpu.clocks.accept(code)
                traps.present_external(vm, code)
                return True
            enabled = self._enabled_external()
            if enabled is not None:
                self._external.remove(enabled)
                traps.present_external(vm, *enabled[:3])
                return True
            source = self._enabled_source()
            if source is not None:
                presented = source.present()
                if presented is not None:
                    traps.present_external(vm, *presented)
                return True
        found = channels.pending(self._channel_mask()) if cpu.pending else None
        if found is not None:
            traps.present_io(vm, found[0], channels.accept(found[0]))
            return True
        awaited = self._clock_due or cpu.clocks.awaited or self._enabled_external() or self._enabled_source()
        cpu.pending = EXTERNAL_MASK if awaited else 0
        waiting = channels.pending_mask
        if waiting:
            cpu.pending |= waiting >> 24 & BC_CHANNELS | OTHER_CHANNELS
        return False

    def _enabled_external(self) -> External | None:
        cr0 = self._vm.cpu.cr[0]
        return next((external for external in self._external if not external[3] or cr0 & external[3]), None)

    def _enabled_source(self) -> ExternalSource | None:
        cr0 = self._vm.cpu.cr[0]
        return next((source for source in self._sources if cr0 & source.subclass and source.pending), None)

    def add_source(self, source: ExternalSource) -> None:
        """External interruptions of one more kind."""
        self._sources.append(source)

    def remove_source(self, source: ExternalSource) -> None:
        """None of that kind any more."""
        self._sources.remove(source)

    def source_pending(self) -> None:
        """A source has something."""
        self._vm.cpu.pending |= EXTERNAL_MASK
        self._vm.cpu.leave_engine()
        self.paravirtual.mark()
        self._vm.wake()

    def make_pending(self, external: External) -> None:
        """An external interruption of CP's own; those with codes below X'100' are bits that stay until taken."""
        code = external[0]
        if code < 0x100:
            self._vm.cpu.external_pending |= code
        elif self.interruption_room:
            self._external.append(external)
        self._vm.cpu.pending |= EXTERNAL_MASK
        self._vm.cpu.leave_engine()
        self.paravirtual.mark()
        self._vm.wake()

    def external_pending(self) -> bool:
        """An external interruption is pending that control register 0 enables, whatever the PSW says."""
        clock = self._vm.cpu.clocks.external_code(by_psw=False)
        return clock is not None or self._enabled_external() is not None or self._enabled_source() is not None

    def take_external(self, room: int) -> list[tuple[int, int, int | None]]:
        """Take up to ``room`` of them: code, CPU address, parameter; of each source one."""
        cpu = self._vm.cpu
        taken: list[tuple[int, int, int | None]] = []
        while len(taken) < room and (code := cpu.clocks.external_code(by_psw=False)) is not None:
            cpu.clocks.accept(code)
            taken.append((code, 0, None))
            if code in (interruptions.CLOCK_COMPARATOR, interruptions.CPU_TIMER):
                break  # it stays pending until the guest sets the clock
        while len(taken) < room and (external := self._enabled_external()) is not None:
            self._external.remove(external)
            taken.append(external[:3])
        for source in tuple(self._sources):
            if len(taken) < room and cpu.cr[0] & source.subclass and source.pending:
                presented = source.present()
                if presented is not None:
                    taken.append(presented)
        return taken

    @property
    def interruption_room(self) -> bool:
        """A further external interruption of CP's own can be made pending."""
        return len(self._external) < MOST_WAITING
