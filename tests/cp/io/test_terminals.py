"""Displays, communication lines and the pseudo timer of a virtual machine."""

from __future__ import annotations

import pytest

from tests.cp.io.channelkit import CC, SLI, Machine, ccw
from vm370.cp.console.display3270 import Display3270
from vm370.cp.console.screen3270 import ENTER
from vm370.cp.io.ccw import Csw
from vm370.cp.io.device import NORMAL_END, Device, UnitStatus
from vm370.cp.io.display import DisplayStation
from vm370.cp.io.line import MOST_LINES, CommunicationLine
from vm370.cp.io.linecodes import LOWER, UPPER, printed, typed_line
from vm370.cp.io.timer import PseudoTimer

AT = 0x0A0
ATTENTION, DEVICE_END = UnitStatus.ATTENTION, UnitStatus.DEVICE_END
UNIT_CHECK, UNIT_EXCEPTION = UnitStatus.UNIT_CHECK, UnitStatus.UNIT_EXCEPTION


def with_device(device: Device) -> Machine:
    machine = Machine()
    machine.channels.attach(AT, device)
    return machine


def sense(machine: Machine) -> int:
    assert machine.execute(AT, ccw(0x04, 0x7000, 0, 1)).unit == NORMAL_END
    return machine.read(0x7000, 1)[0]


# --- display ---


def test_a_display_is_not_ready_until_somebody_dials() -> None:
    station = DisplayStation()
    machine = with_device(station)
    assert machine.execute(AT, ccw(0x05, 0x2000, SLI, 4)).unit == UNIT_CHECK
    assert sense(machine) == 0x40
    Display3270().dial(station)
    assert machine.interruption() == (AT, Csw(unit=DEVICE_END))


def test_a_conversation_with_a_display() -> None:
    station, display = DisplayStation(), Display3270()
    machine = with_device(station)
    display.dial(station)
    machine.interruption()
    stream = bytes.fromhex("C3 11 4040 1D40 13")
    machine.write(0x2000, stream)
    assert machine.execute(AT, ccw(0x05, 0x2000, 0, len(stream))) == Csw(0, 0x1008, NORMAL_END)
    display.type("HELLO")
    display.press(ENTER)
    assert machine.interruption() == (AT, Csw(unit=ATTENTION))
    csw = machine.execute(AT, ccw(0x06, 0x3000, SLI, 100))
    expected = bytes.fromhex("7D 40C6 11 40C1") + "HELLO".encode("cp037")
    assert machine.read(0x3000, 100 - csw.count) == expected
    display.press(ENTER)
    assert machine.interruption() is None, "the keyboard is locked until the program opens it"
    display.drop()
    assert machine.execute(AT, ccw(0x06, 0x3000, SLI, 100)).unit == UNIT_CHECK


def test_a_bad_data_stream_is_an_operation_check() -> None:
    station = DisplayStation()
    machine = with_device(station)
    Display3270().dial(station)
    machine.interruption()
    machine.write(0x2000, bytes.fromhex("C311FFFF"))
    assert machine.execute(AT, ccw(0x01, 0x2000, 0, 4)).unit == NORMAL_END | UNIT_CHECK
    assert sense(machine) == 0x01


def test_chained_writes_go_on_where_the_last_one_ended() -> None:
    station, display = DisplayStation(), Display3270()
    machine = with_device(station)
    display.dial(station)
    machine.interruption()
    machine.write(0x2000, b"\xc3\xc1\xc2")
    machine.write(0x2100, b"\xc3\xc3")
    machine.execute(AT, ccw(0x05, 0x2000, CC, 3), ccw(0x01, 0x2100, 0, 2))
    assert display.screen.characters[:4] == b"\xc1\xc2\xc3\x00"


def test_the_first_write_begins_at_the_cursor() -> None:
    station, display = DisplayStation(), Display3270()
    machine = with_device(station)
    display.dial(station)
    machine.interruption()
    machine.write(0x2000, bytes.fromhex("C3 114050 13 C1 C1"))
    machine.write(0x2100, b"\xc3\xc2")
    machine.execute(AT, ccw(0x05, 0x2000, 0, 7))
    machine.execute(AT, ccw(0x01, 0x2100, 0, 2))
    assert display.screen.characters[15:19] == b"\x00\xc2\xc1\x00"


def test_a_chained_read_begins_where_the_write_ended() -> None:
    station, display = DisplayStation(), Display3270()
    machine = with_device(station)
    display.dial(station)
    machine.interruption()
    machine.write(0x2000, bytes.fromhex("C3 C1C2C3C4C5 114042"))
    csw = machine.execute(AT, ccw(0x05, 0x2000, CC, 9), ccw(0x02, 0x3000, SLI, 2000))
    assert machine.read(0x3003, 3) == b"\xc3\xc4\xc5"
    assert 2000 - csw.count == 3 + 1920 - 2
    csw = machine.execute(AT, ccw(0x02, 0x3000, SLI, 2000))
    assert machine.read(0x3003, 3) == b"\xc1\xc2\xc3"


# --- line ---


class Printout:
    """A terminal on a line."""

    def __init__(self) -> None:
        self.text = ""
        self.on = True

    def print(self, text: str) -> None:
        self.text += text

    def disconnected(self) -> None:
        self.on = False


@pytest.mark.parametrize("code", ["IBM1", "TELE2"])
def test_a_conversation_over_a_line(code: str) -> None:
    line, paper = CommunicationLine(code), Printout()
    machine = with_device(line)
    assert machine.start(AT, ccw(0x27, 0, CC | SLI, 1), ccw(0x02, 0x2000, SLI, 100)) == 0
    assert machine.interruption() is None
    line.connect(paper)
    assert machine.interruption() is None
    line.enter("hello there")
    found = machine.interruption()
    assert found is not None
    assert found[1].unit == NORMAL_END
    typed = machine.read(0x2000, 100 - found[1].count)
    assert typed == typed_line("hello there", code)
    machine.write(0x3000, typed)
    assert machine.execute(AT, ccw(0x01, 0x3000, 0, len(typed))).unit == NORMAL_END
    assert paper.text.strip("#").rstrip() == "hello there"
    assert machine.execute(AT, ccw(0x2F, 0, SLI, 1)).unit == NORMAL_END
    assert not paper.on
    assert machine.execute(AT, ccw(0x01, 0x3000, 0, 1)).unit == NORMAL_END | UNIT_CHECK
    assert sense(machine) == 0x40


def test_attention_ends_a_read() -> None:
    line = CommunicationLine()
    machine = with_device(line)
    line.connect(Printout())
    machine.execute(AT, ccw(0x27, 0, SLI, 1))
    machine.start(AT, ccw(0x02, 0x2000, SLI, 100))
    assert machine.interruption() is None
    line.attention()
    found = machine.interruption()
    assert found is not None
    assert found[1].unit == NORMAL_END | UNIT_EXCEPTION


def test_hanging_up_ends_a_read() -> None:
    line = CommunicationLine()
    machine = with_device(line)
    line.connect(Printout())
    machine.execute(AT, ccw(0x27, 0, SLI, 1))
    machine.start(AT, ccw(0x06, 0x2000, SLI, 100))
    line.disconnect()
    found = machine.interruption()
    assert found is not None
    assert found[1].unit == NORMAL_END | UNIT_CHECK


def test_typing_ahead_has_a_limit() -> None:
    line = CommunicationLine()
    line.connect(Printout())
    for _ in range(MOST_LINES + 10):
        line.enter("X")
    assert len(line.save()["lines"]) == MOST_LINES


def test_every_character_of_a_2741_comes_back() -> None:
    for table in (LOWER, UPPER):
        text = "".join(table.values()).replace(" ", "")
        assert printed(typed_line(text, "IBM1")[1:], "IBM1") == text + "\n"


# --- pseudo timer ---


def test_reading_the_pseudo_timer() -> None:
    machine = with_device(PseudoTimer(lambda: bytes(range(32))))
    assert machine.execute(AT, ccw(0x02, 0x2000, 0, 32)) == Csw(0, 0x1008, NORMAL_END)
    assert machine.read(0x2000, 32) == bytes(range(32))
    assert machine.execute(AT, ccw(0x01, 0x2000, 0, 32)).unit == UNIT_CHECK
    assert sense(machine) == 0x80
