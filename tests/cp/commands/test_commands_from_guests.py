"""CP commands that a running program issues by DIAGNOSE X'08', those that take its machine away included."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cp.commands.cpkit import User
from vm370.cp.machine import VirtualMachine
from vm370.cp.s370.psw import Psw
from vm370.cp.system import System
from vm370.images.ebcdic import to_ebcdic

Logon = Callable[[str], User]


def issue(vm: VirtualMachine, command: str) -> None:
    """A program in supervisor state: DIAGNOSE 1,2,X'08', then a branch to itself."""
    vm.storage.write(0x800, bytes.fromhex("83120008 47F00804"))
    vm.storage.write(0x2000, to_ebcdic(command))
    vm.cpu.psw = Psw.from_bytes(bytes.fromhex("0000000000000800"))
    vm.cpu.gr[1], vm.cpu.gr[2] = 0x2000, len(command)
    vm.resume()


def test_the_return_code_is_the_message_number(logged_on: Logon, cp: System) -> None:
    user = logged_on("ALPHA")
    for command, code in (("DETACH 444", 40), ("LINK MAINT 191 391 R WRONG", 114), ("FOO", 1), ("DETACH 00E", 0)):
        issue(user.vm, command)
        cp.step()
        assert user.vm.cpu.gr[2] == code
    assert user.read() == [
        "DEV 444 DOES NOT EXIST",
        "MAINT 191 NOT LINKED; MODE OR PASSWORD INCORRECT",
        "PRT 00E DETACHED",
    ]


@pytest.mark.parametrize("command", ["LOGOFF", "DEFINE STORAGE 1M", "DEF CHAN BMX", "SLEEP 1 MIN", "CP", "DISCONN"])
def test_commands_that_stop_the_machine(logged_on: Logon, cp: System, command: str) -> None:
    user, other = logged_on("ALPHA"), logged_on("BETA")
    vm = user.vm
    issue(vm, command)
    for _ in range(3):
        cp.step()
    assert not cp.failed
    assert cp.user("BETA") is other.vm
    match command:
        case "LOGOFF":
            assert cp.user("ALPHA") is None
            assert user.session.vm is None
            assert user.read()[-1] == "VM/370 ONLINE"
        case "DISCONN":
            assert vm.session is None
            assert vm.runnable
        case "SLEEP 1 MIN":
            assert vm.sleeping
            assert not vm.in_cp
        case "CP":
            assert vm.in_cp
            assert not vm.stopped
        case _:
            assert vm.stopped
            assert vm.cpu.gr[1] == (0 if "STORAGE" in command else 0x2000)


def test_a_guest_of_class_a_may_shut_the_system_down(logged_on: Logon, cp: System) -> None:
    operator = logged_on("OPERATOR")
    logged_on("ALPHA")
    issue(operator.vm, "SHUTDOWN")
    cp.step()
    assert (cp.shutting_down, cp.failed, cp.users) == (True, False, {})


def test_a_console_that_is_detached_while_it_is_read(logged_on: Logon, cp: System) -> None:
    """READ INQUIRY waits for a line; DETACH ends it, and the machine goes on without a console."""
    user = logged_on("ALPHA")
    vm = user.vm
    vm.storage.write(0x48, bytes.fromhex("00003000"))  # CAW
    vm.storage.write(0x3000, bytes.fromhex("0A00400020000050"))
    vm.storage.write(0x800, bytes.fromhex("9C000009 47F00804"))  # SIO 009, branch to itself
    vm.cpu.psw = Psw.from_bytes(bytes.fromhex("0000000000000800"))
    vm.resume()
    cp.step()
    assert vm.console_reading
    user.type("#CP DETACH 009")
    cp.step()
    assert not vm.console_reading
    user.read()
    assert user.type("a line for nobody") == ["NO VIRTUAL CONSOLE"]
    assert not cp.failed


def test_echo_keeps_the_program_waiting(logged_on: Logon, cp: System) -> None:
    user = logged_on("ALPHA")
    user.read()
    issue(user.vm, "ECHO 2")
    cp.step()
    assert user.read() == ["ECHO ENTERED; TO TERMINATE TEST, TYPE END", "ENTER LINE"]
    assert not cp.step()  # it waits
    assert user.type("some words") == ["some words", "some words", "ENTER LINE"]
    assert user.type("END") == []
    assert not user.vm.in_cp
    assert cp.step()
    assert user.vm.cpu.gr[2] == 0
    issue(user.vm, "ECHO")
    cp.step()
    user.session.attention()
    assert (user.session.prompt, user.vm.in_cp) == (None, False)


def test_who_is_forced_off_in_a_dialogue_leaves_none(logged_on: Logon, cp: System) -> None:
    user, operator = logged_on("ALPHA"), logged_on("OPERATOR")
    issue(user.vm, "ECHO")
    cp.step()
    operator.type("FORCE ALPHA")
    user.read()
    assert user.session.prompt is None
    assert user.type("LOGON ALPHA ALPHA")[-1].startswith("LOGON AT")


def test_link_asks_for_the_password_and_the_program_waits(logged_on: Logon, cp: System) -> None:
    user = logged_on("ALPHA")
    user.type("SET EMSG ON")
    vm = user.vm
    for answer, code, line in (
        ("READ", 0, "DASD 291 LINKED R/O"),
        ("WRONG", 114, "DMKLNK114E MAINT 191 NOT LINKED; MODE OR PASSWORD INCORRECT"),
    ):
        if 0x291 in vm.devices:
            vm.detach(0x291).close()
        issue(vm, "LINK MAINT 191 291 RR")
        cp.step()
        assert user.read() == ["ENTER READ PASSWORD:"]
        assert user.session.masked
        assert not cp.step()
        assert user.type(answer) == [line]
        assert (vm.cpu.gr[2], vm.in_cp) == (code, False)
        assert cp.step()  # the program goes on behind the DIAGNOSE
    issue(vm, "LINK MAINT 191 293 RR")
    cp.step()
    user.session.attention()
    assert vm.cpu.gr[2] == 114
    vm.system.disconnect(vm)
    issue(vm, "LINK MAINT 191 293 RR")
    cp.step()
    assert vm.cpu.gr[2] == 114  # nobody can be asked
