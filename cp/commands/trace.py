"""TRACE: what CP shows of a virtual machine while it runs.

    TRACE event ... [PRINTER|TERMINAL|BOTH] [RUN|NORUN] [OFF]    events: cp/tracing/events.py
    TRACE TRAPS [RUN|OFF]     each trap: real and virtual mode bit, address, cause, what CP did
    TRACE END                 end all tracing

Events add up; one that is named again gets the new options.  The machine stops in CP mode behind each line on the
terminal unless RUN is given; PRINTER means RUN.  It goes on while TRAPS are shown.  Each line of TRACE TRAPS:

    TRAP R=1 V=0 020134 DIAGNOSE 58        hypercall: 3270 virtual console interface
         |   |   |      |                  what CP did
         |   |   |      the cause: instruction, exception or interruption
         |   |   address of the instruction (or of the next one, for an interruption)
         |   problem-state bit of the virtual machine
         problem-state bit of the real machine: always on while a guest runs
"""

from __future__ import annotations

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.tracing.events import Event, Route
from vm370.cp.tracing.output import virtual_printer

MODULE = "TRA"
TRAPS = "TRAPS"
OPTIONS = ("PRINter", "TERMinal", "BOTH", "RUN", "NORun", "OFf")


def trace(ctx: Context, operands: Operands) -> None:
    """TRace event ... [options] | TRAPS [OFF] | END."""
    words = operands.words()
    if not words:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    tracing = ctx.vm.tracing
    if words[0] == "END":
        if len(words) > 1:
            raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=words[1]))
        ctx.vm.trace_traps = False
        tracing.end()
        ctx.say("TRACE ENDED")
        return
    chosen, options, traps = _events_and_options(words)
    if "OFF" in options:
        for event in chosen:
            tracing.routes.pop(event, None)
    else:
        route = _route(ctx, options, traps)
        tracing.routes |= dict.fromkeys(chosen, route)
    if traps:
        ctx.vm.trace_traps = "OFF" not in options
    tracing.changed()
    ctx.say("TRACE STARTED" if tracing.routes or ctx.vm.trace_traps else "TRACE ENDED")


def _events_and_options(words: list[str]) -> tuple[list[Event], list[str], bool]:
    """Events first, then options; none of them contradicts another."""
    chosen, options, traps = list[Event](), list[str](), False
    for word in words:
        option = next((option.upper() for option in OPTIONS if abbreviates(word, option)), None)
        event = Event.named(word)
        if option is not None:
            if options and option not in options and (_conflict(option, options)):
                raise CommandError(messages.CONFLICTING_OPTION.by(MODULE).fill(option=word))
            options.append(option)
        elif options:
            raise CommandError(messages.INVALID_OPTION.by(MODULE).fill(option=word))
        elif word == TRAPS:
            traps = True
        elif event is not None:
            chosen.append(event)
        else:
            raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
    if not chosen and not traps:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    return chosen, options, traps


def _conflict(option: str, before: list[str]) -> bool:
    """OFF stands alone, PRINTER implies RUN, and of each kind there is one."""
    kinds = [{"PRINTER", "TERMINAL", "BOTH"}, {"RUN", "NORUN"}, {"PRINTER", "RUN"}, {"PRINTER", "NORUN"}]
    return "OFF" in (option, *before) or any(option in kind and kind & set(before) for kind in kinds)


def _route(ctx: Context, options: list[str], traps: bool) -> Route:
    printer = "PRINTER" in options or "BOTH" in options
    if printer and traps:
        raise CommandError(messages.INVALID_OPTION.by(MODULE).fill(option=options[0]))
    if printer and virtual_printer(ctx.vm) is None:
        raise CommandError(messages.NO_SUCH_DEVICES.by(MODULE).fill(kind="PRINTER"))
    return Route(terminal="PRINTER" not in options, printer=printer, run="RUN" in options)
