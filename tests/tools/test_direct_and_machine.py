"""``vm370 direct``, ``vm370 run --machine``, LINK passwords by ``vm370 passwd``."""

from __future__ import annotations

import io
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vm370.cp import passwords
from vm370.cp.directory import Directory
from vm370.cp.directory.default import default_directory, write_default_directory
from vm370.cp.passwords import Cost
from vm370.tools import cli

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "bare"
Tool = Callable[..., tuple[int, str, str]]


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Tool]:
    """Run the program: exit code, standard output, standard error."""
    monkeypatch.setattr(passwords, "DEFAULT_COST", Cost(2, 1, 1))
    monkeypatch.chdir(tmp_path)

    def run(*words: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = cli.main(list(words))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    handlers = logging.getLogger().handlers[:]
    yield run
    for handler in logging.getLogger().handlers[:]:
        if handler not in handlers:
            logging.getLogger().removeHandler(handler)
            handler.close()


def test_direct(tmp_path: Path, tool: Tool) -> None:
    home = tmp_path / "home"
    home.mkdir()
    write_default_directory(home / "directory")
    new = tmp_path / "new"
    new.write_text(default_directory() + "\nUSER EMIL EMIL\n LINK MAINT 577 577\n")
    at_home = ("--home", str(home))
    assert tool("direct", "--edit", str(new), *at_home)[:2] == (0, f"{new}: 6 users, checked\n")
    assert tool("direct", *at_home)[:2] == (0, f"{home}/directory: 5 users, in force\n")
    code, out, err = tool("direct", str(new), *at_home)
    assert (code, out) == (0, f"{new}: 6 users, in force\n")
    assert "EMIL links to MAINT 577, which is not there" in err
    assert Directory.load(home / "directory").check_logon("EMIL", "EMIL")
    new.write_text("USER EMIL EMIL\n NONSENSE\n")
    code, out, err = tool("direct", str(new), *at_home)
    assert (code, out) == (1, "")
    assert f"{new}: line 1: found USER, expected DIRECTORY as the first statement\n{new}: line 2: found NONSENSE" in err
    (home / "directory").write_text("NONSENSE")
    assert tool("direct", *at_home)[0] == 1
    new.write_text(default_directory())
    assert tool("direct", str(new), *at_home)[0] == 0
    assert tool("direct", "--home", str(tmp_path / "nowhere"))[0] == 1
    assert tool("direct", str(new), "--home", str(tmp_path / "nowhere"))[0] == 1


def test_a_link_password(tmp_path: Path, tool: Tool) -> None:
    write_default_directory(tmp_path / "directory")
    home = ("--home", str(tmp_path))
    assert tool("passwd", "cmsuser", "191", "write", *home, typed="Kohl\n")[:2] == (
        0,
        "password of CMSUSER 191 WRITE changed\n",
    )
    directory = Directory.load(tmp_path / "directory")
    mdisk = directory.users["CMSUSER"].mdisk(0x191)
    assert mdisk is not None
    assert directory.check_link("CMSUSER", mdisk, "WRITE", "KOHL")
    assert directory.check_link("CMSUSER", mdisk, "READ", "CMSUSER")
    assert directory.check_logon("CMSUSER", "CMSUSER")
    for words, message in (
        (("CMSUSER", "191", "MULT"), "found no MULT password to be replaced"),
        (("CMSUSER", "777"), "found no minidisk 777"),
        (("CMSUSER", "XYZ"), "found no minidisk XYZ"),
        (("CMSUSER", "191", "DEEP"), "found DEEP, expected READ"),
    ):
        code, _, err = tool("passwd", *words, *home, typed="Kohl\n")
        assert (code, message in err) == (1, True)


def test_the_example(tmp_path: Path, tool: Tool) -> None:
    """As docs/directory.md has it, from the assembler source on."""
    folder = tmp_path / "bare machines"
    shutil.copytree(EXAMPLE, folder)
    (folder / "clerk.deck").unlink()
    text, deck, volume = (str(folder / name) for name in ("clerk.text", "clerk.deck", "volume.ckd"))
    assert tool("asm", str(folder / "clerk.asm"), "-o", text)[0] == 0
    assert tool("link", "-o", deck, "--format", "ipl", "--origin", "1000", text)[0] == 0
    assert Path(deck).read_bytes() == (EXAMPLE / "clerk.deck").read_bytes()
    assert tool("disk", "create", volume, "--type", "3350", "--cylinders", "1", "--volser", "VOL150")[0] == 0
    before = Path(volume).read_bytes()
    code, out, _ = tool("run", "--machine", str(folder / "clerk.machine"))
    assert code == 0
    documented = (EXAMPLE.parents[1] / "directory.md").read_text().split("It prints\n\n")[1].split("\n\n")[0]
    assert out.split("\n", 2)[2].rstrip() == "\n".join(line.strip() for line in documented.split("\n"))
    assert (folder / "print" / "clerk.txt").read_text() == "APPLES   12\nPEARS     7\n"
    assert (folder / "tapes" / "archive.aws").exists()
    assert Path(volume).read_bytes() == before
    assert not (folder / "overlays").exists()


def test_a_script_that_does_not_end(tmp_path: Path, tool: Tool) -> None:
    (tmp_path / "s").write_text("#CP QUERY TIME\n%WAIT the end of time\n")
    (tmp_path / "m").write_text("USER A NOLOG\n SCRIPT s\n CONSOLE 009 3215\n IPL 00C\n CARDS 00C c.deck\n")
    assert tool("run", "--machine", "m")[0] == 1
    (tmp_path / "m").write_text("USER A NOLOG\n SCRIPT s\n CONSOLE 009 3215\n")
    code, out, _ = tool("run", "--machine", "m")
    assert (code, "THE MACHINE HAS STOPPED" in out) == (1, True)


def test_no_machine(tmp_path: Path, tool: Tool) -> None:
    assert "expected a readable CP directory" in tool("run", "--machine", "nosuch")[2]
    (tmp_path / "m").write_text("USER A NOLOG\nUSER B NOLOG\n")
    code, _, err = tool("run", "--machine", "m")
    assert (code, "m: line 2: found a second USER" in err) == (1, True)
    (tmp_path / "m").write_text("* nothing\n")
    assert "expected USER userid password" in tool("run", "--machine", "m")[2]
    assert tool("run", "--machine", "m", "--home", "x")[0] == 2
    (tmp_path / "m").write_text("OPTION PURE\n")
    assert "expected a USER statement before it" in tool("direct", "--machine", "m")[2]
