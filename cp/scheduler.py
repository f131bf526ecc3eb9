"""Who runs next: VM/370's queues, in which a guest that does nothing costs nothing.

    Q1     after terminal input, for the first Q1_LIMIT_NS of CPU time: served before everybody else
    Q2     who computes longer, in the order of the time that each one got
    E2, E1 eligible: can run, and waits until there is room in the queues (guests, storage)

A guest enters a queue when something gives it work, and leaves it when it has none.  Each carries a *deadline*: the CPU
time it got, divided by its weight (64 / priority: half the number is twice the time), never further back than what
those in the queue have.  The earliest deadline is served first, so each gets its share whatever the others do.

    SET PRIORITY   the weight; the directory's USER statement has the first value
    SET FAVORED    never waits in the eligible list; with a percentage: before the others of Q2 until it got as much
    SET SHARE      LIMIT: not more than so many percent of one CPU
    SET RESERVE    so many pages count as there: admitted as if its working set were smaller by them
    SET QDROP OFF  keeps its place in the queue while it waits

Nobody asks a guest whether it can run.  What may change that calls ``wake`` (any change of the machine's state from
outside, a device, an interruption that was made pending, a clock by ``_alarms``); ``choose`` looks at those, at guests
served before, and at one of those that sleep, in turn.  All costs are O(log n) or less.

With time slices of fixed length (``fixed``) queues are kept, but guests take turns by user ID: such a run repeats.
"""

from __future__ import annotations

import bisect
import heapq
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from vm370.cp.residency import PAGE, physical_pages, resident_pages

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

NS = 1_000_000_000
Q1_LIMIT_NS = 100_000_000
"""CPU time after which a guest is no longer interactive."""
Q2_LIMIT_NS = 500_000_000
"""CPU time after which a guest of Q2 gives way to those that are eligible."""
MOST_PER_WORKER = 64
"""Guests of Q2 for each one that can run at once."""
STORAGE_PART = 0.8
"""Part of the host's storage that working sets may take."""
DEFAULT_PRIORITY = 64
WINDOW_SECONDS = 1.0
"""Percentages hold over so long a time."""
WORKING_SET_SECONDS = 2.0
"""How old the count of a guest's pages may be while it is being scheduled."""
SLEEPERS_SEEN = 64
"""Guests that an idle system looks at although nothing woke them."""
LATENESS_NS = 2_000_000
"""A guest that was idle is so far ahead of those that were not."""


class Queue(Enum):
    """Where a guest is."""

    NONE = "--"
    Q1 = "Q1"
    Q2 = "Q2"
    E1 = "E1"
    E2 = "E2"


@dataclass(slots=True)
class Policy:
    """What the operator set for a guest."""

    priority: int = DEFAULT_PRIORITY
    favored: bool = False
    percent: int | None = None
    limit: int | None = None
    reserve: int = 0
    qdrop: bool = True

    @property
    def weight(self) -> float:
        """How many times the usual share."""
        return DEFAULT_PRIORITY / max(self.priority, 1)


class Member:
    """A guest in the scheduler's books."""

    def __init__(self, vm: VirtualMachine) -> None:
        self.vm = vm
        self.policy = Policy(vm.entry.priority, limit=vm.entry.limits.cpu)
        self.queue = Queue.NONE
        self.interactive = False
        """Terminal input came since it entered a queue."""
        self.ready = False
        """It has an entry in the heap of its queue, ``serial``."""
        self.serial = 0
        self.deadline = 0.0
        self.stay_ns = 0
        """CPU time since it entered its queue."""
        self.used_ns = 0
        """CPU time since LOGON."""
        self.alarm: float | None = None
        self.credit, self.allowance, self.credited_at = 0.0, 0.0, 0.0
        """Seconds of CPU time that the percentage owes it, and that the limit leaves it."""
        self.pages, self.counted_at = 0, -WORKING_SET_SECONDS
        self.entered_at = 0.0
        """When it got into the queue or the eligible list."""

    @property
    def in_queue(self) -> bool:
        """It takes part: not idle, not eligible."""
        return self.queue in (Queue.Q1, Queue.Q2)


class Events:
    """What the monitor wants to know; this one wants nothing."""

    def queue_added(self, member: Member) -> None:
        """A guest got into Q1 or Q2."""

    def queue_dropped(self, member: Member, reason: str) -> None:
        """A guest left Q1 or Q2."""

    def made_eligible(self, member: Member) -> None:
        """A guest has to wait for room."""


class Scheduler:
    """The queues of one system."""

    def __init__(self, monotonic: Callable[[], float], workers: int, *, fixed: bool) -> None:
        self._monotonic = monotonic
        self.fixed = fixed
        self.most_queued = MOST_PER_WORKER * max(workers, 1)
        self.most_pages = int(physical_pages() * STORAGE_PART)
        self.events = Events()
        self.members: dict[VirtualMachine, Member] = {}
        self.counts = dict.fromkeys(Queue, 0)
        self.pages_queued = 0
        self.choices = 0
        """How often somebody was chosen."""
        self._woken: dict[VirtualMachine, None] = {}
        self._heap: list[tuple[int, float, int, Member]] = []
        self._eligible: list[tuple[int, float, int, Member]] = []
        self._turns: list[str] = []
        self._in_turns: dict[str, VirtualMachine] = {}
        """User IDs of guests that can run, in order (only ``fixed``), and their machines."""
        self._last = ""
        self._alarms: list[tuple[float, int, Member]] = []
        self._serials = itertools.count(1)
        self._sleepers: deque[VirtualMachine] = deque()
        self._virtual = 0.0
        """Deadline of the guest that was served last."""

    # --- who is there ---

    def add(self, vm: VirtualMachine) -> None:
        """LOGON."""
        member = self.members[vm] = Member(vm)
        member.deadline = self._virtual
        member.credited_at = self._monotonic()
        self.counts[Queue.NONE] += 1
        self._sleepers.append(vm)
        self.wake(vm)

    def remove(self, vm: VirtualMachine) -> None:
        """LOGOFF."""
        member = self.members.pop(vm, None)
        if member is not None:
            self._leave(member, "logoff")
            self.counts[Queue.NONE] -= 1
            member.alarm = None

    def wake(self, vm: VirtualMachine) -> None:
        """Something happened to a guest: it may be able to run now, or not any more."""
        self._woken[vm] = None

    def terminal_input(self, vm: VirtualMachine) -> None:
        """A person typed something to the guest: it is interactive from now on."""
        member = self.members.get(vm)
        if member is not None:
            member.interactive = True
            self._woken[vm] = None

    def policy(self, vm: VirtualMachine) -> Policy:
        """What is set for a guest; ``wake`` it after changes."""
        return self.members[vm].policy

    # --- the next round ---

    def choose(self, workers: int) -> list[VirtualMachine]:
        """The guests of the next round, those who are served first in front; none if all are idle."""
        self.choices += 1
        now = self._monotonic()
        while self._alarms and self._alarms[0][0] <= now:
            at, _, member = heapq.heappop(self._alarms)
            if member.alarm == at:
                member.alarm = None
                self._woken[member.vm] = None
        self._look_at_sleepers(1)
        chosen = self._chosen(workers, now)
        if not chosen and self.members:
            self._look_at_sleepers(SLEEPERS_SEEN)
            chosen = self._chosen(workers, now)
        return chosen

    def _look_at_sleepers(self, most: int) -> None:
        """Whatever changed without a word is found, if not at once; guests that logged off are forgotten here."""
        sleepers = self._sleepers
        for _ in range(min(most, len(sleepers))):
            vm = sleepers.popleft()
            if vm in self.members:
                sleepers.append(vm)
                self._woken[vm] = None

    def _chosen(self, workers: int, now: float) -> list[VirtualMachine]:
        self._settle(now)
        return self._in_turn(workers) if self.fixed else self._by_deadline(workers, now)

    def _settle(self, now: float) -> None:
        """Put all who were woken where they belong."""
        while self._woken:
            woken, self._woken = self._woken, {}
            for vm in woken:
                member = self.members.get(vm)
                if member is not None:
                    self._examine(member, now)
        self._admit()

    def _in_turn(self, workers: int) -> list[VirtualMachine]:
        turns = self._turns
        if not turns:
            return []
        first = bisect.bisect_right(turns, self._last)
        picked = [turns[(first + number) % len(turns)] for number in range(min(workers, len(turns)))]
        self._last = picked[-1]
        chosen = [self._in_turns[userid] for userid in picked]
        self._woken.update(dict.fromkeys(chosen))  # to be looked at after their slices
        return chosen

    def _by_deadline(self, workers: int, now: float) -> list[VirtualMachine]:
        chosen: list[VirtualMachine] = []
        while self._heap and len(chosen) < workers:
            entry = heapq.heappop(self._heap)
            member = entry[3]
            if not self._valid(entry):
                continue
            member.ready = False
            if not member.vm.runnable:
                self._idle(member, now)
                continue
            if entry[0] == 2:
                self._virtual = max(self._virtual, member.deadline)
            chosen.append(member.vm)
            self._woken[member.vm] = None  # to be looked at after its slice
        return chosen

    @staticmethod
    def _valid(entry: tuple[int, float, int, Member]) -> bool:
        return entry[3].ready and entry[3].serial == entry[2]

    def interactive(self, vm: VirtualMachine) -> bool:
        """Whether the guest is in Q1."""
        member = self.members.get(vm)
        return member is not None and member.queue is Queue.Q1

    def served(self, vm: VirtualMachine, used_ns: int) -> None:
        """A guest had a slice and used so much CPU time."""
        member = self.members.get(vm)
        if member is None:
            return
        member.used_ns += used_ns
        member.stay_ns += used_ns
        member.deadline += used_ns / member.policy.weight
        if member.policy.percent is not None or member.policy.limit is not None:
            self._credit(member, self._monotonic())
            member.credit -= used_ns / NS
            member.allowance -= used_ns / NS

    # --- one guest ---

    def _examine(self, member: Member, now: float) -> None:
        """Put a guest where it belongs."""
        if not member.vm.runnable:
            self._idle(member, now)
            return
        if member.policy.limit is not None and not self.fixed:
            self._credit(member, now)
            if member.allowance <= 0:
                self._leave(member, "limit")
                self._set_alarm(member, now + (1e-3 - member.allowance) / (member.policy.limit / 100))
                return
        if member.queue is Queue.NONE:
            self._enter(member)
        elif member.interactive and member.queue in (Queue.Q2, Queue.E2):
            self._leave(member, "input")
            self._enter(member)
        elif member.queue is Queue.Q1 and member.stay_ns > Q1_LIMIT_NS:
            self._leave(member, "limit of q1")
            self._enter(member)
        elif member.queue is Queue.Q2 and member.stay_ns > Q2_LIMIT_NS:
            member.stay_ns = 0
            if self._eligible and not member.policy.favored:
                self._leave(member, "limit of q2")
                self._enter(member)
        if member.in_queue and not (member.ready and member.policy.percent is None):
            self._unready(member)
            self._push(member, now)

    def _idle(self, member: Member, now: float) -> None:
        """It cannot run: it leaves its queue, until something wakes it or a clock strikes."""
        member.interactive = False
        if member.policy.qdrop or not member.in_queue:
            self._leave(member, "wait")
        else:
            self._unready(member)
        at = member.vm.wake_up_at()
        if at is not None:
            self._set_alarm(member, at)

    def _set_alarm(self, member: Member, at: float) -> None:
        if member.alarm is None or at < member.alarm:
            member.alarm = at
            heapq.heappush(self._alarms, (at, next(self._serials), member))
            if self._overgrown(len(self._alarms)):
                self._alarms = [alarm for alarm in self._alarms if alarm[2].alarm == alarm[0]]
                heapq.heapify(self._alarms)

    def _overgrown(self, entries: int) -> bool:
        """Most entries of a heap are of the past: it is time to throw them away."""
        return entries > 64 + 4 * len(self.members)

    def _enter(self, member: Member) -> None:
        """Into Q1 or Q2, or the eligible list before it."""
        wanted = Queue.Q1 if member.interactive else Queue.Q2
        member.interactive = False
        member.stay_ns = 0
        member.deadline = max(member.deadline, self._virtual - LATENESS_NS)
        member.entered_at = self._monotonic()
        self._count_pages(member)
        if (self._eligible and not self._privileged(member, wanted)) or not self._room(member, wanted):
            self._move(member, Queue.E1 if wanted is Queue.Q1 else Queue.E2)
            self.events.made_eligible(member)
            level = 0 if wanted is Queue.Q1 else 1
            heapq.heappush(self._eligible, (level, member.deadline, self._serial(member), member))
        else:
            self._move(member, wanted)
            self.events.queue_added(member)

    def _serial(self, member: Member) -> int:
        member.serial = next(self._serials)
        return member.serial

    def _privileged(self, member: Member, wanted: Queue) -> bool:
        return member.policy.favored or wanted is Queue.Q1

    def _room(self, member: Member, wanted: Queue) -> bool:
        """Whether the queues can take another guest."""
        if member.policy.favored or self.fixed:
            return True
        needed = max(member.pages - member.policy.reserve, 0)
        if needed and self.pages_queued and self.pages_queued + needed > self.most_pages:
            return False
        return wanted is Queue.Q1 or self.counts[Queue.Q2] < self.most_queued

    def _admit(self) -> None:
        """Let those in for whom there is room, the earliest deadline first, E1 before E2."""
        while self._eligible:
            level, _, serial, member = self._eligible[0]
            if member.serial != serial or member.queue not in (Queue.E1, Queue.E2):
                heapq.heappop(self._eligible)
                continue
            wanted = Queue.Q1 if level == 0 else Queue.Q2
            if not self._room(member, wanted):
                return
            heapq.heappop(self._eligible)
            self._move(member, wanted)
            member.entered_at = self._monotonic()
            self.events.queue_added(member)
            self._push(member, member.entered_at)

    def _leave(self, member: Member, reason: str) -> None:
        """Out of its queue."""
        if member.queue is Queue.NONE:
            return
        if member.in_queue:
            self.events.queue_dropped(member, reason)
        self._unready(member)
        self._move(member, Queue.NONE)

    def _unready(self, member: Member) -> None:
        if member.ready and self.fixed:
            del self._turns[bisect.bisect_left(self._turns, member.vm.userid)]
            del self._in_turns[member.vm.userid]
        member.ready = False

    def _push(self, member: Member, now: float) -> None:
        """Into the heap of those that can run."""
        member.ready = True
        if self.fixed:
            bisect.insort(self._turns, member.vm.userid)
            self._in_turns[member.vm.userid] = member.vm
            return
        level = 0
        if member.queue is Queue.Q2:
            level = 2
            if member.policy.percent is not None:
                self._credit(member, now)
                level = 1 if member.credit > 0 else 2
                if level == 2:
                    self._set_alarm(member, now + (1e-3 - member.credit) / (max(member.policy.percent, 1) / 100))
        heapq.heappush(self._heap, (level, member.deadline, self._serial(member), member))
        if self._overgrown(len(self._heap)):
            self._heap = [entry for entry in self._heap if self._valid(entry)]
            heapq.heapify(self._heap)

    def _move(self, member: Member, queue: Queue) -> None:
        if member.in_queue:
            self.pages_queued -= member.pages
        self.counts[member.queue] -= 1
        member.queue = queue
        self.counts[queue] += 1
        if member.in_queue:
            self.pages_queued += member.pages

    def _credit(self, member: Member, now: float) -> None:
        """What the percentages gave it since they were looked at; not more than those of a whole window."""
        elapsed = min(now - member.credited_at, WINDOW_SECONDS)
        member.credited_at = now
        for name, percent in (("credit", member.policy.percent), ("allowance", member.policy.limit)):
            if percent is not None:
                most = WINDOW_SECONDS * percent / 100
                setattr(member, name, max(min(getattr(member, name) + elapsed * percent / 100, most), -most))

    def _count_pages(self, member: Member) -> None:
        now = self._monotonic()
        if now - member.counted_at >= WORKING_SET_SECONDS:
            member.counted_at = now
            if member.in_queue:
                self.pages_queued -= member.pages
            member.pages = resident_pages(member.vm)
            if member.in_queue:
                self.pages_queued += member.pages

    # --- what others ask ---

    def settle(self) -> None:
        """Put all who were woken where they belong: before somebody looks at the queues."""
        self._settle(self._monotonic())

    def next_wake_up(self) -> float | None:
        """Monotonic time at which a clock has something for a guest."""
        self.settle()
        while self._alarms and self._alarms[0][2].alarm != self._alarms[0][0]:
            heapq.heappop(self._alarms)
        return self._alarms[0][0] if self._alarms else None

    def queued(self) -> list[Member]:
        """All who are in a queue or eligible, in the order in which they will be served."""
        order = {Queue.Q1: 0, Queue.Q2: 1, Queue.E1: 2, Queue.E2: 3}
        found = [member for member in self.members.values() if member.queue is not Queue.NONE]
        return sorted(found, key=lambda member: (order[member.queue], member.deadline))

    def working_set(self, vm: VirtualMachine) -> int:
        """Pages of the guest that the host has in storage now."""
        member = self.members[vm]
        member.counted_at = -WORKING_SET_SECONDS
        self._count_pages(member)
        return member.pages


__all__ = ["PAGE", "Events", "Member", "Policy", "Queue", "Scheduler"]
