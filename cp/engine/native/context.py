"""What native code and the engine tell each other: :class:`Context`, one for each CPU, and the reasons to leave.

reason     state                              the engine then
BUDGET     next instruction                   is done, or goes on if the budget was cut
STEP       the instruction is not executed    lets the reference engine execute it (or a piece of the budget)
SETTLE     next instruction; mode changed     looks at the new PSW and masks, as the reference engine does
CALL       after SVC                          gives SupervisorCall(code) to its caller
TRAP       after an instruction               has it followed by the program interruption ``code``
HOT        next instruction                   may have the code from there translated
ATTENTION  next instruction                   leaves to the host (cpu.host_attention)
PURGE      next instruction                   purges translations; ``code``: settles, as the mode changed, too
KEYS       next instruction                   forgets what it knew of the block ``key_block``, whose key was changed

The context has the access maps (maps.py) and keeps them true: ``Cpu`` tells it through ``cpu.native`` of each access
that was allowed, of changes of mode and of purged translations; ``Storage`` through ``storage.maps`` of changed keys.
Native code changes keys, masks and the PSW by itself, and chooses among the maps that exist
(``maps[16 * translation + key]``); it never makes one.

=================== =======================================================================================
map                 current map: what native code begins with
entries             table of translated code (4096 entries of 16 bytes: i32 tag, i32 count, function), or null:
                    branches back look there; index (ia >> 1) & 4095, tag = ia | space_tag
space_tag           1 | slot of the address space << 24 (0: no translation); ``space_tags``: without, with translation
threshold           count of a new entry of the table
..._function        set when native code is entered: where translated code goes on (`slow`, `jump`, the program
                    interruption) and what decides on accesses that the map does not simply allow
region_instructions instructions executed by translated code
code_bits           bitmap of translated code (codemap.py), or null
bound_tag           bits of CR0 (CR0_ACCESS), and CR1, for which the maps are
mode_changed        PSW key, system mask or EC mode were changed by native code
dat_filled          a map of a space with translation has entries
=================== =======================================================================================
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import TYPE_CHECKING

from vm370.cp.engine.native.maps import BLOCKS, SPACES, AccessMap, Space
from vm370.cp.engine.native.statistics import NOT_FETCHED, Statistics
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.storage import ABSENT, BLOCK_SHIFT, CHANGE, LOW_ADDRESS_PROTECTION, REFERENCE

if TYPE_CHECKING:
    from vm370.cp.engine.native.codemap import CodeBitmap
    from vm370.cp.s370.storage import Storage

BUDGET, STEP, SETTLE, CALL, TRAP, HOT, ATTENTION, KEYS, PURGE = range(9)
REASONS = ("budget", "step", "settle", "call", "trap", "hot", "attention", "keys", "purge")
CR0_TRANSLATION = 0xF80000
"""Control register 0: page and segment size."""
CR0_ACCESS = CR0_TRANSLATION | LOW_ADDRESS_PROTECTION
"""Control register 0: what is allowed, and where."""
NEIGHBOURS = 128
"""Blocks that are looked at when one was allowed."""
_pointer, _u32, _u64, _i64 = ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint64, ctypes.c_int64


class Context(ctypes.Structure):
    """Beside the CPU's own state."""

    _fields_ = (
        ("cpu", _pointer),
        ("memory", _pointer),
        ("keys", _pointer),
        ("code_bits", _pointer),
        ("map", _pointer),
        ("entries", _pointer),
        ("slow_function", _pointer),
        ("jump_function", _pointer),
        ("interruption_function", _pointer),
        ("fetch_function", _pointer),
        ("store_function", _pointer),
        ("budget", _i64),
        ("size", _i64),
        ("region_instructions", _i64),
        ("bound_tag", _u64),
        ("maps", _pointer * 32),
        ("space_tags", _u32 * 2),
        ("space_tag", _u32),
        ("code", _u32),
        ("mode_changed", _u32),
        ("threshold", _u32),
        ("dat_filled", _u32),
        ("key_block", _u32),
    )

    cpu: int
    memory: int
    keys: int
    code_bits: int | None
    map: int
    entries: int | None
    budget: int
    size: int
    region_instructions: int
    bound_tag: int
    maps: ctypes.Array[ctypes.c_void_p]
    space_tags: ctypes.Array[ctypes.c_uint32]
    space_tag: int
    code: int
    mode_changed: int
    threshold: int
    dat_filled: int
    key_block: int

    def __init__(self, cpu: Cpu) -> None:
        super().__init__()
        self.cpu = ctypes.addressof(cpu)
        self.address = ctypes.addressof(self)
        self._cpu = cpu
        self._real = Space(0)
        self._translated = [Space(slot) for slot in range(1, SPACES + 1)]
        self._bound: Space | None = None
        self._tag = -1
        self._uses = 0
        self._prefix = 0
        self._current = AccessMap()
        self.bitmap: CodeBitmap | None = None
        self.statistics = Statistics()
        self.hot: Callable[[], None] | None = None
        """Called when native code was left with HOT."""
        self.installation: object | None = None
        """What the regions engine has of translated code."""
        self.storage: Storage | None = None
        self.space_tags[0] = self.space_tag = 1

    # --- storage ---

    def attach(self, storage: Storage) -> None:
        """Work on this storage from now on; the CPU's accesses are reported here."""
        if self.storage is not None:
            self.storage.maps = None
        self.storage = storage
        storage.maps = self
        self.memory = ctypes.addressof(ctypes.c_char.from_buffer(storage.memory))  # valid without the export
        self.keys = ctypes.addressof(ctypes.c_char.from_buffer(storage.keys))
        self.size = storage.size
        self.use_code(None)
        self._cpu.native = self
        self._cpu.access_changed()

    def detach(self) -> None:
        """The CPU and the storage forget this context: the reference engine has its fast way back."""
        self.release()
        self.entries = None
        self.use_code(None)
        if self.storage is not None:
            self.storage.maps = None
            self.storage = None
        self._cpu.native = None
        self._cpu.access_changed()

    def release(self) -> None:
        """Give the memory of all maps back; they are filled again when they are needed."""
        self._clear()
        for space in (self._real, *self._translated):
            space.maps.clear()
            space.tag = None
        for index in range(32):
            self.maps[index] = None
        self._bound, self._tag = None, -1
        self.space_tags[1] = 1
        self._current = AccessMap()
        self._cpu.access_changed()

    def use_code(self, code: CodeBitmap | None) -> None:
        """Storage has translated code from now on, or none any more."""
        self.bitmap = code
        if self.storage is not None:
            self.storage.code = code
        self.code_bits = code.address if code is not None else None
        self._clear()

    def instruction(self, address: int) -> bytes:
        """The first two bytes of the instruction at a logical address, if the current map has them."""
        delta = self._current.entries[address >> BLOCK_SHIFT]
        if not delta or self.storage is None:
            return NOT_FETCHED
        absolute = delta + address - self.memory
        return self.storage.memory[absolute : absolute + 2]

    # --- which map ---

    def select(self) -> None:
        """The PSW, the prefix, CR0 or CR1 may have changed."""
        cpu = self._cpu
        if self._prefix != cpu.prefix:
            self._prefix = cpu.prefix
            self._clear()
        tag = (cpu.cr[0] & CR0_TRANSLATION) << 32 | cpu.cr[1]
        self.bound_tag = (cpu.cr[0] & CR0_ACCESS) << 32 | cpu.cr[1]
        if tag != self._tag:
            self._tag = tag
            self._bind(next((space for space in self._translated if space.tag == tag), None))
        space = self._real
        if cpu.translating:
            space = self._bound if self._bound is not None else self._take(tag)
        key = cpu.key
        found = space.maps.get(key)
        if found is None:
            found = space.maps[key] = AccessMap()
            self.maps[key if space is self._real else 16 + key] = found.address
        self._current = found
        self.map = found.address
        self.space_tag = 1 | space.slot << 24

    def _take(self, tag: int) -> Space:
        """Maps for an address space: those of the one that was not used for the longest time."""
        space = min(self._translated, key=lambda space: space.used)
        space.clear()
        space.tag = tag
        self._bind(space)
        return space

    def _bind(self, space: Space | None) -> None:
        """These are the maps while translation is on."""
        self._bound = space
        for key in range(16):
            access_map = space.maps.get(key) if space is not None else None
            self.maps[16 + key] = access_map.address if access_map is not None else None
        if space is not None:
            self._uses += 1
            space.used = self._uses
        self.space_tags[1] = 1 | (space.slot if space is not None else 0) << 24

    # --- what is in the maps ---

    def allowed(self, logical: int, absolute: int, storing: bool) -> None:
        """The present program may fetch from (and store into) a block: note it."""
        delta = self.memory + (absolute - logical << BLOCK_SHIFT)
        if not storing:
            self._current.fetch(logical, absolute, delta)
        else:
            bits = 0
            code = self.bitmap
            if code is not None and code.marked(absolute << BLOCK_SHIFT, 1 << BLOCK_SHIFT):
                bits = code.address + (absolute - logical << BLOCK_SHIFT - 3)
            self._current.store(logical, absolute, delta, bits)
        if self.space_tag != 1:
            self.dat_filled = 1
        elif not self._cpu.key and not self._prefix:
            self._stored_before(logical + 1)

    def _stored_before(self, first: int) -> None:
        """Key 0, no translation: blocks from ``first`` on with reference and change bits on need no more either."""
        assert self.storage is not None
        keys, current, code = self.storage.keys, self._current, self.bitmap
        for block in range(first, min(first + NEIGHBOURS, BLOCKS)):
            if keys[block] & (REFERENCE | CHANGE | ABSENT) != REFERENCE | CHANGE or current.entries[block]:
                break
            marked = code is not None and code.marked(block << BLOCK_SHIFT, 1 << BLOCK_SHIFT)
            current.store(block, block, self.memory, code.address if code is not None and marked else 0)

    @property
    def current(self) -> AccessMap:
        """The current map."""
        return self._current

    def entry(self, logical: int) -> int:
        """Entry of a logical block in the READ plane of the current map; 0 is null."""
        return int(self._current.entries[logical])

    def key_changed(self, block: int) -> None:
        """The storage key of an absolute block has another value."""
        self._forget(block)

    def keys_changed(self) -> None:
        """All storage keys may have other values."""
        self._clear()

    def forget_blocks(self, first: int, last: int) -> None:
        """The absolute addresses first to last: whether they are translated code has changed."""
        for block in range(first >> BLOCK_SHIFT, (last >> BLOCK_SHIFT) + 1):
            self._forget(block)

    def purge_translations(self) -> None:
        """The translation-lookaside buffer is empty."""
        if self.dat_filled:
            for space in self._translated:
                space.clear()
            self.dat_filled = 0

    def _forget(self, block: int) -> None:
        logical = self._cpu.absolute_of_real(block << BLOCK_SHIFT) >> BLOCK_SHIFT  # prefixing is its own inverse
        for access_map in self._real.maps.values():
            access_map.forget(logical)
        if self.dat_filled:
            for space in self._translated:
                for access_map in space.maps.values():
                    access_map.forget_absolute(block)

    def _clear(self) -> None:
        self._real.clear()
        self.purge_translations()


CPU_OFFSETS: dict[str, int] = {name: getattr(Cpu, name).offset for name, *_ in Cpu._fields_}
CONTEXT_OFFSETS: dict[str, int] = {name: getattr(Context, name).offset for name, *_ in Context._fields_}
