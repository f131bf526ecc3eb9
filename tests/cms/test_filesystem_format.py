"""FORMAT, and commands on disks that it made: what the host's implementation finds there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cms.bootkit import Guest
from tests.cms.fskit import FileGuest
from tests.images.storekit import Sectors, Tracks, bare, blocks_of, formatted, opened
from vm370.images.edf import check

SURE = "FORMAT WILL ERASE ALL FILES ON DISK 'B(291)'. DO YOU WISH TO CONTINUE? (YES|NO):"


def commands(guest: Guest, *lines: str) -> list[str]:
    """Type lines; what came, Ready lines left out."""
    return [text for line in lines for text in guest.type(line) if not text.startswith("Ready")]


def with_disk(guest: Guest, store: Tracks | Sectors, *, read_only: bool = False) -> Guest:
    FileGuest.attach(guest, 0x291, store, read_only=read_only)  # type: ignore[arg-type]
    guest.ipl()
    return guest


#        device type, cylinders or sectors; block size; blocks, of which the file system has 5 and the map's; pure
CASES = [
    ("2314", 3, 512, 11 * 20 * 3, False),
    ("3330", 2, 1024, 11 * 19 * 2, False),
    ("3340-35", 2, 2048, 3 * 12 * 2, True),
    ("3350", 1, 4096, 4 * 30, False),
    ("3350", 7, 512, 27 * 30 * 7, False),
    ("3310", 900, 2048, 900 // 4, True),
    ("3370", 1200, 1024, 1200 // 2, False),
]


@pytest.mark.parametrize(("device_type", "size", "block_size", "blocks", "pure"), CASES)
def test_format(
    device_type: str, size: int, block_size: int, blocks: int, pure: bool, new_guest: Callable[..., Guest]
) -> None:
    store = bare(device_type, size)
    guest = with_disk(new_guest(pure=pure), store)
    lines = commands(guest, f"FORMAT 291 B (BLKSIZE {block_size}", "YES", "MYDISK")
    done = [] if isinstance(store, Sectors) else [f"'{size}' CYLINDERS FORMATTED ON 'B(291)'."]
    assert lines == [SURE, "ENTER DISK LABEL:", "FORMATTING DISK 'B'.", *done]
    assert guest.rc == 0
    assert check(blocks_of(store, block_size)) == []
    label = opened(store, block_size).label
    assert (label.volume, label.blocks, label.cylinders, label.most_cylinders) == ("MYDISK", blocks, size, size)
    map_blocks = -(-blocks // (8 * block_size))
    assert label.used == 5 + map_blocks + (map_blocks > 1)
    if not pure:
        assert str(label.created_at) == "1981-04-01 09:30:15"
    assert (commands(guest, "RELEASE B"), guest.rc) == ([], 0)


def test_the_default_block_size_and_a_smaller_disk(new_guest: Callable[..., Guest]) -> None:
    store = bare("3350", 3)
    guest = with_disk(new_guest(), store)
    commands(guest, "FORMAT 291 B 2", "YES", "")
    assert check(blocks_of(store, 4096)) == []
    label = opened(store, 4096).label
    assert (label.volume, label.blocks, label.cylinders, label.most_cylinders) == ("CMS291", 240, 2, 3)


def test_the_answer_is_no(new_guest: Callable[..., Guest]) -> None:
    store = formatted("3350", 1, 1024)
    before = bytes(store.storage.data)
    guest = with_disk(new_guest(), store)
    assert commands(guest, "FORMAT 291 B", "no") == [SURE, "DISK REMAINS UNCHANGED."]
    assert guest.rc == 8
    assert bytes(store.storage.data) == before


def test_another_label_only(new_guest: Callable[..., Guest]) -> None:
    store = formatted("3330", 1, 1024)
    opened(store, 1024).write("V", "DATA", [b"v"])
    guest = with_disk(new_guest(), store)
    assert commands(guest, "FORMAT 291 B (LABEL", "other") == ["ENTER DISK LABEL:"]
    assert guest.rc == 0
    assert opened(store, 1024).label.volume == "OTHER"
    assert opened(store, 1024).read("V", "DATA") == [b"v"]
    assert check(blocks_of(store, 1024)) == []


def test_recomp(new_guest: Callable[..., Guest]) -> None:
    store = formatted("3350", 3, 4096)
    opened(store, 4096).write("V", "DATA", [b"v" * 60000] * 8)  # into the second cylinder
    guest = with_disk(new_guest(), store)
    too_small = "CANNOT RECOMPUTE WITHOUT LOSS OF DATA. NO CHANGE."
    assert commands(guest, "FORMAT 291 B 1 (RECOMP") == [too_small]
    assert guest.rc == 8
    assert commands(guest, "FORMAT 291 B 2 (RECOMP") == []
    assert opened(store, 4096).label.blocks == 240
    assert check(blocks_of(store, 4096)) == []
    assert commands(guest, "FORMAT 291 B 4 (RECOMP") == [too_small]
    assert commands(guest, "FORMAT 291 B (RECOMP") == []
    assert opened(store, 4096).label.blocks == 360
    assert check(blocks_of(store, 4096)) == []


def test_errors_of_format(new_guest: Callable[..., Guest]) -> None:
    guest = with_disk(new_guest(), formatted("3350", 1, 1024), read_only=True)
    for line, message, code in [
        ("FORMAT", "NO DEVICE SPECIFIED", 24),
        ("FORMAT 29X B", "INVALID DEVICE ADDRESS '29X'", 24),
        ("FORMAT 291", "INVALID MODE ''", 24),
        ("FORMAT 291 S", "INVALID MODE 'S'", 24),
        ("FORMAT 291 B X", "INVALID PARAMETER 'X'", 24),
        ("FORMAT 291 B 2 3", "INVALID PARAMETER '3'", 24),
        ("FORMAT 291 B (FOO", "INVALID OPTION 'FOO'", 24),
        ("FORMAT 291 B (BLKSIZE 800", "INVALID OPTION '800'", 24),
        ("FORMAT 299 B", "B(299) NOT ATTACHED", 100),
        ("FORMAT 00E B", "'00E' IS AN UNSUPPORTED DEVICE TYPE", 88),
        ("FORMAT 291 B", "DISK 'B(291)' IS READ/ONLY", 36),
    ]:
        assert (commands(guest, line), guest.rc) == ([message], code), line
