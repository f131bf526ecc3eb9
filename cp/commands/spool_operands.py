"""Operands that the spool commands share: device words, classes, spool IDs, copies, names, and whose files are meant.

Every function takes words off the front of a list and raises CommandError when they are no good, before anything is
changed.  ``module`` is the module of CP whose messages the command issues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from vm370.cp import messages
from vm370.cp.commands import vaddr
from vm370.cp.commands.context import CommandError, Context, abbreviates
from vm370.cp.devices import SpooledConsole
from vm370.cp.io.device import Device
from vm370.cp.io.printer import Printer
from vm370.cp.io.punch import Punch
from vm370.cp.io.reader import Reader
from vm370.cp.messages import FilledMessage
from vm370.cp.spool import CONSOLE, PRINTER, PUNCH, READER, SpoolError, SpoolFile
from vm370.cp.spool.files import LAST_SPOOLID, MOST_COPIES
from vm370.cp.spool.virtual import VirtualOutput, VirtualReader

_DEVICE_WORDS = {
    READER: ("Reader", "RDR"),
    PRINTER: ("Printer", "PRT"),
    PUNCH: ("PUnch", "PUN", "PCH"),
    CONSOLE: ("CONsole", "CONS"),
}


@contextmanager
def spool_errors() -> Iterator[None]:
    """A failing spool ends the command with a message; also a decorator of handlers."""
    try:
        yield
    except SpoolError as error:
        raise CommandError(messages.SPOOL_ERROR.fill(reason=error)) from error


def spooling(device: Device) -> VirtualReader | VirtualOutput | None:
    """The spooling side of a reader, punch, printer or console; None for other devices."""
    match device:
        case Reader(source=VirtualReader() as side):
            return side
        case Punch(sink=VirtualOutput() as side) | Printer(sink=VirtualOutput() as side):
            return side
        case SpooledConsole(spool=side):
            return side
    return None


def device_kind(word: str) -> str | None:
    """RDR, PRT, PUN or CON for the words that name all devices of a kind."""
    for kind, (full, *others) in _DEVICE_WORDS.items():
        if word in others or abbreviates(word, full):
            return kind
    return None


def spooled_devices(ctx: Context, words: list[str], module: str) -> list[tuple[int, VirtualReader | VirtualOutput]]:
    """The devices that the first word means: all of a kind, or one by its address."""
    if not words:
        raise CommandError(messages.OPERAND_MISSING.by(module).fill())
    word = words.pop(0)
    kind = device_kind(word)
    found: list[tuple[int, VirtualReader | VirtualOutput]] = []
    if kind is not None:
        for address, device in sorted(ctx.vm.devices.items()):
            side = spooling(device)
            if side is not None and kind_of(side) == kind:
                found.append((address, side))
        if not found:
            raise CommandError(messages.DEVICE_MISSING.by(module).fill(vaddr=word))
        return found
    address = vaddr.address(word, module)
    side = spooling(vaddr.device(ctx.vm, address, module))
    if side is None:
        raise CommandError(messages.INVALID_DEVICE_TYPE.by(module).fill(device_type=vaddr.shown(address)))
    return [(address, side)]


def kind_of(side: VirtualReader | VirtualOutput) -> str:
    """RDR, PRT, PUN or CON."""
    return READER if isinstance(side, VirtualReader) else side.kind


def spool_class(words: list[str], module: str, *, any_class: bool = False) -> str:
    """A class: a letter or digit, and ``*`` where it means all."""
    word = words.pop(0) if words else ""
    if len(word) == 1 and ((word.isascii() and word.isalnum()) or (any_class and word == "*")):
        return word
    raise CommandError(messages.CLASS_MISSING.by(module).fill())


def copies(words: list[str], module: str) -> int:
    """A number of copies."""
    word = words.pop(0) if words else ""
    if word.isascii() and word.isdigit() and len(word) <= 2 and 1 <= int(word) <= MOST_COPIES:
        return int(word)
    raise CommandError(messages.COPIES_MISSING.by(module).fill())


def distribution_code(words: list[str], module: str) -> str:
    """A distribution code."""
    if words and len(words[0]) <= 8:
        return words.pop(0)
    raise CommandError(messages.DISTCODE_MISSING.by(module).fill())


def form_name(words: list[str], module: str) -> str:
    """An operator form."""
    if words and len(words[0]) <= 8:
        return words.pop(0)
    raise CommandError(messages.FORM_MISSING.by(module).fill())


def file_name(words: list[str], module: str) -> tuple[str, str]:
    """What follows NAME: ``fn [ft]``, or a data set name of up to 24 characters; it must be last."""
    if not words or len(words[0]) > 24:
        raise CommandError(messages.FILENAME_MISSING.by(module).fill())
    if len(words) > 2:
        raise CommandError(messages.INVALID_OPERAND.by(module).fill(operand=words[2]))
    name, filetype = (*words, "")[:2]
    if (filetype and len(name) > 8) or len(filetype) > 8:
        raise CommandError(messages.FILENAME_MISSING.by(module).fill())
    words.clear()
    return name, filetype


def userid(ctx: Context, words: list[str], module: str) -> str:
    """A user of the directory; ``*`` is the issuer."""
    if not words:
        raise CommandError(messages.USERID_MISSING.by(module).fill())
    return known_user(ctx, words.pop(0), module)


def known_user(ctx: Context, word: str, module: str) -> str:
    """``word`` as a user ID."""
    if word == "*":
        return ctx.vm.userid
    if len(word) > 8:
        raise CommandError(messages.INVALID_USERID.by(module).fill(userid=word))
    if ctx.system.directory.find(word) is None:
        raise CommandError(messages.NOT_IN_DIRECTORY.by(module).fill(userid=word))
    return word


@dataclass(frozen=True, slots=True)
class Selector:
    """ALL, one class, or one file."""

    spool_class: str | None = None
    spoolid: int | None = None


ALL = Selector()


def selector(words: list[str], module: str) -> Selector:
    """``ALL | CLass c | spoolid``."""
    if not words:
        raise CommandError(messages.OPERAND_MISSING.by(module).fill())
    word = words.pop(0)
    if word == "ALL":
        return ALL
    if abbreviates(word, "CLass"):
        return Selector(spool_class=spool_class(words, module))
    return Selector(spoolid=spoolid(word, module))


def spoolid(word: str, module: str) -> int:
    """A spool ID."""
    if word.isascii() and word.isdigit() and len(word) <= 4 and 1 <= int(word) <= LAST_SPOOLID:
        return int(word)
    raise CommandError(messages.SPOOLID_MISSING.by(module).fill())


def selected(
    candidates: list[SpoolFile], selectors: list[Selector], module: str
) -> tuple[list[SpoolFile], list[FilledMessage]]:
    """The files meant, each once and in the order asked for; and a message for each spool ID that is not among them."""
    files: dict[int, SpoolFile] = {}
    faults = []
    for wanted in selectors:
        found = [
            file
            for file in candidates
            if wanted.spoolid in (None, file.spoolid) and wanted.spool_class in (None, file.spool_class)
        ]
        if not found and wanted.spoolid is not None:
            faults.append(messages.SPOOLID_NOT_FOUND.by(module).fill(spoolid=f"{wanted.spoolid:04}"))
        files |= {file.key: file for file in found if file.key not in files}
    return list(files.values()), faults


def report(ctx: Context, count: int, done: str, faults: list[FilledMessage]) -> None:
    """``nnnn FILES PURGED`` and what could not be done; the last fault is the command's return code."""
    if ctx.vm.settings.imsg and (count or not faults):
        ctx.say(f"{f'{count:04}' if count else 'NO'} FILE{'' if count == 1 else 'S'} {done}")
    for fault in faults[:-1]:
        text = fault.edited(ctx.vm.settings.emsg)
        if text is not None:
            ctx.say(text)
    if faults:
        raise CommandError(faults[-1])


def options(words: list[str], known: dict[str, Callable[[], Any]], module: str) -> dict[str, Any]:
    """Options in any order, HOLD and NOHOLD not together; ``known`` maps names to what reads their values."""
    found: dict[str, Any] = {}
    while words:
        word = words.pop(0)
        name = next((name for name in known if abbreviates(word, name)), None)
        if name is None:
            raise CommandError(messages.INVALID_OPTION.by(module).fill(option=word))
        found[name] = known[name]()
    conflict("HOld", "NOHold", found, module)
    return found


def conflict(one: str, other: str, found: dict[str, Any], module: str) -> None:
    """Two options that exclude each other."""
    if one in found and other in found:
        raise CommandError(messages.CONFLICTING_OPTION.by(module).fill(option=other.upper()))
