"""The regions of one guest: its entry table, and what has to be undone when its code changes.

The entry table (context.py) is followed by one more, which has for each row the access map's entries of the blocks that
the region's instructions are in: a region looks whether they still are where they were when it was installed.

    arrival counted down   -> ``hot``     a wish is made; or a region whose guards fail too often is replaced
    region there           -> ``poll``    installed, when the engine has left native code
    store into code        -> ``dropped`` removed before the bytes change; what changes often is not translated any more

Everything here is called by whoever runs the guest, never while the guest is in native code.
"""

from __future__ import annotations

import ctypes
import mmap
from dataclasses import dataclass

from vm370.cp.engine.native.codemap import CodeBitmap
from vm370.cp.engine.native.context import Context
from vm370.cp.engine.regions.assembly import Region
from vm370.cp.engine.regions.code import Code
from vm370.cp.engine.regions.knowledge import ADDRESS
from vm370.cp.engine.regions.region import BLOCKS, LIMIT, ROWS, Plan, Wish, expected_offset, row_of
from vm370.cp.engine.regions.store import RegionStore
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.storage import Storage

MISSES = 256
"""So often may guards fail before a region is looked at again."""
WORTH = 2000
"""Instructions for each miss that make a region worth keeping."""
ENTRIES = 4
"""A region has so many entries at most."""
REPLACED = 3
"""So often is a region made again with fewer guards."""
CHANGES = 4
"""Code that has changed so often is not translated any more."""
GRANULE_SHIFT = 6
NEVER = 0x7FFFFFFF
Key = tuple[int, int]
"""(tag of the address space, address of an entry)."""


@dataclass(slots=True, eq=False)
class Installed:
    """A region in this guest."""

    region: Region
    wish: Wish
    tag: int
    runs: list[tuple[int, int]]
    """(absolute address, length)."""
    executed: int
    """Instructions executed by regions when it was installed or last looked at."""


class Row(ctypes.Structure):
    """A row of the entry table."""

    _fields_ = (("tag", ctypes.c_uint32), ("count", ctypes.c_uint32), ("function", ctypes.c_uint64))

    tag: int
    count: int
    function: int


class Installation:
    """What one CPU and its storage have of translated code."""

    def __init__(self, cpu: Cpu, context: Context, store: RegionStore, threshold: int, synchronous: bool) -> None:
        self.cpu = cpu
        self.context = context
        self.storage: Storage = cpu.storage
        self.store = store
        self.synchronous = synchronous
        self._memory = mmap.mmap(-1, ROWS * (16 + 8 * BLOCKS), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._rows = (Row * ROWS).from_buffer(self._memory)
        self._address = ctypes.addressof(self._rows)
        self._serial = store.serial
        self._wanted: dict[Key, Wish] = {}
        self._installed: dict[Key, Installed] = {}
        self._avoided: dict[Key, tuple[int, frozenset[int]]] = {}
        """(how often it was made again, registers that are no use as guards)."""
        self._changes: dict[int, int] = {}
        """Granule of absolute storage -> how often code in it has changed."""
        self.installed = self.dropped_regions = 0
        self._bitmap = CodeBitmap(self.dropped)
        context.use_code(self._bitmap)
        context.threshold = threshold
        context.entries = self._address
        context.hot = self.hot

    def remove(self) -> None:
        """Forget all translated code of this guest."""
        for installed in set(self._installed.values()):
            self.uninstall(installed)
        self._wanted.clear()
        self.context.entries = None
        self.context.hot = None
        self.context.use_code(None)

    @property
    def waiting(self) -> bool:
        """Is something being made?"""
        return bool(self._wanted)

    @property
    def regions(self) -> int:
        """How many regions are installed now."""
        return len(set(self._installed.values()))

    # --- asking ---

    def hot(self) -> None:
        """Execution came to ``cpu.ia`` often, or the guards of the region there failed often."""
        key = self.context.space_tag, self.cpu.ia
        row = self._rows[row_of(key[1])]
        installed = self._installed.get(key)
        if installed is not None and row.function:
            if self._worth_keeping(installed, row):
                return
            self._give_up(key, installed)
        row.count = NEVER
        if key not in self._wanted:
            self._want(key)

    def _worth_keeping(self, installed: Installed, row: Row) -> bool:
        """Do its guards hold often enough?"""
        executed = self.context.region_instructions
        worth = executed - installed.executed >= MISSES * WORTH
        if worth and self._expected(installed.region.plan) is not None:
            installed.executed = executed
            row.count = MISSES
            return True
        return False

    def _give_up(self, key: Key, installed: Installed) -> None:
        """Its guards fail: note which."""
        guards = dict(installed.region.plan.entries).get(key[1], ())
        wrong = frozenset(number for number, value in guards if self.cpu.gr[number] & ADDRESS != value)
        times, avoided = self._avoided.get(key, (0, frozenset()))
        if wrong:
            self._avoided[key] = times + 1, avoided | wrong if times < REPLACED - 1 else frozenset(range(16))
        self.uninstall(installed)

    def _want(self, key: Key) -> None:
        times, avoided = self._avoided.get(key, (0, frozenset()))
        if times > REPLACED:
            return
        wish = self._wish(key, avoided)
        self._wanted[key] = wish
        found = self.store.find(wish)
        if found is None and self.synchronous:
            found = self.store.make(wish)
            if found is None:
                del self._wanted[key]
                return
        if found is not None:
            self._take(key, wish, found)
        else:
            self.store.request(wish)

    def _wish(self, key: Key, avoided: frozenset[int]) -> Wish:
        """Entry at the present state; also the entries of a region that it lies in."""
        tag, address = key
        registers = tuple(self.cpu.gr)
        entries: list[tuple[int, tuple[int, ...]]] = [(address, registers)]
        for installed in set(self._installed.values()):
            inside = any(a <= address < a + len(data) for a, data in installed.region.plan.runs)
            if inside and installed.tag == tag and len(installed.wish.entries) < ENTRIES:
                more = [entry for entry in installed.wish.entries if entry[0] != address]
                if not installed.wish.avoided - avoided:
                    entries += more[: ENTRIES - 1]
                break
        code = Code.around(address, [value & 0xFFFFFF for value in registers], self._block)
        return Wish(code, tuple(sorted(entries, key=lambda e: e[0] != address)), avoided, LIMIT)

    def _block(self, number: int) -> bytes | None:
        """A logical block that may be fetched, without what keeps changing."""
        absolute = self._absolute(number)
        if absolute is None:
            return None
        start = absolute >> GRANULE_SHIFT
        if any(start <= g < start + (2048 >> GRANULE_SHIFT) and n >= CHANGES for g, n in self._changes.items()):
            return None
        return self.storage.memory[absolute : absolute + 2048]

    def _absolute(self, block: int) -> int | None:
        """Absolute address of a logical block, or None if it cannot be fetched without further ado."""
        delta = self.context.entry(block)
        return delta + (block << 11) - self.context.memory if delta else None

    # --- installing ---

    def poll(self) -> None:
        """Install what has been made."""
        if self._serial == self.store.serial:
            return
        self._serial = self.store.serial
        for key, wish in list(self._wanted.items()):
            if key[0] != self.context.space_tag:
                continue
            found = self.store.find(wish)
            if found is not None:
                self._take(key, wish, found)
            elif not self.store.pending(wish):
                del self._wanted[key]

    def _expected(self, plan: Plan) -> list[int] | None:
        """The map's entries for its blocks, if the bytes there are the region's."""
        expected = []
        for block in plan.blocks:
            delta = self.context.entry(block)
            if not delta:
                return None
            expected.append(delta)
        deltas = dict(zip(plan.blocks, expected, strict=True))
        memory, base = self.storage.memory, self.context.memory
        for address, data in plan.runs:
            at = deltas[address >> 11] + address - base
            if memory[at : at + len(data)] != data:
                return None
        return expected

    def _take(self, key: Key, wish: Wish, region: Region) -> None:
        """Install a region that serves a wish; if its code is not as it was, arrivals are counted anew."""
        del self._wanted[key]
        if self.install(wish, region) is None:
            row = self._rows[row_of(key[1])]
            if not row.function and row.tag == key[1] | key[0]:
                row.count = self.context.threshold

    def install(self, wish: Wish, region: Region) -> Installed | None:
        """Install a region in the present address space, if its code is there."""
        expected = self._expected(region.plan)
        if expected is None:
            return None
        tag, base = self.context.space_tag, self.context.memory
        entries = {address for address, _ in region.plan.entries}
        for other in {self._installed[tag, a] for a in entries if (tag, a) in self._installed}:
            self.uninstall(other)
        deltas = dict(zip(region.plan.blocks, expected, strict=True))
        runs = [(deltas[address >> 11] + address - base, len(data)) for address, data in region.plan.runs]
        installed = Installed(region, wish, tag, runs, self.context.region_instructions)
        for address, length in runs:
            self._bitmap.mark(address, length)
            self.context.forget_blocks(address, address + length - 1)
        for address in entries:
            offset = self._address + expected_offset(address)
            ctypes.memmove(offset, (ctypes.c_uint64 * len(expected))(*expected), 8 * len(expected))
            row = self._rows[row_of(address)]
            if row.function:
                self._clear_row(row)
            row.tag, row.count, row.function = address | tag, MISSES, region.address
            self._installed[tag, address] = installed
        self.store.use(region)
        self.installed += 1
        return installed

    def _clear_row(self, row: Row) -> None:
        """Another region has this row now."""
        for key in [key for key in self._installed if key[0] | key[1] == row.tag]:
            installed = self._installed.pop(key)
            if installed not in self._installed.values():
                self._forget(installed)
        row.function = 0

    def uninstall(self, installed: Installed) -> None:
        """Take a region away; arrivals at its entries are counted anew."""
        for key in [key for key, other in self._installed.items() if other is installed]:
            del self._installed[key]
            row = self._rows[row_of(key[1])]
            row.function, row.count = 0, self.context.threshold
        self._forget(installed)

    def _forget(self, installed: Installed) -> None:
        """Its bytes are no translated code any more, unless another region has them."""
        for address, length in installed.runs:
            self._bitmap.unmark(address, length)
        for other in set(self._installed.values()):
            for address, length in other.runs:
                self._bitmap.mark(address, length)
        for address, length in installed.runs:
            self.context.forget_blocks(address, address + length - 1)
        self.store.drop(installed.region)

    # --- changed code ---

    def dropped(self, address: int, length: int) -> None:
        """Bytes of translated code are about to be changed."""
        for granule in range(address >> GRANULE_SHIFT, (address + length - 1 >> GRANULE_SHIFT) + 1):
            if self._bitmap.marked(granule << GRANULE_SHIFT, 1 << GRANULE_SHIFT):
                self._changes[granule] = self._changes.get(granule, 0) + 1
        for installed in set(self._installed.values()):
            if any(a < address + length and address < a + n for a, n in installed.runs):
                self.uninstall(installed)
                self.dropped_regions += 1
