"""The 3270 screen beside a real client: s3270 (Debian package of that name) shows the same and sends the same.

test --- telnet on loopback ---> s3270 <--- script (keys) --- test
"""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm370.cp.console import keyboard3270 as keyboard
from vm370.cp.console.inbound3270 import read_buffer, read_modified
from vm370.cp.console.orders3270 import repaint, write
from vm370.cp.console.screen3270 import (
    CLEAR,
    ENTER,
    ERASE_ALL_UNPROTECTED,
    ERASE_WRITE,
    ERASE_WRITE_ALTERNATE,
    PA1,
    PF_KEYS,
    READ_BUFFER,
    READ_MODIFIED,
    WRITE,
    WRITE_STRUCTURED_FIELD,
    DataStreamError,
    Screen,
    blank,
)
from vm370.cp.console.terminal import Origin, Status
from vm370.cp.console.vmscreen import Typed, VmScreen
from vm370.images.ebcdic import to_ebcdic

pytestmark = pytest.mark.skipif(shutil.which("s3270") is None, reason="s3270 is not installed")

SECONDS = 20
"""After which a client that does not answer fails the test."""
IAC, END_OF_RECORD = b"\xff", b"\xff\xef"
WILL_TERMINAL_TYPE, SUB_END = b"\xff\xfb\x18", b"\xff\xf0"
AGREED = [b"\xff\xfd\x19", b"\xff\xfb\x19", b"\xff\xfd\x00", b"\xff\xfb\x00"]


class Client:
    """An s3270 of a model, and the server's side of its connection."""

    def __init__(self, model: int) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(SECONDS)
            command = ["s3270", "-model", f"3279-{model}-E", f"127.0.0.1:{listener.getsockname()[1]}"]
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
            self.connection, _ = listener.accept()
        self.connection.settimeout(SECONDS)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self.connection.sendall(b"\xff\xfd\x18")
        self._expect(WILL_TERMINAL_TYPE)
        self.connection.sendall(b"\xff\xfa\x18\x01\xff\xf0")
        self._expect(SUB_END)
        self.connection.sendall(b"\xff\xfb\x19\xff\xfd\x19\xff\xfb\x00\xff\xfd\x00")
        for answer in AGREED:
            self._expect(answer)
        self._received = b""

    def _expect(self, answer: bytes) -> None:
        while answer not in self._received:
            more = self.connection.recv(4096)
            assert more, "the client has gone"
            self._received += more

    def send(self, command: int, data: bytes = b"") -> None:
        """A command to the client."""
        self.connection.sendall(bytes((command,)) + data.replace(IAC, IAC + IAC) + END_OF_RECORD)

    def record(self) -> bytes:
        """What the client sent."""
        self._expect(END_OF_RECORD)
        record, _, self._received = self._received.partition(END_OF_RECORD)
        return record.replace(IAC + IAC, IAC)

    def read(self, command: int) -> bytes:
        """What a read command answers."""
        self.send(command)
        return self.record()

    def begin(self, action: str) -> None:
        """An action of the client's script language; keys with an attention identifier end when they are answered."""
        assert self.process.stdin is not None
        self.process.stdin.write(action + "\n")
        self.process.stdin.flush()

    def end(self) -> None:
        """The action has ended."""
        assert self.process.stdout is not None
        while (line := self.process.stdout.readline()) not in ("ok\n", "error\n"):
            assert line, "the client has gone"
        assert line == "ok\n"

    def key(self, action: str) -> None:
        """An action that needs no answer."""
        self.begin(action)
        self.end()

    def close(self) -> None:
        """The end of both."""
        self.connection.close()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait(SECONDS)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def client() -> Iterator[Callable[[int], Client]]:
    """Clients by model."""
    clients: dict[int, Client] = {}

    def get(model: int) -> Client:
        if model not in clients:
            clients[model] = Client(model)
        return clients[model]

    yield get
    for each in clients.values():
        each.close()


def both(client: Client, screen: Screen, command: int, data: bytes) -> Screen:
    """The same command to both."""
    client.send(command, data)
    return write(screen, command, data)


FORM = (
    bytes.fromhex("C3 11 4040 1DF8")
    + to_ebcdic("NAME")
    + bytes.fromhex("11 C150 1D40 13 114160 1DF0 11 C260 1D4C 114264 1DF0 2903C0E842F241F4")
    + to_ebcdic("A LONGER TEXT")
    + bytes.fromhex("2842F5")
    + to_ebcdic("SHORT")
    + bytes.fromhex("280000 08C5 114DF0 3C4F40 5C 12C8C8 05")
)


@pytest.mark.parametrize("model", [2, 3, 4, 5])
def test_a_form_and_its_keys(client: Callable[[int], Client], model: int) -> None:
    it = client(model)
    screen = both(it, blank(model), ERASE_WRITE_ALTERNATE, FORM)
    assert it.read(READ_BUFFER) == read_buffer(screen)
    for code in to_ebcdic("HELLO"):
        screen = keyboard.type_character(screen, code)
    it.key('String("HELLO")')
    for action, function in (
        *(("Tab", keyboard.tab), ("BackTab", keyboard.back_tab), ("Home", keyboard.home)),
        *(("Delete", keyboard.delete), ("Newline", keyboard.new_line), ("FieldMark", keyboard.field_mark)),
        *(("EraseEOF", keyboard.erase_end_of_field), ("BackTab", keyboard.back_tab), ("Dup", keyboard.duplicate)),
        *(("FieldEnd", keyboard.end_of_field), ("Home", keyboard.home)),
    ):
        it.key(action)
        screen = function(screen)
        assert it.read(READ_BUFFER) == read_buffer(screen), action
    for action, aid in (("Enter", ENTER), ("PF(13)", PF_KEYS[12]), ("PA(1)", PA1)):
        it.begin(action)
        screen = keyboard.press(screen, aid)
        assert it.record() == read_modified(screen), action
        screen = both(it, screen, WRITE, bytes.fromhex("C2"))
        it.end()
    it.key("EraseInput")
    screen = keyboard.erase_input(screen)
    assert it.read(READ_MODIFIED) == read_modified(screen)
    it.begin("Clear")
    screen = keyboard.press(screen, CLEAR)
    assert it.record() == read_modified(screen)
    both(it, screen, WRITE, bytes.fromhex("C2"))
    it.end()


def test_insert_mode(client: Callable[[int], Client]) -> None:
    it = client(2)
    screen = both(it, blank(), ERASE_WRITE, bytes.fromhex("C3 1D40 13 C1C2C4 0000 1DF0"))
    assert it.read(READ_BUFFER) == read_buffer(screen), "the client has it before it gets keys"
    it.key("Insert")
    it.key('String("XY")')
    for code in to_ebcdic("XY"):
        screen = keyboard.type_character(keyboard.insert(screen), code)
    assert it.read(READ_BUFFER) == read_buffer(screen)
    it.key("Reset")


@pytest.mark.parametrize("mode", ["0005 09 00 01", "0008 09 00 02 41 42 43"])
def test_reply_modes(client: Callable[[int], Client], mode: str) -> None:
    it = client(3)
    screen = both(it, blank(3), ERASE_WRITE, FORM)
    screen = both(it, screen, WRITE_STRUCTURED_FIELD, bytes.fromhex(mode))
    assert it.read(READ_BUFFER) == read_buffer(screen)
    both(it, screen, WRITE_STRUCTURED_FIELD, bytes.fromhex("0005 09 00 00"))


def test_erase_all_unprotected(client: Callable[[int], Client]) -> None:
    it = client(2)
    screen = both(it, blank(), ERASE_WRITE, FORM)
    screen = both(it, screen, WRITE, bytes.fromhex("C2 11C1D1 C1C2C3 11C150 2C01C0C1"))
    screen = both(it, screen, ERASE_ALL_UNPROTECTED, b"")
    assert it.read(READ_BUFFER) == read_buffer(screen)


def address(position: int) -> bytes:
    return position.to_bytes(2, "big")


places = st.integers(0, 1919).map(address)
attributes = st.sampled_from([0x40, 0x60, 0xF0, 0x4C, 0xC8, 0xC1, 0x50])
texts = st.lists(st.sampled_from([*range(0x41, 0x4B), 0x00, 0xF1, 0x40, 0xFF]), max_size=30).map(bytes)
# PROGRAM TAB stands behind data: at the first position of the last unprotected field s3270 stays there.  SET BUFFER
# ADDRESS stands before ERASE UNPROTECTED TO ADDRESS: s3270 takes the attribute of before a PROGRAM TAB otherwise.
orders = st.one_of(
    st.builds(lambda at: b"\x11" + at, places),
    st.builds(lambda code: bytes((0x1D, code)), attributes),
    st.builds(lambda code, color: bytes((0x29, 2, 0xC0, code, 0x42, color)), attributes, st.integers(0xF1, 0xF7)),
    st.builds(lambda at, code: b"\x3c" + at + bytes((code,)), places, st.sampled_from([0, 0x5C, 0xC1])),
    st.builds(lambda at, to: b"\x11" + at + b"\x12" + to, places, places),
    st.sampled_from([b"\xc1\x05", b"\x13", b"\x08\xc5", b"\x28\x42\xf2", b"\x28\x41\xf4", b"\x28\x00\x00"]),
    texts,
)
streams = st.lists(orders, max_size=25).map(b"".join)


@pytest.mark.parametrize("mode", ["0005 09 00 00", "0008 09 00 02 41 42 43"])
@settings(max_examples=30, deadline=None, derandomize=True)
@given(data=streams, more=streams)
def test_any_stream_makes_the_same_screen(client: Callable[[int], Client], mode: str, data: bytes, more: bytes) -> None:
    it = client(4)
    screen = both(it, blank(4), ERASE_WRITE, b"\xc3" + data)
    screen = both(it, screen, WRITE_STRUCTURED_FIELD, bytes.fromhex(mode))
    assert it.read(READ_BUFFER) == read_buffer(screen)
    screen = both(it, screen, WRITE, b"\xc3\x11\x40\x40" + more)
    assert it.read(READ_BUFFER) == read_buffer(screen)
    assert it.read(READ_MODIFIED) == read_modified(screen)
    both(it, screen, WRITE_STRUCTURED_FIELD, bytes.fromhex("0005 09 00 00"))


@settings(max_examples=15, deadline=None, derandomize=True)
@given(data=streams)
def test_a_screen_that_is_painted_anew_is_the_same(client: Callable[[int], Client], data: bytes) -> None:
    it = client(4)
    try:
        screen = write(blank(4), ERASE_WRITE_ALTERNATE, b"\xc3" + data)
    except DataStreamError as error:
        screen = error.screen
    command, stream = repaint(screen)
    it.send(command, stream)
    assert it.read(READ_BUFFER) == read_buffer(screen)
    again = write(blank(4), command, stream)
    assert (again.characters, again.attributes, again.color) == (screen.characters, screen.attributes, screen.color)
    assert (again.highlighting, again.character_set) == (screen.highlighting, screen.character_set)


@pytest.mark.parametrize("model", [2, 5])
def test_the_screen_of_line_mode(client: Callable[[int], Client], model: int) -> None:
    it = client(model)
    vm, screen = VmScreen(model, colors=True), blank(model)
    vm.write_line("VM/370 ONLINE", Origin.CP)
    stream = vm.stream()
    screen = both(it, screen, stream[0], stream[1:])
    assert it.read(READ_BUFFER) == read_buffer(screen)
    it.key('String("QUERY NAMES")')
    vm.write_line("A MESSAGE", Origin.ALERT)
    vm.set_status(Status.VM_READ)
    stream = vm.stream()
    it.send(stream[0], stream[1:])
    assert to_ebcdic("QUERY NAMES") in it.read(READ_BUFFER), "what is being typed stays"
    it.begin("Enter")
    record = it.record()
    assert vm.aid(record[0], record[1:]) == [Typed("QUERY NAMES")]
    stream = vm.stream()
    it.send(stream[0], stream[1:])
    it.end()
    shown = it.read(READ_BUFFER)
    assert to_ebcdic("A MESSAGE") in shown
    assert to_ebcdic("VM READ") in shown
    assert to_ebcdic("QUERY NAMES") not in shown
