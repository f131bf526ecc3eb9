"""PER: trace by program events (cp/tracing/per.py): branches, registers, instructions, storage.

    PER kind [data] [RANGE range ...] [options]      add elements to the current trace set; kind OFF: remove them
    PER options                                      for all elements of the current set
    PER DUMP | SAVE name | GET name | CLEAR [name] | END | QUERY [name|*] | COUNT

Kinds: BRANCH [range], GREG[n] [number], IFETCH [data], MASK address data, PAGETRACE [size], STORE [range], STORE addr
data.  Options: CMD command;..., SKIP n, STEP n, PASS n, RUN|NORUN, PRINT|NOPRINT, TERMINAL|NOTERMINAL.  RANGE may be
left out where it is clear that a range is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.tracing import per
from vm370.cp.tracing.output import virtual_printer
from vm370.cp.tracing.per import LAST, Element, Kind, Options, Range

MODULE = "PER"
LONGEST_NAME = 8
MOST = 2_147_483_647
_GREG = re.compile(r"G(?:R(?:E(?:G)?)?)?([0-9]{0,2}|[A-F])")
_RANGE = re.compile(r"([0-9A-F]{0,6})([-.:])([0-9A-F]{0,6})")
_HEX = re.compile(r"[0-9A-F]+")


@dataclass(slots=True)
class Request:
    """What a command line asks for."""

    elements: list[Element] = field(default_factory=list)
    ranges: list[Range] = field(default_factory=list)
    off: bool = False
    changes: dict[str, object] = field(default_factory=dict)
    """Options by name."""


def per_command(ctx: Context, operands: Operands) -> None:
    """PER."""
    text = operands.rest()
    before, commands = _split_commands(text)
    words = before.upper().split()
    if not words and not commands:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    control = _control(words[0]) if words else None
    if control is not None:
        control(ctx, words[1:])
    else:
        _trace(ctx, _request(words, commands))
    ctx.vm.tracing.changed()


def _split_commands(text: str) -> tuple[str, tuple[str, ...]]:
    """What stands before CMD, and the commands behind it."""
    for match in re.finditer(r"(?<!\S)\S+", text):
        if abbreviates(match.group(), "CMd"):
            commands = tuple(command.strip() for command in text[match.end() :].split(";") if command.strip())
            if not commands:
                raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
            return text[: match.start()], commands
    return text, ()


# --- elements ---


def _trace(ctx: Context, request: Request) -> None:
    sets = ctx.vm.tracing.per
    if request.changes.get("printer") and virtual_printer(ctx.vm) is None:
        raise CommandError(messages.NO_SUCH_DEVICES.by(MODULE).fill(kind="PRINTER"))
    if request.off:
        kinds = {element.kind for element in request.elements} or set(Kind)
        sets.current = [element for element in sets.current if element.kind not in kinds]
        _say_if_cleared(ctx)
        return
    for element in request.elements:
        element.ranges = list(request.ranges)
        element.options = replace(Options(), **request.changes)  # type: ignore[arg-type]
        if not sets.add(element):
            raise CommandError(messages.TRACE_SET_FULL.fill(most=per.MOST_ELEMENTS))
    if not request.elements:
        if not sets.current:
            raise CommandError(messages.TRACE_SET_MISSING.fill())
        for element in sets.current:
            element.ranges += request.ranges
            element.options = replace(element.options, **request.changes)  # type: ignore[arg-type]


def _request(words: list[str], commands: tuple[str, ...]) -> Request:
    request, rest = Request(), list(words)
    while rest:
        word = rest.pop(0)
        element = _element(word, rest)
        if element is not None:
            request.elements.append(element)
        elif (where := _range(word)) is not None:
            request.ranges.append(where)
        else:
            _modify(request, word, rest)
    if commands:
        request.changes["commands"] = commands
    return request


def _modify(request: Request, word: str, rest: list[str]) -> None:
    """A modifier or an option, with its number or range behind it."""
    for name, option, value in (
        ("RUn", "run", True),
        ("NORun", "run", False),
        ("PRint", "printer", True),
        ("NOPrint", "printer", False),
        ("TErminal", "terminal", True),
        ("NOTerminal", "terminal", False),
    ):
        if abbreviates(word, name):
            request.changes[option] = value
            return
    for name, option in (("SKip", "skip"), ("STEp", "step"), ("PASS", "passed")):
        if abbreviates(word, name):
            request.changes[option] = _decimal(rest)
            return
    if abbreviates(word, "Off"):
        request.off = True
    elif abbreviates(word, "Range"):
        where = _range(rest[0], alone=True) if rest else None
        if where is None:
            raise CommandError(messages.RANGE_MISSING.by(MODULE).fill())
        rest.pop(0)
        request.ranges.append(where)
    else:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))


def _element(word: str, rest: list[str]) -> Element | None:
    """An element, if the word is a kind; takes what belongs to it."""
    greg = _GREG.fullmatch(word)
    if abbreviates(word, "STEp"):
        return None
    if abbreviates(word, "Branch"):
        return Element(Kind.BRANCH, target=_take_range(rest))
    if greg is not None:
        number = greg.group(1)
        register = None if not number else int(number, 16) if number.isalpha() else int(number)
        if register is not None and register > 15:
            raise CommandError(messages.INVALID_REGISTER.by(MODULE).fill(register=number))
        value = _take_hex(rest, 8)
        return Element(Kind.GREG, register=register, number=None if value is None else int(value, 16))
    if abbreviates(word, "Ifetch"):
        data = _take_data(rest, 6)
        return Element(Kind.IFETCH, data=data)
    if abbreviates(word, "Mask"):
        return _masked(rest)
    if abbreviates(word, "PAgetrace"):
        return Element(Kind.PAGETRACE, page=_take_size(rest))
    if abbreviates(word, "STore"):
        target = _take_range(rest)
        data = _take_data(rest, 256) if target is not None and target.first == target.last else b""
        return Element(Kind.STORE, target=target, data=data)
    return None


def _masked(rest: list[str]) -> Element:
    address, bits = _take_hex(rest, 6), _take_data(rest, 1)
    if address is None:
        raise CommandError(messages.HEXLOC_MISSING.by(MODULE).fill())
    if not bits or not bits[0]:
        raise CommandError(messages.HEXDATA_MISSING.by(MODULE).fill())
    at = int(address, 16)
    return Element(Kind.MASK, target=Range(at, at), data=bits)


def _range(word: str, *, alone: bool = False) -> Range | None:
    """addr-addr2, addr-, -addr, addr.length; a single address only where a range must stand."""
    if alone and re.fullmatch(r"[0-9A-F]{1,6}", word):
        return Range(int(word, 16), int(word, 16))
    match = _RANGE.fullmatch(word)
    if match is None:
        return None
    start, separator, end = match.groups()
    first = int(start, 16) if start else 0
    if separator == ".":
        length = int(end, 16) if end else 0
        if not start or not length or first + length > LAST + 1:
            raise CommandError(messages.INVALID_RANGE.by(MODULE).fill(range=word))
        return Range(first, first + length - 1)
    if not start and not end:
        raise CommandError(messages.INVALID_RANGE.by(MODULE).fill(range=word))
    return Range(first, int(end, 16) if end else LAST)


def _take_range(rest: list[str]) -> Range | None:
    where = _range(rest[0], alone=True) if rest else None
    if where is not None:
        rest.pop(0)
    return where


def _take_hex(rest: list[str], digits: int) -> str | None:
    if rest and len(rest[0]) <= digits and _HEX.fullmatch(rest[0]):
        return rest.pop(0)
    return None


def _take_data(rest: list[str], most: int) -> bytes:
    """Bytes: an even number of digits."""
    text = rest[0] if rest and _HEX.fullmatch(rest[0]) else ""
    if not text:
        return b""
    if len(text) % 2 or len(text) > 2 * most:
        raise CommandError(messages.INVALID_HEXDATA.by(MODULE).fill(hexdata=text))
    rest.pop(0)
    return bytes.fromhex(text)


def _take_size(rest: list[str]) -> int:
    """PAGETRACE: nnnn or nnK."""
    match = re.fullmatch(r"([0-9]{1,8})(K?)", rest[0]) if rest else None
    if match is None:
        return per.PAGE
    rest.pop(0)
    size = int(match.group(1)) << (10 if match.group(2) else 0)
    if not 0 < size <= LAST + 1:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=match.group()))
    return size


def _decimal(rest: list[str]) -> int:
    word = rest.pop(0) if rest else ""
    if not re.fullmatch(r"[0-9]{1,10}", word) or int(word) > MOST:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word or "NUMBER"))
    return int(word)


# --- controls ---

Control = Callable[[Context, list[str]], None]


def _control(word: str) -> Control | None:
    return next((handler for name, handler in CONTROLS if abbreviates(word, name)), None)


def _name(words: list[str]) -> str:
    if not words or len(words[0]) > LONGEST_NAME:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    _nothing(words[1:])
    return words[0]


def _nothing(words: list[str]) -> None:
    if words:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=words[0]))


def _dump(ctx: Context, words: list[str]) -> None:
    _nothing(words)
    for line in per.traceback(list(ctx.vm.tracing.per.branches)):
        ctx.say(line)


def _save(ctx: Context, words: list[str]) -> None:
    sets, name = ctx.vm.tracing.per, _name(words)
    if not sets.current:
        raise CommandError(messages.TRACE_SET_MISSING.fill())
    if name not in sets.saved and len(sets.saved) >= per.MOST_SETS:
        raise CommandError(messages.TRACE_SET_FULL.fill(most=per.MOST_SETS))
    sets.saved[name] = [element.copy() for element in sets.current]


def _get(ctx: Context, words: list[str]) -> None:
    ctx.vm.tracing.per.current = [element.copy() for element in _set(ctx, _name(words))]


def _clear(ctx: Context, words: list[str]) -> None:
    sets = ctx.vm.tracing.per
    if words:
        _set(ctx, _name(words))
        del sets.saved[words[0]]
    else:
        sets.current = []
        sets.branches.clear()
    _say_if_cleared(ctx)


def _end(ctx: Context, words: list[str]) -> None:
    _nothing(words)
    sets = ctx.vm.tracing.per
    sets.current = []
    sets.saved.clear()
    sets.branches.clear()
    _say_if_cleared(ctx)


def _query(ctx: Context, words: list[str]) -> None:
    sets = ctx.vm.tracing.per
    if words == ["*"]:
        if not sets.saved:
            raise CommandError(messages.TRACE_SET_MISSING.fill())
        for name in sets.saved:
            ctx.say(name)
        return
    elements = _set(ctx, _name(words)) if words else sets.current
    if not elements:
        raise CommandError(messages.TRACE_SET_MISSING.fill())
    for element in elements:
        ctx.say(f" {element}")


def _count(ctx: Context, words: list[str]) -> None:
    _nothing(words)
    if not ctx.vm.tracing.per.current:
        raise CommandError(messages.TRACE_SET_MISSING.fill())
    for element in ctx.vm.tracing.per.current:
        ctx.say(f"{element.count:10} {element}")


def _set(ctx: Context, name: str) -> list[Element]:
    found = ctx.vm.tracing.per.saved.get(name)
    if found is None:
        raise CommandError(messages.TRACE_SET_MISSING.fill())
    return found


def _say_if_cleared(ctx: Context) -> None:
    sets = ctx.vm.tracing.per
    if not sets.current and not sets.saved:
        ctx.say("*PER TRAPS CLEARED*")


CONTROLS: tuple[tuple[str, Control], ...] = (
    ("Dump", _dump),
    ("SAve", _save),
    ("GET", _get),
    ("Clear", _clear),
    ("ENd", _end),
    ("Query", _query),
    ("COUNT", _count),
)
