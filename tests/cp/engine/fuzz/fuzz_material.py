"""Random words, numbers and instructions.

An :class:`Site` says where instructions find their operands: whoever makes a case says which base registers there are
and what may be put into storage before.  :func:`instruction` makes one instruction of a given kind, more often than not
a legal one that does something.
"""

from __future__ import annotations

import random

from vm370.cp.s370.opcodes import BY_MNEMONIC, OPCODES, Opcode

WORDS = (0, 1, 2, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFF, 0x1000000, 10, 255, 256, 0xFFFF8000)
EVEN_PAIR = {"MR", "M", "DR", "D", "SLDL", "SRDL", "SLDA", "SRDA", "MVCL", "CLCL", "CDS"}
DECIMAL = {"AP", "SP", "ZAP", "CP", "MP", "DP", "SRP", "CVB", "ED", "EDMK", "UNPK", "MVO"}
ALIGNED = {"LPSW", "CS", "CDS", "STCTL", "LCTL", "SCK", "SCKC", "SPT", "STCKC", "STPT", "STIDP", "SPX", "STPX", "STAP"}
REGISTER_KEYS = {"SSK", "ISK"}
SINGLE = {"STC", "IC", "MVI", "CLI", "NI", "OI", "XI", "TM", "TS", "SSM", "STNSM", "STOSM", "LA", "EX", "BC", "BAL"}


class Site:
    """Where operands are; the methods that choose are replaced by those who know better."""

    size = 0x10000

    def __init__(self, dice: random.Random) -> None:
        self.r = dice

    def operand(self, length: int, align: int) -> tuple[int, int, int]:
        """(base register, displacement, address) of an operand in storage."""
        raise NotImplementedError

    def index(self) -> int:
        """An index register, or 0."""
        return 0

    def register(self, even: bool) -> int:
        """A general register to work with."""
        return self.r.randrange(0, 16, 2 if even else 1)

    def poke(self, address: int, data: bytes) -> None:
        """Put something into storage before the instruction is executed."""

    def set_register(self, number: int, value: int) -> None:
        """Have the register hold the value before the instruction is executed, if that can be done."""

    def key_block(self) -> int:
        """Address of a block whose key may be changed."""
        return self.r.randrange(0, self.size, 2048)

    def system_mask(self) -> int:
        """A system mask to load."""
        return self.r.choice((0, 0xFF, 0xFE, 1, 2, 3, self.r.getrandbits(8)))

    def psw(self) -> tuple[int, int]:
        """A PSW to load."""
        return self.r.getrandbits(32), self.r.getrandbits(32)


def word(r: random.Random) -> int:
    """A 32-bit word with a taste for extremes."""
    kind = r.randrange(5)
    if kind == 0:
        return r.choice(WORDS)
    if kind == 1:
        return r.getrandbits(r.randrange(1, 33))
    if kind == 2:
        return -r.getrandbits(r.randrange(1, 32)) & 0xFFFFFFFF
    return r.getrandbits(32)


def packed(r: random.Random, length: int) -> bytes:
    """A packed decimal field, sometimes an invalid one."""
    zeros = r.randrange(2 * length)
    digits = [0 if i < zeros or r.random() < 0.3 else r.randrange(10) for i in range(2 * length - 1)]
    if r.random() < 0.04:
        digits[r.randrange(len(digits))] = r.randrange(16)
    digits.append(r.choice((12, 12, 13, 15, 10, 11, 14)) if r.random() < 0.97 else r.randrange(16))
    return bytes(digits[i] << 4 | digits[i + 1] for i in range(0, 2 * length, 2))


def hexfloat(r: random.Random) -> int:
    """A 64-bit floating-point number."""
    if r.random() < 0.1:
        return r.choice((0, 1 << 63, 0x7F << 56, r.getrandbits(8) << 56, (1 << 64) - 1, 0x0010000000000000))
    fraction = r.getrandbits(56) >> r.choice((0, 0, 0, 4, 8, 20, 52)) & r.choice((~0, ~0, ~0xFFFFFFFF))
    return r.randrange(2) << 63 | r.choice((64, 65, 63, 70, 1, 126, r.randrange(128))) << 56 | fraction


def psw(
    r: random.Random, ec: bool, address: int, *, system_mask: int = 0, key: int = 0, problem: bool = False
) -> tuple[int, int]:
    """A valid PSW with random condition code and program mask."""
    cc, mask = r.randrange(4), r.choice((0, 15, r.randrange(16)))
    high = system_mask << 24 | key << 20 | ec << 19 | problem << 16
    if ec:
        return high & 0x47FFFFFF | cc << 12 | mask << 8, address
    return high, cc << 28 | mask << 24 | address


def any_psw(r: random.Random, address: int) -> tuple[int, int]:
    """A PSW to load: mostly a valid one."""
    high, low = psw(
        r,
        r.random() < 0.5,
        address,
        system_mask=r.choice((0, 0, 0, 3, 7, 0xFF, r.getrandbits(8))),
        key=r.choice((0, 0, r.randrange(16))),
        problem=r.random() < 0.2,
    )
    if r.random() < 0.05:
        high ^= 1 << r.randrange(32)
    return high, low


def _length(op: Opcode, second: int, first_operand: bool) -> int:
    name = op.format.layout
    if op.mnemonic in SINGLE:
        return 1
    if op.format.name == "SS":
        return second + 1
    if op.format.name in ("SSD", "SRP"):
        return (second >> 4 if first_operand else second & 15) + 1
    if op.mnemonic in ("STM", "LM", "STCTL", "LCTL"):
        return 4 * ((second & 15) - (second >> 4) & 15) + 4
    return 8 if (name.length == 4 and op.chapter in ("hexfloat", "timing")) or op.mnemonic in ("CVB", "CVD") else 4


def instruction(site: Site, op: Opcode, depth: int = 0) -> bytes:
    """One instruction of this kind."""
    r = site.r
    code = bytearray(op.code())
    length = op.format.length
    second = r.getrandbits(8)
    floating = op.chapter.startswith("hexfloat")
    if op.format.name not in ("SS", "SSD", "SRP", "SI", "RR_I", "S", "S_0", "SSE"):
        second = site.register(op.mnemonic in EVEN_PAIR and r.random() < 0.97) << 4
        even = op.mnemonic in ("MVCL", "CLCL", "CDS") and r.random() < 0.97
        second |= site.register(even) if length == 2 or op.format.name.startswith("RS") else site.index()
    if floating and r.random() < 0.97:
        extended = "X" in op.mnemonic or op.mnemonic in ("LRDR", "LRER")
        first = r.choice((0, 4) if extended else (0, 2, 4, 6))
        other = r.choice((0, 4) if extended else (0, 2, 4, 6)) if length == 2 else second & 15
        if op.mnemonic == "MXD":
            other = second & 15
        second = first << 4 | other
    if op.mnemonic in ("MP", "DP") and r.random() < 0.95:
        second = r.randrange(1, 16) << 4 | r.randrange(8)
        if second & 15 >= second >> 4:
            second = second & 0xF0 | r.randrange(second >> 4)
    if op.mnemonic == "SRP":
        second = second & 0xF0 | r.choice((5, 5, 0, r.randrange(16)))
    if op.mnemonic == "MC" and r.random() < 0.9:
        second &= 15
    if op.opcode < 0x100 and op.format.length > 1:
        code[1] = second
    if op.mnemonic in ("D", "DR") and r.random() < 0.5:
        site.set_register(second >> 4, r.choice((0, 0xFFFFFFFF, r.randrange(100))))
    if op.mnemonic in REGISTER_KEYS and r.random() < 0.9:
        site.set_register(second & 15, site.key_block() | r.getrandbits(7) << 24)
    if op.mnemonic in ("MVCL", "CLCL"):
        for n in (second >> 4 & 14, second & 14):
            if r.random() < 0.9:
                site.set_register(n, site.operand(300, 1)[2] | r.getrandbits(8) << 24)
                site.set_register(n + 1, r.getrandbits(8) << 24 | r.choice((0, 1, 5, 300, 2000, 5000)))
    if op.format.name == "RRE":
        code[3] = site.register(False) << 4 | site.register(False)
        return bytes(code)
    addresses = []
    for number, at in enumerate(range(2, length, 2)):
        if op.mnemonic in ("SRP", "SPKA") and number == length // 2 - 2 and r.random() < 0.9:
            value = r.choice((r.randrange(64), r.randrange(4096)))
            code[at : at + 2] = value.to_bytes(2, "big")
            continue
        if op.chapter == "shifting":
            code[at : at + 2] = r.choice((r.randrange(64), r.randrange(33), 0, r.getrandbits(16))).to_bytes(2, "big")
            continue
        align = 8 if op.mnemonic in ALIGNED and r.random() < 0.95 else 2 if op.mnemonic == "EX" else 1
        if align == 1 and length == 4:
            align = r.choice((1, 4, 8))
        base, displacement, address = site.operand(_length(op, second, number == 0), align)
        code[at] = base << 4 | displacement >> 8
        code[at + 1] = displacement & 255
        addresses.append(address)
    _operands_in_storage(site, op, code, addresses, depth)
    return bytes(code)


def _operands_in_storage(site: Site, op: Opcode, code: bytearray, addresses: list[int], depth: int) -> None:
    """What has to be in storage so that the instruction does something."""
    r = site.r
    if not addresses:
        return
    if op.mnemonic in DECIMAL:
        for i, address in enumerate(addresses[:2]):
            if r.random() < 0.9:
                n = 8 if op.mnemonic == "CVB" else (code[1] >> 4 if i == 0 else code[1] & 15) + 1
                data = packed(r, n)
                if op.mnemonic == "MP" and i == 0:
                    data = bytes(n // 2) + data[n // 2 :]
                if op.mnemonic.startswith("ED"):
                    n = code[1] + 1
                    data = r.randbytes(1) + bytes(r.choices((0x20, 0x21, 0x22, 0x6B), (8, 1, 1, 1), k=n - 1))
                    data = b"".join(packed(r, r.randrange(1, 9)) for _ in range(32)) if i else data
                site.poke(address, data)
    elif op.mnemonic == "EX":
        code[1] &= 0xF0
        if depth == 0:
            choices = [o for o in (r.choice(OPCODES), r.choice(OPCODES)) if o.mnemonic != "EX"]
            other = choices[0] if choices else BY_MNEMONIC["EX"]
            target = instruction(site, other, 1)
            if r.random() < 0.5 and len(target) > 1:  # the register brings bits of the second byte
                full = target[1]
                target = bytes((target[0], full & r.getrandbits(8))) + target[2:]
                site.set_register(code[1] >> 4, r.getrandbits(24) << 8 | full)
            site.poke(addresses[0], target)
    elif op.mnemonic == "LPSW":
        if r.random() < 0.9:
            high, low = site.psw()
            site.poke(addresses[0], high.to_bytes(4, "big") + low.to_bytes(4, "big"))
    elif op.mnemonic == "SSM":
        site.poke(addresses[0], bytes((site.system_mask(),)))
    elif op.mnemonic in ("STNSM", "STOSM"):
        code[1] = site.system_mask()
    elif op.mnemonic in ("SPX",):
        if r.random() < 0.8:
            site.poke(addresses[0], (r.randrange(0, site.size, 4096) & 0xFFFFFF).to_bytes(4, "big"))
    elif op.mnemonic in ("RRB",):
        return
    elif op.chapter.startswith("hexfloat") and r.random() < 0.6:
        site.poke(addresses[0], hexfloat(r).to_bytes(8, "big"))
    elif op.mnemonic in ("CS", "CDS") and r.random() < 0.4:
        value = word(r)
        site.set_register(code[1] >> 4, value)
        site.poke(addresses[0], value.to_bytes(4, "big"))
    elif op.mnemonic == "SCKC" and r.random() < 0.6:
        site.poke(addresses[0], (0x7D91048BCA000000 + r.randrange(1 << 26)).to_bytes(8, "big"))
    elif op.mnemonic == "SPT" and r.random() < 0.6:
        site.poke(addresses[0], (r.randrange(1000) * 4096).to_bytes(8, "big"))
