"""VM/370's screen in line mode, on a display that is modelled: what stands where, what the keys give."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm370.cp.console import keyboard3270 as keyboard
from vm370.cp.console.inbound3270 import read_modified
from vm370.cp.console.orders3270 import write
from vm370.cp.console.screen3270 import (
    CLEAR,
    DARK,
    ENTER,
    ERASE_WRITE,
    ERASE_WRITE_ALTERNATE,
    MODELS,
    PA1,
    PA2,
    PA3,
    PF_KEYS,
    SYSTEM_REQUEST,
    WRITE,
    blank,
)
from vm370.cp.console.terminal import Origin, Status
from vm370.cp.console.vmscreen import Action, Attention, ProgramFunction, Typed, VmScreen
from vm370.images.ebcdic import from_ebcdic, to_ebcdic


class Client:
    """A display at the other end, and somebody in front of it."""

    def __init__(self, model: int = 2, *, colors: bool = False) -> None:
        self.vm = VmScreen(model, colors=colors)
        self.screen = blank(model)
        self.commands: list[int] = []
        self.sizes: list[int] = []
        self.turn()

    def turn(self) -> None:
        """What the door does in each turn."""
        stream = self.vm.stream()
        if stream:
            self.commands.append(stream[0])
            self.sizes.append(len(stream))
            self.screen = write(self.screen, stream[0], stream[1:])
        assert self.vm.stream() == b"", "nothing has changed since"

    def say(self, *lines: str, origin: Origin = Origin.CP) -> None:
        for line in lines:
            self.vm.write_line(line, origin)
        self.turn()

    def type(self, text: str) -> None:
        for code in to_ebcdic(text):
            self.screen = keyboard.type_character(self.screen, code)

    def press(self, aid: int) -> list[Action]:
        self.screen = keyboard.press(self.screen, aid)
        record = read_modified(self.screen)
        actions = self.vm.aid(record[0], record[1:])
        self.turn()
        assert not self.screen.locked
        return actions

    def row(self, number: int) -> str:
        """From 1."""
        return from_ebcdic(self.screen.text(number - 1)).rstrip()

    @property
    def status(self) -> str:
        rows, columns = self.screen.rows, self.screen.columns
        return from_ebcdic(self.screen.text(rows - 1))[columns - 20 :].rstrip()


def test_the_lay_out_of_release_6() -> None:
    it = Client()
    it.vm.set_status(Status.CP_READ)
    it.say("VM/370 ONLINE")
    assert it.commands[0] == ERASE_WRITE
    assert it.row(1) == "VM/370 ONLINE"
    assert it.status == "CP READ"
    assert it.screen.cursor == 1760, "row 23, column 1: behind the attribute at X'5B5F'"
    assert it.screen.attributes[1759] & 0x20 == 0
    assert it.screen.attributes[1899] & 0x20, "X'5D6B', protected: the output area too"
    assert it.screen.attribute_at(0) & 0x20
    assert sum(1 for attribute in it.screen.attributes if attribute) == 2


def test_a_line_is_typed() -> None:
    it = Client()
    it.type("logon alpha")
    it.say("A LINE MEANWHILE")
    assert it.row(23) == "logon alpha", "what is being typed stays"
    assert it.press(ENTER) == [Typed("logon alpha")]
    assert it.row(23) == ""
    assert it.screen.cursor == 1760
    assert it.press(ENTER) == [Typed("")]
    it.type("x" * 200)
    assert it.press(ENTER) == [Typed("x" * 139)]


def test_only_what_has_changed_is_sent() -> None:
    it = Client()
    it.say(*[f"line {number}" for number in range(5)])
    before = len(it.commands)
    it.say("one more")
    assert it.commands[before:] == [WRITE]
    assert it.sizes[-1] < 30
    assert it.row(6) == "one more"


def test_more_holding_and_the_next_screen() -> None:
    it = Client()
    it.say(*[f"line {number}" for number in range(22)])
    assert (it.row(22), it.status) == ("line 21", "RUNNING")
    it.say(*[f"line {number}" for number in range(22, 30)])
    assert (it.row(1), it.status) == ("line 0", "MORE...")
    assert it.press(ENTER) == []
    assert it.status == "HOLDING"
    assert it.press(PA2) == []
    assert (it.row(22), it.status) == ("line 29", "RUNNING")
    it.say(*[f"line {number}" for number in range(30, 100)])
    assert it.vm.held, "more than a screen waits: the machine does too"
    assert it.press(CLEAR) == []
    assert it.commands[-1] == ERASE_WRITE
    assert it.row(1) == "line 44"


def test_time_goes_on_with_an_alarm() -> None:
    it = Client()
    it.vm.tick(100.0)
    it.say(*[f"line {number}" for number in range(30)])
    assert it.vm.wake_up_at == 150.0
    it.vm.tick(149.0)
    it.turn()
    assert it.screen.alarms == 0
    it.vm.tick(150.0)
    it.turn()
    assert it.screen.alarms == 1
    assert it.vm.wake_up_at == 160.0
    it.vm.tick(160.0)
    it.turn()
    assert (it.status, it.vm.wake_up_at) == ("RUNNING", None)


def test_keys() -> None:
    it = Client()
    it.type("half a line")
    assert it.press(PF_KEYS[11]) == [ProgramFunction(12, "half a line")]
    assert it.row(23) == "half a line"
    assert it.press(PA1) == [Attention()]
    assert it.press(SYSTEM_REQUEST) == [Attention()]
    assert it.press(PA3) == []
    it.vm.replace_input("another line")
    it.turn()
    assert it.row(23) == "another line"
    assert it.screen.cursor == 1760 + 12
    assert it.press(ENTER) == [Typed("another line")]


def test_a_password_is_not_seen() -> None:
    it = Client()
    it.vm.masked = True
    it.turn()
    it.type("secret")
    assert it.screen.attributes[1759] & 0x0C == DARK
    assert it.row(23) == ""
    assert it.press(ENTER) == [Typed("secret")]
    it.vm.masked = False
    it.turn()
    it.type("seen")
    assert it.row(23) == "seen"


def test_not_accepted() -> None:
    it = Client()
    it.vm.refuse()
    it.turn()
    assert it.status == "NOT ACCEPTED"
    it.press(PA3)
    assert it.status == "RUNNING"


def test_a_display_that_knows_colors() -> None:
    it = Client(colors=True)
    it.say("from CP", "x" * 80)
    it.say("typed", origin=Origin.TYPED)
    it.say(*["line"] * 18, "y" * 80)
    assert (it.screen.color[0], it.screen.color[8]) == (0xF4, 0)
    assert it.row(2) == "x" * 80
    assert it.screen.color[2 * 80] == 0xF5
    assert it.row(22) == "y" * 79, "the last position of the output area is the input area's attribute"


@pytest.mark.parametrize("model", MODELS)
def test_models(model: int) -> None:
    rows, columns = MODELS[model]
    it = Client(model)
    assert it.commands == [ERASE_WRITE if model == 2 else ERASE_WRITE_ALTERNATE]
    it.say(*["x" * (columns + 1)] * ((rows - 2) // 2 + 1))
    assert it.status == "MORE..."
    it.type("abc")
    assert it.row(rows - 1) == "abc"
    assert it.press(ENTER) == [Typed("abc")]


def test_another_screen_was_there() -> None:
    it = Client()
    it.say("a line")
    it.screen = write(it.screen, ERASE_WRITE, b"\xc3" + to_ebcdic("a program's screen"))
    it.vm.forget()
    it.turn()
    assert it.row(1) == "a line"


@settings(max_examples=80, deadline=None)
@given(
    aid=st.one_of(st.integers(0, 255), st.sampled_from([ENTER, CLEAR, PA2, *PF_KEYS])),
    data=st.one_of(st.binary(max_size=40), st.binary(max_size=20).map(lambda text: b"\x5b\x60\x11\x5b\x60" + text)),
    text=st.text(max_size=100),
)
def test_any_record_leaves_a_screen(aid: int, data: bytes, text: str) -> None:
    it = Client()
    it.say(text)
    for action in it.vm.aid(aid, data):
        assert isinstance(action, Typed | Attention | ProgramFunction)
    it.turn()
    assert it.screen.attributes[1899]
