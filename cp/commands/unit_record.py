"""Commands of the spooling operator on real printers, punches and the reader.

START DRAIN FLUSH BACKSPAC REPEAT SPACE LOADBUF work on devices (cp/real), HOLD and FREE on users' output.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from vm370.cp import messages
from vm370.cp.commands import spool_operands as parse
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.operand_forms import decimal
from vm370.cp.commands.real_operands import real_address, real_device
from vm370.cp.real.paper import FCB_IMAGES, UCS_IMAGES, carriage
from vm370.cp.real.printer import RealPrinter
from vm370.cp.real.spooled import MOST_CLASSES, MOST_COPIES, OutputDevice, SpooledDevice, described
from vm370.cp.spool.files import CONSOLE, PRINTER, PUNCH, READER

MODULE = "CSO"
MOST_SHEETS = 999
FORM_NAME = 8


# --- START, DRAIN ---


@parse.spool_errors()
def start(ctx: Context, operands: Operands) -> None:
    """START Reader|Printer|PUnch|raddr|ALL [CLass c ...] [SEP|NOSEP] [FORM name] [AUTO|NOAUTO] [PDF|NOPDF]."""
    words = operands.words()
    devices = _devices(ctx, words)
    chosen = _start_options(words)
    for device in devices:
        if isinstance(device, OutputDevice):
            _set_options(device, chosen)
        elif chosen:
            option = next(iter(chosen))
            raise CommandError(messages.CONFLICTING_OPTION.by(MODULE).fill(option=option.upper()))
        device.start()
        ctx.say(f"{device.name} {device.status}")


def _start_options(words: list[str]) -> dict[str, Any]:
    def classes() -> str:
        found = ""
        while words and re.fullmatch(r"[A-Z0-9*]", words[0]):
            found += words.pop(0)
        if not 1 <= len(found) <= MOST_CLASSES or len(set(found)) < len(found):
            raise CommandError(messages.CLASS_MISSING.by(MODULE).fill())
        return found

    known: dict[str, Callable[[], Any]] = {
        "CLass": classes,
        "NOSep": lambda: True,
        "SEp": lambda: True,
        "FOrm": lambda: parse.form_name(words, MODULE),
        "AUTO": lambda: True,
        "NOAuto": lambda: True,
        "PDF": lambda: True,
        "NOPdf": lambda: True,
    }
    chosen = parse.options(words, known, MODULE)
    for one, other in (("NOSep", "SEp"), ("AUTO", "NOAuto"), ("PDF", "NOPdf")):
        parse.conflict(one, other, chosen, MODULE)
    return chosen


def _set_options(device: OutputDevice, chosen: dict[str, Any]) -> None:
    device.classes = chosen.get("CLass", device.classes)
    device.form = chosen.get("FOrm", device.form)
    if "NOSep" in chosen or "SEp" in chosen:
        device.separator = "SEp" in chosen
    if "AUTO" in chosen or "NOAuto" in chosen:
        device.auto = "AUTO" in chosen
    if isinstance(device, RealPrinter) and ("PDF" in chosen or "NOPdf" in chosen):
        device.pdf = "PDF" in chosen


@parse.spool_errors()
def drain(ctx: Context, operands: Operands) -> None:
    """DRain Reader|Printer|PUnch|raddr|ALL: no further file is begun."""
    words = operands.words()
    devices = _devices(ctx, words)
    _no_more(words)
    for device in devices:
        device.drain()
        ctx.say(f"{device.name} {device.status}")


def _devices(ctx: Context, words: list[str]) -> list[SpooledDevice]:
    """The devices that the first word means."""
    if not words:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    word = words[0]
    kind = parse.device_kind(word)
    if word == "ALL" or kind in (READER, PRINTER, PUNCH):
        words.pop(0)
        found = [each for each in ctx.system.real.all("RDR", "PUN", "PRT") if isinstance(each, SpooledDevice)]
        return [each for each in found if each.online and each.holder is None and kind in (None, each.queue)]
    return [_usable(ctx, words)]


def _usable(ctx: Context, words: list[str]) -> SpooledDevice:
    """One spooled device by its address, online and not with a user."""
    device = real_device(ctx, real_address(words, MODULE), MODULE)
    if not isinstance(device, SpooledDevice):
        raise CommandError(messages.INVALID_DEVICE_TYPE.by(MODULE).fill(device_type=f"{device.raddr:03X}"))
    if not device.online:
        raise CommandError(messages.DEVICE_OFFLINE.by(MODULE).fill(device=device.name))
    if device.holder is not None:
        raise CommandError(messages.DEVICE_ATTACHED.by(MODULE).fill(device=device.name, owner=device.holder[0]))
    return device


# --- the active file ---


@parse.spool_errors()
def flush(ctx: Context, operands: Operands) -> None:
    """FLush raddr [ALL] [HOld]: end the active copy, or all copies."""
    words = operands.words()
    device = _active(ctx, words)
    chosen = parse.options(words, {"ALL": lambda: True, "HOld": lambda: True}, MODULE)
    file, left = device.flush(all_copies="ALL" in chosen, hold="HOld" in chosen)
    ctx.say(f"{device.name} FLUSHED {described(file, left)}")
    if "HOld" in chosen:
        ctx.say(f"{device.name} FILE HELD")


@parse.spool_errors()
def backspac(ctx: Context, operands: Operands) -> None:
    """BAckspac raddr [File | pages [EOP|EOF]]: do the active file again, from a page or from its beginning."""
    words = operands.words()
    device = _active(ctx, words)
    whole, pages, at_end = not isinstance(device, RealPrinter), 0, False
    while words:
        word = words.pop(0)
        number = decimal(word, 3)
        if abbreviates(word, "File"):
            whole = True
        elif number is not None and not whole:
            pages = number
        elif abbreviates(word, "EOF") and not whole:
            at_end = True
        else:
            raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
    if isinstance(device, RealPrinter) and not whole:
        if at_end:
            device.to_end(pages)
        else:
            device.backspace(pages)
    else:
        device.restart()
    assert device.active is not None
    ctx.say(f"{device.name} BACKSPACE {described(device.active, device.left)}")


@parse.spool_errors()
def repeat(ctx: Context, operands: Operands) -> None:
    """REPeat raddr [nn] [HOld]: further copies of the active file."""
    words = operands.words()
    device = _active(ctx, words)
    copies = 1
    if words and words[0].isdigit():
        copies = parse.copies(words, MODULE)
    chosen = parse.options(words, {"HOld": lambda: True}, MODULE)
    file, left = device.repeat(min(copies, MOST_COPIES), hold="HOld" in chosen)
    ctx.say(f"{device.name} REPEATED {described(file, left)}")
    if "HOld" in chosen:
        ctx.say(f"{device.name} FILE HELD")


@parse.spool_errors()
def space(ctx: Context, operands: Operands) -> None:
    """SPAce raddr: the rest of the active file is printed with single spacing."""
    words = operands.words()
    device = _active(ctx, words)
    _no_more(words)
    if not isinstance(device, RealPrinter):
        raise CommandError(messages.INVALID_DEVICE_TYPE.by(MODULE).fill(device_type=f"{device.raddr:03X}"))
    device.single_space()
    assert device.active is not None
    ctx.say(f"{device.name} SPACED {described(device.active, device.left)}")


def _active(ctx: Context, words: list[str]) -> OutputDevice:
    device = _usable(ctx, words)
    if not isinstance(device, OutputDevice):
        raise CommandError(messages.INVALID_DEVICE_TYPE.by(MODULE).fill(device_type=f"{device.raddr:03X}"))
    if device.active is None:
        raise CommandError(messages.DEVICE_NOT_ACTIVE.by(MODULE).fill(device=device.name))
    return device


def _no_more(words: list[str]) -> None:
    if words:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=words[0]))


# --- LOADBUF ---


def loadbuf(ctx: Context, operands: Operands) -> None:
    """LOADbuf raddr UCS name [FOLD] [VER] | raddr FCB name [INDEX nn]: train and carriage of a real printer."""
    words = operands.words()
    device = _usable(ctx, words)
    if not isinstance(device, RealPrinter):
        raise CommandError(messages.INVALID_DEVICE_TYPE.by("CSB").fill(device_type=f"{device.raddr:03X}"))
    if device.started:
        raise CommandError(messages.NOT_DRAINED.fill(device=device.name))
    what = words.pop(0) if words else ""
    name = words.pop(0) if words else ""
    if not name or what not in ("UCS", "FCB"):
        raise CommandError(messages.OPERAND_MISSING.by("CSB").fill())
    if what == "UCS":
        if name not in UCS_IMAGES[device.type.name]:
            raise CommandError(messages.IMAGE_UNKNOWN.fill(kind="UCS", name=name))
        chosen = parse.options(words, {"FOLD": lambda: True, "VER": lambda: True}, "CSB")
        device.ucs, device.fold = name, "FOLD" in chosen
    else:
        if name not in FCB_IMAGES:
            raise CommandError(messages.IMAGE_UNKNOWN.fill(kind="FCB", name=name))
        chosen = parse.options(words, {"INDex": lambda: _index(words)}, "CSB")
        device.fcb, device.carriage = name, carriage(name)
        device.index = chosen.get("INDex", 1)
    ctx.say(f"{device.name} {what} {name} LOADED")


def _index(words: list[str]) -> int:
    number = decimal(words.pop(0), 2) if words and words[0].isdigit() else 1
    if number is None or not 1 <= number <= 31:
        raise CommandError(messages.OPERAND_MISSING.by("CSB").fill())
    return number


# --- HOLD, FREE ---


@parse.spool_errors()
def hold(ctx: Context, operands: Operands) -> None:
    """HOld userid|SYSTEM Printer|PUnch|ALL: output of a user, or of everybody, waits."""
    _hold(ctx, operands, on=True)


@parse.spool_errors()
def free(ctx: Context, operands: Operands) -> None:
    """FRee userid|SYSTEM Printer|PUnch|ALL: it need not wait any longer."""
    _hold(ctx, operands, on=False)


def _hold(ctx: Context, operands: Operands, *, on: bool) -> None:
    words = operands.words()
    if not words:
        raise CommandError(messages.USERID_MISSING.by("CSV").fill())
    word = words.pop(0)
    owner = "" if word == "SYSTEM" else parse.known_user(ctx, word, "CSV")
    if not words:
        raise CommandError(messages.OPERAND_MISSING.by("CSV").fill())
    word = words.pop(0)
    kind = parse.device_kind(word)
    if word != "ALL" and (kind is None or kind in (READER, CONSOLE)):
        raise CommandError(messages.INVALID_DEVICE_TYPE.by("CSV").fill(device_type=word))
    _no_more(words)
    for queue in (PRINTER, PUNCH):
        if kind in (None, queue):
            ctx.system.spool.hold(queue, owner, on)
    if ctx.vm.settings.imsg:
        ctx.say("COMMAND COMPLETE")
