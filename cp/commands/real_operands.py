"""Operands that name real devices: ``raddr``, several of them, ``raddr-raddr``."""

from __future__ import annotations

from collections.abc import Callable

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context
from vm370.cp.commands.operand_forms import one_by_one
from vm370.cp.commands.vaddr import is_address
from vm370.cp.real import RealDevice


def real_address(words: list[str], module: str) -> int:
    """The first word, a real address."""
    if not words or not is_address(words[0]):
        raise CommandError(messages.RADDR_MISSING.by(module).fill())
    return int(words.pop(0), 16)


def real_device(ctx: Context, raddr: int, module: str) -> RealDevice:
    """The device at a real address."""
    device = ctx.system.real.find(raddr)
    if device is None:
        raise CommandError(messages.DEVICE_MISSING.by(module).fill(vaddr=f"{raddr:03X}"))
    return device


def is_range(word: str) -> bool:
    """``raddr`` or ``raddr-raddr``."""
    low, dash, high = word.partition("-")
    return is_address(low) and (not dash or is_address(high))


def addresses(word: str, module: str) -> list[int]:
    """The addresses that a word names; all of a range are meant, whether there are devices or not."""
    low, dash, high = word.partition("-")
    if not is_range(word):
        raise CommandError(messages.RADDR_MISSING.by(module).fill())
    first = int(low, 16)
    last = int(high, 16) if dash else first
    if dash and last <= first:
        raise CommandError(messages.INVALID_RANGE.by(module).fill(range=word))
    return list(range(first, last + 1))


def for_each(ctx: Context, words: list[str], module: str, action: Callable[[RealDevice], None]) -> None:
    """Do something to each device; an error for one does not stop the rest, the last one is the return code."""
    raddrs = [raddr for word in words for raddr in addresses(word, module)]
    one_by_one(ctx, raddrs, lambda raddr: action(real_device(ctx, raddr, module)))
