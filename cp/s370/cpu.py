"""The CPU: its registers and what instruction definitions may do to it.

The state is a ``ctypes.Structure``, so that native code can work on the same bytes.  Registers and PSW fields::

    gr[0-15]  cr[0-15]     32 bits unsigned; storing takes the low 32 bits of any integer
    fpr[0-7]               64 bits, indexed by register number (0, 2, 4, 6 exist)
    ia                     instruction address, 24 bits.  While an instruction is executed it is already that of the
                           next one (the "updated instruction address"); a branch replaces it
    ilc                    length of the current instruction in halfwords (of EXECUTE for its target)
    cc program_mask system_mask key ec machine_check wait problem     the PSW, taken apart; `reserved`: see psw.py
    prefix                 real addresses 0-4095 are absolute addresses prefix...
    instructions           how many were executed: virtual CPU time
    units                  the same, but each unit of operation of MVCL and CLCL counts: what budgets are measured in
    idle                   instructions that would have been executed while the CPU waited (set by the host)
    now                    instructions + idle: virtual time
    floor                  0; INTERRUPTED: the engine leaves as soon as it can, as if its budget were used up.  Any
                           thread may store it (``leave_engine``), whoever runs the CPU takes it back.  Native code
                           goes on while its budget is above: to look at it costs nothing
    pending                bits of the system mask, in BC or EC mode, that would let a pending interruption through: the
                           host's note.  A PSW with one of them on leaves the engine (MaskChanged)
    trap_mask              what leaves the engine instead of being done in it:

        TRAP_PROGRAM   program interruptions            TRAP_PSW      LPSW SSM STNSM STOSM
        TRAP_SVC       SVC                              TRAP_KEYS     SSK ISK RRB SPKA IPK TPROT
        TRAP_IO        I/O instructions                 TRAP_CONTROL  every other privileged instruction

        BARE = 0: a real machine.  HYPERVISED: everything, the virtual machine's real mode bit is problem state.
        TRAP_PRIVILEGED are the four groups of privileged instructions; an assist takes some of the bits away.

``native`` is what a native engine knows about this CPU (:class:`Native`), or None.  With it, every access to storage
goes the long way, which tells it what is allowed now and what is stored.

Whoever changes ``key``, ``system_mask``, ``ec``, ``prefix``, ``cr[0]`` or ``cr[1]`` from outside calls
``mode_changed()`` afterwards; assigning ``psw`` does so.

What definitions call (addresses are logical unless said; they may run past 16 MiB and wrap):

==================================== ==================================================================
check_fetch/check_store(a, length)   access exceptions, reference and change bits
fetch(a, n) store(a, n, value)       the same with the access; big-endian integers
get(a, n) put(a, n, value)           access to what was checked before
copy(to, from, n) fill(to, n, byte)  the same for bytes; copy: no destructive overlap
translate(a, n, table)               the bytes at a by the table of 256, which they do not overlap
compare(a, b, n)                     condition code 0 equal, 1 first lower, 2 first higher, of what was checked
bit_length(value)                    bits of a value that is not negative, without zeros at its left
get_key(a) set_key(a, key)           storage key byte at an absolute address
get_real(a, n) put_real(a, n, v)     real storage of the machine itself, no key, no translation
program_check(code)                  program interruption; the instruction changes nothing
trap(code)                           complete the instruction, then the program interruption
branch(a) repeat()                   next instruction: at a; this one again (its next unit of operation)
execute(a, byte)                     the instruction at a with the byte OR'ed into its second byte
mode_changed() reconsider()          PSW, keys or masks changed; interruption masks changed
supervisor_call(n) diagnose(...)     SVC and DIAGNOSE
read_tod() set_tod(v) ...            clocks (clocks.py)
channels                             the hook for I/O instructions (:class:`Channels`)
host_attention()                     leave the engine after this instruction (MaskChanged): clocks or channels changed
==================================== ==================================================================

Everything that may interrupt (check, fetch, program_check) comes before the first change of state.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from operator import length_hint
from typing import TYPE_CHECKING, Any, NoReturn

from vm370.cp.s370 import decoder
from vm370.cp.s370.clocks import Clocks, TimeSource, VirtualTime
from vm370.cp.s370.hooks import Channels, Native, NoChannels, Registers
from vm370.cp.s370.interceptions import Diagnose, InterUserCommunication, SupervisorCall
from vm370.cp.s370.interruptions import (
    ADDRESSING,
    EXECUTE,
    PROTECTION,
    SPECIFICATION,
    ProgramCheck,
    load_new_psw,
    psw_high,
    psw_low,
    supervisor_call_interruption,
)
from vm370.cp.s370.psw import DAT_BIT, EC_ZERO, PER_BIT, RESERVED, Psw
from vm370.cp.s370.storage import (
    ABSENT,
    BLOCK_SHIFT,
    CHANGE,
    FETCH,
    LOW_ADDRESS_PROTECTION,
    LOW_ADDRESSES,
    MAXIMUM,
    REFERENCE,
    Storage,
)
from vm370.cp.s370.translation import translate
from vm370.cp.s370.traps import BARE, TRAP_SVC, Leave

if TYPE_CHECKING:
    from vm370.cp.s370.per import StoreObserver

WRAP = MAXIMUM - 1
_NO_KEYS = bytes([ABSENT]) * ((MAXIMUM >> BLOCK_SHIFT) + 1)
_MASKS = [(1 << 8 * n) - 1 for n in range(257)]
CHANGED, ATTENTION, REPEATED = 1, 2, 4
"""Bits of ``event``: state to be looked at before the next instruction; leave the engine; execute this one again."""
INITIAL_CONTROL_REGISTERS = {0: 0xE0, 2: 0xFFFFFFFF, 14: 0xC2000000, 15: 512}
INTERRUPTED = 1 << 62
"""A floor that no budget reaches."""
_u32, _u64 = ctypes.c_uint32, ctypes.c_uint64
_from_bytes = int.from_bytes


class Cpu(ctypes.Structure):
    """One CPU.  ``cpu_id`` is what STIDP stores (version 8, serial 24, model 16, MCEL length 16 bits)."""

    _fields_ = [
        ("_gr", _u32 * 16),
        ("_cr", _u32 * 16),
        ("_fpr", _u64 * 8),
        ("ia", _u32),
        ("ilc", _u32),
        ("cc", _u32),
        ("program_mask", _u32),
        ("system_mask", _u32),
        ("key", _u32),
        ("ec", _u32),
        ("machine_check", _u32),
        ("wait", _u32),
        ("problem", _u32),
        ("reserved", _u32),
        ("prefix", _u32),
        ("pending", _u32),
        ("trap_mask", _u32),
        ("translation_address", _u32),
        ("monitor_class", _u32),
        ("monitor_code", _u32),
        ("per_code", _u32),
        ("per_address", _u32),
        ("cpu_address", _u32),
        ("external_pending", _u32),
        ("cpu_id", _u64),
        ("tod_offset", ctypes.c_int64),
        ("clock_comparator", _u64),
        ("cpu_timer_base", _u64),
        ("interval_count", _u64),
        ("idle", _u64),
        ("repeats", _u64),
        ("_units", _u64),
        ("floor", ctypes.c_int64),
    ]

    _gr: Any
    _cr: Any
    _fpr: Any
    ia: int
    ilc: int
    cc: int
    program_mask: int
    system_mask: int
    key: int
    ec: int
    machine_check: int
    wait: int
    problem: int
    reserved: int
    prefix: int
    pending: int
    trap_mask: int
    translation_address: int
    monitor_class: int
    monitor_code: int
    per_code: int
    per_address: int
    cpu_address: int
    external_pending: int
    cpu_id: int
    tod_offset: int
    clock_comparator: int
    cpu_timer_base: int
    interval_count: int
    idle: int
    repeats: int
    _units: int
    floor: int

    def __init__(
        self,
        storage: Storage,
        *,
        cpu_id: int = 0x0000_0001_0145_0000,
        channels: Channels | None = None,
        time_source: TimeSource | None = None,
    ) -> None:
        super().__init__()
        self.gr: Registers = self._gr
        self.cr: Registers = self._cr
        self.fpr: Registers = self._fpr
        self.watch: StoreObserver | None = None
        self.cpu_id = cpu_id
        self.channels: Channels = channels if channels is not None else NoChannels()
        self.event = 0
        self.trapped = 0
        self.per_ilc = 0
        self.low_protected = False
        self.tlb: dict[int, int] = {}
        self.purged = 0
        self.native: Native | None = None
        self.asked: Callable[[], bool] | None = None
        self._ticks: Iterator[int] = iter(())
        self._budget = 0
        self.attach(storage)
        self.clocks = Clocks(self, time_source if time_source is not None else VirtualTime())
        self.reset(initial=True)

    def attach(self, storage: Storage) -> None:
        """Use this storage."""
        self.storage = storage
        self.memory = storage.memory
        self.mode_changed()

    def reset(self, *, initial: bool = True, clear: bool = False) -> None:
        """CPU reset: nothing is pending; initial: PSW, control registers, prefix, clocks too; clear: everything."""
        self.trapped = self.external_pending = 0
        self.ilc = 0
        if initial or clear:
            self.psw = Psw()
            for number in range(16):
                self.cr[number] = INITIAL_CONTROL_REGISTERS.get(number, 0)
            self.prefix = 0
            self.clocks.reset()
        if clear:
            for number in range(16):
                self.gr[number] = 0
            for number in range(8):
                self.fpr[number] = 0
            self.storage.clear()
        self.purge_translations()
        self.mode_changed()
        self.event = 0

    # --- PSW and mode ---

    @property
    def psw(self) -> Psw:
        """The current PSW."""
        return Psw.from_bytes(psw_high(self, 0).to_bytes(4, "big") + psw_low(self, 0).to_bytes(4, "big"))

    @psw.setter
    def psw(self, psw: Psw) -> None:
        data = psw.to_bytes()
        load_new_psw(self, _from_bytes(data[:4], "big"), _from_bytes(data[4:], "big"))

    @property
    def invalid_psw(self) -> bool:
        """The current PSW has a format that the machine refuses."""
        return bool(self.ec) and bool(self.reserved & RESERVED or self.system_mask & EC_ZERO)

    def mode_changed(self) -> None:
        """PSW fields, the prefix or CR0, CR1 changed: how storage is accessed, what is enabled."""
        self.access_changed()
        self.event |= CHANGED

    def access_changed(self) -> None:
        """How storage is accessed may have changed."""
        self.translating = bool(self.ec and self.system_mask & DAT_BIT)
        self.per = bool(self.ec and self.system_mask & PER_BIT)
        protected = bool(self.cr[0] & LOW_ADDRESS_PROTECTION)
        if protected != self.low_protected:
            self.low_protected = protected
            if self.native is not None:
                self.native.keys_changed()
        plain = not (self.translating or self.prefix or self.per or protected or self.watch)
        self.direct = plain and self.native is None
        self.fast_keys: bytes | bytearray = self.storage.keys if self.direct else _NO_KEYS
        if self.key:
            self.store_mask, self.store_match = 0xF7, self.key << 4 | REFERENCE | CHANGE
        else:
            self.store_mask, self.store_match = 0x07, REFERENCE | CHANGE
        if self.native is not None:
            self.native.select()

    def reconsider(self) -> None:
        """Interruption masks changed."""
        self.event |= CHANGED

    def host_attention(self) -> None:
        """What the host has to present may have changed."""
        self.event |= ATTENTION

    def leave_engine(self) -> None:
        """The engine that executes this CPU now leaves it soon; from any thread."""
        self.floor = INTERRUPTED

    @property
    def leaving(self) -> bool:
        """An engine that is in Python at the moment has to leave.

        It asks by itself (``asked``), since a thread that would say so may not get the lock of the Python interpreter.
        """
        return bool(self.floor) or (self.asked is not None and self.asked())

    # --- counting ---

    @property
    def units(self) -> int:
        """Units of operation executed so far, the current one included: one for most instructions."""
        return self._units + self._budget - length_hint(self._ticks)

    @property
    def instructions(self) -> int:
        """Instructions executed so far, the current one included."""
        return self.units - self.repeats

    @instructions.setter
    def instructions(self, value: int) -> None:
        self._units += value - self.instructions

    @property
    def now(self) -> int:
        """Virtual time: instructions executed, and those for which the CPU waited."""
        return self.instructions + self.idle

    def start_counting(self, budget: int) -> Iterator[int]:
        """The engine's loop counter: one ``next`` per instruction."""
        self._budget = budget
        self._ticks = iter(range(budget))
        return self._ticks

    def stop_counting(self) -> None:
        """The engine leaves its loop."""
        self._units += self._budget - length_hint(self._ticks)
        self._budget, self._ticks = 0, iter(())

    def not_executed(self) -> None:
        """The instruction that was counted last does not count."""
        self._units -= 1

    # --- storage access by instructions ---

    def absolute(self, address: int, storing: bool = False) -> int:
        """Absolute address of a logical one; translation exceptions."""
        if self.translating:
            address = translate(self, address, storing)
        return self.absolute_of_real(address)

    def absolute_of_real(self, address: int) -> int:
        """Prefixing."""
        if self.prefix:
            page = address & 0xFFF000
            if page == 0:
                return address | self.prefix
            if page == self.prefix:
                return address & 0xFFF
        return address

    def _pieces(self, address: int, length: int) -> list[tuple[int, int]]:
        """(absolute address, length) of the parts that lie in one block each."""
        pieces = []
        while length > 0:
            address &= WRAP
            piece = min(length, 2048 - (address & 2047))
            pieces.append((self.absolute(address), piece))
            address += piece
            length -= piece
        return pieces

    def _check(self, address: int, length: int, storing: bool) -> None:
        keys = self.storage.keys
        native = self.native
        purged = self.purged
        blocks = []
        while length > 0:
            address &= WRAP
            if storing and self.low_protected and address < LOW_ADDRESSES:
                raise ProgramCheck(PROTECTION)
            piece = min(length, 2048 - (address & 2047))
            logical = address >> BLOCK_SHIFT
            block = self.absolute(address, storing) >> BLOCK_SHIFT
            key = keys[block]
            if key & ABSENT:
                raise ProgramCheck(ADDRESSING)
            if self.key and key >> 4 != self.key and (storing or key & FETCH):
                raise ProgramCheck(PROTECTION)
            blocks.append((logical, block))
            address += piece
            length -= piece
        for logical, block in blocks:
            keys[block] |= REFERENCE | CHANGE if storing else REFERENCE
            if native is not None and self.purged == purged:
                native.allowed(logical, block, storing and not (self.low_protected and logical == 0))

    def check_fetch(self, address: int, length: int) -> None:
        """Access exceptions of a fetch."""
        if self.fast_keys[(address & WRAP) >> 11] & 13 != 4 or (address & 2047) + length > 2048:
            self._check(address, length, False)

    def check_store(self, address: int, length: int) -> None:
        """Access exceptions of a store."""
        if (
            self.fast_keys[(address & WRAP) >> 11] & self.store_mask != self.store_match
            or (address & 2047) + length > 2048
        ):
            self._check(address, length, True)

    def fetch(self, address: int, length: int) -> int:
        """check_fetch and get."""
        if self.fast_keys[address >> 11] & 13 == 4 and (address & 2047) + length <= 2048:
            return _from_bytes(self.memory[address : address + length], "big")
        self._check(address, length, False)
        return self.get(address, length)

    def store(self, address: int, length: int, value: int) -> None:
        """check_store and put."""
        if self.fast_keys[address >> 11] & self.store_mask == self.store_match and (address & 2047) + length <= 2048:
            self.memory[address : address + length] = (value & _MASKS[length]).to_bytes(length, "big")
        else:
            self._check(address, length, True)
            self.put(address, length, value)

    def get(self, address: int, length: int) -> int:
        """Fetch what was checked."""
        if self.direct and address + length <= MAXIMUM:
            return _from_bytes(self.memory[address : address + length], "big")
        return _from_bytes(self.read(address, length), "big")

    def put(self, address: int, length: int, value: int) -> None:
        """Store what was checked."""
        data = (value & _MASKS[length]).to_bytes(length, "big")
        if self.direct and address + length <= MAXIMUM:
            self.memory[address : address + length] = data
        else:
            self.write(address, data)

    def read(self, address: int, length: int) -> bytes:
        """Bytes at a logical address, checked before."""
        if self.direct and address + length <= MAXIMUM:
            return self.memory[address : address + length]
        if length == 1:
            absolute = self.absolute(address & WRAP)
            return self.memory[absolute : absolute + 1]
        return b"".join(self.memory[a : a + n] for a, n in self._pieces(address, length))

    def write(self, address: int, data: bytes) -> None:
        """Store bytes at a logical address, checked before."""
        if self.direct and address + len(data) <= MAXIMUM:
            self.memory[address : address + len(data)] = data
            return
        if self.watch is not None:
            self.watch.stored(address & WRAP, len(data))
        code = self.storage.code
        offset = 0
        for a, n in self._pieces(address, len(data)):
            if code is not None:
                code.stored(a, n)
            self.memory[a : a + n] = data[offset : offset + n]
            offset += n

    def copy(self, to: int, source: int, length: int) -> None:
        """Move bytes that were checked; the operands do not overlap destructively."""
        if self.direct and to + length <= MAXIMUM and source + length <= MAXIMUM:
            self.memory[to : to + length] = self.memory[source : source + length]
        else:
            self.write(to, self.read(source, length))

    def fill(self, to: int, length: int, byte: int) -> None:
        """Store the same byte; checked before."""
        self.write(to, bytes([byte & 255]) * length)

    def translate(self, address: int, length: int, table: int) -> None:
        """Replace bytes that were checked by the table's, of which every byte was checked."""
        self.write(address, self.read(address, length).translate(self.read(table, 256)))

    def compare(self, first: int, second: int, length: int) -> int:
        """Condition code of a logical comparison of bytes that were checked."""
        a, b = self.read(first, length), self.read(second, length)
        return 0 if a == b else 1 if a < b else 2

    def bit_length(self, value: int) -> int:
        """Bits of a value that is not negative, without zeros at its left."""
        return value.bit_length()

    def get_real(self, address: int, length: int) -> int:
        """Fetch at a real address for the machine itself; addressing exception."""
        address = self.absolute_of_real(address & WRAP)
        if not self.storage.exists(address, length):
            raise ProgramCheck(ADDRESSING)
        return _from_bytes(self.memory[address : address + length], "big")

    def put_real(self, address: int, length: int, value: int) -> None:
        """Store at a real address for the machine itself; addressing exception."""
        address = self.absolute_of_real(address & WRAP)
        if not self.storage.exists(address, length):
            raise ProgramCheck(ADDRESSING)
        if self.storage.code is not None:
            self.storage.code.stored(address, length)
        self.memory[address : address + length] = (value & _MASKS[length]).to_bytes(length, "big")

    def get_key(self, absolute: int) -> int:
        """Storage key byte, ABSENT bit included, of the block at an absolute address of any size."""
        return self.storage.keys[min(absolute, MAXIMUM) >> BLOCK_SHIFT]

    def set_key(self, absolute: int, key: int) -> None:
        """Set the storage key of the block at an absolute address."""
        self.storage.set_key(absolute, key)

    def purge_translations(self) -> None:
        """Forget what the translation-lookaside buffer has.  ``purged`` counts it."""
        self.tlb.clear()
        self.purged += 1
        if self.native is not None:
            self.native.purge_translations()

    # --- the course of an instruction ---

    def program_check(self, code: int) -> NoReturn:
        """Program interruption; the instruction is suppressed."""
        raise ProgramCheck(code)

    def trap(self, code: int) -> None:
        """Program interruption after the instruction is complete."""
        self.trapped = code
        self.event |= CHANGED

    def branch(self, address: int) -> None:
        """The next instruction is at ``address``."""
        self.ia = address

    def repeat(self) -> None:
        """The unit of operation is complete, the instruction is not: it is executed again."""
        self.event |= REPEATED
        self.repeats += 1

    def fetch_instruction(self, address: int) -> bytes:
        """Six bytes beginning with the instruction at ``address``; access exceptions for those that it has."""
        if address & 1:
            raise ProgramCheck(SPECIFICATION)
        self.check_fetch(address, 2)
        first = self.read(address, 1)[0]
        length = 2 if first < 0x40 else 4 if first < 0xC0 else 6
        self.check_fetch(address, length)
        return self.read(address, length).ljust(6, b"\0")

    def execute(self, address: int, byte: int) -> None:
        """Execute one instruction out of line."""
        code = self.fetch_instruction(address)
        if self.watch is not None:
            self.watch.fetched(address)
        if code[0] == 0x44:
            raise ProgramCheck(EXECUTE)
        if byte:
            code = bytes((code[0], code[1] | byte)) + code[2:]
        decoder.DECODED[code][0](self)

    def supervisor_call(self, number: int) -> None:
        """SVC: interruption, or leave the engine."""
        if self.trap_mask & TRAP_SVC:
            raise Leave(SupervisorCall(number))
        supervisor_call_interruption(self, number)

    def diagnose(self, rx: int, ry: int, code: int) -> NoReturn:
        """DIAGNOSE always leaves the engine."""
        raise Leave(Diagnose(rx, ry, code))

    def inter_user_communication(self, address: int) -> NoReturn:
        """IUCV always leaves the engine."""
        raise Leave(InterUserCommunication(address))

    # --- clocks ---

    def read_tod(self) -> int:
        """TOD clock."""
        return self.clocks.tod()

    def set_tod(self, value: int) -> None:
        """Set the TOD clock."""
        self.clocks.set_tod(value)
        self.host_attention()

    def read_cpu_timer(self) -> int:
        """CPU timer."""
        return self.clocks.cpu_timer()

    def set_cpu_timer(self, value: int) -> None:
        """Set the CPU timer."""
        self.clocks.set_cpu_timer(value)
        self.host_attention()

    def set_clock_comparator(self, value: int) -> None:
        """Set the clock comparator, which has bits 0-55."""
        self.clock_comparator = value & ~0xFF
        self.host_attention()


__all__ = ["BARE", "Cpu", "Leave"]
