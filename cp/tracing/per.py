"""PER: trace sets, their elements, and which element an instruction is an event of.

A *trace set* is a list of elements.  One is current; others are kept under a name (PER SAVE, PER GET).  An *element*
has a kind, the data that the kind asks for, ranges of instruction addresses to which it is limited, and options::

    BRANCH     a successful branch; with a range: one into it, shown with the branches before it
    GREG       a general register has another value; with a register: that one; with a number: that value
    IFETCH     an instruction; with data: one that begins with these bytes
    MASK       bits of the byte at an address have changed
    PAGETRACE  another page, or another range, than that of the instruction before
    STORE      a store; with a range: into it; with address and data: one that leaves the data there

An instruction is looked at when it is complete.  Address ranges wrap: one that ends below its beginning goes over
location 0.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum

from vm370.cp.tracing.steps import Instruction

LAST = 0xFFFFFF
TRACEBACK = 6
"""Branches that are kept."""
MOST_ELEMENTS, MOST_SETS = 64, 32
"""Of one set, of one user."""
PAGE = 4096


class Kind(Enum):
    """What an element is about, with its shortest form in capitals."""

    BRANCH = "Branch"
    GREG = "Greg"
    IFETCH = "Ifetch"
    MASK = "Mask"
    PAGETRACE = "PAgetrace"
    STORE = "STore"


@dataclass(frozen=True, slots=True)
class Range:
    """Logical addresses, both ends included."""

    first: int
    last: int

    def __contains__(self, address: int) -> bool:
        if self.first <= self.last:
            return self.first <= address <= self.last
        return address >= self.first or address <= self.last

    def meets(self, address: int, length: int) -> bool:
        """Whether some of these bytes are in it."""
        return address in self or self.first - address & LAST < length

    def __str__(self) -> str:
        return f"{self.first:X}:{self.last:X}"


@dataclass(frozen=True, slots=True)
class Options:
    """What is done with the events of an element."""

    skip: int = 0
    step: int = 1
    passed: int = 0
    """The first events that are not shown."""
    run: bool = False
    terminal: bool = True
    printer: bool = False
    commands: tuple[str, ...] = ()

    def __str__(self) -> str:
        words = [f"SKIP {self.skip}"] * (self.skip > 0) + [f"STEP {self.step}"] * (self.step != 1)
        words += [f"PASS {self.passed}"] * (self.passed > 0) + ["RUN"] * self.run
        words += ["PRINTER"] * self.printer + ["TERMINAL"] * self.terminal
        return " ".join(words + (["CMD " + ";".join(self.commands)] if self.commands else []))


@dataclass(slots=True)
class Element:
    """One element of a trace set."""

    kind: Kind
    target: Range | None = None
    """BRANCH: where to; STORE: what is stored into; MASK: the byte."""
    register: int | None = None
    number: int | None = None
    data: bytes = b""
    """IFETCH: how the instruction begins; STORE: what is stored; MASK: one byte, the bits."""
    page: int = PAGE
    ranges: list[Range] = field(default_factory=list)
    options: Options = field(default_factory=Options)
    count: int = 0
    """Events so far."""
    skipped: int = 0
    shown: int = 0

    def __str__(self) -> str:
        words = [self.kind.name]
        if self.register is not None:
            words[0] += f"{self.register}"
        if self.kind is Kind.PAGETRACE and not self.ranges:
            words.append(str(self.page))
        if self.target is not None:
            alone = self.target.first == self.target.last
            words.append(f"{self.target.first:X}" if alone else str(self.target))
        if self.number is not None:
            words.append(f"{self.number:X}")
        words += [self.data.hex().upper()] if self.data else []
        words += [f"RANGE {where}" for where in self.ranges]
        return " ".join([*words, str(self.options)]).rstrip()

    def copy(self) -> Element:
        """For another set: nothing has happened yet."""
        return replace(self, ranges=list(self.ranges), count=0, skipped=0, shown=0)

    def alike(self, other: Element) -> bool:
        """The same but for the ranges."""
        return replace(self, ranges=[], count=0, skipped=0, shown=0) == replace(
            other, ranges=[], count=0, skipped=0, shown=0
        )

    def due(self) -> bool:
        """One more event: whether it is shown, by PASS and SKIP."""
        self.count += 1
        if self.count <= self.options.passed:
            return False
        self.skipped += 1
        if self.skipped < self.options.skip:
            return False
        self.skipped = 0
        return True

    def stops(self) -> bool:
        """It was shown: whether CP mode is entered, by STEP and RUN."""
        if self.options.run or not self.options.terminal:
            return False
        self.shown += 1
        if self.shown < self.options.step:
            return False
        self.shown = 0
        return True


@dataclass(slots=True)
class Seen:
    """What one instruction has done."""

    step: Instruction
    cc: int
    branched_to: int | None
    registers: dict[int, int]
    """General registers that have another value now."""
    stores: list[tuple[int, int]]
    look: Callable[[int, int], bytes]
    """Storage at a logical address as it is now."""


@dataclass(slots=True)
class Branch:
    """A line of the traceback table."""

    step: Instruction
    target: int
    times: int = 1


class TraceSets:
    """The trace sets of one virtual machine."""

    def __init__(self) -> None:
        self.current: list[Element] = []
        self.saved: dict[str, list[Element]] = {}
        self.branches: deque[Branch] = deque(maxlen=TRACEBACK)
        self._masked: dict[int, int] = {}
        self._page: int | None = None
        self.last_shown_end: int | None = None

    @property
    def watches_stores(self) -> bool:
        """Stores have to be seen."""
        return any(element.kind is Kind.STORE for element in self.current)

    @property
    def keeps_branches(self) -> bool:
        """A traceback table is kept."""
        return any(element.kind is Kind.BRANCH for element in self.current)

    def add(self, new: Element) -> bool:
        """One more element of the current set, merged with one that is like it; False if there is no room."""
        for element in self.current:
            if element.alike(new) and bool(element.ranges) == bool(new.ranges):
                element.ranges += [where for where in new.ranges if where not in element.ranges]
                return True
        if len(self.current) >= MOST_ELEMENTS:
            return False
        self.current.append(new)
        return True

    def begin(self, look: Callable[[int, int], bytes]) -> None:
        """Before an instruction: remember the bytes that MASK asks about."""
        for element in self.current:
            if element.kind is Kind.MASK and element.target is not None:
                self._masked[element.target.first] = _byte(look(element.target.first, 1))

    def note_branch(self, seen: Seen) -> None:
        """Into the traceback table."""
        if seen.branched_to is None or not self.keeps_branches:
            return
        last = self.branches[-1] if self.branches else None
        if last is not None and last.step.address == seen.step.address and last.target == seen.branched_to:
            last.times += 1
        else:
            self.branches.append(Branch(seen.step, seen.branched_to))

    def events(self, seen: Seen) -> list[Element]:
        """Elements of the current set that the instruction is an event of and that show it."""
        return [element for element in self.current if self._concerns(element, seen) and element.due()]

    def _concerns(self, element: Element, seen: Seen) -> bool:
        address = seen.step.address
        if element.kind is Kind.PAGETRACE:
            return self._other_page(element, address)
        if element.ranges and not any(address in where for where in element.ranges):
            return False
        match element.kind:
            case Kind.BRANCH:
                return seen.branched_to is not None and (element.target is None or seen.branched_to in element.target)
            case Kind.GREG:
                return any(
                    element.register in (None, number) and element.number in (None, value)
                    for number, value in seen.registers.items()
                )
            case Kind.IFETCH:
                return seen.step.code.startswith(element.data) or seen.step.subject.code.startswith(element.data)
            case Kind.MASK:
                assert element.target is not None
                at = element.target.first
                return bool((_byte(seen.look(at, 1)) ^ self._masked.get(at, 0)) & element.data[0])
            case _:
                return self._stored(element, seen)

    def _stored(self, element: Element, seen: Seen) -> bool:
        if element.target is None:
            return bool(seen.stores)
        if not any(element.target.meets(address, length) for address, length in seen.stores):
            return False
        return not element.data or seen.look(element.target.first, len(element.data)) == element.data

    def _other_page(self, element: Element, address: int) -> bool:
        if element.ranges:
            found = next((number for number, where in enumerate(element.ranges) if address in where), None)
            page = None if found is None else -1 - found
        else:
            page = address // element.page
        other = page is not None and page != self._page
        if page is not None:
            self._page = page
        return other


def _byte(data: bytes) -> int:
    return data[0] if data else 0


# --- lines ---


def event_lines(sets: TraceSets, seen: Seen, elements: list[Element], time: int) -> list[str]:
    """What is shown of an instruction; ``time``: virtual time in microseconds.

    >>> from vm370.cp.tracing.steps import Instruction
    >>> step = Instruction(0x17A70, bytes.fromhex("12F3"), "LTR", "LTR")
    >>> instruction_text(step, 0)
    '017A70 LTR   12F3     CC=0'
    """
    lines = []
    kinds = {element.kind for element in elements}
    if kinds != {Kind.PAGETRACE}:
        mark = " " if seen.step.address == sets.last_shown_end else ">"
        sets.last_shown_end = seen.step.next
        text = mark + instruction_text(seen.step, seen.cc)
        wanted = [element for element in elements if element.kind is Kind.GREG]
        found = [
            f"G{number:02}={value:08X}"
            for number, value in seen.registers.items()
            if any(e.register in (None, number) and e.number in (None, value) for e in wanted)
        ]
        room = 3
        text = " ".join([text, *found[:room]])
        if kinds & {Kind.STORE, Kind.MASK}:
            text += " *STORE*"
        lines.append(text)
        rest = found[room:]
        lines += ["       " + " ".join(rest[at : at + 5]) for at in range(0, len(rest), 5)]
    for element in elements:
        if element.data:
            at = element.target.first if element.target is not None else seen.step.address
            now = seen.look(at, len(element.data)).hex().upper()
            lines.append(f"DATA AT {at:06X}={now}")
        elif element.kind is Kind.PAGETRACE:
            lines.append(f"*PGT* {seen.step.address:06X} {time:016X}")
        elif element.kind is Kind.BRANCH and element.target is not None:
            lines += traceback(list(sets.branches)[:-1])
    return lines


def instruction_text(step: Instruction, cc: int) -> str:
    """An instruction with the addresses of its operands and the condition code."""
    text = f"{step.address:06X} {step.mnemonic:<5} {step.code.hex().upper():<8}"
    if step.executed is not None:
        under = step.executed
        byte = "" if step.byte is None else f" {step.byte:02X}"
        text += f"{byte} {under.address:06X} {under.mnemonic:<5} {under.code.hex().upper():<8}"
    subject = step.subject
    operands = (subject.target,) if subject.target is not None else subject.operands
    return " ".join([text, *(f"{operand:06X}" for operand in operands), f"CC={cc}"])


def traceback(branches: list[Branch]) -> list[str]:
    """The traceback table."""
    lines = ["TRACEBACK TABLE:"]
    for branch in branches:
        text = f":{branch.step.address:06X} {branch.step.mnemonic:<5} {branch.step.code.hex().upper():<8}"
        times = f" {branch.times:5} TIMES" if branch.times > 1 else ""
        lines.append(f"{text} {branch.target:06X}{times}")
    return lines
