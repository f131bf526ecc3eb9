"""``vm370 passwd``."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from vm370.cp import passwords
from vm370.cp.directory import Directory
from vm370.cp.directory.default import write_default_directory
from vm370.cp.passwords import Cost
from vm370.tools import cli


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(passwords, "DEFAULT_COST", Cost(2, 1, 1))
    write_default_directory(tmp_path / "directory")
    return tmp_path


def run(home: Path, user: str, typed: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return cli.main(["passwd", user, "--home", str(home)])


def test_change(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "maint", "Rhabarber7\nignored\n", monkeypatch) == 0
    assert capsys.readouterr().out == "password of MAINT changed\n"
    directory = Directory.load(home / "directory")
    assert directory.check_logon("MAINT", "RHABARBER7")
    assert not directory.check_logon("MAINT", "MAINT")
    assert directory.check_logon("CMSUSER", "CMSUSER")


@pytest.mark.parametrize(
    ("user", "typed", "message"),
    [
        ("NOBODY", "X\n", "found no user NOBODY, expected one of CMSUSER CMSUSER2 CMSUSER3 MAINT OPERATOR"),
        ("MAINT", "", "found the end"),
        ("MAINT", "\n", "found 0 characters"),
        ("MAINT", "two words\n", "one word"),
        ("MAINT", "NOLOG\n", "a meaning of its own"),
    ],
)
def test_refused(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    user: str,
    typed: str,
    message: str,
) -> None:
    assert run(home, user, typed, monkeypatch) == 1
    assert message in capsys.readouterr().err
    assert Directory.load(home / "directory").check_logon("MAINT", "MAINT")


def test_a_bad_directory_is_left_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "directory").write_text("DIRECTORY 123 3350 VOL001\nUSER MAINT X\n NONSENSE\n")
    assert run(home, "MAINT", "Rhabarber7\n", monkeypatch) == 1
    assert "directory: line 3: found NONSENSE, expected a statement" in capsys.readouterr().err
    assert sorted(path.name for path in home.iterdir()) == ["directory"]
    assert run(home / "nowhere", "MAINT", "X\n", monkeypatch) == 1
    assert "expected a readable CP directory" in capsys.readouterr().err


def test_a_terminal_asks_twice(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Tty(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Tty())
    answers = iter(["Rhabarber7", "Rhabarber8", "Rhabarber7", "Rhabarber7"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))
    assert cli.main(["passwd", "MAINT", "--home", str(home)]) == 1
    assert "differ" in capsys.readouterr().err
    assert cli.main(["passwd", "MAINT", "--home", str(home)]) == 0
