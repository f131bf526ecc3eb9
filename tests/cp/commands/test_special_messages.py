"""SMSG: text for a program that has asked for special messages; who does not take them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cp.commands.cpkit import User
from vm370.cp.vmcf.messages import LENGTH, PARAMETERS, SPECIAL, Function
from vm370.images.ebcdic import to_ebcdic

Logon = Callable[[str], User]
BUFFER, SIZE = 0x1000, 168


def authorize(user: User, flags: int = SPECIAL) -> None:
    blank = to_ebcdic(" " * 8)
    assert user.vm.communicate(PARAMETERS.pack(flags, 0, Function.AUTHORIZE, 0, blank, BUFFER, SIZE, 0, 0, blank)) == 0


@pytest.fixture
def beta(logged_on: Logon) -> User:
    """The receiver."""
    return logged_on("BETA")


@pytest.fixture
def alpha(beta: User, logged_on: Logon) -> User:
    """The sender."""
    user = logged_on("ALPHA")
    user.read()
    return user


def test_a_special_message_waits_for_the_program_and_is_not_shown(alpha: User, beta: User) -> None:
    authorize(beta)
    beta.type("SET SMSG ON")
    assert alpha.type("SMSG BETA start the  job") == []
    assert beta.read() == []
    [message] = alpha.cp.vmcf.parties[beta.vm].waiting
    assert message.text == to_ebcdic("start the  job")
    assert message.request.doubleword == to_ebcdic("ALPHA   ")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("SMSG", "USERID MISSING OR INVALID"),
        ("SMSG BETA", "OPERAND MISSING OR INVALID"),
        ("SM NOBODY x", "NOBODY NOT LOGGED ON"),
        ("SMSG * x", "ALPHA NOT RECEIVING; SMSG OFF"),
    ],
)
def test_messages(alpha: User, line: str, answer: str) -> None:
    assert alpha.type(line) == [answer]


def test_who_does_not_receive(alpha: User, beta: User) -> None:
    off = ["BETA NOT RECEIVING; SMSG OFF"]
    beta.type("SET SMSG ON")
    assert alpha.type("SMSG BETA x") == off  # not authorized
    authorize(beta, 0)
    assert alpha.type("SMSG BETA x") == off  # authorized, but not for special messages
    authorize(beta)
    assert alpha.type("SMSG BETA x") == []
    assert alpha.type("SMSG BETA " + "x" * (SIZE - LENGTH + 1)) == ["BETA NOT RECEIVING; MESSAGE TOO LONG"]
    beta.type("SET SMSG OFF")
    assert alpha.type("SMSG BETA x") == off


def test_there_is_a_limit(alpha: User, beta: User) -> None:
    authorize(beta)
    beta.type("SET SMSG ON")
    answers = [alpha.type("SMSG BETA x") for _ in range(60)]
    assert answers[0] == []
    assert answers[-1] == ["BETA NOT RECEIVING; MESSAGE LIMIT"]
