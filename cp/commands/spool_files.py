"""PURGE, CHANGE, ORDER and TRANSFER: commands on closed spool files.

A general user means his own files.  A class D user may put a user ID, or SYSTEM for all users, before the other
operands; HOLD is then the system's hold.  Files that a reader is reading are left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vm370.cp import messages
from vm370.cp.commands import spool_operands as parse
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.spool.files import CONSOLE, READER, SpoolFile

MODULE = "CSU"


def _owner(ctx: Context, words: list[str], *, first: Callable[[str], bool]) -> tuple[str | None, bool]:
    """Whose files: (owner, or None for all users; whether a class D operand said so).  ``first`` knows other words."""
    if words and "D" in ctx.classes and not first(words[0]):
        word = words.pop(0)
        return (None if word == "SYSTEM" else parse.known_user(ctx, word, MODULE)), True
    return ctx.vm.userid, False


def _queue(words: list[str]) -> str:
    """RDR, PRT or PUN."""
    if not words:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    word = words.pop(0)
    kind = parse.device_kind(word)
    if kind is None or kind == CONSOLE:
        raise CommandError(messages.INVALID_DEVICE_TYPE.by(MODULE).fill(device_type=word))
    return kind


def _selectors(words: list[str]) -> list[parse.Selector]:
    chosen = [parse.selector(words, MODULE)]
    while words:
        chosen.append(parse.selector(words, MODULE))
    return chosen


def _names_a_queue(word: str) -> bool:
    return parse.device_kind(word) is not None


@parse.spool_errors()
def purge(ctx: Context, operands: Operands) -> None:
    """PURGE: forget files."""
    words = operands.words()
    owner, _ = _owner(ctx, words, first=lambda word: word == "ALL" or _names_a_queue(word))
    if words and words[0] == "ALL":
        words.pop(0)
        if words:
            raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=words[0]))
        candidates, selectors = ctx.system.spool.files(None, owner), [parse.ALL]
    else:
        candidates = ctx.system.spool.files(_queue(words), owner)
        selectors = _selectors(words)
    files, faults = parse.selected(candidates, selectors, MODULE)
    parse.report(ctx, len(ctx.system.spool.purge(files)), "PURGED", faults)


@parse.spool_errors()
def order(ctx: Context, operands: Operands) -> None:
    """ORDER: bring files to the head of their queue, in the order given."""
    words = operands.words()
    owner, _ = _owner(ctx, words, first=_names_a_queue)
    queue = _queue(words)
    selectors = _selectors(words)
    files, faults = parse.selected(ctx.system.spool.files(queue, owner), selectors, MODULE)
    parse.report(ctx, len(ctx.system.spool.order(files)), "ORDERED", faults)


@parse.spool_errors()
def change(ctx: Context, operands: Operands) -> None:
    """CHANGE: give files other attributes."""
    words = operands.words()
    owner, for_system = _owner(ctx, words, first=_names_a_queue)
    queue = _queue(words)
    which = parse.selector(words, MODULE)
    known: dict[str, Callable[[], Any]] = {
        "CLass": lambda: parse.spool_class(words, MODULE),
        "HOld": lambda: True,
        "NOHold": lambda: True,
        "DIst": lambda: parse.distribution_code(words, MODULE),
        "NAME": lambda: parse.file_name(words, MODULE),
        "KEEP": lambda: True,
        "NOKEEP": lambda: True,
        "FORM": lambda: parse.form_name(words, MODULE),
    }
    if queue != READER:
        known["COpy"] = lambda: parse.copies(words, MODULE)
    chosen = parse.options(words, known, MODULE)
    if not chosen:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    parse.conflict("KEEP", "NOKEEP", chosen, MODULE)
    names = {"CLass": "spool_class", "COpy": "copies", "DIst": "dist", "FORM": "form"}
    attributes = {names[option]: value for option, value in chosen.items() if option in names}
    if "NAME" in chosen:
        attributes["name"], attributes["type"] = chosen["NAME"]
    if "KEEP" in chosen or "NOKEEP" in chosen:
        attributes["keep"] = "KEEP" in chosen
    if "HOld" in chosen or "NOHold" in chosen:
        attributes["system_hold" if for_system else "user_hold"] = "HOld" in chosen
    files, faults = parse.selected(ctx.system.spool.files(queue, owner), [which], MODULE)
    parse.report(ctx, len(ctx.system.spool.change(files, **attributes)), "CHANGED", faults)


@parse.spool_errors()
def transfer(ctx: Context, operands: Operands) -> None:
    """TRANSFER: move reader files to another reader, or take back files that were sent."""
    words = operands.words()
    owner, for_system = _owner(
        ctx, words, first=lambda word: word == "ALL" or word.isdigit() or abbreviates(word, "CLass")
    )
    which = parse.selector(words, MODULE)
    if not words:
        raise CommandError(messages.USERID_MISSING.by(MODULE).fill())
    if abbreviates(words[0], "From"):
        if for_system:
            raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=words[0]))
        words.pop(0)
        files, faults = parse.selected(_sent(ctx, words), [which], MODULE)
        target, sender = ctx.vm.userid, ctx.vm.userid
    else:
        if abbreviates(words[0], "To"):
            words.pop(0)
        target, sender = parse.userid(ctx, words, MODULE), ctx.vm.userid
        files, faults = parse.selected(ctx.system.spool.files(READER, owner), [which], MODULE)
    if words:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=words[0]))
    moved = ctx.system.spool.transfer(files, target, sender)
    for file in moved:
        loser = ctx.system.user(file.owner)
        if loser is not None and loser is not ctx.vm and loser.settings.imsg:
            loser.say(f"RDR FILE {file.spoolid:04} TRANSFERRED TO {target}")
    parse.report(ctx, len(moved), "TRANSFERRED", faults)


def _sent(ctx: Context, words: list[str]) -> list[SpoolFile]:
    """Files that the issuer sent to ``userid | ALL``."""
    mine = [file for file in ctx.system.spool.files(READER, origin=ctx.vm.userid) if file.owner != ctx.vm.userid]
    if words and words[0] == "ALL":
        words.pop(0)
        return mine
    owner = parse.userid(ctx, words, MODULE)
    return [file for file in mine if file.owner == owner]
