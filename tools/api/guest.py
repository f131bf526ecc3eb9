"""A guest: a user's virtual machine with a terminal, as an object.

Made by ``System.logon`` and ``System.make_guest`` (system.py).  Each call returns when the guest is settled: it waits
for input, was stopped, or nothing is due.  Between calls it does not run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import NoReturn, Self

from vm370.cp.console.terminal import Terminal
from vm370.cp.s370.psw import Psw
from vm370.cp.session import Session
from vm370.images.filesystem import FileSystem
from vm370.tools.api.errors import NotAvailable
from vm370.tools.api.files import GuestFile, Source, file_system_of, mode_letter
from vm370.tools.api.guestbase import LIMIT, SCREEN_LINES, GuestBase
from vm370.tools.api.operations import Runner
from vm370.tools.api.results import CommandResult
from vm370.tools.api.state import Registers, StorageView, registers_of


@dataclass(frozen=True, slots=True)
class ScreenView:
    """What a person would see: lines or a program's screen, and the status field."""

    lines: tuple[str, ...]
    status: str
    full_screen: bool = False
    """A program has written the screen."""
    cursor: tuple[int, int] = (0, 0)
    """Row and column of the cursor on a program's screen, from 0."""

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def __contains__(self, text: str) -> bool:
        return any(text in line for line in self.lines)


class Guest(GuestBase):
    """A guest that is driven synchronously.

    guest.cmd("LISTFILE * EXEC S")         CommandResult: rc, lines, times
    guest.put("prog.exec", "PROG EXEC A")
    guest.cp("QUERY TIME")
    """

    def __init__(self, runner: Runner, session: Session, terminal: Terminal, limit: int = LIMIT) -> None:
        super().__init__(runner.system, session, terminal, limit)
        self._runner = runner

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.logoff()

    def __repr__(self) -> str:
        return f"<Guest {self.userid} {self.state_name}>"

    # --- commands and keys ---

    def cmd(self, line: str, *, limit: int | None = None, check: bool = False) -> CommandResult:
        """A command to the guest's CMS, which has to be at the command level.

        ``limit``: instructions that it may take (LimitExceeded).  ``check``: CommandFailed unless it returns 0.
        """
        result = self._runner.run(self._cmd(line, limit))
        return result.check() if check else result

    def cp(
        self, line: str, *, answers: Sequence[str] = (), limit: int | None = None, check: bool = False
    ) -> CommandResult:
        """A CP command, whatever the guest is doing; the return code is the number of CP's message, or 0.

        ``answers``: what is typed when CP asks something (a password).
        """
        result = self._runner.run(self._cp(line, answers, limit))
        return result.check() if check else result

    def type(self, line: str = "", *, limit: int | None = None) -> list[str]:
        """A line as a person types it (``#CP`` reaches CP); what is shown until the guest is settled.

        On a program's screen: the characters at the cursor, and ENTER.
        """
        return self._runner.run(self._type(line, limit))

    def press(self, key: str, *, limit: int | None = None) -> list[str]:
        """A key: ENTER and PA1; on a program's screen PF1 to PF24, CLEAR, PA1 to PA3, and TAB, HOME, ERASEEOF ..."""
        return self._runner.run(self._press(key, limit))

    def write(self, text: str) -> None:
        """Characters at the cursor of a program's screen."""
        self._write(text)

    def wait(self, *, limit: int | None = None) -> list[str]:
        """Let the guest run until it is settled."""
        return self._runner.run(self._wait(limit))

    def ipl(self, what: str, *, limit: int | None = None) -> CommandResult:
        """Load a saved system by name, or from a device."""
        return self._runner.run(self._cp(f"IPL {what}", (), limit))

    def logoff(self) -> None:
        """End the session; a second time nothing happens."""
        self._runner.run(self._logoff())

    # --- files ---

    def put(
        self,
        source: Source,
        name: str,
        *,
        binary: bool | None = None,
        recfm: str | None = None,
        lrecl: int | None = None,
        disk: int | None = None,
    ) -> None:
        """Put a host file, or bytes, on a disk as ``FN FT [FM]``.

        ``binary``: the bytes as they are; text is translated.  Not told, bytes that are no UTF-8 text are binary.  The
        record format is chosen as `vm370 disk put` does unless it is told.  ``disk``: a device address instead of the
        mode letter.
        """
        file = self._ready_file(name, source, binary, recfm, lrecl)
        self._runner.run(self._put([file], mode_letter(name), disk))

    def put_files(self, files: Mapping[str, Source], *, disk: int | None = None) -> None:
        """Put several files by their names (all on one disk), in one step."""
        ready = self._ready_files(files, disk)
        self._runner.run(self._put(ready, mode_letter(min(files, default="")), disk))

    def get(self, name: str, *, disk: int | None = None) -> GuestFile:
        """A file of a disk; its ``text``, ``lines``, ``records``."""
        return self._runner.run(self._get(name, disk))

    def files(self, mode: str = "A", *, disk: int | None = None) -> list[str]:
        """The names of the files of a disk, as FN FT FM."""
        return self._runner.run(self._files(self._vaddr(mode.upper()) if disk is None else disk))

    @contextmanager
    def disk(self, mode: str = "A", *, disk: int | None = None) -> Iterator[FileSystem]:
        """The file system of a disk for reading and writing, while the guest has released the disk."""
        vaddr = self._vaddr(mode.upper()) if disk is None else disk
        operands = self._runner.run(self._release(vaddr))
        try:
            yield file_system_of(self.vm, vaddr)
        finally:
            for operand in operands:
                self.cmd(f"ACCESS {operand}", check=True)

    # --- the machine ---

    @property
    def screen(self) -> ScreenView:
        """What the terminal shows."""
        shown = self._terminal.shown_screen
        if shown is None:
            return ScreenView(tuple(self.console[-SCREEN_LINES:]), self.state_name)
        cursor = divmod(shown.screen.cursor, shown.screen.columns)
        return ScreenView(self.display_lines(), self.state_name, True, cursor)

    @property
    def storage(self) -> StorageView:
        """Storage: ``guest.storage[0x20000:0x20010]``."""
        return StorageView(self.vm)

    @property
    def psw(self) -> Psw:
        """The program status word."""
        return self.vm.cpu.psw

    @property
    def registers(self) -> Registers:
        """The registers as they are now; ``guest.registers[15]`` is a general one."""
        return registers_of(self.vm)

    @property
    def instructions(self) -> int:
        """Instructions executed since LOGON."""
        return self.vm.cpu.instructions

    def snapshot(self) -> NoReturn:
        """The state of the machine, to come back to; this system cannot do that."""
        raise NotAvailable(f"{self.userid}: this system has no snapshots")
