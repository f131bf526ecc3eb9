"""Channel-to-channel adapters: two machines side by side, by the table of GA22-6983."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cp.io.channelkit import ALL, CC, CD, SLI, Machine, ccw
from vm370.cp.io.ccw import Ccw, ChannelStatus, Csw
from vm370.cp.io.channel import NEVER
from vm370.cp.io.ctca import Ctca
from vm370.cp.io.device import NORMAL_END, UnitStatus

ATTENTION, BUSY = UnitStatus.ATTENTION, UnitStatus.BUSY
CHANNEL_END, DEVICE_END = UnitStatus.CHANNEL_END, UnitStatus.DEVICE_END
UNIT_CHECK, UNIT_EXCEPTION = UnitStatus.UNIT_CHECK, UnitStatus.UNIT_EXCEPTION
X, Y = 0x400, 0x500


class Pair:
    """Two machines, an adapter between them."""

    def __init__(self, *, coupled: bool = True) -> None:
        self.x, self.y = Machine(), Machine()
        self.x_side, self.y_side = Ctca(), Ctca()
        self.x.channels.attach(X, self.x_side)
        self.y.channels.attach(Y, self.y_side)
        if coupled:
            self.x_side.couple(self.y_side)

    def begin(self, *program: Ccw) -> None:
        """X starts something that has to wait."""
        assert self.x.start(X, *program) == 0
        self.x.work()
        assert self.x.channels.pending(ALL) is None

    def attention(self) -> None:
        """Y is told."""
        assert self.y.interruption() == (Y, Csw(unit=ATTENTION))

    def answer(self, *program: Ccw) -> Csw:
        return self.y.execute(Y, *program)

    def end(self) -> Csw:
        found = self.x.interruption()
        assert found is not None
        return found[1]


def test_a_write_and_the_read_that_answers_it() -> None:
    pair = Pair()
    pair.x.write(0x3000, b"HELLO")
    pair.begin(ccw(0x01, 0x3000, 0, 5))
    pair.attention()
    assert pair.answer(ccw(0x14, 0x2000, 0, 1)).unit == NORMAL_END
    assert pair.y.read(0x2000, 1) == b"\x01"
    assert pair.answer(ccw(0x02, 0x3000, 0, 5)) == Csw(0, 0x1008, NORMAL_END)
    assert pair.y.read(0x3000, 5) == b"HELLO"
    assert pair.end() == Csw(0, 0x1008, NORMAL_END)


def test_a_read_and_the_write_that_answers_it() -> None:
    pair = Pair()
    pair.begin(ccw(0x02, 0x3000, CD, 2), ccw(0, 0x4000, 0, 3))
    pair.attention()
    pair.y.write(0x5000, b"WORLD")
    assert pair.answer(ccw(0x01, 0x5000, 0, 5)) == Csw(0, 0x1008, NORMAL_END)
    assert pair.end() == Csw(0, 0x1010, NORMAL_END)
    assert (pair.x.read(0x3000, 2), pair.x.read(0x4000, 3)) == (b"WO", b"RLD")


@pytest.mark.parametrize(("wanted", "given_", "x_left", "y_left"), [(5, 8, 0, 3), (8, 5, 3, 0)])
@pytest.mark.parametrize("write_first", [True, False])
def test_the_shorter_count_ends_both(wanted: int, given_: int, x_left: int, y_left: int, *, write_first: bool) -> None:
    """Each side has its own residual count, and incorrect length where one is left."""
    pair = Pair()
    if write_first:
        pair.begin(ccw(0x01, 0x3000, 0, given_))
        pair.attention()
        read, write = pair.answer(ccw(0x02, 0x3000, 0, wanted)), pair.end()
    else:
        pair.begin(ccw(0x02, 0x3000, 0, wanted))
        pair.attention()
        write, read = pair.answer(ccw(0x01, 0x3000, 0, given_)), pair.end()
    assert (read.count, write.count) == (x_left, y_left)
    assert [bool(csw.channel & ChannelStatus.INCORRECT_LENGTH) for csw in (read, write)] == [x_left > 0, y_left > 0]


def test_read_backward_stores_downwards() -> None:
    pair = Pair()
    pair.x.write(0x3000, b"ABC")
    pair.begin(ccw(0x01, 0x3000, 0, 3))
    pair.attention()
    assert pair.answer(ccw(0x0C, 0x3002, 0, 3)).unit == NORMAL_END
    assert pair.y.read(0x3000, 3) == b"CBA"


def test_control_ends_when_the_other_side_senses_it() -> None:
    """The usual program: control, then write; the answer: sense command byte, then read."""
    pair = Pair()
    pair.x.write(0x3000, b"BLOCK")
    pair.begin(ccw(0x07, 0x3000, CC | SLI, 1), ccw(0x01, 0x3000, SLI, 5))
    pair.attention()
    assert pair.answer(ccw(0x14, 0x2000, 0, 1)).unit == NORMAL_END
    assert pair.y.read(0x2000, 1) == b"\x07"
    pair.x.work()
    pair.attention()
    assert pair.answer(ccw(0x02, 0x2000, SLI, 100)).count == 95
    assert pair.y.read(0x2000, 5) == b"BLOCK"
    assert pair.end() == Csw(0, 0x1010, NORMAL_END)


def test_control_alone_is_immediate_then_device_end() -> None:
    pair = Pair()
    assert pair.x.start(X, ccw(0x07, 0, SLI, 1)) == 1
    assert pair.x.csw().unit == CHANNEL_END
    assert pair.x.start(X, ccw(0x03, 0, SLI, 1)) == 1
    assert pair.x.csw().unit == BUSY
    pair.attention()
    pair.answer(ccw(0x14, 0x2000, 0, 1))
    assert pair.x.interruption() == (X, Csw(unit=DEVICE_END))


@pytest.mark.parametrize(
    ("theirs", "mine"),
    [(0x01, 0x01), (0x01, 0x07), (0x01, 0x03), (0x02, 0x02), (0x02, 0x0C), (0x02, 0x07), (0x07, 0x01), (0x07, 0x02)],
)
def test_what_is_no_answer_is_busy(theirs: int, mine: int) -> None:
    pair = Pair()
    pair.x.start(X, ccw(theirs, 0x3000, SLI, 4))
    pair.x.work()
    assert pair.y.start(Y, ccw(mine, 0x3000, SLI, 4)) == 1
    assert pair.y.csw().unit == BUSY | ATTENTION
    assert pair.y.channels.pending(ALL) is None, "that was the attention"
    assert pair.y.start(Y, ccw(mine, 0x3000, SLI, 4)) == 1
    assert pair.y.csw().unit == BUSY | ATTENTION


def test_end_of_file_in_extended_mode() -> None:
    pair = Pair()
    assert pair.x.start(X, ccw(0xC3, 0, SLI, 1)) == 1
    assert pair.x.execute(X, ccw(0x81, 0, SLI, 1)).unit == NORMAL_END
    assert pair.answer(ccw(0x02, 0x3000, SLI, 5)) == Csw(0, 0x1008, NORMAL_END | UNIT_EXCEPTION, count=5)
    assert pair.y.start(Y, ccw(0x02, 0x3000, SLI, 5)) == 0
    pair.y.work()
    assert pair.x.interruption() == (X, Csw(unit=ATTENTION))
    assert pair.x.execute(X, ccw(0x81, 0, SLI, 1)).unit == NORMAL_END
    assert pair.y.interruption() == (Y, Csw(0, 0x1008, NORMAL_END | UNIT_EXCEPTION, count=5))


def test_end_of_file_in_basic_mode_is_a_write() -> None:
    pair = Pair()
    pair.begin(ccw(0x81, 0x3000, SLI, 5))
    pair.attention()
    assert pair.answer(ccw(0x02, 0x3000, SLI, 5)) == Csw(0, 0x1008, NORMAL_END)


def test_nobody_on_the_other_side() -> None:
    pair = Pair(coupled=False)
    assert pair.x.execute(X, ccw(0x01, 0x3000, 0, 5)).unit == UNIT_CHECK
    assert pair.x.execute(X, ccw(0x04, 0x2000, 0, 1)).unit == NORMAL_END
    assert pair.x.read(0x2000, 1) == b"\x40"
    assert pair.x.start(X, ccw(0x03, 0, SLI, 1)) == 1
    assert pair.x.csw().unit == NORMAL_END


def test_the_other_side_goes_away() -> None:
    pair = Pair()
    pair.begin(ccw(0x01, 0x3000, 0, 5))
    pair.y.channels.detach(Y)
    assert pair.end().unit == NORMAL_END | UNIT_CHECK
    pair.x.execute(X, ccw(0x04, 0x2000, 0, 1))
    assert pair.x.read(0x2000, 1) == b"\x40"
    assert pair.y_side.uncouple() is pair.x_side
    assert pair.x.execute(X, ccw(0x02, 0x3000, 0, 5)).unit == UNIT_CHECK


def test_halt_device_takes_a_command_back() -> None:
    pair = Pair()
    pair.begin(ccw(0x01, 0x3000, 0, 5))
    pair.attention()
    assert pair.x.channels.hdv(X) == 1
    assert pair.end().unit == NORMAL_END
    pair.answer(ccw(0x14, 0x2000, 0, 1))
    assert pair.y.read(0x2000, 1) == b"\x00"


def test_both_sides_saved_while_one_waits() -> None:
    pair = Pair()
    pair.x.write(0x3000, b"HELLO")
    pair.begin(ccw(0x01, 0x3000, 0, 5))
    states = [json.loads(json.dumps(side.channels.save())) for side in (pair.x, pair.y)]
    other = Pair()
    other.x.write(0x3000, b"HELLO")
    other.x.put(0x1000, [ccw(0x01, 0x3000, 0, 5)])
    other.x.channels.restore(states[0])
    other.y.channels.restore(states[1])
    other.attention()
    assert other.answer(ccw(0x02, 0x3000, 0, 5)).unit == NORMAL_END
    assert other.y.read(0x3000, 5) == b"HELLO"
    assert other.end() == Csw(0, 0x1008, NORMAL_END)


commands = st.one_of(st.sampled_from([0x01, 0x02, 0x03, 0x04, 0x07, 0x0C, 0x14, 0x43, 0x81, 0xC3]), st.integers(1, 255))


@settings(max_examples=200, deadline=None)
@given(
    acts=st.lists(
        st.tuples(st.booleans(), st.sampled_from(["start", "halt", "reset", "save"]), commands, st.integers(1, 9)),
        max_size=30,
    )
)
def test_any_sequence_of_both_sides_has_an_end(acts: list[tuple[bool, str, int, int]]) -> None:
    """Whatever both do: no exception, and after a reset of both the adapter works."""
    pair = Pair()
    for first, act, command, count in acts:
        machine, at = (pair.x, X) if first else (pair.y, Y)
        if act == "start":
            machine.start(at, ccw(command, 0x3000, CC | SLI, count), ccw(0x03, 0, SLI, 1))
        elif act == "halt":
            machine.channels.hdv(at)
        elif act == "reset":
            machine.channels.reset()
        else:
            machine.channels.restore(json.loads(json.dumps(machine.channels.save())))
        for each in (pair.x, pair.y):
            each.work()
            if (found := each.channels.pending(ALL)) is not None:
                each.channels.accept(found[0])
            assert each.channels.due == NEVER
    for machine in (pair.x, pair.y, pair.x):
        machine.channels.reset()
        machine.work()
    pair.y.channels.reset()
    pair.x.write(0x3000, b"HELLO")
    pair.begin(ccw(0x01, 0x3000, 0, 5))
    pair.attention()
    assert pair.answer(ccw(0x02, 0x3000, 0, 5)).unit == NORMAL_END
    assert pair.end().unit == NORMAL_END
