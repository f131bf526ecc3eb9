"""What a machine does for the DIAGNOSE functions that its guest issues: the implementation of diag/guest.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NoReturn, cast

from vm370.cp import messages, traps
from vm370.cp.commands import table
from vm370.cp.commands.context import CommandError, Context
from vm370.cp.console.terminal import Origin
from vm370.cp.devices import SpooledConsole
from vm370.cp.directory import service
from vm370.cp.guest_date import years_away
from vm370.cp.io.ccw import CSW_LOCATION, Csw
from vm370.cp.s370.clocks import MICROSECOND, VirtualTime
from vm370.cp.s370.interruptions import ADDRESSING, ProgramCheck
from vm370.cp.saved import loading
from vm370.cp.settings import LONGEST_LINE
from vm370.images.ebcdic import from_ebcdic

if TYPE_CHECKING:
    from vm370.cp.consoles import Consoles
    from vm370.cp.counters import Counters
    from vm370.cp.directory import UserEntry
    from vm370.cp.execution import Execution
    from vm370.cp.io.channel import Channels
    from vm370.cp.io.console import Console
    from vm370.cp.io.device import Device
    from vm370.cp.io.hostfolder import HostFolder
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.s370.cpu import Cpu
    from vm370.cp.s370.hooks import Registers
    from vm370.cp.s370.storage import Storage
    from vm370.cp.saved import LoadedSystem
    from vm370.cp.services import Services
    from vm370.cp.session import Session
    from vm370.cp.settings import Settings, TerminalOptions
    from vm370.cp.system import System


class GuestServices:
    """The part of a VirtualMachine that DIAGNOSE functions see."""

    system: System
    entry: UserEntry
    userid: str
    session: Session | None
    settings: Settings
    terminal_options: TerminalOptions
    counters: Counters
    execution: Execution
    cpu: Cpu
    storage: Storage
    channels: Channels
    consoles: Consoles
    segments: dict[str, LoadedSystem]
    suspended: bool
    resets: int
    services: Services
    _devices: dict[int, Device]
    _host_folder: HostFolder | None
    _bytes_by_diagnose: int

    @property
    def _machine(self) -> VirtualMachine:
        return cast("VirtualMachine", self)

    if TYPE_CHECKING:  # machine.py has them

        def say(self, line: str) -> None: ...
        def show(self, line: str, origin: Origin, console: Console | None = None) -> None: ...

    def external_interruption(
        self, code: int, cpu_address: int = 0, parameter: int | None = None, subclass: int = 0
    ) -> None:
        """Make an external interruption pending (DIAGNOSE functions, the EXTERNAL command)."""
        self.execution.make_pending((code, cpu_address, parameter, subclass))

    @property
    def host_folder(self) -> HostFolder | None:
        """The folder of the directory statement FOLDER."""
        return self._host_folder

    def wait(self, mask: int, microseconds: int | None) -> tuple[int, int | None]:
        """DIAGNOSE X'104'."""
        return self.execution.paravirtual.wait(mask, microseconds)

    def collect(self, mask: int, room: int) -> list[bytes]:
        """DIAGNOSE X'108'."""
        return self.execution.paravirtual.collect(mask, room)

    def collectable(self, mask: int) -> bool:
        """Interruptions of ``mask`` are pending."""
        return bool(self.execution.paravirtual.pending() & mask)

    def status_page(self) -> int | None:
        """DIAGNOSE X'10C': address of the page."""
        return self.execution.paravirtual.page

    def show_status_page(self, address: int | None) -> None:
        """DIAGNOSE X'10C'."""
        self.execution.paravirtual.show_page(address)

    def communicate(self, parameters: bytes) -> int:
        """DIAGNOSE X'68'."""
        return self.system.vmcf.request(self._machine, parameters)

    @property
    def interruption_room(self) -> bool:
        """A further external interruption of CP's own can be made pending."""
        return self.execution.interruption_room

    @property
    def gr(self) -> Registers:
        """General registers."""
        return self.cpu.gr

    @property
    def devices(self) -> Mapping[int, Device]:
        """Virtual devices by address."""
        return self._devices

    @property
    def cc(self) -> int:
        """Condition code."""
        return self.cpu.cc

    @cc.setter
    def cc(self, value: int) -> None:
        self.cpu.cc = value

    @property
    def extended_control(self) -> bool:
        """EC mode."""
        return bool(self.cpu.ec)

    @property
    def cpu_id(self) -> int:
        """What STIDP stores."""
        return self.cpu.cpu_id

    def fetch(self, address: int, length: int, *, key: int | None = None) -> bytes:
        """Guest storage under ``key``, or the PSW's."""
        return self.storage.fetch(address, length, self.cpu.key if key is None else key)

    def store(self, address: int, data: bytes, *, key: int | None = None) -> None:
        """Guest storage under ``key``, or the PSW's."""
        self.storage.store(address, data, self.cpu.key if key is None else key)

    def store_csw(self, csw: Csw) -> None:
        """The channel status word at location X'40'."""
        self.storage.write(CSW_LOCATION, csw.to_bytes())

    def count_bytes(self, count: int) -> None:
        """Bytes moved by a DIAGNOSE without a channel program."""
        self._bytes_by_diagnose += count

    @property
    def bytes_moved(self) -> int:
        """Bytes moved between storage and devices, by channel programs and by DIAGNOSE."""
        return self.channels.bytes_moved + self._bytes_by_diagnose

    def swap_directory(self, volser: str) -> int:
        """DIAGNOSE X'3C'; the condition code."""
        return service.swap(self.system, volser)

    def update_directory(self, userid: str, password: str, operation: str, value: str) -> int:
        """DIAGNOSE X'84'; 0 or the reason why nothing was changed."""
        return service.update(self.system, userid, password, operation, value)

    def line_length(self) -> int | None:
        """Line length of the terminal; None when the user is disconnected."""
        return (self.terminal_options.line_size or LONGEST_LINE) if self.session is not None else None

    @property
    def extents(self) -> list[tuple[int, int]]:
        """First and last address of each piece of storage, saved segments above the size included."""
        found = [(0, self._machine.storage_size - 1)]
        above = {
            (part.address, part.end - 1)
            for segment in self.segments.values()
            for part in segment.ranges
            if part.address > found[0][1]
        }
        for first, last in sorted(above):
            if found[-1][1] + 1 == first:
                found[-1] = found[-1][0], last
            else:
                found.append((first, last))
        return found

    def set_key(self, address: int, key: int) -> None:
        """The storage key of both blocks of a page."""
        self.storage.set_key(address, key)
        self.storage.set_key(address + 2048, key)

    def release_pages(self, first: int, last: int) -> None:
        """Zero pages and give them back to the host."""
        self.storage.release(first, last + 4095)

    def find_segment(self, name: str) -> tuple[int, int, bool] | None:
        """First and last address of a saved system or segment, and whether this machine has loaded it."""
        system = self.segments.get(name) or self.system.saved.find(name)
        return None if system is None else (system.first, system.end - 1, name in self.segments)

    def load_segment(self, name: str, *, shared: bool = True) -> None:
        """Map a saved system or segment; not ``shared``: no other machine's business, and not protected."""
        system = self.system.saved.find(name)
        if system is not None:
            loading.load_segment(self._machine, system, shared=shared)

    def purge_segment(self, name: str) -> bool:
        """Take a segment away; False when this machine does not have it."""
        return loading.purge_segment(self._machine, name)

    def command(self, text: str, *, to_buffer: bool, register: int | None = None) -> tuple[int, list[str]]:
        """A CP command from the guest.  Does not return when the command took the machine away.

        A command that asks the terminal something stops the guest until that is answered; then its return code goes
        into ``register``.
        """
        resets, lines = self.resets, list[str]()
        code = self._command(text, lines, to_buffer=to_buffer, register=register)
        if self.resets != resets or self.system.users.get(self.userid) is not self._machine:
            for line in lines:
                self.say(line)
            raise traps.Discontinued
        return code, lines

    def _command(self, text: str, lines: list[str], *, to_buffer: bool, register: int | None) -> int:
        context = Context(self.system, self._machine, None if to_buffer else self.session, self.say, from_guest=True)
        if to_buffer:
            context.say = lines.append
        try:
            dialogue = table.start(context, text)
            if dialogue is not None:
                prompt = next(dialogue, None)
                session = context.session
                if prompt is not None and prompt.by_guest and session is not None and session.prompt is None:
                    session.converse(dialogue, prompt, partial(self._answered, self.resets, register))
                else:
                    dialogue.close()
        except CommandError as error:
            shown = error.message.edited("ON" if to_buffer else self.settings.emsg)
            if shown is not None and (to_buffer or error.message.number != messages.UNKNOWN_COMMAND.number):
                context.say(shown)
            return error.message.number
        return 0

    def _answered(self, resets: int, register: int | None, code: int) -> None:
        """What a command had asked the terminal is answered: the guest goes on, unless it was reset meanwhile."""
        if self.resets == resets and register is not None:
            self.cpu.gr[register] = code
        self._machine.go_on()

    def suspend(self, *, unfinished: bool = False) -> NoReturn:
        """The DIAGNOSE is executed again when a device has changed, or in the next time slice if ``unfinished``."""
        self.execution.paravirtual.pause = None
        self.execution.device_changed = self.execution.yielded = unfinished
        raise traps.Suspended

    def hold(self) -> None:
        """The instruction at the instruction address is the DIAGNOSE that was suspended."""
        self.suspended, self.execution.suspended_at = True, self.cpu.ia

    def yield_slice(self) -> None:
        """Give up the rest of the time slice."""
        self.execution.yielded = True

    def console_address(self) -> int | None:
        """Device address of the virtual console."""
        return self.consoles.address(self.consoles.first)

    def console_write(self, line: str) -> None:
        """One line on the virtual console."""
        self.show(line, Origin.GUEST)

    def write_console(self, console: Console, text: bytes, newline: bool) -> None:
        """What a 3215 prints: lines are separated by carrier returns (X'15') in the text too."""
        *lines, last = from_ebcdic(text).split("\x85")
        if prefix := self.consoles.prefix(console):
            for line in [*lines, last]:
                self.show(prefix + line.rstrip(" "), Origin.GUEST, console)
            return
        for line in lines:
            self.console_write(line)
        if newline:
            self.console_write(last.rstrip(" "))
            return
        if (typist := self.system.typists.get(self._machine)) is not None:
            typist.heard(last)
        if isinstance(console, SpooledConsole):
            console.spool.partial(last)
        if self.session is not None:
            self.session.terminal.write_partial(last)

    def times(self) -> tuple[int, int]:
        """Virtual and total CPU time, microseconds; with SET TIMER VIRTUAL CP's own time counts as none."""
        virtual = self.cpu.clocks.source.cpu(self.cpu) // MICROSECOND
        overhead = 0 if isinstance(self.cpu.clocks.source, VirtualTime) else self.counters.cp_ns // 1000
        return virtual, virtual + overhead

    def local_time(self) -> datetime:
        """The guest's local time."""
        now = self.system.clock.now()
        return now + years_away(now, self.entry.options.years)

    def edit_message(self) -> str:
        """EMSG setting."""
        return self.settings.emsg

    def examine_real_storage(self, address: int, length: int) -> bytes:
        """Real storage is the host's; CP shows the prefixed page of a quiet machine: zeros within 16 MiB."""
        if address + length > 1 << 24:
            raise ProgramCheck(ADDRESSING)
        return bytes(length)
