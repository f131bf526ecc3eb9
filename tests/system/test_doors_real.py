"""The doors of a system that runs: the real s3270, ``vm370 attach`` and ``vm370 cmd``."""

from __future__ import annotations

import json
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cp.console.tn3270.doorkit import TURNS
from tests.system.serverkit import S3270, Server, running, vm370
from vm370.tools.bench.client3270 import Client3270

needs_s3270 = pytest.mark.skipif(not S3270.installed, reason="s3270 is not installed")


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    with running(home) as made:
        yield made
        assert made.process.poll() is None
    assert made.process.returncode == 0
    assert not (home / "console").exists()


@pytest.fixture
def terminal() -> Iterator[list[S3270]]:
    made: list[S3270] = []
    yield made
    for each in made:
        each.close()


def connected(made: list[S3270], server: Server, model: str = "3279-2-E", prefix: str = "") -> S3270:
    """An s3270 at the door."""
    made.append(S3270(model))
    made[-1].do(f"Connect({prefix}127.0.0.1:{server.port})")
    made[-1].shown("CP READ")
    return made[-1]


def our_screen(server: Server, lines: list[str], until: str) -> list[str]:
    """What a terminal of ours shows after these lines."""
    client = Client3270(2)
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as wire:

        def shown(text: str) -> None:
            for _ in range(TURNS):
                if text in client.text and not client.locked:
                    return
                client.receive(wire.recv(65_536))
                wire.sendall(client.output())
            raise AssertionError(client.text)

        shown("CP READ")
        for line, answer in zip(lines, ["LOGON AT", *lines[1:-1], until], strict=True):
            client.enter(line)
            wire.sendall(client.output())
            shown(answer)
        return client.rows


@needs_s3270
@pytest.mark.parametrize(("model", "prefix"), [("3279-2-E", ""), ("3278-3", "N:"), ("3279-4-E", "N:"), ("3278-5", "")])
def test_the_real_s3270_runs_cms(server: Server, terminal: list[S3270], model: str, prefix: str) -> None:
    person = connected(terminal, server, model, prefix)
    person.enter("LOGON CMSUSER CMSUSER")
    person.shown("LOGON AT")
    person.enter("IPL CMS")
    person.until(lambda rows: rows[-1].endswith("VM READ"))
    person.enter("STATE NO FILE A")
    person.shown("Ready(00028)")
    person.do("PA(1)")
    rows = person.until(lambda rows: rows[-1].endswith("CP READ"))
    assert len(rows) == {"2": 24, "3": 32, "4": 43, "5": 27}[model[5]]
    assert any(row == "CP" for row in rows)
    person.do("Disconnect()")
    again = connected(terminal, server, model, prefix)
    again.enter("LOGON CMSUSER CMSUSER")
    again.shown("RECONNECTED AT")


@needs_s3270
def test_two_terminals_show_the_same(server: Server, terminal: list[S3270]) -> None:
    person = connected(terminal, server)
    lines = ["LOGON CMSUSER2 CMSUSER2", "SET EMSG TEXT", "DISPLAY X", "QUERY TERMINAL"]
    person.enter(lines[0])
    person.shown("LOGON AT")
    for line in lines[1:]:
        person.enter(line)
    theirs = person.shown("MODE VM")
    person.enter("LOGOFF")
    person.shown("LOGOFF AT")
    ours = our_screen(server, lines, "MODE VM")
    assert [row for row in ours if "LOGON AT" not in row] == [row for row in theirs if "LOGON AT" not in row]


@needs_s3270
def test_keys_of_the_real_s3270(server: Server, terminal: list[S3270]) -> None:
    person = connected(terminal, server)
    person.enter("LOGON CMSUSER")
    person.shown("ENTER PASSWORD:")
    person.do("Wait(10,Unlock)")
    person.do('String("CMSUSER")')
    assert not any(row == "CMSUSER" for row in person.rows)
    person.do("Enter()")
    person.shown("LOGON AT")
    person.enter("SET PF1 IMMED QUERY USERS")
    person.do("Wait(10,Unlock)")
    person.do("PF(1)")
    person.shown("001 USERS")
    person.enter("IPL CMS")
    person.until(lambda rows: rows[-1].endswith("VM READ"))
    person.do("Attn()")
    person.until(lambda rows: rows[-1].endswith("CP READ"))
    person.do("Wait(10,Unlock)")
    person.enter("BEGIN")
    person.until(lambda rows: rows[-1].endswith("VM READ"))
    person.do("Wait(10,Unlock)")
    person.do("Clear()")
    person.until(lambda rows: rows[-1].endswith("VM READ"))


def test_one_command_and_its_return_code(server: Server) -> None:
    refused = server.run("cmd", "CMSUSER", "QUERY DISK")
    assert (refused.returncode, refused.stderr) == (255, "vm370 cmd: CMSUSER is not logged on\n")
    first = server.run("cmd", "--ipl", "CMS", "CMSUSER", "LISTFILE LISTFILE MODULE S")
    assert (first.returncode, first.stdout) == (0, "LISTFILE MODULE   S2\n")
    missing = server.run("cmd", "CMSUSER", "STATE NO FILE A")
    assert missing.returncode == 28
    bad = server.run("cmd", "--json", "CMSUSER", "#CP FOO")
    answer = json.loads(bad.stdout)
    assert bad.returncode == answer["rc"] == 1
    assert answer["lines"] == ["DMKCFC001E ?CP: FOO"]
    assert server.run("cmd", "CMSUSER", "QUERY").returncode != 255


def test_attach_is_a_terminal(server: Server) -> None:
    script = "LOGON CMSUSER2\nCMSUSER2\nIPL CMS\nSTATE NO FILE A\nQUERY NAMES\n"
    answer = server.run("attach", script=script)
    assert answer.returncode == 0
    lines = answer.stdout.splitlines()
    assert lines[:3] == ["VM/370 ONLINE", "LOGON CMSUSER2", "ENTER PASSWORD:"]
    assert any(line.startswith("Ready(00028)") for line in lines)
    again = server.run("attach", "--user", "CMSUSER2", script="QUERY NAMES\nLOGOFF\n")
    assert "RECONNECTED AT" in again.stdout
    assert "CMSUSER2 - 0C0" in again.stdout


def test_the_socket_is_the_owners(server: Server) -> None:
    mode = (server.home / "console").stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600
    second = server.run("run")
    assert second.returncode == 1
    assert (server.home / "console").exists()


def test_a_stale_socket_is_no_obstacle(home: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(os.path.relpath(home / "console"))
    left.close()
    with running(home) as server:
        assert server.run("cmd", "--ipl", "CMS", "CMSUSER", "QUERY DISK A").returncode == 0


def test_shutdown_ends_the_server(home: Path) -> None:
    with running(home) as server:
        answer = server.run("attach", "--user", "OPERATOR", script="SHUTDOWN\n")
        assert answer.returncode == 0
        assert server.process.wait(30) == 0


def test_nobody_is_there(home: Path) -> None:
    answer = vm370(home, "cmd", "CMSUSER", "QUERY DISK")
    assert answer.returncode == 255
    assert "no system that can be reached runs in" in answer.stderr
    assert vm370(home, "attach").returncode == 1
