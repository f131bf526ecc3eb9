"""``vm370 run`` with a script: exit codes, streams that are closed or broken, bytes that are no text."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pytest

from vm370.cp import passwords
from vm370.cp.passwords import Cost
from vm370.images.ckd import CkdImage
from vm370.tools import run_command

DIRECTORY = """\
DIRECTORY 123 3350 SYSVOL
USER OPERATOR OPERATOR 512K 1M ABCDEFG
 CONSOLE 01F 3215
USER ALPHA SECRET 512K 1M G
 CONSOLE 009 3215
 MDISK 191 3350 1 1 SYSVOL W
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(passwords, "DEFAULT_COST", Cost(2, 1, 1))
    (tmp_path / "directory").write_text(DIRECTORY)
    (tmp_path / "disks").mkdir()
    CkdImage.create(tmp_path / "disks" / "SYSVOL.ckd", "3350", 2, volser="SYSVOL").close()
    return tmp_path


def arguments(home: Path, user: str | None = None) -> Namespace:
    """Of a command line."""
    parser = ArgumentParser()
    run_command.configure(parser)
    return parser.parse_args(["--home", str(home), "--workers", "2", *(["--user", user] if user else [])])


class Run:
    """The command in this process."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self.monkeypatch, self.capsys = home, monkeypatch, capsys
        self.errors: list[str] = []

    def __call__(self, script: bytes, user: str | None = None) -> tuple[int, list[str]]:
        """Exit code and lines of standard output."""
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(script), encoding="utf-8"))
        code = run_command.main(arguments(self.home, user))
        captured = self.capsys.readouterr()
        self.errors = captured.err.splitlines()
        return code, captured.out.splitlines()


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(home, monkeypatch, capsys)


def test_a_script(run: Run) -> None:
    code, lines = run(b"logon alpha\nsecret\nquery alpha\n")
    assert code == 0
    assert lines[:3] == ["VM/370 ONLINE", "logon alpha", "ENTER PASSWORD:"]
    assert lines[-2:] == ["query alpha", "ALPHA    - 0C0"]
    assert run.errors == [
        "vm370: warning: the password is the user ID for OPERATOR",
        "vm370: change passwords with: vm370 passwd USERID",
    ]


def test_without_llvmlite_it_is_said_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    monkeypatch.setattr(run_command, "find_spec", lambda name: None)
    assert run(b"logon alpha\nsecret\nbegin\n")[0] == 0
    assert [line for line in run.errors if "llvmlite" in line] == [
        "vm370: warning: llvmlite is not installed: guests run in the reference engine, some hundred times slower"
    ]


def test_nothing_to_do(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(b"") == (0, ["VM/370 ONLINE"])
    monkeypatch.setattr(sys, "stdin", None)
    assert run_command.main(arguments(run.home)) == 0


def test_lines_end_in_any_way_and_the_last_one_need_not(run: Run) -> None:
    assert run(b"l alpha secret\r\nq alpha\rq alpha")[1][-4:] == ["q alpha", "ALPHA    - 0C0"] * 2


def test_bytes_that_are_no_text(run: Run) -> None:
    code, lines = run(b"l alpha secret\nmsg * caf\xe9 \xff na\xc3\xafve\n\x00\x1b[2J\n\xff\xfe\n")
    assert code == 0
    assert lines[4].endswith("MSG FROM ALPHA   : caf\ufffd \ufffd na\u00efve")
    assert lines[-4:] == ["..[2J", "?CP: ..[2J", "\ufffd\ufffd", "?CP: \ufffd\ufffd"]


def test_a_very_long_line(run: Run) -> None:
    code, lines = run(b"l alpha secret\n" + b"X" * 200_000 + b"\nq alpha\n")
    assert (code, lines[-1]) == (0, "ALPHA    - 0C0")


def test_shutdown(run: Run) -> None:
    code, lines = run(b"l operator operator\nshutdown\nq time\n")
    assert (code, lines[-1]) == (0, "DMKCKP961W SYSTEM SHUTDOWN COMPLETE")


def test_a_user_by_option(run: Run) -> None:
    assert run(b"q priv\n", user="alpha")[1][-1] == "PRIV = G"
    assert run(b"q priv\n", user="nobody")[0] == 1
    assert run.errors[-1] == "vm370: NOBODY NOT IN CP DIRECTORY"


def test_a_terminal_that_was_not_looked_at_is_shown_at_the_end(run: Run) -> None:
    _, lines = run(b"l alpha secret\n%new\nl operator operator\nmsg alpha hello\n")
    assert lines[-2] == "%SWITCH ALPHA"
    assert lines[-1].endswith("MSG FROM OPERATOR: hello")


def test_a_system_that_cannot_start(run: Run) -> None:
    (run.home / "directory").write_text("NONSENSE\n")
    assert run(b"")[0] == 1
    assert run.errors[0].startswith("vm370: ")
    assert "1" in run.errors[0]


def test_an_interruption_ends_in_order(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(line: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run_command.Output, "while_open", lambda self, lines: map(interrupted, lines))
    assert run(b"q time\n")[0] == 1
    assert run.errors[-1] == "vm370: interrupted"


def process(home: Path, **streams: int | None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "vm370.tools.cli", "run", "--home", str(home)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, **streams)  # type: ignore[call-overload, no-any-return]


def test_nobody_reads_the_output(home: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with process(home, stdin=subprocess.PIPE, stdout=writer) as child:
        os.close(writer)
        _, errors = child.communicate(b"l alpha secret\nd g\n")
    assert child.returncode == 1
    assert b"Traceback" not in errors
    assert b"Exception" not in errors


def test_a_script_does_not_load_the_console(home: Path) -> None:
    program = (
        "import sys; from vm370.tools.cli import main; main(['run', '--home', sys.argv[1]]); "
        "sys.exit(any(name.split('.')[0] in ('prompt_toolkit', 'asyncio') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(home)], stdin=subprocess.DEVNULL, capture_output=True)
    assert (done.returncode, done.stdout) == (0, b"VM/370 ONLINE\n")
