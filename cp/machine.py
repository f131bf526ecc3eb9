"""One virtual machine: CPU, storage, channels and devices, counters, and the user it belongs to (VM/370's VMBLOK).

Life of a machine: LOGON makes it in CP mode; ``ipl`` loads something; ``resume`` lets it run; the dispatcher calls
``run_slice``; a trap that only a person can resolve (disabled wait, program loop) stops it and puts it into CP mode.

    in_cp      the terminal is in CP READ: lines typed are CP commands
    stopped    the machine does not run until BEGIN or IPL, even with SET RUN ON
    suspended  a DIAGNOSE waits for a device, and is executed again when the device has changed
    idle       nothing can happen until somebody types or a clock strikes

Virtual time (``now``) is the CPU's: instructions executed, and those that could have been executed while it waited for
a device or a clock.  Channel programs run by it.  The clocks that a guest sees follow the host's time, or virtual time
with SET TIMER VIRTUAL; then a run repeats to the instruction, however it is cut into time slices: clocks are looked at
where the guest leaves the engine by itself, or where a clock or channel event was foreseen, never where a slice ends.
"""

from __future__ import annotations

from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from vm370.cp import messages
from vm370.cp.commands.times import time_of_day
from vm370.cp.console.terminal import Origin
from vm370.cp.consoles import Consoles
from vm370.cp.counters import Counters
from vm370.cp.devices import SpooledConsole, build_device
from vm370.cp.dispatch import SLICE_INSTRUCTIONS
from vm370.cp.execution import Execution
from vm370.cp.guest import GuestServices
from vm370.cp.guest_date import years_away
from vm370.cp.io.channel import Channels
from vm370.cp.io.console import Console
from vm370.cp.io.device import Device
from vm370.cp.io.hostfolder import HostFolder
from vm370.cp.messages import FilledMessage
from vm370.cp.monitor.collector import INPUT, OUTPUT
from vm370.cp.s370.clocks import MICROSECOND, UNIX_EPOCH, RealTime, TimeSource, VirtualTime
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.psw import Psw
from vm370.cp.s370.storage import Storage
from vm370.cp.s370.traps import HYPERVISED, TRAP_CONTROL, TRAP_IO, TRAP_SVC
from vm370.cp.saved import LoadedSystem, loading
from vm370.cp.services import Services
from vm370.cp.settings import Settings, TerminalOptions
from vm370.cp.tracing.guest import GuestTrace
from vm370.diag.x250 import BlockEnvironment
from vm370.images.ebcdic import to_ebcdic

if TYPE_CHECKING:
    from vm370.cp.directory import UserEntry
    from vm370.cp.session import Session
    from vm370.cp.system import System

MODEL = 0x0168
"""The model that STIDP shows: a 370/168."""
VIRTUAL_VERSION = 0xFF
"""Version code that STIDP shows in a virtual machine."""
BUSY = 2
LONGEST_POLL = 100
"""Virtual time, in instructions, of a TEST I/O that finds the device at work."""
ASSISTED = HYPERVISED & (TRAP_CONTROL | TRAP_IO)
"""What still traps with SET ASSIST ON: SVC, LPSW, SSM, keys and program interruptions are done inside the engine."""


def _watched(name: str) -> Any:
    """An attribute (kept under ``name``) whose changes let the scheduler look at the machine again."""

    def change(vm: VirtualMachine, value: Any) -> None:
        setattr(vm, name, value)
        vm.wake()

    return property(attrgetter(name), change)


class ChannelPart:
    """What the CPU's I/O instructions call: the machine's channels, with the machine's virtual time."""

    def __init__(self, vm: VirtualMachine) -> None:
        self._vm = vm

    def sio(self, address: int, fast: bool) -> int:
        """START I/O."""
        return self._vm.channels.sio(address, self._vm.now)

    def tio(self, address: int, clear: bool) -> int:
        """TEST I/O, CLEAR I/O.  A program that polls is busy until the channels get on: that time passes at once."""
        channels = self._vm.channels
        if clear:
            return channels.clrio(address)
        code = channels.tio(address)
        if code == BUSY:
            self._vm.cpu.idle += max(0, min(channels.due - self._vm.now, LONGEST_POLL))
        return code

    def hio(self, address: int, halt_device: bool) -> int:
        """HALT I/O, HALT DEVICE."""
        return self._vm.channels.hdv(address) if halt_device else self._vm.channels.hio(address)

    def tch(self, address: int) -> int:
        """TEST CHANNEL."""
        return self._vm.channels.tch(address)

    def stidc(self, address: int) -> int:
        """STORE CHANNEL ID."""
        return self._vm.channels.stidc(address)


class VirtualMachine(GuestServices):
    """A logged-on user's machine."""

    cpu: Cpu
    in_cp: bool = _watched("_in_cp")
    stopped: bool = _watched("_stopped")
    sleep_until: float | None = _watched("_sleep_until")
    session: Session | None = _watched("_session")

    def __init__(self, system: System, entry: UserEntry) -> None:
        self.system = system
        self.entry = entry
        self.userid = entry.userid
        self.classes = entry.classes
        self.settings = Settings()
        self.terminal_options = TerminalOptions()
        self.counters = Counters()
        self.session = None
        self.logon_time = system.clock.now()
        self.logon_at = system.clock.monotonic()

        self.in_cp = True
        self.stopped = True
        self.suspended = False
        self.resumed = False
        """The instruction that is executed next is a DIAGNOSE that was suspended."""
        self.resets = 0
        """How often the machine was reset: a DIAGNOSE that did it has nothing to go back to."""
        self.sleep_until = None
        self.restart_wanted = False
        """It was stopped, and OPTION CONCEAL wants it loaded again."""
        self.restarted_at: int | None = None
        """``effort`` when that was done last."""
        self.wrong_link_passwords = 0
        self.wrong_autolog_passwords = 0
        self.helpless_since: float | None = None
        """Monotonic time since when a disconnected machine cannot go on without a terminal."""
        self.logon_messages: list[str] = []
        """What CP has to say about the devices of the directory entry, for LOGON to show."""
        self._trace_traps = False
        self.tracing = GuestTrace(self)
        """TRACE, PER, ADSTOP."""
        self.loop_kind = ""
        self.loop_at = -1
        self.loop_count = 0
        self.wrote_at = 0
        """``effort`` when the last line was shown."""
        self.execution = Execution(self)
        self._bytes_by_diagnose = 0
        self.block_environments: dict[int, BlockEnvironment] = {}
        self._devices: dict[int, Device] = {}
        self.consoles = Consoles()
        folder = entry.folder
        self._host_folder = None if folder is None else HostFolder(system.files / folder.path, folder.read_only)
        self.services = Services(self)
        """What CP keeps because the guest asked for it by DIAGNOSE."""
        self.segments: dict[str, LoadedSystem] = {}
        """What is loaded of saved systems and segments, by name."""
        self.define_storage(entry.storage_size)
        for statement in entry.device_statements():
            build_device(system, self, statement)

    # --- hardware ---

    def define_storage(self, size: int) -> None:
        """New storage of ``size`` bytes; the machine is reset and cleared."""
        self.resets += 1
        self.system.vmcf.leave(self)
        self.system.iucv.leave(self)
        self._close_host_files()
        self.services.reset()
        self.execution.paravirtual.reset()
        if hasattr(self, "cpu"):
            self.execution.release_engine()
        self.storage_size = size
        self.segments.clear()
        self.tracing.storage_replaced()
        self.storage = Storage(size)
        self.channels = Channels(self.storage, self._delivered)
        for address, device in self._devices.items():
            self.channels.attach(address, device)
        before = self.cpu if hasattr(self, "cpu") else None
        source = before.clocks.source if before is not None else None
        self.cpu = Cpu(self.storage, channels=ChannelPart(self), time_source=source)
        self.cpu.tod_offset = self._date_offset() if before is None else before.tod_offset
        if before is not None:
            self.cpu.instructions, self.cpu.idle = before.instructions, before.idle
            self.cpu.clocks.reset()
        self.set_timer(self.settings.timer)
        self.set_impure(self.settings.impure)
        self.tracing.changed()
        self.halt()

    def attach(self, address: int, device: Device) -> None:
        """A device appears at ``address``."""
        self.channels.attach(address, device)
        self._devices[address] = device
        if isinstance(device, Console):
            self.consoles.attach(address, device)

    def detach(self, address: int) -> Device:
        """A device goes away; its outstanding channel program ends."""
        self.channels.detach(address)
        self.block_environments.pop(address, None)
        self.consoles.detach(address)
        return self._devices.pop(address)

    @property
    def console(self) -> Console | None:
        """The virtual console."""
        return self.consoles.first

    def set_impure(self, on: bool) -> None:
        """SET IMPURE: whether DIAGNOSE works and STIDP tells that the machine is virtual."""
        self.settings.impure = on
        version = VIRTUAL_VERSION if on else 0
        self.cpu.cpu_id = version << 56 | self.entry.cpu_serial << 32 | self.entry.cpu_model << 16

    def set_assist(self, on: bool, *, svc: bool = True) -> None:
        """SET ASSIST: which traps are handled inside the engine; none while traps are traced."""
        self.settings.assist, self.settings.assist_svc = on, svc
        assisted = ASSISTED if svc else ASSISTED | TRAP_SVC
        active = on and self.system.assist and not self._trace_traps
        self.cpu.trap_mask = assisted | self.tracing.trap_mask if active else HYPERVISED

    @property
    def trace_traps(self) -> bool:
        """TRACE TRAPS is on."""
        return self._trace_traps

    @trace_traps.setter
    def trace_traps(self, on: bool) -> None:
        self._trace_traps = on
        self.set_assist(self.settings.assist, svc=self.settings.assist_svc)

    def set_engine(self, name: str) -> None:
        """SET ENGINE: what executes the guest from its next slice on."""
        self.settings.engine = name
        self.execution.slice_instructions = SLICE_INSTRUCTIONS

    def set_timer(self, policy: str) -> None:
        """SET TIMER OFF, ON, REAL or VIRTUAL."""
        self.settings.timer = policy
        self.execution.look_again()
        clocks = self.cpu.clocks
        start = self._host_tod() - self.now * MICROSECOND
        source: TimeSource = VirtualTime(start=start) if policy == "VIRTUAL" else RealTime()
        interval = {"OFF": "off", "REAL": "wall"}.get(policy, "cpu")
        if type(source) is not type(clocks.source):
            clocks.start(source, interval)
        else:
            clocks.set_interval(interval)

    def _date_offset(self) -> int:
        away = years_away(self.system.clock.now(), self.entry.options.years)
        return away // timedelta(microseconds=1) * MICROSECOND

    def _host_tod(self) -> int:
        return UNIX_EPOCH + int(self.system.clock.now().timestamp() * 1_000_000) * MICROSECOND

    def reset(self, *, clear: bool = False) -> None:
        """System reset; ``clear`` zeroes storage, keys and registers too."""
        self.resets += 1
        self.tracing.set_stop(None)
        if clear:
            loading.forget(self)
        self.system.vmcf.leave(self)
        self.system.iucv.leave(self)
        self._close_host_files()
        self.services.reset()
        self.channels.reset()
        self.cpu.reset(clear=clear)
        self.execution.reset()
        self.block_environments.clear()
        self.settings.pagex = False
        self.suspended = False
        self.cpu.pending = 0
        self.halt()

    def ipl(self, address: int, *, clear: bool = False) -> bool:
        """Initial program load from a device; False when the device could not deliver.  ``resume`` lets it run."""
        self.reset(clear=clear)
        loading.forget(self)
        if not self.channels.ipl(address).successful:
            return False
        self.cpu.psw = Psw.from_bytes(self.storage.read(0, 8))
        self.storage.write(0xBA if self.cpu.ec else 2, address.to_bytes(2, "big"))
        return True

    # --- what the user and CP do to the machine ---

    def enter_cp(self) -> None:
        """The terminal goes to CP mode; the machine stops there unless SET RUN ON."""
        self.sleep_until = None
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

    def go_on(self) -> None:
        """Leave CP mode; a machine that was stopped stays so."""
        if not self.stopped:
            self.in_cp = False

    def stop(self, message: FilledMessage) -> None:
        """CP takes the machine out of the race, and says why."""
        self.halt()
        self.restart_wanted = self.settings.conceal and self.entry.ipl is not None
        self.say(f"{message.code} {message.text}")

    def fault(self, fault: Exception) -> None:
        """CP itself failed; the machine stops with a message, the others run on."""
        self.stop(messages.CP_FAULT.fill(fault=f"{type(fault).__name__}: {fault}"))

    def console_input(self, line: str) -> None:
        """A line typed to the machine."""
        self.sleep_until = None
        self.system.scheduler.terminal_input(self)
        self.system.monitor.terminal(self, INPUT, line)
        console = self.consoles.take()
        if console is None:
            self.say("NO VIRTUAL CONSOLE")
        elif console.full:
            self.say("NOT ACCEPTED")
        else:
            console.enter(to_ebcdic(line, errors="replace"))

    def say(self, line: str) -> None:
        """A line from CP on the user's terminal."""
        self.show(line, Origin.CP)

    def show(self, line: str, origin: Origin, console: Console | None = None) -> None:
        """A line for the user: into the console's spool file, and on the terminal unless SPOOL CONSOLE NOTERM."""
        self.wrote_at = self.effort
        if origin is not Origin.TYPED:
            self.system.monitor.terminal(self, OUTPUT, line)
        if origin is not Origin.TYPED and (typist := self.system.typists.get(self)) is not None:
            typist.heard(f"{line}\n")
        console = console or self.console
        spool = console.spool if isinstance(console, SpooledConsole) else None
        if spool is not None:
            spool.line(line)
        if spool is None or spool.shown or not spool.started:
            if self.session is not None:
                self._write(self.session, line, origin)
            elif (secondary := self.secondary) is not None and secondary.session is not None:
                self._write(secondary.session, f"{self.userid:<8}: {line}", origin)

    def record(self, line: str) -> None:
        """A line for the console spool file alone."""
        if isinstance(self.console, SpooledConsole):
            self.console.spool.line(line)

    def _write(self, session: Session, line: str, origin: Origin) -> None:
        """A line on a terminal, as TERMINAL says: folded, with the time."""
        options = self.terminal_options
        if options.timestamp and origin is not Origin.TYPED:
            line = f"{time_of_day(self.system.clock.now())} {line}"
        size = None if options.apl else options.line_size
        if size is None or len(line) <= size:
            session.terminal.write(line, origin)
            return
        for at in range(0, len(line), size):
            session.terminal.write(line[at : at + size], origin)

    @property
    def secondary(self) -> VirtualMachine | None:
        """The connected user who sees what this machine writes while it is disconnected, and may type for it."""
        console = self.entry.console
        other = self.system.user(console.secondary) if console is not None and console.secondary else None
        return other if other is not None and other is not self and other.session is not None else None

    def trace_line(self, address: int, what: str, action: str) -> None:
        """One line of TRACE TRAPS: real mode bit (1: problem state), virtual mode bit, cause, what CP does."""
        self.say(f"TRAP R=1 V={self.cpu.problem} {address:06X} {what:34} {action}")

    def psw_text(self) -> str:
        """The current PSW as CP's messages show it."""
        text = self.cpu.psw.to_bytes().hex().upper()
        return f"{text[:8]} {text[8:]}"

    def end(self) -> None:
        """LOGOFF: release every device."""
        self.system.vmcf.leave(self)
        self.system.iucv.leave(self)
        self._close_host_files()
        self.services.reset()
        self.execution.release_engine()
        for address in list(self._devices):
            self.detach(address).close()

    def _close_host_files(self) -> None:
        if self._host_folder is not None:
            self._host_folder.end()

    # --- running ---

    @property
    def now(self) -> int:
        """Virtual time in instructions, waits included."""
        return self.cpu.now

    @property
    def effort(self) -> int:
        """Virtual time, and a charge for each trap."""
        return self.execution.effort

    @property
    def sleeping(self) -> bool:
        """CP SLEEP is in force."""
        return self.sleep_until is not None

    @property
    def may_run(self) -> bool:
        """Nobody stopped the machine, and its terminal has room for what it may write."""
        if self.stopped or self.sleeping or (self.in_cp and not self.settings.run):
            return False
        return self.session is None or not self.session.terminal.held

    @property
    def runnable(self) -> bool:
        """There is something to do now."""
        if self.sleep_until is not None and self.system.clock.monotonic() >= self.sleep_until:
            self.sleep_until = None
        return self.may_run and (not self.idle or self.execution.passes_time)

    @property
    def idle(self) -> bool:
        """Nothing to do: suspended or in a wait, no device at work, no interruption due."""
        return self.execution.idle

    @property
    def console_reading(self) -> bool:
        """VM READ: the guest has a read outstanding on its console."""
        return self.consoles.reading

    def wake(self) -> None:
        """Something happened that may let the machine run, or not any more: the scheduler looks at it."""
        self.system.scheduler.wake(self)

    def run_slice(self, budget: int = SLICE_INSTRUCTIONS) -> None:
        """Run the guest for at most ``budget`` instructions, or until as many could have been executed in a wait."""
        self.execution.run(budget)

    def wake_up_at(self) -> float | None:
        """Monotonic time at which the host's clock gives the machine something to do."""
        return self.execution.wake_up_at()

    def _delivered(self) -> None:
        """A device has something for the guest."""
        if hasattr(self, "cpu"):
            self.execution.delivered()
