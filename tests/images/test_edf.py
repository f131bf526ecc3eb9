"""The CMS file system: known bytes, and random file trees in every block size on every kind of disk."""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.images.storekit import KINDS, Contents, Sectors, blocks_of, clock, contents, formatted, opened
from vm370.images.blocks import FbaBlocks
from vm370.images.edf import EdfDisk, Fst, Label, check
from vm370.images.errors import (
    BadFileName,
    BadImage,
    DiskFull,
    FileExists,
    FileNotOnDisk,
    FileSystemError,
    GeometryError,
)


def test_label_bytes() -> None:
    store = formatted("3350", 1, 4096)
    label = blocks_of(store, 4096).read_label()
    assert label == bytes.fromhex(
        "C3D4E2F1 E3C5E2E34040 0000"  # CMS1, label TEST, version
        "00001000 00000004"  # block size, directory in block 4
        "00000001 00000001 00000078 00000006"  # cylinders twice, 120 blocks, 6 in use (5 and the map)
        "00000040 00000040"  # 64-byte FSTs, 64 in a block
        "260304120000 01 00"  # created, century
    ).ljust(80, b"\0")
    assert Label.parse(label).build() == label


def test_first_blocks_of_a_disk() -> None:
    store = formatted("3350", 1, 1024)
    blocks = blocks_of(store, 1024)
    directory = blocks.read(4)
    assert directory[:16] == bytes.fromhex("0000000100000000") + "DIRECTOR".encode("cp037")
    assert directory[64:80] == bytes.fromhex("0000000200000000") + "ALLOCMAP".encode("cp037")
    assert directory[40:54] == bytes.fromhex("00000004 00000001 00000002 00 04")  # block 4, 1 block, 2 entries
    assert directory[104:118] == bytes.fromhex("00000006 00000001 00000001 00 04")
    assert directory[128:] == bytes(1024 - 128)
    assert blocks.read(6) == b"\xfc" + bytes(1023)  # blocks 1 to 6 are taken


def test_fst_bytes_of_a_file() -> None:
    store = formatted("3350", 1, 1024)
    disk = opened(store, 1024)
    disk.write("PROFILE", "EXEC", [b"\xc1" * 80] * 3, recfm="F", mode="A2")
    assert disk.label.directory == 5
    entry = blocks_of(store, 1024).read(5)[128:192]
    assert entry == (
        "PROFILE EXEC    ".encode("cp037")
        + bytes.fromhex("0304 1200 0000 0000 C1F2 0003 0000 C6 08 00000050 0001 F2F6")
        + bytes.fromhex("00000007 00000001 00000003 00 04 260304120000 00 00 0000")
    )
    assert Fst.parse(entry).build() == entry
    assert blocks_of(store, 1024).read(7) == b"\xc1" * 240 + bytes(784)


def test_variable_pointers() -> None:
    store = formatted("3310", 900, 512)
    disk = opened(store, 512)
    blocks = disk.blocks
    # four records of 2 + 300 bytes begin at 0, 302, 604 and 906 and end at 1208
    fst = disk.write("FOUR", "RECORDS", [bytes([n]) * 300 for n in range(1, 5)])
    assert (fst.levels, fst.pointer_size, fst.blocks, fst.records, fst.lrecl) == (1, 12, 3, 4, 300)
    numbers = [place.pointer.number for place in disk.places(fst) if not place.level]
    pointer_block = blocks.read(fst.origin)
    assert pointer_block[:36] == b"".join(
        number.to_bytes(4) + bytes.fromhex(rest)
        for number, rest in zip(numbers, ["00000002 00000000", "00000004 0000005C", "00000004 000000B8"], strict=True)
    )
    assert pointer_block[36:508] == bytes(472)
    assert pointer_block[508:] == bytes.fromhex("00000018")  # the last pointer stands at 24
    # one record of 2 + 1200 bytes: no record begins in its second block, the data end at 178 of the third
    fst = disk.write("ONE", "RECORD", [b"x" * 1200])
    pointer_block = blocks.read(fst.origin)
    assert [pointer_block[i + 4 : i + 12].hex() for i in (0, 12, 24)] == [
        "0000000100000000",
        "00000001ffffffff",
        "00000001000000b2",
    ]
    # a length that begins in the last byte of a block: 2 + 509 bytes, then a record at 511
    fst = disk.write("SPLIT", "LENGTH", [b"a" * 509, b"b" * 700])
    pointer_block = blocks.read(fst.origin)
    assert [pointer_block[i + 4 : i + 12].hex() for i in (0, 12, 24)] == [
        "0000000200000000",
        "00000002ffffffff",
        "00000002000000bd",
    ]
    assert disk.read("SPLIT", "LENGTH") == [b"a" * 509, b"b" * 700]
    assert check(blocks) == []


def test_levels_of_fixed_pointers() -> None:
    store = Sectors("3370", 40000)
    blocks = FbaBlocks(store, 512, "big")
    disk = EdfDisk.format(blocks, "BIG", clock)
    # 128 pointers of 4 bytes in a block: 1 block, 2 to 128, up to 16384
    for count, levels in [(1, 0), (2, 1), (128, 1), (129, 2), (16384, 2), (16385, 3)]:
        fst = disk.write("F", "F", (n.to_bytes(4) * 128 for n in range(count)), recfm="F", lrecl=512)
        assert (fst.levels, fst.blocks) == (levels, count)
        assert all(record[:4] == n.to_bytes(4) for n, record in enumerate(disk.records(fst)))
        assert opened(store, 512).find("F", "F") == fst
    # 10 map blocks of 512 bytes need one pointer block
    assert len(disk.own_blocks()["the allocation map"]) == 11
    assert check(blocks) == []
    # 42 pointers of 12 bytes in a block
    for count, levels in [(42, 1), (43, 2), (1764, 2), (1765, 3)]:
        fst = disk.write("V", "V", [b"y" * 510] * count)
        assert (fst.levels, fst.blocks) == (levels, count)
    assert check(blocks) == []


def test_sparse_blocks_take_no_room() -> None:
    disk = opened(formatted("3350", 1, 512), 512)
    data = [bytes(512)] * 300 + [b"\x01" * 512] + [bytes(512)] * 10
    fst = disk.write("HOLES", "DATA", data, recfm="F", sparse=True)
    assert (fst.blocks, fst.levels) == (1, 2)
    # a data block, its pointer block and the pointer block above; 5 + 1 + 3 and the map and directory as before
    assert disk.label.used == 6 + 3
    assert disk.read("HOLES", "DATA") == data
    disk.write("NULL", "DATA", [bytes(80)], recfm="F", sparse=True)
    assert disk.find("NULL", "DATA").origin == 0
    assert disk.read("NULL", "DATA") == [bytes(80)]
    assert check(disk.blocks) == []
    disk.erase("HOLES", "DATA")
    assert disk.label.used == 6


@pytest.mark.parametrize(("device_type", "size"), KINDS)
@pytest.mark.parametrize("block_size", [512, 1024, 2048, 4096])
def test_erase_rename_replace(device_type: str, size: int, block_size: int) -> None:
    store = formatted(device_type, size, block_size)
    disk = opened(store, block_size)
    empty = disk.label.used
    for number in range(20):
        disk.write(f"F{number}", "DATA", [bytes([number + 1]) * 100])
    disk.erase("f3", "data")
    disk.rename(("F4", "DATA"), ("NEW", "NAME"), "B0")
    disk.write("F5", "DATA", [b"new"], recfm="F")
    assert check(disk.blocks) == []
    disk = opened(store, block_size)
    found = contents(disk)
    assert len(found) == 19
    assert found["NEW", "NAME"] == ("V", [b"\x05" * 100])
    assert disk.find("NEW", "NAME").filemode == "B0"
    assert found["F5", "DATA"] == ("F", [b"new"])
    with pytest.raises(FileNotOnDisk, match="F3 DATA is not on the disk"):
        disk.find("F3", "DATA")
    with pytest.raises(FileExists, match="F6 DATA is on the disk already"):
        disk.rename(("F7", "DATA"), ("F6", "DATA"))
    with pytest.raises(FileExists):
        disk.write("F6", "DATA", [b"x"], replace_old=False)
    with disk.transaction():
        for fst in disk.files():
            disk.erase(fst.filename, fst.filetype)
    assert (disk.files(), disk.label.used) == ([], empty)


def test_dates() -> None:
    disk = opened(formatted("3350", 1, 4096), 4096)
    disk.write("NOW", "X", [b"x"])
    disk.write("THEN", "X", [b"x"], written=datetime(1979, 12, 31, 23, 59, 58))
    assert disk.find("NOW", "X").written_at == clock()
    assert disk.find("THEN", "X").written_at == datetime(1979, 12, 31, 23, 59, 58)
    assert disk.label.created_at == clock()


def test_a_full_disk_keeps_its_files() -> None:
    store = formatted("3310", 900, 4096)
    disk = opened(store, 4096)
    disk.write("KEEP", "ME", [b"kept"])
    before = bytes(blocks_of(store, 4096).read(4) + blocks_of(store, 4096).read(5))
    with pytest.raises(DiskFull, match="the disk is full"):
        disk.write("TOO", "LONG", [bytes(range(256)) * 16] * 200, recfm="F")
    assert bytes(blocks_of(store, 4096).read(4) + blocks_of(store, 4096).read(5)) == before
    assert contents(disk) == contents(opened(store, 4096)) == {("KEEP", "ME"): ("V", [b"kept"])}
    # all that `free` promises can be used, and a full disk can be emptied again
    room = disk.free - 1  # one for the pointer block
    disk.write("ALL", "OF", [b"z" * 4096] * room, recfm="F")
    assert disk.free == 0
    with pytest.raises(DiskFull):
        disk.write("ONE", "MORE", [b"z"])
    disk.erase("ALL", "OF")
    assert check(disk.blocks) == []


def test_refused_files() -> None:
    disk = opened(formatted("3350", 1, 512), 512)
    for filename, filetype, message in [
        ("TOOLONGNAME", "X", "file name 'TOOLONGNAME': expected 1 to 8"),
        ("", "X", "file name ''"),
        ("A B", "X", "file name"),
        ("A", "x/y", "file type 'x/y'"),
    ]:
        with pytest.raises(BadFileName, match=message):
            disk.write(filename, filetype, [b"x"])
    with pytest.raises(BadFileName, match="file mode 'A9'"):
        disk.write("A", "B", [b"x"], mode="A9")
    for records, recfm, message in [
        ([], "V", "no records"),
        ([b""], "V", "record 1 has 0 bytes, expected 1 to 65535"),
        ([b"x", bytes(65536)], "V", "record 2 has 65536 bytes"),
        ([b"xx", b"x"], "F", "record 2 has 1 bytes, expected 2"),
        ([b"x"], "U", "record format 'U'"),
    ]:
        with pytest.raises(FileSystemError, match=message):
            disk.write("A", "B", records, recfm=recfm)
    assert disk.files() == []
    assert check(disk.blocks) == []


def test_refused_disks() -> None:
    with pytest.raises(GeometryError, match="too few for a file system"):
        EdfDisk.format(FbaBlocks(Sectors("3310", 6), 512), "X", clock)
    with pytest.raises(BadFileName, match="label 'TOOLONG'"):
        EdfDisk.format(FbaBlocks(Sectors("3310", 60), 512), "TOOLONG", clock)
    blocks = FbaBlocks(Sectors("3310", 60), 512)
    blocks.write_label("CMS=OLD   ".encode("cp037").ljust(80, b"\0"))
    with pytest.raises(BadImage, match="a disk of 800-byte blocks"):
        EdfDisk.open(blocks)
    blocks.write_label(bytes(80))
    with pytest.raises(BadImage, match="expected CMS1 in EBCDIC"):
        EdfDisk.open(blocks)
    with pytest.raises(BadImage, match=r"offset 12 \(X'C'\): found block size 4096, expected 1024"):
        opened(formatted("3310", 900, 4096), 1024)
    store = formatted("3310", 900, 512)
    store.read_only = True
    with pytest.raises(FileSystemError, match="read-only"):
        opened(store, 512).write("A", "B", [b"x"])


def test_a_transaction_is_all_or_nothing() -> None:
    store = formatted("3350", 1, 1024)
    disk = opened(store, 1024)
    disk.write("OLD", "FILE", [b"old"])
    before = contents(disk)
    with pytest.raises(RuntimeError, match="given up"), disk.transaction():  # noqa: PT012
        disk.write("NEW", "FILE", [b"new"])
        disk.erase("OLD", "FILE")
        raise RuntimeError("given up")
    assert contents(disk) == contents(opened(store, 1024)) == before
    assert check(disk.blocks) == []


names = st.from_regex(r"[A-Z$#@][A-Z0-9$#@+:_-]{0,7}", fullmatch=True)
lengths = st.lists(st.one_of(st.integers(1, 140), st.integers(1, 9000)), min_size=1, max_size=12)
files = st.tuples(st.sampled_from("FV"), lengths, st.integers(0, 255))


def records_of(recfm: str, sizes: list[int], seed: int) -> list[bytes]:
    source = random.Random(seed)
    if recfm == "F":
        return [source.randbytes(sizes[0]) if n % 3 else bytes(sizes[0]) for n in range(len(sizes))]
    return [source.randbytes(size) for size in sizes]


@given(
    st.sampled_from(KINDS),
    st.sampled_from([512, 1024, 2048, 4096]),
    st.lists(st.tuples(st.sampled_from(["write", "write", "write", "erase", "rename"]), names, names, files, names)),
    st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_file_trees(
    kind: tuple[str, int], block_size: int, steps: list[tuple[str, str, str, tuple, str]], sparse: bool
) -> None:
    store = formatted(*kind, block_size)
    disk = opened(store, block_size)
    expected: Contents = {}
    for action, filename, filetype, (recfm, sizes, seed), other in steps:
        try:
            if action == "write" or not expected:
                records = records_of(recfm, sizes, seed)
                disk.write(filename, filetype, records, recfm=recfm, sparse=sparse)
                expected[filename, filetype] = (recfm, records)
            else:
                name = sorted(expected)[seed % len(expected)]
                if action == "erase":
                    disk.erase(*name)
                    del expected[name]
                elif (other, filetype) not in expected:
                    disk.rename(name, (other, filetype))
                    expected[other, filetype] = expected.pop(name)
        except DiskFull:
            pass
    assert contents(disk) == expected
    assert contents(opened(store, block_size)) == expected
    assert check(blocks_of(store, block_size)) == []
