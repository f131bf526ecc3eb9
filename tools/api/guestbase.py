"""What the synchronous and the asynchronous guest have in common: the state, and the operations as generators.

Waiting is by state.  A guest is *settled* when nothing more happens until somebody types: a read is outstanding on its
console, CP stopped it, or it waits and nothing is due.  Nothing waits for time, or looks for a text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from vm370.cp.commands import table
from vm370.cp.commands.context import CommandError, Context
from vm370.cp.console.terminal import Origin, Status, Terminal
from vm370.cp.machine import VirtualMachine
from vm370.cp.session import Session
from vm370.images.ebcdic import EbcdicError, to_ebcdic
from vm370.tools.api.errors import (
    FileError,
    GuestBusy,
    GuestError,
    GuestStopped,
    LimitExceeded,
    LoggedOff,
    NotAvailable,
)
from vm370.tools.api.files import (
    USUAL_DISKS,
    GuestFile,
    Source,
    file_system_of,
    mode_letter,
    read_file,
    ready_file,
    write_files,
)
from vm370.tools.api.keys import AIDS, LOCAL, key_name, rows
from vm370.tools.api.operations import Operation
from vm370.tools.api.report import Report, next_instructions, report_of
from vm370.tools.api.results import CommandResult, without_ready
from vm370.tools.api.state import Cms, cms_of
from vm370.tools.disk.transfer import CmsFile

if TYPE_CHECKING:
    from vm370.cp.system import System as ControlProgram

LIMIT = 1_000_000_000
"""Instructions (waits and traps count too) that a guest may take for one call, if not told otherwise."""
LONGEST_LINE = 130
SCREEN_LINES = 22
LOGGED_OFF = "LOGGED OFF"
NOT_ACCESSED = 36
"""Return code of RELEASE for a disk that is not accessed."""


class GuestBase:
    """A logged-on user's machine with a terminal of its own."""

    def __init__(self, system: ControlProgram, session: Session, terminal: Terminal, limit: int = LIMIT) -> None:
        assert session.vm is not None
        self._cp_system = system
        self._session = session
        self._terminal = terminal
        self._vm: VirtualMachine = session.vm
        self.userid = self._vm.userid
        """Who is logged on."""
        self.limit = limit
        """Instructions that a call may take when it is not told otherwise."""
        self._ended: Callable[[], None] | None = None
        """What takes the disks of a throw-away guest away."""

    # --- the state ---

    @property
    def vm(self) -> VirtualMachine:
        """CP's object of the virtual machine, also when the user has logged off."""
        return self._vm

    @property
    def logged_on(self) -> bool:
        """The user still has his machine, and this terminal."""
        return self._session.vm is self._vm

    @property
    def state_name(self) -> str:
        """VM READ, CP READ or RUNNING, as a terminal shows it; LOGGED OFF."""
        return self._session.status.value if self.logged_on else LOGGED_OFF

    @property
    def console(self) -> list[str]:
        """Everything that the terminal has shown (the last 10,000 lines), typed lines included."""
        lines = [line.text for line in self._terminal.lines]
        return [*lines, self._terminal.open_line] if self._terminal.open_line else lines

    def display_lines(self) -> tuple[str, ...]:
        """The screen that a program has written, if it is shown; else nothing."""
        shown = self._terminal.shown_screen
        return rows(shown.screen) if shown is not None else ()

    def report(self) -> Report:
        """The guest's state for people."""
        return report_of(self)

    @property
    def _cms(self) -> Cms | None:
        return cms_of(self._vm)

    @property
    def _last_line(self) -> list[str]:
        return [self._terminal.lines[-1].text] if self._terminal.lines else []

    @property
    def at_command_level(self) -> bool:
        """CMS waits for a command."""
        if not self.logged_on or self._session.status is not Status.VM_READ:
            return False
        cms = self._cms
        if cms is not None:
            return cms.at_command_level
        return without_ready(self._last_line)[1] is not None or self._last_line == ["CMS"]

    @property
    def _takes_commands(self) -> bool:
        """A command can be entered: this CMS waits for one, or another operating system for anything."""
        return self.at_command_level or (self._cms is None and self.state_name == Status.VM_READ.value)

    # --- operations ---

    def _settle(self, limit: int | None) -> Operation[None]:
        """Until the guest is settled; LimitExceeded when it takes too long."""
        session, vm = self._session, self._vm
        if limit is not None and limit < 1:
            raise ValueError(f"limit {limit}: expected a number of instructions")
        end = vm.effort + (self.limit if limit is None else limit)
        progress = True
        try:
            while progress and session.vm is vm and not session.waits_for_input:
                if vm.effort >= end:
                    vm.execution.pause_at = None
                    steps = next_instructions(vm)
                    text = f"{vm.userid}: more than {limit or self.limit:,} instructions, and no end"
                    raise LimitExceeded(text, report_of(self, steps))
                vm.execution.pause_at = end
                progress = yield
        finally:
            vm.execution.pause_at = None

    def _present(self) -> None:
        """LoggedOff unless there is a machine."""
        if not self.logged_on:
            raise LoggedOff(f"{self.userid}: logged off", report_of(self))

    def _lines_since(self, serial: int) -> list[str]:
        lines = [line.text for line in self._terminal.since(serial) if line.origin is not Origin.TYPED]
        return [*lines, self._terminal.open_line] if self._terminal.open_line else lines

    def _cmd(self, line: str, limit: int | None) -> Operation[CommandResult]:
        """A command to CMS."""
        self._present()
        session, vm = self._session, self._vm
        if len(line) > LONGEST_LINE or not line.strip():
            raise ValueError(f"a command of {len(line)} characters: expected 1 to {LONGEST_LINE}")
        _typable(line)
        if session.status is Status.RUNNING:
            yield from self._settle(limit)
        if session.status is Status.CP_READ:
            raise GuestBusy(
                f"{self.userid}: cannot do {line!r}, it is in CP READ (guest.cp does CP commands)", self.report()
            )
        if not self._takes_commands:
            raise GuestBusy(f"{self.userid}: cannot do {line!r}, it is not at the command level", self.report())
        serial, begin, instructions = self._terminal.written, vm.times(), vm.cpu.instructions
        vm.show(line, Origin.TYPED)
        vm.console_input(line)
        yield from self._settle(limit)
        lines = self._lines_since(serial)
        rc: int | None = None
        if self.at_command_level:
            cms = self._cms
            lines, shown = without_ready(lines)
            rc = cms.return_code if cms is not None else shown
        if self.state_name == Status.CP_READ.value:
            raise GuestStopped(f"{self.userid}: CP stopped it in {line!r}", self.report())
        virtual, total = vm.times()
        return CommandResult(
            line,
            rc,
            tuple(lines),
            self.state_name,
            (virtual - begin[0]) / 1e6,
            (total - begin[1]) / 1e6,
            vm.cpu.instructions - instructions,
        )

    def _cp(self, line: str, answers: Sequence[str], limit: int | None) -> Operation[CommandResult]:
        """A CP command, whatever the guest is doing; ``answers`` for its questions."""
        self._present()
        session, vm, system = self._session, self._vm, self._cp_system
        serial, begin, instructions = self._terminal.written, vm.times(), vm.cpu.instructions
        rc, waiting = 0, list(answers)
        try:
            dialogue = table.start(Context(system, vm, session, session.say), line)
            if dialogue is not None:
                question = next(dialogue)
                while waiting:
                    question = dialogue.send(waiting.pop(0))
                dialogue.close()
                raise GuestError(f"{self.userid}: CP asks {question.text!r} and there is no answer", self.report())
        except StopIteration:
            pass
        except CommandError as error:
            rc = error.message.number
            shown = error.message.edited("ON")
            if shown is not None:
                session.say(shown)
        system.scheduler.wake(vm)
        yield from self._settle(limit)
        virtual, total = vm.times()
        return CommandResult(
            line,
            rc,
            tuple(self._lines_since(serial)),
            self.state_name,
            (virtual - begin[0]) / 1e6,
            (total - begin[1]) / 1e6,
            vm.cpu.instructions - instructions,
        )

    def _type(self, line: str, limit: int | None) -> Operation[list[str]]:
        """A line as a person types it."""
        self._present()
        _typable(line)
        serial = self._terminal.written
        if self._terminal.shown_screen is not None:
            self._write(line)
            return (yield from self._press("ENTER", limit))
        self._session.enter(line)
        yield from self._settle(limit)
        return self._lines_since(serial)

    def _write(self, text: str) -> None:
        """Graphic keys on a program's screen."""
        display = self._terminal.shown_screen
        if display is None:
            raise NotAvailable(f"{self.userid}: no program shows a screen (type enters a line)")
        if display.screen.locked:
            raise GuestBusy(f"{self.userid}: the keyboard is locked", self.report())
        before = display.screen
        display.type(text)
        if display.screen.locked:
            display.screen = before
            raise GuestError(f"{self.userid}: {text!r} cannot be typed at the cursor", self.report())

    def _press(self, key: str, limit: int | None) -> Operation[list[str]]:
        """A key of the terminal."""
        self._present()
        serial, name = self._terminal.written, key_name(key)
        display = self._terminal.shown_screen
        if self._terminal.covered and name in ("ENTER", "CLEAR"):
            self._terminal.uncover()
        elif display is not None and name != "ATTN":
            if name in LOCAL:
                display.key(LOCAL[name])
                return []
            if display.screen.locked:
                raise GuestBusy(f"{self.userid}: {name}: the keyboard is locked", self.report())
            display.press(AIDS[name])
            self._cp_system.scheduler.wake(self._vm)
        elif name == "ENTER":
            self._session.enter("")
        elif name in ("PA1", "ATTN"):
            self._session.attention()
        else:
            raise NotAvailable(f"{self.userid}: without a program's screen there are ENTER and PA1, not {name}")
        yield from self._settle(limit)
        return self._lines_since(serial)

    def _wait(self, limit: int | None) -> Operation[list[str]]:
        """Until the guest is settled."""
        self._present()
        serial = self._terminal.written
        yield from self._settle(limit)
        return self._lines_since(serial)

    # --- files ---

    def _vaddr(self, mode: str) -> int:
        """The device of a mode letter."""
        cms = self._cms
        if cms is not None:
            found = next((disk.vaddr for disk in cms.disks() if disk.mode == mode), None)
            if found is not None:
                return found
        if mode in USUAL_DISKS and USUAL_DISKS[mode] in self._vm.devices:
            return USUAL_DISKS[mode]
        raise FileError(f"{self.userid}: there is no disk {mode}")

    def _get(self, name: str, disk: int | None) -> Operation[GuestFile]:
        """A file of a disk that the guest has."""
        self._present()
        return read_file(file_system_of(self._vm, self._vaddr(mode_letter(name)) if disk is None else disk), name)
        yield

    def _files(self, disk: int) -> Operation[list[str]]:
        """The names of all files."""
        self._present()
        return [
            f"{entry.filename} {entry.filetype} {entry.filemode}" for entry in file_system_of(self._vm, disk).files()
        ]
        yield

    def _put(self, files: list[CmsFile], mode: str, disk: int | None) -> Operation[None]:
        """Write files on a disk of the guest.

        CMS has the directory of an accessed disk in storage, and would write over what it does not know.  So it
        releases the disk, and accesses it again when the files are there.
        """
        self._present()
        vaddr = self._vaddr(mode) if disk is None else disk
        target = file_system_of(self._vm, vaddr)
        device = self._vm.devices[vaddr]
        if device.store.read_only:  # type: ignore[attr-defined]
            raise FileError(f"{self.userid}: disk {vaddr:03X} is read-only")
        operands = yield from self._release(vaddr)
        try:
            write_files(target, files)
        finally:
            for operand in operands:
                result = yield from self._cmd(f"ACCESS {operand}", None)
                if result.rc:
                    raise FileError(f"{self.userid}: ACCESS {operand}: return code {result.rc}: {result.text}")

    def _release(self, vaddr: int) -> Operation[list[str]]:
        """Have CMS forget a disk; the operands of the ACCESS commands that bring it back."""
        vm, cms = self._vm, self._cms
        if vm.stopped and self._session.status is Status.CP_READ:
            return []  # nothing was loaded, or it has come to its end
        if cms is not None:
            operands = [disk.operand for disk in cms.disks() if disk.vaddr == vaddr]
            if not operands:
                return []
        elif not self.at_command_level:
            raise GuestBusy(f"{self.userid}: nobody knows whether it has disk {vaddr:03X} in use", self.report())
        else:
            modes = [mode for mode, address in USUAL_DISKS.items() if address == vaddr]
            operands = [f"{vaddr:03X} {mode}" for mode in modes]
        released = []
        for operand in operands:
            result = yield from self._cmd(f"RELEASE {operand.split()[1][0]}", None)
            if result.rc == 0:
                released.append(operand)
            elif result.rc != NOT_ACCESSED:
                raise FileError(f"{self.userid}: the disk is in use: {result.command}: {result.rc}: {result.text}")
        return released

    def _ready_files(self, files: Mapping[str, Source], disk: int | None) -> list[CmsFile]:
        modes = {mode_letter(name) for name in files}
        if len(modes) > 1 and disk is None:
            raise FileError(f"files of several disks at once: {' '.join(sorted(modes))}")
        return [ready_file(name, source) for name, source in files.items()]

    def _ready_file(
        self, name: str, source: Source, binary: bool | None, recfm: str | None, lrecl: int | None
    ) -> CmsFile:
        return ready_file(name, source, binary=binary, recfm=recfm, lrecl=lrecl)

    # --- the end ---

    def _logoff(self) -> Operation[None]:
        """End the session; a second time nothing happens."""
        if self.logged_on:
            self._session.command("LOGOFF")
        if self._session in self._cp_system.sessions:
            self._cp_system.sessions.remove(self._session)
        self._session.disconnected()
        ended, self._ended = self._ended, None
        if ended is not None:
            ended()
        return
        yield


def _typable(line: str) -> None:
    try:
        to_ebcdic(line)
    except EbcdicError as error:
        raise ValueError(f"{line!r} cannot be typed: {error}") from error
