"""Where CMS blocks stand on tracks and sectors."""

from __future__ import annotations

import pytest

from tests.images.storekit import Sectors, Tracks, formatted
from vm370.images.blocks import CkdBlocks, FbaBlocks, find_block_size
from vm370.images.ckd import Record, build_track, format_track, parse_track
from vm370.images.errors import BadImage, GeometryError
from vm370.images.stores import StoreError


def test_ckd_block_addresses() -> None:
    blocks = CkdBlocks(Tracks("3350", 2), 4096)
    assert (blocks.per_track, blocks.total) == (4, 240)
    # 4 blocks a track, 30 tracks a cylinder: block 121 begins cylinder 1
    assert [blocks.address(n) for n in (1, 4, 5, 120, 121, 240)] == [
        (0, 0, 1),
        (0, 0, 4),
        (0, 1, 1),
        (0, 29, 4),
        (1, 0, 1),
        (1, 29, 4),
    ]


@pytest.mark.parametrize(
    ("device_type", "block_size", "per_cylinder"),
    [("2314", 4096, 20), ("2314", 512, 220), ("3330", 2048, 114), ("3340-35", 1024, 84), ("3350", 512, 810)],
)
def test_every_block_reads_back(device_type: str, block_size: int, per_cylinder: int) -> None:
    blocks = CkdBlocks(Tracks(device_type, 1), block_size)
    blocks.format()
    assert blocks.total == per_cylinder
    for number in range(1, blocks.total + 1):
        blocks.write(number, number.to_bytes(4) * (block_size // 4))
    for number in range(1, blocks.total + 1):
        assert blocks.read(number) == number.to_bytes(4) * (block_size // 4)
    assert find_block_size(blocks.store) == block_size
    with pytest.raises(StoreError, match=f"outside a disk of {per_cylinder} blocks"):
        blocks.read(per_cylinder + 1)
    with pytest.raises(StoreError, match=r"block 1: 5 bytes to write"):
        blocks.write(1, b"12345")


def test_a_formatted_track_has_records_1_to_b() -> None:
    blocks = CkdBlocks(Tracks("3340-35", 1), 2048)
    blocks.format()
    track = parse_track(blocks.store.read_track(0, 5))
    assert [(r.cylinder, r.head, r.number, len(r.key), len(r.data)) for r in track.records] == [
        (0, 5, 0, 0, 8),
        (0, 5, 1, 0, 2048),
        (0, 5, 2, 0, 2048),
        (0, 5, 3, 0, 2048),
    ]


def test_records_in_another_order_are_found() -> None:
    store = Tracks("3350", 1)
    store.write_track(0, 0, 0, format_track(0, 0, [(n, b"", bytes([n]) * 4096) for n in (3, 1, 4, 2)], 19456))
    blocks = CkdBlocks(store, 4096)
    assert [blocks.read(n)[0] for n in (1, 2, 3, 4)] == [1, 2, 3, 4]
    blocks.write(3, b"\x33" * 4096)
    assert parse_track(store.read_track(0, 0)).records[1].data == b"\x33" * 4096


def test_wrong_records_are_refused() -> None:
    store = Tracks("3350", 1)
    blocks = CkdBlocks(store, 4096)
    with pytest.raises(BadImage, match=r"expected record 1 of 4096 bytes \(block 1\)"):
        blocks.read(1)
    with pytest.raises(BadImage, match="found a track without R1"):
        find_block_size(store)
    track = parse_track(format_track(0, 0, [(1, b"IPL1", bytes(24))], 19456))
    store.write_track(0, 0, 0, build_track(track, 19456))
    with pytest.raises(BadImage, match="found R1 of 4\\+24 bytes"):
        find_block_size(store)
    with pytest.raises(BadImage, match="record 1 with key length 4, data length 24, expected data length 4096"):
        blocks.read(1)
    assert track.records[1] == Record(0, 0, 1, bytes(24), b"IPL1")


def test_block_sizes_are_limited() -> None:
    with pytest.raises(GeometryError, match="block size 800: expected one of 512, 1024, 2048, 4096"):
        CkdBlocks(Tracks("3350", 1), 800)
    with pytest.raises(GeometryError, match="does not fit a track of a 2311"):
        CkdBlocks(Tracks("2311", 1), 4096)


def test_fba_blocks_label_and_boot() -> None:
    store = Sectors("3310", 100)
    blocks = FbaBlocks(store, 1024)
    assert blocks.total == 50
    blocks.write(5, b"\x05" * 1024)
    assert store.read(8, 2) == b"\x05" * 1024
    blocks.write_label(b"L" * 80)
    boot = bytes(range(1, 256)) * 4
    blocks.write_boot(boot)
    # sector 0, then sector 2 to the end of block 3 (sector 5); sector 1 keeps the label
    assert blocks.boot_room == 5 * 512
    assert store.read(0, 1) == boot[:512]
    assert store.read(1, 1) == b"L" * 80 + bytes(432)
    assert store.read(2, 4) == boot[512:].ljust(2048, b"\0")
    assert blocks.read_boot().rstrip(b"\0") == boot


def test_ckd_label_and_boot() -> None:
    store = formatted("3350", 1, 1024)
    blocks = CkdBlocks(store, 1024)
    label = blocks.read_label()
    assert label[:4].decode("cp037") == "CMS1"
    blocks.write_boot(b"\xaa" * 1500)
    track = parse_track(store.read_track(0, 0))
    assert track.records[1].data == b"\xaa" * 1024
    assert track.records[2].data == b"\xaa" * 476 + bytes(548)
    assert track.records[3].data[:80] == label
    with pytest.raises(GeometryError, match="boot text of 2049 bytes, the disk has room for 2048"):
        blocks.write_boot(bytes(2049))


def test_a_label_on_devices_with_few_records_a_track_is_block_3() -> None:
    # 2314: one block of 4096 a track, so block 3 is the only record of head 2
    store = formatted("2314", 2, 4096)
    assert parse_track(store.read_track(0, 2)).records[1].data[:4].decode("cp037") == "CMS1"
