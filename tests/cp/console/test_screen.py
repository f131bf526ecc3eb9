"""Lines folded into rows, another size, what is kept."""

from __future__ import annotations

from vm370.cp.console.screen import Screen, folded
from vm370.cp.console.terminal import LONGEST_OPEN_LINE, Line, Origin, Status, Terminal


def written(screen: Screen, *texts: str, patience: float = 60.0) -> list[str]:
    """What is visible after these lines."""
    for text in texts:
        screen.write(Line(text, Origin.GUEST), 0.0, patience)
    return [row for _, row in screen.visible()]


def test_folding() -> None:
    assert folded("", 5) == [""]
    assert folded("abcde", 5) == ["abcde"]
    assert folded("abcdef", 5) == ["abcde", "f"]
    assert folded("a\x1b[2J\tb\x85\u202ec", 80) == ["a.[2J.b..c"]
    assert folded("¢¬é", 80) == ["¢¬é"]


def test_rows_of_long_lines_are_counted() -> None:
    screen = Screen(5, 4)
    assert written(screen, "0123456789ABC", "x") == ["01234", "56789", "ABC", "x"]
    assert screen.pager.status is None
    assert written(screen, "y") == ["01234", "56789", "ABC", "x"]
    assert (screen.pager.status, screen.backlog) == (Status.MORE, 1)


def test_another_width_folds_anew() -> None:
    screen = Screen(5, 4)
    written(screen, "0123456789ABC", "x", "y", "z")
    screen.resize(13, 4, 0.0, 60.0)
    assert written(screen) == ["0123456789ABC", "x"]
    screen.pager.key(0.0, 60.0)
    assert written(screen) == ["0123456789ABC", "x", "y", "z"]
    screen.resize(4, 3, 0.0, 60.0)
    assert written(screen) == ["x", "y", "z"]
    screen.pager.scroll(3)
    assert written(screen) == ["4567", "89AB", "C"]


def test_old_lines_are_forgotten() -> None:
    screen = Screen(5, 2, keep=3)
    written(screen, *(f"line number {number}" for number in range(10)), patience=0.0)
    screen.pager.scroll(1000)
    assert len(written(screen, patience=0.0)) <= 2
    screen.pager.scroll(-1000)
    assert written(screen, patience=0.0) == ["numbe", "r 9"]
    screen.resize(80, 10, 0.0, 0.0)
    assert written(screen, patience=0.0) == ["line number 7", "line number 8", "line number 9"]


def test_what_was_forgotten_before_it_was_shown_does_not_come() -> None:
    screen = Screen(80, 2, keep=3)
    written(screen, *(str(number) for number in range(10)))
    assert screen.pager.end == 2
    screen.pager.catch_up()
    assert written(screen) == ["8", "9"]


def test_a_full_screen_holds_the_machine() -> None:
    screen = Screen(80, 3)
    written(screen, *"12345")
    assert not screen.full
    written(screen, "6")
    assert screen.full
    screen.pager.key(0.0, 60.0)
    assert not screen.full


def test_an_alert_holds_if_the_user_wants_it() -> None:
    for hold, status in ((True, Status.HOLDING), (False, Status.MORE)):
        screen = Screen(80, 3)
        screen.write(Line("MSG FROM OPERATOR", Origin.ALERT), 0.0, 60.0, hold=hold)
        written(screen, *"1234")
        assert screen.pager.status is status


def test_the_alarm_sounds_once_in_each_more() -> None:
    screen = Screen(80, 3)
    assert not screen.alarm(1000.0, 10.0)
    written(screen, *"12345678")
    assert [screen.alarm(now, 10.0) for now in (49.0, 50.0, 51.0)] == [False, True, False]
    screen.pager.tick(60.0, 60.0)
    assert [screen.alarm(now, 10.0) for now in (61.0, 109.0, 110.0)] == [False, False, True]


def test_an_open_line_without_end_is_ended() -> None:
    terminal = Terminal()
    changes: list[str] = []
    terminal.open_listeners.append(lambda: changes.append(terminal.open_line))
    for _ in range(LONGEST_OPEN_LINE + 1):
        terminal.write_partial("x")
    assert [len(line.text) for line in terminal.lines] == [LONGEST_OPEN_LINE]
    assert terminal.open_line == "x"
    assert len(changes) == LONGEST_OPEN_LINE + 1
    terminal.write("yz", Origin.TYPED)
    assert terminal.lines[-1] == Line("xyz", Origin.TYPED)
