"""VMARC archives: files come back, genuine archives are read and made again byte by byte, damage is told."""

from __future__ import annotations

import os
import random
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm370.images.errors import BadImage, ImageError
from vm370.images.member import Member
from vm370.images.vmarc import ArchiveError, pack, unpack

GENUINE = Path(os.environ.get("VM370_GENUINE", "/nonexistent"))
WHEN = datetime(1984, 2, 29, 23, 59, 58)


def member(*records: bytes, recfm: str = "V", lrecl: int = 0, name: str = "NOTE") -> Member:
    length = lrecl or max(map(len, records), default=0)
    return Member(name, "TEXT", "A1", recfm, length, WHEN, records)


def test_a_small_archive_byte_by_byte() -> None:
    data = pack([member(b"\xc1\xc1\xc1\xc1", b"\xc2")])
    assert data[:38].hex() == (
        "7ac3c6c6"
        + "40404040"
        + "0100"
        + "d5d6e3c540404040"
        + "e3c5e7e340404040"
        + "c1f1"
        + "0004"
        + "840229235958"
        + "e520"
    )
    # A, the string just being made (AA), A, end of record, B, the two ends as symbols: 0C2 101 0C2 000 0C3 000 000
    assert data[38:49].hex() == "0c21010c20000c3000000" + "0"
    assert len(data) == 80
    assert list(unpack(data)) == [member(b"\xc1\xc1\xc1\xc1", b"\xc2")]


RECORDS = st.lists(st.binary(min_size=1, max_size=200), max_size=40)


@settings(max_examples=60, deadline=None)
@given(RECORDS, st.integers(1, 90), st.integers(0, 400), st.integers(0, 2**32))
def test_files_come_back(records: list[bytes], lrecl: int, count: int, seed: int) -> None:
    noise = random.Random(seed)
    fixed = [bytes(noise.choices(b"abcd", k=lrecl)) for _ in range(count)]
    files = [
        member(*records),
        member(*fixed, recfm="F", lrecl=lrecl, name="FIXED"),
        member(*records[:3], name="LAST"),
    ]
    data = pack(files)
    assert len(data) % 80 == 0
    assert list(unpack(data)) == files


def test_a_file_that_fills_the_table_of_strings_several_times() -> None:
    noise = random.Random(11)
    records = [bytes(noise.choices(b"abcdefghij", weights=range(1, 11), k=72)) for _ in range(3000)]
    assert list(unpack(pack([member(*records)]))) == [member(*records)]


def test_what_does_not_go_into_an_archive() -> None:
    with pytest.raises(ArchiveError, match="record length 80"):
        pack([member(b"abc", recfm="F", lrecl=80)])
    with pytest.raises(ArchiveError, match="1 to 65535"):
        pack([member(b"abc", b"")])
    with pytest.raises(BadImage, match="offset 0"):
        list(unpack(b"PK\3\4" * 100))
    with pytest.raises(BadImage, match="a symbol that ends the file"):
        list(unpack(pack([member(*[b"%070d" % n**9 for n in range(99)])])[:400]))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2000), st.integers(0, 255), st.booleans())
def test_random_damage_is_an_image_error_or_other_files(at: int, byte: int, cut: bool) -> None:
    data = bytearray(pack([member(*[b"word %d and more" % n for n in range(200)]), member(b"x")]))
    at %= len(data)
    data[at] = byte
    try:
        list(unpack(bytes(data[:at] if cut else data)))
    except ImageError:
        return


@pytest.mark.skipif(not list(GENUINE.glob("*.vmarc")), reason="VM370_GENUINE names no folder with *.vmarc")
def test_genuine_archives_are_made_again_byte_by_byte() -> None:
    for path in GENUINE.glob("*.vmarc"):
        members = list(unpack(path.read_bytes(), str(path)))
        assert members
        assert pack(members) == path.read_bytes()
