"""DISK DUMP decks: a deck by hand, files come back, lost cards are told, damage ends in ImageError."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm370.images.diskdump import is_dump, pack, unpack
from vm370.images.ebcdic import to_ebcdic
from vm370.images.errors import BadImage, ImageError
from vm370.images.member import Member

WHEN = datetime(1984, 12, 5, 12, 31)


def member(*records: bytes, recfm: str = "V", name: str = "NOTE") -> Member:
    return Member(name, "TEXT", "A1", recfm, max(map(len, records)), WHEN, records)


ONE = member(to_ebcdic("HELLO".ljust(80)), recfm="F")


def test_a_deck_card_by_card() -> None:
    data = pack([ONE], WHEN)
    cards = [data[at : at + 80] for at in range(0, len(data), 80)]
    assert len(cards) == 3  # 80 bytes of data are 50 and 30
    tail = to_ebcdic("  NOTE    TEXT    A1 ")
    assert cards[0] == bytes.fromhex("02c3d4e240") + to_ebcdic("HELLO".ljust(50)) + tail + to_ebcdic("0001")
    assert cards[1] == bytes.fromhex("02c3d4e240") + b"\x40" * 30 + bytes(20) + tail + to_ebcdic("0002")
    # write pointer 2, read pointer 1, A1, 1 record, no chain link, F, R/W disk, 80 bytes, 1 block, year; date and time
    entry = "0002 0001 c1f1 0001 0000 c6 00 00000050 0001 f8f4 1205 1231".replace(" ", "")
    assert cards[2][:29] == bytes.fromhex("02c3d4e2d5" + entry)
    assert cards[2][55:] == tail + to_ebcdic("0003")
    assert is_dump(data)
    assert list(unpack(data)) == [ONE]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=60), st.integers(1, 90), st.integers(1, 50))
def test_files_come_back(records: list[bytes], lrecl: int, count: int) -> None:
    fixed = [bytes([number]) * lrecl for number in range(count)]
    files = [member(*records), member(*fixed, recfm="F", name="FIXED"), member(*records[:1], name="LAST")]
    data = pack(files, WHEN)
    assert len(data) % 80 == 0
    assert list(unpack(data)) == files
    assert pack(unpack(data), WHEN) == data


def test_more_than_9999_cards() -> None:
    file = member(*[b"%070d" % number for number in range(7500)])
    data = pack([file], WHEN)
    assert data[9999 * 80 :][76:80] == to_ebcdic("0000")
    assert list(unpack(data)) == [file]


def test_lost_and_foreign_cards() -> None:
    data = pack([member(*[b"x" * 70] * 20)], WHEN)
    with pytest.raises(BadImage, match=r"offset 236 .*found card number '0004', expected 0003 .is a card missing"):
        list(unpack(data[:160] + data[240:]))
    with pytest.raises(BadImage, match="found the end of the deck, expected a last card, with N in column 5"):
        list(unpack(data[:-80]))
    with pytest.raises(BadImage, match="expected a card of DISK DUMP"):
        list(unpack(to_ebcdic("JUST A CARD".ljust(80))))
    with pytest.raises(BadImage, match="expected a card of the file that is begun, NOTE"):
        list(unpack(data[:80] + pack([ONE, member(b"y", name="ELSE")], WHEN)[240:]))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2000), st.integers(0, 255), st.booleans())
def test_damage_is_an_image_error_or_another_file(at: int, byte: int, cut: bool) -> None:
    data = bytearray(pack([member(*[b"word %d" % number for number in range(60)]), ONE], WHEN))
    at %= len(data)
    data[at] = byte
    with suppress(ImageError):
        list(unpack(bytes(data[:at] if cut else data)))
