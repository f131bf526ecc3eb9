"""Pass two: object code, relocation dictionary, base registers.

Goes over the records of pass one with all symbols known.  ``text`` becomes TXT cards in this order, ``relocations``
RLD items; cards of PUNCH and REPRO stand between them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vm370.images.objdeck import RLD_CUMULATIVE, RLD_NEGATIVE, RLD_PSEUDO, RLD_VIRTUAL
from vm370.tools.assembler.constants import Relocation, build, build_bits, measure, parse_constant_at
from vm370.tools.assembler.expressions import value_of, within
from vm370.tools.assembler.machine import Instruction, base_displacement
from vm370.tools.assembler.messages import (
    NO_BASE,
    OPERAND_COUNT,
    OPTION_BAD,
    RELOCATABLE_EXPECTED,
    STACK_EMPTY,
    SYMBOL_UNDEFINED,
    USING_NOT_ACTIVE,
    StatementError,
)
from vm370.tools.assembler.passone import PassOne
from vm370.tools.assembler.records import Directive, Record, literal_key
from vm370.tools.assembler.source import split_operands
from vm370.tools.assembler.symbols import CONTROL, PSEUDO, LiteralPool, Section, Symbol, Value, as_terms


@dataclass(frozen=True, slots=True)
class RldItem:
    """The field of ``length`` bytes at ``address`` in ``section`` has ``target`` added (or subtracted); ``kind`` as in
    RLD items (RLD_VIRTUAL, RLD_PSEUDO, RLD_CUMULATIVE, or 0)."""

    target: Section
    section: Section
    address: int
    length: int
    kind: int
    negative: bool

    @property
    def flag(self) -> int:
        return self.kind | self.length - 1 << 2 | (RLD_NEGATIVE if self.negative else 0)


@dataclass(slots=True)
class PassTwo:
    """State of pass two."""

    one: PassOne
    symbols: dict[str, Symbol] = field(init=False)
    section: Section | None = None
    location: int = 0
    base: int = 0
    using: dict[int, Value] = field(default_factory=dict)
    stack: list[dict[int, Value]] = field(default_factory=list)
    print_stack: int = 0
    pool: LiteralPool = field(init=False)
    text: list[tuple[Section, int, bytes] | bytes] = field(default_factory=list)
    relocations: list[RldItem] = field(default_factory=list)
    entry: Value | None = None
    entry_symbol: str = ""
    addresses: list[int] = field(default_factory=list)
    record: Record = field(init=False)
    _sensitive: bool = False
    _bases: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    _done: dict[tuple[Instruction, str], tuple[bytes, tuple[int, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.symbols = self.one.symbols
        self.pool = self.one.pools[0]

    # ---- scope of expressions -------------------------------------------------------------------------------------

    def here(self) -> Value:
        self._sensitive = True
        return Value(self.location, self.section)

    def here_length(self) -> int:
        self._sensitive = True
        return 1

    def literal(self, text: str) -> tuple[Value, int]:
        entry = self.pool.entries.get(text)
        if entry is None:
            self._sensitive = True
            entry = self.pool.entries.get(literal_key(text, self.record.number))
            if entry is None:
                raise StatementError(SYMBOL_UNDEFINED, found=text)
        return Value(entry.location, entry.section), entry.length

    def move(self, offset: int) -> None:
        self.location = self.base + offset

    def base_displacement(self, text: str) -> int:
        return base_displacement(text, self)

    def warn(self, error: StatementError) -> None:
        self.record.report(error)

    def based(self, value: Value, text: str) -> tuple[int, int]:
        """The register with the smallest displacement; of equal ones the highest."""
        number, relative = value
        self.addresses.append(number)
        if relative is not None and not isinstance(relative, Section):
            raise StatementError(RELOCATABLE_EXPECTED, found=text)
        key = (id(relative), number)
        found = self._bases.get(key)
        if found is not None:
            return found
        best = (-1, 4096)
        for register, base in self.using.items():
            if base.relative is relative:
                distance = number - base.number
                if 0 <= distance < best[1] or (distance == best[1] and register > best[0]):
                    best = (register, distance)
        if best[0] < 0:
            if relative is None and 0 <= number <= 4095:
                best = (0, number)
            else:
                raise StatementError(NO_BASE, found=text, expected=self._nearest(number, relative))
        self._bases[key] = best
        return best

    def _nearest(self, number: int, relative: Section | None) -> str:
        where = f"X'{number & 0xFFFFFF:06X}'" + (f" in {relative!r}" if relative else ", absolute")
        near = [
            f"register {register} reaches X'{base.number:06X}' to X'{base.number + 4095:06X}'"
            for register, base in sorted(self.using.items())
            if base.relative is relative
        ]
        return f"{where}; " + (", ".join(near) or "no register is based on it")

    # ---- the pass -------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """All records."""
        done = self._done
        text = self.text
        addresses = self.addresses
        for record in self.one.records:
            action = record.action
            if action is None:
                continue
            section = record.section
            if section is not None:
                record.location += section.origin
            try:
                if type(action) is Instruction:
                    key = (action, record.operands)
                    known = done.get(key)
                    if known is None:
                        self.record = record
                        self.section = section
                        self.location = record.location
                        self._sensitive = False
                        addresses.clear()
                        code = action.assemble(record.operands, self)
                        known = (code, tuple(addresses))
                        if not self._sensitive:
                            done[key] = known
                    record.object, record.addresses = known
                    assert section is not None
                    if section.type == CONTROL:
                        if record.fill:
                            text.append((section, record.location - 1, b"\0" + known[0]))
                        else:
                            text.append((section, record.location, known[0]))
                elif (
                    isinstance(action, Directive)
                    and action.two
                    and not (record.errors and record.data is None and action.two == "constants")
                ):
                    self.record = record
                    self.section = section
                    self.base = self.location = record.location
                    getattr(self, "do_" + action.two)(record)
            except StatementError as error:
                record.report(error)
                if type(action) is Instruction:
                    record.object = bytes(record.size)
                    if section is not None and section.type == CONTROL:
                        text.append((section, record.location, record.object))

    def emit(self, record: Record, data: bytes) -> None:
        record.object = data
        if record.section is not None and record.section.type == CONTROL and (data or record.fill):
            self.text.append((record.section, record.location - record.fill, bytes(record.fill) + data))

    def relocate(self, record: Record, relocation: Relocation) -> None:
        section = record.section
        if section is None or section.type != CONTROL:
            return
        address = record.location + relocation.offset
        if relocation.external:
            if relocation.pseudo:
                target, kind = self.one.pseudo_register(relocation.external), RLD_PSEUDO
            else:
                target, kind = self.one.externals[relocation.external], RLD_VIRTUAL
            self.relocations.append(RldItem(target, section, address, relocation.length, kind, False))
            return
        for target, count in as_terms(relocation.value.relative).items():
            if target.number == 0 or target.type == PSEUDO:
                raise StatementError(RELOCATABLE_EXPECTED, found=target.name, at="")
            for _ in range(abs(count)):
                self.relocations.append(RldItem(target, section, address, relocation.length, 0, count < 0))

    # ---- assembler instructions -----------------------------------------------------------------------------------

    def do_constants(self, record: Record) -> None:
        relocations: list[Relocation] = []
        pieces = record.data
        if pieces is None:
            return
        data = bytearray()
        partial = bit_count = 0
        try:
            for constant, size, bit_offset in pieces:
                if size.bits:
                    for value, bits in build_bits(constant, size, self):
                        partial = partial << bits | value
                        bit_count += bits
                        whole = bit_count // 8
                        data += (partial >> bit_count - 8 * whole).to_bytes(whole, "big")
                        bit_count -= 8 * whole
                        partial &= (1 << bit_count) - 1
                    continue
                if bit_count:
                    data.append(partial << 8 - bit_count & 0xFF)
                    partial = bit_count = 0
                offset = bit_offset // 8
                data += bytes(offset - len(data))
                data += build(constant, size, self, offset, relocations)
            if bit_count:
                data.append(partial << 8 - bit_count & 0xFF)
        except StatementError:
            self.emit(record, bytes(data).ljust(record.size, b"\0"))
            raise
        self.emit(record, bytes(data))
        for relocation in relocations:
            self.relocate(record, relocation)

    def do_literal(self, record: Record) -> None:
        entry, (section, location) = record.data
        constant, _ = parse_constant_at(entry.text, 1)
        relocations: list[Relocation] = []
        if "@" in literal_key(entry.text, 0) and section is not None:
            # the location counter in a literal is that of the instruction
            self.section, self.base = section, location + section.origin
            self.location = self.base
        data = build(constant, measure(constant, self, False), self, 0, relocations)
        self.section = record.section
        self.emit(record, data)
        for relocation in relocations:
            self.relocate(record, relocation)

    def do_equate(self, record: Record) -> None:
        symbol = self.symbols.get(record.label)
        if symbol is not None:
            record.value = symbol.value

    def do_entry(self, record: Record) -> None:
        pass

    def do_channel_command(self, record: Record) -> None:
        operands = split_operands(record.operands)
        if len(operands) != 4:
            raise StatementError(OPERAND_COUNT, what="CCW", found=len(operands), expected=4)
        command = within(operands[0], self, 0, 255, "CCW command")
        address = value_of(operands[1], self)
        flags = within(operands[2], self, 0, 255, "CCW flags")
        count = within(operands[3], self, 0, 65535, "CCW count")
        if not -0x800000 <= address.number <= 0xFFFFFF:
            raise StatementError(
                OPTION_BAD, what="CCW address", found=address.number, expected="24 bits", at=operands[1]
            )
        data = bytes([command]) + (address.number & 0xFFFFFF).to_bytes(3, "big") + bytes([flags, 0])
        self.emit(record, data + count.to_bytes(2, "big"))
        if address.relative is not None:
            self.relocate(record, Relocation(1, 3, address))

    def do_cumulative_length(self, record: Record) -> None:
        self.emit(record, bytes(4))
        if record.section is not None and record.section.type == CONTROL:
            nothing = Section("", PSEUDO)
            self.relocations.append(RldItem(nothing, record.section, record.location, 4, RLD_CUMULATIVE, False))

    def do_conditional_no_operation(self, record: Record) -> None:
        self.emit(record, b"\x07\x00" * (record.size // 2))

    def do_literal_pool(self, record: Record) -> None:
        if record.data is not None:
            self.pool = self.one.pools[record.data]
            self._done.clear()

    def do_using(self, record: Record) -> None:
        operands = split_operands(record.operands)
        if len(operands) < 2:
            raise StatementError(
                OPERAND_COUNT, what="USING", found=len(operands), expected="an address and 1 to 16 registers"
            )
        value = value_of(operands[0], self)
        if value.relative is not None and not isinstance(value.relative, Section):
            raise StatementError(RELOCATABLE_EXPECTED, found=operands[0])
        registers = [within(operand, self, 0, 15, "register") for operand in operands[1:]]
        start = value.number
        if registers[0] == 0:
            # register 0 holds zero, whatever the first operand is
            start = value.relative.origin if isinstance(value.relative, Section) else 0
        for place, register in enumerate(registers):
            self.using[register] = Value(start + 4096 * place, value.relative)
        record.value = value.number
        self._forget()

    def do_drop(self, record: Record) -> None:
        operands = split_operands(record.operands) if record.operands != "," else []
        if not operands:
            self.using.clear()
        for operand in operands:
            register = within(operand, self, 0, 15, "register")
            if self.using.pop(register, None) is None:
                record.report(StatementError(USING_NOT_ACTIVE, found=operand))
        self._forget()

    def _forget(self) -> None:
        self._bases.clear()
        self._done.clear()

    def do_push(self, record: Record) -> None:
        for option in self._options(record, "PUSH"):
            if option == "USING":
                self.stack.append(dict(self.using))
            else:
                self.print_stack += 1

    def do_pop(self, record: Record) -> None:
        for option in self._options(record, "POP"):
            if option == "USING":
                if not self.stack:
                    raise StatementError(STACK_EMPTY, found=option)
                self.using = self.stack.pop()
                self._forget()
            else:
                if not self.print_stack:
                    raise StatementError(STACK_EMPTY, found=option)
                self.print_stack -= 1

    def _options(self, record: Record, what: str) -> list[str]:
        options = split_operands(record.operands)
        for option in options or [""]:
            if option not in ("USING", "PRINT"):
                raise StatementError(
                    OPTION_BAD, what=what, found=option or "nothing", expected="USING or PRINT", at=option
                )
        return options

    def do_print_option(self, record: Record) -> None:
        for option in split_operands(record.operands):
            if option not in ("ON", "OFF", "GEN", "NOGEN", "DATA", "NODATA"):
                raise StatementError(
                    OPTION_BAD, what="PRINT", found=option, expected="ON OFF GEN NOGEN DATA or NODATA", at=option
                )

    def do_title(self, record: Record) -> None:
        text = record.statement.operands
        if len(text) < 2 or text[0] != "'" or text[-1] != "'":
            raise StatementError(OPTION_BAD, what="TITLE", found=text or "nothing", expected="'text'", at=text)

    def do_punch(self, record: Record) -> None:
        if record.data is not None:
            self.text.append(record.data)

    def do_end(self, record: Record) -> None:
        if not record.operands or record.operands[0] == ",":
            return
        operand = split_operands(record.operands)[0]
        value = value_of(operand, self)
        if not isinstance(value.relative, Section):
            raise StatementError(RELOCATABLE_EXPECTED, found=operand)
        self.entry = value
        record.value = value.number
        if value.relative.type != CONTROL:
            self.entry_symbol = value.relative.name
