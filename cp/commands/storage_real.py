"""DCP, DMCP, STCP: real storage of the machine that CP runs on.

CP is a program of the host and has no System/370 storage of its own.  What these commands would show or change is not
there: their operands are checked, and the answer says so.  Nothing of the host's storage is ever shown.
"""

from __future__ import annotations

import re

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands
from vm370.cp.commands.operand_forms import hexadecimal, locations

DISPLAY, DUMP, STORE = "CDB", "CDM", "CDS"
REAL = 1 << 24
"""Addresses that could be real ones."""
ANSWER = "NO SYSTEM/370 REAL STORAGE ON THIS SYSTEM"
_PREFIX = re.compile(r"[MN]?[LTK]?")


def display_real(ctx: Context, operands: Operands) -> None:
    """DCP [M|N][L|T]range ...."""
    _check_ranges(operands, DISPLAY)
    ctx.say(ANSWER)


def dump_real(ctx: Context, operands: Operands) -> None:
    """DMCP [L|T]range ... [*dumpid]."""
    _check_ranges(Operands(operands.rest().partition("*")[0]), DUMP)
    ctx.say(ANSWER)


def store_real(ctx: Context, operands: Operands) -> None:
    """STCP [M|N][L]hexloc word ... | Shexloc bytes."""
    words = operands.words()
    if not words:
        raise CommandError(messages.OPERAND_MISSING.by(STORE).fill())
    place = words[0][re.match(r"[MN]?[LS]?", words[0]).end() :]  # type: ignore[union-attr]
    if hexadecimal(place, 6) is None:
        raise CommandError(messages.INVALID_HEXLOC.by(STORE).fill(hexloc=words[0]))
    if len(words) < 2:
        raise CommandError(messages.HEXDATA_MISSING.by(STORE).fill())
    for word in words[1:]:
        if hexadecimal(word, 64) is None:
            raise CommandError(messages.INVALID_HEXDATA.by(STORE).fill(hexdata=word))
    ctx.say(ANSWER)


def _check_ranges(operands: Operands, module: str) -> None:
    words = operands.words()
    if not words:
        raise CommandError(messages.OPERAND_MISSING.by(module).fill())
    for word in words:
        match = _PREFIX.match(word)
        locations(word[match.end() if match else 0 :], module, REAL)
