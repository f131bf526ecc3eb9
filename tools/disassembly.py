"""From machine code back to assembler source: storage images, object decks, MODULEs.

A Program is sections with what is known of them; each section is shown as Lines.  What a deck says is used: names of
its ESD and SYM cards stand in the name field, fields of its RLD cards are address constants.  The rest is taken for
instructions one after the other, except

    no text on the cards        DS  nX              looks like text (8 and more)     DC  C'...'
    four zero bytes and more    DC  nX'00'          no instruction, or one that      DC  X'...'
                                                    does not assemble to the same

The lines of a deck, written as source, assemble to the same ESD, TXT and RLD items.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from vm370.cp.s370.disassembler import disassemble, instruction_length
from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.images.errors import ImageError
from vm370.images.module import Module
from vm370.images.objdeck import (
    CM,
    ER,
    LD,
    PC,
    PR,
    RLD_CUMULATIVE,
    RLD_PSEUDO,
    RLD_VIRTUAL,
    SD,
    WX,
    Card,
    ControlCard,
    Deck,
    RldItem,
    end_symbol,
    esd_items,
    rld_items,
)
from vm370.tools.assembler.directives import operations
from vm370.tools.assembler.machine import Instruction
from vm370.tools.assembler.messages import StatementError
from vm370.tools.assembler.symbols import SYMBOL, Symbol, Value

SHORTEST_TEXT = 8
SHORTEST_ZEROS = 4
LARGEST_CONSTANT = 16
LONGEST_TEXT = 40
_TEXT_BYTES = frozenset(to_ebcdic("".join(set(map(chr, range(0x20, 0x7F))) - set("[]^`{|}~_"))))


@dataclass(frozen=True, slots=True)
class Line:
    """One line: address and bytes (None and empty for what has none), and the source statement."""

    address: int | None
    code: bytes
    label: str
    operation: str
    operands: str = ""

    @property
    def source(self) -> str:
        return f"{self.label:<8} {self.operation:<5} {self.operands}".rstrip()

    def __str__(self) -> str:
        where = "" if self.address is None else f"{self.address & 0xFFFFFF:06X} {self.code[:6].hex().upper()}"
        return f"{where:<20}{self.source}".rstrip()


@dataclass(slots=True)
class Part:
    """A section: where it was assembled, its text as far as it is known, names and relocated fields by address."""

    name: str
    kind: int
    address: int
    length: int
    text: bytearray = field(default_factory=bytearray)
    known: bytearray = field(default_factory=bytearray)
    labels: dict[int, list[str]] = field(default_factory=dict)
    fields: dict[int, list[RldItem]] = field(default_factory=dict)

    def put(self, address: int, data: bytes) -> None:
        at = address - self.address
        if at < 0:
            return
        self.text.extend(bytes(max(0, at + len(data) - len(self.text))))
        self.known.extend(bytes(len(self.text) - len(self.known)))
        self.text[at : at + len(data)] = data
        self.known[at : at + len(data)] = b"\1" * len(data)


@dataclass(slots=True)
class Program:
    """What one deck (up to END), a MODULE or an image says."""

    parts: list[Part] = field(default_factory=list)
    targets: dict[int, tuple[str, int, int]] = field(default_factory=dict)  # ESDID: name, type, address
    order: list[tuple[str, int]] = field(default_factory=list)
    registers: dict[str, tuple[int, int]] = field(default_factory=dict)
    entries: list[str] = field(default_factory=list)
    start: str = ""
    fixed: bool = True


def programs_of_deck(deck: Deck) -> list[Program]:
    """The programs of a deck, each up to its END card."""
    programs = []
    program = Program(fixed=False)
    owners: dict[int, Part] = {}
    relocations: list[RldItem] = []
    symbols: list[bytes] = []
    for number, card in enumerate(deck.cards, 1):
        if isinstance(card, ControlCard):
            continue
        if card.type == "ESD":
            _external_symbols(card, program, owners)
        elif card.type == "TXT":
            part = owners.get(card.esdid or 0)
            if part is None:
                raise ImageError(f"{deck.name}: card {number}: found TXT of ESDID {card.esdid}, expected a section")
            part.put(card.address or 0, card.data[: card.count])
        elif card.type == "RLD":
            relocations += rld_items(card, deck.name, number)
        elif card.type == "SYM":
            symbols.append(card.data[: card.count or 0])
        elif card.type == "END":
            _finish(program, owners, relocations, b"".join(symbols), card)
            programs.append(program)
            program, owners, relocations, symbols = Program(fixed=False), {}, [], []
    if owners:
        _finish(program, owners, relocations, b"".join(symbols), None)
        programs.append(program)
    return programs


def _external_symbols(card: Card, program: Program, owners: dict[int, Part]) -> None:
    esdid = card.esdid or 0
    for item in esd_items(card):
        kind = item.type & 0x0F
        if kind == LD:
            program.order.append((item.name, LD))
            owner = owners.get(item.length or 0)
            program.entries.append(item.name)
            if owner is not None:
                owner.labels.setdefault(item.address or 0, []).append(item.name)
            continue
        address = item.address or 0
        program.targets[esdid] = (item.name, kind, address)
        program.order.append((item.name, kind))
        if kind in (SD, PC, CM):
            part = Part(item.name, kind, address, item.length or 0)
            owners[esdid] = part
            program.parts.append(part)
        elif kind == PR:
            program.registers[item.name] = (item.length or 0, item.flag)
        esdid += 1


def _finish(
    program: Program, owners: dict[int, Part], relocations: list[RldItem], symbols: bytes, end: Card | None
) -> None:
    for item in relocations:
        part = owners.get(item.p)
        if part is not None:
            part.fields.setdefault(item.address, []).append(item)
    _names_of_symbols(program, symbols)
    for esdid, (name, kind, address) in list(program.targets.items()):
        if kind == PC:
            # something to refer to the unnamed section by
            program.targets[esdid] = (f"$$PC{esdid}"[:8], kind, address)
            owners[esdid].labels.setdefault(address, []).append(f"$$PC{esdid}"[:8])
        elif kind == SD and not SYMBOL.fullmatch(name):
            program.targets[esdid] = (f"$$SD{esdid}"[:8], kind, address)
    if end is None:
        return
    program.start = end_symbol(end)
    if end.address is not None:
        name, _, address = program.targets.get(end.esdid or 0, ("", 0, 0))
        program.start = _plus(name or "0", end.address - address)


def _names_of_symbols(program: Program, data: bytes) -> None:
    """Names of SYM items (see tools/assembler/testsymbols.py); what cannot be read ends the search."""
    place = 0
    part: Part | None = None
    known = {name for item in program.parts for names in item.labels.values() for name in names}
    known |= {item.name for item in program.parts}
    while place + 4 <= len(data):
        organization = data[place]
        address = int.from_bytes(data[place + 1 : place + 4], "big")
        length = 0 if organization & 0x08 else (organization & 7) + 1
        name = from_ebcdic(data[place + 4 : place + 4 + length])
        place += 4 + length
        if organization & 0x80:
            if place >= len(data):
                return
            place += 3 if data[place] in (0x00, 0x04, 0x08) else 2
            place += (3 if organization & 0x40 else 0) + (2 if organization & 0x10 else 0)
        elif organization & 0x70 == 0:
            place += 1
        elif organization & 0x70 in (0x10, 0x20, 0x30):
            part = next((item for item in program.parts if item.name == name), None)
            continue
        if part is not None and name and name not in known and SYMBOL.fullmatch(name):
            known.add(name)
            part.labels.setdefault(part.address + address, []).append(name)


def program_of_module(module: Module) -> Program:
    """The text of a MODULE, with the names of its loader table."""
    program = program_of_image(module.image, module.first)
    part = program.parts[0]
    for entry in module.table:
        names = part.labels.setdefault(entry.value, [])
        if entry.name and entry.name not in names:
            names.append(entry.name)
    program.start = f"X'{module.entry:X}'"
    return program


def program_of_image(data: bytes, base: int = 0) -> Program:
    """A storage image, all of it text."""
    part = Part("", PC, base, len(data))
    part.put(base, data)
    return Program([part])


def lines(program: Program) -> Iterator[Line]:
    """The whole program."""
    declared: set[str] = set()
    own = {name for name, kind in program.order if kind not in (ER, WX)}  # of these only V-type constants
    started: set[int] = set()
    for name, kind in program.order:
        if kind == LD:
            yield Line(None, b"", "", "ENTRY", name)
        elif kind in (ER, WX) and name not in own and name not in declared:
            declared.add(name)
            yield Line(None, b"", "", "EXTRN" if kind == ER else "WXTRN", name)
        elif kind == PR:
            length, flag = program.registers[name]
            alignment = {7: "0D", 3: "0F", 1: "0H"}.get(flag, "0X")
            yield Line(None, b"", name, "DXD", f"{alignment},{length}X")
        elif kind in (SD, CM, PC):
            part = next(part for part in program.parts if part.name == name and id(part) not in started)
            started.add(id(part))
            first = part is program.parts[0] and part.address and kind != CM
            operation = "COM" if kind == CM else "START" if first else "CSECT"
            yield Line(part.address, b"", part.name, operation, f"X'{part.address:X}'" if first else "")
    for part in program.parts:
        if not program.fixed and len(program.parts) > 1:
            yield Line(part.address, b"", part.name, "COM" if part.kind == CM else "CSECT")
        yield from _section(part, program)
    if not program.fixed:
        yield Line(None, b"", "", "END", program.start)


def _section(part: Part, program: Program) -> Iterator[Line]:
    end = part.address + max(part.length, len(part.text))
    stops = sorted({*part.labels, *part.fields, end})
    address = part.address
    index = 0
    while address < end:
        while stops[index] <= address:
            index += 1
        names = [name for name in part.labels.get(address, ()) if name != part.name]
        for name in names[:-1]:
            yield Line(address, b"", name, "DS" if not program.fixed else "EQU", "0X" if not program.fixed else "*")
        label = names[-1] if names else ""
        for line in _piece(part, program, address, stops[index], label):
            yield line
            address += _size(line)
    for name in part.labels.get(end, ()):
        yield Line(end, b"", name, "DS", "0X")


def _size(line: Line) -> int:
    if line.operation == "DS":
        return int(line.operands[:-1])
    return len(line.code)


def _piece(part: Part, program: Program, address: int, stop: int, label: str) -> list[Line]:
    """The next line (or two) from ``address`` on, not over ``stop``."""
    at = address - part.address
    if at >= len(part.known) or not part.known[at]:
        length = 0
        while address + length < stop and (at + length >= len(part.known) or not part.known[at + length]):
            length += 1
        return [Line(address, b"", label, "DS", f"{length}X")]
    if address in part.fields:
        constant = _constant(part, program, address, stop)
        if constant is not None:
            operation, operands, length = constant
            return [Line(address, bytes(part.text[at : at + length]), label, operation, operands)]
    room = 0
    while address + room < stop and at + room < len(part.known) and part.known[at + room] and room < 4096:
        room += 1
    data = bytes(part.text[at : at + room])
    zeros = len(data) - len(data.lstrip(b"\0"))
    if zeros >= SHORTEST_ZEROS or (zeros and zeros == room):
        return [Line(address, data[:zeros], label, "DC", f"{zeros}X'00'")]
    text = next((place for place, byte in enumerate(data) if byte not in _TEXT_BYTES), len(data))
    if text >= SHORTEST_TEXT:
        doubled = [character * 2 if character in "'&" else character for character in from_ebcdic(data[:text])]
        text = next((place for place in range(1, text) if len("".join(doubled[:place])) >= LONGEST_TEXT), text)
        written = "".join(doubled[:text])
        return [Line(address, data[:text], label, "DC", f"C'{written}'")]
    length = instruction_length(data)
    if not address & 1 and not (part.fields.keys() & range(address + 1, address + length)):
        found = _instruction(data[:length])
        if found is not None:
            return [Line(address, data[:length], label, *found)]
    length = min(length, room) if not address & 1 else 1
    return [Line(address, data[:length], label, "DC", f"X'{data[:length].hex().upper()}'")]


def _constant(part: Part, program: Program, address: int, stop: int) -> tuple[str, str, int] | None:
    """A relocated field as an address constant: operation, operands, length."""
    items = part.fields[address]
    length = items[0].length
    if address + length > stop:
        return None
    at = address - part.address
    if not all(part.known[at : at + length]) or len(part.known) < at + length:
        return None
    value = int.from_bytes(part.text[at : at + length], "big")
    kind = items[0].flag & 0x70
    if kind == RLD_CUMULATIVE:
        return ("CXD", "", 4) if length == 4 and not address % 4 and not value else None
    name, target, origin = program.targets.get(items[0].r, ("", 0, 0))
    natural = length == 4 and not address % 4
    explicit = "" if natural else f"L{length}"
    if not name or any(item.length != length for item in items):
        return None
    if target == PR:
        kind = RLD_PSEUDO
    if kind in (RLD_VIRTUAL, RLD_PSEUDO):
        if len(items) > 1 or value or (kind == RLD_VIRTUAL and length < 3):
            return None
        return "DC", f"{'V' if kind == RLD_VIRTUAL else 'Q'}{explicit}({name})", length
    expression = ""
    for item in items:
        name, target, origin = program.targets.get(item.r, ("", 0, 0))
        if not name or item.kind or target == PR:
            return None
        value += origin if item.negative else -origin
        expression += f"{'-' if item.negative else '+' if expression else ''}{name}"
    value = (value + (1 << 8 * length - 1)) % (1 << 8 * length) - (1 << 8 * length - 1)
    if expression.startswith("-"):
        expression = "0" + expression
    if length < 3 and expression.count("+") + expression.count("-") == 0:
        return ("DC", f"Y({_plus(expression, value)})", 2) if length == 2 and not address % 2 else None
    return "DC", f"A{explicit}({_plus(expression, value)})", length


def _plus(name: str, offset: int) -> str:
    return name if not offset else f"{name}{offset:+d}"


class _Numbers:
    """What numeric operands are assembled against: no symbols, no USING."""

    def __init__(self) -> None:
        self.symbols: dict[str, Symbol] = {}
        self.addresses: list[int] = []

    def here(self) -> Value:
        return Value(0)

    def here_length(self) -> int:
        return 1

    def literal(self, text: str) -> tuple[Value, int]:
        raise KeyError(text)

    def based(self, value: Value, text: str) -> tuple[int, int]:
        return 0, value.number & 0xFFF


_OPERATIONS = operations()
_SPLIT = re.compile(r"(\S+)\s*(.*)")


@lru_cache(maxsize=65536)
def _instruction(code: bytes) -> tuple[str, str] | None:
    """Operation and operands, if they assemble to the same bytes."""
    match = _SPLIT.match(disassemble(code))
    if match is None or match[1] == "DC":
        return None
    action = _OPERATIONS.get(match[1])
    if not isinstance(action, Instruction):
        return None
    try:
        same = action.assemble(match[2], _Numbers()) == code
    except StatementError:
        return None
    return (match[1], match[2]) if same else None
