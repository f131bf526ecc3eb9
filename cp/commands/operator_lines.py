"""What the operator is told of people who come and go, and how a terminal is named in such lines.

hh:mm:ss GRAF raddr LOGON  AS userid    USERS = nnn
hh:mm:ss AUTO LOGON  ***  userid    USERS = nnn BY userid
hh:mm:ss GRAF raddr DIALED TO userid    DIALED = nnn
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vm370.cp.commands.times import time_of_day

if TYPE_CHECKING:
    from vm370.cp.machine import VirtualMachine
    from vm370.cp.session import Session
    from vm370.cp.system import System


def now(system: System) -> str:
    """The time of day, as it begins the operator's lines and messages."""
    return time_of_day(system.clock.now())


def terminal_of(session: Session | None) -> str:
    """``GRAF raddr``, or DSC for a disconnected user."""
    return "DSC" if session is None else f"GRAF {session.raddr:03X}"


def tell_operator(vm: VirtualMachine, event: str, session: Session | None, more: str = "") -> None:
    """A user came or went; the operator is not told of himself."""
    if vm.userid != "OPERATOR":
        terminal = "USER DSC" if session is None else terminal_of(session)
        vm.system.operator_message(
            f"{now(vm.system)} {terminal} {event:<6} AS {vm.userid:<8}  USERS = {len(vm.system.users):03}{more}"
        )


def automatic_logon(vm: VirtualMachine, by: str) -> str:
    """AUTOLOG has made a machine."""
    return f"{now(vm.system)} AUTO LOGON  ***  {vm.userid:<8}  USERS = {len(vm.system.users):03} BY {by}"
