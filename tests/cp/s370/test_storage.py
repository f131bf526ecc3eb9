"""Storage and keys."""

from __future__ import annotations

import pytest

from vm370.cp.s370.interruptions import AddressingError, ProtectionError
from vm370.cp.s370.storage import CHANGE, REFERENCE, Storage


def test_host_access_ignores_keys_and_sets_no_bits() -> None:
    storage = Storage(8192)
    storage.set_key(0, 0x38)
    storage.write(0x7FE, b"abcd")
    assert storage.read(0x7FE, 4) == b"abcd"
    assert storage.key(0) == 0x38


@pytest.mark.parametrize(("address", "length"), [(8192, 1), (8191, 2), (-1, 1), (0, 8193)])
def test_addresses_outside(address: int, length: int) -> None:
    storage = Storage(8192)
    with pytest.raises(AddressingError):
        storage.read(address, length)
    with pytest.raises(AddressingError):
        storage.write(address, bytes(length))


def test_store_needs_the_key() -> None:
    storage = Storage(8192)
    storage.set_key(0x800, 0x30)
    with pytest.raises(ProtectionError):
        storage.store(0x7FE, b"abcd", 4)
    assert storage.read(0x7FE, 4) == bytes(4)
    storage.store(0x800, b"ab", 3)
    assert storage.key(0x800) == 0x30 | REFERENCE | CHANGE
    storage.store(0x800, b"ab", 0)


def test_fetch_needs_the_key_only_with_fetch_protection() -> None:
    storage = Storage(8192)
    storage.set_key(0, 0x30)
    assert storage.fetch(0, 2, 4) == bytes(2)
    assert storage.key(0) == 0x30 | REFERENCE
    storage.set_key(0, 0x38)
    with pytest.raises(ProtectionError):
        storage.fetch(0, 2, 4)
    assert storage.fetch(0, 2, 3) == bytes(2)


def test_release_zeroes_whole_pages_only() -> None:
    storage = Storage(0x4000)
    storage.write(0, b"\xff" * 0x4000)
    storage.release(0x0800, 0x2FFF)
    assert storage.read(0, 0x1000) == b"\xff" * 0x1000
    assert storage.read(0x1000, 0x2000) == bytes(0x2000)
    assert storage.read(0x3000, 0x1000) == b"\xff" * 0x1000
    storage.set_key(0, 0xF0)
    storage.clear()
    assert storage.read(0, 0x4000) == bytes(0x4000)
    assert storage.key(0) == 0


@pytest.mark.parametrize("size", [0, 100, 2048, (1 << 24) + 4096])
def test_sizes_that_do_not_exist(size: int) -> None:
    with pytest.raises(ValueError, match="storage size"):
        Storage(size)
