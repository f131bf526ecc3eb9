"""What is known of a value while a region is translated: its low bits, and on which guards that rests.

A region is entered when some registers have the contents they had when it was translated; these are its *guards*.
Only what decides where code or data is makes a guard: a base register, the target of a branch.  A count or a parameter
that happens to be the same all the time is none.  So each :class:`Known` remembers the registers at the entries that it
was derived from, and whoever relies on it adds them to the guards.

    LA    5,8(12)      12 is 2000 at the entry 2000: 5 is 2008, because of (2000, 12)
    BALR  14,15        14 ends in the address of the next instruction, because of nothing; its left byte is not known
"""

from __future__ import annotations

from dataclasses import dataclass

ADDRESS_BITS = 24
ADDRESS = (1 << ADDRESS_BITS) - 1
Reason = tuple[int, int]
"""(address of an entry, number of a general register there)."""


@dataclass(frozen=True, slots=True)
class Known:
    """The low ``bits`` of a value are ``value``, because of the contents of these registers."""

    bits: int
    value: int
    reasons: frozenset[Reason] = frozenset()

    @property
    def address(self) -> int | None:
        """The address of 24 bits, if so much is known."""
        return self.value & ADDRESS if self.bits >= ADDRESS_BITS else None


State = tuple[Known | None, ...]
"""What is known of the 16 general registers."""
NOTHING: State = (None,) * 16


def add(a: Known | int | None, b: Known | int | None, sign: int = 1) -> Known | None:
    """Of a sum or difference."""
    if a is None or b is None:
        return None
    left = a if isinstance(a, Known) else Known(128, a)
    right = b if isinstance(b, Known) else Known(128, b)
    bits = min(left.bits, right.bits)
    return Known(bits, left.value + sign * right.value & (1 << bits) - 1, left.reasons | right.reasons)


def mask(a: Known | None, bits: int) -> Known | None:
    """Of a value whose bits beyond the low ``bits`` are made zero."""
    if a is None or a.bits < bits:
        return a
    return Known(128, a.value & (1 << bits) - 1, a.reasons)


def meet(a: Known | None, b: Known | None) -> Known | None:
    """Where two ways meet."""
    if a is None or b is None or a == b:
        return a if a == b else None
    for bits in (min(a.bits, b.bits), ADDRESS_BITS):
        if bits <= min(a.bits, b.bits) and (a.value ^ b.value) & (1 << bits) - 1 == 0:
            return Known(bits, a.value & (1 << bits) - 1, a.reasons | b.reasons)
    return None


def meet_states(a: State, b: State) -> State:
    """The same for all registers."""
    return tuple(meet(x, y) for x, y in zip(a, b, strict=True))
