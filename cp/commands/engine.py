"""SET ENGINE and QUERY ENGINE: what executes a guest's instructions, and what it has done.

    SET ENGINE REFERENCE|INTERPRETER|REGIONS

    QUERY ENGINE
    ENGINE REGIONS                        or: ENGINE REGIONS, SERVED BY INTERPRETER (what is there for now)
    INSTRUCTIONS 5012: REFERENCE 12, INTERPRETER 5000, REGIONS 0
    REGIONS 3; OF ALL GUESTS: COMPILED 2, LOADED 5, CODE 12345 BYTES, COMPILE TIME 40.5 MS
    ENTRIES 31: BUDGET 11, STEP 12, SETTLE 8

ENTRIES are those into native code, by the reason for which it was left (cp/engine/native/context.py).  The line before
is about translated code: what is installed in this guest, and what was compiled or loaded from the cache, since the
program was started, for all guests, which share it.  What CP simulates is executed by the reference engine.
"""

from __future__ import annotations

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.engine.engines import ENGINES, REGIONS

SET_MODULE = "CFS"


def set_engine(ctx: Context, operands: Operands) -> None:
    """SET ENGine name."""
    word = operands.next()
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by(SET_MODULE).fill())
    name = next((name for name in ENGINES if abbreviates(word, name.capitalize())), None)
    if name is None:
        raise CommandError(messages.INVALID_OPERAND.by(SET_MODULE).fill(operand=word))
    ctx.vm.set_engine(name)


def query_engine(ctx: Context, operands: Operands) -> None:
    """Query ENGine."""
    vm = ctx.vm
    wanted = vm.settings.engine
    serving = ctx.system.engines.serving(wanted)
    ctx.say(f"ENGINE {wanted.upper()}" + (f", SERVED BY {serving.upper()}" if serving != wanted else ""))
    work = vm.execution.work()
    tiers = {"REFERENCE": work.reference, "INTERPRETER": work.interpreter, "REGIONS": work.regions}
    shown = ", ".join(f"{tier} {count}" for tier, count in tiers.items())
    ctx.say(f"INSTRUCTIONS {sum(tiers.values())}: {shown}")
    if serving == REGIONS:
        ctx.say(
            f"REGIONS {work.installed}; OF ALL GUESTS: COMPILED {work.compiled}, LOADED {work.loaded}, "
            f"CODE {work.code_bytes} BYTES, COMPILE TIME {work.compile_seconds * 1000:.1f} MS"
        )
    reasons = ", ".join(f"{reason.upper()} {count}" for reason, count in work.exits.most_common())
    ctx.say(f"ENTRIES {work.entries}: {reasons or 'NONE'}")
