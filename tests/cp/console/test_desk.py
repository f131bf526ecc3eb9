"""Several terminals side by side, their status line, and the console's own commands."""

from __future__ import annotations

import pytest

from vm370.cp.console.desk import Desk
from vm370.cp.console.status import status_line
from vm370.cp.console.terminal import Line, Status
from vm370.cp.system import System


class Watched:
    """A desk and what it showed."""

    def __init__(self, cp: System) -> None:
        self.desk = Desk(cp)
        self.lines: list[str] = []
        self.desk.watch(lambda line: self.lines.append(line.text))

    def type(self, *lines: str) -> list[str]:
        """What these lines bring to the screen, the echo included."""
        self.lines.clear()
        for line in lines:
            self.desk.enter(line)
        return list(self.lines)


@pytest.fixture
def watched(cp: System) -> Watched:
    return Watched(cp)


def test_passwords_are_not_shown(watched: Watched) -> None:
    assert watched.lines == ["VM/370 ONLINE"]
    assert watched.type("logon alpha", "alpha")[:2] == ["logon alpha", "ENTER PASSWORD:"]
    assert watched.lines[2].startswith("LOGON AT ")
    assert watched.type("LOGOFF", "L BETA BETA")[-2].startswith("L BETA ****")
    assert not any("BETA BETA" in line.text for line in watched.desk.selected.terminal.lines)


def test_switching(watched: Watched) -> None:
    watched.type("L ALPHA ALPHA")
    assert watched.type("%NEW") == ["%NEW", "VM/370 ONLINE"]
    watched.type("L BETA BETA")
    assert watched.type("%SWITCH ALPHA", "Q BETA") == ["%SWITCH ALPHA", "Q BETA", "BETA     - 0C1"]
    assert watched.type("MSG BETA hello", "%LIST") == [
        "MSG BETA hello",
        "%LIST",
        "*1 ALPHA    CP READ",
        " 2 BETA     CP READ  1 new lines",
    ]
    assert watched.type("%switch 2") == ["%switch 2", "09:30:15 MSG FROM ALPHA   : hello"]
    assert watched.type("%SWITCH", "%LIST")[-2:] == ["*1 ALPHA    CP READ", " 2 BETA     CP READ"]
    assert watched.type("%SWITCH 3") == ["%SWITCH 3", "%SWITCH: no terminal has user or number 3; %LIST shows them"]


def test_what_was_written_meanwhile_is_there(watched: Watched, cp: System) -> None:
    watched.type("L ALPHA ALPHA", "%NEW")
    alpha = cp.user("ALPHA")
    assert alpha is not None
    watched.lines.clear()
    for number in range(20_000):
        alpha.console_write(str(number))
    assert watched.lines == []
    shown = watched.type("%SWITCH 1")[1:]
    assert (len(shown), shown[-1]) == (10_000, "19999")


def test_closing(watched: Watched, cp: System) -> None:
    watched.type("L ALPHA ALPHA", "%NEW")
    watched.type("%CLOSE")
    assert watched.desk.selected.userid == "ALPHA"
    watched.type("%CLOSE")
    assert watched.desk.selected.userid == ""
    alpha = cp.user("ALPHA")
    assert alpha is not None
    assert alpha.session is None
    assert watched.type("L ALPHA ALPHA")[-1].startswith("RECONNECTED AT ")


def test_attention_help_and_mistakes(watched: Watched, cp: System) -> None:
    watched.type("L ALPHA ALPHA")
    alpha = cp.user("ALPHA")
    assert alpha is not None
    alpha.resume()
    assert watched.type("%ATTN") == ["%ATTN", "CP"]
    watched.desk.keys = ["F1 attention"]
    shown = watched.type("%HELP")
    assert shown[-1] == "F1 attention"
    assert [line.split()[0] for line in shown[1:-1]] == ["%NEW", "%SWITCH", "%ATTN", "%LIST", "%CLOSE", "%HELP"]
    assert watched.type("%FOO") == ["%FOO", "%FOO: not a console command; %HELP lists them"]


def test_lines_that_start_with_a_per_cent_sign(watched: Watched) -> None:
    watched.type("L ALPHA ALPHA")
    assert watched.type("%%FOO") == ["%FOO", "?CP: %FOO"]
    watched.type("LOGOFF", "LOGON ALPHA")
    assert "PASSWORD INCORRECT" in watched.type("%NEW")[0]


@pytest.mark.parametrize("width", [200, 100, 80, 60, 40, 20, 1])
def test_the_status_comes_first(watched: Watched, width: int) -> None:
    watched.type("L ALPHA ALPHA", "%NEW", "L BETA BETA", "%SWITCH 1", "MSG BETA hello")
    line = status_line(watched.desk, None, 0, width)
    assert len(line) == width
    assert line.startswith(" ALPHA    CP READ "[:width])
    if width >= 60:
        assert "2 BETA" in line
        assert "+1" in line
    if width >= 80:
        assert "F1" in line
        assert "F2" in line
    assert status_line(watched.desk, Status.HOLDING, 12, 80).startswith(" ALPHA    HOLDING  -12 rows")


def test_one_terminal_of_eighty_columns(watched: Watched) -> None:
    assert status_line(watched.desk, Status.MORE, 0, 80) == (
        " VM/370   MORE...      F1 attention  F2 next  F3 new  F4 more  PgUp back  %HELP "
    )


def test_lines_before_watching_are_not_lost(cp: System) -> None:
    desk = Desk(cp)
    desk.enter("* early")
    seen: list[Line] = []
    desk.watch(seen.append)
    assert [line.text for line in seen] == ["VM/370 ONLINE", "* early"]
