"""Several virtual consoles on one terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cp.commands.cpkit import DIRECTORY, User
from vm370.cp.console.terminal import Status
from vm370.cp.io.console import MOST_LINES, READ_INQUIRY, WRITE, WRITE_CARRIER_RETURN, Console
from vm370.cp.io.device import WAIT, Supply
from vm370.cp.spool.printer import printer_text
from vm370.cp.system import System
from vm370.images.ebcdic import from_ebcdic, to_ebcdic

LogOn = Callable[[str], User]


def write(console: Console, text: str, command: int = WRITE_CARRIER_RETURN) -> None:
    data = [to_ebcdic(text)]
    console.execute(command, Supply(lambda length: data.pop() if data else b""), len(text))


def read(console: Console) -> str | None:
    """What a read gets; None: it waits."""
    outcome = console.execute(READ_INQUIRY, Supply(lambda length: b""), 80)
    return None if outcome is WAIT else from_ebcdic(outcome.data)


def two_consoles(user: User) -> tuple[Console, Console]:
    assert user.type("DEFINE CONSOLE AS 01F") == ["CONS 01F DEFINED"]
    first, second = user.vm.consoles.find(0x009), user.vm.consoles.find(0x01F)
    assert first is not None
    assert second is not None
    assert user.vm.console is first
    user.vm.resume()
    return first, second


def test_lines_of_a_further_console_begin_with_its_address(cp: System, logged_on: LogOn) -> None:
    user = logged_on("ALPHA")
    first, second = two_consoles(user)
    user.vm.in_cp = True
    user.type("SPOOL 01F START")
    write(first, "FIRST")
    write(second, "SECOND  ")
    write(second, "A PROMPT: ", WRITE)
    write(first, "NEXT")
    assert user.read() == ["FIRST", "01F: SECOND", "01F: A PROMPT:", "NEXT"]
    user.type("SPOOL 01F STOP CLOSE")
    (file,) = cp.spool.files()
    assert "".join(printer_text(cp.spool.read(file))).splitlines() == ["01F: SECOND", "01F: A PROMPT:"]


def test_reads_are_answered_in_the_order_in_which_they_began(logged_on: LogOn) -> None:
    user = logged_on("ALPHA")
    first, second = two_consoles(user)
    assert user.session.status is Status.RUNNING
    assert read(second) is None
    assert user.session.status is Status.VM_READ
    assert read(first) is None
    assert read(second) is None  # the same read, executed again
    user.type("for the second", "for the first")
    assert (read(first), read(second)) == ("for the first", "for the second")
    user.type("nobody reads")
    assert (first.unread, second.unread) == (True, False)


def test_attn_chooses_a_console(logged_on: LogOn) -> None:
    user = logged_on("ALPHA")
    first, second = two_consoles(user)
    assert read(first) is None
    assert user.type("#CP ATTN 1F") == []
    user.type("command", "answer")
    assert (read(first), read(second)) == ("answer", "command")
    user.type("SET EMSG ON")
    user.vm.in_cp = True
    user.type("SET EMSG ON")
    assert user.type("ATTN 00E") == ["DMKCFG006E INVALID DEVICE TYPE - 00E"]
    assert user.type("ATTN 444") == ["DMKCFG040E DEV 444 DOES NOT EXIST"]
    assert user.type("REQUEST 1F 2") == ["DMKCFG002E INVALID OPERAND - 2"]


def test_the_other_console_is_first_when_the_first_one_goes(logged_on: LogOn) -> None:
    user = logged_on("ALPHA")
    _, second = two_consoles(user)
    user.vm.in_cp = True
    user.type("ATTN 1F")
    user.vm.in_cp = True
    assert user.type("DETACH 009") == ["CONS 009 DETACHED"]
    write(second, "ALONE")
    assert user.read() == ["ALONE"]
    assert user.type("DETACH 01F") == ["CONS 01F DETACHED"]
    user.vm.resume()
    assert user.type("hello") == ["NO VIRTUAL CONSOLE"]


def test_the_directory_may_have_several(home: Path, cp: System, logged_on: LogOn) -> None:
    (home / "directory").write_text(DIRECTORY.replace(" SPOOL 00C", " CONSOLE 01F 3215 B\n SPOOL 00C"))
    user = logged_on("ALPHA")
    assert [line for line in user.type("QUERY VIRTUAL CONSOLE") if line.startswith("CONS")] == [
        "CONS 009 ON GRAF 0C0   TERM STOP",
        "CONS 01F ON GRAF 0C0   TERM STOP",
    ]
    assert user.vm.console_address() == 0x009


def test_a_console_takes_only_so_many_lines(logged_on: LogOn) -> None:
    user = logged_on("ALPHA")
    user.vm.resume()
    user.read()
    assert user.type(*["x"] * MOST_LINES) == []
    assert user.type("x") == ["NOT ACCEPTED"]
    assert user.vm.console is not None
    assert read(user.vm.console) == "x"
    assert user.type("y") == []
