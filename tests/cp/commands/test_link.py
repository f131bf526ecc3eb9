"""LINK in all its forms, passwords, refusals."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cp.commands.cpkit import User
from vm370.cp.system import System

Logon = Callable[[str], User]


@pytest.fixture
def alpha(logged_on: Logon) -> User:
    return logged_on("ALPHA")


@pytest.mark.parametrize(
    ("line", "response"),
    [
        ("LINK MAINT 190 390", "DASD 390 LINKED R/O"),
        ("link to maint 190 as 390 rr", "DASD 390 LINKED R/O"),
        ("LINK T MAINT 190 A 390", "DASD 390 LINKED R/O"),
        ("LINK MAINT 191 39 R READ", "DASD 039 LINKED R/O"),
        ("LINK MAINT 191 391 READ", "DASD 391 LINKED R/O"),
        ("LINK MAINT 191 391 PASS=read", "DASD 391 LINKED R/O"),
        ("LINK MAINT 191 391 PASS= READ", "DASD 391 LINKED R/O"),
        ("LINK MAINT 191 391 W WRITE", "DASD 391 LINKED R/W"),
        ("LINK MAINT 190 390 MR PASS=MULT", "DASD 390 LINKED R/W;R/O BY ALPHA"),
        ("LINK MAINT 190 390 WR WRITE", "DEV 390 FORCED R/O;R/O BY ALPHA"),
        ("LINK * 292 392 RR", "DASD 392 LINKED R/O;R/W BY ALPHA"),
        ("LINK ALPHA 191 391 MW", "DASD 391 LINKED R/W;R/W BY ALPHA"),
        ("LINK * 191 391", "DEV 391 FORCED R/O;R/W BY ALPHA"),
        ("LINK", "USERID MISSING OR INVALID"),
        ("LINK TO", "USERID MISSING OR INVALID"),
        ("LINK MAINT", "VADDR MISSING OR INVALID"),
        ("LINK MAINT XYZ 391", "VADDR MISSING OR INVALID"),
        ("LINK MAINT 190", "VADDR MISSING OR INVALID"),
        ("LINK MAINT 190 AS", "VADDR MISSING OR INVALID"),
        ("LINK MAINT 190 600", "VADDR MISSING OR INVALID"),
        ("LINK MAINT 190 1190", "VADDR MISSING OR INVALID"),
        ("LINK NOBODY 190 390", "NOBODY NOT IN CP DIRECTORY"),
        ("LINK MAINT 99 390", "MAINT 099 NOT LINKED; NOT IN CP DIRECTORY"),
        ("LINK MAINT 190 191", "MAINT 190 NOT LINKED; DASD 191 ALREADY DEFINED"),
        ("LINK MAINT 190 00E", "MAINT 190 NOT LINKED; PRT 00E ALREADY DEFINED"),
        ("LINK BETA 191 391", "BETA 191 NOT LINKED; NO READ PASSWORD"),
        ("LINK MAINT 192 391 W", "MAINT 192 NOT LINKED; NO WRITE PASSWORD"),
        ("LINK MAINT 192 391 MR", "MAINT 192 NOT LINKED; NO MULT PASSWORD"),
        ("LINK MAINT 191 391 R WRONG", "MAINT 191 NOT LINKED; MODE OR PASSWORD INCORRECT"),
        ("LINK MAINT 191 391 W READ", "MAINT 191 NOT LINKED; MODE OR PASSWORD INCORRECT"),
        ("LINK MAINT 191 391 RW READ", "MAINT 191 NOT LINKED; INVALID MODE"),
        ("LINK MAINT 191 391 R READ X", "INVALID OPERAND - X"),
        ("LINK * 190 390", "DASD 390 LINKED R/O"),  # a LINK statement stands for what it links to
        ("LINK BETA 190 390", "DASD 390 LINKED R/O"),
        ("LINK BETA 190 390 W", "ENTER WRITE PASSWORD:"),
        ("LINK MAINT 193 393", "MAINT 193 NOT LINKED; VOLID NOVOL NOT MOUNTED"),
    ],
)
def test_link(alpha: User, line: str, response: str) -> None:
    assert alpha.type(line) == [response]


@pytest.mark.parametrize(("mode", "kind", "password"), [("", "READ", "READ"), ("W", "WRITE", "write")])
def test_password_is_asked_for(alpha: User, mode: str, kind: str, password: str) -> None:
    assert alpha.type(f"LINK MAINT 191 391 {mode}") == [f"ENTER {kind} PASSWORD:"]
    assert alpha.session.masked
    access = "R/W" if mode else "R/O"
    assert alpha.type(password) == [f"DASD 391 LINKED {access}"]
    assert alpha.vm.devices[0x391].read_only is not bool(mode)


def test_attention_ends_the_question(alpha: User) -> None:
    alpha.type("LINK MAINT 191 391")
    alpha.session.attention()
    assert alpha.session.prompt is None
    assert 0x391 not in alpha.vm.devices


def test_more_than_ten_wrong_passwords_disable_link(alpha: User) -> None:
    for _ in range(11):
        assert alpha.type("LINK MAINT 191 391 R X") == ["MAINT 191 NOT LINKED; MODE OR PASSWORD INCORRECT"]
    assert alpha.type("LINK MAINT 190 390") == ["LINK INVALID; EXCESSIVE INCORRECT PASSWORDS"]


def test_a_guest_is_not_asked_and_gets_return_codes(alpha: User) -> None:
    vm = alpha.vm
    assert vm.command("LINK MAINT 191 391 R", to_buffer=True)[0] == 114
    assert vm.wrong_link_passwords == 0
    assert vm.command("LINK MAINT 191 391 R READ", to_buffer=True) == (0, ["DASD 391 LINKED R/O"])
    assert vm.command("LINK MAINT 190 390 WR WRITE", to_buffer=True) == (
        101,
        ["DMKLNK101W DEV 390 FORCED R/O;R/O BY ALPHA"],
    )
    assert vm.devices[0x390].read_only


def test_ecmode_allows_high_addresses(logged_on: Logon) -> None:
    assert logged_on("BETA").type("LINK MAINT 190 FFF") == ["DASD FFF LINKED R/O"]


def test_imsg_off_keeps_responses_back_but_not_errors(alpha: User) -> None:
    alpha.vm.settings.imsg = False
    assert alpha.type("LINK MAINT 190 390") == []
    assert 0x390 in alpha.vm.devices
    assert alpha.type("LINK MAINT 190 390") == ["MAINT 190 NOT LINKED; DASD 390 ALREADY DEFINED"]


def test_detach_and_logoff_give_the_link_back(alpha: User, logged_on: Logon, cp: System) -> None:
    beta = logged_on("BETA")
    alpha.type("LINK MAINT 191 391 W WRITE", "LINK MAINT 192 392 R READ")
    assert beta.type("LINK MAINT 191 391 R READ") == ["MAINT 191 NOT LINKED;R/W BY ALPHA"]
    assert alpha.type("DETACH 391") == ["DASD 391 DETACHED"]
    assert beta.type("LINK MAINT 191 391 W WRITE") == ["DASD 391 LINKED R/W"]
    beta.type("LOGOFF")
    alpha.type("LOGOFF")
    entry = cp.directory.users["MAINT"]
    assert [cp.volumes.links(mdisk) for mdisk in entry.mdisks] == [[]] * 6
