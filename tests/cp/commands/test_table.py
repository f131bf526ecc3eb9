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
        assert set(command.classes) <= set("ABCDEFGH")
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


# The shortest forms of VM/370's manuals, and the class of a user for whom they hold.
MANUAL = """
    ADSTOP/G ATTN/G REQuest/G Begin/G CHange/G CLose/G COUPLE/G CP/G DEFine/G DETach/G DISConn/G Display/G DUmp/G ECho/G
    EXTernal/G INDicate/G Ipl/G LINK/G LOADVFCB/G LOGoff/G Message/G MSG/G NOTReady/G ORDer/G PURge/G Query/G READY/G
    RESET/G REWind/G SET/G SLeep/G SMsg/G SPool/G STore/G SYStem/G TAg/G TERMinal/G TRace/G TRANsfer/G
    ACNT/A AUTOLOG/A FOrce/A WArning/A DISAble/A ENAble/A HALT/A
    ATTach/B DETach/B VARy/B DRain/D FLush/D HOld/D REPeat/D SPAce/D STArt/D SAVESYS/E STCP/C DCP/C LOCate/E
"""


@pytest.mark.parametrize("row", MANUAL.split())
def test_the_manuals_shortest_forms(logged_on: Logon, row: str) -> None:
    name, _, classes = row.partition("/")
    user = logged_on("ALPHA")
    user.vm.classes = classes
    context = Context(user.cp, user.vm, user.session, user.session.say)
    shortest = "".join(character for character in name if not character.islower())
    for length in range(len(shortest), len(name) + 1):
        command = lookup(name[:length].upper(), context)
        assert command is not None
        assert command.name.upper() == name.upper()
    before = lookup(shortest[:-1], context) if len(shortest) > 1 else None
    assert before is None or before.name.upper() != name.upper()


def test_logon_and_dial_before_logon(new_user: Callable[[], User]) -> None:
    user = new_user()
    context = Context(user.cp, None, user.session, user.session.say)
    expected = {
        "Logon": ["L", "LO", "LOG", "LOGO", "LOGON"],
        "LOGIN": ["LOGIN"],
        "DIAL": ["DIAL"],
        "Message": ["M", "MES"],
        "MSG": ["MSG"],
        "CP": ["CP"],
        "*": ["*"],
        None: ["DIA", "LOGI", "QUERY", "LOGOFF", "#CP"],
    }
    for name, verbs in expected.items():
        for verb in verbs:
            command = lookup(verb, context)
            assert (command.name if command is not None else None) == name
