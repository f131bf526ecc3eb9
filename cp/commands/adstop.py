"""ADSTOP: stop the machine before the instruction at an address is executed (cp/tracing/adstop.py).

There is one stop at a time.  It is gone when it was reached, at IPL and SYSTEM RESET or CLEAR, with another one, and
with OFF.  The address is one of the virtual machine's real storage; a stop in storage that is shared with others
stands in this machine's own copy of the page.
"""

from __future__ import annotations

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands
from vm370.cp.commands.operand_forms import hexadecimal, no_more
from vm370.cp.commands.shared_storage import tell_of_copy

MODULE = "CFD"


def adstop(ctx: Context, operands: Operands) -> None:
    """ADSTOP hexloc|OFF."""
    word = operands.next()
    no_more(operands.next(), MODULE)
    if word is None:
        raise CommandError(messages.HEXLOC_MISSING.by(MODULE).fill())
    if word == "OFF":
        ctx.vm.tracing.set_stop(None)
        return
    address = hexadecimal(word, 6)
    if address is None or address % 2:
        raise CommandError(messages.INVALID_HEXLOC.by(MODULE).fill(hexloc=word))
    if not ctx.vm.storage.exists(address, 2):
        raise CommandError(messages.NOT_ADDRESSABLE.by(MODULE).fill(hexloc=f"{address:06X}"))
    ctx.vm.tracing.set_stop(address)
    tell_of_copy(ctx.vm, address, 2)
