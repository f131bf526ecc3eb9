"""OPTION CONCEAL, SET CONCEAL ON: the user of an application does not meet CP.

The attention key reaches the virtual machine, never CP; only ``#CP`` does.  A machine that CP stops (a disabled wait, a
program loop, a fault) is loaded again by the IPL statement of its directory entry, unless that has just been done: then
it stays in CP mode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.commands.context import CommandError, Context

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine

SOONEST = 1_000_000
"""Virtual time, in instructions, between two restarts."""


def restart(vm: VirtualMachine) -> None:
    """After a time slice: load a concealed machine again that was stopped."""
    from vm370.cp.commands import table
    from vm370.cp.commands.logon import ipl_command  # both know machines

    vm.restart_wanted = False
    if vm.restarted_at is not None and vm.effort - vm.restarted_at < SOONEST:
        return
    vm.restarted_at = vm.effort
    try:
        table.start(Context(vm.system, vm, vm.session, vm.say), ipl_command(vm.entry))
    except CommandError as error:
        vm.say(f"{error.message.code} {error.message.text}")
