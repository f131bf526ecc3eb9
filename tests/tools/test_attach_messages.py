"""Messages of the home's socket: pieces, damage, bounds; and what the system's side does with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cp.commands.conftest import clock, cp, home, logged_on  # noqa: F401 (fixtures)
from vm370.cp.console.doors import CallerError
from vm370.cp.system import System
from vm370.tools.attach.client import AttachError, Client
from vm370.tools.attach.messages import LONGEST, Message, MessageError, Reader, encoded
from vm370.tools.attach.server import LocalCaller

VALUES = st.one_of(st.text(), st.integers(), st.booleans(), st.none())
MESSAGES = st.dictionaries(st.text(max_size=8), VALUES, max_size=4)


@given(st.lists(MESSAGES, max_size=5), st.integers(1, 50))
def test_messages_arrive_as_they_were_sent(messages: list[Message], size: int) -> None:
    stream = b"".join(map(encoded, messages))
    reader, found = Reader(), []
    for at in range(0, len(stream), size):
        found += reader.feed(stream[at : at + size])
    assert found == messages


@pytest.mark.parametrize("data", [b"x\n", b"[1]\n", b"\xff\n", b"[" * 100_000 + b"\n", bytes(LONGEST + 1)])
def test_what_is_no_message(data: bytes) -> None:
    with pytest.raises(MessageError):
        Reader().feed(data)


def answers(caller: LocalCaller) -> list[Message]:
    return Reader().feed(caller.output())


def test_a_terminal_tells_its_state(cp: System) -> None:  # noqa: F811
    caller = LocalCaller(cp, "pid 1", lambda: None)
    caller.receive(encoded({"do": "terminal", "user": None}))
    caller.look(0.0)
    assert answers(caller) == [
        {"line": "VM/370 ONLINE", "origin": "cp"},
        {"state": {"user": "", "status": "CP READ", "masked": False, "waits": True, "entered": 0}},
    ]
    caller.receive(encoded({"do": "enter", "line": "LOGON ALPHA"}))
    caller.look(0.0)
    assert answers(caller)[-1]["state"]["masked"] is True
    caller.receive(encoded({"do": "enter", "line": "ALPHA"}))
    caller.look(0.0)
    assert answers(caller)[-1]["state"]["user"] == "ALPHA"
    caller.hang_up("closed")
    assert cp.users["ALPHA"].session is None


def test_a_command_to_cp_of_a_disconnected_user(cp: System) -> None:  # noqa: F811
    first = LocalCaller(cp, "pid 1", lambda: None)
    first.receive(encoded({"do": "terminal", "user": "ALPHA"}))
    first.hang_up("closed")
    caller = LocalCaller(cp, "pid 2", lambda: None)
    caller.receive(encoded({"do": "command", "user": "alpha", "line": "QUERY USERS", "to": "CP"}))
    for _ in range(10):
        if caller.ended:
            break
        caller.look(0.0)
    (answer,) = answers(caller)
    assert answer["result"]["rc"] == 0
    assert answer["result"]["lines"] == ["001 USERS, 000 DIALED"]
    assert cp.users["ALPHA"].session is None


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"do": "command", "user": "ALPHA", "line": "X", "to": "CP"}, "ALPHA is not logged on"),
        ({"do": "terminal", "user": "NOBODY"}, "DMKLOG053E"),
    ],
)
def test_what_cannot_be(cp: System, message: Message, text: str) -> None:  # noqa: F811
    caller = LocalCaller(cp, "pid 1", lambda: None)
    caller.receive(encoded(message))
    assert text in answers(caller)[-1]["error"]
    assert caller.ended


@pytest.mark.parametrize("message", [{"do": "enter", "line": "X"}, {"do": "dance"}, {}, {"do": "command", "user": 1}])
def test_what_is_not_expected_ends_the_connection(cp: System, message: Message) -> None:  # noqa: F811
    caller = LocalCaller(cp, "pid 1", lambda: None)
    with pytest.raises(CallerError):
        caller.receive(encoded(message))


def test_nobody_is_there(tmp_path: Path) -> None:
    with pytest.raises(AttachError, match="no system that can be reached"):
        Client(tmp_path / ("long" * 40))
