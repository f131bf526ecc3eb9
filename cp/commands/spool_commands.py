"""SPOOL, CLOSE and TAG: the spooling of virtual devices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vm370.cp import messages
from vm370.cp.commands import spool_operands as parse
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.spool.files import CONSOLE, LONGEST_TAG, READER, SpoolFile
from vm370.cp.spool.virtual import VirtualConsole, VirtualOutput, VirtualReader, closed_message

_COMMON = ("CLass", "CONt", "NOCont", "HOld", "NOHold")
_OUTPUT = (*_COMMON, "COpy", "OFF", "To", "For", "CLOSE", "PURGE", "KEEP", "NOKEEP", "FORM")
_OPTIONS = {
    "RDR": (*_COMMON, "EOF", "NOEof"),
    "PRT": _OUTPUT,
    "PUN": _OUTPUT,
    "CON": (*_OUTPUT, "STArt", "STOp", "TErm", "NOTErm"),
}
_CONFLICTS = (
    *(("CONt", "NOCont"), ("HOld", "NOHold"), ("EOF", "NOEof"), ("STArt", "STOp"), ("TErm", "NOTErm")),
    *(("KEEP", "NOKEEP"), ("To", "For"), ("OFF", "To"), ("OFF", "For"), ("CLOSE", "PURGE")),
)


@parse.spool_errors()
def spool(ctx: Context, operands: Operands) -> None:
    """SPOOL: change the options of devices; everything is checked before anything is changed."""
    words = operands.words()
    devices = parse.spooled_devices(ctx, words, "CSP")
    chosen = _spool_options(ctx, words, _OPTIONS[parse.kind_of(devices[0][1])])
    for _, side in devices:
        _set_common(side, chosen)
        if isinstance(side, VirtualReader):
            if "EOF" in chosen or "NOEof" in chosen:
                side.options.eof = "EOF" in chosen
            continue
        _set_output(side, chosen)
        if isinstance(side, VirtualConsole):
            _set_console(side, chosen)
        if "PURGE" in chosen:
            side.purge()
        elif "CLOSE" in chosen:
            tell_closed(ctx, side.close())


def _spool_options(ctx: Context, words: list[str], known: tuple[str, ...]) -> dict[str, Any]:
    if not words:
        raise CommandError(messages.OPERAND_MISSING.by("CSP").fill())
    readers: dict[str, Callable[[], Any]] = {
        "CLass": lambda: parse.spool_class(words, "CSP", any_class="EOF" in known),
        "COpy": lambda: parse.copies(words, "CSP"),
        "FORM": lambda: parse.form_name(words, "CSP"),
        "To": lambda: _destination(ctx, words),
        "For": lambda: _destination(ctx, words),
    }
    chosen: dict[str, Any] = {}
    while words:
        word = words.pop(0)
        option = next((option for option in known if abbreviates(word, option)), None)
        if option is not None:
            chosen[option] = readers[option]() if option in readers else True
        elif "To" in known and "To" not in chosen:
            words.insert(0, word)
            chosen["To"] = _destination(ctx, words)
        else:
            raise CommandError(messages.INVALID_OPTION.by("CSP").fill(option=word))
    for one, other in _CONFLICTS:
        parse.conflict(one, other, chosen, "CSP")
    return chosen


def _destination(ctx: Context, words: list[str]) -> str | None:
    """A user, or None for SYSTEM: the system's own printers and punches."""
    if words and words[0] == "SYSTEM":
        words.pop(0)
        return None
    return parse.userid(ctx, words, "CSP")


def _set_common(side: VirtualReader | VirtualOutput, chosen: dict[str, Any]) -> None:
    options = side.options
    options.spool_class = chosen.get("CLass", options.spool_class)
    if "CONt" in chosen or "NOCont" in chosen:
        options.cont = "CONt" in chosen
    if "HOld" in chosen or "NOHold" in chosen:
        options.hold = "HOld" in chosen


def _set_output(side: VirtualOutput, chosen: dict[str, Any]) -> None:
    options = side.options
    options.copies = chosen.get("COpy", options.copies)
    options.form = chosen.get("FORM", options.form)
    if "KEEP" in chosen or "NOKEEP" in chosen:
        options.keep = "KEEP" in chosen
    if {"OFF", "To", "For"} & set(chosen):
        options.to, options.for_user = chosen.get("To"), chosen.get("For")


def _set_console(side: VirtualConsole, chosen: dict[str, Any]) -> None:
    if "STArt" in chosen or "STOp" in chosen:
        side.started = "STArt" in chosen
    if "TErm" in chosen or "NOTErm" in chosen:
        side.shown = "TErm" in chosen


def tell_closed(ctx: Context, file: SpoolFile | None) -> None:
    """The message about a file that a command closed."""
    if file is not None and ctx.vm.settings.imsg and (text := closed_message(file)):
        ctx.say(text)


@parse.spool_errors()
def close(ctx: Context, operands: Operands) -> None:
    """CLOSE: end files on devices.  A device spooled CONT goes on with its file, but may be purged."""
    words = operands.words()
    devices = parse.spooled_devices(ctx, words, "CSQ")
    known: dict[str, Callable[[], Any]] = {"HOld": lambda: True, "NOHold": lambda: True}
    if parse.kind_of(devices[0][1]) != READER:
        known |= {
            "PUrge": lambda: True,
            "DIst": lambda: parse.distribution_code(words, "CSQ"),
            "Name": lambda: parse.file_name(words, "CSQ"),
        }
    chosen = parse.options(words, known, "CSQ")
    hold = True if "HOld" in chosen else False if "NOHold" in chosen else None
    name, filetype = chosen.get("Name", ("", ""))
    for _, side in devices:
        if isinstance(side, VirtualReader):
            side.close(hold)
        elif "PUrge" in chosen:
            side.purge()
        elif not side.options.cont:
            tell_closed(ctx, side.close(hold=hold, dist=chosen.get("DIst"), name=name, filetype=filetype))


@parse.spool_errors()
def tag(ctx: Context, operands: Operands) -> None:
    """TAG DEV, TAG FILE, TAG QUERY: information for whoever gets the file, RSCS for one."""
    verb = operands.next() or ""
    if abbreviates(verb, "DEv"):
        for _, side in _tagged_devices(ctx, operands):
            side.options.tag = _tag_text(operands)
    elif abbreviates(verb, "FIle"):
        file = _tagged_file(ctx, operands)
        ctx.system.spool.change([file], tag=_tag_text(operands))
    elif abbreviates(verb, "QUery"):
        _query_tag(ctx, operands)
    elif verb:
        raise CommandError(messages.INVALID_OPERAND.by("CST").fill(operand=verb))
    else:
        raise CommandError(messages.OPERAND_MISSING.by("CST").fill())


def _query_tag(ctx: Context, operands: Operands) -> None:
    what = operands.next() or ""
    if abbreviates(what, "DEv"):
        for vaddr, side in _tagged_devices(ctx, operands):
            kind = "CONS" if side.kind == CONSOLE else side.kind
            if side.options.tag:
                ctx.say(f"{kind} {vaddr:03X} TAG:")
                ctx.say(side.options.tag)
            else:
                ctx.say(f"{kind} {vaddr:03X} TAG NOT SET")
    elif abbreviates(what, "FIle"):
        ctx.say(_tagged_file(ctx, operands).tag or "(TAG BLANK)")
    else:
        raise CommandError(messages.OPERAND_MISSING.by("CST").fill())


def _tagged_devices(ctx: Context, operands: Operands) -> list[tuple[int, VirtualOutput]]:
    word = operands.next()
    devices = parse.spooled_devices(ctx, [word] if word else [], "CST")
    outputs = [(vaddr, side) for vaddr, side in devices if isinstance(side, VirtualOutput)]
    if not outputs:
        raise CommandError(messages.INVALID_DEVICE_TYPE.by("CST").fill(device_type=word))
    return outputs


def _tagged_file(ctx: Context, operands: Operands) -> SpoolFile:
    number = parse.spoolid(operands.next() or "", "CST")
    file = ctx.system.spool.file(number)
    if file is None or file.owner != ctx.vm.userid:
        raise CommandError(messages.SPOOLID_NOT_FOUND.by("CST").fill(spoolid=f"{number:04}"))
    return file


def _tag_text(operands: Operands) -> str:
    text = operands.rest()
    if len(text) > LONGEST_TAG:
        raise CommandError(messages.TAG_TOO_LONG.fill(longest=LONGEST_TAG))
    return text
