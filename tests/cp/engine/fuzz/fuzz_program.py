"""Generated programs: loops, calls, tables, strings, decimal and floating-point numbers, EXECUTE, code that changes
itself, supervisor calls, faults, control instructions, translation with tables that change.

Each program draws what it consists of (so that some are nothing but string loops, others a mixture of everything), and
runs for ever; the pieces cut it at arbitrary places, where the host changes storage, keys, masks, and notes pending
interruptions.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from fuzz_assembly import BASES, HANDLERS, RECOVER, Assembly, handlers
from fuzz_case import Action, Case, Piece
from fuzz_material import Site, any_psw, hexfloat, instruction, packed, psw, word
from fuzz_single import PENDING, packed_data

from vm370.cp.s370.clocks import UNIX_EPOCH
from vm370.cp.s370.cpu import INITIAL_CONTROL_REGISTERS
from vm370.cp.s370.opcodes import BY_MNEMONIC, OPCODES, Opcode
from vm370.cp.s370.traps import HYPERVISED, TRAP_CONTROL, TRAP_IO, TRAP_KEYS, TRAP_PROGRAM, TRAP_PSW, TRAP_SVC

CODE, PAGE_TABLES, SEGMENT_TABLE = 0x2000, 0x6000, 0x6800
DATA = {10: 0x8000, 11: 0x8F00, 13: 0xA000}
"""Base registers of data; literals and save areas are behind the last."""
LITERALS = 0xA800
WORK = (0, 1, 2, 3, 4, 5, 8, 14, 15)
OUTER, INNER = 7, 6
TRAPS = (
    0,
    0,
    HYPERVISED,
    HYPERVISED & (TRAP_CONTROL | TRAP_IO),
    TRAP_PROGRAM,
    TRAP_SVC,
    TRAP_PSW | TRAP_KEYS,
    TRAP_PROGRAM | TRAP_CONTROL | TRAP_IO,
)


def _family(*chapters: str) -> list[Opcode]:
    return [op for op in OPCODES if op.chapter in chapters and not op.privileged]


FIXED = _family("fixed_point", "shifting")
LOGICAL = _family("logical")
MOVING = _family("moving", "conversion")
DECIMAL = _family("decimal", "conversion")
FLOATING = _family("hexfloat", "hexfloat_add", "hexfloat_multiply")
CONTROL = (
    *("SSM", "STNSM", "STOSM", "SPKA", "IPK", "SSK", "ISK", "RRB", "LPSW", "STCTL", "LRA", "PTLB", "TPROT", "STCK"),
    *("SCKC", "STCKC", "SPT", "STPT", "STIDP", "STAP", "STPX", "SPX", "LCTL", "IPTE", "TABLE", "TABLE"),
)
BRANCHES = {"BALR", "BCTR", "BCR", "BASR", "BAL", "BCT", "BC", "BAS", "BXH", "BXLE", "SVC", "LPSW", "SPX", "LCTL"}
STRAIGHT = [op for op in OPCODES if op.mnemonic not in BRANCHES and op.mnemonic not in ("SSM", "STNSM", "SSK", "IPTE")]


class Program(Site):
    """One program being made."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__(dice)
        r = dice
        self.asm = Assembly(CODE + 2 * r.choice((0, 0, r.randrange(1024))))
        self.data: list[tuple[int, bytes]] = []
        self.literal = LITERALS
        self.size = 0x10000
        self.ec = r.random() < 0.5
        self.dat = self.ec and r.random() < 0.6
        self.per = self.ec and r.random() < 0.04
        self.wild = r.choice((0, 0, 0.003, 0.02))
        self.depth = 0
        self.subroutines: list[str] = []
        self.changeable: list[tuple[str, bytes]] = []
        """Labels of instructions that may be changed, and what they are."""
        everything: list[tuple[Callable[[], None], int]] = [
            (lambda: self.straight(FIXED), 6),
            (lambda: self.straight(LOGICAL), 6),
            (lambda: self.straight(MOVING), 3),
            (lambda: self.straight(DECIMAL), 2),
            (lambda: self.straight(FLOATING), 3),
            (lambda: self.straight(STRAIGHT), 2),
            (self.condition, 5),
            (self.loop, 3),
            (self.call, 3),
            (self.table, 1),
            (self.execute, 2),
            (self.change_code, 2),
            (self.supervisor, 1),
            (self.control, 1),
            (self.fault, 1),
        ]
        self.statements = [make for make, _ in everything]
        self.weights = [weight * r.choice((0, 1, 1, 5)) for _, weight in everything]
        if not any(self.weights):
            self.weights = [weight for _, weight in everything]

    # --- what instructions ask for ---

    def operand(self, length: int, align: int) -> tuple[int, int, int]:
        r = self.r
        if r.random() < self.wild:
            return r.randrange(16), r.randrange(4096), DATA[10]
        base = r.choice((10, 10, 10, 11, 13))
        limit = 0x700 if base == 13 else 0xFF0
        displacement = r.choice((r.randrange(64), r.randrange(limit), r.randrange(limit)))
        if r.random() < 0.08:
            displacement = (0x800 - DATA[base] % 0x800 - r.randrange(0, 12)) % 0x800
        displacement &= -align
        return base, displacement, DATA[base] + displacement

    def register(self, even: bool) -> int:
        r = self.r
        if r.random() < self.wild:
            return r.randrange(0, 16, 2 if even else 1)
        return r.choice((0, 2, 4, 8, 14)) if even else r.choice(WORK)

    def poke(self, address: int, data: bytes) -> None:
        if address + len(data) < 0xB800:
            self.data.append((address, data))

    def set_register(self, number: int, value: int) -> None:
        if number in WORK:
            self.load(number, value)

    def load(self, number: int, value: int) -> None:
        """L from a literal."""
        base, displacement = self.new_literal((value & 0xFFFFFFFF).to_bytes(4, "big"))
        self.asm.emit(bytes((0x58, number << 4, base << 4 | displacement >> 8, displacement & 255)))

    def new_literal(self, data: bytes, align: int = 4) -> tuple[int, int]:
        """(base, displacement) of a constant."""
        self.literal = self.literal + align - 1 & -align
        if self.literal + len(data) > DATA[13] + 0xFF8:
            self.literal = LITERALS
        at = self.literal
        self.data.append((at, data))
        self.literal += len(data)
        return 13, at - DATA[13]

    def key_block(self) -> int:
        return self.r.choice(
            (0x8000, 0x8800, 0x9000, 0x9800, 0xC000, 0xF800, CODE, 0x2800, self.r.randrange(0, 0x10000, 2048))
        )

    def system_mask(self) -> int:
        r = self.r
        if not self.ec:
            return r.choice((0, 1, 0xFF, 0xFE, 0x80))
        mask = r.randrange(4) | 4 * self.dat | 0x40 * self.per
        return mask ^ 4 if r.random() < 0.1 else mask

    def psw(self) -> tuple[int, int]:
        r = self.r
        if r.random() < self.wild:
            return any_psw(r, self.asm.here + 4)
        return psw(
            r, self.ec, self.asm.here + 4, system_mask=self.system_mask(), key=r.choice((0, 0, 0, r.randrange(16)))
        )

    # --- statements ---

    def body(self, count: int) -> None:
        """Some statements."""
        for _ in range(count):
            if len(self.asm.code) > 6000:
                return
            self.r.choices(self.statements, self.weights)[0]()

    def straight(self, ops: list[Opcode]) -> None:
        """A few instructions of a family."""
        for _ in range(self.r.randrange(1, 6)):
            self.one(self.r.choice(ops))

    def one(self, op: Opcode) -> None:
        """One instruction, which may be changed later."""
        code = instruction(self, op)
        if self.r.random() < 0.2:
            label = self.asm.new_label()
            self.asm.place(label)
            self.changeable.append((label, code))
        self.asm.emit(code)

    def test(self) -> None:
        """Something that sets the condition code."""
        self.one(
            BY_MNEMONIC[
                self.r.choice(("TM", "CLI", "C", "LTR", "CL", "CH", "CLC", "CR", "AR", "SLR", "N", "ICM", "CLM"))
            ]
        )

    def branch(self, mask: int, label: str) -> None:
        """BC."""
        self.asm.refer(bytes((0x47, mask << 4)), label)

    def condition(self) -> None:
        """If, perhaps with an else."""
        other, end = self.asm.new_label(), self.asm.new_label()
        self.test()
        self.branch(self.r.randrange(1, 15), other)
        self.nested(self.r.randrange(1, 3))
        if self.r.random() < 0.4:
            self.branch(15, end)
            self.asm.place(other)
            self.nested(1)
        else:
            self.asm.place(other)
        self.asm.place(end)

    def nested(self, count: int) -> None:
        """Statements inside another one."""
        self.depth += 1
        if self.depth < 4:
            self.body(count)
        else:
            self.straight(FIXED)
        self.depth -= 1

    def loop(self) -> None:
        """An inner loop; not inside another one."""
        r = self.r
        if self.depth:
            self.straight(LOGICAL)
            return
        start = self.asm.new_label()
        count = r.choice((2, 5, 20, 100))
        if r.random() < 0.5:
            self.load(INNER, count)
            self.asm.place(start)
            self.nested(r.randrange(1, 4))
            self.asm.refer(bytes((0x46, INNER << 4)), start)
        else:  # BXLE 6,14: 14 is the increment, 15 the limit
            saved, displacement = self.new_literal((1).to_bytes(4, "big") + count.to_bytes(4, "big"))
            self.load(INNER, 0)
            self.asm.place(start)
            self.nested(r.randrange(1, 4))
            self.asm.emit(bytes((0x98, 0xEF, saved << 4 | displacement >> 8, displacement & 255)))
            self.asm.refer(bytes((0x87, INNER << 4 | 14)), start)

    def call(self) -> None:
        """A subroutine, by BAL or BALR."""
        r = self.r
        if not self.subroutines:
            return
        name = r.choice(self.subroutines)
        kind = r.randrange(4)
        if kind == 0:
            self.asm.refer(bytes((0x45, 0xE0)), name)
        elif kind == 1:
            self.asm.refer(bytes((0x4D, 0xE0)), name)
        else:
            self.asm.refer(bytes((0x41, 0xF0)), name)
            self.asm.emit("05EF" if kind == 2 else "0DEF")

    def table(self) -> None:
        """A branch table."""
        cases = [self.asm.new_label() for _ in range(4)]
        end = self.asm.new_label()
        start = self.asm.new_label()
        work = self.r.choice((1, 2, 3, 4, 5))
        base, displacement = self.new_literal((0xC).to_bytes(4, "big"))
        self.asm.emit(bytes((0x54, work << 4, base << 4 | displacement >> 8, displacement & 255)))
        self.asm.refer(bytes((0x47, 0xF0 | work)), start)
        self.asm.place(start)
        for label in cases:
            self.branch(15, label)
        for label in cases:
            self.asm.place(label)
            self.straight(LOGICAL)
            if self.r.random() < 0.6:
                self.branch(15, end)
        self.asm.place(end)

    def execute(self) -> None:
        """EX of an instruction in data, in code, or of something that changes."""
        r = self.r
        kind = r.randrange(4)
        if kind == 0 and self.changeable:
            label, _ = r.choice(self.changeable)
            self.asm.refer(bytes((0x44, r.choice(WORK) << 4)), label)
        elif kind == 1:  # the usual move of a length in a register
            over, target = self.asm.new_label(), self.asm.new_label()
            self.branch(15, over)
            self.asm.place(target)
            self.asm.emit(
                instruction(self, BY_MNEMONIC[r.choice(("MVC", "CLC", "XC", "TRT", "PACK", "AP", "STM", "TM", "OC"))])
            )
            self.asm.place(over)
            register = r.choice((1, 2, 3, 4, 5))
            if r.random() < 0.7:
                self.load(register, r.randrange(64))
            self.asm.refer(bytes((0x44, register << 4)), target)
        else:
            self.one(BY_MNEMONIC["EX"])

    def change_code(self) -> None:
        """A store into code, most often not each time."""
        r = self.r
        skip = self.asm.new_label()
        if r.random() < 0.8:  # only now and then, by the outer counter
            base, displacement = self.new_literal(bytes(4))
            address = bytes((base << 4 | displacement >> 8, displacement & 255))
            self.asm.emit(bytes((0x50, OUTER << 4)) + address)
            low = bytes((base << 4 | displacement + 3 >> 8, displacement + 3 & 255))
            self.asm.emit(bytes((0x91, r.choice((1, 3, 7, 31)))) + low)
            self.branch(7, skip)
        kind = r.randrange(6)
        if kind == 0:  # the next instruction
            label = self.asm.new_label()
            self.asm.refer(bytes((0x92, r.getrandbits(8))), label, 1)
            self.asm.place(label)
            self.one(BY_MNEMONIC[r.choice(("LR", "AR", "TM", "MVI", "SR", "LA", "CLI"))])
        elif self.changeable and kind < 5:
            label, code = r.choice(self.changeable)
            if kind == 1:
                self.asm.refer(bytes((r.choice((0x92, 0x96, 0x97, 0x94)), r.getrandbits(8))), label, 1)
            elif kind == 2:  # another instruction of the same length
                others = [op for op in [*FIXED, *LOGICAL, *MOVING, *FLOATING] if op.format.length == len(code)]
                other = instruction(self, r.choice(others))
                base, displacement = self.new_literal(other)
                head = self.asm.refer(bytes((0xD2, len(code) - 1)), label, 0, bytes(2))
                at = head - self.asm.origin + 4
                self.asm.code[at : at + 2] = bytes((base << 4 | displacement >> 8, displacement & 255))
            elif kind == 3:  # the displacement is counted up
                self.asm.refer(bytes((0x58, 0x50)), label)
                self.asm.emit("41505001")
                self.asm.refer(bytes((0x50, 0x50)), label)
            else:  # the code is only stored as it is, or a byte behind it
                self.asm.refer(bytes((0x94, 0xFF)), label, r.randrange(-3, 7))
        else:  # a branch is switched
            switch, end = self.asm.new_label(), self.asm.new_label()
            self.asm.refer(bytes((0x97, 0xF0)), switch, 1)
            self.asm.place(switch)
            self.branch(0, end)
            self.straight(FIXED)
            self.asm.place(end)
        self.asm.place(skip)

    def supervisor(self) -> None:
        """SVC, MC, DIAGNOSE, input/output."""
        r = self.r
        kind = r.randrange(6)
        if kind < 4:
            self.asm.emit(bytes((0x0A, r.getrandbits(8))))
        elif kind == 4:
            self.one(BY_MNEMONIC["MC"])
        else:
            self.one(BY_MNEMONIC[r.choice(("DIAG", "SIO", "TIO", "TCH", "STIDC", "HIO"))])

    def control(self) -> None:
        """Privileged instructions after which the program goes on."""
        r = self.r
        name = r.choice(CONTROL)
        if name == "SCKC":
            value = UNIX_EPOCH + r.randrange(30000) * 4096
            base, displacement = self.new_literal(value.to_bytes(8, "big"), 8)
            self.asm.emit(bytes((0xB2, 0x06, base << 4 | displacement >> 8, displacement & 255)))
        elif name == "SPX":
            base, displacement = self.new_literal(r.choice((0, 0, 0x1000)).to_bytes(4, "big"))
            self.asm.emit(bytes((0xB2, 0x10, base << 4 | displacement >> 8, displacement & 255)))
        elif name == "LCTL":
            self.load_control()
        elif name == "IPTE":
            self.load(1, PAGE_TABLES)
            self.load(2, r.choice((0x9000, 0xC000, 0xD000, 0xF000)))
            self.asm.emit("B2210012")
        elif name == "TABLE":  # a page table entry changes, with or without PTLB
            page = r.choice((0x8800, 0x9000, 0x9800, 0xC000, 0xE000))
            self.load(3, PAGE_TABLES + (page >> self.page_shift) * 2)
            self.asm.emit(bytes((r.choice((0x97, 0x96)), r.choice((4, 8, 0x10)), 0x30, 1)))
            if r.random() < 0.6:
                self.asm.emit("B20D0000")
        else:
            self.one(BY_MNEMONIC[name])

    @property
    def page_shift(self) -> int:
        """2K or 4K pages."""
        return 11 if self.control_0 & 0x400000 else 12

    control_0 = 0

    def load_control(self) -> None:
        """LCTL of what does not end everything."""
        r = self.r
        n = r.choice((0, 0, 1, 2, 8, 14))
        value = {
            0: self.control_0 ^ r.choice((0, 0x800, 0x400, 0x80, 0x40)),
            1: self.control_1,
            2: r.getrandbits(32),
        }.get(n, r.getrandbits(32))
        if n == 1 and r.random() < 0.3:
            value ^= 0x01000000
        base, displacement = self.new_literal(value.to_bytes(4, "big"))
        self.asm.emit(bytes((0xB7, n << 4 | n, base << 4 | displacement >> 8, displacement & 255)))

    control_1 = 0

    def fault(self) -> None:
        """Something that ends in a program interruption, now or by the program mask."""
        r = self.r
        kind = r.randrange(6)
        if kind == 0:
            self.load(2, 0x0F000000 | r.getrandbits(6) << 28)
            self.asm.emit("0420")
        elif kind == 1:
            self.asm.emit(r.choice(("0000", "1D24", "1C35", "B2FF0000", "58000FFE")))
        elif kind == 2:
            self.load(5, r.choice((0x7FFFFFFF, 0x80000000)))
            self.asm.emit(r.choice(("1A55", "1B05", "8B500001", "1355")))
        elif kind == 3:
            self.load(15, r.choice((0xFFFFF0, 0x20000, 0x9FFF, 0x10000, 0xC000)))
            self.asm.emit(r.choice(("5010F000", "5800F000", "D207F000F008", "D203A000F001")))
        elif kind == 4:
            self.straight(DECIMAL)
        else:
            self.asm.emit(r.choice(("07F5", "5E5050F1"))) if r.random() < 0.2 else self.straight(FLOATING)

    # --- the whole ---

    def make(self) -> bytes:
        """The program's code; it begins with what sets the registers."""
        r = self.r
        asm = self.asm
        asm.emit(bytes.fromhex("988D") + BASES.to_bytes(2, "big"))
        self.load(OUTER, r.choice((50, 1000, 100000)))
        if r.random() < 0.3:
            self.load(2, 0x0F000000 | r.getrandbits(6) << 28)
            asm.emit("0420")
        self.subroutines = [asm.new_label() for _ in range(r.randrange(4))]
        later = list(self.subroutines)
        asm.place("outer")
        self.body(r.choice((2, 6, 12, 25)))
        asm.refer(bytes((0x46, OUTER << 4)), "outer")
        self.load(OUTER, 77)
        self.branch(15, "outer")
        for name in later:
            self.subroutines.remove(name)
            if r.random() < 0.2:
                asm.emit(bytes(r.randrange(0, 600, 2)))
            asm.place(name)
            base, displacement = self.new_literal(bytes(4))
            address = bytes((base << 4 | displacement >> 8, displacement & 255))
            asm.emit(b"\x50\xe0" + address)
            self.depth = 1
            self.body(r.randrange(1, 6))
            self.depth = 0
            asm.emit(b"\x58\xe0" + address + b"\x07\xfe")
        return asm.finish()


def program_case(name: str, dice: random.Random) -> Case:
    """A program, and what happens to it."""
    r = dice
    program = Program(r)
    case = Case(name, program.size)
    timers = r.random() < 0.4
    program.control_0 = 0xE0 | r.choice((0x00800000, 0x00900000, 0x00400000, 0x00500000)) | 0xC00 * timers
    program.control_1 = SEGMENT_TABLE
    code = program.make()
    case.cr = {**INITIAL_CONTROL_REGISTERS, 0: program.control_0, 1: program.control_1, 8: r.choice((0, 0xFFFF))}
    case.timers = timers
    case.threshold = r.choice((2, 8, 30))
    case.level = r.choice((-1, -1, 0))
    case.interval = r.choice(("off", "wall", "cpu")) if timers else "off"
    case.fields["clock_comparator"] = UNIX_EPOCH + (r.randrange(5000) if timers else 1 << 40) * 4096
    case.fields["cpu_timer_base"] = r.randrange(1, 5000) * 4096
    case.fields["trap_mask"] = r.choice(TRAPS)
    low = bytearray(0xC00)
    for at, data in handlers(r, program.ec, PAGE_TABLES if program.dat else 0, program.page_shift).items():
        low[at : at + len(data)] = data
    key = r.choice((0, 0, 0, r.randrange(16)))
    mask = program.system_mask() & ~4 | 4 * program.dat if program.ec else program.system_mask()
    start = psw(r, program.ec, program.asm.origin, system_mask=mask, key=key, problem=r.random() < 0.1)
    for at, address in HANDLERS.items():
        high, target = psw(r, program.ec, address)
        if program.dat and r.random() < 0.2:
            high |= 0x04000000
        low[at : at + 8] = high.to_bytes(4, "big") + target.to_bytes(4, "big")
    low[RECOVER : RECOVER + 8] = start[0].to_bytes(4, "big") + start[1].to_bytes(4, "big")
    bases = (word(r), program.asm.origin + 4096, DATA[10], DATA[11], program.asm.origin, DATA[13])
    low[BASES : BASES + 24] = b"".join(value.to_bytes(4, "big") for value in bases)
    low[0x50:0x54] = (r.randrange(40) << 8).to_bytes(4, "big")
    memory = bytearray(0x10000)
    memory[:0xC00] = low
    memory[0x1000:0x1C00] = low
    memory[0x7000:0x7C00] = low
    memory[0x8000:0xA800] = b"".join(packed_data(r) for _ in range(0x280))
    memory[program.asm.origin : program.asm.origin + len(code)] = code
    for at, data in program.data:
        memory[at : at + len(data)] = data
    translate(r, program, memory)
    case.storage = [
        (at, bytes(memory[at : at + 0x1000])) for at in range(0, 0x10000, 0x1000) if any(memory[at : at + 0x1000])
    ]
    case.set_psw(*start)
    if program.per:
        case.cr |= {
            9: r.getrandbits(32),
            10: r.choice((0, CODE, DATA[10])),
            11: r.choice((0xFFFFFF, CODE + 0x80, 0x9000)),
        }
    if r.random() < 0.1:
        case.fields["prefix"] = 0x1000
    keys(r, case, key)
    case.gr = [word(r) for _ in range(16)]
    case.fpr = [hexfloat(r) for _ in range(8)]
    total = r.choice((300, 3000, 10000, 20000))
    count = r.choice((2, 8, 40))
    for _ in range(count):
        actions: list[Action] = []
        if case.pieces and r.random() < 0.5:
            actions = [meddle(r, program, len(code)) for _ in range(r.randrange(1, 4))]
        case.pieces.append(Piece(actions, 1 + r.randrange(2 * total // count), r.getrandbits(30)))
    return case


def translate(r: random.Random, program: Program, memory: bytearray) -> None:
    """Tables for 1 MiB; some pages of data are elsewhere or missing, the rest is where it seems to be."""
    shift = program.page_shift
    pages = 0x100000 >> shift
    frames = list(range(pages))
    page = 1 << shift
    if program.dat:
        for at in (0x8000, 0x9000, 0xC000, 0xD000):
            if r.random() < 0.3:
                frames[at >> shift], frames[at + 0x2000 >> shift] = frames[at + 0x2000 >> shift], frames[at >> shift]
    view = bytes(memory)
    for number, frame in enumerate(frames[: 0x10000 >> shift]):
        if frame != number:
            memory[frame * page : (frame + 1) * page] = view[number * page : (number + 1) * page]
    entries = bytearray()
    for number, frame in enumerate(frames):
        entry = frame * page >> 8
        if number * page >= 0x10000 or (number * page >= 0x8000 and r.random() < 0.1):
            entry |= 4 if shift == 11 else 8
        entries += entry.to_bytes(2, "big")
    memory[PAGE_TABLES : PAGE_TABLES + len(entries)] = entries
    big = bool(program.control_0 & 0x100000)
    size = 0x400 if big else 0x20 << (12 - shift)
    for segment in range(16):
        entry = PAGE_TABLES + segment * size | 0xF0000000 if not big or segment == 0 else 1
        memory[SEGMENT_TABLE + 4 * segment : SEGMENT_TABLE + 4 * segment + 4] = entry.to_bytes(4, "big")


def keys(r: random.Random, case: Case, key: int) -> None:
    """Storage keys: all of the program's, or some that are not; some without reference and change bits."""
    kind = r.randrange(3)
    for block in range(case.size >> 11):
        bits = 6 if kind == 0 or r.random() < 0.7 else r.choice((0, 2, 4))
        own = key if r.random() < 0.97 or block < 2 else r.randrange(16)
        case.keys[block] = own << 4 | bits | (8 if kind == 2 and r.random() < 0.3 and own == key else 0)


def meddle(r: random.Random, program: Program, length: int) -> Action:
    """Something that the host does between two pieces."""
    origin = program.asm.origin
    code_at = origin + r.randrange(length)
    immediates = [origin + program.asm.labels[label] + 1 for label, _ in program.changeable]
    data_at = r.choice((DATA[10], DATA[11], 0xC000)) + r.randrange(0xF00)
    return r.choice(
        [
            ("poke", data_at, packed(r, 8)),
            ("store", data_at, r.randbytes(r.randrange(1, 200)), 0),
            ("store", code_at & ~0xFF, bytes(0), 0),
            ("poke", r.choice(immediates or [data_at]), r.randbytes(1)),
            ("poke", r.choice(immediates or [data_at]), r.randbytes(1)),
            ("poke", code_at, r.randbytes(1)) if r.random() < 0.2 else ("idle", r.randrange(1000)),
            ("key", program.key_block(), r.choice((6, 0, 2, r.getrandbits(8) & 0xFE))),
            ("pending", r.choice(PENDING)),
            ("external", 0x40),
            ("purge",),
            ("give_back",),
            ("trap", r.choice(TRAPS)),
            ("release", 0xC000, 0xCFFF),
            ("r", r.choice(WORK), word(r)),
            ("fpr", r.choice((0, 2, 4, 6)), hexfloat(r)),
            ("cr", 0, program.control_0),
            ("prefix", r.choice((0, 0, 0x1000))),
        ]
    )
