"""QUERY IMPURE [userid|SYSTEM]: what was mapped and what was skipped (cp/impurity.py).

    TRAPS 3: DIAGNOSE 1, SVC 1, WAIT 1            by cause
    SIMULATED 0: NONE                             privileged instructions, by name
    REFLECTED 1: SVC 1                            interruptions, by class
    HYPERCALLS 1: X'00' 1                         DIAGNOSE, by code
    SIO 0, CCWS 0, BYTES MOVED 0                  channel programs translated; bytes with those of DIAGNOSE
    SKIPPED: CHANNEL PROGRAMS 0, TRAPS 0          what DIAGNOSE has replaced
    ENGINE LEFT 12: STEP 9, SETTLE 3              native code, by reason
    HOST TIME IN CP 1.2 MS, IN THE GUEST 0.3 MS

Another user's figures and those of the system need class A, C or E.
"""

from __future__ import annotations

from collections.abc import Mapping

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands
from vm370.cp.impurity import Impurity, of_guest

MODULE = "CQG"
SYSTEM = "SYSTEM"
OTHERS = set("ACE")


def query(ctx: Context, operands: Operands) -> None:
    """Query IMPURE [userid|SYSTEM]."""
    word = operands.next() or "*"
    if word in ("*", ctx.vm.userid):
        figures = of_guest(ctx.vm)
    elif not OTHERS & set(ctx.classes):
        raise CommandError(messages.INVALID_OPERAND.by(MODULE).fill(operand=word))
    elif word == SYSTEM:
        figures = ctx.system.impurity.total(list(ctx.system.users.values()))
    else:
        vm = ctx.system.user(word)
        if vm is None:
            raise CommandError(messages.NOT_LOGGED_ON.by(MODULE).fill(userid=word))
        figures = of_guest(vm)
    for line in lines(figures):
        ctx.say(line)


def lines(figures: Impurity) -> list[str]:
    """The answer."""
    hypercalls = {f"X'{code:02X}'": count for code, count in figures.hypercalls.items()}
    return [
        f"TRAPS {figures.trap_count}: {_counts(figures.traps)}",
        f"SIMULATED {sum(figures.simulated.values())}: {_counts(figures.simulated)}",
        f"REFLECTED {sum(figures.reflected.values())}: {_counts(figures.reflected)}",
        f"HYPERCALLS {sum(hypercalls.values())}: {_counts(hypercalls)}",
        f"SIO {figures.start_ios}, CCWS {figures.ccws}, BYTES MOVED {figures.bytes_moved}",
        f"SKIPPED: CHANNEL PROGRAMS {figures.programs_replaced}, TRAPS {figures.traps_skipped}",
        f"ENGINE LEFT {sum(figures.exits.values())}: {_counts(figures.exits)}",
        f"HOST TIME IN CP {figures.cp_ns / 1e6:.1f} MS, IN THE GUEST {figures.guest_ns / 1e6:.1f} MS",
    ]


def _counts(counter: Mapping[str, int]) -> str:
    return ", ".join(f"{name.upper()} {count}" for name, count in sorted(counter.items())) or "NONE"
