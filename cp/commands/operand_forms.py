"""Forms of operands that several commands share: hexadecimal locations and ranges, register ranges, ON and OFF."""

from __future__ import annotations

import re

from vm370.cp import messages
from vm370.cp.commands.context import CommandError

HIGHEST_REGISTER = 15


def hexadecimal(text: str, digits: int = 8) -> int | None:
    """The number, or None if it is not 1 to ``digits`` hexadecimal digits."""
    return int(text, 16) if re.fullmatch(rf"[0-9A-Fa-f]{{1,{digits}}}", text) else None


def location(text: str, module: str, size: int) -> int:
    """An address within ``size`` bytes of storage."""
    value = hexadecimal(text, 6)
    if value is None or value >= size:
        raise CommandError(messages.INVALID_HEXLOC.by(module).fill(hexloc=text))
    return value


def locations(text: str, module: str, size: int) -> tuple[int, int]:
    """``hexloc``, ``hexloc-hexloc``, ``hexloc:hexloc``, ``hexloc-END``, ``hexloc.count``: first and last address."""
    match = re.fullmatch(r"([^-:.]*)(?:([-:.])(.*))?", text)
    assert match is not None
    start, separator, end = match.groups()
    first = location(start, module, size) if start else 0
    if separator == ".":
        count = hexadecimal(end or "")
        if not count:
            raise CommandError(messages.INVALID_RANGE.by(module).fill(range=text))
        return first, min(first + count, size) - 1
    if separator is None:
        return first, first
    last = size - 1 if not end or end.upper() == "END" else location(end, module, size)
    if last < first:
        raise CommandError(messages.INVALID_RANGE.by(module).fill(range=text))
    return first, last


def registers(text: str, module: str) -> range:
    """``n``, ``n-n``, ``n:n``, ``n-END``, ``n.count`` or nothing (all); decimal, and A-F."""
    if not text:
        return range(HIGHEST_REGISTER + 1)
    match = re.fullmatch(r"([0-9A-F]+)(?:([-:.])([0-9A-F]+|END))?", text)
    if match is None:
        raise CommandError(messages.INVALID_REGISTER.by(module).fill(register=text))
    first = _register(match[1], module)
    if match[2] is None:
        return range(first, first + 1)
    if match[2] == ".":
        return range(first, min(first + _register(match[3], module), HIGHEST_REGISTER + 1))
    last = HIGHEST_REGISTER if match[3] == "END" else _register(match[3], module)
    if last < first:
        raise CommandError(messages.INVALID_RANGE.by(module).fill(range=text))
    return range(first, last + 1)


def _register(text: str, module: str) -> int:
    value = int(text) if text.isdecimal() else int(text, 16) if len(text) == 1 else HIGHEST_REGISTER + 1
    if value > HIGHEST_REGISTER:
        raise CommandError(messages.INVALID_REGISTER.by(module).fill(register=text))
    return value


def on_or_off(word: str | None, module: str) -> bool:
    """ON or OFF."""
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by(module).fill())
    if word not in ("ON", "OFF"):
        raise CommandError(messages.INVALID_OPERAND.by(module).fill(operand=word))
    return word == "ON"
