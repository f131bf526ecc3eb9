"""The monitor of a system: collects records of the classes that are enabled into a spool file or onto a tape.

    MONITOR ENABLE        classes from now on, or from START on      PERFORM and USER: every interval
    MONITOR START SPOOL   a file of 4096-byte blocks, one record each, class M, into the reader of a user at STOP
    MONITOR START TAPE    the same blocks on a tape that is mounted
    MONITOR STOP          trailer, last block, the file is closed

What cannot be written (full spool, end of tape) ends the monitoring; the operator is told.  A session that is not
stopped ends with the system, in order; after ``kill -9`` its open spool file is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from vm370.cp.io.unitrecord import Record
from vm370.cp.monitor import records
from vm370.cp.monitor.records import BLOCK, BLOCK_HEADER, INSTSIM, PERFORM, RESPONSE, SCHEDULE, USER, Value
from vm370.cp.s370.clocks import MICROSECOND, UNIX_EPOCH
from vm370.cp.scheduler import Events, Member, Queue
from vm370.cp.spool import SpoolError
from vm370.cp.spool.files import READER, Destination
from vm370.images.errors import ImageError

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.real.tape import TapeDrive
    from vm370.cp.system import System

COLLECTED = (PERFORM, RESPONSE, SCHEDULE, USER, INSTSIM)
"""Classes that there are on this system."""
DEFAULT_CLASSES = (PERFORM, USER)
DEFAULT_INTERVAL = 60
MOST_BLOCKS = 50_000
BLOCK_COMMAND = 0x01
KIND = "MON"
READ, OUTPUT, INPUT, SLEEP, LOGON, LOGOFF = range(6)
DROPPED, ADDED, ELIGIBLE = 2, 3, 4


class Sink(Protocol):
    """Where blocks go."""

    name: str

    def write(self, block: bytes) -> None:
        """A block; SpoolError or ImageError."""

    def close(self) -> None:
        """The last one was written."""


class SpoolSink:
    """A reader file of a user."""

    def __init__(self, system: System, origin: str, to: str) -> None:
        self._file = system.spool.create(KIND, origin)
        self._to = to
        self.name = f"SPOOL FILE {self._file.spoolid:04} TO {to}"

    def write(self, block: bytes) -> None:
        """A record of the file."""
        self._file.append(Record(BLOCK_COMMAND, block))

    def close(self) -> None:
        """Into his reader."""
        self._file.close(Destination(READER, self._to, spool_class="M", name="MONITOR", type="DATA"))


class TapeSink:
    """A tape on a drive."""

    def __init__(self, drive: TapeDrive) -> None:
        self._drive = drive
        self.name = f"TAPE {drive.raddr:03X}"

    def write(self, block: bytes) -> None:
        """A block of the tape."""
        if self._drive.tape is None:
            raise ImageError(f"{self.name}: there is no tape any more")
        self._drive.tape.write(block)

    def close(self) -> None:
        """A tape mark."""
        if self._drive.tape is not None:
            self._drive.tape.write_mark()


class Monitor(Events):
    """The monitor of one system."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.enabled: set[int] = set(DEFAULT_CLASSES)
        """What START will collect, or what is being collected."""
        self.interval = DEFAULT_INTERVAL
        self.sink: Sink | None = None
        self.active: frozenset[int] = frozenset()
        """Classes that are being collected now."""
        self.blocks = 0
        self.next_sample: float | None = None
        self._userid = ""
        self._block = bytearray()
        self._reading: set[str] = set()

    # --- MONITOR ---

    def enable(self, classes: set[int]) -> None:
        """Collect these classes, from now on or from START on."""
        self.enabled = classes
        if self.sink is not None:
            self.active = frozenset(classes)

    def set_interval(self, seconds: int) -> None:
        """How often PERFORM and USER are sampled."""
        self.interval = seconds
        if self.sink is not None:
            self.next_sample = self._system.clock.monotonic() + seconds

    def start(self, sink: Sink, userid: str) -> None:
        """Begin with a header record and the first sample."""
        system = self._system
        self.sink, self._userid, self.blocks = sink, userid, 0
        self.active = frozenset(self.enabled)
        self._block.clear()
        self._reading.clear()
        system.scheduler.events = self
        now = system.clock.now()
        mask = sum(0x8000 >> number for number in self.active)
        self._emit(
            0,
            records.HEADER_RECORD,
            level="VM370",
            date=f"{now:%m/%d/%y}",
            time=f"{now:%H:%M:%S}",
            userid=userid,
            classes=mask,
            pageable=system.scheduler.most_pages,
        )
        self._sample()

    def stop(self, userid: str = "") -> None:
        """A last sample, the trailer, the last block."""
        if self.sink is None:
            return
        self._sample()
        self._emit(0, records.TRAILER, userid=userid or self._userid)
        self._flush()
        self._end()

    def _end(self) -> None:
        sink, self.sink = self.sink, None
        self.active, self.next_sample = frozenset(), None
        self._system.scheduler.events = Events()
        if sink is not None:
            try:
                sink.close()
            except (SpoolError, ImageError) as error:
                self._system.operator_message(f"MONITOR {sink.name}: {error}")

    # --- samples ---

    def tick(self) -> None:
        """Time has passed: take a sample when one is due."""
        if self.next_sample is not None and self._system.clock.monotonic() >= self.next_sample:
            self._sample()

    def _sample(self) -> None:
        self.next_sample = self._system.clock.monotonic() + self.interval
        if PERFORM in self.active:
            self._perform()
        if USER in self.active:
            for vm in tuple(self._system.users.values()):
                self._user(vm)

    def _perform(self) -> None:
        system = self._system
        total = system.impurity.total(list(system.users.values()))
        elapsed = int((system.clock.monotonic() - system.started_at) * 1e6) * max(system.load.processors, 1)
        busy = (total.guest_ns + total.cp_ns) // 1000
        values: dict[str, Value] = {
            "idle_time": _timer(max(elapsed - busy, 0)),
            "problem_time": _timer(total.guest_ns // 1000),
            "svc": total.reflected["svc"],
            "program": total.reflected["program"],
            "io": total.reflected["io"],
            "clock_comparator": total.reflected["external"],
            "dispatches": system.rounds,
            "schedules": system.scheduler.choices,
            "reserved_pages": sum(member.policy.reserve for member in system.scheduler.members.values()),
            "free_pages": max(system.scheduler.most_pages - system.scheduler.pages_queued, 0),
            "logged_on": len(system.users),
            "interval": self.interval,
            **{f"sim_{name.lower()}": total.simulated[name] for name in records.SIMULATED},
            **self._queue_counts(),
        }
        values["sim_diagnose"] = sum(total.hypercalls.values())
        self._emit(PERFORM, 0, **values)

    def _queue_counts(self) -> dict[str, Value]:
        counts = self._system.scheduler.counts
        return {
            "q1_users": counts[Queue.Q1],
            "q2_users": counts[Queue.Q2],
            "q1_eligible": counts[Queue.E1],
            "q2_eligible": counts[Queue.E2],
        }

    def _times(self, vm: VirtualMachine) -> dict[str, Value]:
        virtual, total = vm.times()
        return {"cp_time": _timer(total - virtual), "virtual_time": _timer(virtual)}

    def _spooled(self, vm: VirtualMachine) -> dict[str, Value]:
        used = self._system.accounting.since_logon(vm)
        return {name: used[name] for name in ("punched", "printed", "read")}

    def _user(self, vm: VirtualMachine) -> None:
        scheduler = self._system.scheduler
        pages, member = scheduler.working_set(vm), scheduler.members[vm]
        self._emit(
            USER,
            0,
            userid=vm.userid,
            sios=vm.counters.start_ios,
            **self._spooled(vm),
            running=int(vm.runnable) << 7 | int(vm.in_cp) << 6 | int(bool(vm.cpu.wait)) << 5,
            queuing=int(member.queue is Queue.Q1) << 7
            | int(member.queue is Queue.Q2) << 6
            | int(member.queue in (Queue.E1, Queue.E2)) << 5,
            pending=vm.cpu.pending & 0xFF,
            priority=member.policy.priority,
            resident=pages,
            working_set=pages,
            interval=self.interval,
            **self._times(vm),
        )

    # --- events ---

    def terminal(self, vm: VirtualMachine, code: int, line: str = "") -> None:
        """RESPONSE: something happened at a user's terminal."""
        if RESPONSE in self.active:
            if code == INPUT:
                self._reading.discard(vm.userid)
            data = line[: records.MOST_DATA]
            raddr = vm.session.raddr if vm.session is not None else 0
            self._emit(RESPONSE, code, userid=vm.userid, line=raddr, count=len(data), data=data)

    def instruction(self, vm: VirtualMachine, instruction: bytes) -> None:
        """INSTSIM: CP begins to simulate a privileged instruction."""
        if INSTSIM in self.active:
            cp_us = vm.counters.cp_ns // 1000
            self._emit(
                INSTSIM, 0, userid=vm.userid, instruction=instruction[:4], address=vm.cpu.ia, cp_time=_timer(cp_us)
            )

    def queue_added(self, member: Member) -> None:
        """SCHEDULE code 3."""
        self._schedule(ADDED, member)

    def made_eligible(self, member: Member) -> None:
        """SCHEDULE code 4."""
        self._schedule(ELIGIBLE, member)

    def queue_dropped(self, member: Member, reason: str) -> None:
        """SCHEDULE code 2; and a guest that waits for its terminal has a read outstanding (RESPONSE code 0)."""
        self._schedule(DROPPED, member)
        vm = member.vm
        if RESPONSE in self.active and vm.userid not in self._reading and vm.console_reading:
            self._reading.add(vm.userid)
            self.terminal(vm, READ)

    def _schedule(self, code: int, member: Member) -> None:
        if SCHEDULE not in self.active:
            return
        vm, scheduler = member.vm, self._system.scheduler
        self._emit(
            SCHEDULE,
            code,
            userid=vm.userid,
            pageable_pages=scheduler.most_pages,
            working_sets=scheduler.pages_queued,
            working_set=member.pages,
            queue=1 if member.queue in (Queue.Q1, Queue.E1) else 2,
            priority=member.policy.priority,
            resident=member.pages,
            sios=vm.counters.start_ios,
            **self._spooled(vm),
            **self._queue_counts(),
            **self._times(vm),
        )

    # --- writing ---

    def _emit(self, monitor_class: int, code: int, **values: Value) -> None:
        if self.sink is None:
            return
        tod = UNIX_EPOCH + int(self._system.clock.now().timestamp() * 1_000_000) * MICROSECOND
        record = records.build(monitor_class, code, records.time_of(tod), values)
        if len(self._block) + len(record) > BLOCK - BLOCK_HEADER.size:
            self._flush()
        self._block += record

    def _flush(self) -> None:
        """Write the block; what cannot be written ends the monitoring."""
        if self.sink is None or not self._block:
            return
        block = BLOCK_HEADER.pack(BLOCK_HEADER.size + len(self._block), 0) + self._block
        self._block.clear()
        try:
            self.sink.write(block)
            self.blocks += 1
            if self.blocks < MOST_BLOCKS:
                return
            problem = f"{MOST_BLOCKS} BLOCKS"
        except (SpoolError, ImageError) as error:
            problem = str(error)
        self._system.operator_message(f"MONITOR STOPPED, {self.sink.name}: {problem}")
        self._end()


def _timer(microseconds: int) -> int:
    return microseconds * MICROSECOND
