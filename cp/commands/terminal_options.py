"""TERMINAL: each row of its table names an operand with its shortest form, and the function that carries it out."""

from __future__ import annotations

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.operand_forms import decimal, on_or_off
from vm370.cp.commands.set_values import Setter, choice

MODULE = "CFT"
LONGEST_LINE = LONGEST_WAIT = 255


def _symbol(attribute: str, default: str) -> Setter:
    """A logical editing symbol: ON (the default), OFF, or a character."""

    def setter(ctx: Context, operands: Operands) -> None:
        raw = operands.next()
        if raw is None:
            raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
        if raw not in ("ON", "OFF") and (len(raw) != 1 or raw.isalnum()):
            raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=raw))
        value = default if raw == "ON" else None if raw == "OFF" else raw
        setattr(ctx.vm.terminal_options.editing, attribute, value)

    return setter


def _terminal_switch(attribute: str) -> Setter:
    def setter(ctx: Context, operands: Operands) -> None:
        setattr(ctx.vm.terminal_options, attribute, on_or_off(operands.next(), MODULE))

    return setter


def _line_size(ctx: Context, operands: Operands) -> None:
    """LINESIZE nnn; OFF is the longest line."""
    word = operands.next()
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    size = LONGEST_LINE if word == "OFF" else decimal(word, 3)
    if size is None or not 1 <= size <= LONGEST_LINE:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
    ctx.vm.terminal_options.line_size = size


def _mode(ctx: Context, operands: Operands) -> None:
    ctx.vm.terminal_options.mode_cp = choice(operands.next(), ("CP", "VM"), MODULE) == "CP"


def _more(ctx: Context, operands: Operands) -> None:
    """MORE nnn mmm: seconds until the alarm, and from there until the screen goes on."""
    seconds = []
    for _ in range(2):
        word = operands.next()
        if word is None:
            raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
        number = decimal(word, 3)
        if number is None or number > LONGEST_WAIT:
            raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
        seconds.append(number)
    ctx.vm.terminal_options.more = (seconds[0], seconds[1])


TERMINAL_OPERANDS: list[tuple[str, Setter]] = [
    ("APL", _terminal_switch("apl")),
    ("ATtn", _terminal_switch("attention_message")),
    ("AUtocr", _terminal_switch("autocr")),
    ("CHardel", _symbol("character_delete", "@")),
    ("EScape", _symbol("escape", '"')),
    ("HILIght", _terminal_switch("highlight")),
    ("HOLD", _terminal_switch("hold")),
    ("LINEDel", _symbol("line_delete", "¢")),
    ("LINENd", _symbol("line_end", "#")),
    ("LINESize", _line_size),
    ("Mask", _terminal_switch("mask")),
    ("MODE", _mode),
    ("MORE", _more),
    ("TABchar", _symbol("tab", "¬")),
    ("TEXT", _terminal_switch("text")),
    ("TIMESTAMP", _terminal_switch("timestamp")),
]


def terminal(ctx: Context, operands: Operands) -> None:
    """TERMinal operand value ..."""
    if operands.peek() is None:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    while (word := operands.next()) is not None:
        setter = next((found for name, found in TERMINAL_OPERANDS if abbreviates(word, name)), None)
        if setter is None:
            raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
        setter(ctx, operands)
