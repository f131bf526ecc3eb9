"""The end of the host after any number of writes: the disk has the old files or the new ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.images.storekit import PowerOff, bare, blocks_of, contents, formatted, opened
from vm370.images.edf import EdfDisk, check

BLOCK_SIZE = 512
DISKS = [("2314", 3), ("3350", 1), ("3310", 900)]


def prepared(device_type: str, size: int) -> bytes:
    """A disk with files enough for a directory of several blocks."""
    store = formatted(device_type, size, BLOCK_SIZE)
    disk = opened(store, BLOCK_SIZE)
    with disk.transaction():
        for number in range(20):
            disk.write(f"F{number}", "DATA", [bytes([number]) * 700, b"end"])
        disk.write("BIG", "DATA", [bytes([n]) * 80 for n in range(100)], recfm="F")
    return bytes(store.storage.data)


def replace(disk: EdfDisk) -> None:
    disk.write("F7", "DATA", [b"new " * 500] * 3)


def add(disk: EdfDisk) -> None:
    disk.write("ADDED", "FILE", [b"x" * 80] * 30, recfm="F")


def erase(disk: EdfDisk) -> None:
    disk.erase("BIG", "DATA")


def rename(disk: EdfDisk) -> None:
    disk.rename(("F0", "DATA"), ("ZERO", "DATA"))


def several(disk: EdfDisk) -> None:
    with disk.transaction():
        for number in range(10):
            disk.erase(f"F{number}", "DATA")
        disk.write("F10", "DATA", [b"ten"])
        disk.write("F21", "DATA", [b"more"] * 400)
        disk.rename(("F11", "DATA"), ("F0", "DATA"))


@pytest.mark.parametrize(("device_type", "size"), DISKS)
@pytest.mark.parametrize("change", [replace, add, erase, rename, several])
@pytest.mark.parametrize("torn", [0, 19, 24])
def test_old_or_new(device_type: str, size: int, change: Callable[[EdfDisk], None], torn: int) -> None:
    start = prepared(device_type, size)
    store = bare(device_type, size, start)
    old = contents(opened(store, BLOCK_SIZE))
    change(opened(store, BLOCK_SIZE))
    writes = store.storage.writes
    new = contents(opened(store, BLOCK_SIZE))
    assert old != new
    assert writes > 2
    results = []
    for limit in range(writes):
        store = bare(device_type, size, start)
        store.storage.limit, store.storage.torn = limit, torn
        with pytest.raises(PowerOff):
            change(opened(store, BLOCK_SIZE))
        store.storage.limit = None
        found = contents(opened(store, BLOCK_SIZE))
        assert found in (old, new)
        results.append(found == new)
        if limit < writes - 1 or torn < 20:
            assert check(blocks_of(store, BLOCK_SIZE)) == []
        else:  # the label torn behind the directory origin: its count of blocks in use may be the old one
            assert {finding.kind for finding in check(blocks_of(store, BLOCK_SIZE))} <= {"count"}
    # the last write, the first 20 bytes of it, is the commit
    assert not any(results[:-1])
    assert results[-1] == (torn >= 20)
