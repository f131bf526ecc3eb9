"""Terminals behind sockets, with the whole CP: from the first byte to LOGOFF, and clients that misbehave."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import StoppedClock, User
from tests.cp.console.tn3270.doorkit import Person, Wire, open_port
from vm370.cp.console import doors
from vm370.cp.console.screen3270 import CLEAR, PA1, PA2, PF_KEYS
from vm370.cp.console.tn3270 import telnet
from vm370.cp.console.tn3270.records import Reason
from vm370.cp.io.device import Device, Supply
from vm370.cp.io.display import DisplayStation
from vm370.cp.system import System
from vm370.images.ebcdic import to_ebcdic
from vm370.tools.bench.client3270 import Client3270
from vm370.tools.bench.response import program

IAC = b"\xff"


def execute(device: Device, command: int, data: bytes = b"") -> bytes:
    """A channel program of one command: what it reads."""
    device.start_chain()
    pieces = [data]
    return device.execute(command, Supply(lambda length: pieces.pop() if pieces else b""), 4096).data


@pytest.fixture
def port(cp: System) -> Iterator[int]:
    yield open_port(cp)
    Wire.hang_up_all()


@pytest.mark.parametrize(
    ("model", "extended", "tn3270e"), [(2, True, True), (3, True, False), (4, False, True), (5, False, False)]
)
def test_a_3270_logs_on_and_off(cp: System, port: int, model: int, extended: bool, tn3270e: bool) -> None:
    person = Person(cp, port, Client3270(model, extended=extended, tn3270e=tn3270e))
    person.shown("VM/370 ONLINE")
    assert person.client.status == "CP READ"
    person.logon("ALPHA")
    person.enter("QUERY USERS")
    person.shown("001 USERS")
    person.enter("LOGOFF")
    person.shown("LOGOFF AT")
    assert "ALPHA" not in cp.users


def test_a_password_is_asked_for_in_the_dark(cp: System, port: int) -> None:
    person = Person(cp, port)
    person.shown("CP READ")
    person.enter("LOGON ALPHA")
    person.shown("ENTER PASSWORD:")
    person.until(lambda: not person.client.locked)
    person.client.type("ALPHA")
    assert "\nALPHA" not in person.client.text
    person.press(0x7D)
    person.shown("LOGON AT")
    assert "\nALPHA" not in person.client.text


def test_a_guest_is_typed_to_and_answers(cp: System, port: int) -> None:
    person = Person(cp, port)
    person.logon("ALPHA")
    cp.users["ALPHA"].storage.write(0x200, bytes.fromhex(program()))
    person.enter("STORE S78 00000000 00000214")
    person.enter("STORE PSW 00000000 00000200")
    person.enter("BEGIN")
    person.until(lambda: person.client.status == "VM READ")
    for line, answer in (("aaaaaa", "jjjjjj"), ("abcabc", "jkljkl")):
        person.enter(line)
        person.shown(answer)
    person.press(PA1)
    person.until(lambda: person.client.status == "CP READ")


def test_a_client_that_vanishes_disconnects_its_user(cp: System, port: int) -> None:
    person = Person(cp, port)
    person.logon("ALPHA")
    person.client.type("half a li")
    machine = cp.users["ALPHA"]
    person.vanish()
    assert cp.users["ALPHA"] is machine
    assert machine.session is None
    again = Person(cp, port)
    again.shown("CP READ")
    again.enter("LOGON ALPHA ALPHA")
    again.shown("RECONNECTED AT")
    assert machine.session is not None


def test_the_journal_has_who_came_and_went(cp: System, port: int, home: Path) -> None:
    person = Person(cp, port)
    person.logon("ALPHA")
    person.vanish()
    cp.shutdown()
    with sqlite3.connect(home / "journal.db") as database:
        rows = "\n".join(str(row) for row in database.execute("SELECT * FROM record"))
    database.close()
    assert "CONNECT" in rows
    assert "HANGUP" in rows
    assert "127.0.0.1:" in rows
    assert "closed by the client" in rows


def test_an_lu_name_is_a_real_address(cp: System, port: int) -> None:
    first = Person(cp, port, Client3270(name="LU0C7"))
    first.shown("CP READ")
    assert first.client.name == "LU0C7"
    assert first.client.bound
    second = Person(cp, port, Client3270(name="LU0C7"))
    second.until(lambda: second.client.rejected is not None)
    assert second.client.rejected == Reason.DEVICE_IN_USE
    third = Person(cp, port, Client3270(name="TERM1"))
    third.until(lambda: third.client.rejected is not None)
    assert third.client.rejected == Reason.INV_NAME
    fourth = Person(cp, port)
    fourth.shown("CP READ")
    assert fourth.client.name == "LU0C0"
    first.logon("ALPHA")
    first.enter("QUERY NAMES")
    first.shown("ALPHA    - 0C7")


def test_more_than_a_screen_waits_for_the_person(cp: System, port: int) -> None:
    person = Person(cp, port)
    person.logon("ALPHA")
    for number in range(30):
        cp.users["ALPHA"].say(f"LINE {number}")
    person.until(lambda: person.client.status == "MORE...")
    assert "LINE 29" not in person.client.text
    person.press(PA2)
    person.shown("LINE 29")
    assert person.client.status == "CP READ"
    person.press(CLEAR)
    person.until(lambda: not person.client.locked)


def test_program_function_keys_do_what_set_gave_them(cp: System, port: int) -> None:
    person = Person(cp, port)
    person.logon("ALPHA")
    person.enter("SET PF1 IMMED QUERY USERS")
    person.press(PF_KEYS[0])
    person.shown("001 USERS")
    person.enter("SET PF2 RETRIEVE")
    person.press(PF_KEYS[1])
    person.until(lambda: not person.client.locked)
    person.until(lambda: person.client.rows[-2].strip() == "SET PF2 RETRIEVE")


def test_a_wrong_password_locks_the_keyboard_for_a_while(cp: System, port: int, clock: StoppedClock) -> None:
    person = Person(cp, port)
    person.shown("CP READ")
    person.enter("LOGON ALPHA WRONG")
    person.shown("DMKLOG050E")
    person.enter("LOGON ALPHA ALPHA")
    person.until(lambda: person.client.status == "NOT ACCEPTED")
    assert "ALPHA" not in cp.users


def test_attention_and_system_request(cp: System, port: int) -> None:
    person = Person(cp, port)
    person.logon("ALPHA")
    cp.users["ALPHA"].storage.write(0x200, bytes.fromhex("47F00200"))
    person.enter("STORE PSW 00000000 00000200")
    person.enter("BEGIN")
    for code in (telnet.INTERRUPT_PROCESS, telnet.ABORT_OUTPUT):
        person.until(lambda: person.client.status == "RUNNING")
        person.client.command(code)
        person.send(person.client.output())
        person.until(lambda: person.client.status == "CP READ")
        person.enter("BEGIN")


# --- plain clients ---


def test_nc_is_a_typewriter(cp: System, port: int) -> None:
    wire = Wire(cp, port)
    wire.send(b"LOGON ALPHA ALPHA\n")
    wire.shown("VM/370 ONLINE\r\n")
    wire.shown("LOGON AT")
    wire.send(b"QUERY USERS\n")
    wire.shown("001 USERS,")
    assert wire.received.startswith(bytes((255, 253, 40)))  # only the question what the client is
    assert IAC not in wire.received[3:]


def test_who_says_nothing_is_greeted_after_a_second(cp: System, port: int, clock: StoppedClock) -> None:
    wire = Wire(cp, port)
    wire.until(lambda: len(wire.received) == 3)
    for _ in range(50):
        wire.turn()
    assert len(wire.received) == 3
    clock.advance(1.0)
    wire.shown("VM/370 ONLINE\r\n")


def test_telnet_hides_a_password(cp: System, port: int) -> None:
    wire = Wire(cp, port)
    wire.send(bytes((255, 252, 40)))  # WONT TN3270E
    wire.until(lambda: bytes((255, 253, 24)) in wire.received)
    wire.send(bytes((255, 252, 24)))  # WONT TERMINAL-TYPE
    wire.shown("ONLINE")
    wire.send(b"LOGON ALPHA\r\n")
    wire.shown("ENTER PASSWORD:")
    wire.until(lambda: bytes((255, 251, 1)) in wire.received)  # WILL ECHO
    wire.send(bytes((255, 253, 1)) + b"ALPHA\r\n")
    wire.until(lambda: bytes((255, 252, 1)) in wire.received)  # WONT ECHO
    wire.shown("LOGON AT")


def test_a_line_that_is_too_long_is_not_done(cp: System, port: int) -> None:
    wire = Wire(cp, port)
    wire.send(b"LOGON " + b"A" * 5000 + b"\n")
    wire.shown("NOT ACCEPTED")
    wire.send(b"LOGON ALPHA ALPHA\n")
    wire.shown("LOGON AT")


def test_a_typewriter_that_does_not_read_holds_its_guest(cp: System, port: int) -> None:
    wire = Wire(cp, port)
    wire.send(b"LOGON ALPHA ALPHA\n")
    wire.shown("LOGON AT")
    machine = cp.users["ALPHA"]
    assert machine.session is not None
    lines = 0
    while not machine.session.terminal.held:
        for _ in range(100):
            machine.say(f"LINE {lines} " + "X" * 100)
            lines += 1
        cp.step()
        assert lines < 100_000
    wire.shown(f"LINE {lines - 1} ")
    assert not machine.session.terminal.held


def test_who_never_reads_is_dropped_when_his_share_is_used_up(cp: System, port: int) -> None:
    wire = Wire(cp, port)
    wire.send(b"LOGON ALPHA ALPHA\n")
    wire.shown("LOGON AT")
    machine = cp.users["ALPHA"]
    for _ in range(100_000):
        if machine.session is None:
            break
        machine.say("X" * 100)
        if _ % 500 == 0:
            cp.step()
    assert machine.session is None
    assert cp.doors is not None
    assert cp.doors.connections == 0


# --- hostile ones ---


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfa\x18" + bytes(1000),
        b"\xff\xfb\x28" + b"\xff\xfa\x28\x02\x07WHAT\xff\xf0" * 20,
        b"\xff\xfb\x28\xff\xfa\x28\x02\x07IBM-3278-2\xff\xf0\xff\xfa\x28\x03\x07\xff\xf0" + bytes(70_000),
        b"\xff\xfb\x28\xff\xfa\x28\x02\x07IBM-3278-2\xff\xf0\xff\xfa\x28\x03\x07\xff\xf0\x00\xff\xef",
    ],
)
def test_who_breaks_the_rules_is_sent_away_alone(cp: System, port: int, data: bytes) -> None:
    person = Person(cp, port)
    person.logon("ALPHA")
    bad = Wire(cp, port)
    for at in range(0, len(data), 4096):
        try:
            bad.send(data[at : at + 4096])
        except OSError:
            break
        bad.turn()
    bad.until(lambda: bad.closed)
    person.enter("QUERY USERS")
    person.shown("001 USERS")
    assert not cp.failed


def test_only_so_many_connections(cp: System, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "MOST_CALLERS", 3)
    people = [Person(cp, port) for _ in range(3)]
    for person in people:
        person.shown("CP READ")
    late = Wire(cp, port)
    late.until(lambda: late.closed)
    people[0].vanish()
    next_one = Person(cp, port)
    next_one.shown("CP READ")


def test_shutdown_says_good_bye(cp: System, port: int) -> None:
    person = Person(cp, port)
    person.shown("CP READ")
    person.enter("LOGON OPERATOR OPERATOR")
    person.shown("LOGON AT")
    client = Person(cp, port)
    client.shown("CP READ")
    person.enter("SHUTDOWN")
    for _ in range(1000):
        if cp.shutting_down:
            break
        cp.step()
    assert cp.shutting_down
    assert cp.doors is None
    data = client.socket.recv(65_536)
    client.client.receive(data)
    assert not client.client.bound  # UNBIND
    assert client.socket.recv(1) == b""


# --- programs' screens ---

MULTI = """\
USER MULTI MULTI 256K 256K G
 CONSOLE 009 3215
 SPECIAL 0C1 3270
"""
ERASE_WRITE, READ_MODIFIED = 0x05, 0x06
SCREEN = bytes.fromhex("C3 11 4040 1DF0") + to_ebcdic("READY") + bytes.fromhex("11 C150 1D40 13")  # input in row 2


@pytest.fixture
def dialed(cp: System, port: int, home: Path, logged_on: Callable[[str], User]) -> tuple[Person, DisplayStation]:
    """A 3270 that has dialed MULTI, and the device there."""
    with (home / "directory").open("a") as file:
        file.write(MULTI)
    logged_on("MULTI")
    person = Person(cp, port)
    person.shown("CP READ")
    person.enter("DIAL MULTI")
    person.shown("DIALED TO MULTI 0C1")
    device = cp.users["MULTI"].devices[0x0C1]
    assert isinstance(device, DisplayStation)
    return person, device


def test_a_program_has_the_whole_screen(cp: System, dialed: tuple[Person, DisplayStation]) -> None:
    person, station = dialed
    execute(station, ERASE_WRITE, SCREEN)
    person.until(lambda: person.client.text == " READY")
    person.client.type("Hello")
    person.press(0xF3)
    person.until(lambda: execute(station, READ_MODIFIED)[:1] == b"\xf3")
    assert execute(station, READ_MODIFIED) == bytes.fromhex("F3 C1D6 11 C1D1") + to_ebcdic("Hello")
    for number in range(3):
        execute(station, 0x01, bytes.fromhex("C3 11 C260") + to_ebcdic(f"TICK {number}"))
    person.shown("TICK 2")
    assert "Hello" in person.client.text


def test_system_request_gives_a_dialed_terminal_back(cp: System, dialed: tuple[Person, DisplayStation]) -> None:
    person, station = dialed
    execute(station, ERASE_WRITE, SCREEN)
    person.shown("READY")
    person.client.command(telnet.ABORT_OUTPUT)
    person.send(person.client.output())
    person.shown("DROP FROM MULTI 0C1")
    person.shown("CP READ")
    assert not station.connected


def test_a_slow_3270_gets_the_newest_screen(cp: System, dialed: tuple[Person, DisplayStation]) -> None:
    person, station = dialed
    for number in range(2000):
        execute(station, ERASE_WRITE, SCREEN + to_ebcdic(f"STATE {number}".ljust(1000)))
        if number % 20 == 0:
            cp.step()
    person.shown("STATE 1999")
    assert person.client.writes < 2000
    assert cp.doors is not None
    assert cp.doors.connections == 1
