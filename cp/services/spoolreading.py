"""Reading spool files by DIAGNOSE X'14' and X'34': a page at a time, forwards and backwards.

A file that is read so is the open file of its virtual reader: CLOSE, SPOOL and DETACH do to it what they do to one that
is read card by card.  A reader that is in the middle of its cards is busy for DIAGNOSE, and a file that DIAGNOSE has
opened begins with its first card for START I/O.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from vm370.cp.io.reader import Reader
from vm370.cp.services.spoolpages import DUMP_KIND, MONITOR_KIND, Pages, block, tag_record, whole_pages
from vm370.cp.spool import CONSOLE, PRINTER, READER, SpoolError, SpoolFile
from vm370.cp.spool.virtual import VirtualReader
from vm370.diag.services import Denied, NoFile, NoMore

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

Result = TypeVar("Result")
NO_DEVICE, NO_READER, BUSY, FATAL, IN_USE = 4, 8, 12, 16, 24
"""Reasons of condition code 3."""
KINDS: dict[str, Callable[[SpoolFile], bool]] = {
    "printer": lambda file: file.kind in (PRINTER, CONSOLE),
    "punch": lambda file: file.kind not in (PRINTER, CONSOLE) and not whole_pages(file),
    "monitor": lambda file: file.kind == MONITOR_KIND,
    "data": lambda file: not whole_pages(file),
    "dump": lambda file: file.kind == DUMP_KIND,
}


@dataclass(slots=True)
class Active:
    """What DIAGNOSE knows about one reader."""

    pages: Pages | None = None
    next: int = 0
    """The page that the next read gives."""
    chain: tuple[str, int] | None = None
    """Kind and key of the file whose block was given last, if nothing was read since."""


class SpoolReading:
    """The readers of one machine, as DIAGNOSE sees them."""

    def __init__(self, vm: VirtualMachine) -> None:
        self._vm = vm
        self._active: weakref.WeakKeyDictionary[VirtualReader, Active] = weakref.WeakKeyDictionary()
        self._seen: set[int] = set()
        """Keys of the files that X'FFE' has given."""

    # --- pages ---

    def read(self, device: int, kind: str) -> bytes:
        """The next page of the file being read, or of the next file of ``kind``."""
        return self._guarded(lambda: self._read(device, kind))

    def _read(self, device: int, kind: str) -> bytes:
        reader, active = self._reader(device)
        active.chain = None
        for _ in range(2):
            if active.pages is None:
                self._open(reader, active, kind)
            assert active.pages is not None
            if not KINDS[kind](active.pages.file):
                raise Denied(IN_USE if kind == "data" else BUSY)
            page = active.pages.page(active.next)
            if page is not None:
                active.next += 1
                return page
            active.next = 0
            if not reader.options.cont:
                raise NoMore
            file = active.pages.file
            if file.copies > 1:
                self._set_copies(reader, active, file.copies - 1)
                continue
            reader.close()
            active.pages = None
            try:
                self._open(reader, active, kind)
            except NoFile:
                raise NoMore from None
        raise NoMore

    def _open(self, reader: VirtualReader, active: Active, kind: str) -> None:
        candidates = [file for file in self._chain() if not (file.in_use or file.held) and KINDS[kind](file)]
        wanted = reader.options.spool_class
        file = next((file for file in candidates if wanted in ("*", file.spool_class)), None)
        opened = None if file is None else reader.take(file)
        if opened is None:
            raise NoFile
        active.pages, active.next = Pages(self._vm.system.spool, opened), 0

    def back(self, device: int) -> bytes:
        """The page before the one given last; the first one again at the beginning of the file."""
        return self._guarded(lambda: self._again(device, 2))

    def again(self, device: int) -> bytes:
        """The page given last."""
        return self._guarded(lambda: self._again(device, 1))

    def restart(self, device: int) -> bytes:
        """The first page."""
        return self._guarded(lambda: self._again(device, None))

    def _again(self, device: int, steps: int | None) -> bytes:
        _, active = self._reader(device)
        if active.pages is None:
            raise NoFile
        number = 0 if steps is None else max(active.next - steps, 0)
        page = active.pages.page(number)
        if page is None:
            raise NoMore
        active.next = number + 1
        return page

    # --- files ---

    def next_block(self, device: int, kind: str) -> bytes:
        """The block of the next file of ``kind`` in the reader's queue."""
        return self._guarded(lambda: self._next_block(device, kind))

    def _next_block(self, device: int, kind: str) -> bytes:
        _, active = self._reader(device)
        files = [file for file in self._chain() if KINDS[kind](file)]
        again = active.chain is not None and active.chain[0] == kind
        if again and active.chain is not None:
            keys = [file.key for file in files]
            files = files[keys.index(active.chain[1]) + 1 :] if active.chain[1] in keys else []
        if not files:
            active.chain = None
            raise NoMore if again else NoFile
        active.chain = kind, files[0].key
        return block(files[0])

    def select(self, device: int, spoolid: int) -> None:
        """The file is the first of the queue."""

        def select() -> None:
            self._reader(device)
            files = [file for file in self._chain() if file.spoolid == spoolid]
            if not files or not self._vm.system.spool.order(files):
                raise NoFile

        self._guarded(select)

    def set_copies(self, device: int, copies: int) -> None:
        """How often the file being read is given, with SPOOL CONT."""

        def change() -> None:
            reader, active = self._reader(device)
            if active.pages is None:
                raise NoFile
            self._set_copies(reader, active, copies)

        self._guarded(change)

    def _set_copies(self, reader: VirtualReader, active: Active, copies: int) -> None:
        assert active.pages is not None
        spool = self._vm.system.spool
        spool.copies_left(active.pages.file, copies)
        found = spool.file(active.pages.file.spoolid)
        if found is not None:
            reader.file = active.pages.file = found

    def describe_after(self, spoolid: int) -> bytes:
        """Block and tag of the file behind the one with that spool ID; 0: of the first."""

        def find() -> bytes:
            files = self._chain()
            if not spoolid:
                return self._described(files)
            at = next((number for number, file in enumerate(files) if file.spoolid == spoolid), None)
            if at is None:
                raise NoFile
            return self._described(files[at + 1 :])

        return self._guarded(find)

    def describe_unseen(self, *, anew: bool) -> bytes:
        """Block and tag of the first file that was not yet given; ``anew``: all of them count as not given."""

        def find() -> bytes:
            files = self._chain()
            self._seen = set() if anew else self._seen & {file.key for file in files}
            files = [file for file in files if file.key not in self._seen]
            answer = self._described(files)
            self._seen.add(files[0].key)
            return answer

        return self._guarded(find)

    @staticmethod
    def _described(files: list[SpoolFile]) -> bytes:
        if not files:
            raise NoMore
        return block(files[0]) + tag_record(files[0])

    # --- common ---

    def _chain(self) -> list[SpoolFile]:
        return self._vm.system.spool.files(READER, self._vm.userid)

    def _reader(self, address: int) -> tuple[VirtualReader, Active]:
        device = self._vm.devices.get(address)
        if device is None:
            raise Denied(NO_DEVICE)
        if not isinstance(device, Reader):
            raise Denied(NO_READER)
        source = device.source
        if not isinstance(source, VirtualReader) or not device.ready or self._vm.channels.working(address):
            raise Denied(BUSY)
        active = self._active.setdefault(source, Active())
        if active.pages is not None and (source.file is None or source.file.key != active.pages.file.key):
            active.pages = None
        if source.file is not None and active.pages is None:
            raise Denied(BUSY)
        return source, active

    @staticmethod
    def _guarded(action: Callable[[], Result]) -> Result:
        """Failures of the spool are condition code 3."""
        try:
            return action()
        except SpoolError:
            raise Denied(FATAL) from None
