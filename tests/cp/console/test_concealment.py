"""Passwords in typed lines are covered, and nothing else is."""

from __future__ import annotations

import pytest

from vm370.cp.console.concealment import concealed
from vm370.cp.settings import LineEditing


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("LOGON ALPHA SECRET", "LOGON ALPHA ****"),
        ("logon alpha secret noipl", "logon alpha **** noipl"),
        ("L ALPHA SECRET N", "L ALPHA **** N"),
        ("LOGIN ALPHA SECRET", "LOGIN ALPHA ****"),
        ("CP LOGON ALPHA SECRET", "CP LOGON ALPHA ****"),
        ("LOX@GON ALPHA SECRET", "LOGON ALPHA ****"),
        ("wrong¢LOGON ALPHA SECRET", "LOGON ALPHA ****"),
        ("MSG OP hello#LOGON ALPHA SECRET", "MSG OP hello#LOGON ALPHA ****"),
        ("AUTOLOG SERVER SECRET", "AUTOLOG SERVER ****"),
        ("#CP AUTOLOG SERVER SECRET run it", "#CP AUTOLOG SERVER **** run it"),
        ("SEND CP SERVER LINK MAINT 191 291 PW", "SEND CP SERVER LINK MAINT 191 291 ****"),
        ("LINK MAINT 191 291 RR PW", "LINK MAINT 191 291 RR ****"),
        ("LINK TO MAINT 191 AS 291 MR PASS=PW", "LINK TO MAINT 191 AS 291 MR ****"),
        ("LINK MAINT 191 291 PW", "LINK MAINT 191 291 ****"),
        ("#CP LINK MAINT 191 291 PW", "#CP LINK MAINT 191 291 ****"),
    ],
)
def test_covered(line: str, shown: str) -> None:
    assert concealed(line, LineEditing(), to_cp=True) == shown


@pytest.mark.parametrize(
    "line",
    [
        "",
        "LOGON",
        "LOGON ALPHA",
        "L ALPHA NOIPL",
        "LINK MAINT 191 291 RR",
        "LINK",
        "AUTOLOG",
        "AUTOLOG SERVER",
        "SEND CP",
        "SEND CP A B",
        "LOGOFF NOW",
        "Q TI@IME",
        "CP",
        "#",
    ],
)
def test_left_as_it_is(line: str) -> None:
    assert concealed(line, LineEditing(), to_cp=True) == line


def test_what_is_typed_to_a_guest() -> None:
    """L is LISTFILE in CMS; only words behind CP or #CP are for CP."""
    symbols = LineEditing()
    assert concealed("L PROFILE EXEC", symbols, to_cp=False) == "L PROFILE EXEC"
    assert concealed("CP LINK A 191 291 PW", symbols, to_cp=False) == "CP LINK A 191 291 ****"
    assert concealed("#CP LINK A 191 291 PW#L B PW", symbols, to_cp=False) == "#CP LINK A 191 291 ****#L B ****"
    assert concealed("x#L B PW", symbols, to_cp=False) == "x#L B PW"
    assert concealed("LINK A 191 291 R#PW", None, to_cp=True) == "LINK A 191 291 ****"
