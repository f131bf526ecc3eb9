"""SET and TERMINAL: what a user changes of his session; LOGMSG of the operator.

Each row of the two tables names an operand with its shortest form, and the function that carries it out.
"""

from __future__ import annotations

from collections.abc import Callable

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.engine import set_engine
from vm370.cp.commands.operand_forms import decimal, on_or_off

SET_MODULE, TERMINAL_MODULE = "CFS", "CFT"
HIGHEST_KEY = 24
LONGEST_LINE = LONGEST_WAIT = 255
Setter = Callable[[Context, Operands], None]


def _switch(attribute: str) -> Setter:
    """A setting that is ON or OFF and nothing else."""

    def setter(ctx: Context, operands: Operands) -> None:
        setattr(ctx.vm.settings, attribute, on_or_off(operands.next(), SET_MODULE))

    return setter


def _choice(word: str | None, choices: tuple[str, ...], module: str) -> str:
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by(module).fill())
    if word not in choices:
        raise CommandError(messages.INVALID_OPERAND.by(module).fill(operand=word))
    return word


def _emsg(ctx: Context, operands: Operands) -> None:
    ctx.vm.settings.emsg = _choice(operands.next(), ("ON", "OFF", "CODE", "TEXT"), SET_MODULE)


def _timer(ctx: Context, operands: Operands) -> None:
    ctx.vm.set_timer(_choice(operands.next(), ("ON", "OFF", "REAL", "VIRTUAL"), SET_MODULE))


def _assist(ctx: Context, operands: Operands) -> None:
    """SET ASSIST [ON] [SVC|NOSVC] | OFF."""
    words = operands.words()
    on = on_or_off(words.pop(0), SET_MODULE) if words and words[0] in ("ON", "OFF") else True
    svc = True
    for word in words:
        if word not in ("SVC", "NOSVC") or not on:
            raise CommandError(messages.INVALID_OPERAND.by(SET_MODULE).fill(operand=word))
        svc = word == "SVC"
    ctx.vm.set_assist(on, svc=svc)


def _impure(ctx: Context, operands: Operands) -> None:
    ctx.vm.set_impure(on_or_off(operands.next(), SET_MODULE))


def _ecmode(ctx: Context, operands: Operands) -> None:
    """SET ECMODE; a change resets the machine."""
    on = on_or_off(operands.next(), SET_MODULE)
    if on != ctx.vm.settings.ecmode:
        ctx.vm.settings.ecmode = on
        ctx.vm.reset()
        ctx.say("SYSTEM RESET")


def program_function_key(word: str, module: str) -> int:
    """PF1 to PF24, with a leading zero or without."""
    number = decimal(word[2:], 2)
    if not word.startswith("PF") or number is None or not 1 <= number <= HIGHEST_KEY:
        raise CommandError(messages.INVALID_OPERAND.by(module).fill(operand=word))
    return number


def _program_function(ctx: Context, operands: Operands) -> None:
    """SET PFnn [IMMED|DELAYED] text; without text the key is undefined."""
    number = program_function_key(operands.next() or "", SET_MODULE)
    mode = operands.peek()
    if mode is not None and (abbreviates(mode, "IMMed") or abbreviates(mode, "DELayed")):
        operands.next()
    text = operands.rest()
    keys = ctx.vm.settings.pf_keys
    if text:
        kind = "IMMED" if mode is not None and abbreviates(mode, "IMMed") else "DELAY"
        keys[number] = f"{kind} {text}"
    else:
        keys.pop(number, None)


def _logmsg(ctx: Context, operands: Operands) -> None:
    """SET LOGMSG n text | n | NULL (classes A and B)."""
    if not set(ctx.classes) & set("AB"):
        raise CommandError(messages.INVALID_OPERAND.by(SET_MODULE).fill(operand="LOGMSG"))
    word, lines = operands.next(), ctx.system.log_messages
    if word == "NULL":
        lines.clear()
        return
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by(SET_MODULE).fill())
    number = decimal(word, 3)
    if number is None or number > len(lines) + 1:
        raise CommandError(messages.INVALID_OPERAND.by(SET_MODULE).fill(operand=word))
    text = operands.rest()
    if number == 0 and text:
        lines.insert(0, text)
    elif number and text:
        lines[number - 1 : number] = [text]
    elif number:
        del lines[number - 1 : number]


#   operand       what it does
SET_OPERANDS: list[tuple[str, Setter]] = [
    ("ACNT", _switch("acnt")),
    ("ASsist", _assist),
    ("AUTOPoll", _switch("autopoll")),
    ("ECmode", _ecmode),
    ("EMSG", _emsg),
    ("ENGine", set_engine),
    ("IMSG", _switch("imsg")),
    ("IMPure", _impure),
    ("ISAM", _switch("isam")),
    ("LINEDit", _switch("linedit")),
    ("LOGmsg", _logmsg),
    ("MSG", _switch("msg")),
    ("NOTRans", _switch("notrans")),
    ("PAGEX", _switch("pagex")),
    ("RUN", _switch("run")),
    ("SMSG", _switch("smsg")),
    ("TIMER", _timer),
    ("WNG", _switch("wng")),
]


def set_command(ctx: Context, operands: Operands) -> None:
    """SET operand value."""
    word = operands.peek()
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by(SET_MODULE).fill())
    if word.startswith("PF"):
        _program_function(ctx, operands)
        return
    operands.next()
    for name, setter in SET_OPERANDS:
        if abbreviates(word, name):
            setter(ctx, operands)
            extra = operands.next()
            if extra is not None:
                raise CommandError(messages.INVALID_OPERAND.by(SET_MODULE).fill(operand=extra))
            return
    raise CommandError(messages.INVALID_OPERAND.by(SET_MODULE).fill(operand=word))


# --- TERMINAL ---


def _symbol(attribute: str, default: str) -> Setter:
    """A logical editing symbol: ON (the default), OFF, or a character."""

    def setter(ctx: Context, operands: Operands) -> None:
        raw = operands.next()
        if raw is None:
            raise CommandError(messages.OPERAND_MISSING.by(TERMINAL_MODULE).fill())
        if raw not in ("ON", "OFF") and (len(raw) != 1 or raw.isalnum()):
            raise CommandError(messages.INVALID_OPERAND.by(TERMINAL_MODULE).fill(operand=raw))
        value = default if raw == "ON" else None if raw == "OFF" else raw
        setattr(ctx.vm.terminal_options.editing, attribute, value)

    return setter


def _terminal_switch(attribute: str) -> Setter:
    def setter(ctx: Context, operands: Operands) -> None:
        setattr(ctx.vm.terminal_options, attribute, on_or_off(operands.next(), TERMINAL_MODULE))

    return setter


def _line_size(ctx: Context, operands: Operands) -> None:
    """LINESIZE nnn; OFF is the longest line."""
    word = operands.next()
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by(TERMINAL_MODULE).fill())
    size = LONGEST_LINE if word == "OFF" else decimal(word, 3)
    if size is None or not 1 <= size <= LONGEST_LINE:
        raise CommandError(messages.INVALID_OPERAND.by(TERMINAL_MODULE).fill(operand=word))
    ctx.vm.terminal_options.line_size = size


def _mode(ctx: Context, operands: Operands) -> None:
    ctx.vm.terminal_options.mode_cp = _choice(operands.next(), ("CP", "VM"), TERMINAL_MODULE) == "CP"


def _more(ctx: Context, operands: Operands) -> None:
    """MORE nnn mmm: seconds until the alarm, and from there until the screen goes on."""
    seconds = []
    for _ in range(2):
        word = operands.next()
        if word is None:
            raise CommandError(messages.OPERAND_MISSING.by(TERMINAL_MODULE).fill())
        number = decimal(word, 3)
        if number is None or number > LONGEST_WAIT:
            raise CommandError(messages.INVALID_OPERAND.by(TERMINAL_MODULE).fill(operand=word))
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
        raise CommandError(messages.OPERAND_MISSING.by(TERMINAL_MODULE).fill())
    while (word := operands.next()) is not None:
        setter = next((found for name, found in TERMINAL_OPERANDS if abbreviates(word, name)), None)
        if setter is None:
            raise CommandError(messages.INVALID_OPERAND.by(TERMINAL_MODULE).fill(operand=word))
        setter(ctx, operands)
