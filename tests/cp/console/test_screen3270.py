"""3270 screens: data streams by GA27-2749, worked out by hand; properties for any stream."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm370.cp.console import keyboard3270 as keyboard
from vm370.cp.console.inbound3270 import read_buffer, read_modified
from vm370.cp.console.orders3270 import write
from vm370.cp.console.screen3270 import (
    CLEAR,
    CODES,
    ENTER,
    ERASE_ALL_UNPROTECTED,
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


def ebcdic(text: str) -> bytes:
    return text.encode("cp037")


def sent(stream: str, screen: Screen | None = None, command: int = ERASE_WRITE) -> Screen:
    """Hexadecimal, with text in quotes."""
    parts = stream.split("'")
    data = b"".join(ebcdic(part) if n % 2 else bytes.fromhex(part) for n, part in enumerate(parts))
    return write(screen or blank(), command, data)


FORM = "C3 11 4040 1DF8 'NAME' 11 C150 1D40 13 '          ' 1DF0 11 C260 1DF8 'PASS' 1D4C 00000000 1DF0"
"""Row 1: a protected text; row 2: an input field of 10; row 3: a text and a dark input field of 4."""


def test_addresses_as_the_table_of_the_manual_has_them() -> None:
    assert encode_address(0, 1920) == bytes.fromhex("4040")
    assert encode_address(79, 1920) == bytes.fromhex("C14F")
    assert encode_address(1919, 1920) == bytes.fromhex("5D7F")
    assert encode_address(3563, 3564) == bytes.fromhex("F76B")
    assert len(set(CODES)) == 64


@given(st.integers(0, 3563))
def test_addresses_round_trip(position: int) -> None:
    assert decode_address(encode_address(position, 3564)) == position
    assert decode_address(position.to_bytes(2, "big")) == position


def test_a_form() -> None:
    screen = sent(FORM)
    assert screen.text(0).rstrip(b"\x40") == ebcdic(" NAME")
    assert screen.cursor == 81
    assert not screen.locked
    assert screen.attribute_at(85) == 0
    assert screen.attribute_at(3) & 0x20
    assert screen.text(2).rstrip(b"\x40") == ebcdic(" PASS")


def test_typing_into_the_form_and_sending_it() -> None:
    screen = sent(FORM)
    for code in ebcdic("SMITH"):
        screen = keyboard.type_character(screen, code)
    screen = keyboard.tab(screen)
    for code in ebcdic("XY"):
        screen = keyboard.type_character(screen, code)
    assert screen.text(2).rstrip(b"\x40") == ebcdic(" PASS"), "the field is dark"
    screen = keyboard.press(screen, ENTER)
    assert screen.locked
    name, secret = encode_address(81, 1920), encode_address(166, 1920)
    cursor = encode_address(168, 1920)
    expected = b"\x7d" + cursor + b"\x11" + name + ebcdic("SMITH     ") + b"\x11" + secret + ebcdic("XY")
    assert read_modified(screen) == expected
    after = sent("C3", screen, WRITE)
    assert not after.locked
    assert read_modified(after) == b"\x60" + cursor, "the write control character reset the modified bits"


def test_pa_keys_and_clear_send_only_themselves() -> None:
    screen = sent(FORM)
    assert read_modified(keyboard.press(screen, PA1)) == b"\x6c"
    cleared = keyboard.press(screen, CLEAR)
    assert read_modified(cleared) == b"\x6d"
    assert cleared.characters == bytes(1920)
    assert not cleared.formatted


def test_an_unformatted_screen() -> None:
    screen = sent("C3 'HELLO'")
    assert read_modified(keyboard.press(screen, ENTER)) == b"\x7d\x40\x40" + ebcdic("HELLO")
    assert read_buffer(screen)[:3] == b"\x60\x40\x40"
    assert len(read_buffer(screen)) == 3 + 1920


def test_read_buffer_shows_attributes_as_orders() -> None:
    screen = sent("C3 11 4040 1D60 'A' 1D40")
    assert read_buffer(screen)[3:9] == bytes.fromhex("1D60") + ebcdic("A") + bytes.fromhex("1D40") + b"\0"


def test_repeat_to_address_wraps_and_fills_all() -> None:
    assert sent("C3 11 4040 3C 4040 5C").characters == b"\x5c" * 1920
    screen = sent("C3 11 5D7F 3C 4042 5C")
    assert screen.characters[1919:] + screen.characters[:3] == b"\x5c\x5c\x5c\x00"


def test_erase_unprotected_to_address() -> None:
    screen = sent(FORM)
    erased = sent("C3 11 4040 12 4040", screen, WRITE)
    assert erased.text(0) == screen.text(0)
    assert erased.characters[81:91] == bytes(10)


def test_program_tab_goes_to_the_next_field() -> None:
    screen = sent("C3 11 4040 05 'X'", sent(FORM), WRITE)
    assert screen.characters[81:83] == ebcdic("X ")


def test_modify_field_and_colors() -> None:
    screen = sent("C3 2902C0E842F2 28 41F4 'AB' 2800 00 'C'".replace("2800 00", "280000"))
    assert screen.color[0] == 0xF2
    assert screen.attributes[0] == 0x80 | 0x28
    assert screen.highlighting[1:4] == b"\xf4\xf4\x00"
    screen = sent("C3 11 4040 2C01C0C8", screen, WRITE)
    assert screen.attribute_at(1) == 0x08
    with pytest.raises(DataStreamError):
        sent("C3 11 4041 2C01C0C8", screen, WRITE)


@pytest.mark.parametrize("model", MODELS)
def test_alternate_sizes(model: int) -> None:
    rows, columns = MODELS[model]
    screen = write(blank(model), ERASE_WRITE_ALTERNATE, bytes.fromhex("C3"))
    assert (screen.rows, screen.columns, screen.size) == (rows, columns, rows * columns)
    assert write(screen, ERASE_WRITE, bytes.fromhex("C3")).size == 1920


def test_erase_all_unprotected() -> None:
    screen = keyboard.type_character(sent(FORM), 0xC1)
    erased = write(replace(screen, locked=True, aid=ENTER), ERASE_ALL_UNPROTECTED, b"")
    assert (erased.cursor, erased.locked, erased.aid) == (81, False, NO_AID)
    assert read_modified(erased) == b"\x60" + encode_address(81, 1920)
    assert erased.text(0) == screen.text(0)


def test_a_structured_field_with_a_data_stream() -> None:
    screen = write(blank(), WRITE_STRUCTURED_FIELD, bytes.fromhex("0008 40 00 F5 C3") + ebcdic("HI"))
    assert screen.characters[:2] == ebcdic("HI")
    with pytest.raises(DataStreamError):
        write(screen, WRITE_STRUCTURED_FIELD, bytes.fromhex("0005 06 FF 02"))


@pytest.mark.parametrize("stream", ["C3 11 40", "C3 11 FFFF", "C3 1D", "C3 3C 40", "C3 07", "C3 29 05 C0"])
def test_bad_streams_are_refused(stream: str) -> None:
    with pytest.raises(DataStreamError):
        sent(stream)


def test_what_comes_before_a_fault_is_done() -> None:
    with pytest.raises(DataStreamError) as caught:
        sent("C3 'DONE' 11 FFFF 'NOT'")
    assert caught.value.screen.characters[:5] == ebcdic("DONE") + b"\0"


# --- keyboard ---


def test_typing_where_it_is_not_allowed_locks() -> None:
    screen = replace(sent(FORM), cursor=2)
    locked = keyboard.type_character(screen, 0xC1)
    assert locked.locked
    assert locked.characters == screen.characters
    assert not keyboard.reset(locked).locked


def test_a_full_field_skips_on() -> None:
    screen = sent("C3 1D40 13 00 1DF0 'T' 1D40 00")
    screen = keyboard.type_character(screen, 0xC1)
    assert screen.cursor == 5, "over the attribute with automatic skip, into the next field"


def test_insert_delete_and_erase() -> None:
    screen = replace(sent("C3 1D40 13 'ABD' 00 00 1DF0"), cursor=3)
    screen = keyboard.insert(screen)
    screen = keyboard.type_character(screen, 0xC3)
    assert screen.characters[1:6] == ebcdic("ABCD") + b"\0"
    screen = keyboard.delete(replace(screen, cursor=1))
    assert screen.characters[1:6] == ebcdic("BCD") + b"\0\0"
    screen = keyboard.erase_end_of_field(replace(screen, cursor=2))
    assert screen.characters[1:6] == ebcdic("B") + bytes(4)
    full = keyboard.insert(replace(sent("C3 1D40 13 'AB' 1DF0"), cursor=1))
    assert keyboard.type_character(full, 0xC3).locked


def test_tabs() -> None:
    screen = sent(FORM)
    assert keyboard.tab(screen).cursor == 166
    assert keyboard.tab(keyboard.tab(screen)).cursor == 81
    assert keyboard.back_tab(replace(screen, cursor=85)).cursor == 81
    assert keyboard.home(replace(screen, cursor=500)).cursor == 81
    assert keyboard.new_line(replace(screen, cursor=5)).cursor == 81
    assert keyboard.move(screen, -2, 0).cursor == 81 - 160 + 1920


streams = st.lists(
    st.one_of(
        st.sampled_from([b"\x11\x40\xc1", b"\x1d\x40", b"\x1d\xf0", b"\x3c\x40\x50\x5c", b"\x12\xc1\x50", b"\x05"]),
        st.sampled_from([b"\x13", b"\x29\x01\xc0\xe8", b"\x28\x42\xf1", b"\x2c\x01\xc0\x40", b"\x08\xc1"]),
        st.binary(min_size=1, max_size=4),
    ),
    max_size=12,
).map(b"".join)
KEYS = [keyboard.tab, keyboard.back_tab, keyboard.home, keyboard.new_line, keyboard.delete, keyboard.insert]
KEYS += [keyboard.erase_end_of_field, keyboard.erase_input, keyboard.reset]


@settings(max_examples=150, deadline=None)
@given(
    command=st.sampled_from([WRITE, ERASE_WRITE, ERASE_WRITE_ALTERNATE, ERASE_ALL_UNPROTECTED, WRITE_STRUCTURED_FIELD]),
    control=st.integers(0, 255),
    data=streams,
    keys=st.lists(st.one_of(st.sampled_from(KEYS), st.integers(0x40, 0xFE)), max_size=6),
)
def test_any_stream_and_any_key_leave_a_screen(command: int, control: int, data: bytes, keys: list[object]) -> None:
    screen = blank(3)
    try:
        screen = write(screen, command, bytes((control,)) + data)
    except DataStreamError as error:
        screen = error.screen
    for key in keys:
        screen = keyboard.type_character(screen, key) if isinstance(key, int) else key(screen)  # type: ignore[operator]
    for buffer in (screen.characters, screen.attributes, screen.color, screen.highlighting, screen.character_set):
        assert len(buffer) == screen.size
    assert 0 <= screen.cursor < screen.size
    assert 0 <= screen.address < screen.size
    assert read_buffer(screen)[0] == screen.aid
    assert read_modified(screen)[0] == screen.aid


@settings(max_examples=60, deadline=None)
@given(data=streams)
def test_what_read_buffer_sends_makes_the_same_screen(data: bytes) -> None:
    """Sent back as a data stream, characters and attributes are those that were read."""
    try:
        screen = write(blank(), ERASE_WRITE, b"\xc3" + data)
    except DataStreamError as error:
        screen = error.screen
    if any(0 < code < 0x40 for code in screen.characters):
        return
    again = write(blank(), ERASE_WRITE, b"\xc3" + read_buffer(screen)[3:])
    assert (again.characters, again.attributes) == (screen.characters, screen.attributes)
