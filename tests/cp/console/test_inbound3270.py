"""What a 3270 sends, and what is made of it: structured fields, reply modes, records of a real display."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm370.cp.console import keyboard3270 as keyboard
from vm370.cp.console.inbound3270 import read_buffer, read_modified, receive, taken
from vm370.cp.console.orders3270 import repaint, write
from vm370.cp.console.screen3270 import (
    CLEAR,
    ENTER,
    ERASE_WRITE,
    ERASE_WRITE_ALTERNATE,
    MODELS,
    NO_AID,
    PA1,
    WRITE,
    WRITE_STRUCTURED_FIELD,
    DataStreamError,
    Screen,
    blank,
    decode_address,
    encode_address,
)
from vm370.images.ebcdic import to_ebcdic

FORM = bytes.fromhex("C3 11 4040 1DF8 C1 11 C150 1D40 13 114160 1DF0 11 C260 1DC1 114264 1DF0")


def fields(answer: bytes) -> dict[int, bytes]:
    """The query replies behind the identifier, by code."""
    assert answer[0] == 0x88
    rest, found = answer[1:], {}
    while rest:
        length = int.from_bytes(rest[:2], "big")
        assert length >= 4
        assert rest[2] == 0x81
        found[rest[3]] = rest[4:length]
        rest = rest[length:]
    return found


def asked(model: int, field: str) -> Screen:
    return write(blank(model), WRITE_STRUCTURED_FIELD, bytes.fromhex(field))


@pytest.mark.parametrize("model", MODELS)
def test_a_query(model: int) -> None:
    rows, columns = MODELS[model]
    screen = asked(model, "0005 01 FF 02")
    found = fields(read_modified(screen))
    assert set(found[0x80]) == set(found)
    assert found[0x81][2:6] == columns.to_bytes(2, "big") + rows.to_bytes(2, "big")
    assert found[0x81][-2:] == (rows * columns).to_bytes(2, "big")
    assert found[0xA6][5:9] == bytes.fromhex("0050 0018")
    assert found[0x86][1] == (len(found[0x86]) - 2) // 2
    assert read_modified(taken(screen)) == bytes((NO_AID, 0x40, 0x40))


def test_a_query_list() -> None:
    assert set(fields(read_modified(asked(2, "0008 01 FF 03 00 8687")))) == {0x86, 0x87}
    assert fields(read_modified(asked(2, "0007 01 FF 03 00 99"))) == {0xFF: b""}
    assert 0x81 in fields(read_modified(asked(2, "0006 01 FF 03 80")))


def test_reading_a_partition() -> None:
    screen = write(write(blank(), ERASE_WRITE, FORM), WRITE_STRUCTURED_FIELD, bytes.fromhex("0005 01 00 F6"))
    inner = bytes.fromhex("60 C1D1 11 C261")
    assert read_modified(screen) == b"\x88" + (len(inner) + 4).to_bytes(2, "big") + b"\x80\x00" + inner


def test_addresses_of_16_bits() -> None:
    screen = asked(2, "0009 0C 00 01 00 00 0000")
    screen = write(screen, ERASE_WRITE, bytes.fromhex("C3 11 0050 13 1D40 C1"))
    assert screen.cursor == 80
    assert read_buffer(screen)[1:3] == bytes.fromhex("0050")
    with pytest.raises(DataStreamError):
        write(screen, WRITE, bytes.fromhex("C3 11 C150"))
    back = write(screen, WRITE_STRUCTURED_FIELD, bytes.fromhex("0004 0D 00"))
    assert read_buffer(back)[1:3] == bytes.fromhex("C150")


@given(st.integers(0, 3563), st.sampled_from([12, 16]))
def test_addresses_of_any_form(position: int, bits: int) -> None:
    assert decode_address(encode_address(position, 3564, bits), bits) == position
    assert decode_address(encode_address(position, 5000, bits), bits) == position


def test_read_modified_all() -> None:
    screen = keyboard.press(write(blank(), ERASE_WRITE, FORM), PA1)
    assert read_modified(screen) == b"\x6c"
    assert read_modified(screen, everything=True) == bytes.fromhex("6C C1D1 11 C261")


@pytest.mark.parametrize("field", ["0004 40", "0003", "0005 01 01 02", "0005 09 00 07", "0004 03", "0005 40 00 99"])
def test_fields_that_are_refused(field: str) -> None:
    with pytest.raises(DataStreamError):
        asked(2, field)


def sized(parts: list[bytes]) -> bytes:
    """Structured fields with their lengths."""
    return b"".join((len(part) + 2).to_bytes(2, "big") + part for part in parts)


words = st.text("ABC 12", max_size=12)


@given(first=words, second=words, aid=st.sampled_from([ENTER, 0xF3, PA1, CLEAR]))
def test_what_a_display_sends_is_what_is_read(first: str, second: str, aid: int) -> None:
    """Two screens: one with a person, and the picture that the other side has of it."""
    program = here = write(blank(), ERASE_WRITE, FORM)
    for code in to_ebcdic(first):
        here = keyboard.type_character(here, code)
    here = keyboard.tab(keyboard.home(here))
    for code in to_ebcdic(second):
        here = keyboard.type_character(keyboard.reset(here), code)
    here = keyboard.press(keyboard.reset(here), aid)
    program = receive(program, read_modified(here))
    assert read_modified(program) == read_modified(here)
    if aid not in (PA1, CLEAR):
        assert (program.characters, program.attributes) == (here.characters, here.attributes)
    assert program.locked


@settings(max_examples=200, deadline=None)
@given(record=st.binary(max_size=40), formatted=st.booleans())
def test_any_record(record: bytes, formatted: bool) -> None:
    screen = write(blank(), ERASE_WRITE, FORM) if formatted else blank()
    try:
        screen = receive(screen, record)
    except DataStreamError as error:
        screen = error.screen
    assert len(screen.characters) == len(screen.attributes) == screen.size
    assert 0 <= screen.cursor < screen.size


@settings(max_examples=200, deadline=None)
@given(data=st.one_of(st.binary(max_size=60), st.lists(st.binary(max_size=9), max_size=5).map(sized)))
def test_any_structured_field(data: bytes) -> None:
    try:
        screen = write(blank(3), WRITE_STRUCTURED_FIELD, data)
    except DataStreamError as error:
        screen = error.screen
    for buffer in (screen.characters, screen.attributes, screen.color):
        assert len(buffer) == screen.size
    assert read_modified(screen)
    assert read_buffer(screen)


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=80), model=st.sampled_from(list(MODELS)))
def test_a_screen_painted_anew_is_the_same(data: bytes, model: int) -> None:
    try:
        screen = write(blank(model), ERASE_WRITE_ALTERNATE, b"\xc3" + data)
    except DataStreamError as error:
        screen = error.screen
    again = write(blank(model), *repaint(screen))
    assert (again.attributes, again.color, again.cursor) == (screen.attributes, screen.color, screen.cursor)
    assert (again.characters, again.highlighting) == (screen.characters, screen.highlighting)
    assert (again.character_set, again.locked) == (screen.character_set, screen.locked)
