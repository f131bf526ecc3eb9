"""The table of commands: its order, names, abbreviations and classes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cp.commands.cpkit import User
from vm370.cp.commands.context import Context, abbreviates
from vm370.cp.commands.table import COMMANDS, lookup

Logon = Callable[[str], User]


def test_rows_are_in_alphabetical_order() -> None:
    names = [command.name.upper() for command in COMMANDS]
    assert names == sorted(names)


def test_rows_are_well_formed() -> None:
    for command in COMMANDS:
        assert set(command.classes) <= set("ABCDEFG")
        assert command.syntax.split()[0] == command.name.upper()
        assert command.summary
        assert not command.summary.endswith(".")


@pytest.mark.parametrize(
    ("verb", "name"),
    [
        ("L", "Logon"),
        ("LOG", "LOGoff"),
        ("LOGO", "LOGoff"),
        ("LOGON", "Logon"),
        ("LOGOUT", "LOGout"),
        ("LINK", "LINK"),
        ("DEF", "DEFine"),
        ("DET", "DETach"),
        ("DISC", "DISConn"),
        ("M", "Message"),
        ("MSG", "MSG"),
        ("SL", "SLeep"),
        ("NOTR", "NOTReady"),
    ],
)
def test_abbreviations(logged_on: Logon, verb: str, name: str) -> None:
    user = logged_on("ALPHA")
    command = lookup(verb, Context(user.cp, user.vm, user.session, user.session.say))
    assert command is not None
    assert command.name == name


def test_abbreviates() -> None:
    assert abbreviates("CL", "CLass")
    assert abbreviates("CLASS", "CLass")
    assert not abbreviates("C", "CLass")
    assert not abbreviates("CLASSY", "CLass")


def test_unknown_and_not_authorized_look_the_same(logged_on: Logon) -> None:
    user = logged_on("ALPHA")
    user.read()
    assert user.type("SHUTDOWN now") == ["?CP: SHUTDOWN now"]
    assert user.type("SHUTDOWX now") == ["?CP: SHUTDOWX now"]
