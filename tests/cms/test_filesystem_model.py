"""The file system of CMS against a model: what programs wrote is what the host's implementation reads, and the disk is
sound after every close."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.cms.fskit import FileGuest
from tests.images.storekit import Sectors, Tracks, blocks_of, contents, formatted, opened
from vm370.images.edf import check

DISK_FULL = 13


class Model:
    """A disk of CMS's, and what should be on it."""

    def __init__(self, folder: Path, store: Tracks | Sectors, block_size: int, seed: int, *, pure: bool) -> None:
        self.store, self.block_size = store, block_size
        self.random = random.Random(seed)
        self.guest = FileGuest(folder, pure=pure)
        self.guest.attach(0x191, store)
        self.guest.ipl()
        self.files: dict[tuple[str, str], tuple[str, list[bytes]]] = {}
        self.full = 0

    def verify(self, what: str) -> None:
        findings = check(blocks_of(self.store, self.block_size))
        assert not findings, f"{what}: {[str(finding) for finding in findings]}"
        assert contents(opened(self.store, self.block_size)) == self.files, what

    def data(self, length: int) -> bytes:
        return self.random.randbytes(length)

    def step(self) -> None:
        action = self.random.choice(["new", "new", "new", "append", "replace", "erase", "rename", "sparse", "read"])
        key = self.random.choice(sorted(self.files)) if self.files else None
        if action == "new" or key is None:
            self.new((f"F{self.random.randrange(1000)}", "DATA"))
        elif action == "append":
            recfm, records = self.files[key]
            length = len(records[0]) if recfm == "F" else self.random.randrange(1, 3 * self.block_size)
            self.commit(key, recfm, [*records, *self.put(key, recfm, [self.data(length) for _ in range(3)])])
        elif action == "replace":
            self.replace(key)
        elif action == "erase":
            assert self.guest.erase(*key) == 0
            del self.files[key]
        elif action == "rename":
            new = (f"R{self.random.randrange(1000)}", "RENAMED")
            code = self.guest.rename((*key, "A1"), (*new, "A1"))
            assert code == (4 if new in self.files and new != key else 0)
            if not code:
                self.files[new] = self.files.pop(key)
        elif action == "sparse":
            self.sparse(key)
        else:
            assert list(self.guest.records(*key)) == self.files[key][1]
        self.verify(f"{action} {key}")

    def new(self, key: tuple[str, str]) -> None:
        if key in self.files:
            return
        recfm = self.random.choice("FV")
        count = self.random.randrange(1, 40)
        if recfm == "F":
            length = self.random.choice([1, 80, 80, 133, self.block_size, 5000])
            records = [self.data(length) for _ in range(count)]
        else:
            longest = self.random.choice([20, 200, 3 * self.block_size])
            records = [self.data(self.random.randrange(1, longest)) for _ in range(count)]
        self.commit(key, recfm, self.put(key, recfm, records))

    def put(self, key: tuple[str, str], recfm: str, records: list[bytes]) -> list[bytes]:
        """Write records; those that had room."""
        for index, record in enumerate(records):
            code = self.guest.put_record(*key, "A", record, recfm=recfm)
            if code:
                assert code == DISK_FULL
                self.full += 1
                return records[:index]
        return records

    def commit(self, key: tuple[str, str], recfm: str, records: list[bytes]) -> None:
        assert self.guest.finis(*key) == 0
        if records:
            self.files[key] = (recfm, records)

    def replace(self, key: tuple[str, str]) -> None:
        """Write one record again; a V record of another length ends the file."""
        recfm, records = self.files[key]
        item = self.random.randrange(len(records))
        same = recfm == "F" or self.random.random() < 0.5
        record = self.data(len(records[item]) if same else self.random.randrange(1, 2 * self.block_size))
        code = self.guest.put_record(*key, "A", record, recfm=recfm, item=item + 1)
        changed = [*records[:item], record, *(records[item + 1 :] if len(record) == len(records[item]) else [])]
        if code:
            assert code == DISK_FULL
            self.full += 1
            closed = self.guest.finis(*key)
            assert closed in (0, DISK_FULL)
            on_disk = contents(opened(self.store, self.block_size))[key][1]
            if len(record) == len(records[item]):  # parts of it may have been replaced
                assert on_disk[:item] == records[:item]
                assert on_disk[item + 1 :] == records[item + 1 :]
                changed = on_disk
            else:
                assert on_disk == records or on_disk == records[:item]
                assert closed == 0 or on_disk == records
                changed = on_disk
        else:
            assert self.guest.finis(*key) == 0
        self.files[key] = (recfm, changed)

    def sparse(self, key: tuple[str, str]) -> None:
        """A record behind the end of an F file; a gap in a V file is an error."""
        recfm, records = self.files[key]
        gap = self.random.randrange(1, 200)
        record = self.data(len(records[0]))
        code = self.guest.put_record(*key, "A", record, recfm=recfm, item=len(records) + gap + 1)
        closed = self.guest.finis(*key)
        assert closed == 0
        if recfm == "V":
            assert code == 7
        elif code:
            assert code == DISK_FULL
            self.full += 1
        else:
            self.files[key] = (recfm, records + [bytes(len(record))] * gap + [record])


#             device type, cylinders or sectors; block size; by channel programs
CASES = [
    ("2314", 3, 512, False),
    ("2314", 3, 4096, True),
    ("3330", 1, 1024, True),
    ("3330", 1, 4096, False),
    ("3340-35", 2, 2048, False),
    ("3350", 1, 512, True),
    ("3350", 1, 4096, False),
    ("3310", 900, 1024, True),
    ("3370", 1200, 4096, True),
    ("3370", 1200, 512, False),
]


@pytest.mark.parametrize(("device_type", "size", "block_size", "pure"), CASES)
def test_random_changes(device_type: str, size: int, block_size: int, pure: bool, tmp_path: Path) -> None:
    model = Model(tmp_path, formatted(device_type, size, block_size), block_size, size + block_size, pure=pure)
    for _ in range(30):
        model.step()
    model.guest.type("RELEASE A")
    model.guest.type("ACCESS 191 A")
    for key, (_, records) in sorted(model.files.items()):
        assert list(model.guest.records(*key)) == records


def test_an_allocation_map_of_several_blocks(tmp_path: Path) -> None:
    """The first block of the map is full: what is taken is told by the next ones, and moving one changes another."""
    store = formatted("3350", 12, 512)
    disk = opened(store, 512)
    filling = [bytes([number % 251]) * 512 for number in range(3980)]
    disk.write("FULL", "DATA", filling, recfm="F")
    model = Model(tmp_path, store, 512, 5, pure=False)
    model.files["FULL", "DATA"] = ("F", filling)
    for number in range(8):
        model.new((f"F{number}", "DATA"))
        model.verify(f"new {number}")
    assert model.guest.erase("FULL", "DATA") == 0
    del model.files["FULL", "DATA"]
    model.verify("erase")
    model.new(("LAST", "DATA"))
    model.verify("last")
