"""A VM/370 system as an object.

    with System.temporary() as system:
        guest = system.logon("CMSUSER", ipl="CMS")
        print(guest.cmd("QUERY DISK A").lines)

CP runs in the caller's thread, and only while a call of the system or of a guest is being done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from vm370.cp.system import Clock
from vm370.tools.api.files import Source, ready_file
from vm370.tools.api.guest import Guest
from vm370.tools.api.guestbase import LIMIT
from vm370.tools.api.operations import Operation, Runner
from vm370.tools.api.systembase import MODEL, USER_DISK, Disk, GuestPlan, SystemBase
from vm370.tools.home import home_path


class System(SystemBase):
    """A system that is driven synchronously; a context manager."""

    def __init__(
        self,
        home: str | Path | None = None,
        *,
        clock: Clock | None = None,
        workers: int = 0,
        limit: int = LIMIT,
        wait_until: Callable[[float], None] | None = None,
        _temporary: bool = False,
    ) -> None:
        """Start the system of a home (default: as ``vm370 run``), which is made if it is not there yet; StartError.

        ``workers``: how many guests run at once, 0: in turn, in slices of fixed length, so that runs repeat.
        ``limit``: instructions that a call to a guest may take when it is not told otherwise.
        ``clock`` and ``wait_until``: instead of the host's clock.
        """
        place = None if _temporary else home_path(str(home) if home is not None else None)
        super().__init__(place, clock=clock, workers=workers, limit=limit, wait_until=wait_until)
        self._runner = Runner(self.control_program, wait_until)

    @classmethod
    def temporary(
        cls,
        *,
        clock: Clock | None = None,
        workers: int = 0,
        limit: int = LIMIT,
        wait_until: Callable[[float], None] | None = None,
    ) -> Self:
        """A system whose home is thrown away, with the users and disks of a new home."""
        return cls(None, clock=clock, workers=workers, limit=limit, wait_until=wait_until, _temporary=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Shut down in order; a throw-away home is gone then."""
        self._shutdown()

    def logon(
        self,
        userid: str,
        *,
        password: str | None = None,
        ipl: str | None = None,
        limit: int | None = None,
    ) -> Guest:
        """Log a user of the directory on, and load a system if one is named; LogonError.

        Without ``password`` none is asked for: who may open the home is its users.
        """
        return self._runner.run(self._logon(userid, password, ipl, limit))

    def _logon(self, userid: str, password: str | None, ipl: str | None, limit: int | None) -> Operation[Guest]:
        session, terminal = self._begin_logon(userid, password)
        guest = Guest(self._runner, session, terminal, limit or self.limit)
        if ipl is not None:
            yield from guest._cp(f"IPL {ipl}", (), None)
        else:
            yield from guest._wait(None)
        return guest

    def make_guest(
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
    ) -> Guest:
        """A throw-away guest: a user as ``like``, with disks of his own that are in storage only.

        ``disks``: by device address, the cylinders of an empty disk, or the path of an image that is not changed; 191
        is an empty disk if not told otherwise.  ``files``: what is put on 191, as FN FT [FM].
        """
        return self._runner.run(self._make_guest(userid, like, ipl, storage, classes, disks or {}, files or {}, limit))

    def _make_guest(
        self,
        userid: str | None,
        like: str,
        ipl: str | None,
        storage: str | int | None,
        classes: str | None,
        disks: Mapping[int, Disk],
        files: Mapping[str, Source],
        limit: int | None,
    ) -> Operation[Guest]:
        ready = [ready_file(name, source) for name, source in files.items()]
        entry, end = self._entry(GuestPlan(userid, like, storage, classes, disks))
        try:
            session, terminal = self._begin_logon(entry.userid, None)
            guest = Guest(self._runner, session, terminal, limit or self.limit)
            guest._ended = end
            if ready:
                yield from guest._put(ready, "A", USER_DISK)
            if ipl is not None:
                yield from guest._cp(f"IPL {ipl}", (), None)
        except BaseException:
            vm = self.control_program.user(entry.userid)
            if vm is not None:
                self.control_program.logoff(vm)
            end()
            raise
        return guest
