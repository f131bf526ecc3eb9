"""The 3215: writes, reads that wait, attention, cancel."""

from __future__ import annotations

import json

from tests.cp.io.channelkit import CC, SLI, Machine, ccw
from vm370.cp.io.ccw import ChannelStatus, Csw
from vm370.cp.io.console import Console
from vm370.cp.io.device import NORMAL_END, UnitStatus

HELLO = "HELLO".encode("cp037")


class Typewriter:
    """A machine with a console at 009 and what it printed."""

    def __init__(self) -> None:
        self.machine = Machine()
        self.printed: list[tuple[bytes, bool]] = []
        self.alarms = 0
        self.console = Console(lambda text, newline: self.printed.append((text, newline)), self._alarm)
        self.machine.channels.attach(0x009, self.console)

    def _alarm(self) -> None:
        self.alarms += 1


def test_writes_with_and_without_carrier_return() -> None:
    it = Typewriter()
    it.machine.write(0x2000, HELLO)
    csw = it.machine.execute(9, ccw(0x01, 0x2000, CC, 5), ccw(0x09, 0x2000, 0, 4))
    assert csw == Csw(0, 0x1010, NORMAL_END)
    assert it.printed == [(HELLO, False), (HELLO[:4], True)]


def test_alarm_ends_with_the_start_io() -> None:
    it = Typewriter()
    assert it.machine.start(9, ccw(0x0B, 0, SLI, 1)) == 1
    assert it.machine.csw().unit == NORMAL_END
    assert it.alarms == 1


def test_read_waits_for_a_line() -> None:
    it = Typewriter()
    assert it.machine.start(9, ccw(0x0A, 0x2000, SLI, 130)) == 0
    it.machine.work()
    assert it.console.reading
    assert it.machine.channels.tio(9) == 2
    assert it.machine.channels.pending(0xFFFF0000) is None
    it.console.enter(HELLO)
    assert not it.console.reading
    found = it.machine.interruption()
    assert found == (9, Csw(0, 0x1008, NORMAL_END, count=125))
    assert it.machine.read(0x2000, 6) == HELLO + b"\0"


def test_a_null_line_leaves_the_whole_count() -> None:
    it = Typewriter()
    it.machine.start(9, ccw(0x0A, 0x2000, SLI, 130))
    it.machine.work()
    it.console.enter(b"")
    assert it.machine.interruption() == (9, Csw(0, 0x1008, NORMAL_END, count=130))


def test_a_longer_line_is_truncated_with_incorrect_length() -> None:
    it = Typewriter()
    it.machine.start(9, ccw(0x0A, 0x2000, 0, 3))
    it.machine.work()
    it.console.enter(HELLO)
    expected = Csw(0, 0x1008, NORMAL_END, ChannelStatus.INCORRECT_LENGTH)
    assert it.machine.interruption() == (9, expected)
    assert it.machine.read(0x2000, 4) == HELLO[:3] + b"\0"


def test_cancel_is_unit_exception() -> None:
    it = Typewriter()
    it.machine.start(9, ccw(0x0A, 0x2000, SLI, 130))
    it.machine.work()
    it.console.cancel()
    found = it.machine.interruption()
    assert found is not None
    assert found[1].unit == NORMAL_END | UnitStatus.UNIT_EXCEPTION


def test_an_unexpected_line_raises_attention_once_per_line() -> None:
    it = Typewriter()
    it.console.enter(HELLO)
    it.console.enter(b"\xc1")
    assert it.machine.interruption() == (9, Csw(unit=UnitStatus.ATTENTION))
    assert it.machine.interruption() is None
    read = ccw(0x0A, 0x2000, SLI, 130)
    assert it.machine.execute(9, read).count == 125
    assert it.machine.interruption() == (9, Csw(unit=UnitStatus.ATTENTION))
    assert it.machine.execute(9, read).count == 129
    assert it.machine.interruption() is None


def test_attention_meets_a_start_io() -> None:
    it = Typewriter()
    it.console.attention()
    write = ccw(0x09, 0x2000, SLI, 5)
    assert it.machine.start(9, write) == 1
    assert it.machine.csw().unit == UnitStatus.ATTENTION | UnitStatus.BUSY
    assert it.machine.execute(9, write).unit == NORMAL_END


def test_the_request_key_is_ignored_while_a_read_is_outstanding() -> None:
    it = Typewriter()
    it.machine.start(9, ccw(0x0A, 0x2000, SLI, 130))
    it.machine.work()
    it.console.attention()
    it.console.enter(HELLO)
    assert it.machine.interruption() == (9, Csw(0, 0x1008, NORMAL_END, count=125))
    assert it.machine.interruption() is None


def test_a_read_ends_when_the_console_moves_to_other_channels() -> None:
    it = Typewriter()
    it.machine.start(9, ccw(0x0A, 0x2000, SLI, 130))
    it.machine.work()
    other = Machine()
    other.channels.attach(0x009, it.console)
    assert not it.console.reading
    it.console.enter(HELLO)
    assert other.interruption() == (9, Csw(unit=UnitStatus.ATTENTION))


def test_halt_ends_the_read_and_the_line_stays_for_the_next() -> None:
    it = Typewriter()
    read = ccw(0x0A, 0x2000, SLI, 130)
    it.machine.start(9, read)
    it.machine.work()
    assert it.machine.channels.hio(9) == 1
    assert not it.console.reading
    assert it.machine.interruption() == (9, Csw(0, 0x1008, NORMAL_END, count=130))
    it.console.enter(HELLO)
    assert it.machine.interruption() == (9, Csw(unit=UnitStatus.ATTENTION))
    assert it.machine.execute(9, read).count == 125


def test_unknown_command_is_rejected_and_sensed() -> None:
    it = Typewriter()
    assert it.machine.execute(9, ccw(0x02, 0x2000, 0, 10)).unit == UnitStatus.UNIT_CHECK
    assert it.machine.execute(9, ccw(0x04, 0x2000, 0, 1)) == Csw(0, 0x1008, NORMAL_END)
    assert it.machine.read(0x2000, 1) == b"\x80"
    it.machine.execute(9, ccw(0x09, 0x2000, 0, 1), ccw(0x04, 0x2000, 0, 1))
    it.machine.execute(9, ccw(0x04, 0x2000, 0, 1))
    assert it.machine.read(0x2000, 1) == b"\x00"


def test_a_waiting_read_survives_saving() -> None:
    first = Typewriter()
    first.machine.start(9, ccw(0x01, 0x2000, CC | SLI, 1), ccw(0x0A, 0x2000, SLI, 130))
    first.machine.work()
    state = json.loads(json.dumps(first.machine.channels.save()))
    second = Typewriter()
    second.machine.write(0x1000, first.machine.read(0x1000, 16))
    second.machine.channels.restore(state)
    assert second.console.reading
    second.console.enter(HELLO)
    assert second.machine.interruption() == (9, Csw(0, 0x1010, NORMAL_END, count=125))
    assert second.printed == []
