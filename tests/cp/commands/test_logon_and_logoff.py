"""LOGON with a mask, too many users, AUTOLOG, reconnecting, and what ends a disconnected machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cp.commands.cpkit import StoppedClock, User
from vm370.cp.commands.logon import start_first_machine
from vm370.cp.io.device import Supply
from vm370.cp.io.unitrecord import Record
from vm370.cp.spool import Destination
from vm370.cp.system import System

Logon = Callable[[str], User]
New = Callable[[], User]

SERVERS = """\
USER SERVER SERVER 256K 256K G
 IPL 00C
 CONSOLE 009 3215 T ALPHA
 SPOOL 00C 2540 READER *
USER ALONE ALONE 256K 256K G
 CONSOLE 009 3215
USER BROKEN BROKEN 256K 256K G
 IPL 333
 CONSOLE 009 3215
"""
IPL_CARD = bytes.fromhex("0000000000000800" + "0200080020000050")  # the next card to 800, and there
PROGRAM_CARD = bytes.fromhex(
    "41100820 50100048 9C000009 82000840 0000000000000000 0000000000000000"  # SIO 009 with the CCWs at 820, wait
    "0900083860000005 0A00090060000050 0900090020000005"  # write HELLO, read a line, write 5 bytes of it
    "C8C5D3D3D6000000 4002000000000000"
)


@pytest.fixture
def servers(home: Path) -> None:
    with (home / "directory").open("a") as file:
        file.write(SERVERS)


def test_mask(new_user: New) -> None:
    user = new_user()
    user.read()
    assert user.type("LOGON ALPHA MASK") == ["ENTER PASSWORD:", "XXXXXXXX"]
    assert user.type("ALPHA")[-1].startswith("LOGON AT")


def test_enter_instead_of_a_password_asks_again_with_a_mask(new_user: New) -> None:
    user = new_user()
    user.read()
    assert user.type("LOGON ALPHA") == ["ENTER PASSWORD:"]
    assert user.type("") == ["ENTER PASSWORD:", "XXXXXXXX"]
    assert user.type("ALPHA")[-1].startswith("LOGON AT")


def test_maximum_users(logged_on: Logon, new_user: New, cp: System) -> None:
    operator = logged_on("OPERATOR")
    operator.read()
    assert operator.type("QUERY MAXIMUM") == ["MAX USERS = 000"]
    assert operator.type("SET MAXIMUM 2", "QUERY MAX") == ["MAX USERS = 002"]
    alpha = logged_on("ALPHA")
    beta = new_user()
    beta.read()
    assert beta.type("LOGON BETA BETA") == ["DMKLOG051E MAXIMUM USERS EXCEEDED"]
    alpha.type("DISCONN")
    assert alpha.type("LOGON ALPHA ALPHA")[-1].startswith("RECONNECTED AT")  # he counts already
    assert alpha.type("SET MAXIMUM 9") == ["INVALID OPERAND - MAXIMUM"]
    operator.type("SET MAXIMUM 0", "LOGOFF")
    assert beta.type("LOGON BETA BETA")[-1].startswith("LOGON AT")


def test_who_may_change_the_maximum_always_comes(logged_on: Logon, cp: System) -> None:
    logged_on("ALPHA")
    cp.maximum_users = 1
    assert logged_on("OPERATOR").vm.userid == "OPERATOR"


def test_reconnecting_resets_what_belongs_to_the_terminal(logged_on: Logon) -> None:
    alpha = logged_on("ALPHA")
    alpha.type("TERM LINESIZE 40 LINEDEL OFF CHARDEL % APL ON", "SET EMSG ON", "DISCONN", "LOGON ALPHA ALPHA")
    options = alpha.vm.terminal_options
    assert (options.line_size, options.apl) == (130, False)
    assert (options.editing.line_delete, options.editing.character_delete) == ("¢", "%")
    assert alpha.vm.settings.emsg == "ON"


@pytest.fixture
def server_deck(servers: None, logged_on: Logon, cp: System) -> User:
    """ALPHA, who has punched a program for SERVER and is its secondary user."""
    alpha = logged_on("ALPHA")
    alpha.type("SPOOL PUN TO SERVER")
    for card in (IPL_CARD, PROGRAM_CARD):
        data = [card.ljust(80, b"\0")]
        alpha.vm.devices[0x00D].execute(0x01, Supply(lambda length, data=data: data.pop() if data else b""), 80)
    alpha.type("CLOSE PUN")
    alpha.read()
    return alpha


def run(cp: System) -> None:
    for _ in range(5):
        cp.step()


def test_autolog(server_deck: User, logged_on: Logon, cp: System) -> None:
    operator = logged_on("OPERATOR")
    operator.read()
    server_deck.read()
    line = "09:30:15 AUTO LOGON  ***  SERVER    USERS = 003 BY OPERATOR"
    assert operator.type("AUTOLOG SERVER SERVER  Two  words") == [line]
    server = cp.users["SERVER"]
    assert server.session is None
    assert server.terminal_options.editing.line_end is None
    run(cp)
    assert server_deck.read() == ["SERVER  : HELLO", "SERVER  : Two"]
    assert operator.type("QUERY NAMES")[-1].endswith("SERVER   - DSC")
    assert operator.type("AUTOLOG SERVER SERVER") == ["ALREADY LOGGED ON DSC"]


def test_the_first_read_of_an_automatic_machine_gets_a_line_without_data_too(
    server_deck: User, logged_on: Logon, cp: System
) -> None:
    logged_on("OPERATOR").type("AUTOLOG SERVER SERVER")
    run(cp)
    assert not cp.users["SERVER"].console_reading
    assert "SERVER  : HELLO" in server_deck.read()


@pytest.mark.usefixtures("servers")
@pytest.mark.parametrize(
    ("operands", "message"),
    [
        ("", "DMKALG020E USERID MISSING OR INVALID"),
        ("SERVER", "DMKALG026E OPERAND MISSING OR INVALID"),
        ("NOBODY X", "DMKLOG053E NOBODY NOT IN CP DIRECTORY"),
        ("GAMMA NOLOG", "DMKLOG053E GAMMA NOT IN CP DIRECTORY"),
        ("SERVER WRONG", "DMKALG050E PASSWORD INCORRECT"),
        ("ALONE ALONE", "DMKALG059E AUTOLOG FAILED FOR ALONE; IPL MISSING"),
        ("BROKEN BROKEN", "DMKALG059E AUTOLOG FAILED FOR BROKEN; DEV 333 DOES NOT EXIST"),
    ],
)
def test_autolog_that_cannot_be_done(logged_on: Logon, cp: System, operands: str, message: str) -> None:
    operator = logged_on("OPERATOR")
    operator.type("SET EMSG ON")
    operator.read()
    assert operator.type(f"AUTOLOG {operands}") == [message]
    assert list(cp.users) == ["OPERATOR"]


@pytest.mark.usefixtures("servers")
def test_a_machine_that_guesses_may_not_use_autolog_any_more(logged_on: Logon, cp: System, clock: StoppedClock) -> None:
    operator = logged_on("OPERATOR")
    for _ in range(4):
        assert operator.vm.command("AUTOLOG SERVER WRONG", to_buffer=True)[0] == 50
        assert operator.vm.command("AUTOLOG SERVER SERVER", to_buffer=True)[0] in (361, 115)  # too soon
        clock.advance(60)
    assert operator.vm.command("AUTOLOG SERVER SERVER", to_buffer=True)[0] == 115
    operator.read()
    assert operator.type("AUTOLOG SERVER SERVER") == ["AUTOLOG FAILED FOR SERVER; IPL UNIT ERROR; 00C"]


def test_what_an_automatic_machine_has_off_is_as_in_the_directory_after_reconnecting(
    server_deck: User, logged_on: Logon, new_user: New, cp: System
) -> None:
    logged_on("OPERATOR").type("AUTOLOG SERVER SERVER")
    user = new_user()
    user.type("LOGON SERVER SERVER")
    assert user.vm.terminal_options.editing.line_end == "#"


def test_the_first_machine_is_logged_on_when_cp_starts(home: Path, cp: System) -> None:
    start_first_machine(cp)
    assert cp.users == {}
    with (home / "directory").open("a") as file:
        file.write("USER AUTOLOG1 SECRET 256K 256K ABG\n IPL 00C\n CONSOLE 009 3215\n SPOOL 00C 2540 READER *\n")
    cp.current_directory()
    start_first_machine(cp)
    assert cp.users == {}  # its reader is empty
    cards = [Record(0x01, IPL_CARD.ljust(80, b"\0")), Record(0x01, PROGRAM_CARD.ljust(80, b"\0"))]
    cp.spool.add("PUN", "MAINT", cards, Destination("RDR", "AUTOLOG1"))
    start_first_machine(cp)
    assert list(cp.users) == ["AUTOLOG1"]
    run(cp)
    assert cp.users["AUTOLOG1"].idle


def test_what_a_disconnected_machine_writes_its_secondary_user_reads(server_deck: User, new_user: New) -> None:
    server = new_user()
    server.type("LOGON SERVER SERVER NOIPL")
    server_deck.read()
    server.vm.say("not yet")
    assert server_deck.read() == []
    vm = server.vm
    server.type("DISCONN")
    vm.say("now")
    assert server_deck.read() == ["SERVER  : now"]
    assert server_deck.type("MSG SERVER hello") == ["SERVER  : 09:30:15 MSG FROM ALPHA   : hello"]
    server_deck.type("DISCONN")
    vm.say("to nobody")
    assert server_deck.type("LOGON ALPHA ALPHA")[-1].startswith("RECONNECTED")


def test_send(server_deck: User, new_user: New, cp: System, logged_on: Logon) -> None:
    server = new_user()
    server.type("LOGON SERVER SERVER")
    vm = server.vm
    assert server_deck.type("SEND SERVER now") == ["SEND FAILED FOR USERID SERVER; NOT DISCONNECTED"]
    run(cp)
    server.type("#CP DISCONN")
    assert vm.console_reading
    assert logged_on("BETA").type("SEND SERVER now")[-1] == "SEND FAILED FOR USERID SERVER; NOT ITS SECONDARY USER"
    server_deck.read()
    assert server_deck.type("SEND CP SERVER QUERY PRIV") == ["SERVER  : PRIV = G"]
    assert server_deck.type("SEND CP SERVER QUERY NOSUCH") == ["SERVER  : NOSUCH NOT LOGGED ON"]
    assert server_deck.type("SEND SERVER Typed from outside") == []
    run(cp)
    assert server_deck.read() == ["SERVER  : Typed"]
    server_deck.type("SEND CP SERVER CP")
    assert server_deck.type("SEND SERVER QUERY PRIV")[-1] == "SERVER  : PRIV = G"
    assert server_deck.type("SEND CP SERVER LOGOFF")[0].startswith("SERVER  : CONNECT=")
    assert "SERVER" not in cp.users
    for line, answer in [
        ("SEND", "USERID MISSING OR INVALID"),
        ("SEND SERVER x", "SERVER NOT LOGGED ON"),
        ("SEND CP", "CP NOT LOGGED ON"),
    ]:
        assert server_deck.type(line) == [answer]


def test_a_disconnected_machine_that_nobody_can_help_is_logged_off(
    logged_on: Logon, cp: System, clock: StoppedClock
) -> None:
    operator, alpha, beta = logged_on("OPERATOR"), logged_on("ALPHA"), logged_on("BETA")
    beta.vm.resume()
    beta.vm.storage.write(0x800, bytes.fromhex("47F00800"))
    beta.vm.cpu.ia = 0x800
    alpha.type("DISCONN")  # it has not been started: it is in CP mode
    beta.type("DISCONN")  # it loops
    cp.step()
    clock.advance(899)
    cp.step()
    assert "ALPHA" in cp.users
    operator.read()
    clock.advance(1)
    cp.step()
    assert list(cp.users) == ["OPERATOR", "BETA"]
    assert operator.read() == ["09:45:15 USER DSC LOGOFF AS ALPHA     USERS = 002 FORCED"]


def test_the_end_of_helpless_machines_is_a_time_to_wake_up(logged_on: Logon, cp: System, clock: StoppedClock) -> None:
    logged_on("ALPHA").type("DISCONN")
    cp.step()
    assert cp.next_wake_up() == clock.monotonic() + 900


def test_coming_back_begins_the_time_anew(logged_on: Logon, cp: System, clock: StoppedClock) -> None:
    alpha = logged_on("ALPHA")
    alpha.type("DISCONN")
    cp.step()
    clock.advance(800)
    alpha.type("LOGON ALPHA ALPHA")
    cp.step()
    clock.advance(2)
    alpha.type("DISCONN")
    cp.step()
    clock.advance(800)
    cp.step()
    assert "ALPHA" in cp.users
