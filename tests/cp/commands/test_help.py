"""HELP: pages of commands and forms, and that there is one for each command."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cp.commands.cpkit import User
from vm370.cp.commands.help_command import PAGES, WIDTH, head, page, page_name
from vm370.cp.commands.table import COMMANDS

Logon = Callable[[str], User]
SECTIONS = ["What it does", "Operands", "Responses", "Messages", "Example"]
FORMS = [(command, form) for command in COMMANDS for form in command.forms]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_has_a_page(command) -> None:  # type: ignore[no-untyped-def]
    text = page(page_name(command))
    headings = [line for line in text if line and not line.startswith(" ")]
    assert headings[0] == "What it does"
    known = [heading for heading in headings if heading in SECTIONS]
    assert known == sorted(set(known), key=SECTIONS.index)
    assert max(len(line) for line in head(command) + text) <= WIDTH


def test_every_page_belongs_to_a_command() -> None:
    names = {page_name(command) for command in COMMANDS}
    names |= {f"{page_name(command)}_{form.name.lower()}" for command, form in FORMS}
    pages = {path.name.removesuffix(".txt") for path in PAGES.iterdir()}
    assert pages <= names


def test_a_list_of_what_the_user_may_do(logged_on: Logon, new_user: Callable[[], User]) -> None:
    def names(user: User) -> list[str]:
        user.read()
        return [line.split()[0] for line in user.type("HELP")]

    alpha, operator = names(logged_on("ALPHA")), names(logged_on("OPERATOR"))
    assert "LINK" in alpha
    assert not {"MESSAGE", "Message", "LOGIN", "*", "SHUTDOWN"} & set(alpha)
    assert set(operator) > set(alpha)
    assert "SHUTDOWN" in operator
    assert "Logon" in names(new_user())


def test_a_page_begins_with_what_the_table_says(logged_on: Logon) -> None:
    alpha = logged_on("ALPHA")
    alpha.read()
    lines = alpha.type("HELP CP DISC")
    assert lines[:6] == [
        "DISCONN - go on without a terminal",
        "",
        "Form (shortest name DISC; privilege class any)",
        "  DISCONN [HOLD]",
        "",
        "What it does",
    ]
    assert alpha.type("HELP DISCONN") == lines


def test_another_name_has_the_page_of_the_command(logged_on: Logon) -> None:
    alpha = logged_on("ALPHA")
    alpha.read()
    lines = alpha.type("HELP LOGIN")
    assert lines[0] == "LOGIN - begin a session"
    assert lines[5:] == alpha.type("HELP LOGON")[5:]


def test_forms(logged_on: Logon) -> None:
    alpha = logged_on("ALPHA")
    alpha.read()
    lines = alpha.type("HELP QUERY")
    listed = lines[lines.index("Forms") + 1 :]
    assert "  Time        time of day, and time used since LOGON" in listed
    assert alpha.type("HELP CP Q T")[:4] == [
        "TIME - time of day, and time used since LOGON",
        "",
        "Form (shortest name T; privilege class any)",
        "  QUERY TIME",
    ]


@pytest.mark.parametrize(
    ("line", "operand"),
    [("HELP NOSUCH", "NOSUCH"), ("HELP SHUTDOWN", "SHUTDOWN"), ("HELP QUERY NOSUCH", "NOSUCH"), ("HELP LINK X Y", "Y")],
)
def test_what_there_is_no_help_for(logged_on: Logon, line: str, operand: str) -> None:
    alpha = logged_on("ALPHA")
    alpha.read()
    assert alpha.type(line) == [f"INVALID OPERAND - {operand}"]
