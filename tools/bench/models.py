"""What each kernel has to give, computed without any instruction of ours: the algorithms in plain Python.

A model is ``() -> Expected``: the 16 bytes at RESULT, the instructions of one repetition and those outside of it (the
last LPSW included).  A repetition starts from the same state each time, so the result is the same for any COUNT.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

WORD = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Expected:
    """Result and instruction counts."""

    result: bytes
    base: int
    repetition: int

    def instructions(self, count: int) -> int:
        """How many instructions ``count`` repetitions are."""
        return self.base + count * self.repetition


def words(*values: int) -> bytes:
    """Fullwords, filled up with zeros to 16 bytes."""
    return b"".join(value.to_bytes(4, "big") for value in values).ljust(16, b"\0")


def register() -> Expected:
    """register.asm: r2 and r3 are the chain, r4 its shifted copy."""
    times, total, mixed, shifted = 10_000, 0, 7, 0
    for _ in range(times):
        total = total + mixed & WORD
        shifted = total << 3 & WORD
        mixed ^= shifted
        shifted >>= 5
        mixed = mixed + shifted & WORD
        total = total - 1 & WORD
        mixed = (mixed & 0x7FFFFFFF) + 1 + 3 & 0xFFFFFF
    return Expected(words(total, mixed, shifted, 0), 5, 5 + 10 * times)


def sieve() -> Expected:
    """sieve.asm: flag i stands for the odd number 2i + 3."""
    size = 8190
    flags = [True] * size
    primes = largest = struck = 0
    for index in range(size):
        if flags[index]:
            primes, largest = primes + 1, 2 * index + 3
            multiples = range(index + largest, size, largest)
            struck += len(multiples)
            for other in multiples:
                flags[other] = False
    # LR LR SR SR BCT; MVI LA BCT; LA CLI BE LA CR BL; LA LR AR LA LR AR CR BNL; CR BNL LA MVI AR B
    return Expected(words(primes, largest), 7, 5 + 3 * size + 6 * size + 8 * primes + 6 * struck)


def hash_() -> Expected:
    """hash.asm: xor a byte in, multiply by 33 in effect, fold high bits back."""
    times, value = 8000, 0x12345678
    for step in range(times):
        value ^= 7 * (step % 4096) + 3 & 255
        shifted = value << 5 & WORD
        value = ((value + shifted & WORD) ^ shifted >> 9) & 0x7FFFFFFF
    return Expected(words(value, times % 4096), 5 + 5 * 4096 + 3, 4 + 14 * times)


def calls() -> Expected:
    """calls.asm: the sum adds 1 and accumulates, the leaf adds 5, no more since its flag is off."""
    times, value, total = 5000, 0, 0
    for _ in range(times):
        value += 1
        total = total + value & WORD
        value += 5
    return Expected(words(value, total), 6, 4 + (3 + 7 + 3) * times)


def string() -> Expected:
    """string.asm, with the two areas as byte arrays."""
    times = 1000
    text = "THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG AND THEN RUNS AWAY AGAIN 0123456789 ABC".encode("cp037")
    right = bytearray(96)
    for count in range(times, 0, -1):
        left = text[:80]
        right[:80] = left
        right[:32] = bytes(byte + 7 & 255 for byte in right[:32])
        assert left[:60] != right[:60]
        right[8:16] = left[:8]
        right[30:43] = left[5:18]  # EX: 13 bytes
        right[80:96] = words(count, 1, 12, 3)
        right[:20] = bytes(a ^ b for a, b in zip(right[:20], left[:20], strict=True))
        right[5] |= 0x40
    result = bytes(a ^ b for a, b in zip(right[4:20], right[30:46], strict=True))
    return Expected(result, 6 + 5 * 256 + 3, 4 + 13 * times)


def moves() -> Expected:
    """moves.asm, with the work area and the source (and translation table) as byte arrays."""
    times = 500
    work, source = bytearray(1024), bytearray(range(256)) + bytes.fromhex("01234567") * 25
    differences = 0
    for _ in range(times):
        work[0:8] = source[0:8]
        work[100:116] = source[32:48]
        work[128:228] = source[256:356]
        work[512:768] = source[0:256]
        work[0:32] = bytes([work[512]]) * 32
        differences += work[0:32] != work[512:544]
        work[512:576] = bytes(source[byte] for byte in work[512:576])
        work[512:528] = bytes(byte & 0xF7 for byte in work[512:528])
        work[100:116] = bytes(work[512 + i] & 0xF0 | work[513 + i] & 0x0F for i in range(16))
        source[3] = work[100]
    return Expected(words(differences)[:4] + bytes(work[516:528]), 5 + 4 * 256 + 4, 4 + 22 * times + differences)


def packed_number(value: int, length: int) -> bytes:
    """A packed decimal number, sign C or D."""
    return bytes.fromhex(f"{abs(value):0{2 * length - 1}}{'D' if value < 0 else 'C'}")


def packed() -> Expected:
    """packed.asm in integers."""
    times, total, work, wraps = 2000, 0, 0, 0
    for _ in range(times):
        total += 12345
        work = total
        if work >= 9_999_999:
            total, wraps = total - 9_999_999, wraps + 1
        work = work + 17
    result = packed_number(total, 8) + packed_number(work, 8)
    return Expected(result, 5, 3 + 10 * times + wraps)


def decimal() -> Expected:
    """decimal.asm in integers."""
    times, balance, total, wraps = 1000, 100_000, 0, 0
    for _ in range(times):
        balance += (balance * 525 + 5000) // 10_000
        if balance > 90_000_000:
            balance, wraps = balance - 90_000_000, wraps + 1
        total += balance // 7
    result = packed_number(balance, 6) + packed_number(total, 6) + packed_number(wraps, 4)
    return Expected(result, 6, 8 + 15 * times + 2 * wraps)


def svc() -> Expected:
    """svc.asm: iterations, and the sum of the interruption codes."""
    times = 5000
    return Expected(words(times, 7 * times), 6, 4 + 5 * times)


def float_() -> Expected:
    """float.asm, in exact integers (fraction and exponent to the base 16)."""
    times, x, y, factor = 10_000, 0x4112345678901234, 0xC0FEDCBA98765432, 0x407FFFFFFFFFFFFF
    value = x
    for _ in range(times):
        value = hexadecimal_sum(hexadecimal_product(hexadecimal_sum(value, y), factor), x)
    return Expected(value.to_bytes(8, "big") * 2, 5, 4 + 5 * times)


def hexadecimal_sum(a: int, b: int) -> int:
    """Normalized sum of two long numbers, with one guard digit."""
    if a >> 56 & 127 < b >> 56 & 127:
        a, b = b, a
    exponent = a >> 56 & 127
    terms = []
    for number in (a, b):
        digits = (number & (1 << 56) - 1) << 4 >> 4 * (exponent - (number >> 56 & 127))
        terms.append(-digits if number >> 63 else digits)
    return _normalized(sum(terms), exponent, 15)


def hexadecimal_product(a: int, b: int) -> int:
    """Normalized product of two normalized long numbers, truncated."""
    product = (a & (1 << 56) - 1) * (b & (1 << 56) - 1)
    return _normalized(-product if (a ^ b) >> 63 else product, (a >> 56 & 127) + (b >> 56 & 127) - 64, 28)


def _normalized(value: int, exponent: int, digits: int) -> int:
    """A long number from a fraction of so many hexadecimal digits."""
    sign, value = (1 << 63, -value) if value < 0 else (0, value)
    if not value:
        return 0
    shift = (value.bit_length() + 3) // 4 - digits
    fraction = value >> 4 * (digits + shift - 14) if digits + shift > 14 else value << 4 * (14 - digits - shift)
    return sign | exponent + shift << 56 | fraction


#              kernel      model
MODELS: dict[str, Callable[[], Expected]] = {
    "register": register,
    "sieve":    sieve,
    "hash":     hash_,
    "string":   string,
    "moves":    moves,
    "packed":   packed,
    "decimal":  decimal,
    "calls":    calls,
    "svc":      svc,
    "float":    float_,
}  # fmt: skip
