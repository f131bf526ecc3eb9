"""LINK: another user's minidisk, or one's own again, as a disk of one's machine.

The password is the one for the first letter of the mode (R read, W write, M multiple).  None is needed for one's own
disks, for a disk whose password is ALL, and with OPTION LNKNOPAS.  Wrong ones are counted: after ``WRONG_PASSWORDS`` of
them LINK is refused until LOGOFF.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vm370.cp import messages
from vm370.cp.accounting import LINK_PASSWORDS, LINKED
from vm370.cp.commands.context import CommandError, Context, Dialogue, Operands, Prompt, abbreviates
from vm370.cp.commands.vaddr import address, check_address, shown
from vm370.cp.devices import find_minidisk, link_minidisk
from vm370.cp.directory import ALL, MdiskStatement
from vm370.cp.journal import terminal_name
from vm370.cp.messages import FilledMessage
from vm370.cp.minidisks import ACCESS

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.system import System

WRONG_PASSWORDS = 10
DEEPEST_LINK = 8
"""LINK statements that lead to a minidisk."""

KINDS = {"R": "READ", "W": "WRITE", "M": "MULT"}
NO_PASSWORD = {
    "READ": messages.NO_READ_PASSWORD,
    "WRITE": messages.NO_WRITE_PASSWORD,
    "MULT": messages.NO_MULT_PASSWORD,
}


def link(ctx: Context, operands: Operands) -> Dialogue:
    """LINK [To] userid vaddr1 [As] vaddr2 [mode] [[PASS=] password]."""
    vm, system = ctx.vm, ctx.system
    if vm.wrong_link_passwords > WRONG_PASSWORDS:
        raise CommandError(messages.LINK_DISABLED.fill())
    owner, owner_vaddr, vaddr, wanted, password = _operands(ctx, operands)
    own = owner == vm.userid
    holder, mdisk, mode = _minidisk(system, owner, owner_vaddr)
    mode = wanted or (mode if own else "R")
    disk = {"userid": owner, "vaddr": shown(owner_vaddr)}
    if vaddr in vm.devices:
        existing = vm.devices[vaddr].type.kind
        raise CommandError(messages.LINK_VADDR_IN_USE.fill(**disk, kind=existing, vaddr2=shown(vaddr)))

    protected = False
    if not own and not vm.entry.options.lnknopas:
        kind = KINDS[mode[0]]
        needed = system.directory.link_password_needed(mdisk, kind)
        if needed is None:
            raise CommandError(NO_PASSWORD[kind].fill(**disk))
        protected = needed != ALL
        if protected:
            if password is None and ctx.session is not None:
                password = yield Prompt(f"ENTER {kind} PASSWORD:", masked=True, by_guest=True)
            _check_password(ctx, holder, mdisk, kind, password)
    answer = link_minidisk(system, vm, holder, mdisk, vaddr, mode)
    if not own:
        terminal = terminal_name(vm.session)
        system.journal.record("LINK", vm.userid, owner=owner, vaddr=shown(owner_vaddr), mode=mode)
        if protected:
            system.accounting.record(
                LINKED, vm.userid, vm.entry.account, terminal=terminal, owner=owner, vaddr=shown(owner_vaddr)
            )
    if isinstance(answer, FilledMessage):
        raise CommandError(answer)  # linked, with less access than was asked for
    if vm.settings.imsg:
        ctx.say(answer)


def _minidisk(system: System, owner: str, vaddr: int) -> tuple[str, MdiskStatement, str]:
    """The minidisk that ``owner`` has at ``vaddr``: whose it is, its statement, and the mode his entry gives.

    A LINK statement stands for what it links to.
    """
    mode = ""
    for _ in range(DEEPEST_LINK):
        entry = system.current_directory().find(owner)
        links = entry.links if entry is not None and entry.mdisk(vaddr) is None else ()
        link = next((link for link in links if link.vaddr == vaddr), None)
        if link is None:
            break
        owner, vaddr, mode = link.userid, link.owner_vaddr, mode or link.mode
    mdisk = find_minidisk(system, owner, vaddr)
    return owner, mdisk, mode or mdisk.mode


def _operands(ctx: Context, operands: Operands) -> tuple[str, int, int, str, str | None]:
    """Owner, his device address, the new address, mode ("" for the default), password."""
    owner = operands.next()
    if owner is not None and abbreviates(owner, "To"):
        owner = operands.next()
    if owner is None:
        raise CommandError(messages.USERID_MISSING.by("LNK").fill())
    owner_vaddr = address(operands.next(), "LNK")
    word = operands.next()
    if word is not None and abbreviates(word, "As"):
        word = operands.next()
    vaddr = address(word, "LNK")
    check_address(ctx.vm, vaddr, "LNK")
    mode = ""
    if (operands.peek() or "") in ACCESS:
        mode = operands.next() or ""
    password = re.sub(r"(?i)^PASS=\s*", "", operands.rest()).strip()
    owner = ctx.vm.userid if owner == "*" else owner
    if " " in password and not mode:
        raise CommandError(messages.INVALID_LINK_MODE.fill(userid=owner, vaddr=shown(owner_vaddr)))
    if " " in password:
        raise CommandError(messages.INVALID_OPERAND.by("LNK").fill(operand=password.split()[1]))
    return owner, owner_vaddr, vaddr, mode, password or None


def _check_password(ctx: Context, owner: str, mdisk: MdiskStatement, kind: str, password: str | None) -> None:
    if password is not None and ctx.system.directory.check_link(owner, mdisk, kind, password):
        return
    if password is not None:
        _wrong_password(ctx.vm, owner, shown(mdisk.vaddr))
    raise CommandError(messages.LINK_PASSWORD_INCORRECT.fill(userid=owner, vaddr=shown(mdisk.vaddr)))


def _wrong_password(vm: VirtualMachine, owner: str, vaddr: str) -> None:
    """Count it; the journal has it, and the accounting records too when LINK is refused from now on."""
    vm.wrong_link_passwords += 1
    count, system = vm.wrong_link_passwords, vm.system
    system.journal.record("LINKPASS", vm.userid, owner=owner, vaddr=vaddr, count=count)
    if count > WRONG_PASSWORDS:
        counts = {"count": count, "limit": WRONG_PASSWORDS}
        terminal = terminal_name(vm.session)
        system.accounting.record(
            LINK_PASSWORDS, vm.userid, vm.entry.account, terminal=terminal, owner=owner, vaddr=vaddr, **counts
        )
