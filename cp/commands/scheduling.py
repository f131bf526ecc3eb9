"""SET and QUERY of what the scheduler does for a user: PRIORITY, FAVORED, RESERVE, QDROP, SHARE; QUERY SRM."""

# ruff: noqa: E501 (the tables have one line for each form)

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.commands.context import CommandError, Context, Operands, abbreviates
from vm370.cp.commands.forms import Form
from vm370.cp.commands.operand_forms import no_more
from vm370.cp.scheduler import PAGE, Policy, Queue

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

SET, QUERY = "CFS", "CQG"


def _user(ctx: Context, operands: Operands, module: str) -> VirtualMachine:
    userid = operands.next()
    if userid is None:
        raise CommandError(messages.USERID_MISSING.by(module).fill())
    vm = ctx.vm if userid == "*" else ctx.system.user(userid)
    if vm is None:
        raise CommandError(messages.NOT_LOGGED_ON.by(module).fill(userid=userid))
    return vm


def _number(word: str | None, least: int, most: int) -> int:
    if word is None:
        raise CommandError(messages.OPERAND_MISSING.by(SET).fill())
    if not (word.isascii() and word.isdigit() and len(word) <= 6 and least <= int(word) <= most):
        raise CommandError(messages.INVALID_OPERAND.by(SET).fill(operand=word))
    return int(word)


def _setting(change: Callable[[Policy, Operands, VirtualMachine], None]) -> Callable[[Context, Operands], None]:
    """SET ... userid value."""

    def handler(ctx: Context, operands: Operands) -> None:
        vm = _user(ctx, operands, SET)
        change(ctx.system.scheduler.policy(vm), operands, vm)
        ctx.system.scheduler.wake(vm)

    return handler


def _set_priority(policy: Policy, operands: Operands, vm: VirtualMachine) -> None:
    policy.priority = _number(operands.next(), 1, 99)


def _set_favored(policy: Policy, operands: Operands, vm: VirtualMachine) -> None:
    word = operands.next()
    if word == "OFF":
        policy.favored, policy.percent = False, None
    elif word is None:
        policy.favored = True
    else:
        policy.favored, policy.percent = True, _number(word, 1, 100)


def _set_reserve(policy: Policy, operands: Operands, vm: VirtualMachine) -> None:
    word = operands.next()
    policy.reserve = 0 if word == "OFF" else _number(word, 0, vm.storage_size // PAGE)


def _set_qdrop(policy: Policy, operands: Operands, vm: VirtualMachine) -> None:
    word = operands.next()
    if word not in ("ON", "OFF"):
        message = messages.OPERAND_MISSING if word is None else messages.INVALID_OPERAND
        raise CommandError(message.by(SET).fill(operand=word))
    policy.qdrop = word == "ON"


def _set_share(policy: Policy, operands: Operands, vm: VirtualMachine) -> None:
    word = operands.next()
    if word is None or not abbreviates(word, "LIMit"):
        message = messages.OPERAND_MISSING if word is None else messages.INVALID_OPERAND
        raise CommandError(message.by(SET).fill(operand=word))
    percent = operands.next()
    policy.limit = None if percent == "OFF" else _number(percent, 1, 100)


def _query_priority(ctx: Context, operands: Operands) -> None:
    vm = _user(ctx, operands, QUERY)
    ctx.say(f"{vm.userid:<8} PRIORITY = {ctx.system.scheduler.policy(vm).priority:02}")


def _listing(text: Callable[[Policy], str | None], none: str) -> Callable[[Context, Operands], None]:
    """One line for each user for whom there is something to say."""

    def handler(ctx: Context, operands: Operands) -> None:
        no_more(operands.next(), QUERY)
        found = [
            (member.vm.userid, line)
            for member in ctx.system.scheduler.members.values()
            if (line := text(member.policy)) is not None
        ]
        for userid, line in found:
            ctx.say(f"{userid:<8} {line}")
        if not found:
            ctx.say(none)

    return handler


def _favored(policy: Policy) -> str | None:
    if not policy.favored:
        return None
    return "FAVORED" if policy.percent is None else f"FAVORED {policy.percent:03}%"


def _query_paging(ctx: Context, operands: Operands) -> None:
    """The rate at which the host reads pages for this program; CP pages nothing."""
    no_more(operands.next(), QUERY)
    ctx.say(f"PAGING {ctx.system.load.paging_rate()}, SET 0, RATE {ctx.system.load.paging_rate()}/SEC, BY THE HOST")


def _query_srm(ctx: Context, operands: Operands) -> None:
    """What the scheduler takes in, and what is there."""
    no_more(operands.next(), QUERY)
    scheduler = ctx.system.scheduler
    counts = ", ".join(f"{queue.value} {scheduler.counts[queue]}" for queue in (Queue.Q1, Queue.Q2, Queue.E1, Queue.E2))
    ctx.say(f"PROCESSORS {ctx.system.dispatcher.workers}, Q2 AT MOST {scheduler.most_queued}, {counts}")
    ctx.say(f"PAGES IN QUEUE {scheduler.pages_queued} OF {scheduler.most_pages}")


# fmt: off
SETTINGS: list[Form] = [
    Form("FAVORed",  "A",   _setting(_set_favored),   "SET FAVORED userid [percent] | userid OFF", "never eligible; with a percentage: so much of a CPU before others"),
    Form("PRIORity", "A",   _setting(_set_priority),  "SET PRIORITY userid nn", "weight of a user: 1 (most) to 99"),
    Form("QDROP",    "A",   _setting(_set_qdrop),     "SET QDROP userid ON|OFF", "whether a user leaves the queue while he waits"),
    Form("RESERVE",  "A",   _setting(_set_reserve),   "SET RESERVE userid nnnn|OFF", "pages for which a user need not wait"),
    Form("SHARE",    "A",   _setting(_set_share),     "SET SHARE userid LIMIT percent|OFF", "most that a user gets of a CPU"),
]
QUERIES: list[Form] = [
    Form("FAVORed",  "AE",  _listing(_favored, "NO USERS FAVORED"), "QUERY FAVORED", "who is favored"),
    Form("PAGing",   "ABE", _query_paging,            "QUERY PAGING", "paging rate"),
    Form("PRIORity", "AE",  _query_priority,          "QUERY PRIORITY userid", "priority of a user"),
    Form("QDROP",    "AE",  _listing(lambda policy: None if policy.qdrop else "QDROP OFF", "ALL USERS QDROP ON"), "QUERY QDROP", "who keeps his place in the queue"),
    Form("RESERVE",  "AE",  _listing(lambda policy: f"RESERVED {policy.reserve:04}" if policy.reserve else None, "NO PAGES RESERVED"), "QUERY RESERVE", "whose pages are reserved"),
    Form("SHARE",    "AE",  _listing(lambda policy: f"LIMIT {policy.limit:03}%" if policy.limit else None, "NO SHARES LIMITED"), "QUERY SHARE", "whose share is limited"),
    Form("SRM",      "AE",  _query_srm,               "QUERY SRM", "what the scheduler takes in"),
]
# fmt: on
