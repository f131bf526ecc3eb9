"""CMS files on tape: TAPE DUMP and VMFPLC2."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm370.images.ebcdic import to_ebcdic
from vm370.images.errors import BadFileName, BadImage, FileSystemError, ImageError
from vm370.images.tapes import tapedump, vmfplc2
from vm370.images.tapes.aws import AwsTape
from vm370.images.tapes.block import Block, file_blocks
from vm370.images.tapes.cmsfile import CmsTapeFile, make_file

NOON = datetime(2026, 3, 4, 12)
CARD = to_ebcdic("A CARD".ljust(80))

#  the last block of a file on a tape of a VM/SP system, written in December 1984
GENUINE_END = bytes.fromhex(
    "02C3D4E2D5 01760001C1F101750000C60000000050 0008F8F4 12051231 0000013B 00000008 00000175 01 04 841205123121"
    "00000000 E4E3C540E2C1E2C6C9D3C54000000000 C3C8C5C3D2F14040 D7E2C1E240404040 C1F1"
)


def in_memory(blocks: list[bytes]) -> Iterator[Block]:
    return (Block("t.aws", number, data) for number, data in enumerate(blocks))


def written(path: Path, form: str, *files: CmsTapeFile) -> list[bytes]:
    """The blocks that files become."""
    tape = AwsTape.create(path / "t.aws", overwrite=True)
    for file in files:
        match form:
            case "vmfplc2":
                vmfplc2.write_file(tape, file)
            case _:
                tapedump.write_file(tape, file, later=form == "later")
    tape.rewind()
    blocks = [block.data for block in file_blocks(tape)]
    tape.close()
    return blocks


def test_the_end_block_of_a_genuine_tape() -> None:
    assert len(GENUINE_END) == 87
    data = tapedump.START + tapedump.FIXED_DATA + CARD * 51 + bytes(16)
    blocks = [data] * 7 + [data[: 5 + 80 * 19].ljust(4101, b"\0"), GENUINE_END]
    (file,) = tapedump.read_files(in_memory(blocks))
    assert (str(file), file.filemode, file.recfm, file.lrecl, file.count) == ("CHECK1 PSAS", "A1", "F", 80, 373)
    assert file.written_at == datetime(1984, 12, 5, 12, 31, 21)
    assert (file.fst.blocks, file.fst.origin, file.fst.write_pointer) == (8, 0x13B, 0x176)
    assert [len(record) for record in file.records()] == [80] * 373
    assert tapedump.build_end(file.fst) == GENUINE_END[:53] + bytes(16) + GENUINE_END[69:]


def test_a_file_of_vm370_is_805_bytes_a_block(tmp_path: Path) -> None:
    file = make_file("notes", "data", [b"\xc1", b"\xc2" * 900], mode="B2", written=NOON)
    blocks = written(tmp_path, "800", file)
    assert [len(block) for block in blocks] == [805, 805, 805]
    assert blocks[0][:10].hex() == "02c3d4e240" + "0001c1" + "0384"
    assert blocks[2][:69].hex() == (
        "02c3d4e2d5" + "00030001c2f200020000e50800000384" + "0002f2f6" + "03041200" + "00" * 24 + "00" * 16
    )
    assert blocks[2][69:87] == to_ebcdic("NOTES   DATA    B2")
    assert blocks[2][87:] == bytes(718)
    (back,) = tapedump.read_files(in_memory(blocks))
    assert list(back.records()) == [b"\xc1", b"\xc2" * 900]
    assert (back.fst, back.written_at, back.count) == (file.fst, NOON, 2)


def test_a_block_of_zeros_that_the_disk_does_not_have_counts(tmp_path: Path) -> None:
    file = make_file("sparse", "data", [bytes(800), b"x" * 800], recfm="F", written=NOON)
    blocks = written(tmp_path, "800", file)
    blocks[0] = tapedump.START + tapedump.NULL + bytes(800)
    (back,) = tapedump.read_files(in_memory(blocks))
    assert list(back.records()) == [bytes(800), b"x" * 800]


def test_a_header_of_vmfplc2(tmp_path: Path) -> None:
    file = make_file("my", "notes", [CARD], recfm="F", written=NOON, long=True)
    blocks = written(tmp_path, "vmfplc2", file)
    assert blocks[0] == bytes.fromhex(
        "02D7D3C3C8 D4E8404040404040 D5D6E3C5E2404040 03041200 0002 0001 C1F1 0001 0000 C6 08 00000050 0001 F2F6"
        "00000001 00000000 00000000 00000001 00000001 00 00 260304120000 00 00 0000"
    )
    assert [len(block) for block in blocks] == [77, 805]
    long = make_file("long", "notes", [b"x" * 3000] * 3, recfm="F", written=NOON)  # 9000 bytes
    assert [len(block) for block in written(tmp_path, "vmfplc2", long)] == [77, 4005, 4005, 1605]
    assert written(tmp_path, "vmfplc2", long)[0][45:53].hex() == "00000002" + "00000002"


@pytest.mark.parametrize("form", ["800", "later", "vmfplc2"])
def test_files_follow_each_other(tmp_path: Path, form: str) -> None:
    long = form == "later"
    one = make_file("one", "exec", [b"abc", b"x" * 5000, b"\x40"], written=NOON, long=long)
    two = make_file("two", "assemble", [CARD] * 60, recfm="F", written=NOON, long=long)
    reader = vmfplc2.read_files if form == "vmfplc2" else tapedump.read_files
    back = list(reader(in_memory(written(tmp_path, form, one, two))))
    assert [(str(file), file.fst) for file in back] == [("ONE EXEC", one.fst), ("TWO ASSEMBLE", two.fst)]
    assert [list(file.records()) for file in back] == [list(one.records()), list(two.records())]


def test_what_is_no_file_is_told_with_its_place(tmp_path: Path) -> None:
    file = make_file("one", "exec", [b"abc"] * 300, written=NOON)
    end = written(tmp_path, "800", file)[-1]
    data = written(tmp_path, "800", file)[0]
    for blocks, found in [
        ([b"junk"], "found X'6A756E6B'"),
        ([data], "the end of the tape file"),
        ([data, end[:60]], "the end of the block"),
        ([b"\x02" + to_ebcdic("CMSQ")], "found X'02C3D4E2D8'"),
    ]:
        with pytest.raises(BadImage, match=r"t\.aws: block") as caught:
            list(tapedump.read_files(in_memory(blocks)))
        assert found in str(caught.value)
    head = written(tmp_path, "vmfplc2", file)[0]
    for blocks, found in [
        ([end], "expected a block of VMFPLC2"),
        ([vmfplc2.DATA + bytes(800)], "found PLCD"),
        ([head[:50]], "the end of the block"),
        ([head], "what follows on tape, 0 bytes"),
    ]:
        with pytest.raises(BadImage, match=r"t\.aws: block") as caught:
            list(vmfplc2.read_files(in_memory(blocks)))
        assert found in str(caught.value)
    for at, value, found in [
        (15, b"\xc7", "record format C7"),
        (11, b"\0\0", "0 records"),
        (17, b"\0\0\0\0", "300 records"),
    ]:
        broken = end[:at] + value + end[at + len(value) :]
        (read,) = tapedump.read_files(in_memory([data, broken]))
        with pytest.raises(BadImage, match=found):
            list(read.records())
    (read,) = tapedump.read_files(in_memory([data[:5] + b"\xff" * 800, end]))
    with pytest.raises(BadImage, match="data of ONE EXEC"):
        list(read.records())


def test_what_no_file_of_vm370_can_be_is_refused() -> None:
    with pytest.raises(FileSystemError, match="no records"):
        make_file("a", "b", [], written=NOON)
    with pytest.raises(BadFileName):
        make_file("a b", "c", [b"x"], written=NOON)
    with pytest.raises(FileSystemError, match="65536 records"):
        make_file("a", "b", [b"x"] * 65536, written=NOON)
    assert make_file("a", "b", [b"x"] * 65536, written=NOON, long=True).count == 65536
    old = make_file("a", "b", [b"x"], written=datetime(1979, 5, 6, 7, 8))
    assert (old.written_at, old.fst.year) == (datetime(1979, 5, 6, 7, 8), to_ebcdic("79"))


_records = st.lists(st.binary(min_size=1, max_size=1200), min_size=1, max_size=6)


@settings(max_examples=80, deadline=None)
@given(_records, st.booleans(), st.sampled_from(["800", "later", "vmfplc2"]), st.data())
def test_any_file_comes_back_and_any_damage_is_an_image_error(
    tmp_path_factory: pytest.TempPathFactory, records: list[bytes], fixed: bool, form: str, data: st.DataObject
) -> None:
    if fixed:
        records = [record[:1].ljust(data.draw(st.just(len(records[0]))), b"x") for record in records]
    file = make_file("any", "file", records, recfm="F" if fixed else "V", written=NOON, long=form == "later")
    blocks = written(tmp_path_factory.getbasetemp(), form, file)
    reader = vmfplc2.read_files if form == "vmfplc2" else tapedump.read_files
    (back,) = reader(in_memory(blocks))
    assert (list(back.records()), back.fst) == (records, file.fst)
    where = data.draw(st.integers(0, len(blocks) - 1))
    damaged = bytearray(blocks[where])
    at = data.draw(st.integers(0, min(len(damaged) - 1, 90)))
    if data.draw(st.booleans()):
        damaged[at] ^= data.draw(st.integers(1, 255))
    else:
        del damaged[at:]
    blocks[where] = bytes(damaged)
    try:
        for found in reader(in_memory([block for block in blocks if block])):
            assert found.written_at != NOON or str(found)
            for _ in found.records():
                pass
    except ImageError:
        return
