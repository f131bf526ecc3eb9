"""TERMINAL: each row of its table names an operand with its shortest form, and the function that carries it out."""

# ruff: noqa: E501 (the table has one line for each operand)

from __future__ import annotations

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands
from vm370.cp.commands.forms import Form, find_form
from vm370.cp.commands.operand_forms import decimal, on_or_off
from vm370.cp.commands.set_values import Setter, choice
from vm370.cp.settings import LONGEST_LINE

MODULE = "CFT"
LONGEST_WAIT = 255


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
    """LINESIZE nnn; with OFF lines are not folded."""
    word = operands.next()
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    if word == "OFF":
        ctx.vm.terminal_options.line_size = None
        return
    size = decimal(word, 3)
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


def _character_set(attribute: str, other: str) -> Setter:
    """APL and TEXT exclude each other."""

    def setter(ctx: Context, operands: Operands) -> None:
        on, options = on_or_off(operands.next(), MODULE), ctx.vm.terminal_options
        setattr(options, attribute, on)
        if on:
            setattr(options, other, False)

    return setter


def _attention(ctx: Context, operands: Operands) -> None:
    """ATTN: the exclamation point of typewriters; ours are displays."""
    on_or_off(operands.next(), MODULE)
    raise CommandError(messages.NOT_AVAILABLE.by(MODULE).fill(what="ATTN", reason="NOT FOR DISPLAY TERMINALS"))


def _automatic_return(ctx: Context, operands: Operands) -> None:
    """AUTOCR: a line that is typed always ends the line on the terminal."""
    if not on_or_off(operands.next(), MODULE):
        raise CommandError(
            messages.NOT_AVAILABLE.by(MODULE).fill(what="AUTOCR OFF", reason="NOT FOR DISPLAY TERMINALS")
        )


# fmt: off
#        operand      class  handler                       syntax, summary
TERMINAL_FORMS: list[Form] = [
    Form("APL",       "",    _character_set("apl", "text"), "TERMINAL APL ON|OFF", "long lines are not folded; TEXT is off"),
    Form("ATtn",      "",    _attention,                   "TERMINAL ATTN ON|OFF", "the exclamation point of typewriters"),
    Form("AUtocr",    "",    _automatic_return,            "TERMINAL AUTOCR ON|OFF", "a typed line ends the line on the terminal"),
    Form("CHardel",   "",    _symbol("character_delete", "@"), "TERMINAL CHARDEL ON|OFF|char", "the symbol that deletes the character before it"),
    Form("EScape",    "",    _symbol("escape", '"'),       "TERMINAL ESCAPE ON|OFF|char", "the symbol that makes the next one an ordinary character"),
    Form("HILIght",   "",    _terminal_switch("highlight"), "TERMINAL HILIGHT ON|OFF", "whether typed lines are shown bright"),
    Form("HOLD",      "",    _terminal_switch("hold"),     "TERMINAL HOLD ON|OFF", "whether a screen with a message waits until it was seen"),
    Form("LINEDel",   "",    _symbol("line_delete", "¢"),  "TERMINAL LINEDEL ON|OFF|char", "the symbol that deletes the line"),
    Form("LINENd",    "",    _symbol("line_end", "#"),     "TERMINAL LINEND ON|OFF|char", "the symbol between two lines"),
    Form("LINESize",  "",    _line_size,                   "TERMINAL LINESIZE nnn|OFF", "after how many characters output goes on in the next line"),
    Form("Mask",      "",    _terminal_switch("mask"),     "TERMINAL MASK ON|OFF", "whether there is something to type passwords over"),
    Form("MODE",      "",    _mode,                        "TERMINAL MODE CP|VM", "who gets an attention: CP or the virtual machine"),
    Form("MORE",      "",    _more,                        "TERMINAL MORE nnn nnn", "seconds until a full screen alarms, and then goes on"),
    Form("TABchar",   "",    _symbol("tab", "¬"),          "TERMINAL TABCHAR ON|OFF|char", "the symbol that is a tab"),
    Form("TEXT",      "",    _character_set("text", "apl"), "TERMINAL TEXT ON|OFF", "the text character set; APL is off"),
    Form("TIMESTAMP", "",    _terminal_switch("timestamp"), "TERMINAL TIMESTAMP ON|OFF", "whether each line begins with the time of day"),
]
# fmt: on


def terminal(ctx: Context, operands: Operands) -> None:
    """TERMinal operand value ..."""
    if operands.peek() is None:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    while (word := operands.next()) is not None:
        form = find_form(TERMINAL_FORMS, word, ctx.classes)
        if form is None:
            raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
        form.handler(ctx, operands)
