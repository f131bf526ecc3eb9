"""The file system of CMS when things go wrong outside: the host dies between two writes, a disk is damaged."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cms.fskit import FileGuest
from tests.images.storekit import Contents, Sectors, Storage, Tracks, bare, blocks_of, contents, formatted, opened
from vm370.images.edf import check


class Recorder(Storage):
    """Keeps every write."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.log: list[tuple[int, bytes]] = []

    def write(self, offset: int, data: bytes) -> None:
        super().write(offset, data)
        self.log.append((offset, bytes(data)))


@pytest.mark.parametrize(
    ("kind", "block_size", "pure"), [(("3350", 1), 1024, False), (("3370", 1200), 512, True), (("3330", 1), 4096, True)]
)
def test_the_host_dies_after_any_write(kind: tuple[str, int], block_size: int, pure: bool, tmp_path: Path) -> None:
    """The disk is then what it was before the last close or what it is after it, and sound."""
    store = formatted(*kind, block_size)
    disk = opened(store, block_size)
    with disk.transaction():
        for number in range(12):
            disk.write(f"F{number}", "DATA", [b"%d" % number * 50] * 8)
    start = bytes(store.storage.data)
    recorder = Recorder(start)
    store.storage = recorder
    guest = FileGuest(tmp_path, pure=pure)
    guest.attach(0x191, store)
    guest.ipl()
    states: list[Contents] = [contents(opened(store, block_size))]

    def done() -> None:
        states.append(contents(opened(store, block_size)))

    assert guest.write("NEW", "DATA", [b"n" * 700] * 7) == 0
    done()
    assert guest.write("F3", "DATA", [b"more"] * 3) == 0
    done()
    assert guest.put_record("F4", "DATA", "A1", b"another length", item=2) == 0
    assert guest.put_record("OPEN", "DATA", "A1", b"f" * 80, recfm="F") == 0
    assert guest.finis("F4", "DATA") == 0
    done()
    assert guest.erase("F5", "DATA") == 0
    done()
    assert guest.finis("OPEN", "DATA") == 0
    done()
    assert guest.rename(("F6", "DATA", "A1"), ("F7", "RENAMED", "A1")) == 0
    done()
    guest.end()

    assert len(recorder.log) > 15
    data = bytearray(start)
    seen = {0}
    at = 0
    for offset, written in recorder.log:
        data[offset : offset + len(written)] = written
        copy = bare(*kind, bytes(data))
        assert check(blocks_of(copy, block_size)) == []
        found = contents(opened(copy, block_size))
        assert found in states[at : at + 2]
        at = states.index(found)
        seen.add(at)
    assert seen == set(range(len(states)))


def damaged(seed: int) -> tuple[Tracks | Sectors, int]:
    """A disk with bytes changed in its label, directory, map, pointer blocks or data."""
    chance = random.Random(seed)
    block_size = chance.choice([512, 1024, 4096])
    store = formatted(*chance.choice([("3350", 1), ("3370", 3000)]), block_size)
    disk = opened(store, block_size)
    with disk.transaction():
        for number in range(chance.choice([3, 10])):
            disk.write(f"F{number}", "DATA", [chance.randbytes(chance.randrange(1, 500)) for _ in range(12)])
        disk.write("FIXED", "DATA", [b"x" * 80] * 300, recfm="F")
    blocks = blocks_of(store, block_size)
    targets = [disk.label.directory] * 4 + [number for numbers in disk.own_blocks().values() for number in numbers]
    for fst in [*disk.files()[:3], disk.files()[-1]]:
        targets += [place.pointer.number for place in disk.places(fst) if place.pointer.number]
    for _ in range(chance.choice([1, 1, 3, 10])):
        if chance.random() < 0.25:
            label = bytearray(blocks.read_label())
            label[chance.randrange(12, 48)] = chance.choice([0, 1, 255, chance.randrange(256)])
            blocks.write_label(bytes(label))
            continue
        number = chance.choice(targets)
        block = bytearray(blocks.read(number))
        at = chance.randrange(len(block) if chance.random() < 0.3 else 256)
        wrong = chance.choice([b"\0", b"\xff", chance.randbytes(1), chance.randbytes(8)])
        block[at : at + len(wrong)] = wrong
        blocks.write(number, bytes(block[:block_size]))
    return store, block_size


def test_damaged_disks(tmp_path: Path) -> None:
    """They end in a return code: no loop, no program interruption."""
    codes: set[int] = set()
    guest = FileGuest(tmp_path)
    guest.ipl()
    for seed in range(40):
        store, _ = damaged(seed)
        guest.attach(0x191, store)
        lines = guest.type("ACCESS 191 A")
        assert guest.rc in (0, 100, 104), lines
        codes.add(guest.rc)
        if guest.rc == 0:
            codes |= set(use(guest))
        guest.type("RELEASE 191")
        guest.vm.detach(0x191)
    assert codes <= {0, 1, 3, 7, 11, 12, 13, 16, 25, 28, 36, 100, 104}
    assert {0, 12, 100} <= codes
    guest.end()


def use(guest: FileGuest) -> Iterator[int]:
    """Read, write and erase on a disk that may be damaged; return codes."""
    for name in ("F0", "F1", "FIXED"):
        for _ in range(15):
            record = guest.get_record(name, "DATA")
            if isinstance(record, int):
                yield record
                break
        guest.finis(name, "DATA")
    yield guest.write("F1", "DATA", [b"abc"] * 5)
    yield guest.write("NEW", "DATA", [b"abc"] * 5)
    yield guest.erase("F0", "DATA")
    yield guest.erase("FIXED", "DATA")
