"""Translated code of this process, found by content and shared by all guests; and the thread that makes it.

A guest asks (:meth:`RegionStore.request`) with a :class:`~vm370.cp.engine.regions.region.Wish` and looks later whether
there is something (``serial`` tells that something was added, :meth:`RegionStore.find`).  Nothing here waits for
anybody: the thread takes one wish after the other, looks into the disk cache, else translates.  ``make`` does the same
at once.

Code that no guest uses any more stays for the next one, up to ``LIMIT`` bytes; it is freed by ``collect`` alone,
which is called while no guest is in an engine.
"""

from __future__ import annotations

import atexit
import logging
import queue
import threading
import time
from dataclasses import dataclass

from vm370.cp.engine.native.values import NotCompilable
from vm370.cp.engine.regions import disk
from vm370.cp.engine.regions.assembly import LIGHT, Assembler, Region
from vm370.cp.engine.regions.knowledge import ADDRESS
from vm370.cp.engine.regions.region import Plan, Wish, translate

LIMIT = 32 << 20
"""Bytes of object code that are kept though nobody uses them."""
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Counts:
    """What the store did."""

    compiled: int = 0
    loaded: int = 0
    failed: int = 0
    freed: int = 0
    seconds: float = 0.0
    """Spent translating and compiling."""


def suits(plan: Plan, wish: Wish) -> bool:
    """Would this plan serve the wish?"""
    registers = dict(wish.entries)
    return (
        [address for address, _ in plan.entries] == [address for address, _ in wish.entries]
        and all(
            registers[a][n] & ADDRESS == value and n not in wish.avoided
            for a, guards in plan.entries
            for n, value in guards
        )
        and all(wish.code.read(address, len(data)) == data for address, data in plan.runs)
    )


class RegionStore:
    """All regions of the process."""

    def __init__(self, *, cached: bool = True) -> None:
        self.cached = cached
        self.serial = 0
        """Changes whenever a wish was served or refused."""
        self.counts = Counts()
        self._lock = threading.Lock()
        self._making = threading.Lock()
        self._regions: dict[str, Region] = {}
        self._by_entry: dict[int, list[Region]] = {}
        self._wishes: queue.SimpleQueue[tuple[Wish, int] | None] = queue.SimpleQueue()
        self._pending: set[int] = set()
        self._thread: threading.Thread | None = None
        self._assembler: Assembler | None = None
        self._bytes = 0
        self._retired: list[Region] = []
        """Replaced by better code, but perhaps still in use."""

    # --- looking ---

    def find(self, wish: Wish) -> Region | None:
        """A region that serves the wish."""
        with self._lock:
            candidates = list(self._by_entry.get(wish.entries[0][0], ()))
        found = [region for region in candidates if suits(region.plan, wish)]
        return max(found, key=lambda region: region.level) if found else None

    def pending(self, wish: Wish) -> bool:
        """Is the wish still to be served?"""
        return id(wish) in self._pending

    @property
    def code_bytes(self) -> int:
        """Object code of all regions."""
        return self._bytes

    # --- making ---

    def request(self, wish: Wish, level: int = LIGHT) -> None:
        """Have it made in the background."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="regions", daemon=True)
                self._thread.start()
                atexit.register(self.stop)
            self._pending.add(id(wish))
        self._wishes.put((wish, level))

    def stop(self, *, drain: bool = True) -> None:
        """End the thread; what it is making, or without ``drain`` everything that was asked for, is finished first."""
        thread, self._thread = self._thread, None
        if thread is not None:
            while drain and not self._wishes.empty():
                self._wishes.get()
            self._wishes.put(None)
            thread.join(30)
            atexit.unregister(self.stop)

    def _work(self) -> None:
        while (job := self._wishes.get()) is not None:
            wish, level = job
            try:
                self.make(wish, level)
            finally:
                self._pending.discard(id(wish))
                self.serial += 1

    def make(self, wish: Wish, level: int = LIGHT) -> Region | None:
        """Make it now; None if that cannot be done."""
        with self._making:
            found = self.find(wish)
            if found is not None and found.level >= level:
                return found
            start = time.perf_counter()
            try:
                return self._from_disk(wish, level) or self._compile(wish, level)
            except NotCompilable as error:
                _log.debug("not translated: %06X: %s", wish.entries[0][0], error)
            except (RuntimeError, OSError) as error:
                _log.warning("the region at %06X stays interpreted: %s", wish.entries[0][0], error)
            finally:
                self.counts.seconds += time.perf_counter() - start
                self.serial += 1
            self.counts.failed += 1
            return None

    def _from_disk(self, wish: Wish, level: int) -> Region | None:
        if not self.cached:
            return None
        for plan, code in disk.candidates(wish.entries[0][0], level):
            if suits(plan, wish):
                try:
                    region = self._add(self._tools().link([plan], code, level)[0])
                except RuntimeError as error:
                    _log.warning("kept code of the region at %06X is not used: %s", wish.entries[0][0], error)
                    continue
                self.counts.loaded += 1
                return region
        return None

    def _compile(self, wish: Wish, level: int) -> Region:
        plan, text = translate(wish)
        known = self._regions.get(plan.name)
        if known is not None and known.level >= level:
            return known
        code = self._tools().object_code([text], level)
        region = self._add(self._tools().link([plan], code, level)[0])
        self.counts.compiled += 1
        if self.cached:
            disk.save(plan, code, level)
        return region

    def _tools(self) -> Assembler:
        if self._assembler is None:
            self._assembler = Assembler()
        return self._assembler

    def add_all(self, plans: list[Plan], texts: list[str], level: int) -> list[Region]:
        """Compile many regions as one module."""
        with self._making:
            code = self._tools().object_code(texts, level)
            return [self._add(region) for region in self._tools().link(plans, code, level)]

    def _add(self, region: Region) -> Region:
        with self._lock:
            old = self._regions.get(region.plan.name)
            self._regions[region.plan.name] = region
            self._bytes += region.size - (old.size if old is not None else 0)
            for address, _ in region.plan.entries:
                beside = self._by_entry.setdefault(address, [])
                if old in beside:
                    beside.remove(old)
                beside.append(region)
            if old is not None:
                self._retired.append(old)
        return region

    # --- freeing ---

    def use(self, region: Region) -> None:
        """A guest has installed it."""
        with self._lock:
            region.users += 1

    def drop(self, region: Region) -> None:
        """A guest has it no more; the code stays until ``collect``."""
        with self._lock:
            region.users -= 1

    def collect(self, limit: int = LIMIT) -> int:
        """Free code beyond ``limit`` that nobody uses; while no guest is in an engine.  Number of regions freed."""
        with self._lock:
            if self._retired:
                self._retired = [region for region in self._retired if region.users]
            freed = 0
            for name, region in list(self._regions.items()) if self._bytes > limit else ():
                if self._bytes <= limit:
                    break
                if region.users == 0:
                    self._bytes -= region.size
                    freed += 1
                    del self._regions[name]
                    for address, _ in region.plan.entries:
                        self._by_entry[address].remove(region)
            self.counts.freed += freed
        return freed
