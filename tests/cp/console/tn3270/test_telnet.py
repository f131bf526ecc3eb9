"""Telnet: whatever the pieces, the same events; options agree and come to rest; parameters are bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm370.cp.console.tn3270 import telnet
from vm370.cp.console.tn3270.telnet import Command, Data, OptionChanged, RecordEnd, Subnegotiation, Telnet, TelnetError

OPTIONS = frozenset({telnet.BINARY, telnet.END_OF_RECORD, telnet.TERMINAL_TYPE})
CODES = [0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0xFA, 0xF0, 0xEF, 0xF4, 0, 1, 3, 24, 25, 40, 0x41]
STREAMS = st.one_of(st.binary(max_size=80), st.lists(st.sampled_from(CODES), max_size=80).map(bytes))


def machine() -> Telnet:
    return Telnet(OPTIONS, OPTIONS)


def joined(events: list[telnet.TelnetEvent]) -> list[telnet.TelnetEvent]:
    """Events with neighbouring data in one piece."""
    found: list[telnet.TelnetEvent] = []
    for event in events:
        if isinstance(event, Data) and found and isinstance(found[-1], Data):
            found[-1] = Data(found[-1].data + event.data)
        else:
            found.append(event)
    return found


def run(pieces: list[bytes]) -> tuple[list[telnet.TelnetEvent], bytes, str]:
    """Events, output, error."""
    side, events = machine(), []
    try:
        for piece in pieces:
            events += side.receive(piece)
    except TelnetError as error:
        return [], b"", str(error)
    return joined(events), side.output(), ""


@given(STREAMS, st.data())
def test_pieces_make_no_difference(stream: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert run(pieces) == run([stream])


@given(st.binary(max_size=200))
def test_a_record_arrives_as_it_was_sent(record: bytes) -> None:
    sender, receiver = machine(), machine()
    sender.send_record(record)
    *data, end = receiver.receive(sender.output())
    assert b"".join(event.data for event in data if isinstance(event, Data)) == record
    assert end == RecordEnd()


@given(st.binary(min_size=1, max_size=200), st.integers(0, 254))
def test_parameters_arrive_as_they_were_sent(parameters: bytes, option: int) -> None:
    sender = machine()
    sender.subnegotiate(option, parameters)
    assert machine().receive(sender.output()) == [Subnegotiation(option, parameters)]


@given(st.lists(st.tuples(st.sampled_from(["ask", "offer", "withdraw", "forbid"]), st.sampled_from([0, 1, 24, 25]))))
def test_two_sides_come_to_rest_and_agree(wishes: list[tuple[str, int]]) -> None:
    here, there = machine(), machine()
    for wish, option in wishes:
        getattr(here, wish)(option)
        for _ in range(3):
            there.receive(here.output())
            here.receive(there.output())
        assert here.output() == there.output() == b""
        for each in (0, 1, 24, 25):
            assert here.has(each, remote=True) == there.has(each, remote=False)
            assert here.has(each, remote=False) == there.has(each, remote=True)


def test_what_is_not_known_is_refused_once() -> None:
    side = machine()
    assert side.receive(bytes((telnet.IAC, telnet.WILL, telnet.NEW_ENVIRON))) == []
    assert side.output() == bytes((telnet.IAC, telnet.DONT, telnet.NEW_ENVIRON))
    assert side.receive(bytes((telnet.IAC, telnet.DO, telnet.NEW_ENVIRON))) == []
    assert side.output() == bytes((telnet.IAC, telnet.WONT, telnet.NEW_ENVIRON))
    assert side.receive(bytes((telnet.IAC, telnet.DONT, telnet.NEW_ENVIRON))) == []
    assert side.output() == b""


def test_a_refusal_is_told() -> None:
    side = machine()
    side.ask(telnet.TERMINAL_TYPE)
    answer = side.receive(bytes((telnet.IAC, telnet.WONT, telnet.TERMINAL_TYPE)))
    assert answer == [OptionChanged(telnet.TERMINAL_TYPE, True, False)]


def test_commands() -> None:
    side = machine()
    assert side.receive(b"a\xff\xf4b\xff\xf1") == [Data(b"a"), Command(telnet.INTERRUPT_PROCESS), Data(b"b")]
    assert side.spoken


@pytest.mark.parametrize("stream", [b"\xff\xfa\x18" + bytes(600), b"\xff\xfa\x18\x00\xff\x01"])
def test_bad_parameters_end_the_connection(stream: bytes) -> None:
    with pytest.raises(TelnetError):
        machine().receive(stream)
