"""SET and QUERY of priorities, favored users, reserved pages and limits; QUERY IMPURE of others and of the system."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cp.commands.cpkit import User
from vm370.cp.impurity import Impurity
from vm370.cp.system import System

Logon = Callable[[str], User]


def test_set_and_query(cp: System, logged_on: Logon) -> None:
    alpha, operator = logged_on("ALPHA"), logged_on("OPERATOR")
    operator.read()
    policy = cp.scheduler.policy(alpha.vm)
    nothing = ["NO USERS FAVORED", "NO PAGES RESERVED", "ALL USERS QDROP ON", "NO SHARES LIMITED"]
    queries = ("Q FAVORED", "Q RESERVE", "Q QDROP", "Q SHARE")
    assert operator.type(*queries) == nothing
    assert operator.type("Q PRIORITY ALPHA") == ["ALPHA    PRIORITY = 64"]
    operator.type("SET PRIORITY ALPHA 10", "SET FAVORED ALPHA 30", "SET RESERVE ALPHA 100", "SET QDROP ALPHA OFF")
    operator.type("SET SHARE ALPHA LIMIT 50")
    assert (policy.priority, policy.favored, policy.percent, policy.reserve) == (10, True, 30, 100)
    assert (policy.qdrop, policy.limit) == (False, 50)
    assert operator.type("Q PRIOR ALPHA", *queries) == [
        "ALPHA    PRIORITY = 10",
        "ALPHA    FAVORED 030%",
        "ALPHA    RESERVED 0100",
        "ALPHA    QDROP OFF",
        "ALPHA    LIMIT 050%",
    ]
    assert operator.type("INDICATE FAVORED") == ["ALPHA    030%"]
    operator.type("SET FAVORED ALPHA OFF", "SET RESERVE ALPHA OFF", "SET QDROP ALPHA ON", "SET SHARE ALPHA LIMIT OFF")
    assert operator.type(*queries) == nothing


def test_query_srm_and_paging(cp: System, logged_on: Logon) -> None:
    operator = logged_on("OPERATOR")
    operator.read()
    cp.scheduler.most_pages = 1000
    assert operator.type("QUERY SRM") == [
        "PROCESSORS 1, Q2 AT MOST 64, Q1 0, Q2 0, E1 0, E2 0",
        "PAGES IN QUEUE 0 OF 1000",
    ]
    assert operator.type("QUERY PAGING")[0].startswith("PAGING ")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("SET PRIORITY", "DMKCFS020E USERID MISSING OR INVALID"),
        ("SET PRIORITY BETA 5", "DMKCFS045E BETA NOT LOGGED ON"),
        ("SET PRIORITY ALPHA", "DMKCFS026E OPERAND MISSING OR INVALID"),
        ("SET PRIORITY ALPHA 0", "DMKCFS002E INVALID OPERAND - 0"),
        ("SET PRIORITY ALPHA 100", "DMKCFS002E INVALID OPERAND - 100"),
        ("SET PRIORITY ALPHA 5 6", "DMKCFS002E INVALID OPERAND - 6"),
        ("SET FAVORED ALPHA 101", "DMKCFS002E INVALID OPERAND - 101"),
        ("SET RESERVE ALPHA 129", "DMKCFS002E INVALID OPERAND - 129"),
        ("SET QDROP ALPHA", "DMKCFS026E OPERAND MISSING OR INVALID"),
        ("SET QDROP ALPHA MAYBE", "DMKCFS002E INVALID OPERAND - MAYBE"),
        ("SET SHARE ALPHA ABSOLUTE 5", "DMKCFS002E INVALID OPERAND - ABSOLUTE"),
        ("SET SHARE ALPHA LIMIT", "DMKCFS026E OPERAND MISSING OR INVALID"),
        ("QUERY PRIORITY", "DMKCQG020E USERID MISSING OR INVALID"),
        ("QUERY IMPURE BETA", "DMKCQG045E BETA NOT LOGGED ON"),
    ],
)
def test_invalid_operands(logged_on: Logon, command: str, message: str) -> None:
    logged_on("ALPHA")
    operator = logged_on("OPERATOR")
    operator.type("SET EMSG ON")
    assert operator.type(command) == [message]


def test_who_may_ask_about_others(cp: System, logged_on: Logon) -> None:
    alpha, operator = logged_on("ALPHA"), logged_on("OPERATOR")
    operator.read()
    assert alpha.type("SET PRIORITY ALPHA 1", "Q IMPURE SYSTEM")[-1] == "INVALID OPERAND - SYSTEM"
    alpha.vm.counters.traps["svc"] = 5
    assert operator.type("Q IMPURE ALPHA")[0] == "TRAPS 5: SVC 5"
    operator.vm.counters.traps["io"] = 2
    assert operator.type("Q IMPURE SYSTEM")[0] == "TRAPS 7: IO 2, SVC 5"
    alpha.type("LOGOFF")
    operator.read()
    assert operator.type("Q IMPURE SYSTEM")[0] == "TRAPS 7: IO 2, SVC 5"


def test_what_diagnose_saves() -> None:
    """Three calls of X'A4' that moved five pages stand for five channel programs: 3 * 5 - 3 traps."""
    figures = Impurity()
    figures.hypercalls.update({0xA4: 3, 0x08: 7})
    assert (figures.programs_replaced, figures.traps_skipped) == (3, 6)
    figures.bytes_by_diagnose = 5 * 4096 - 1
    assert (figures.programs_replaced, figures.traps_skipped) == (5, 12)
