"""What random cases are made of: numbers, decimal and floating-point operands, places in storage.

Every function takes the :class:`random.Random` that the seed made, so that a seed always gives the same cases.
"""

from __future__ import annotations

from random import Random

DATA, DATA_END = 0x10000, 0x1FF00
"""Where operands lie."""
CODE, CODE_END = 0x20000, 0x28000
"""Where the instruction lies."""
TARGETS, TARGETS_END = 0x28000, 0x2C000
"""Where branches and EXECUTE go."""

_WORDS = (0, 1, 2, 3, 7, 8, 10, 15, 16, 31, 32, 63, 64, 100, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000,
          0x7FFFFF, 0x800000, 0xFFFFFF, 0x1000000, 0x7FFFFFFE, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xAAAAAAAA,
          0x55555555, 0xFF000000, 0xFFFF7FFF, 0xFFFF8000, 0xFFFFFF80, 0xFFFFFFF0, 0xFFFFFFFE, 0xFFFFFFFF)  # fmt: skip
_FRACTIONS = (0, 1, 2, 8, 0xF, 0x10, 0x7F, 0x80, 0x80000000, 0xFFFFFFFF, 0x100000000, 0x7FFFFFFFFFFFFF,
              0x80000000000000, 0xFFFFFFFFFFFFFF, 0x10000000000000, 0x0FFFFFFFFFFFFF, 0xFFFFFF00000000,
              0xFFFFFF80000000, 0xFFFFFF7FFFFFFF, 0x00000100000000, 0x10000000000001, 0xF0000000000000)  # fmt: skip
_EXPONENTS = (0, 1, 2, 5, 6, 7, 13, 14, 15, 27, 28, 0x20, 0x3F, 0x40, 0x41, 0x42, 0x46, 0x4E, 0x4F, 0x60, 0x70, 0x72,
              0x7D, 0x7E, 0x7F)  # fmt: skip


def word(random: Random) -> int:
    """32 bits: an edge, a small number, a power of two, anything."""
    kind = random.randrange(6)
    if kind < 2:
        return random.choice(_WORDS)
    if kind == 2:
        return random.randrange(-40, 200) & 0xFFFFFFFF
    if kind == 3:
        return ((1 << random.randrange(32)) + random.choice((-1, 0, 0, 1))) & 0xFFFFFFFF
    if kind == 4:
        return random.getrandbits(32) & random.getrandbits(32)
    return random.getrandbits(32)


def hexfloat(random: Random, near: int | None = None) -> int:
    """A long floating-point number; ``near``: often one that nearly cancels it, or is a few digits apart."""
    kind = random.randrange(10)
    if near is not None and kind < 4:
        value = near
        if random.random() < 0.5:
            value ^= 1 << 63
        if random.random() < 0.5:
            value = value & ~(0x7F << 56) | ((near >> 56) + random.randrange(-16, 17) & 0x7F) << 56
        if random.random() < 0.5:
            value = value & ~0xFFFFFFFFFFFFFF | (value + random.choice((-16, -1, 1, 15, 1 << 32)) & 0xFFFFFFFFFFFFFF)
        if random.random() < 0.2:
            value ^= 1 << random.randrange(64)
        return value
    sign = random.getrandbits(1) << 63
    exponent = random.choice(_EXPONENTS) if random.random() < 0.5 else random.getrandbits(7)
    fraction = random.choice(_FRACTIONS) if random.random() < 0.4 else random.getrandbits(56)
    if random.random() < 0.3:
        fraction >>= 4 * random.randrange(14)
    if random.random() < 0.2:
        fraction &= ~((1 << 4 * random.randrange(14)) - 1)
    if random.random() < 0.05:
        return random.getrandbits(64)
    return sign | exponent << 56 | fraction


def extended(random: Random, near: tuple[int, int] | None = None) -> tuple[int, int]:
    """An extended floating-point number; the low part has mostly the characteristic that belongs there."""
    high = hexfloat(random, near[0] if near else None)
    low = hexfloat(random, near[1] if near else None)
    kind = random.random()
    if kind < 0.7:
        low = low & 0x80FFFFFFFFFFFFFF | (((high >> 56) - 14) & 0x7F) << 56
        low = low & ~(1 << 63) | high & 1 << 63
    if kind < 0.15:
        low &= ~0xFFFFFFFFFFFFFF
    elif kind < 0.25:
        high &= ~0xFFFFFFFFFFFFFF
    return high, low


def packed(random: Random, length: int) -> bytes:
    """A packed decimal number of so many bytes: mostly valid, often with zeros at the left."""
    digits = 2 * length - 1
    kind = random.randrange(8)
    if kind == 0:
        text = "0" * digits
    elif kind == 1:
        text = "9" * digits
    elif kind == 2:
        text = "0" * (digits - 1) + random.choice("123456789")
    elif kind == 3:
        text = random.choice("123456789") + "0" * (digits - 1)
    else:
        kept = random.randrange(digits + 1)
        text = "".join(random.choice("0123456789") for _ in range(kept)).rjust(digits, "0")
    sign = random.choice("CCCDDDFABE") if random.random() < 0.97 else random.choice("0123456789")
    if random.random() < 0.05:
        place = random.randrange(digits)
        text = text[:place] + random.choice("ABCDEF") + text[place + 1 :]
    return bytes.fromhex(text + sign)


def pattern(random: Random, length: int) -> bytes:
    """A pattern for EDIT: digit selectors, significance starters, field separators, message characters."""
    fill = random.choice((0x40, 0x5C, 0x20, 0x21, 0x22, 0x00, random.getrandbits(8)))
    return bytes(
        [fill, *(random.choice((0x20, 0x20, 0x20, 0x20, 0x21, 0x22, 0x6B, 0x4B, random.getrandbits(8)))
                 for _ in range(length - 1))]
    )  # fmt: skip


def data(random: Random, length: int) -> bytes:
    """Bytes: equal, counting, few different ones, anything."""
    kind = random.randrange(6)
    if kind == 0:
        return bytes([random.choice((0, 0xFF, 0x40, random.getrandbits(8)))]) * length
    if kind == 1:
        start, step = random.getrandbits(8), random.choice((1, 3, 7, 255))
        return bytes((start + step * i) & 255 for i in range(length))
    if kind == 2:
        return bytes(random.choice((0, 0, 0, random.getrandbits(8))) for _ in range(length))
    return random.randbytes(length)


def crossing(random: Random, length: int) -> int:
    """A place across a boundary of 4 KiB (or of 2 KiB), but for the first or last byte."""
    boundary = random.randrange(DATA + 0x1000, DATA_END - 0x1000) & random.choice((~0xFFF, ~0xFFF, ~0x7FF))
    return boundary - random.randrange(1, max(length, 2))


def place(random: Random, length: int, size: int, aligned: int = 1) -> int:
    """Where an operand of so many bytes lies: anywhere, on a boundary, across one, at or past the end of storage.

    Where 16 MiB are full, not more than 24 bytes lie at address 0 and after.
    """
    kind = random.random()
    if kind < 0.45:
        address = random.randrange(DATA, DATA_END - 0x400)
    elif kind < 0.70:
        boundary = random.randrange(DATA + 0x1000, DATA_END - 0x800, 0x800) & ~0x7FF
        address = boundary - random.randrange(0, length + 1)
    elif kind < 0.78:
        address = size - length - random.choice((0, 0, 1, 2, 4, 8))
    elif kind < 0.81:
        address = size - random.randrange(max(0, length - 0x18) if size == 1 << 24 else 0, length + 1)
    elif kind < 0.82:
        address = random.choice((size, size + 4, 0xFF0000, 0xFFFF00))
    else:
        address = random.randrange(DATA, DATA_END - 0x400)
    if random.random() < 0.85:
        address -= address % aligned
    return address & 0xFFFFFF
