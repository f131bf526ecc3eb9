"""Forms of operands that several commands share: hexadecimal locations and ranges, register ranges, ON and OFF.

A range is written without blanks::

    hexloc            one location                 hexloc-  hexloc:       from there to the end of storage
    hexloc1-hexloc2   both ends included           -hexloc2               from location 0
    hexloc1-END       to the end of storage        hexloc.bytecount       so many bytes (hexadecimal)
    (nothing)         all of storage               hexloc.  hexloc.END    to the end of storage
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context

T = TypeVar("T")

GENERAL = CONTROL = tuple(range(16))
FLOATING_POINT = (0, 2, 4, 6)
"""Register numbers of each kind."""

_RANGE = re.compile(r"([^-:.]*)(?:([-:.])([^-:.]*))?")


def hexadecimal(text: str, digits: int = 8) -> int | None:
    """The number, or None if it is not 1 to ``digits`` hexadecimal digits."""
    return int(text, 16) if re.fullmatch(rf"[0-9A-Fa-f]{{1,{digits}}}", text) else None


def decimal(text: str | None, digits: int) -> int | None:
    """The number, or None if it is not 1 to ``digits`` decimal digits."""
    return int(text) if text is not None and re.fullmatch(rf"[0-9]{{1,{digits}}}", text) else None


def location(text: str, module: str, size: int) -> int:
    """An address within ``size`` bytes of storage."""
    value = hexadecimal(text, 6)
    if value is None:
        raise CommandError(messages.INVALID_HEXLOC.by(module).fill(hexloc=text))
    if value >= size:
        raise CommandError(messages.NOT_ADDRESSABLE.by(module).fill(hexloc=f"{value:06X}"))
    return value


def locations(text: str, module: str, size: int) -> tuple[int, int]:
    """First and last address of a range; nothing at all is all of storage."""
    match = _RANGE.fullmatch(text)
    if match is None:
        raise CommandError(messages.INVALID_RANGE.by(module).fill(range=text))
    start, separator, end = match.groups()
    first = location(start, module, size) if start else 0
    if separator is None and start:
        return first, first
    if not end or end.upper() == "END":
        return first, size - 1
    if separator == ".":
        count = hexadecimal(end, 6)
        if not count:
            raise CommandError(messages.INVALID_RANGE.by(module).fill(range=text))
        if first + count > size:
            raise CommandError(messages.NOT_ADDRESSABLE.by(module).fill(hexloc=f"{first + count:06X}"))
        return first, first + count - 1
    last = location(end, module, size)
    if last < first:
        raise CommandError(messages.INVALID_RANGE.by(module).fill(range=text))
    return first, last


def registers(text: str, module: str, numbers: Sequence[int]) -> Sequence[int]:
    """A range of ``numbers``, written as above (a count instead of bytecount); decimal, or a hexadecimal digit."""
    match = _RANGE.fullmatch(text)
    if match is None:
        raise CommandError(messages.INVALID_RANGE.by(module).fill(range=text))
    start, separator, end = match.groups()
    at = numbers.index(register(start, module, numbers)) if start else 0
    if separator is None and start:
        return numbers[at : at + 1]
    if not end or end == "END":
        return numbers[at:]
    if separator == ".":
        count = _number(end)
        if not count or at + count > len(numbers):
            raise CommandError(messages.INVALID_RANGE.by(module).fill(range=text))
        return numbers[at : at + count]
    last = numbers.index(register(end, module, numbers))
    if last < at:
        raise CommandError(messages.INVALID_RANGE.by(module).fill(range=text))
    return numbers[at : last + 1]


def register(text: str, module: str, numbers: Sequence[int]) -> int:
    """One of the register ``numbers``: decimal, or a hexadecimal digit."""
    value = _number(text)
    if value not in numbers:
        raise CommandError(messages.INVALID_REGISTER.by(module).fill(register=text))
    return value


def _number(text: str) -> int:
    """0-99 in decimal or A-F; -1 for anything else."""
    if re.fullmatch(r"[0-9]{1,2}", text):
        return int(text)
    return int(text, 16) if re.fullmatch(r"[A-Fa-f]", text) else -1


def on_or_off(word: str | None, module: str) -> bool:
    """ON or OFF."""
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by(module).fill())
    if word not in ("ON", "OFF"):
        raise CommandError(messages.INVALID_OPERAND.by(module).fill(operand=word))
    return word == "ON"


def one_by_one(ctx: Context, items: Iterable[T], action: Callable[[T], None]) -> None:
    """Do something to each; an error for one does not stop the rest, the last one is the command's."""
    errors: list[CommandError] = []
    for item in items:
        try:
            action(item)
        except CommandError as error:
            errors.append(error)
    for earlier in errors[:-1]:
        text = earlier.message.edited(ctx.vm.settings.emsg)
        if text is not None:
            ctx.say(text)
    if errors:
        raise errors[-1]


def no_more(word: str | None, module: str) -> None:
    """The command is complete: a further operand is invalid."""
    if word is not None:
        raise CommandError(messages.INVALID_OPERAND.by(module).fill(operand=word))
