"""Saved systems: round trip, and files that are refused."""

from __future__ import annotations

import random
import zlib

import pytest

from vm370.images import emxsegment
from vm370.images.errors import BadImage
from vm370.images.savedsystem import CpuState, PageRange, SavedSystem, build, parse

STATE = CpuState(bytes.fromhex("0004000040020000"), tuple(range(16)), (1 << 63, 2, 3, 4), tuple(range(100, 116)))
PAGES = b"".join(bytes([number]) * 4096 for number in range(1, 6))
SYSTEM = SavedSystem(
    "CMS",
    (PageRange(0, 1), PageRange(2, 3, shared=True), PageRange(0xF00, 0xF00)),
    PAGES,
    bytes.fromhex("F0F0E0E010121416E8E8"),
    STATE,
    storage=256 << 10,
    device=0x190,
    saved_at=1_700_000_000,
)


def test_round_trip() -> None:
    data = build(SYSTEM)
    assert len(data) == 6 * 4096
    assert data[:10] == b"VM370SAV\x00\x01"
    assert data[0x38:0x40] == STATE.psw
    assert data[0x40:0x48] == bytes(7) + b"\x01"  # general registers 0 and 1
    assert data[0xE0:0xF0] == bytes.fromhex("0000000100000000 0002000300800000")
    assert data[4096:] == PAGES
    assert parse(data, "CMS.saved") == SYSTEM


def test_a_segment_has_no_state() -> None:
    segment = SavedSystem("CMSSEG", (PageRange(0xF00, 0xF01, shared=True),), bytes(8192), bytes(4))
    again = parse(build(segment), "x")
    assert again == segment
    assert again.state is None
    assert (again.first, again.end) == (0xF00000, 0xF02000)


def test_every_changed_byte_is_found() -> None:
    data = build(SYSTEM)
    chosen = random.Random(5)
    for _ in range(400):
        at, bit = chosen.randrange(len(data)), 1 << chosen.randrange(8)
        damaged = bytearray(data)
        damaged[at] ^= bit
        with pytest.raises(BadImage):
            parse(bytes(damaged), "CMS.saved")


def test_other_lengths_are_refused() -> None:
    data = build(SYSTEM)
    for length in (0, 1, 8, 4095, 4096, 8192, len(data) - 4096, len(data) - 1):
        with pytest.raises(BadImage):
            parse(data[:length], "CMS.saved")
    with pytest.raises(BadImage):
        parse(data + bytes(4096), "CMS.saved")


@pytest.mark.parametrize(
    ("at", "bytes_there", "what"),
    [
        (0x20, b"../../x ", "offset 32"),
        (0x20, b"        ", "offset 32"),
        (0x20, b"cms     ", "offset 32"),
        (0x1E, b"\x00\x00", "offset 30"),
        (0x1C, b"\xff\xff", "offset 28"),
        (0x18, b"\x7f\xff\xff\xff", "offset 24"),
        (0x37, b"\x01", "offset 48"),
        (0xE0, b"\x00\x01\x00\x00", "offset 224"),
        (0xE8, b"\x00\x01", "offset 232"),
        (0xF0, b"\xff\xf0", "offset 240"),
        (0xF4, b"\x00\x01", "offset 244"),
        (0xF8, b"\x01", "offset 248"),
        (0x800, b"\x01", "offset 258"),
    ],
)
def test_headers_with_a_good_sum_and_bad_contents(at: int, bytes_there: bytes, what: str) -> None:
    data = bytearray(build(SYSTEM))
    data[at : at + len(bytes_there)] = bytes_there
    data[0x14:0x18] = bytes(4)
    data[0x14:0x18] = zlib.crc32(data[:4096]).to_bytes(4)
    with pytest.raises(BadImage, match=what):
        parse(bytes(data), "CMS.saved")


def test_random_bytes_are_refused() -> None:
    chosen = random.Random(6)
    for _ in range(50):
        with pytest.raises(BadImage):
            parse(b"VM370SAV\x00\x01\x00\x01" + chosen.randbytes(2 * 4096 - 12), "x")


def test_a_segment_file_of_emx370() -> None:
    head = STATE.psw + b"".join(n.to_bytes(4) for n in STATE.gr) + b"".join(n.to_bytes(8) for n in STATE.fpr)
    head += b"".join(n.to_bytes(4) for n in STATE.cr) + b"\xf6\xe0"
    assert len(head) == 0xAA
    data = head.ljust(4096, b"\xaa") + PAGES[:8192]
    system = emxsegment.parse(data, "CMS.segment", "CMS", 0, ipl=True)
    assert system.state == STATE
    assert system.keys == b"\xf0\x60\xe0\x00"
    assert system.ranges == (PageRange(0, 1),)
    assert system.pages == PAGES[:8192]
    assert emxsegment.parse(data, "x", "SEG", 0xF00, 1, ipl=False).ranges == (PageRange(0xF00, 0xF00),)
    for first, count in ((0, 3), (0, 0), (4095, 2), (-1, 1)):
        with pytest.raises(BadImage):
            emxsegment.parse(data, "x", "SEG", first, count, ipl=False)
    with pytest.raises(BadImage):
        emxsegment.parse(data[:-1], "x", "SEG", 0, ipl=False)
