"""Random cases in the format of ``vm370 vectors``, for every instruction of the opcode table.

A case is made without its result: ``instruction`` makes one for an instruction, ``undefined`` for an operation code
that is none, ``anything`` from random bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from vm370.cp.s370.formats import LAYOUTS
from vm370.cp.s370.opcodes import BY_MNEMONIC, BY_OPCODE, OPCODES, SECOND_BYTE_MASKS, Opcode
from vm370.tools.conformance import operands
from vm370.tools.conformance.casemaker import BRANCHED, Case, CaseMaker, encode

HEADER: Case = {
    "format": "vm370 vectors",
    "bg_g": [f"{0xA0 + i:02X}" * 4 for i in range(16)],
    "bg_f": {"0": "4512345678ABCD00", "2": "C2FEDCBA98765432", "4": "40FFFFFFFFFFFFFF", "6": "3E1000000000000F"},
    "bg_cr": "00000000",
}
NOT_HERE = {"SIO", "SIOF", "TIO", "CLRIO", "HIO", "HDV", "TCH", "STIDC", "DIAG", "IUCV", "SIGP"}
"""In supervisor state: what they do depends on the machine."""
ELSEWHERE = {0xD9, 0xDA, 0xDB, 0xE5, 0xE6, 0x9C, 0x9D, 0x9E, 0x9F, 0xAE, 0x83, 0xB200, 0xB201, 0xB202, 0xB218, 0xB219,
             0xB221, *range(0xB223, 0xB229)}  # fmt: skip
"""First one or two bytes of instructions that only the other machine has, or that depend on the machine."""
PACKED = {"ZAP", "CP", "AP", "SP", "MP", "DP", "SRP", "ED", "EDMK", "CVB", "UNPK", "PACK", "MVO"}
BRANCHES = {"BC", "BCR", "BAL", "BALR", "BAS", "BASR", "BCT", "BCTR", "BXH", "BXLE"}
SHIFTS = {"SLA", "SRA", "SLL", "SRL", "SLDA", "SRDA", "SLDL", "SRDL"}
PAIRS = {"SLDA", "SRDA", "SLDL", "SRDL", "M", "MR", "D", "DR", "CDS"}
CLOCKS = {"STCK": 8, "STIDP": 8, "STPT": 8}
"""Bytes that they store and that nobody can foretell."""
LENGTHS = {"LD": 8, "STD": 8, "AD": 8, "SD": 8, "MD": 8, "DD": 8, "CD": 8, "AW": 8, "SW": 8, "MXD": 8, "CVB": 8,
           "CVD": 8, "LH": 2, "STH": 2, "AH": 2, "SH": 2, "MH": 2, "CH": 2, "IC": 1, "STC": 1, "EX": 2, "CDS": 8,
           "LPSW": 8, "SCK": 8, "STCK": 8, "SCKC": 8, "STCKC": 8, "SPT": 8, "STPT": 8, "STIDP": 8,
           "STAP": 2}  # fmt: skip


# --- by layout ---


def _registers(make: CaseMaker, op: Opcode, used: set[int]) -> tuple[int, int]:
    """R1 and R2 (or R3, X2): mostly fit for the instruction; their contents."""
    random = make.random
    if op.chapter.startswith("hexfloat"):
        return _floating_registers(make, op)
    r1, r2 = make.register(), make.register()
    if op.mnemonic in PAIRS and random.random() < 0.93:
        r1 &= ~1
    if op.mnemonic == "CDS" and random.random() < 0.93:
        r2 &= ~1
    for r in {r1, r1 + 1 & 15, r2, r2 + 1 & 15}:
        make.gr[r] = operands.word(random)
    if op.mnemonic in ("D", "DR") and random.random() < 0.7:
        make.gr[r1 & ~1] = random.choice((0, 0xFFFFFFFF, 1, 0xFFFFFFFE, 0x3FFFFFFF, 0xC0000000, random.getrandbits(8)))
    used |= {r1, r1 + 1 & 15, r2, r2 + 1 & 15}
    return r1, r2


def _floating_registers(make: CaseMaker, op: Opcode) -> tuple[int, int]:
    random = make.random
    wide = op.mnemonic in ("AXR", "SXR", "MXR", "MXDR", "MXD", "LRDR")
    r1, r2 = (random.choice((0, 2, 4, 6)) for _ in range(2))
    if op.mnemonic in ("AXR", "SXR", "MXR"):
        r1, r2 = r1 & 4, r2 & 4
    elif op.mnemonic == "LRDR":
        r2 &= 4
    elif wide:
        r1 &= 4
    if random.random() < 0.03:
        r1, r2 = make.register(), make.register()
    if wide:
        first = operands.extended(random)
        second = operands.extended(random, first)
        make.fpr = dict(zip((0, 2, 4, 6), first + second, strict=True))
    else:
        make.fpr[0] = operands.hexfloat(random)
        for r in (2, 4, 6):
            make.fpr[r] = operands.hexfloat(random, make.fpr[random.choice(list(make.fpr))])
        if op.mnemonic[-2:] == "ER" and random.random() < 0.5:
            for r in make.fpr:
                make.fpr[r] = make.fpr[r] & ~0xFFFFFFFF | random.choice((0, random.getrandbits(32)))
    return r1, r2


def _operand_bytes(make: CaseMaker, op: Opcode, length: int, r1: int) -> bytes:
    """What a fixed-length storage operand holds."""
    random = make.random
    if op.chapter.startswith("hexfloat"):
        value = operands.hexfloat(random, make.fpr.get(r1 & 6))
        return value.to_bytes(8, "big")[:length]
    if op.mnemonic in PACKED:
        return _cvb(random) if op.mnemonic == "CVB" else operands.packed(random, length)
    if op.mnemonic == "LPSW":
        return _psw(make)
    if op.mnemonic in ("CS", "CDS") and random.random() < 0.6:
        old = b"".join(make.gr.get((r1 + i) & 15, 0).to_bytes(4, "big") for i in (0, 1))[:length]
        return old
    if length in (4, 8) and random.random() < 0.7:
        return b"".join(operands.word(random).to_bytes(4, "big") for _ in range(length // 4))
    if length == 2:
        return (operands.word(random) & 0xFFFF).to_bytes(2, "big")
    return operands.data(random, length)


def _cvb(random: Random) -> bytes:
    value = random.choice((0, 1, 2**31 - 1, 2**31, 2**31 + 1, 2**32, 10**15 - 1, random.getrandbits(31),
                           random.getrandbits(33), random.randrange(10**15)))  # fmt: skip
    data = bytearray.fromhex(f"{value:015d}" + random.choice("CDABEF"))
    if random.random() < 0.08:
        data[random.randrange(8)] = random.getrandbits(8)
    return bytes(data)


def _psw(make: CaseMaker) -> bytes:
    random = make.random
    address = _target(make)
    mask = random.choice((0, 0, 0, 0, 1, 2, 3, 0x40, 0x80, 0xFF, 4))
    key = random.choice((0, 0, random.randrange(16)))
    problem = random.random() < 0.2
    if random.random() < 0.5:
        high = mask << 24 & (0x03000000 if random.random() < 0.9 else 0xBB000000) | key << 20 | 0x80000
        high |= problem << 16 | random.randrange(64) << 8 & 0x3F00
        low = address
        if random.random() < 0.1:
            high |= random.choice((0x4000, 0x8000, 0x01, 0x80, 0xC000))
        if random.random() < 0.05:
            low |= random.choice((1 << 24, 1 << 31, 0xFF << 24))
    else:
        high = (mask & 0xFF) << 24 | key << 20 | problem << 16 | random.getrandbits(16)
        low = random.getrandbits(8) << 24 | address
    return (high & 0xFFFFFFFF).to_bytes(4, "big") + low.to_bytes(4, "big")


def _target(make: CaseMaker) -> int:
    """Where a branch goes: SVC 254 is there; odd, or outside storage, now and then."""
    random = make.random
    address = random.randrange(operands.TARGETS, operands.TARGETS_END, 2)
    kind = random.random()
    if kind < 0.05:
        address = random.choice((make.size - 2, make.size, make.size + 0x100, 0xFFFFFE))
    make.lay(address, BRANCHED, fenced=False)
    return address | (kind > 0.96)


def _branch(make: CaseMaker, op: Opcode) -> Case:
    random = make.random
    used: set[int] = set()
    r1, r2 = _registers(make, op, used)
    if op.mnemonic in ("BXH", "BXLE") and random.random() < 0.4:
        odd = make.gr[r2 | 1] if r2 | 1 in make.gr else make.gr[r2]
        make.gr[r1] = odd - make.gr[r2] + random.choice((-1, 0, 0, 1)) & 0xFFFFFFFF
    target = _target(make)
    if op.format.length == 2:
        if r2 and random.random() < 0.9:
            make.gr[r2] = target | random.choice((0, 0xFF, random.getrandbits(8))) << 24
        if op.mnemonic == "BCTR" and r1 != r2:
            make.gr[r1] = random.choice((0, 1, 2, 0x80000000, 0xFFFFFFFF, operands.word(random)))
        return make.finish(op.mnemonic, "branch", encode(op, R1=r1, R2=r2))
    if op.mnemonic == "BCT":
        make.gr[r1] = random.choice((0, 1, 2, 0x80000000, 0xFFFFFFFF, operands.word(random)))
    if random.random() < 0.1:
        used.clear()
    if op.format.layout.fields.get("X2"):
        x, b, d = make.addressing(target, used, index=True)
        return make.finish(op.mnemonic, "branch", encode(op, R1=r1, X2=x, B2=b, D2=d))
    _, b, d = make.addressing(target, used)
    return make.finish(op.mnemonic, "branch", encode(op, R1=r1, R3=r2, B2=b, D2=d))


def _rr(make: CaseMaker, op: Opcode) -> Case:
    random = make.random
    r1, r2 = _registers(make, op, set())
    if op.mnemonic in ("SSK", "ISK"):
        block = random.randrange(operands.DATA, operands.DATA_END, 0x800) & ~0x7FF
        if random.random() < 0.9:
            make.keys[block] = random.getrandbits(8) & 0xFE
        low = 16 * random.randrange(128) | (random.random() < 0.1) * random.randrange(16)
        make.gr[r2] = random.getrandbits(8) << 24 | (block if random.random() < 0.93 else make.size) | low
        if r1 == r2:
            make.gr[r1] = make.gr[r2]
    code = encode(op, R1=r1, R2=r2)
    return make.finish(op.mnemonic, _group(op), code)


def _long(make: CaseMaker, op: Opcode) -> Case:
    random = make.random
    r1, r2 = (make.register() & ~(random.random() < 0.96) for _ in range(2))
    lengths = [random.choice((0, 1, 2, 8, 15, 16, 31, 255, 256, 257, 2048, 2049, random.randrange(300),
                              random.randrange(6000))) for _ in range(2)]  # fmt: skip
    if random.random() < 0.3:
        lengths[1] = lengths[0]
    first = make.place(min(lengths[0], 300) or 1)
    second = make.place(min(lengths[1], 300) or 1)
    if random.random() < 0.25:
        second = (
            first + random.choice((-1, 0, 1, lengths[0] // 2, lengths[1] - 1, random.randrange(-20, 20)))
        ) & 0xFFFFFF
    pad = random.getrandbits(8)
    text = operands.data(random, max(lengths) or 1)
    other = bytearray(text[: lengths[1]])
    if random.random() < 0.3:
        other = bytearray(operands.data(random, lengths[1]))
    elif other and random.random() < 0.6:
        other[random.randrange(len(other))] ^= 1 << random.randrange(8)
    one = bytearray(text[: lengths[0]])
    if op.mnemonic == "CLCL" and random.random() < 0.5:
        short = min(lengths)
        longer = one if lengths[0] > lengths[1] else other
        longer[short:] = bytes([pad]) * (len(longer) - short)
        if len(longer) > short and random.random() < 0.5:
            longer[random.randrange(short, len(longer))] ^= 1 << random.randrange(8)
    make.lay(second, bytes(other), fenced=random.random() < 0.8)
    make.lay(first, bytes(one), fenced=False)
    for r, value in ((r2 | 1, pad << 24 | lengths[1]), (r1 | 1, random.getrandbits(8) << 24 | lengths[0]),
                     (r2 & ~1, random.choice((0, random.getrandbits(8))) << 24 | second),
                     (r1 & ~1, random.choice((0, random.getrandbits(8))) << 24 | first)):  # fmt: skip
        make.gr[r] = value
    key = make.protect(first, first + lengths[0], second, second + lengths[1])
    return make.finish(op.mnemonic, "long", encode(op, R1=r1, R2=r2), key)


def _one_operand(make: CaseMaker, op: Opcode) -> Case:
    """RX, RS, SI and S instructions with one address."""
    random = make.random
    layout = op.format.layout
    used: set[int] = set()
    fields: dict[str, int] = {}
    r1, r3 = 0, 0
    if "R1" in layout.fields:
        r1, r3 = _registers(make, op, used)
        fields["R1"] = r1
    if "R3" in layout.fields:
        fields["R3"] = r3
    if "I2" in layout.fields:
        fields["I2"] = random.choice((0, 0xFF, 1, 0x80, random.getrandbits(8), random.getrandbits(8)))
    length = _length(op, r1, r3)
    mnemonic = op.mnemonic
    mask = random.choice((0, 0, 1, 2, 3)) if op.group == "psw" else 0
    if mnemonic in SHIFTS or (mnemonic in ("LA", "MC", "SPKA", "STNSM", "STOSM") and random.random() < 0.2):
        address = operands.word(random)
    elif mnemonic in ("LA", "MC", "SPKA", "IPK", "PTLB"):
        address = operands.word(random) & 0xFFFFFF
    elif mnemonic == "RRB":
        address = make.place(1)
        if address < make.size and random.random() < 0.9:
            make.keys[address & ~0x7FF] = random.getrandbits(8) & 0xFE
    else:
        address = make.place(length, length if length in (2, 4, 8) else 1)
        if mnemonic in ("LM", "STM", "LCTL", "STCTL"):
            address &= ~(3 * (random.random() < 0.8))
        make.lay(address, _operand_bytes(make, op, length, r1), fenced=random.random() < 0.9)
        if mnemonic in CLOCKS:
            make.undetermined.append((address, CLOCKS[mnemonic]))
    if mnemonic == "MC":
        make.cr[8] = random.choice((0, 0xFFFF, random.getrandbits(32), 1 << random.randrange(16)))
        fields["I2"] = random.choice((random.randrange(16), random.randrange(16), random.getrandbits(8)))
    if mnemonic == "TS":
        fields.pop("I2", None)
    if random.random() < 0.08:
        used.clear()
    x, b, d = make.addressing(address & 0xFFFFFF, used, index="X2" in layout.fields)
    if mnemonic in SHIFTS:
        make.gr[b] = address & 0xFFFFFFFF
        d = random.choice((0, 1, 31, 32, 33, 63, 64, 0xFFF, random.randrange(64), random.randrange(64)))
        b = b if random.random() < 0.3 else 0
    if "X2" in layout.fields:
        fields["X2"] = x
    suffix = "1" if "B1" in layout.fields else "2"
    fields |= {f"B{suffix}": b, f"D{suffix}": d}
    key = make.protect(address, address + length - 1)
    if op.group == "psw" and mnemonic != "LPSW" and mask and random.random() < 0.3:
        mask |= random.getrandbits(8)
    case = make.finish(mnemonic, _group(op), encode(op, **fields), key, mask=mask)
    return case


def _length(op: Opcode, r1: int, r3: int) -> int:
    """Bytes of the storage operand."""
    mnemonic = op.mnemonic
    if mnemonic in ("LM", "STM", "LCTL", "STCTL"):
        return 4 * ((r3 - r1) % 16 + 1)
    if mnemonic in ("ICM", "STCM", "CLM"):
        return max(1, r3.bit_count())
    if "I2" in op.format.layout.fields:
        return LENGTHS.get(mnemonic, 1)
    return LENGTHS.get(mnemonic, 4)


def _two_operands(make: CaseMaker, op: Opcode) -> Case:
    """SS instructions."""
    random = make.random
    mnemonic = op.mnemonic
    fields: dict[str, int] = {}
    if "L" in op.format.layout.fields:
        first = random.choice((1, 2, 3, 4, 8, 16, 256, random.randrange(1, 20), random.randrange(1, 257)))
        second = 256 if mnemonic in ("TR", "TRT") else first
        fields["L"] = first
    else:
        first, second = random.randrange(1, 17), random.randrange(1, 17)
        if mnemonic in ("MP", "DP") and random.random() < 0.9:
            second = random.randrange(1, 9)
            first = random.randrange(second, 17) if random.random() < 0.9 else first
        fields["L1"] = first
        if "L2" in op.format.layout.fields:
            fields["L2"] = second
    a, b = make.place(first), make.place(second)
    if random.random() < 0.2 and mnemonic not in ("ED", "EDMK"):
        b = a + random.choice((0, 1, -1, first - second, first - 1, random.randrange(-16, 17)))
        b &= 0xFFFFFF
    source, target = _contents(make, op, first, second)
    if mnemonic == "MVCIN":
        make.lay(b - second + 1 & 0xFFFFFF, source)
    else:
        make.lay(b, source, fenced=random.random() < 0.9)
    make.lay(a, target, fenced=random.random() < 0.9)
    if mnemonic in ("EDMK", "TRT"):
        make.gr[1], make.gr[2] = operands.word(random), operands.word(random)
    used = {1, 2} if mnemonic in ("EDMK", "TRT") and random.random() < 0.9 else set()
    _, b1, d1 = make.addressing(a, used)
    if mnemonic == "SRP":
        fields["I3"] = random.choice((0, 4, 5, 9, random.randrange(10), random.randrange(16)))
        amount = random.choice((0, 1, 31, 32, 63, random.randrange(64), random.randrange(8), random.randrange(56, 64)))
        b2, d2 = (0, amount | random.randrange(64) << 6) if random.random() < 0.5 else make.addressing(amount, used)[1:]
    else:
        _, b2, d2 = make.addressing(b, used)
    code = encode(op, **fields, B1=b1, D1=d1, B2=b2, D2=d2)
    return make.finish(mnemonic, _group(op), code, make.protect(a, a + first - 1, b, b + second - 1))


def _contents(make: CaseMaker, op: Opcode, first: int, second: int) -> tuple[bytes, bytes]:
    """(second operand, first operand)."""
    random = make.random
    mnemonic = op.mnemonic
    if mnemonic in ("ED", "EDMK"):
        fields = b"".join(operands.packed(random, random.randrange(1, 9)) for _ in range(4))
        return fields[: max(1, first)].ljust(first, b"\x12"), operands.pattern(random, first)
    if mnemonic in ("TR", "TRT"):
        table = bytearray(operands.data(random, 256) if mnemonic == "TR" else 256)
        if mnemonic == "TRT":
            for _ in range(random.choice((0, 1, 2, 20))):
                table[random.getrandbits(8)] = random.getrandbits(8)
        return bytes(table), operands.data(random, first)
    if mnemonic in PACKED:
        source, target = operands.packed(random, second), operands.packed(random, first)
        if mnemonic in ("AP", "SP", "CP") and random.random() < 0.3:
            common = min(first, second)
            target = source[-common:].rjust(first, b"\0")
            target = target[:-1] + bytes([target[-1] & 0xF0 | random.choice((0xC, 0xD, 0xF))])
        if mnemonic == "MP" and random.random() < 0.7:
            target = bytes(min(second, first)) + target[min(second, first) :]
        if mnemonic == "DP" and random.random() < 0.6 and first > second:
            zeros = random.choice((second - 1, second, second + 1))
            target = (bytes(zeros) + target)[: first - 1] + target[-1:]
        if random.random() < 0.04:
            source = random.randbytes(second)
        return source, target
    source = operands.data(random, second)
    alike = bytearray(source if random.random() < 0.5 else operands.data(random, first))
    alike = alike[:first].ljust(first, b"\x5a")
    if random.random() < 0.5:
        alike[random.randrange(first)] ^= 1 << random.randrange(8)
    return source, bytes(alike)


def _execute(make: CaseMaker, op: Opcode) -> Case:
    """EXECUTE of a case of another instruction."""
    random = make.random
    inner = random.choice([other for other in OPCODES if other.mnemonic not in NOT_HERE])
    case = make_case(make, inner)
    code = bytearray.fromhex(case["code"])
    r1 = random.choice([0, *(i for i in range(16) if i not in make.gr)])
    if r1:
        byte = random.choice((0, 0, code[1], random.getrandbits(8)))
        make.gr[r1] = random.getrandbits(24) << 8 | byte
        if random.random() < 0.7:
            code[1] = (code[1] & ~byte | random.getrandbits(8) & byte) if byte else code[1]
    target = random.randrange(operands.TARGETS, operands.TARGETS_END, 2)
    kind = random.random()
    if kind < 0.1:
        target = random.randrange(operands.TARGETS + 0x800, operands.TARGETS_END, 0x800) - 2 * random.randrange(4)
    elif kind < 0.12:
        target |= 1
    elif kind < 0.15:
        target = make.size - random.choice((0, 2, 4, 6))
    if inner.mnemonic != "EX":
        make.pieces = [(a, d) for a, d in make.pieces if not d.startswith(bytes.fromhex(case["code"]))]
    make.lay(target & ~1, bytes(code), fenced=False)
    x, b, d = make.addressing(target, {r1, *make.gr}, index=True)
    if not b and not x:
        make.gr[14], b, d = target, 14, 0
    key = int(case["psw"][2], 16)
    mask = int(case["psw"][:2], 16)
    return make.finish("EX", "ex", encode(op, R1=r1, X2=x, B2=b, D2=d), key, mask=mask)


def _immediate(make: CaseMaker, op: Opcode) -> Case:
    return make.finish(op.mnemonic, "misc", encode(op, I=make.random.getrandbits(8)),
                       problem=make.random.random() < 0.3)  # fmt: skip


def _rre(make: CaseMaker, op: Opcode) -> Case:
    """IPTE: a page table of its own."""
    random = make.random
    r1, r2 = random.sample(range(16), 2)
    make.cr[0] = random.choice((0x00400000, 0x00500000, 0x00800000, 0x00900000, 0x00800000, 0x00C00000))
    table = 0x18000 + 8 * random.randrange(64)
    make.lay(table, random.randbytes(64))
    make.gr[r1] = table | random.choice((0, 0xF0000000, 1))
    make.gr[r2] = random.randrange(32) << 11 | random.getrandbits(8) << 24 | random.randrange(4) << 20
    return make.finish(op.mnemonic, "extra", encode(op, R1=r1, R2=r2))


def _test_protection(make: CaseMaker, op: Opcode) -> Case:
    random = make.random
    address = make.place(1)
    if address < make.size:
        make.keys[address & ~0x7FF] = random.getrandbits(8) & 0xFE
    used: set[int] = set()
    _, b1, d1 = make.addressing(address, used)
    _, b2, d2 = make.addressing(random.getrandbits(8), used)
    return make.finish(op.mnemonic, "extra", encode(op, B1=b1, D1=d1, B2=b2, D2=d2))


def _group(op: Opcode) -> str:
    return "priv" if op.privileged else op.chapter


_LAYOUTS: dict[str, Callable[[CaseMaker, Opcode], Case]] = {
    "RR": _rr, "I": _immediate, "RX": _one_operand, "RS": _one_operand, "SI": _one_operand, "S": _one_operand,
    "RRE": _rre, "SS": _two_operands, "SSD": _two_operands, "SRP": _two_operands, "SSE": _test_protection,
}  # fmt: skip


def make_case(make: CaseMaker, op: Opcode) -> Case:
    """A case of this instruction."""
    if op.mnemonic in BRANCHES:
        return _branch(make, op)
    if op.mnemonic in ("MVCL", "CLCL"):
        return _long(make, op)
    if op.mnemonic == "EX":
        return _execute(make, op)
    layout = next(name for name, value in LAYOUTS.items() if value is op.format.layout)
    return _LAYOUTS[layout](make, op)


def instruction(random: Random, mnemonic: str, *, crossing: bool = False) -> Case:
    """A case, in storage of 8 MiB, or of 16 for operands that wrap; ``crossing``: operands across page boundaries."""
    if crossing:
        make = CaseMaker(random)
        make.crossing = True
        return make_case(make, BY_MNEMONIC[mnemonic])
    return make_case(CaseMaker(random, 16 if random.random() < 0.04 else 8), BY_MNEMONIC[mnemonic])


def anything(random: Random) -> Case:
    """A few instructions of random bytes, with registers that often point to storage."""
    make = CaseMaker(random)
    for i in range(16):
        if random.random() < 0.7:
            make.gr[i] = operands.place(random, 8, make.size, 8)
        else:
            make.gr[i] = operands.word(random)
    for i in (0, 2, 4, 6):
        make.fpr[i] = operands.hexfloat(random)
    for _ in range(4):
        make.lay(operands.place(random, 32, make.size), operands.data(random, 32), fenced=False)
    code = random.randbytes(2 * random.randrange(1, 12))
    while any(code[i] in ELSEWHERE or code[i] << 8 | code[i + 1] in ELSEWHERE for i in range(0, len(code), 2)):
        code = random.randbytes(len(code))
    key = make.protect(*(value & 0xFFFFFF for value in make.gr.values()))
    return make.finish("ANY", "any", code, key, problem=random.random() < 0.5)


def undefined(random: Random) -> Case:
    """An operation code that is none."""
    make = CaseMaker(random)
    first = [code for code in range(256) if code not in ELSEWHERE and code not in SECOND_BYTE_MASKS]
    code = random.choice([code for code in first if code not in BY_OPCODE])
    length = 2 if code < 0x40 else 4 if code < 0xC0 else 6
    text = bytes([code]) + random.randbytes(length - 1)
    return make.finish("ILLEGAL", "illegal", text, problem=random.random() < 0.5)
