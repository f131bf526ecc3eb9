"""SET ENGINE and QUERY ENGINE: what executes a guest's instructions, and what it has done.

    SET ENGINE REFERENCE|INTERPRETER|REGIONS

    QUERY ENGINE
    ENGINE REGIONS                        or: ENGINE REGIONS, SERVED BY INTERPRETER (what is there for now)
    INSTRUCTIONS 5012: REFERENCE 12, INTERPRETER 5000, REGIONS 0
    REGIONS 0, COMPILED 0, LOADED 0, CODE 0 BYTES, COMPILE TIME 0.0 MS
    ENTRIES 31: BUDGET 11, STEP 12, SETTLE 8

ENTRIES are those into native code, by the reason for which it was left (cp/engine/native/context.py).  The line before
is about translated code: what the guest has, and what was made or loaded for it.  What CP simulates is executed by the
reference engine.
"""

from __future__ import annotations

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.engine.engines import ENGINES

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
    ctx.say(
        f"REGIONS {work.installed}, COMPILED {work.compiled}, LOADED {work.loaded}, CODE {work.code_bytes} BYTES, "
        f"COMPILE TIME {work.compile_seconds * 1000:.1f} MS"
    )
    reasons = ", ".join(f"{reason.upper()} {count}" for reason, count in work.exits.most_common())
    ctx.say(f"ENTRIES {work.entries}: {reasons or 'NONE'}")
