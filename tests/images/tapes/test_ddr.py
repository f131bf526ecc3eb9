"""DDR dumps: the bytes of known tracks, dump and restore, several tapes, damage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vm370.images.ckd import CkdImage, Record, Track, build_track, format_track, parse_track
from vm370.images.errors import BadImage, GeometryError, ImageError
from vm370.images.geometry import CKD_DEVICES
from vm370.images.stores import StoreError
from vm370.images.tapes import ddr
from vm370.images.tapes.aws import AwsTape
from vm370.images.tapes.block import Block, file_blocks

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
LENGTH_3330 = CKD_DEVICES["3330"].track_length


def disk(path: Path, cylinders: int = 2, kind: str = "3330") -> CkdImage:
    return CkdImage.create(path, kind, cylinders, volser="VOL123", overwrite=True)


def tape_of(path: Path, blocks: list[bytes | None]) -> AwsTape:
    tape = AwsTape.create(path, overwrite=True)
    for block in blocks:
        if block is None:
            tape.write_mark()
        else:
            tape.write(block)
    tape.rewind()
    return tape


def in_memory(blocks: list[bytes]) -> Iterator[Block]:
    return (Block("t.aws", number, data) for number, data in enumerate(blocks))


def test_the_volume_header_is_as_genuine_ddr_wrote_it() -> None:
    """First 36 bytes of a dump of a 3350 from cylinder 1 on, made by DMKDDR of Release 6."""
    genuine = bytes.fromhex("e5c8d940 00000001 00004040 40404040 e39f3c56 7626d000 006e022f 001de5f3 40404040")
    volume = ddr.Volume.parse(Block("t", 0, genuine.ljust(80, b"\x40")))
    assert volume == ddr.Volume("V3", 110, 559, 29, cylinder=1, time=0xE39F3C567626D000)
    assert [device.name for device in volume.devices] == ["3350"]
    assert volume.build() == genuine.ljust(80, b"\x40")
    assert volume.dumped_at is not None
    assert volume.dumped_at.date().isoformat() == "2026-11-22"


@pytest.mark.parametrize(
    ("kind", "genuine"),
    [
        ("2305-1", "0022002f0007"),
        ("2305-2", "004b005f0007"),
        ("2311", "003e00ca0009"),
        ("2314", "004b00ca0013"),
        ("3330", "0064019a0012"),
        ("3330-11", "0064032e0012"),
        ("3340-35", "0037015c000b"),
        ("3340-70", "003702b9000b"),
        ("3350", "006e022f001d"),
    ],
)
def test_each_device_type_is_told_as_genuine_ddr_tells_it(tmp_path: Path, kind: str, genuine: str) -> None:
    tape = AwsTape.create(tmp_path / "t.aws")
    ddr.dump(tape, disk(tmp_path / "d.ckd", 1, kind), clock=lambda: NOON)
    tape.rewind()
    header = tape.read()
    assert header is not None
    assert header[24:30].hex() == genuine
    tape.rewind()
    assert kind in [device.name for device in ddr.DdrDump(file_blocks(tape)).volume.devices]


#  records (number, key, data) -> header as DMKDDR of Release 6 wrote it: records, blocks, rest
TRACKS: list[tuple[list[tuple[int, bytes, bytes]], str, list[int]]] = [
    ([], "0000 0000 0050", [80]),
    ([(1, b"", bytes(6000))], "0001 0001 0798", [4096, 1944]),
    ([(1, b"KEY1", bytes(100)), (2, b"KEYTWO", b""), (3, b"", b"")], "0003 0000 00A6", [166]),
    ([(1, b"", b""), (2, b"", bytes(10))], "0002 0000 0050", [80]),
    ([(1, b"", bytes(4056))], "0001 0001 0000", [4096]),
    ([(1, b"", bytes(4057))], "0001 0001 0050", [4096, 80]),
    ([(1, b"", bytes(4055))], "0001 0000 0FFF", [4095]),
    ([(n, b"", b"x") for n in range(1, 40)], "0027 0000 017F", [383]),
    ([(1, b"", bytes(4056)), (2, b"", bytes(4088))], "0002 0002 0000", [4096, 4096]),
]


@pytest.mark.parametrize(("records", "header", "lengths"), TRACKS)
def test_a_track_is_cut_as_genuine_ddr_cuts_it(
    records: list[tuple[int, bytes, bytes]], header: str, lengths: list[int]
) -> None:
    track = format_track(1, 2, records, LENGTH_3330)
    blocks = ddr.track_blocks(track, "track")
    assert [len(block) for block in blocks] == lengths
    assert blocks[0][4:10] == bytes.fromhex(header)
    assert blocks[0][10:24].hex() == "00" + "0000010002" + "0001000200000008"
    volume = ddr.Volume("V", 100, 410, 18)
    (read,) = ddr.DdrDump(in_memory([volume.build(), *blocks, volume.build(ddr.EOJ)])).tracks()
    assert build_track(read, LENGTH_3330) == track


def test_an_overflow_segment_is_told_by_the_flag() -> None:
    """As DMKDDR of Release 6 dumped the tracks of a CP-67 disk."""
    segment = Record(0x8001, 2, 8, bytes(414))
    track = build_track(Track(0, 1, 2, (Record(1, 2, 0, bytes(8)), Record(1, 2, 1, b"abc"), segment)), LENGTH_3330)
    blocks = ddr.track_blocks(track, "track")
    assert (blocks[0][10], blocks[0][40:48].hex()) == (1, "000100020800019e")
    volume = ddr.Volume("V", 75, 202, 19)
    (read,) = ddr.DdrDump(in_memory([volume.build(), *blocks, volume.build(ddr.EOJ)])).tracks()
    assert build_track(read, LENGTH_3330) == track


def test_a_disk_comes_back_from_its_dump(tmp_path: Path) -> None:
    source = disk(tmp_path / "a.ckd")
    for number, (records, _, _) in enumerate(TRACKS):
        source.write_track(1, number, 0, format_track(1, number, records, source.track_length))
    tape = AwsTape.create(tmp_path / "t.aws")
    told: list[tuple[int, int]] = []
    assert ddr.dump(tape, source, clock=lambda: NOON, progress=lambda *step: told.append(step)) == 38
    assert told[-1] == (38, 38)
    tape.rewind()
    dump = ddr.DdrDump(file_blocks(tape))
    assert (dump.volume.serial, dump.volume.dumped_at) == ("VOL123", NOON)
    assert [device.name for device in dump.volume.devices] == ["3330"]
    target = CkdImage.create(tmp_path / "b.ckd", "3330", 2)
    assert ddr.restore(dump, target) == 38
    source.close()
    target.close()
    assert (tmp_path / "a.ckd").read_bytes() == (tmp_path / "b.ckd").read_bytes()


def test_the_last_record_tells_the_last_track_and_extents_are_dumped_alone(tmp_path: Path) -> None:
    tape = AwsTape.create(tmp_path / "t.aws")
    with pytest.raises(GeometryError, match="cylinders 4 to 5"):
        ddr.dump(tape, disk(tmp_path / "a.ckd", 5), [(4, 5)])
    with pytest.raises(GeometryError, match="ascending"):
        ddr.dump(tape, disk(tmp_path / "b.ckd", 5), [(1, 2), (2, 3)])
    ddr.dump(tape, disk(tmp_path / "c.ckd", 5), [(1, 1), (3, 4)])
    tape.rewind()
    blocks = [block for block in tape.items() if block]
    assert (blocks[0][4:10].hex(), blocks[-1][:10].hex()) == ("000000010000", "c5d6d140" + "000000040012")
    tracks = ddr.DdrDump(in_memory(blocks)).tracks()
    assert sorted({track.cylinder for track in tracks}) == [1, 3, 4]
    with pytest.raises(GeometryError, match="found 3390"):
        ddr.dump(tape, disk(tmp_path / "d.ckd", 1, "3390"))


@pytest.mark.parametrize("header_again", [True, False])
def test_a_dump_goes_on_on_another_tape(header_again: bool) -> None:
    volume = ddr.Volume("VOL123", 100, 410, 18)
    first, second = (ddr.track_blocks(format_track(0, head, [], 512), "t") for head in (0, 1))
    one = [volume.build(), *first, volume.build(ddr.EOV)]
    two = [*([volume.build()] if header_again else []), *second, volume.build(ddr.EOJ)]
    assert [t.head for t in ddr.DdrDump(in_memory(one), [in_memory(two)]).tracks()] == [0, 1]
    with pytest.raises(BadImage, match="goes on on another tape"):
        list(ddr.DdrDump(in_memory(one)).tracks())
    other = ddr.Volume("OTHER", 100, 410, 18).build()
    with pytest.raises(BadImage, match="found OTHER"):
        list(ddr.DdrDump(in_memory(one), [in_memory([other])]).tracks())
    with pytest.raises(BadImage, match="found nothing"):
        list(ddr.DdrDump(in_memory(one), [in_memory([])]).tracks())


def test_what_no_dump_can_be_is_told_with_its_place(tmp_path: Path) -> None:
    volume = ddr.Volume("VOL123", 100, 410, 18).build()
    (track,) = ddr.track_blocks(format_track(1, 2, [(1, b"", b"abc")], 512), "t")
    for blocks, found in [
        ([b"junk"], "found X'6A756E6B'"),
        ([volume[:50]], "the end of the block"),
        ([volume], "the end of the tape file"),
        ([volume, track], "the end of the tape file"),
        ([volume, b"\x40" * 80], "found X'40404040'"),
        ([volume, track[:60]], "a block of 60 bytes"),
        ([volume, track[:4] + b"\xff\xff" + track[6:]], "65535 records"),
        ([volume, track[:4] + b"\0\x01\0\xff" + track[8:]], "255 blocks"),
        ([volume, track[:38] + b"\xff\xff" + track[40:]], "data length 65535"),
    ]:
        with pytest.raises(BadImage) as caught:
            list(ddr.DdrDump(in_memory(blocks)).tracks())
        assert found in str(caught.value)
        assert "t.aws: block" in str(caught.value)
    with pytest.raises(ImageError, match="no block"):
        ddr.DdrDump(in_memory([]))
    dump = ddr.DdrDump(in_memory([volume, *ddr.track_blocks(format_track(9, 2, [], 512), "t")]))
    with pytest.raises(StoreError, match="cylinder 9 head 2"):
        ddr.restore(dump, disk(tmp_path / "d.ckd", 1))
    long = build_track(Track(0, 0, 0, (Record(0, 0, 0, bytes(9)),)), 512)
    with pytest.raises(ImageError, match="R0 is not 8 bytes"):
        ddr.track_blocks(long, "t")


def test_the_serial_number_is_that_of_the_volume_or_the_cms_label(tmp_path: Path) -> None:
    image = CkdImage.create(tmp_path / "a.ckd", "3330", 1)
    assert ddr.label_of(image) == ""
    label = "CMS1TEST  ".encode("cp037")
    image.write_track(0, 0, 0, format_track(0, 0, [(n, b"", label.ljust(80)) for n in (1, 2, 3)], image.track_length))
    assert ddr.label_of(image) == "TEST"
    image.write_track(0, 0, 11, b"\xff\xff")  # a record longer than the track
    assert ddr.label_of(image) == ""


_record = st.tuples(st.binary(max_size=8), st.binary(max_size=3000))


@settings(max_examples=60, deadline=None)
@given(st.lists(_record, max_size=4), st.data())
def test_any_track_comes_back_and_any_damage_is_an_image_error(
    records: list[tuple[bytes, bytes]], data: st.DataObject
) -> None:
    track = format_track(3, 4, [(n, key, text) for n, (key, text) in enumerate(records, 1)], LENGTH_3330)
    volume = ddr.Volume("V", 100, 410, 18)
    blocks = [volume.build(), *ddr.track_blocks(track, "t"), volume.build(ddr.EOJ)]
    assert [build_track(t, LENGTH_3330) for t in ddr.DdrDump(in_memory(blocks)).tracks()] == [track]
    where = data.draw(st.integers(0, len(blocks) - 1))
    damaged = bytearray(blocks[where])
    at = data.draw(st.integers(0, min(len(damaged) - 1, 60)))
    match data.draw(st.integers(0, 3)):
        case 0:
            damaged[at] ^= data.draw(st.integers(1, 255))
        case 1:
            del damaged[at:]
        case 2:
            blocks.insert(where, bytes(damaged))
        case _:
            other = data.draw(st.integers(0, len(blocks) - 1))
            blocks[where], blocks[other] = blocks[other], blocks[where]
            damaged = bytearray(blocks[where])
    blocks[where] = bytes(damaged)
    try:
        found = list(ddr.DdrDump(in_memory(blocks)).tracks())
    except ImageError:
        return
    for each in found:
        assert parse_track(build_track(each, 0x20000)).records == each.records


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_a_damaged_tape_restores_or_tells(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "t.aws"
    tape = AwsTape.create(path, overwrite=True)
    source = disk(tmp_path / "a.ckd", 1)
    ddr.dump(tape, source)
    tape.close()
    source.close()
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    target = CkdImage.create(tmp_path / "b.ckd", "3330", 1, overwrite=True)
    try:
        ddr.restore(ddr.DdrDump(file_blocks(AwsTape.open(path, read_only=True))), target)
    except ImageError:
        pass
    finally:
        target.close()
