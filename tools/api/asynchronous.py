"""The asynchronous twins: ``AsyncSystem`` and ``AsyncGuest``.

    async with AsyncSystem.temporary() as system:
        first, second = await system.make_guest(), await system.make_guest()
        await asyncio.gather(first.cmd("..."), second.cmd("..."))

One thread runs CP and everything that touches a guest; what is awaited becomes an operation (operations.py) there.  All
operations go on side by side, as guests do; CP runs only while one of them is not done.  Cancelling what is awaited
does not stop the guest: it goes on with the next operation.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from vm370.cp.s370.psw import Psw
from vm370.tools.api.errors import StartError
from vm370.tools.api.files import GuestFile, Source, mode_letter
from vm370.tools.api.guest import Guest, ScreenView
from vm370.tools.api.guestbase import LIMIT
from vm370.tools.api.operations import Operation, Runner
from vm370.tools.api.report import Report
from vm370.tools.api.results import CommandResult
from vm370.tools.api.state import Registers
from vm370.tools.api.system import System
from vm370.tools.api.systembase import MODEL, Disk

T = TypeVar("T")


class _Thread:
    """The thread that runs CP."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Operation[Any]] | None, Future[Any]]] = queue.SimpleQueue()
        self._active: dict[Operation[Any], Future[Any]] = {}
        self._running = True
        self.runner: Runner | None = None
        self._thread = threading.Thread(target=self._run, name="vm370 CP", daemon=True)
        self._thread.start()

    def submit(self, make: Callable[[], Operation[T]] | None) -> Future[T]:
        """Have an operation done; without one the thread ends."""
        done: Future[T] = Future()
        if self._running:
            self._jobs.put((make, done))
        else:
            done.set_exception(StartError("the system was closed"))
        return done

    def join(self) -> None:
        """Until the thread has ended."""
        self._thread.join()

    def _run(self) -> None:
        timeout: float | None = None
        while self._running:
            self._take(timeout)
            if not self._active or self.runner is None:
                timeout = None
                continue
            try:
                at = self.runner.step()
            except Exception as fault:  # CP cannot go on: whoever waits is told
                self._give_up(fault)
                continue
            timeout = None if at is None else max(0.0, at - time.monotonic()) if at else 0.0
            for operation in tuple(self._active):
                self._advance(operation, at is not None)
            if self._active and at is None:
                timeout = 0.0

    def _take(self, timeout: float | None) -> None:
        """Begin what was submitted; wait for it if there is nothing else to do."""
        while self._running:
            try:
                make, done = self._jobs.get(timeout is None or timeout > 0, timeout)
            except queue.Empty:
                return
            if make is None:
                self._running = False
                done.set_result(None)
                return
            if done.set_running_or_notify_cancel():
                operation = make()
                self._active[operation] = done
                self._advance(operation, None)
            timeout = 0.0

    def _give_up(self, fault: Exception) -> None:
        active, self._active = self._active, {}
        for operation, done in active.items():
            operation.close()
            done.set_exception(fault)

    def _advance(self, operation: Operation[Any], progress: bool | None) -> None:
        done = self._active[operation]
        try:
            if progress is None:
                next(operation)
            else:
                operation.send(progress)
        except StopIteration as end:
            del self._active[operation]
            done.set_result(end.value)
        except BaseException as error:
            del self._active[operation]
            done.set_exception(error)


class AsyncGuest:
    """A guest whose calls are awaited; ``Guest`` says what each of them does."""

    def __init__(self, thread: _Thread, guest: Guest) -> None:
        self._thread = thread
        self._guest = guest
        self.userid = guest.userid

    def __repr__(self) -> str:
        return f"<AsyncGuest {self.userid}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.logoff()

    async def _do(self, make: Callable[[], Operation[T]]) -> T:
        return await asyncio.wrap_future(self._thread.submit(make))

    async def call(self, function: Callable[[Guest], T]) -> T:
        """The answer of a function that looks at the guest, in the thread that runs it."""
        return await self._do(lambda: _at_once(lambda: function(self._guest)))

    async def cmd(self, line: str, *, limit: int | None = None, check: bool = False) -> CommandResult:
        """A command to CMS."""
        result = await self._do(lambda: self._guest._cmd(line, limit))
        return result.check() if check else result

    async def cp(
        self, line: str, *, answers: Sequence[str] = (), limit: int | None = None, check: bool = False
    ) -> CommandResult:
        """A CP command."""
        result = await self._do(lambda: self._guest._cp(line, answers, limit))
        return result.check() if check else result

    async def type(self, line: str = "", *, limit: int | None = None) -> list[str]:
        """A line as a person types it."""
        return await self._do(lambda: self._guest._type(line, limit))

    async def write(self, text: str) -> None:
        """Characters at the cursor of a program's screen."""
        await self.call(lambda guest: guest.write(text))

    async def press(self, key: str, *, limit: int | None = None) -> list[str]:
        """A key."""
        return await self._do(lambda: self._guest._press(key, limit))

    async def wait(self, *, limit: int | None = None) -> list[str]:
        """Until the guest is settled."""
        return await self._do(lambda: self._guest._wait(limit))

    async def ipl(self, what: str, *, limit: int | None = None) -> CommandResult:
        """Load a system."""
        return await self.cp(f"IPL {what}", limit=limit)

    async def logoff(self) -> None:
        """End the session."""
        await self._do(lambda: self._guest._logoff())

    async def put(
        self,
        source: Source,
        name: str,
        *,
        binary: bool | None = None,
        recfm: str | None = None,
        lrecl: int | None = None,
        disk: int | None = None,
    ) -> None:
        """Put a file on a disk."""
        file = self._guest._ready_file(name, source, binary, recfm, lrecl)
        await self._do(lambda: self._guest._put([file], mode_letter(name), disk))

    async def get(self, name: str, *, disk: int | None = None) -> GuestFile:
        """A file of a disk."""
        return await self._do(lambda: self._guest._get(name, disk))

    async def put_files(self, files: Mapping[str, Source], *, disk: int | None = None) -> None:
        """Put several files on one disk."""
        ready = self._guest._ready_files(files, disk)
        await self._do(lambda: self._guest._put(ready, mode_letter(min(files, default="")), disk))

    async def files(self, mode: str = "A", *, disk: int | None = None) -> list[str]:
        """The names of the files of a disk."""
        return await self.call(lambda guest: guest.files(mode, disk=disk))

    async def screen(self) -> ScreenView:
        """What the terminal shows."""
        return await self.call(lambda guest: guest.screen)

    async def psw(self) -> Psw:
        """The program status word."""
        return await self.call(lambda guest: guest.psw)

    async def registers(self) -> Registers:
        """The registers."""
        return await self.call(lambda guest: guest.registers)

    async def storage(self, start: int, length: int) -> bytes:
        """Bytes of storage."""
        return await self.call(lambda guest: guest.storage[start : start + length])

    async def report(self) -> Report:
        """The guest's state for people."""
        return await self.call(lambda guest: guest.report())


class AsyncSystem:
    """A system whose calls are awaited; ``async with`` starts and ends it."""

    def __init__(
        self, home: str | Path | None = None, *, workers: int = 0, limit: int = LIMIT, _temporary: bool = False
    ) -> None:
        self._make = lambda: System(home, workers=workers, limit=limit, _temporary=_temporary)
        self._thread: _Thread | None = None
        self._system: System | None = None

    @classmethod
    def temporary(cls, *, workers: int = 0, limit: int = LIMIT) -> Self:
        """A system whose home is thrown away."""
        return cls(workers=workers, limit=limit, _temporary=True)

    async def __aenter__(self) -> Self:
        self._thread = _Thread()
        try:
            self._system = await self._do(lambda: _at_once(self._make))
        except BaseException:
            await self.close()
            raise
        self._thread.runner = Runner(self._system.control_program)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Shut down in order."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        system = self._system
        if system is not None:
            await asyncio.wrap_future(thread.submit(lambda: _at_once(system.close)))
        await asyncio.wrap_future(thread.submit(None))
        thread.join()

    async def _do(self, make: Callable[[], Operation[T]]) -> T:
        if self._thread is None:
            raise StartError("the system is not running: async with starts it")
        return await asyncio.wrap_future(self._thread.submit(make))

    async def logon(
        self, userid: str, *, password: str | None = None, ipl: str | None = None, limit: int | None = None
    ) -> AsyncGuest:
        """Log a user on."""
        return await self._guest(lambda system: system._logon(userid, password, ipl, limit))

    async def make_guest(
        self,
        *,
        userid: str | None = None,
        like: str = MODEL,
        ipl: str | None = "CMS",
        storage: str | int | None = None,
        classes: str | None = None,
        disks: Mapping[int, Disk] | None = None,
        files: Mapping[str, Source] | None = None,
        limit: int | None = None,
    ) -> AsyncGuest:
        """A throw-away guest."""
        return await self._guest(
            lambda system: system._make_guest(userid, like, ipl, storage, classes, disks or {}, files or {}, limit)
        )

    async def _guest(self, make: Callable[[System], Operation[Guest]]) -> AsyncGuest:
        system = self._system
        if system is None or self._thread is None:
            raise StartError("the system is not running: async with starts it")
        return AsyncGuest(self._thread, await self._do(lambda: make(system)))


def _at_once(function: Callable[[], T]) -> Operation[T]:
    """An operation that needs no step of the system."""
    return function()
    yield
