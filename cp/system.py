"""The control program as a whole: who is logged on, what they share, and what runs next.

Everything here is driven by calls; nothing sleeps, and time comes from a ``Clock``.  The console, the script reader and
the tests each drive it their own way:

    system.step()             one time slice for guests that can run (dispatch.py); False when all are idle
    system.next_wake_up()     when an idle system has to look again (a sleeping user, a timer), or None
    session.enter(line)       a person typed something
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from vm370.cp import applications, messages, systemdump
from vm370.cp.accounting import Accounting
from vm370.cp.commands.logoff import end_helpless
from vm370.cp.console.doors import Doors
from vm370.cp.console.terminal import Origin, Terminal
from vm370.cp.directory import Directory, UserEntry
from vm370.cp.dispatch import Dispatcher
from vm370.cp.engine_choice import EngineChoice
from vm370.cp.errorrecording import ErrorRecording
from vm370.cp.impurity import Meter
from vm370.cp.iucv.facility import Iucv
from vm370.cp.journal import Journal, terminal_name
from vm370.cp.load import Load
from vm370.cp.machine import VirtualMachine
from vm370.cp.minidisks import Volumes
from vm370.cp.monitor.collector import LOGOFF, LOGON, Monitor
from vm370.cp.real import RealDevices
from vm370.cp.saved import SavedSystems, protection
from vm370.cp.scheduler import Scheduler
from vm370.cp.services.watchdog import Watchdog
from vm370.cp.session import GREETING, Session
from vm370.cp.spool import Spool, SpoolError
from vm370.cp.spool.arrivals import announce
from vm370.cp.spool.warmstart import warm_start_messages
from vm370.cp.typist import Typist
from vm370.cp.vmcf.facility import Vmcf

log = logging.getLogger("vm370")
OPERATOR = "OPERATOR"
"""The system operator's user ID."""
COLLECTED_AFTER = 1024
"""Rounds after which engines may free code that nobody uses."""

HELPLESS_INTERVAL = 1.0
"""Seconds between two looks for disconnected machines that wait for a terminal."""


class Clock(Protocol):
    """Where time comes from; tests have one that stands still."""

    def now(self) -> datetime:
        """Local time with its zone."""

    def monotonic(self) -> float:
        """Seconds."""


class HostClock:
    """The host's clock."""

    def now(self) -> datetime:
        """Local time with its zone."""
        return datetime.now().astimezone()

    def monotonic(self) -> float:
        """Seconds."""
        return time.monotonic()


class StartError(Exception):
    """The system cannot start; the text says why and what to do."""


class System:
    """CP."""

    def __init__(self, home: Path, clock: Clock | None = None, *, workers: int = 0) -> None:
        """``workers``: how many guests run at once; 0: one after the other, in slices of fixed length (repeatable)."""
        self.home = home
        self.files = home
        """What the paths of host files in the directory are relative to."""
        self.typists: dict[VirtualMachine, Typist] = {}
        """Console scripts that are being typed."""
        self.scripts_given_up = 0
        """Console scripts that could not be typed to their end."""
        self.clock: Clock = clock or HostClock()
        self.ipl_time = self.clock.now()
        self.started_at = self.clock.monotonic()
        self.directory = Directory.load(home / "directory")
        try:
            self.spool = Spool(home / "spool.db", self.clock)
        except SpoolError as error:
            raise StartError(str(error)) from error
        self.spool.limits = self._spool_limits
        self.volumes = Volumes(home / "disks")
        self.saved = SavedSystems(home / "saved", home / "systems")
        self.journal = Journal(home, self.clock, self.operator_message)
        self.accounting = Accounting(home, self.clock, self.operator_message)
        self.errors = ErrorRecording(home, self.clock, self.operator_message)
        self.watchdogs: dict[VirtualMachine, Watchdog] = {}
        """Those that are running (DIAGNOSE X'288')."""
        self.vmcf = Vmcf(self)
        self.iucv = Iucv(self)
        self.users: dict[str, VirtualMachine] = {}
        """Logged-on users by user ID, disconnected ones included."""
        self.sessions: list[Session] = []
        self.real = RealDevices(self)
        self.busy_sessions: dict[Session, None] = {}
        """Terminals with commands that are still to be done."""
        self.locked: set[Session] = set()
        """Terminals whose keyboard is locked for a while."""
        self.dispatcher = Dispatcher(workers, fixed=not workers)
        self.impurity = Meter()
        self.monitor = Monitor(self)
        self.load = Load(self.clock.monotonic, workers)
        self.scheduler = Scheduler(self.clock.monotonic, workers, fixed=not workers)
        self.doors: Doors | None = None
        """Sockets behind which terminals are."""
        self.rounds = 0
        self.engines = EngineChoice()
        self.engines.begin()
        self.shutting_down = False
        self.failed = False
        """A fault inside CP happened; the program ends with exit code 1."""
        self.log_messages: list[str] = []
        self.log_message_time = self.ipl_time
        """When the log message was changed last."""
        self._helpless_looked_at = -math.inf
        self._helpless_end: float | None = None
        """When the next machine that cannot go on without a terminal is logged off."""
        self.assist = True
        """SET SASSIST: the real machine's assist is on."""
        self.maximum_users = 0
        """SET MAXIMUM; 0: no limit."""

    # --- terminals and users ---

    def connect(self, terminal: Terminal) -> Session:
        """A new terminal: shows VM/370's greeting and waits for LOGON."""
        session = Session(self, terminal)
        self.sessions.append(session)
        terminal.write(GREETING)
        return session

    def logon(self, entry: UserEntry, session: Session | None) -> VirtualMachine:
        """Make the user's virtual machine with the devices of his directory entry."""
        vm = VirtualMachine(self, entry)
        self.users[vm.userid] = vm
        self.scheduler.add(vm)
        if vm.userid == OPERATOR:
            vm.logon_messages[:0] = warm_start_messages(self.spool)
        if session is not None:
            self.attach(vm, session)
        self.accounting.begin(vm)
        self.monitor.terminal(vm, LOGON)
        return vm

    def attach(self, vm: VirtualMachine, session: Session) -> None:
        """Connect a terminal to a (disconnected or new) virtual machine."""
        vm.session = session
        session.vm = vm

    def disconnect(self, vm: VirtualMachine) -> None:
        """The user goes on without a terminal."""
        session, vm.session = vm.session, None
        if session is not None:
            session.left()

    def exclusively(self, vm: VirtualMachine | None, action: Callable[[], None]) -> None:
        """Do to a guest (None: to all) what must not happen while it is being served: now, or after the round."""
        self.dispatcher.exclusively(vm, action)

    def logoff(self, vm: VirtualMachine) -> None:
        """End a user's session: spool files are closed, minidisks released, what was used is charged."""
        self.accounting.charge(vm)
        self.impurity.logged_off(vm)
        self.monitor.terminal(vm, LOGOFF)
        self.journal.record("LOGOFF", vm.userid, terminal=terminal_name(vm.session))
        self.disconnect(vm)
        self.users.pop(vm.userid, None)
        self.typists.pop(vm, None)
        self.scheduler.remove(vm)
        vm.end()

    def current_directory(self) -> Directory:
        """The directory, with changes that were made since it was read; the operator is told of a bad one."""
        bad = self.directory.refresh()
        if bad is not None:
            log.error("the changed directory is not used: %s", bad)
            for fault in bad.faults:
                self.operator_message(f"DIRECTORY NOT USED: {fault}")
        return self.directory

    def _spool_limits(self, userid: str) -> tuple[int | None, int | None]:
        """LIMIT SPOOL and RECORDS of a user."""
        entry = self.directory.find(userid)
        return (entry.limits.spool, entry.limits.records) if entry is not None else (None, None)

    def terminal_addresses(self) -> set[int]:
        """Real addresses of the terminals that are connected."""
        return {session.raddr for session in self.sessions}

    def dialed_count(self) -> int:
        """How many terminals have dialed virtual machines."""
        return sum(session.dialed is not None for session in self.sessions)

    def user(self, userid: str) -> VirtualMachine | None:
        """The logged-on user of that name."""
        return self.users.get(userid.upper())

    # --- running ---

    def step(self) -> bool:
        """Give time slices; False when every guest is idle."""
        if self.doors is not None:
            self.doors.turn()
            if self.shutting_down:
                return False
        for session in tuple(self.busy_sessions):
            session.go_on()
        announce(self)
        self.monitor.tick()
        at = self.clock.monotonic()
        if at >= self._helpless_looked_at + HELPLESS_INTERVAL:
            self._helpless_looked_at = at
            self._helpless_end = end_helpless(self)
        busy = self.real.step()
        for vm, typist in tuple(self.typists.items()):
            busy |= typist.go_on()
            if not typist.active:
                self.typists.pop(vm, None)
        for watchdog in tuple(self.watchdogs.values()):
            watchdog.look()
        chosen = self.scheduler.choose(self.dispatcher.workers)
        if not chosen:
            if self.doors is not None:
                self.doors.settle()
            return busy
        if self.doors is not None:
            self.doors.watch()
        self.dispatcher.round(chosen, self._serve, self.scheduler.interactive)
        self.rounds += 1
        self.load.sample()
        if self.rounds % COLLECTED_AFTER == 0:
            self.engines.collect()
        return True

    def _serve(self, vm: VirtualMachine, lock: threading.Lock | None) -> None:
        """One time slice of one guest."""
        dispatcher, before = self.dispatcher, time.thread_time_ns()
        try:
            vm.execution.run(dispatcher.budget(vm), timed=not dispatcher.fixed, lock=lock, stopping=dispatcher.stopping)
            if vm.segments:
                protection.look(vm)
        except Exception as fault:  # the isolation rule: a fault in CP stops one guest, never the system
            self.fault(vm, fault)
        if vm.restart_wanted:
            applications.restart(vm)
        self.scheduler.served(vm, time.thread_time_ns() - before)

    def fault(self, vm: VirtualMachine, fault: Exception) -> None:
        """CP failed while it served a guest: log it with the guest's state; the guest goes to CP READ."""
        self.failed = True
        self.journal.record("FAULT", vm.userid, text=f"{type(fault).__name__}: {fault}")
        log.exception("fault in CP while serving %s, PSW %s", vm.userid, vm.psw_text(), exc_info=fault)
        self.errors.fault(vm.userid, f"{type(fault).__name__}: {fault}", vm.cpu_id)
        systemdump.take(self, vm, fault)
        vm.fault(fault)

    def command_fault(self, session: Session, fault: Exception) -> None:
        """CP failed while it did a command: log it; the user is told, and his machine, if any, goes to CP READ."""
        self.failed = True
        self.journal.record("FAULT", session.userid, text=f"{type(fault).__name__}: {fault}")
        log.exception("fault in CP in a command of %s", session.userid or "a terminal", exc_info=fault)
        if session.vm is not None:
            session.vm.fault(fault)
        else:
            session.say(f"{messages.CP_FAULT.fill(fault=fault).code} CP FAILED: {type(fault).__name__}: {fault}")

    def next_wake_up(self) -> float | None:
        """Monotonic time at which an idle system has something to do again."""
        at = self.scheduler.next_wake_up()
        times = [at for at in (at, self.monitor.next_sample) if at is not None]
        if self._helpless_end is not None:
            times.append(self._helpless_end)
        times += [at for watchdog in self.watchdogs.values() if (at := watchdog.wake_up_at) is not None]
        self.locked = {session for session in self.locked if session.locked}
        times += [session.locked_until for session in self.locked]
        return min(times, default=None)

    def operator_message(self, text: str) -> None:
        """A line for the operator, if he is logged on and connected."""
        operator = self.user("OPERATOR")
        if operator is not None and operator.session is not None:
            operator.session.terminal.write(text, Origin.ALERT)

    def shutdown(self) -> None:
        """Orderly end: every user is logged off, spool and disks are closed."""
        self.shutting_down = True
        self.monitor.stop()
        for vm in list(self.users.values()):
            self.logoff(vm)
        self.journal.record("SHUTDOWN")
        if self.doors is not None:
            self.doors.close()
            self.doors = None
        self.dispatcher.end()
        self.real.end()
        self.volumes.close()
        self.spool.close()
        self.accounting.close()
        self.journal.close()
