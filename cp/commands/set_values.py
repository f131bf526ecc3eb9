"""SET: what its forms do."""

from __future__ import annotations

from collections.abc import Callable

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.operand_forms import decimal, no_more, on_or_off

MODULE = "CFS"
HIGHEST_KEY = 24
Setter = Callable[[Context, Operands], None]


def switch(attribute: str) -> Setter:
    """A setting that is ON or OFF and nothing else."""

    def setter(ctx: Context, operands: Operands) -> None:
        setattr(ctx.vm.settings, attribute, on_or_off(operands.next(), MODULE))

    return setter


def isam(ctx: Context, operands: Operands) -> None:
    """SET ISAM ON|OFF: channel programs that change themselves work either way."""
    ctx.vm.settings.isam = on_or_off(operands.next(), MODULE)
    if ctx.vm.settings.imsg:
        ctx.say("ISAM NOT NEEDED; CHANNEL PROGRAMS ARE EXECUTED AS THEY ARE IN STORAGE")


def receiving(attribute: str) -> Setter:
    """ON, OFF or IUCV: whether messages are received, and whether the machine itself gets them."""

    def setter(ctx: Context, operands: Operands) -> None:
        settings, word = ctx.vm.settings, operands.next()
        by_iucv = word == "IUCV"
        setattr(settings, attribute, by_iucv or on_or_off(word, MODULE))
        (settings.iucv.add if by_iucv else settings.iucv.discard)(attribute)

    return setter


def choice(word: str | None, choices: tuple[str, ...], module: str) -> str:
    """One of the words."""
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by(module).fill())
    if word not in choices:
        raise CommandError(messages.INVALID_OPERAND.by(module).fill(operand=word))
    return word


def emsg(ctx: Context, operands: Operands) -> None:
    """SET EMSG ON|OFF|CODE|TEXT."""
    ctx.vm.settings.emsg = choice(operands.next(), ("ON", "OFF", "CODE", "TEXT"), MODULE)


def timer(ctx: Context, operands: Operands) -> None:
    """SET TIMER ON|OFF|REAL|VIRTUAL."""
    ctx.vm.set_timer(choice(operands.next(), ("ON", "OFF", "REAL", "VIRTUAL"), MODULE))


def assist(ctx: Context, operands: Operands) -> None:
    """SET ASSIST [ON] [SVC|NOSVC] [TMR|NOTMR] | OFF."""
    words = operands.words()
    on = on_or_off(words.pop(0), MODULE) if words and words[0] in ("ON", "OFF") else True
    svc = True
    for word in words:
        if word not in ("SVC", "NOSVC", "TMR", "NOTMR") or not on:
            raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
        if word == "TMR":
            raise CommandError(messages.NOT_AVAILABLE.fill(what="ASSIST TMR", reason="CLOCKS NEED NO ASSIST"))
        if word.endswith("SVC"):
            svc = word == "SVC"
    ctx.vm.set_assist(on, svc=svc)
    if on and not ctx.system.assist:
        ctx.say("ASSIST NOT ACTIVE; SASSIST IS OFF")


def system_assist(ctx: Context, operands: Operands) -> None:
    """SET SASSIST ON|OFF (class A): the real machine's assist, for everybody."""
    ctx.system.assist = on_or_off(operands.next(), MODULE)
    for vm in ctx.system.users.values():
        vm.set_assist(vm.settings.assist, svc=vm.settings.assist_svc)


def off_only(what: str, reason: str) -> Setter:
    """A function that this system does not have: OFF is all that can be said of it."""

    def setter(ctx: Context, operands: Operands) -> None:
        if on_or_off(operands.next(), MODULE):
            raise CommandError(messages.NOT_AVAILABLE.fill(what=what, reason=reason))

    return setter


def absent(what: str, reason: str) -> Setter:
    """A function that this system does not have, whatever is said of it."""

    def setter(ctx: Context, operands: Operands) -> None:
        raise CommandError(messages.NOT_AVAILABLE.fill(what=what, reason=reason))

    return setter


def pagex(ctx: Context, operands: Operands) -> None:
    """SET PAGEX ON|OFF: pseudo page faults, for a machine with ECMODE."""
    on = on_or_off(operands.next(), MODULE)
    if on and not ctx.vm.settings.ecmode:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand="PAGEX"))
    ctx.vm.settings.pagex = on
    if on and ctx.vm.settings.imsg:
        ctx.say("PAGEX NOT NEEDED; NO PAGE OF A VIRTUAL MACHINE IS EVER AWAY")


def impure(ctx: Context, operands: Operands) -> None:
    """SET IMPURE ON|OFF|GENUINE."""
    word = operands.next()
    genuine = word is not None and abbreviates(word, "GENuine")
    ctx.vm.set_impure(genuine or on_or_off(word, MODULE))
    ctx.vm.settings.genuine = genuine


def ecmode(ctx: Context, operands: Operands) -> None:
    """SET ECMODE; a change resets the machine."""
    on = on_or_off(operands.next(), MODULE)
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


def program_function(ctx: Context, operands: Operands) -> None:
    """SET PFnn [IMMED|DELAYED] [text] | RETRIEVE | TAB n ... | COPY; without anything the key is undefined."""
    number = program_function_key(operands.next() or "", MODULE)
    keys, word = ctx.vm.settings.pf_keys, operands.peek() or ""
    if word == "TAB":
        columns = operands.words()[1:]
        bad = next((column for column in columns if not decimal(column, 3)), None)
        if bad is not None or not columns:
            raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=bad or "TAB"))
        keys[number] = " ".join(["TAB", *(f"{column:03}" for column in sorted(map(int, columns)))])
        return
    if word in ("RETRIEVE", "RECALL", "COPY"):
        operands.next()
        no_more(operands.next(), MODULE)
        keys[number] = "RETRIEVE" if word == "RECALL" else word
        return
    kind = "DELAY"
    if word and (abbreviates(word, "IMMed") or abbreviates(word, "DELayed")):
        operands.next()
        kind = "IMMED" if abbreviates(word, "IMMed") else "DELAY"
    text = operands.rest()
    if text:
        keys[number] = f"{kind} {text}"
    else:
        keys.pop(number, None)


def logmsg(ctx: Context, operands: Operands) -> None:
    """SET LOGMSG n text | n | NULL (classes A and B)."""
    word, lines = operands.next(), ctx.system.log_messages
    ctx.system.log_message_time = ctx.system.clock.now()
    if word == "NULL":
        lines.clear()
        return
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    number = decimal(word, 3)
    if number is None or number > len(lines) + 1:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
    text = operands.rest()
    if number == 0 and text:
        lines.insert(0, text)
    elif number and text:
        lines[number - 1 : number] = [text]
    elif number:
        del lines[number - 1 : number]


def maximum(ctx: Context, operands: Operands) -> None:
    """SET MAXIMUM nnn (class A): those who are logged on stay."""
    word = operands.next()
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    number = decimal(word, 3)
    if number is None:
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
    ctx.system.maximum_users = number
