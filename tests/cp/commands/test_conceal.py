"""OPTION CONCEAL: the user does not meet CP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import DIRECTORY, User
from vm370.cp.applications import SOONEST
from vm370.cp.s370.psw import Psw
from vm370.cp.system import System

LogOn = Callable[[str], User]
DISABLED_WAIT = bytes.fromhex("0002000000000BAD")


@pytest.fixture
def concealed(home: Path, cp: System, logged_on: LogOn) -> User:
    """ALPHA, whose machine loads 190 at logon, and is to be loaded again; nothing is on it."""
    (home / "directory").write_text(
        DIRECTORY.replace("USER ALPHA ALPHA 512K 1M G\n", "USER ALPHA ALPHA 512K 1M G\n OPTION CONCEAL\n IPL SYS\n")
    )
    (home / "systems").write_text("SYS NAMESYS SYSNAME=SYS,SYSPGNM=(0-1),SYSHRSG=(0),SYSSIZE=128K,VSYSADR=190\n")
    operator = logged_on("OPERATOR")
    operator.vm.storage.write(0x1000, bytes.fromhex("47F0C000"))  # a loop at GR12
    operator.vm.cpu.gr[12] = 0x1000
    operator.vm.cpu.psw = Psw.from_bytes(bytes.fromhex("0000000000001000"))
    assert operator.type("SAVESYS SYS")[-1] == "SYSTEM SAVED"
    user = logged_on("ALPHA")
    user.type("SET EMSG ON")
    return user


def fail(cp: System, user: User) -> list[str]:
    user.vm.cpu.psw = Psw.from_bytes(DISABLED_WAIT)
    cp.step()
    return user.read()


def test_a_stopped_machine_is_loaded_again(cp: System, concealed: User) -> None:
    user, vm = concealed, concealed.vm
    assert vm.settings.conceal
    user.type("IPL SYS")
    message = "DMKDSP450W CP ENTERED; DISABLED WAIT PSW '00020000 00000BAD'"
    assert fail(cp, user) == [message]
    assert not vm.stopped
    assert vm.gr[12] == 0x1000
    assert fail(cp, user) == [message]
    assert vm.stopped  # at once again: it stays
    vm.resume()
    vm.cpu.psw = Psw.from_bytes(bytes.fromhex("0000000000001000"))
    begin = vm.effort
    while vm.effort < begin + SOONEST:
        assert cp.step()
    assert fail(cp, user) == [message]
    assert not vm.stopped


def test_attentions_are_the_programs(cp: System, concealed: User) -> None:
    user, vm = concealed, concealed.vm
    user.type("IPL SYS")
    user.session.attention()
    assert not vm.in_cp
    assert vm.channels.tio(0x009) == 1  # the attention is pending
    user.type("#CP TERMINAL MODE CP", "to the program")
    assert not vm.in_cp
    assert vm.console is not None
    assert vm.console.unread
    assert user.type("#CP QUERY PRIV") == ["PRIV = G"]
    user.type("#CP SET CONCEAL OFF")
    user.session.attention()
    assert vm.in_cp
