"""What Tab offers."""

from __future__ import annotations

from collections.abc import Callable

from tests.cp.commands.cpkit import User
from vm370.cp.console.completion import candidates

Logon = Callable[[str], User]


def words(user: User, text: str) -> list[str]:
    return [word for word, _ in candidates(user.session, text)]


def test_commands_before_logon(new_user: Callable[[], User]) -> None:
    user = new_user()
    assert words(user, "") == ["CP", "DIAL", "HELP", "LOGON", "MSG"]
    assert words(user, "lo") == ["LOGON"]


def test_commands_and_operands(logged_on: Logon) -> None:
    alpha, operator = logged_on("ALPHA"), logged_on("OPERATOR")
    assert words(alpha, "dis") == ["DISCONN", "DISPLAY"]
    assert words(alpha, "SHUT") == []
    assert words(operator, "SHUT") == ["SHUTDOWN"]
    assert words(alpha, "TERM LINE") == ["LINEDEL", "LINEND", "LINESIZE"]
    assert words(alpha, "  term  mo") == ["MODE", "MORE"]
    assert words(alpha, "NOSUCH X") == []
    assert all(meaning for _, meaning in candidates(alpha.session, "S"))


def test_forms(logged_on: Logon) -> None:
    alpha, operator = logged_on("ALPHA"), logged_on("OPERATOR")
    assert words(alpha, "q ti") == ["TIME"]
    assert words(alpha, "set em") == ["EMSG"]
    assert words(alpha, "set emsg ") == ["ON", "OFF", "CODE", "TEXT"]
    assert words(alpha, "set logm") == []
    assert words(operator, "set logm") == ["LOGMSG"]
    assert words(alpha, "query v chann") == ["CHANNELS"]
    assert words(alpha, "help dis") == ["DISCONN", "DISPLAY"]
    assert words(alpha, "help cp query ti") == ["TIME"]
    assert words(alpha, "help nosuch ") == []


def test_while_the_machine_has_the_terminal(logged_on: Logon) -> None:
    alpha = logged_on("ALPHA")
    alpha.vm.resume()
    assert words(alpha, "disp") == []
    assert words(alpha, "#CP disp") == ["DISPLAY"]
    assert words(alpha, "cp term line") == ["LINEDEL", "LINEND", "LINESIZE"]


def test_console_commands(logged_on: Logon) -> None:
    alpha = logged_on("ALPHA")
    logged_on("BETA")
    assert words(alpha, "%s") == ["%SWITCH"]
    assert "%HELP" in words(alpha, "%")
    assert words(alpha, "%switch b") == ["BETA"]
    assert words(alpha, "%switch ") == ["BETA"]
    assert words(alpha, "%list ") == []
