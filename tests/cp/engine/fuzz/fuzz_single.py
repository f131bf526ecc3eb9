"""Single instructions in random states: a case is a walk of one instruction a piece.

Storage and keys stay as the instructions before left them; registers, PSW and what the instruction needs are set anew
for each.  Operands are everywhere: across blocks and pages, at the end of storage, round 16 MiB, in low storage, in the
instruction itself.  One in five is the target of an EXECUTE.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from fuzz_case import Action, Case, Piece
from fuzz_material import Site, any_psw, hexfloat, instruction, psw, word

from vm370.cp.s370.cpu import INITIAL_CONTROL_REGISTERS
from vm370.cp.s370.opcodes import BY_MNEMONIC, OPCODES, Opcode
from vm370.cp.s370.traps import HYPERVISED, TRAP_CONTROL, TRAP_IO, TRAP_PROGRAM, TRAP_SVC

CODE, DATA = 0x2000, 0x8000
TABLES = 0x6000
"""Segment table here, page tables from 6400: the same places in each space."""
SIZES = (0x10000, 0x10000, 0x10000, 0x20000, 0x100000, 0x1000000)
CONTROL_0 = (0x00800000, 0x00900000, 0x00400000, 0x00500000)
"""4K/64K, 4K/1M, 2K/64K, 2K/1M."""
PENDING = (0, 1, 2, 0x80, 0x82, 0xFF)
TRAPS = (0, 0, 0, HYPERVISED, TRAP_PROGRAM | TRAP_SVC, TRAP_PROGRAM, TRAP_CONTROL | TRAP_IO)


class Walk(Site):
    """One walk: where operands are, and what has to be done before the next instruction."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__(dice)
        self.size = dice.choice(SIZES)
        self.pokes: list[Action] = []
        self.gr = [0] * 16
        self.bases = [8]

    def begin(self) -> None:
        """Before each instruction."""
        r = self.r
        self.pokes = []
        self.gr = [word(r) for _ in range(16)]
        self.bases = r.sample(range(1, 16), 5)

    def address(self) -> int:
        """Where an operand may be."""
        r = self.r
        kind = r.random()
        if kind < 0.62:
            return DATA + r.randrange(0x4000)
        if kind < 0.8:
            return DATA + 2048 * r.randrange(1, 10) - r.randrange(-2, 20)
        if kind < 0.84:
            return self.size - r.randrange(-3, 300)
        if kind < 0.88:
            return -r.randrange(-3, 300)
        if kind < 0.92:
            return r.randrange(0x300)
        if kind < 0.95:
            return CODE + r.randrange(-8, 12)
        if kind < 0.97:
            return TABLES + r.randrange(0x800)
        return r.getrandbits(24)

    def operand(self, length: int, align: int) -> tuple[int, int, int]:
        r = self.r
        address = self.address() & -align & 0xFFFFFF
        if r.random() < 0.02:
            return r.randrange(16), r.randrange(4096), address
        if address < 0x1000 and r.random() < 0.5:
            return 0, address, address
        base = self.bases.pop() if self.bases else r.randrange(16)
        displacement = r.choice((0, 0, r.randrange(32), r.randrange(0x1000)))
        self.set_register(base, address - displacement & 0xFFFFFF | r.choice((0, r.getrandbits(8))) << 24)
        return base, displacement, address

    def index(self) -> int:
        r = self.r
        if r.random() < 0.6 or not self.bases:
            return 0
        index = self.bases.pop()
        self.set_register(index, r.choice((0, r.randrange(8), r.randrange(256), 0xFFFFFFFF)))
        return index

    def poke(self, address: int, data: bytes) -> None:
        address &= 0xFFFFFF
        if address + len(data) <= self.size:
            self.pokes.append(("poke", address, data))

    def set_register(self, number: int, value: int) -> None:
        self.gr[number & 15] = value & 0xFFFFFFFF

    def psw(self) -> tuple[int, int]:
        return any_psw(self.r, CODE + 2 * self.r.randrange(20))


def low_storage(r: random.Random) -> bytes:
    """Locations 0-7F with new PSWs, most of them good ones."""
    low = bytearray(0x80)
    for at in (0, 0x58, 0x60, 0x68, 0x70, 0x78):
        high, address = psw(r, r.random() < 0.4, 0x1000 + 2 * r.randrange(100), problem=r.random() < 0.1)
        if r.random() < 0.03:
            high |= 1 << r.randrange(32)
        low[at : at + 8] = high.to_bytes(4, "big") + address.to_bytes(4, "big")
    return bytes(low)


def tables(r: random.Random, control_0: int, size: int) -> list[tuple[int, bytes]]:
    """Segment and page tables at TABLES: mostly the identity."""
    page_shift = 11 if control_0 & 0x400000 else 12
    megabyte = bool(control_0 & 0x100000)
    segments = 16 if megabyte else 32
    pages = (1 << (20 if megabyte else 16)) >> page_shift
    mapped = min(pages, 64)
    segment_table, page_tables = bytearray(), bytearray()
    for segment in range(segments):
        origin = TABLES + 0x400 + segment % 8 * 0x80
        entry = origin | (0xF0000000 if r.random() < 0.9 else r.randrange(16) << 28)
        entry |= 4 if r.random() < 0.05 else 0
        entry |= 1 if r.random() < (0.02 if segment == 0 else 0.2) else 0
        if r.random() < 0.01:
            entry |= 1 << r.randrange(32)
        segment_table += entry.to_bytes(4, "big")
    for table in range(8):
        entries = bytearray()
        for page in range(mapped):
            frame = (page << page_shift) + (table << 16) & size - 1
            if r.random() < 0.1:
                frame = r.randrange(0, min(size, 0x40000), 1 << page_shift)
            entry = frame >> 8
            if r.random() < (0.02 if frame < 0x8000 else 0.1):
                entry |= r.choice((8, 4, 2, 1))
            entries += entry.to_bytes(2, "big")
        page_tables += entries[:0x80].ljust(0x80, b"\0")
    return [(TABLES, bytes(segment_table)), (TABLES + 0x400, bytes(page_tables))]


def walk_case(name: str, dice: random.Random, ops: Sequence[Opcode] = OPCODES, length: int = 48) -> Case:
    """A walk of ``length`` instructions drawn from ``ops``."""
    r = dice
    site = Walk(r)
    case = Case(name, site.size)
    ec = r.random() < 0.5
    dat = ec and r.random() < 0.4
    problem = r.random() < 0.2
    case.cr = {**INITIAL_CONTROL_REGISTERS, 0: 0xE0, 8: r.getrandbits(16)}
    if r.random() < 0.3:
        case.cr[0] |= r.choice((0x80000000, 0x40000000, 0x10000000))
    case.storage = [(0, low_storage(r))]
    filled = r.randbytes(0x4000) if r.random() < 0.5 else b"".join(packed_data(r) for _ in range(1024))
    case.storage.append((DATA, filled))
    if r.random() < 0.3:
        case.storage.append((case.size - 0x400, r.randbytes(0x400)))
    if dat or r.random() < 0.1:
        case.cr[0] |= r.choice(CONTROL_0)
        case.cr[1] = r.choice((0xFF, 0xFF, r.getrandbits(8))) << 24 | TABLES
        case.storage += tables(r, case.cr[0], case.size)
    if r.random() < 0.12:
        case.fields["prefix"] = r.choice((0x1000, 0x3000, CODE, DATA, 0x7000))
        case.storage.append((case.fields["prefix"], low_storage(r)))
    if r.random() < 0.6:
        blocks = case.size >> 11
        for _ in range(r.choice((3, 40))):
            case.keys[r.randrange(min(blocks, 40))] = r.getrandbits(8) & 0xFE
        case.keys[blocks - 1] = r.getrandbits(8) & 0xFE
    case.fields["trap_mask"] = r.choice(TRAPS)
    case.rate = r.choice((1, 1, 5))
    key = r.choice((0, 0, 0, r.randrange(16)))
    per = ec and r.random() < 0.04
    if per:
        case.cr |= {9: r.getrandbits(32), 10: r.choice((0, CODE, DATA)), 11: r.choice((0xFFFFFF, CODE + 3, DATA + 99))}
    for _ in range(length):
        site.begin()
        code = instruction(site, r.choice(ops))
        kind = r.random()
        at = CODE + 2 * r.randrange(64) if kind < 0.8 else CODE + 0x800 * r.randrange(1, 3) - 2 * r.randrange(5)
        if kind > 0.98:
            at = r.choice((case.size - 2 * r.randrange(1, 4), CODE + 1, 0xFFFFFE, r.getrandbits(24)))
        if r.random() < 0.15:
            target = site.operand(8, 2)
            register = r.randrange(16)
            execute = BY_MNEMONIC["EX"].opcode << 24 | register << 20 | target[0] << 12 | target[1]
            site.poke(target[2], code)
            code = execute.to_bytes(4, "big")
            if r.random() < 0.7:
                site.set_register(register, r.getrandbits(32) & r.choice((0xFFFFFF00, 0xFFFFFFFF, 0x0F, 0x1010101)))
        site.poke(at, code)
        actions: list[Action] = [("gr", site.gr), *site.pokes]
        if r.random() < 0.3 or op_uses_floats(code):
            actions += [("fpr", n, hexfloat(r)) for n in (0, 2, 4, 6)]
        mask = r.choice((0, 3, 0xFF)) if not ec else r.choice((0, 3)) | 4 * dat | 0x40 * per
        actions.append(("psw", *psw(r, ec, at & 0xFFFFFF, system_mask=mask, key=key, problem=problem)))
        if r.random() < 0.08:
            actions += rare(r, site, case)
        case.pieces.append(Piece(actions, r.choice((1, 1, 1, 1, 3)), r.randrange(4)))
    return case


def packed_data(r: random.Random) -> bytes:
    """16 bytes: numbers of all kinds."""
    from fuzz_material import packed

    kind = r.randrange(4)
    if kind == 0:
        return packed(r, 8) + packed(r, 5) + packed(r, 3)
    if kind == 1:
        return b"".join(word(r).to_bytes(4, "big") for _ in range(4))
    if kind == 2:
        return hexfloat(r).to_bytes(8, "big") + bytes(8)
    return bytes(r.choices(range(0xF0, 0xFA), k=15)) + b"\xc5"


def op_uses_floats(code: bytes) -> bool:
    """A floating-point instruction."""
    return 0x20 <= code[0] < 0x40 or 0x60 <= code[0] < 0x80


def rare(r: random.Random, site: Walk, case: Case) -> list[Action]:
    """Something that the host does now and then."""
    low = min(site.size, 0x10000)
    return [
        r.choice(
            (
                ("key", r.randrange(0, low, 2048), r.getrandbits(8) & 0xFE),
                ("store", r.randrange(low - 300), r.randbytes(r.randrange(300)), r.choice((0, r.randrange(16)))),
                ("poke", 0, low_storage(r)),
                ("pending", r.choice(PENDING)),
                ("external", 0x40),
                ("trap", r.choice(TRAPS)),
                ("purge",),
                ("give_back",),
                ("idle", r.randrange(100000)),
                ("prefix", r.choice((0, 0x1000, 0x3000, DATA))),
                ("cr", 0, case.cr[0] ^ 1 << r.randrange(32)),
                ("cr", 1, case.cr.get(1, 0)),
                ("release", 0xA000, 0xBFFF),
            )
        )
    ]
