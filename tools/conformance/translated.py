"""Cases with address translation: any other case, whose addresses become logical ones.

Tables are put at real ``SEGMENT_TABLE`` and after; pages that the case uses go to frames in random order, some are made
invalid, and so are some segments; tables may be short, entries malformed, control register 0 wrong.  Storage of the
case is moved to the frames.
"""

from __future__ import annotations

from random import Random

from vm370.tools.conformance.generator import Case

SEGMENT_TABLE, PAGE_TABLES, TABLES_END = 0x30000, 0x31000, 0x36000
FIRST, LAST = 0x10000, 0x2FFFF
"""Logical and real addresses that are mapped to one another."""
#         page        segment: bits of control register 0
SIZES = {(11, 16): 0x00400000, (12, 16): 0x00800000, (11, 20): 0x00500000, (12, 20): 0x00900000}


def translated(random: Random, case: Case, bad: float) -> Case | None:
    """The case with translation on; ``bad`` is the part of the table entries that are wrong.  None if it cannot be."""
    psw = int(case["psw"], 16)
    if not psw >> 51 & 1:
        psw = _extended_control(psw)
    if case["msz"] != 8 or "nd" in case:
        return None
    (page, segment), cr0 = random.choice(list(SIZES.items()))
    frames = list(range(FIRST, LAST, 1 << page))
    random.shuffle(frames)
    mapping = dict(zip(range(FIRST, LAST, 1 << page), frames, strict=True))
    moved: list[tuple[int, bytes]] = []
    for name, text in case["m"].items():
        address, data = int(name, 16), bytes.fromhex(text)
        while data:
            piece = data[: (1 << page) - address % (1 << page)]
            real = mapping.get(address & -(1 << page))
            if real is not None:
                moved.append((real | address & (1 << page) - 1, piece))
            elif address >= 1 << 20:
                moved.append((address, piece))
            address, data = address + len(piece), data[len(piece) :]
    segments, tables = _tables(random, mapping, page, segment, bad)
    length = random.choice((0, 0, 1, 15)) if segment == 16 else 0
    control = cr0
    if random.random() < 0.03:
        control = random.choice((0, 0x00C00000, 0x00980000, 0x00480000, 0x00580000, 0x00880000, cr0 | 0x00200000))
    origin = SEGMENT_TABLE + 64 * random.choice((0, 0, 1, 3))
    case["m"] = {f"{a:06X}": d.hex().upper() for a, d in sorted(moved)}
    case["m"][f"{origin:06X}"] = b"".join(entry.to_bytes(4, "big") for entry in segments).hex().upper()
    case["m"] |= {f"{a:06X}": d.hex().upper() for a, d in tables}
    case["k"] = {
        f"{mapping.get(a & -(1 << page), a) | a & (1 << page) - 1 & ~0x7FF:06X}": key
        for a, key in ((int(name, 16), key) for name, key in case["k"].items())
    }
    case["cr"] |= {"0": f"{control:08X}", "1": f"{length << 24 | origin:08X}"}
    on = case["op"] != "LRA" or random.random() < 0.6
    psw = psw & ~(0xFF << 56) | (0x04 << 56 if on else 0) | psw & (3 << 56)
    case["psw"] = f"{psw:016X}"
    case["grp"] = "translated"
    return case


def _extended_control(psw: int) -> int:
    """A BC-mode PSW in EC mode."""
    return psw & 0x00F1 << 48 | 1 << 51 | (psw >> 28 & 3) << 44 | (psw >> 24 & 15) << 40 | psw & 0xFFFFFF


def _tables(
    random: Random, mapping: dict[int, int], page: int, segment: int, bad: float
) -> tuple[list[int], list[tuple[int, bytes]]]:
    """Segment-table entries; page tables with their addresses."""
    invalid = 4 if page == 11 else 8
    per_segment = 1 << segment - page
    segments: list[int] = []
    tables: list[tuple[int, bytes]] = []
    for number in range(16):
        first = number << segment
        table = PAGE_TABLES + (number << 10) + 8 * random.choice((0, 0, 1, 5))
        pages = range(first, first + (per_segment << page), 1 << page)
        if not any(address in mapping for address in pages):
            segments.append(random.choice((1, 1, 1, (table - 0x400) | 0xF0000000, random.getrandbits(32) | 1)))
            continue
        entries = []
        for address in pages[: 0x40000 >> page]:
            entry = mapping[address] >> 8 if address in mapping else invalid
            if random.random() < bad:
                entry = random.choice(
                    (entry | invalid, invalid, entry ^ 1, entry | 2, entry ^ 4, 0x8000, 0x7FF0, 0x0100)
                )
            entries.append(entry & 0xFFFF)
        tables.append((table, b"".join(entry.to_bytes(2, "big") for entry in entries)))
        entry = 0xF << 28 | table
        if random.random() < bad:
            lengths = (0, 1, 7) if segment == 16 else (0,)
            entry = random.choice((entry | 1, entry | 4, entry | 2, random.choice(lengths) << 28 | table,
                                   entry | 1 << 27, entry | 1 << 24, 0xF0800000, 0xF07FFFF8))  # fmt: skip
        segments.append(entry)
    return segments, tables
