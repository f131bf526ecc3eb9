"""MACLIB files: layout by hand, round trip, damage."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm370.images.ebcdic import to_ebcdic
from vm370.images.errors import ImageError
from vm370.images.maclib import Maclib, MaclibMember, build_maclib, parse_maclib


def card(text: str) -> bytes:
    return to_ebcdic(text.ljust(80))


ONE = Maclib((MaclibMember("FIRST", (card("         MACRO"), card("         MEND"))), MaclibMember("EMPTY", ())))


def test_layout() -> None:
    data = build_maclib(ONE)
    assert len(data) == 80 * (1 + 3 + 1 + 1)
    # the directory is record 6 and has two items of 12 bytes
    assert data[:12] == to_ebcdic("DMSLIB") + bytes.fromhex("000600000018")
    assert data[80:160] == card("         MACRO")
    assert data[240:244].hex() == "61ffff61"
    assert data[400:424] == to_ebcdic("FIRST   ") + bytes.fromhex("00020000") + to_ebcdic("EMPTY   ") + bytes.fromhex(
        "00050000"
    )
    assert parse_maclib(data) == ONE


@given(st.lists(st.tuples(st.text("ABC$", min_size=1, max_size=8), st.integers(0, 3)), max_size=20))
def test_round_trip(members: list[tuple[str, int]]) -> None:
    maclib = Maclib(tuple(MaclibMember(name, (card(name),) * count) for name, count in members))
    assert parse_maclib(build_maclib(maclib)) == maclib


@given(st.binary(min_size=1, max_size=3), st.integers(0, 479), st.integers(0, 480))
def test_damage_is_refused_or_harmless(change: bytes, at: int, length: int) -> None:
    data = bytearray(build_maclib(ONE))
    data[at : at + len(change)] = change
    for damaged in (bytes(data), bytes(data[:length])):
        with suppress(ImageError):
            assert len(parse_maclib(damaged).members) <= 6


def test_refusals() -> None:
    data = build_maclib(ONE)
    with pytest.raises(ImageError, match="record 1, offset 0: found X'C1"):
        parse_maclib(b"\xc1" + data[1:])
    with pytest.raises(ImageError, match="record 6, offset 0: found the directory, expected a card X'61FFFF61'"):
        parse_maclib(data[:320] + card("") + data[400:])
