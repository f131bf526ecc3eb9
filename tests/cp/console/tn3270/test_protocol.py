"""What kind of terminal a client is: negotiations as RFC 1576 and 2355 show them, and hostile ones."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm370.cp.console.tn3270 import protocol, records, telnet
from vm370.cp.console.tn3270.protocol import (
    LONGEST_LINE,
    LONGEST_RECORD,
    Answered,
    Attention,
    Entered,
    Event,
    Inbound,
    LineTooLong,
    Mode,
    Protocol,
    Ready,
    SystemRequest,
)
from vm370.cp.console.tn3270.records import DisplayType, Reason
from vm370.cp.console.tn3270.telnet import TelnetError

IAC, SB, SE = b"\xff", b"\xff\xfa", b"\xff\xf0"
DO, DONT, WILL, WONT = b"\xff\xfd", b"\xff\xfe", b"\xff\xfb", b"\xff\xfc"
E, TYPE, EOR, BINARY, ECHO = b"\x28", b"\x18", b"\x19", b"\x00", b"\x01"
END = b"\xff\xef"
MODEL_4 = DisplayType("IBM-3278-4-E", 4, True)
RUNS = 2_000
"""Pieces that the test sends at least."""


def choose(name: str) -> str | Reason:
    """LU names: BUSY is in use, others that do not begin with LU are none."""
    if name == "BUSY":
        return Reason.DEVICE_IN_USE
    if name and not name.startswith("LU"):
        return Reason.INV_NAME
    return name or "LU0C0"


def started() -> Protocol:
    server = Protocol(choose)
    server.start()
    assert server.output() == DO + E
    return server


def device_type(request: bytes) -> tuple[Protocol, bytes]:
    server = started()
    server.receive(WILL + E)
    assert server.output() == SB + E + b"\x08\x02" + SE  # SEND DEVICE-TYPE
    server.receive(SB + E + b"\x02\x07" + request + SE)
    return server, server.output()


def tn3270e(functions: bytes = b"\x00\x02\x04") -> Protocol:
    server, answer = device_type(b"IBM-3278-4-E")
    assert answer == SB + E + b"\x02\x04IBM-3278-4-E\x01LU0C0" + SE
    ready = server.receive(SB + E + b"\x03\x07" + functions + SE)
    assert ready == [Ready(Mode.TN3270E, MODEL_4, "LU0C0")]
    assert server.output() == SB + E + b"\x03\x04" + functions + SE
    return server


def test_tn3270e_agrees_on_device_and_functions() -> None:
    assert tn3270e().functions == {0, 2, 4}


def test_functions_that_are_not_there_are_left_out_of_a_proposal() -> None:
    server, _ = device_type(b"IBM-3278-2")
    assert server.receive(SB + E + b"\x03\x07\x00\x01\x03\x04" + SE) == []
    assert server.output() == SB + E + b"\x03\x07\x00\x04" + SE
    ready = server.receive(SB + E + b"\x03\x04\x00\x04" + SE)
    assert ready == [Ready(Mode.TN3270E, DisplayType("IBM-3278-2", 2, False), "LU0C0")]


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (b"IBM-3278-2\x01BUSY", Reason.DEVICE_IN_USE),
        (b"IBM-3278-2\x01PRT1", Reason.INV_NAME),
        (b"IBM-3287-1\x00LU0C0", Reason.UNSUPPORTED_REQ),
        (b"IBM-3287-1", Reason.UNSUPPORTED_REQ),
        (b"IBM-3278-9", Reason.INV_DEVICE_TYPE),
        (b"\xff\xff\x00", Reason.UNSUPPORTED_REQ),
    ],
)
def test_what_cannot_be_had_is_rejected_with_its_reason(request_: bytes, reason: Reason) -> None:
    server, answer = device_type(request_)
    assert answer == SB + E + bytes((2, 6, 5, reason)) + SE
    assert server.mode is Mode.NEGOTIATING


def test_a_name_that_is_free_is_given() -> None:
    _, answer = device_type(b"IBM-3278-2-E\x01LU0C7")
    assert answer == SB + E + b"\x02\x04IBM-3278-2-E\x01LU0C7" + SE


def test_the_bind_image_goes_before_the_first_record() -> None:
    server = tn3270e()
    server.write_3270(b"\x05\xc3\xff")
    bind, first, rest = server.output().split(END)
    assert bind[:6] == b"\x03\x00\x00\x00\x00\x31"
    assert bind[5 + 20 : 5 + 25] == bytes((24, 80, 43, 80, 0x7F))
    assert first == b"\x00\x00\x01\x00\x00\x05\xc3\xff\xff"  # 3270-DATA, ERROR-RESPONSE, number 0
    assert rest == b""
    server.write_3270(b"\x01\xc3")
    assert server.output() == b"\x00\x00\x01\x00\x01\x01\xc3" + END
    server.end()
    assert server.output() == b"\x04\x00\x00\x00\x00\x01" + END  # UNBIND


def test_without_functions_records_are_bare() -> None:
    server = tn3270e(b"")
    server.write_3270(b"\x01\xc3")
    assert server.output() == bytes(5) + b"\x01\xc3" + END
    server.receive(IAC + b"\xf5")
    assert server.receive(IAC + b"\xf5") == []  # SYSREQ was not agreed on


def test_records_of_a_tn3270e_client() -> None:
    server = tn3270e()
    assert server.receive(bytes(5) + b"\x7d\x40\x40" + END) == [Inbound(b"\x7d\x40\x40")]
    assert server.receive(b"\x02\x00\x00\x00\x07\x00" + END) == [Answered(7, True)]
    assert server.receive(b"\x02\x00\x01\x00\x08\x00" + END) == [Answered(8, False)]
    assert server.receive(b"\x07\x00\x00\x00\x00\xd3\xd6\xc7" + END) == [Entered("LOG")]
    assert server.receive(IAC + b"\xf5") == [SystemRequest()]
    assert server.receive(IAC + b"\xf4") == [Attention()]
    with pytest.raises(TelnetError):
        server.receive(b"\x00\x00" + END)


def test_tn3270_needs_binary_and_records_both_ways() -> None:
    server = started()
    server.receive(WONT + E)
    assert server.output() == DO + TYPE
    server.receive(WILL + TYPE)
    assert server.output() == SB + TYPE + b"\x01" + SE
    server.receive(SB + TYPE + b"\x00IBM-3279-3-E" + SE)
    assert server.output() == DO + EOR + WILL + EOR + DO + BINARY + WILL + BINARY
    assert server.receive(WILL + EOR + DO + EOR + WILL + BINARY) == []
    assert server.receive(DO + BINARY) == [Ready(Mode.TN3270, DisplayType("IBM-3279-3-E", 3, True), "LU0C0")]
    assert server.receive(b"\x6d" + END) == [Inbound(b"\x6d")]
    server.write_3270(b"\xf5\xc3")
    assert server.output() == b"\xf5\xc3" + END


def nvt() -> Protocol:
    server = started()
    server.receive(WONT + E + WILL + TYPE)
    assert server.receive(SB + TYPE + b"\x00XTERM" + SE) == [Ready(Mode.NVT)]
    server.output()
    return server


def test_another_terminal_type_is_a_typewriter() -> None:
    server = nvt()
    assert server.receive(b"query x\x08\x08 n\r\nmsg\r\x00\r\nlast\nno") == [
        Entered("query n"),
        Entered("msg"),
        Entered(""),
        Entered("last"),
    ]
    assert server.receive(b"\x15yes\r\n") == [Entered("yes")]
    assert server.receive(b"no\x03") == [Attention()]
    assert server.receive(b"no" + IAC + b"\xf3") == [Attention()]
    assert server.receive("\u00fc\u00df\x7f!\r".encode()) == [Entered("\u00fc!")]


def test_a_password_is_not_echoed() -> None:
    server = nvt()
    server.mask(True)
    assert server.output() == WILL + ECHO
    server.receive(DO + ECHO)
    server.mask(False)
    assert server.output() == WONT + ECHO


def test_a_client_without_telnet_gets_no_commands() -> None:
    server = started()
    assert server.receive(b"logon\n") == [Ready(Mode.NVT), Entered("logon")]
    server.mask(True)
    assert server.output() == b""
    server.write_text("a\x1b[2J\nb")
    assert server.output() == b"a.[2J\r\nb"


def test_who_answers_late_is_a_3270_all_the_same() -> None:
    server = started()
    assert server.no_answer() == [Ready(Mode.NVT)]
    assert server.no_answer() == []
    server.receive(WILL + E)
    server.receive(SB + E + b"\x02\x07IBM-3278-4-E" + SE)
    assert server.receive(SB + E + b"\x03\x07" + SE) == [Ready(Mode.TN3270E, MODEL_4, "LU0C0")]


def test_a_long_line_is_thrown_away_and_said() -> None:
    server = nvt()
    assert server.receive(b"x" * 3 * LONGEST_LINE + b"\r\nok\r\n") == [LineTooLong(), Entered("ok")]


def test_a_long_record_ends_the_connection() -> None:
    server = tn3270e()
    with pytest.raises(TelnetError):
        server.receive(bytes(LONGEST_RECORD + 1))


def test_who_never_agrees_is_sent_away() -> None:
    server = started()
    server.receive(WILL + E)
    with pytest.raises(TelnetError):
        server.receive((SB + E + b"\x02\x07WHAT" + SE) * 20)


@pytest.mark.parametrize("model", [2, 3, 4, 5])
def test_terminal_types(model: int) -> None:
    assert records.display_type(f"ibm-3279-{model}") == DisplayType(f"IBM-3279-{model}", model, False)
    assert records.display_type(f"IBM-3278-{model}-E-X") is None


# --- hostile clients ---

PIECES = [
    *(verb + option for verb in (DO, DONT, WILL, WONT) for option in (E, TYPE, EOR, BINARY, ECHO, b"\x27")),
    SB + E + b"\x02\x07IBM-3278-2-E" + SE,
    SB + E + b"\x02\x07IBM-3278-3\x01LU0C1" + SE,
    SB + E + b"\x03\x07\x00\x02\x04" + SE,
    SB + E + b"\x03\x04\x00" + SE,
    SB + E + b"\x08\x02" + SE,
    SB + TYPE + b"\x00IBM-3278-2" + SE,
    SB + TYPE + b"\x00VT100" + SE,
    bytes(5) + b"\x7d\x40\x40" + END,
    b"\x07" + bytes(4) + b"\xc1\xc2" + END,
    b"\x05" + bytes(4) + b"line\r\n" + END,
    b"\x03" + bytes(4) + END,
    END,
    IAC,
    SB,
    SE,
    b"text\r\n",
    *(IAC + bytes((code,)) for code in range(0xF1, 0xFA)),
]


def connection(pieces: list[bytes]) -> list[Event]:
    """Everything that a client does; what is held in between is bounded."""
    server, events = started(), []
    held = 0
    try:
        for piece in pieces:
            events += server.receive(piece)
            if server.mode in (Mode.TN3270, Mode.TN3270E):
                assert server.display is not None
                server.write_3270(b"\x05\xc3")
            else:
                server.write_text("text\n")
            held = max(held, len(server.output()))
    except TelnetError:
        pass
    assert held <= 200 + 3 * max(map(len, pieces), default=0)
    return events


@settings(max_examples=200)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=20)), max_size=40))
def test_a_client_may_send_anything(pieces: list[bytes]) -> None:
    for event in connection(pieces):
        assert isinstance(event, protocol.Event)


def hostile(connections: int, seed: int = 370) -> int:
    """Random connections with records of all kinds, each also damaged; the number of pieces that were sent."""
    chance, sent = random.Random(seed), 0
    for _ in range(connections):
        pieces = []
        for _ in range(chance.randrange(1, 60)):
            piece = bytearray(chance.choice(PIECES))
            if chance.random() < 0.2:
                piece[chance.randrange(len(piece))] = chance.randrange(256)
            if chance.random() < 0.1:
                piece += chance.randbytes(chance.randrange(40))
            pieces.append(bytes(piece))
        connection(pieces)
        sent += len(pieces)
    return sent


def test_hostile_connections() -> None:
    assert hostile(RUNS // 20) > RUNS


def test_every_option_of_telnet_is_answered_or_refused() -> None:
    server = started()
    for option in set(range(255)) - {telnet.BINARY, 3, 24, 25, 40}:
        server.receive(WILL + bytes((option,)) + DO + bytes((option,)))
        assert server.output() == DONT + bytes((option,)) + WONT + bytes((option,))
