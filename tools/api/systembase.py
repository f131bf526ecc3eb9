"""What the synchronous and the asynchronous system have in common: starting, logging on, making guests, ending."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from vm370.cp.commands.context import CommandError
from vm370.cp.commands.logon import logon_without_password, start_first_machine
from vm370.cp.console.display3270 import Display3270
from vm370.cp.console.terminal import Terminal
from vm370.cp.directory import DirectoryError, MdiskStatement, UserEntry
from vm370.cp.directory.entries import DeviceStatement
from vm370.cp.directory.words import storage_size
from vm370.cp.session import Session
from vm370.cp.system import Clock
from vm370.cp.system import StartError as CpStartError
from vm370.cp.system import System as ControlProgram
from vm370.tools.api.disks import formatted, lent, opened, type_and_size
from vm370.tools.api.errors import ApiError, LogonError, StartError
from vm370.tools.api.guestbase import LIMIT
from vm370.tools.api.template import temporary_home
from vm370.tools.home import HomeError, is_complete, make_home

SLICE = 20_000
"""Instructions of a time slice: there is nobody at a keyboard who waits for another guest's slice."""
MODEL = "CMSUSER"
"""Whose directory entry throw-away guests have, if not told otherwise."""
USER_DISK, USER_CYLINDERS = 0x191, 10
DISK_SUFFIXES = (".ckd", ".fba", ".cow", ".cckd", ".cckd64", ".cfba", ".ckdc")
Disk = int | str | Path
"""A disk of a throw-away guest: cylinders of an empty one, or an image whose changes are forgotten."""


@dataclass(frozen=True, slots=True)
class GuestPlan:
    """A throw-away guest: what is asked for."""

    userid: str | None = None
    like: str = MODEL
    storage: str | int | None = None
    classes: str | None = None
    disks: Mapping[int, Disk] = field(default_factory=dict)


class SystemBase:
    """A control program with its home."""

    def __init__(
        self,
        home: str | Path | None,
        *,
        clock: Clock | None = None,
        workers: int = 0,
        limit: int = LIMIT,
        wait_until: Callable[[float], None] | None = None,
    ) -> None:
        self.limit = limit
        """Instructions that a call may take when it is not told otherwise."""
        self._closing = ExitStack()
        self._serial = self._lent = 0
        """Throw-away guests made so far, and their disks."""
        self._undo: dict[str, ExitStack] = {}
        """What throw-away guests have, by user ID."""
        self._wait_until = wait_until
        images: Path | None = None
        try:
            if home is None:
                self.home, images = self._closing.enter_context(temporary_home())
            else:
                self.home = Path(home)
                if not is_complete(self.home):
                    make_home(self.home, lambda text, done, steps: None)
            self.control_program = ControlProgram(self.home, clock, workers=workers)
        except (CpStartError, DirectoryError, HomeError, OSError) as error:
            self._closing.close()
            raise StartError(str(error)) from error
        except BaseException:
            self._closing.close()
            raise
        self.control_program.dispatcher.fixed_slice = SLICE
        if images is not None:
            self._lend(images)
        self.control_program.engines.wait()
        if images is None:
            start_first_machine(self.control_program)

    def _lend(self, images: Path) -> None:
        for path in sorted(images.iterdir()):
            if path.suffix in DISK_SUFFIXES:
                image = opened(path)
                self._closing.callback(image.close)
                self.control_program.volumes.lend(path.stem, lent(image))

    # --- guests ---

    def _begin_logon(self, userid: str, password: str | None) -> tuple[Session, Terminal]:
        """Log a user on at a terminal of his own; LogonError with CP's words."""
        system, terminal, name = self.control_program, Terminal(Display3270()), userid.upper()
        vm = system.user(name)
        if vm is not None and vm.session is not None:
            raise LogonError(f"{name} is logged on at another terminal")
        session = system.connect(terminal)
        try:
            if password is None:
                logon_without_password(system, session, name)
            else:
                session.enter(f"LOGON {name}")
                if session.prompt is not None:
                    session.enter(password)
        except CommandError as error:
            self._forget(session)
            raise LogonError(f"{error.message.code} {error.message.text}") from error
        if session.vm is None:
            self._forget(session)
            raise LogonError("; ".join(line.text for line in list(terminal.lines)[1:]))
        return session, terminal

    def _forget(self, session: Session) -> None:
        session.disconnected()
        self.control_program.sessions.remove(session)

    def _entry(self, plan: GuestPlan) -> tuple[UserEntry, Callable[[], None]]:
        """A directory entry with disks of its own, and what takes both away."""
        system = self.control_program
        model = system.current_directory().find(plan.like)
        if model is None:
            raise LogonError(f"{plan.like}: not in the directory")
        self._serial += 1
        userid = (plan.userid or _numbered(self._serial)).upper()
        if not (1 <= len(userid) <= 8 and userid.isalnum() and userid.isascii()):
            raise LogonError(f"user ID {userid!r}: expected 1 to 8 letters and digits")
        if system.directory.find(userid) is not None:
            raise LogonError(f"{userid}: is in the directory already")
        size = _bytes(plan.storage) if plan.storage is not None else model.storage_size
        with ExitStack() as undo:
            entry = replace(
                model,
                userid=userid,
                password="NOLOG",
                classes=plan.classes if plan.classes is not None else model.classes,
                storage_size=size,
                max_storage_size=max(size, model.max_storage_size),
                statements=self._statements(model, {USER_DISK: USER_CYLINDERS, **plan.disks}, undo),
                ipl=None,
            )
            system.directory.users[userid] = entry
            undo.callback(system.directory.users.pop, userid, None)
            self._undo[userid] = undo.pop_all()
        return entry, lambda: self._end_guest(userid)

    def _end_guest(self, userid: str) -> None:
        """Take away what a throw-away guest has; a second time nothing happens."""
        undo = self._undo.pop(userid, None)
        if undo is not None:
            undo.close()

    def _statements(self, model: UserEntry, disks: Mapping[int, Disk], undo: ExitStack) -> tuple[DeviceStatement, ...]:
        """The device statements of ``model`` with these disks instead of its own."""
        volumes = self.control_program.volumes
        statements = [statement for statement in model.statements if getattr(statement, "vaddr", None) not in disks]
        for vaddr, disk in disks.items():
            base = formatted(disk) if isinstance(disk, int) else opened(disk)
            if not isinstance(disk, int):
                undo.callback(base.close)
            self._lent += 1
            volser = f"*{self._lent % 0x100000:05X}"  # no directory has such a name
            kind, size = type_and_size(base)
            volumes.lend(volser, lent(base))
            undo.callback(volumes.take_back, volser)
            statements.append(MdiskStatement(0, vaddr, kind, 0, size, volser, "MR"))
        return tuple(statements)

    # --- the end ---

    def _shutdown(self) -> None:
        """Everybody is logged off, and the files are closed; a second time nothing happens."""
        if not self.control_program.shutting_down:
            self.control_program.shutdown()
        for userid in list(self._undo):
            self._end_guest(userid)
        self._closing.close()


def _numbered(serial: int) -> str:
    """User IDs have eight characters at most."""
    return f"GUEST{serial}" if serial < 1000 else f"G{serial % 10_000_000}"


def _bytes(size: str | int) -> int:
    if isinstance(size, int):
        return -(-size // 4096) * 4096
    found = storage_size(size.upper())
    if found is None:
        raise ApiError(f"storage {size!r}: expected nnnnnK or nnM, from 8K to 16M")
    return found
