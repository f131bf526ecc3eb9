"""NETDATA: segments by hand, genuine transmissions byte by byte, files and messages come back, damage."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm370.images.ebcdic import from_ebcdic, to_ebcdic
from vm370.images.errors import BadImage, ImageError
from vm370.images.iebcopy import COUNT_LENGTH, parse_unload
from vm370.images.member import Member
from vm370.images.netdata import Record, build, is_netdata, parse, records, segments, transmission
from vm370.images.textunits import Units

GENUINE = Path(os.environ.get("VM370_GENUINE", "/nonexistent"))
WHEN = datetime(1984, 12, 5, 12, 31, 7)
END = bytes.fromhex("08e0c9d5d4d9f0f6")


def member(*lines: bytes, recfm: str = "V", name: str = "NOTE") -> Member:
    return Member(name, "TEXT", "A1", recfm, max(map(len, lines), default=0), WHEN, lines)


def send(*members: Member, message: tuple[bytes, ...] = ()) -> bytes:
    sent = transmission(members, sender=("HERE", "MAINT"), receiver=("THERE", "OPS"), sent=WHEN, message=message)
    return build(sent)


def test_segments_by_hand() -> None:
    assert segments(b"\xc1\xc2") == bytes.fromhex("04c0c1c2")
    assert segments(b"") == bytes.fromhex("02c0")
    long = segments(bytes(300))
    assert (long[:2].hex(), long[255:257].hex(), len(long)) == ("ff80", "3140", 304)
    assert list(records(segments(b"\xc1") + segments(bytes(300)) + END)) == [
        Record(0, False, b"\xc1"),
        Record(3, False, bytes(300)),
        Record(307, True, to_ebcdic("INMR06")),
    ]


def test_text_units_by_hand() -> None:
    data = bytes.fromhex("1028 0001 0007 c9d5d4c3d6d7e8 0002 0002 0001 c1 0002 c2c3 0028 0000 0042 0001 0001 50")
    units = Units.parse(data)
    assert units is not None
    assert units.described() == {"INMUTILN": "INMCOPY", "INMDSNAM": "A.BC", "INMTERM": "", "INMLRECL": 80}
    assert units.build() == data
    assert Units.parse(data[:-1]) is None
    assert Units.of(INMUTILN="INMCOPY", INMDSNAM=("A", "BC"), INMTERM=(), INMLRECL=b"\x50") == units


def test_a_transmission() -> None:
    data = send(member(b"\xc1\xc2", b"\xc3"), message=(b"\xc8\xc9",))
    assert len(data) % 80 == 0
    assert is_netdata(data)
    sent = parse(data)
    assert sent.header.described() == {
        "INMLRECL": 80,
        "INMFNODE": "HERE",
        "INMFUID": "MAINT",
        "INMTNODE": "THERE",
        "INMTUID": "OPS",
        "INMFTIME": "19841205123107",
        "INMNUMF": 2,
    }
    note, file = sent.files
    assert (note.message, note.records("x")) == (True, (b"\xc8\xc9",))
    assert (file.message, file.name, file.recfm, file.lrecl) == (False, "A1.NOTE.TEXT", "V", 2)
    assert file.units[0].date("INMCREAT") == WHEN
    assert file.records("x") == (b"\xc1\xc2", b"\xc3")
    assert data[sent.end :].strip(b"\x40") == b""


@settings(max_examples=50, deadline=None)
@given(st.lists(st.binary(max_size=600), min_size=1, max_size=30), st.integers(1, 300), st.integers(1, 20))
def test_files_come_back(lines: list[bytes], lrecl: int, count: int) -> None:
    fixed = member(*[bytes([number]) * lrecl for number in range(count)], recfm="F", name="FIXED")
    data = send(member(*lines), fixed)
    sent = parse(data)
    assert [file.records("x") for file in sent.files] == [tuple(lines), fixed.records]
    assert build(sent) == data


def test_refusals() -> None:
    data = send(member(b"\xc1\xc2"))
    with pytest.raises(BadImage, match="expected a segment with INMR01"):
        parse(to_ebcdic("JUST A CARD".ljust(80)))
    with pytest.raises(BadImage, match="segment length 64, expected 2 to"):
        parse(data[: data.index(END)] + b"\x40" * 8)
    with pytest.raises(BadImage, match="found the end of the file, expected a segment, or INMR06"):
        parse(data[: data.index(END)])
    with pytest.raises(BadImage, match="found flag X'40', expected the first segment"):
        parse(data.replace(bytes.fromhex("04c0c1c2"), bytes.fromhex("0440c1c2")))
    with pytest.raises(ImageError, match="found no file and no message"):
        send()


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 800), st.integers(0, 255), st.booleans())
def test_damage_is_an_image_error_or_other_data(at: int, byte: int, cut: bool) -> None:
    data = bytearray(send(member(*[b"word %d" % number for number in range(20)]), member(b"x"), message=(b"hi",)))
    at %= len(data)
    data[at] = byte
    with suppress(ImageError):
        for file in parse(bytes(data[:at] if cut else data)).files:
            file.records("x")


# --- unloads of partitioned data sets ---


def count(track: int, record: int, key: int, length: int) -> bytes:
    """A block on cylinder 5 + track div 15: the first extent begins at cylinder 5, head 0."""
    cylinder, head = divmod(track, 15)
    return b"".join(
        n.to_bytes(w, "big") for n, w in ((0, 4), (5 + cylinder, 2), (head, 2), (record, 1), (key, 1), (length, 2))
    )


def entry(name: str, ttr: int, flag: int = 0, more: bytes = b"") -> bytes:
    return to_ebcdic(f"{name:8}") + ttr.to_bytes(3, "big") + bytes([flag | len(more) // 2]) + more


def unload(recfm: int = 0x90, lrecl: int = 4) -> list[bytes]:
    """Member B at track 0 record 2, A (alias C) at track 16 record 1."""
    copyr1 = bytes.fromhex("00ca6d0f 0200 0008 0004 9000 0000 0c94 3050200e 00007ff8 022b 000f 0000".replace(" ", ""))
    copyr1 = copyr1[:8] + lrecl.to_bytes(2, "big") + bytes([recfm]) + copyr1[11:]
    extent = bytes(6) + bytes.fromhex("0005 0000 0006 000e 001e".replace(" ", ""))
    entries = entry("A", 0x001001, more=b"\0\1") + entry("B", 2) + entry("C", 0x001001, 0x80) + b"\xff" * 8
    directory = (len(entries) + 2).to_bytes(2, "big") + entries
    blocks = [
        count(0, 0, 8, 256) + b"\xff" * 8 + directory.ljust(256, b"\0") + count(0, 0, 0, 0),
        count(0, 2, 0, 8) + b"bbbbBBBB" + count(0, 3, 0, 0),
        count(16, 1, 0, 4) + b"aaaa" + count(16, 2, 0, 4) + b"AAAA" + count(16, 3, 0, 0),
    ]
    return [copyr1.ljust(56, b"\0"), (bytes(16) + extent).ljust(276, b"\0"), *blocks]


def test_an_unload_by_hand() -> None:
    assert COUNT_LENGTH == 12
    pds = parse_unload(unload())
    assert [(member.name, member.ttr, member.alias_of, member.user_data) for member in pds.members] == [
        ("A", 0x001001, "", b"\0\1"),
        ("B", 2, "", b""),
        ("C", 0x001001, "A", b""),
    ]
    assert [pds.records(member, "x") for member in pds.members] == [
        [b"aaaa", b"AAAA"],
        [b"bbbb", b"BBBB"],
        [b"aaaa", b"AAAA"],
    ]


def test_records_of_other_forms() -> None:
    undefined = parse_unload(unload(0xC0))
    assert undefined.records(undefined.members[1], "x") == [b"bbbbBBBB"]
    variable = parse_unload(unload(0x50))
    with pytest.raises(BadImage, match="found block length 25186, expected at most 8"):
        variable.records(variable.members[1], "x")


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 900), st.integers(0, 255), st.booleans())
def test_a_damaged_unload(at: int, byte: int, cut: bool) -> None:
    parts = unload()
    data = bytearray(b"".join(parts))
    at %= len(data)
    data[at] = byte
    whole = bytes(data[:at] if cut else data)
    with suppress(ImageError):
        pds = parse_unload([whole[:56], whole[56:332], whole[332:]])
        for member in pds.members:
            pds.records(member, "x")


#   transmission        files   members of the partitioned data set, records
TRANSMISSIONS = [
    ("test_seq.xmi", 1, {}),
    ("test_pds.xmi", 1, {"JES2HIST": 83, "JES2JPG": 401, "SNAKE": 25, "XMIT": 28}),
    ("test_pds_msg.xmi", 2, {"TESTING": 2, "Z15IMG": 1250}),
]


@pytest.mark.parametrize(("name", "files", "members"), TRANSMISSIONS)
def test_genuine_transmissions(name: str, files: int, members: dict[str, int]) -> None:
    if not (GENUINE / name).is_file():
        pytest.skip(f"VM370_GENUINE names no folder with {name}")
    data = (GENUINE / name).read_bytes()
    sent = parse(data, name)
    made = build(sent)
    # TSO divides a record where its buffer ends, so that its segments are not all of 253 bytes
    assert made == data if name != "test_pds_msg.xmi" else parse(made).files == sent.files
    assert len(sent.files) == files
    last = sent.files[-1]
    if not members:
        assert len(last.records(name)) == 33
        return
    assert last.partitioned
    pds = parse_unload(last.data, name)
    assert {member.name: len(pds.records(member, name)) for member in pds.members} == members
    if name == "test_pds.xmi":
        picture = b"".join(pds.records(pds.members[1], name))
        assert picture[:4].hex() == "ffd8ffe0"
        assert from_ebcdic(pds.records(pds.members[3], name)[0]).startswith("//XMIMAKE JOB (01)")
