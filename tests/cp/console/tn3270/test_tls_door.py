"""TLS at the door, and who is let in where."""

from __future__ import annotations

import argparse
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import StoppedClock
from tests.cp.console.tn3270.doorkit import Person, Wire, open_port
from vm370.cp.console.doors import HANDSHAKE_SECONDS
from vm370.cp.system import System
from vm370.tools.doors import DoorError, add_door_options, door_plan, tls_context

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


class TlsPerson(Person):
    """Somebody at a 3270 behind TLS."""

    def __init__(self, cp: System, port: int, certificate: Path) -> None:
        context = ssl.create_default_context(cafile=str(certificate))
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object = context.wrap_bio(self._incoming, self._outgoing, server_hostname="localhost")
        super().__init__(cp, port)
        self._done = False
        self._go_on()

    def _go_on(self) -> bytes:
        clear = b""
        try:
            if not self._done:
                self._object.do_handshake()
                self._done = True
            while piece := self._object.read(4096):
                clear += piece
        except ssl.SSLWantReadError:
            pass
        if data := self._outgoing.read():
            self.socket.sendall(data)
        return clear

    def arrived(self, data: bytes) -> None:
        self._incoming.write(data)
        clear = self._go_on()
        self.client.receive(clear)
        self._say()

    def _say(self) -> None:
        if answer := self.client.output():
            self._object.write(answer)
            self.socket.sendall(self._outgoing.read())

    def enter(self, line: str) -> None:
        self.until(lambda: not self.client.locked)
        self.client.enter(line)
        self._say()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate and its key."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command.split(), *names, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


@pytest.fixture
def port(cp: System, pair: tuple[Path, Path]) -> Iterator[int]:
    yield open_port(cp, tls_context(*pair))
    Wire.hang_up_all()


@needs_openssl
def test_a_3270_behind_tls(cp: System, port: int, pair: tuple[Path, Path]) -> None:
    person = TlsPerson(cp, port, pair[0])
    person.logon("ALPHA")
    person.enter("QUERY USERS")
    person.shown("001 USERS")


@needs_openssl
def test_a_client_without_tls_is_sent_away(cp: System, port: int) -> None:
    wire = Wire(cp, port)
    wire.send(b"LOGON ALPHA ALPHA\n")
    wire.until(lambda: wire.closed)
    assert b"ONLINE" not in wire.received


@needs_openssl
def test_a_handshake_has_its_time(cp: System, port: int, clock: StoppedClock) -> None:
    wire = Wire(cp, port)
    for _ in range(100):
        wire.turn()
    assert not wire.closed
    clock.advance(HANDSHAKE_SECONDS + 1)
    wire.until(lambda: wire.closed)


# --- options ---


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_door_options(parser)
    return parser.parse_args(words)


@pytest.mark.parametrize(
    ("words", "host", "port"),
    [
        (["--tn3270", "3270"], "127.0.0.1", 3270),
        (["--tn3270", "localhost:0"], "localhost", 0),
        (["--tn3270", "[::1]:3270"], "::1", 3270),
        (["--tn3270", "0.0.0.0:3270", "--insecure"], "0.0.0.0", 3270),
        (["--tn3270", "0.0.0.0:3270", "--tls", "c", "k"], "0.0.0.0", 3270),
    ],
)
def test_addresses(words: list[str], host: str, port: int) -> None:
    plan = door_plan(options(*words))
    assert (plan.host, plan.port) == (host, port)


@pytest.mark.parametrize(
    "words",
    [
        ["--tn3270", "0.0.0.0:3270"],
        ["--tn3270", "example.org:3270"],
        ["--tn3270", "[::]:3270"],
        ["--tn3270", "port"],
        ["--tn3270", "70000"],
        ["--tls", "c", "k"],
    ],
)
def test_what_is_refused(words: list[str]) -> None:
    with pytest.raises(DoorError):
        door_plan(options(*words))


def test_a_certificate_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(DoorError, match="No such file"):
        tls_context(tmp_path / "cert.pem", tmp_path / "key.pem")
    (tmp_path / "cert.pem").write_text("nothing")
    with pytest.raises(DoorError, match="expected two PEM files"):
        tls_context(tmp_path / "cert.pem", tmp_path / "cert.pem")
