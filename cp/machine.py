"""One virtual machine: CPU, storage, channels and devices, counters, and the user it belongs to (VM/370's VMBLOK).

Life of a machine: LOGON makes it in CP mode; ``ipl`` loads something; ``resume`` lets it run; the dispatcher calls
``run_slice``; a trap that only a person can resolve (disabled wait, program loop) stops it and puts it into CP mode.

    in_cp      the terminal is in CP READ: lines typed are CP commands
    stopped    the machine does not run until BEGIN or IPL, even with SET RUN ON
    suspended  a DIAGNOSE waits for a device, and is executed again when the device has changed
    idle       nothing can happen until somebody types or a timer fires

Virtual time is the number of instructions executed, plus what was skipped while the machine was idle and only a device
was busy (``now``).  One instruction counts as one microsecond of virtual CPU time.
"""

from __future__ import annotations

import time
from collections.abc import MutableSequence
from datetime import datetime
from typing import TYPE_CHECKING

from vm370.cp import traps
from vm370.cp.console.terminal import Origin
from vm370.cp.counters import Counters
from vm370.cp.devices import build_device
from vm370.cp.dispatch import SLICE_INSTRUCTIONS
from vm370.cp.engine import reference
from vm370.cp.io.channel import Channels
from vm370.cp.io.console import Console
from vm370.cp.io.device import Device
from vm370.cp.messages import FilledMessage
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.storage import Storage
from vm370.cp.settings import Settings, TerminalOptions
from vm370.images.ebcdic import decode_printable

if TYPE_CHECKING:
    from vm370.cp.directory import UserEntry
    from vm370.cp.session import Session
    from vm370.cp.system import System

MACHINE_TYPE = 0x0168
"""The model that STIDP shows, virtual or real: a 370/168."""
VIRTUAL_VERSION = 0xFF


class VirtualMachine:
    """A logged-on user's machine."""

    def __init__(self, system: System, entry: UserEntry) -> None:
        self.system = system
        self.entry = entry
        self.userid = entry.userid
        self.classes = entry.classes
        self.settings = Settings()
        self.terminal_options = TerminalOptions()
        self.counters = Counters()
        self.session: Session | None = None
        self.logon_time = system.clock.now()
        self.serial = entry.cpu_serial

        self.in_cp = True
        self.stopped = True
        self.suspended = False
        self.sleep_until: float | None = None
        self.trace_traps = False
        self.loop_kind = ""
        self.loop_at = -1
        self.loop_count = 0
        self.external_pending: dict[int, None] = {}
        self.skipped = 0
        self.devices: dict[int, Device] = {}
        self.console: Console | None = None
        self.define_storage(entry.storage_size)
        for statement in entry.device_statements():
            build_device(system, self, statement)

    # --- hardware ---

    def define_storage(self, size: int) -> None:
        """New storage of ``size`` bytes; the machine is reset and cleared."""
        self.storage_size = size
        self.storage = Storage(size)
        self.cpu = Cpu(self.storage)
        self.channels = Channels(self.storage)
        for address, device in self.devices.items():
            self.channels.attach(address, device)
        self.cpu.channels = self.channels
        self.set_impure(self.settings.impure)
        self.set_assist(self.settings.assist)
        self.halt()

    def attach(self, address: int, device: Device) -> None:
        """A device appears at ``address``."""
        self.devices[address] = device
        self.channels.attach(address, device)
        if isinstance(device, Console):
            self.console = device

    def detach(self, address: int) -> Device:
        """A device goes away; its outstanding channel program ends."""
        device = self.devices.pop(address)
        self.channels.detach(address)
        if device is self.console:
            self.console = next((d for d in self.devices.values() if isinstance(d, Console)), None)
        return device

    def set_impure(self, on: bool) -> None:
        """SET IMPURE: whether DIAGNOSE works and STIDP tells that the machine is virtual."""
        self.settings.impure = on
        version = VIRTUAL_VERSION if on else 0
        self.cpu.cpu_id = version << 56 | self.serial << 32 | MACHINE_TYPE << 16

    def set_assist(self, on: bool) -> None:
        """SET ASSIST: which traps are handled inside the engine."""
        self.settings.assist = on
        self.cpu.trap_mask = traps.ASSISTED_TRAPS if on else traps.ALL_TRAPS

    def reset(self, *, clear: bool = False) -> None:
        """System reset; ``clear`` zeroes storage, keys and registers too."""
        self.channels.reset()
        self.cpu.reset(clear=clear)
        if clear:
            self.storage.clear()
        self.external_pending.clear()
        self.suspended = False
        self.skipped = 0
        self.halt()

    def ipl(self, address: int, *, clear: bool = False) -> bool:
        """Initial program load from a device; False when the device could not deliver."""
        self.reset(clear=clear)
        if not self.channels.ipl(address):
            return False
        traps.load_ipl_psw(self, address)
        return True

    # --- what the guest's user does ---

    def enter_cp(self) -> None:
        """The terminal goes to CP mode; the machine stops there unless SET RUN ON."""
        if not self.in_cp:
            self.in_cp = True
            self.say("CP")

    def halt(self) -> None:
        """Not runnable until BEGIN or IPL."""
        self.stopped = True
        self.in_cp = True

    def resume(self) -> None:
        """BEGIN: leave CP mode and run."""
        self.in_cp = False
        self.stopped = False
        self.sleep_until = None

    def stop(self, message: FilledMessage) -> None:
        """CP takes the machine out of the race, and says why."""
        self.halt()
        text = message.edited("ON")
        assert text is not None
        self.say(text)

    def fault(self, fault: Exception) -> None:
        """CP itself failed; the machine stops with a message, the others run on."""
        self.halt()
        self.say(f"CP ENTERED; INTERNAL ERROR {type(fault).__name__}: {fault}")

    def console_input(self, line: str) -> None:
        """A line typed to the machine."""
        self.sleep_until = None
        if self.console is None:
            self.say("NO VIRTUAL CONSOLE")
            return
        self.console.enter(line)
        self.wake()

    def wake(self) -> None:
        """A device changed: a suspended DIAGNOSE is tried again."""
        if self.suspended:
            self.suspended_ready = True

    def say(self, line: str) -> None:
        """A line from CP on the user's terminal."""
        if self.session is not None:
            self.session.terminal.write(line, Origin.CP)

    def end(self) -> None:
        """LOGOFF: release every device and the storage."""
        for address in list(self.devices):
            self.detach(address).close()
        self.storage.close()

    # --- running ---

    @property
    def now(self) -> int:
        """Virtual time in instructions."""
        return int(self.cpu.instructions) + self.skipped

    @property
    def sleeping(self) -> bool:
        """CP SLEEP is in force."""
        return self.sleep_until is not None

    @property
    def may_run(self) -> bool:
        """Nobody stopped the machine."""
        return not self.stopped and (not self.in_cp or self.settings.run) and not self.sleeping

    @property
    def runnable(self) -> bool:
        """There is something to do now."""
        if self.sleep_until is not None and self.system.clock.monotonic() >= self.sleep_until:
            self.sleep_until = None
        return self.may_run and not self.idle

    @property
    def idle(self) -> bool:
        """Waiting, with no device at work and no interruption due."""
        if self.suspended:
            return not self.suspended_ready
        return bool(self.cpu.wait) and self.channels.due is None and not self.interruption_due()

    @property
    def console_reading(self) -> bool:
        """VM READ: the guest has a read outstanding on its console."""
        return self.console is not None and self.console.reading

    def run_slice(self, budget: int = SLICE_INSTRUCTIONS) -> None:
        """Run the guest for at most ``budget`` instructions."""
        start, in_cp_before = time.perf_counter_ns(), self.counters.cp_ns
        cpu = self.cpu
        end = cpu.instructions + budget
        self.suspended_ready = False
        while self.may_run and (left := end - cpu.instructions) > 0:
            due = self.channels.due
            if due is not None and due <= self.now:
                self.channels.run(self.now)
                continue
            if self.present_interruption():
                continue
            if self.suspended and not self.suspended_ready:
                break
            if cpu.wait:
                if not traps.enabled(cpu):
                    self.stop(traps.disabled_wait(self))
                elif due is None:
                    break
                else:
                    self.skipped += due - self.now
                continue
            interception = reference.run(cpu, left if due is None else min(left, due - self.now))
            trapped = time.perf_counter_ns()
            traps.handle(self, interception)
            self.counters.cp_ns += time.perf_counter_ns() - trapped
        elapsed = time.perf_counter_ns() - start
        self.counters.guest_ns += elapsed - (self.counters.cp_ns - in_cp_before)

    def wake_up_at(self) -> float | None:
        """Monotonic time at which something is due by the host's clock."""
        return self.sleep_until
