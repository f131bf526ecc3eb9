"""Running a case in several engines, and comparing.

A :class:`Machine` is a CPU with an engine and a minute control program: it presents external interruptions by virtual
time, simulates or reflects what traps, answers I/O instructions without any devices, and notes each interception in its
log.  :func:`compare` runs a case in the reference engine and in others, side by side, and gives the first difference.
"""

from __future__ import annotations

import ctypes
import importlib.util
import random
import traceback
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from fuzz_case import Action, Case, Piece

from vm370.cp.engine import reference
from vm370.cp.engine.engines import Engine, engine_for
from vm370.cp.s370.clocks import VirtualTime
from vm370.cp.s370.cpu import Cpu
from vm370.cp.s370.interceptions import (
    BudgetEnd,
    Diagnose,
    Interception,
    InvalidPsw,
    MaskChanged,
    PrivilegedOperation,
    ProgramInterruption,
    SupervisorCall,
    Waiting,
)
from vm370.cp.s370.interruptions import (
    ProgramCheck,
    external_interruption,
    io_enabled,
    io_interruption,
    load_new_psw,
    program_interruption,
    supervisor_call_interruption,
)
from vm370.cp.s370.storage import Storage

REFERENCE = "reference"
SCALARS = [name for name, kind, *_ in Cpu._fields_ if not hasattr(kind, "_length_")]
WINDOWS = ((0, 0x40000), (0xFF0000, 0x10000))
"""Of large storage, what is compared after each piece; all of it is at the end."""
CHANNEL_0 = 0x82
"""Bits of the system mask that let an interruption from channel 0 through, in BC and in EC mode."""
MOST_EXTERNAL, MOST_WAITS = 40, 20
_memcmp = ctypes.CDLL(None).memcmp
_memcmp.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]


def engines() -> list[str]:
    """All engines but the reference; ``again`` and ``background`` are regions too, see :func:`make_engines`."""
    regions = importlib.util.find_spec("vm370.cp.engine.regions") is not None
    return ["interpreter", "regions", "again"] if regions else ["interpreter"]


def make_engines(names: list[str], case: Case) -> list[Engine]:
    """The engines of a run.

    Regions are made at once and soon (from the case's ``threshold`` on), with nothing known from runs before, so that a
    case can be repeated.  ``again`` finds what ``regions`` left and adds to it; ``background`` has a thread make them.
    """
    store = None
    made: list[Engine] = []
    for name in names:
        if name in (REFERENCE, "interpreter"):
            made.append(engine_for(name))
            continue
        from vm370.cp.engine.regions.engine import Regions
        from vm370.cp.engine.regions.store import RegionStore

        if store is None:
            store = RegionStore(cached=False)
            store.make = partial(store.make, level=case.level)
        threshold = max(1, case.threshold // 3) if name == "again" else case.threshold
        made.append(Regions(threshold, synchronous=name != "background", store=store))
    return made


_executed_by_reference: list[int] = [0]
_reference_run = reference.run


def _counted(cpu: Cpu, budget: int) -> Interception:
    before = cpu.units
    try:
        return _reference_run(cpu, budget)
    finally:
        _executed_by_reference[0] += cpu.units - before


reference.run = _counted


class FakeChannels:
    """Channels without devices that answer by the address, and sometimes store a CSW."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def _answer(self, kind: int, address: int) -> int:
        cpu = self._machine.cpu
        self._machine.log.append(("io", kind, address, cpu.instructions))
        code = (address ^ address >> 4 ^ kind) & 3
        if code == 1:
            cpu.storage.write(cpu.prefix + 0x40, (address * 0x01010101 & 0xFFFFFFFF).to_bytes(8, "big"))
        if code == 0 and kind == 0:
            at = address * 16 & 0xFFF0
            cpu.storage.write(at, bytes([address & 255]) * (address >> 8 & 7))
            cpu.pending |= CHANNEL_0
        return code

    def sio(self, address: int, fast: bool) -> int:
        return self._answer(0, address)

    def tio(self, address: int, clear: bool) -> int:
        return self._answer(1, address)

    def hio(self, address: int, halt_device: bool) -> int:
        return self._answer(2, address)

    def tch(self, address: int) -> int:
        return self._answer(3, address)

    def stidc(self, address: int) -> int:
        return self._answer(1, address)


class Machine:
    """One engine with the state of a case."""

    def __init__(self, name: str, engine: Engine, case: Case) -> None:
        self.name = name
        self.engine = engine
        self.by_reference = 0
        self.case = case
        self.log: list[tuple[Any, ...]] = []
        self.finished = False
        self.piece_number = 0
        storage = Storage(case.size)
        self.cpu = cpu = Cpu(
            storage, channels=FakeChannels(self), time_source=VirtualTime(instructions_per_microsecond=case.rate)
        )
        cpu.clocks.interval = case.interval
        memory = storage.memory
        for at, data in case.storage:
            memory[at : at + len(data)] = data
        blocks = case.size >> 11
        keys = bytearray(b"\6" * blocks)
        for block, key in case.keys.items():
            keys[block] = key
        storage.keys[:blocks] = keys
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        self.begun = 0
        for n in range(16):
            cpu.gr[n] = case.gr[n]
        for n in range(8):
            cpu.fpr[n] = case.fpr[n]
        for n, value in case.cr.items():
            cpu.cr[n] = value
        for name, value in case.fields.items():
            setattr(cpu, name, value)
        self.begun = cpu.units
        cpu.tlb.update(case.tlb)
        cpu.mode_changed()

    # --- the host ---

    def act(self, action: Action) -> None:
        """One action; see fuzz_case.py."""
        cpu, storage = self.cpu, self.cpu.storage
        match action:
            case ("gr", words):
                for n, word in enumerate(words):
                    cpu.gr[n] = word
            case ("psw", high, low):
                load_new_psw(cpu, high, low)
            case ("poke", at, data):
                storage.write(at, data)
            case ("r", n, word):
                cpu.gr[n] = word
            case ("fpr", n, word):
                cpu.fpr[n] = word
            case ("cr", n, word):
                cpu.cr[n] = word
                cpu.mode_changed()
            case ("store", at, data, key):
                try:
                    storage.store(at, data, key)
                except ProgramCheck as check:
                    self.log.append(("store", check.code))
            case ("key", at, key):
                storage.set_key(at, key)
            case ("release", first, last):
                storage.release(first, last)
            case ("pending", n):
                cpu.pending = n
            case ("external", bits):
                cpu.external_pending |= bits
            case ("trap", mask):
                cpu.trap_mask = mask
            case ("prefix", prefix):
                cpu.prefix = prefix
                cpu.purge_translations()
                cpu.mode_changed()
            case ("purge",):
                cpu.purge_translations()
            case ("idle", n):
                cpu.idle += n
            case ("give_back",):
                release = getattr(cpu.native, "release", None)
                if release is not None:
                    release()
            case ("reset",):
                cpu.reset(initial=True)
            case _:
                raise ValueError(f"unknown action {action!r}")

    def run_piece(self, piece: Piece) -> None:
        """The actions, then the instructions (of MVCL and CLCL units of operation)."""
        self.log.clear()
        if self.finished:
            return
        before = _executed_by_reference[0]
        self._run_piece(piece)
        self.by_reference += _executed_by_reference[0] - before

    def _run_piece(self, piece: Piece) -> None:
        for action in piece.actions:
            self.act(action)
        dice = random.Random(piece.cut) if piece.cut and self.name != REFERENCE else None
        cpu = self.cpu
        end = cpu.units + piece.budget
        external = waits = 0
        at = -1
        while not self.finished and (left := end - cpu.units) > 0:
            if cpu.units != at:
                external, at = 0, cpu.units
            try:
                if self._present():
                    external += 1
                    if external > MOST_EXTERNAL:
                        self.finished = True
                    continue
                limit = cpu.clocks.budget(left) if self.case.timers else left
                stop = self._run(limit, dice)
                self._handle(stop)
            except ProgramCheck as check:  # the interruption's own PSWs are not there
                self.log.append(("no storage", check.code))
                self.finished = True
            else:
                if isinstance(stop, Waiting):
                    waits += 1
                    if waits > MOST_WAITS or not self._wait():
                        break

    def _run(self, limit: int, dice: random.Random | None) -> Interception:
        cpu = self.cpu
        run = self.engine.run
        if dice is None:
            return run(cpu, limit)
        left = limit
        for _ in range(dice.choice((1, 1, 2, 3))):
            piece = dice.randrange(1, left + 1)
            before = cpu.units
            stop = run(cpu, piece)
            if not isinstance(stop, BudgetEnd):
                return stop
            if cpu.units - before != piece:
                self.log.append(("count", cpu.units - before, piece))
            left -= piece
            if not left:
                return stop
        return run(cpu, left)

    def _present(self) -> bool:
        """Present an interruption; True if there was one."""
        cpu = self.cpu
        if cpu.event and cpu.invalid_psw:
            return False
        if self.case.timers:
            cpu.clocks.update()
        code = cpu.clocks.external_code() if self.case.timers or cpu.external_pending else None
        if code is not None:
            self.log.append(("external", code, cpu.ia, cpu.instructions))
            cpu.clocks.accept(code)
            external_interruption(cpu, code)
            return True
        if cpu.pending & CHANNEL_0 and io_enabled(cpu, 0):
            self.log.append(("i/o", cpu.ia, cpu.instructions))
            cpu.pending &= ~CHANNEL_0
            cpu.put_real(0x40, 4, 0x00001000)
            io_interruption(cpu, 0x0E)
            return True
        return False

    def _wait(self) -> bool:
        cpu = self.cpu
        units = cpu.clocks.next_event() if self.case.timers and cpu.system_mask & 1 else None
        if units is None:
            return False
        cpu.clocks.skip(max(units, 1))
        return True

    def _handle(self, stop: Interception) -> None:
        cpu = self.cpu
        if isinstance(stop, BudgetEnd):
            return
        named = not isinstance(stop, MaskChanged | Waiting)
        self.log.append((stop, cpu.ia, cpu.ilc if named else -1, cpu.instructions))
        match stop:
            case PrivilegedOperation():
                before = cpu.units
                result = self.engine.simulate(cpu)
                if isinstance(result, PrivilegedOperation) or cpu.units == before:
                    self.log.append(("simulated nothing", result))
                    self.finished = True
                elif result is not None:
                    self._handle(result)
            case ProgramInterruption(code):
                program_interruption(cpu, code)
            case SupervisorCall(number):
                supervisor_call_interruption(cpu, number)
            case Diagnose(rx, ry, code):
                at = cpu.gr[rx] & (cpu.storage.size - 1)
                if code & 1:
                    program_interruption(cpu, 6)
                elif code & 2:
                    length = min(cpu.gr[ry] & 0xFF, cpu.storage.size - at)
                    cpu.storage.write(at, bytes([code >> 2 & 255]) * length)
                else:
                    cpu.gr[ry] = cpu.gr[rx] ^ code
                    cpu.cc = code >> 2 & 3
            case InvalidPsw():
                self.finished = True

    # --- what is there ---

    def fields(self) -> dict[str, int]:
        """The fields of the CPU that are compared."""
        found = {name: getattr(self.cpu, name) for name in SCALARS}
        del found["ilc"]
        return found

    def describe(self) -> dict[str, str]:
        """Everything but storage, readable."""
        cpu = self.cpu
        found = {name: f"{value:X}" for name, value in self.fields().items()}
        found |= {f"gr{i}": f"{v:08X}" for i, v in enumerate(cpu.gr)}
        found |= {f"fpr{i}": f"{v:016X}" for i, v in enumerate(cpu.fpr)}
        found |= {f"cr{i}": f"{v:08X}" for i, v in enumerate(cpu.cr)}
        found |= {"event": str(cpu.event), "trapped": str(cpu.trapped), "finished": str(self.finished)}
        found |= {f"key {block * 2048:06X}": f"{key:02X}" for block, key in enumerate(cpu.storage.keys) if key & 0xFE}
        found |= {f"tlb {tag:X}": f"{frame:X}" for tag, frame in cpu.tlb.items()}
        found |= {f"log {i}": str(entry) for i, entry in enumerate(self.log)}
        return found


@dataclass
class Difference:
    """What is not the same after a piece."""

    engine: str
    piece: int
    lines: list[str] = field(default_factory=list)


def _same_storage(a: Machine, b: Machine, whole: bool) -> bool:
    size = a.case.size
    if whole or size <= WINDOWS[0][1]:
        return not _memcmp(a.address, b.address, size)
    return all(not _memcmp(a.address + at, b.address + at, min(n, size - at)) for at, n in WINDOWS if at < size)


def _quick(a: Machine, b: Machine, whole: bool) -> bool:
    x, y = a.cpu, b.cpu
    x.ilc = y.ilc = 0
    return (
        bytes(x) == bytes(y)
        and a.log == b.log
        and a.finished == b.finished
        and x.event == y.event
        and x.trapped == y.trapped
        and x.storage.keys == y.storage.keys
        and x.tlb == y.tlb
        and _same_storage(a, b, whole)
    )


def difference(a: Machine, b: Machine, piece: int, whole: bool = False) -> Difference | None:
    """What is not the same in two machines."""
    saved = a.cpu.ilc, b.cpu.ilc
    same = _quick(a, b, whole)
    a.cpu.ilc, b.cpu.ilc = saved
    if same:
        return None
    found, expected = b.describe(), a.describe()
    lines = []
    for name in sorted(found.keys() | expected.keys()):
        if found.get(name) != expected.get(name):
            lines.append(f"{name}: {expected.get(name)} / {found.get(name)}")
    for at in range(0, a.case.size, 0x10000):
        n = min(0x10000, a.case.size - at)
        if _memcmp(a.address + at, b.address + at, n):
            one, other = a.cpu.storage.read(at, n), b.cpu.storage.read(at, n)
            first = next(i for i in range(n) if one[i] != other[i])
            lines.append(
                f"storage {at + first:06X}: {one[first : first + 16].hex()} / {other[first : first + 16].hex()}"
            )
            break
    return Difference(b.name, piece, lines) if lines else None


@dataclass
class Totals:
    """What was done, by engine."""

    cases: int = 0
    pieces: int = 0
    instructions: int = 0
    tiers: dict[str, dict[str, float]] = field(default_factory=dict)
    kinds: dict[str, list[int]] = field(default_factory=dict)

    def add(self, machines: list[Machine]) -> None:
        """Count what the machines did."""
        self.instructions += machines[0].cpu.units - machines[0].begun
        for machine in machines[1:]:
            count_statistics(machine, self.tiers.setdefault(machine.name, {}))


def count_statistics(machine: Machine, sums: dict[str, float]) -> None:
    """Add what was executed by which part."""
    regions = getattr(machine.cpu.native, "region_instructions", 0)
    done = {
        "reference": machine.by_reference,
        "interpreter": machine.cpu.units - machine.begun - machine.by_reference - regions,
        "regions": regions,
    }
    installation = getattr(machine.cpu.native, "installation", None)
    if installation is not None:
        counts = installation.store.counts
        done |= {"installed": installation.installed, "dropped": installation.dropped_regions}
        done |= {"compiled": counts.compiled, "failed": counts.failed, "seconds": counts.seconds}
    for name, value in done.items():
        sums[name] = sums.get(name, 0) + value


def compare(case: Case, names: list[str] | None = None, totals: Totals | None = None) -> Difference | None:
    """Run a case in the reference engine and in those named; the first difference."""
    names = [REFERENCE, *(engines() if names is None else names)]
    machines = [Machine(name, engine, case) for name, engine in zip(names, make_engines(names, case), strict=True)]
    first = machines[0]
    last = len(case.pieces) - 1
    for number, piece in enumerate(case.pieces):
        for machine in machines:
            try:
                machine.run_piece(piece)
            except Exception as error:  # whatever it is, it is a finding
                where = traceback.extract_tb(error.__traceback__)[-1]
                return Difference(machine.name, number, [f"{error!r} in {where.filename}:{where.lineno}"])
        if totals is not None:
            totals.pieces += 1
        ended = first.finished or number == last
        for machine in machines[1:]:
            found = difference(first, machine, number, ended)
            if found is not None:
                return found
        if ended:
            break
    if totals is not None:
        totals.cases += 1
        totals.add(machines)
    return None


def captured(cpu: Cpu, case: Case, pieces: list[Piece]) -> Case:
    """The case with the state of a CPU to begin with."""
    size = cpu.storage.size
    fields = {name: getattr(cpu, name) for name in [*SCALARS, "event", "trapped"]}
    data = cpu.storage.read(0, size)
    return replace(
        case,
        size=size,
        gr=list(cpu.gr),
        fpr=list(cpu.fpr),
        cr=dict(enumerate(cpu.cr)),
        fields={name: value for name, value in fields.items() if value},
        storage=[(at, data[at : at + 4096]) for at in range(0, size, 4096) if any(data[at : at + 4096])],
        keys={block: key for block, key in enumerate(cpu.storage.keys[: size >> 11]) if key != 6},
        tlb=dict(cpu.tlb),
        pieces=pieces,
    )
