"""Forms of QUERY, SET and TERMINAL that no other test types."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cp.commands.cpkit import User
from vm370.cp.commands.forms import Form
from vm370.cp.commands.query import QUERIES
from vm370.cp.commands.set_commands import SETTINGS
from vm370.cp.commands.terminal_options import TERMINAL_FORMS
from vm370.cp.system import System

Logon = Callable[[str], User]


@pytest.fixture
def operator(logged_on: Logon) -> User:
    user = logged_on("OPERATOR")
    user.type("SET EMSG ON")
    return user


@pytest.mark.parametrize(
    ("command", "response"),
    [
        ("QUERY CPUID", ["CPUID = FF00037001680000"]),
        ("QUERY DUMP", ["DUMP UNIT NONE; FAULTS OF CP ARE WRITTEN TO THE LOG OF THE HOME"]),
        ("QUERY PCH", ["NO PUN FILES"]),
        ("QUERY PRT CLASS B", ["NO PRT FILES"]),
        ("QUERY READER ALL", ["NO RDR FILES"]),
        ("QUERY RDR 1", ["DMKCQG042E SPOOLID 0001 DOES NOT EXIST"]),
        ("QUERY CHANNELS", ["CHANNELS= SEL"]),
        ("QUERY CTCA", ["DMKCQP040E CTCA DOES NOT EXIST"]),
        ("SET DUMP AUTO", ["DMKCFS400E DUMP NOT AVAILABLE; FAULTS OF CP ARE WRITTEN TO THE LOG"]),
        ("SET MODE MAIN QUIET", ["DMKCFS400E MODE NOT AVAILABLE; NO ERROR RECORDING OF A REAL PROCESSOR"]),
        ("SET RECORD ON", ["DMKCFS400E RECORD NOT AVAILABLE; NO ERROR RECORDING OF REAL DEVICES"]),
        ("SET STBYPASS VR", ["DMKCFS400E STBYPASS NOT AVAILABLE; NO VIRTUAL=REAL STORAGE ON THIS SYSTEM"]),
        ("SET STMULTI 2", ["DMKCFS400E STMULTI NOT AVAILABLE; NO SHADOW TABLES ON THIS SYSTEM"]),
        ("MSGNOH OPERATOR text  as typed", ["text  as typed"]),
        ("WARNING * text", ["09:30:15 WNG FROM OPERATOR: text"]),
    ],
)
def test_responses(operator: User, command: str, response: list[str]) -> None:
    assert operator.type(command) == response


def test_query_all_is_all_real_devices(operator: User) -> None:
    lines = operator.type("QUERY ALL")
    assert [line[:8] for line in lines[:4]] == ["RDR 00C ", "PUN 00D ", "PRT 00E ", "PRT 00F "]
    assert "GRAF 0C0 LOGON AS OPERATOR" in lines


def test_query_all_of_a_general_user_is_the_virtual_machine(logged_on: Logon) -> None:
    alpha = logged_on("ALPHA")
    alpha.read()
    lines = alpha.type("QUERY ALL")
    assert lines == alpha.type("QUERY VIRTUAL ALL")
    assert lines[0] == "STORAGE = 00512K"


def test_warnings_that_are_not_received(operator: User, logged_on: Logon) -> None:
    alpha = logged_on("ALPHA")
    alpha.type("SET WNG OFF")
    operator.read()
    assert operator.type("WNG ALPHA now") == ["DMKMSG057W ALPHA NOT RECEIVING; WNG OFF"]
    assert alpha.read() == []


def test_accounting_information_is_shown_or_not(operator: User, logged_on: Logon) -> None:
    alpha = logged_on("ALPHA")
    operator.type("ACNT ALPHA")
    assert [line[:8] for line in alpha.read()[-1:]] == ["CONNECT="]
    alpha.type("SET ACNT OFF")
    assert operator.type("ACNT ALPHA") == ["COMMAND COMPLETE"]
    assert alpha.read() == []


def test_informational_messages_are_shown_or_not(logged_on: Logon) -> None:
    alpha = logged_on("ALPHA")
    assert alpha.type("DEFINE CTCA 400")[-1:] == ["CTCA 400 DEFINED"]
    assert alpha.type("SET IMSG OFF", "DEFINE CTCA 401", "DETACH 401") == []


def test_terminal_symbols(logged_on: Logon) -> None:
    alpha = logged_on("ALPHA")
    alpha.type("TERMINAL ESCAPE % TABCHAR & HILIGHT ON TEXT ON")
    lines = alpha.type("QUERY TERMINAL")
    assert "ESCAPE %  , TABCHAR &" in lines[0]
    assert lines[1].endswith("APL OFF, TEXT ON , MODE VM , HILIGHT ON ")
    assert alpha.type("* a%#b", "MSG * a%#b&c") == ["09:30:15 MSG FROM ALPHA   : a#b\tc"]


@pytest.mark.parametrize(("verb", "forms"), [("QUERY", QUERIES), ("SET", SETTINGS), ("TERMINAL", TERMINAL_FORMS)])
def test_every_form_answers_without_operands_and_with_wrong_ones(
    cp: System, operator: User, verb: str, forms: list[Form]
) -> None:
    """A response, a numbered message or nothing; never a fault."""
    for form in forms:
        if form.name == "ECmode":
            continue  # resets the machine
        for operands in ("", "NONSENSE", "999", "* * *"):
            operator.type(f"{verb} {form.name.upper()} {operands}")
    assert not cp.failed
