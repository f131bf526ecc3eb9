"""Storage and keys."""

from __future__ import annotations

import pytest

from vm370.cp.s370 import pages
from vm370.cp.s370.interruptions import AddressingError, ProtectionError
from vm370.cp.s370.pages import PageSource
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


# --- pages that others have too ---

PAGES = b"".join(bytes([number]) * 4096 for number in (1, 2, 3))


def placed_storage() -> tuple[Storage, Storage, PageSource]:
    source = PageSource(PAGES)
    storages = Storage(0x4000), Storage(0x4000)
    for storage in storages:
        storage.place(0x1000, source, 0, 0x2000, b"\x10\x20\x30\x41")
        storage.place(0xF00000, source, 0x2000, 0x1000, b"\xf0\xf0")
    return *storages, source


def test_placed_pages_are_those_of_the_source_until_they_are_stored_into() -> None:
    one, other, source = placed_storage()
    assert one.read(0x0FFF, 3) == b"\x00\x01\x01"
    assert (one.key(0x1800), one.key(0x2800)) == (0x20, 0x40)  # a key has no bit ABSENT
    one.write(0x2000, b"mine")
    assert one.read(0x2000, 5) == b"mine\x02"
    assert other.read(0x2000, 5) == b"\x02" * 5
    assert source.read(0x1000, 4) == b"\x02" * 4
    source.close()
    assert other.read(0x1FFF, 2) == b"\x01\x02"
    assert one.placed == ((0x1000, 0x3000), (0xF00000, 0xF01000))


def test_a_segment_above_the_size_is_storage_of_its_own() -> None:
    storage, _, _ = placed_storage()
    assert storage.read(0xF00000, 4) == b"\x03" * 4
    storage.store(0xF00FFE, b"ab", 15)
    assert storage.fetch(0xF00FFD, 3, 0) == b"\x03ab"
    with pytest.raises(AddressingError):
        storage.read(0xF00FFF, 2)
    with pytest.raises(AddressingError):
        storage.write(0x3FFF, b"ab")
    with pytest.raises(AddressingError):
        storage.key(0x4000)
    storage.remove(0xF00000, 0x1000)
    with pytest.raises(AddressingError):
        storage.read(0xF00000, 1)


def test_released_and_cleared_pages_are_zeros_again() -> None:
    storage, other, _ = placed_storage()
    storage.release(0x1000, 0x1FFF)
    assert storage.read(0x1000, 0x1001) == bytes(0x1000) + b"\x02"
    assert storage.placed == ((0x2000, 0x3000), (0xF00000, 0xF01000))
    other.clear()
    assert other.read(0, 0x4000) == bytes(0x4000)
    storage.remove(0x2000, 0x1000)
    assert storage.read(0x2000, 0x1000) == bytes(0x1000)
    assert storage.key(0x2000) == 0


def test_pages_are_copied_where_they_cannot_be_mapped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_mmap", None)
    storage, other, _ = placed_storage()
    storage.write(0x1000, b"mine")
    assert (storage.read(0x1000, 5), other.read(0x1000, 5)) == (b"mine\x01", b"\x01" * 5)
    storage.clear()
    assert storage.read(0, 0x4000) == bytes(0x4000)


def test_pages_that_do_not_fit_are_refused() -> None:
    storage, source = Storage(0x4000), PageSource(PAGES)
    for address, offset, length in ((0x800, 0, 0x1000), (0, 0x800, 0x1000), (0xFFF000, 0, 0x2000), (0, 0x2000, 0x2000)):
        with pytest.raises(ValueError, match="pages"):
            storage.place(address, source, offset, length, bytes(length >> 11))
    with pytest.raises(ValueError, match="pages"):
        PageSource(b"x")


def test_engines_are_told_of_placed_pages() -> None:
    class Code:
        def __init__(self) -> None:
            self.told: list[object] = []

        def stored(self, address: int, length: int) -> None:
            self.told.append((address, length))

        def key_changed(self, block: int) -> None:
            self.told.append(block)

        def keys_changed(self) -> None:
            self.told.append("keys")

    storage, source = Storage(0x4000), PageSource(PAGES)
    storage.code = storage.maps = code = Code()
    storage.place(0x1000, source, 0, 0x1000, bytes(2))
    storage.remove(0x1000, 0x1000)
    assert code.told == [(0x1000, 0x1000), "keys"] * 2
