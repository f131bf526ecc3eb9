"""TRACE: what CP shows of a virtual machine while it runs.

    TRACE TRAPS [OFF]     each trap: real and virtual mode bit, address, cause, what CP did
    TRACE END             end all tracing

The machine goes on while TRAPS are shown.  Each line of TRACE TRAPS:

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

MODULE = "TRA"


def trace(ctx: Context, operands: Operands) -> None:
    """TRace TRAPS [OFF] | END."""
    vm, word = ctx.vm, operands.next()
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by(MODULE).fill())
    if word == "END":
        vm.trace_traps = False
        ctx.say("TRACE ENDED")
        return
    if not abbreviates(word, "TRAPS"):
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
    option = operands.next()
    if option not in (None, "OFF", "RUN"):
        raise CommandError(messages.INVALID_OPTION.by(MODULE).fill(option=option))
    vm.trace_traps = option != "OFF"
    ctx.say("TRACE STARTED" if vm.trace_traps else "TRACE ENDED")
