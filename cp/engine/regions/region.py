"""A region: which stretches it has, what it is entered with, and its function as LLVM text.

:func:`translate` follows the code from the entries.  A stretch begins wherever control can arrive from elsewhere; it is
made again when more ways to it become known, on which less is known of the registers, or when a branch into the middle
of it is found.  The result is a :class:`Plan`: everything that has to be true in a guest for the code to be its own,
and by which it is found again (the *content*).  The function, with the signature of the interpreter's handlers::

    entry      not to be left, budget enough? code blocks accessible? which entry? registers as guarded? else -> miss
    i_<address>  stretches; every one ends in another or in %leave
    %leave     changed registers into the CPU, budget, count; on in `slow` or `jump` of the interpreter
    miss       counts down in the entry table; leaves with HOT when that comes to zero, else on in `slow`
"""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import dataclass

from vm370.cp.engine.native.arithmetic import Lines, flatten
from vm370.cp.engine.native.context import CONTEXT_OFFSETS, CPU_OFFSETS, HOT
from vm370.cp.engine.native.interpreter_text import CONVENTION, NOWHERE, PARAMETERS
from vm370.cp.engine.native.model import STATE, TABLE
from vm370.cp.engine.native.specialiser import LIKELY
from vm370.cp.engine.native.values import NotCompilable
from vm370.cp.engine.regions.code import Code
from vm370.cp.engine.regions.knowledge import ADDRESS, ADDRESS_BITS, Known, State, meet_states
from vm370.cp.engine.regions.outlook import branch_targets
from vm370.cp.engine.regions.slots import count_lines, read_lines, write_lines
from vm370.cp.engine.regions.text import BOUND, CALLED, LOW, Stretch, StretchText, covers_lines

LIMIT = 600
"""Instructions of a region."""
ROUNDS = 4
"""A region is given up when its stretches have to be made again so many times more often than there are stretches."""

PORTION, SLOW_PORTION = 1 << 16, 1 << 12
"""So many instructions does a region execute before it looks whether somebody wants the engine to be left: to look at
each branch back would cost loops of a few instructions a quarter of their speed."""
SLOW_FORMATS = {"SSD", "SRP"}
"""Formats of instructions (decimal) that may take a hundred times as long as others."""
ROWS = 4096
"""Rows of the entry table, of 16 bytes each: tag, count, function."""
BLOCKS = 4
"""A region's instructions are in so many blocks of 2 KiB at most."""


def row_of(address: int) -> int:
    """Row of the entry table that an entry has."""
    return address >> 1 & ROWS - 1


def expected_offset(address: int) -> int:
    """Where, behind the entry table, the map's entries for the blocks of the region entered there are noted."""
    return 16 * ROWS + 8 * BLOCKS * row_of(address)


@dataclass(frozen=True, slots=True)
class Plan:
    """What must be true where a region is used: bytes at logical addresses, registers at the entries."""

    entries: tuple[tuple[int, tuple[tuple[int, int], ...]], ...]
    """(address, ((general register, its low 24 bits) ...)) of each entry."""
    runs: tuple[tuple[int, bytes], ...]
    """(logical address, bytes): the instructions."""
    instructions: int
    """How many there are: the budget must be at least as large when it is entered."""

    @property
    def blocks(self) -> list[int]:
        """Numbers of the logical blocks of 2 KiB that the instructions are in."""
        return sorted({address >> 11 for address, _ in self.runs})

    @property
    def name(self) -> str:
        """Hash of the content."""
        return hashlib.sha256(repr((self.entries, self.runs)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be translated: entries with the registers there, and registers that are no use as guards."""

    code: Code
    entries: tuple[tuple[int, tuple[int, ...]], ...]
    avoided: frozenset[int] = frozenset()
    limit: int = LIMIT
    inline: bool = False
    """Long instructions are translated too."""


def entry_state(address: int, registers: tuple[int, ...], avoided: frozenset[int]) -> State:
    """What is known at an entry."""
    return tuple(
        None if number in avoided else Known(ADDRESS_BITS, value & ADDRESS, frozenset({(address, number)}))
        for number, value in enumerate(registers)
    )


class _Builder:
    """Finds the stretches of a wish."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.registers = dict(wish.entries)
        self.stretches: dict[int, Stretch] = {}
        self.states: dict[int, State] = {}
        self.code_blocks: frozenset[int] = frozenset(address >> 11 for address in self.registers)
        self.text = StretchText(wish.code, self.code_blocks)
        self.targets = branch_targets(wish.code, wish.entries, wish.limit)

    def build(self) -> None:
        """All stretches, stable."""
        for _ in range(4):
            self._follow()
            blocks = frozenset(
                at >> 11
                for stretch in self.stretches.values()
                for i in (*stretch.covered.values(), *stretch.targets.values())
                for at in (i.address, i.address + i.length - 1)
            )
            if len(blocks) > BLOCKS:
                raise NotCompilable("code in too many blocks")
            if not (blocks ^ self.code_blocks) & self.text.stored_blocks:
                return  # nothing depended on it
            self.code_blocks = blocks
        raise NotCompilable("code in ever more blocks")

    def _follow(self) -> None:
        text = self.text = StretchText(self.wish.code, self.code_blocks, inline=self.wish.inline)
        stretches = self.stretches = {}
        states = self.states = {
            address: entry_state(address, registers, self.wish.avoided) for address, registers in self.registers.items()
        }
        text.leaders = set(states) | self.targets
        todo = deque(states)
        owners: dict[int, int] = {}
        made = 0
        while todo:
            start = todo.popleft()
            if start in todo:
                continue
            size = sum(len(s.covered) for s in stretches.values() if s.start != start)
            if size >= self.wish.limit and start not in stretches:
                continue
            made += 1
            if made > ROUNDS * (len(states) + 4):
                raise NotCompilable("stretches that do not settle")
            found = text.stretch(start, states[start], self.wish.limit - size + 1)
            for address in found.covered:
                owners[address] = start
            stretches[start] = found
            again = set()
            if found.links - text.returns:
                text.returns |= found.links
                again |= {s.start for s in stretches.values() if s.dynamic}
            for target, state in found.edges:
                if target in owners and owners[target] != target and target not in text.leaders:
                    again.add(owners[target])
                text.leaders.add(target)
                known = states.get(target)
                merged = state if known is None else meet_states(known, state)
                if merged != known:
                    states[target] = merged
                    again.add(target)
                elif target not in stretches:
                    again.add(target)
            todo.extend(sorted(again - set(todo)))

    def reachable(self) -> list[Stretch]:
        """The stretches that can be come to."""
        found: set[int] = set()
        todo = list(self.registers)
        while todo:
            start = todo.pop()
            if start not in found and start in self.stretches:
                found.add(start)
                todo += [target for target, _ in self.stretches[start].edges]
        return [self.stretches[start] for start in sorted(found)]


def translate(wish: Wish) -> tuple[Plan, str]:
    """(plan, text of the function ``@r_<name of the plan>``); NotCompilable if it is not worth it."""
    builder = _Builder(wish)
    builder.build()
    stretches = builder.reachable()
    if not all(builder.stretches[address].translated for address in builder.registers):
        raise NotCompilable("nothing to translate at an entry")
    relied = {reason for stretch in stretches for reason in stretch.relied}
    entries = tuple(
        (address, tuple((n, registers[n] & ADDRESS) for a, n in sorted(relied) if a == address))
        for address, registers in wish.entries
    )
    instructions = {i.address: i for s in stretches for i in (*s.covered.values(), *s.targets.values())}
    plan = Plan(entries, _runs(wish.code, [(i.address, i.length) for i in instructions.values()]), len(instructions))
    return plan, _function(plan, builder, stretches)


def _runs(code: Code, pieces: list[tuple[int, int]]) -> tuple[tuple[int, bytes], ...]:
    """The pieces' bytes, those that touch put together."""
    runs: list[tuple[int, int]] = []
    for address, length in sorted(pieces):
        if runs and address <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(runs[-1][1], address + length))
        else:
            runs.append((address, address + length))
    return tuple((start, code.read(start, end - start) or b"") for start, end in _cut(runs))


def _cut(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same without going from one block into another."""
    pieces = []
    for start, end in runs:
        while start < end:
            edge = min(end, (start | 2047) + 1)
            pieces.append((start, edge))
            start = edge
    return pieces


def _function(plan: Plan, builder: _Builder, stretches: list[Stretch]) -> str:
    text = builder.text
    touched = sorted({key for s in stretches for key in s.touched | s.changed})
    changed = sorted({key for s in stretches for key in s.changed})
    for stretch in stretches:
        for name, place in stretch.stores:
            place[:] = [line for key in changed for line in write_lines(f"{key}.s{name}", key, *text.place(key)[:2])]
    body: Lines = [stretch.lines for stretch in stretches]
    leaves = [leave for stretch in stretches for leave in stretch.leaves]
    present = {stretch.start for stretch in stretches}
    for target in sorted({target for s in stretches for target, _ in s.edges} - present):
        body += [f"i_{target:x}:", "br label %leave"]
        leaves.append((f"i_{target:x}", str(target), 0, "jump_function"))
    body += _leave(leaves, changed, text)
    head: Lines = ["entry:", "%bud = alloca i64", "store i64 %budget, ptr %bud"]
    for key in touched:
        head += [f"%{key} = alloca i64", *read_lines(f"{key}.e", key, *text.place(key)[:2])]
    head += [
        *covers_lines("%ready", "%budget", str(plan.instructions)),
        *_low_lines(plan.instructions, portion(stretches)),
        f"%ep = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS['entries']}",
        *text.hoisted.values(),
    ]
    cases = " ".join(f"i64 {address}, label %g_{address:x}" for address, _ in plan.entries)
    head += [f"br i1 %ready, label %which, label %late{LIKELY}", "which:", f"switch i64 %ia, label %late [ {cases} ]"]
    for address, guards in plan.entries:
        head += _guard(address, guards, plan.blocks)
    name = f"r_{plan.name}"
    lines = "\n".join(flatten([head, _miss(), body])).replace(BOUND, str(plan.instructions))
    return f"define {CONVENTION} i32 @{name}({PARAMETERS}) {{\n{lines}\n}}\n"


def portion(stretches: list[Stretch]) -> int:
    """Instructions between two looks at the CPU's floor."""
    instructions = [i for s in stretches for i in (*s.covered.values(), *s.targets.values())]
    slow = any(i.op is not None and (i.op.mnemonic in CALLED or i.op.format.name in SLOW_FORMATS) for i in instructions)
    return SLOW_PORTION if slow else PORTION


def _low_lines(instructions: int, portion: int) -> Lines:
    """Lines that say how small the budget may become before a branch back leaves the region."""
    return [
        f"%portion = sub i64 %budget, {portion}",
        f"%enough = icmp sgt i64 %portion, {instructions}",
        f"{LOW} = select i1 %enough, i64 %portion, i64 {instructions}",
    ]


def _guard(address: int, guards: tuple[tuple[int, int], ...], blocks: list[int]) -> Lines:
    """The block of an entry: on if its code is where it was when it was installed, and the registers as they were."""
    lines: Lines = [f"g_{address:x}:", f"%g{address:x}.t = load ptr, ptr %ep{STATE}"]
    ok = "true"
    for number, block in enumerate(blocks):
        p = f"%g{address:x}.b{number}"
        lines += [
            f"{p}.p = getelementptr i8, ptr %map, i64 {8 * block}",
            f"{p}.v = load ptr, ptr {p}.p{TABLE}",
            f"{p}.q = getelementptr i8, ptr %g{address:x}.t, i64 {expected_offset(address) + 8 * number}",
            f"{p}.w = load ptr, ptr {p}.q{STATE}",
            f"{p}.e = icmp eq ptr {p}.v, {p}.w",
            f"{p}.k = and i1 {ok}, {p}.e",
        ]
        ok = f"{p}.k"
    for number, contents in guards:
        p = f"%g{address:x}.{number}"
        lines += [
            f"{p}.p = getelementptr i8, ptr %s, i64 {CPU_OFFSETS['_gr'] + 4 * number}",
            f"{p}.v = load i32, ptr {p}.p{STATE}",
            f"{p}.a = and i32 {p}.v, {ADDRESS}",
            f"{p}.e = icmp eq i32 {p}.a, {contents}",
            f"{p}.k = and i1 {ok}, {p}.e",
        ]
        ok = f"{p}.k"
    return [*lines, f"br i1 {ok}, label %i_{address:x}, label %miss{LIKELY}"]


def _leave(leaves: list[tuple[str, str, int, str]], changed: list[str], text: StretchText) -> Lines:
    """The block by which the region is left."""
    if not leaves:
        return []

    def phi(kind: str, values: list[str]) -> str:
        return f"phi {kind} " + ", ".join(f"[ {v}, %{x[0]} ]" for v, x in zip(values, leaves, strict=True))

    lines: Lines = [
        "leave:",
        f"%lia = {phi('i64', [x[1] for x in leaves])}",
        f"%ldone = {phi('i64', [str(x[2]) for x in leaves])}",
        f"%lfield = {phi('i64', [str(CONTEXT_OFFSETS[x[3]]) for x in leaves])}",
        "%lbud = load i64, ptr %bud",
        "%lleft = sub i64 %lbud, %ldone",
        *count_lines("leave", "%lleft"),
    ]
    for key in changed:
        lines += write_lines(f"{key}.l", key, *text.place(key)[:2])
    return [
        *lines,
        "%lfp = getelementptr i8, ptr %c, i64 %lfield",
        f"%lf = load ptr, ptr %lfp{STATE}",
        *_on("%lf", "l"),
    ]


def _on(function: str, prefix: str) -> Lines:
    arguments = f"ptr %s, ptr %c, i64 0, i64 %lia, i64 %lleft, ptr %map, i64 {NOWHERE}, ptr null"
    return [f"%{prefix}r = musttail call {CONVENTION} i32 {function}({arguments})", f"ret i32 %{prefix}r"]


def _miss() -> Lines:
    """Guards that failed are counted in the entry table."""
    later = f"ptr %s, ptr %c, i64 0, i64 %ia, i64 %budget, ptr %map, i64 {NOWHERE}, ptr null"
    return [
        "miss:",
        f"%me = load ptr, ptr %ep{STATE}",
        "%mi0 = lshr i64 %ia, 1",
        "%mi1 = and i64 %mi0, 4095",
        "%mi2 = shl i64 %mi1, 4",
        "%mi3 = add i64 %mi2, 4",
        "%mp = getelementptr i8, ptr %me, i64 %mi3",
        f"%mc = load i32, ptr %mp{STATE}",
        "%mn = sub i32 %mc, 1",
        f"store i32 %mn, ptr %mp{STATE}",
        "%mz = icmp eq i32 %mn, 0",
        "br i1 %mz, label %hot, label %late",
        "hot:",
        "%hia = trunc i64 %ia to i32",
        f"%hip = getelementptr i8, ptr %s, i64 {CPU_OFFSETS['ia']}",
        f"store i32 %hia, ptr %hip{STATE}",
        f"%hbp = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS['budget']}",
        f"store i64 %budget, ptr %hbp{STATE}",
        f"ret i32 {HOT}",
        "late:",
        f"%sfp = getelementptr i8, ptr %c, i64 {CONTEXT_OFFSETS['slow_function']}",
        f"%sf = load ptr, ptr %sfp{STATE}",
        f"%sr = musttail call {CONVENTION} i32 %sf({later})",
        "ret i32 %sr",
    ]
